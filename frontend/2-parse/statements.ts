/**
 * Statements and blocks. Loops and 尝试 are in loops.ts, declarations in declarations.ts and type-declarations.ts.
 *
 * What a statement is follows from its first token, for contextual keywords and type-first declarations from a look at the next ones.
 */

import type { AssignStmt, BinaryOp, Block, Expr, ReturnStmt, Span, Stmt, TupleShape } from '../ast.js';
import { Flag, splitKeyword, T, W } from '../1-lex/token.js';
import { parseSelect, startsSelect } from './concurrency.js';
import { Context, type Cursor } from './cursor.js';
import { parseDeclaration, parseImport, parsePackage, parseTypedVar, parseVar, parseVarBindings, startsDeclaration, startsFunctionDecl, startsTypedVar } from './declarations.js';
import { meantKeyword, NO_ABSTRACT, pinyinKeyword, type Meant } from './english.js';
import { colonHead, doLoop, hasForeignHead, loopWithoutHead, meantImpl, meantLoop, refuseColonHead, refuseDoLoop, refuseLoopWithoutHead } from './foreign.js';
import { hintOperand } from './hints.js';
import { isStep, isWordOperator, parseExpr, startsOperand } from './expressions.js';
import { errorExpr } from './literals.js';
import { parseFor, parseLoop, parseTry, parseWhile } from './loops.js';
import { parseIf, parseMatch, startsFields } from './primary.js';
import { inherits } from './type-declarations.js';
import { scanType } from './types.js';

/** Parses statements up to a closing brace or the end of the file. */
export function parseStatements(p: Cursor): Stmt[] {
  const statements: Stmt[] = [];
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    if (p.accept(T.Semicolon)) continue;
    statements.push(parseStatement(p));
  }
  return statements;
}

/** Parses one statement with its end. Always reads at least one token. */
export function parseStatement(p: Cursor): Stmt {
  const at = p.pos;
  const outer = p.statementStart;
  p.statementStart = at;
  let statement: Stmt;
  if (p.enter()) {
    statement = parseStatementInner(p);
  } else {
    statement = { kind: 'ErrorStmt', span: p.span() };
    p.skipStatement();
  }
  p.leave();
  if (p.pos === at) {
    p.fail('E2005', p.errorSpan(), { 实际: p.found() }, { hint: hintOperand(p) });
    p.skipToken();
    p.skipStatement();
  }
  p.statementStart = outer;
  return statement;
}

/** `{ … }`. Without the brace nothing is read but, after an error, up to a brace on the same line. */
export function parseBlock(p: Cursor): Block {
  if (!p.at(T.LBrace)) {
    p.failExpected('{');
    while (!p.atStatementEnd && !p.at(T.LBrace) && !p.atClosing) p.skipToken();
    if (!p.at(T.LBrace)) {
      p.missBrace();
      return { kind: 'Block', span: { start: p.lastEnd, end: p.lastEnd }, statements: [] };
    }
  }
  const { start, pos: open, context, inCase } = p;
  p.context = Context.Any;
  p.inCase = false;
  p.panic = false;
  p.advance();
  const statements = parseStatements(p);
  p.context = context;
  p.inCase = inCase;
  p.close(open, '}');
  return { kind: 'Block', span: p.from(start), statements };
}

/** What stands behind `=>`: a block, an expression, or a statement without an end of its own. */
export function parseBody(p: Cursor): Expr | Block {
  if (p.at(T.LBrace)) return parseBlock(p);
  const { start } = p;
  const statement = parseSimple(p);
  if (statement.kind === 'ExprStmt') return statement.expr;
  return { kind: 'Block', span: p.from(start), statements: [statement] };
}

/** Reads 否则 behind the block of 如果; for an else-if stops at the word whose place 如果 has. */
export function acceptElse(p: Cursor): 'else' | 'else-if' | undefined {
  if (p.nameAt(p.pos) === 'else' && p.nameAt(p.pos + 1) === 'if' && !p.lineBreak(1)) {
    p.failMeant(p.pos, { write: '否则如果', kind: T.Else, word: undefined });
    p.pos++;
    p.readAs(p.pos, { write: '', kind: T.If, word: undefined });
    return 'else-if';
  }
  readMeant(p, T.Else, W.ElseIf);
  if (p.atWord(W.ElseIf)) return 'else-if';
  if (!p.accept(T.Else)) return undefined;
  readMeant(p, T.If);
  return p.at(T.If) ? 'else-if' : 'else';
}

