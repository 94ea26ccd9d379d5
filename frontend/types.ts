/**
 * types.ts — the static types of Qi, shared by the checker, the typed tree
 * and the emitter.
 *
 * Invariants
 * - A type is an immutable value. Primitive types are the singletons below, so
 *   `a === b` is a fast path, never the definition of equality: use
 *   `sameType`.
 * - Structs and enums are nominal: two struct types are the same iff their `def` is the
 *   same object, or instances of one generic struct with the same arguments; the typed
 *   tree has one `def` per instance. Two enum types are the same iff their `def` is the same
 *   object and their type arguments are the same.
 * - `param` (a type parameter) stands only in the payload types of a generic enum; `payloadOf`
 *   replaces it. No type of an expression contains one.
 * - `variable` (an inference variable) exists only inside 3-check. The typed
 *   tree (hir.ts) never contains one.
 *
 * Rejected: interning every type in a per-compilation table. It made equality
 * a pointer compare but put a mutable global into every phase; unification
 * visits the few nodes of a type anyway.
 */
import type { Span } from './ast.js';
import { NATIVE_CLASSES, type NativeClass } from './generated/classes.js';
import type { SourceFile } from './source.js';

export type Type =
  | PrimitiveType
  | { readonly kind: 'list'; readonly elem: Type }
  /** `[T; n]`; without a length 数组<T>, which any `[T; n]` fits. */
  | { readonly kind: 'array'; readonly elem: Type; readonly length: number | undefined }
  | { readonly kind: 'set'; readonly elem: Type }
  | { readonly kind: 'pointer'; readonly elem: Type }
  | { readonly kind: 'dict'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'option'; readonly elem: Type }
  | { readonly kind: 'struct'; readonly def: StructDef }
  /** Two elements or more, or one; `()` is 空. */
  | { readonly kind: 'tuple'; readonly elems: readonly Type[] }
  /** `args` has one type for each of `def.params`. */
  | { readonly kind: 'enum'; readonly def: EnumDef; readonly args: readonly Type[] }
  | { readonly kind: 'param'; readonly index: number; readonly name: string }
  | { readonly kind: 'func'; readonly params: readonly Type[]; readonly result: Type }
  | { readonly kind: 'future'; readonly value: Type }
  | { readonly kind: 'task'; readonly value: Type }
  | { readonly kind: 'coroutine'; readonly yields: Type; readonly sends: Type; readonly result: Type }
  | { readonly kind: 'channel'; readonly elem: Type }
  /** An object of the runtime: 互斥锁, 原子<整数>, 上下文<T>, … `args` as many as the class takes. */
  | { readonly kind: 'native'; readonly class: NativeClass; readonly args: readonly Type[] }
  | TypeVariable;

/** Types without parameters. `never` is the type of an expression that does not return (抛出, 返回). */
export type PrimitiveKind =
  | 'int' | 'float' | 'bool' | 'char' | 'unit' | 'string'
  | 'int32' | 'byte' | 'int128' | 'float32' | 'bytes' | 'range'
  | 'error' | 'never';

export interface PrimitiveType { readonly kind: PrimitiveKind }

/** An inference variable. `bound` is written once, by unification, and only in 3-check. */
export interface TypeVariable {
  readonly kind: 'variable';
  readonly id: number;
  /** `numeric` variables come from literals: they default to 整数, or 浮点数 for `float`. */
  readonly literal: 'none' | 'int' | 'float' | 'char';
  bound: Type | undefined;
}

export interface StructField { readonly name: string; type: Type; readonly span: Span }

export interface StructDef {
  readonly name: string;
  readonly span: Span;
  readonly file: SourceFile;
  /** In declaration order: the index is the field number in bytecode. */
  fields: StructField[];
  /** True for `结构体 坐标(浮点数, 浮点数)`: fields are named 0, 1, … */
  readonly isTuple: boolean;
  /** An instance of a generic struct: what it is made from, with which type arguments. */
  readonly instance?: Instance<StructDef>;
}

