/**
 * operators.ts — arithmetic, comparisons to a value, conversions.
 *
 * Invariants: operands are evaluated left to right even where the instruction wants them swapped;
 * a constant is folded only when the result is exact and cannot throw.
 */
import type { BinaryOp, CompareOp, ConvertOp, Expr } from '../hir.js';
import type { Opcode } from '../generated/opcodes.js';
import { isReference, type Type } from '../types.js';
import { MAX_INDEX, REF_B } from './ir.js';
import { rawConstant, type FunctionBuilder } from './builder.js';
import { isNarrow, longBinaryInto, longComparison, longUnaryInto, narrowBinaryInto, narrowUnaryInto } from './numbers.js';
import { bitsOfFloat } from './tables.js';
import { operandsOf } from './walk.js';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;

const INT_OPS: Record<BinaryOp, Opcode> = {
  add: 'ADD', sub: 'SUB', mul: 'MUL', div: 'DIV', rem: 'REM', bitAnd: 'BAND', bitOr: 'BOR', bitXor: 'BXOR',
  shl: 'SHL', shr: 'SHR', wrapAdd: 'WADD', wrapSub: 'WSUB', wrapMul: 'WMUL',
};
const FLOAT_OPS: Partial<Record<BinaryOp, Opcode>> = { add: 'FADD', sub: 'FSUB', mul: 'FMUL', div: 'FDIV', rem: 'FREM' };
/** x op K. */
const FLOAT_CONST_RIGHT: Partial<Record<BinaryOp, Opcode>> = { add: 'FADDK', sub: 'FSUBK', mul: 'FMULK', div: 'FDIVK' };
/** K op x. */
const FLOAT_CONST_LEFT: Partial<Record<BinaryOp, Opcode>> = { add: 'FADDK', sub: 'FRSUBK', mul: 'FMULK', div: 'FRDIVK' };

/** The value of a raw integer-like constant that fits a 16-bit immediate. */
export function smallConstant(e: Expr): number | undefined {
  if (e.kind !== 'int' && e.kind !== 'bool' && e.kind !== 'char') return undefined;
  const value = rawConstant(e)!;
  return value >= -0x8000n && value <= 0x7fffn ? Number(value) : undefined;
}

/** Folds constant integer and float arithmetic; gives back the expression itself where it cannot. */
export function fold(e: Expr): Expr {
  if (e.kind === 'unary') {
    const operand = fold(e.operand);
    if (e.type.kind === 'byte' || e.type.kind === 'int32') return e;
    if (e.op === 'neg' && operand.kind === 'int' && operand.value !== MIN) return { ...operand, value: -operand.value, span: e.span };
    if (e.op === 'neg' && operand.kind === 'float') return { ...operand, value: -operand.value, span: e.span };
    if (e.op === 'bitNot' && operand.kind === 'int') return { ...operand, value: ~operand.value, span: e.span };
    if (e.op === 'not' && operand.kind === 'bool') return { ...operand, value: !operand.value, span: e.span };
    return e;
  }
  if (e.kind !== 'binary') return e;
  // The right side first: in a long chain it is the short one.
  const right = fold(e.right);
  if (right.kind !== 'int' && right.kind !== 'float') return e;
  const left = fold(e.left);
  if (left.kind === 'int' && right.kind === 'int') {
    const value = e.op.startsWith('wrap') && e.type.kind !== 'int' ? undefined : foldInt(e.op, left.value, right.value);
    return value === undefined || !fits(e.type, value) ? e : { ...left, value, span: e.span };
  }
  if (left.kind === 'float' && right.kind === 'float') {
    const value = foldFloat(e.op, left.value, right.value);
    // 非数 is left to the machine that runs the program.
    return value === undefined || Number.isNaN(value) ? e : { ...left, value: e.type.kind === 'float32' ? Math.fround(value) : value, span: e.span };
  }
  return e;
}

/** Whether a result needs no check at run time. */
function fits(type: Type, value: bigint): boolean {
  switch (type.kind) {
    case 'byte': return value >= 0n && value <= 255n;
    case 'int32': return value >= -0x8000_0000n && value <= 0x7fff_ffffn;
    default: return true;
  }
}

