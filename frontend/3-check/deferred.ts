/**
 * deferred.ts — uses of a type that is not known yet.
 *
 * `x.长度()` in a function whose parameter x has no written type cannot be resolved where it stands.
 * The use hands out a placeholder with a fresh type, and is completed when unification has found the
 * type, at the latest at the end of the check, where a type still unknown is an error (E3005).
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { resolve, type Type } from '../types.js';
import { fill, placeholder, poison, type Body } from './body.js';
import { POISON, isPoison, settle, unify } from './unify.js';

/** Whether a use that needs to know the type's kind can proceed. */
export function isKnown(t: Type): boolean {
  const r = resolve(t);
  return r.kind !== 'variable' || r === POISON;
}

/** Gives up on a type: what hangs on it stays silent. */
export function giveUp(t: Type): void {
  const r = resolve(t);
  if (r.kind === 'variable' && r !== POISON) r.bound = POISON;
}

/** Runs `use` as soon as `type` is known; if it never is, reports it as the unknown type of `what`. */
export function whenKnown(b: Body, type: Type, span: ast.Span, what: Localized, use: (t: Type) => void, unknown?: () => void): void {
  b.checker.defer((force) => {
    if (!isKnown(type)) {
      if (!force) return false;
      settle(type);
      if (!isKnown(type)) {
        if (b.checker.errors === 0) b.error('E3005', span, { 对象: what });
        giveUp(type);
        unknown?.();
        return true;
      }
    }
    use(resolve(type));
    return true;
  });
}

/**
 * The node `build` makes from the type of `subject`: at once when it is known, else a placeholder
 * that is filled in later.
 */
export function nodeWhenKnown(
  b: Body, subject: hir.Expr, span: ast.Span, what: Localized, build: (t: Type) => hir.Expr,
): hir.Expr {
  const t = resolve(subject.type);
  if (t === POISON) return poison(span);
  if (isKnown(t)) return build(t);
  const result = b.checker.fresh();
  const node = placeholder(result, span);
  whenKnown(b, subject.type, span, what, (known) => {
    if (isPoison(known)) {
      giveUp(result);
      return;
    }
    const built = build(known);
    const expected = resolve(result);
    // What stood in for the value may meanwhile be expected to be of some type.
    if (resolve(built.type).kind === 'never') giveUp(result);
    else if (!unify(result, built.type)) b.mismatch(span, expected, built.type);
    fill(node, built);
  }, () => giveUp(result));
  return node;
}
