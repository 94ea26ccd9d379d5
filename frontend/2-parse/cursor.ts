/**
 * The parser's view of the tokens: where it is, what it may read there, and how it reports and recovers.
 *
 * Recovery. The first error of a statement sets `panic`; until the statement ends, further errors are swallowed, because they
 * are most likely consequences. A bracketed part recovers by itself: after an error inside, the parser goes on behind the
 * closing bracket, whose place the lexer knows. Parse functions never throw; they return Error nodes.
 *
 * Depth. Recursion is counted (`enter`), and so is the height of what loops build (`grow`), so that
 * neither the parser nor any later phase that recurses over the tree can exhaust the stack.
 *
 * Rejected: exceptions for recovery (they lose the nodes already built), and inserting missing tokens by cost search
 * (slow, and the messages name tokens nobody thought of).
 */

import type { Name, Span } from '../ast.js';
import { diagnostic, type DiagnosticArgs, type DiagnosticDetails, type Localized, type Reporter } from '../diagnostics.js';
import type { ErrorCode } from '../generated/errors.js';
import type { SourceFile } from '../source.js';
import { hintFor, isTypeName, meantKeyword, type Meant } from './english.js';
import { hintExpected, hintUnended } from './hints.js';
import { readReservedNames } from './reserved.js';
import { Flag, splitKeyword, T, W, type Literal, type Tokens } from '../1-lex/token.js';

/** Nesting of expressions, types, patterns and blocks, and the height of chains of calls and members. */
export const MAX_DEPTH = 500;

/** Operands of a chain of binary operators, branches of a ladder of 否则 如果. */
export const MAX_CHAIN = 5000;

/** So many operands or branches are walked by recursion and count as height. What is longer, later phases walk in loops or cut. */
export const MAX_PIECE = 400;

/** Errors reported for one file; what follows is rarely worth reading. */
const MAX_ERRORS = 100;

/** What an expression may not be here. Brackets lift the restriction. */
export const enum Context {
  Any = 0,
  /** The head of 如果, 当, 对于, 匹配: `名 {` is no struct literal, `{` no map. */
  NoStruct = 1,
  /** Guards and heads of 情况: `x =>` is no closure. */
  NoClosure = 2,
}

export class Cursor {
  readonly file: SourceFile;
  readonly kinds: Uint8Array;
  readonly flags: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly data: Int32Array;
  readonly names: readonly string[];
  readonly literals: readonly Literal[];
  readonly docs: ReadonlyMap<number, string>;
  readonly #strays: readonly Span[];
  /** Where an opening brace was missed. */
  readonly #missedBraces: number[] = [];
  pos = 0;
  context: Context = Context.Any;
  /** An error of the current statement has been reported. */
  panic = false;
  /** Height of the expression that is being built. */
  height = 0;
  /** Depth of ( and { around the pattern that is being read. */
  patternNesting = 0;
  #depth = 0;
  #deepReported = false;
  #errors = 0;
  /** Where the last error was reported. */
  #lastError = -1;
  #exprCount = 0;
  /** The statements being read are the body of a 情况, which the next 情况 or 默认 ends. */
  inCase = false;
  /** First token of the current statement. */
  statementStart = 0;
  /** The file declares functions of these names itself, so they are not the ASCII spellings of 打印, 打印行. */
  readonly declaresPrint: boolean;
  /** Contextual keywords before blocks (并发, 协程, …) that are names of structs in this file. */
  readonly ownStructs: ReadonlySet<number>;
  readonly #once = new Set<string>();
  /** A block written as Python does has been reported. */
  #colonBlocks = false;
  /** Reserved words that were reported as names. */
  readonly #reserved = new Set<string>();
  /** The file has blocks with an English head and a colon: other English words in it are the rest of that mistake. */
  usesColonHeads = false;

