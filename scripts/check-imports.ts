/*
 * Enforces the layering of the house (docs/架构.md), file by file:
 *
 * TypeScript   shared files ← 1-lex ← 2-parse ← 2b-resolve ← 3-check ← 4-lower ← 5-emit ← compile.ts ← cli, lsp, embed.
 *              A file imports its own layer and lower ones. Only the last layer may import node: modules, so the
 *              phases stay free of I/O. aot/ reads bytecode: of the front end it sees generated/ only.
 *              Value imports form no cycle, except among the files of one phase: grammar and types are recursive, so
 *              are the functions that walk them, and each file is one topic of that recursion.
 * C            base ← heap ← sched ← interp ← node; natives/ and aot/rt include only qi/ and their own headers;
 *              qi.h includes nothing of ours; the other headers of vm/include/qi may show natives base/ and heap/.
 * Both         a file opens with a comment that says what it is for, and is at most 1,000 (C) or 600 (TypeScript)
 *              lines long.
 *
 * Prints each fault as file:line: what, then `N passed, N failed` with N counting files.
 *
 * Rejected: an ESLint plug-in. It knows nothing of the C side, and the rules fit on this page.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MAX_LINES = { c: 1000, ts: 600 };
/** Declarations without logic: the whole syntax tree is easier to read in one place. */
const DECLARATIONS_ONLY = new Set(['frontend/ast.ts']);

