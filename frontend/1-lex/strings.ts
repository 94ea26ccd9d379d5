/**
 * Strings of every form: "…", '…', “…”, ‘…’, 「…」, """…""", r"…" and $"…" with interpolations.
 *
 * Plain strings become one token whose value has its escapes resolved. Interpolated strings become
 * InterpolationStart, texts and bracketed expressions, InterpolationEnd; the expressions are lexed
 * by the main loop, which calls `resumeInterpolation` at their closing brace.
 *
 * Multi-line strings lose the indentation common to their lines. A first line that is empty goes, and so does a last line that
 * holds only the closing quotes; the indentation of that line counts (as in Swift and C#). Indentation is removed before escapes
 * are resolved, so `\n` and `\t` are never taken for layout.
 */

import type { Localized } from '../diagnostics.js';
import type { Lexer } from './lex.js';
import { T } from './token.js';

/** A string being interpolated. */
export interface Interpolation {
  /** Where the string begins, with its `$`. */
  readonly start: number;
  /** The closing quote, for messages and as a character code. */
  readonly quote: string;
  readonly closing: number;
  readonly triple: boolean;
  /** Text tokens with the range of their raw text, to be cooked when a multi-line string ends. */
  readonly texts: { token: number; range: Range }[];
}

interface Range {
  start: number;
  end: number;
}

const TRIPLE = '"""';

/** Reads a string whose first quote is at `quoteAt`; a prefix r or $ begins at `start`. */
export function lexString(l: Lexer, start: number, quoteAt: number, raw: boolean, interpolated: boolean): void {
  const closing = closingQuote(l.text.charCodeAt(quoteAt));
  const triple = l.text.startsWith(TRIPLE, quoteAt);
  const bodyStart = quoteAt + (triple ? 3 : 1);
  const quote = triple ? TRIPLE : String.fromCharCode(closing);
  l.pos = bodyStart;
  if (interpolated) {
    l.emit(T.InterpolationStart, start, bodyStart, 0);
    const interpolation = { start, quote, closing, triple, texts: [] };
    l.interpolations.push(interpolation);
    lexInterpolated(l, interpolation);
    return;
  }
  const closed = skipBody(l, closing, triple, raw);
  if (!closed && !triple && l.interpolations.at(-1)?.closing === closing && !l.interpolations.at(-1)!.triple) {
    // This quote ends the string around: `$"甲{乙"`.
    l.pos = quoteAt + 1;
    return l.abandonInterpolation('brace');
  }
  if (!closed && !triple && endAtOtherQuote(l, start, bodyStart, quote)) {
    l.emitLiteral(T.String, start, l.pos, l.text.slice(bodyStart, l.pos - 1));
    return;
  }
  const below = closed || triple ? -1 : endOnLaterLine(l, closing);
  if (below >= 0) {
    unterminated(l, start, quote, SEVERAL_LINES);
    l.emitLiteral(T.String, start, below, l.text.slice(bodyStart, below - 1));
    l.pos = below;
    return;
  }
  if (!closed) {
    unterminated(l, start, quote);
    if (!triple) giveBack(l, bodyStart);
  }
  const body = { start: bodyStart, end: l.pos };
  if (closed) l.pos += quote.length;
  const value = triple ? dedent(l, [body], raw)[0]! : cook(l, body, raw, false);
  const isChar = closing === 0x27 || closing === 0xff07 || closing === 0x2019 ? isOneScalar(value) : false;
  l.emitLiteral(isChar ? T.Char : T.String, start, l.pos, value);
}

/** Goes on with the innermost interpolated string after the `}` of an expression. */
export function resumeInterpolation(l: Lexer): void {
  lexInterpolated(l, l.interpolations.at(-1)!);
}

