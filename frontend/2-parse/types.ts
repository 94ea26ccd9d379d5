/**
 * Types: parsing them, and recognising them without building anything (`scanType`), which decides where a type-first
 * declaration or a list of type arguments begins.
 */

import type { ErrorType, FunctionType, Name, NamedType, TypeExpr, TypeParam } from '../ast.js';
import { Flag, T, W } from '../1-lex/token.js';
import type { Cursor } from './cursor.js';
import { parseExpr } from './expressions.js';
import { hintType } from './hints.js';

const TYPE_NAME = { zh: '类型名', en: 'a type name' };
const TYPE_ARGS = { zh: '“<…>”', en: '`<…>`' };
const PARAM_NAME = { zh: '类型参数名', en: 'the name of a type parameter' };

/** Levels of type arguments a look-ahead follows; deeper types only lose the benefit of the doubt. */
const MAX_SCAN_DEPTH = 32;

/**
 * Index behind the type that begins at token `i`, or -1 when there is none.
 * Bracketed parts are taken on trust: their content is judged when they are parsed.
 */
export function scanType(p: Cursor, i: number, depth = 0): number {
  switch (p.kinds[i] as T) {
    case T.Name: {
      let at = i + 1;
      while ((p.kinds[at] === T.Dot || p.kinds[at] === T.ColonColon) && p.kinds[at + 1] === T.Name) at += 2;
      if (p.kinds[at] === T.Lt) return scanTypeArgs(p, at, depth);
      // `整数[]` is no type, but nothing else either: what parses it says so.
      return p.kinds[at] === T.LBracket && p.kinds[at + 1] === T.RBracket && (p.flags[at]! & Flag.AnyNewline) === 0 ? at + 2 : at;
    }
    case T.Unit:
      return i + 1;
    case T.LParen:
    case T.LBracket:
      return p.behind(i);
    case T.LBrace:
      return (p.flags[i]! & Flag.Lenticular) !== 0 ? p.behind(i) : -1;
    case T.Star:
    case T.Amp:
      return depth > MAX_SCAN_DEPTH ? -1 : scanType(p, i + 1, depth + 1);
    case T.Function: {
      if (p.kinds[i + 1] !== T.LParen) return -1;
      const at = p.behind(i + 1);
      if (at < 0 || (p.kinds[at] !== T.Colon && p.kinds[at] !== T.Arrow)) return at;
      return depth > MAX_SCAN_DEPTH ? -1 : scanType(p, at + 1, depth + 1);
    }
    default:
      return -1;
  }
}

/** Index behind the `>` of the type arguments whose `<` is at `i`, or -1. */
export function scanTypeArgs(p: Cursor, i: number, depth = 0): number {
  if (depth > MAX_SCAN_DEPTH) return -1;
  let at = i + 1;
  for (;;) {
    at = scanType(p, at, depth + 1);
    if (at < 0) return -1;
    if (p.kinds[at] === T.Gt) return at + 1;
    if (p.kinds[at] !== T.Comma) return -1;
    at++;
  }
}

/** Index behind the `>` of the type parameters (with or without bounds) whose `<` is at `i`, or -1. */
export function scanTypeParams(p: Cursor, i: number): number {
  let at = i + 1;
  for (;;) {
    at = scanType(p, at);
    if (at > 0 && p.kinds[at] === T.Colon) {
      do at = scanType(p, at + 1); while (at > 0 && p.kinds[at] === T.Plus);
    }
    if (at < 0) return -1;
    if (p.kinds[at] === T.Gt) return at + 1;
    if (p.kinds[at] !== T.Comma) return -1;
    at++;
  }
}

/** Parses a type; reports E2006 and gives an ErrorType when there is none. */
export function parseType(p: Cursor): TypeExpr {
  if (!p.enter()) {
    p.leave();
    return errorType(p);
  }
  const type = parseTypeInner(p);
  p.leave();
  return type;
}

function parseTypeInner(p: Cursor): TypeExpr {
  const { start } = p;
  switch (p.kind) {
    case T.Name:
      return parseNamedType(p);
    case T.Unit: {
      const name: Name = { kind: 'Name', text: '空', span: p.span() };
      p.advance();
      return { kind: 'NamedType', span: name.span, path: [name], args: [] };
    }
    case T.LBracket:
      return parseListType(p, ']');
    case T.LBrace:
      return p.hasFlag(Flag.Lenticular) ? parseListType(p, '】') : errorType(p);
    case T.LParen:
      return parseTupleType(p);
    case T.Function:
      return parseFunctionType(p);
    case T.Star:
      return parsePointer(p, start, '指针');
    case T.Amp:
      return parsePointer(p, start, '引用');
    default:
      return errorType(p);
  }
}

function parseNamedType(p: Cursor): NamedType {
  const { start } = p;
  const path = [p.takeName()];
  while ((p.at(T.Dot) || p.at(T.ColonColon)) && !p.lineBreak()) {
    p.advance();
    path.push(p.name(TYPE_NAME));
  }
  const args = p.at(T.Lt) ? parseTypeArgs(p) : [];
  if (p.at(T.LBracket) && !p.lineBreak()) refuseBrackets(p, start);
  return { kind: 'NamedType', span: p.from(start), path, args };
}

