/**
 * data.ts — strings, structs, lists, dictionaries and options.
 *
 * Invariant: a literal with many elements never needs as many registers; it is built in runs of
 * CHUNK.
 */
import type { Expr } from '../hir.js';
import { isReference, STRING, type Type } from '../types.js';
import type { FunctionBuilder } from './builder.js';
import { nativeInto, refA } from './calls.js';
import { REF_A, REF_B, REF_C } from './ir.js';
import { move } from './operators.js';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

const CHUNK = 48;

const refB = (type: Type): number => (isReference(type) ? REF_B : 0);
const refC = (type: Type): number => (isReference(type) ? REF_C : 0);

/** Where a run of values can start so that its result lands in `dst`, if that is possible. */
function runBase(f: FunctionBuilder, dst: number): number {
  return f.isScratch(dst) ? dst : f.top;
}

export function concatInto(f: FunctionBuilder, e: Of<'concat'>, dst: number): void {
  const mark = f.top;
  const base = runBase(f, dst);
  f.top = base;
  let pending = 0;
  e.parts.forEach((part, i) => {
    f.into(part, f.alloc());
    pending++;
    if (pending < CHUNK && i < e.parts.length - 1) return;
    f.emit(e.span.start, 'CONCAT', base, pending, 0, 0, f.windowRefs(base, Array(pending).fill(STRING)));
    f.top = base + 1;
    pending = 1;
  });
  move(f, e.span.start, dst, base, true);
  f.top = mark;
}

export function formatInto(f: FunctionBuilder, e: Of<'format'>, dst: number): void {
  const at = e.span.start;
  if (e.spec !== undefined) {
    const spec: Expr = { kind: 'string', value: e.spec, type: STRING, span: e.span };
    return nativeInto(f, 'format_spec', [e.value, spec], STRING, at, dst);
  }
  if (e.value.type.kind === 'string') return f.into(e.value, dst);
  const mark = f.top;
  const value = f.operand(e.value, f.isScratch(dst) ? dst : -1);
  f.emit(at, 'FORMAT', dst, value, f.tables.type(e.value.type), refB(e.value.type));
  f.top = mark;
}

export function structInto(f: FunctionBuilder, e: Of<'struct'>, dst: number): void {
  const mark = f.top;
  const types = e.def.fields.map((field) => field.type);
  const base = types.length === 0 ? dst : runBase(f, dst);
  f.top = base;
  f.alloc(Math.max(types.length, 1));
  f.top = Math.max(f.top, mark);
  for (const { field, value } of e.fields) f.into(value, base + field);
  f.emit(e.span.start, 'NEWSTRUCT', dst, base, f.tables.type(e.type), 0, f.windowRefs(base, types));
  f.top = mark;
}

export function tupleInto(f: FunctionBuilder, e: Of<'tuple'>, dst: number): void {
  const mark = f.top;
  const base = runBase(f, dst);
  f.top = base;
  for (const value of e.elems) f.into(value, f.alloc());
  f.top = Math.max(f.top, mark);
  f.emit(e.span.start, 'NEWSTRUCT', dst, base, f.tables.type(e.type), 0, f.windowRefs(base, e.elems.map((x) => x.type)));
  f.top = mark;
}

/** A value of an enum: the bare tag where no variant has a payload. */
export function enumInto(f: FunctionBuilder, e: Of<'enum'>, dst: number): void {
  const at = e.span.start;
  if (!isReference(e.type)) return f.loadRaw(at, dst, BigInt(e.variant));
  const mark = f.top;
  const base = runBase(f, dst);
  f.top = base;
  f.reserve(base + 1);
  for (const value of e.args) f.into(value, f.alloc());
  f.emit(at, 'NEWENUM', base, e.variant, f.tables.type(e.type), 0, f.windowRefs(base, e.args.map((x) => x.type)));
  f.top = base + 1;
  move(f, at, dst, base, true);
  f.top = mark;
}

