/**
 * loops.ts — 当, 循环, 对于.
 *
 * Loops are rotated: the test that decides about another turn stands at the bottom and jumps back
 * in one polling instruction. A small condition of 当 is tested once more before the loop; other
 * loops enter by a jump to their bottom.
 */
import type { Block, Expr, Local, LoopLabel, Stmt } from '../hir.js';
import { BOOL, BYTE, INT, UNIT, isReference, type Type } from '../types.js';
import { elemOf, pairRefs, unpackPair } from './async.js';
import { rawConstant, type FunctionBuilder } from './builder.js';
import { refA } from './calls.js';
import { emitJump, IMMEDIATE } from './jumps.js';
import { REF_A, REF_B } from './ir.js';
import { box, declareWith } from './locals.js';
import { fold, smallConstant } from './operators.js';
import { operandsOf } from './walk.js';

type StmtOf<K extends Stmt['kind']> = Extract<Stmt, { kind: K }>;

/** Nodes of a condition that is worth testing in two places. */
const SMALL_CONDITION = 10;

interface Labels { readonly breakTo: number; readonly continueTo: number }

/** Runs `lower` as the inside of a loop that 跳出 and 继续 can name. */
function loop(f: FunctionBuilder, label: LoopLabel, at: number, lower: (labels: Labels) => void): void {
  const labels = { breakTo: f.newLabel(), continueTo: f.newLabel() };
  f.enterLoop(at);
  f.exits.push({ kind: 'loop', label, ...labels });
  lower(labels);
  f.exits.pop();
  f.leaveLoop();
  f.place(labels.breakTo);
}

export function whileLoop(f: FunctionBuilder, s: StmtOf<'while'>): void {
  const at = s.span.start;
  loop(f, s.label, at, ({ breakTo, continueTo }) => {
    const condition = s.condition ?? { kind: 'bool', value: true, type: BOOL, span: s.span };
    const endless = condition.kind === 'bool' && condition.value;
    if (!endless) {
      if (isSmall(condition)) f.branch(condition, breakTo, false);
      else f.jump(at, continueTo);
    }
    const again = f.here();
    f.block(s.body);
    f.place(continueTo);
    f.branch(condition, again, true, true);
  });
}

function isSmall(e: Expr): boolean {
  let left = SMALL_CONDITION;
  const visit = (node: Expr): boolean => {
    if (--left < 0) return false;
    switch (node.kind) {
      case 'local': case 'int': case 'float': case 'bool': case 'char': case 'global':
        return true;
      case 'unary': case 'binary': case 'compare': case 'logical': case 'field': case 'index': case 'len': case 'isSome': case 'convert':
        return operandsOf(node).every(visit);
      default:
        return false;
    }
  };
  return visit(e);
}

/** Binds a loop variable to `register`, or to a cell or copy of its own made anew in each turn. */
function turnVariable(f: FunctionBuilder, local: Local, register: number, shares: boolean): void {
  if (shares && !local.boxed) return f.bind(local, register);
  const own = f.alloc();
  box(f, local, own, register);
  f.bind(local, own);
}

export function forRange(f: FunctionBuilder, s: StmtOf<'forRange'>): void {
  const mark = f.enter();
  const step = s.step === undefined ? 1n : fold(s.step).kind === 'int' ? rawConstant(fold(s.step)) : undefined;
  if (step === 1n) unitRange(f, s);
  else steppedRange(f, s, step);
  f.leave(mark);
}

/** i, last. The guard before the loop also makes `last - 1` of an exclusive range safe. */
function unitRange(f: FunctionBuilder, s: StmtOf<'forRange'>): void {
  const at = s.span.start;
  const to = fold(s.to);
  const from = fold(s.from);
  const i = f.alloc();
  f.into(from, i);
  const last = f.alloc();
  const constantTo = to.kind === 'int' && (s.inclusive || to.value > -(1n << 63n))
    ? { ...to, value: s.inclusive ? to.value : to.value - 1n } : undefined;
  f.into(constantTo ?? to, last);
  f.bound = f.top;
  const runs = from.kind === 'int' && constantTo !== undefined && from.value <= constantTo.value;
  loop(f, s.label, at, ({ breakTo, continueTo }) => {
    if (constantTo !== undefined) {
      const k = smallConstant(constantTo);
      if (runs) { /* No guard: the first turn is certain. */ }
      else if (k !== undefined) emitJump(f, at, IMMEDIATE.gt, i, k, breakTo, false);
      else f.emit(at, 'JLT', last, i, breakTo);
    } else if (s.inclusive) {
      f.emit(at, 'JLT', last, i, breakTo);
    } else {
      f.emit(at, 'JLE', last, i, breakTo);
      f.emit(at, 'ADDI', last, last, -1);
    }
    const again = f.here();
    body(f, s.body, () => turnVariable(f, s.variable, i, !s.variable.reassigned));
    f.place(continueTo);
    f.emit(at, 'FORLOOP', i, again);
  });
}

