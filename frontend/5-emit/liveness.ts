/**
 * liveness.ts — which registers hold a reference that is still read, at every safepoint.
 *
 * Backward data flow over basic blocks of the final code, with bitsets over the registers that ever
 * hold a reference. Every throwing instruction has an edge to its innermost handler, taken before
 * it writes.
 *
 * Only reads *of references* make a register live. A live register therefore holds a reference of
 * one type on every path: lowering gives each read a definition of its type on every way to it, and
 * a register that is reused was written anew before it is read with another type. So no forward
 * pass is needed to take doubtful registers out; the verifier proves the result anyway.
 *
 * What a map contains is defined in docs/字节码.md: live across the instruction for a call, live at
 * the target for a back-edge, live after it and read by it for a parking instruction.
 */
import { OPCODE_NAMES, OPCODE_ROWS, REF_A, REF_B, STRIDE, W_A, W_AUX, W_OP, WINDOW_SHIFT } from '../4-lower/ir.js';
import { F_BACK, F_CALL, F_END, F_PARK, F_THROW, OPCODES } from '../generated/opcodes.js';
import type { Arena } from './arena.js';
import type { Placed } from './layout.js';
import { EFFECTS, JUMP_WORD } from './peephole.js';

const OP_SELECT = OPCODES.SELECT.code;
const OP_LISTNEXT = OPCODES.LISTNEXT.code;
const OP_STRNEXT = OPCODES.STRNEXT.code;
const OP_DICTNEXT = OPCODES.DICTNEXT.code;
const OP_NEWLIST = OPCODES.NEWLIST.code;
const OP_NEWENUM = OPCODES.NEWENUM.code;
const OP_SWITCH = OPCODES.SWITCH.code;
const OP_CONCAT = OPCODES.CONCAT.code;

/** What an operand does to a reference register. */
enum Use { None, Read, ReadIfRef, Write, WriteIfRef }

function useOf(role: string): Use {
  switch (role) {
    case 'SRCR': return Use.Read;
    case 'SRCX': return Use.ReadIfRef;
    case 'DSTR': return Use.Write;
    case 'DSTX': case 'DSTPAIR': return Use.WriteIfRef;
    default: return Use.None;
  }
}

/** Three uses per opcode. */
const USES = Uint8Array.from(OPCODE_ROWS.flatMap((row) => [useOf(row.a), useOf(row.b), useOf(row.c)]));

/** Whether an instruction with this opcode can touch a reference at all. */
const TOUCHES = Uint8Array.from(OPCODE_ROWS, (row, op) =>
  (USES[op * 3]! | USES[op * 3 + 1]! | USES[op * 3 + 2]!) !== Use.None || /^(NEWLIST|NEWENUM|CONCAT|LISTNEXT|STRNEXT|DICTNEXT)$/.test(OPCODE_NAMES[op]!)
    || row.a === 'WINDOW' || row.b === 'WINDOW' ? 1 : 0);

export interface LiveMaps {
  /** Distinct bitmaps: bit r of the bytes is register r. */
  readonly maps: readonly Uint8Array[];
  /** pc and bitmap number of each safepoint, in pairs, in order. */
  readonly safepoints: readonly number[];
}

/** Reference registers an instruction reads and writes: the first `readCount` of `reads`, `writeCount` of `writes`. */
class References {
  // Never shortened: arrays that are emptied give their memory back and take it again at the next instruction.
  readonly reads: number[] = [];
  readonly writes: number[] = [];
  readCount = 0;
  writeCount = 0;
  readonly #code: Int32Array;
  readonly #windows: readonly number[];

  constructor(code: Int32Array, windows: readonly number[]) {
    this.#code = code;
    this.#windows = windows;
  }

  visit(pc: number): void {
    this.readCount = this.writeCount = 0;
    const at = pc * STRIDE;
    const op = this.#code[at + W_OP]!;
    if (TOUCHES[op] === 0) return;
    const aux = this.#code[at + W_AUX]!;
    for (let k = 0; k < 3; k++) {
      const use: Use = USES[op * 3 + k]!;
      if (use === Use.None) continue;
      const register = this.#code[at + W_A + k]!;
      if (use === Use.Read || (use === Use.ReadIfRef && (aux & (REF_A << k)) !== 0)) this.#read(register);
      else if (use === Use.Write || (use === Use.WriteIfRef && (aux & (REF_A << k)) !== 0)) this.#write(register);
    }
    const window = aux >> WINDOW_SHIFT;
    for (let k = 1, n = this.#windows[window]!; k <= n; k++) this.#read(this.#windows[window + k]!);
    const a = this.#code[at + W_A]!;
    switch (op) {
      case OP_NEWLIST: case OP_NEWENUM: case OP_CONCAT: this.#write(a); break;
      case OP_STRNEXT: this.#read(a); break;
      case OP_LISTNEXT:
        this.#read(a);
        if ((aux & REF_A) !== 0) this.#write(a + 3);
        break;
      case OP_DICTNEXT:
        this.#read(a);
        if ((aux & REF_A) !== 0) this.#write(a + 3);
        if ((aux & REF_B) !== 0) this.#write(a + 4);
        break;
      default: break;
    }
  }

  #read(register: number): void {
    this.reads[this.readCount++] = register;
  }

