/**
 * branches.ts — the values of 如果 and 匹配 as expressions: one type for all branches.
 *
 * Branches that never complete (抛出, 返回) fit any type. Rejected: unifying each branch with what is expected; an expected type
 * may be mere advice (the other operand of an operator), and a message about a branch should say what the other one is.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { NEVER, resolve, type Type } from '../types.js';
import type { Body } from './body.js';
import { widens } from './numbers.js';

/**
 * The one type of several branches: what is wanted, if values of different types become it (a 未来, an 错误, a value of a
 * 特性), else that of the first that completes, widened to the widest number.
 */
export function branchType(b: Body, branches: readonly hir.Expr[], expected: Type | undefined): Type {
  const want = expected === undefined ? undefined : resolve(expected);
  if (want !== undefined && (want.kind === 'future' || want.kind === 'error' || (want.kind === 'enum' && b.checker.traits.has(want.def)))) return want;
  let type: Type = NEVER;
  for (const branch of branches) {
    if (resolve(type).kind === 'never') type = branch.type;
    else if (widens(resolve(type), resolve(branch.type))) type = branch.type;
  }
  return type;
}

/** Coerces the innermost node that gives a block's value: a message about it should point there. */
export function coerceValue(b: Body, node: hir.Expr, type: Type, other: ast.Span | undefined): hir.Expr {
  if (node.kind === 'blockExpr') {
    const value = coerceValue(b, node.value, type, other);
    return value === node.value ? node : { ...node, value, type: value.type };
  }
  return b.coerce(node, type, other === undefined ? undefined : () => ({
    related: [{ span: other, file: b.file, label: { zh: '另一块的值在这里', en: 'the other block has this value' } }],
  }));
}

export function valueOf(node: hir.Expr): hir.Expr {
  while (node.kind === 'blockExpr') node = node.value;
  return node;
}