/**
 * Takes a name for the keyword it was meant to be where that may stand: reports it and reads it as that. A Chinese name counts
 * only when what follows fits: it could begin the next statement.
 */
export function readMeant(p: Cursor, kind: T | undefined, word?: W): void {
  if (!p.at(T.Name) || p.word < W.FirstOther) return;
  const name = p.nameAt(p.pos);
  if (name.charCodeAt(0) > 0x7f && !looksLikeKeyword(p, kind)) return;
  const meant = meantKeyword(name) ?? pinyinKeyword(name);
  if (meant === undefined || !((kind !== undefined && meant.kind === kind) || (word !== undefined && meant.word === word))) return;
  replaceMeant(p, p.pos, meant);
}

export function replaceMeant(p: Cursor, index: number, meant: Meant): void {
  p.failMeant(index, meant);
  p.readAs(index, meant);
}

function parseStatementInner(p: Cursor): Stmt {
  const cases = p.at(T.Name) ? foreignSwitch(p) : -1;
  if (cases > 0) return refuseSwitch(p, cases);
  const colon = p.at(T.Name) ? colonHead(p) : -1;
  if (colon > 0) return refuseColonHead(p, colon);
  if (p.at(T.Name)) {
    const refused = refuseLoop(p) ?? refuseModifier(p);
    if (refused !== undefined) return refused;
  }
  if (p.at(T.Name) && p.word >= W.FirstOther) rewriteMeant(p);
  const { start } = p;
  switch (p.kind) {
    case T.LBrace:
      return endBlock(p, parseBlock(p));
    case T.If:
      return endBlock(p, exprStatement(p, start, parseIf(p)));
    case T.Match:
      return endBlock(p, exprStatement(p, start, parseMatch(p)));
    case T.While:
      return endBlock(p, parseWhile(p, start, undefined));
    case T.Loop:
      return endBlock(p, parseLoop(p, start, undefined));
    case T.For:
      return endBlock(p, parseFor(p, start, undefined));
    case T.Try:
      if (p.peek(1) === T.LBrace) return endBlock(p, parseTry(p));
      return parsePlain(p);
    case T.Defer: {
      p.advance();
      const statement = parseStatement(p);
      return { kind: 'DeferStmt', span: p.from(start), statement };
    }
    case T.Var:
    case T.Mut:
    case T.Immutable:
    case T.Const:
    case T.Public:
    case T.Private:
      return parseDeclaration(p);
    case T.Async:
      return p.peek(1) === T.Function && !startsFunctionDecl(p, p.pos + 1) ? parsePlain(p) : startsDeclaration(p) ? parseDeclaration(p) : parsePlain(p);
    case T.Function:
      if (startsFunctionDecl(p, p.pos)) return parseDeclaration(p);
      return startsTypedVar(p) ? endPlain(p, parseTypedVar(p)) : parseNamelessFunction(p);
    case T.Package: {
      p.complain('E2022', p.span());
      const declaration = parsePackage(p);
      return { kind: 'ErrorStmt', span: declaration.span };
    }
    case T.Import:
      return parseImport(p, 'default', start);
    case T.Else:
      return parseOrphan(p, '如果');
    case T.Catch:
      return parseOrphan(p, '尝试');
    case T.Unit:
    case T.LParen:
    case T.LBracket:
      return startsTypedVar(p) ? endPlain(p, parseTypedVar(p)) : parsePlain(p);
    case T.Name:
      return parseNameStatement(p);
    default:
      return parsePlain(p);
  }
}

/** `从 0 到 3 { … }`, `重复 3 次 { … }`, `做 { … } 当 (条件)`. */
function refuseLoop(p: Cursor): Stmt | undefined {
  const { start } = p;
  const behind = doLoop(p);
  if (behind > 0) return refuseDoLoop(p, behind);
  const brace = loopWithoutHead(p);
  if (brace < 0) return undefined;
  refuseLoopWithoutHead(p, brace);
  parseBlock(p);
  p.accept(T.Semicolon);
  return { kind: 'ErrorStmt', span: p.from(start) };
}

