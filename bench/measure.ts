/**
 * Runs one process and says what it used: wall time, CPU time, peak resident set.
 *
 * Everything the benchmarks report goes through here, so all contestants are measured alike, whole process, start-up
 * included. The measuring itself is done by measure.c, which says why; this file builds it and reads its report.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScriptError } from '../scripts/script-error.js';

export const BENCH = dirname(fileURLToPath(import.meta.url));
export const ROOT = dirname(BENCH);
/** Everything the benchmarks build or generate. */
export const OUT = join(ROOT, 'build/bench');

const HELPER = join(OUT, 'measure');

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Usage {
  readonly wallNs: number;
  readonly cpuNs: number;
  readonly maxRssKb: number;
}

export type Outcome =
  | { readonly ok: true; readonly usage: Usage; readonly stdout: string }
  | { readonly ok: false; readonly reason: string };

/** True when `output` is missing or older than one of its inputs. */
export function isStale(output: string, inputs: readonly string[]): boolean {
  const made = statSync(output, { throwIfNoEntry: false });
  return made === undefined || inputs.some((input) => statSync(input).mtimeMs >= made.mtimeMs);
}

/** Builds the helper. Throws with the compiler's message when there is no compiler or it refuses. */
export function buildHelper(): void {
  const source = join(BENCH, 'measure.c');
  mkdirSync(OUT, { recursive: true });
  if (!isStale(HELPER, [source])) return;
  const compiler = process.env['CC'] ?? 'cc';
  const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-o', HELPER, source];
  const built = spawnSync(compiler, flags, { encoding: 'utf8' });
  if (built.error !== undefined || built.status !== 0) {
    throw new ScriptError('E9909', { 命令: `${compiler} ${flags.join(' ')}`, 原因: built.error?.message ?? built.stderr });
  }
}

/** Runs a command to its end. A non-zero exit, a signal or the timeout (milliseconds) is a failure with its reason. */
export function measure(command: Command, timeout = 300_000): Outcome {
  const run = spawnSync(HELPER, [command.file, ...command.args], {
    cwd: ROOT,
    env: { ...process.env, ...command.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    timeout,
    killSignal: 'SIGKILL',
  });
  if (run.error !== undefined) {
    const timedOut = (run.error as NodeJS.ErrnoException).code === 'ETIMEDOUT';
    return { ok: false, reason: timedOut ? `超时 no end after ${timeout / 1000} s` : run.error.message };
  }
  if (run.status !== 0) return { ok: false, reason: firstLines(run.stderr) };
  const report = JSON.parse(run.output[3] ?? '') as Usage & { exit: number; signal: number };
  if (report.signal !== 0) return { ok: false, reason: `被信号终止 killed by signal ${report.signal}` };
  if (report.exit !== 0) return { ok: false, reason: `退出码 exit code ${report.exit}: ${firstLines(run.stderr)}` };
  const { wallNs, cpuNs, maxRssKb } = report;
  return { ok: true, usage: { wallNs, cpuNs, maxRssKb }, stdout: run.stdout };
}

/** The beginning of a message, on one line: enough to know what went wrong. */
export function firstLines(text: string, count = 3): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').slice(0, count).join(' / ').slice(0, 300);
}
