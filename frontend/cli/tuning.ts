/*
 * Settings of V8 for large programs.
 *
 * Compiling a large program keeps V8's optimizing compiler busy on another thread from beginning to end, for longer than the
 * work itself takes. Inlining less and leaving out escape analysis makes that a quarter cheaper, and functions are fast sooner;
 * and the young generation should grow at once
 * (100,000 lines, two cores). The flags are set when the sources read so far are large, because the module for it takes 2 ms to load.
 *
 * Only for the V8 these were measured on: another complains about flags that it does not know. Not before the bundle was
 * loaded: V8 refuses compiled code that was made under other flags (scripts/launcher.cjs). Rejected: a larger young
 * generation, which cannot be changed in a running process and costs another start-up in a new one; not optimizing the longest
 * functions, or not inlining array methods (less work for the second core, nothing gained for who waits).
 */
import { createRequire } from 'node:module';

const FLAGS = ['--max-inlined-bytecode-size-cumulative=100', '--no-turbo-escape', '--semi-space-growth-factor=8'];
const MEASURED = '11.3.';
/** Bytes of sources: some 2,000 lines. */
const LARGE = 64 * 1024;

let size = 0;

/** Ends the process after large sources at once, when all is written: V8 takes some 40 ms to give back such a heap piece by piece. */
export function leave(code: number): void {
  process.exitCode = code;
  if (size > LARGE) process.exit();
}

/** Called with the size of each source before it is compiled. */
export function prepareFor(more: number): void {
  const before = size;
  size += more;
  if (before > LARGE || size <= LARGE || !process.versions.v8.startsWith(MEASURED)) return;
  const v8 = createRequire(import.meta.url)('node:v8') as typeof import('node:v8');
  for (const flag of FLAGS) v8.setFlagsFromString(flag);
}
