/**
 * Primary expressions: names, literals, brackets, and the forms that begin with a keyword.
 *
 * Contextual keywords are decided here by what follows them; when the form does not fit, the word is a name.
 */

import type { Argument, Block, Expr, FieldInit, IfExpr, MapEntry, MatchArm, MatchExpr, Name } from '../ast.js';
import { T, W } from '../1-lex/token.js';
import { parseArrowClosure, parseAsyncClosure, parseFunctionClosure, parseNameClosure, parseWordClosure, startsArrowClosure } from './closures.js';
import { parseCaseBody, parseConcurrent, parseCoroutine, parseDeadline, parseShield, startsCaseBody } from './concurrency.js';
import { Context, type Cursor } from './cursor.js';
import { matchAsValue, meantComparison, refuseBarClosure, refuseBraceClosure, refuseNamedClosure, refuseThinArrow } from './foreign.js';
import { inContext, isWordOperator, parseExpr, parseHead, parsePrefixOperand, startsOperand, startsRangeArm } from './expressions.js';
import { atLenticular, errorExpr, parseInterpolated, parseLiteral } from './literals.js';
import { parsePattern } from './patterns.js';
import { acceptElse, parseBlock, parseBody } from './statements.js';
import { scanType } from './types.js';

const FIELD_NAME = { zh: '字段名', en: 'a field name' };

export function parsePrimary(p: Cursor): Expr {
  const { start } = p;
  switch (p.kind) {
    case T.Name:
      return parseWord(p);
    case T.LParen:
      if (startsArrowClosure(p)) return parseArrowClosure(p, 'plain');
      return refuseThinArrow(p) ?? parseParenthesised(p);
    case T.LBracket:
      return parseList(p, ']');
    case T.LBrace:
      if ((p.context & Context.NoStruct) !== 0 && !atLenticular(p) && !isMapInHead(p)) return errorExpr(p);
      return refuseBraceClosure(p) ?? parseMap(p);
    case T.InterpolationStart:
      return parseInterpolated(p);
    case T.Function:
      return parseFunctionClosure(p, 'plain');
    case T.Async:
      return parseAsyncClosure(p);
    case T.If:
      return parseIf(p);
    case T.Match:
      return parseMatch(p);
    case T.Throw:
      p.advance();
      if (p.lineBreak()) return errorExpr(p);
      return { kind: 'ThrowExpr', id: p.newId(), operand: parseExpr(p), span: p.from(start) };
    case T.Suspend: {
      p.advance();
      const value = !p.lineBreak() && startsOperand(p) ? parseExpr(p) : undefined;
      return { kind: 'SuspendExpr', id: p.newId(), span: p.from(start), value };
    }
    case T.DotDot:
    case T.DotDotEq: {
      const inclusive = p.at(T.DotDotEq);
      p.advance();
      const to = startsOperand(p) ? parseExpr(p) : undefined;
      return { kind: 'RangeExpr', id: p.newId(), span: p.from(start), from: undefined, to, inclusive };
    }
    case T.Pipe:
    case T.PipePipe:
      return refuseBarClosure(p) ?? parseLiteral(p);
    default:
      return parseLiteral(p);
  }
}

function parseWord(p: Cursor): Expr {
  const { word } = p;
  if (word >= W.FirstOther) return parsePlainName(p);
  const next = p.peek(1);
  switch (word) {
    case W.AsciiTrue:
    case W.AsciiFalse:
      return parseLiteral(p);
    case W.Closure:
      if (next === T.LParen && !isLiteral(p.peek(2)) && isClosureParams(p, 1)) return parseWordClosure(p);
      break;
    case W.Coroutine:
      if (next === T.LBrace && isOwnLiteral(p)) break;
      if (startsCoroutine(p)) return parseCoroutine(p);
      break;
    case W.Concurrent:
      if (isBlockForm(p) && !isOwnLiteral(p)) return parseConcurrent(p);
      break;
    case W.Deadline:
      if (isBlockForm(p) && !isOwnLiteral(p) && !isEmptyLiteral(p)) return parseDeadline(p);
      break;
    case W.Shield:
      if (isBlockForm(p) && !isOwnLiteral(p)) return parseShield(p);
      break;
    case W.AsciiPrint:
    case W.AsciiPrintln:
      if (next === T.LParen && !p.declaresPrint) return parseAsciiPrint(p);
      break;
    default:
      break;
  }
  return parsePlainName(p);
}

