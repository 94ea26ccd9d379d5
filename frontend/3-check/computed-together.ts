/**
 * computed-together.ts — the names that a body combines by arithmetic or compares, so that they must have one type.
 *
 * Only what is sure: operands that are names, numbers and arithmetic of these. Anything else in an expression (a call, a string)
 * says nothing, because it may have any type.
 */
import type * as ast from '../ast.js';

const NUMERIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);

/** The groups of names that stand in one computation each. */
export function computedTogether(body: ast.Block): string[][] {
  const found: string[][] = [];
  const todo: unknown[] = [body];
  while (todo.length > 0) {
    const node = todo.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ((node as { kind?: string }).kind === 'BinaryExpr') {
      const names = namesIn(node as ast.BinaryExpr);
      if (names !== undefined) {
        found.push(names);
        continue;
      }
    }
    for (const part of Object.values(node)) if (typeof part === 'object') todo.push(part);
  }
  return found;
}

/** The names of a computation; undefined when something else takes part. */
function namesIn(e: ast.BinaryExpr): string[] | undefined {
  if (!NUMERIC.has(e.op)) return undefined;
  const names: string[] = [];
  const todo: ast.Expr[] = [e.left, e.right];
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part.kind === 'NameExpr') names.push(part.name);
    else if (part.kind === 'BinaryExpr' && ARITHMETIC.has(part.op)) todo.push(part.left, part.right);
    else if (part.kind === 'UnaryExpr' && part.op === '-') todo.push(part.operand);
    else if (part.kind !== 'IntLiteral' && part.kind !== 'FloatLiteral') return undefined;
  }
  return names;
}
