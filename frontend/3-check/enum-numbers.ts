/**
 * enum-numbers.ts — the numbers of variants: `枚举 颜色 { 红 = 1, 绿 }`, read with `整数(颜色::红)`.
 *
 * A variant without a number has one more than the variant before it, the first one 0, as in C and TypeScript. A number
 * is a constant of 整数 and belongs to one variant only, so that it says which variant was meant.
 *
 * Rejected: storing the numbers as the tags of values. Tags index tables of names and payloads; numbers may be any.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { INT, hasPayload, type EnumType } from '../types.js';
import type { Checker } from './body.js';
import { evaluate, fitsInt } from './constants.js';
import type { EnumSymbol } from './scope.js';

/** Numbers the variants of all enums. Runs when constants can be evaluated. */
export function numberVariants(checker: Checker): void {
  for (const symbol of checker.enums.values()) number(checker, symbol);
}

function number(checker: Checker, symbol: EnumSymbol): void {
  const { decl, file } = symbol;
  const written = decl.variants.find((v) => v.discriminant !== undefined);
  const withValues = decl.variants.find((v) => v.payload.length > 0);
  if (withValues !== undefined) {
    if (written === undefined) return;
    checker.error('E3063', file, written.discriminant!.span, { 枚举: symbol.name, 名称: withValues.name.text }, {
      related: [{ span: withValues.span, file, label: { zh: `${withValues.name.text} 带值`, en: `${withValues.name.text} carries values` } }],
    });
    return;
  }
  const owners = new Map<bigint, ast.VariantDecl>();
  const numbers: bigint[] = [];
  let next = 0n;
  for (const v of decl.variants) {
    const value = v.discriminant === undefined ? next : given(checker, symbol, v.name, v.discriminant);
    if (value === undefined) return;
    const at = v.discriminant?.span ?? v.name.span;
    if (!fitsInt(value)) {
      checker.error('E3017', file, at, { 值: String(value), 类型: '整数' });
      return;
    }
    const owner = owners.get(value);
    if (owner === undefined) owners.set(value, v);
    else {
      checker.error('E3062', file, at, { 名称: v.name.text, 另一个: owner.name.text, 数值: String(value) }, {
        related: [{ span: owner.span, file, label: { zh: `${owner.name.text} 也是 ${value}`, en: `${owner.name.text} is ${value}, too` } }],
      });
    }
    numbers.push(value);
    next = value + 1n;
  }
  symbol.numbers = numbers;
}

/** The constant written behind `=`; undefined after an error. */
function given(checker: Checker, { file }: EnumSymbol, name: ast.Name, e: ast.Expr): bigint | undefined {
  const value = evaluate(e, checker, checker.scopeOf(file));
  if (value?.kind === 'int') return value.value;
  if (value === undefined) checker.error('E3023', file, e.span, { 名称: name.text }, {
    hint: { zh: '变体的数值是整数的常量，例如 1', en: 'the number of a variant is an integer constant such as 1' },
  });
  else if (value !== null) checker.error('E3001', file, e.span, { 期望: '整数', 实际: KINDS[value.kind] });
  return undefined;
}

const KINDS = { float: '浮点数', bool: '布尔', string: '字符串', char: '字符' } as const;

/** `整数(e)`: the number of the variant that `value` is; undefined for an enum whose variants carry values. */
export function numberOf(checker: Checker, value: hir.Expr, type: EnumType, span: ast.Span): hir.Expr | undefined {
  if (hasPayload(type.def)) return undefined;
  const numbers = checker.enums.get(type.def)?.numbers ?? type.def.variants.map((_, i) => BigInt(i));
  const int = (n: bigint): hir.Expr => ({ kind: 'int', value: n, type: INT, span });
  const offset = numbers[0] ?? 0n;
  if (numbers.every((n, i) => n === offset + BigInt(i))) {
    const tag: hir.Expr = { kind: 'convert', op: 'charToInt', operand: value, type: INT, span };
    return offset === 0n ? tag : { kind: 'binary', op: 'add', left: tag, right: int(offset), type: INT, span };
  }
  return {
    kind: 'match', subject: value, type: INT, span,
    arms: numbers.map((n, i) => ({ pattern: { kind: 'variant', variant: i, args: [], type, span }, guard: undefined, body: int(n), span })),
  };
}
