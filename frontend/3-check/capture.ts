/**
 * capture.ts — how closures and spawned blocks reach the variables around them.
 *
 * A variable lives in a heap cell (`boxed`) iff its address is taken, or a closure shares it and something
 * may assign to it afterwards; otherwise the closure gets a copy and the variable stays in a register. "Afterwards" is
 * decided by times: every declaration, assignment and loop start takes the next tick of
 * `Checker.clock`. A capture counts from its own time, or, when it stands in loops that began after
 * the variable was declared, from the start of the outermost of them: the next round may assign again.
 *
 * Invariant: `boxed` is set only in `finishCaptures`, when all assignments are known.
 * Rejected: boxing everything captured (loops with a spawned block in them became several times slower).
 */
import type * as hir from '../hir.js';
import type { Body, Checker } from './body.js';
import type { LocalSymbol, Mutable } from './scope.js';

/** The local that stands for `symbol` in `body`, captured through every body between. */
export function localIn(body: Body, symbol: LocalSymbol): hir.Local {
  if (symbol.owner === body) return symbol.local;
  const known = body.captures.get(symbol);
  if (known !== undefined) return known;
  const outer = localIn(body.parent!, symbol);
  const inner = body.newLocal(symbol.name, symbol.local.type, symbol.span);
  body.captures.set(symbol, inner);
  (body.func.captures as hir.Capture[]).push({ outer, inner });
  (symbol.inner ??= []).push(inner);
  const loop = symbol.owner.loops.find((l) => l.start > symbol.declared);
  symbol.captured = Math.min(symbol.captured, loop?.start ?? body.checker.clock);
  return inner;
}

/** Notes that `symbol` is assigned now, other than by its declaration. */
export function noteAssigned(body: Body, symbol: LocalSymbol): void {
  symbol.lastAssigned = ++body.checker.clock;
  symbol.local.reassigned = true;
}

/** Decides which variables live in heap cells. */
export function finishCaptures(checker: Checker): void {
  for (const symbol of checker.symbols) {
    if (symbol.inner === undefined && !symbol.addressed) continue;
    const boxed = symbol.addressed || symbol.lastAssigned > symbol.captured;
    for (const local of [symbol.local, ...(symbol.inner ?? [])]) {
      const target = local as Mutable<hir.Local>;
      target.boxed = boxed;
      target.reassigned = symbol.local.reassigned;
    }
  }
}