/** How an instance of a generic declaration came to be. Inside 3-check the arguments may be open. */
export interface Instance<Def> {
  readonly origin: Def;
  readonly args: readonly Type[];
  /** The instance for other arguments. */
  readonly remake: (args: readonly Type[]) => Def;
}

/** An enum declaration, or one of the language's own (OWN_ENUMS). */
export interface EnumDef {
  readonly name: string;
  readonly span: Span;
  /** Undefined for the language's own. */
  readonly file: SourceFile | undefined;
  /** Names of the type parameters. */
  readonly params: readonly string[];
  /** In declaration order: the index is the tag in bytecode. */
  variants: VariantDef[];
}

export interface VariantDef {
  readonly name: string;
  readonly span: Span;
  readonly fields: readonly { readonly name: string | undefined; readonly type: Type }[];
  /** Number of its first field, counted through all variants (bytecode's field number). */
  readonly first: number;
}

export type EnumType = Type & { readonly kind: 'enum' };

const NOWHERE: Span = { start: 0, end: 0 };

/** 结果<T, E>: 成功(T) or 失败(E). */
export const RESULT: EnumDef = {
  name: '结果', span: NOWHERE, file: undefined, params: ['T', 'E'],
  variants: [
    { name: '成功', span: NOWHERE, first: 0, fields: [{ name: undefined, type: { kind: 'param', index: 0, name: 'T' } }] },
    { name: '失败', span: NOWHERE, first: 1, fields: [{ name: undefined, type: { kind: 'param', index: 1, name: 'E' } }] },
  ],
};

/** The tags are those of QiPriority in the runtime. */
export const PRIORITY: EnumDef = {
  name: '优先级', span: NOWHERE, file: undefined, params: [],
  variants: ['低', '普通', '高', '关键'].map((name) => ({ name, span: NOWHERE, first: 0, fields: [] })),
};

export const PRIORITY_TYPE: EnumType = { kind: 'enum', def: PRIORITY, args: [] };

export const OWN_ENUMS: readonly EnumDef[] = [RESULT, PRIORITY];

/** Whether some variant carries values. If none does, a value is the bare tag. */
export function hasPayload(def: EnumDef): boolean {
  return def.variants.some((v) => v.fields.length > 0);
}

/** The types of a variant's values in an instance of its enum. */
export function payloadOf(t: EnumType, variant: number): readonly Type[] {
  return t.def.variants[variant]!.fields.map((f) => substitute(f.type, t.args));
}

/** `t` with the type parameters of its definition replaced by `args`. */
export function substitute(t: Type, args: readonly Type[]): Type {
  return args.length === 0 ? t : mapType(t, (part) => (part.kind === 'param' ? args[part.index]! : undefined));
}

