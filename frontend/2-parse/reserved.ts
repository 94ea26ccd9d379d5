/**
 * Reserved words that a program uses as names. Where one is declared (`变量 循环 = 1`, `函数 f(在: 整数)`), the mistake is
 * reported once, and the word is read as a name there and wherever else it cannot be meant as the keyword: one mistake, one error.
 *
 * Tokens are looked at, not trees: the tokens of a sound program pass through untouched, for no grammatical program has a
 * reserved word in one of the places that `isDeclared` knows.
 *
 * Rejected: swallowing errors next to such a word (a loop that begins with the name of a variable eats what follows it).
 */
import { Flag, RESERVED, T, W, type Tokens } from '../1-lex/token.js';

/** A reserved word taken for a name, at the token that declares it first. */
export interface ReservedName { readonly word: string; readonly index: number }

/** Finds them and turns them into names. */
export function readReservedNames(tokens: Tokens): ReservedName[] {
  const { kinds, count } = tokens;
  const found: ReservedName[] = [];
  let functions: Set<T> | undefined;
  let names: Set<T> | undefined;
  for (let i = 0; i < count; i++) {
    const kind = kinds[i] as T;
    if (kind < T.FirstKeyword || !isDeclared(tokens, i, kind)) continue;
    if (names?.has(kind) !== true) found.push({ word: RESERVED[kind - T.FirstKeyword]!, index: i });
    (names ??= new Set()).add(kind);
    if (isFunctionName(tokens, i)) (functions ??= new Set()).add(kind);
    toName(tokens, i, kind);
  }
  if (names === undefined) return found;
  for (let i = 0; i < count; i++) {
    const kind = kinds[i] as T;
    if (names.has(kind) && isUse(tokens, i, kind, functions?.has(kind) === true)) toName(tokens, i, kind);
  }
  return found;
}

function toName({ kinds, data }: Tokens, i: number, kind: T): void {
  kinds[i] = T.Name;
  data[i] = kind - T.FirstKeyword;
}

/** Is the reserved word at `i` declared there, as a variable, a parameter, a function, a field or a type? */
function isDeclared(tokens: Tokens, i: number, kind: T): boolean {
  const { kinds, data } = tokens;
  const before = lineBreak(tokens, i) ? T.Semicolon : i === 0 ? T.End : (kinds[i - 1] as T);
  const next = kinds[i + 1] as T;
  const ends = next === T.Semicolon || next === T.RBrace || next === T.End || lineBreak(tokens, i + 1);
  // `变量 = 1` lacks the name.
  if (next === T.Eq && (before === T.Pipe || (before === T.Name && data[i - 1] === W.Or))) return false;
  if (next === T.Eq && !lineBreak(tokens, i + 1)) return !DECLARES.has(kind) || DECLARES.has(before);
  if (DECLARES.has(before)) return ends || next === T.Comma || next === T.Colon || next === T.ColonEq;
  if (before === T.Catch || before === T.As) return next === T.LBrace || (before === T.As && ends);
  if (isLoopVariable(tokens, i, before) || isFunctionName(tokens, i)) return true;
  if (isLiteral(kind)) return false;
  if (next === T.FatArrow) return before === T.LParen || before === T.Comma || before === T.Eq;
  const separated = before === T.LParen || before === T.Comma || before === T.LBrace || before === T.Semicolon;
  if (next === T.Colon) return separated && kind !== T.Else && kind !== T.Try && kind !== T.Catch && kind !== T.Loop;
  // `函数 f(整数 包)`, `函数 f(列表<整数> 包)`.
  if (next === T.Comma || next === T.RParen) return before === T.Name || before === T.Gt || ((before === T.LParen || before === T.Comma) && inParameters(tokens, i));
  // A field: `{ 整数 包; … }`.
  if (ends) return before === T.Name && kind !== T.As && !STAND_ALONE.has(kind) && (lineBreak(tokens, i - 1) || kinds[i - 2] === T.LBrace || kinds[i - 2] === T.Semicolon || kinds[i - 2] === T.Comma);
  // `对于 键, 类型 在 {…} { … }` iterates.
  const isTypeWord = before === T.Name && kind !== T.In && kind !== T.As && data[i - 1]! >= W.Type && data[i - 1]! <= W.Trait;
  return isTypeWord && (next === T.LBrace || next === T.LParen || next === T.Lt);
}

/** `函数 创建(`, `函数 整数 创建(`, `函数 (自身 点) 创建(` */
function isFunctionName({ kinds, data }: Tokens, i: number): boolean {
  const next = kinds[i + 1];
  // `函数 函数(整数): 整数 造() { … }` gives a function.
  if (i === 0 || kinds[i] === T.Function || (next !== T.LParen && next !== T.Lt)) return false;
  const before = kinds[i - 1];
  if (before === T.Function) return true;
  if (before === T.RParen) return data[i - 1]! > 0 && kinds[data[i - 1]! - 1] === T.Function;
  return i > 1 && before === T.Name && kinds[i - 2] === T.Function;
}

