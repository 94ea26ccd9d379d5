/** Package variables: reading and setting them, with the guards of those that may be read too early (3-check/early-reads.ts). */

import type { Expr, Global, Stmt } from '../hir.js';
import { isReference } from '../types.js';
import type { FunctionBuilder } from './builder.js';
import { refA } from './calls.js';
import { REF_A } from './ir.js';

export function globalInto(f: FunctionBuilder, e: Extract<Expr, { kind: 'global' }>, dst: number): void {
  const at = e.span.start;
  const { guard } = e.global;
  if (guard !== undefined) {
    const mark = f.top;
    f.emit(at, 'LDGLOBAL', f.alloc(), guard.index, 0, REF_A);
    f.top = mark;
  }
  f.emit(at, 'LDGLOBAL', dst, e.global.index, 0, refA(e.type));
}

export function setGlobal(f: FunctionBuilder, s: Extract<Stmt, { kind: 'assignGlobal' }>): void {
  const at = s.span.start;
  const mark = f.top;
  f.emit(at, 'STGLOBAL', f.operand(s.value), s.global.index, 0, isReference(s.value.type) ? REF_A : 0);
  f.top = mark;
  markSet(f, at, s.global);
}

/** From now on the variable counts as set: it is, or somebody has a pointer to it. */
export function markSet(f: FunctionBuilder, at: number, global: Global): void {
  if (global.guard === undefined) return;
  const mark = f.top;
  const text = f.alloc();
  f.emit(at, 'LDSTR', text, f.tables.string(''));
  f.emit(at, 'STGLOBAL', text, global.guard.index, 0, REF_A);
  f.top = mark;
}
