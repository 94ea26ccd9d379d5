/*
 * `qi test`: runs the 测试 blocks of files, each in a virtual machine (and process) of its own, several at a time.
 *
 * Every run is scheduled by a seed, so that whatever fails can be repeated: the report names the seed and the command.
 * Without --种子 the first seed is drawn anew each time. --探索 N tries N seeds in a row and stops at the first that fails.
 *
 * Invariants: results are printed in the order of the files and tests, whatever finished first; what a test prints is
 * shown only when it fails; a test that hangs is ended at the time limit and is a failure; however the command ends, no
 * machine and no temporary file is left.
 *
 * Rejected: running tests as tasks of one machine. They would share package variables, and one that blocks or deadlocks
 * would take the others with it.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, type CompiledTest } from '../compile.js';
import type { Language } from '../diagnostics.js';
import { CommandError, EXIT } from './command-error.js';
import { commandHost, readAdmitted, report } from './commands.js';
import { isFolder, programsIn } from './files.js';
import { renderMessage } from './messages.js';
import type { Options } from './options.js';
import { STDERR, STDOUT, write } from './terminal.js';

/** A compiled file with tests. */
interface Suite {
  readonly path: string;
  readonly module: string;
  readonly tests: readonly CompiledTest[];
}

/** One run of one test. */
interface Run {
  readonly ok: boolean;
  readonly output: string;
}

/** What became of a test. */
interface Outcome {
  readonly ok: boolean;
  /** How many seeds were tried. */
  readonly runs: number;
  /** Of the run that failed, or of the last. */
  readonly seed: bigint;
  readonly output: string;
}

/** What a failing test printed is shown up to here. */
const MAX_OUTPUT = 256 * 1024;

/** How long a test that is over time may take to say where it stands. */
const LAST_WORDS_MS = 1000;

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const PLACES = ['../build/Release/qivm', '../../build/Release/qivm'];

function machine(): string {
  const file = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (file === undefined) throw new CommandError('E9004', { 原因: 'build/Release/qivm' });
  return file;
}

/** `qi test` of a file, or of every file in a folder. */
export async function test(operand: string, options: Options): Promise<number> {
  const workshop = new Workshop();
  try {
    const { suites, failed } = compileSuites(operand, workshop.folder, options);
    if (suites.length === 0) {
      if (failed) return EXIT.failed;
      throw new CommandError('E9007', { 路径: operand });
    }
    const counts = await runSuites(suites, workshop, options);
    const written = !workshop.closed && (options.json || write(STDOUT, summary(counts, options.language)));
    return !written || failed || counts.failed > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    workshop.close();
  }
}

