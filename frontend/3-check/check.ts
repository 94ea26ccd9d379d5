/**
 * check.ts — phase 3: from syntax trees to the typed tree, in numbered passes.
 *
 *  1 enter all top-level names                     declare.ts
 *  2 resolve the types they are written with       declare.ts, type-expr.ts
 *  3 check bodies, unifying types as they meet     function.ts, infer-*.ts
 *  4 decide what waited for types                  body.ts (settle…), yields.ts
 *  5 captures, types without variables, warnings   capture.ts, finalize.ts
 *  6 匹配 covers every case                         match-check.ts
 *    paths: assignment before use, 返回, dead code  flow.ts
 *
 * Pure: everything a check knows hangs on one Checker. The result is complete only when no error was
 * reported; with errors it serves tools, not the next phase.
 *
 * Rejected: checking bodies as they are declared (needs declarations before use), and a separate
 * constraint-collection pass (literals, closures and methods want types where they stand).
 */
import type * as ast from '../ast.js';
import type { Reporter } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { SourceFile } from '../source.js';
import { UNIT, resolve, showType } from '../types.js';
import { Body, Checker } from './body.js';
import { finishCaptures } from './capture.js';
import { constantValue } from './constants.js';
import { ENTRY_NAMES, declareFunctions, declareGlobals, declareNames, resolveAliases, resolveEnums, resolveTypes } from './declare.js';
import { finalize, warnUnread } from './finalize.js';
import { checkFlow } from './flow.js';
import { checkFunction, finishBody } from './function.js';
import { inferStatement, sinkAfter } from './infer-stmt.js';
import { checkMatch } from './match-check.js';
import type { FunctionSymbol } from './scope.js';
import { isPoison, unify } from './unify.js';
import { decideBareSuspends, finishYields, spreadYields } from './yields.js';

/**
 * Checks the files of one program. Diagnostics go to `report`, in no particular order; the returned
 * program may be lowered iff none of them was an error.
 */
export function check(units: readonly ast.SourceUnit[], report: Reporter): hir.Program {
  const checker = new Checker(report);

  // 1, 2
  for (const unit of units) declareNames(checker, unit);
  resolveEnums(checker);
  resolveTypes(checker);
  for (const unit of units) resolveAliases(checker, unit);
  for (const unit of units) declareFunctions(checker, unit);
  for (const unit of units) declareGlobals(checker, unit);

  // 3
  const entry = units[0] === undefined ? undefined : entryOf(checker, units[0].file);
  const main = checkMain(checker, units, entry);
  for (const f of checker.functionSymbols) checkFunction(checker, f);
  for (const c of checker.constants) constantValue(c, checker);

  // 4
  checker.settleSince(0);
  spreadYields(checker, entry);
  decideBareSuspends(checker);
  checker.settleAll();
  finishYields(checker);

  // 5
  finishCaptures(checker);
  if (entry !== undefined) checkEntryResult(checker, entry);
  finalize(checker);

  // 6
  for (const match of checker.matches) if (!match.body.failed) checkMatch(match);
  for (const body of checker.bodies) if (!body.failed) checkFlow(body);
  // After an error a variable may seem unread only because its reader was not understood.
  if (checker.errors === 0) warnUnread(checker);

  for (const [index, f] of checker.functions.entries()) f.index = index;
  return {
    files: units.map((u) => u.file),
    structs: [...checker.structs.keys()],
    functions: checker.functions,
    globals: checker.globals.map((g) => g.global),
    main,
  };
}

