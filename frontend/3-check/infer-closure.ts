/**
 * infer-closure.ts — closures, spawned blocks, functions as values and local functions.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { UNIT, resolve, type Type } from '../types.js';
import { Body, poison } from './body.js';
import { checkExpr, inferExpr } from './infer-expr.js';
import { inferSequence, inferStatements } from './infer-stmt.js';
import type { FunctionSymbol, Mutable } from './scope.js';
import { typeOf } from './type-expr.js';
import { isPoison, settle, unify } from './unify.js';
import { finishBody } from './function.js';

export function inferClosure(b: Body, e: ast.ClosureExpr, expected: Type | undefined): hir.Expr {
  const odd = e.params.find((p) => p.default !== undefined || p.variadic);
  if (odd !== undefined) {
    b.error('E3116', odd.span);
    return poison(e.span);
  }
  const want = expected === undefined ? undefined : resolve(expected);
  const hint = want?.kind === 'func' ? want : undefined;
  return closure(b, { span: e.span, name: e.flavour === 'async' ? '异步闭包' : '闭包', flavour: e.flavour, params: e.params, result: e.result, code: e.body }, hint?.params, hint?.params.length === e.params.length ? hint.result : undefined);
}

/** A function declared inside another: a closure that may call itself by its name. */
export function localFunction(b: Body, d: ast.FunctionDecl): hir.Stmt[] {
  const { body } = d;
  const refused = d.typeParams.length > 0 ? { zh: '类型参数', en: 'type parameters' } : d.receiver !== undefined ? { zh: '接收者', en: 'a receiver' } : undefined;
  if (refused !== undefined || body === undefined) {
    // The parser has reported a missing body (E2019).
    if (refused !== undefined) b.error('E3115', d.name.span, { 内容: refused });
    else b.failed = true;
    b.bindName(d.name, { kind: 'poison', span: d.name.span, file: b.file });
    return [];
  }
  const params = d.params.map((p) => {
    const type = p.type === undefined ? b.checker.fresh() : typeOf(p.type, b.checker, b.scope, b.file);
    return p.variadic ? { kind: 'list' as const, elem: type } : type;
  });
  d.params.forEach((p, i) => {
    if (p.default !== undefined) settle(checkExpr(b, p.default, params[i]!).type);
  });
  const result = b.checker.fresh();
  const symbol = b.declareLocal(d.name, { kind: 'func', params, result }, { quiet: true, assigned: false, guard: 'immutable' });
  symbol.signature = { params: d.params, scope: b.scope, isCoroutine: d.flavour === 'coroutine' };
  const value = closure(b, { span: d.span, name: d.name.text, flavour: d.flavour, params: d.params, result: d.result, code: body, decl: d }, params, result);
  symbol.lastAssigned = ++b.checker.clock;
  if (symbol.captured === Infinity) return [{ kind: 'let', local: symbol.local, value, span: d.name.span }];
  return [
    { kind: 'let', local: symbol.local, value: undefined, span: d.name.span },
    { kind: 'assignLocal', local: symbol.local, value, span: d.name.span },
  ];
}

/** A closure as it is written. */
interface Written {
  readonly span: ast.Span;
  readonly name: string;
  readonly flavour: ast.FunctionFlavour;
  readonly params: readonly ast.Param[];
  readonly result: ast.TypeExpr | undefined;
  readonly code: ast.Expr | ast.Block;
  readonly decl?: ast.FunctionDecl;
}

/** `result` is that of a call: 未来<T> of an 异步 one, the 协程 of one that is a 协程. It is advice unless nothing is written. */
function closure(b: Body, e: Written, hints: readonly Type[] | undefined, result: Type | undefined): hir.Expr {
  const written = e.result === undefined ? undefined : typeOf(e.result, b.checker, b.scope, b.file);
  const plain = e.flavour === 'plain';
  const called = plain ? written ?? result ?? b.checker.fresh() : b.checker.fresh();
  const func = b.checker.newFunc(e.name, 'closure', b.file, e.span, called);
  const inner = new Body(b.checker, func, 'closure', b, b.scope);
  const types: Type[] = [];
  func.params = e.params.map((p, i) => {
    const own = p.type === undefined || p.variadic ? undefined : typeOf(p.type, b.checker, b.scope, b.file);
    const type = own ?? hints?.[i] ?? b.checker.fresh();
    types.push(type);
    return inner.declareLocal(p.name, type, { quiet: true, guard: p.immutable ? 'immutable' : 'none' }).local;
  });
  if (plain) {
    // A local function is known by its type before its code is: it may call itself.
    if (written !== undefined && result !== undefined && e.decl !== undefined) unify(result, written);
    closureBody(inner, e, called, written);
  } else startingBody(inner, e, written, result);
  finishBody(inner);
  if (inner.failed) b.failed = true;
  return { kind: 'closure', func, type: { kind: 'func', params: types, result: called }, span: e.span };
}

