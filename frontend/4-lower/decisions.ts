/**
 * decisions.ts — the arms of a 匹配 as a decision tree (after Maranget, "Compiling Pattern Matching to
 * Good Decision Trees", 2008).
 *
 * The first row's leftmost test decides which part is looked at next: source order, which readers
 * expect to be the fast path. A part is looked at once on each way; rows it rules out disappear.
 * Every row keeps its place, so the first fitting arm wins.
 *
 * Invariants
 * - Tuples and structs need no test: they are replaced by their parts at once.
 * - A tree can be exponentially larger than its patterns. Past BUDGET nodes the rest is decided row by
 *   row: each row's tests in turn, then the next row. Its size is then that of the patterns.
 */
import type { Expr, Local, MatchArm, Pattern } from '../hir.js';
import { payloadOf, type Type } from '../types.js';

const BUDGET = 2000;

/** A part of the matched value: the value itself, a field, an element, the payload of a variant. */
export class Place {
  readonly type: Type;
  readonly parent: Place | undefined;
  /** Field, element, or flat number of a payload's value. */
  readonly index: number;
  readonly #parts = new Map<number, Place>();

  constructor(type: Type, parent: Place | undefined, index: number) {
    this.type = type;
    this.parent = parent;
    this.index = index;
  }

  part(index: number, type: Type): Place {
    let part = this.#parts.get(index);
    if (part === undefined) this.#parts.set(index, (part = new Place(type, this, index)));
    return part;
  }
}

export interface Binding { readonly local: Local; readonly place: Place }
export interface Case { readonly value: bigint; readonly then: Decision }

export interface Leaf {
  readonly kind: 'leaf';
  readonly arm: number;
  readonly bindings: readonly Binding[];
  /** What follows when the arm's guard does not hold; undefined without a guard. */
  readonly rest: Decision | undefined;
}

export type Decision =
  | Leaf
  /** Never reached: the patterns cover everything. */
  | { readonly kind: 'impossible' }
  /** By the tag of an enum, or by the value of an integer, character or 布尔. Without `otherwise` the cases are all there are. */
  | { readonly kind: 'enum' | 'word'; readonly place: Place; readonly cases: readonly Case[]; readonly otherwise: Decision | undefined }
  /** `first`, in which `fail` means: go on with `next`. */
  | { readonly kind: 'either'; readonly first: Decision; readonly next: Decision }
  | { readonly kind: 'fail' }
  | { readonly kind: 'option'; readonly place: Place; readonly some: Decision; readonly none: Decision }
  | { readonly kind: 'test'; readonly place: Place; readonly pattern: Constant | Range; readonly yes: Decision; readonly no: Decision };

type Constant = Pattern & { kind: 'constant' };
type Range = Pattern & { kind: 'range' };
interface Test { readonly place: Place; readonly pattern: Pattern }
interface Row { readonly tests: readonly Test[]; readonly bindings: readonly Binding[]; readonly arm: number }

/** The tree for `arms` over a value at `root`. */
export function decide(root: Place, arms: readonly MatchArm[]): Decision {
  const rows = arms.flatMap((arm, i) => simplify({ tests: [{ place: root, pattern: arm.pattern }], bindings: [], arm: i }));
  return new Decider(arms).decide(rows);
}

/** The row with its bindings noted and tuples and structs replaced by their parts; one row for each way through `|`. */
function simplify(row: Row): Row[] {
  const tests: Test[] = [];
  const bindings = [...row.bindings];
  const work = [...row.tests].reverse();
  while (work.length > 0) {
    const { place, pattern } = work.pop()!;
    switch (pattern.kind) {
      case 'any': break;
      case 'bind': bindings.push({ local: pattern.local, place }); break;
      case 'fields':
        for (let i = pattern.parts.length - 1; i >= 0; i--) work.push({ place: place.part(i, pattern.parts[i]!.type), pattern: pattern.parts[i]! });
        break;
      case 'or': {
        const later = work.reverse();
        return pattern.alternatives.flatMap((a) => simplify({ tests: [...tests, { place, pattern: a }, ...later], bindings, arm: row.arm }));
      }
      default: tests.push({ place, pattern });
    }
  }
  return [{ tests, bindings, arm: row.arm }];
}

