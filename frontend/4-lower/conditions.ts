/**
 * conditions.ts — conditions as control flow: 与, 或, 非 and comparisons become jumps.
 *
 * Invariant: on both ways out the same registers are defined, and temporaries are free again.
 */
import type { CompareOp, Expr } from '../hir.js';
import { isReference } from '../types.js';
import { elemOf, resumePair } from './async.js';
import type { FunctionBuilder } from './builder.js';
import { emitJump, IMMEDIATE, rawJump } from './jumps.js';
import { longComparison } from './numbers.js';
import { fold, isEquality, noneOperand, smallConstant, swap } from './operators.js';

const NEGATED: Record<CompareOp, CompareOp> = { eq: 'ne', ne: 'eq', lt: 'ge', le: 'gt', gt: 'le', ge: 'lt' };
/** See Lowering.branch. */
export function branch(f: FunctionBuilder, e: Expr, target: number, sense: boolean, back: boolean): void {
  const at = e.span.start;
  const mark = f.enter();
  switch (e.kind) {
    case 'bool':
      if (e.value === sense) always(f, at, target, back);
      return;
    case 'unary':
      return branch(f, e.operand, target, !sense, back);
    case 'logical':
      // Jumping on the value that decides alone needs no way around; the other does.
      if ((e.op === 'or') === sense) {
        branch(f, e.left, target, sense, back);
        branch(f, e.right, target, sense, back);
      } else {
        const skip = f.newLabel();
        branch(f, e.left, skip, !sense, false);
        branch(f, e.right, target, sense, back);
        f.place(skip);
      }
      return;
    case 'compare':
      compare(f, e, target, sense, back);
      break;
    case 'isSome': {
      // A fresh 恢复 of raw values tells by its flag: no option need be made.
      if (e.option.kind === 'resume' && !isReference(elemOf(e.option.type))) {
        const pair = f.alloc(2);
        resumePair(f, e.option, pair);
        emitJump(f, at, sense ? 'JT' : 'JF', pair + 1, 0, target, back);
      } else {
        emitJump(f, at, sense ? 'JSOME' : 'JNONE', f.operand(e.option), 0, target, back);
      }
      break;
    }
    case 'if': {
      const otherwise = f.newLabel();
      const end = f.newLabel();
      branch(f, e.condition, otherwise, false, false);
      branch(f, e.then, target, sense, back);
      f.jump(at, end);
      f.place(otherwise);
      branch(f, e.otherwise, target, sense, back);
      f.place(end);
      return;
    }
    case 'blockExpr':
      for (const s of e.block.statements) f.module.lowering.statement(f, s);
      branch(f, e.value, target, sense, back);
      break;
    case 'diverge':
      f.discard(e);
      return;
    default:
      emitJump(f, at, sense ? 'JT' : 'JF', f.operand(e), 0, target, back);
      break;
  }
  f.leave(mark);
}

function always(f: FunctionBuilder, at: number, target: number, back: boolean): void {
  if (back) f.emit(at, 'LOOP', 0, target);
  else f.jump(at, target);
}

function compare(f: FunctionBuilder, e: Extract<Expr, { kind: 'compare' }>, target: number, sense: boolean, back: boolean): void {
  const at = e.span.start;
  const option = noneOperand(e);
  if (option !== undefined) {
    emitJump(f, at, (e.op === 'eq') === sense ? 'JNONE' : 'JSOME', f.operand(option), 0, target, back);
    return;
  }
  const long = longComparison(e);
  if (long !== undefined) return compare(f, long, target, sense, back);
  const type = e.left.type;
  const left = fold(e.left);
  const right = fold(e.right);
  if (isReference(type)) {
    const l = f.operand(left, -1, right);
    const r = f.operand(right);
    const t = f.alloc();
    if (isEquality(e.op)) {
      f.emit(at, type.kind === 'string' ? 'STREQ' : 'DEEPEQ', t, l, r);
      emitJump(f, at, (e.op === 'eq') === sense ? 'JT' : 'JF', t, 0, target, back);
    } else {
      f.emit(at, 'STRCMP', t, l, r);
      emitJump(f, at, IMMEDIATE[sense ? e.op : NEGATED[e.op]], t, 0, target, back);
    }
    return;
  }
  if (type.kind === 'float' || type.kind === 'float32') {
    const l = f.operand(left, -1, right);
    const r = f.operand(right);
    floatJump(f, at, e.op, l, r, target, sense, back);
    return;
  }
  const op = sense ? e.op : NEGATED[e.op];
  const k = smallConstant(right);
  if (k !== undefined) return emitJump(f, at, IMMEDIATE[op], f.operand(left), k, target, back);
  const m = smallConstant(left);
  if (m !== undefined) return emitJump(f, at, IMMEDIATE[swap(op)], f.operand(right), m, target, back);
  const l = f.operand(left, -1, right);
  const r = f.operand(right);
  rawJump(f, at, op, l, r, target, back);
}

/** A negated ordering is not the opposite one: 非数 is neither less nor greater. */
function floatJump(f: FunctionBuilder, at: number, op: CompareOp, l: number, r: number, target: number, sense: boolean, back: boolean): void {
  switch (op) {
    case 'eq': return emitJump(f, at, sense ? 'JFEQ' : 'JFNE', l, r, target, back);
    case 'ne': return emitJump(f, at, sense ? 'JFNE' : 'JFEQ', l, r, target, back);
    case 'lt': return emitJump(f, at, sense ? 'JFLT' : 'JFNLT', l, r, target, back);
    case 'le': return emitJump(f, at, sense ? 'JFLE' : 'JFNLE', l, r, target, back);
    case 'gt': return emitJump(f, at, sense ? 'JFLT' : 'JFNLT', r, l, target, back);
    case 'ge': return emitJump(f, at, sense ? 'JFLE' : 'JFNLE', r, l, target, back);
  }
}
