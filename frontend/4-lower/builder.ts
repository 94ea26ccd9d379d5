/**
 * builder.ts — the code of one function while it grows: instructions, labels, registers, scopes.
 *
 * Registers are a stack. A local takes the next free one while its block lasts, temporaries stand
 * above, and whoever allocates puts `top` back. Expressions are compiled *into* a wanted register;
 * the rule that makes this safe: a register bound to a visible local is written by the last
 * instruction of the expression only, after everything that can read it or throw. A register that
 * is not bound and is the topmost one is *scratch*: sub-expressions may use it on the way.
 *
 * Inside loops a literal that an instruction wants in a register is loaded once, before the
 * outermost loop. Until the function is finished such a constant is a virtual register (FIRST_VIRTUAL
 * and up); `finish` puts them right after the parameters and moves all other registers up.
 *
 * Rejected: register allocation by graph colouring or linear scan over virtual registers. The
 * stack gives windows for calls without moves, and the interpreter pays for instructions, not for
 * registers.
 */
import type { Span } from '../ast.js';
import type { Block, ConvertOp, Expr, Func, Local, LoopLabel, Stmt } from '../hir.js';
import { OPCODES, type Opcode } from '../generated/opcodes.js';
import { isReference, type Type } from '../types.js';
import {
  LimitError, MAX_CODE, MAX_INDEX, MAX_REGISTERS, OPCODE_ROWS, REF_A, REF_B, REF_C, STRIDE, W_A, W_AT, W_AUX, W_B, W_C, W_OP,
  WINDOW_SHIFT, type Handler, type LabelRange,
} from './ir.js';
import { bitsOfFloat, type Tables } from './tables.js';
import { operandsOf } from './walk.js';

/** Parts that call each other across files; given by lower.ts, so that the imports form no cycle. */
export interface Lowering {
  /** Leaves the value of `e` in register `dst`. Nothing is written when the type is 永不. */
  into(f: FunctionBuilder, e: Expr, dst: number): void;
  /** Evaluates for effect only. */
  discard(f: FunctionBuilder, e: Expr): void;
  /** Jumps to `target` when `e` equals `sense`, else falls through. `back`: the target stands above. */
  branch(f: FunctionBuilder, e: Expr, target: number, sense: boolean, back: boolean): void;
  statement(f: FunctionBuilder, s: Stmt): void;
}

/** What functions need of the module besides its tables. */
export interface ModuleContext {
  readonly tables: Tables;
  /** Where the function being lowered grows; the largest so far, used again for the next. */
  codeBuffer: Int32Array;
  readonly lowering: Lowering;
  /** Number of the closure that stands for a named function used as a value of type `type`. */
  thunk(func: Func, type: Type & { kind: 'func' }): number;
  /** Notes that tasks run this function. */
  spawned(func: Func): void;
}

/** A protected stretch of code: 尝试 with its handler. */
export interface Region {
  readonly handler: number;
  /** Label where the current stretch began; undefined while suspended. */
  open: number | undefined;
  readonly ranges: LabelRange[];
}

/** What 返回, 跳出 and 继续 pass on their way out, outermost first. */
export type Exit =
  | { readonly kind: 'loop'; readonly label: LoopLabel; readonly breakTo: number; readonly continueTo: number }
  /** `region`: position of its protected stretch in `regions`. */
  | { readonly kind: 'finally'; readonly block: Block; readonly region: number }
  /** 并发 or 截止, to be joined; `region`: position of its protected stretch in `regions`. */
  | { readonly kind: 'scope'; readonly region: number; readonly at: number }
  /** 屏蔽; `open`: label where the masked stretch began, undefined while suspended. */
  | { readonly kind: 'shield'; open: number | undefined };

export interface Mark { readonly top: number; readonly bound: number; readonly visible: number }

/** Constants kept in registers for the length of one outermost loop. */
interface Preheader { readonly at: number; readonly constants: number[] }

const FIRST_VIRTUAL = 1 << 20;
/** Loads before a loop cost frame space, and a coroutine keeps its frame while it waits. */
const MAX_HOISTED = 24;

