/**
 * usefulness.ts — which values a list of patterns leaves out, and which patterns add nothing.
 *
 * Maranget's algorithm ("Warnings for pattern matching", 2007): patterns are the rows of a matrix, one
 * column for each value; a column is taken apart by the constructors of its type. Enums, options,
 * 布尔, tuples and structs have a fixed set of constructors; integers and characters are split into
 * the intervals that the patterns draw; texts and floats have constructors without end, so only a
 * pattern that takes everything completes them.
 *
 * Invariants: types are final. The work is bounded: past BUDGET steps a search gives up (TooComplex).
 * Rejected: compiling the decision tree first and looking for unreached leaves. It is shorter, but the
 * tree is lowering's business and gives no example.
 */
import type * as hir from '../hir.js';
import { BOOL, payloadOf, resolve, type Type } from '../types.js';

type Pattern = hir.Pattern;
type Row = readonly Pattern[];

const BUDGET = 200_000;
const NOWHERE = { start: 0, end: 0 };

/** The patterns need more steps than a check may take. */
export class TooComplex extends Error {}

export function wildcard(type: Type): Pattern {
  return { kind: 'any', type, span: NOWHERE };
}

/** A constructor of a column's type: what a pattern asks for at the top, and the types of its parts. */
interface Constructor {
  /** The parts of `p` if it admits this constructor, else undefined. */
  parts(p: Pattern): readonly Pattern[] | undefined;
  readonly types: readonly Type[];
  /** A pattern that shows it. */
  build(parts: readonly Pattern[]): Pattern;
}

/** Splits of a column: constructors that the rows name (all there are if `complete`), and an example of one they do not. */
interface Split {
  readonly constructors: readonly Constructor[];
  readonly complete: boolean;
  readonly missing: Pattern;
}

export class Usefulness {
  #steps = 0;

  /** A row of patterns none of the rows covers; undefined when they cover everything. */
  missing(rows: readonly Row[], types: readonly Type[]): Pattern[] | undefined {
    this.#step(rows.length);
    const type = types[0];
    if (type === undefined) return rows.length === 0 ? [] : undefined;
    const rest = types.slice(1);
    const expanded = expand(rows);
    const split = splitOf(type, expanded.map((row) => row[0]!));
    if (!split.complete) {
      const others = this.missing(defaults(expanded), rest);
      return others === undefined ? undefined : [split.missing, ...others];
    }
    for (const c of split.constructors) {
      const found = this.missing(specialise(expanded, c), [...c.types, ...rest]);
      if (found !== undefined) return [c.build(found.slice(0, c.types.length)), ...found.slice(c.types.length)];
    }
    return undefined;
  }

  /** Whether `row` admits a value that none of the rows does. */
  useful(rows: readonly Row[], row: Row, types: readonly Type[]): boolean {
    this.#step(rows.length);
    const type = types[0];
    if (type === undefined) return rows.length === 0;
    const rest = types.slice(1);
    const head = row[0]!;
    const tail = row.slice(1);
    if (head.kind === 'or') return head.alternatives.some((a) => this.useful(rows, [a, ...tail], types));
    const expanded = expand(rows);
    const split = splitOf(type, [...expanded.map((r) => r[0]!), head]);
    for (const c of split.constructors) {
      const parts = c.parts(head);
      if (parts !== undefined && this.useful(specialise(expanded, c), [...parts, ...tail], [...c.types, ...rest])) return true;
    }
    return !split.complete && isAny(head) && this.useful(defaults(expanded), tail, rest);
  }

  #step(size: number): void {
    this.#steps += 1 + size;
    if (this.#steps > BUDGET) throw new TooComplex();
  }
}

/** Whether a pattern takes everything. */
export function isAny(p: Pattern): boolean {
  return p.kind === 'any' || p.kind === 'bind';
}

/** One row for each alternative of the first pattern. */
function expand(rows: readonly Row[]): readonly Row[] {
  if (!rows.some((row) => row[0]!.kind === 'or')) return rows;
  return rows.flatMap((row) => {
    const [head, ...tail] = row;
    return head!.kind === 'or' ? expand(head!.alternatives.map((a) => [a, ...tail])) : [row];
  });
}

function defaults(rows: readonly Row[]): Row[] {
  return rows.filter((row) => isAny(row[0]!)).map((row) => row.slice(1));
}

function specialise(rows: readonly Row[], c: Constructor): Row[] {
  const result: Row[] = [];
  for (const row of rows) {
    const parts = c.parts(row[0]!);
    if (parts !== undefined) result.push([...parts, ...row.slice(1)]);
  }
  return result;
}

// ---------------------------------------------------------------- constructors of a type

