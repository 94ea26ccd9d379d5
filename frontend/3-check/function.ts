/**
 * function.ts — checking the body of a declared function.
 *
 * Functions are checked in source order; one whose parameters or result are not fully written is
 * checked on demand at its first call, so that callers find its types. Recursion, and chains of
 * demands deeper than MAX_DEPTH, leave the types open; unification closes them later.
 */
import type * as hir from '../hir.js';
import { UNIT, resolve } from '../types.js';
import { Body, unitValue, type Checker } from './body.js';
import { checkExpr, inferExpr } from './infer-expr.js';
import { inferStatements } from './infer-stmt.js';
import { endReachable } from './flow.js';
import type { FunctionSymbol, LocalSymbol } from './scope.js';
import { settle, unify } from './unify.js';

/** Bounds the JavaScript stack: each level of demand is some twenty frames. */
const MAX_DEPTH = 100;

export function checkFunction(checker: Checker, f: FunctionSymbol): void {
  if (f.state !== 'new' || checker.depth >= MAX_DEPTH || f.decl.body === undefined) return;
  f.state = 'checking';
  checker.depth++;
  const mark = checker.mark;
  const muted = checker.muted;
  checker.muted = 0;
  const { context } = checker;
  checker.context = f.context;
  const kind = f.flavour === 'async' ? 'async' : f.flavour === 'coroutine' ? 'coroutine' : 'function';
  const body = new Body(checker, f.func, kind, undefined, f.scope);
  body.symbol = f;
  body.futureOf = f.futureOf;
  f.body = body;
  const params: hir.Local[] = [];
  if (f.receiver !== undefined) {
    const [first, ...others] = f.receiver.names;
    const name = { kind: 'Name' as const, text: first!, span: f.receiver.span };
    const symbol = body.declareLocal(name, f.receiver.type, { quiet: true, guard: f.receiver.mutable ? 'none' : 'receiver' });
    for (const other of others) body.root.declare(other, symbol);
    params.push(symbol.local);
  }
  const symbols: LocalSymbol[] = [];
  for (const p of f.params) {
    if (p.default !== undefined) settle(checkDefault(body, p.default, p.type));
    const name = { kind: 'Name' as const, text: p.name, span: p.span };
    symbols.push(body.declareLocal(name, p.type, { quiet: true, guard: p.immutable ? 'immutable' : 'none' }));
  }
  params.push(...symbols.map((s) => s.local));
  body.paramSymbols = symbols;
  f.func.params = params;
  f.func.body = { statements: inferStatements(body, f.decl.body.statements), span: f.decl.body.span };
  finishBody(body);
  checker.settleSince(mark);
  checker.muted = muted;
  checker.context = context;
  checker.depth--;
  f.state = 'done';
}

/** A default sees what stands outside the function, not the other parameters. */
function checkDefault(body: Body, e: Parameters<typeof inferExpr>[1], type: hir.Local['type']): hir.Local['type'] {
  const scope = body.scope;
  body.scope = body.symbol!.scope;
  const node = checkExpr(body, e, type);
  body.scope = scope;
  body.checker.dropped.push({ node, file: body.file });
  return node.type;
}

/** Ends a body: its result when no 返回 said otherwise, the `let`s of hoisted names, the wrapped end. */
export function finishBody(b: Body): void {
  const { func } = b;
  const result = resolve(func.result);
  if (!b.returnsValue && result.kind === 'variable') unify(result, UNIT);
  // A literal as result is settled here, unless callers decide it through a parameter.
  else if (!func.params.some((p) => resolve(p.type) === result)) settle(result);
  const statements = func.body.statements as hir.Stmt[];
  if (b.hoisted.length > 0) {
    statements.unshift(...b.hoisted.map((local): hir.Stmt => ({ kind: 'let', local, value: undefined, span: local.span })));
  }
  if (b.futureOf !== undefined && resolve(b.futureOf) === UNIT && endReachable(func.body)) {
    const span = { start: Math.max(func.body.span.start, func.body.span.end - 1), end: func.body.span.end };
    statements.push({ kind: 'return', value: { kind: 'ready', value: unitValue(span), type: func.result, span }, span });
  }
}
