/**
 * peephole.ts — makes the code of one function shorter before it gets places.
 *
 * Jumps to jumps go straight to the end, a jump to a return becomes the return, a branch around a
 * jump is turned around, a branch around a return becomes a conditional return (RETLTI …), and
 * what can no longer be reached is dropped: the verifier sees no dead code.
 *
 * Invariants: no instruction changes its position; dropped ones are only marked. A jump that does
 * not poll never goes backwards. Registers are not renamed.
 */
import {
  OPCODE_NAMES, OPCODE_ROWS, REF_A, STRIDE, W_A, W_AUX, W_B, W_C, W_OP, type Function,
} from '../4-lower/ir.js';
import { inverseOf } from '../4-lower/jumps.js';
import type { Arena } from './arena.js';
import { F_BACK, F_END, F_JUMP, F_THROW, OPCODES, type Opcode } from '../generated/opcodes.js';

const OP_NOP = OPCODES.NOP.code;
const OP_JMP = OPCODES.JMP.code;
const OP_LOOP = OPCODES.LOOP.code;
const OP_RET = OPCODES.RET.code;
const OP_RET0 = OPCODES.RET0.code;
const OP_SELECT = OPCODES.SELECT.code;
const OP_SWITCH = OPCODES.SWITCH.code;

/** Position of the word with the jump operand, by opcode; 0 for instructions that do not jump. */
export const JUMP_WORD: Uint8Array = Uint8Array.from(OPCODE_ROWS, (row) =>
  row.b === 'JUMP32' ? W_B : row.c === 'JUMP' ? W_C : 0);

export const EFFECTS: Uint8Array = Uint8Array.from(OPCODE_ROWS, (row) => row.effects);

/** A branch around RET and the conditional return it makes. */
const CONDITIONAL_RETURN = new Map<number, number>([
  [OPCODES.JGEI.code, OPCODES.RETLTI.code],
  [OPCODES.JGTI.code, OPCODES.RETLEI.code],
  [OPCODES.JNEI.code, OPCODES.RETEQI.code],
]);

/** Code under optimisation: `target[i]` is the index instruction i jumps to, or -1. */
export interface Draft {
  readonly code: Int32Array;
  readonly count: number;
  readonly target: Int32Array;
  /** 1 for instructions that stay. */
  readonly live: Int32Array;
  /** 1 for the JMP words of a SWITCH: they stay where they are and as they are. */
  readonly isWord: Int32Array;
  /** Innermost handler of each instruction (position in `handlers`), or -1. */
  readonly handlerOf: Int32Array;
}

export function optimise(f: Function, arena: Arena): Draft {
  const code = arena.ints(f.code.length);
  code.set(f.code);
  const count = code.length / STRIDE;
  const draft: Draft = {
    code, count, target: arena.ints(count).fill(-1), live: arena.ints(count), isWord: arena.ints(count), handlerOf: arena.ints(count).fill(-1),
  };
  for (let h = f.handlers.length - 1; h >= 0; h--) {
    const { start, end } = f.handlers[h]!;
    draft.handlerOf.fill(h, f.labels[start]!, f.labels[end]!);
  }
  markWords(draft);
  resolveJumps(draft, f.labels);
  markReachable(draft, f);
  shorten(draft, f, arena.ints(count + 1));
  copyReturns(draft);
  // Again: a return that was copied to all jumps to it may have lost its last way in.
  draft.live.fill(0);
  markReachable(draft, f);
  return draft;
}

function markWords({ code, count, isWord }: Draft): void {
  for (let i = 0; i < count; i++) if (code[i * STRIDE] === OP_SWITCH) isWord.fill(1, i + 1, i + 1 + code[i * STRIDE + W_B]!);
}

/** First instruction from `i` on that does something. */
function skipNops(code: Int32Array, count: number, i: number): number {
  while (i < count && code[i * STRIDE] === OP_NOP) i++;
  return i;
}

function resolveJumps({ code, count, target }: Draft, labels: readonly number[]): void {
  for (let i = 0; i < count; i++) {
    const word = JUMP_WORD[code[i * STRIDE]!]!;
    if (word !== 0) target[i] = skipNops(code, count, labels[code[i * STRIDE + word]!]!);
  }
  for (let i = 0; i < count; i++) {
    let t = target[i]!;
    // A back-edge stays as it is: the jump it leads to could pass it forwards.
    if (t < 0 || (EFFECTS[code[i * STRIDE]!]! & F_BACK) !== 0) continue;
    // Plain jumps go forwards only, so following them ends.
    while (code[t * STRIDE] === OP_JMP) t = target[t]!;
    target[i] = t;
  }
}

/** A jump to a return, or to the end of a loop, does that itself. */
function copyReturns({ code, count, target, live, isWord }: Draft): void {
  for (let i = 0; i < count; i++) {
    if (live[i] === 0) code[i * STRIDE] = OP_NOP;
    if (code[i * STRIDE] !== OP_JMP || isWord[i] === 1) continue;
    const t = target[i]!;
    const op = code[t * STRIDE]!;
    if (op !== OP_RET && op !== OP_RET0 && (op !== OP_LOOP || target[t]! > i)) continue;
    code.copyWithin(i * STRIDE, t * STRIDE, (t + 1) * STRIDE);
    target[i] = op === OP_LOOP ? target[t]! : -1;
  }
}

