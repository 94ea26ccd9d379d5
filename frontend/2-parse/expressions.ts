/**
 * Expressions: binary operators by precedence climbing, prefix operators, and postfix chains. Primary expressions are in
 * primary.ts, closures in closures.ts.
 *
 * Whether an operator at the start of a line goes on with the expression is decided in `binaryOperator`: `- * & <- ( [` and
 * operator words start a new statement there, other signs continue.
 */

import type { BinaryOp, Expr, Name, NamedType, UnaryOp } from '../ast.js';
import type { Localized } from '../diagnostics.js';
import { Flag, T, W } from '../1-lex/token.js';
import { Context, type Cursor } from './cursor.js';
import { parseDetach, parseSpawn } from './concurrency.js';
import { meantOperator } from './english.js';
import { meantComparison } from './foreign.js';
import { parseArguments, parsePrimary, parseStructFields } from './primary.js';
import { atLenticular, errorExpr } from './literals.js';
import { parseType, parseTypeArgs, scanTypeArgs } from './types.js';

const MEMBER_NAME = { zh: '成员名', en: 'the name of a member' };

/** Precedence levels, low to high. */
const enum Level {
  Or = 1,
  And,
  Comparison,
  Range,
  BitOr,
  BitXor,
  BitAnd,
  Shift,
  Sum,
  Product,
  Cast,
}

/** Parses an expression; reports E2005 and gives an ErrorExpr when there is none. */
export function parseExpr(p: Cursor): Expr {
  const outer = p.height;
  p.height = 0;
  let expr: Expr;
  if (p.enter()) expr = parseBinary(p, Level.Or);
  else expr = errorExpr(p);
  p.leave();
  p.height = Math.max(outer, p.height + 1);
  return expr;
}

/** For `如果 有(v) = x`. */
const OPEN_BY_MATCH: Localized = { zh: '取出其中的值写 匹配 x { 有(v) => … _ => … }', en: 'the value inside is taken by 匹配 x { 有(v) => … _ => … }' };

