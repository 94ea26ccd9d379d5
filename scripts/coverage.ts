/*
 * npm run coverage: which lines the tests reach.
 *
 *   TypeScript   c8 over the unit tests and the compiling half of the specification runner
 *   C            gcov over the coverage build of qivm (driven by the specification programs and the tests of its options), the C
 *                unit tests and the fuzzer
 *
 *   npm run coverage -- c      only C: the specification runs without counting TypeScript, which takes most of the time
 *
 * Prints one line per folder and fails when one of REQUIRED is below its percentage of lines, or was not measured at all.
 * Reports in coverage/ for reading: c8's HTML, and c/missed.txt, the lines of C that nothing reached.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT, runCommand } from './run-command.js';
import { endWith, ScriptError } from './script-error.js';
import { filesEndingIn } from './test-stages.js';

/** The least percentage of a folder's lines. */
const REQUIRED: ReadonlyMap<string, number> = new Map([
  ['vm/sched', 95], ['vm/interp', 90],
  ['frontend/1-lex', 95], ['frontend/2-parse', 95], ['frontend/2b-resolve', 95], ['frontend/3-check', 95], ['frontend/4-lower', 95], ['frontend/5-emit', 95],
]);
/** C that only tests use. */
const TOOLS = /_test\.c$|\/(fuzz_main\.c|module_builder\.h|test_types\.h|test\.h)$/;

/** Lines seen of each file: true when some run reached it. */
type Lines = Map<string, Map<number, boolean>>;

function mark(lines: Lines, file: string, line: number, hit: boolean): void {
  const own = lines.get(file) ?? new Map<number, boolean>();
  lines.set(file, own);
  own.set(line, (own.get(line) ?? false) || hit);
}

async function must(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const result = await runCommand(command, args, { env: { ...process.env, ...env } });
  if (result.code === 0) return;
  process.stderr.write(result.stdout + result.stderr);
  throw new ScriptError('E9909', { 命令: `${command} ${args.join(' ')}`, 原因: String(result.signal ?? result.code) });
}

/** Runs tests to see what they reach. Whether they pass is npm test's business: some measure time, which counting spoils. */
async function reach(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const result = await runCommand(command, args, { env: { ...process.env, ...env } });
  if (result.code !== 0) console.error(`failed while it was measured: ${args.join(' ')}`);
}

/** Runs everything that compiles under V8's coverage and reads c8's line report. */
async function measureTypeScript(lines: Lines, qivm: string): Promise<void> {
  const raw = mkdtempSync(join(tmpdir(), 'qi-coverage-'));
  try {
    const env = { NODE_V8_COVERAGE: raw };
    for (const test of filesEndingIn('frontend', '.test.ts')) {
      // Tests of the bundled command run no line of the sources, and take minutes when their children are measured.
      if (readFileSync(join(ROOT, test), 'utf8').includes('qi.cjs')) continue;
      await reach(process.execPath, ['--import', 'tsx', test], env);
    }
    await reach(process.execPath, ['--import', 'tsx', 'spec-tests/run.ts', '--qivm', qivm, '--timeout', '200000'], env);
    await must(process.execPath, [
      'node_modules/c8/bin/c8.js', 'report', '--temp-directory', raw, '--reports-dir', 'coverage/ts', '--all',
      '--src', 'frontend', '--include', 'frontend/**/*.ts', '--exclude', '**/*.test.ts', '--exclude', '**/*.d.ts',
      '--reporter', 'lcovonly', '--reporter', 'html',
    ]);
  } finally {
    rmSync(raw, { recursive: true, force: true });
  }
  readLcov(readFileSync(join(ROOT, 'coverage/ts/lcov.info'), 'utf8'), lines);
}

/** Adds the lines of an lcov report. */
export function readLcov(text: string, lines: Lines): void {
  let file = '';
  for (const row of text.split('\n')) {
    if (row.startsWith('SF:')) file = row.slice(3).replace(`${ROOT}/`, '');
    const hit = /^DA:(\d+),(\d+)/.exec(row);
    if (hit !== null) mark(lines, file, Number(hit[1]), Number(hit[2]) > 0);
  }
}

interface GcovFile {
  readonly file: string;
  readonly lines: readonly { readonly line_number: number; readonly count: number }[];
}

