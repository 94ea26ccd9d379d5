/**
 * propagate.ts — `尝试 e`: the value of 有(v) or 成功(v); for 无 and 失败(e) the function returns that.
 *
 * Desugared: the operand goes to a temporary, a test returns early, what follows takes the value. The
 * function's result must be an 选项, or a 结果 with the same kind of failure.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { BOOL, RESULT, resolve, showType, type Type } from '../types.js';
import { poison, type Body } from './body.js';
import { nodeWhenKnown } from './deferred.js';
import { payload, variantTest } from './infer-enum.js';
import { inferExpr } from './infer-expr.js';
import { unify } from './unify.js';

const SUCCESS = 0;
const FAILURE = 1;

export function inferPropagate(b: Body, e: ast.PropagateExpr): hir.Expr {
  const { span } = e;
  const operand = inferExpr(b, e.operand);
  const barrier = b.loops.findLast((l) => l.isFinally);
  if (barrier !== undefined) {
    b.error('E3013', span, { 语句: '尝试', 块: barrier.word ?? '最终' });
    return poison(span);
  }
  // Known from here on: the result is what a 返回 gives.
  b.returnsValue = true;
  return nodeWhenKnown(b, operand, operand.span, { zh: '这个值', en: 'this value' }, (t) => {
    if (t.kind === 'option') return unwrapped(b, operand, t, span);
    if (t.kind === 'enum' && t.def === RESULT) return succeeded(b, operand, t, span);
    b.error('E3053', operand.span, { 类型: showType(t) });
    return poison(span);
  });
}

function unwrapped(b: Body, operand: hir.Expr, t: Type & { kind: 'option' }, span: ast.Span): hir.Expr {
  const read = reader(b, operand);
  const some: hir.Expr = { kind: 'isSome', option: read(), type: BOOL, span };
  const wanted: Type = { kind: 'option', elem: b.checker.fresh() };
  return early(b, operand, read, wanted, some, { kind: 'none', type: wanted, span }, { kind: 'unwrap', option: read(), type: t.elem, span }, span);
}

function succeeded(b: Body, operand: hir.Expr, t: Type & { kind: 'enum' }, span: ast.Span): hir.Expr {
  const read = reader(b, operand);
  const wanted: Type = { kind: 'enum', def: RESULT, args: [b.checker.fresh(), t.args[1]!] };
  const failure: hir.Expr = { kind: 'enum', variant: FAILURE, args: [payload(read(), FAILURE, span)], type: wanted, span };
  return early(b, operand, read, wanted, variantTest(read(), SUCCESS, span), failure, payload(read(), SUCCESS, span), span);
}

function reader(b: Body, operand: hir.Expr): () => hir.Expr & { kind: 'local' } {
  const local = b.temp(operand.type, operand.span);
  return () => ({ kind: 'local', local, type: local.type, span: operand.span });
}

/** `operand` into a temporary; if `good` does not hold, 返回 `failure`; then `value`. */
function early(
  b: Body, operand: hir.Expr, read: () => hir.Expr & { kind: 'local' }, wanted: Type, good: hir.Expr, failure: hir.Expr, value: hir.Expr, span: ast.Span,
): hir.Expr {
  const result = b.futureOf ?? b.func.result;
  if (b.kind === 'main' || !unify(result, wanted)) {
    const written = b.symbol?.decl.result;
    b.error('E3054', span, { 类型: wanted.kind === 'option' ? '选项' : showType({ kind: 'enum', def: RESULT, args: [{ kind: 'param', index: 0, name: '…' }, resolve((wanted as typeof wanted & { kind: 'enum' }).args[1]!)] }) }, written === undefined ? {} : {
      related: [{ span: written.span, file: b.file, label: { zh: '结果类型在这里声明', en: 'the result type is declared here' } }],
    });
    return poison(span);
  }
  const out: hir.Expr = b.futureOf === undefined ? failure : { kind: 'ready', value: failure, type: { kind: 'future', value: wanted }, span };
  return {
    kind: 'blockExpr', type: value.type, span, value,
    block: {
      span,
      statements: [
        { kind: 'let', local: read().local, value: operand, span },
        {
          kind: 'if', span, otherwise: undefined, condition: { kind: 'unary', op: 'not', operand: good, type: BOOL, span },
          then: { statements: [{ kind: 'return', value: out, span }], span },
        },
      ],
    },
  };
}