/** A copy of `t` in which `f` may replace any part; parts it leaves (undefined) are searched. Shares what does not change. */
export function mapType(t: Type, f: (part: Type) => Type | undefined): Type {
  t = resolve(t);
  const replaced = f(t);
  if (replaced !== undefined) return replaced;
  const list = (parts: readonly Type[]): readonly Type[] => {
    const mapped = parts.map((p) => mapType(p, f));
    return mapped.every((m, i) => m === parts[i]) ? parts : mapped;
  };
  switch (t.kind) {
    case 'list': case 'option': case 'channel': case 'set': case 'pointer': {
      const elem = mapType(t.elem, f);
      return elem === t.elem ? t : { kind: t.kind, elem };
    }
    case 'array': {
      const elem = mapType(t.elem, f);
      return elem === t.elem ? t : { kind: 'array', elem, length: t.length };
    }
    case 'dict': {
      const [key, value] = list([t.key, t.value]);
      return key === t.key && value === t.value ? t : { kind: 'dict', key: key!, value: value! };
    }
    case 'tuple': {
      const elems = list(t.elems);
      return elems === t.elems ? t : { kind: 'tuple', elems };
    }
    case 'enum': {
      const args = list(t.args);
      return args === t.args ? t : { kind: 'enum', def: t.def, args };
    }
    case 'func': {
      const params = list(t.params);
      const result = mapType(t.result, f);
      return params === t.params && result === t.result ? t : { kind: 'func', params, result };
    }
    case 'native': {
      const args = list(t.args);
      return args === t.args ? t : { kind: 'native', class: t.class, args };
    }
    case 'struct': {
      const { instance } = t.def;
      const args = list(instance?.args ?? []);
      return instance === undefined || args === instance.args ? t : { kind: 'struct', def: instance.remake(args) };
    }
    case 'future': case 'task': {
      const value = mapType(t.value, f);
      return value === t.value ? t : { kind: t.kind, value };
    }
    case 'coroutine': {
      const [yields, sends, result] = list([t.yields, t.sends, t.result]);
      return yields === t.yields && sends === t.sends && result === t.result
        ? t : { kind: 'coroutine', yields: yields!, sends: sends!, result: result! };
    }
    default: return t;
  }
}

export const INT: PrimitiveType = { kind: 'int' };
export const FLOAT: PrimitiveType = { kind: 'float' };
export const INT32: PrimitiveType = { kind: 'int32' };
export const BYTE: PrimitiveType = { kind: 'byte' };
export const INT128: PrimitiveType = { kind: 'int128' };
export const FLOAT32: PrimitiveType = { kind: 'float32' };
export const BYTES: PrimitiveType = { kind: 'bytes' };
export const RANGE: PrimitiveType = { kind: 'range' };
export const BOOL: PrimitiveType = { kind: 'bool' };
export const CHAR: PrimitiveType = { kind: 'char' };
export const UNIT: PrimitiveType = { kind: 'unit' };
export const STRING: PrimitiveType = { kind: 'string' };
export const ERROR: PrimitiveType = { kind: 'error' };
export const NEVER: PrimitiveType = { kind: 'never' };

/** Classes of native objects by name, with the number of type arguments each takes. */
export const NATIVE_CLASS_PARTS: ReadonlyMap<string, number> = new Map(NATIVE_CLASSES.map((c) => [c.name, c.parts]));

/** The type of a class of native objects; undefined when there is none of that name. */
export function nativeType(name: string, args: readonly Type[]): Type | undefined {
  const known = NATIVE_CLASSES.find((c) => c.name === name);
  return known === undefined ? undefined : { kind: 'native', class: known.name, args };
}

/** Follows the bindings of inference variables at the top of `t`. */
export function resolve(t: Type): Type {
  while (t.kind === 'variable' && t.bound !== undefined) {
    const next = t.bound;
    // Halves the way for the next one who asks: literals of a long list hang on each other in one chain.
    if (next.kind === 'variable' && next.bound !== undefined) t.bound = next.bound;
    t = next;
  }
  return t;
}

/**
 * Whether a register or heap slot holding a value of this type is a reference
 * for the collector. Everything else is one raw 64-bit word.
 */
export function isReference(t: Type): boolean {
  switch (t.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'unit': case 'never': case 'int32': case 'byte': case 'float32':
      return false;
    case 'enum':
      return hasPayload(t.def);
    default:
      return true;
  }
}

