/**
 * Characters that begin no token: how messages name them, and what was probably meant by those that people do write.
 */

import type { Localized } from '../diagnostics.js';
import { halfWidth, isBidiControl, isNameStart } from './chars.js';

/** Is this (half-width) character a quote that opens a string? */
export function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27 || code === 0x201c || code === 0x2018 || code === 0x300c;
}

/** Offset behind the text in backquotes that begins at `start` and ends on the same line; `otherwise` when it does not. */
export function behindBackquoted(text: string, start: number, otherwise: number): number {
  for (let i = start + 1; i < text.length && text.charCodeAt(i) !== 0x0a; i++) if (text.charCodeAt(i) === 0x60) return i + 1;
  return otherwise;
}

/** White space of Unicode that separates tokens; controls of direction are judged by checkControls. */
export function isLayout(code: number): boolean {
  return (
    (code >= 0x2000 && code <= 0x200a) || code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f ||
    code === 0x85 || code === 0x1680 || code === 0xfeff || isBidiControl(code)
  );
}

export function isUnexpected(code: number): boolean {
  // # ? @ \ ` and control characters.
  if (code < 0x80) return code === 0x23 || code === 0x3f || code === 0x40 || code === 0x5c || code === 0x60 || code === 0x7f || code < 9 || (code > 13 && code < 32);
  return halfWidth(code) === code && !isQuote(code) && !isNameStart(code) && !isLayout(code);
}

export function describeChar(code: number): string {
  const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(String.fromCodePoint(code)) ? `${String.fromCodePoint(code)} (${number})` : number;
}

/** Signs of mathematics and what Qi writes for them. */
const SIGNS: Readonly<Record<string, string>> = {
  '≥': '>=', '⩾': '>=', '≤': '<=', '⩽': '<=', '≠': '!=', '×': '*', '÷': '/', '−': '-', '–': '-', '—': '-', '→': '->', '⇒': '=>', '…': '..', '∧': '&&', '∨': '||', '¬': '!',
};

const MEANT: Readonly<Record<string, Localized>> = {
  '#': { zh: '注释写 // …', en: 'a comment is written // …' },
  '?': { zh: '按条件取值写 如果 条件 { 甲 } 否则 { 乙 }；处理 选项 和 结果 写 尝试 表达式', en: 'choose with 如果 condition { a } 否则 { b }; unwrap 选项 and 结果 with 尝试 expression' },
  '@': { zh: 'Qi 没有注解', en: 'Qi has no annotations' },
  '`': { zh: '多行字符串写 """…"""，插值写 $"…{值}…"', en: 'write """…""" for several lines, $"…{value}…" to interpolate' },
  '\\': { zh: '反斜杠只用在字符串里；一行写不完时，在运算符或逗号之后换行', en: 'a backslash belongs into strings; to go on in the next line break it after an operator or comma' },
  '”': { zh: '字符串以 “ 开头', en: 'a string begins with “' },
  '」': { zh: '字符串以 「 开头', en: 'a string begins with 「' },
  '’': { zh: '字符以 ‘ 开头', en: 'a character begins with ‘' },
};

/** What to write instead of a character. */
export function meantBy(code: number): Localized | undefined {
  const char = String.fromCodePoint(halfWidth(code));
  const sign = SIGNS[char];
  return sign === undefined ? MEANT[char] : { zh: `请写 ${sign}`, en: `write ${sign}` };
}
