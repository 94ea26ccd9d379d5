/**
 * async.ts — awaiting, coroutines, channels.
 *
 * A pair instruction (RESUME, RECVOK) writes two registers: a raw value or an option, then a flag.
 * Loops over channels and coroutines test the flag at their bottom and make no option for raw
 * values.
 *
 * What may park never writes its result over a reference it reads: that is in its live-reference map.
 */
import type { Expr, Local, Stmt } from '../hir.js';
import { BOOL, isReference, type Type } from '../types.js';
import type { FunctionBuilder } from './builder.js';
import { refA } from './calls.js';
import { REF_A, REF_B, REF_C } from './ir.js';
import { move } from './operators.js';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** Element type of an option or channel. */
export function elemOf(type: Type): Type {
  if (type.kind === 'option' || type.kind === 'channel') return type.elem;
  throw new Error(`no element type in ${type.kind}`);
}

/*
 * The result of AWAIT and RECV gets a register of its own: a partner writes it while the task is still
 * parked, and the live-ref map of that place names the register of the future or channel.
 */
export function awaitInto(f: FunctionBuilder, e: Of<'await'>, dst: number): void {
  const mark = f.top;
  f.emit(e.span.start, 'AWAIT', dst, f.operand(e.future), 0, refA(e.type));
  f.top = mark;
}

/** REF_… bit of the value register of a pair. A reference arrives as an option, whose type must be in the table. */
export function pairRefs(f: FunctionBuilder, elem: Type, bit = REF_A): number {
  if (!isReference(elem)) return 0;
  f.tables.type({ kind: 'option', elem });
  return bit;
}

/** 等待 on a 协程: values it yields on the way are dropped. */
export function awaitCoroutineInto(f: FunctionBuilder, e: Of<'awaitCoroutine'>, dst: number): void {
  const mark = f.top;
  const at = e.span.start;
  const type = e.coroutine.type;
  if (type.kind !== 'coroutine') throw new Error('等待 of something else than a 协程');
  const coroutine = f.operand(e.coroutine);
  const pair = f.alloc(2);
  const over = f.newLabel();
  // One that is over already still has its result.
  f.emit(at, 'NATIVE', pair, coroutine, f.tables.native('coroutine_done', [type], BOOL), 0,
    f.windowRegisters([coroutine]));
  f.emit(at, 'JT', pair, over);
  const again = f.here();
  f.emit(at, 'RESUME', pair, coroutine, 0, pairRefs(f, type.yields));
  f.emit(at, 'LJNEI', pair + 1, 0, again);
  f.place(over);
  f.emit(at, 'CORORESULT', dst, coroutine, 0, refA(e.type));
  f.top = mark;
}

/** RESUME or SEND_RESUME into `pair`. */
export function resumePair(f: FunctionBuilder, e: Of<'resume'>, pair: number): void {
  const at = e.span.start;
  const mark = f.top;
  const coroutine = f.operand(e.coroutine, -1, e.value);
  const ref = pairRefs(f, elemOf(e.type));
  if (e.value === undefined) {
    f.emit(at, 'RESUME', pair, coroutine, 0, ref);
  } else {
    const value = f.operand(e.value);
    f.emit(at, 'SEND_RESUME', pair, coroutine, value, ref | (isReference(e.value.type) ? REF_C : 0));
  }
  f.top = mark;
}

/** 恢复 as an option. */
export function resumeInto(f: FunctionBuilder, e: Of<'resume'>, dst: number): void {
  const mark = f.top;
  const pair = f.alloc(2);
  resumePair(f, e, pair);
  pairToOption(f, e.span.start, pair, e.type, dst);
  f.top = mark;
}

/** c.接收() */
export function receiveOptionInto(f: FunctionBuilder, e: Of<'receiveOption'>, dst: number): void {
  const mark = f.top;
  const channel = f.operand(e.channel);
  const pair = f.alloc(2);
  f.emit(e.span.start, 'RECVOK', pair, channel, 0, pairRefs(f, elemOf(e.type)));
  pairToOption(f, e.span.start, pair, e.type, dst);
  f.top = mark;
}

function pairToOption(f: FunctionBuilder, at: number, pair: number, option: Type, dst: number): void {
  if (isReference(elemOf(option))) return move(f, at, dst, pair, true);
  const none = f.newLabel();
  const end = f.newLabel();
  const type = f.tables.type(option);
  f.emit(at, 'JF', pair + 1, none);
  f.emit(at, 'SOME', dst, pair, type);
  f.jump(at, end);
  f.place(none);
  f.emit(at, 'NONE', dst, 0, type);
  f.place(end);
}

export function yieldInto(f: FunctionBuilder, e: Of<'yield'>, dst: number): void {
  const mark = f.top;
  const value = f.operand(e.value, f.isScratch(dst) && !isReference(e.value.type) ? dst : -1);
  const refs = refA(e.type) | (isReference(e.value.type) ? REF_B : 0);
  f.emit(e.span.start, 'YIELD', dst, value, f.tables.type(e.coroutine), refs);
  f.top = mark;
}