export function enumTagInto(f: FunctionBuilder, e: Of<'enumTag'>, dst: number): void {
  if (!isReference(e.operand.type)) return f.into(e.operand, dst);
  const mark = f.top;
  f.emit(e.span.start, 'ENUMTAG', dst, f.operand(e.operand, f.isScratch(dst) ? dst : -1));
  f.top = mark;
}

export function payloadInto(f: FunctionBuilder, e: Of<'payload'>, dst: number): void {
  const mark = f.top;
  const object = f.operand(e.object, f.isScratch(dst) ? dst : -1);
  const type = e.object.type;
  if (type.kind !== 'enum') throw new Error(`payload of ${type.kind}`);
  f.emit(e.span.start, 'GETV', dst, object, type.def.variants[e.variant]!.first + e.index, refA(e.type));
  f.top = mark;
}

export function fieldInto(f: FunctionBuilder, e: Of<'field'>, dst: number): void {
  const mark = f.top;
  const object = f.operand(e.object, f.isScratch(dst) ? dst : -1);
  f.emit(e.span.start, 'GETF', dst, object, e.field, refA(e.type));
  f.top = mark;
}

/** Elements of one byte in lists and arrays. */
function isByteSized(elem: Type): boolean {
  return elem.kind === 'bool' || elem.kind === 'byte';
}

/** Element type of a list or array. */
function elementType(type: Type): Type {
  if (type.kind === 'list' || type.kind === 'array' || type.kind === 'option' || type.kind === 'channel') return type.elem;
  throw new Error(`no elements in ${type.kind}`);
}

export function listInto(f: FunctionBuilder, e: Of<'list'>, dst: number): void {
  const elem = elementType(e.type);
  const at = e.span.start;
  const mark = f.top;
  const base = runBase(f, dst);
  f.top = base;
  f.reserve(base + 1);
  const type = f.tables.type(e.type);
  if (e.type.kind === 'array' && e.elems.length > CHUNK) {
    largeArray(f, e, base, elem);
  } else {
    const run = e.elems.slice(0, CHUNK);
    for (const value of run) f.into(value, f.alloc());
    f.emit(at, 'NEWLIST', base, run.length, type, 0, f.windowRefs(base, run.map(() => elem)));
    f.top = base + 1;
    for (const value of e.elems.slice(CHUNK)) {
      f.emit(value.span.start, 'PUSH', base, f.operand(value), 0, refB(elem));
      f.top = base + 1;
    }
  }
  move(f, at, dst, base, true);
  f.top = mark;
}

/** A fixed array cannot grow, so it starts full of its first element. */
function largeArray(f: FunctionBuilder, e: Of<'list'>, base: number, elem: Type): void {
  const at = e.span.start;
  f.alloc();
  const count = f.alloc();
  const value = f.alloc();
  f.into(e.elems[0]!, value);
  f.loadRaw(at, count, BigInt(e.elems.length));
  f.emit(at, 'FILLLIST', base, count, f.tables.type(e.type), 0, f.windowRegisters(isReference(elem) ? [value] : []));
  f.top = base + 1;
  const index = f.alloc();
  e.elems.forEach((item, i) => {
    if (i === 0) return;
    const mark = f.top;
    const register = f.operand(item);
    f.loadRaw(at, index, BigInt(i));
    store(f, item.span.start, base, index, register, elem);
    f.top = mark;
  });
}

function store(f: FunctionBuilder, at: number, list: number, index: number, value: number, elem: Type): void {
  if (isByteSized(elem)) f.emit(at, 'LSETB', list, index, value);
  else f.emit(at, 'LSET', list, index, value, refC(elem));
}

/** FILLLIST wants the count first; the value is evaluated before it. */
export function fillInto(f: FunctionBuilder, e: Of<'fill'>, dst: number): void {
  const mark = f.top;
  const base = f.alloc(2);
  f.into(e.value, base + 1);
  f.into(e.count, base);
  const refs = f.windowRegisters(isReference(e.value.type) ? [base + 1] : []);
  f.emit(e.span.start, 'FILLLIST', dst, base, f.tables.type(e.type), 0, refs);
  f.top = mark;
}