class Decider {
  readonly #arms: readonly MatchArm[];
  #nodes = 0;

  constructor(arms: readonly MatchArm[]) {
    this.#arms = arms;
  }

  decide(rows: readonly Row[]): Decision {
    const first = rows[0];
    if (first === undefined) return { kind: 'impossible' };
    const test = first.tests[0];
    if (test === undefined) return this.#leaf(first, rows);
    if (++this.#nodes > BUDGET) return this.#rowByRow(first, rows);
    const { place, pattern } = test;
    const column = rows.flatMap((row) => row.tests.filter((t) => t.place === place).map((t) => t.pattern));
    switch (pattern.kind) {
      case 'variant': return this.#variants(place, column, rows);
      case 'some': case 'none':
        return { kind: 'option', place, some: this.decide(keep(rows, place, partsOfSome)), none: this.decide(keep(rows, place, (_, p) => (p.kind === 'none' ? [] : undefined))) };
      case 'constant':
        if (wordOf(pattern.value) !== undefined) return this.#words(place, column, rows);
        return this.#test(place, pattern, rows);
      case 'range': return this.#test(place, pattern, rows);
      default: throw new Error(`test of ${pattern.kind}`);
    }
  }

  #leaf(row: Row, rows: readonly Row[]): Decision {
    const rest = this.#arms[row.arm]!.guard === undefined ? undefined : this.decide(rows.slice(1));
    return { kind: 'leaf', arm: row.arm, bindings: row.bindings, rest };
  }

  #variants(place: Place, column: readonly Pattern[], rows: readonly Row[]): Decision {
    if (place.type.kind !== 'enum') throw new Error('variant of no enum');
    const { def } = place.type;
    const tags = [...new Set(column.flatMap((p) => (p.kind === 'variant' ? [p.variant] : [])))].sort((a, b) => a - b);
    const cases = tags.map((tag): Case => ({ value: BigInt(tag), then: this.decide(keep(rows, place, (at, p) => partsOfVariant(at, p, tag))) }));
    const otherwise = tags.length === def.variants.length ? undefined : this.decide(keep(rows, place, () => undefined));
    return { kind: 'enum', place, cases, otherwise };
  }

  /** Literals of integers, characters and 布尔: all at once. A range in the column is decided for each. */
  #words(place: Place, column: readonly Pattern[], rows: readonly Row[]): Decision {
    const values = [...new Set(column.flatMap((p) => (p.kind === 'constant' ? [wordOf(p.value)!] : [])))].sort((a, b) => (a < b ? -1 : 1));
    const cases = values.map((value): Case => ({ value, then: this.decide(keep(rows, place, (_, p) => (admits(p, value) ? [] : undefined))) }));
    const complete = place.type.kind === 'bool' && values.length === 2;
    const otherwise = complete ? undefined : this.decide(keep(rows, place, (_, p) => (p.kind === 'range' ? 'undecided' : undefined)));
    return { kind: 'word', place, cases, otherwise };
  }

  /** One literal or range: rows that ask the same are decided, others are not. */
  #test(place: Place, pattern: Constant | Range, rows: readonly Row[]): Decision {
    const key = keyOf(pattern);
    const exclusive = pattern.kind === 'constant';
    const yes = keep(rows, place, (_, p) => (keyOf(p) === key ? [] : exclusive && p.kind === 'constant' ? undefined : 'undecided'));
    const no = keep(rows, place, (_, p) => (keyOf(p) === key ? undefined : 'undecided'));
    return { kind: 'test', place, pattern, yes: this.decide(yes), no: this.decide(no) };
  }

  /** The tests of the first row in turn; where one fails, the next rows. */
  #rowByRow(row: Row, rows: readonly Row[]): Decision {
    const follow = ({ tests, bindings }: Row): Decision => {
      const [test, ...others] = tests;
      if (test === undefined) {
        return { kind: 'leaf', arm: row.arm, bindings, rest: this.#arms[row.arm]!.guard === undefined ? undefined : FAIL };
      }
      const { place, pattern } = test;
      const onward = (parts: readonly Test[]): Decision => {
        const ways = simplify({ tests: [...parts, ...others], bindings, arm: row.arm }).map(follow);
        return ways.reduceRight((next, first) => ({ kind: 'either', first, next }));
      };
      switch (pattern.kind) {
        case 'variant':
          return { kind: 'enum', place, cases: [{ value: BigInt(pattern.variant), then: onward(partsOfVariant(place, pattern, pattern.variant)!) }], otherwise: FAIL };
        case 'some': return { kind: 'option', place, some: onward(partsOfSome(place, pattern)!), none: FAIL };
        case 'none': return { kind: 'option', place, some: FAIL, none: onward([]) };
        case 'constant': case 'range': return { kind: 'test', place, pattern, yes: onward([]), no: FAIL };
        default: throw new Error(`test of ${pattern.kind}`);
      }
    };
    return { kind: 'either', first: follow(row), next: this.decide(rows.slice(1)) };
  }
}

