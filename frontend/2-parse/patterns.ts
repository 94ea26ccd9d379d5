/**
 * Patterns of 匹配, 对于 and nested ones. A bare name stays a NamePattern: only the checker knows whether it names a variant.
 */

import type { Expr, FieldPattern, Name, Pattern } from '../ast.js';
import { T, W } from '../1-lex/token.js';
import { Context, type Cursor } from './cursor.js';
import { parseLiteral } from './literals.js';

const FIELD_NAME = { zh: '字段名', en: 'a field name' };
const VARIANT_NAME = { zh: '变体名', en: 'the name of a variant' };

/** `甲 | 乙 | …`, or a single pattern. */
export function parsePattern(p: Cursor): Pattern {
  if (!p.enter()) {
    p.leave();
    return errorPattern(p);
  }
  const { start } = p;
  p.accept(T.Pipe);
  const first = parseSinglePattern(p);
  let pattern = first;
  if (p.at(T.Pipe)) {
    const alternatives = [first];
    while (p.accept(T.Pipe)) alternatives.push(parseSinglePattern(p));
    pattern = { kind: 'OrPattern', span: p.from(start), alternatives };
  }
  p.leave();
  return pattern;
}

function parseSinglePattern(p: Cursor): Pattern {
  const { start } = p;
  switch (p.kind) {
    case T.Name:
      if (p.atWord(W.Underscore)) {
        p.advance();
        return { kind: 'WildcardPattern', span: p.from(start) };
      }
      if (p.atWord(W.AsciiTrue) || p.atWord(W.AsciiFalse)) return parseLiteralPattern(p);
      return parseNamedPattern(p);
    case T.LParen:
      return parseTuplePattern(p);
    case T.Int:
    case T.Float:
    case T.String:
    case T.Char:
    case T.True:
    case T.False:
    case T.Unit:
    case T.Minus:
    case T.DotDot:
    case T.DotDotEq:
      return parseLiteralPattern(p);
    default:
      return errorPattern(p);
  }
}

/** A literal, or a range that begins with one (or has no lower end). */
function parseLiteralPattern(p: Cursor): Pattern {
  const { start } = p;
  const from = p.at(T.DotDot) || p.at(T.DotDotEq) ? undefined : parsePatternValue(p);
  return parseRangePattern(p, start, from) ?? { kind: 'LiteralPattern', span: p.from(start), value: from! };
}

function parseRangePattern(p: Cursor, start: number, from: Expr | undefined): Pattern | undefined {
  if (!p.at(T.DotDot) && !p.at(T.DotDotEq)) return undefined;
  const inclusive = p.at(T.DotDotEq);
  p.advance();
  const hasEnd = p.at(T.Minus) || p.at(T.Name) || (p.kind >= T.Int && p.kind <= T.Char);
  const to = hasEnd && !p.newline ? parsePatternValue(p) : undefined;
  return { kind: 'RangePattern', span: p.from(start), from, to, inclusive };
}

/** A literal with an optional minus, or the name of a constant. */
function parsePatternValue(p: Cursor): Expr {
  const { start } = p;
  if (p.accept(T.Minus)) {
    const operand = parseLiteral(p);
    return { kind: 'UnaryExpr', id: p.newId(), span: p.from(start), op: '-', operand };
  }
  if (p.at(T.Name) && !p.atWord(W.AsciiTrue) && !p.atWord(W.AsciiFalse)) {
    return pathValue(p, start, parsePath(p));
  }
  return parseLiteral(p);
}

/** `名`, `颜色::红`, `工具.颜色.红` */
function parsePath(p: Cursor): Name[] {
  const path: Name[] = [p.takeName()];
  while (p.at(T.Dot) || p.at(T.ColonColon)) {
    p.advance();
    path.push(p.name(VARIANT_NAME));
  }
  return path;
}

/** The value a path in a range names. */
function pathValue(p: Cursor, start: number, path: readonly Name[]): Expr {
  return path.slice(1).reduce<Expr>(
    (object, name) => ({ kind: 'MemberExpr', id: p.newId(), span: { start, end: name.span.end }, object, name }),
    { kind: 'NameExpr', id: p.newId(), span: path[0]!.span, name: path[0]!.text },
  );
}

