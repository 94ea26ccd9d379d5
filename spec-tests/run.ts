/**
 * Runs the language specification: every program under spec-tests/ and 示例/
 * is compiled once and run on each engine, and what it does is compared with
 * its front matter.
 *
 *   npm run spec -- [筛选…] [--engine vm|det|mn] [--jobs N] [--seeds N]
 *                   [--qivm 路径] [--timeout 毫秒] [--verbose]
 *
 * One program on one engine is one test; deterministic mode with all its seeds
 * is one test, and a program that must not compile is one test. A program not
 * run on a selected engine is named in the output. The last line is exactly
 * `N passed, N failed`; the exit code is 0 only when nothing failed and
 * something ran.
 *
 * Rejected: a worker thread per program. Compiling takes a few milliseconds
 * and the children are what fills the cores; one thread is enough to feed them.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { badArgument, endWith, ScriptError } from '../scripts/script-error.js';
import { compareCompilation, compareRun } from './compare.js';
import { compileProgram, type Compilation } from './compile-program.js';
import { execute } from './execute.js';
import { programsAmong } from './find-programs.js';
import { findQivm } from './find-qivm.js';
import { type Engine, type Expectation, FrontMatterError, isEngine, parseFrontMatter } from './front-matter.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const PROGRAM_FOLDERS = ['spec-tests', '示例'];
const DEFAULT_SEEDS = 5;
const DEFAULT_TIME_LIMIT = 60_000;

/** Engines that exist; `aot` joins when there is a compiler to run. */
const AVAILABLE: readonly Engine[] = ['vm', 'det', 'mn'];

/** More workers than most machines that run this have processors, so that they are interrupted anywhere. */
const WORKERS = 4;

interface Options {
  readonly filters: readonly string[];
  readonly engines: readonly Engine[];
  readonly jobs: number;
  readonly seeds: number;
  readonly qivm: string;
  readonly timeLimit: number;
  readonly verbose: boolean;
}

/** The verdict on one test: a program on an engine, or a program that must not compile. */
interface Result {
  readonly name: string;
  readonly problems: readonly string[];
}

function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      engine: { type: 'string', multiple: true },
      jobs: { type: 'string' },
      seeds: { type: 'string' },
      qivm: { type: 'string' },
      timeout: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const engines = (values.engine ?? AVAILABLE).map((name) => {
    if (!isEngine(name)) throw badArgument(`没有引擎 ${name}`, `no engine named ${name}`);
    if (!AVAILABLE.includes(name)) throw badArgument(`引擎 ${name} 还不能用`, `engine ${name} is not available yet`);
    return name;
  });
  return {
    filters: positionals.map((filter) => filter.normalize('NFC')),
    engines,
    jobs: positive('jobs', values.jobs, availableParallelism()),
    seeds: positive('seeds', values.seeds, DEFAULT_SEEDS),
    qivm: findVm(values.qivm),
    timeLimit: positive('timeout', values.timeout, DEFAULT_TIME_LIMIT),
    verbose: values.verbose,
  };
}

function findVm(named: string | undefined): string {
  const file = named === undefined ? findQivm(ROOT) : path.resolve(named);
  if (file === undefined) throw new ScriptError('E9908', { 路径: 'build/Release/qivm' });
  if (!existsSync(file)) throw new ScriptError('E9908', { 路径: file });
  return file;
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw badArgument(`--${name} 要正整数，得到 ${text}`, `--${name} wants a positive integer, found ${text}`);
  return value;
}

/** All programs whose path contains one of the filters, in a stable order. A folder with a 主.qi is one program of several files. */
async function findPrograms(filters: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const folder of PROGRAM_FOLDERS) {
    const entries = await readdir(path.join(ROOT, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isFile() || !entry.name.endsWith('.qi')) continue;
      found.push(path.relative(ROOT, path.join(entry.parentPath, entry.name)));
    }
  }
  const wanted = (name: string): boolean =>
    filters.length === 0 || filters.some((filter) => name.normalize('NFC').includes(filter));
  return programsAmong(found).filter(wanted).sort();
}

/** Run one program on all its engines. */
async function runProgram(name: string, folder: string, id: number, options: Options): Promise<Result[]> {
  const bytes = await readFile(path.join(ROOT, name));
  let expected: Expectation;
  try {
    expected = parseFrontMatter(bytes.toString('utf8'));
  } catch (error) {
    if (!(error instanceof FrontMatterError)) throw error;
    return [{ name, problems: [error.message] }];
  }
  let compiled: Compilation;
  try {
    compiled = compileProgram(bytes, name);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [{ name, problems: [`the compiler crashed: ${text}`] }];
  }
  const problems = compareCompilation(expected, compiled);
  if (compiled.module === undefined || problems.length > 0 || expected.errors.length > 0) return [{ name, problems }];
  const file = path.join(folder, `${id}.qic`);
  await writeFile(file, compiled.module);
  const results: Result[] = [];
  for (const engine of options.engines) {
    if (!expected.engines.includes(engine)) {
      console.log(`not run on ${engine}: ${name}`);
      continue;
    }
    results.push({ name: `${name} [${engine}]`, problems: await runOn(engine, file, expected, options, CONCURRENT.test(name)) });
  }
  await rm(file);
  return results;
}

/** Programs that keep several workers at work: how these spread makes a difference. With one seed they are collected in the smallest steps there are. */
const CONCURRENT = /6-异步|9-引擎|综合/;

/** Problems of one program on one engine, over all runs the engine asks for. */
async function runOn(engine: Engine, file: string, expected: Expectation, options: Options, concurrent: boolean): Promise<string[]> {
  const several = ['--workers', String(WORKERS)];
  const runs =
    engine === 'det' ? Array.from({ length: options.seeds }, (_, seed) => ['--seed', String(seed + 1), ...(concurrent && seed === 1 ? ['--gc-slices'] : [])])
    : engine === 'mn' ? (concurrent ? [several, [...several, '--spread']] : [several])
    : [[]];
  for (const flags of runs) {
    const problems = await runOnce([...flags, file, ...expected.args], expected, options);
    if (problems.length > 0) return flags.length > 0 ? [`with ${flags.join(' ')}:`, ...problems] : problems;
  }
  return [];
}

/** Problems of one run; a VM that cannot be started fails the test, not the runner. */
async function runOnce(args: readonly string[], expected: Expectation, options: Options): Promise<string[]> {
  try {
    const { qivm, timeLimit } = options;
    return compareRun(expected, await execute({ command: qivm, args, stdin: expected.stdin, timeLimit }));
  } catch (error) {
    return [`cannot run ${options.qivm}: ${String(error)}`];
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const programs = await findPrograms(options.filters);
  const folder = await mkdtemp(path.join(tmpdir(), 'qi-spec-'));
  let passed = 0;
  let failed = 0;
  const report = (results: readonly Result[]): void => {
    for (const { name, problems } of results) {
      if (problems.length === 0) {
        passed++;
        if (options.verbose) console.log(`passed: ${name}`);
      } else {
        failed++;
        console.log(`FAILED: ${name}`);
        for (const problem of problems) console.log(problem.replace(/^/gmu, '  '));
      }
    }
  };
  try {
    const queue = programs.entries();
    const feed = async (): Promise<void> => {
      // The lanes share one iterator: each takes the next program when it is free.
      for (const [id, name] of queue) report(await runProgram(name, folder, id, options));
    };
    await Promise.all(Array.from({ length: options.jobs }, feed));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (passed + failed === 0) console.log('no test was run');
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

await endWith(main);
