/**
 * match.ts — 匹配: from a decision tree (decisions.ts) to jumps.
 *
 * Parts of the value are loaded where they are first needed and kept for what follows on that way. An
 * arm's body stands where its one leaf is; an arm that several leaves lead to stands once, behind the
 * tree, and its variables have registers set apart before it.
 *
 * Enums with four and more cases, and integers and characters that lie close together, jump through a
 * table (SWITCH); others compare, many integers by halves.
 *
 * Invariant: every way through the tree ends in a jump; the checker proved that one arm fits, so what
 * is left over is never reached.
 */
import type { Expr, Local, Pattern } from '../hir.js';
import { BOOL, isReference } from '../types.js';
import { assignRegister } from './async.js';
import type { FunctionBuilder } from './builder.js';
import { refA } from './calls.js';
import { decide, Place, type Case, type Decision, type Leaf } from './decisions.js';
import { emitJump } from './jumps.js';
import { box, declare } from './locals.js';

type Match = Extract<Expr, { kind: 'match' }>;

/** From so many cases on a table is faster than comparing. */
const TABLE_MIN = 4;
/** Comparing goes by halves above this many. */
const CHAIN_MAX = 6;

/** Lowers a match; `body` leaves the value of an arm where it is wanted. */
export function match(f: FunctionBuilder, e: Match, body: (arm: Expr) => void): void {
  new Lowering(f, e, body).run();
}

class Lowering {
  readonly #f: FunctionBuilder;
  readonly #match: Match;
  readonly #body: (arm: Expr) => void;
  readonly #end: number;
  /** Registers of the parts loaded on the way to here. */
  readonly #registers = new Map<Place, number>();
  readonly #leaves: number[] = [];
  /** Where a `fail` leads, innermost last. */
  readonly #failures: number[] = [];
  /** Where the body of an arm with several leaves begins. */
  readonly #shared = new Map<number, number>();
  /** Registers that are visible locals': a variable of an arm must not share them. */
  readonly #foreign = new Set<Place>();

  constructor(f: FunctionBuilder, match: Match, body: (arm: Expr) => void) {
    this.#f = f;
    this.#match = match;
    this.#body = body;
    this.#end = f.newLabel();
  }

