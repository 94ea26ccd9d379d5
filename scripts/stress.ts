/*
 * npm run stress: runs the programs of spec-tests/综合/压力 again and again, each time with another seed, on a build with a sanitizer and several
 * workers. Each of them creates, cancels, selects, closes and fails at random and then counts: nothing is lost and nothing left over.
 *
 *   npm run stress                        a minute on the build with AddressSanitizer, 4 workers
 *   npm run stress -- 1800 --seed 7       half an hour, seeds from 7 on
 *   … --variant tsan                      another build (vm/Makefile)
 *   … --workers 2
 *
 * Every other round asks for a collection, or a slice of one, at each safepoint, with fewer repetitions. A round that fails is printed with the command that repeats it. The exit
 * code is then 1.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compile } from '../frontend/embed/index.js';
import { ROOT } from './run-command.js';
import { badArgument, endWith } from './script-error.js';
import { filesEndingIn, SANITIZERS } from './test-stages.js';

const PROGRAMS = 'spec-tests/综合/压力';
/** Repetitions inside one process: enough that its start does not count. */
const ROUNDS = 20;
const ROUNDS_WITH_COLLECTIONS = 1;
/** Milliseconds; a process that takes longer hangs. */
const TIME_LIMIT = 600_000;
const MOST_FAILURES = 5;

interface CommandLine {
  readonly seconds: number;
  readonly seed: number;
  readonly workers: number;
  readonly variant: string;
}

function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { seed: { type: 'string' }, workers: { type: 'string', default: '4' }, variant: { type: 'string', default: 'asan' } },
  });
  const number = (text: string): number => {
    if (!/^\d+$/.test(text)) throw badArgument(`要非负整数，得到 ${text}`, `a number is wanted, found ${text}`);
    return Number(text);
  };
  return {
    seconds: number(positionals[0] ?? '60'),
    seed: number(values.seed ?? String(Date.now() % 1_000_000)),
    workers: number(values.workers),
    variant: values.variant,
  };
}

/** Compiles each program to build/stress/<name>.qic. */
function compileAll(): string[] {
  const folder = join(ROOT, 'build/stress');
  mkdirSync(folder, { recursive: true });
  return filesEndingIn(PROGRAMS, '.qi').map((file) => {
    const { module, problems } = compile(readFileSync(join(ROOT, file)), { path: file });
    if (module === undefined) throw new Error(`${file}: ${problems.map((problem) => problem.message).join('; ')}`);
    const output = join(folder, `${file.slice(PROGRAMS.length + 1, -'.qi'.length)}.qic`);
    writeFileSync(output, module);
    return output;
  });
}

interface Ended {
  readonly ok: boolean;
  readonly why: string;
}

function run(qivm: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(qivm, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIME_LIMIT, killSignal: 'SIGABRT' });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ ok: code === 0 && output === '好\n', why: `${signal ?? `exit ${code}`}\n${output}` }));
  });
}

async function main(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args);
  const qivm = join(ROOT, 'build', line.variant, 'qivm');
  const make = spawnSync('make', ['-C', join(ROOT, 'vm'), '-j2', `VARIANT=${line.variant}`, qivm], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (make.status !== 0) return 1;
  const programs = compileAll();
  const env = SANITIZERS[line.variant] ?? {};
  const start = performance.now();
  let processes = 0;
  let failures = 0;
  const isOver = (): boolean => failures >= MOST_FAILURES || performance.now() - start >= line.seconds * 1000;
  const summary = (): string => `${processes} 次 processes, ${failures} 次失败 failures, ${((performance.now() - start) / 1000).toFixed(0)} s`;
  const repeat = async (): Promise<void> => {
    while (!isOver()) {
      const n = processes++;
      const collects = n % 2 === 1;
      // One in five begins with one worker, and the others start in the midst of it.
      const workers = n % 5 === 4 ? [] : ['--workers', `${line.workers}`];
      // One in three keeps all workers at work, whether they pay or not.
      const spread = n % 3 === 2 ? ['--spread'] : [];
      const options = [...workers, ...spread, ...(collects ? [n % 4 === 1 ? '--gc-stress' : '--gc-slices'] : [])];
      const command = [...options, programs[Math.floor(n / 2) % programs.length]!, `${collects ? ROUNDS_WITH_COLLECTIONS : ROUNDS}`, `${line.seed + n}`];
      const ended = await run(qivm, command, env);
      if (!ended.ok) {
        failures++;
        console.error(`\n${qivm} ${command.join(' ')}\n${ended.why}`);
      }
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${summary()}`);
    }
  };
  // One process has several workers; as many processes as cores keep these from having a core each.
  await Promise.all(Array.from({ length: availableParallelism() }, repeat));
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.log(`stress ${line.variant}, ${line.workers} 个线程 workers, 种子 seed ${line.seed}: ${summary()}`);
  return failures > 0 ? 1 : 0;
}

await endWith(() => main(process.argv.slice(2)));
