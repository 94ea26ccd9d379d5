/** The forms of concurrency: 创建 启动 协程 并发 截止 屏蔽, and 选择 with its 情况. */

import type { Block, Expr, SelectCase, SelectOperation, SelectStmt, Stmt } from '../ast.js';
import { Flag, T, W } from '../1-lex/token.js';
import { Context, quoted, type Cursor } from './cursor.js';
import type { Meant } from './english.js';
import { inContext, parseExpr, parsePostfix, parsePrefixOperand } from './expressions.js';
import { errorExpr } from './literals.js';
import { isOwnLiteral, parseArguments } from './primary.js';
import { parseBlock, parseStatement } from './statements.js';

/** `创建 f(x)`, `创建 { … }` */
export function parseSpawn(p: Cursor): Expr {
  const { start } = p;
  p.advance();
  const body = p.at(T.LBrace) ? parseBlock(p) : parsePrefixOperand(p);
  return { kind: 'SpawnExpr', id: p.newId(), span: p.from(start), body };
}

/** `启动 f(x)`, `启动 { … }` */
export function parseDetach(p: Cursor): Expr {
  const { start } = p;
  p.advance();
  const body = p.at(T.LBrace) ? parseBlock(p) : parsePrefixOperand(p);
  return { kind: 'DetachExpr', id: p.newId(), span: p.from(start), body };
}

/** `协程 名(1, 5)`, `协程 { … }`, at 协程. The call itself is the operand; what follows it belongs to the coroutine. */
export function parseCoroutine(p: Cursor): Expr {
  const { start } = p;
  p.advance();
  if (p.at(T.LBrace)) {
    const body = parseBlock(p);
    return { kind: 'DetachExpr', id: p.newId(), span: p.from(start), body };
  }
  const callStart = p.start;
  let callee: Expr = { kind: 'NameExpr', id: p.newId(), span: p.span(), name: p.takeName().text };
  callee = inContext(p, p.context | Context.NoStruct, (c) => parseCallee(c, callStart, callee));
  return { kind: 'CoroutineExpr', id: p.newId(), span: p.from(start), call: callee };
}

/** A postfix chain up to and with its first call. */
function parseCallee(p: Cursor, start: number, name: Expr): Expr {
  let expr = name;
  while (p.at(T.Dot) || p.at(T.ColonColon)) {
    const isMember = p.at(T.Dot);
    p.advance();
    const member = p.name({ zh: '协程名', en: 'the name of a coroutine' });
    const id = p.newId();
    const span = p.from(start);
    expr = isMember ? { kind: 'MemberExpr', id, span, object: expr, name: member } : { kind: 'PathExpr', id, span, base: expr, name: member };
  }
  if (p.at(T.Lt)) {
    const before = parsePostfix(p, start, expr);
    if (before.kind === 'CallExpr') return before;
    expr = before;
  }
  if (!p.at(T.LParen)) {
    p.failExpected('(');
    return expr;
  }
  const args = parseArguments(p);
  return { kind: 'CallExpr', id: p.newId(), span: p.from(start), callee: expr, args };
}

/** `并发 { … }`, `并发(上限: n) { … }` */
export function parseConcurrent(p: Cursor): Expr {
  const { start } = p;
  p.advance();
  let limit: Expr | undefined;
  if (p.at(T.LParen)) {
    const open = p.open();
    if (p.atWord(W.Limit) && p.peek(1) === T.Colon) p.pos += 2;
    if (!p.at(T.RParen)) limit = inContext(p, Context.Any, parseExpr);
    if (p.at(T.Comma) && limit !== undefined) {
      p.fail('E2001', p.span(), { 期望: quoted(')'), 实际: p.found() }, { hint: { zh: '并发 只有一个参数：并发(上限: 4) { … }', en: '并发 takes one argument only: 并发(上限: 4) { … }' } });
    }
    p.close(open, ')');
  }
  const body = parseBlock(p);
  return { kind: 'ConcurrentExpr', id: p.newId(), span: p.from(start), limit, body };
}

