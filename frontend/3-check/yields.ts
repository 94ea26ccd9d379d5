/**
 * yields.ts — which 协程 a 挂起 in a helper belongs to.
 *
 * A plain function may 挂起 a value for the 协程 that calls it, directly or through other plain
 * functions. When all bodies are known, what helpers yield is spread to their callers, up to the
 * 协程 declarations; reaching a task, the entry or a spawned block instead is E6009. Nothing is spread
 * through closures: they may run anywhere, so the runtime checks them.
 */
import type * as ast from '../ast.js';
import { UNIT, resolve, type Type } from '../types.js';
import { fill, type Body, type CallEdge, type Checker } from './body.js';
import type { FunctionSymbol } from './scope.js';
import { unify } from './unify.js';

export function spreadYields(checker: Checker, entry: FunctionSymbol | undefined): void {
  const work = checker.functionSymbols.filter((f) => f.body?.yields !== undefined);
  if (work.length === 0) return;
  const callers = new Map<FunctionSymbol, CallEdge[]>();
  for (const edge of checker.edges) {
    const list = callers.get(edge.callee);
    if (list === undefined) callers.set(edge.callee, [edge]);
    else list.push(edge);
  }
  for (let f = work.pop(); f !== undefined; f = work.pop()) {
    const source = f.body!.yields!;
    if (f === entry || f.decl.test !== undefined) outside(f.body!, source.span, source.span, f.body!);
    for (const edge of callers.get(f) ?? []) {
      const caller = edge.caller;
      if (edge.detached) outside(caller, edge.span, source.span, f.body!);
      else if (caller.kind === 'coroutine') {
        caller.yieldsValue = true;
        const type = caller.symbol!.coroutine!;
        same(caller, edge, source, type, f.body!);
        if (resolve(source.result).kind === 'variable') unify(source.result, type.result);
      } else if (caller.kind === 'function') {
        if (caller.yields !== undefined) {
          same(caller, edge, source, caller.yields, f.body!);
          if (resolve(source.result).kind === 'variable') unify(source.result, caller.yields.result);
        } else {
          caller.yields = { ...source, span: edge.span };
          work.push(caller.symbol!);
        }
      } else if (caller.kind === 'closure') {
        // Who calls a closure is known when it happens: nothing is spread further.
        yieldForAround(caller, edge.span);
        if (caller.yields === undefined) caller.yields = { ...source, span: edge.span };
        else same(caller, edge, source, caller.yields, f.body!);
      } else outside(caller, edge.span, source.span, f.body!);
    }
  }
}

/** A closure that stands in a 协程 yields for that one. Wherever else it is called, the runtime compares the types (E6008, E6009). */
export function yieldForAround(closure: Body, span: ast.Span): void {
  let around: Body | undefined = closure;
  while (around?.kind === 'closure') around = around.parent;
  const type = around?.kind === 'coroutine' ? around.symbol?.coroutine : undefined;
  if (around === undefined || type === undefined) return;
  around.yieldsValue = true;
  closure.yields ??= { yields: type.yields, sends: type.sends, result: type.result, span };
}

function outside(caller: Body, span: ast.Span, suspend: ast.Span, helper: Body): void {
  caller.error('E6009', span, {}, span === suspend ? {} : {
    related: [{ span: suspend, file: helper.file, label: { zh: '在这里 挂起', en: '挂起 is here' } }],
  });
}

function same(caller: Body, edge: CallEdge, from: { yields: Type; sends: Type; span: ast.Span }, to: { yields: Type; sends: Type }, helper: Body): void {
  for (const [a, b] of [[to.yields, from.yields], [to.sends, from.sends]] as const) {
    if (unify(a, b)) continue;
    caller.mismatch(edge.span, a, b, { related: [{ span: from.span, file: helper.file, label: { zh: '在这里 挂起', en: '挂起 is here' } }] });
    return;
  }
}

/** Decides bare 挂起: to the resumer where Y is 空, else to the scheduler. */
export function decideBareSuspends(checker: Checker): void {
  for (const body of checker.bodies) {
    for (const node of body.bareSuspends) {
      const type = body.symbol!.coroutine!;
      const toResumer = !body.yieldsValue && unify(type.yields, UNIT);
      unify(node.type, toResumer ? type.sends : UNIT);
      fill(node, toResumer
        ? { kind: 'yield', value: { kind: 'unit', type: UNIT, span: node.span }, coroutine: type, type: type.sends, span: node.span }
        : { kind: 'reschedule', type: UNIT, span: node.span });
    }
  }
}

/** What nobody decided: a 协程 yields and is sent 空. Gives every function its coroutine type. */
export function finishYields(checker: Checker): void {
  const close = (t: Type): void => {
    const r = resolve(t);
    if (r.kind === 'variable' && r.literal === 'none') unify(r, UNIT);
  };
  for (const f of checker.functionSymbols) {
    if (f.coroutine === undefined) continue;
    close(f.coroutine.yields);
    close(f.coroutine.sends);
    f.func.coroutine = f.coroutine;
  }
  for (const { func, yields: own } of checker.bodies) {
    if (own === undefined || func.coroutine !== undefined) continue;
    close(own.yields);
    close(own.sends);
    close(own.result);
    func.coroutine = { kind: 'coroutine', yields: own.yields, sends: own.sends, result: own.result };
  }
}
