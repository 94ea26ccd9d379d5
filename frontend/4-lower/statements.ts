/**
 * statements.ts — one case per statement; loops, 尝试 and 选择 have their own files.
 */
import { elseIf, type Expr, type Stmt } from '../hir.js';
import { receiveOk, send } from './async.js';
import type { FunctionBuilder } from './builder.js';
import { refA } from './calls.js';
import { assignDeref } from './pointers.js';
import { assignField, assignIndex } from './data.js';
import { setGlobal } from './globals.js';
import { assign, declare, declareWith } from './locals.js';
import { forEach, forRange, whileLoop } from './loops.js';
import { select } from './select.js';
import { jumpOut, leaveFunction, passesFinally, scopeBlock, tryStatement } from './try.js';

export function statement(f: FunctionBuilder, s: Stmt): void {
  const at = s.span.start;
  switch (s.kind) {
    case 'let':
      if (s.value === undefined) declare(f, s.local);
      else declareWith(f, s.local, s.value);
      return;
    case 'assignLocal': return assign(f, at, s.local, s.value);
    case 'assignGlobal': return setGlobal(f, s);
    case 'assignDeref': return assignDeref(f, s.span.start, s.pointer, s.value);
    case 'assignField': return assignField(f, at, s.object, s.field, s.value);
    case 'assignIndex': return assignIndex(f, at, s.target, s.index, s.value);
    case 'expr': return f.discard(s.expr);
    case 'block': return f.block(s.block);
    case 'if': return ifStatement(f, s);
    case 'while': return whileLoop(f, s);
    case 'forRange': return forRange(f, s);
    case 'forEach': return forEach(f, s);
    case 'break': case 'continue': return jumpOut(f, at, s.target, s.kind);
    case 'return': return returnStatement(f, at, s.value);
    case 'throw': {
      const mark = f.top;
      f.emit(at, 'THROW', f.operand(s.value));
      f.top = mark;
      return;
    }
    case 'try': return tryStatement(f, s);
    case 'send': return send(f, s);
    case 'receiveOk': return receiveOk(f, s);
    case 'select': return select(f, s);
    case 'scope': return scopeBlock(f, s);
  }
}

function ifStatement(f: FunctionBuilder, s: Extract<Stmt, { kind: 'if' }>): void {
  // A loop, because a ladder of 否则 如果 may have thousands of branches.
  let end = -1;
  let branch = s;
  for (let next: typeof s | undefined = s; next !== undefined; next = elseIf(branch)) {
    branch = next;
    const otherwise = f.newLabel();
    f.branch(branch.condition, otherwise, false);
    f.block(branch.then);
    if (branch.otherwise !== undefined) {
      if (end < 0) end = f.newLabel();
      f.jump(branch.span.start, end);
    }
    f.place(otherwise);
  }
  if (branch.otherwise !== undefined) f.block(branch.otherwise);
  if (end >= 0) f.place(end);
}

function returnStatement(f: FunctionBuilder, at: number, value: Expr | undefined): void {
  const mark = f.top;
  const { kind } = f.func.result;
  if (value === undefined || kind === 'unit' || kind === 'never') {
    if (value !== undefined) f.discard(value);
    leaveFunction(f);
    f.emit(at, 'RET0');
  } else {
    let register: number;
    if (passesFinally(f)) {
      // A 最终 on the way may assign to the local that is returned.
      register = f.alloc();
      f.into(value, register);
    } else {
      register = f.operand(value);
    }
    leaveFunction(f);
    f.emit(at, 'RET', register, 0, 0, refA(value.type));
  }
  f.top = mark;
}