const FAIL: Decision = { kind: 'fail' };

/** What is left of a row's test once the part's constructor is known: undefined drops the row. */
type Left = readonly Test[] | 'undecided' | undefined;

/** The rows that go on, with `place` decided. Rows that do not look at it stay. */
function keep(rows: readonly Row[], place: Place, left: (place: Place, p: Pattern) => Left): Row[] {
  return rows.flatMap((row) => {
    const tests: Test[] = [];
    for (const test of row.tests) {
      const result = test.place === place ? left(place, test.pattern) : 'undecided';
      if (result === undefined) return [];
      if (result === 'undecided') tests.push(test);
      else tests.push(...result);
    }
    return simplify({ tests, bindings: row.bindings, arm: row.arm });
  });
}

function partsOfVariant(place: Place, p: Pattern, tag: number): readonly Test[] | undefined {
  if (p.kind !== 'variant' || p.variant !== tag || place.type.kind !== 'enum') return undefined;
  const types = payloadOf(place.type, tag);
  const { first } = place.type.def.variants[tag]!;
  return p.args.map((pattern, i) => ({ place: place.part(first + i, types[i]!), pattern }));
}

function partsOfSome(place: Place, p: Pattern): readonly Test[] | undefined {
  return p.kind === 'some' ? [{ place: place.part(0, p.inner.type), pattern: p.inner }] : undefined;
}

/** The register word of a literal that is compared as one. */
function wordOf(e: Expr): bigint | undefined {
  switch (e.kind) {
    // 长整数 is no word of the machine.
    case 'int': return e.type.kind === 'int128' ? undefined : e.value;
    case 'char': return BigInt(e.value);
    case 'bool': return e.value ? 1n : 0n;
    default: return undefined;
  }
}

function admits(p: Pattern, value: bigint): boolean {
  if (p.kind === 'constant') return wordOf(p.value) === value;
  if (p.kind !== 'range') return false;
  const from = p.from === undefined ? undefined : wordOf(p.from);
  const to = p.to === undefined ? undefined : wordOf(p.to);
  return (from === undefined || from <= value) && (to === undefined || (p.inclusive ? value <= to : value < to));
}

/** Equal for patterns that ask the same. */
function keyOf(p: Pattern): string {
  if (p.kind === 'constant') return literalKey(p.value);
  return p.kind === 'range' ? `${literalKey(p.from)}..${p.inclusive ? '=' : ''}${literalKey(p.to)}` : p.kind;
}

function literalKey(e: Expr | undefined): string {
  if (e === undefined) return '';
  if (e.kind === 'callNative') return `${e.native}(${e.args.map(literalKey).join()})`;
  return 'value' in e ? `${typeof e.value}:${String(e.value)}` : e.kind;
}