/** `{ 名: …`, `{ 名, …`, `{}` n tokens from here: the content of a struct literal rather than statements. */
export function startsFields(p: Cursor, n: number): boolean {
  if (p.peek(n + 1) === T.RBrace) return true;
  const next = p.peek(n + 2);
  return p.peek(n + 1) === T.Name && (next === T.Colon || next === T.Comma || next === T.RBrace);
}

/**
 * `并发 { 数: 1 }` is a literal of a struct named 并发: no statement begins so, save a loop with a label and a declaration. A struct of
 * this file may leave out the values, too.
 */
export function isOwnLiteral(p: Cursor): boolean {
  if (p.peek(1) !== T.LBrace || !startsFields(p, 1)) return false;
  if (p.peek(2) !== T.Name || p.peek(3) !== T.Colon) return p.ownStructs.has(p.word);
  const kind = p.peek(4);
  if (kind === T.Loop || kind === T.While || kind === T.For) return false;
  const afterType = scanType(p, p.pos + 4);
  return afterType < 0 || p.kinds[afterType] !== T.Eq;
}

function isEmptyLiteral(p: Cursor): boolean {
  return p.peek(1) === T.LBrace && p.peek(2) === T.RBrace;
}

function isLiteral(kind: T): boolean {
  return kind >= T.Int && kind <= T.InterpolationStart;
}

function parsePlainName(p: Cursor): Expr {
  // `not 真` of another language.
  if (p.nameAt(p.pos) === 'not' && !p.lineBreak(1) && (p.peek(1) === T.Name ? !isWordOperator(p.peekWord(1)) : p.peek(1) === T.True || p.peek(1) === T.False)) {
    const { start } = p;
    p.complain('E2010', p.span(), { 写法: 'not', 建议: '非' });
    p.advance();
    return { kind: 'UnaryExpr', id: p.newId(), op: '!', operand: parsePrefixOperand(p), span: p.from(start) };
  }
  if (matchAsValue(p) > 0) {
    p.failMeant(p.pos, { write: '匹配', kind: T.Match, word: undefined });
    p.kinds[p.pos] = T.Match;
    return parseMatch(p);
  }
  const next = p.peek(1);
  if (next === T.FatArrow && (p.context & Context.NoClosure) === 0) return parseNameClosure(p);
  if (next === T.Arrow || next === T.Name || next === T.Colon || next === T.LParen) {
    const refused = refuseNamedClosure(p);
    if (refused !== undefined) return refused;
  }
  const at = p.pos++;
  return { kind: 'NameExpr', id: p.newId(), span: { start: p.starts[at]!, end: p.ends[at]! }, name: p.names[p.data[at]!]! };
}

function parseAsciiPrint(p: Cursor): Expr {
  const name = p.atWord(W.AsciiPrint) ? '打印' : '打印行';
  const span = p.span();
  p.warn('W2001', span, { 写法: p.text(p.pos), 建议: name });
  p.advance();
  return { kind: 'NameExpr', id: p.newId(), span, name };
}

/** Does `( … )` n tokens from here hold parameters, judged by what follows it? */
export function isClosureParams(p: Cursor, n: number): boolean {
  const behind = p.peekBehind(n);
  if (behind < 0) return false;
  const next = p.peek(behind);
  return next === T.LBrace || next === T.Colon || next === T.Arrow || next === T.FatArrow;
}

/** `对于 键, 值 在 {"甲": 1} {`: behind the brace of a 字典 in a head comes the block, or more of the expression. */
function isMapInHead(p: Cursor): boolean {
  const behind = p.behind(p.pos);
  if (behind < 0 || p.lineBreak(behind - p.pos)) return false;
  const next = p.kinds[behind];
  return next === T.LBrace || next === T.Dot || (next === T.Name && p.data[behind] === W.Within);
}

