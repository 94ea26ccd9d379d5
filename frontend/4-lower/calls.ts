/**
 * calls.ts — calls and everything else that passes a run of registers: natives, closures, tasks.
 *
 * Invariants
 * - Arguments are computed straight into the window. A window of a call stands two registers above
 *   the highest one in use: those two take the frame link. A scratch destination counts as unused:
 *   the result is written after the window is gone.
 * - Captures of a spawned block come before its arguments.
 * - What may park delivers its result while its arguments are still in the live-reference map, so the
 *   result never replaces a reference of another type.
 */
import type { Expr, Func, Local } from '../hir.js';
import { NATIVE_INDEX, NATIVES, type NativeSymbol } from '../generated/natives.js';
import type { Opcode } from '../generated/opcodes.js';
import { isReference, sameType, type Type } from '../types.js';
import type { FunctionBuilder } from './builder.js';
import { REF_A } from './ir.js';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** Registers the frame link takes below the window of a call. */
const LINK = 2;

/** A run of registers with what stands in it. */
interface Window { readonly base: number; readonly refs: number }

/** Whether an instruction that writes a value of this type writes a reference. */
export function refA(type: Type): number {
  return isReference(type) ? REF_A : 0;
}

/**
 * Evaluates captures and arguments into consecutive registers, from `dst` on if it is scratch; -1
 * keeps it apart. Resets nothing: the caller puts `top` back.
 */
function window(f: FunctionBuilder, dst: number, link: number, captures: readonly Local[], args: readonly Expr[]): Window {
  const count = captures.length + args.length;
  if (link === 0) {
    const base = inPlace(f, captures, args);
    if (base !== undefined) return { base, refs: f.windowRegisters(references(f, base, captures, args)) };
  }
  const base = (f.isScratch(dst) ? dst : f.top) + link;
  // The frame reaches to the window even when there is nothing in it.
  f.reserve(base + Math.max(1, count));
  f.top = base;
  for (const local of captures) {
    const slot = f.alloc();
    f.emit(local.span.start, 'MOV', slot, f.register(local), 0, f.holdsReference(local) ? 3 : 0);
  }
  for (const arg of args) f.into(arg, f.alloc());
  return { base, refs: f.windowRegisters(references(f, base, captures, args)) };
}

function references(f: FunctionBuilder, base: number, captures: readonly Local[], args: readonly Expr[]): number[] {
  const registers: number[] = [];
  captures.forEach((local, i) => {
    if (f.holdsReference(local)) registers.push(base + i);
  });
  args.forEach((arg, i) => {
    if (isReference(arg.type)) registers.push(base + captures.length + i);
  });
  return registers;
}

/**
 * The first register, when all values already stand in a row as locals. Only for windows that stay intact. A row of parameters and other
 * locals is none: constants of loops may come between them.
 */
function inPlace(f: FunctionBuilder, captures: readonly Local[], args: readonly Expr[]): number | undefined {
  const locals = [...captures];
  for (const arg of args) {
    if (arg.kind !== 'local' || arg.local.boxed) return undefined;
    locals.push(arg.local);
  }
  if (locals.length === 0) return undefined;
  const base = f.register(locals[0]!);
  const inRow = locals.every((local, i) => f.register(local) === base + i);
  return inRow && f.isParameter(base) === f.isParameter(base + locals.length - 1) ? base : undefined;
}

function captured(func: Func): Local[] {
  return func.kind !== 'closure' ? func.captures.map((c) => c.outer) : [];
}

export function callInto(f: FunctionBuilder, e: Of<'call'>, dst: number): void {
  const mark = f.top;
  const w = window(f, dst, LINK, captured(e.func), e.args);
  f.emit(e.span.start, 'CALL', dst, w.base, e.func.index, refA(e.type), w.refs);
  f.top = mark;
}

export function callClosureInto(f: FunctionBuilder, e: Of<'callClosure'>, dst: number): void {
  const mark = f.top;
  const w = window(f, dst, LINK, [], [e.callee, ...e.args]);
  f.emit(e.span.start, 'CALLC', dst, w.base, e.args.length, refA(e.type), w.refs);
  f.top = mark;
}