  run(): void {
    const f = this.#f;
    const { subject, arms } = this.#match;
    const mark = f.enter();
    const root = new Place(subject.type, undefined, 0);
    const tree = decide(root, arms);
    countLeaves(tree, this.#leaves);
    for (const [arm, count] of this.#leaves.entries()) {
      if ((count ?? 0) < 2) continue;
      this.#shared.set(arm, f.newLabel());
      for (const local of localsOf(arms[arm]!.pattern)) declare(f, local);
    }
    this.#evaluate(root, subject, tree);
    this.#emit(tree);
    for (const [arm, label] of this.#shared) {
      f.place(label);
      this.#arm(arm);
    }
    f.leave(mark);
    f.place(this.#end);
  }

  /** The value, or for a tuple that is only taken apart its elements: then no tuple is made. */
  #evaluate(root: Place, subject: Expr, tree: Decision): void {
    const f = this.#f;
    if (subject.kind === 'tuple' && !usesWhole(tree, root)) {
      subject.elems.forEach((elem, i) => {
        const r = f.alloc();
        f.into(elem, r);
        this.#registers.set(root.part(i, elem.type), r);
      });
      return;
    }
    const guards = this.#match.arms.map((arm) => arm.guard);
    const before = f.top;
    const r = f.operand(subject, -1, ...guards);
    if (r < before) this.#foreign.add(root);
    this.#registers.set(root, r);
  }

  // ------------------------------------------------------------ the tree

  #emit(node: Decision): void {
    const f = this.#f;
    const mark = f.enter();
    const loaded = new Set(this.#registers.keys());
    switch (node.kind) {
      case 'leaf': this.#leaf(node); break;
      case 'either': {
        const next = f.newLabel();
        this.#failures.push(next);
        this.#emit(node.first);
        this.#failures.pop();
        f.place(next);
        this.#emit(node.next);
        break;
      }
      case 'fail': f.jump(this.#at, this.#failures.at(-1)!); break;
      case 'impossible': f.emit(this.#at, 'LOOP', 0, f.here()); break;
      case 'enum': this.#cases(this.#tag(node.place), node.cases, node.otherwise); break;
      case 'word': this.#cases(this.#register(node.place), node.cases, node.otherwise); break;
      case 'option': {
        const none = f.newLabel();
        emitJump(f, this.#at, 'JNONE', this.#register(node.place), 0, none, false);
        this.#emit(node.some);
        f.place(none);
        this.#emit(node.none);
        break;
      }
      case 'test': {
        const no = f.newLabel();
        this.#test(node.place, node.pattern, no);
        this.#emit(node.yes);
        f.place(no);
        this.#emit(node.no);
        break;
      }
    }
    for (const place of this.#registers.keys()) if (!loaded.has(place)) this.#registers.delete(place);
    f.leave(mark);
  }

  get #at(): number {
    return this.#match.span.start;
  }

  /** The register of a part, loaded now if it was not before. */
  #register(place: Place): number {
    const known = this.#registers.get(place);
    if (known !== undefined) return known;
    const f = this.#f;
    const { parent, index } = place;
    const from = this.#register(parent!);
    const r = f.alloc();
    const refs = refA(place.type);
    switch (parent!.type.kind) {
      case 'enum': f.emit(this.#at, 'GETV', r, from, index, refs); break;
      case 'option': f.emit(this.#at, 'UNWRAP', r, from, 0, refs); break;
      default: f.emit(this.#at, 'GETF', r, from, index, refs);
    }
    this.#registers.set(place, r);
    return r;
  }

  #tag(place: Place): number {
    const r = this.#register(place);
    if (!isReference(place.type)) return r;
    const tag = this.#f.alloc();
    this.#f.emit(this.#at, 'ENUMTAG', tag, r);
    return tag;
  }

  /** Goes on with the case of the word in register `r`. Cases are in ascending order. */
  #cases(r: number, cases: readonly Case[], otherwise: Decision | undefined): void {
    const f = this.#f;
    const labels = cases.map(() => f.newLabel());
    const rest = f.newLabel();
    // Without a default the last case is what is left.
    const last = otherwise === undefined ? labels.at(-1)! : rest;
    const tested = otherwise === undefined ? cases.slice(0, -1) : cases;
    this.#dispatch(r, tested, labels, last);
    if (otherwise !== undefined) {
      f.place(rest);
      this.#emit(otherwise);
    }
    const order = otherwise === undefined ? [cases.length - 1, ...tested.keys()] : tested.keys();
    for (const i of order) {
      f.place(labels[i]!);
      this.#emit(cases[i]!.then);
    }
  }

  /** Jumps to the label of the case that holds; for none it falls through, or jumps to `last`, which stands next. */
  #dispatch(r: number, cases: readonly Case[], labels: readonly number[], last: number): void {
    const f = this.#f;
    const values = cases.map((c) => c.value);
    const low = values[0] ?? 0n;
    const high = values.at(-1) ?? 0n;
    const dense = (from: bigint): boolean => high - from < BigInt(2 * values.length + 8);
    if (values.length + 1 >= TABLE_MIN && low >= 0n && dense(0n)) {
      this.#table(r, 0n, high, values, labels, last);
    } else if (values.length + 1 >= TABLE_MIN && dense(low)) {
      const offset = f.alloc();
      f.emit(this.#at, 'WSUB', offset, r, f.constantRegister(this.#at, low));
      this.#table(offset, low, high, values, labels, last);
    } else {
      this.#compare(r, values, labels, last);
    }
  }

  #table(r: number, from: bigint, high: bigint, values: readonly bigint[], labels: readonly number[], last: number): void {
    const f = this.#f;
    const count = Number(high - from) + 1;
    f.emit(this.#at, 'SWITCH', r, count);
    let next = 0;
    for (let i = 0; i < count; i++) {
      const hit = values[next] === from + BigInt(i);
      f.jump(this.#at, hit ? labels[next]! : last);
      if (hit) next++;
    }
  }

  #compare(r: number, values: readonly bigint[], labels: readonly number[], last: number): void {
    const f = this.#f;
    if (values.length > CHAIN_MAX) {
      const middle = values.length >> 1;
      const below = f.newLabel();
      this.#jump('lt', r, values[middle]!, below);
      this.#compare(r, values.slice(middle), labels.slice(middle), last);
      f.jump(this.#at, last);
      f.place(below);
      this.#compare(r, values.slice(0, middle), labels.slice(0, middle), last);
      return;
    }
    values.forEach((value, i) => this.#jump('eq', r, value, labels[i]!));
  }

  #jump(op: 'eq' | 'lt', r: number, value: bigint, target: number): void {
    const f = this.#f;
    const mark = f.top;
    if (value >= -0x8000n && value <= 0x7fffn) emitJump(f, this.#at, op === 'eq' ? 'JEQI' : 'JLTI', r, Number(value), target, false);
    else emitJump(f, this.#at, op === 'eq' ? 'JEQ' : 'JLT', r, f.constantRegister(this.#at, value), target, false);
    f.top = mark;
  }

  /** Jumps to `no` unless the part fits a literal or range; through conditions.ts, which knows every type. */
  #test(place: Place, pattern: Pattern & { kind: 'constant' | 'range' }, no: number): void {
    const f = this.#f;
    const r = this.#register(place);
    const mark = f.enter();
    const { span } = pattern;
    const local: Local = { name: '', type: place.type, span, boxed: false, reassigned: false };
    f.bind(local, r);
    const compare = (op: 'eq' | 'ge' | 'le' | 'lt', right: Expr): void => {
      f.branch({ kind: 'compare', op, left: { kind: 'local', local, type: place.type, span }, right, type: BOOL, span }, no, false);
    };
    if (pattern.kind === 'constant') compare('eq', pattern.value);
    else {
      if (pattern.from !== undefined) compare('ge', pattern.from);
      if (pattern.to !== undefined) compare(pattern.inclusive ? 'le' : 'lt', pattern.to);
    }
    f.leave(mark);
  }

  // ------------------------------------------------------------ arms

  #leaf(leaf: Leaf): void {
    const f = this.#f;
    const arm = this.#match.arms[leaf.arm]!;
    const shared = this.#shared.get(leaf.arm);
    // Parts stay loaded for the arms after a guard, so their registers are taken before those of this arm.
    for (const { place } of leaf.bindings) this.#register(place);
    const mark = f.enter();
    const rest = f.newLabel();
    if (shared !== undefined) for (const { local, place } of leaf.bindings) assignRegister(f, this.#at, local, this.#register(place));
    else this.#bind(leaf);
    if (arm.guard !== undefined) f.branch(arm.guard, rest, false);
    if (shared !== undefined) f.jump(arm.span.start, shared);
    else this.#arm(leaf.arm);
    f.leave(mark);
    if (leaf.rest === undefined) return;
    f.place(rest);
    this.#emit(leaf.rest);
  }

  /** Gives variables registers: that of the part itself if nothing else can see it. */
  #bind({ bindings, rest }: Leaf): void {
    const f = this.#f;
    const taken = new Set<Place>();
    for (const { local, place } of bindings) {
      const from = this.#register(place);
      // After a guard later arms look at the part again.
      const own = !local.boxed && !this.#foreign.has(place) && !taken.has(place) && !(local.reassigned && rest !== undefined);
      if (own) {
        f.bind(local, from);
        taken.add(place);
      } else {
        const r = f.alloc();
        box(f, local, r, from);
        f.bind(local, r);
      }
    }
  }

  #arm(index: number): void {
    const { body } = this.#match.arms[index]!;
    this.#body(body);
    this.#f.jump(body.span.start, this.#end);
  }
}

/** Leaves of each arm. */
function countLeaves(node: Decision, counts: number[]): void {
  switch (node.kind) {
    case 'leaf':
      counts[node.arm] = (counts[node.arm] ?? 0) + 1;
      if (node.rest !== undefined) countLeaves(node.rest, counts);
      return;
    case 'impossible': case 'fail': return;
    case 'either':
      countLeaves(node.first, counts);
      return countLeaves(node.next, counts);
    case 'enum': case 'word':
      for (const c of node.cases) countLeaves(c.then, counts);
      if (node.otherwise !== undefined) countLeaves(node.otherwise, counts);
      return;
    case 'option':
      countLeaves(node.some, counts);
      return countLeaves(node.none, counts);
    case 'test':
      countLeaves(node.yes, counts);
      return countLeaves(node.no, counts);
  }
}

/** Whether a variable is bound to the root value itself. */
function usesWhole(node: Decision, root: Place): boolean {
  switch (node.kind) {
    case 'leaf': return node.bindings.some((b) => b.place === root) || (node.rest !== undefined && usesWhole(node.rest, root));
    case 'impossible': case 'fail': return false;
    case 'either': return usesWhole(node.first, root) || usesWhole(node.next, root);
    case 'enum': case 'word':
      return node.cases.some((c) => usesWhole(c.then, root)) || (node.otherwise !== undefined && usesWhole(node.otherwise, root));
    case 'option': return usesWhole(node.some, root) || usesWhole(node.none, root);
    case 'test': return usesWhole(node.yes, root) || usesWhole(node.no, root);
  }
}

/** The variables of a pattern, each once. */
function localsOf(p: Pattern): Set<Local> {
  const found = new Set<Local>();
  const walk = (q: Pattern): void => {
    switch (q.kind) {
      case 'bind': found.add(q.local); return;
      case 'variant': return q.args.forEach(walk);
      case 'some': return walk(q.inner);
      case 'fields': return q.parts.forEach(walk);
      case 'or': return q.alternatives.forEach(walk);
      default: return;
    }
  };
  walk(p);
  return found;
}
