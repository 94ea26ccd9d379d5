/**
 * clashes.ts — a call of a function whose parameters have no types, with arguments that do not go together: `最大(3, "9")`.
 *
 * The types clash at every place in the body where the two meet. The mistake is one, in the call: the first place is reported, with a
 * hint that says which parameter has which type there.
 *
 * Rejected: the call as the place of the error. Which of the two arguments is wrong shows only where they meet.
 */
import type { Localized } from '../diagnostics.js';
import { resolve, showType } from '../types.js';
import { type Checker, type Instantiation } from './body.js';

/** The pairs of types that clashed in an instance. */
const clashes = new WeakMap<Instantiation, Set<string>>();

/** What there is to say about a clash of these types: `told` when nothing is, a hint, or undefined where no call is to blame. */
export function clash(checker: Checker, expected: string, actual: string): 'told' | Localized | undefined {
  const within = checker.context;
  if (within === undefined || checker.muted > 0) return undefined;
  const untyped = within.symbol.decl.params.filter((p) => p.type === undefined);
  if (untyped.length < 2) return undefined;
  const types = within.args.slice(-untyped.length).map((t) => showType(resolve(t)));
  if (!types.includes(expected) || !types.includes(actual)) return undefined;
  const pair = [expected, actual].sort().join(' ');
  const seen = clashes.get(within) ?? new Set<string>();
  clashes.set(within, seen);
  if (seen.has(pair)) return 'told';
  seen.add(pair);
  const zh = untyped.map((p, i) => `${p.name.text} 是 ${types[i]!}`).join('，');
  const en = untyped.map((p, i) => `${p.name.text} is ${types[i]!}`).join(', ');
  return { zh: `这次调用里 ${zh}：改实参，或给参数写上类型`, en: `in this call ${en}: change an argument, or give the parameters types` };
}
