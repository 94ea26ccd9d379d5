/**
 * Numbers: decimal and 0x 0b 0o integers with `_` between digits, and decimal floats.
 *
 * Integers keep their exact value (bigint); whether it fits a type is the checker's business, because
 * `-9223372036854775808` is a sign and a number here.
 */

import { halfWidth, isDigit, isNameContinue, isNameStart } from './chars.js';
import type { Lexer } from './lex.js';
import { T } from './token.js';

/** More digits than any type holds by far: converting a number of megabytes would take minutes. */
const MAX_DIGITS = 4096;

/** Reads the number at the position of the lexer, which stands on a digit. */
export function lexNumber(l: Lexer): void {
  const start = l.pos;
  if (lexSmall(l, start)) return;
  const base = l.at(start) === 0x30 ? baseOf(l.at(start + 1)) : 10;
  if (base !== 10) return lexInBase(l, start, base);
  skipDigits(l);
  let isFloat = false;
  // After a dot only a tuple index stands: `a.0.1` is two of them. And `1..5`, `1.方法()` are no floats.
  if (l.lastKind !== T.Dot) {
    if (l.at(l.pos) === 0x2e && isDigit(l.at(l.pos + 1))) {
      isFloat = true;
      l.pos++;
      skipDigits(l);
    }
    if (hasExponent(l)) {
      isFloat = true;
      l.pos += isDigit(l.at(l.pos + 1)) ? 1 : 2;
      skipDigits(l);
    }
  }
  const text = finish(l, start);
  // `1.` of other languages, rather than a member of a number.
  if (!isFloat && l.pos - start === text.length && l.lastKind !== T.Dot && lacksDigits(l)) {
    l.pos++;
    invalid(l, start, ...BOTH_SIDES);
    isFloat = true;
  }
  const digits = text.replaceAll('_', '');
  if (isFloat) l.emitLiteral(T.Float, start, l.pos, Number(digits));
  else l.emitLiteral(T.Int, start, l.pos, toInteger(l, start, digits));
}

const BOTH_SIDES = ['小数点两边都要有数字', 'a point has digits on both sides'] as const;

/** Is here a point behind which neither a member nor a range follows? */
function lacksDigits(l: Lexer): boolean {
  if (l.at(l.pos) !== 0x2e || l.text.charCodeAt(l.pos) === 0x3002) return false;
  const next = l.text.codePointAt(l.pos + 1);
  return next === undefined || !(isNameStart(next) || l.at(l.pos + 1) === 0x2e);
}

/** Can a token be the end of an operand, of which a point takes a member? */
export function endsOperand(kind: T): boolean {
  return (kind >= T.Name && kind <= T.Char) || kind === T.InterpolationEnd || (kind >= T.RParen && kind <= T.RBrace) || kind >= T.FirstKeyword;
}

/** `.5`: reported, and read as 0.5. The lexer stands on the point. */
export function lexBarePoint(l: Lexer): void {
  const start = l.pos++;
  skipDigits(l);
  const text = finish(l, start);
  if (l.pos - start === text.length) invalid(l, start, ...BOTH_SIDES);
  l.emitLiteral(T.Float, start, l.pos, Number(`0${text.replaceAll('_', '')}`));
}

/** The common case: up to 15 plain digits that nothing special follows. */
function lexSmall(l: Lexer, start: number): boolean {
  const { text } = l;
  let at = start;
  let value = 0;
  let c = text.charCodeAt(at);
  while (c >= 0x30 && c <= 0x39) {
    value = value * 10 + (c - 0x30);
    c = text.charCodeAt(++at);
  }
  // Letters, `_`, a dot and anything beyond ASCII need a closer look.
  const plain = !(c >= 0x7f) && c !== 0x2e && c !== 0x5f && !((c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a);
  if (!plain || at === start || at - start > 15) return false;
  l.pos = at;
  l.emitLiteral(T.Int, start, at, BigInt(value));
  return true;
}

function lexInBase(l: Lexer, start: number, base: 2 | 8 | 16): void {
  l.pos = start + 2;
  while (digitValue(l.at(l.pos)) < base || l.at(l.pos) === 0x5f) l.pos++;
  const wrong = isDigit(l.at(l.pos));
  while (wrong && (isDigit(l.at(l.pos)) || l.at(l.pos) === 0x5f)) l.pos++;
  const text = finish(l, start);
  const digits = text.slice(2).replaceAll('_', '');
  if (wrong && l.pos - start > text.length) l.emitLiteral(T.Int, start, l.pos, 0n);
  else if (wrong) {
    const last = base === 2 ? 1 : 7;
    invalid(l, start, `${text.slice(0, 2)} 之后的数字是 0 到 ${last}`, `the digits after ${text.slice(0, 2)} are 0 to ${last}`);
    l.emitLiteral(T.Int, start, l.pos, 0n);
  } else if (digits === '') {
    invalid(l, start, `${text} 之后缺少数字`, `digits are missing after ${text}`);
    l.emitLiteral(T.Int, start, l.pos, 0n);
  } else {
    l.emitLiteral(T.Int, start, l.pos, toInteger(l, start, `0${'xob'[[16, 8, 2].indexOf(base)]}${digits}`));
  }
}

function baseOf(code: number): 2 | 8 | 10 | 16 {
  switch (code | 0x20) {
    case 0x78:
      return 16;
    case 0x6f:
      return 8;
    case 0x62:
      return 2;
    default:
      return 10;
  }
}

function digitValue(code: number): number {
  if (isDigit(code)) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 99;
}

function skipDigits(l: Lexer): void {
  while (isDigit(l.at(l.pos)) || l.at(l.pos) === 0x5f) l.pos++;
}

function hasExponent(l: Lexer): boolean {
  if ((l.at(l.pos) | 0x20) !== 0x65) return false;
  const next = l.at(l.pos + 1);
  return isDigit(next) || ((next === 0x2b || next === 0x2d) && isDigit(l.at(l.pos + 2)));
}

/** Checks what follows and the place of `_`, and gives the text in half-width characters. */
function finish(l: Lexer, start: number): string {
  const end = l.pos;
  let rest = end;
  for (;;) {
    const code = l.text.codePointAt(rest);
    if (code === undefined || !isNameContinue(code)) break;
    rest += code > 0xffff ? 2 : 1;
  }
  const text = l.text.slice(start, end).replace(/[\u3002\uff01-\uff5e]/g, (c) => String.fromCharCode(halfWidth(c.charCodeAt(0))));
  l.pos = rest;
  if (rest > end) invalid(l, start, '数字和后面的文字之间要有空格；名称不能以数字开头', 'put a space between the number and the text after it; a name does not begin with a digit');
  else if (/_(?![0-9a-fA-F])|(?<![0-9a-fA-F])_/.test(text)) invalid(l, start, '下划线只能写在数字之间', '_ stands between digits only');
  return text;
}

function toInteger(l: Lexer, start: number, digits: string): bigint {
  if (digits.length <= MAX_DIGITS) return BigInt(digits);
  invalid(l, start, `最多 ${MAX_DIGITS} 位`, `at most ${MAX_DIGITS} digits`);
  return 0n;
}

function invalid(l: Lexer, start: number, zh: string, en: string): void {
  l.damage();
  const text = l.text.slice(start, Math.min(l.pos, start + 40));
  l.report('E1008', { start, end: l.pos }, { 文本: text, 说明: { zh, en } });
}
