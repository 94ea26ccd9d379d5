/**
 * trait-methods.ts — the methods of the language's own traits on types that have them without an implementation.
 *
 * `x.显示()` of anything, `x.比较(y)` of numbers, characters and strings, `x.迭代()` of what 对于 can go over: generic code
 * calls them on its type parameters, whatever those are. A method of the type itself comes first.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { BOOL, INT, resolve } from '../types.js';
import { bindArgs, withPrelude, type Arg } from './arguments.js';
import { poison, type Body } from './body.js';
import { formatted } from './infer-builtin.js';
import { finish, type CallMode } from './infer-call.js';
import { elementTypes } from './infer-stmt.js';
import { satisfies } from './unify.js';

export function traitMethod(b: Body, object: hir.Expr, name: ast.Name, args: readonly Arg[], span: ast.Span, mode: CallMode): hir.Expr | undefined {
  const t = resolve(object.type);
  if (name.text === '显示' && args.length === 0) return finish(b, formatted(b, object, undefined), mode);
  if (name.text === '迭代' && args.length === 0 && elementTypes(t, false) !== undefined) return finish(b, object, mode);
  if (name.text === '比较' && satisfies(t, 'ordered') === true) return finish(b, compared(b, object, args, span), mode);
  return undefined;
}

/** -1, 0 or 1. Both are evaluated first. */
function compared(b: Body, object: hir.Expr, args: readonly Arg[], span: ast.Span): hir.Expr {
  const t = resolve(object.type);
  const params = [{ name: '另一个', type: t, variadic: false, default: undefined, defaultIsPure: true, declared: undefined }];
  const bound = bindArgs(b, '比较', params, args, span);
  if (bound === undefined) return poison(span);
  const [left, right] = [b.temp(t, span), b.temp(t, span)];
  const read = (local: hir.Local): hir.Expr => ({ kind: 'local', local, type: t, span });
  const number = (value: bigint): hir.Expr => ({ kind: 'int', value, type: INT, span });
  const when = (op: 'lt' | 'gt', then: hir.Expr, otherwise: hir.Expr): hir.Expr =>
    ({ kind: 'if', condition: { kind: 'compare', op, left: read(left), right: read(right), type: BOOL, span }, then, otherwise, type: INT, span });
  const statements: hir.Stmt[] = [{ kind: 'let', local: left, value: object, span }, { kind: 'let', local: right, value: bound.nodes[0]!, span }];
  return withPrelude(bound.prelude, {
    kind: 'blockExpr', type: INT, span, block: { statements, span }, value: when('lt', number(-1n), when('gt', number(1n), number(0n))),
  });
}
