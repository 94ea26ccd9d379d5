/** Closures: `函数(x: 整数): 整数 { … }`, `闭包 (x) { … }`, `(x) => x * 2`, `x => x * 2`, and 异步 before any of them. */

import type { Block, ClosureExpr, Expr, FunctionFlavour, Param } from '../ast.js';
import { T, W } from '../1-lex/token.js';
import { Context, type Cursor } from './cursor.js';
import { parseParams, withTypesAlone } from './params.js';
import { refuseBareBody } from './foreign.js';
import { errorExpr } from './literals.js';
import { parseBlock, parseBody } from './statements.js';
import { parseResult, scanType } from './types.js';

/** `( … ) =>`, or `( … ): 类型 =>`, at the parenthesis. */
export function startsArrowClosure(p: Cursor): boolean {
  if ((p.context & Context.NoClosure) !== 0) return false;
  const behind = p.behind(p.pos);
  if (behind < 0) return false;
  const next = p.kinds[behind];
  if (next === T.FatArrow) return true;
  if (next !== T.Arrow && next !== T.Colon) return false;
  const afterType = scanType(p, behind + 1);
  return afterType > 0 && p.kinds[afterType] === T.FatArrow;
}

export function parseArrowClosure(p: Cursor, flavour: FunctionFlavour): Expr {
  const { start } = p;
  const params = parseParams(p);
  const result = parseResult(p);
  p.expect(T.FatArrow, '=>');
  return closure(p, start, flavour, params, result, parseBody(p));
}

/** `x => …`, at the name. */
export function parseNameClosure(p: Cursor): Expr {
  const { start } = p;
  const name = p.takeName();
  const param: Param = { kind: 'Param', span: name.span, name, type: undefined, default: undefined, variadic: false, immutable: false };
  p.advance();
  return closure(p, start, 'plain', [param], undefined, parseBody(p));
}

/** `函数(…) { … }` as an expression, at 函数. */
export function parseFunctionClosure(p: Cursor, flavour: FunctionFlavour): Expr {
  const { start } = p;
  p.advance();
  return parseClosureRest(p, start, flavour);
}

/** `闭包 (…) { … }`, at 闭包. */
export function parseWordClosure(p: Cursor): Expr {
  return parseFunctionClosure(p, 'plain');
}

/** `异步 函数(…) { … }`, `异步 (…) => …`, at 异步. */
export function parseAsyncClosure(p: Cursor): Expr {
  const { start } = p;
  p.advance();
  if (p.at(T.Function) || p.atWord(W.Closure)) {
    p.advance();
    return parseClosureRest(p, start, 'async');
  }
  if (p.at(T.LParen) && startsArrowClosure(p)) return parseArrowClosure(p, 'async');
  return errorExpr(p);
}

function parseClosureRest(p: Cursor, start: number, flavour: FunctionFlavour): Expr {
  const params = p.at(T.LParen) ? parseParams(p) : (p.expect(T.LParen, '('), []);
  const refused = refuseBareBody(p, start);
  if (refused !== undefined) return refused;
  const result = parseResult(p);
  const body = p.accept(T.FatArrow) ? parseBody(p) : parseBlock(p);
  return closure(p, start, flavour, params, result, body);
}

function closure(
  p: Cursor,
  start: number,
  flavour: FunctionFlavour,
  params: readonly Param[],
  result: ClosureExpr['result'],
  body: Expr | Block,
): ClosureExpr {
  return { kind: 'ClosureExpr', id: p.newId(), span: p.from(start), flavour, params: withTypesAlone(p, params, body, false), result, body };
}
