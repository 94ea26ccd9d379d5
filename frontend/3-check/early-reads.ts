/**
 * early-reads.ts — package variables that may be read before their initialiser ran.
 *
 * Top-level statements run in their order. One that reads a variable of its file which only a later statement sets is E3004
 * when nothing else can have set it. What a function reads that such a statement calls (or starts, or passes on) shows when
 * it runs: E7011. Cells of references are empty until they are set, which the machine sees; a number is 0 and an 选项 无 from
 * the start, so such a variable gets a guard, a hidden reference that is set along with it and read before it. Only variables
 * that something may read too early have one.
 *
 * Rejected: ordering the initialisers by what they need, as Go does (statements may stand between them, and theirs is the
 * order that is written); E3004 for what functions read (whether they do is often decided by what the program reads first).
 */
import * as hir from '../hir.js';
import { STRING, resolve, type Type } from '../types.js';
import type { Checker } from './body.js';
import type { GlobalSymbol } from './scope.js';
import { visitBlock, visitExprChildren, visitStmtChildren, type Visitor } from './walk.js';

/** Looks at what one file runs first, and, after that, at what the entry runs. */
export function findEarlyReads(checker: Checker, owned: readonly GlobalSymbol[], start: readonly hir.Stmt[], entry: hir.Func | undefined): void {
  if (owned.length === 0) return;
  const pending = new Map(owned.map((symbol) => [symbol.global, symbol]));
  /** Set by a statement inside another, or by a function that something has mentioned. */
  const perhapsSet = new Set<hir.Global>();
  const early = new Set<hir.Global>();
  const seen = new Set<hir.Func>();
  const queue: hir.Func[] = [];
  let direct: { global: hir.Global; span: hir.Global['span'] }[] = [];
  let inFunction = false;
  const visitor: Visitor = {
    stmt: (s) => {
      visitStmtChildren(s, visitor);
      if (s.kind === 'assignGlobal') perhapsSet.add(s.global);
    },
    expr: (e) => {
      if (e.kind === 'global' && pending.has(e.global)) {
        if (inFunction) early.add(e.global);
        else direct.push({ global: e.global, span: e.span });
      }
      if (e.kind === 'addressOf' && e.place.kind === 'global') perhapsSet.add(e.place.global);
      const func = 'func' in e ? e.func : undefined;
      if (func !== undefined && !seen.has(func)) {
        seen.add(func);
        queue.push(func);
      }
      visitExprChildren(e, visitor);
    },
  };
  const follow = (): void => {
    inFunction = true;
    for (let f = queue.pop(); f !== undefined; f = queue.pop()) visitBlock(f.body, visitor);
    inFunction = false;
  };
  const run = (s: hir.Stmt): void => {
    if (s.kind === 'block') return s.block.statements.forEach(run);
    direct = [];
    const set = s.kind === 'assignGlobal' ? s.global : undefined;
    if (s.kind === 'assignGlobal') visitor.expr(s.value);
    else visitStmtChildren(s, visitor);
    follow();
    for (const { global, span } of direct) {
      const symbol = pending.get(global);
      if (symbol === undefined) continue; // one error for each, however often the statement reads it
      if (perhapsSet.has(global)) early.add(global);
      else {
        pending.delete(global);
        checker.error('E3004', symbol.file, span, { 名称: global.name }, {
          related: [{ span: global.span, file: symbol.file, label: { zh: `${global.name} 在这里声明`, en: `${global.name} is declared here` } }],
        });
      }
    }
    if (set !== undefined) pending.delete(set);
  };
  start.forEach(run);
  if (entry !== undefined && !seen.has(entry)) queue.push(entry);
  follow();
  for (const global of early) if (!isEmptyUntilSet(global.type)) checker.guards.push(guard(global));
}

/** Does the machine see that nothing has been stored in a cell of this type yet? */
export function isEmptyUntilSet(t: Type): boolean {
  switch (resolve(t).kind) {
    case 'string': case 'list': case 'array': case 'dict': case 'set': case 'struct': case 'func': case 'future': case 'task': case 'channel':
      return true;
    default:
      return false;
  }
}

function guard(global: hir.Global): hir.Global {
  const hidden: hir.Global = { index: -1, name: global.name, type: STRING, span: global.span };
  return (global as { guard?: hir.Global }).guard = hidden;
}
