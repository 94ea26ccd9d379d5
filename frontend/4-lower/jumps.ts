/**
 * jumps.ts — conditional jump instructions, forwards and backwards.
 *
 * Invariant: a jump to a label that stands above is one of the polling instructions (L…, LOOP), so
 * that no loop runs without a safepoint.
 */
import type { CompareOp } from '../hir.js';
import { OPCODES, type Opcode } from '../generated/opcodes.js';
import type { FunctionBuilder } from './builder.js';

/** Jumps that compare with a 16-bit constant. */
export const IMMEDIATE: Record<CompareOp, Opcode> = { eq: 'JEQI', ne: 'JNEI', lt: 'JLTI', le: 'JLEI', gt: 'JGTI', ge: 'JGEI' };

/** The opposite jump, and whether it takes its operands swapped. */
const INVERSE: Partial<Record<Opcode, readonly [Opcode, boolean]>> = {
  JT: ['JF', false], JF: ['JT', false], JNONE: ['JSOME', false], JSOME: ['JNONE', false],
  JEQ: ['JNE', false], JNE: ['JEQ', false], JLT: ['JLE', true], JLE: ['JLT', true],
  JEQI: ['JNEI', false], JNEI: ['JEQI', false], JLTI: ['JGEI', false], JGEI: ['JLTI', false],
  JLEI: ['JGTI', false], JGTI: ['JLEI', false], JFEQ: ['JFNE', false], JFNE: ['JFEQ', false],
  JFLT: ['JFNLT', false], JFNLT: ['JFLT', false], JFLE: ['JFNLE', false], JFNLE: ['JFLE', false],
};

/** As `INVERSE`, for 5-emit, which turns jumps around too. */
export function inverseOf(op: Opcode): readonly [Opcode, boolean] | undefined {
  return INVERSE[op];
}

/** Emits a conditional jump; backwards as one polling instruction if there is such a one, else around a LOOP. */
export function emitJump(f: FunctionBuilder, at: number, op: Opcode, a: number, b: number, target: number, back: boolean): void {
  const wide = OPCODES[op].b === 'JUMP32';
  if (!back) {
    if (wide) f.emit(at, op, a, target);
    else f.emit(at, op, a, b, target);
    return;
  }
  if (op === 'JT') return f.emit(at, 'LJNEI', a, 0, target);
  const polling = `L${op}`;
  if (polling in OPCODES) return f.emit(at, polling as Opcode, a, b, target);
  const skip = f.newLabel();
  const [inverse, swapped] = INVERSE[op]!;
  emitJump(f, at, inverse, swapped ? b : a, swapped ? a : b, skip, false);
  f.emit(at, 'LOOP', 0, target);
  f.place(skip);
}

/** Compares two registers with raw words as integers. */
export function rawJump(f: FunctionBuilder, at: number, op: CompareOp, l: number, r: number, target: number, back: boolean): void {
  switch (op) {
    case 'eq': return emitJump(f, at, 'JEQ', l, r, target, back);
    case 'ne': return emitJump(f, at, 'JNE', l, r, target, back);
    case 'lt': return emitJump(f, at, 'JLT', l, r, target, back);
    case 'le': return emitJump(f, at, 'JLE', l, r, target, back);
    case 'gt': return emitJump(f, at, 'JLT', r, l, target, back);
    case 'ge': return emitJump(f, at, 'JLE', r, l, target, back);
  }
}