/** `抽象 类型 …`, `全局 变量 …`: a word before a declaration that is none of Qi's modifiers. The declaration is read. */
function refuseModifier(p: Cursor): Stmt | undefined {
  const word = p.nameAt(p.pos);
  const isAbstract = /^(?:抽象|abstract)$/.test(word);
  if (!isAbstract && !MODIFIERS.test(word)) return undefined;
  const next = p.peek(1);
  const declares = next === T.Function || next === T.Var || next === T.Mut || next === T.Const || (next === T.Name && p.peek(2) === T.Name && isTypeWord(meantKeyword(p.nameAt(p.pos + 1))?.word ?? p.peekWord(1)));
  if (p.lineBreak(1) || !declares) return undefined;
  p.complain('E2010', p.span(), { 写法: word, 建议: '' }, { hint: isAbstract ? NO_ABSTRACT : { zh: `删去 ${word}`, en: `leave out ${word}` } });
  p.advance();
  p.statementStart = p.pos;
  return parseStatementInner(p);
}

function isTypeWord(word: number): boolean {
  return word >= W.Type && word <= W.Trait;
}

/** Modifiers of other languages, and translated from them. */
const MODIFIERS = /^(?:全局|局部|外部|虚|虚拟|重写|覆盖|密封|只读|受保护|protected|virtual|override|global|nonlocal|extern|unsafe|sealed|readonly|internal|constexpr)$/;

/** Names for the statement that chooses by a value, in other languages and translated from them. */
const SWITCHES: ReadonlySet<string> = new Set(['switch', 'select', '切换', '分支', '开关', '选择', '选']);

/** `switch (x) { case 1: … }`, `切换 x { 情况 1: … }`: index of the brace, or -1. */
function foreignSwitch(p: Cursor): number {
  if (!SWITCHES.has(p.nameAt(p.pos)) || p.lineBreak(1) || p.peek(1) === T.LBrace) return -1;
  let at = p.pos + 1;
  while (p.kinds[at] !== T.LBrace) {
    const kind = p.kinds[at]!;
    if (kind === T.End || kind === T.Semicolon || kind === T.RBrace || kind === T.Eq || (p.flags[at]! & Flag.Newline) !== 0) return -1;
    at = kind === T.LParen || kind === T.LBracket ? p.behind(at) : at + 1;
    if (at < 0) return -1;
  }
  return /^(?:case|default|情况|默认)$/.test(p.nameAt(at + 1)) && p.behind(at) > 0 ? at : -1;
}

/** One error for the whole of it: the arms make no sense one by one. */
function refuseSwitch(p: Cursor, brace: number): Stmt {
  const { start } = p;
  const word = p.text(p.pos);
  const zh = '写 匹配 x { 1 => …, 2 | 3 => …, _ => … }，分支之间不用 跳出';
  const en = 'write 匹配 x { 1 => …, 2 | 3 => …, _ => … }; arms do not fall through, so no break';
  if (word !== '选择') p.fail('E2010', p.span(), { 写法: word, 建议: '匹配' }, { hint: { zh, en } });
  else {
    p.advance();
    p.fail('E2001', p.span(), { 期望: { zh: '“{”', en: '`{`' }, 实际: p.found() }, { hint: { zh: `选择 等几个通道里先就绪的；按值分情况${zh}`, en: `选择 waits for the first ready channel; to choose by a value ${en}` } });
  }
  p.pos = p.behind(brace);
  p.panic = false;
  p.accept(T.Semicolon);
  return { kind: 'ErrorStmt', span: p.from(start) };
}