  constructor(
    tokens: Tokens,
    private readonly sink: Reporter,
  ) {
    this.file = tokens.file;
    this.kinds = tokens.kinds;
    this.flags = tokens.flags;
    this.starts = tokens.starts;
    this.ends = tokens.ends;
    this.data = tokens.data;
    this.names = tokens.names;
    this.literals = tokens.literals;
    this.docs = tokens.docs;
    this.#strays = tokens.strays;
    this.declaresPrint = declaresPrint(tokens);
    this.ownStructs = ownStructs(tokens);
    for (const { word, index } of readReservedNames(tokens)) {
      this.#reserved.add(word);
      this.#errors++;
      sink(diagnostic('E2016', tokens.file, { start: tokens.starts[index]!, end: tokens.ends[index]! }, { 名称: word }));
    }
  }

  // --- looking ----------------------------------------------------------------------------------

  get kind(): T {
    return this.kinds[this.pos] as T;
  }

  /** Kind of the n-th token from here; End past the end. */
  peek(n: number): T {
    return (this.kinds[this.pos + n] ?? T.End) as T;
  }

  /** Id of the name here, or -1. */
  get word(): number {
    return this.kinds[this.pos] === T.Name ? this.data[this.pos]! : -1;
  }

  /** Id of the name n tokens from here, or -1. */
  peekWord(n: number): number {
    return this.kinds[this.pos + n] === T.Name ? this.data[this.pos + n]! : -1;
  }

  at(kind: T): boolean {
    return this.kinds[this.pos] === kind;
  }

  atWord(word: W): boolean {
    return this.kinds[this.pos] === T.Name && this.data[this.pos] === word;
  }

  /** A newline that counts stands before the current token. */
  get newline(): boolean {
    return (this.flags[this.pos]! & Flag.Newline) !== 0;
  }

  /** A newline stands before the n-th token from here, whether it counts or not. */
  lineBreak(n = 0): boolean {
    return ((this.flags[this.pos + n] ?? Flag.AnyNewline) & Flag.AnyNewline) !== 0;
  }

  /** The token here and the next one stand without space between them. */
  get adjacent(): boolean {
    return (this.flags[this.pos + 1]! & Flag.Space) === 0;
  }

  hasFlag(flag: Flag): boolean {
    return (this.flags[this.pos]! & flag) !== 0;
  }

  /** Index behind the partner of the bracket at an index, or -1. */
  behind(index: number): number {
    const partner = this.data[index]!;
    return partner < 0 ? -1 : partner + 1;
  }

  /** Index of the first token behind the bracket n tokens from here, relative to here; -1 without partner. */
  peekBehind(n: number): number {
    const partner = this.data[this.pos + n]!;
    return partner < 0 ? -1 : partner + 1 - this.pos;
  }

  /** Does the statement end before the current token? */
  get atStatementEnd(): boolean {
    const { kind } = this;
    return kind === T.Semicolon || kind === T.RBrace || kind === T.End || this.newline || (this.inCase && (this.atCase() || this.atBareTimeout()));
  }

  /**
   * Is the word 情况 or 默认 here the head of a case, rather than a name used in a statement?
   * Heads begin with an operand or `<-`; what only follows a name (`=`, `.`, `,`) makes it one.
   */
  atCase(): boolean {
    const next = this.peek(1);
    if (this.atWord(W.Default)) return next === T.Colon || next === T.FatArrow || next === T.LBrace;
    if (!this.atWord(W.Case) || next === T.End) return false;
    return next === T.LeftArrow || next === T.LParen || next === T.Minus || next <= T.InterpolationStart || next >= T.FirstKeyword;
  }

  /** `超时(10):` without 情况 before it: no statement begins so. */
  atBareTimeout(): boolean {
    if (!this.atWord(W.Timeout) || this.peek(1) !== T.LParen) return false;
    const behind = this.peekBehind(1);
    return behind > 0 && (this.peek(behind) === T.Colon || this.peek(behind) === T.FatArrow);
  }