/** Parses the head of a statement, directly before its `{`. */
export function parseHead(p: Cursor): Expr {
  const expr = inContext(p, p.context | Context.NoStruct, parseExpr);
  const hint = p.statementSign;
  // No condition is a closure: `x => 2`.
  const isClosure = expr.kind === 'ClosureExpr' && expr.body.kind !== 'Block' && p.file.text.startsWith('=>', expr.body.span.start - 3);
  const meant = isClosure ? undefined : meantComparison(p);
  if (isClosure) p.complain('E2017', { start: expr.body.span.start - 3, end: expr.body.span.start - 1 }, { 写法: '=>', 建议: '>=' });
  if (meant !== undefined) {
    p.complain('E2017', { start: p.start, end: p.ends[p.pos + meant.length - 1]! }, { 写法: p.file.text.slice(p.start, p.ends[p.pos + meant.length - 1]), 建议: meant.write });
    p.pos += meant.length;
    inContext(p, p.context | Context.NoStruct, parseExpr);
  } else if (p.at(T.Eq) || p.at(T.ColonEq) || hint !== undefined) {
    const opened = hint ?? (p.at(T.Eq) && /^(?:有|成功|失败)\(/.test(p.file.text.slice(expr.span.start, expr.span.end)) ? OPEN_BY_MATCH : undefined);
    p.complain('E2011', p.span(), {}, opened === undefined ? {} : { hint: opened });
    p.advance();
    inContext(p, p.context | Context.NoStruct, parseExpr);
  }
  refuseDo(p);
  return expr;
}

/** `当 条件 执行 {`, `if x then {` of other languages: the block needs no word before it. */
export function refuseDo(p: Cursor): void {
  if (!p.at(T.Name) || p.peek(1) !== T.LBrace || p.lineBreak() || !/^(?:执行|那么|则|就|做|do|then)$/u.test(p.nameAt(p.pos))) return;
  const word = p.nameAt(p.pos);
  p.complain('E2001', p.span(), { 期望: { zh: '“{”', en: '`{`' }, 实际: p.found() }, { hint: { zh: `删去 ${word}：头部之后直接是 { … }`, en: `leave out ${word}: the block follows the head` } });
  p.advance();
}

/** Runs a parse function with other restrictions. */
export function inContext<R>(p: Cursor, context: Context, parse: (p: Cursor) => R): R {
  const saved = p.context;
  p.context = context;
  const result = parse(p);
  p.context = saved;
  return result;
}

type Infix = BinaryOp | '..' | '..=' | 'as';

const LEVELS: Readonly<Record<Infix, Level>> = {
  '||': Level.Or, '&&': Level.And,
  '==': Level.Comparison, '!=': Level.Comparison, '<': Level.Comparison,
  '<=': Level.Comparison, '>': Level.Comparison, '>=': Level.Comparison,
  '..': Level.Range, '..=': Level.Range,
  '|': Level.BitOr, '^': Level.BitXor, '&': Level.BitAnd,
  '<<': Level.Shift, '>>': Level.Shift,
  '+': Level.Sum, '-': Level.Sum,
  '*': Level.Product, '/': Level.Product, '%': Level.Product,
  as: Level.Cast,
};

const SIGN_OPERATORS: ReadonlyMap<T, Infix> = new Map<T, Infix>([
  [T.Plus, '+'], [T.Minus, '-'], [T.Star, '*'], [T.Slash, '/'], [T.Percent, '%'],
  [T.LtLt, '<<'], [T.Amp, '&'], [T.Caret, '^'], [T.Pipe, '|'], [T.DotDot, '..'], [T.DotDotEq, '..='],
  [T.EqEq, '=='], [T.BangEq, '!='], [T.Lt, '<'], [T.LtEq, '<='], [T.AmpAmp, '&&'], [T.PipePipe, '||'],
]);

const WORD_OPERATORS: ReadonlyMap<number, Infix> = new Map<number, Infix>([
  [W.Add, '+'], [W.Sub, '-'], [W.Mul, '*'], [W.Div, '/'], [W.Rem, '%'],
  [W.Equal, '=='], [W.NotEqual, '!='], [W.Greater, '>'], [W.Less, '<'], [W.GreaterEqual, '>='], [W.LessEqual, '<='],
  [W.And, '&&'], [W.Or, '||'], [W.AsciiAs, 'as'],
]);

/** Is a word an operator after a complete operand? */
export function isWordOperator(word: number): boolean {
  return word >= W.Add && word <= W.AsciiAs && WORD_OPERATORS.has(word);
}

/** The binary operator here, or undefined when the expression does not go on. */
function binaryOperator(p: Cursor): Infix | undefined {
  const { kind } = p;
  if (kind === T.Name) {
    if (p.lineBreak()) return undefined;
    if (p.word >= W.FirstOther) readMeantOperator(p);
    return isWordOperator(p.word) ? WORD_OPERATORS.get(p.word) : undefined;
  }
  if (kind < T.DotDot || kind > T.As) return undefined;
  switch (kind) {
    case T.Plus:
      return isStep(p, kind) ? undefined : '+';
    case T.Minus:
      return p.newline || isStep(p, kind) ? undefined : '-';
    case T.Star:
    case T.Amp:
      return p.newline ? undefined : SIGN_OPERATORS.get(kind);
    case T.DotDot:
    case T.DotDotEq:
      return p.lineBreak() && startsRangeArm(p) ? undefined : SIGN_OPERATORS.get(kind);
    case T.Gt:
      return greater(p);
    case T.As:
      return p.lineBreak() ? undefined : 'as';
    default:
      return SIGN_OPERATORS.get(kind);
  }
}

/** A name between two operands was meant as an operator: `a and b`, `a 大鱼 b`. */
function readMeantOperator(p: Cursor): void {
  if (p.lineBreak(1)) return;
  p.pos++;
  const operand = startsOperand(p) && !p.at(T.LBracket);
  p.pos--;
  const meant = operand ? meantOperator(p.nameAt(p.pos)) : undefined;
  if (meant === undefined) return;
  p.failMeant(p.pos, meant);
  p.readAs(p.pos, meant);
}

/** `i++` and `i--` at the end of a statement: there are no such operators, and the statement says so. */
export function isStep(p: Cursor, sign: T): boolean {
  if (p.peek(1) !== sign || !p.adjacent) return false;
  const next = p.peek(2);
  return next === T.Semicolon || next === T.RBrace || next === T.End || p.lineBreak(2);
}

/** `..0 => …`, `..=甲 如果 …`: an arm of 匹配 begins, and the one above it is complete. */
export function startsRangeArm(p: Cursor): boolean {
  const n = p.peek(1) === T.Minus ? 2 : 1;
  const end = p.peek(n);
  const next = p.peek(n + 1);
  return (end === T.Name || (end >= T.Int && end <= T.Char)) && (next === T.FatArrow || next === T.If);
}

/** Joins `>` with what stands directly behind it. */
function greater(p: Cursor): Infix | undefined {
  if (!p.adjacent) return '>';
  if (p.peek(1) === T.Eq) return '>=';
  if (p.peek(1) !== T.Gt) return '>';
  // `>>=` is an assignment.
  return p.peek(2) === T.Eq && (p.flags[p.pos + 2]! & Flag.Space) === 0 ? undefined : '>>';
}

function parseBinary(p: Cursor, minimum: Level): Expr {
  const { start } = p;
  let left = parseUnary(p);
  let comparisons = 0;
  let operands = 1;
  for (;;) {
    const op = binaryOperator(p);
    if (op === undefined) return left;
    const current = LEVELS[op];
    if (current < minimum) return left;
    if (current === Level.Comparison) {
      if (++comparisons === 2) p.complain('E2009', p.span());
    }
    const signStart = p.pos;
    p.pos += p.at(T.Gt) && op !== '>' ? 2 : 1;
    if (!(isLink(op) ? p.link(++operands) : p.grow())) return left;
    refuseForeignSign(p, op, signStart);
    left = parseRight(p, start, left, op, current);
    if (p.pos === signStart) return left;
  }
}

/** Does the operator make a BinaryExpr? Chains of these may be long. */
function isLink(op: Infix): boolean {
  return op !== 'as' && op !== '..' && op !== '..=';
}

/** `===`, `!==`, `<>` and `**` of other languages, behind their first part: reported, and the rest of the sign read. */
function refuseForeignSign(p: Cursor, op: Infix, signStart: number): void {
  if (p.hasFlag(Flag.Space)) return;
  let instead: string;
  if ((op === '==' || op === '!=' || op === '<=') && p.at(T.Eq)) instead = op;
  else if (op === '>' && p.at(T.EqEq)) instead = '>=';
  else if (op === '<' && p.at(T.Gt)) instead = '!=';
  else if (op === '+' && p.at(T.Plus)) instead = '+= 1';
  else if (op === '*' && p.at(T.Star)) instead = '标准库.数学 的 整数幂(底, 次数)';
  else return;
  const start = p.starts[signStart]!;
  const end = p.ends[p.pos]!;
  // Who writes `===` once writes it everywhere.
  p.complainOnce(op === '!=' ? '==' : op, 'E2017', { start, end }, { 写法: p.file.text.slice(start, end), 建议: instead });
  p.advance();
}

function parseRight(p: Cursor, start: number, left: Expr, op: Infix, current: Level): Expr {
  if (op === 'as') {
    const type = parseType(p);
    return { kind: 'CastExpr', id: p.newId(), span: p.from(start), operand: left, type };
  }
  if (op === '..' || op === '..=') {
    const to = startsOperand(p) ? parseOperand(p, (current + 1) as Level) : undefined;
    return { kind: 'RangeExpr', id: p.newId(), span: p.from(start), from: left, to, inclusive: op === '..=' };
  }
  const right = parseOperand(p, (current + 1) as Level);
  return { kind: 'BinaryExpr', id: p.newId(), span: p.from(start), op, left, right };
}

/** The right side of an operator: like parseExpr, with its height below that of the whole. */
function parseOperand(p: Cursor, minimum: Level): Expr {
  const outer = p.height;
  p.height = 0;
  const expr = parseBinary(p, minimum);
  p.height = Math.max(outer, p.height + 1);
  return expr;
}

/** Can the current token begin an operand? */
export function startsOperand(p: Cursor): boolean {
  const { kind } = p;
  if (kind <= T.InterpolationStart) return kind !== T.End;
  switch (kind) {
    case T.LParen:
    case T.LBracket:
    case T.Minus:
    case T.Bang:
    case T.Tilde:
    case T.LeftArrow:
    case T.Amp:
    case T.Star:
    case T.DotDot:
    case T.DotDotEq:
    case T.Function:
    case T.If:
    case T.Match:
    case T.True:
    case T.False:
    case T.Unit:
    case T.Async:
    case T.Await:
    case T.Detach:
    case T.Throw:
    case T.Try:
    case T.Suspend:
    case T.Resume:
    case T.Spawn:
    case T.Clone:
    case T.AddressOf:
    case T.Deref:
      return true;
    case T.LBrace:
      return (p.context & Context.NoStruct) === 0;
    default:
      return false;
  }
}

/** Prefix operators. */
export function parseUnary(p: Cursor): Expr {
  switch (p.kind) {
    case T.Minus:
      return prefix(p, '-');
    case T.Bang:
      return prefix(p, '!');
    case T.Tilde:
      return prefix(p, '~');
    case T.Plus:
      if (p.peek(1) === T.Plus && p.adjacent) {
        p.complain('E2017', { start: p.start, end: p.ends[p.pos + 1]! }, { 写法: '++', 建议: '+= 1' });
        p.pos += 2;
        return parsePrefixOperand(p);
      }
      break;
    case T.Await:
    case T.Resume:
    case T.LeftArrow:
    case T.Amp:
    case T.AddressOf:
    case T.Star:
    case T.Deref:
    case T.Clone:
    case T.Try:
      return parsePrefixForm(p);
    case T.Spawn:
      return parseSpawn(p);
    case T.Detach:
      return parseDetach(p);
    case T.Name:
      if (p.atWord(W.Not) && notIsOperator(p)) return prefix(p, '!');
      break;
    default:
      break;
  }
  const { start } = p;
  return parsePostfix(p, start, parsePrimary(p));
}

/** 非 is an operator when an operand follows on its line; `-`, `&` and the like would make 非 the operand. */
function notIsOperator(p: Cursor): boolean {
  if (p.lineBreak(1)) return false;
  const next = p.peek(1);
  if (next === T.Name) return !isWordOperator(p.peekWord(1));
  return (
    next === T.LParen || next === T.Bang || next === T.True || next === T.False || next === T.Await ||
    next === T.Try || next === T.LeftArrow || next === T.Resume || next === T.Deref || next === T.Function ||
    (next >= T.Int && next <= T.InterpolationStart)
  );
}

/** Reads the operand of a prefix operator, which stands one level deeper. */
export function parsePrefixOperand(p: Cursor): Expr {
  if (!p.enter()) {
    p.leave();
    return errorExpr(p);
  }
  const operand = parseUnary(p);
  p.leave();
  p.grow();
  return operand;
}

function prefix(p: Cursor, op: UnaryOp): Expr {
  const { start } = p;
  const sign = p.pos;
  p.advance();
  const operand = parsePrefixOperand(p);
  if (p.pos === sign) p.advance();
  return { kind: 'UnaryExpr', id: p.newId(), span: p.from(start), op, operand };
}

function parsePrefixForm(p: Cursor): Expr {
  const { start, kind } = p;
  p.advance();
  const operand = parsePrefixOperand(p);
  const id = p.newId();
  const span = p.from(start);
  switch (kind) {
    case T.Await:
      return { kind: 'AwaitExpr', id, span, operand };
    case T.Resume:
      return { kind: 'ResumeExpr', id, span, operand };
    case T.LeftArrow:
      return { kind: 'ReceiveExpr', id, span, channel: operand };
    case T.Amp:
    case T.AddressOf:
      return { kind: 'AddressOfExpr', id, span, operand };
    case T.Clone:
      return { kind: 'CloneExpr', id, span, operand };
    case T.Try:
      return { kind: 'PropagateExpr', id, span, operand };
    default:
      return { kind: 'DerefExpr', id, span, operand };
  }
}

/** Calls, members, indices, paths, type arguments and struct literals behind an operand. */
export function parsePostfix(p: Cursor, start: number, operand: Expr): Expr {
  let expr = operand;
  for (;;) {
    switch (p.kind) {
      case T.LParen: {
        if (p.newline || (expr.span.start === start && !isCallable(p, expr))) return expr;
        // `.方法()` is one level, of the member.
        if (expr.kind !== 'MemberExpr' && !p.grow()) return expr;
        const args = parseArguments(p);
        expr = { kind: 'CallExpr', id: p.newId(), span: p.from(start), callee: expr, args };
        break;
      }
      case T.LBracket: {
        if (p.newline) return expr;
        if (!p.grow()) return expr;
        expr = parseIndex(p, start, expr, ']');
        break;
      }
      case T.Dot: {
        p.advance();
        if (!p.grow()) return expr;
        const name = parseMemberName(p);
        expr = { kind: 'MemberExpr', id: p.newId(), span: p.from(start), object: expr, name };
        break;
      }
      case T.ColonColon: {
        p.advance();
        if (!p.grow()) return expr;
        const name = p.name(MEMBER_NAME);
        expr = { kind: 'PathExpr', id: p.newId(), span: p.from(start), base: expr, name };
        break;
      }
      case T.Lt: {
        if (p.newline || !startsTypeArgs(p, expr)) return expr;
        if (!p.grow()) return expr;
        const typeArgs = parseTypeArgs(p);
        expr = { kind: 'InstantiateExpr', id: p.newId(), span: p.from(start), callee: expr, typeArgs };
        break;
      }
      case T.LBrace: {
        if (p.lineBreak()) return expr;
        if (isLenticularIndex(p, expr)) {
          if (!p.grow()) return expr;
          expr = parseIndex(p, start, expr, '】');
          break;
        }
        const inHead = (p.context & Context.NoStruct) !== 0;
        if (inHead && !looksLikeStruct(p)) return expr;
        const type = typeOf(expr);
        if (type === undefined) return expr;
        if (inHead) p.complain('E2027', { start, end: p.ends[p.behind(p.pos) - 1]! }, { 类型: p.file.text.slice(start, p.lastEnd) });
        if (!p.grow()) return expr;
        const fields = parseStructFields(p);
        expr = { kind: 'StructLiteral', id: p.newId(), span: p.from(start), type, fields };
        break;
      }
      default:
        return expr;
    }
  }
}

/** Control forms are not called, `如果 … { } (1)` are two things; inside parentheses everything can be. */
function isCallable(p: Cursor, expr: Expr): boolean {
  switch (expr.kind) {
    case 'IfExpr':
    case 'MatchExpr':
    case 'ConcurrentExpr':
    case 'DeadlineExpr':
    case 'ShieldExpr':
    case 'ThrowExpr':
    case 'SuspendExpr':
      return false;
    case 'ClosureExpr':
      return expr.body.kind === 'Block' && !p.lineBreak();
    default:
      return true;
  }
}

function parseMemberName(p: Cursor): Name {
  if (p.at(T.Int)) {
    const name: Name = { kind: 'Name', text: p.text(p.pos), span: p.span() };
    p.advance();
    return name;
  }
  // `p.` at the end of a line, and a statement on the next: behind a dot its keyword is a name.
  const isKeyword = p.at(T.Name) && p.lineBreak() && p.word < W.Type && p.peek(1) !== T.LParen && p.peek(1) !== T.Dot && !p.lineBreak(1);
  if (isKeyword) {
    p.failExpected(MEMBER_NAME);
    p.kinds[p.pos] = T.FirstKeyword + p.word;
    return { kind: 'Name', text: '', span: { start: p.lastEnd, end: p.lastEnd } };
  }
  return p.name(MEMBER_NAME);
}

function parseIndex(p: Cursor, start: number, object: Expr, sign: string): Expr {
  const open = p.open();
  const index: Expr = p.at(T.Colon) ? { kind: 'ErrorExpr', id: p.newId(), span: p.span() } : inContext(p, Context.Any, parseExpr);
  if (p.at(T.Colon) && p.behind(open) > 0) {
    // `列[1:3]`, `列[:2]`, `列[1:]` of other languages.
    p.complain('E2001', p.span(), { 期望: { zh: '“..”', en: '`..`' }, 实际: p.found() }, { hint: { zh: '切片写 列[起..止]，起或止可以不写', en: 'a slice is written list[from..to]; either may be left out' } });
    p.pos = p.behind(open) - 1;
  }
  p.close(open, sign);
  return { kind: 'IndexExpr', id: p.newId(), span: p.from(start), object, index };
}

/**
 * `名<类型…>` is type arguments iff `(`, `{` or `::` follows, or `,` `)` which no comparison can have there
 * (创建通道(列表<整数>, 3)). 《 》 are never comparisons.
 */
function startsTypeArgs(p: Cursor, expr: Expr): boolean {
  if (expr.kind !== 'NameExpr' && expr.kind !== 'MemberExpr' && expr.kind !== 'PathExpr') return false;
  if (p.hasFlag(Flag.Angle)) return true;
  const behind = scanTypeArgs(p, p.pos);
  if (behind < 0) return false;
  switch (p.kinds[behind] as T) {
    case T.LParen:
      return (p.flags[behind]! & Flag.Newline) === 0;
    case T.LBrace:
      return (p.context & Context.NoStruct) === 0 && (p.flags[behind]! & Flag.AnyNewline) === 0;
    case T.ColonColon:
    case T.Comma:
    case T.RParen:
      return true;
    default:
      return false;
  }
}

/** Does 【 behind an operand read as `[`? It does where neither a struct literal nor the block of a head fits. */
function isLenticularIndex(p: Cursor, expr: Expr): boolean {
  if (!atLenticular(p)) return false;
  if ((p.context & Context.NoStruct) !== 0) {
    const behind = p.peekBehind(0);
    if (behind < 0 || p.lineBreak(behind)) return false;
    const next = p.peek(behind);
    return next === T.LBrace || next === T.Dot || (next >= T.EqEq && next <= T.Caret) || isWordOperator(p.peekWord(behind));
  }
  if (typeOf(expr) === undefined) return true;
  return p.peek(1) !== T.RBrace && !(p.peek(1) === T.Name && p.peek(2) === T.Colon);
}

/** In the head of 如果, 当, 对于 or 匹配: does the brace here hold fields, and does the block, or more of the head, follow it? */
function looksLikeStruct(p: Cursor): boolean {
  const third = p.peek(3);
  if (p.peek(1) !== T.Name || p.peek(2) !== T.Colon || third === T.Loop || third === T.While || third === T.For) return false;
  const behind = p.peekBehind(0);
  if (behind < 0 || p.lineBreak(behind)) return false;
  const next = p.peek(behind);
  return next === T.LBrace || next === T.Dot || (next >= T.EqEq && next <= T.Caret) || isWordOperator(p.peekWord(behind));
}

/** The type that an expression before `{` names, or undefined when it names none. */
function typeOf(expr: Expr): NamedType | undefined {
  const args = expr.kind === 'InstantiateExpr' ? expr.typeArgs : [];
  const path: Name[] = [];
  let at = expr.kind === 'InstantiateExpr' ? expr.callee : expr;
  while (at.kind === 'MemberExpr' || at.kind === 'PathExpr') {
    path.unshift(at.name);
    at = at.kind === 'MemberExpr' ? at.object : at.base;
  }
  if (at.kind !== 'NameExpr') return undefined;
  path.unshift({ kind: 'Name', text: at.name, span: at.span });
  return { kind: 'NamedType', span: expr.span, path, args };
}
