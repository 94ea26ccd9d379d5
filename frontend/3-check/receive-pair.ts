/**
 * receive-pair.ts — `v, 成 = <-c`, and what a 选择 case receives.
 *
 * Invariant: the channel is received from once, before anything is stored.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { BOOL, showType, type Type } from '../types.js';
import { placeholder, type Body } from './body.js';
import { noteAssigned } from './capture.js';
import { whenKnown } from './deferred.js';
import { declareTarget, store, targetOf, typeOfTarget, type Target } from './infer-assign.js';
import { channelOf } from './infer-async.js';
import { zeroValue } from './infer-builtin.js';
import { isPoison } from './unify.js';

/** Where a received value of `type` goes: an existing place, or a name this assignment declares. */
export function receiver(b: Body, e: ast.Expr, type: Type, out: hir.Stmt[]): Target | undefined {
  if (e.kind === 'NameExpr') {
    if (e.name === '_') return undefined;
    if (b.scope.lookupTarget(e.name) === undefined) return declareTarget(b, e, type, out);
  }
  const place = targetOf(b, e);
  if (place === undefined) return undefined;
  const wanted = typeOfTarget(place);
  b.coerce(placeholder(type, e.span), wanted);
  return place;
}

export function receivePair(
  b: Body, e: ast.ReceiveExpr, span: ast.Span, out: hir.Stmt[], place: (i: number, type: Type) => Target | undefined,
): void {
  const { channel, elem } = channelOf(b, e.channel);
  const types = [elem, BOOL];
  const targets = types.map((type, i) => place(i, type));
  const after: hir.Stmt[] = [];
  const locals = targets.map((target, i): hir.Local | undefined => {
    if (target === undefined) return undefined;
    if (target.kind === 'local') {
      if (target.symbol !== undefined) noteAssigned(b, target.symbol);
      return target.local;
    }
    const local = b.temp(types[i]!, span);
    out.push({ kind: 'let', local, value: undefined, span });
    after.push(store(b, target, { kind: 'local', local, type: local.type, span }, span));
    return local;
  });
  out.push({ kind: 'receiveOk', value: locals[0], ok: locals[1], zero: zeroOf(b, elem, span), channel, span }, ...after);
}

/** The value a closed channel gives; E3029 for a type that has none. */
export function zeroOf(b: Body, elem: Type, span: ast.Span): hir.Expr {
  const node = placeholder(elem, span);
  whenKnown(b, elem, span, { zh: '通道里的值', en: 'the values of the channel' }, (t) => {
    if (isPoison(t)) return;
    const zero = zeroValue(t, span);
    if (zero === undefined) b.error('E3029', span, { 类型: showType(t) });
    else Object.assign(node, zero);
  });
  return node;
}

/** Stores a value that a 选择 case received. */
export function storeReceived(b: Body, e: ast.Expr, local: hir.Local, out: hir.Stmt[]): void {
  const target = receiver(b, e, local.type, out);
  if (target !== undefined) out.push(store(b, target, { kind: 'local', local, type: local.type, span: e.span }, e.span));
}