/** A closure that is a whole statement can never be called: it was meant as a function, and its name is missing. */
function parseNamelessFunction(p: Cursor): Stmt {
  const place = { start: p.starts[p.pos + 1]!, end: p.ends[p.pos + 1]! };
  const found = p.text(p.pos + 1);
  const statement = parsePlain(p);
  if (statement.kind === 'ExprStmt' && statement.expr.kind === 'ClosureExpr') {
    const hint = { zh: '函数要有名称：函数 名(…) { … }；闭包写 变量 f = (x) => …', en: 'a function has a name: 函数 name(…) { … }; a closure is 变量 f = (x) => …' };
    p.complain('E2001', place, { 期望: { zh: '函数名', en: 'the name of a function' }, 实际: { zh: `“${found}”`, en: `\`${found}\`` } }, { hint });
  }
  return statement;
}

/** `枚举 { 红 }`: the name of the type is missing. */
function refuseNameless(p: Cursor): Stmt {
  const { start } = p;
  p.advance();
  p.failExpected({ zh: '类型名', en: 'the name of a type' });
  p.skipStatement();
  p.accept(T.Semicolon);
  return { kind: 'ErrorStmt', span: p.from(start) };
}

/** A clause without the statement it goes on: reported, and its block read. */
function parseOrphan(p: Cursor, owner: string): Stmt {
  const { start } = p;
  // Behind a block without braces, or one that is not closed, it is the rest of that mistake.
  if (!p.missesBrace && !p.hasOpenBrace) p.fail('E2026', p.span(), { 词: p.text(p.pos), 所属: owner });
  p.advance();
  while (!p.atStatementEnd && !p.at(T.LBrace)) p.skipToken();
  if (p.at(T.LBrace)) parseBlock(p);
  p.panic = false;
  return { kind: 'ErrorStmt', span: p.from(start) };
}

/** `从 工具 导入 甲, 乙`, as in Python; `at` is the index of 导入. */
function refuseFromImport(p: Cursor, at: number): Stmt {
  const { start } = p;
  const path = p.file.text.slice(p.starts[p.pos + 1]!, p.ends[at - 1]!);
  const write = `导入 ${path} { 甲, 乙 }`;
  p.fail('E2001', p.span(), { 期望: { zh: '“导入”', en: '`导入`' }, 实际: p.found() }, { hint: { zh: `写 ${write}`, en: `write ${write}` } });
  p.skipStatement();
  p.accept(T.Semicolon);
  return { kind: 'ErrorStmt', span: p.from(start) };
}

/** What makes the word before it a name, since no condition begins so: `=`, `+=`, `,`, `:`, `.`. */
function followsName(next: T): boolean {
  return next === T.Comma || next === T.Colon || next === T.Dot || next === T.Eq || (next >= T.PlusEq && next <= T.LtLtEq);
}

/** Statements that begin with a name, or with a contextual keyword. */
function parseNameStatement(p: Cursor): Stmt {
  const { start } = p;
  const next = p.peek(1);
  if (p.word < W.FirstOther) {
    if (p.atWord(W.AsciiLet) && (next === T.Name || next === T.LParen) && !p.lineBreak(1) && p.peek(2) !== T.End) {
      p.warn('W2001', p.span(), { 写法: 'let', 建议: '变量' });
      p.kinds[p.pos] = T.Var;
      return endPlain(p, parseVar(p, 'default', p.pos));
    }
    if (startsDeclaration(p)) return parseDeclaration(p);
    if (p.word >= W.Type && p.word <= W.Trait && next === T.LBrace && p.peek(3) !== T.Colon && !p.lineBreak(1) && !p.declaresType(p.nameAt(p.pos))) return refuseNameless(p);
    if (p.atWord(W.From) && next === T.Name && !p.lineBreak(1)) {
      const at = scanType(p, p.pos + 1);
      if (p.kinds[at] === T.Import) return refuseFromImport(p, at);
    }
    if (p.atWord(W.ElseIf) && !p.lineBreak(1) && !followsName(next)) return parseOrphan(p, '如果');
    if ((p.atWord(W.Finally) || p.atWord(W.Lastly)) && next === T.LBrace && !startsFields(p, 1)) return parseOrphan(p, '尝试');
    if (p.atWord(W.Select) && startsSelect(p)) return endBlock(p, parseSelect(p));
  }
  if (next === T.Colon) {
    const loop = p.peek(2);
    if (loop === T.Loop || loop === T.While || loop === T.For) {
      const label = p.takeName();
      p.advance();
      if (loop === T.Loop) return endBlock(p, parseLoop(p, start, label));
      return endBlock(p, loop === T.While ? parseWhile(p, start, label) : parseFor(p, start, label));
    }
    return parseNamedColon(p);
  }
  if ((next === T.Name || next === T.Lt || next === T.Dot || next === T.ColonColon || next === T.LBracket) && startsTypedVar(p)) return endPlain(p, parseTypedVar(p));
  return parsePlain(p);
}