/** Conversions that change no bit. */
const FREE_CONVERSIONS: ReadonlySet<string> = new Set<ConvertOp>(['charToInt', 'boolToInt', 'intToInt', 'floatToFloat']);

/** Which operands of an opcode are registers: REF_A, REF_B, REF_C bits. */
const REGISTER_OPERANDS = OPCODE_ROWS.map((row) => {
  const is = (role: string): boolean => /^(DST|SRC|WINDOW|INOUT|LOOPVARS)/.test(role);
  return (is(row.a) ? REF_A : 0) | (is(row.b) ? REF_B : 0) | (is(row.c) ? REF_C : 0);
});

export class FunctionBuilder {
  readonly module: ModuleContext;
  readonly tables: Tables;
  readonly func: Func;

  /** Next free register. */
  top = 0;
  /** Registers below hold visible locals. */
  bound = 0;
  loopDepth = 0;
  exits: Exit[] = [];
  regions: Region[] = [];
  readonly handlers: Handler[] = [];
  readonly masked: LabelRange[] = [];

  readonly #registers = new Map<Local, number>();
  /** Locals with a register, in order of declaration. */
  readonly #visible: Local[] = [];
  readonly #assigns = new Map<Expr, boolean>();
  #highest = 0;
  #code: Int32Array;
  #count = 0;
  readonly #labels: number[] = [];
  readonly #windows: number[] = [0];
  #params = 0;
  readonly #hoisted: bigint[] = [];
  readonly #preheaders: Preheader[] = [];

  constructor(module: ModuleContext, func: Func) {
    this.module = module;
    this.tables = module.tables;
    this.func = func;
    this.#code = module.codeBuffer;
  }

  // ------------------------------------------------------------ instructions