function parseNamedPattern(p: Cursor): Pattern {
  const { start } = p;
  const path = parsePath(p);
  if (p.at(T.DotDot) || p.at(T.DotDotEq)) return parseRangePattern(p, start, pathValue(p, start, path))!;
  if (p.at(T.LParen) && !p.lineBreak()) {
    const names: (Name | undefined)[] = [];
    const args = parsePatternList(p, names);
    const named = names.some((name) => name !== undefined) ? { names } : {};
    return { kind: 'VariantPattern', span: p.from(start), path, args, ...named };
  }
  if (p.at(T.LBrace) && !p.lineBreak() && isStructPattern(p)) return parseStructPattern(p, start, path);
  if (path.length > 1) return { kind: 'VariantPattern', span: p.from(start), path, args: undefined };
  return { kind: 'NamePattern', span: path[0]!.span, name: path[0]! };
}

/**
 * `名 { … }` is a struct pattern only if `=>`, 如果, `{` or an end of a nested pattern follows the brace. Behind `对于 集 中的` only
 * the block of the loop can follow, on the same line; anything else follows the block that the brace itself begins.
 */
function isStructPattern(p: Cursor): boolean {
  const behind = p.peekBehind(0);
  if (behind < 0) return false;
  const isHead = (p.context & Context.NoStruct) !== 0;
  switch (p.peek(behind)) {
    case T.FatArrow:
    case T.If:
      return !isHead;
    case T.LBrace:
      return !isHead || !p.lineBreak(behind);
    // Nested, these cannot follow the body of an arm: | joins patterns, ) and , stand in an enclosing one.
    case T.Pipe:
    case T.RParen:
    case T.In:
      return true;
    case T.Comma:
    case T.RBrace:
      return p.patternNesting > 0;
    default:
      return false;
  }
}

function parseTuplePattern(p: Cursor): Pattern {
  const { start } = p;
  if (p.peek(1) === T.RParen) {
    p.pos += 2;
    return { kind: 'LiteralPattern', span: p.from(start), value: { kind: 'UnitLiteral', id: p.newId(), span: p.from(start) } };
  }
  const close = p.data[p.pos]!;
  const trailingComma = close > 0 && p.kinds[close - 1] === T.Comma;
  const elements = parsePatternList(p);
  if (elements.length === 1 && !trailingComma) return elements[0]!;
  return { kind: 'TuplePattern', span: p.from(start), elements };
}

/** `(甲, 乙)`, at the parenthesis; `(码: 甲)` where the names are wanted. */
function parsePatternList(p: Cursor, names?: (Name | undefined)[]): Pattern[] {
  const open = p.open();
  p.patternNesting++;
  const patterns: Pattern[] = [];
  while (!p.at(T.RParen) && !p.at(T.End)) {
    if (names !== undefined) {
      const isNamed = p.at(T.Name) && p.peek(1) === T.Colon;
      names.push(isNamed ? p.takeName() : undefined);
      if (isNamed) p.advance();
    }
    patterns.push(parsePattern(p));
    if (!p.accept(T.Comma)) break;
  }
  p.patternNesting--;
  p.close(open, ')');
  return patterns;
}

function parseStructPattern(p: Cursor, start: number, path: readonly Name[]): Pattern {
  const open = p.open();
  p.patternNesting++;
  const fields: FieldPattern[] = [];
  let rest = false;
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    if (p.accept(T.DotDot) || p.accept(T.Ellipsis)) {
      rest = true;
    } else {
      const fieldStart = p.start;
      const name = p.name(FIELD_NAME);
      const pattern: Pattern = p.accept(T.Colon) ? parsePattern(p) : { kind: 'NamePattern', span: name.span, name };
      fields.push({ kind: 'FieldPattern', span: p.from(fieldStart), name, pattern });
    }
    if (!p.accept(T.Comma) && !p.accept(T.Semicolon)) break;
  }
  p.patternNesting--;
  p.close(open, '}');
  return { kind: 'StructPattern', span: p.from(start), path, fields, rest };
}

function errorPattern(p: Cursor): Pattern {
  const span = p.errorSpan();
  const compares = p.kind >= T.EqEq && p.kind <= T.Gt;
  const hint = compares ? { zh: '比较写成守卫：n 如果 n > 3 => …，一段数写 1..=3 => …', en: 'a comparison is a guard: n 如果 n > 3 => …; a range is 1..=3 => …' }
    : p.at(T.LBracket) ? { zh: '列表不能作模式：用守卫比较，例如 列 如果 列.长度() == 2 => …', en: 'a list is no pattern: compare in a guard, such as l 如果 l.长度() == 2 => …' }
    : { zh: '模式写字面量、范围、变体、元组 (甲, 乙)、名称 或 _', en: 'a pattern is a literal, a range, a variant, a tuple (a, b), a name or _' };
  p.fail('E2007', span, { 实际: p.found() }, { hint });
  return { kind: 'ErrorPattern', span };
}