/** `x: 整数 = 1` declares, as in Python; any other `名:` is a label without a loop. */
function parseNamedColon(p: Cursor): Stmt {
  const name = p.nameAt(p.pos);
  const afterType = scanType(p, p.pos + 2);
  if (afterType > 0 && p.kinds[afterType] === T.Eq && splitKeyword(name) === undefined) {
    return endPlain(p, parseVarBindings(p, 'default', p.pos, 'mutable'));
  }
  const meant = meantKeyword(name);
  if (name.charCodeAt(0) < 0x80 && meant !== undefined) {
    // `else:` of another language; behind a block without braces it is the rest of that mistake.
    if (!p.missesBrace) p.failMeant(p.pos, meant);
  } else p.fail('E2015', p.span(), { 名称: name });
  p.pos += 2;
  p.skipStatement();
  return { kind: 'ErrorStmt', span: p.from(p.starts[p.statementStart]!) };
}

/** A word at the start of a statement that cannot be a name there is read as the keyword it was meant to be. */
function rewriteMeant(p: Cursor): void {
  const name = p.nameAt(p.pos);
  if (name.charCodeAt(0) < 0x80) {
    const meant = meantKeyword(name) ?? (looksLikeKeyword(p, undefined) && !startsTypedVar(p) ? pinyinKeyword(name) : undefined);
    if (meant === undefined) return;
    if (meant.kind === T.For && hasForeignHead(p, p.pos + 1)) p.readAs(p.pos, meant);
    else if (meant.word === W.Struct && inherits(p, p.pos + 2)) p.readAs(p.pos, meant);
    else if (meant.word === W.Impl && looksLikeKeyword(p, undefined)) replaceMeant(p, p.pos, meantImpl(p, meant));
    else if (looksLikeKeyword(p, meant.kind)) replaceMeant(p, p.pos, meantLoop(p, meant));
    return;
  }
  if (!looksLikeKeyword(p, undefined) || startsTypedVar(p)) return;
  const meant = meantKeyword(name);
  if (meant?.word === W.Struct && inherits(p, p.pos + 2)) p.readAs(p.pos, meant);
  else if (meant !== undefined) replaceMeant(p, p.pos, meant);
}

function looksLikeKeyword(p: Cursor, kind: T | undefined): boolean {
  const next = p.peek(1);
  if (p.lineBreak(1) || next === T.End || next === T.Semicolon || next === T.RBrace) {
    return kind === T.Break || kind === T.Continue || kind === T.Return;
  }
  // `function 加(a, b) {`: the name of a function may be an operator word.
  if (next === T.Name && kind === T.Function && p.peek(2) === T.LParen) return true;
  // `await 加(1)`: an operator word that is called is a name.
  if (next === T.Name) return !isWordOperator(p.peekWord(1)) || (kind !== undefined && kind >= T.Await && p.peek(2) === T.LParen && (p.flags[p.pos + 2]! & Flag.Space) === 0);
  if (next === T.LBrace) return p.nameAt(p.pos).charCodeAt(0) < 0x80 || !startsFields(p, 1);
  if (next >= T.FirstKeyword) return next !== T.As && next !== T.In;
  if (next === T.LParen) {
    const behind = p.peekBehind(1);
    // `输入(提示)` and a block on the next line are two statements; `if (x)` of another language may have its brace there.
    return behind > 0 && p.peek(behind) === T.LBrace && (!p.lineBreak(behind) || p.nameAt(p.pos).charCodeAt(0) < 0x80);
  }
  return next >= T.Int && next <= T.InterpolationStart;
}

// --- statements without a block -----------------------------------------------------------------

