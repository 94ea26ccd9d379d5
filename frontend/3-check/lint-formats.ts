/**
 * lint-formats.ts — W3020: `打印行("{} {}", 1)` and `打印行("%d", 1)` show the placeholders themselves.
 *
 * 打印 fills in `{}` of its first literal when there are as many as values; else it shows everything, joined by spaces. Invariant: only
 * a literal with values behind it is looked at, as a text alone may well be about braces and per cent signs.
 */
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';

/** `{0}`, `{:.2}`; `%d`, `%-5s`, `%5.2f`, but not the per cent sign of `50%d…`. */
const FOREIGN = /\{\d+(?::[^{}]*)?\}|\{:[^{}]*\}|(?<![\d%])%[-+0#]?\d*(?:\.\d+)?[dioxXfeEgGscvqu](?![A-Za-z])/u;

const INSTEAD: Localized = { zh: '把值写进文字：$"…{值}…"，格式写在冒号之后 $"{价:.2}"', en: 'write values inside the text: $"…{value}…", a format behind a colon: $"{price:.2}"' };

/** The placeholder that the text of a call of 打印 shows as it is, and what to do; `textOf` gives the source of a part. */
export function shownPlaceholder(call: hir.Expr & { kind: 'callNative' }, textOf: (e: hir.Expr) => string): { readonly literal: hir.Expr; readonly shown: string; readonly hint: Localized } | undefined {
  const joined = call.args[0];
  if (joined?.kind !== 'concat') return undefined;
  const [literal, space, value] = joined.parts;
  // What is not a format has a space before each value, which stands where the value does.
  if (literal?.kind !== 'string' || !/^["“「]/u.test(textOf(literal)) || space?.kind !== 'string' || space.value !== ' ' || space.span.start !== value?.span.start) return undefined;
  const values = (joined.parts.length - 1) / 2;
  const braces = literal.value.split('{}').length - 1;
  if (braces > 0) {
    return { literal, shown: '{}', hint: {
      zh: `有 ${braces} 个 {}，后面有 ${values} 个值：个数相同才代入；也可以写 $"…{值}…"`, en: `there are ${braces} {} and ${values} values behind: the numbers must agree; or write $"…{value}…"`,
    } };
  }
  const shown = FOREIGN.exec(literal.value)?.[0];
  return shown === undefined ? undefined : { literal, shown, hint: INSTEAD };
}
