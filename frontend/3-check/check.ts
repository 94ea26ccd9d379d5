/**
 * check.ts — phase 3: from syntax trees to the typed tree, in numbered passes.
 *
 *  1 bind imports, enter all top-level names       packages.ts, imports.ts, declare.ts
 *  2 resolve the types they are written with       declare.ts, type-expr.ts
 *  3 check bodies, unifying types as they meet     main.ts, function.ts, infer-*.ts
 *  4 decide what waited for types                  body.ts (settle…), yields.ts
 *  5 captures, types without variables, warnings   capture.ts, finalize.ts
 *  6 匹配 covers every case                         match-check.ts
 *    paths: assignment before use, 返回, dead code  flow.ts
 *    what is valid but hardly meant               lints.ts
 *
 * Pure: everything a check knows hangs on one Checker. The result is complete only when no error was
 * reported; with errors it serves tools, not the next phase.
 *
 * Rejected: checking bodies as they are declared (needs declarations before use), and a separate
 * constraint-collection pass (literals, closures and methods want types where they stand).
 */
import type { Reporter } from '../diagnostics.js';
import type * as hir from '../hir.js';
import type { Project } from '../project.js';
import { Checker } from './body.js';
import { finishCaptures } from './capture.js';
import { constantValue } from './constants.js';
import { declareFunctions, declareGlobals, declareNames, resolveAliases, resolveEnums, resolveTypes } from './declare.js';
import { finalize, warnUnread } from './finalize.js';
import { checkFlow } from './flow.js';
import { checkFunction } from './function.js';
import { checkUnused } from './generics.js';
import { checkFieldDefaults, dropUnusedClosures } from './defaults.js';
import { numberVariants } from './enum-numbers.js';
import { fillDispatchers, finishTraits } from './traits.js';
import { bindImports, checkImports, warnUnusedImports } from './imports.js';
import { checkEntryResult, checkStart, entryOf, finishStart, finishTests, isIgnoredEntry } from './main.js';
import { lint } from './lints.js';
import { checkMatch } from './match-check.js';
import { decideBareSuspends, finishYields, spreadYields } from './yields.js';

/**
 * Checks the files of one program, which begins with its entry or, one run each, with its tests. Diagnostics go to
 * `report`, in no particular order; the returned program may be lowered iff none of them was an error.
 */
export function check(project: Project, report: Reporter, begins: 'entry' | 'tests' = 'entry', lints = true): hir.Program {
  const { units } = project;
  const checker = new Checker(project, report);

  // 1, 2
  bindImports(checker, project);
  for (const unit of units) declareNames(checker, unit);
  resolveEnums(checker);
  resolveTypes(checker);
  for (const unit of units) resolveAliases(checker, unit);
  for (const unit of units) declareFunctions(checker, unit, isIgnoredEntry(project, unit));
  for (const unit of units) declareGlobals(checker, unit);
  checkImports(checker, project);
  numberVariants(checker);

  // 3
  const entry = project.entry === undefined ? undefined : entryOf(checker, project.entry.file);
  for (const unit of units) checkFieldDefaults(checker, unit);
  const start = checkStart(checker, project, entry);
  // Instances of generic functions, and what is used of the library, join the list on the way.
  let checked = 0;
  const checkFunctions = (): boolean => {
    const before = checked;
    while (checked < checker.functionSymbols.length) checkFunction(checker, checker.functionSymbols[checked++]!);
    return checked > before;
  };
  checkFunctions();
  for (const c of checker.constants) constantValue(c, checker);

  // 4
  checker.settleSince(0);
  spreadYields(checker, entry);
  decideBareSuspends(checker);
  checker.settleAll(() => {
    const filled = fillDispatchers(checker);
    return checkFunctions() || filled;
  });
  finishTraits(checker);
  spreadYields(checker, entry);
  finishYields(checker);
  checkUnused(checker);

  // 5
  finishCaptures(checker);
  if (entry !== undefined) checkEntryResult(checker, entry);
  finalize(checker);

  // 6
  for (const match of checker.matches.filter((m) => !m.body.failed)) checkMatch(match);
  for (const body of checker.bodies) if (!body.failed) checkFlow(body);
  // After an error a variable may seem unread only because its reader was not understood.
  if (checker.errors === 0) {
    warnUnread(checker);
    warnUnusedImports(checker, project);
    if (lints) lint(checker, project);
  }
  // Where tests are wanted, the entry is one function among others.
  const main = finishStart(checker, start, begins === 'tests' ? undefined : entry);
  const tests = finishTests(checker, main);

  dropUnusedClosures(checker);
  for (const [index, f] of checker.functions.entries()) f.index = index;
  for (const [i, g] of checker.guards.entries()) (g as { index: number }).index = checker.globals.length + i;
  return {
    files: [...units.map((u) => u.file), ...checker.library.values()],
    structs: [...checker.structs.keys()],
    functions: checker.functions,
    globals: [...checker.globals.map((g) => g.global), ...checker.guards],
    main,
    tests,
  };
}