/** `并发 {`, `截止(…) {` on one line, where a block may follow. */
function isBlockForm(p: Cursor): boolean {
  if ((p.context & Context.NoStruct) !== 0) return false;
  const behind = p.peek(1) === T.LParen && !p.lineBreak(1) ? p.peekBehind(1) : 1;
  return behind > 0 && p.peek(behind) === T.LBrace && !p.lineBreak(behind);
}

/** `协程 {` or `协程 名(`, `协程 模块.名(`, `协程 名<…>(` on one line. */
export function startsCoroutine(p: Cursor): boolean {
  if (p.lineBreak(1)) return false;
  if (p.peek(1) === T.LBrace) return (p.context & Context.NoStruct) === 0;
  if (p.peek(1) !== T.Name || isWordOperator(p.peekWord(1))) return false;
  const after = p.peek(2);
  return after === T.LParen || after === T.Lt || after === T.Dot || after === T.ColonColon;
}

// --- brackets -----------------------------------------------------------------------------------

/** `(a)`, `(a, b)`, `()`. */
function parseParenthesised(p: Cursor): Expr {
  const { start } = p;
  const open = p.pos;
  const elements: Expr[] = [];
  const comma = parseElements(p, T.RParen, elements);
  p.close(open, ')');
  if (elements.length === 1 && !comma) return elements[0]!;
  const id = p.newId();
  const span = p.from(start);
  return elements.length === 0 ? { kind: 'UnitLiteral', id, span } : { kind: 'TupleExpr', id, span, elements };
}

/** Reads `a, b, …` behind an opening bracket; true when a comma stands last. */
function parseElements(p: Cursor, closing: T, elements: Expr[]): boolean {
  const saved = p.context;
  p.context = Context.Any;
  p.open();
  let comma = false;
  while (!p.at(closing) && !p.at(T.End)) {
    elements.push(parseExpr(p));
    comma = p.accept(T.Comma);
    if (!comma) break;
  }
  p.context = saved;
  refuseAssignment(p);
  return comma;
}

/** `=` inside brackets: most likely a comparison was meant. Other assignments and sending are statements, too. */
function refuseAssignment(p: Cursor): void {
  const meant = meantComparison(p);
  if (meant !== undefined) p.fail('E2017', { start: p.start, end: p.ends[p.pos + meant.length - 1]! }, { 写法: p.file.text.slice(p.start, p.ends[p.pos + meant.length - 1]), 建议: meant.write });
  else if (p.at(T.Eq) || p.at(T.ColonEq)) p.fail('E2011', p.span());
  else if (p.statementSign !== undefined) p.fail('E2011', p.span(), {}, { hint: p.statementSign });
}

function parseList(p: Cursor, sign: string): Expr {
  const { start } = p;
  const open = p.pos;
  const elements: Expr[] = [];
  parseElements(p, T.RBracket, elements);
  if (elements.length === 1 && p.at(T.Semicolon)) {
    p.advance();
    const count = inContext(p, Context.Any, parseExpr);
    p.close(open, sign);
    return { kind: 'RepeatLiteral', id: p.newId(), span: p.from(start), value: elements[0]!, count };
  }
  p.close(open, sign);
  return { kind: 'ListLiteral', id: p.newId(), span: p.from(start), elements };
}

/** `{}`, `{键: 值}`; 【…】 without colons is a list. */
function parseMap(p: Cursor): Expr {
  const { start, context } = p;
  const lenticular = atLenticular(p);
  const entries: MapEntry[] = [];
  p.context = Context.Any;
  const open = p.open();
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    const entryStart = p.start;
    const key = parseExpr(p);
    if (lenticular && entries.length === 0 && !p.at(T.Colon)) return finishLenticularList(p, start, open, key, context);
    if (!p.expect(T.Colon, ':')) break;
    const value = parseExpr(p);
    entries.push({ kind: 'MapEntry', span: p.from(entryStart), key, value });
    if (!p.accept(T.Comma)) break;
  }
  p.context = context;
  p.close(open, '}');
  return { kind: 'MapLiteral', id: p.newId(), span: p.from(start), entries };
}