function foldInt(op: BinaryOp, a: bigint, b: bigint): bigint | undefined {
  let value: bigint;
  switch (op) {
    case 'add': value = a + b; break;
    case 'sub': value = a - b; break;
    case 'mul': value = a * b; break;
    case 'div': if (b === 0n) return undefined; value = a / b; break;
    case 'rem': if (b === 0n || b === -1n) return undefined; value = a % b; break;
    case 'bitAnd': value = a & b; break;
    case 'bitOr': value = a | b; break;
    case 'bitXor': value = a ^ b; break;
    case 'shl': if (b < 0n || b > 63n) return undefined; value = BigInt.asIntN(64, a << b); break;
    case 'shr': if (b < 0n || b > 63n) return undefined; value = a >> b; break;
    case 'wrapAdd': value = BigInt.asIntN(64, a + b); break;
    case 'wrapSub': value = BigInt.asIntN(64, a - b); break;
    case 'wrapMul': value = BigInt.asIntN(64, a * b); break;
  }
  return value >= MIN && value <= MAX ? value : undefined;
}

function foldFloat(op: BinaryOp, a: number, b: number): number | undefined {
  switch (op) {
    case 'add': return a + b;
    case 'sub': return a - b;
    case 'mul': return a * b;
    case 'div': return a / b;
    default: return undefined;
  }
}

export function binaryInto(f: FunctionBuilder, e: Of<'binary'>, dst: number): void {
  const folded = fold(e);
  if (folded !== e) return f.into(folded, dst);
  if (e.type.kind === 'int128') return longBinaryInto(f, e, dst);
  if (isNarrow(e.type)) return narrowBinaryInto(f, e, dst);
  plainBinaryInto(f, e, dst);
}

/** The operation on 64-bit words or doubles. */
export function plainBinaryInto(f: FunctionBuilder, e: Of<'binary'>, dst: number): void {
  const at = e.span.start;
  const mark = f.top;
  const left = fold(e.left);
  const right = fold(e.right);
  const hint = f.isScratch(dst) ? dst : -1;
  const isFloat = e.left.type.kind === 'float' || e.left.type.kind === 'float32';
  if (!(isFloat ? floatConstant(f, e.op, at, left, right, dst, hint) : intConstant(f, e.op, at, left, right, dst, hint))) {
    const op = isFloat ? FLOAT_OPS[e.op] : INT_OPS[e.op];
    if (op === undefined) throw new Error(`operator ${e.op} on 浮点数`);
    if (isFloat && e.op === 'add' && fuseSum(f, at, left, right, dst)) {
      f.top = mark;
      return;
    }
    const l = f.operand(left, hint, right);
    if (!(l === dst && !isNarrow(e.type) && accumulate(f, e.op, at, right, dst))) {
      const r = f.operand(right, l === hint ? -1 : hint);
      f.emit(at, op, dst, l, r);
    }
  }
  f.top = mark;
}

/** `x + a * b` and `x - a * b` where x already stands in the destination. Products with a constant have forms of their own. */
function accumulate(f: FunctionBuilder, op: BinaryOp, at: number, product: Expr, dst: number): boolean {
  if ((op !== 'add' && op !== 'sub') || product.kind !== 'binary' || product.op !== 'mul') return false;
  const { left, right } = product;
  if (rawConstant(left) !== undefined || rawConstant(right) !== undefined) return false;
  const isFloat = left.type.kind === 'float';
  const a = f.operand(left, -1, right);
  const b = f.operand(right);
  f.emit(at, op === 'add' ? (isFloat ? 'FMADD' : 'MADD') : isFloat ? 'FMSUB' : 'MSUB', dst, a, b);
  return true;
}

/** A product or difference of two values that are no constants: what FMADD and FADDSUB take. */
function fusable(e: Expr): Of<'binary'> | undefined {
  if (e.kind !== 'binary' || (e.op !== 'mul' && e.op !== 'sub') || fold(e) !== e) return undefined;
  return rawConstant(e.left) === undefined && rawConstant(e.right) === undefined ? e : undefined;
}