/** `整数[]` and `列表[整数]` of other languages, at the bracket. */
function refuseBrackets(p: Cursor, start: number): void {
  const behind = p.behind(p.pos);
  const isList = p.peek(1) === T.RBracket;
  if (behind < 0 || !(isList || scanType(p, p.pos + 1) > 0)) return;
  const text = p.file.text.slice(start, p.lastEnd);
  const span = { start: p.start, end: p.ends[behind - 1]! };
  const found = p.file.text.slice(span.start, span.end);
  const write = isList ? `列表<${text}>` : text + found.replaceAll('[', '<').replaceAll(']', '>');
  p.complain('E2001', span, { 期望: TYPE_ARGS, 实际: { zh: `“${found}”`, en: `\`${found}\`` } }, {
    hint: { zh: `写 ${write}`, en: `write ${write}` },
  });
  p.pos = behind;
}

/** `<A, B>`, at the `<`. */
export function parseTypeArgs(p: Cursor): TypeExpr[] {
  p.advance();
  const args: TypeExpr[] = [];
  do {
    if (p.at(T.Gt) && args.length > 0) break;
    args.push(parseType(p));
  } while (p.accept(T.Comma));
  p.expect(T.Gt, '>');
  return args;
}

function parsePointer(p: Cursor, start: number, constructor: string): NamedType {
  const name: Name = { kind: 'Name', text: constructor, span: p.span() };
  p.advance();
  const target = parseType(p);
  return { kind: 'NamedType', span: p.from(start), path: [name], args: [target] };
}

function parseListType(p: Cursor, sign: string): TypeExpr {
  const { start } = p;
  const open = p.open();
  const element = parseType(p);
  const length = p.accept(T.Semicolon) ? parseExpr(p) : undefined;
  p.close(open, sign);
  const span = p.from(start);
  return length === undefined ? { kind: 'ListType', span, element } : { kind: 'ArrayType', span, element, length };
}

function parseTupleType(p: Cursor): TypeExpr {
  const { start } = p;
  const open = p.open();
  const elements: TypeExpr[] = [];
  let comma = false;
  while (!p.at(T.RParen) && !p.at(T.End)) {
    elements.push(parseType(p));
    comma = p.accept(T.Comma);
    if (!comma) break;
  }
  p.close(open, ')');
  if (elements.length === 1 && !comma) return elements[0]!;
  return { kind: 'TupleType', span: p.from(start), elements };
}

function parseFunctionType(p: Cursor): FunctionType {
  const { start } = p;
  p.advance();
  const params: TypeExpr[] = [];
  if (!p.at(T.LParen)) {
    p.failExpected('(');
  } else {
    const open = p.open();
    while (!p.at(T.RParen) && !p.at(T.End)) {
      // A name before the type (`函数(码: 整数)`) is documentation only.
      if (p.at(T.Name) && p.peek(1) === T.Colon) p.pos += 2;
      params.push(parseType(p));
      if (!p.accept(T.Comma)) break;
    }
    p.close(open, ')');
  }
  const result = parseResult(p);
  return { kind: 'FunctionType', span: p.from(start), params, result };
}

/** `: T` or `-> T` when it is there. */
export function parseResult(p: Cursor): TypeExpr | undefined {
  if (refuseColon(p) || (!p.accept(T.Colon) && !p.accept(T.Arrow))) return undefined;
  const type = parseType(p);
  refuseColon(p);
  refuseUnion(p);
  return type;
}

/** `整数 或 空`, `整数 | 字符串` behind a type: reported, and the other types read. */
export function refuseUnion(p: Cursor): void {
  if (p.lineBreak() || (!p.at(T.Pipe) && !p.atWord(W.Or))) return;
  let end = p.pos;
  let isNone = false;
  while (p.kinds[end] === T.Pipe || p.data[end] === W.Or) {
    if (/^(?:空|无|null|nil|None)$/.test(p.text(end + 1))) isNone = true;
    const behind = scanType(p, end + 1);
    if (behind < 0) return;
    end = behind;
  }
  const hint = isNone ? { zh: '可能没有值的类型写 选项<T>', en: 'a type that may have no value is 选项<T>' }
    : { zh: '一个值有一种类型；几种之一写成 枚举，各变体带自己的值', en: 'a value has one type; one of several is an 枚举 whose variants hold the values' };
  p.complain('E2001', p.span(), { 期望: { zh: '一种类型', en: 'one type' }, 实际: p.found() }, { hint });
  p.pos = end;
}

/** `函数 f():` or `函数 f() -> 整数:` and an indented block, at the colon. */
function refuseColon(p: Cursor): boolean {
  if (!p.at(T.Colon) || (p.flags[p.pos + 1]! & Flag.Newline) === 0) return false;
  p.missBrace();
  p.failExpected('{');
  p.advance();
  return true;
}

/** `<T, U: 甲 + 乙>` when it is there. */
export function parseTypeParams(p: Cursor): TypeParam[] {
  const params: TypeParam[] = [];
  if (!p.accept(T.Lt)) return params;
  do {
    if (p.at(T.Gt)) break;
    const { start } = p;
    const name = p.name(PARAM_NAME);
    const bounds = p.accept(T.Colon) ? parseBounds(p) : [];
    params.push({ kind: 'TypeParam', span: p.from(start), name, bounds });
  } while (p.accept(T.Comma));
  p.expect(T.Gt, '>');
  return params;
}

/** `甲 + 乙` */
export function parseBounds(p: Cursor): TypeExpr[] {
  const bounds = [parseType(p)];
  while (p.accept(T.Plus)) bounds.push(parseType(p));
  return bounds;
}

function errorType(p: Cursor): ErrorType {
  const span = p.errorSpan();
  p.fail('E2006', span, { 实际: p.found() }, { hint: hintType(p) });
  return { kind: 'ErrorType', span };
}