function splitOf(type: Type, heads: readonly Pattern[]): Split {
  const t = resolve(type);
  switch (t.kind) {
    case 'enum': {
      const all = t.def.variants.map((_, i) => variant(t, i));
      const named = new Set(heads.flatMap((h) => (h.kind === 'variant' ? [h.variant] : [])));
      return finite(all, named, type);
    }
    case 'option': {
      const none: Constructor = { types: [], parts: (p) => (isAny(p) || p.kind === 'none' ? [] : undefined), build: () => ({ kind: 'none', type, span: NOWHERE }) };
      const some: Constructor = {
        types: [t.elem],
        parts: (p) => (isAny(p) ? [wildcard(t.elem)] : p.kind === 'some' ? [p.inner] : undefined),
        build: ([inner]) => ({ kind: 'some', inner: inner!, type, span: NOWHERE }),
      };
      return finite([none, some], new Set(heads.flatMap((h) => (h.kind === 'none' ? [0] : h.kind === 'some' ? [1] : []))), type);
    }
    case 'bool':
      return finite([constant(false), constant(true)], new Set(heads.flatMap((h) => (h.kind === 'constant' ? [h.value.kind === 'bool' && h.value.value ? 1 : 0] : []))), type);
    case 'tuple': return product(type, t.elems, heads);
    case 'struct': return product(type, t.def.fields.map((f) => f.type), heads);
    case 'unit': return { constructors: [], complete: false, missing: wildcard(type) };
    default: {
      const domain = domainOf(t);
      return domain === undefined ? endless(type, heads) : intervals(type, domain, heads);
    }
  }
}

function finite(all: readonly Constructor[], named: ReadonlySet<number>, type: Type): Split {
  if (named.size === all.length) return { constructors: all, complete: true, missing: wildcard(type) };
  const missing = all.findIndex((_, i) => !named.has(i));
  const c = all[missing]!;
  return {
    constructors: all.filter((_, i) => named.has(i)), complete: false,
    missing: named.size === 0 ? wildcard(type) : c.build(c.types.map(wildcard)),
  };
}

function variant(type: Type & { kind: 'enum' }, index: number): Constructor {
  const types = payloadOf(type, index);
  return {
    types,
    parts: (p) => (isAny(p) ? types.map(wildcard) : p.kind === 'variant' && p.variant === index ? p.args : undefined),
    build: (args) => ({ kind: 'variant', variant: index, args, type, span: NOWHERE }),
  };
}

function constant(value: boolean): Constructor {
  const literal: hir.Expr = { kind: 'bool', value, type: BOOL, span: NOWHERE };
  return {
    types: [],
    parts: (p) => (isAny(p) || (p.kind === 'constant' && p.value.kind === 'bool' && p.value.value === value) ? [] : undefined),
    build: () => ({ kind: 'constant', value: literal, type: BOOL, span: NOWHERE }),
  };
}

/** Tuples and structs: one constructor, looked into only if some pattern does. */
function product(type: Type, types: readonly Type[], heads: readonly Pattern[]): Split {
  if (heads.every(isAny)) return { constructors: [], complete: false, missing: wildcard(type) };
  const c: Constructor = {
    types,
    parts: (p) => (isAny(p) ? types.map(wildcard) : p.kind === 'fields' ? p.parts : undefined),
    build: (parts) => ({ kind: 'fields', parts, type, span: NOWHERE }),
  };
  return { constructors: [c], complete: true, missing: wildcard(type) };
}

// ---------------------------------------------------------------- integers and characters

interface Interval { readonly low: bigint; readonly high: bigint }

const LAST_SCALAR = 0x10ffffn;

/** The values of a type whose values can be counted, as intervals. */
function domainOf(t: Type): readonly Interval[] | undefined {
  switch (t.kind) {
    case 'int': return signed(64n);
    case 'int32': return signed(32n);
    case 'int128': return signed(128n);
    case 'byte': return [{ low: 0n, high: 255n }];
    // Surrogates are no characters.
    case 'char': return [{ low: 0n, high: 0xd7ffn }, { low: 0xe000n, high: LAST_SCALAR }];
    default: return undefined;
  }
}

function signed(bits: bigint): readonly Interval[] {
  return [{ low: -(1n << (bits - 1n)), high: (1n << (bits - 1n)) - 1n }];
}

function valueOf(e: hir.Expr | undefined): bigint | undefined {
  if (e?.kind === 'int') return e.value;
  // 长整数: made of one word, or of two.
  if (e?.kind === 'callNative') {
    const [high, low] = e.args.map(valueOf);
    return low === undefined ? high : (high! << 64n) | BigInt.asUintN(64, low);
  }
  return e?.kind === 'char' ? BigInt(e.value) : undefined;
}