/** Whether evaluating `e` may read the register. */
function reads(f: FunctionBuilder, e: Expr, register: number): boolean {
  if (e.kind === 'local') return !e.local.boxed && f.register(e.local) === register;
  if (rawConstant(e) !== undefined) return false;
  return e.kind === 'blockExpr' || e.kind === 'diverge' || operandsOf(e).some((o) => reads(f, o, register));
}

/**
 * `p + b * c` and `p + (b - c)` of 浮点数, in either order: the other part into the destination, then one instruction. As many
 * instructions as apart, but a value less goes through memory, and that is what a chain of float operations waits for. Sums
 * commute exactly, so the result is the same to the bit.
 */
function fuseSum(f: FunctionBuilder, at: number, left: Expr, right: Expr, dst: number): boolean {
  const behind = fusable(right);
  if (behind !== undefined && !reads(f, right, dst)) {
    f.into(left, dst);
    const b = f.operand(behind.left, -1, behind.right);
    f.emit(at, behind.op === 'mul' ? 'FMADD' : 'FADDSUB', dst, b, f.operand(behind.right));
    return true;
  }
  const front = fusable(left);
  if (front === undefined) return false;
  const b = f.operand(front.left, -1, front.right, right);
  const c = f.operand(front.right, -1, right);
  if (b !== dst && c !== dst) {
    f.into(right, dst);
    f.emit(at, front.op === 'mul' ? 'FMADD' : 'FADDSUB', dst, b, c);
  } else if (front.op === 'mul') {
    f.emit(at, 'FMULADD', dst, b === dst ? c : b, f.operand(right));
  } else {
    const t = f.alloc();
    f.emit(at, 'FSUB', t, b, c);
    f.emit(at, 'FADD', dst, t, f.operand(right));
  }
  return true;
}

/** Forms with a 16-bit immediate. */
function intConstant(f: FunctionBuilder, op: BinaryOp, at: number, left: Expr, right: Expr, dst: number, hint: number): boolean {
  const emit = (name: Opcode, operand: Expr, constant: number): true => {
    f.emit(at, name, dst, f.operand(operand, hint), constant);
    return true;
  };
  const k = smallConstant(right);
  if (k !== undefined) {
    switch (op) {
      case 'add': return emit('ADDI', left, k);
      case 'sub': if (k !== -0x8000) return emit('ADDI', left, -k); break;
      case 'mul': return emit('MULI', left, k);
      case 'div': if (k !== 0 && k !== -1) return emit('DIVI', left, k); break;
      case 'rem': if (k !== 0 && k !== -1) return emit('REMI', left, k); break;
      case 'bitAnd': return emit('BANDI', left, k);
      case 'shl': if (k >= 0 && k <= 63) return emit('SHLI', left, k); break;
      case 'shr': if (k >= 0 && k <= 63) return emit('SHRI', left, k); break;
      default: break;
    }
  }
  const l = smallConstant(left);
  if (l === undefined) return false;
  switch (op) {
    case 'add': return emit('ADDI', right, l);
    case 'mul': return emit('MULI', right, l);
    case 'bitAnd': return emit('BANDI', right, l);
    default: return false;
  }
}

/** Forms with an operand in the constant pool. */
function floatConstant(f: FunctionBuilder, op: BinaryOp, at: number, left: Expr, right: Expr, dst: number, hint: number): boolean {
  const [name, literal, other] = right.kind === 'float' ? [FLOAT_CONST_RIGHT[op], right, left] as const
    : left.kind === 'float' ? [FLOAT_CONST_LEFT[op], left, right] as const : [undefined, undefined, left] as const;
  if (name === undefined) return false;
  const index = f.tables.constant(bitsOfFloat(literal.value));
  if (index > MAX_INDEX) return false;
  f.emit(at, name, dst, f.operand(other, hint), index);
  return true;
}

