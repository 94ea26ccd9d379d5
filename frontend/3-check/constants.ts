/**
 * constants.ts — the value of a 常量 and of array lengths, at compile time.
 *
 * Constants are folded into the places that use them, so they cost nothing and need no initialisation
 * order. Arithmetic follows the run-time rules: what would raise E7001 or E7002 there is no constant.
 */
import type * as ast from '../ast.js';
import type { SourceFile } from '../source.js';
import type { Checker } from './body.js';
import { chainOf } from './chain.js';
import { qualified } from './imports.js';
import type { ConstSymbol, ConstValue, Scope } from './scope.js';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

export function fitsInt(value: bigint): boolean {
  return value >= MIN && value <= MAX;
}

/** The value of a constant symbol, evaluated on first use; null when it is not constant (reported once). */
export function constantValue(symbol: ConstSymbol, checker: Checker): ConstValue | null {
  if (symbol.value !== undefined) return symbol.value;
  if (symbol.evaluating) {
    checker.error('E3032', symbol.file, symbol.span, { 名称: symbol.name });
    return (symbol.value = null);
  }
  symbol.evaluating = true;
  const value = evaluate(symbol.decl, checker, symbol.scope);
  symbol.evaluating = false;
  if (symbol.value !== undefined) return symbol.value;
  if (value === undefined) checker.error('E3023', symbol.file, symbol.decl.span, { 名称: symbol.name });
  return (symbol.value = value ?? null);
}

/** The length in `[T; n]`: a constant from 0; reports and gives undefined otherwise. */
export function constantLength(e: ast.Expr, checker: Checker, scope: Scope, file: SourceFile): number | undefined {
  const value = evaluate(e, checker, scope);
  if (value?.kind === 'int' && value.value >= 0n && value.value <= 0x7fffffffn) return Number(value.value);
  if (value !== null) checker.error('E3023', file, e.span, { 名称: '数组长度' });
  return undefined;
}

/** The constant value of an expression; undefined when it has none, null when that was reported. */
export function evaluate(e: ast.Expr, checker: Checker, scope: Scope): ConstValue | undefined | null {
  switch (e.kind) {
    case 'ErrorExpr': return null;
    case 'IntLiteral': return fitsInt(e.value) ? { kind: 'int', value: e.value } : undefined;
    case 'FloatLiteral': return { kind: 'float', value: e.value };
    case 'BoolLiteral': return { kind: 'bool', value: e.value };
    case 'StringLiteral': return { kind: 'string', value: e.value };
    case 'CharLiteral': return { kind: 'char', value: e.value };
    case 'MemberExpr': case 'PathExpr': {
      const name = qualified(scope, e);
      return name === undefined ? undefined : evaluate(name, checker, scope);
    }
    case 'NameExpr': {
      const symbol = scope.lookup(e.name);
      if (symbol?.kind === 'poison') return null;
      if (symbol?.kind !== 'const') return undefined;
      symbol.reads++;
      return constantValue(symbol, checker);
    }
    case 'UnaryExpr': {
      if (e.op === '-' && e.operand.kind === 'IntLiteral') return checked(-e.operand.value);
      const v = evaluate(e.operand, checker, scope);
      if (v === undefined || v === null) return v;
      if (e.op === '-' && v.kind === 'int') return checked(-v.value);
      if (e.op === '-' && v.kind === 'float') return { kind: 'float', value: -v.value };
      if (e.op === '!' && v.kind === 'bool') return { kind: 'bool', value: !v.value };
      if (e.op === '~' && v.kind === 'int') return { kind: 'int', value: ~v.value };
      return undefined;
    }
    case 'BinaryExpr': {
      const { first, steps } = chainOf(e);
      let value = evaluate(first, checker, scope);
      for (const step of steps) {
        if (value === undefined || value === null) return value;
        const right = evaluate(step.right, checker, scope);
        if (right === undefined || right === null) return right;
        value = binary(step, value, right);
      }
      return value;
    }
    default: return undefined;
  }
}

function binary(e: ast.BinaryExpr, left: ConstValue, right: ConstValue): ConstValue | undefined {
  if (left.kind === 'int' && right.kind === 'int') return ints(e.op, left.value, right.value);
  if (left.kind === 'string' && right.kind === 'string' && e.op === '+') return { kind: 'string', value: left.value + right.value };
  if (left.kind === 'bool' && right.kind === 'bool') {
    if (e.op === '&&') return { kind: 'bool', value: left.value && right.value };
    if (e.op === '||') return { kind: 'bool', value: left.value || right.value };
  }
  // A literal adapts to a floating operand, as it does at run time.
  const a = floatOf(left, e.left);
  const b = floatOf(right, e.right);
  if (a === undefined || b === undefined) return undefined;
  switch (e.op) {
    case '+': return { kind: 'float', value: a + b };
    case '-': return { kind: 'float', value: a - b };
    case '*': return { kind: 'float', value: a * b };
    case '/': return { kind: 'float', value: a / b };
    default: return undefined;
  }
}

function floatOf(v: ConstValue, e: ast.Expr): number | undefined {
  if (v.kind === 'float') return v.value;
  return v.kind === 'int' && e.kind === 'IntLiteral' && BigInt(Number(v.value)) === v.value ? Number(v.value) : undefined;
}

function ints(op: ast.BinaryOp, a: bigint, b: bigint): ConstValue | undefined {
  switch (op) {
    case '+': return checked(a + b);
    case '-': return checked(a - b);
    case '*': return checked(a * b);
    case '/': return b === 0n ? undefined : checked(a / b);
    case '%': return b === 0n ? undefined : checked(a % b);
    case '&': return checked(a & b);
    case '|': return checked(a | b);
    case '^': return checked(a ^ b);
    case '<<': return b < 0n || b > 63n ? undefined : { kind: 'int', value: BigInt.asIntN(64, a << b) };
    case '>>': return b < 0n || b > 63n ? undefined : checked(a >> b);
    case '==': return { kind: 'bool', value: a === b };
    case '!=': return { kind: 'bool', value: a !== b };
    case '<': return { kind: 'bool', value: a < b };
    case '<=': return { kind: 'bool', value: a <= b };
    case '>': return { kind: 'bool', value: a > b };
    case '>=': return { kind: 'bool', value: a >= b };
    default: return undefined;
  }
}

function checked(value: bigint): ConstValue | undefined {
  return fitsInt(value) ? { kind: 'int', value } : undefined;
}