/** Structural equality, nominal for structs. */
export function sameType(a: Type, b: Type): boolean {
  a = resolve(a);
  b = resolve(b);
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'list': return sameType(a.elem, (b as typeof a).elem);
    case 'array': return a.length === (b as typeof a).length && sameType(a.elem, (b as typeof a).elem);
    case 'dict': return sameType(a.key, (b as typeof a).key) && sameType(a.value, (b as typeof a).value);
    case 'option': return sameType(a.elem, (b as typeof a).elem);
    case 'struct': return a.def === (b as typeof a).def || sameInstance(a.def.instance, (b as typeof a).def.instance);
    case 'tuple': return sameTypes(a.elems, (b as typeof a).elems);
    case 'enum': return a.def === (b as typeof a).def && sameTypes(a.args, (b as typeof a).args);
    case 'param': return a.index === (b as typeof a).index;
    case 'func': {
      const other = b as typeof a;
      return a.params.length === other.params.length
        && a.params.every((p, i) => sameType(p, other.params[i]!))
        && sameType(a.result, other.result);
    }
    case 'future': case 'task': return sameType(a.value, (b as typeof a).value);
    case 'coroutine': {
      const other = b as typeof a;
      return sameType(a.yields, other.yields) && sameType(a.sends, other.sends) && sameType(a.result, other.result);
    }
    case 'channel': case 'set': case 'pointer': return sameType(a.elem, (b as typeof a).elem);
    case 'native': return a.class === (b as typeof a).class && sameTypes(a.args, (b as typeof a).args);
    case 'variable': return false;
    default: return true;
  }
}

/** Whether two instances of generic declarations are the same one. */
function sameInstance(a: Instance<unknown> | undefined, b: Instance<unknown> | undefined): boolean {
  return a !== undefined && b !== undefined && a.origin === b.origin && a.args.every((t, i) => sameType(t, b.args[i]!));
}

function sameTypes(a: readonly Type[], b: readonly Type[]): boolean {
  return a.length === b.length && a.every((t, i) => sameType(t, b[i]!));
}

const PRIMITIVE_NAMES: Record<PrimitiveKind, string> = {
  int: '整数', float: '浮点数', bool: '布尔', char: '字符', unit: '空', string: '字符串',
  int32: '短整数', byte: '字节', int128: '长整数', float32: '单精度浮点', bytes: '字节串', range: '范围',
  error: '错误', never: '永不',
};

/** The type as a Qi programmer writes it, for messages. Parts that are not known are `_`, and left out where nothing is: `列表`, `字典<字符串, _>`. */
export function showType(t: Type): string {
  t = resolve(t);
  switch (t.kind) {
    case 'list': return applied('列表', [t.elem]);
    case 'array': return t.length === undefined ? applied('数组', [t.elem]) : `[${showType(t.elem)}; ${t.length}]`;
    case 'set': return applied('集合', [t.elem]);
    case 'pointer': return applied('指针', [t.elem]);
    case 'dict': return applied('字典', [t.key, t.value]);
    case 'option': return applied('选项', [t.elem]);
    case 'struct': return applied(t.def.name, t.def.instance?.args ?? []);
    case 'tuple': return t.elems.length === 1 ? `(${showType(t.elems[0]!)},)` : `(${t.elems.map(showType).join(', ')})`;
    case 'enum': return applied(t.def.name, t.args);
    case 'param': return t.name;
    case 'func': return `函数(${t.params.map(showType).join(', ')}): ${showType(t.result)}`;
    case 'future': return applied('未来', [t.value]);
    case 'task': return applied('任务', [t.value]);
    case 'coroutine': {
      const rest = resolve(t.result).kind !== 'unit' ? [t.sends, t.result] : resolve(t.sends).kind !== 'unit' ? [t.sends] : [];
      return applied('协程', [t.yields, ...rest]);
    }
    case 'channel': return applied('通道', [t.elem]);
    case 'native': return applied(t.class, t.args);
    case 'variable': return LITERAL_NAMES[t.literal];
    default: return PRIMITIVE_NAMES[t.kind];
  }
}

const LITERAL_NAMES = { float: '浮点数', int: '整数', char: '字符', none: '_' } as const;

/** `列表<整数>`; the name alone when nothing is known of the arguments, or there are none. */
function applied(name: string, args: readonly Type[]): string {
  const shown = args.map(showType);
  return shown.every((arg) => arg === '_') ? name : `${name}<${shown.join(', ')}>`;
}
