/**
 * infer-async.ts — 等待 创建 启动 协程 恢复 挂起 <-.
 *
 * Calls written directly under these words are resolved with the word's mode, so that `等待 f()` is a
 * plain call and `创建 f(x)` needs no closure. Other callees (closures, natives) run in a small function
 * made for the purpose, whose parameters are the operands evaluated by the creator.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { UNIT, resolve, showType, type Type } from '../types.js';
import { argsOf, bindArgs, inferArgs, withPrelude } from './arguments.js';
import { placeholder, poison, type Body } from './body.js';
import { nodeWhenKnown, isKnown } from './deferred.js';
import { callTemplate } from './generics.js';
import { blockFunction, spawnedBlock } from './infer-closure.js';
import { closureCallNode, ensureInferred, inferCall, localCall, parametersOf } from './infer-call.js';
import { joinQualified } from './imports.js';
import { checkExpr, fieldOf, inferExpr } from './infer-expr.js';
import { inferMethodOn } from './infer-method.js';
import { reportUndefined } from './undefined-name.js';
import { yieldForAround } from './yields.js';
import { refuseOperand } from './queued.js';
import { isPoison, unify } from './unify.js';

export function inferAwait(b: Body, e: ast.AwaitExpr, expected: Type | undefined): hir.Expr {
  if (e.operand.kind === 'CallExpr') {
    const node = inferCall(b, e.operand, expected === undefined ? undefined : { kind: 'future', value: expected }, 'await');
    return { ...node, span: e.span };
  }
  return awaitNode(b, inferExpr(b, e.operand), e.span);
}

export function awaitNode(b: Body, node: hir.Expr, span: ast.Span): hir.Expr {
  if (node.kind === 'sleep') return node;
  if (node.kind === 'callNative' && node.native === 'delay') return { kind: 'sleep', milliseconds: node.args[0]!, type: UNIT, span };
  return nodeWhenKnown(b, node, node.span, { zh: '要等待的值', en: 'the value to await' }, (t) => {
    if (t.kind === 'future' || t.kind === 'task') return { kind: 'await', future: node, type: t.value, span };
    if (t.kind === 'coroutine') return { kind: 'awaitCoroutine', coroutine: node, type: t.result, span };
    if (!isPoison(t) && resolve(t).kind !== 'never') {
      const hint = node.kind === 'call'
        ? { zh: `${node.func.name} 不是异步函数，直接调用即可`, en: `${node.func.name} is not an 异步 function: just call it` }
        : node.kind === 'callNative' || node.kind === 'callClosure'
          ? { zh: '这个调用给出的不是未来，去掉 等待', en: 'this call gives no 未来: remove 等待' }
          : t.kind === 'func' ? { zh: '先调用它：等待 f(…)', en: 'call it first: 等待 f(…)' } : undefined;
      b.error('E3021', node.span, { 类型: showType(t) }, hint === undefined ? {} : { hint });
    }
    return poison(span);
  });
}

/** `wanted`: whether anything is done with the task. */
export function inferSpawn(b: Body, e: ast.SpawnExpr, wanted = true): hir.Expr {
  if (e.body.kind === 'Block') {
    const func = spawnedBlock(b, e.body, e.span, wanted);
    return { kind: 'spawn', func, args: [], type: { kind: 'task', value: func.result }, span: e.span };
  }
  return queued(b, e.body, e.span, 'spawn');
}

export function inferDetach(b: Body, e: ast.DetachExpr): hir.Expr {
  if (e.body.kind === 'Block') {
    const func = blockFunction(b, e.body, e.span, '启动块');
    return { kind: 'launch', func, args: [], type: UNIT, span: e.span };
  }
  return queued(b, e.body, e.span, 'launch');
}

function queued(b: Body, body: ast.Expr, span: ast.Span, mode: 'spawn' | 'launch'): hir.Expr {
  if (body.kind === 'CallExpr') return { ...inferCall(b, body, undefined, mode), span };
  const operand = inferExpr(b, body);
  // What is wrong with it was said.
  return isPoison(operand.type) ? poison(span) : refuseOperand(b, body.span);
}

/** `协程 名(1, 5)`: an instance that is not started. */
export function inferCoroutine(b: Body, e: ast.CoroutineExpr): hir.Expr {
  const callee = e.call.kind === 'CallExpr' ? joinQualified(b.scope, e.call.callee) : undefined;
  if (e.call.kind === 'CallExpr' && (callee?.kind === 'MemberExpr' || callee?.kind === 'PathExpr')) {
    return { ...inferCall(b, e.call, undefined, 'coroutine'), span: e.span };
  }
  if (e.call.kind !== 'CallExpr' || callee?.kind !== 'NameExpr') {
    inferExpr(b, e.call);
    b.error('E3036', e.call.span, { 名称: b.file.text.slice(e.call.span.start, e.call.span.end) });
    return poison(e.span);
  }
  const args = argsOf(e.call);
  const symbol = b.scope.lookup(callee.name);
  if (symbol === undefined) {
    inferArgs(b, args);
    return reportUndefined(b, callee.name, callee.span, 'call');
  }
  if (symbol.kind === 'local' && symbol.signature?.isCoroutine === true) return { ...localCall(b, symbol, callee, args, e.call.span), span: e.span };
  if (symbol.kind !== 'function' || symbol.coroutine === undefined) {
    inferArgs(b, args);
    if (symbol.kind !== 'poison') {
      b.error('E3036', callee.span, { 名称: callee.name }, {
        related: [{ span: symbol.span, file: symbol.file, label: { zh: `${callee.name} 在这里声明`, en: `${callee.name} is declared here` } }],
      });
    }
    b.failed = true;
    return poison(e.span);
  }
  if (symbol.template !== undefined) {
    const call = { receiver: undefined, args, explicit: undefined, expected: undefined, span: e.call.span };
    return callTemplate(b, symbol, call, (instance, bound) => withPrelude(bound.prelude, {
      kind: 'newCoroutine', func: instance.func, args: bound.nodes, type: instance.coroutine!, span: e.span,
    }));
  }
  ensureInferred(b, symbol);
  const bound = bindArgs(b, symbol.shown, parametersOf(b, symbol), args, e.call.span);
  if (bound === undefined) return poison(e.span);
  return withPrelude(bound.prelude, { kind: 'newCoroutine', func: symbol.func, args: bound.nodes, type: symbol.coroutine, span: e.span });
}

