/**
 * tables.ts — the module-wide tables that grow while functions are lowered: types, constants,
 * strings, imported natives, files, and the functions made up on the way (thunks).
 *
 * Invariants
 * - One entry per distinct structural type: its key is built from the numbers of its parts, which
 *   are entered first. Only structs and enums can be recursive, and they are nominal: each gets its
 *   number before its fields are looked at.
 * - Numbers never change once given.
 *
 * Rejected: numbering types in 5-emit. Instructions carry type numbers, so every one would need
 * patching.
 */
import type { Program } from '../hir.js';
import type { SourceFile } from '../source.js';
import { payloadOf, resolve, showType, type EnumDef, type EnumType, type StructDef, type Type } from '../types.js';
import { NATIVE_CLASSES } from '../generated/classes.js';
import { NATIVE_INDEX, NATIVES, type NativeSymbol } from '../generated/natives.js';
import { ANY_LENGTH, LimitError, MAX_INDEX, TypeKind, type NativeImport, type SimpleKind, type TypeEntry } from './ir.js';

const floatBits = new DataView(new ArrayBuffer(8));

/** The raw register word of a 浮点数. */
export function bitsOfFloat(value: number): bigint {
  floatBits.setFloat64(0, value);
  return floatBits.getBigUint64(0);
}

export class Tables {
  readonly constants: bigint[] = [];
  readonly strings: string[] = [];
  readonly types: TypeEntry[] = [];
  readonly natives: NativeImport[] = [];
  readonly files: readonly SourceFile[];

  readonly #constantOf = new Map<bigint, number>();
  readonly #stringOf = new Map<string, number>();
  /** By identity first: most types are asked for again and again as the same object. */
  readonly #typeOfObject = new Map<Type, number>();
  readonly #typeOfKey = new Map<string, number>();
  readonly #structOf = new Map<StructDef, Map<string, number>>();
  /** By type arguments. */
  readonly #enumOf = new Map<EnumDef, Map<string, number>>();
  readonly #nativeOf = new Map<string, number>();
  readonly #fileOf = new Map<SourceFile, number>();
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
    this.files = program.files;
    program.files.forEach((file, i) => this.#fileOf.set(file, i));
  }

  file(file: SourceFile): number {
    const index = this.#fileOf.get(file);
    if (index === undefined) throw new Error(`file not in the program: ${file.path}`);
    return index;
  }

  /** Index of a raw word in the constant pool. */
  constant(bits: bigint): number {
    bits = BigInt.asUintN(64, bits);
    let index = this.#constantOf.get(bits);
    if (index === undefined) {
      index = this.constants.push(bits) - 1;
      this.#constantOf.set(bits, index);
    }
    return index;
  }

  string(text: string): number {
    let index = this.#stringOf.get(text);
    if (index === undefined) {
      index = this.strings.push(text) - 1;
      this.#stringOf.set(text, index);
    }
    return index;
  }

  /** Whether a native may suspend its caller. */
  parks(symbol: string): boolean {
    return NATIVES[NATIVE_INDEX[symbol as NativeSymbol]]?.suspends ?? false;
  }

  /** Index of an imported native, instantiated at these types. */
  native(symbol: string, params: readonly Type[], result: Type): number {
    const native = NATIVE_INDEX[symbol as NativeSymbol] as number | undefined;
    if (native === undefined) throw new Error(`native not in natives.def: ${symbol}`);
    const paramTypes = params.map((p) => this.type(p));
    const resultType = this.type(result);
    const key = `${native}:${paramTypes.join(',')}:${resultType}`;
    let index = this.#nativeOf.get(key);
    if (index === undefined) {
      index = this.natives.push({ native, params: paramTypes, result: resultType }) - 1;
      this.#nativeOf.set(key, index);
    }
    return index;
  }

  /** Type of the heap cell that holds a boxed local. */
  cell(elem: Type): number {
    const of = this.type(elem);
    return this.#enter(`19:${of}`, { kind: TypeKind.Cell, elem: of });
  }

  /** Type of a closure's environment; captures are type numbers. */
  env(captures: readonly number[]): number {
    return this.#enter(`20:${captures.join(',')}`, { kind: TypeKind.Env, captures });
  }

  type(type: Type): number {
    const known = this.#typeOfObject.get(type);
    if (known !== undefined) return known;
    const index = this.#typeOf(resolve(type));
    this.#typeOfObject.set(type, index);
    return index;
  }

