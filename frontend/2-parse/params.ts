/**
 * params.ts — the parameters of functions and closures.
 *
 * A parameter may go without a type, and names of types are names like any other; so `函数 f(整数)` could mean either. It
 * means the type when nothing reads the name: then the name was forgotten (E2028), and the rest of the program is checked as if
 * it were there. Rejected: refusing such names altogether, since programs do call a parameter 字符.
 */
import type { Block, Expr, Name, Param, TypeExpr } from '../ast.js';
import { T } from '../1-lex/token.js';
import { Context, type Cursor } from './cursor.js';
import { isTypeName } from './english.js';
import { inContext, parseExpr } from './expressions.js';
import { parseType, refuseUnion, scanType } from './types.js';

export const PARAM_NAME = { zh: '参数名', en: 'the name of a parameter' };

/** `(a: 整数, 整数 b = 1, ...项: T)`, at the parenthesis. */
export function parseParams(p: Cursor): Param[] {
  const params: Param[] = [];
  const open = p.open();
  while (!p.at(T.RParen) && !p.at(T.End)) {
    params.push(parseParam(p));
    if (!p.accept(T.Comma)) break;
  }
  p.close(open, ')');
  return params;
}

function parseParam(p: Cursor): Param {
  const { start } = p;
  let variadic = p.accept(T.Ellipsis);
  const immutable = p.accept(T.Immutable);
  if (!immutable && !p.accept(T.Var)) p.accept(T.Mut);
  variadic = p.accept(T.Ellipsis) || variadic;
  let type: TypeExpr | undefined;
  const afterType = scanType(p, p.pos);
  if (p.isSwapped) {
    const name = p.takeSwapped();
    type = parseType(p);
    const value = p.accept(T.Eq) ? inContext(p, Context.Any, parseExpr) : undefined;
    return { kind: 'Param', span: p.from(start), name, type, default: value, variadic, immutable };
  }
  const isTypeFirst = afterType > 0 && (p.kinds[afterType] === T.Name || p.kinds[afterType] === T.Ellipsis);
  if (isTypeFirst) type = parseType(p);
  variadic = p.accept(T.Ellipsis) || variadic;
  const name = type === undefined && isTypeAlone(p, afterType) ? forgotten(p, (type = parseType(p))) : p.name(PARAM_NAME);
  if (p.accept(T.Colon)) {
    variadic = p.accept(T.Ellipsis) || variadic;
    type = parseType(p);
    refuseUnion(p);
  }
  const value = p.accept(T.Eq) ? inContext(p, Context.Any, parseExpr) : undefined;
  return { kind: 'Param', span: p.from(start), name, type, default: value, variadic, immutable };
}

/** `列表<整数>` or `[整数]`, up to the end of the parameter. `(a, b)` rather takes apart, which is another mistake. */
function isTypeAlone(p: Cursor, afterType: number): boolean {
  if (afterType <= p.pos + 1 || p.at(T.LParen)) return false;
  return p.kinds[afterType] === T.Comma || p.kinds[afterType] === T.RParen || p.kinds[afterType] === T.Eq;
}

/** Reports that a parameter is nothing but a type; the name it gets is that of what is not used. */
function forgotten(p: Cursor, type: TypeExpr): Name {
  p.complain('E2028', type.span, { 类型: p.file.text.slice(type.span.start, type.span.end).replace(/\s+/gu, ' ') });
  return { kind: 'Name', text: '_', span: type.span };
}

/** The parameters once the body is known: those whose name was forgotten have their type. `named` functions have callers who do not see the body. */
export function withTypesAlone(p: Cursor, params: readonly Param[], body: Expr | Block | undefined, named: boolean): Param[] {
  return params.map((param) => {
    const { name, type } = param;
    if (type !== undefined || (!isTypeName(name.text) && name.text !== '字符' && name.text !== '字节')) return param;
    if (body !== undefined && reads(body, name.text)) {
      if (named && isTypeName(name.text)) p.warn('W2002', name.span, { 名称: name.text });
      return param;
    }
    const meant: TypeExpr = { kind: 'NamedType', span: name.span, path: [name], args: [] };
    return { ...param, name: forgotten(p, meant), type: meant };
  });
}

type Node = { readonly kind: string } & Record<string, unknown>;

/** Whether a name stands for a value somewhere in `body`; as a type, or called as a conversion, it does not. */
function reads(body: Expr | Block, name: string): boolean {
  // A list of what is still to be seen: chains of operators may be thousands of links deep.
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== 'object' || value === null) continue;
    const node = value as Node;
    if (node.kind === 'NameExpr' && node['name'] === name) return true;
    const callee = node.kind === 'CallExpr' ? (node['callee'] as Node) : undefined;
    for (const key in node) if (node[key] !== callee || callee?.kind !== 'NameExpr') left.push(node[key]);
  }
  return false;
}