/** Quotes that are written for one another. */
const OTHER_QUOTES = /["＂“”「」]|'|’/g;

/**
 * Ends a string at a quote of another kind, when one stands on the line where a string can end: `“甲"`. Reports that, and is
 * true then.
 */
function endAtOtherQuote(l: Lexer, start: number, bodyStart: number, quote: string): boolean {
  const line = l.text.slice(bodyStart, l.pos);
  const single = quote === "'" || quote === '＇' || quote === '’';
  for (const { 0: other, index } of line.matchAll(OTHER_QUOTES)) {
    if ((other === '’' || other === "'") !== single || line[index - 1] === '\\') continue;
    if (!/^[ \t]*(?:[)\]}）］】｝,，、;；:：.。+＋=＝]|$)/.test(line.slice(index + 1))) continue;
    l.pos = bodyStart + index + 1;
    const opening = l.text.slice(bodyStart - 1, bodyStart);
    l.report('E1011', { start: l.pos - 1, end: l.pos }, { 左: opening, 右: other, 引号: quote }, {
      related: [{ span: { start, end: bodyStart }, file: l.file, label: { zh: '字符串从这里开始', en: 'the string begins here' } }],
    });
    return true;
  }
  return false;
}

/**
 * A string without end has swallowed what follows it on the line. Closing brackets (with separators between them) at the end of
 * the line were meant to follow it, as many as are open on this line.
 */
function giveBack(l: Lexer, bodyStart: number): void {
  const end = l.pos;
  let at = end;
  let closing = l.openOnLine;
  for (let i = end - 1; i >= bodyStart; i--) {
    const char = l.text[i]!;
    if (CLOSING.includes(char)) {
      if (closing-- === 0) break;
      at = i;
    } else if (SEPARATING.includes(char)) {
      at = i;
    } else {
      break;
    }
  }
  if (closing < l.openOnLine) l.pos = at;
}

const SEVERAL_LINES = { zh: '跨几行的字符串写 """…"""', en: 'write """…""" for text of several lines' };

/** Lines looked at for the end of a string that was meant to go over several. */
const LINES_LOOKED_AT = 50;

/**
 * Offset behind the quote that ends a string which was written over several lines: the first quote below, if it leaves the quotes
 * of its line in pairs and something that can follow a string follows it. -1 when the string just lacks its quote.
 */
function endOnLaterLine(l: Lexer, closing: number): number {
  const { text } = l;
  let at = l.pos;
  for (let n = 0; n < LINES_LOOKED_AT && at < text.length; n++) {
    const start = at + 1;
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    const [before, after, ...more] = line.split(String.fromCharCode(closing));
    if (after !== undefined) {
      const isOdd = more.length % 2 === 0;
      return isOdd && /^[ \t]*(?:[)\]}）］】｝,，、;；+＋]|\r?$)/.test(after) ? start + before!.length + 1 : -1;
    }
    if (end < 0) return -1;
    at = end;
  }
  return -1;
}

const CLOSING = ')]}）］】｝';
const SEPARATING = ' \t;；,，';

export function unterminated(l: Lexer, start: number, quote: string, hint?: Localized): void {
  if (quote === TRIPLE) l.endLost = true;
  const end = Math.min(start + quote.length, l.text.length);
  l.report('E1002', { start, end: Math.max(end, start + 1) }, { 引号: quote }, hint === undefined ? {} : { hint });
}

function closingQuote(opening: number): number {
  if (opening === 0x201c) return 0x201d;
  if (opening === 0x2018) return 0x2019;
  return opening === 0x300c ? 0x300d : opening;
}

function isOneScalar(value: string): boolean {
  if (value.length === 1) return true;
  return value.length === 2 && value.codePointAt(0)! > 0xffff;
}