function finishLenticularList(p: Cursor, start: number, open: number, first: Expr, context: Context): Expr {
  const elements = [first];
  if (p.accept(T.Semicolon)) {
    const count = parseExpr(p);
    p.context = context;
    p.close(open, '】');
    return { kind: 'RepeatLiteral', id: p.newId(), span: p.from(start), value: first, count };
  }
  while (p.accept(T.Comma) && !p.at(T.RBrace)) elements.push(parseExpr(p));
  p.context = context;
  p.close(open, '】');
  return { kind: 'ListLiteral', id: p.newId(), span: p.from(start), elements };
}

/** `(值, 名: 值)`, at the parenthesis. */
export function parseArguments(p: Cursor): Argument[] {
  const saved = p.context;
  const args: Argument[] = [];
  p.context = Context.Any;
  const open = p.open();
  while (!p.at(T.RParen) && !p.at(T.End)) {
    const { start } = p;
    let name: Name | undefined;
    if (p.at(T.Name) && p.peek(1) === T.Colon && p.nameAt(p.pos) !== 'lambda') {
      name = p.takeName();
      p.advance();
    }
    const value = parseExpr(p);
    args.push({ kind: 'Argument', span: p.from(start), name, value });
    if (!p.accept(T.Comma)) break;
  }
  p.context = saved;
  const last = args.at(-1)?.value;
  if (p.at(T.Eq) && last?.kind === 'NameExpr') {
    p.fail('E2011', p.span(), {}, {
      hint: { zh: `命名实参写 ${last.name}: 值；比较相等写 == 或 等于`, en: `a named argument is written ${last.name}: value; equality is == or 等于` },
    });
  } else refuseAssignment(p);
  p.close(open, ')');
  return args;
}

/** `{ x: 1, y }` of a struct literal, at the brace. */
export function parseStructFields(p: Cursor): FieldInit[] {
  const saved = p.context;
  const fields: FieldInit[] = [];
  p.context = Context.Any;
  const open = p.open();
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    const { start } = p;
    if (!p.at(T.Name) && p.kind >= T.Int && p.kind <= T.InterpolationStart) {
      p.fail('E2001', p.span(), { 期望: FIELD_NAME, 实际: p.found() }, { hint: { zh: '字段按名称给出：名: 值', en: 'fields are given by name: name: value' } });
    }
    const name = p.name(FIELD_NAME);
    let value: Expr;
    if (p.accept(T.Colon)) value = parseExpr(p);
    else value = { kind: 'NameExpr', id: p.newId(), span: name.span, name: name.text };
    fields.push({ kind: 'FieldInit', span: p.from(start), name, value });
    if (p.panic || (!p.accept(T.Comma) && !p.accept(T.Semicolon) && !p.newline)) break;
  }
  p.context = saved;
  p.close(open, '}');
  return fields;
}

// --- 如果 and 匹配 --------------------------------------------------------------------------------

/** `如果 … { } 否则 如果 … { } 否则 { }`. The chain is read by a loop and folded, so its length costs no stack. */
export function parseIf(p: Cursor): IfExpr {
  const branches: { start: number; condition: Expr; then: Block }[] = [];
  const outer = p.height;
  p.height = 0;
  let last: Block | undefined;
  for (;;) {
    const { start } = p;
    p.advance();
    const condition = parseHead(p);
    branches.push({ start, condition, then: parseBlock(p) });
    const otherwise = acceptElse(p);
    if (otherwise === 'else') last = parseBlock(p);
    if (otherwise !== 'else-if' || !p.link(branches.length + 1)) break;
  }
  p.height = Math.max(outer, p.height + 1);
  const end = p.lastEnd;
  let result: IfExpr | Block | undefined = last;
  for (const { start, condition, then } of branches.reverse()) {
    result = { kind: 'IfExpr', id: p.newId(), span: { start, end }, condition, then, else: result };
  }
  return result as IfExpr;
}

export function parseMatch(p: Cursor): MatchExpr {
  const { start } = p;
  p.advance();
  const subject = parseHead(p);
  const arms: MatchArm[] = [];
  const open = p.pos;
  if (p.expect(T.LBrace, '{')) {
    const saved = p.context;
    p.context = Context.Any;
    parseArms(p, arms, open);
    p.context = saved;
    p.close(open, '}');
  }
  return { kind: 'MatchExpr', id: p.newId(), span: p.from(start), subject, arms };
}

