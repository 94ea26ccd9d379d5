/**
 * infer-closure.ts — closures, spawned blocks, functions as values and local functions.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { UNIT, resolve, type Type } from '../types.js';
import { Body, poison } from './body.js';
import { ensureInferred } from './infer-call.js';
import { inferExpr } from './infer-expr.js';
import { inferSequence, inferStatements } from './infer-stmt.js';
import { templateValue } from './generics.js';
import type { FunctionSymbol, Mutable } from './scope.js';
import { typeOf } from './type-expr.js';
import { isPoison, settle, unify } from './unify.js';
import { finishBody } from './function.js';

export function inferClosure(b: Body, e: ast.ClosureExpr, expected: Type | undefined): hir.Expr {
  const odd = e.params.find((p) => p.default !== undefined || p.variadic);
  if (odd !== undefined) return b.unsupported(odd.span, '闭包的默认参数与可变参数', 'default and variadic parameters of closures');
  const want = expected === undefined ? undefined : resolve(expected);
  const hint = want?.kind === 'func' ? want : undefined;
  const written = e.result === undefined ? undefined : typeOf(e.result, b.checker, b.scope, b.file);
  if (e.flavour === 'async') return closure(b, e, '异步闭包', e.params, futureOf(written ?? hint?.result ?? b.checker.fresh()), e.body, hint?.params, 'async');
  return closure(b, e, '闭包', e.params, written ?? hint?.result ?? b.checker.fresh(), e.body, hint?.params, written === undefined ? 'inferred' : 'written');
}

/** The type of a call of something 异步 with this result: a type written 未来<T> is not wrapped twice. */
function futureOf(result: Type): Type & { kind: 'future' } {
  const known = resolve(result);
  return known.kind === 'future' ? known : { kind: 'future', value: result };
}

/** A function declared inside another: a closure that may call itself by its name. */
export function localFunction(b: Body, d: ast.FunctionDecl): hir.Stmt[] {
  const refuse = d.flavour === 'coroutine' ? '函数内声明的协程'
    : d.typeParams.length > 0 ? '泛型' : d.receiver !== undefined ? '函数内声明的方法'
      : d.params.some((p) => p.default !== undefined || p.variadic) ? '内层函数的默认参数与可变参数' : undefined;
  if (refuse !== undefined || d.body === undefined) {
    b.unsupported(d.name.span, refuse ?? '没有函数体的函数', 'this kind of local function');
    b.bindName(d.name, { kind: 'poison', span: d.name.span, file: b.file });
    return [];
  }
  const params = d.params.map((p) => (p.type === undefined ? b.checker.fresh() : typeOf(p.type, b.checker, b.scope, b.file)));
  const written = d.result === undefined ? b.checker.fresh() : typeOf(d.result, b.checker, b.scope, b.file);
  const isAsync = d.flavour === 'async';
  const result = isAsync ? futureOf(written) : written;
  const symbol = b.declareLocal(d.name, { kind: 'func', params, result }, { quiet: true, assigned: false });
  const value = closure(b, d, d.name.text, d.params, result, d.body, params, isAsync ? 'async' : d.result === undefined ? 'inferred' : 'written');
  symbol.lastAssigned = ++b.checker.clock;
  if (symbol.captured === Infinity) return [{ kind: 'let', local: symbol.local, value, span: d.name.span }];
  return [
    { kind: 'let', local: symbol.local, value: undefined, span: d.name.span },
    { kind: 'assignLocal', local: symbol.local, value, span: d.name.span },
  ];
}

/** How the result of a closure comes about: as the body says, as written, or as a 未来 of what a task gives that runs the body. */
type ResultMode = 'inferred' | 'written' | 'async';

function closure(
  b: Body, e: { readonly span: ast.Span }, name: string, params: readonly ast.Param[], result: Type, code: ast.Expr | ast.Block,
  hints: readonly Type[] | undefined, mode: ResultMode,
): hir.Expr {
  const func = b.checker.newFunc(name, 'closure', b.file, e.span, result);
  const inner = new Body(b.checker, func, 'closure', b, b.scope);
  const types: Type[] = [];
  func.params = params.map((p, i) => {
    const written = p.type === undefined ? undefined : typeOf(p.type, b.checker, b.scope, b.file);
    const type = written ?? hints?.[i] ?? b.checker.fresh();
    types.push(type);
    return inner.declareLocal(p.name, type, { quiet: true, guard: p.immutable ? 'immutable' : 'none' }).local;
  });
  const written = resolve(result);
  if (mode === 'async' && written.kind === 'future') {
    func.body = startedBody(inner, name, written, code, e.span);
  } else {
    // As in a plain function declared 未来<T>, `返回 v` wraps v.
    if (mode === 'written' && code.kind === 'Block' && written.kind === 'future') inner.futureOf = written.value;
    func.body = bodyOf(inner, code, result);
  }
  finishBody(inner);
  if (inner.failed) b.failed = true;
  return { kind: 'closure', func, type: { kind: 'func', params: types, result }, span: e.span };
}