/** Moves to the closing quote of a string without interpolations; false when there is none. */
function skipBody(l: Lexer, closing: number, triple: boolean, raw: boolean): boolean {
  const { text } = l;
  let { pos } = l;
  for (; pos < text.length; pos++) {
    const c = text.charCodeAt(pos);
    if (c === closing && (!triple || text.startsWith(TRIPLE, pos))) {
      l.pos = pos;
      return true;
    }
    if (!triple && (c === 0x0a || c === 0x0d)) break;
    if (c === 0x5c && !raw) {
      const next = text.charCodeAt(pos + 1);
      // A backslash at the end of a line does not carry the string to the next one.
      if (triple || (next !== 0x0a && next !== 0x0d)) pos++;
    }
  }
  l.pos = Math.min(pos, text.length);
  return false;
}

/** Reads text up to the next interpolation or the end of the string. */
function lexInterpolated(l: Lexer, string: Interpolation): void {
  const { text } = l;
  const start = l.pos;
  let { pos } = l;
  for (; pos < text.length; pos++) {
    const c = text.charCodeAt(pos);
    if (c === string.closing && (!string.triple || text.startsWith(TRIPLE, pos))) {
      l.pos = pos;
      return endInterpolated(l, string, start, string.quote.length);
    }
    if (c === 0x7b || c === 0x7d) {
      if (text.charCodeAt(pos + 1) === c) {
        pos++;
      } else if (c === 0x7d) {
        l.report('E1009', { start: pos, end: pos + 1 });
      } else {
        l.pos = pos;
        emitText(l, string, start);
        l.open(T.InterpolationOpen, pos, ++l.pos);
        return;
      }
    } else if (!string.triple && (c === 0x0a || c === 0x0d)) {
      break;
    } else if (c === 0x5c) {
      const next = text.charCodeAt(pos + 1);
      if (string.triple || (next !== 0x0a && next !== 0x0d)) pos++;
    }
  }
  l.pos = Math.min(pos, text.length);
  unterminated(l, string.start, string.quote);
  if (!string.triple) giveBack(l, start);
  endInterpolated(l, string, start, 0);
}

function endInterpolated(l: Lexer, string: Interpolation, textStart: number, quoteLength: number): void {
  emitText(l, string, textStart);
  if (string.triple) {
    const values = dedent(l, string.texts.map((t) => t.range), false, true);
    string.texts.forEach((t, i) => l.setLiteral(t.token, values[i]!));
  }
  l.interpolations.pop();
  const start = l.pos;
  l.pos += quoteLength;
  l.emit(T.InterpolationEnd, start, l.pos, 0);
}

/** Emits the text since `start`. A multi-line string also keeps empty texts: they separate its expressions. */
function emitText(l: Lexer, string: Interpolation, start: number): void {
  if (start === l.pos && !string.triple) return;
  const range = { start, end: l.pos };
  const value = string.triple ? '' : cook(l, range, false, true);
  const token = l.emitLiteral(T.InterpolationText, start, l.pos, value);
  if (string.triple) string.texts.push({ token, range });
}

// --- escapes ------------------------------------------------------------------------------------

/** The value of a range of source text: escapes and doubled braces resolved. */
function cook(l: Lexer, range: Range, raw: boolean, braces: boolean): string {
  const { text } = l;
  if (raw) return text.slice(range.start, range.end);
  let out = '';
  let plain = range.start;
  let at = range.start;
  while (at < range.end) {
    const c = text.charCodeAt(at);
    if (c === 0x5c) {
      out += text.slice(plain, at);
      const escape = readEscape(l, at, range.end);
      out += escape.value;
      at = plain = escape.end;
    } else if (braces && (c === 0x7b || c === 0x7d)) {
      // The second of a pair is dropped; a lone one has been reported.
      out += text.slice(plain, at + 1);
      at = plain = at + (text.charCodeAt(at + 1) === c ? 2 : 1);
    } else {
      at++;
    }
  }
  return plain === range.start ? text.slice(range.start, range.end) : out + text.slice(plain, range.end);
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n', t: '\t', r: '\r', '0': '\0', '\\': '\\', '"': '"', "'": "'", '“': '“', '”': '”', '‘': '‘', '’': '’', '「': '「', '」': '」',
  '＂': '＂', '＇': '＇', '{': '{', '}': '}',
};

