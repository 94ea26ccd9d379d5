/**
 * try.ts — 尝试, 捕获, 最终, 并发, 截止, 屏蔽 and every way out of them.
 *
 * Invariants
 * - A 最终 body is lowered once per way out: the normal one, each 返回 / 跳出 / 继续 that passes it,
 *   and the handler of everything thrown. Each copy is masked from cancellation, and the ranges of
 *   its own handler and of those inside are interrupted around it.
 * - Handlers are recorded when their 尝试 is complete, so inner ones stand first.
 * - A copy sees only the loops and 最终 blocks around its own 尝试.
 * - A 并发 or 截止 is closed on every way out under its own handler, which aborts it; aborting is masked.
 *
 * Rejected: one copy of a 最终 body with a register that says where to go on. It needs an indirect
 * jump, and the live-reference maps of all ways out would merge.
 */
import type { Block, Catch, ErrorKind, LoopLabel, Stmt } from '../hir.js';
import { ERROR, UNIT } from '../types.js';
import type { Exit, FunctionBuilder, Region } from './builder.js';
import { REF_A } from './ir.js';
import { box } from './locals.js';

/** Operand of ISERROR (docs/字节码.md). */
const ERROR_KINDS: Record<ErrorKind, number> = {
  错误: 0, 取消错误: 1, 超时错误: 2, 溢出错误: 3, 除零错误: 4, 越界错误: 5, 文件错误: 6, 网络错误: 7, 类型错误: 8, 并发错误: 9,
};

/** Runs `lower` with a handler at the label `handler`. */
function guarded(f: FunctionBuilder, handler: number, lower: () => void): void {
  const region: Region = { handler, open: f.here(), ranges: [] };
  f.regions.push(region);
  lower();
  f.regions.pop();
  suspend(f, region);
  for (const range of region.ranges) f.handlers.push({ ...range, handler });
}

function suspend(f: FunctionBuilder, region: Region): void {
  if (region.open === undefined) return;
  region.ranges.push({ start: region.open, end: f.here() });
  region.open = undefined;
}

/** Lowers a copy of a 最终 body as seen from inside the regions from `outside` on and the exits from `exit` on. */
function finallyCopy(f: FunctionBuilder, block: Block, outside: number, exit: number): void {
  const { regions, exits } = f;
  const interrupted = regions.slice(outside).filter((r) => r.open !== undefined);
  for (const region of interrupted) suspend(f, region);
  f.regions = regions.slice(0, outside);
  f.exits = exits.slice(0, exit);
  const start = f.here();
  f.block(block);
  f.masked.push({ start, end: f.here() });
  f.regions = regions;
  f.exits = exits;
  const resumed = f.here();
  for (const region of interrupted) region.open = resumed;
}

/** Runs the 最终 bodies between here and the exit at position `depth` (which stays). */
function leaveTo(f: FunctionBuilder, depth: number): void {
  const shields: Extract<Exit, { kind: 'shield' }>[] = [];
  for (let i = f.exits.length - 1; i >= depth; i--) {
    const exit = f.exits[i]!;
    if (exit.kind === 'finally') finallyCopy(f, exit.block, exit.region, i);
    else if (exit.kind === 'scope') closeOnTheWay(f, exit);
    else if (exit.kind === 'shield' && exit.open !== undefined) {
      endShield(f, exit);
      shields.push(exit);
    }
  }
  const resumed = f.here();
  for (const shield of shields) shield.open = resumed;
}

function endShield(f: FunctionBuilder, shield: Extract<Exit, { kind: 'shield' }>): void {
  if (shield.open !== undefined) f.masked.push({ start: shield.open, end: f.here() });
  shield.open = undefined;
}

/** Joins a block that a jump leaves: only its own handler and those around it apply. */
function closeOnTheWay(f: FunctionBuilder, exit: Extract<Exit, { kind: 'scope' }>): void {
  const interrupted = f.regions.slice(exit.region + 1).filter((r) => r.open !== undefined);
  for (const region of interrupted) suspend(f, region);
  closeScope(f, exit.at);
  const resumed = f.here();
  for (const region of interrupted) region.open = resumed;
}

function closeScope(f: FunctionBuilder, at: number): void {
  const mark = f.top;
  const nothing = f.alloc();
  f.emit(at, 'PARKNATIVE', nothing, nothing, f.tables.native('scope_close', [], UNIT));
  f.top = mark;
}

const ENTER = { concurrent: 'scope_enter', limit: 'scope_enter_limit', deadline: 'scope_enter_deadline' } as const;

