/**
 * Phase 1: text → tokens.
 *
 * One pass over UTF-16 code units with a switch on the (half-width) character; no regular expression per
 * token. The lexer also pairs brackets, because the innermost one decides whether newlines count, and
 * because with partners known the parser can look past a bracket in constant time and an unclosed one is
 * named where it was opened.
 *
 * Interpolated strings are flat: start, text, open, the tokens of the expression, close, …, end. Nothing here recurses,
 * so neither nesting nor length of the input can exhaust the stack.
 *
 * Rejected: lexing on demand from the parser (it needs unlimited look-ahead for closures and type arguments), and
 * statement ends inserted by the lexer (whether a line goes on depends on the parser's state: operator words).
 */

import type { Span } from '../ast.js';
import { diagnostic, type DiagnosticArgs, type DiagnosticDetails, type Reporter } from '../diagnostics.js';
import type { ErrorCode } from '../generated/errors.js';
import type { SourceFile } from '../source.js';
import { BRACKET_TEXT, unclosed, type Bracket } from './brackets.js';
import { canonicalName, halfWidth, isDigit, isNameContinue, isNameStart } from './chars.js';
import { checkControls } from './decode.js';
import { endsOperand, lexBarePoint, lexNumber } from './numbers.js';
import { lexString, resumeInterpolation, type Interpolation, unterminated } from './strings.js';
import { Flag, RESERVED, T, WORDS, type Literal, type Tokens } from './token.js';
import { behindBackquoted, describeChar, isLayout, isQuote, isUnexpected, meantBy } from './unexpected.js';

/** Turns a file into tokens. Reports what is wrong and always returns a stream that ends with `End`. */
export function lex(file: SourceFile, report: Reporter, maxTokens = MAX_TOKENS): Tokens {
  checkControls(file, report);
  return new Lexer(file, report).run(maxTokens);
}

/** 14 bytes each: a limit on memory that no program written by people comes near. */
const MAX_TOKENS = 1 << 24;
/** Runs of unexpected characters reported in one file; a binary file would give thousands. */
const MAX_UNEXPECTED = 20;
/** Unclosed brackets after which line ends inside them are no longer restored (each costs a pass over its tokens). */
const MAX_RESTORED = 100;


const FIXED_WORDS: ReadonlyMap<string, number> = new Map(WORDS.map((word, id) => [word, id]));

/** The state of one run. The functions in numbers.ts and strings.ts work on it; nobody else sees it. */
export class Lexer {
  readonly text: string;
  pos = 0;
  #kinds: Uint8Array;
  #flags: Uint8Array;
  #starts: Int32Array;
  #ends: Int32Array;
  #data: Int32Array;
  #count = 0;
  #pending: number = Flag.Newline | Flag.AnyNewline;
  readonly #names: string[] = [...WORDS];
  readonly #ids = new Map(FIXED_WORDS);
  readonly #literals: Literal[] = [];
  readonly #docs = new Map<number, string>();
  #docLines: string[] = [];
  /** Open brackets, outermost first, as token indices; and how many of them are ( and [ since the last { or interpolation. */
  readonly #open: number[] = [];
  /** Strings being interpolated, outermost first. */
  readonly interpolations: Interpolation[] = [];
  readonly #strays: Span[] = [];
  /** Where the current line begins. */
  #lineStart = 0;
  /** The end of the file was lost in a string or comment, and the brackets that it should have closed with it. */
  endLost = false;
  #unexpected = 0;
  #restored = 0;
  #unclosedLine = 0;

  constructor(
    readonly file: SourceFile,
    readonly sink: Reporter,
  ) {
    this.text = file.text;
    const capacity = Math.min(1024 + (this.text.length >> 1), 1 << 20);
    this.#kinds = new Uint8Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#starts = new Int32Array(capacity);
    this.#ends = new Int32Array(capacity);
    this.#data = new Int32Array(capacity);
  }

  run(maxTokens: number): Tokens {
    if (this.text.startsWith('#!')) this.#skipLine();
    while (this.pos < this.text.length) {
      this.#token();
      if (this.#count >= maxTokens) {
        this.endLost = true;
        this.report('E1010', { start: this.pos, end: this.pos }, { 上限: maxTokens });
        break;
      }
    }
    const end = this.pos;
    while (this.interpolations.length > 0) this.abandonInterpolation(this.interpolations.length === 1 ? 'string' : 'nothing');
    this.#closeDownTo(0, end);
    this.emit(T.End, end, end, 0);
    return {
      file: this.file,
      count: this.#count,
      kinds: this.#kinds,
      flags: this.#flags,
      starts: this.#starts,
      ends: this.#ends,
      data: this.#data,
      names: this.#names,
      literals: this.#literals,
      docs: this.#docs,
      strays: this.#strays,
    };
  }

