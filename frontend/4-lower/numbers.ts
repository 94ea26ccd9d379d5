/**
 * numbers.ts — 短整数, 字节 and 单精度浮点 as 64-bit words whose results are checked or rounded, and 长整数 as
 * calls of the runtime.
 *
 * A narrow operation is the 64-bit one into a temporary, then CHK32, CHK8 or FROUND32 into the destination.
 * Rounding a double result of + - * / to single precision gives exactly what single precision would.
 *
 * Rejected: instructions for each width. They would double the arithmetic of the interpreter for types that
 * programs use at their edges (bytes of files, pixels), not in their inner loops.
 */
import type { BinaryOp, Expr } from '../hir.js';
import { INT, type Type } from '../types.js';
import type { FunctionBuilder } from './builder.js';
import { nativeInto } from './calls.js';
import { plainBinaryInto } from './operators.js';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

export function isNarrow(type: Type): boolean {
  return type.kind === 'int32' || type.kind === 'byte' || type.kind === 'float32';
}

export function narrowBinaryInto(f: FunctionBuilder, e: Of<'binary'>, dst: number): void {
  const at = e.span.start;
  const mark = f.top;
  const wide = f.isScratch(dst) ? dst : f.alloc();
  const isShift = e.op === 'shl' || e.op === 'shr';
  // A shift checks its count first; the count is evaluated after what is shifted.
  if (isShift) shiftInto(f, e, wide);
  else plainBinaryInto(f, e, wide);
  narrowInto(f, at, e.op, e.type, dst, wide);
  f.top = mark;
}

/** The word in `wide` as a value of the type: wrapped for operations that wrap, else checked. */
function narrowInto(f: FunctionBuilder, at: number, op: BinaryOp, type: Type, dst: number, wide: number): void {
  if (type.kind === 'float32') return f.emit(at, 'FROUND32', dst, wide);
  if (op === 'wrapAdd' || op === 'wrapSub' || op === 'wrapMul' || op === 'shl') {
    if (type.kind === 'byte') return f.emit(at, 'BANDI', dst, wide, 255);
    f.emit(at, 'SHLI', wide, wide, 32);
    return f.emit(at, 'SHRI', dst, wide, 32);
  }
  f.emit(at, type.kind === 'byte' ? 'CHK8' : 'CHK32', dst, wide);
}

/** Counts from the width of the type on throw E7002: times 8 or 32 they leave the range of a byte. */
function shiftInto(f: FunctionBuilder, e: Of<'binary'>, dst: number): void {
  const at = e.span.start;
  const mark = f.top;
  const value = f.operand(e.left, -1, e.right);
  const count = f.operand(e.right);
  const bound = f.alloc();
  f.emit(at, 'MULI', bound, count, e.type.kind === 'byte' ? 32 : 8);
  f.emit(at, 'CHK8', bound, bound);
  f.emit(at, e.op === 'shl' ? 'SHL' : 'SHR', dst, value, count);
  f.top = mark;
}

export function narrowUnaryInto(f: FunctionBuilder, e: Of<'unary'>, dst: number): void {
  const at = e.span.start;
  const mark = f.top;
  const wide = f.isScratch(dst) ? dst : f.alloc();
  const operand = f.operand(e.operand, wide);
  f.emit(at, e.op === 'neg' ? 'NEG' : 'BNOT', wide, operand);
  if (e.op === 'bitNot' && e.type.kind === 'byte') f.emit(at, 'BANDI', dst, wide, 255);
  else f.emit(at, e.type.kind === 'byte' ? 'CHK8' : 'CHK32', dst, wide);
  f.top = mark;
}

const LONG_OPS: Record<BinaryOp, string> = {
  add: 'int128_add', sub: 'int128_sub', mul: 'int128_mul', div: 'int128_div', rem: 'int128_rem',
  bitAnd: 'int128_and', bitOr: 'int128_or', bitXor: 'int128_xor', shl: 'int128_shl', shr: 'int128_shr',
  wrapAdd: 'int128_wrap_add', wrapSub: 'int128_wrap_sub', wrapMul: 'int128_wrap_mul',
};

export function longBinaryInto(f: FunctionBuilder, e: Of<'binary'>, dst: number): void {
  nativeInto(f, LONG_OPS[e.op], [e.left, e.right], e.type, e.span.start, dst);
}

export function longUnaryInto(f: FunctionBuilder, e: Of<'unary'>, dst: number): void {
  nativeInto(f, e.op === 'neg' ? 'int128_neg' : 'int128_not', [e.operand], e.type, e.span.start, dst);
}

/** Numbers of the orderings for `order_holds`. */
const ORDERINGS = { lt: 0n, le: 1n, gt: 2n, ge: 3n } as const;

/** An ordering of 长整数 or tuples as a comparison of what a native says about them; undefined for anything else. */
export function longComparison(e: Of<'compare'>): Of<'compare'> | undefined {
  if (e.op === 'eq' || e.op === 'ne') return undefined;
  const { span } = e;
  if (e.left.type.kind === 'tuple') {
    const ordering: Expr = { kind: 'int', value: ORDERINGS[e.op], type: INT, span };
    return {
      ...e, op: 'ne', left: { kind: 'callNative', native: 'order_holds', args: [e.left, e.right, ordering], type: INT, span },
      right: { kind: 'int', value: 0n, type: INT, span },
    };
  }
  if (e.left.type.kind !== 'int128') return undefined;
  return {
    ...e, left: { kind: 'callNative', native: 'int128_compare', args: [e.left, e.right], type: INT, span },
    right: { kind: 'int', value: 0n, type: INT, span },
  };
}