/** `对于 空 在 …`, `对于 键, 空 在 …`, `对于 当 从 …` */
function isLoopVariable({ kinds, data }: Tokens, i: number, before: T): boolean {
  const next = kinds[i + 1];
  const head = next === T.In || (next === T.Name && data[i + 1] === W.From);
  if (before === T.For) return head || next === T.Comma;
  return before === T.Comma && head && kinds[i - 2] === T.Name && kinds[i - 3] === T.For;
}

/** Is the parenthesis around token `i` a list of parameters? */
function inParameters({ kinds, data, count }: Tokens, i: number): boolean {
  let at = i + 1;
  while (at < count && kinds[at] !== T.RParen) at = kinds[at]! >= T.LParen && kinds[at]! <= T.InterpolationOpen && data[at]! > at ? data[at]! + 1 : at + 1;
  const open = kinds[at] === T.RParen ? data[at]! : -1;
  if (open < 0 || open > i) return false;
  return kinds[at + 1] === T.FatArrow || kinds[open - 1] === T.Function || (kinds[open - 1] === T.Name && kinds[open - 2] === T.Function);
}

/** Is a word that was declared meant as that name at `i`, rather than as the keyword? */
function isUse(tokens: Tokens, i: number, kind: T, isFunction: boolean): boolean {
  const { kinds, data } = tokens;
  const next = kinds[i + 1] as T;
  const starts = i === 0 || lineBreak(tokens, i) || STARTS.has(kinds[i - 1] as T);
  const ends = next === T.Semicolon || next === T.RBrace || next === T.End || lineBreak(tokens, i + 1);
  if (next >= T.Eq && next <= T.LtLtEq && !ends) return true;
  if (isLiteral(kind)) return false;
  if (ends || next === T.Comma || next === T.RParen || next === T.RBracket) return !(starts && STAND_ALONE.has(kind));
  if (next === T.Colon) return kind !== T.Else && kind !== T.Try && kind !== T.Catch;
  if (next === T.InterpolationClose || next === T.Dot || next === T.ColonColon) return true;
  if (next === T.LParen && isFunction) return true;
  const before = kinds[i - 1] as T;
  const wantsOperand = !starts && (WANTS_OPERAND.has(before) || (before >= T.Eq && before < T.FirstKeyword));
  if (wantsOperand && !STARTS_OPERAND.has(kind)) return true;
  // `如果 x > 恢复 { … }`
  if (next === T.LBrace) return !starts && before >= T.EqEq && before < T.FirstKeyword;
  if (kind === T.In || kind === T.As) return starts && next !== T.LParen && next !== T.LBracket;
  if (next === T.Minus || next === T.Star || next === T.Amp || next === T.LeftArrow) return hasSpace(tokens, i + 1) && hasSpace(tokens, i + 2);
  if (next === T.LBracket) return !hasSpace(tokens, i + 1);
  if (next === T.Name) return data[i + 1]! >= W.Add && data[i + 1]! <= W.Or && kinds[i + 2] !== T.LParen;
  return next >= T.EqEq && next < T.FirstKeyword && next !== T.Bang && next !== T.Tilde;
}

function isLiteral(kind: T): boolean {
  return kind === T.True || kind === T.False || kind === T.Unit;
}

function lineBreak({ flags }: Tokens, i: number): boolean {
  return (flags[i]! & Flag.Newline) !== 0;
}

function hasSpace({ flags }: Tokens, i: number): boolean {
  return (flags[i]! & Flag.Space) !== 0;
}

/** Words that declare variables. */
const DECLARES: ReadonlySet<T> = new Set([T.Var, T.Mut, T.Immutable, T.Const]);

/** A statement, or the body of an arm or a closure, begins behind these. */
const STARTS: ReadonlySet<T> = new Set([T.Semicolon, T.LBrace, T.RBrace, T.FatArrow, T.Else, T.Defer, T.Colon]);

/** Words that are whole statements. */
const STAND_ALONE: ReadonlySet<T> = new Set([T.Return, T.Break, T.Interrupt, T.Continue, T.Suspend]);

/** An operand must follow these; signs from `=` on, too. */
const WANTS_OPERAND: ReadonlySet<T> = new Set([T.LParen, T.LBracket, T.InterpolationOpen, T.Comma, T.DotDot, T.DotDotEq, T.Return, T.If, T.While, T.In, T.Await, T.Throw, T.Match]);

/** Reserved words an operand may begin with. */
const STARTS_OPERAND: ReadonlySet<T> = new Set([
  T.Function, T.If, T.Match, T.Async, T.Await, T.Detach, T.Throw, T.Try, T.Suspend, T.Resume, T.Spawn, T.Clone, T.AddressOf, T.Deref,
]);