/** What a pattern admits, within the type's bounds; undefined when it takes everything. */
function intervalOf(p: Pattern, domain: readonly Interval[]): Interval | undefined {
  if (p.kind === 'constant') {
    const value = valueOf(p.value)!;
    return { low: value, high: value };
  }
  if (p.kind !== 'range') return undefined;
  const to = valueOf(p.to);
  return { low: valueOf(p.from) ?? domain[0]!.low, high: to === undefined ? domain.at(-1)!.high : p.inclusive ? to : to - 1n };
}

/** Elementary intervals: no pattern tells two values of one apart. */
function intervals(type: Type, domain: readonly Interval[], heads: readonly Pattern[]): Split {
  const drawn = heads.flatMap((h) => intervalOf(h, domain) ?? []).filter((i) => i.low <= i.high);
  const cuts = [...new Set([...domain.map((d) => d.low), ...drawn.flatMap((i) => [i.low, i.high + 1n])])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const constructors: Constructor[] = [];
  const gaps: Interval[] = [];
  // Walks the cuts with the number of drawn intervals that are open.
  const opens = new Map<bigint, number>();
  for (const { low, high } of drawn) {
    opens.set(low, (opens.get(low) ?? 0) + 1);
    opens.set(high + 1n, (opens.get(high + 1n) ?? 0) - 1);
  }
  let depth = 0;
  cuts.forEach((low, i) => {
    depth += opens.get(low) ?? 0;
    const home = domain.find((d) => d.low <= low && low <= d.high);
    if (home === undefined) return;
    const next = cuts[i + 1];
    const piece = { low, high: next === undefined || next - 1n > home.high ? home.high : next - 1n };
    if (depth === 0) gaps.push(piece);
    else constructors.push(piecewise(type, piece, domain));
  });
  if (gaps.length === 0) return { constructors, complete: true, missing: wildcard(type) };
  return { constructors, complete: false, missing: drawn.length === 0 ? wildcard(type) : literal(type, example(gaps)) };
}

function piecewise(type: Type, piece: Interval, domain: readonly Interval[]): Constructor {
  return {
    types: [],
    parts: (p) => {
      if (isAny(p)) return [];
      const admitted = intervalOf(p, domain);
      return admitted !== undefined && admitted.low <= piece.low && piece.high <= admitted.high ? [] : undefined;
    },
    build: () => literal(type, example([piece])),
  };
}

/** The value nearest to zero: the one a reader expects. */
function example(pieces: readonly Interval[]): bigint {
  const positive = pieces.find((p) => p.high >= 0n);
  if (positive !== undefined) return positive.low < 0n ? 0n : positive.low;
  return pieces.at(-1)!.high;
}

function literal(type: Type, value: bigint): Pattern {
  const e: hir.Expr = resolve(type).kind === 'char'
    ? { kind: 'char', value: Number(value), type, span: NOWHERE } : { kind: 'int', value, type, span: NOWHERE };
  return { kind: 'constant', value: e, type, span: NOWHERE };
}

// ---------------------------------------------------------------- texts and floats

/** Each literal is a constructor of its own; a range of floats stands for itself. */
function endless(type: Type, heads: readonly Pattern[]): Split {
  const constructors: Constructor[] = [];
  const seen = new Set<string>();
  for (const head of heads) {
    if (isAny(head)) continue;
    const key = keyOf(head);
    if (seen.has(key)) continue;
    seen.add(key);
    constructors.push({ types: [], parts: (p) => (isAny(p) || admits(p, head) ? [] : undefined), build: () => head });
  }
  return { constructors, complete: false, missing: wildcard(type) };
}

function keyOf(p: Pattern): string {
  const show = (e: hir.Expr | undefined): string => (e === undefined ? '' : 'value' in e ? String(e.value) : e.kind);
  return p.kind === 'range' ? `${show(p.from)}..${p.inclusive ? '=' : ''}${show(p.to)}` : p.kind === 'constant' ? show(p.value) : p.kind;
}

/** Whether `wide` admits every value of `narrow`. */
function admits(wide: Pattern, narrow: Pattern): boolean {
  if (keyOf(wide) === keyOf(narrow)) return true;
  if (wide.kind !== 'range') return false;
  const number = (e: hir.Expr | undefined, otherwise: number): number => (e?.kind === 'float' ? e.value : otherwise);
  const [low, high] = [number(wide.from, -Infinity), number(wide.to, Infinity)];
  if (narrow.kind === 'constant') {
    const value = number(narrow.value, NaN);
    return value >= low && (wide.inclusive || wide.to === undefined ? value <= high : value < high);
  }
  if (narrow.kind !== 'range') return false;
  const [from, to] = [number(narrow.from, -Infinity), number(narrow.to, Infinity)];
  return from >= low && (to < high || (to === high && (wide.inclusive || !narrow.inclusive)));
}