  #write(register: number): void {
    this.writes[this.writeCount++] = register;
  }
}

/** Basic blocks with their edges; block numbers ascend with their places. */
interface Blocks {
  readonly starts: number[];
  readonly blockOf: Int32Array;
  readonly successors: number[][];
  /** Block of the innermost handler, -1 if none or nothing in the block throws. */
  readonly handler: Int32Array;
}

function blocksOf({ code, count, handlers }: Placed, arena: Arena): Blocks {
  const leader = arena.ints(count + 1);
  leader[0] = 1;
  const handlerOf = arena.ints(count).fill(-1);
  for (let h = handlers.length - 1; h >= 0; h--) {
    const { start, end, handler } = handlers[h]!;
    handlerOf.fill(handler, start, end);
    leader[start] = leader[end] = leader[handler] = 1;
  }
  const targetOf = (pc: number): number => {
    const word = JUMP_WORD[code[pc * STRIDE]!]!;
    return word === 0 ? -1 : pc + 1 + code[pc * STRIDE + word]!;
  };
  for (let pc = 0; pc < count; pc++) {
    const target = targetOf(pc);
    if (target >= 0) leader[target] = 1;
    if (target >= 0 || (EFFECTS[code[pc * STRIDE]!]! & F_END) !== 0) leader[pc + 1] = 1;
  }
  const starts: number[] = [];
  const blockOf = arena.ints(count);
  for (let pc = 0; pc < count; pc++) {
    if (leader[pc] === 1) starts.push(pc);
    blockOf[pc] = starts.length - 1;
  }
  const handler = arena.ints(starts.length).fill(-1);
  const successors = starts.map((start, b): number[] => {
    const end = starts[b + 1] ?? count;
    if (handlerOf[start]! >= 0) {
      for (let pc = start; pc < end; pc++) {
        if ((EFFECTS[code[pc * STRIDE]!]! & F_THROW) === 0) continue;
        handler[b] = blockOf[handlerOf[start]!]!;
        break;
      }
    }
    const last = end - 1;
    const op = code[last * STRIDE]!;
    if (op === OP_SELECT) return Array.from({ length: code[last * STRIDE + W_A]! }, (_, k) => blockOf[last + 1 + k]!);
    // Its words are jumps with blocks of their own; behind them control goes on.
    if (op === OP_SWITCH) return Array.from({ length: code[last * STRIDE + W_A + 1]! + 1 }, (_, k) => blockOf[last + 1 + k]!);
    const list: number[] = [];
    const target = targetOf(last);
    if (target >= 0) list.push(blockOf[target]!);
    if ((EFFECTS[op]! & F_END) === 0) list.push(b + 1);
    return list;
  });
  return { starts, blockOf, successors, handler };
}

const NO_REFERENCES = new Int32Array(0);
const SAFEPOINT = F_BACK | F_CALL | F_PARK;

/** Computes the live-reference maps of one function. */
export function liveMaps(placed: Placed, windows: readonly number[], arena: Arena): LiveMaps {
  const { code, count } = placed;
  if (!hasSafepoint(placed)) return { maps: [], safepoints: [] };
  const references = new References(code, windows);
  const { registers, indexOf } = referenceRegisters(references, count);
  const words = (registers.length + 31) >> 5;
  const maps = new MapTable(registers);
  const safepoints: number[] = [];
  if (words === 0) {
    for (let pc = 0; pc < count; pc++) if ((EFFECTS[code[pc * STRIDE]!]! & SAFEPOINT) !== 0) safepoints.push(pc, maps.add(NO_REFERENCES));
    return { maps: maps.bytes, safepoints };
  }
  const blocks = blocksOf(placed, arena);
  const liveIn = solve(code, count, blocks, references, indexOf, words, arena);
  const live = arena.ints(words);
  const map = arena.ints(words);
  for (let b = blocks.starts.length - 1; b >= 0; b--) {
    live.fill(0);
    for (const s of blocks.successors[b]!) union(live, liveIn, s);
    const start = blocks.starts[b]!;
    for (let pc = (blocks.starts[b + 1] ?? count) - 1; pc >= start; pc--) {
      const op = code[pc * STRIDE]!;
      const effects = EFFECTS[op]!;
      references.visit(pc);
      for (let k = 0; k < references.writeCount; k++) remove(live, indexOf[references.writes[k]!]!);
      if ((effects & F_THROW) !== 0 && blocks.handler[b]! >= 0) union(live, liveIn, blocks.handler[b]!);
      if ((effects & F_CALL) !== 0) safepoints.push(maps.add(live), pc);
      for (let k = 0; k < references.readCount; k++) add(live, indexOf[references.reads[k]!]!);
      if ((effects & F_PARK) !== 0) safepoints.push(maps.add(live), pc);
      if ((effects & F_BACK) !== 0) {
        const target = pc + 1 + code[pc * STRIDE + JUMP_WORD[op]!]!;
        map.fill(0);
        union(map, liveIn, blocks.blockOf[target]!);
        safepoints.push(maps.add(map), pc);
      }
    }
  }
  safepoints.reverse();
  return { maps: maps.bytes, safepoints };
}

