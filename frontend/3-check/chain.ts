/**
 * chain.ts — chains of binary operators, which lean to the left, as lists: thousands of operands cost no stack.
 */
import type * as ast from '../ast.js';

/** The leftmost operand, and the operators in the order in which they are evaluated. */
export function chainOf(e: ast.BinaryExpr): { readonly first: ast.Expr; readonly steps: readonly ast.BinaryExpr[] } {
  const steps: ast.BinaryExpr[] = [];
  let first: ast.Expr = e;
  while (first.kind === 'BinaryExpr') {
    steps.push(first);
    first = first.left;
  }
  return { first, steps: steps.reverse() };
}
