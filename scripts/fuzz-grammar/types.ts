/**
 * Types of generated programs. A type is what the generator needs to know of a Qi type: how it is written, and what it is
 * made of. Declared types point to their declaration, whose fields are known before any expression is made.
 */
import type { Random } from './random.js';

export type FuzzType =
  | { readonly kind: 'int' | 'int32' | 'byte' | 'int128' | 'float' | 'bool' | 'char' | 'string' | 'unit' }
  | { readonly kind: 'list' | 'option' | 'set'; readonly elem: FuzzType }
  | { readonly kind: 'dict'; readonly key: FuzzType; readonly value: FuzzType }
  | { readonly kind: 'tuple'; readonly elems: readonly FuzzType[] }
  | { readonly kind: 'result'; readonly elem: FuzzType }
  | { readonly kind: 'struct'; readonly def: StructDecl; readonly args: readonly FuzzType[] }
  | { readonly kind: 'enum'; readonly def: EnumDecl }
  | { readonly kind: 'func'; readonly params: readonly FuzzType[]; readonly result: FuzzType }
  /** A type parameter: nothing is known of it but that it can be printed, stored and passed on. */
  | { readonly kind: 'param'; readonly name: string };

export interface StructDecl {
  readonly name: string;
  readonly params: readonly string[];
  readonly isTuple: boolean;
  /** Types of fields may be parameters. */
  readonly fields: readonly { readonly name: string; readonly type: FuzzType }[];
}

export interface EnumDecl {
  readonly name: string;
  readonly variants: readonly { readonly name: string; readonly values: readonly FuzzType[] }[];
}

export const INT: FuzzType = { kind: 'int' };
export const FLOAT: FuzzType = { kind: 'float' };
export const BOOL: FuzzType = { kind: 'bool' };
export const STRING: FuzzType = { kind: 'string' };
export const UNIT: FuzzType = { kind: 'unit' };

const NAMES: Readonly<Record<string, string>> = {
  int: '整数', int32: '短整数', byte: '字节', int128: '长整数', float: '浮点数', bool: '布尔', char: '字符', string: '字符串', unit: '空',
};

/** The type as a program writes it. */
export function written(t: FuzzType): string {
  switch (t.kind) {
    case 'list': return `[${written(t.elem)}]`;
    case 'option': return `选项<${written(t.elem)}>`;
    case 'set': return `集合<${written(t.elem)}>`;
    case 'dict': return `字典<${written(t.key)}, ${written(t.value)}>`;
    case 'tuple': return `(${t.elems.map(written).join(', ')})`;
    case 'result': return `结果<${written(t.elem)}, 字符串>`;
    case 'struct': return t.args.length === 0 ? t.def.name : `${t.def.name}<${t.args.map(written).join(', ')}>`;
    case 'enum': return t.def.name;
    case 'func': return `函数(${t.params.map(written).join(', ')}): ${written(t.result)}`;
    case 'param': return t.name;
    default: return NAMES[t.kind]!;
  }
}

export function same(a: FuzzType, b: FuzzType): boolean {
  return written(a) === written(b);
}

/** `t` with type parameters replaced. */
export function instantiate(t: FuzzType, args: ReadonlyMap<string, FuzzType>): FuzzType {
  switch (t.kind) {
    case 'param': return args.get(t.name) ?? t;
    case 'list': case 'option': case 'set': case 'result': return { kind: t.kind, elem: instantiate(t.elem, args) };
    case 'dict': return { kind: 'dict', key: instantiate(t.key, args), value: instantiate(t.value, args) };
    case 'tuple': return { kind: 'tuple', elems: t.elems.map((e) => instantiate(e, args)) };
    case 'struct': return { kind: 'struct', def: t.def, args: t.args.map((a) => instantiate(a, args)) };
    case 'func': return { kind: 'func', params: t.params.map((p) => instantiate(p, args)), result: instantiate(t.result, args) };
    default: return t;
  }
}

/** The fields of an instance. */
export function fieldsOf(t: FuzzType & { kind: 'struct' }): { name: string; type: FuzzType }[] {
  const args = new Map(t.def.params.map((p, i) => [p, t.args[i]!]));
  return t.def.fields.map((f) => ({ name: f.name, type: instantiate(f.type, args) }));
}

/** Types that can be keys. */
export function isKey(t: FuzzType): boolean {
  switch (t.kind) {
    case 'int': case 'int32': case 'byte': case 'int128': case 'bool': case 'char': case 'string': return true;
    case 'tuple': return t.elems.every(isKey);
    case 'enum': return t.def.variants.every((v) => v.values.every(isKey));
    default: return false;
  }
}

export const isNumber = (t: FuzzType): boolean => isInteger(t) || t.kind === 'float';
export const isInteger = (t: FuzzType): boolean => t.kind === 'int' || t.kind === 'int32' || t.kind === 'byte' || t.kind === 'int128';

const PLAIN: readonly FuzzType[] = [INT, INT, INT, STRING, STRING, BOOL, FLOAT, { kind: 'char' }, { kind: 'int32' }, { kind: 'byte' }, { kind: 'int128' }];

/** A type over what is declared; `depth` bounds its nesting. */
export function randomType(r: Random, structs: readonly StructDecl[], enums: readonly EnumDecl[], depth = 2): FuzzType {
  if (depth === 0 || r.below(5) < 2) return r.pick(PLAIN);
  const inner = (): FuzzType => randomType(r, structs, enums, depth - 1);
  switch (r.below(9)) {
    case 0: case 1: return { kind: 'list', elem: inner() };
    case 2: return { kind: 'option', elem: inner() };
    case 3: return { kind: 'dict', key: randomKey(r), value: inner() };
    case 4: return { kind: 'set', elem: randomKey(r) };
    case 5: return { kind: 'tuple', elems: r.times(2 + r.below(2), inner) };
    case 6: return { kind: 'result', elem: inner() };
    case 7: {
      if (enums.length === 0) return INT;
      return { kind: 'enum', def: r.pick(enums) };
    }
    default: {
      if (structs.length === 0) return STRING;
      const def = r.pick(structs);
      return { kind: 'struct', def, args: def.params.map(inner) };
    }
  }
}

export function randomKey(r: Random): FuzzType {
  return r.pick<FuzzType>([INT, STRING, BOOL, { kind: 'char' }, { kind: 'tuple', elems: [INT, STRING] }]);
}
