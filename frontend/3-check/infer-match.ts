/**
 * infer-match.ts — 匹配 as a statement and as an expression.
 *
 * Each arm is a scope: its pattern's variables, its guard, its body. As an expression all arms have one
 * type (arms that never complete fit any). Whether the arms cover every case is checked when all types
 * are known (match-check.ts).
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { UNIT, resolve, type Type } from '../types.js';
import { unitValue, type Body } from './body.js';
import { branchType, coerceValue, valueOf } from './branches.js';
import { blockValue, checkCondition, headSpan, inferExpr } from './infer-expr.js';
import { Bindings, inferPattern } from './infer-pattern.js';
import { exprStatement, inferBlock } from './infer-stmt.js';
import { isPoison, settle } from './unify.js';

/** 匹配 as an expression. */
export function inferMatch(b: Body, e: ast.MatchExpr, expected?: Type): hir.Expr {
  return matchNode(b, e, (bodies) => branchType(b, bodies, expected), (body, previous) => {
    const hint = expected ?? previous;
    return body.kind === 'Block' ? blockValue(b, body, hint) : inferExpr(b, body, hint);
  });
}

/** 匹配 as a statement: what the arms give is dropped. */
export function inferMatchStatement(b: Body, e: ast.MatchExpr): hir.Expr {
  return matchNode(b, e, () => UNIT, (body) => {
    const { span } = body;
    let block: hir.Block;
    if (body.kind === 'Block') block = inferBlock(b, body);
    else {
      const statements: hir.Stmt[] = [];
      exprStatement(b, { kind: 'ExprStmt', span, expr: body }, statements);
      block = { statements, span };
    }
    return { kind: 'blockExpr', block, value: unitValue(span), type: UNIT, span };
  });
}

function matchNode(
  b: Body, e: ast.MatchExpr, typeOf: (bodies: readonly hir.Expr[]) => Type,
  infer: (body: ast.Expr | ast.Block, previous: Type | undefined) => hir.Expr,
): hir.Expr {
  const subject = inferExpr(b, e.subject);
  settle(subject.type);
  if (isPoison(subject.type)) b.failed = true;
  const bodies: hir.Expr[] = [];
  const arms = e.arms.map((arm): hir.MatchArm => b.inScope(() => {
    const pattern = inferPattern(b, arm.pattern, subject.type, new Bindings(b), true);
    const guard = arm.guard === undefined ? undefined : checkCondition(b, arm.guard);
    const body = infer(arm.body, bodies.find((x) => resolve(x.type).kind !== 'never')?.type);
    bodies.push(body);
    return { pattern, guard, body, span: arm.span };
  }));
  const completing = bodies.find((x) => resolve(x.type).kind !== 'never');
  const type = typeOf(bodies);
  const fitted = arms.map((arm): hir.MatchArm => ({
    ...arm, body: coerceValue(b, arm.body, type, completing === undefined || arm.body === completing ? undefined : valueOf(completing).span),
  }));
  const node: hir.Expr & { kind: 'match' } = { kind: 'match', subject, arms: fitted, type: arms.length === 0 ? UNIT : type, span: e.span };
  b.checker.matches.push({ body: b, node, head: { start: e.span.start, end: Math.max(e.subject.span.end, headSpan(e.span, e.subject.span).end) }, isIrrefutable: false });
  return node;
}