/** `恢复 E` and `恢复 E(v)`: the latter sends v when E is a 协程, else calls E and resumes what it gives. */
export function inferResume(b: Body, e: ast.ResumeExpr): hir.Expr {
  let { operand } = e;
  if (operand.kind === 'CallExpr') operand = { ...operand, callee: joinQualified(b.scope, operand.callee) };
  if (operand.kind !== 'CallExpr') return resume(b, inferExpr(b, operand), undefined, e.span);
  const { callee } = operand;
  const send = (target: hir.Expr): hir.Expr | undefined => {
    const t = resolve(target.type);
    if (operand.args.length > 1 || operand.args[0]?.name !== undefined) return undefined;
    if (t.kind !== 'coroutine' && isKnown(t)) return undefined;
    return resume(b, target, operand.args[0]?.value, e.span);
  };
  if (callee.kind === 'NameExpr') {
    const symbol = b.scope.lookup(callee.name);
    if (symbol?.kind === 'local' || symbol?.kind === 'global') {
      const target = inferExpr(b, callee);
      return send(target) ?? resume(b, closureCallNode(b, target, argsOf(operand), operand.span, 'value'), undefined, e.span);
    }
  } else if (callee.kind === 'MemberExpr') {
    const isType = callee.object.kind === 'NameExpr' && !isVariable(b, callee.object.name);
    if (!isType) {
      const object = inferExpr(b, callee.object);
      const t = resolve(object.type);
      const isField = t.kind === 'struct' && t.def.fields.some((f) => f.name === callee.name.text && resolve(f.type).kind === 'coroutine');
      if (isField) return send(fieldOf(b, object, callee.name, callee.span)) ?? poison(e.span);
      return resume(b, inferMethodOn(b, object, operand, callee.name, 'value'), undefined, e.span);
    }
  } else if (callee.kind !== 'PathExpr' && callee.kind !== 'InstantiateExpr') {
    const target = inferExpr(b, callee);
    return send(target) ?? resume(b, closureCallNode(b, target, argsOf(operand), operand.span, 'value'), undefined, e.span);
  }
  return resume(b, inferCall(b, operand, undefined, 'value'), undefined, e.span);
}

function isVariable(b: Body, name: string): boolean {
  const symbol = b.scope.lookup(name);
  return symbol?.kind === 'local' || symbol?.kind === 'global';
}

function resume(b: Body, coroutine: hir.Expr, sent: ast.Expr | undefined, span: ast.Span): hir.Expr {
  const yields = b.checker.fresh();
  const sends = b.checker.fresh();
  const wanted: Type = { kind: 'coroutine', yields, sends, result: b.checker.fresh() };
  const target = b.coerce(coroutine, wanted);
  const value = sent === undefined ? undefined : checkExpr(b, sent, sends);
  if (isPoison(target.type)) return poison(span);
  return { kind: 'resume', coroutine: target, value, type: { kind: 'option', elem: yields }, span };
}

export function inferReceive(b: Body, e: ast.ReceiveExpr): hir.Expr {
  const { channel, elem } = channelOf(b, e.channel);
  return { kind: 'receive', channel, type: elem, span: e.span };
}

/** A channel operand and the type of its values. */
export function channelOf(b: Body, e: ast.Expr): { channel: hir.Expr; elem: Type } {
  const elem = b.checker.fresh();
  const channel = checkExpr(b, e, { kind: 'channel', elem });
  if (isPoison(channel.type)) unify(elem, channel.type);
  const t = resolve(channel.type);
  return { channel, elem: t.kind === 'channel' ? t.elem : channel.type };
}

export function inferSuspend(b: Body, e: ast.SuspendExpr): hir.Expr {
  const { span } = e;
  if (e.value === undefined) {
    if (b.kind !== 'coroutine') return { kind: 'reschedule', type: UNIT, span };
    // Whether it gives way to the resumer or to the scheduler depends on Y (yields.ts).
    const node = placeholder(b.checker.fresh(), span);
    b.bareSuspends.push(node);
    return node;
  }
  switch (b.kind) {
    case 'coroutine': {
      const type = b.symbol!.coroutine!;
      b.yieldsValue = true;
      return { kind: 'yield', value: checkExpr(b, e.value, type.yields), coroutine: type, type: type.sends, span };
    }
    case 'closure':
      yieldForAround(b, span);
      return yieldFrom(b, e.value, span);
    case 'function': return yieldFrom(b, e.value, span);
    default:
      inferExpr(b, e.value);
      b.error('E6009', span);
      return poison(span);
  }
}

/** 挂起 v in what may be called by a 协程 of a kind to be found out. */
function yieldFrom(b: Body, operand: ast.Expr, span: ast.Span): hir.Expr {
  b.yields ??= { yields: b.checker.fresh(), sends: b.checker.fresh(), result: b.checker.fresh(), span };
  const { yields, sends, result } = b.yields;
  const value = checkExpr(b, operand, yields);
  return { kind: 'yield', value, coroutine: { kind: 'coroutine', yields, sends, result }, type: sends, span };
}