  #typeOf(type: Type): number {
    switch (type.kind) {
      case 'int': return this.#simple(TypeKind.Int);
      case 'float': return this.#simple(TypeKind.Float);
      case 'bool': return this.#simple(TypeKind.Bool);
      case 'char': return this.#simple(TypeKind.Char);
      // A function that never returns has no result to describe; its word is never read.
      case 'unit': case 'never': return this.#simple(TypeKind.Unit);
      case 'string': return this.#simple(TypeKind.String);
      case 'int32': return this.#simple(TypeKind.Int32);
      case 'byte': return this.#simple(TypeKind.Byte);
      case 'float32': return this.#simple(TypeKind.Float32);
      case 'int128': return this.#simple(TypeKind.Int128);
      case 'bytes': return this.#simple(TypeKind.Bytes);
      case 'range': return this.#simple(TypeKind.Range);
      case 'native': {
        const number = NATIVE_CLASSES.findIndex((c) => c.name === type.class);
        if (type.args.length === 0) return this.#enter(`16:${number}`, { kind: TypeKind.Native, class: number });
        const elem = this.type(type.args[0]!);
        return this.#enter(`17:${number}:${elem}`, { kind: TypeKind.NativeOf, class: number, elem });
      }
      case 'error': return this.#simple(TypeKind.Error);
      case 'list': return this.#of(TypeKind.List, type.elem);
      case 'option': return this.#of(TypeKind.Option, type.elem);
      case 'channel': return this.#of(TypeKind.Channel, type.elem);
      case 'set': return this.#of(TypeKind.Set, type.elem);
      case 'pointer': return this.#of(TypeKind.Pointer, type.elem);
      case 'future': return this.#of(TypeKind.Future, type.value);
      case 'task': return this.#of(TypeKind.Task, type.value);
      case 'array': {
        const elem = this.type(type.elem);
        // One type at run time, so that a `[T; n]` can stand where a 数组<T> is wanted.
        return this.#enter(`7:${elem}`, { kind: TypeKind.Array, elem, length: ANY_LENGTH });
      }
      case 'dict': {
        const key = this.type(type.key);
        const value = this.type(type.value);
        return this.#enter(`8:${key}:${value}`, { kind: TypeKind.Dict, key, value });
      }
      case 'func': {
        const params = type.params.map((p) => this.type(p));
        const result = this.type(type.result);
        return this.#enter(`11:${params.join(',')}:${result}`, { kind: TypeKind.Func, params, result });
      }
      case 'coroutine': {
        const yields = this.type(type.yields);
        const sends = this.type(type.sends);
        const result = this.type(type.result);
        return this.#enter(`14:${yields}:${sends}:${result}`, { kind: TypeKind.Coroutine, yields, sends, result });
      }
      case 'struct': return this.#struct(type.def);
      case 'tuple': {
        const elems = type.elems.map((e) => this.type(e));
        return this.#enter(`21:${elems.join(',')}`, { kind: TypeKind.Tuple, elems });
      }
      case 'enum': return this.#enum(type);
      case 'param': throw new Error('type parameter in the typed tree');
      case 'variable': throw new Error('inference variable in the typed tree');
    }
  }

  #simple(kind: SimpleKind): number {
    return this.#enter(`${kind}`, { kind });
  }

  #of(kind: TypeKind.List | TypeKind.Option | TypeKind.Channel | TypeKind.Future | TypeKind.Task | TypeKind.Set | TypeKind.Pointer, part: Type): number {
    const elem = this.type(part);
    return this.#enter(`${kind}:${elem}`, { kind, elem });
  }

  #struct(def: StructDef): number {
    // Every mention of an instance of a generic struct has a definition of its own: its arguments tell which it is.
    const { instance } = def;
    const key = instance === undefined ? '' : instance.args.map((t) => this.type(t)).join(',');
    let instances = this.#structOf.get(instance?.origin ?? def);
    if (instances === undefined) this.#structOf.set(instance?.origin ?? def, (instances = new Map()));
    const known = instances.get(key);
    if (known !== undefined) return known;
    const fields: { name: string; type: number }[] = [];
    const index = this.#append({ kind: TypeKind.Struct, name: def.name, isTuple: def.isTuple, fields });
    instances.set(key, index);
    for (const field of def.fields) fields.push({ name: field.name, type: this.type(field.type) });
    return index;
  }

  #enum(type: EnumType): number {
    let instances = this.#enumOf.get(type.def);
    if (instances === undefined) this.#enumOf.set(type.def, (instances = new Map()));
    const key = type.args.map((a) => this.type(a)).join(',');
    const known = instances.get(key);
    if (known !== undefined) return known;
    const variants: { name: string; types: number[] }[] = [];
    const index = this.#append({ kind: TypeKind.Enum, name: showType(type), variants });
    instances.set(key, index);
    type.def.variants.forEach((v, i) => variants.push({ name: v.name, types: payloadOf(type, i).map((t) => this.type(t)) }));
    return index;
  }

  #enter(key: string, entry: TypeEntry): number {
    let index = this.#typeOfKey.get(key);
    if (index === undefined) {
      index = this.#append(entry);
      this.#typeOfKey.set(key, index);
    }
    return index;
  }

  #append(entry: TypeEntry): number {
    if (this.types.length === MAX_INDEX) {
      const { file, span } = this.#program.main;
      throw new LimitError({ zh: '种类型', en: 'types' }, MAX_INDEX, file, span);
    }
    return this.types.push(entry) - 1;
  }
}