function hasSafepoint({ code, count }: Placed): boolean {
  for (let pc = 0; pc < count; pc++) if ((EFFECTS[code[pc * STRIDE]!]! & SAFEPOINT) !== 0) return true;
  return false;
}

/** Registers that ever hold a reference, and the way back. */
function referenceRegisters(references: References, count: number): { registers: number[]; indexOf: number[] } {
  const registers: number[] = [];
  const indexOf: number[] = [];
  const note = (r: number): void => {
    if (indexOf[r] === undefined) indexOf[r] = registers.push(r) - 1;
  };
  for (let pc = 0; pc < count; pc++) {
    references.visit(pc);
    for (let k = 0; k < references.readCount; k++) note(references.reads[k]!);
    for (let k = 0; k < references.writeCount; k++) note(references.writes[k]!);
  }
  return { registers, indexOf };
}

/** Live registers at the start of each block, `words` words per block. */
function solve(
  code: Int32Array, count: number, { starts, successors, handler }: Blocks, references: References, indexOf: number[], words: number,
  arena: Arena,
): Int32Array {
  const n = starts.length;
  const gen = arena.ints(n * words);
  const kill = arena.ints(n * words);
  /** Written before the first instruction that may throw: not live into the block because of its handler. */
  const early = arena.ints(n * words);
  const predecessors: number[][] = starts.map(() => []);
  for (let b = 0; b < n; b++) {
    for (const s of successors[b]!) predecessors[s]!.push(b);
    if (handler[b]! >= 0) predecessors[handler[b]!]!.push(b);
    const base = b * words;
    let thrown = false;
    const end = starts[b + 1] ?? count;
    for (let pc = starts[b]!; pc < end; pc++) {
      references.visit(pc);
      thrown ||= (EFFECTS[code[pc * STRIDE]!]! & F_THROW) !== 0;
      for (let k = 0; k < references.readCount; k++) {
        const i = indexOf[references.reads[k]!]!;
        if ((kill[base + (i >> 5)]! & (1 << (i & 31))) === 0) gen[base + (i >> 5)]! |= 1 << (i & 31);
      }
      for (let k = 0; k < references.writeCount; k++) {
        const i = indexOf[references.writes[k]!]!;
        kill[base + (i >> 5)]! |= 1 << (i & 31);
        if (!thrown) early[base + (i >> 5)]! |= 1 << (i & 31);
      }
    }
  }
  const liveIn = arena.ints(n * words);
  liveIn.set(gen);
  const queued = arena.ints(n).fill(1);
  const work = Array.from({ length: n }, (_, b) => b);
  while (work.length > 0) {
    const b = work.pop()!;
    queued[b] = 0;
    let changed = false;
    for (let w = 0; w < words; w++) {
      const i = b * words + w;
      let out = 0;
      for (const s of successors[b]!) out |= liveIn[s * words + w]!;
      let value = liveIn[i]! | (out & ~kill[i]!);
      if (handler[b]! >= 0) value |= liveIn[handler[b]! * words + w]! & ~early[i]!;
      if (value === liveIn[i]) continue;
      liveIn[i] = value;
      changed = true;
    }
    if (!changed) continue;
    for (const p of predecessors[b]!) {
      if (queued[p] === 1) continue;
      queued[p] = 1;
      work.push(p);
    }
  }
  return liveIn;
}

/** Adds the set of block `b`, one of many of the size of `into`. */
function union(into: Int32Array, sets: Int32Array, b: number): void {
  const words = into.length;
  for (let w = 0, at = b * words; w < words; w++) into[w]! |= sets[at + w]!;
}

function add(set: Int32Array, i: number): void {
  set[i >> 5]! |= 1 << (i & 31);
}

function remove(set: Int32Array, i: number): void {
  set[i >> 5]! &= ~(1 << (i & 31));
}

/** Distinct bitmaps over the registers of one function. */
class MapTable {
  readonly bytes: Uint8Array[] = [];
  /** By the only word of a bitmap, or by all of them as text. */
  readonly #numberOf = new Map<number | string, number>();
  readonly #registers: readonly number[];

  constructor(registers: readonly number[]) {
    this.#registers = registers;
  }

  add(set: Int32Array): number {
    const key = set.length === 1 ? set[0]! : set.join();
    let number = this.#numberOf.get(key);
    if (number === undefined) {
      number = this.bytes.push(this.#toBytes(set)) - 1;
      this.#numberOf.set(key, number);
    }
    return number;
  }

  #toBytes(set: Int32Array): Uint8Array {
    const live = this.#registers.filter((_, i) => (set[i >> 5]! & (1 << (i & 31))) !== 0);
    const bytes = new Uint8Array(live.length === 0 ? 0 : (Math.max(...live) >> 3) + 1);
    for (const r of live) bytes[r >> 3]! |= 1 << (r & 7);
    return bytes;
  }
}
