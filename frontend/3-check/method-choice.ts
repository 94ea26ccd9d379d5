/**
 * method-choice.ts — methods of one name that belong to different instances of a generic type: 求 of 方<整数> and of 方<浮点数>.
 *
 * A name in a method table is one method; the others hang on it (`alternatives`). Invariant: no value could have two of them, so
 * which one a closed type has does not depend on their order.
 *
 * Rejected: the nearest of several that fit (an 实现 of 方<T> beside one of 方<整数>); what a generic function calls would then depend on
 * what its type parameter happens to be.
 */
import { resolve, showType, type Type } from '../types.js';
import type { Localized } from '../diagnostics.js';
import { fitsArray } from './body.js';
import type { FunctionSymbol } from './scope.js';
import { isOpen, settleParts, unify } from './unify.js';

/** All methods of the name of `f`. */
export function methodsNamed(f: FunctionSymbol): readonly FunctionSymbol[] {
  return f.alternatives === undefined ? [f] : [f, ...f.alternatives];
}

/** Whether no value has both types, which may have POISON in the place of type parameters. */
export function areApart(a: Type, b: Type): boolean {
  return !isOpen(a) && !isOpen(b) && !unify(a, b);
}

/** The one of the methods that values of `t` have. Of a type that is not known it is the first. */
export function methodFor(f: FunctionSymbol, t: Type): FunctionSymbol | undefined {
  if (f.alternatives === undefined) return f;
  const closed = settleParts(t);
  if (isOpen(closed)) return f;
  return methodsNamed(f).find((m) => fitsArray(resolve(closed), m.receiver!.type) || unify(m.receiver!.type, closed));
}

/** `方<整数> 或 方<浮点数>` */
export function receiversOf(f: FunctionSymbol): Localized {
  const shown = methodsNamed(f).map((m) => showType(m.receiver!.type));
  return { zh: shown.join(' 或 '), en: shown.join(' or ') };
}