/** i, last, step. FORPREP throws for step 0 and skips a loop that runs no time. */
function steppedRange(f: FunctionBuilder, s: StmtOf<'forRange'>, constant: bigint | undefined): void {
  const at = s.span.start;
  const i = f.alloc();
  f.into(s.from, i);
  const last = f.alloc();
  f.into(s.to, last);
  const step = f.alloc();
  f.into(s.step!, step);
  f.bound = f.top;
  loop(f, s.label, at, ({ breakTo, continueTo }) => {
    if (!s.inclusive) excludeEnd(f, at, i, breakTo, constant);
    f.emit(at, 'FORPREP', i, breakTo);
    const again = f.here();
    body(f, s.body, () => turnVariable(f, s.variable, i, !s.variable.reassigned));
    f.place(continueTo);
    f.emit(at, 'FORSTEP', i, again);
  });
}

/** Moves `last` one towards the start, after making sure that the range is not empty. */
function excludeEnd(f: FunctionBuilder, at: number, i: number, breakTo: number, constant: bigint | undefined): void {
  const last = i + 1;
  const step = i + 2;
  const upwards = (): void => {
    f.emit(at, 'JLE', last, i, breakTo);
    f.emit(at, 'ADDI', last, last, -1);
  };
  const downwards = (): void => {
    f.emit(at, 'JLE', i, last, breakTo);
    f.emit(at, 'ADDI', last, last, 1);
  };
  if (constant === 0n) return;
  if (constant !== undefined) return constant > 0n ? upwards() : downwards();
  const down = f.newLabel();
  const ready = f.newLabel();
  f.emit(at, 'JLEI', step, 0, down);
  upwards();
  f.jump(at, ready);
  f.place(down);
  // A step of 0 goes on to FORPREP, which throws.
  f.emit(at, 'JEQI', step, 0, ready);
  downwards();
  f.place(ready);
}

function body(f: FunctionBuilder, block: Block, bind: () => void): void {
  const mark = f.enter();
  bind();
  f.block(block);
  f.leave(mark);
}

export function forEach(f: FunctionBuilder, s: StmtOf<'forEach'>): void {
  const mark = f.enter();
  switch (s.over.type.kind) {
    case 'list': case 'array': overList(f, s); break;
    case 'string': overString(f, s); break;
    case 'dict': case 'set': overDict(f, s); break;
    case 'range': overRange(f, s); break;
    case 'bytes': overBytes(f, s, s.over.type); break;
    case 'channel': case 'coroutine': overPairs(f, s); break;
    default: throw new Error(`对于 over ${s.over.type.kind}`);
  }
  f.leave(mark);
}

/** list, next index, change counter, element. */
function overList(f: FunctionBuilder, s: StmtOf<'forEach'>): void {
  const at = s.span.start;
  const type = s.over.type as { elem: Local['type'] };
  const a = f.alloc();
  f.into(s.over, a);
  f.alloc(3);
  f.bound = f.top;
  f.emit(at, 'ITER', a, a);
  loop(f, s.label, at, ({ continueTo }) => {
    f.jump(at, continueTo);
    const again = f.here();
    body(f, s.body, () => {
      if (s.second === undefined) return turnVariable(f, s.variable, a + 3, true);
      const index = f.alloc();
      f.emit(at, 'ADDI', index, a + 1, -1);
      turnVariable(f, s.variable, index, true);
      turnVariable(f, s.second, a + 3, true);
    });
    f.place(continueTo);
    f.emit(at, 'LISTNEXT', a, again, 0, refA(type.elem));
  });
}

