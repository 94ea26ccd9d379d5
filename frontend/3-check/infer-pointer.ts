/**
 * infer-pointer.ts — 取地址 and 解引用.
 *
 * A pointer stands for a place: a variable, a field, an element of a list or array. It never dangles: a
 * variable whose address is taken lives in a heap cell, and a pointer keeps what it points into alive.
 *
 * Rejected: addresses of dictionary values (their place moves when the table grows) and of temporary
 * values (nobody else could ever see what is stored there).
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { resolve, showType, type Type } from '../types.js';
import { poison, type Body } from './body.js';
import { localIn } from './capture.js';
import { isKnown } from './deferred.js';
import { checkExpr, fieldOf, inferExpr, indexTypes } from './infer-expr.js';
import { isPoison, unify } from './unify.js';

/** `取地址 x`, `&x`. */
export function addressOf(b: Body, e: ast.AddressOfExpr, expected: Type | undefined): hir.Expr {
  const { span } = e;
  const { operand } = e;
  const pointer = (place: hir.Place, elem: Type): hir.Expr => ({ kind: 'addressOf', place, type: { kind: 'pointer', elem }, span });
  switch (operand.kind) {
    case 'NameExpr': {
      const symbol = b.scope.lookup(operand.name);
      if (symbol?.kind === 'local') {
        if (symbol.guard !== 'none') return immutable(b, operand.name, span, symbol);
        symbol.reads++;
        symbol.addressed = true;
        const local = localIn(b, symbol);
        return pointer({ kind: 'local', local }, local.type);
      }
      if (symbol?.kind === 'global') {
        if (symbol.immutable) return immutable(b, operand.name, span, symbol);
        return pointer({ kind: 'global', global: symbol.global }, symbol.global.type);
      }
      break;
    }
    case 'MemberExpr': {
      const object = inferExpr(b, operand.object);
      const node = fieldOf(b, object, operand.name, operand.span);
      if (isPoison(node.type)) return poison(span);
      if (!isKnown(object.type)) {
        b.error('E3005', object.span, { 对象: { zh: '这个值', en: 'this value' } });
        return poison(span);
      }
      if (node.kind === 'field' && resolve(node.object.type).kind === 'struct') {
        return pointer({ kind: 'field', object: node.object, field: node.field }, node.type);
      }
      break;
    }
    case 'IndexExpr': {
      if (operand.index.kind === 'RangeExpr') break;
      const list = inferExpr(b, operand.object);
      const t = resolve(list.type);
      if (t.kind !== 'list' && t.kind !== 'array') {
        inferExpr(b, operand.index);
        if (isPoison(t)) return poison(span);
        b.error('E3071', span, {}, { label: { zh: `这里是 ${showType(t)} 的元素`, en: `an element of ${showType(t)}` } });
        return poison(span);
      }
      return pointer({ kind: 'element', list, index: checkExpr(b, operand.index, indexTypes(b, t, list.span)!.index) }, t.elem);
    }
    default: break;
  }
  const want = expected === undefined ? undefined : resolve(expected);
  const value = inferExpr(b, operand, want?.kind === 'pointer' ? want.elem : undefined);
  if (!isPoison(value.type)) b.error('E3071', span);
  return poison(span);
}

function immutable(b: Body, name: string, span: ast.Span, symbol: { readonly span: ast.Span; readonly file: Body['file'] }): hir.Expr {
  b.error('E3009', span, { 名称: name }, {
    label: { zh: '通过指针就能修改它', en: 'a pointer could change it' },
    related: [{ span: symbol.span, file: symbol.file, label: { zh: `${name} 在这里声明`, en: `${name} is declared here` } }],
  });
  return poison(span);
}

/** `解引用 p`, `*p`. */
export function dereference(b: Body, e: ast.DerefExpr): hir.Expr {
  const pointer = pointerOf(b, e);
  return pointer === undefined ? poison(e.span) : { kind: 'deref', pointer: pointer.node, type: pointer.elem, span: e.span };
}

/** The pointer under `*`, with what it points to; undefined after an error. */
export function pointerOf(b: Body, e: ast.DerefExpr): { readonly node: hir.Expr; readonly elem: Type } | undefined {
  const node = inferExpr(b, e.operand);
  const t = resolve(node.type);
  if (t.kind === 'pointer') return { node, elem: t.elem };
  if (isPoison(t)) return undefined;
  const elem = b.checker.fresh();
  if (t.kind === 'variable' && unify(t, { kind: 'pointer', elem })) return { node, elem };
  b.error('E3072', node.span, { 类型: showType(t) });
  return undefined;
}

/** The value a pointer stands for, where a member of it is wanted: `p.x` is `(*p).x`. */
export function pointedTo(pointer: hir.Expr, t: Type & { kind: 'pointer' }): hir.Expr {
  return { kind: 'deref', pointer, type: t.elem, span: pointer.span };
}
