/**
 * expressions.ts — one case per expression: into a register, or for effect only.
 */
import type { Expr } from '../hir.js';
import { UNIT } from '../types.js';
import {
  awaitCoroutineInto, awaitInto, effect, newChannelInto, readyInto, receiveInto, receiveOptionInto, reschedule, resumeInto, upcastInto,
  yieldInto,
} from './async.js';
import { rawConstant, type FunctionBuilder } from './builder.js';
import { callClosureInto, callInto, callNativeInto, closureInto, coroutineInto, funcRefInto, launch } from './calls.js';
import {
  concatInto, dictFindInto, dictInto, enumInto, enumTagInto, fieldInto, fillInto, formatInto, indexInto, listInto, optionOrInto, payloadInto, push,
  someInto, structInto, tupleInto, unwrapInto,
} from './data.js';
import { globalInto } from './globals.js';
import { readInto } from './locals.js';
import { addressInto, derefInto } from './pointers.js';
import { binaryInto, booleanInto, compareInto, convertInto, unaryInto } from './operators.js';
import { match } from './match.js';
import { operandsOf } from './walk.js';

/** See Lowering.into. */
export function into(f: FunctionBuilder, e: Expr, dst: number): void {
  const at = e.span.start;
  if (e.type.kind === 'never') return neverCompletes(f, e);
  switch (e.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'unit':
      return f.loadRaw(at, dst, rawConstant(e)!);
    case 'string': return f.emit(at, 'LDSTR', dst, f.tables.string(e.value));
    case 'none': return f.emit(at, 'NONE', dst, 0, f.tables.type(e.type));
    case 'local': return readInto(f, at, e.local, dst);
    case 'global': return globalInto(f, e, dst);
    case 'unary': return unaryInto(f, e, dst);
    case 'binary': return binaryInto(f, e, dst);
    case 'compare': return compareInto(f, e, dst);
    case 'identical': {
      const mark = f.top;
      const l = f.operand(e.left, f.isScratch(dst) ? dst : -1, e.right);
      f.emit(at, 'REFEQ', dst, l, f.operand(e.right));
      f.top = mark;
      return;
    }
    case 'logical': case 'isSome': return booleanInto(f, e, dst);
    case 'concat': return concatInto(f, e, dst);
    case 'format': return formatInto(f, e, dst);
    case 'convert': return convertInto(f, e, dst);
    case 'call': return callInto(f, e, dst);
    case 'callClosure': return callClosureInto(f, e, dst);
    case 'callNative': return callNativeInto(f, e, dst);
    case 'closure': return closureInto(f, e, dst);
    case 'funcRef': return funcRefInto(f, e, dst);
    case 'field': return fieldInto(f, e, dst);
    case 'index': return indexInto(f, e, dst);
    case 'struct': return structInto(f, e, dst);
    case 'list': return listInto(f, e, dst);
    case 'fill': return fillInto(f, e, dst);
    case 'dict': return dictInto(f, e, dst);
    case 'some': return someInto(f, e, dst);
    case 'unwrap': return unwrapInto(f, e, dst);
    case 'optionOr': return optionOrInto(f, e, dst);
    case 'dictFind': return dictFindInto(f, e, dst);
    case 'len': {
      const mark = f.top;
      f.emit(at, 'LEN', dst, f.operand(e.operand, f.isScratch(dst) ? dst : -1));
      f.top = mark;
      return;
    }
    case 'tuple': return tupleInto(f, e, dst);
    case 'enum': return enumInto(f, e, dst);
    case 'enumTag': return enumTagInto(f, e, dst);
    case 'payload': return payloadInto(f, e, dst);
    case 'match': return match(f, e, (body) => into(f, body, dst));
    case 'if': return ifInto(f, e, dst);
    case 'blockExpr': {
      const mark = f.enter();
      for (const s of e.block.statements) f.module.lowering.statement(f, s);
      into(f, e.value, dst);
      return f.leave(mark);
    }
    case 'diverge': return f.module.lowering.statement(f, e.statement);
    case 'spawn': case 'start': case 'newCoroutine': return coroutineInto(f, e, dst);
    case 'await': return awaitInto(f, e, dst);
    case 'awaitCoroutine': return awaitCoroutineInto(f, e, dst);
    case 'ready': return readyInto(f, e, dst);
    case 'upcast': return upcastInto(f, e, dst);
    case 'resume': return resumeInto(f, e, dst);
    case 'yield':
      yieldInto(f, e, dst);
      // Nothing was sent, so nothing was written there.
      if (e.type.kind === 'unit') f.emit(at, 'LDI', dst, 0);
      return;
    case 'newChannel': return newChannelInto(f, e, dst);
    case 'receive': return receiveInto(f, e, dst);
    case 'receiveOption': return receiveOptionInto(f, e, dst);
    case 'addressOf': return addressInto(f, e, dst);
    case 'deref': return derefInto(f, e, dst);
    case 'push': case 'launch': case 'closeChannel': case 'sleep': case 'reschedule':
      discard(f, e);
      return f.emit(at, 'LDI', dst, 0);
  }
}

/** Nothing may be written to a destination of another type; the flow ends here even if a callee hides that. */
function neverCompletes(f: FunctionBuilder, e: Expr): void {
  if (e.kind === 'call' || e.kind === 'callClosure' || e.kind === 'callNative') {
    const mark = f.top;
    const unit: Expr = { ...e, type: UNIT };
    into(f, unit, f.alloc());
    f.top = mark;
    f.emit(e.span.start, 'LOOP', 0, f.here());
  } else {
    discard(f, e);
  }
}

/** See Lowering.discard. */
export function discard(f: FunctionBuilder, e: Expr): void {
  switch (e.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'unit': case 'string': case 'none': case 'funcRef': case 'closure':
      return;
    case 'local':
      // Reading a cell without a value throws; a register is just not read.
      if (!e.local.boxed) return;
      break;
    case 'yield': {
      const mark = f.top;
      yieldInto(f, e, f.alloc());
      f.top = mark;
      return;
    }
    case 'push': return push(f, e);
    case 'launch': return launch(f, e);
    case 'closeChannel': case 'sleep': return effect(f, e);
    case 'reschedule': return reschedule(f, e);
    case 'diverge': return f.module.lowering.statement(f, e.statement);
    case 'match': return match(f, e, (body) => discard(f, body));
    case 'some': case 'tuple': case 'enum': case 'enumTag': case 'isSome': case 'identical': case 'upcast': case 'ready': case 'len':
      return operandsOf(e).forEach((o) => discard(f, o));
    case 'if': {
      const otherwise = f.newLabel();
      const end = f.newLabel();
      f.branch(e.condition, otherwise, false);
      discard(f, e.then);
      f.jump(e.span.start, end);
      f.place(otherwise);
      discard(f, e.otherwise);
      return f.place(end);
    }
    case 'blockExpr': {
      const mark = f.enter();
      for (const s of e.block.statements) f.module.lowering.statement(f, s);
      discard(f, e.value);
      return f.leave(mark);
    }
    default: break;
  }
  if (e.type.kind === 'never') return neverCompletes(f, e);
  const mark = f.top;
  into(f, e, f.alloc());
  f.top = mark;
}

function ifInto(f: FunctionBuilder, e: Extract<Expr, { kind: 'if' }>, dst: number): void {
  const otherwise = f.newLabel();
  const end = f.newLabel();
  f.branch(e.condition, otherwise, false);
  into(f, e.then, dst);
  f.jump(e.span.start, end);
  f.place(otherwise);
  into(f, e.otherwise, dst);
  f.place(end);
}
