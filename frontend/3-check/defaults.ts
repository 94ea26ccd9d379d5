/**
 * defaults.ts — default values of parameters and fields, made anew wherever one is left out.
 *
 * What is wrong with a default is said where it is declared, whether it is used or not: of functions by function.ts, of structs by
 * `checkFieldDefaults`; of a generic struct, whose instances may differ, by the first use that goes wrong.
 *
 * Invariant: a default that is being made does not come up again inside itself; that would never end (E3118).
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import type { SourceFile } from '../source.js';
import { UNIT, showType, type Type } from '../types.js';
import { Body, makeFunc, poison, type Checker } from './body.js';
import { checkExpr, inferExpr } from './infer-expr.js';
import type { Scope } from './scope.js';
import { visitBlock, visitExprChildren, visitStmtChildren, type Visitor } from './walk.js';

/** A default value of `file`, seen from where it is declared: its names are not those of the place that uses it. */
export function defaultNode(b: Body, e: ast.Expr, type: Type, declared: Scope, file: SourceFile): hir.Expr {
  const { checker, scope } = b;
  const before = b.failed;
  if (checker.defaults.has(e)) {
    checker.aloud(() => checker.error('E3118', file, e.span));
    b.failed = true;
    return poison(e.span);
  }
  b.scope = declared;
  b.failed = false;
  checker.muted++;
  checker.defaults.add(e);
  try {
    const node = checkExpr(b, e, type);
    if (b.failed && checker.errors === 0) {
      const args = { 期望: showType(type), 实际: showType(inferExpr(b, e).type) };
      checker.aloud(() => checker.error('E3001', file, e.span, args));
    }
    return node;
  } finally {
    checker.defaults.delete(e);
    checker.muted--;
    b.scope = scope;
    b.failed = before;
  }
}

/** What was made only to say what is wrong with a default is no part of the program: its closures and blocks. */
export function dropUnusedClosures(checker: Checker): void {
  if (checker.dropped.length === 0) return;
  const declared = new Set(checker.functionSymbols.map((f) => f.func));
  const unused = new Set<hir.Func>();
  const visitor: Visitor = {
    stmt: (s) => visitStmtChildren(s, visitor),
    expr: (e) => {
      visitExprChildren(e, visitor);
      if (!('func' in e) || e.func === undefined || declared.has(e.func) || unused.has(e.func)) return;
      unused.add(e.func);
      visitBlock(e.func.body, visitor);
    },
  };
  for (const { node } of checker.dropped) visitor.expr!(node);
  if (unused.size === 0) return;
  const kept = checker.functions.filter((f) => !unused.has(f));
  checker.functions.splice(0, checker.functions.length, ...kept);
}

/** Checks the defaults of the fields of a file's structs, which need not be used anywhere. */
export function checkFieldDefaults(checker: Checker, unit: ast.SourceUnit): void {
  const { file } = unit;
  if (checker.isLibraryCode(file)) return;
  const scope = checker.scopeOf(file);
  for (const item of unit.items) {
    if (item.kind !== 'StructDecl' || item.typeParams.length > 0 || item.fields.every((f) => f.default === undefined)) continue;
    const symbol = scope.lookupType(item.name.text);
    if (symbol?.kind !== 'struct' || symbol.decl !== item) continue;
    const mark = checker.mark;
    // It is in no program: what closures stand in a default are made again where it is used.
    const func = makeFunc(item.name.text, 'plain', file, item.name.span, UNIT);
    const body = new Body(checker, func, 'function', undefined, scope);
    for (const [i, field] of item.fields.entries()) {
      if (field.default !== undefined) checker.dropped.push({ node: checkExpr(body, field.default, symbol.def.fields[i]!.type), file });
    }
    checker.settleSince(mark);
  }
}