function closureBody(inner: Body, { code }: Written, result: Type, written: Type | undefined): void {
  const { func } = inner;
  if (code.kind === 'Block') {
    const type = written === undefined ? undefined : resolve(written);
    // As in a plain function declared 未来<T>, `返回 v` wraps v.
    if (type?.kind === 'future') inner.futureOf = type.value;
    func.body = { statements: inferStatements(inner, code.statements), span: code.span };
  } else {
    func.body = { statements: exprBody(inner, code, result), span: code.span };
  }
}

/** An 异步 closure or a local 协程: a closure that starts a task, or makes a coroutine, of a function that shares its variables. */
function startingBody(inner: Body, e: Written, written: Type | undefined, expected: Type | undefined): void {
  const { checker, file, func } = inner;
  const { span, code } = e;
  const isCoroutine = e.flavour === 'coroutine';
  const want = expected === undefined ? undefined : resolve(expected);
  const value = written !== undefined ? (!isCoroutine && written.kind === 'future' ? written.value : written) : want?.kind === 'future' ? want.value : checker.fresh();
  const work = checker.newFunc(e.name, isCoroutine ? 'coroutine' : 'plain', file, span, value);
  const type: Type = isCoroutine ? { kind: 'coroutine', yields: checker.fresh(), sends: checker.fresh(), result: value } : { kind: 'future', value };
  unify(func.result, type);
  if (expected !== undefined) unify(expected, type);
  const body = new Body(checker, work, isCoroutine ? 'coroutine' : 'async', inner, inner.scope);
  if (type.kind === 'coroutine') body.symbol = coroutineSymbol(body, e, type);
  closureBody(body, e, value, undefined);
  finishBody(body);
  if (body.failed) inner.failed = true;
  const started: hir.Expr = { kind: isCoroutine ? 'newCoroutine' : 'start', func: work, args: [], type, span };
  func.body = { statements: [{ kind: 'return', value: started, span }], span: code.span };
  inner.returnsValue = true;
}

/** What a 挂起 in a local 协程 asks its declaration for. */
function coroutineSymbol(body: Body, e: Written, coroutine: Type & { kind: 'coroutine' }): FunctionSymbol {
  const { func, file } = body;
  const symbol: FunctionSymbol = {
    kind: 'function', name: e.name, shown: e.name, span: e.span, file, decl: e.decl!, func, params: [], receiver: undefined, result: func.result,
    flavour: 'coroutine', futureOf: undefined, coroutine, state: 'done', body, scope: body.scope, template: undefined, context: body.checker.context,
  };
  body.checker.functionSymbols.push(symbol);
  return symbol;
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

/** The function of `启动 { … }`: only 返回 gives it a value, which nobody gets. */
export function blockFunction(b: Body, block: ast.Block, span: ast.Span, name: string): Mutable<hir.Func> {
  return blockWith(b, block, span, name, undefined);
}

/**
 * The function of `创建 { … }`. Its value is that of 返回, or of its last expression, as in 并发. When the task is not used
 * (`wanted` is false) the branches of a last 如果 or 匹配 need not agree.
 */
export function spawnedBlock(b: Body, block: ast.Block, span: ast.Span, wanted: boolean): Mutable<hir.Func> {
  const last = block.statements.at(-1);
  const isValue = last?.kind === 'ExprStmt' && last.expr.kind !== 'ThrowExpr' && (wanted || (last.expr.kind !== 'IfExpr' && last.expr.kind !== 'MatchExpr'));
  return blockWith(b, block, span, '创建块', isValue ? last.expr : undefined);
}

function blockWith(b: Body, block: ast.Block, span: ast.Span, name: string, last: ast.Expr | undefined): Mutable<hir.Func> {
  const func = b.checker.newFunc(name, 'plain', b.file, span, b.checker.fresh());
  const inner = new Body(b.checker, func, 'block', b, b.scope);
  const { statements, sink } = inferSequence(inner, last === undefined ? block.statements : block.statements.slice(0, -1));
  if (last !== undefined) endWith(inner, last, sink);
  func.body = { statements, span: block.span };
  finishBody(inner);
  if (inner.failed) b.failed = true;
  return func;
}

/** The last expression of a block is what it returns; behind a 返回 without a value it is dropped. */
function endWith(inner: Body, last: ast.Expr, sink: hir.Stmt[]): void {
  const { result } = inner.func;
  const { span } = last;
  const node = inferExpr(inner, last, inner.returnsValue ? result : undefined);
  const t = resolve(node.type);
  if (node.kind === 'diverge') sink.push(node.statement);
  else if (t === UNIT || t.kind === 'never' || isPoison(t) || resolve(result) === UNIT) sink.push({ kind: 'expr', expr: node, span });
  else {
    if (!inner.returnsValue) settle(t);
    sink.push({ kind: 'return', value: inner.coerce(node, result), span });
    inner.returnsValue = true;
  }
}