/** Where tests run: the folder of their modules, and the machines. Neither outlives the command, even when a signal ends it. */
class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'qi-test-'));
  readonly #machines = new Set<ChildProcess>();
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    this.close();
    // Nobody listens any more, so the signal ends this process, and whoever waits for it sees by what.
    process.kill(process.pid, signal);
  };
  closed = false;

  constructor() {
    for (const signal of ENDING_SIGNALS) process.on(signal, this.#onSignal);
  }

  add(machine: ChildProcess): void {
    this.#machines.add(machine);
    machine.on('close', () => this.#machines.delete(machine));
  }

  /** No more tests: what runs is ended. */
  close(): void {
    this.closed = true;
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#onSignal);
    for (const machine of this.#machines) machine.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Files without the tests asked for are left out; `failed` when one did not compile. */
function compileSuites(operand: string, folder: string, options: Options): { suites: Suite[]; failed: boolean } {
  const host = commandHost();
  const suites: Suite[] = [];
  let failed = false;
  for (const path of isFolder(operand) ? programsIn(operand) : [operand]) {
    const input = readAdmitted(path);
    // Most files of a folder have no tests, and are told apart without compiling them.
    if (!Buffer.from(input.bytes).includes('测试')) continue;
    const result = compile(input.bytes, input.path, host, 'compile');
    failed = report(result.diagnostics, options) || failed;
    const { only } = options.test;
    const tests = result.tests.filter((t) => only === undefined || t.title.includes(only));
    if (result.module === undefined || tests.length === 0) continue;
    const module = join(folder, `${suites.length}.qic`);
    writeFileSync(module, result.module);
    suites.push({ path, module, tests });
  }
  return { suites, failed };
}

/** Runs and reports all tests, or as many as somebody reads about: when the reader went away the workshop is closed. */
async function runSuites(suites: readonly Suite[], workshop: Workshop, options: Options): Promise<{ passed: number; failed: number }> {
  const first = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
  const queue = suites.flatMap((suite) => suite.tests.map((one) => ({ suite, one })));
  const outcomes: (Outcome | undefined)[] = queue.map(() => undefined);
  const progress = new Progress(options, queue.length);
  let started = 0;
  let printed = 0;
  const lane = async (): Promise<void> => {
    while (!workshop.closed && started < queue.length) {
      const index = started++;
      const { suite, one } = queue[index]!;
      outcomes[index] = await explore(suite, one, BigInt(first), workshop, options);
      if (workshop.closed) return;
      progress.clear();
      for (; outcomes[printed] !== undefined; printed++) {
        const { suite: of, one: shown } = queue[printed]!;
        const head = !options.json && of !== queue[printed - 1]?.suite ? `${of.path}\n` : '';
        if (!write(STDOUT, head + render(of, shown, outcomes[printed]!, options))) return workshop.close();
      }
      progress.show(printed);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  progress.clear();
  const passed = outcomes.filter((o) => o?.ok).length;
  return { passed, failed: outcomes.length - passed };
}

/** Runs a test under one seed after the other, up to the first that fails. */
async function explore(suite: Suite, one: CompiledTest, first: bigint, workshop: Workshop, options: Options): Promise<Outcome> {
  for (let runs = 1; ; runs++) {
    const seed = BigInt.asUintN(64, first + BigInt(runs - 1));
    const { ok, output } = await runOnce(suite, one, seed, workshop, options);
    if (!ok || runs >= options.test.explore || workshop.closed) return { ok, runs, seed, output };
  }
}

async function runOnce(suite: Suite, one: CompiledTest, seed: bigint, workshop: Workshop, options: Options): Promise<Run> {
  // Not imported at the top: the bundle is one for all commands, and only this one should load it.
  const { spawn } = createRequire(import.meta.url)('node:child_process') as typeof import('node:child_process');
  const args = ['--seed', String(seed), '--function', String(one.function)];
  if (!options.test.virtualTime) args.push('--real-clock');
  if (options.test.leaks) args.push('--leaks');
  if (options.language === 'en') args.push('--english');
  const env = { ...process.env };
  return new Promise((resolve, reject) => {
    const child = spawn(machine(), [...args, suite.module], { stdio: ['ignore', 'pipe', 'pipe'], env });
    workshop.add(child);
    const chunks: Buffer[] = [];
    let size = 0;
    const keep = (chunk: Buffer): void => {
      if (size < MAX_OUTPUT) chunks.push(chunk.subarray(0, MAX_OUTPUT - size));
      size += chunk.length;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let late = false;
    let timer = setTimeout(() => {
      late = true;
      // It says where its tasks stand.
      child.kill('SIGQUIT');
      timer = setTimeout(() => child.kill('SIGKILL'), LAST_WORDS_MS);
    }, options.test.timeout);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      const cut = size > MAX_OUTPUT ? '\n…\n' : '';
      const note = late ? renderMessage('E9008', { 毫秒: options.test.timeout }, options.language, false) : '';
      resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') + cut + note });
    });
  });
}

function render(suite: Suite, one: CompiledTest, outcome: Outcome, options: Options): string {
  const { ok, runs, seed, output } = outcome;
  const { line, column } = one.file.position(one.span.start);
  if (options.json) {
    return `${JSON.stringify({ path: suite.path, line, column, title: one.title, passed: ok, runs, seed: String(seed), output: ok ? '' : output })}\n`;
  }
  const zh = options.language === 'zh';
  if (ok) return `  ✓ ${one.title}${runs === 1 ? '' : zh ? `（${runs} 个种子）` : ` (${runs} seeds)`}\n`;
  const words = ['qi', 'test', suite.path, '--只', one.title, '--种子', String(seed), ...(options.test.virtualTime ? ['--虚拟时间'] : []), ...(options.test.leaks ? ['--泄漏'] : [])];
  const again = words.map((word) => (/^[\p{L}\p{N}_./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
  const shown = output.trimEnd().split('\n').filter((text, _, all) => text !== '' || all.length > 1).map((text) => `      ${text}\n`).join('');
  return `  ✗ ${one.title} (${suite.path}:${line}:${column})\n${shown}      ${zh ? '重现' : 'repeat'}: ${again}\n`;
}

function summary({ passed, failed }: { passed: number; failed: number }, language: Language): string {
  return language === 'zh' ? `通过 ${passed}，失败 ${failed}\n` : `${passed} passed, ${failed} failed\n`;
}

/** How far the run is, on a terminal only. */
class Progress {
  readonly #on: boolean;
  readonly #total: number;

  constructor(options: Options, total: number) {
    this.#on = !options.json && process.stderr.isTTY;
    this.#total = total;
  }

  show(done: number): void {
    if (this.#on && done < this.#total) write(STDERR, `${done}/${this.#total}`);
  }

  clear(): void {
    if (this.#on) write(STDERR, '\r\u001b[K');
  }
}