  /**
   * Appends an instruction. `at` is the source offset an error in it points to, `refs` the REF_…
   * bits of operands whose role leaves it open, `window` what `windowRefs` gave.
   */
  emit(at: number, op: Opcode, a = 0, b = 0, c = 0, refs = 0, window = 0): void {
    let code = this.#code;
    const i = this.#count * STRIDE;
    if (i === code.length) {
      if (this.#count >= MAX_CODE) this.limit({ zh: '条指令', en: 'instructions in one function' }, MAX_CODE);
      code = new Int32Array(code.length * 2);
      code.set(this.#code);
      this.#code = this.module.codeBuffer = code;
    }
    code[i + W_OP] = OPCODES[op].code;
    code[i + W_A] = a;
    code[i + W_B] = b;
    code[i + W_C] = c;
    code[i + W_AT] = at;
    code[i + W_AUX] = refs | (window << WINDOW_SHIFT);
    this.#count++;
  }

  /** Registers the references among `types`, standing from `base` on, as read through a window. */
  windowRefs(base: number, types: readonly Type[]): number {
    const registers: number[] = [];
    types.forEach((type, i) => {
      if (isReference(type)) registers.push(base + i);
    });
    return this.windowRegisters(registers);
  }

  windowRegisters(registers: readonly number[]): number {
    if (registers.length === 0) return 0;
    const offset = this.#windows.length;
    this.#windows.push(registers.length, ...registers);
    return offset;
  }

  newLabel(): number {
    return this.#labels.push(-1) - 1;
  }

  /** Puts a label before the next instruction. */
  place(label: number): void {
    this.#labels[label] = this.#count;
  }

  here(): number {
    const label = this.newLabel();
    this.place(label);
    return label;
  }

  jump(at: number, target: number): void {
    this.emit(at, 'JMP', 0, target);
  }

  // --------------------------------------------------------------- registers

  alloc(count = 1): number {
    const r = this.top;
    this.reserve(r + count);
    this.top = r + count;
    return r;
  }

  /** Makes sure that the frame has registers below `end`. */
  reserve(end: number): void {
    if (end <= this.#highest) return;
    if (end > MAX_REGISTERS) this.limit({ zh: '个寄存器', en: 'registers in one function' }, MAX_REGISTERS);
    this.#highest = end;
  }

  /** Whether sub-expressions may use `dst` on the way to its value. */
  isScratch(dst: number): boolean {
    return dst === this.top - 1 && dst >= this.bound;
  }

  enter(): Mark {
    return { top: this.top, bound: this.bound, visible: this.#visible.length };
  }

  leave(mark: Mark): void {
    this.top = mark.top;
    this.bound = mark.bound;
    while (this.#visible.length > mark.visible) this.#registers.delete(this.#visible.pop()!);
  }

  /** Makes `register`, the topmost one, the home of a local (of its cell if it is boxed). */
  bind(local: Local, register: number): void {
    this.#registers.set(local, register);
    this.#visible.push(local);
    this.bound = Math.max(this.bound, register + 1);
  }

  isBound(local: Local): boolean {
    return this.#registers.has(local);
  }

  register(local: Local): number {
    const r = this.#registers.get(local);
    if (r === undefined) throw new Error(`local without a register: ${local.name} in ${this.func.name}`);
    return r;
  }

  /** Whether the register of this local holds a reference: its value or its cell. */
  holdsReference(local: Local): boolean {
    return local.boxed || isReference(local.type);
  }

  /** Ends the parameters: hoisted constants will stand here. */
  endParams(): void {
    this.#params = this.top;
  }

  /** Whether a register stays before the hoisted constants. */
  isParameter(register: number): boolean {
    return register < this.#params;
  }

  // --------------------------------------------------------------- constants

  /** Loads a raw word: LDI where it fits. */
  loadRaw(at: number, dst: number, bits: bigint): void {
    const value = BigInt.asIntN(64, bits);
    if (value >= -0x8000_0000n && value <= 0x7fff_ffffn) this.emit(at, 'LDI', dst, Number(value));
    else this.emit(at, 'LDK', dst, this.tables.constant(bits));
  }

  /** A register that holds a raw constant: loaded before the loop if there is one, else into `hint` or a new temporary. */
  constantRegister(at: number, bits: bigint, hint = -1): number {
    bits = BigInt.asUintN(64, bits);
    if (this.loopDepth > 0) {
      let index = this.#hoisted.indexOf(bits);
      if (index < 0 && this.#hoisted.length < MAX_HOISTED) index = this.#hoisted.push(bits) - 1;
      if (index >= 0) {
        const { constants } = this.#preheaders[this.#preheaders.length - 1]!;
        if (!constants.includes(index)) constants.push(index);
        return FIRST_VIRTUAL + index;
      }
    }
    const dst = hint >= 0 ? hint : this.alloc();
    this.loadRaw(at, dst, bits);
    return dst;
  }

  /** Enters a loop: everything after it until `leaveLoop` may run again. */
  enterLoop(at: number): void {
    if (this.loopDepth++ > 0) return;
    this.#preheaders.push({ at: this.#count, constants: [] });
    // A placeholder: it separates the labels before the loads from those after them.
    this.emit(at, 'NOP');
  }

  leaveLoop(): void {
    this.loopDepth--;
  }

  // ------------------------------------------------------------- expressions

  into(e: Expr, dst: number): void {
    this.module.lowering.into(this, e, dst);
  }

  discard(e: Expr): void {
    this.module.lowering.discard(this, e);
  }

  branch(e: Expr, target: number, sense: boolean, back = false): void {
    this.module.lowering.branch(this, e, target, sense, back);
  }

  block(block: Block): void {
    const mark = this.enter();
    for (const statement of block.statements) this.module.lowering.statement(this, statement);
    this.leave(mark);
  }

  /**
   * A register that holds the value of `e`: the local's own where that is safe, else `hint` (a
   * scratch register) or a new temporary. `later` are the expressions evaluated before the value
   * is read: if one of them may assign to a local, the value is copied now.
   */
  operand(e: Expr, hint = -1, ...later: readonly (Expr | undefined)[]): number {
    switch (e.kind) {
      case 'local':
        if (e.local.boxed || later.some((l) => l !== undefined && this.#mayAssign(l))) break;
        return this.register(e.local);
      case 'int': case 'float': case 'bool': case 'char': case 'unit':
        return this.constantRegister(e.span.start, rawConstant(e)!, hint);
      case 'convert':
        if (FREE_CONVERSIONS.has(e.op)) return this.operand(e.operand, hint, ...later);
        break;
      case 'format':
        if (e.value.type.kind === 'string' && e.spec === undefined) return this.operand(e.value, hint, ...later);
        break;
      default:
        break;
    }
    const dst = hint >= 0 ? hint : this.alloc();
    this.into(e, dst);
    return dst;
  }

  /** Whether evaluating `e` may run a statement of this function, and so assign to one of its locals. */
  #mayAssign(e: Expr): boolean {
    if (e.kind === 'local' || rawConstant(e) !== undefined) return false;
    let known = this.#assigns.get(e);
    if (known === undefined) {
      known = e.kind === 'blockExpr' || e.kind === 'diverge' || e.kind === 'match' || operandsOf(e).some((o) => this.#mayAssign(o));
      this.#assigns.set(e, known);
    }
    return known;
  }

  limit(what: { zh: string; en: string }, limit: number, span: Span = this.func.span): never {
    throw new LimitError(what, limit, this.func.file, span);
  }

  /** Checks that an index fits a 16-bit operand. */
  narrow(index: number, what: { zh: string; en: string }): number {
    if (index > MAX_INDEX) this.limit(what, MAX_INDEX + 1);
    return index;
  }

  // -------------------------------------------------------------------- end

  /** The finished code with hoisted constants in place. */
  finish(): { code: Int32Array; windows: readonly number[]; labels: readonly number[]; registers: number } {
    const windows = this.#windows;
    const labels = this.#labels;
    const used = this.#hoisted.length;
    if (used === 0) {
      return { code: this.#code.slice(0, this.#count * STRIDE), windows, labels, registers: this.#highest };
    }
    this.reserve(this.#highest + used);
    const first = this.#params;
    const move = (r: number): number => (r >= FIRST_VIRTUAL ? first + r - FIRST_VIRTUAL : r >= first ? r + used : r);
    for (let i = 1; i < windows.length; i += windows[i]! + 1) {
      for (let k = 1; k <= windows[i]!; k++) windows[i + k] = move(windows[i + k]!);
    }
    const code = this.#code;
    for (let i = 0; i < this.#count * STRIDE; i += STRIDE) {
      const registers = REGISTER_OPERANDS[code[i]!]!;
      if (registers & REF_A) code[i + W_A] = move(code[i + W_A]!);
      if (registers & REF_B) code[i + W_B] = move(code[i + W_B]!);
      if (registers & REF_C) code[i + W_C] = move(code[i + W_C]!);
    }
    return { code: this.#insertLoads(labels), windows, labels, registers: this.#highest };
  }

  /** Replaces each loop's placeholder by the loads of its constants and moves the labels behind them. */
  #insertLoads(labels: number[]): Int32Array {
    const old = this.#code;
    const end = this.#count;
    const moved = new Int32Array(end + 1);
    this.#code = new Int32Array(old.length);
    this.#count = 0;
    let next = 0;
    for (let i = 0; i < end; i++) {
      moved[i] = this.#count;
      const preheader = this.#preheaders[next];
      if (preheader?.at === i) {
        next++;
        const at = old[i * STRIDE + W_AT]!;
        for (const k of preheader.constants) this.loadRaw(at, this.#params + k, this.#hoisted[k]!);
        continue;
      }
      if ((this.#count + 1) * STRIDE > this.#code.length) {
        const larger = new Int32Array(this.#code.length * 2);
        larger.set(this.#code);
        this.#code = larger;
      }
      this.#code.set(old.subarray(i * STRIDE, (i + 1) * STRIDE), this.#count++ * STRIDE);
    }
    moved[end] = this.#count;
    for (let l = 0; l < labels.length; l++) if (labels[l]! >= 0) labels[l] = moved[labels[l]!]!;
    return this.#code.slice(0, this.#count * STRIDE);
  }
}

/** The register word of a literal of a raw type; undefined for anything else. */
export function rawConstant(e: Expr): bigint | undefined {
  switch (e.kind) {
    case 'int': return e.value;
    case 'float': return bitsOfFloat(e.value);
    case 'bool': return e.value ? 1n : 0n;
    case 'char': return BigInt(e.value);
    case 'unit': return 0n;
    default: return undefined;
  }
}