export function dictInto(f: FunctionBuilder, e: Of<'dict'>, dst: number): void {
  const mark = f.top;
  const at = e.span.start;
  const dict = e.entries.length === 0 || f.isScratch(dst) ? dst : f.alloc();
  f.emit(at, 'NEWDICT', dict, 0, f.tables.type(e.type));
  for (const { key, value } of e.entries) {
    const inner = f.top;
    const k = f.operand(key, -1, value);
    const v = f.operand(value);
    f.emit(key.span.start, 'DSET', dict, k, v, refB(key.type) | refC(value.type));
    f.top = inner;
  }
  move(f, at, dst, dict, true);
  f.top = mark;
}

export function indexInto(f: FunctionBuilder, e: Of<'index'>, dst: number): void {
  const mark = f.top;
  const hint = f.isScratch(dst) ? dst : -1;
  const target = f.operand(e.target, hint, e.index);
  const index = f.operand(e.index, target === hint ? -1 : hint);
  const at = e.span.start;
  switch (e.target.type.kind) {
    case 'string': f.emit(at, 'STRAT', dst, target, index); break;
    case 'bytes': {
      f.top = mark;
      return nativeInto(f, 'bytes_at', [e.target, e.index], e.type, at, dst);
    }
    case 'dict': f.emit(at, 'DGET', dst, target, index, refA(e.type) | refC(e.index.type)); break;
    default:
      if (isByteSized(e.type)) f.emit(at, 'LGETB', dst, target, index);
      else f.emit(at, 'LGET', dst, target, index, refA(e.type));
  }
  f.top = mark;
}

/** `target[index] = value`. */
export function assignIndex(f: FunctionBuilder, at: number, target: Expr, index: Expr, value: Expr): void {
  const mark = f.top;
  const t = f.operand(target, -1, index, value);
  const i = f.operand(index, -1, value);
  const v = f.operand(value);
  if (target.type.kind === 'dict') f.emit(at, 'DSET', t, i, v, refB(index.type) | refC(value.type));
  else store(f, at, t, i, v, elementType(target.type));
  f.top = mark;
}

export function assignField(f: FunctionBuilder, at: number, object: Expr, field: number, value: Expr): void {
  const mark = f.top;
  const o = f.operand(object, -1, value);
  f.emit(at, 'SETF', o, field, f.operand(value), refC(value.type));
  f.top = mark;
}

export function push(f: FunctionBuilder, e: Of<'push'>): void {
  const mark = f.top;
  const list = f.operand(e.list, -1, e.value);
  f.emit(e.span.start, 'PUSH', list, f.operand(e.value), 0, refB(e.value.type));
  f.top = mark;
}

export function someInto(f: FunctionBuilder, e: Of<'some'>, dst: number): void {
  const mark = f.top;
  const value = f.operand(e.value, f.isScratch(dst) ? dst : -1);
  f.emit(e.span.start, 'SOME', dst, value, f.tables.type(e.type), refB(e.value.type));
  f.top = mark;
}

export function unwrapInto(f: FunctionBuilder, e: Of<'unwrap'>, dst: number): void {
  const mark = f.top;
  f.emit(e.span.start, 'UNWRAP', dst, f.operand(e.option, f.isScratch(dst) ? dst : -1), 0, refA(e.type));
  f.top = mark;
}

/** 或(默认): the default goes to the destination first, as nothing after it can throw. */
export function optionOrInto(f: FunctionBuilder, e: Of<'optionOr'>, dst: number): void {
  const mark = f.top;
  const at = e.span.start;
  const some = f.newLabel();
  const option = f.operand(e.option, -1, e.fallback);
  f.into(e.fallback, dst);
  f.emit(at, 'JNONE', option, some);
  f.emit(at, 'UNWRAP', dst, option, 0, refA(e.type));
  f.place(some);
  f.top = mark;
}

export function dictFindInto(f: FunctionBuilder, e: Of<'dictFind'>, dst: number): void {
  const mark = f.top;
  f.tables.type(e.type);
  const dict = f.operand(e.dict, -1, e.key);
  f.emit(e.span.start, 'DFIND', dst, dict, f.operand(e.key), REF_A | refC(e.key.type));
  f.top = mark;
}
