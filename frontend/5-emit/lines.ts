/**
 * lines.ts — from instructions back to places in the source.
 *
 * Only instructions an error, a stack trace or a report of waiting coroutines can point to get a
 * row; the others share the row before them. The jumps back of loops are among them, as tasks are
 * interrupted there; of functions that tasks run the returns, too: reports say where a task ended.
 */
import { FunctionKind, STRIDE, W_AT, W_OP, type Function } from '../4-lower/ir.js';
import { F_BACK, F_CALL, F_PARK, F_THROW, OPCODES } from '../generated/opcodes.js';
import type { Placed } from './layout.js';
import { EFFECTS } from './peephole.js';

/** Instructions that make a coroutine: where it was created is part of its stack trace. */
const CREATES = new Set([OPCODES.SPAWN.code, OPCODES.START.code, OPCODES.LAUNCH.code, OPCODES.NEWCORO.code]);

const RETURNS = new Set([OPCODES.RET.code, OPCODES.RET0.code, OPCODES.RETLTI.code, OPCODES.RETLEI.code, OPCODES.RETEQI.code]);

export interface LineRow { readonly pc: number; readonly line: number; readonly column: number }

export function lineTable({ code, count }: Placed, f: Function): LineRow[] {
  const rows: LineRow[] = [];
  let last = -1;
  const isTask = f.kind === FunctionKind.Plain && f.self.length > 0;
  for (let pc = 0; pc < count; pc++) {
    const op = code[pc * STRIDE + W_OP]!;
    if ((EFFECTS[op]! & (F_THROW | F_CALL | F_PARK | F_BACK)) === 0 && !CREATES.has(op) && !(isTask && RETURNS.has(op))) continue;
    const at = code[pc * STRIDE + W_AT]!;
    if (at === last) continue;
    last = at;
    const { line, column } = f.file.position(at);
    rows.push({ pc, line, column });
  }
  return rows;
}