const TS_LAYERS: readonly (readonly [RegExp, number])[] = [
  [/^frontend\/generated\//, 0],
  [/^frontend\/[a-z]+(\.test)?\.ts$/, 0],
  [/^frontend\/1-lex\//, 1],
  [/^frontend\/2-parse\//, 2],
  [/^frontend\/2b-resolve\//, 2.5],
  [/^frontend\/3-check\//, 3],
  [/^frontend\/4-lower\//, 4],
  [/^frontend\/5-emit\//, 5],
  [/^frontend\/(cli|lsp|embed|inspector)\//, 7],
];
const COMPILE_LAYER = 6;
const IO_LAYER = 7;
const C_ROOMS = ['base', 'heap', 'sched', 'interp', 'node'];

export interface Import {
  readonly target: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

/** Static and dynamic imports of a TypeScript file, by pattern: the code is formatted, not adversarial. */
export function tsImports(text: string): Import[] {
  const found: Import[] = [];
  const pattern = /^(?:import|export)\b(?:([\w\s{},*$]*?)\bfrom)?\s*['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gmu;
  for (const match of text.matchAll(pattern)) {
    const clause = match[1] ?? '';
    found.push({
      target: match[2] ?? match[3] ?? '',
      line: text.slice(0, match.index).split('\n').length,
      typeOnly: /^\s*type\b/.test(clause),
    });
  }
  return found;
}

/** Includes of a C file: the target between the quotes or angle brackets. */
export function cIncludes(text: string): { target: string; system: boolean; line: number }[] {
  return [...text.matchAll(/^\s*#\s*include\s*([<"])([^>"\n]+)[>"]/gm)].map((m) => ({
    target: m[2] ?? '',
    system: m[1] === '<',
    line: text.slice(0, m.index).split('\n').length + (m[0].startsWith('\n') ? 1 : 0),
  }));
}

function layerOf(path: string): number | undefined {
  if (/^frontend\/compile(\.test)?\.ts$/.test(path)) return COMPILE_LAYER;
  return TS_LAYERS.find(([pattern]) => pattern.test(path))?.[1];
}

function checkTs(path: string, text: string, graph: Map<string, string[]>): string[] {
  const faults: string[] = [];
  const own = layerOf(path);
  const isTest = path.endsWith('.test.ts');
  const edges: string[] = [];
  for (const { target, line, typeOnly } of tsImports(text)) {
    const fault = (what: string): void => void faults.push(`${path}:${line}: ${what}`);
    if (!target.startsWith('.')) {
      if (own !== undefined && own < IO_LAYER && !isTest) fault(`${target}: only cli, lsp and embed import modules from outside`);
      continue;
    }
    const resolved = posix.normalize(posix.join(posix.dirname(path), target)).replace(/\.js$/, '.ts');
    if (!target.endsWith('.js') && !target.endsWith('.mjs') && !target.endsWith('.json')) fault(`${target}: imports end in .js`);
    if (!typeOnly) edges.push(resolved);
    const other = layerOf(resolved);
    if (path.startsWith('aot/') && other !== undefined && !resolved.startsWith('frontend/generated/')) {
      fault(`aot/ reads bytecode only, but imports ${resolved}`);
    }
    if (own === undefined || isTest) continue;
    if (other === undefined) fault(`${resolved} is outside the front end`);
    else if (other > own) fault(`${resolved} belongs to a later layer`);
  }
  graph.set(path, edges);
  return faults;
}

function checkC(path: string, text: string): string[] {
  const faults: string[] = [];
  const room = C_ROOMS.indexOf(/^vm\/([a-z]+)\//.exec(path)?.[1] ?? '');
  for (const { target, system, line } of cIncludes(text)) {
    if (system) continue;
    const fault = (what: string): void => void faults.push(`${path}:${line}: ${what}`);
    if (target.startsWith('qi/')) continue;
    const relative = posix.normalize(posix.join(posix.dirname(path), target));
    if (relative.startsWith('vm/include/qi/')) continue;
    if (path.startsWith('vm/include/')) {
      // qi.h is for embedding and stands alone; the others are for natives, who work on values of base/ and heap/.
      const allowed = !path.endsWith('/qi.h') && /^(vm\/(base|heap)\/|natives\/natives\.def$)/.test(relative);
      if (!allowed) fault(`${target}: qi.h includes only the system, other public headers also base/, heap/ and the natives table`);
      continue;
    }
    if (path.startsWith('natives/') || path.startsWith('aot/rt/')) {
      if (posix.dirname(relative) !== posix.dirname(path)) fault(`${target}: natives include only qi/ and their own headers`);
      continue;
    }
    if (target.endsWith('.def')) continue;
    const otherName = /^(?:vm\/)?([a-z]+)\//.exec(target.startsWith('.') ? relative : target)?.[1];
    const other = otherName === undefined ? room : C_ROOMS.indexOf(otherName);
    if (other < 0) fault(`${target} belongs to no room of vm/`);
    else if (other > room) fault(`${target}: ${C_ROOMS[room]} may not include ${C_ROOMS[other]}`);
  }
  return faults;
}

function checkShape(path: string, text: string): string[] {
  const faults: string[] = [];
  const isC = /\.[ch]$/.test(path);
  const limit = isC || DECLARATIONS_ONLY.has(path) ? MAX_LINES.c : MAX_LINES.ts;
  const lines = text.split('\n').length - 1;
  if (lines > limit) faults.push(`${path}:1: ${lines} lines, the limit is ${limit}; split it by topic`);
  if (!path.endsWith('.test.ts') && !/^(#![^\n]*\n)?\s*(\/\*|\/\/)/.test(text)) faults.push(`${path}:1: no opening comment that says what the file is for`);
  const todo = /\b(TODO|FIXME|XXX)\b/.exec(text);
  if (todo !== null && path !== 'scripts/check-imports.ts') {
    faults.push(`${path}:${text.slice(0, todo.index).split('\n').length}: ${todo[0]} is unfinished work`);
  }
  return faults;
}

const inSamePhase = (a: string, b: string): boolean => /^frontend\/[1-5]b?-/.test(a) && posix.dirname(a) === posix.dirname(b);

/** One fault per cycle of value imports that leaves a phase, found by depth-first search. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const faults: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): void => {
    const at = path.indexOf(node);
    if (at >= 0) {
      faults.push(`${node}:1: import cycle: ${[...path.slice(at), node].join(' → ')}`);
      return;
    }
    if (done.has(node)) return;
    path.push(node);
    for (const next of graph.get(node) ?? []) if (!inSamePhase(node, next)) visit(next);
    path.pop();
    done.add(node);
  };
  for (const node of graph.keys()) visit(node);
  return faults;
}

function filesUnder(dir: string, pattern: RegExp): string[] {
  return readdirSync(join(ROOT, dir), { withFileTypes: true }).flatMap((entry) => {
    const path = `${dir}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'build' ? [] : filesUnder(path, pattern);
    return pattern.test(entry.name) ? [path] : [];
  });
}

function main(): number {
  const folders = ['frontend', 'vm', 'natives', 'aot', 'spec-tests', 'bench', 'scripts'].filter((dir) => existsSync(join(ROOT, dir)));
  const files = folders.flatMap((dir) => filesUnder(dir, /\.(ts|mjs|c|h)$/));
  const graph = new Map<string, string[]>();
  const faults: string[] = [];
  for (const path of files) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    if (!/(^|\/)generated\//.test(path)) faults.push(...checkShape(path, text));
    faults.push(...(/\.(ts|mjs)$/.test(path) ? checkTs(path, text, graph) : checkC(path, text)));
  }
  faults.push(...findCycles(graph));
  for (const fault of faults) console.error(fault);
  const bad = new Set(faults.map((f) => f.slice(0, f.indexOf(':')))).size;
  console.log(`${files.length - bad} passed, ${bad} failed`);
  return bad === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) process.exitCode = main();