/** The entry function: 入口 or one of its synonyms. */
function entryOf(checker: Checker, file: SourceFile): FunctionSymbol | undefined {
  let entry: FunctionSymbol | undefined;
  for (const name of ENTRY_NAMES) {
    const symbol = checker.packageOf(file).own(name);
    if (symbol?.kind !== 'function') continue;
    if (entry !== undefined) {
      checker.error('E3025', symbol.file, symbol.span, { 名称: name, 问题: { zh: `与 ${entry.name} 重复`, en: `is a second one beside ${entry.name}` } }, {
        related: [{ span: entry.span, file: entry.file, label: { zh: '已有入口', en: 'the entry is here' } }],
      });
      continue;
    }
    entry = symbol;
    const param = symbol.params[0];
    if (param !== undefined) {
      checker.error('E3025', symbol.file, param.span, { 名称: name, 问题: { zh: '不能有参数', en: 'takes no parameters' } }, {
        hint: { zh: '用 程序参数() 取得命令行参数', en: 'read the command line with 程序参数()' },
      });
    }
    if (symbol.flavour === 'coroutine') {
      checker.error('E3025', symbol.file, symbol.span, { 名称: name, 问题: { zh: '不能是协程', en: 'cannot be a coroutine' } });
    }
  }
  return entry;
}

/** The result of the entry is the exit code: 整数 or 空. */
function checkEntryResult(checker: Checker, entry: FunctionSymbol): void {
  const result = resolve(entry.futureOf ?? entry.result);
  if (isPoison(result) || entry.flavour === 'coroutine') return;
  if (result.kind === 'variable' ? unify(result, UNIT) : result.kind === 'int' || result.kind === 'unit') return;
  checker.error('E3025', entry.file, entry.decl.result?.span ?? entry.span, {
    名称: entry.name,
    问题: { zh: `的结果必须是 整数 或 空，得到 ${showType(result)}`, en: `must give 整数 or 空, found ${showType(result)}` },
  });
}

/**
 * The function that runs first: initialisers and top-level statements of all files in order, then
 * the entry. Without initialisers it is the entry itself.
 */
function checkMain(checker: Checker, units: readonly ast.SourceUnit[], entry: FunctionSymbol | undefined): hir.Func {
  const file = units[0]?.file ?? new SourceFile('', '');
  const span = units[0]?.span ?? { start: 0, end: 0 };
  const func = checker.newFunc('顶层', 'plain', file, span, UNIT);
  const statements: hir.Stmt[] = [];
  func.body = { statements, span };
  for (const unit of units) {
    // One body for each file: names that nested assignments declare stay in their file.
    const mine: hir.Stmt[] = [];
    const part = { ...func, file: unit.file, body: { statements: mine, span: unit.span } };
    const body = new Body(checker, part, 'main', undefined, checker.scopeOf(unit.file));
    let reported = false;
    let sink = mine;
    for (const item of unit.items) {
      if (isDeclaration(item)) continue;
      if (entry !== undefined && !reported && item.kind !== 'VarDecl' && !declares(item) && item.kind !== 'ErrorStmt') {
        reported = true;
        checker.error('E3024', unit.file, item.span, { 入口: entry.name }, {
          related: [{ span: entry.span, file: entry.file, label: { zh: '入口在这里', en: 'the entry is here' } }],
        });
      }
      inferStatement(body, item, sink);
      sink = sinkAfter(item, sink);
    }
    finishBody(body);
    checker.settleSince(0);
    statements.push(...mine);
  }
  if (entry === undefined) return func;
  if (statements.length === 0 && entry.futureOf === undefined) {
    checker.functions.splice(checker.functions.indexOf(func), 1);
    return entry.func;
  }
  const call: hir.Expr = { kind: 'call', func: entry.func, args: [], type: entry.result, span: entry.span };
  const value: hir.Expr = entry.futureOf === undefined ? call : { kind: 'await', future: call, type: entry.futureOf, span: entry.span };
  func.result = value.type;
  statements.push({ kind: 'return', value, span: entry.span });
  return func;
}

function isDeclaration(item: ast.Stmt): boolean {
  switch (item.kind) {
    case 'FunctionDecl': case 'StructDecl': case 'EnumDecl': case 'TraitDecl': case 'ImplDecl': case 'TypeAliasDecl': case 'ImportDecl':
      return true;
    default:
      return false;
  }
}

/** An assignment to names only: at top level it declares package variables. */
function declares(item: ast.Stmt): boolean {
  return item.kind === 'AssignStmt' && item.op === undefined && item.targets.every((t) => t.kind === 'NameExpr');
}
