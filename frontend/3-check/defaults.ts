/**
 * defaults.ts — default values of parameters and fields, made anew wherever one is left out.
 *
 * Invariant: a default that is being made does not come up again inside itself; that would never end (E3118).
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import type { SourceFile } from '../source.js';
import type { Type } from '../types.js';
import { poison, type Body } from './body.js';
import { checkExpr } from './infer-expr.js';
import type { Scope } from './scope.js';

/** A default value of `file`, seen from where it is declared: its names are not those of the place that uses it. */
export function defaultNode(b: Body, e: ast.Expr, type: Type, declared: Scope, file: SourceFile): hir.Expr {
  const { checker, scope } = b;
  const errors = b.failed;
  if (checker.defaults.has(e)) {
    checker.aloud(() => checker.error('E3118', file, e.span));
    b.failed = true;
    return poison(e.span);
  }
  b.scope = declared;
  checker.muted++;
  checker.defaults.add(e);
  try {
    return checkExpr(b, e, type);
  } finally {
    checker.defaults.delete(e);
    checker.muted--;
    b.scope = scope;
    b.failed = errors;
  }
}
