/**
 * layout.ts — gives instructions their places and jumps their offsets.
 *
 * Most jumps fit 16 bits. Those that do not are turned around a 32-bit JMP or LOOP; a SEL… word,
 * which cannot be turned around, jumps to a JMP behind its SELECT. Widening moves code, so it
 * repeats until nothing changes; it only ever widens, so it ends.
 */
import { OPCODE_NAMES, STRIDE, W_A, W_AT, W_AUX, W_B, W_C, W_OP, type Function } from '../4-lower/ir.js';
import { inverseOf } from '../4-lower/jumps.js';
import { F_BACK, OPCODES, type Opcode } from '../generated/opcodes.js';
import type { Arena } from './arena.js';
import { EFFECTS, JUMP_WORD, type Draft } from './peephole.js';

const OP_SELECT = OPCODES.SELECT.code;
const MIN_16 = -0x8000;
const MAX_16 = 0x7fff;

export interface PlacedRange { readonly start: number; readonly end: number }
export interface PlacedHandler extends PlacedRange { readonly handler: number }

/** Final code: jump operands are offsets from the next instruction. Words as in ir.ts. */
export interface Placed {
  readonly code: Int32Array;
  readonly count: number;
  readonly handlers: readonly PlacedHandler[];
  readonly masked: readonly PlacedRange[];
}

export function place(draft: Draft, f: Function, arena: Arena): Placed {
  const widths = arena.ints(draft.count);
  widths.set(draft.live);
  const pcs = arena.ints(draft.count + 1);
  positions(draft, widths, pcs);
  while (pcs[draft.count]! > MAX_16 && widen(draft, widths, pcs)) positions(draft, widths, pcs);
  const at = (label: number): number => pcs[f.labels[label]!]!;
  const range = (r: { start: number; end: number }): PlacedRange => ({ start: at(r.start), end: at(r.end) });
  return {
    code: write(draft, widths, pcs, arena.ints(pcs[draft.count]! * STRIDE)),
    count: pcs[draft.count]!,
    handlers: f.handlers
      // A handler nobody throws to was dropped; its label then stands before other code.
      .filter((h) => draft.live[f.labels[h.handler]!] === 1)
      .map((h) => ({ ...range(h), handler: at(h.handler) }))
      .filter((h) => h.start < h.end),
    masked: f.masked.map(range).filter((r) => r.start < r.end),
  };
}

function positions({ count }: Draft, widths: Int32Array, pcs: Int32Array): void {
  let pc = 0;
  for (let i = 0; i < count; i++) {
    pcs[i] = pc;
    pc += widths[i]!;
  }
  pcs[count] = pc;
}

/** Marks jumps that do not reach; tells whether there was one. */
function widen({ code, count, target, live }: Draft, widths: Int32Array, pcs: Int32Array): boolean {
  let changed = false;
  for (let i = 0; i < count; i++) {
    if (live[i] === 0 || target[i]! < 0 || JUMP_WORD[code[i * STRIDE]!] !== W_C) continue;
    const offset = pcs[target[i]!]! - pcs[i]! - 1;
    if (offset >= MIN_16 && offset <= MAX_16) continue;
    const group = selectOf(code, live, i);
    // The trampolines of a SELECT all stand behind its last word.
    const where = group < 0 ? i : group + code[group * STRIDE + W_A]!;
    const width = group < 0 ? 2 : 1 + code[group * STRIDE + W_A]!;
    if (widths[where] === width) continue;
    widths[where] = width;
    changed = true;
  }
  return changed;
}

/** The SELECT a SEL… word belongs to, or -1. */
function selectOf(code: Int32Array, live: Int32Array, i: number): number {
  const name = OPCODE_NAMES[code[i * STRIDE]!]!;
  if (!name.startsWith('SEL_')) return -1;
  while (code[i * STRIDE] !== OP_SELECT || live[i] === 0) i--;
  return i;
}

function write({ code, count, target, live }: Draft, widths: Int32Array, pcs: Int32Array, out: Int32Array): Int32Array {
  for (let i = 0; i < count; i++) {
    if (live[i] === 0) continue;
    const pc = pcs[i]!;
    const o = pc * STRIDE;
    for (let k = 0; k < STRIDE; k++) out[o + k] = code[i * STRIDE + k]!;
    const op = code[i * STRIDE]!;
    const word = JUMP_WORD[op]!;
    if (word === 0) continue;
    const goal = pcs[target[i]!]!;
    const group = word === W_C ? selectOf(code, live, i) : -1;
    if (group >= 0) {
      const words = code[group * STRIDE + W_A]!;
      const last = group + words;
      if (widths[last]! > 1) {
        const trampoline = pcs[last]! + (i - group);
        jumpAt(out, trampoline, OPCODES.JMP.code, goal, code[i * STRIDE + W_AT]!);
        out[o + W_C] = trampoline - pc - 1;
        continue;
      }
    } else if (widths[i] === 2) {
      turnAround(out, pc, (EFFECTS[op]! & F_BACK) !== 0, goal);
      continue;
    }
    out[o + word] = goal - pc - 1;
  }
  return out;
}

function jumpAt(out: Int32Array, pc: number, op: number, goal: number, at: number): void {
  const o = pc * STRIDE;
  out[o + W_OP] = op;
  out[o + W_B] = goal - pc - 1;
  out[o + W_AT] = at;
  out[o + W_AUX] = 0;
}

/** Rewrites the branch at `pc` to skip a long jump behind it. */
function turnAround(out: Int32Array, pc: number, back: boolean, goal: number): void {
  const o = pc * STRIDE;
  const name = OPCODE_NAMES[out[o + W_OP]!]!;
  const plain = (back ? name.slice(1) : name) as Opcode;
  const [inverse, swapped] = inverseOf(plain)!;
  if (swapped) {
    const a = out[o + W_A]!;
    out[o + W_A] = out[o + W_B]!;
    out[o + W_B] = a;
  }
  out[o + W_OP] = OPCODES[inverse].code;
  out[o + W_C] = 1;
  jumpAt(out, pc + 1, back ? OPCODES.LOOP.code : OPCODES.JMP.code, goal, out[o + W_AT]!);
}