export function scopeBlock(f: FunctionBuilder, s: Extract<Stmt, { kind: 'scope' }>): void {
  const at = s.span.start;
  if (s.how === 'shield') {
    const shield: Exit = { kind: 'shield', open: f.here() };
    f.exits.push(shield);
    f.block(s.body);
    f.exits.pop();
    endShield(f, shield);
    return;
  }
  const top = f.top;
  const argument = f.alloc();
  if (s.argument !== undefined) f.into(s.argument, argument);
  const types = s.argument === undefined ? [] : [s.argument.type];
  f.emit(at, 'PARKNATIVE', argument, argument, f.tables.native(ENTER[s.how], types, UNIT));
  f.top = top;
  const handler = f.newLabel();
  const end = f.newLabel();
  const region = f.regions.length;
  guarded(f, handler, () => {
    f.exits.push({ kind: 'scope', region, at });
    f.block(s.body);
    f.exits.pop();
    closeScope(f, at);
  });
  f.jump(at, end);
  f.place(handler);
  const mark = f.enter();
  const error = f.alloc(2);
  f.bound = f.top;
  f.emit(at, 'CAUGHT', error);
  const start = f.here();
  f.emit(at, 'PARKNATIVE', error + 1, error, f.tables.native('scope_abort', [ERROR], ERROR), REF_A, f.windowRegisters([error]));
  f.masked.push({ start, end: f.here() });
  f.emit(at, 'THROW', error + 1);
  f.leave(mark);
  f.place(end);
}

export function passesFinally(f: FunctionBuilder): boolean {
  return f.exits.some((exit) => exit.kind === 'finally');
}

/** 最终 bodies on the way out of the function. */
export function leaveFunction(f: FunctionBuilder): void {
  leaveTo(f, 0);
}

export function jumpOut(f: FunctionBuilder, at: number, target: LoopLabel, how: 'break' | 'continue'): void {
  const depth = f.exits.findIndex((exit) => exit.kind === 'loop' && exit.label === target);
  const exit = f.exits[depth];
  if (exit?.kind !== 'loop') throw new Error('跳出 or 继续 without its loop');
  leaveTo(f, depth + 1);
  f.jump(at, how === 'break' ? exit.breakTo : exit.continueTo);
}

export function tryStatement(f: FunctionBuilder, s: Extract<Stmt, { kind: 'try' }>): void {
  const at = s.span.start;
  const final = s.finally;
  if (final === undefined) return withCatches(f, s.body, s.catches, at);
  const handler = f.newLabel();
  const end = f.newLabel();
  const outside = f.regions.length;
  const exit = f.exits.length;
  guarded(f, handler, () => {
    f.exits.push({ kind: 'finally', block: final, region: outside });
    withCatches(f, s.body, s.catches, at);
    f.exits.pop();
  });
  finallyCopy(f, final, outside, exit);
  f.jump(at, end);
  f.place(handler);
  const mark = f.enter();
  const error = f.alloc(2);
  f.bound = f.top;
  f.emit(at, 'CAUGHT', error);
  const hiding = f.newLabel();
  guarded(f, hiding, () => finallyCopy(f, final, outside + 1, exit));
  f.emit(at, 'THROW', error);
  f.place(hiding);
  hide(f, at, error);
  f.leave(mark);
  f.place(end);
}

/** The 最终 body threw, too: its error goes on, with the one in register `error` as 起因. */
function hide(f: FunctionBuilder, at: number, error: number): void {
  const later = error + 1;
  f.emit(at, 'CAUGHT', later);
  const native = f.tables.native('error_hide', [ERROR, ERROR], ERROR);
  f.emit(at, 'NATIVE', later, error, native, REF_A, f.windowRegisters([error, later]));
  f.emit(at, 'THROW', later);
}

/** Goes to `next` when the error in a register is none that `c` names. */
function matches(f: FunctionBuilder, c: Catch, error: number, next: number): void {
  const at = c.span.start;
  const found = f.newLabel();
  for (const [i, kind] of c.errorKinds.entries()) {
    const isLast = c.test === undefined && i === c.errorKinds.length - 1;
    const mark = f.top;
    const is = f.alloc();
    f.emit(at, 'ISERROR', is, error, ERROR_KINDS[kind]);
    f.emit(at, isLast ? 'JF' : 'JT', is, isLast ? next : found);
    f.top = mark;
  }
  if (c.test !== undefined) {
    f.bind(c.test.subject, error);
    f.branch(c.test.condition, next, false);
  }
  f.place(found);
}

function withCatches(f: FunctionBuilder, body: Block, catches: readonly Catch[], at: number): void {
  if (catches.length === 0) return f.block(body);
  const handler = f.newLabel();
  const end = f.newLabel();
  guarded(f, handler, () => f.block(body));
  f.jump(at, end);
  f.place(handler);
  const mark = f.enter();
  const error = f.alloc();
  f.bound = f.top;
  f.emit(at, 'CAUGHT', error);
  for (const c of catches) {
    const next = f.newLabel();
    const scope = f.enter();
    matches(f, c, error, next);
    f.leave(scope);
    if (c.local !== undefined) {
      // The register itself: once a 捕获 has matched, nothing else asks for the error.
      box(f, c.local, error);
      f.bind(c.local, error);
    }
    f.block(c.body);
    f.leave(scope);
    f.jump(at, end);
    f.place(next);
  }
  f.emit(at, 'THROW', error);
  f.leave(mark);
  f.place(end);
}