function bodyOf(inner: Body, code: ast.Expr | ast.Block, result: Type): hir.Block {
  const statements = code.kind === 'Block' ? inferStatements(inner, code.statements) : exprBody(inner, code, result);
  return { statements, span: code.span };
}

/** The body of something 异步: it starts a task that runs `code`, with the closure's parameters as captures. */
function startedBody(b: Body, name: string, type: Type & { kind: 'future' }, code: ast.Expr | ast.Block, span: ast.Span): hir.Block {
  const func = b.checker.newFunc(name, 'plain', b.file, span, type.value);
  const inner = new Body(b.checker, func, 'block', b, b.scope);
  func.body = bodyOf(inner, code, type.value);
  finishBody(inner);
  if (inner.failed) b.failed = true;
  b.returnsValue = true;
  return { statements: [{ kind: 'return', value: { kind: 'start', func, args: [], type, span }, span }], span: code.span };
}

/** `(x) => e`: e is the result, unless 空 is wanted; then it only runs. */
function exprBody(inner: Body, e: ast.Expr, result: Type): hir.Stmt[] {
  const wanted = resolve(result);
  if (wanted === UNIT) return [{ kind: 'expr', expr: inferExpr(inner, e), span: e.span }];
  const node = inferExpr(inner, e, wanted);
  if (node.kind === 'diverge') return [node.statement];
  const value = inner.coerce(node, result);
  if (resolve(value.type) === UNIT) return [{ kind: 'expr', expr: value, span: e.span }];
  settle(value.type);
  inner.returnsValue = true;
  return [{ kind: 'return', value, span: e.span }];
}

/** The function of `创建 { … }` or `启动 { … }`. Its value is that of 返回, or of its last expression. */
export function blockFunction(b: Body, block: ast.Block, span: ast.Span, name: string): Mutable<hir.Func> {
  const func = b.checker.newFunc(name, 'plain', b.file, span, b.checker.fresh());
  const inner = new Body(b.checker, func, 'block', b, b.scope);
  const last = block.statements.at(-1);
  if (name === '创建块' && last?.kind === 'ExprStmt' && last.expr.kind !== 'IfExpr' && last.expr.kind !== 'MatchExpr' && last.expr.kind !== 'ThrowExpr') {
    const { statements, sink } = inferSequence(inner, block.statements.slice(0, -1));
    const value = inferExpr(inner, last.expr);
    const t = resolve(value.type);
    if (!inner.returnsValue && t !== UNIT && t.kind !== 'never' && !isPoison(t)) {
      settle(t);
      unify(func.result, t);
      inner.returnsValue = true;
      sink.push({ kind: 'return', value, span: last.span });
    } else sink.push({ kind: 'expr', expr: value, span: last.span });
    func.body = { statements, span: block.span };
  } else {
    func.body = { statements: inferStatements(inner, block.statements), span: block.span };
  }
  finishBody(inner);
  if (inner.failed) b.failed = true;
  return func;
}

/** A named function where a value is wanted. */
export function functionValue(b: Body, f: FunctionSymbol, span: ast.Span, expected?: Type, explicit?: readonly Type[]): hir.Expr {
  if (f.flavour === 'coroutine') {
    b.error('E3026', span, { 名称: f.shown });
    return poison(span);
  }
  if (f.params.some((p) => p.variadic)) return b.unsupported(span, '带可变参数的函数作为值', 'variadic functions as values');
  if (f.template !== undefined) return templateValue(b, f, span, expected, explicit, (instance) => functionValue(b, instance, span));
  ensureInferred(b, f);
  return { kind: 'funcRef', func: f.func, type: { kind: 'func', params: f.params.map((p) => p.type), result: f.flavour === 'async' ? futureOf(f.result) : f.result }, span };
}
