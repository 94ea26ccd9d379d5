/**
 * Runs one compiled program in a child process and reports what it did.
 *
 * Invariants
 * - A child that outlives its time limit is killed and reported, never waited for.
 * - Output is kept whole up to a limit far above any expectation; beyond it the
 *   child is killed, so a program in an endless loop cannot fill memory.
 *
 * Rejected: running programs inside this process through the addon, because a
 * crash, an `abort` or a leak must belong to the one program that caused it.
 */
import { spawn } from 'node:child_process';
import { Buffer } from 'node:buffer';
import type { Outcome } from './compare.js';

const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

/** How to run a child. */
export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly stdin: string;
  /** Milliseconds of wall time. */
  readonly timeLimit: number;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Run a command to its end.
 *
 * @returns what it did; never rejects for anything the child does
 * @throws when the command cannot be started
 */
export function execute(invocation: Invocation): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(invocation.command, [...invocation.args], { stdio: 'pipe', env: { ...process.env, ...invocation.env } });
    const stdout = new Collector(() => child.kill('SIGKILL'));
    const stderr = new Collector(() => child.kill('SIGKILL'));
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, invocation.timeLimit);
    child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
    // A program that ends without reading its input closes the pipe; that is its right.
    child.stdin.on('error', () => undefined);
    child.stdin.end(invocation.stdin);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        stdout: stdout.text(),
        stderr: stderr.text(),
        exitCode: code ?? undefined,
        signal: signal ?? undefined,
        timedOut,
      });
    });
  });
}

/** Gathers the bytes of one stream and decodes them once, so no character is split. */
class Collector {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  readonly #overflow: () => void;

  constructor(overflow: () => void) {
    this.#overflow = overflow;
  }

  add(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MAX_OUTPUT_BYTES) this.#overflow();
    else this.#chunks.push(chunk);
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}
