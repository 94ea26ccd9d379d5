/**
 * types.ts — the static types of Qi, shared by the checker, the typed tree
 * and the emitter.
 *
 * Invariants
 * - A type is an immutable value. Primitive types are the singletons below, so
 *   `a === b` is a fast path, never the definition of equality: use
 *   `sameType`.
 * - Structs are nominal: two struct types are the same iff their `def` is the
 *   same object.
 * - `variable` (an inference variable) exists only inside 3-check. The typed
 *   tree (hir.ts) never contains one.
 *
 * Rejected: interning every type in a per-compilation table. It made equality
 * a pointer compare but put a mutable global into every phase; unification
 * visits the few nodes of a type anyway.
 */
import type { Span } from './ast.js';
import type { SourceFile } from './source.js';

export type Type =
  | PrimitiveType
  | { readonly kind: 'list'; readonly elem: Type }
  | { readonly kind: 'array'; readonly elem: Type; readonly length: number }
  | { readonly kind: 'dict'; readonly key: Type; readonly value: Type }
  | { readonly kind: 'option'; readonly elem: Type }
  | { readonly kind: 'struct'; readonly def: StructDef }
  | { readonly kind: 'func'; readonly params: readonly Type[]; readonly result: Type }
  | { readonly kind: 'future'; readonly value: Type }
  | { readonly kind: 'task'; readonly value: Type }
  | { readonly kind: 'coroutine'; readonly yields: Type; readonly sends: Type; readonly result: Type }
  | { readonly kind: 'channel'; readonly elem: Type }
  | TypeVariable;

/** Types without parameters. `never` is the type of an expression that does not return (抛出, 返回). */
export type PrimitiveKind =
  | 'int' | 'float' | 'bool' | 'char' | 'unit' | 'string'
  | 'mutex' | 'waitgroup' | 'error' | 'never';

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
}

export const INT: PrimitiveType = { kind: 'int' };
export const FLOAT: PrimitiveType = { kind: 'float' };
export const BOOL: PrimitiveType = { kind: 'bool' };
export const CHAR: PrimitiveType = { kind: 'char' };
export const UNIT: PrimitiveType = { kind: 'unit' };
export const STRING: PrimitiveType = { kind: 'string' };
export const MUTEX: PrimitiveType = { kind: 'mutex' };
export const WAITGROUP: PrimitiveType = { kind: 'waitgroup' };
export const ERROR: PrimitiveType = { kind: 'error' };
export const NEVER: PrimitiveType = { kind: 'never' };

/** Follows the bindings of inference variables at the top of `t`. */
export function resolve(t: Type): Type {
  while (t.kind === 'variable' && t.bound !== undefined) t = t.bound;
  return t;
}

/**
 * Whether a register or heap slot holding a value of this type is a reference
 * for the collector. Everything else is one raw 64-bit word.
 */
export function isReference(t: Type): boolean {
  switch (t.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'unit': case 'never':
      return false;
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
    case 'struct': return a.def === (b as typeof a).def;
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
    case 'channel': return sameType(a.elem, (b as typeof a).elem);
    case 'variable': return false;
    default: return true;
  }
}

const PRIMITIVE_NAMES: Record<PrimitiveKind, string> = {
  int: '整数', float: '浮点数', bool: '布尔', char: '字符', unit: '空', string: '字符串',
  mutex: '互斥锁', waitgroup: '等待组', error: '错误', never: '永不',
};

/** The type as a Qi programmer writes it, for messages. */
export function showType(t: Type): string {
  t = resolve(t);
  switch (t.kind) {
    case 'list': return `列表<${showType(t.elem)}>`;
    case 'array': return `[${showType(t.elem)}; ${t.length}]`;
    case 'dict': return `字典<${showType(t.key)}, ${showType(t.value)}>`;
    case 'option': return `选项<${showType(t.elem)}>`;
    case 'struct': return t.def.name;
    case 'func': return `函数(${t.params.map(showType).join(', ')}): ${showType(t.result)}`;
    case 'future': return `未来<${showType(t.value)}>`;
    case 'task': return `任务<${showType(t.value)}>`;
    case 'coroutine': {
      const rest = t.sends.kind === 'unit' && t.result.kind === 'unit' ? ''
        : t.result.kind === 'unit' ? `, ${showType(t.sends)}` : `, ${showType(t.sends)}, ${showType(t.result)}`;
      return `协程<${showType(t.yields)}${rest}>`;
    }
    case 'channel': return `通道<${showType(t.elem)}>`;
    case 'variable': return t.literal === 'float' ? '浮点数' : t.literal === 'int' ? '整数' : '未知类型';
    default: return PRIMITIVE_NAMES[t.kind];
  }
}
