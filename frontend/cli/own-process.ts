/*
 * Work that may need more memory than there is, in a process of its own.
 *
 * V8 ends its process by a signal when memory is short; nothing inside can catch that. So a program that is large, and any
 * program under a limit of address space (ulimit -v), is compiled by a second process, and when that one dies the first says
 * why. It costs a start-up (40 ms), which is little beside a megabyte of source and nothing for everybody else.
 *
 * How: reading the source throws NeedsProcess; whoever knows what to do in the second process (main.ts: the same command
 * again, `run`: compile only) catches it. The second process finds QI_COMPILER in its environment and never throws it.
 *
 * Rejected: a worker thread with a limit of its own (it catches a full heap, not a refused mmap, and loads as slowly); a
 * guess of the memory needed from the size (from 30 to 700 times the source); always a second process.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { CommandError, EXIT } from './command-error.js';
import { STDERR, write } from './terminal.js';
import { prepareFor } from './tuning.js';

/** Sources above this are compiled by a process of their own: some 20,000 lines. */
const LARGE = 1024 * 1024;

const MARK = 'QI_COMPILER';
const inside = process.env[MARK] !== undefined;
delete process.env[MARK];

/** The work wants a process of its own; `input` is what was already read of standard input. Not an Error: its stack is never shown. */
export class NeedsProcess {
  constructor(readonly input?: Uint8Array) {}
}

let limited: boolean | undefined;

/** Is there a limit of address space (ulimit -v)? */
function hasMemoryLimit(): boolean {
  if (limited === undefined) {
    try {
      // Not readFileSync and a regular expression: every start pays for this, and so it takes a third of the time (0.2 ms).
      const fd = openSync('/proc/self/limits', 'r');
      const text = Buffer.allocUnsafe(4096);
      limited = !text.subarray(0, readSync(fd, text, 0, text.length, 0)).includes('Max address space         unlimited');
      closeSync(fd);
    } catch {
      limited = false;
    }
  }
  return limited;
}

/** Called with the size of a source before it is compiled. Throws NeedsProcess unless this process should compile it. */
export function admit(size: number, input?: Uint8Array): void {
  if (!inside && (size > LARGE || hasMemoryLimit())) throw new NeedsProcess(input);
  prepareFor(size);
}

/** How the second process ended: its exit code, and standard output when it was caught. */
export interface Ended {
  readonly code: number;
  readonly output: Uint8Array;
}

/**
 * Runs `qi` with these arguments in a second process. What it says on standard error is passed on when it has ended, its
 * standard output is caught or passed through. Throws CommandError E9012 when memory did not suffice.
 */
export function inOwnProcess(args: readonly string[], operand: string, output: 'caught' | 'passed', input?: Uint8Array): Ended {
  // Not imported at the top: the bundle is one for all commands, and few should load this.
  const { spawnSync } = createRequire(import.meta.url)('node:child_process') as typeof import('node:child_process');
  const result = spawnSync(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    stdio: [input === undefined ? 'inherit' : 'pipe', output === 'caught' ? 'pipe' : 'inherit', 'pipe'],
    input,
    env: { ...process.env, [MARK]: '1' },
    maxBuffer: Infinity,
  });
  if (result.error !== undefined) {
    // There was not even the memory to start it.
    if (/^(ENOMEM|EAGAIN)$/.test((result.error as NodeJS.ErrnoException).code ?? '')) throw outOfMemory(operand);
    if (result.status === null && result.signal === null) throw result.error;
  }
  const { signal, status } = result;
  if (signal === null) {
    write(STDERR, result.stderr);
    return { code: status ?? EXIT.failed, output: result.stdout ?? new Uint8Array(0) };
  }
  if (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP') {
    process.kill(process.pid, signal);
    return { code: 128 + constants.signals[signal], output: new Uint8Array(0) };
  }
  // SIGKILL: the system was short of memory. Under a limit V8, its libraries and threads end in many ways, often without a word.
  if (hasMemoryLimit() || signal === 'SIGKILL' || /OOM|out of memory|allocation failed/i.test(result.stderr.toString('latin1'))) throw outOfMemory(operand);
  throw new CommandError('E9005', { 说明: { zh: `编译进程被 ${signal} 结束`, en: `the compiler was ended by ${signal}` } }, EXIT.internal);
}

export function outOfMemory(operand: string): CommandError {
  return new CommandError('E9012', { 路径: operand });
}

/** JavaScript's own ways of saying that memory is short, where it can be caught. */
export function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    (error as NodeJS.ErrnoException).code === 'ERR_MEMORY_ALLOCATION_FAILED' ||
    (error as NodeJS.ErrnoException).code === 'ENOMEM' ||
    (error instanceof RangeError && /allocation failed|Invalid (?:array|string|typed array) (?:buffer )?length/.test(error.message))
  );
}