function parsePlain(p: Cursor): Stmt {
  const statement = parseSimple(p);
  return endsWithBlock(statement) ? endBlock(p, statement) : endPlain(p, statement);
}

/** `启动 { … }`, `并发 { … }` and the like end at their brace. */
function endsWithBlock(statement: Stmt): boolean {
  if (statement.kind !== 'ExprStmt') return false;
  switch (statement.expr.kind) {
    case 'ConcurrentExpr':
    case 'DeadlineExpr':
    case 'ShieldExpr':
      return true;
    case 'SpawnExpr':
    case 'DetachExpr':
      return statement.expr.body.kind === 'Block';
    default:
      return false;
  }
}

function endPlain<S extends Stmt>(p: Cursor, statement: S): S {
  p.endStatement();
  return statement;
}

function endBlock<S extends Stmt>(p: Cursor, statement: S): S {
  if (p.panic) p.skipStatement();
  p.accept(T.Semicolon);
  return statement;
}

function exprStatement(p: Cursor, start: number, expr: Expr): Stmt {
  return { kind: 'ExprStmt', span: p.from(start), expr };
}

/** A statement without its end: jumps, assignments, sends, expressions. */
export function parseSimple(p: Cursor): Stmt {
  const { start } = p;
  switch (p.kind) {
    case T.Return:
      return parseReturn(p);
    case T.Break:
    case T.Interrupt:
    case T.Continue: {
      const kind = p.at(T.Continue) ? 'ContinueStmt' : 'BreakStmt';
      p.advance();
      const label = p.at(T.Name) && !p.lineBreak() && !(p.inCase && p.atCase()) ? p.takeName() : undefined;
      return { kind, span: p.from(start), label };
    }
    default:
      break;
  }
  const first = parseExpr(p);
  if (p.newline) return exprStatement(p, start, first);
  if (p.at(T.LeftArrow)) {
    p.advance();
    const value = parseExpr(p);
    return { kind: 'SendStmt', span: p.from(start), channel: first, value };
  }
  const targets = [first];
  if (p.at(T.Comma) && isTargetList(p)) {
    while (p.accept(T.Comma)) targets.push(parseExpr(p));
  }
  if (p.at(T.Eq) || p.at(T.ColonEq)) {
    if (p.at(T.ColonEq)) p.complain('E2018', p.span());
    return parseAssignment(p, start, targets, undefined);
  }
  const op = assignmentOperator(p);
  if (op !== undefined) return parseAssignment(p, start, targets, op);
  if ((p.at(T.Plus) || p.at(T.Minus)) && isStep(p, p.kind)) {
    const sign = p.text(p.pos);
    p.fail('E2017', { start: p.start, end: p.ends[p.pos + 1]! }, { 写法: sign + sign, 建议: `${p.file.text.slice(start, p.lastEnd)} ${sign}= 1` });
  }
  return exprStatement(p, start, first);
}

/** Is there an `=` behind the list of expressions that begins at this comma? (In arms and bodies a comma separates.) */
function isTargetList(p: Cursor): boolean {
  for (let i = p.pos + 1; ; i++) {
    const kind = p.kinds[i] as T;
    if ((kind >= T.Eq && kind <= T.LtLtEq) || kind === T.ColonEq) return true;
    if (kind >= T.LParen && kind <= T.InterpolationOpen) {
      const behind = p.behind(i);
      if (behind < 0 || kind === T.LBrace) return false;
      i = behind - 1;
      continue;
    }
    if ((p.flags[i]! & Flag.Newline) !== 0 && p.kinds[i - 1] !== T.Comma) return false;
    const inTarget = kind === T.Name || kind === T.Comma || kind === T.Dot || kind === T.Int || kind === T.ColonColon || kind === T.Star || kind === T.Deref;
    if (!inTarget) return false;
  }
}

