/**
 * dump.ts — a function's final code as text, for tests and for looking at what was chosen.
 *
 * One instruction per line: `pc  NAME operands`; registers as r3, jumps as →pc. The disassembler
 * for users reads .qic files and is part of the VM.
 */
import { OPCODE_NAMES, OPCODE_ROWS, STRIDE, W_A, type Function } from '../4-lower/ir.js';
import { Arena } from './arena.js';
import { place, type Placed } from './layout.js';
import { liveMaps } from './liveness.js';
import { optimise } from './peephole.js';

export function assemble(f: Function, arena = new Arena()): Placed {
  return place(optimise(f, arena), f, arena);
}

export function dumpFunction(f: Function): string[] {
  return dumpCode(assemble(f));
}

export function dumpCode({ code, count }: Placed): string[] {
  const lines: string[] = [];
  for (let pc = 0; pc < count; pc++) {
    const row = OPCODE_ROWS[code[pc * STRIDE]!]!;
    const operands: string[] = [];
    [row.a, row.b, row.c].forEach((role, k) => {
      if (role === 'NONE' || role === 'WIDE') return;
      const value = code[pc * STRIDE + W_A + k]!;
      if (/^(DST|SRC|WINDOW|INOUT|LOOPVARS)/.test(role)) operands.push(`r${value}`);
      else if (/^JUMP/.test(role)) operands.push(`→${pc + 1 + value}`);
      else operands.push(`${value}`);
    });
    lines.push([OPCODE_NAMES[code[pc * STRIDE]!], ...operands].join(' '));
  }
  return lines;
}

/** Live registers at each safepoint, as `pc: r1 r2`. */
export function dumpMaps(f: Function): string[] {
  const { maps, safepoints } = liveMaps(assemble(f), f.windows, new Arena());
  const lines: string[] = [];
  for (let i = 0; i < safepoints.length; i += 2) {
    const live: string[] = [];
    maps[safepoints[i + 1]!]!.forEach((byte, n) => {
      for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) live.push(`r${n * 8 + bit}`);
    });
    lines.push(`${safepoints[i]}: ${live.join(' ')}`.trim());
  }
  return lines;
}