  /** Behind a value: `+=` and `<-`, which make a statement of it where a value is wanted. */
  get statementSign(): Localized | undefined {
    const { kind } = this;
    if (kind === T.LeftArrow) return { zh: '发送是语句，要单独写；接收写 <-通道', en: 'sending is a statement of its own; receiving is written <-channel' };
    return kind > T.Eq && kind <= T.LtLtEq ? { zh: '赋值是语句，要单独写', en: 'an assignment is a statement of its own' } : undefined;
  }

  /** Is the current token a closing bracket? */
  get atClosing(): boolean {
    return this.kind >= T.RParen && this.kind <= T.InterpolationClose;
  }

  // --- moving -----------------------------------------------------------------------------------

  advance(): void {
    if (this.kinds[this.pos] !== T.End) this.pos++;
  }

  accept(kind: T): boolean {
    if (this.kinds[this.pos] !== kind) return false;
    this.advance();
    return true;
  }

  acceptWord(word: W): boolean {
    if (!this.atWord(word)) return false;
    this.pos++;
    return true;
  }

  /** Reads a sign that must be here. */
  expect(kind: T, sign: string): boolean {
    if (this.accept(kind)) return true;
    if (kind === T.LBrace) this.missBrace();
    this.failExpected(sign);
    return false;
  }

  /** Remembers that an opening brace should stand here: its partner is not one too many then. */
  missBrace(): void {
    this.#missedBraces.push(this.lastEnd);
  }

  /** Whether an opening brace has been missed before. */
  get missesBrace(): boolean {
    return this.#missedBraces.length > 0;
  }

  /** Whether a brace before here is never closed, which has been reported. */
  get hasOpenBrace(): boolean {
    for (let i = 0; i < this.pos; i++) if (this.kinds[i] === T.LBrace && this.data[i]! < 0) return true;
    return false;
  }

  /** Reports closing braces that nothing was open for, unless the opening one was missed before. */
  reportStrays(): void {
    const missed = this.#missedBraces;
    for (const span of this.#strays) {
      if (missed.length > 0 && missed[0]! <= span.start) missed.shift();
      else this.sink(diagnostic('E2004', this.file, span, { 括号: '}' }));
    }
  }

  /**
   * Reads an opening bracket and gives its index, for `close`. One that is never closed has been reported; what
   * follows it was not meant as its content, so nothing is reported there. (Blocks go on: their statements stand alone.)
   */
  open(): number {
    const at = this.pos;
    if (this.data[at]! < 0 && this.kinds[at] !== T.LBrace) this.panic = true;
    this.advance();
    return at;
  }

  /**
   * Reads the closing bracket of the opening one at `open`. After an error inside, goes on behind the
   * closing bracket; one that is missing has been reported by the lexer.
   */
  close(open: number, sign: string): void {
    const partner = this.data[open]!;
    if (this.pos === partner) {
      this.advance();
      return;
    }
    if (partner < 0) {
      this.panic = true;
      return;
    }
    this.failExpected(sign);
    // Never back: recovery inside may have skipped over the closing bracket.
    if (this.pos <= partner) this.pos = partner + 1;
    this.panic = false;
  }

  // --- spans and names --------------------------------------------------------------------------

  get start(): number {
    return this.starts[this.pos]!;
  }

  get lastEnd(): number {
    return this.pos === 0 ? 0 : this.ends[this.pos - 1]!;
  }

  span(): Span {
    return { start: this.starts[this.pos]!, end: this.ends[this.pos]! };
  }

  /** From an offset to the end of the last token read; never empty backwards. */
  from(start: number): Span {
    const end = this.lastEnd;
    return { start, end: end > start ? end : start };
  }

  newId(): number {
    return this.#exprCount++;
  }

  get exprCount(): number {
    return this.#exprCount;
  }

  text(index: number): string {
    return this.file.text.slice(this.starts[index], this.ends[index]);
  }

