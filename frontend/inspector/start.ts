/*
 * `qi run --检查器`: starts the thread that serves the inspector, then runs the program on this one.
 *
 *     this thread: the program, in C ──pair of sockets── another thread: HTTP (thread.ts)
 *
 * The program blocks this thread from its first instruction to its last, so whatever has to answer meanwhile lives on another. That is
 * started first, and heard to be ready or not by shared memory; a port that is in use is told before the program does anything.
 *
 * Invariants
 * - When the program is over, its end of the pair is closed; the thread then answers who still waits, and ends. This one waits for it a
 *   moment and no longer: the exit code is the program's, whatever clients do.
 * - The token is 256 random bits, or what the environment says; the program does not see that variable.
 *
 * Rejected: a server in C (HTTP written by hand); a process of its own (another 40 ms and 40 MB, something to be found and ended when this
 * one is killed, and a child that programs which look after children would see).
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CommandError } from '../cli/command-error.js';
import { STDERR, write } from '../cli/terminal.js';
import type { Addon, RunOptions } from '../embed/addon.js';
import { FAILED, LISTENING, PATIENCE_MS, type Setup } from './setup.js';

/** Environment variables that may hold the token. */
const TOKEN_VARIABLES = ['QI_检查器令牌', 'QI_INSPECTOR_TOKEN'] as const;
/** What a header carries as it is, and nobody guesses. */
const TOKEN = /^[\x21-\x7e]{16,256}$/;
const PLACES = ['./inspector.cjs', '../../dist/inspector.cjs'];
const START_MS = 20_000;

interface Token { readonly text: string; /** The variable it came from; undefined: it was made. */ readonly from: string | undefined }

function takeToken(env: NodeJS.ProcessEnv): Token {
  const from = TOKEN_VARIABLES.find((name) => env[name] !== undefined);
  if (from === undefined) return { text: randomBytes(32).toString('hex'), from };
  const text = env[from] ?? '';
  for (const name of TOKEN_VARIABLES) delete env[name];
  if (TOKEN.test(text)) return { text, from };
  throw new CommandError('E9015', { 原因: { zh: `${from} 应当是 16 到 256 个 ASCII 字符，不含空格`, en: `${from} should be 16 to 256 ASCII characters without blanks` } });
}

/** Address space a thread of Node reserves before it runs (0.85 GB with 20.20 on x86-64); when it gets less, V8 ends the whole process. */
const THREAD_BYTES = 1e9;

/** Throws E9015 when a limit of address space (ulimit -v) leaves less than the thread takes. */
function checkAddressSpace(): void {
  let left = Infinity;
  try {
    const [, limit] = /^Max address space +(\d+) /m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    if (limit !== undefined) left = Number(limit) - Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]) * 4096;
  } catch {
    return; // not known here
  }
  if (left < THREAD_BYTES) {
    throw new CommandError('E9015', { 原因: { zh: '地址空间的限制（ulimit -v）太小，它的线程要 1 GB', en: 'the limit of address space (ulimit -v) is too low, its thread takes 1 GB' } });
  }
}

/** Starts the thread and waits until it listens; gives the thread and its port. */
function listen(setup: Omit<Setup, 'state' | 'reason'>): { readonly thread: Worker; readonly port: number } {
  const file = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (file === undefined) throw new CommandError('E9004', { 原因: 'dist/inspector.cjs' });
  const state = new Int32Array(new SharedArrayBuffer(8));
  const reason = new Uint8Array(new SharedArrayBuffer(256));
  const thread = new Worker(file, { workerData: { ...setup, state, reason } satisfies Setup, resourceLimits: { maxOldGenerationSizeMb: 64 } });
  thread.on('error', () => undefined); // who asks sees that nobody answers; the program goes on
  Atomics.wait(state, 0, 0, START_MS);
  if (state[0] === LISTENING) return { thread, port: state[1]! };
  const said = state[0] === FAILED ? Buffer.from(reason).toString('utf8').replace(/\0.*$/s, '') : '';
  void thread.terminate();
  const why = said === 'EADDRINUSE' ? { zh: `端口 ${setup.port} 已被占用`, en: `port ${setup.port} is in use` }
    : said === 'EACCES' ? { zh: `没有权限使用端口 ${setup.port}`, en: `no permission to use port ${setup.port}` }
      : { zh: said === '' ? '它没有及时启动' : said, en: said === '' ? 'it did not start in time' : said };
  throw new CommandError('E9015', { 原因: why });
}

function announce(port: number, token: Token, { language, json }: RunOptions): void {
  const url = `http://127.0.0.1:${port}/v1`;
  if (json) {
    write(STDERR, `${JSON.stringify({ inspector: { url, token: token.from === undefined ? token.text : null, tokenFrom: token.from ?? null } })}\n`);
    return;
  }
  const where = token.from === undefined ? token.text : language === 'zh' ? `取自 ${token.from}` : `from ${token.from}`;
  write(STDERR, language === 'zh' ? `检查器: ${url} 令牌: ${where}\n` : `inspector: ${url} token: ${where}\n`);
}

/** Runs a program under the inspector on `port` (0: any); gives its exit code. Throws CommandError E9015. */
export async function runWithInspector(addon: Addon, module: Uint8Array, options: RunOptions, port: number): Promise<number> {
  const token = takeToken(process.env);
  checkAddressSpace();
  const [mine, theirs] = addon.pair();
  const { thread, port: actual } = listen({ port, token: token.text, descriptor: theirs });
  announce(actual, token, options);
  const code = addon.run(module, { ...options, inspector: mine });
  await new Promise<void>((done) => {
    const late = setTimeout(done, PATIENCE_MS);
    thread.once('exit', () => {
      clearTimeout(late);
      done();
    });
  });
  await thread.terminate();
  return code;
}
