/**
 * match-check.ts — every 匹配 covers every value, and every arm can be reached.
 *
 * Runs when all types are final. An arm with a guard covers nothing, because the guard may not hold.
 * What is missing is shown as a pattern in Qi, ready to be written as an arm.
 *
 * Most matches name variants or literals and look into none: those are decided by a set of what was named. The others, and
 * those with something missing, are searched (usefulness.ts).
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { resolve, type Type } from '../types.js';
import type { Body } from './body.js';
import { TooComplex, Usefulness, isAny } from './usefulness.js';

export interface MatchToCheck {
  readonly body: Body;
  readonly node: hir.Expr & { kind: 'match' };
  readonly head: ast.Span;
  /** A pattern outside 匹配 that must fit every value. */
  readonly isIrrefutable: boolean;
}

export function checkMatch({ body, node, head, isIrrefutable }: MatchToCheck): void {
  const unreached = unreachedFlat(node);
  if (unreached !== undefined) {
    for (const pattern of unreached) body.error('W3003', pattern.span);
    return;
  }
  const types: readonly Type[] = [node.subject.type];
  try {
    const rows: (readonly hir.Pattern[])[] = [];
    const search = new Usefulness();
    for (const arm of node.arms) {
      const row = [arm.pattern];
      if (!search.useful(rows, row, types)) body.error('W3003', arm.pattern.span);
      if (arm.guard === undefined) rows.push(row);
    }
    const missing = new Usefulness().missing(rows, types);
    if (missing !== undefined) reportMissing(body, isIrrefutable, head, showPattern(missing[0]!));
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    // A last arm that takes everything makes it complete however complex the others are.
    if (!node.arms.some((arm) => arm.guard === undefined && (arm.pattern.kind === 'any' || arm.pattern.kind === 'bind'))) body.error('E3060', head);
  }
}

const EVERYTHING = Symbol('everything');
/** What a pattern without parts admits: everything, or one literal or variant. */
type Named = bigint | number | string | boolean | typeof EVERYTHING;
/** The integers or characters from one to another. */
interface Range { readonly low: bigint | number; readonly high: bigint | number }

/**
 * Patterns that add nothing to those before them, for a complete 匹配 whose patterns have no parts to look into and whose
 * ranges share nothing with other patterns. Undefined for any other.
 */
function unreachedFlat(node: MatchToCheck['node']): hir.Pattern[] | undefined {
  const size = countOf(resolve(node.subject.type));
  const seen = new Set<Named>();
  const ranges: Range[] = [];
  const unreached: hir.Pattern[] = [];
  let complete = false;
  for (const { pattern, guard } of node.arms) {
    const named: Named[] = [];
    const own: Range[] = [];
    if (!nameFlat(pattern, named, own) || named.some((n) => ranges.some((r) => holds(r, n))) || own.some((r) => !isApart(r, seen, ranges))) return undefined;
    if (complete || (own.length === 0 && named.every((n) => seen.has(n)))) unreached.push(pattern);
    if (guard !== undefined) continue;
    for (const n of named) seen.add(n);
    ranges.push(...own);
    complete ||= seen.has(EVERYTHING) || seen.size === size;
  }
  return complete ? unreached : undefined;
}

/** How many variants or literals cover a type; undefined when there are too many to write. */
function countOf(t: Type): number | undefined {
  switch (t.kind) {
    case 'enum': return t.def.variants.length;
    case 'option': case 'bool': return 2;
    case 'byte': return 256;
    default: return undefined;
  }
}