export function callNativeInto(f: FunctionBuilder, e: Of<'callNative'>, dst: number): void {
  const at = e.span.start;
  const mark = f.top;
  const [first] = e.args;
  if (first !== undefined && (e.native === 'sqrt' || e.native === 'string_len')) {
    f.emit(at, e.native === 'sqrt' ? 'FSQRT' : 'LEN', dst, f.operand(first, f.isScratch(dst) ? dst : -1));
  } else {
    const parks = suspends(e.native);
    const apart = parks && first !== undefined && isReference(first.type) && !sameType(first.type, e.type);
    const w = window(f, apart ? -1 : dst, 0, [], e.args);
    const native = f.tables.native(e.native, e.args.map((a) => a.type), e.type);
    f.emit(at, parks ? 'PARKNATIVE' : 'NATIVE', dst, w.base, native, refA(e.type), w.refs);
  }
  f.top = mark;
}

function suspends(symbol: string): boolean {
  return NATIVES[NATIVE_INDEX[symbol as NativeSymbol]]?.suspends ?? false;
}

/** A native with its arguments as expressions the checker did not write: `值:规格`. */
export function nativeInto(f: FunctionBuilder, symbol: string, args: readonly Expr[], type: Type, at: number, dst: number): void {
  callNativeInto(f, { kind: 'callNative', native: symbol, args, type, span: { start: at, end: at } }, dst);
}

export function closureInto(f: FunctionBuilder, e: Of<'closure'>, dst: number): void {
  const mark = f.top;
  const w = window(f, dst, 0, e.func.captures.map((c) => c.outer), []);
  f.emit(e.span.start, 'CLOSURE', dst, w.base, e.func.index, 0, w.refs);
  f.top = mark;
}

export function funcRefInto(f: FunctionBuilder, e: Of<'funcRef'>, dst: number): void {
  if (e.type.kind !== 'func') throw new Error('a function value without a 函数 type');
  f.emit(e.span.start, 'CLOSURE', dst, dst, f.module.thunk(e.func, e.type));
}

/** 启动: nothing is left to hold on to. */
export function launch(f: FunctionBuilder, e: Of<'launch'>): void {
  const mark = f.top;
  const w = window(f, -1, 0, captured(e.func), e.args);
  f.module.spawned(e.func);
  f.emit(e.span.start, 'LAUNCH', 0, w.base, e.func.index, 0, w.refs);
  f.top = mark;
}

/** SPAWN, START, NEWCORO: a coroutine made from a function and its arguments. */
export function coroutineInto(f: FunctionBuilder, e: Of<'spawn' | 'start' | 'newCoroutine'>, dst: number): void {
  const mark = f.top;
  const at = e.span.start;
  const op: Opcode = e.kind === 'spawn' ? 'SPAWN' : e.kind === 'start' ? 'START' : 'NEWCORO';
  const w = window(f, op === 'START' ? -1 : dst, 0, captured(e.func), e.args);
  if (op !== 'NEWCORO') f.module.spawned(e.func);
  // START gives a 任务; where the tree wants a 未来 the register changes its type, not its content.
  const upcast = op === 'START' && e.type.kind === 'future';
  const t = upcast && dst < f.bound ? f.alloc() : dst;
  f.emit(at, op, t, w.base, e.func.index, 0, w.refs);
  if (upcast) f.emit(at, 'UPCAST', dst, t, f.tables.type(e.type));
  f.top = mark;
}

/**
 * The body of the closure that stands for a named function: parameters move down into a call. A
 * function whose value is a 未来 or 协程 of what the body gives is started or instantiated.
 */
export function thunkBody(f: FunctionBuilder, target: Func, type: Type & { kind: 'func' }): void {
  const at = target.span.start;
  const count = type.params.length;
  f.alloc(1 + count);
  f.endParams();
  f.bound = f.top;
  const dst = f.alloc();
  const starts = type.result.kind === 'future' && !sameType(target.result, type.result);
  const direct = !starts && target.kind !== 'coroutine';
  const base = direct ? dst + LINK : 1;
  if (direct) {
    f.reserve(base + Math.max(1, count));
    type.params.forEach((param, i) => f.emit(at, 'MOV', base + i, 1 + i, 0, isReference(param) ? 3 : 0));
  }
  const refs = f.windowRefs(base, type.params);
  if (starts) {
    f.module.spawned(target);
    f.emit(at, 'START', dst, base, target.index, 0, refs);
    f.emit(at, 'UPCAST', dst, dst, f.tables.type(type.result));
  } else if (target.kind === 'coroutine') {
    f.emit(at, 'NEWCORO', dst, base, target.index, 0, refs);
  } else {
    f.emit(at, 'CALL', dst, base, target.index, refA(type.result), refs);
  }
  if (type.result.kind === 'unit' || type.result.kind === 'never') f.emit(at, 'RET0');
  else f.emit(at, 'RET', dst, 0, 0, refA(type.result));
}
