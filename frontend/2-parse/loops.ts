/** 当, 循环, 对于 in its forms, and 尝试 with its clauses. */

import type { Block, CatchClause, Expr, ForInStmt, ForRangeStmt, LoopStmt, Name, Pattern, TryStmt, TypeExpr, WhileStmt } from '../ast.js';
import { T, W } from '../1-lex/token.js';
import { Context, quoted, type Cursor } from './cursor.js';
import { meantKeyword, type Meant } from './english.js';
import { assignedRangeHint, countingHint, countingLoop, refuseLoopHead, type CountingLoop } from './foreign.js';
import { inContext, parseExpr, parseHead, refuseDo } from './expressions.js';
import { gluedWord } from './hints.js';
import { parsePattern } from './patterns.js';
import { parseBlock, readMeant, replaceMeant } from './statements.js';
import { parseType, scanType } from './types.js';

const LOOP_NAME = { zh: '循环变量', en: 'a loop variable' };
const FOR_WORDS = { zh: '在、中的 或 从', en: '在, 中的 or 从' };
const IN: Meant = { write: '在', kind: T.In, word: undefined };
const ERROR_NAME = { zh: '错误的名称', en: 'a name for the error' };

/** `当 条件 { … }`, at 当. */
export function parseWhile(p: Cursor, start: number, label: Name | undefined): WhileStmt {
  p.advance();
  const condition = parseHead(p);
  const body = parseBlock(p);
  return { kind: 'WhileStmt', span: p.from(start), label, condition, body };
}

/** `循环 { … }`, at 循环. */
export function parseLoop(p: Cursor, start: number, label: Name | undefined): LoopStmt {
  p.advance();
  if (!p.at(T.LBrace)) refuseLoopHead(p);
  const body = parseBlock(p);
  return { kind: 'LoopStmt', span: p.from(start), label, body };
}

/** What stands between 对于 and the block. */
type ForHead =
  | { name: Name; from: Expr; to: Expr; step: Expr | undefined }
  | { bindings: readonly Pattern[]; iterable: Expr };

/** `对于 … { … }`, at 对于. */
export function parseFor(p: Cursor, start: number, label: Name | undefined): ForInStmt | ForRangeStmt {
  p.advance();
  const head = inContext(p, p.context | Context.NoStruct, parseForHead);
  refuseDo(p);
  const body = parseBlock(p);
  const span = p.from(start);
  if ('name' in head) return { kind: 'ForRangeStmt', span, label, ...head, body };
  return { kind: 'ForInStmt', span, label, ...head, body };
}

function parseForHead(p: Cursor): ForHead {
  const open = p.pos;
  const counting = countingLoop(p, open);
  if (counting !== undefined) return refuseCountingLoop(p, counting);
  if (p.at(T.LParen) && p.kinds[p.behind(open)] === T.LBrace) {
    p.pos += declares(p, open + 1) ? 2 : 1;
    readMeantIn(p);
    p.pos = open;
  }
  const parenthesised = p.at(T.LParen) && p.kinds[p.behind(open)] === T.LBrace 
    && (startsBinding(p, behindBindingType(p, open + (declares(p, open + 1) ? 2 : 1))) || holdsWithin(p, open + 1, p.behind(open) - 1));
  if (!parenthesised) return parseForBindings(p);
  p.advance();
  const head = inContext(p, Context.Any, parseForBindings);
  p.close(open, ')');
  return head;
}

/** `(集 中的 x)`: 中的, not inside further brackets. */
function holdsWithin(p: Cursor, first: number, end: number): boolean {
  for (let i = first; i < end; i++) {
    if (i > first && p.kinds[i] === T.Name && p.data[i] === W.Within) return true;
    if ((p.kinds[i] === T.LParen || p.kinds[i] === T.LBrace || p.kinds[i] === T.LBracket) && p.behind(i) > 0) i = p.behind(i) - 1;
  }
  return false;
}

function refuseCountingLoop(p: Cursor, { first, behind }: CountingLoop): ForHead {
  const head = p.file.text.slice(p.starts[first]!, p.kinds[behind - 1] === T.RParen && p.kinds[first - 1] === T.LParen ? p.starts[behind - 1] : p.starts[behind]);
  p.fail('E2001', { start: p.starts[first]!, end: p.ends[first]! }, { 期望: FOR_WORDS, 实际: { zh: '别的语言的写法', en: 'the form of another language' } }, {
    hint: countingHint(head),
  });
  p.pos = behind;
  return { bindings: [], iterable: { kind: 'ErrorExpr', id: p.newId(), span: p.errorSpan() } };
}