/** The operator of a compound assignment, read when there is one. */
function assignmentOperator(p: Cursor): BinaryOp | undefined {
  if (p.at(T.Gt)) {
    if (p.peek(1) !== T.Gt || p.peek(2) !== T.Eq) return undefined;
    p.pos += 2;
    return '>>';
  }
  switch (p.kind) {
    case T.PlusEq:
      return '+';
    case T.MinusEq:
      return '-';
    case T.StarEq:
      return '*';
    case T.SlashEq:
      return '/';
    case T.PercentEq:
      return '%';
    case T.AmpEq:
      return '&';
    case T.PipeEq:
      return '|';
    case T.CaretEq:
      return '^';
    case T.LtLtEq:
      return '<<';
    default:
      return undefined;
  }
}

/** At `=` or a compound sign. */
function parseAssignment(p: Cursor, start: number, left: readonly Expr[], op: BinaryOp | undefined): AssignStmt {
  const groups = left.length === 1 && left[0]!.kind === 'TupleExpr' && op === undefined ? left[0]!.elements : left;
  const nested = op === undefined && groups.some((target) => target.kind === 'TupleExpr');
  const targets = nested ? groups.flatMap(leaves) : groups;
  for (const target of targets) checkTarget(p, target);
  p.advance();
  const values = [parseExpr(p)];
  // Behind `=>` a comma may separate; where a statement stands alone, every value belongs to it.
  const alone = p.starts[p.statementStart] === start;
  while (p.at(T.Comma) && (values.length < groups.length || alone)) {
    if (values.length >= groups.length && p.lineBreak(1)) return refuseLastComma(p, { kind: 'AssignStmt', span: p.from(start), targets, shape: undefined, op, values });
    p.advance();
    values.push(parseExpr(p));
  }
  const fits = values.length === 1 ? op === undefined || groups.length === 1 : op === undefined && values.length === groups.length;
  if (!fits) p.complain('E2023', p.from(start), { 左边: groups.length, 右边: values.length });
  if (p.at(T.Eq)) p.fail('E2011', p.span());
  const shape = nested ? shapeOf(groups, { start, end: groups.at(-1)!.span.end }) : undefined;
  return { kind: 'AssignStmt', span: p.from(start), targets, shape, op, values };
}

/** `x = 5,` at the end of a line: the next line is a statement of its own, and no second value. */
function refuseLastComma(p: Cursor, statement: AssignStmt): AssignStmt {
  p.complain('E2023', p.span(), { 左边: statement.targets.length, 右边: statement.values.length + 1 }, {
    hint: { zh: '删去行末的逗号：它让下一行成了又一个值', en: 'leave out the comma at the end of the line: it makes the next line one more value' },
  });
  p.advance();
  return statement;
}

/** The places in a target that takes a tuple apart. */
function leaves(target: Expr): readonly Expr[] {
  return target.kind === 'TupleExpr' ? target.elements.flatMap(leaves) : [target];
}

function shapeOf(groups: readonly Expr[], span: Span): TupleShape {
  return { span, parts: groups.map((target) => (target.kind === 'TupleExpr' ? shapeOf(target.elements, target.span) : undefined)), type: undefined };
}

function checkTarget(p: Cursor, target: Expr): void {
  switch (target.kind) {
    case 'NameExpr':
    case 'MemberExpr':
    case 'IndexExpr':
    case 'DerefExpr':
    case 'ErrorExpr':
    case 'PathExpr':
      return;
    default:
      p.complain('E2012', target.span);
  }
}

function parseReturn(p: Cursor): ReturnStmt {
  const { start } = p;
  p.advance();
  if (p.lineBreak() || !startsOperand(p)) {
    const ends = p.atStatementEnd || p.at(T.Comma) || p.at(T.RParen) || p.at(T.RBracket);
    if (!ends) errorExpr(p);
    return { kind: 'ReturnStmt', span: p.from(start), value: undefined };
  }
  const valueStart = p.start;
  const values = [parseExpr(p)];
  // In an arm a comma separates; only at the start of a statement it makes a tuple.
  while (p.at(T.Comma) && p.starts[p.statementStart] === start && p.kinds[p.statementStart] === T.Return) {
    p.advance();
    values.push(parseExpr(p));
  }
  const value: Expr = values.length === 1 ? values[0]! : { kind: 'TupleExpr', id: p.newId(), span: p.from(valueStart), elements: values };
  return { kind: 'ReturnStmt', span: p.from(start), value };
}
