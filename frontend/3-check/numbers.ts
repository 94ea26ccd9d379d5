/**
 * numbers.ts — the number types: which there are, what they hold, which fit into which.
 *
 * Widening is the only implicit conversion: 字节 → 短整数 → 整数 → 长整数 and 单精度浮点 → 浮点数. It never
 * changes a value, so where it stands makes no difference. Everything else is written out and checked.
 */
import { BYTE, FLOAT, FLOAT32, INT, INT128, INT32, type Type } from '../types.js';

/** Narrow to wide. */
const INTEGERS: readonly Type[] = [BYTE, INT32, INT, INT128];
const FLOATS: readonly Type[] = [FLOAT32, FLOAT];

export function isIntegral(t: Type): boolean {
  return INTEGERS.includes(t);
}

export function isFloating(t: Type): boolean {
  return FLOATS.includes(t);
}

export function isNumeric(t: Type): boolean {
  return isIntegral(t) || isFloating(t);
}

/** Whether every value of `from` is one of `to`, a different and wider type. */
export function widens(from: Type, to: Type): boolean {
  const family = INTEGERS.includes(from) ? INTEGERS : FLOATS;
  return family.indexOf(from) >= 0 && family.indexOf(from) < family.indexOf(to);
}

const RANGES: ReadonlyMap<Type, readonly [bigint, bigint]> = new Map([
  [BYTE, [0n, 255n]],
  [INT32, [-(2n ** 31n), 2n ** 31n - 1n]],
  [INT, [-(2n ** 63n), 2n ** 63n - 1n]],
  [INT128, [-(2n ** 127n), 2n ** 127n - 1n]],
]);

/** Whether an integer is a value of this type; floating types hold those they can represent exactly. */
export function holds(t: Type, value: bigint): boolean {
  const range = RANGES.get(t);
  if (range !== undefined) return value >= range[0] && value <= range[1];
  const float = t === FLOAT32 ? Math.fround(Number(value)) : Number(value);
  return Number.isFinite(float) && BigInt(float) === value;
}