  report(code: ErrorCode, span: Span, args: DiagnosticArgs = {}, details: DiagnosticDetails = {}): void {
    this.sink(diagnostic(code, this.file, span, args, details));
  }

  /** The character at an offset as a half-width sign; NaN past the end. */
  at(offset: number): number {
    return halfWidth(this.text.charCodeAt(offset));
  }

  /** Kind of the last token, End when there is none. */
  get lastKind(): T {
    return this.#count === 0 ? T.End : this.#kinds[this.#count - 1]!;
  }

  emit(kind: T, start: number, end: number, data: number): number {
    const index = this.#count++;
    if (index === this.#kinds.length) this.#grow();
    this.#kinds[index] = kind;
    this.#flags[index] = this.#pending;
    this.#starts[index] = start;
    this.#ends[index] = end;
    this.#data[index] = data;
    this.#pending = 0;
    if (this.#docLines.length > 0) {
      this.#docs.set(index, this.#docLines.join('\n'));
      this.#docLines = [];
    }
    return index;
  }

  /** The next token is wrong, which has been reported. */
  damage(): void { this.#pending |= Flag.Damaged; }

  emitLiteral(kind: T, start: number, end: number, value: Literal): number {
    this.#literals.push(value);
    return this.emit(kind, start, end, this.#literals.length - 1);
  }

  setLiteral(token: number, value: Literal): void {
    this.#literals[this.#data[token]!] = value;
  }

  /** Opens a bracket: its partner is unknown until `close`. */
  open(kind: T, start: number, end: number, flags = 0): void {
    this.#pending |= flags;
    this.#open.push(this.emit(kind, start, end, -1));
  }

  /** Closes the innermost interpolation without its `}` and ends its string, which is missing its end, or only the brace. */
  abandonInterpolation(missing: 'string' | 'brace' | 'nothing'): void {
    const interpolation = this.interpolations.at(-1)!;
    if (missing === 'string') unterminated(this, interpolation.start, interpolation.quote);
    while (this.#open.length > 0 && this.#kinds[this.#open.at(-1)!] !== T.InterpolationOpen) this.#open.pop();
    // No partner: the parser reads what follows the brace in silence.
    const brace = this.#open.pop()!;
    if (missing === 'brace') this.report('E2002', { start: this.#starts[brace]!, end: this.#ends[brace]! }, { 括号: '{', 闭合: '}' });
    this.interpolations.pop();
    this.emit(T.InterpolationEnd, this.pos, this.pos, 0);
  }

  #grow(): void {
    const size = this.#kinds.length * 2;
    const larger = <A extends Uint8Array | Int32Array>(from: A, to: A): A => (to.set(from), to);
    this.#kinds = larger(this.#kinds, new Uint8Array(size));
    this.#flags = larger(this.#flags, new Uint8Array(size));
    this.#starts = larger(this.#starts, new Int32Array(size));
    this.#ends = larger(this.#ends, new Int32Array(size));
    this.#data = larger(this.#data, new Int32Array(size));
  }

  /** Reads one token, or skips white space or a comment. */
  #token(): void {
    const { text } = this;
    const start = this.pos;
    const raw = text.charCodeAt(start);
    const code = raw < 0x80 ? raw : halfWidth(raw);
    switch (code) {
      case 0x20: // space
      case 0x09: // tab
      case 0x0b:
      case 0x0c:
        this.pos++;
        this.#pending |= Flag.Space;
        return;
      case 0x0a:
      case 0x0d:
        this.pos++;
        this.#newline();
        return;
      case 0x28: // (
        return this.#openBracket(T.LParen);
      case 0x5b: // [
        return this.#openBracket(T.LBracket);
      case 0x7b: // {
        return this.#openBracket(T.LBrace, raw === 0x3010 ? Flag.Lenticular : 0);
      case 0x29: // )
        return this.#closeBracket(T.RParen);
      case 0x5d: // ]
        return this.#closeBracket(T.RBracket);
      case 0x7d: // }
        return this.#closeBracket(T.RBrace, raw === 0x3011 ? Flag.Lenticular : 0);
      case 0x2c: // ,
        return this.#sign(T.Comma, 1);
      case 0x3b: // ;
        return this.#sign(T.Semicolon, 1);
      case 0x3a: // :
        if (this.at(start + 1) === 0x3a) return this.#sign(T.ColonColon, 2);
        if (this.#inInterpolation()) return this.#format();
        return this.at(start + 1) === 0x3d ? this.#sign(T.ColonEq, 2) : this.#sign(T.Colon, 1);
      case 0x2e: // .
        return this.#dot(raw);
      case 0x3d: // =
        if (this.at(start + 1) === 0x3d) return this.#sign(T.EqEq, 2);
        return this.at(start + 1) === 0x3e ? this.#sign(T.FatArrow, 2) : this.#sign(T.Eq, 1);
      case 0x2b: // +
        return this.#maybeEq(T.Plus, T.PlusEq);
      case 0x2d: // -
        return this.at(start + 1) === 0x3e ? this.#sign(T.Arrow, 2) : this.#maybeEq(T.Minus, T.MinusEq);
      case 0x2a: // *
        return this.#maybeEq(T.Star, T.StarEq);
      case 0x2f: // /
        if (this.at(start + 1) === 0x2f) return this.#lineComment();
        return this.at(start + 1) === 0x2a ? this.#blockComment() : this.#maybeEq(T.Slash, T.SlashEq);
      case 0x25: // %
        return this.#maybeEq(T.Percent, T.PercentEq);
      case 0x26: // &
        return this.at(start + 1) === 0x26 ? this.#sign(T.AmpAmp, 2) : this.#maybeEq(T.Amp, T.AmpEq);
      case 0x7c: // |
        return this.at(start + 1) === 0x7c ? this.#sign(T.PipePipe, 2) : this.#maybeEq(T.Pipe, T.PipeEq);
      case 0x5e: // ^
        return this.#maybeEq(T.Caret, T.CaretEq);
      case 0x7e: // ~
        return this.#sign(T.Tilde, 1);
      case 0x21: // !
        return this.at(start + 1) === 0x3d ? this.#sign(T.BangEq, 2) : this.#sign(T.Bang, 1);
      case 0x3c: // <
        return this.#less(raw);
      case 0x3e: // >
        if (raw === 0x300b) this.#pending |= Flag.Angle;
        return this.#sign(T.Gt, 1);
      case 0x22: // "
      case 0x27: // '
      case 0x201c: case 0x2018: case 0x300c: // “ ‘ 「
        return lexString(this, start, start, false, false);
      case 0x24: // $
        if (isQuote(this.at(start + 1))) return lexString(this, start, start + 1, false, true);
        return this.#unexpectedRun();
      default:
        if (code >= 0x30 && code <= 0x39) return lexNumber(this);
        return this.#nameOrOther(raw);
    }
  }

  #nameOrOther(raw: number): void {
    const { text } = this;
    const start = this.pos;
    const code = raw < 0xd800 || raw > 0xdfff ? raw : text.codePointAt(start)!;
    if (raw === 0x72 && isQuote(this.at(start + 1))) return lexString(this, start, start + 1, true, false);
    if (isNameStart(code)) return this.#name();
    if (isLayout(code)) {
      this.pos++;
      this.#pending |= Flag.Space;
      return;
    }
    this.#unexpectedRun();
  }

  #name(): void {
    const { text } = this;
    const start = this.pos;
    let end = start;
    let plain = true;
    for (;;) {
      const c = text.charCodeAt(end);
      if ((c >= 0x4e00 && c <= 0x9fff) || (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || c === 0x5f || (c >= 0x30 && c <= 0x39)) {
        end++;
        continue;
      }
      if (!(c >= 0x80)) break;
      const code = c < 0xd800 || c > 0xdfff ? c : text.codePointAt(end)!;
      if (!isNameContinue(code)) break;
      plain = false;
      end += code > 0xffff ? 2 : 1;
    }
    this.pos = end;
    const spelling = text.slice(start, end);
    const name = plain ? spelling : canonicalName(spelling);
    if (name !== spelling) this.#pending |= Flag.Respelled;
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#names.length;
      this.#names.push(name);
      this.#ids.set(name, id);
    }
    const last = this.lastKind;
    const keyword = id < RESERVED.length && last !== T.Dot && last !== T.ColonColon;
    this.emit(keyword ? T.FirstKeyword + id : T.Name, start, end, id);
  }

  #sign(kind: T, length: number): void {
    const start = this.pos;
    this.emit(kind, start, (this.pos += length), 0);
  }

  #maybeEq(plain: T, withEq: T): void {
    // `!=` and `+=`; but `+==` is a sign followed by `==`, which the parser refuses.
    if (this.at(this.pos + 1) === 0x3d && this.at(this.pos + 2) !== 0x3d) this.#sign(withEq, 2);
    else this.#sign(plain, 1);
  }

  #less(raw: number): void {
    if (raw === 0x300a) {
      this.#pending |= Flag.Angle;
      return this.#sign(T.Lt, 1);
    }
    switch (this.at(this.pos + 1)) {
      case 0x2d:
        return this.#sign(T.LeftArrow, 2);
      case 0x3d:
        return this.#sign(T.LtEq, 2);
      case 0x3c:
        return this.at(this.pos + 2) === 0x3d ? this.#sign(T.LtLtEq, 3) : this.#sign(T.LtLt, 2);
      default:
        return this.#sign(T.Lt, 1);
    }
  }