function parseForBindings(p: Cursor): ForHead {
  if (declares(p, p.pos)) p.advance();
  readMeantIn(p);
  if (refuseRange(p)) return { bindings: [], iterable: parseExpr(p) };
  // `对于 整数 i 从 …`: the type is what the bounds have, so it is only checked for its form.
  if (behindBindingType(p, p.pos) > p.pos) parseType(p);
  if (p.at(T.Name) && p.peekWord(1) === W.From) return parseForRange(p);
  if (startsBinding(p, p.pos)) {
    const bindings = parseBindings(p);
    p.expect(T.In, '在');
    return { bindings, iterable: parseExpr(p) };
  }
  if (p.at(T.Name) && !isWithinForm(p)) return missingIn(p);
  const iterable = parseExpr(p);
  if (!p.acceptWord(W.Within)) {
    p.failExpected(FOR_WORDS);
    return { bindings: [], iterable };
  }
  return { bindings: parseBindings(p), iterable };
}

/** 变量 before a loop variable, or what other languages write there. */
function declares(p: Cursor, i: number): boolean {
  const kind = p.kinds[i];
  return kind === T.Var || kind === T.Mut || (/^(?:let|const|var)$/.test(p.nameAt(i)) && p.kinds[i + 1] === T.Name && p.kinds[i + 2] !== T.LBrace);
}

/** `for i, v := range 列表`: reported; what follows is the value to iterate over. */
function refuseRange(p: Cursor): boolean {
  let i = p.pos;
  while (p.kinds[i] === T.Name && p.kinds[i + 1] === T.Comma) i += 2;
  if (p.kinds[i] !== T.Name || p.kinds[i + 1] !== T.ColonEq || p.nameAt(i + 2) !== 'range') return false;
  const span = { start: p.starts[i + 1]!, end: p.ends[i + 2]! };
  p.complain('E2001', span, { 期望: FOR_WORDS, 实际: { zh: '“:= range”', en: '`:= range`' } }, {
    hint: { zh: '遍历写 对于 i, v 在 列表 { … }', en: 'iterate with 对于 i, v 在 list { … }' },
  });
  p.pos = i + 3;
  return true;
}

/** `对于 x in 列表`, `对于 x 再 列表`: reports the word and reads it as 在. */
function readMeantIn(p: Cursor): void {
  let i = p.pos;
  for (;;) {
    if (p.kinds[i] === T.LParen && p.behind(i) > 0) i = p.behind(i);
    else if (p.kinds[i] === T.Name) i++;
    else return;
    if (p.kinds[i] !== T.Comma) break;
    i++;
  }
  const word = p.nameAt(i);
  const meant = word === '再' ? IN : meantKeyword(word);
  if (meant?.kind !== T.In || p.peek(i + 1 - p.pos) === T.LBrace) return;
  // Behind `for` it is the rest of that mistake.
  if (p.text(p.statementStart) === 'for' || p.text(p.statementStart) === 'foreach') p.readAs(i, meant);
  else replaceMeant(p, i, meant);
}

/** Does 中的 stand before the block? */
function isWithinForm(p: Cursor): boolean {
  for (let i = p.pos; p.kinds[i] !== T.End && p.kinds[i] !== T.LBrace && p.kinds[i] !== T.Semicolon; i++) {
    if (p.kinds[i] === T.Name && p.data[i] === W.Within) return true;
  }
  return false;
}

/** `对于 x 列表 { … }`: the place of the missing word is behind the variable. */
function missingIn(p: Cursor): ForHead {
  // `对于 从 0 到 9` has no variable.
  const lacksName = p.atWord(W.From);
  const name = p.takeName();
  const hint = lacksName ? { zh: '循环变量不能省：对于 i 从 0 到 9', en: 'a loop has a variable: 对于 i 从 0 到 9' } : gluedWord(p, '从') ?? assignedRangeHint(p, name.text) ?? { zh: `遍历写 对于 ${name.text} 在 列，计数写 对于 ${name.text} 从 0 到 9`, en: `iterate with 对于 ${name.text} 在 list, count with 对于 ${name.text} 从 0 到 9` };
  p.fail('E2001', p.errorSpan(), { 期望: FOR_WORDS, 实际: p.found() }, { hint });
  const iterable: Expr = { kind: 'ErrorExpr', id: p.newId(), span: p.errorSpan() };
  while (!p.atStatementEnd && !p.at(T.LBrace)) p.skipToken();
  return { bindings: [{ kind: 'NamePattern', span: name.span, name }], iterable };
}

/** Index of the loop variable that begins at `i`, behind its type if it has one. */
function behindBindingType(p: Cursor, i: number): number {
  // `对于 i 从 从 到 到`: the name behind 从 is a bound, not the variable.
  if (p.kinds[i] === T.Name && p.kinds[i + 1] === T.Name && p.data[i + 1] === W.From && p.data[i + 2] === W.From && p.data[i + 3] === W.To) return i;
  const behind = scanType(p, i);
  return behind > i && p.kinds[behind] === T.Name && isBindingEnd(p, behind + 1) ? behind : i;
}

function isBindingEnd(p: Cursor, i: number): boolean {
  // `对于 [1] 中的 从 { … }`: the name 从, since no bound begins with a brace.
  return p.kinds[i] === T.In || (p.kinds[i] === T.Name && p.data[i] === W.From && p.kinds[i + 1] !== T.LBrace);
}