/** [count of turns,] string, byte offset, 字符. */
function overString(f: FunctionBuilder, s: StmtOf<'forEach'>): void {
  const at = s.span.start;
  const counter = s.second === undefined ? -1 : f.alloc();
  const a = f.alloc();
  f.into(s.over, a);
  f.alloc(2);
  f.bound = f.top;
  f.emit(at, 'LDI', a + 1, 0);
  if (counter >= 0) f.emit(at, 'LDI', counter, -1);
  loop(f, s.label, at, ({ continueTo }) => {
    f.jump(at, continueTo);
    const again = f.here();
    body(f, s.body, () => {
      if (s.second === undefined) return turnVariable(f, s.variable, a + 2, true);
      f.emit(at, 'ADDI', counter, counter, 1);
      turnVariable(f, s.variable, counter, !s.variable.reassigned);
      turnVariable(f, s.second, a + 2, true);
    });
    f.place(continueTo);
    f.emit(at, 'STRNEXT', a, again);
  });
}

/** dict, position, change counter, key, value. */
function overDict(f: FunctionBuilder, s: StmtOf<'forEach'>): void {
  const at = s.span.start;
  const type = s.over.type.kind === 'set'
    ? { key: s.over.type.elem, value: UNIT }
    : s.over.type as { key: Local['type']; value: Local['type'] };
  const a = f.alloc();
  f.into(s.over, a);
  f.alloc(4);
  f.bound = f.top;
  f.emit(at, 'ITER', a, a);
  loop(f, s.label, at, ({ continueTo }) => {
    f.jump(at, continueTo);
    const again = f.here();
    body(f, s.body, () => {
      turnVariable(f, s.variable, a + 3, true);
      if (s.second !== undefined) turnVariable(f, s.second, a + 4, true);
    });
    f.place(continueTo);
    const refs = (isReference(type.key) ? REF_A : 0) | (isReference(type.value) ? REF_B : 0);
    f.emit(at, 'DICTNEXT', a, again, 0, refs);
  });
}

/** As over its bounds: the range itself is made once, and asked for its first and last number. */
function overRange(f: FunctionBuilder, s: StmtOf<'forEach'>): void {
  const { span } = s.over;
  const range: Local = { name: '', type: s.over.type, span, boxed: false, reassigned: false };
  declareWith(f, range, s.over);
  const bound = (native: string): Expr => ({ kind: 'callNative', native, args: [{ kind: 'local', local: range, type: range.type, span }], type: INT, span });
  const { label, variable, body: block } = s;
  forRange(f, {
    kind: 'forRange', label, variable, from: bound('range_first'), to: bound('range_last'), inclusive: true, step: undefined, body: block, span: s.span,
  });
}

/** As over the list of its bytes: a copy, but what is iterated is immutable anyway. */
function overBytes(f: FunctionBuilder, s: StmtOf<'forEach'>, type: Type): void {
  const { span } = s.over;
  const list: Type = { kind: 'list', elem: BYTE };
  overList(f, { ...s, over: { kind: 'callNative', native: 'bytes_to_list', args: [{ ...s.over, type }], type: list, span } });
}

/** A channel until it is closed, a 协程 until it ends: source, value, flag. */
function overPairs(f: FunctionBuilder, s: StmtOf<'forEach'>): void {
  const at = s.span.start;
  const { type } = s.over;
  const elem = type.kind === 'coroutine' ? type.yields : elemOf(type);
  const source = f.alloc();
  f.into(s.over, source);
  const pair = f.alloc(2);
  f.bound = f.top;
  loop(f, s.label, at, ({ continueTo }) => {
    f.jump(at, continueTo);
    const again = f.here();
    body(f, s.body, () => {
      if (!isReference(elem)) return turnVariable(f, s.variable, pair, true);
      const own = f.alloc();
      unpackPair(f, at, pair, elem, own);
      turnVariable(f, s.variable, own, true);
    });
    f.place(continueTo);
    f.emit(at, type.kind === 'coroutine' ? 'RESUME' : 'RECVOK', pair, source, 0, pairRefs(f, elem));
    f.emit(at, 'LJNEI', pair + 1, 0, again);
  });
}