export function unaryInto(f: FunctionBuilder, e: Of<'unary'>, dst: number): void {
  const folded = fold(e);
  if (folded !== e) return f.into(folded, dst);
  if (e.op === 'not') {
    if (e.operand.kind === 'compare' || e.operand.kind === 'logical' || e.operand.kind === 'isSome') return booleanInto(f, e, dst);
  }
  if (e.type.kind === 'int128') return longUnaryInto(f, e, dst);
  if (e.type.kind === 'byte' || e.type.kind === 'int32') return narrowUnaryInto(f, e, dst);
  const isFloat = e.type.kind === 'float' || e.type.kind === 'float32';
  const op: Opcode = e.op === 'not' ? 'NOT' : e.op === 'bitNot' ? 'BNOT' : isFloat ? 'FNEG' : 'NEG';
  const mark = f.top;
  f.emit(e.span.start, op, dst, f.operand(e.operand, f.isScratch(dst) ? dst : -1));
  f.top = mark;
}

/** A condition as 0 or 1, through jumps. */
export function booleanInto(f: FunctionBuilder, e: Expr, dst: number): void {
  const no = f.newLabel();
  const end = f.newLabel();
  f.branch(e, no, false);
  f.emit(e.span.start, 'LDI', dst, 1);
  f.jump(e.span.start, end);
  f.place(no);
  f.emit(e.span.start, 'LDI', dst, 0);
  f.place(end);
}

const SWAPPED: Record<CompareOp, CompareOp> = { eq: 'eq', ne: 'ne', lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' };
const RAW_COMPARE: Partial<Record<CompareOp, Opcode>> = { eq: 'EQ', ne: 'NE', lt: 'LT', le: 'LE' };
const FLOAT_COMPARE: Partial<Record<CompareOp, Opcode>> = { eq: 'FEQ', ne: 'FNE', lt: 'FLT', le: 'FLE' };

export function swap(op: CompareOp): CompareOp {
  return SWAPPED[op];
}

export function compareInto(f: FunctionBuilder, e: Of<'compare'>, dst: number): void {
  const long = longComparison(e);
  if (long !== undefined) return compareInto(f, long, dst);
  const type = e.left.type;
  const isString = type.kind === 'string';
  // Ordered strings and 无 are decided by jumps; so is 空, which is always equal.
  if (isReference(type) && (!isEquality(e.op) || noneOperand(e) !== undefined)) return booleanInto(f, e, dst);
  const at = e.span.start;
  const mark = f.top;
  const l = f.operand(e.left, f.isScratch(dst) ? dst : -1, e.right);
  const r = f.operand(e.right);
  if (isReference(type)) {
    const target = e.op === 'ne' && !f.isScratch(dst) && dst < f.bound ? f.alloc() : dst;
    f.emit(at, isString ? 'STREQ' : 'DEEPEQ', target, l, r);
    if (e.op === 'ne') f.emit(at, 'NOT', dst, target);
  } else {
    const table = type.kind === 'float' || type.kind === 'float32' ? FLOAT_COMPARE : RAW_COMPARE;
    const direct = table[e.op];
    if (direct !== undefined) f.emit(at, direct, dst, l, r);
    else f.emit(at, table[swap(e.op)]!, dst, r, l);
  }
  f.top = mark;
}

export function isEquality(op: CompareOp): boolean {
  return op === 'eq' || op === 'ne';
}

/** In `x == 无` the side that is not the literal; undefined when there is none. */
export function noneOperand(e: Of<'compare'>): Expr | undefined {
  if (!isEquality(e.op)) return undefined;
  return e.right.kind === 'none' ? e.left : e.left.kind === 'none' ? e.right : undefined;
}

export function convertInto(f: FunctionBuilder, e: Of<'convert'>, dst: number): void {
  const op = CONVERSIONS[e.op];
  if (op === undefined) return f.into(e.operand, dst);
  const mark = f.top;
  f.emit(e.span.start, op, dst, f.operand(e.operand, f.isScratch(dst) ? dst : -1));
  f.top = mark;
}

/** Conversions that change no bit have no instruction. */
const CONVERSIONS: Partial<Record<ConvertOp, Opcode>> = {
  intToFloat: 'I2F', floatToInt: 'F2I', intToChar: 'I2CHAR', toInt32: 'CHK32', toByte: 'CHK8',
};

/** MOV unless it is one register. */
export function move(f: FunctionBuilder, at: number, dst: number, src: number, isRef: boolean): void {
  if (dst !== src) f.emit(at, 'MOV', dst, src, 0, isRef ? REF_B | 1 : 0);
}