/** `x 在`, `k, v 在`, `(a, b) 在`, `点 { x, y } 在`, `i 从` at token `i`? */
function startsBinding(p: Cursor, i: number): boolean {
  for (;;) {
    if (p.kinds[i] === T.Name) {
      i++;
      while ((p.kinds[i] === T.Dot || p.kinds[i] === T.ColonColon) && p.kinds[i + 1] === T.Name) i += 2;
      if ((p.kinds[i] === T.LParen || p.kinds[i] === T.LBrace) && p.behind(i) > 0) i = p.behind(i);
    } else if (p.kinds[i] === T.LParen && p.behind(i) > 0) i = p.behind(i);
    else return false;
    if (isBindingEnd(p, i)) return true;
    if (p.kinds[i] !== T.Comma) return false;
    i++;
  }
}

function parseBindings(p: Cursor): Pattern[] {
  const bindings = [parsePattern(p)];
  while (p.accept(T.Comma)) bindings.push(parsePattern(p));
  return bindings;
}

function parseForRange(p: Cursor): ForHead {
  const name = p.name(LOOP_NAME);
  p.advance();
  const from = parseExpr(p);
  readTo(p);
  const to = parseExpr(p);
  const step = p.acceptWord(W.Step) ? parseExpr(p) : undefined;
  return { name, from, to, step };
}

/** 到, or what else is written for it. */
function readTo(p: Cursor): void {
  if (p.acceptWord(W.To)) return;
  const word = p.nameAt(p.pos);
  if (/^(?:至|直到|到达|to|until)$/u.test(word)) {
    p.complain('E2010', p.span(), { 写法: word, 建议: '到' });
    p.advance();
    return;
  }
  const hint = gluedWord(p, '到') ?? { zh: '写 对于 i 从 0 到 9，两端都包括', en: 'write 对于 i 从 0 到 9, both ends included' };
  p.fail('E2001', p.errorSpan(), { 期望: quoted('到'), 实际: p.found() }, { hint });
}

/** `尝试 { … } 捕获 … { … } 最终 { … }`, at 尝试. */
export function parseTry(p: Cursor): TryStmt {
  const { start } = p;
  const keyword = p.span();
  p.advance();
  const body = parseBlock(p);
  const catches: CatchClause[] = [];
  for (;;) {
    readMeant(p, T.Catch);
    if (!p.at(T.Catch)) break;
    catches.push(parseCatch(p));
  }
  readMeant(p, undefined, W.Finally);
  let last: Block | undefined;
  if ((p.atWord(W.Finally) || p.atWord(W.Lastly)) && p.peek(1) === T.LBrace) {
    p.advance();
    last = parseBlock(p);
  }
  if (catches.length === 0 && last === undefined) {
    p.complain('E2013', keyword);
    // `除非 e { … }` on the same line was meant as 捕获.
    if (p.at(T.Name) && !p.lineBreak()) p.panic = true;
  }
  return { kind: 'TryStmt', span: p.from(start), body, catches, finally: last };
}

/** `捕获 { }`, `捕获 e { }`, `捕获 种类 作为 e { }`, and the forms of other languages `捕获 (种类 e)`, `捕获 e: 种类`. */
function parseCatch(p: Cursor): CatchClause {
  const { start } = p;
  p.advance();
  const open = p.pos;
  const parenthesised = p.at(T.LParen);
  if (parenthesised) p.open();
  const head = p.at(T.LBrace) ? NOTHING_CAUGHT : parseCatchHead(p);
  if (parenthesised) p.close(open, ')');
  const body = parseBlock(p);
  return { kind: 'CatchClause', span: p.from(start), ...head, body };
}

type CatchHead = Pick<CatchClause, 'nameOrKind' | 'kinds' | 'binding'>;

const NOTHING_CAUGHT: CatchHead = { nameOrKind: undefined, kinds: [], binding: undefined };

function parseCatchHead(p: Cursor): CatchHead {
  if (p.at(T.Name) && p.peek(1) === T.Colon) {
    const binding = p.takeName();
    p.advance();
    return { nameOrKind: undefined, kinds: parseKinds(p), binding };
  }
  if (p.at(T.Name) && (p.peek(1) === T.LBrace || p.peek(1) === T.RParen)) {
    return { nameOrKind: p.takeName(), kinds: [], binding: undefined };
  }
  const kinds = parseKinds(p);
  if (p.accept(T.As) || p.acceptWord(W.AsciiAs)) return { nameOrKind: undefined, kinds, binding: p.name(ERROR_NAME) };
  const binding = p.at(T.Name) ? p.takeName() : undefined;
  return { nameOrKind: undefined, kinds, binding };
}

function parseKinds(p: Cursor): TypeExpr[] {
  const kinds = [parseType(p)];
  while (p.accept(T.Pipe) || p.accept(T.Comma)) kinds.push(parseType(p));
  return kinds;
}