  #dot(raw: number): void {
    const { pos } = this;
    if (raw === 0x3002 && this.#endsLine(pos + 1)) return this.#sign(T.Semicolon, 1);
    if (isDigit(this.at(pos + 1)) && !endsOperand(this.lastKind)) return lexBarePoint(this);
    if (this.at(pos + 1) !== 0x2e) return this.#sign(T.Dot, 1);
    if (this.at(pos + 2) === 0x2e) return this.#sign(T.Ellipsis, 3);
    return this.at(pos + 2) === 0x3d ? this.#sign(T.DotDotEq, 3) : this.#sign(T.DotDot, 2);
  }

  /** Is there nothing but white space and a comment from an offset to the end of its line (or a closing brace)? */
  #endsLine(offset: number): boolean {
    for (let i = offset; ; i++) {
      const c = this.at(i);
      if (c === 0x20 || c === 0x09) continue;
      const end = c === 0x2f && this.at(i + 1) === 0x2a ? this.text.indexOf('*/', i + 2) : -1;
      if (end >= 0) {
        i = end + 1;
        continue;
      }
      return !(c === c) || c === 0x0a || c === 0x0d || c === 0x7d || (c === 0x2f && this.at(i + 1) === 0x2f);
    }
  }

  #newline(): void {
    while (this.interpolations.length > 0 && !this.interpolations.at(-1)!.triple) {
      const below = this.interpolations.at(-2);
      this.abandonInterpolation(below === undefined || below.triple ? 'string' : 'nothing');
    }
    this.#lineStart = this.pos;
    const top = this.#open.at(-1);
    const counts = top === undefined || this.#kinds[top] === T.LBrace;
    this.#pending |= counts ? Flag.Newline | Flag.AnyNewline | Flag.Space : Flag.AnyNewline | Flag.Space;
  }

  // --- brackets ---------------------------------------------------------------------------------

  #openBracket(kind: T, flags = 0): void {
    this.open(kind, this.pos, ++this.pos, flags);
  }

  #closeBracket(kind: T, flags = 0): void {
    const start = this.pos++;
    const depth = this.#partnerDepth(kind);
    if (this.#closesWrongly(kind, depth, start)) return this.#closeAnyway(kind, start);
    if (depth < 0) {
      const span = { start, end: this.pos };
      // Whether a brace is one too many, or its partner is missing, the parser knows.
      if (kind === T.RBrace) this.#strays.push(span);
      else this.report('E2004', span, { 括号: BRACKET_TEXT[kind]! });
      if (kind !== T.RBrace) this.#pending |= Flag.Damaged;
      return;
    }
    this.#closeDownTo(depth + 1, start);
    this.#pending |= flags;
    const close: T = this.#kinds[this.#open.at(-1)!] === T.InterpolationOpen ? T.InterpolationClose : kind;
    this.#pair(close, start, this.pos);
    if (close === T.InterpolationClose) resumeInterpolation(this);
  }

  /**
   * Was this closing bracket meant for the innermost open one, though it is of another kind? `(1, 2]` was; a `}` was when the
   * ( or [ stands on the same line and its own partner does not; a `)` at the start of a line was when nothing else is open for it.
   */
  #closesWrongly(kind: T, depth: number, start: number): boolean {
    const innermost = this.#open.at(-1);
    if (innermost === undefined || depth === this.#open.length - 1) return false;
    const open: T = this.#kinds[innermost]!;
    if (kind === T.RBrace) {
      if (open === T.LBrace || open === T.InterpolationOpen || this.#starts[innermost]! < this.#lineStart) return false;
      return depth < 0 || (this.#kinds[this.#open[depth]!] === T.LBrace && this.#starts[this.#open[depth]!]! < this.#lineStart);
    }
    if (depth >= 0 || open === T.InterpolationOpen) return false;
    return open !== T.LBrace || this.text.slice(this.#lineStart, start).trim() === '';
  }

  /** Pairs a closing bracket of the wrong kind with the innermost open one. */
  #closeAnyway(kind: T, start: number): void {
    const innermost = this.#open.at(-1)!;
    const span = { start: this.#starts[innermost]!, end: this.#ends[innermost]! };
    const fitting = (this.#kinds[innermost]! + (T.RParen - T.LParen)) as T;
    const 左 = BRACKET_TEXT[this.#kinds[innermost] as T]!;
    const label = { zh: `${左} 在这里`, en: `${左} is here` };
    this.report('E2025', { start, end: this.pos }, { 左, 右: BRACKET_TEXT[kind]!, 闭合: BRACKET_TEXT[fitting]! }, { related: [{ span, file: this.file, label }] });
    this.#pair(fitting, start, this.pos);
  }

  /** How many brackets have been opened on this line and not been closed. */
  get openOnLine(): number {
    let count = 0;
    while (count < this.#open.length && this.#starts[this.#open.at(-1 - count)!]! >= this.#lineStart) count++;
    return count;
  }

  /**
   * Depth in the stack of the bracket a closing one belongs to, or -1. `)` and `]` never reach past a brace, so that a stray one
   * costs one error; `}` does reach past ( and [. The search passes only unclosed brackets, and removes them.
   */
  #partnerDepth(kind: T): number {
    const wanted: T = kind - (T.RParen - T.LParen);
    for (let depth = this.#open.length - 1; depth >= 0; depth--) {
      const open: T = this.#kinds[this.#open[depth]!]!;
      if (open === wanted || (wanted === T.LBrace && open === T.InterpolationOpen)) return depth;
      if (open === T.LBrace || open === T.InterpolationOpen) return -1;
      // A bracket of the other round kind: allow one level of mismatch, so that the search stays constant.
      if (wanted !== T.LBrace && depth < this.#open.length - 1) return -1;
    }
    return -1;
  }

  /** Drops the brackets above a depth as unclosed. One error for all of them, at the innermost, names the others. */
  #closeDownTo(depth: number, end: number): void {
    if (this.#open.length <= depth) return;
    const innermost = this.#misclosed(this.#open.at(-1)!);
    const place = (i: number): Bracket => ({ kind: this.#kinds[i] as T, span: { start: this.#starts[i]!, end: this.#ends[i]! } });
    const { args, related } = unclosed(this.file, place(innermost), this.#open.slice(depth, -1).map(place));
    // On a line that has been reported it is the rest of that mistake.
    const line = this.#kinds[innermost] === T.LBrace ? -1 : this.file.lineAt(this.#starts[innermost]!);
    if (!this.endLost && line !== this.#unclosedLine) this.report('E2002', place(innermost).span, args, related.length === 0 ? {} : { related });
    if (line >= 0) this.#unclosedLine = line;
    this.#restoreNewlines(this.#open.splice(depth)[0]! + 1, end);
  }

  /**
   * The brace whose `}` is missing when `open` was left over: behind it the first one closed by a `}` that stands further left
   * than its own line, which was meant for an outer brace. `open` itself when the indentation says nothing.
   */
  #misclosed(open: number): number {
    let found = open;
    let first = this.#count;
    for (let i = open + 1; this.#kinds[open] === T.LBrace && i < this.#count; i++) {
      const close = this.#kinds[i] === T.LBrace ? this.#data[i]! : -1;
      if (close < 0 || close >= first || (this.#flags[close]! & Flag.AnyNewline) === 0) continue;
      if (this.#indentOf(close) >= this.#indentOf(i)) continue;
      found = i;
      first = close;
    }
    return found;
  }

  /** How many blanks the line of a token begins with. */
  #indentOf(token: number): number {
    const { text } = this.file;
    const start = text.lastIndexOf('\n', this.#starts[token]! - 1) + 1;
    return /^\s*/.exec(text.slice(start, this.#starts[token]!))![0].length;
  }

  /** What follows an unclosed ( was read as its content: let its newlines count again, so that statements end. */
  #restoreNewlines(from: number, end: number): void {
    if (this.#restored++ >= MAX_RESTORED) return;
    let i = from;
    while (i < this.#count && this.#starts[i]! < end) {
      if ((this.#flags[i]! & Flag.AnyNewline) !== 0) this.#flags[i]! |= Flag.Newline;
      const partner = this.#isOpening(i) ? this.#data[i]! : -1;
      i = partner > i ? partner : i + 1;
    }
    if ((this.#pending & Flag.AnyNewline) !== 0) this.#pending |= Flag.Newline;
  }

  #isOpening(token: number): boolean {
    return this.#kinds[token]! >= T.LParen && this.#kinds[token]! <= T.InterpolationOpen;
  }

  /** Emits a closing bracket as the partner of the innermost open one. */
  #pair(kind: T, start: number, end: number): void {
    const opening = this.#open.pop()!;
    this.#data[opening] = this.emit(kind, start, end, opening);
  }

  #inInterpolation(): boolean {
    const top = this.#open.at(-1);
    return top !== undefined && this.#kinds[top] === T.InterpolationOpen;
  }

  /** `:.2` up to the closing brace of an interpolation. */
  #format(): void {
    const { text } = this;
    const start = ++this.pos;
    const { closing } = this.interpolations.at(-1)!;
    while (this.pos < text.length) {
      const c = text.charCodeAt(this.pos);
      if (c === 0x0a || c === 0x0d || c === closing || this.at(this.pos) === 0x7d) break;
      this.pos++;
    }
    this.emitLiteral(T.InterpolationFormat, start, this.pos, text.slice(start, this.pos).trim());
    if (text.charCodeAt(this.pos) === closing) {
      // The string ends inside its interpolation: the closing brace is missing.
      this.pos++;
      this.abandonInterpolation('brace');
    }
  }

  // --- comments ---------------------------------------------------------------------------------

  #skipLine(): void {
    const { text } = this;
    let { pos } = this;
    while (pos < text.length) {
      const c = text.charCodeAt(pos);
      if (c === 0x0a || c === 0x0d) break;
      pos++;
    }
    this.pos = pos;
  }

  #lineComment(): void {
    const start = this.pos;
    this.#skipLine();
    this.#pending |= Flag.Space;
    const isDoc = this.text.startsWith('///', start) && !this.text.startsWith('////', start);
    if (isDoc) this.#docLines.push(this.text.slice(start + 3, this.pos).trim());
    else this.#docLines = [];
  }

  #blockComment(): void {
    const start = this.pos;
    this.#pending |= Flag.Space;
    let depth = 1;
    let newline = false;
    this.pos += 2;
    while (this.pos < this.text.length) {
      const c = this.at(this.pos);
      if (c === 0x2a && this.at(this.pos + 1) === 0x2f) {
        this.pos += 2;
        if (--depth === 0) {
          if (newline) this.#newline();
          return;
        }
      } else if (c === 0x2f && this.at(this.pos + 1) === 0x2a) {
        this.pos += 2;
        depth++;
      } else {
        if (c === 0x0a || c === 0x0d) newline = true;
        this.pos++;
      }
    }
    this.endLost = true;
    this.report('E1006', { start, end: start + 2 });
  }

  // --- what is no token -------------------------------------------------------------------------

  /** Reports neighbouring unexpected characters once. */
  #unexpectedRun(): void {
    const start = this.pos;
    const first = this.text.codePointAt(start)!;
    do {
      const code = this.text.codePointAt(this.pos)!;
      this.pos += code > 0xffff ? 2 : 1;
    } while (this.pos < this.text.length && isUnexpected(this.text.codePointAt(this.pos)!));
    this.#pending |= Flag.Space | Flag.Damaged;
    // NUL has been reported with its byte offset.
    if (first === 0 || this.#unexpected++ >= MAX_UNEXPECTED) return;
    const hint = meantBy(first);
    if (first === 0x60) this.pos = behindBackquoted(this.text, start, this.pos);
    this.report('E1001', { start, end: this.pos }, { 字符: describeChar(first) }, hint === undefined ? {} : { hint });
    // A comment of other languages: what stands in it was not meant as code.
    if (this.at(start) === 0x23) this.#skipLine();
  }
}
