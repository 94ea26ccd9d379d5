/**
 * lint-pairs.ts — W3019: `对于 数, 名 在 [(1, "甲")]` binds the position and the whole pair. Who comes from Python expects its parts.
 *
 * Invariant: the program may well want position and pair, so there is a warning only when nothing in the body says so: the second
 * name is read, but only where any value becomes text, and the first one neither counts (`数 + 1`, `数 == 0`, `列[数]`) nor is named like a position.
 *
 * Rejected: a warning whenever the second name is not taken apart; handing a pair on is what lists of pairs are for.
 */
import type * as hir from '../hir.js';
import { resolve, type Type } from '../types.js';
import { visitBlock, visitExprChildren, visitPatternChildren, visitStmtChildren, type Visitor } from './walk.js';

/** i, 序号, 第几, 位置, 行号 … but not 学号. */
const POSITION = /^[ijn]$|^_|^(?:idx|index|pos)$|[序位第标次行]|索引|编号|^号$/u;

/** Names of one loop that bind a position and a pair. */
export interface Pair { readonly first: hir.Local; readonly second: hir.Local; readonly elem: Type & { kind: 'tuple' } }

/** The loop's names, if they were probably meant to take a pair apart. */
export function mistakenPair(s: hir.Stmt & { kind: 'forEach' }): Pair | undefined {
  const { variable: first, second } = s;
  const over = resolve(s.over.type);
  if (second === undefined || first.name === '' || second.name === '' || (over.kind !== 'list' && over.kind !== 'array')) return undefined;
  const elem = resolve(over.elem);
  if (elem.kind !== 'tuple' || elem.elems.length !== 2 || POSITION.test(first.name) || second.name.startsWith('_')) return undefined;
  const uses = new Uses(first, second);
  visitBlock(s.body, uses);
  return uses.shown && !uses.wanted ? { first, second, elem } : undefined;
}

class Uses implements Visitor {
  readonly #first: hir.Local;
  readonly #second: hir.Local;
  /** The second name becomes text. */
  shown = false;
  /** Something says that position and pair are wanted, or cannot be seen from here. */
  wanted = false;

  constructor(first: hir.Local, second: hir.Local) {
    this.#first = first;
    this.#second = second;
  }

  stmt(s: hir.Stmt): void {
    if (s.kind === 'assignLocal' && (s.local === this.#first || s.local === this.#second)) this.wanted = true;
    if (s.kind === 'assignIndex' && this.#is(s.index, this.#first)) this.wanted = true;
    visitStmtChildren(s, this);
  }

  expr(e: hir.Expr): void {
    switch (e.kind) {
      case 'format':
        if (!this.#is(e.value, this.#second)) break;
        this.shown = true;
        return;
      case 'local':
        if (e.local === this.#second) this.wanted = true;
        return;
      case 'index':
        if (this.#is(e.index, this.#first)) this.wanted = true;
        break;
      case 'binary':
        if ((this.#is(e.left, this.#first) && e.right.kind === 'int') || (this.#is(e.right, this.#first) && e.left.kind === 'int')) this.wanted = true;
        break;
      case 'compare':
        if (this.#is(e.left, this.#first) && e.right.kind === 'int' && e.right.value === 0n) this.wanted = true;
        break;
      case 'closure': case 'spawn': case 'launch': case 'start': case 'newCoroutine':
        if (e.func.captures.some((c) => c.outer === this.#first || c.outer === this.#second)) this.wanted = true;
        break;
    }
    visitExprChildren(e, this);
  }

  pattern(p: hir.Pattern): void {
    visitPatternChildren(p, this);
  }

  #is(e: hir.Expr, local: hir.Local): boolean {
    return e.kind === 'local' && e.local === local;
  }
}