/** One line for each run of lines of C that nothing reached: file, first and last. */
export function missedLines(lines: Lines): string {
  const rows: string[] = [];
  for (const [file, own] of [...lines].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!file.endsWith('.c') && !file.endsWith('.h')) continue;
    let from: number | undefined;
    let last = 0;
    for (const [line, reached] of [...own, [Infinity, true] as const].sort(([a], [b]) => a - b)) {
      if (!reached) {
        from ??= line;
        last = line;
      } else if (from !== undefined) {
        rows.push(`${file}:${from}${last > from ? `-${last}` : ''}\n`);
        from = undefined;
      }
    }
  }
  return rows.join('');
}

/** Runs the C unit tests of the coverage build; the specification has run on it already. Reads gcov's counters. */
async function measureC(lines: Lines): Promise<void> {
  for (const test of ['vm', 'natives'].flatMap((dir) => filesEndingIn(dir, '_test.c'))) {
    await must(join(ROOT, 'build/coverage/tests', test.replace(/\.c$/, '')), []);
  }
  const qivm = join(ROOT, 'build/coverage/qivm');
  await must(process.execPath, ['--import', 'tsx', 'spec-tests/qivm.test.ts'], { QIVM: qivm });
  // What is asked of a running program from outside.
  for (const test of ['frontend/inspector/machine.test.ts', 'frontend/cli/living.test.ts', 'frontend/cli/interrupt.test.ts', 'spec-tests/input.test.ts']) {
    await must(process.execPath, ['--import', 'tsx', test], { QIVM: qivm, QI_TEST_QIVM: qivm });
  }
  // The refusals of the loader and the verifier: mutated modules reach them, the specification cannot.
  await must(join(ROOT, 'build/coverage/fuzz'), ['--runs', '30000', '--seed', '1']);
  const out = join(ROOT, 'coverage/c');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const notes = filesEndingIn('build/coverage', '.gcda').map((f) => join(ROOT, f));
  const gcov = await runCommand('gcov', ['--json-format', '--preserve-paths', ...notes], { cwd: out });
  if (gcov.code !== 0) throw new ScriptError('E9909', { 命令: 'gcov', 原因: gcov.stderr.trim() });
  for (const name of readdirSync(out).filter((n) => n.endsWith('.gcov.json.gz'))) {
    const report = JSON.parse(gunzipSync(readFileSync(join(out, name))).toString('utf8')) as { files: GcovFile[] };
    for (const { file, lines: counted } of report.files) {
      const path = file.replace(`${ROOT}/`, '');
      if (!/^(vm|natives)\//.test(path) || TOOLS.test(path)) continue;
      for (const { line_number, count } of counted) mark(lines, path, line_number, count > 0);
    }
  }
  writeFileSync(join(ROOT, 'coverage/c/missed.txt'), missedLines(lines));
}

/** Percentage of reached lines, and how many there are, under a folder. */
function share(lines: Lines, folder: string): { percent: number; total: number } {
  let hit = 0;
  let total = 0;
  for (const [file, own] of lines) {
    if (!file.startsWith(`${folder}/`)) continue;
    for (const reached of own.values()) {
      total++;
      if (reached) hit++;
    }
  }
  return { percent: total === 0 ? 0 : (100 * hit) / total, total };
}

async function main(): Promise<number> {
  const onlyC = process.argv[2] === 'c';
  for (const stale of filesEndingIn('build/coverage', '.gcda')) rmSync(join(ROOT, stale));
  await must('make', ['-C', 'vm', '-j2', 'VARIANT=coverage', 'all']);
  const lines: Lines = new Map();
  const qivm = join(ROOT, 'build/coverage/qivm');
  if (onlyC) await reach(process.execPath, ['--import', 'tsx', 'spec-tests/run.ts', '--qivm', qivm, '--timeout', '200000']);
  else await measureTypeScript(lines, qivm);
  await measureC(lines);
  const required = [...REQUIRED.keys()].filter((folder) => !onlyC || folder.startsWith('vm/'));
  const folders = [...new Set([...required, ...[...lines.keys()].map((f) => f.split('/').slice(0, -1).join('/'))])].sort();
  let low = 0;
  for (const folder of folders) {
    const { percent, total } = share(lines, folder);
    const minimum = REQUIRED.get(folder);
    const fails = minimum !== undefined && percent < minimum;
    if (fails) low++;
    console.log(`${percent.toFixed(1).padStart(5)} %  ${String(total).padStart(6)} lines  ${folder}${fails ? `  below ${minimum} %` : ''}`);
  }
  return low === 0 ? 0 : 1;
}

await endWith(main);