function readEscape(l: Lexer, at: number, limit: number): { value: string; end: number } {
  const { text } = l;
  const letter = text.slice(at + 1, Math.min(at + 2, limit));
  // Only a string without end stops behind a backslash, and that has been reported.
  if (letter === '') return { value: '', end: at + 1 };
  const simple = SIMPLE_ESCAPES[letter];
  if (simple !== undefined) return { value: simple, end: at + 2 };
  let end = at + 1 + letter.length;
  if (letter === 'x') {
    const digits = /^[0-9a-fA-F]{2}/.exec(text.slice(end, Math.min(end + 2, limit)));
    if (digits !== null) return { value: String.fromCharCode(Number.parseInt(digits[0], 16)), end: end + 2 };
  } else if (letter === 'u') {
    const digits = /^\{([0-9a-fA-F]{1,6})\}/.exec(text.slice(end, Math.min(end + 8, limit)));
    if (digits !== null) {
      end += digits[0].length;
      const code = Number.parseInt(digits[1]!, 16);
      if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) return { value: String.fromCodePoint(code), end };
    }
  }
  if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800 && end < limit) end++;
  l.report('E1007', { start: at, end }, { 转义: text.slice(at, end) });
  return { value: '\ufffd', end };
}

// --- multi-line strings -------------------------------------------------------------------------

interface Line {
  start: number;
  end: number;
  /** Which text it belongs to. */
  part: number;
  /** Begins after a newline (and so may have indentation). */
  begins: boolean;
  /** Ends with a newline or with the string: an expression does not follow. */
  ends: boolean;
}

/** Values of the texts of a multi-line string, in order. */
function dedent(l: Lexer, parts: readonly Range[], raw: boolean, braces = false): string[] {
  const lines = splitLines(l.text, parts);
  const isBlank = (line: Line): boolean => line.ends && indentOf(l.text, line) === line.end - line.start;
  const first = lines[0]!;
  const last = lines.at(-1)!;
  const dropLast = lines.length > 1 && last.begins && isBlank(last);
  const dropFirst = lines.length > 1 && isBlank(first);
  let margin: string | undefined;
  for (const line of lines) {
    if (!line.begins || (isBlank(line) && !(dropLast && line === last))) continue;
    const indent = l.text.slice(line.start, line.start + indentOf(l.text, line));
    margin = margin === undefined ? indent : commonPrefix(margin, indent);
  }
  const width = margin?.length ?? 0;
  const values = parts.map(() => '');
  let separator = false;
  for (const line of lines) {
    if ((dropFirst && line === first) || (dropLast && line === last)) continue;
    if (separator && line.begins) values[line.part] += '\n';
    const start = line.begins ? Math.min(line.start + width, line.start + indentOf(l.text, line)) : line.start;
    if (!isBlank(line)) values[line.part] += cook(l, { start, end: line.end }, raw, braces);
    separator = true;
  }
  return values;
}

function splitLines(text: string, parts: readonly Range[]): Line[] {
  const lines: Line[] = [];
  parts.forEach((range, part) => {
    let start = range.start;
    let begins = false;
    for (let i = range.start; i < range.end; i++) {
      const c = text.charCodeAt(i);
      if (c !== 0x0a && c !== 0x0d) continue;
      lines.push({ start, end: i, part, begins, ends: true });
      if (c === 0x0d && text.charCodeAt(i + 1) === 0x0a && i + 1 < range.end) i++;
      start = i + 1;
      begins = true;
    }
    lines.push({ start, end: range.end, part, begins, ends: part === parts.length - 1 });
  });
  return lines;
}

function indentOf(text: string, line: Line): number {
  let i = line.start;
  while (i < line.end) {
    const c = text.charCodeAt(i);
    if (c !== 0x20 && c !== 0x09 && c !== 0x3000) break;
    i++;
  }
  return i - line.start;
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return a.slice(0, length);
}
