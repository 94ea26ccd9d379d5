/**
 * locals.ts — declaring, reading and assigning locals, boxed or not.
 */
import type { Expr, Local } from '../hir.js';
import { isReference } from '../types.js';
import type { FunctionBuilder } from './builder.js';
import { refA } from './calls.js';
import { REF_B } from './ir.js';
import { move } from './operators.js';

/** Gives a local a register without a value. A boxed one gets its cell: a fresh one each time this runs. */
export function declare(f: FunctionBuilder, local: Local): number {
  const r = f.alloc();
  if (local.boxed) f.emit(local.span.start, 'EMPTYCELL', r, 0, f.tables.cell(local.type));
  f.bind(local, r);
  return r;
}

/** `变量 x = value`. The local becomes visible after its value is known. */
export function declareWith(f: FunctionBuilder, local: Local, value: Expr): void {
  const r = f.alloc();
  f.into(value, r);
  box(f, local, r);
  f.bind(local, r);
}

/** Moves the value in `r` into a new cell there, if the local lives in one. */
export function box(f: FunctionBuilder, local: Local, r: number, from = r): void {
  if (local.boxed) f.emit(local.span.start, 'NEWCELL', r, from, f.tables.cell(local.type), isReference(local.type) ? REF_B : 0);
  else move(f, local.span.start, r, from, isReference(local.type));
}

export function readInto(f: FunctionBuilder, at: number, local: Local, dst: number): void {
  const r = f.register(local);
  if (local.boxed) f.emit(at, 'LDCELL', dst, r, 0, refA(local.type));
  else move(f, at, dst, r, isReference(local.type));
}

export function assign(f: FunctionBuilder, at: number, local: Local, value: Expr): void {
  if (!local.boxed) return f.into(value, f.register(local));
  const mark = f.top;
  f.emit(at, 'STCELL', f.register(local), f.operand(value), 0, isReference(local.type) ? REF_B : 0);
  f.top = mark;
}