/** `截止(ms) { … }` */
export function parseDeadline(p: Cursor): Expr {
  const { start } = p;
  p.advance();
  let milliseconds: Expr;
  const hint = { zh: '期限是毫秒数：截止(1000) { … }', en: 'the deadline is a number of milliseconds: 截止(1000) { … }' };
  if (p.at(T.LBrace)) {
    p.complain('E2001', p.span(), { 期望: quoted('('), 实际: p.found() }, { hint });
    milliseconds = { kind: 'ErrorExpr', id: p.newId(), span: p.span() };
  } else {
    const open = p.open();
    if (p.at(T.Name) && p.peek(1) === T.Colon) {
      p.complain('E2001', p.span(), { 期望: { zh: '毫秒数', en: 'a number of milliseconds' }, 实际: p.found() }, { hint });
      p.pos += 2;
    }
    milliseconds = inContext(p, Context.Any, parseExpr);
    p.close(open, ')');
  }
  const body = parseBlock(p);
  return { kind: 'DeadlineExpr', id: p.newId(), span: p.from(start), milliseconds, body };
}

/** `屏蔽 { … }` */
export function parseShield(p: Cursor): Expr {
  const { start } = p;
  p.advance();
  if (p.at(T.LParen)) {
    p.complain('E2001', p.span(), { 期望: quoted('{'), 实际: p.found() }, { hint: { zh: '屏蔽 不带参数：屏蔽 { … }', en: '屏蔽 takes no argument: 屏蔽 { … }' } });
    parseParenthesisedExpr(p);
  }
  const body = parseBlock(p);
  return { kind: 'ShieldExpr', id: p.newId(), span: p.from(start), body };
}

function parseParenthesisedExpr(p: Cursor): Expr {
  if (!p.at(T.LParen)) {
    p.failExpected('(');
    return errorExpr(p);
  }
  const open = p.open();
  const expr = inContext(p, Context.Any, parseExpr);
  p.close(open, ')');
  return expr;
}

// --- 选择 ----------------------------------------------------------------------------------------

/** Is 选择 here, at the start of a statement, the keyword? `选择 { 默认: …` is, unless this file has a struct of that name. */
export function startsSelect(p: Cursor): boolean {
  if (p.peek(1) !== T.LBrace || p.lineBreak(1)) return false;
  return !isOwnLiteral(p) || ((p.peekWord(2) === W.Default || p.nameAt(p.pos + 2) === 'default') && !p.ownStructs.has(p.word));
}

/** `case` and `default` of other languages at the head of a case: reported once, and read as 情况 and 默认. */
function readEnglishCases(p: Cursor): void {
  let depth = 0;
  for (let i = p.pos; p.kinds[i] !== T.End && depth >= 0; i++) {
    const kind = p.kinds[i]!;
    if (kind === T.LBrace || kind === T.LParen || kind === T.LBracket) depth++;
    if (kind === T.RBrace || kind === T.RParen || kind === T.RBracket) depth--;
    if (depth !== 0 || kind !== T.Name || (i > p.pos && (p.flags[i]! & Flag.AnyNewline) === 0 && p.kinds[i - 1] !== T.Semicolon)) continue;
    const meant = caseKeyword(p.nameAt(i), p.kinds[i + 1]!);
    if (meant === undefined) continue;
    if (!p.hasReported(meant.write)) p.failMeant(i, meant);
    p.noteReported(meant.write);
    p.readAs(i, meant);
  }
}

function caseKeyword(name: string, next: T): Meant | undefined {
  if (name === 'default') return next === T.Colon || next === T.FatArrow || next === T.LBrace ? { write: '默认', kind: undefined, word: W.Default } : undefined;
  return name === 'case' && (next === T.LeftArrow || next === T.Name || next === T.Var || next === T.Await) ? { write: '情况', kind: undefined, word: W.Case } : undefined;
}

export function parseSelect(p: Cursor): SelectStmt {
  const { start } = p;
  p.advance();
  const open = p.open();
  const saved = p.context;
  p.context = Context.Any;
  const cases: SelectCase[] = [];
  readEnglishCases(p);
  let wrong = false;
  let defaults = 0;
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    if (p.accept(T.Comma) || p.accept(T.Semicolon)) continue;
    const at = p.pos;
    p.statementStart = at;
    if (p.atWord(W.Default) && p.atCase() && defaults++ > 0) p.complain('E2030', p.span());
    if (p.atWord(W.Case) || p.atWord(W.Default)) cases.push(parseCase(p));
    else if (p.atBareTimeout()) cases.push(parseBareTimeout(p));
    else p.failExpected({ zh: '情况 或 默认', en: '情况 or 默认' });
    if (p.panic) {
      wrong = true;
      if (p.pos === at) p.skipToken();
      while (!p.at(T.RBrace) && !p.at(T.End) && !p.atCase()) p.skipToken();
      p.panic = false;
    }
  }
  p.context = saved;
  if (cases.length === 0 && !wrong && p.at(T.RBrace)) p.complain('E2029', p.from(start));
  p.close(open, '}');
  return { kind: 'SelectStmt', span: p.from(start), cases };
}

