/**
 * main.ts — what a program does first: the initialisers and top-level statements of its files, then its entry.
 *
 * Each file with something to run has a function of its own (its line table is that of one file); the entry file's calls
 * the others. Files run after those they import. Where a circle of imports leaves the order open, a file whose
 * initialisers read another's variables, however indirectly, runs after it; when that has no order, either, it is E4004.
 *
 * Rejected: running a file when something of it is first used. It would hide the order, and cost a test at every use.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import type { Project } from '../project.js';
import { SourceFile } from '../source.js';
import { UNIT, resolve, showType } from '../types.js';
import { Body, type Checker } from './body.js';
import { ENTRY_NAMES } from './declare.js';
import { findEarlyReads } from './early-reads.js';
import { finishBody } from './function.js';
import { inferStatement, sinkAfter } from './infer-stmt.js';
import type { FunctionSymbol, Mutable } from './scope.js';
import { isPoison, unify } from './unify.js';
import { visitBlock, visitExprChildren, visitStmtChildren, type Visitor } from './walk.js';

/** The entry function: 入口 or one of its synonyms. */
export function entryOf(checker: Checker, file: SourceFile): FunctionSymbol | undefined {
  let entry: FunctionSymbol | undefined;
  for (const name of ENTRY_NAMES) {
    const symbol = checker.packageOf(file).own(name);
    if (symbol?.kind !== 'function' || symbol.file !== file) continue;
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
export function checkEntryResult(checker: Checker, entry: FunctionSymbol): void {
  const result = resolve(entry.futureOf ?? entry.result);
  if (isPoison(result) || entry.flavour === 'coroutine') return;
  if (result.kind === 'variable' ? unify(result, UNIT) : result.kind === 'int' || result.kind === 'unit') return;
  checker.error('E3025', entry.file, entry.decl.result?.span ?? entry.span, {
    名称: entry.name,
    问题: { zh: `的结果必须是 整数 或 空，得到 ${showType(result)}`, en: `must give 整数 or 空, found ${showType(result)}` },
  });
}

/** Whether functions of that file named like an entry do not count: it was pulled into the entry's package. */
export function isIgnoredEntry(project: Project, unit: ast.SourceUnit): boolean {
  const { entry, packages } = project;
  return entry !== undefined && unit !== entry && packages.get(unit) === packages.get(entry);
}

/** What a file runs when the program starts. */
interface FileStart {
  readonly unit: ast.SourceUnit;
  readonly func: Mutable<hir.Func>;
  readonly statements: hir.Stmt[];
  readonly body: Body;
}

/** Checks the initialisers and top-level statements of all files, in their order. */
export function checkStart(checker: Checker, project: Project, entry: FunctionSymbol | undefined): FileStart[] {
  return project.units.map((unit) => {
    const statements: hir.Stmt[] = [];
    const func = checker.newFunc('顶层', 'plain', unit.file, unit.span, UNIT);
    func.body = { statements, span: unit.span };
    const body = new Body(checker, func, 'main', undefined, checker.scopeOf(unit.file));
    let reported = false;
    let sink = statements;
    for (const item of unit.items) {
      if (isDeclaration(item)) continue;
      const isStatement = item.kind !== 'VarDecl' && !declares(item) && item.kind !== 'ErrorStmt';
      if (entry !== undefined && entry.file === unit.file && !reported && isStatement) {
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
    return { unit, func, statements, body };
  });
}

/**
 * The function the program begins with: the starts of the files in an order that gives every initialiser what it reads,
 * then the entry. Without anything to initialise it is the entry itself. Call it when all bodies are checked.
 */
export function finishStart(checker: Checker, starts: readonly FileStart[], entry: FunctionSymbol | undefined): hir.Func {
  const last = starts.at(-1);
  if (last === undefined) return checker.newFunc('顶层', 'plain', new SourceFile('', ''), { start: 0, end: 0 }, UNIT);
  for (const start of starts) {
    // What an error took away may be what sets a variable.
    if (start.body.failed) continue;
    findEarlyReads(checker, checker.globals.filter((g) => g.file === start.unit.file), start.statements, start === last ? entry?.func : undefined);
  }
  const { func, statements } = last;
  const span = entry?.span ?? { start: 0, end: 0 };
  const dropped = new Set<hir.Func>();
  const calls: hir.Stmt[] = [];
  for (const start of inOrder(checker, starts)) {
    if (start === last) continue;
    if (start.statements.length === 0) dropped.add(start.func);
    else calls.push({ kind: 'expr', expr: { kind: 'call', func: start.func, args: [], type: UNIT, span }, span });
  }
  statements.unshift(...calls);
  if (entry !== undefined) {
    if (statements.length === 0 && entry.futureOf === undefined) dropped.add(func);
    else {
      const call: hir.Expr = { kind: 'call', func: entry.func, args: [], type: entry.result, span: entry.span };
      const value: hir.Expr = entry.futureOf === undefined ? call : { kind: 'await', future: call, type: entry.futureOf, span: entry.span };
      const type = resolve(value.type);
      func.result = type;
      if (type.kind === 'unit') statements.push({ kind: 'expr', expr: value, span: entry.span });
      else statements.push({ kind: 'return', value, span: entry.span });
    }
  }
  if (dropped.size > 0) {
    const kept = checker.functions.filter((f) => !dropped.has(f));
    checker.functions.splice(0, checker.functions.length, ...kept);
  }
  return dropped.has(func) ? entry!.func : func;
}

/** The tests of the program; each gets what `main` does, the initialisers, as its first statement. */
export function finishTests(checker: Checker, main: hir.Func): hir.Test[] {
  const tests: hir.Test[] = [];
  for (const { decl, func, file, span } of checker.functionSymbols) {
    if (decl.test === undefined) continue;
    const call: hir.Expr = { kind: 'call', func: main, args: [], type: UNIT, span };
    if (main.body.statements.length > 0) func.body = { ...func.body, statements: [{ kind: 'expr', expr: call, span }, ...func.body.statements] };
    tests.push({ title: decl.test, func, file, span });
  }
  return tests;
}

/** The starts after those whose variables they read; reports a circle. */
function inOrder(checker: Checker, starts: readonly FileStart[]): readonly FileStart[] {
  const running = starts.filter((s) => s.statements.length > 0);
  if (running.length < 2) return starts;
  const byFile = new Map(running.map((s) => [s.unit.file, s]));
  const owner = new Map(checker.globals.map((g) => [g.global, byFile.get(g.file)]));
  const reads = new Map<FileStart, Map<FileStart, hir.Global>>();
  for (const s of running) {
    const found = new Map<FileStart, hir.Global>();
    for (const global of globalsRead(s.func)) {
      const from = owner.get(global);
      if (from !== undefined && from !== s && !found.has(from)) found.set(from, global);
    }
    reads.set(s, found);
  }
  const order: FileStart[] = [];
  const state = new Map<FileStart, 'open' | 'done'>();
  const path: FileStart[] = [];
  let circle = false;
  const visit = (s: FileStart): void => {
    if (state.get(s) === 'done' || circle) return;
    if (state.get(s) === 'open') {
      circle = true;
      reportCircle(checker, path.slice(path.indexOf(s)), reads);
      return;
    }
    state.set(s, 'open');
    path.push(s);
    for (const from of reads.get(s)?.keys() ?? []) visit(from);
    path.pop();
    state.set(s, 'done');
    order.push(s);
  };
  for (const s of starts) visit(s);
  return circle ? starts : order;
}

function reportCircle(checker: Checker, circle: readonly FileStart[], reads: ReadonlyMap<FileStart, ReadonlyMap<FileStart, hir.Global>>): void {
  const steps = circle.map((s, i) => {
    const next = circle[(i + 1) % circle.length]!;
    return { s, global: reads.get(s)!.get(next)! };
  });
  const place = (global: hir.Global) => checker.globals.find((g) => g.global === global)!;
  const names = steps.map(({ s, global }) => `${s.unit.file.path} 读取 ${global.name}`);
  const english = steps.map(({ s, global }) => `${s.unit.file.path} reads ${global.name}`);
  const last = place(steps.at(-1)!.global);
  checker.error('E4004', last.file, last.span, { 循环: { zh: names.join('，'), en: english.join(', ') } }, {
    related: steps.slice(0, -1).map(({ s, global }) => {
      const { span, file } = place(global);
      return { span, file, label: { zh: `${s.unit.file.path} 的初始化要读取它`, en: `read by the initialisers of ${s.unit.file.path}` } };
    }),
  });
}

/** Package variables that running a function may read, through whatever it calls, starts or passes on. */
function globalsRead(start: hir.Func): Set<hir.Global> {
  const globals = new Set<hir.Global>();
  const seen = new Set<hir.Func>([start]);
  const queue: hir.Func[] = [start];
  const visitor: Visitor = {
    stmt: (s) => visitStmtChildren(s, visitor),
    expr: (e) => {
      if (e.kind === 'global') globals.add(e.global);
      const func = 'func' in e ? e.func : undefined;
      if (func !== undefined && !seen.has(func)) {
        seen.add(func);
        queue.push(func);
      }
      visitExprChildren(e, visitor);
    },
  };
  for (let f = queue.pop(); f !== undefined; f = queue.pop()) visitBlock(f.body, visitor);
  return globals;
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