function markReachable(draft: Draft, f: Function): void {
  const { code, count, target, live, handlerOf } = draft;
  const work = [0];
  const handlerSeen: boolean[] = [];
  while (work.length > 0) {
    let i = work.pop()!;
    for (;;) {
      i = skipNops(code, count, i);
      if (live[i] === 1) break;
      if (i >= count) throw new Error(`control runs off the end of ${f.name}`);
      live[i] = 1;
      const op = code[i * STRIDE]!;
      const effects = EFFECTS[op]!;
      const handler = handlerOf[i]!;
      if ((effects & F_THROW) !== 0 && handler >= 0 && handlerSeen[handler] !== true) {
        handlerSeen[handler] = true;
        work.push(f.labels[f.handlers[handler]!.handler]!);
      }
      if (target[i]! >= 0) work.push(target[i]!);
      if (op === OP_SELECT) {
        for (let k = 1; k <= code[i * STRIDE + W_A]!; k++) {
          live[i + k] = 1;
          work.push(target[i + k]!);
        }
      }
      if (op === OP_SWITCH) {
        const words = code[i * STRIDE + W_B]!;
        for (let k = 1; k <= words; k++) {
          live[i + k] = 1;
          work.push(target[i + k]!);
        }
        work.push(i + 1 + words);
      }
      if ((effects & F_END) !== 0) break;
      i++;
    }
  }
}

function shorten(draft: Draft, f: Function, uses: Int32Array): void {
  const { code, count, target, live, isWord } = draft;
  for (let i = 0; i < count; i++) if (live[i] === 1 && target[i]! >= 0) uses[target[i]!]!++;
  for (const h of f.handlers) uses[skipNops(code, count, f.labels[h.handler]!)]!++;
  const next = (i: number): number => {
    do i++; while (i < count && live[i] === 0);
    return i;
  };
  for (let i = 0; i < count; i = next(i)) {
    if (live[i] === 0 || isWord[i] === 1) continue;
    const op = code[i * STRIDE]!;
    if ((EFFECTS[op]! & (F_JUMP | F_BACK)) !== F_JUMP) continue;
    const around = next(i);
    // A branch that leads nowhere else does nothing (FORPREP may throw, SEL… words stand in a row).
    if (target[i] === around && (op === OP_JMP || (EFFECTS[op]! & (F_END | F_THROW)) === 0)) {
      drop(draft, i);
      uses[around]!--;
      continue;
    }
    if (around >= count || uses[around]! > 0 || target[i] !== next(around)) continue;
    const inner = code[around * STRIDE]!;
    if (inner === OP_RET && conditionalReturn(draft, i, around, uses)) drop(draft, around);
    if (inner !== OP_JMP && inner !== OP_LOOP) continue;
    const end = target[around]!;
    if ((code[end * STRIDE] === OP_RET && conditionalReturn(draft, i, end, uses)) || turnAround(draft, i, around, uses)) drop(draft, around);
  }
}

function drop({ code, target, live }: Draft, i: number): void {
  live[i] = 0;
  code[i * STRIDE] = OP_NOP;
  target[i] = -1;
}

/** Makes the branch at `i`, which skips the return at `ret` (or a jump to it), return itself. */
function conditionalReturn({ code, target }: Draft, i: number, ret: number, uses: Int32Array): boolean {
  const at = i * STRIDE;
  const fused = CONDITIONAL_RETURN.get(code[at]!);
  if (fused === undefined) return false;
  const immediate = code[at + W_B]!;
  code[at + W_B] = code[at + W_A]!;
  code[at + W_C] = immediate;
  code[at + W_A] = code[ret * STRIDE + W_A]!;
  code[at + W_AUX] = code[ret * STRIDE + W_AUX]! & REF_A;
  code[at + W_OP] = fused;
  uses[target[i]!]!--;
  target[i] = -1;
  return true;
}

/** `J… over; JMP x; over:` is the opposite jump to x; with LOOP a polling one, where there is such a one. */
function turnAround({ code, target }: Draft, i: number, jump: number, uses: Int32Array): boolean {
  const at = i * STRIDE;
  const inverse = inverseOf(OPCODE_NAMES[code[at]!]!);
  if (inverse === undefined) return false;
  const [name, swapped] = inverse;
  let op: Opcode = name;
  let goal = target[jump]!;
  const polling = `L${name}`;
  if (code[jump * STRIDE] === OP_LOOP) {
    if (!(polling in OPCODES)) return false;
    op = polling as Opcode;
  } else if (code[goal * STRIDE] === OP_LOOP && target[goal]! <= i && polling in OPCODES) {
    op = polling as Opcode;
    goal = target[goal]!;
  }
  if (swapped) {
    const a = code[at + W_A]!;
    code[at + W_A] = code[at + W_B]!;
    code[at + W_B] = a;
  }
  code[at + W_OP] = OPCODES[op].code;
  uses[target[i]!]!--;
  target[i] = goal;
  return true;
}