  /** The name at the current token, which is one. */
  takeName(): Name {
    const name: Name = { kind: 'Name', text: this.names[this.data[this.pos]!]!, span: this.span() };
    this.pos++;
    return name;
  }

  /** Reads a name that must be here. A reserved word is taken for the name it was meant to be. */
  name(what: Localized): Name {
    if (this.at(T.Name)) return this.takeName();
    if (this.kind >= T.FirstKeyword && !this.newline) {
      const span = this.span();
      const text = this.text(this.pos);
      if (this.#reserved.has(text)) this.panic = true;
      else this.fail('E2016', span, { 名称: text });
      this.#reserved.add(text);
      this.advance();
      return { kind: 'Name', text, span };
    }
    this.failExpected(what);
    return { kind: 'Name', text: '', span: { start: this.lastEnd, end: this.lastEnd } };
  }

  /** The name at an index; the empty text when the token is none. */
  nameAt(index: number): string {
    return this.kinds[index] === T.Name ? this.names[this.data[index]!]! : '';
  }

  doc(index: number): string | undefined {
    return this.docs.size === 0 ? undefined : this.docs.get(index);
  }

  // --- errors -----------------------------------------------------------------------------------

  /** Reports an error unless one of this statement has been. */
  fail(code: ErrorCode, span: Span, args: DiagnosticArgs = {}, details: DiagnosticDetails = {}): void {
    if (this.panic) return;
    this.panic = true;
    // Recovery that could not move on meets the same fault again.
    if (span.start === this.#lastError) return;
    this.#lastError = span.start;
    if (this.#damaged() || this.#errors++ >= MAX_ERRORS) return;
    const missing = MAYBE_MISSING_SPACE.has(code) ? this.#missingSpace() : undefined;
    this.sink(missing ?? diagnostic(code, this.file, span, args, details));
  }

  /** Reports an error that leaves the parser where it can go on: nothing is swallowed after it. */
  complain(code: ErrorCode, span: Span, args: DiagnosticArgs = {}, details: DiagnosticDetails = {}): void {
    if (this.panic || this.#damaged() || this.#errors++ >= MAX_ERRORS) return;
    this.sink(diagnostic(code, this.file, span, args, details));
  }

  /** As `complain`, but only the first of its kind in a file: who writes it so once writes it so everywhere. */
  complainOnce(kind: string, code: ErrorCode, span: Span, args: DiagnosticArgs, hint?: Localized): void {
    if (!this.#once.has(kind)) this.complain(code, span, args, { hint });
    this.#once.add(kind);
  }

  /** Whether an error that is reported once for a file has been. */
  hasReported(kind: string): boolean {
    return this.#once.has(kind);
  }

  /** An error that says it, too, has been reported. */
  noteReported(kind: string): void {
    this.#once.add(kind);
  }

  /** `a 整数` at the current token, where `a: 整数` or `整数 a` was meant. */
  get isSwapped(): boolean {
    const name = this.nameAt(this.pos);
    return name !== '' && !this.lineBreak(1) && isTypeName(this.nameAt(this.pos + 1)) && !isTypeName(name) && !/^[A-Z]$/.test(name) && !this.declaresType(name);
  }

  /** Does the file declare a type of that name? Looked for where its place alone does not tell. */
  declaresType(name: string): boolean {
    for (let i = 1; this.kinds[i] !== T.End; i++) {
      const word = this.data[i - 1]!;
      if (this.kinds[i - 1] === T.Name && word >= W.Type && word <= W.Trait && this.nameAt(i) === name) return true;
    }
    return false;
  }

  /** Reports it, and reads the name: the type comes next. */
  takeSwapped(): Name {
    const name = this.takeName();
    const type = this.text(this.pos);
    this.complainOnce('swapped', 'E2001', this.span(), { 期望: quoted(':'), 实际: this.found() }, {
      zh: `写 ${name.text}: ${type}，或 ${type} ${name.text}`, en: `write ${name.text}: ${type}, or ${type} ${name.text}`,
    });
    return name;
  }

  /** Characters of this statement were skipped, which has been reported: it cannot make sense. */
  #damaged(): boolean {
    for (let i = Math.min(this.statementStart, this.pos); i <= this.pos + 1; i++) if ((this.flags[i]! & Flag.Damaged) !== 0) return true;
    return false;
  }

  /** Reports that a name was meant as a keyword. */
  failMeant(index: number, meant: Meant): void {
    const 写法 = this.text(index);
    const span = { start: this.starts[index]!, end: this.ends[index]! };
    if (!this.usesColonHeads || 写法.charCodeAt(0) > 0x7f) this.complain('E2010', span, { 写法, 建议: meant.write }, { hint: hintFor(写法, meant) });
  }

  /** Reads the name at an index, which has been reported, as the keyword it was meant to be. */
  readAs(index: number, meant: Meant): void {
    if (meant.kind !== undefined) this.kinds[index] = meant.kind;
    else if (meant.word !== undefined) this.data[index] = meant.word;
  }

  warn(code: ErrorCode, span: Span, args: DiagnosticArgs): void {
    this.sink(diagnostic(code, this.file, span, args));
  }

  failExpected(expected: string | Localized): void {
    if (expected === '{' && this.at(T.Colon) && (this.flags[this.pos + 1]! & Flag.AnyNewline) !== 0) {
      // Who writes one block with a colon writes all of them so.
      if (this.#colonBlocks) this.panic = true;
      this.#colonBlocks = true;
    }
    const hint = hintExpected(this, typeof expected === 'string' ? expected : expected.zh);
    this.fail('E2001', this.errorSpan(), { 期望: typeof expected === 'string' ? quoted(expected) : expected, 实际: this.found() }, hint === undefined ? {} : { hint });
  }

  /** Place of an error at the current token: behind the last token when that ended its line. */
  errorSpan(): Span {
    if (this.pos > this.statementStart && (this.lineBreak() || this.at(T.End))) return { start: this.lastEnd, end: this.lastEnd };
    return this.span();
  }

  /** The current token, for messages. */
  found(): Localized {
    if (this.at(T.End)) return { zh: '文件末尾', en: 'end of file' };
    if (this.pos > this.statementStart && this.lineBreak()) return { zh: '行末', en: 'end of line' };
    const text = this.text(this.pos);
    return quoted(text.length > 24 ? `${text.slice(0, 24)}…` : text);
  }

  /** A statement that begins with `如果条件` and then makes no sense lacks a space. */
  #missingSpace() {
    const first = this.statementStart;
    if (this.kinds[first] !== T.Name) return undefined;
    const name = this.names[this.data[first]!]!;
    const split = splitKeyword(name);
    if (split === undefined) return undefined;
    const span = { start: this.starts[first]!, end: this.ends[first]! };
    return diagnostic('E2014', this.file, span, { 名称: name, 建议: `${split.keyword} ${split.rest}` });
  }

  /**
   * Ends a statement: reads `;`, or sees that a newline, `}` or the end of the file ends it.
   * After an error, skips to such a place.
   */
  endStatement(): void {
    if (!this.atStatementEnd && !this.panic) this.#unended();
    if (this.panic) this.skipStatement();
    this.accept(T.Semicolon);
  }

  /** What follows a complete statement makes no sense: the word before it was meant as a keyword, or a separator is missing. */
  #unended(): void {
    const before = this.pos - 1;
    const word = before >= this.statementStart ? this.nameAt(before) : '';
    const meant = word === '' ? undefined : meantKeyword(word);
    if (meant !== undefined) {
      this.failMeant(before, meant);
      this.panic = true;
    } else if ((word === 'new' || word === '新') && this.kinds[this.statementStart]! >= T.FirstKeyword && /^[a-z]/.test(this.text(this.statementStart))) {
      // `throw new …`: the statement begins with a word of that language, which has been reported.
      this.panic = true;
    } else if (word === 'new' || word === '新') {
      const hint = { zh: '直接写 类型 { 字段: 值 } 或 类型::新建(…)', en: 'just write Type { field: value } or Type::新建(…)' };
      this.fail('E2010', { start: this.starts[before]!, end: this.ends[before]! }, { 写法: word, 建议: '' }, { hint });
    } else if (this.statementSign !== undefined) {
      this.fail('E2011', this.span(), {}, { hint: this.statementSign });
    } else if (this.at(T.Arrow)) {
      const isType = this.kinds[this.statementStart + 2] === T.Colon && !this.kinds.subarray(this.statementStart, this.pos).includes(T.Eq);
      this.fail('E2017', this.span(), { 写法: '->', 建议: isType ? '函数(类型): 类型' : '(x) => …' });
    } else {
      const hint = hintUnended(this, word);
      this.fail('E2003', this.span(), {}, hint === undefined ? {} : { hint });
    }
  }

  /** Skips to the end of the statement, over matched brackets as a whole. */
  skipStatement(): void {
    while (!this.atStatementEnd) this.skipToken();
    this.panic = false;
  }

  /** Skips a token, or a bracket with all inside. */
  skipToken(): void {
    const { kind } = this;
    const opening = kind >= T.LParen && kind <= T.InterpolationOpen;
    const behind = opening ? this.behind(this.pos) : -1;
    if (behind > this.pos) this.pos = behind;
    else this.advance();
  }

  // --- depth ------------------------------------------------------------------------------------

  /** Goes one level deeper; false, with an error, when that is too deep. Pair every call with `leave`. */
  enter(): boolean {
    if (this.#depth++ < MAX_DEPTH) return true;
    this.#tooDeep();
    return false;
  }

  leave(): void {
    if (--this.#depth === 0) this.#deepReported = false;
  }

  /** The expression being built becomes one level higher; false, with an error, when that is too high. */
  grow(): boolean {
    if (++this.height <= MAX_DEPTH) return true;
    this.#tooDeep();
    return false;
  }

  /** The same for the n-th part (from 1) of a chain of operators or a ladder of 否则 如果. */
  link(n: number): boolean {
    if (n <= MAX_PIECE) return this.grow();
    if (n <= MAX_CHAIN) return true;
    this.#tooDeep(MAX_CHAIN);
    return false;
  }

  /** Once for a top-level statement: recovery would otherwise run into the same limit again. */
  #tooDeep(limit = MAX_DEPTH): void {
    if (this.#deepReported) this.panic = true;
    this.#deepReported = true;
    this.fail('E2008', this.span(), { 上限: limit });
  }
}

/** Errors that a missing space after a keyword may be the real cause of. */
const MAYBE_MISSING_SPACE: ReadonlySet<ErrorCode> = new Set(['E2001', 'E2003', 'E2005', 'E2006', 'E2011', 'E2015']);

export function quoted(text: string): Localized {
  return { zh: `“${text}”`, en: `\`${text}\`` };
}

function ownStructs(tokens: Tokens): ReadonlySet<number> {
  const { kinds, data, count } = tokens;
  const found = new Set<number>();
  for (let i = 1; i < count; i++) {
    if (kinds[i] !== T.Name || data[i]! < W.Coroutine || data[i]! > W.Select || kinds[i - 1] !== T.Name) continue;
    if (data[i - 1] === W.Type || data[i - 1] === W.Struct) found.add(data[i]!);
  }
  return found;
}

function declaresPrint(tokens: Tokens): boolean {
  const { kinds, data, count } = tokens;
  for (let i = 1; i < count; i++) {
    if (kinds[i] !== T.Name || kinds[i - 1] !== T.Function) continue;
    if (data[i] === W.AsciiPrint || data[i] === W.AsciiPrintln) return true;
  }
  return false;
}
