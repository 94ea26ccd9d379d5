/**
 * own-equality.ts — `==` of types that implement 可相等: their method decides, not their fields.
 *
 * The machine compares what lies inside other values by content and calls no methods, so `==` of a value that holds such a
 * value would be wrong unnoticed: it is refused (E3010). Types are looked at when they are known, which may be after the operator.
 *
 * Rejected: methods called from the machine's comparison (natives never call back into Qi); deriving a comparison function for every
 * type that holds such a value.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { BOOL, payloadOf, resolve, showType, type Type } from '../types.js';
import { fill, poison, type Body, type Checker } from './body.js';
import { callFunction } from './infer-call.js';
import { builtinTraits } from './library.js';
import { ownMethod } from './traits.js';
import { isOpen } from './unify.js';

/** Natives that compare elements of their receiver. */
const COMPARING: ReadonlySet<string> = new Set([
  'list_contains', 'list_find', 'list_find_last', 'list_find_all', 'list_count', 'list_delete', 'list_delete_all',
]);

/** `left == right`, or `!=`, of one type. */
export function equalityNode(b: Body, op: 'eq' | 'ne', left: hir.Expr, right: hir.Expr, span: ast.Span): hir.Expr {
  const node: hir.Expr = { kind: 'compare', op, left, right, type: BOOL, span };
  whenTypeKnown(b, left.type, (t) => {
    const own = ownMethod(b.checker, t, '可相等', '相等');
    if (own === undefined) {
      if (left.kind !== 'none' && right.kind !== 'none' && refused(b, t, op === 'eq' ? '==' : '!=', span)) fill(node, poison(span));
      return;
    }
    const arg = { name: undefined, ast: { kind: 'ErrorExpr' as const, id: 0, span: right.span }, node: right };
    const equal = callFunction(b, own, left, [arg], span, 'value');
    fill(node, op === 'eq' ? equal : { kind: 'unary', op: 'not', operand: equal, type: BOOL, span });
  });
  return node;
}

/** A native that compares elements: not those that compare themselves. */
export function checkComparing(b: Body, native: string, name: string, receiver: hir.Expr | undefined, span: ast.Span): void {
  if (receiver === undefined || !COMPARING.has(native)) return;
  whenTypeKnown(b, receiver.type, (t) => refused(b, t, name, span));
}

/** Runs `use` when the type is known to its last part; not at all in programs where no type compares itself. */
function whenTypeKnown(b: Body, type: Type, use: (t: Type) => void): void {
  const { checker } = b;
  if (checker.implementations.isEmpty || !checker.implementations.any(builtinTraits(checker).get('可相等')!)) return;
  checker.defer((force) => {
    if (isOpen(type) && !force) return false;
    use(resolve(type));
    return true;
  });
}

/** E3010 when a value of `t` holds one that compares itself. */
function refused(b: Body, t: Type, op: string, span: ast.Span): boolean {
  const inner = comparesItself(b.checker, t, new Set());
  if (inner === undefined) return false;
  const [outer, held] = [showType(t), showType(inner)];
  b.error('E3010', span, { 运算: op, 操作数: { zh: `${outer} 和 ${outer}`, en: `${outer} and ${outer}` } }, {
    hint: {
      zh: `${held} 用自己的 相等 比较，放在 ${outer} 里时用不到它；逐个比较，或比较 转列表() 这样的内容`,
      en: `${held} compares by its own 相等, which is not used inside ${outer}; compare one by one, or contents such as 转列表()`,
    },
  });
  return true;
}

/** The type inside `t` that implements 可相等. What compares by identity is not looked into. */
function comparesItself(checker: Checker, t: Type, seen: Set<unknown>): Type | undefined {
  const inside = (parts: readonly Type[]): Type | undefined => {
    for (const part of parts) {
      const r = resolve(part);
      const found = ownMethod(checker, r, '可相等', '相等') === undefined ? comparesItself(checker, r, seen) : r;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  switch (t.kind) {
    case 'list': case 'array': case 'option': case 'set': return inside([t.elem]);
    case 'dict': return inside([t.key, t.value]);
    case 'tuple': return inside(t.elems);
    case 'struct':
      if (seen.has(t.def)) return undefined;
      seen.add(t.def);
      return inside(t.def.fields.map((f) => f.type));
    case 'enum':
      if (seen.has(t.def)) return undefined;
      seen.add(t.def);
      return inside(t.def.variants.flatMap((_, i) => payloadOf(t, i)));
    default: return undefined;
  }
}
