/**
 * pointers.ts — 取地址, 解引用, and assignment through a pointer.
 *
 * Invariant: the type table has the 指针 type of whatever is pointed to; the instructions find it there.
 */
import type { Expr } from '../hir.js';
import { isReference } from '../types.js';
import type { FunctionBuilder } from './builder.js';
import { refA } from './calls.js';
import { markSet } from './globals.js';
import { REF_B } from './ir.js';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

export function addressInto(f: FunctionBuilder, e: Of<'addressOf'>, dst: number): void {
  const at = e.span.start;
  const { place } = e;
  f.tables.type(e.type);
  const mark = f.top;
  switch (place.kind) {
    case 'local': f.emit(at, 'PTRCELL', dst, f.register(place.local)); break;
    case 'global':
      markSet(f, at, place.global);
      f.emit(at, 'PTRGLOBAL', dst, place.global.index);
      break;
    case 'field': f.emit(at, 'PTRFIELD', dst, f.operand(place.object, f.isScratch(dst) ? dst : -1), place.field); break;
    case 'element': {
      const list = f.operand(place.list, -1, place.index);
      f.emit(at, 'PTRELEM', dst, list, f.operand(place.index));
      break;
    }
  }
  f.top = mark;
}

export function derefInto(f: FunctionBuilder, e: Of<'deref'>, dst: number): void {
  const mark = f.top;
  f.emit(e.span.start, 'LDPTR', dst, f.operand(e.pointer, f.isScratch(dst) ? dst : -1), 0, refA(e.type));
  f.top = mark;
}

export function assignDeref(f: FunctionBuilder, at: number, pointer: Expr, value: Expr): void {
  const mark = f.top;
  const p = f.operand(pointer, -1, value);
  f.emit(at, 'STPTR', p, f.operand(value), 0, isReference(value.type) ? REF_B : 0);
  f.top = mark;
}