function parseCase(p: Cursor): SelectCase {
  const { start } = p;
  let operation: SelectOperation;
  if (p.atWord(W.Default)) {
    operation = { kind: 'DefaultOperation', span: p.span() };
    p.advance();
  } else {
    p.advance();
    operation = inContext(p, Context.NoStruct | Context.NoClosure, parseOperation);
  }
  const body = parseCaseBody(p);
  return { kind: 'SelectCase', span: p.from(start), operation, body };
}

/** `超时(10): …` without 情况: reported, and read as with it. */
function parseBareTimeout(p: Cursor): SelectCase {
  const { start } = p;
  const head = p.file.text.slice(start, p.ends[p.behind(p.pos + 1) - 1]);
  const write = `情况 ${head.length <= 30 ? head : '超时(毫秒)'}: …`;
  p.complain('E2001', p.span(), { 期望: { zh: '“情况”', en: '`情况`' }, 实际: p.found() }, { hint: { zh: `写 ${write}`, en: `write ${write}` } });
  const operation = inContext(p, Context.NoStruct | Context.NoClosure, parseOperation);
  const body = parseCaseBody(p);
  return { kind: 'SelectCase', span: p.from(start), operation, body };
}

function parseOperation(p: Cursor): SelectOperation {
  const { start } = p;
  if (p.atWord(W.Timeout) && p.peek(1) === T.LParen) {
    p.advance();
    const milliseconds = parseParenthesisedExpr(p);
    return { kind: 'TimeoutOperation', span: p.from(start), milliseconds };
  }
  if (p.at(T.LeftArrow) || p.at(T.Await)) return parseSource(p, start, [], false);
  const isVar = p.accept(T.Var) || p.accept(T.Mut);
  const targets = [parseExpr(p)];
  while (p.accept(T.Comma)) targets.push(parseExpr(p));
  if (!isVar && targets.length === 1 && p.accept(T.LeftArrow)) {
    const value = parseExpr(p);
    return { kind: 'SendOperation', span: p.from(start), channel: targets[0]!, value };
  }
  const declares = p.accept(T.ColonEq);
  if (declares || p.accept(T.Eq)) return parseSource(p, start, targets, declares || isVar);
  p.fail('E2021', p.errorSpan());
  return { kind: 'DefaultOperation', span: p.from(start) };
}

/** `<-c` or `等待 f` */
function parseSource(p: Cursor, start: number, targets: readonly Expr[], declares: boolean): SelectOperation {
  if (p.accept(T.LeftArrow)) {
    const channel = parseExpr(p);
    if (targets.length > 2) p.complain('E2023', p.from(start), { 左边: targets.length, 右边: 2 });
    return { kind: 'ReceiveOperation', span: p.from(start), targets, declares, channel };
  }
  if (!p.accept(T.Await)) p.fail('E2021', p.errorSpan());
  const future = parseExpr(p);
  if (targets.length > 1) p.complain('E2023', p.from(start), { 左边: targets.length, 右边: 1 });
  return { kind: 'AwaitOperation', span: p.from(start), targets, declares, future };
}

/** What stands behind the head of a case. */
const BEHIND_CASE = { zh: '“:” 或 “=>”', en: '`:` or `=>`' };

export function startsCaseBody(p: Cursor): boolean {
  return p.at(T.Colon) || p.at(T.FatArrow) || p.at(T.LBrace);
}

/** The body of a case: statements up to the next 情况, 默认 or `}` at this depth. */
export function parseCaseBody(p: Cursor): Block {
  if (!p.accept(T.Colon) && !p.accept(T.FatArrow) && !p.at(T.LBrace)) p.failExpected(BEHIND_CASE);
  if (p.panic) p.skipStatement();
  const { start, inCase, context } = p;
  p.inCase = true;
  p.context = Context.Any;
  const statements: Stmt[] = [];
  while (!p.at(T.RBrace) && !p.at(T.End) && !p.atCase() && !p.atBareTimeout()) {
    if (p.accept(T.Semicolon) || p.accept(T.Comma)) continue;
    statements.push(parseStatement(p));
  }
  p.inCase = inCase;
  p.context = context;
  const [only] = statements;
  if (statements.length === 1 && only!.kind === 'Block') return only as Block;
  return { kind: 'Block', span: statements.length === 0 ? { start: p.lastEnd, end: p.lastEnd } : p.from(start), statements };
}