/** Bare 挂起: to the resumer in a 协程 that yields 空, else to the scheduler. */
export function reschedule(f: FunctionBuilder, e: Of<'reschedule'>): void {
  const at = e.span.start;
  const { coroutine } = f.func;
  if (coroutine === undefined || coroutine.yields.kind !== 'unit') return f.emit(at, 'RESCHED');
  const mark = f.top;
  const t = f.alloc();
  f.loadRaw(at, t, 0n);
  f.emit(at, 'YIELD', t, t, f.tables.type(coroutine), refA(coroutine.sends));
  f.top = mark;
}

export function readyInto(f: FunctionBuilder, e: Of<'ready'>, dst: number): void {
  const mark = f.top;
  const value = f.operand(e.value, f.isScratch(dst) ? dst : -1);
  f.emit(e.span.start, 'READY', dst, value, f.tables.type(e.type), isReference(e.value.type) ? REF_B : 0);
  f.top = mark;
}

export function upcastInto(f: FunctionBuilder, e: Of<'upcast'>, dst: number): void {
  const mark = f.top;
  const task = f.operand(e.operand, f.isScratch(dst) ? dst : -1);
  f.emit(e.span.start, 'UPCAST', dst, task, f.tables.type(e.type));
  f.top = mark;
}

export function newChannelInto(f: FunctionBuilder, e: Of<'newChannel'>, dst: number): void {
  const mark = f.top;
  const capacity = f.operand(e.capacity, f.isScratch(dst) ? dst : -1);
  f.emit(e.span.start, 'NEWCHAN', dst, capacity, f.tables.type(e.type));
  f.top = mark;
}

export function receiveInto(f: FunctionBuilder, e: Of<'receive'>, dst: number): void {
  const mark = f.top;
  f.emit(e.span.start, 'RECV', dst, f.operand(e.channel), 0, refA(e.type));
  f.top = mark;
}

/** CLOSE and SLEEP: one operand, no result. */
export function effect(f: FunctionBuilder, e: Of<'closeChannel' | 'sleep'>): void {
  const mark = f.top;
  const at = e.span.start;
  if (e.kind === 'closeChannel') f.emit(at, 'CLOSE', f.operand(e.channel));
  else f.emit(at, 'SLEEP', f.operand(e.milliseconds));
  f.top = mark;
}

export function send(f: FunctionBuilder, s: Extract<Stmt, { kind: 'send' }>): void {
  const mark = f.top;
  const channel = f.operand(s.channel, -1, s.value);
  f.emit(s.span.start, 'SEND', channel, f.operand(s.value), 0, isReference(s.value.type) ? REF_B : 0);
  f.top = mark;
}

/** The value of a pair whose flag is 1, into a register. */
export function unpackPair(f: FunctionBuilder, at: number, pair: number, elem: Type, dst: number): void {
  if (isReference(elem)) f.emit(at, 'UNWRAP', dst, pair, 0, REF_A);
  else move(f, at, dst, pair, false);
}

/** Gives a local the value in a register, through its cell if it has one. */
export function assignRegister(f: FunctionBuilder, at: number, local: Local, value: number): void {
  const isRef = isReference(local.type);
  if (local.boxed) f.emit(at, 'STCELL', f.register(local), value, 0, isRef ? REF_B : 0);
  else move(f, at, f.register(local), value, isRef);
}

/** v, 成 = <-c */
export function receiveOk(f: FunctionBuilder, s: Extract<Stmt, { kind: 'receiveOk' }>): void {
  const at = s.span.start;
  const elem = elemOf(s.channel.type);
  const mark = f.top;
  const channel = f.operand(s.channel);
  const pair = f.alloc(2);
  f.emit(at, 'RECVOK', pair, channel, 0, pairRefs(f, elem));
  if (s.value !== undefined) receivedValue(f, at, pair, elem, s.value, s.zero);
  if (s.ok !== undefined) assignRegister(f, at, s.ok, pair + 1);
  f.top = mark;
}

/** Assigns what was received to `local`, or the zero value if the channel was closed. */
export function receivedValue(f: FunctionBuilder, at: number, pair: number, elem: Type, local: Local, zero: Expr): void {
  const mark = f.top;
  const dst = local.boxed ? f.alloc() : f.register(local);
  const closed = f.newLabel();
  const end = f.newLabel();
  f.emit(at, 'JF', pair + 1, closed);
  unpackPair(f, at, pair, elem, dst);
  f.jump(at, end);
  f.place(closed);
  f.into(zero, dst);
  f.place(end);
  if (local.boxed) assignRegister(f, at, local, dst);
  f.top = mark;
}