function parseArms(p: Cursor, arms: MatchArm[], open: number): void {
  if (/^(?:case|default)$/.test(p.nameAt(p.pos))) readForeignCases(p, p.data[open]!);
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    if (p.accept(T.Comma) || p.accept(T.Semicolon)) continue;
    const at = p.pos;
    p.statementStart = at;
    const arm = parseArm(p);
    arms.push(arm);
    const separated = p.at(T.Comma) || p.atStatementEnd || (p.lineBreak() && (p.at(T.DotDot) || p.at(T.DotDotEq)) && startsRangeArm(p)) || p.ends[p.pos - 1] === arm.body.span.end && arm.body.kind === 'Block';
    if (!separated) p.failExpected({ zh: '“,” 或换行', en: '`,` or a new line' });
    if (p.panic) skipArm(p, at);
    if (p.data[open]! < 0 && p.panic) return;
  }
}

/** `case 1:`, `default:` of other languages: the first is reported, and all up to `end` are read as 情况 and 默认. */
function readForeignCases(p: Cursor, end: number): void {
  let reported = false;
  for (let i = p.pos; i < end; i++) {
    const kind = p.kinds[i]!;
    if (kind >= T.LParen && kind <= T.InterpolationOpen) i = Math.max(i, p.behind(i) - 1);
    const text = p.nameAt(i);
    if (text !== 'case' && text !== 'default') continue;
    const next = p.kinds[i + 1]!;
    const isHead = text === 'default' ? next === T.Colon : next === T.Minus || next === T.LParen || (next >= T.Name && next <= T.InterpolationStart) || next >= T.FirstKeyword;
    if (!isHead) continue;
    const write = text === 'case' ? '情况' : '默认';
    const hint = { zh: '分支写 模式 => 值，其余的写 _ => 值', en: 'an arm is written pattern => value, the rest _ => value' };
    if (!reported) p.complain('E2010', { start: p.starts[i]!, end: p.ends[i]! }, { 写法: text, 建议: write }, { hint });
    reported = true;
    p.data[i] = text === 'case' ? W.Case : W.Default;
  }
}

/** After an error, goes on at the next line or separator. */
function skipArm(p: Cursor, start: number): void {
  if (p.pos === start) p.skipToken();
  while (!p.atStatementEnd && !p.at(T.Comma)) p.skipToken();
  p.panic = false;
}

function parseArm(p: Cursor): MatchArm {
  const { start } = p;
  // `情况(n) =>` is a variant of that name with its payload; a case whose pattern is a tuple has a space there.
  const isVariant = p.peek(1) === T.LParen && p.adjacent;
  const isCase = !isVariant && p.atWord(W.Case) && p.atCase();
  if (isCase) p.advance();
  const isDefault = p.atWord(W.Default) && p.peek(1) === T.Colon;
  const pattern = parsePattern(p);
  if (isDefault || (isCase && p.at(T.Colon))) {
    const body = parseCaseBody(p);
    const wildcard = { kind: 'WildcardPattern', span: pattern.span } as const;
    return { kind: 'MatchArm', span: p.from(start), pattern: isDefault ? wildcard : pattern, guard: undefined, body };
  }
  let guard: Expr | undefined;
  if (p.accept(T.If)) guard = inContext(p, Context.NoStruct | Context.NoClosure, parseExpr);
  let body: Expr | Block;
  if (isCase && guard !== undefined && startsCaseBody(p)) body = parseCaseBody(p);
  else if (p.at(T.LBrace)) body = parseBlock(p);
  else if (p.at(T.Arrow) || (p.at(T.Colon) && !p.lineBreak(1))) {
    p.complainOnce('arm', 'E2001', p.span(), { 期望: { zh: '“=>”', en: '`=>`' }, 实际: p.found() }, { zh: '分支写 模式 => 值', en: 'an arm is written pattern => value' });
    p.advance();
    body = parseBody(p);
  } else if (p.expect(T.FatArrow, '=>')) body = parseBody(p);
  else body = { kind: 'ErrorExpr', id: p.newId(), span: p.errorSpan() };
  return { kind: 'MatchArm', span: p.from(start), pattern, guard, body };
}
