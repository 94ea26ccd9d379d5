/** The forms of concurrency: 创建 启动 协程 并发 截止 屏蔽, and 选择 with its 情况. */

import type { Block, Expr, SelectCase, SelectOperation, SelectStmt, Stmt } from '../ast.js';
import { T, W } from '../1-lex/token.js';
import { Context, type Cursor } from './cursor.js';
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
    p.close(open, ')');
  }
  const body = parseBlock(p);
  return { kind: 'ConcurrentExpr', id: p.newId(), span: p.from(start), limit, body };
}

/** `截止(ms) { … }` */
export function parseDeadline(p: Cursor): Expr {
  const { start } = p;
  p.advance();
  const milliseconds = parseParenthesisedExpr(p);
  const body = parseBlock(p);
  return { kind: 'DeadlineExpr', id: p.newId(), span: p.from(start), milliseconds, body };
}

/** `屏蔽 { … }` */
export function parseShield(p: Cursor): Expr {
  const { start } = p;
  p.advance();
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
  return !isOwnLiteral(p) || (p.peekWord(2) === W.Default && !p.ownStructs.has(p.word));
}

export function parseSelect(p: Cursor): SelectStmt {
  const { start } = p;
  p.advance();
  const open = p.open();
  const saved = p.context;
  p.context = Context.Any;
  const cases: SelectCase[] = [];
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    if (p.accept(T.Comma) || p.accept(T.Semicolon)) continue;
    const at = p.pos;
    p.statementStart = at;
    if (p.atWord(W.Case) || p.atWord(W.Default)) cases.push(parseCase(p));
    else if (p.atBareTimeout()) cases.push(parseBareTimeout(p));
    else p.failExpected({ zh: '情况 或 默认', en: '情况 or 默认' });
    if (p.panic) {
      if (p.pos === at) p.skipToken();
      while (!p.at(T.RBrace) && !p.at(T.End) && !p.atCase()) p.skipToken();
      p.panic = false;
    }
  }
  p.context = saved;
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

export function startsCaseBody(p: Cursor): boolean {
  return p.at(T.Colon) || p.at(T.FatArrow) || p.at(T.LBrace);
}

/** The body of a case: statements up to the next 情况, 默认 or `}` at this depth. */
export function parseCaseBody(p: Cursor): Block {
  if (!p.accept(T.Colon) && !p.accept(T.FatArrow) && !p.at(T.LBrace)) p.failExpected(':');
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