/** Adds what a pattern admits; false when that takes a look at its parts. */
function nameFlat(p: hir.Pattern, named: Named[], ranges: Range[]): boolean {
  switch (p.kind) {
    case 'any': case 'bind': case 'fields':
      named.push(EVERYTHING);
      return admitsAll(p);
    case 'none':
      named.push(false);
      return true;
    case 'some':
      named.push(true);
      return admitsAll(p.inner);
    case 'variant':
      named.push(p.variant);
      return p.args.every(admitsAll);
    case 'constant': {
      const { value } = p;
      if (value.kind !== 'int' && value.kind !== 'char' && value.kind !== 'string' && value.kind !== 'bool') return false;
      named.push(value.value);
      return true;
    }
    case 'range': {
      const { from, to } = p;
      if (from?.kind === 'int' && to?.kind === 'int') ranges.push({ low: from.value, high: p.inclusive ? to.value : to.value - 1n });
      else if (from?.kind === 'char' && to?.kind === 'char') ranges.push({ low: from.value, high: p.inclusive ? to.value : to.value - 1 });
      else return false;
      return true;
    }
    case 'or': return p.alternatives.every((a) => nameFlat(a, named, ranges));
  }
}

/** Tuples and structs of patterns that take everything take everything. */
function admitsAll(p: hir.Pattern): boolean {
  return isAny(p) || (p.kind === 'fields' && p.parts.every(admitsAll));
}

function holds({ low, high }: Range, n: Named): boolean {
  return (typeof n === 'bigint' || typeof n === 'number') && low <= n && n <= high;
}

/** Whether a range has values, and none that was named before. */
function isApart(range: Range, seen: ReadonlySet<Named>, ranges: readonly Range[]): boolean {
  if (range.low > range.high || ranges.some((r) => r.low <= range.high && range.low <= r.high)) return false;
  for (const n of seen) if (holds(range, n)) return false;
  return true;
}

/** A pattern as it is written in Qi. */
export function showPattern(p: hir.Pattern): string {
  switch (p.kind) {
    case 'any': return '_';
    case 'bind': return p.local.name;
    case 'constant': return showLiteral(p.value);
    case 'range': return `${p.from === undefined ? '' : showLiteral(p.from)}..${p.inclusive ? '=' : ''}${p.to === undefined ? '' : showLiteral(p.to)}`;
    case 'none': return '无';
    case 'some': return `有(${showPattern(p.inner)})`;
    case 'variant': {
      const t = resolve(p.type);
      const name = t.kind === 'enum' ? t.def.variants[p.variant]!.name : '?';
      return p.args.length === 0 ? name : `${name}(${p.args.map(showPattern).join(', ')})`;
    }
    case 'fields': return showFields(p);
    case 'or': return p.alternatives.map(showPattern).join(' | ');
  }
}

function showFields(p: hir.Pattern & { kind: 'fields' }): string {
  const t = resolve(p.type);
  const parts = p.parts.map(showPattern);
  if (t.kind !== 'struct') return parts.length === 1 ? `(${parts[0]!},)` : `(${parts.join(', ')})`;
  if (t.def.isTuple) return `${t.def.name}(${parts.join(', ')})`;
  const named = t.def.fields.flatMap((f, i) => (parts[i] === '_' ? [] : [`${f.name}: ${parts[i]!}`]));
  return `${t.def.name} { ${[...named, ...(named.length < parts.length ? ['..'] : [])].join(', ')} }`;
}

function showLiteral(e: hir.Expr): string {
  switch (e.kind) {
    case 'int': return String(e.value);
    case 'float': return Number.isInteger(e.value) ? `${e.value}.0` : String(e.value);
    case 'bool': return e.value ? '真' : '假';
    case 'string': return JSON.stringify(e.value);
    case 'char': return /[\p{L}\p{N}\p{P}\p{S} ]/u.test(String.fromCodePoint(e.value)) ? `'${String.fromCodePoint(e.value)}'` : `'\\u{${e.value.toString(16)}}'`;
    default: return '_';
  }
}

/** E3050, or E3061 where there is one pattern, with an example of what is missing. */
function reportMissing(body: Body, isIrrefutable: boolean, head: ast.Span, example: string): void {
  // No literals can be all strings or numbers: there is only one thing to add.
  const rest = example === '_' && !isIrrefutable ? { hint: { zh: '加上分支 _ => … 处理其余情况', en: 'add an arm _ => … for all the rest' } } : {};
  body.error(isIrrefutable ? 'E3061' : 'E3050', head, { 例子: example }, rest);
}
