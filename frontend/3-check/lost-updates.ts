/**
 * lost-updates.ts — W3017: `和 += 等待 f(i)` in a block that a loop starts many times. The variable is read, the task waits, and what
 * the others added meanwhile is overwritten.
 *
 * Invariant: only blocks of 创建, 启动 and the like that stand in a loop count, and variables from outside them; the same statement
 * in code that runs once is how everybody sums up.
 *
 * Rejected: following calls, and statements that read in one line and write in another; nobody could tell which of them are meant.
 */
import type * as hir from '../hir.js';
import type { SourceFile } from '../source.js';
import { visitExprChildren, visitStmtChildren, type Visitor } from './walk.js';

/** The variables of the function that belong to somebody else: those it captured. */
export function capturedLocals(f: hir.Func): ReadonlySet<hir.Local> {
  return new Set(f.captures.map((c) => c.inner));
}

/** Does the value of the assignment read what is assigned to, and wait after that? */
export function waitsBetween(s: hir.Stmt & { kind: 'assignLocal' | 'assignGlobal' }, file: SourceFile): boolean {
  const search = new Search(s.kind === 'assignLocal' ? s.local : s.global, file);
  search.expr(s.value);
  return search.found;
}

class Search implements Visitor {
  readonly #variable: hir.Local | hir.Global;
  readonly #file: SourceFile;
  #read = false;
  found = false;

  constructor(variable: hir.Local | hir.Global, file: SourceFile) {
    this.#variable = variable;
    this.#file = file;
  }

  expr(e: hir.Expr): void {
    if ((e.kind === 'local' && e.local === this.#variable) || (e.kind === 'global' && e.global === this.#variable)) this.#read = true;
    // In the order of evaluation: what an operand waits for comes before the node itself.
    visitExprChildren(e, this);
    if (this.#read && this.#waits(e)) this.found = true;
  }

  #waits(e: hir.Expr): boolean {
    switch (e.kind) {
      case 'await': case 'awaitCoroutine': case 'receive': case 'receiveOption': case 'sleep': return true;
      // `等待 f()` is a plain call; only the text still says that it waits.
      case 'call': return this.#file.text.startsWith('等待', e.span.start);
      default: return false;
    }
  }

  stmt(s: hir.Stmt): void {
    visitStmtChildren(s, this);
  }
}
