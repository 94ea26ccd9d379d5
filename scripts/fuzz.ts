/*
 * npm run fuzz: mutates modules under AddressSanitizer and UBSan (vm/interp/fuzz_main.c). Seeds are the spec-tests and
 * examples the front end compiles; together they must contain everything a module can (fuzz-corpus.ts).
 *
 *   npm run fuzz                      a minute, a seed from the clock
 *   npm run fuzz -- 600 7             ten minutes, seed 7
 *   npm run fuzz -- --runs 1000000    by count
 *
 * A module that crashes, is reported or hangs is left in build/fuzz-crash.qic:
 *   build/asan/fuzz --replay build/fuzz-crash.qic
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpus } from './fuzz-corpus.js';
import { ROOT } from './run-command.js';

function writeSeeds(folder: string, modules: readonly Uint8Array[]): string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return modules.map((module, i) => {
    const path = join(folder, `${i}.qic`);
    writeFileSync(path, module);
    return path;
  });
}

function main(args: readonly string[]): number {
  const make = spawnSync('make', ['-C', join(ROOT, 'vm'), '-j2', 'VARIANT=asan', join(ROOT, 'build/asan/fuzz')], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (make.status !== 0) return 1;
  const { modules, gaps } = corpus();
  for (const gap of gaps) console.error(`no seed contains: ${gap}`);
  if (modules.length === 0 || gaps.length > 0) return 1;
  const seeds = writeSeeds(join(ROOT, 'build/fuzz-seeds'), modules);
  const plain = args.every((arg) => /^\d+$/.test(arg));
  const [seconds = '60', seed = String(Date.now() % 1_000_000)] = plain ? args : [];
  const options = plain ? ['--seconds', seconds, '--seed', seed] : args;
  const fuzz = spawnSync(join(ROOT, 'build/asan/fuzz'), [...options, '--crash', join(ROOT, 'build/fuzz-crash.qic'), ...seeds], { stdio: 'inherit' });
  return fuzz.status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
