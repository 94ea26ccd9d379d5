/**
 * function-values.ts — everything callable where a value is wanted: functions, methods, static functions, built-ins,
 * constructors of variants and tuple structs.
 *
 * A plain function is its own value. What is called in another way becomes a closure around the call, written as syntax and
 * checked like one: `打印行` is `(x) => 打印行(x)`, `点.距离` of a value p is `() => p.距离()` with p evaluated once, an 异步 函数
 * gives its 未来, `成功` is `(v) => 成功(v)`.
 *
 * Invariant: how many parameters such a closure has comes from the type that is expected, where there is one; so defaults and
 * variadic parameters work, too. Names in the made syntax begin with a space: no program can have them.
 * Rejected: values of the type "built-in 打印行". Every place that calls closures would have to know them.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { resolve, type Type } from '../types.js';
import { poison, type Body } from './body.js';
import { templateValue } from './generics.js';
import { ensureInferred } from './infer-call.js';
import { inferClosure } from './infer-closure.js';
import { methodShape } from './infer-method.js';
import type { FunctionSymbol } from './scope.js';

type FuncType = Type & { readonly kind: 'func' };

/** The function type that is expected, if one is. */
export function expectedFunction(expected: Type | undefined): FuncType | undefined {
  const want = expected === undefined ? undefined : resolve(expected);
  return want?.kind === 'func' ? want : undefined;
}

/** `(x, y) => callee(x, y)` with as many parameters as expected, else `count`. */
export function callingClosure(b: Body, callee: ast.Expr, count: number, expected: Type | undefined, types?: readonly Type[]): hir.Expr {
  const want = expectedFunction(expected);
  const params = want?.params ?? types ?? Array.from({ length: count }, () => b.checker.fresh());
  const { span } = callee;
  const names = params.map((_, i): ast.Name => ({ kind: 'Name', text: ` ${i}`, span }));
  const closure: ast.ClosureExpr = {
    kind: 'ClosureExpr', id: callee.id, span, flavour: 'plain', result: undefined,
    params: names.map((name) => ({ kind: 'Param', span, name, type: undefined, default: undefined, variadic: false, immutable: false })),
    body: {
      kind: 'CallExpr', id: callee.id, span, callee,
      args: names.map((name) => ({ kind: 'Argument', span, name: undefined, value: { kind: 'NameExpr', id: callee.id, span, name: name.text } })),
    },
  };
  return inferClosure(b, closure, { kind: 'func', params, result: want?.result ?? b.checker.fresh() });
}

/** A named function where a value is wanted; `e` is how it is written. */
export function functionValue(b: Body, f: FunctionSymbol, e: ast.Expr, expected?: Type, explicit?: readonly Type[]): hir.Expr {
  const { span } = e;
  if (f.flavour === 'coroutine') {
    b.error('E3026', span, { 名称: f.shown });
    return poison(span);
  }
  const want = expectedFunction(expected);
  const required = f.params.filter((p) => p.default === undefined && !p.variadic).length;
  const isVariadic = f.params.some((p) => p.variadic);
  const fewer = want !== undefined && want.params.length !== f.params.length && want.params.length >= required
    && (isVariadic || want.params.length < f.params.length);
  if (isVariadic && want === undefined) {
    b.error('E3112', span, { 名称: f.shown }, {
      related: [{ span: f.span, file: f.file, label: { zh: `${f.shown} 在这里声明`, en: `${f.shown} is declared here` } }],
    });
    return poison(span);
  }
  if (fewer || isVariadic) return callingClosure(b, e, 0, want);
  if (f.flavour === 'async') {
    const types = f.template !== undefined || want !== undefined ? undefined : f.params.map((p) => p.type);
    return callingClosure(b, e, f.params.length, want, types);
  }
  return plainValue(b, f, span, expected, explicit);
}

function plainValue(b: Body, f: FunctionSymbol, span: ast.Span, expected?: Type, explicit?: readonly Type[]): hir.Expr {
  if (f.template !== undefined) return templateValue(b, f, span, expected, explicit, (instance) => plainValue(b, instance, span));
  ensureInferred(b, f);
  return { kind: 'funcRef', func: f.func, type: { kind: 'func', params: f.params.map((p) => p.type), result: f.result }, span };
}

/** `p.距离` without a call: p is evaluated now, the method is called on it later. Undefined when it has no such method. */
export function methodValue(b: Body, object: hir.Expr, t: Type, name: ast.Name, span: ast.Span, expected: Type | undefined): hir.Expr | undefined {
  const shape = methodShape(b, t, name.text);
  if (shape === undefined) return undefined;
  const held: ast.Name = { kind: 'Name', text: ' 自身', span: object.span };
  return b.inScope(() => {
    const symbol = b.declareLocal(held, object.type, { quiet: true });
    const callee: ast.MemberExpr = { kind: 'MemberExpr', id: 0, span, object: { kind: 'NameExpr', id: 0, span: object.span, name: held.text }, name };
    const value = callingClosure(b, callee, shape.count, expected, shape.types);
    return {
      kind: 'blockExpr', value, type: value.type, span,
      block: { statements: [{ kind: 'let', local: symbol.local, value: object, span }], span },
    };
  });
}
