/*
 * npm run fuzz: mutates modules under AddressSanitizer and UBSan (vm/interp/fuzz_main.c). Seeds are the spec-tests and
 * examples the front end compiles.
 *
 *   npm run fuzz                      a minute, a seed from the clock
 *   npm run fuzz -- 600 7             ten minutes, seed 7
 *   npm run fuzz -- --runs 1000000    by count
 *
 * A module that crashes, is reported or hangs is left in build/fuzz-crash.qic:
 *   build/asan/fuzz --replay build/fuzz-crash.qic
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../frontend/compile.js';
import { ROOT } from './run-command.js';
import { filesEndingIn } from './test-stages.js';

/** Larger modules make slow mutants and teach the fuzzer nothing new. */
const LARGEST_SEED = 8192;
/** Command lines have a limit; programs beyond are left out evenly. */
const MOST_SEEDS = 600;

/** Compiles what compiles; programs that are meant to be refused are no seeds. */
function writeSeeds(folder: string): string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const sources = ['spec-tests', '示例'].flatMap((dir) => filesEndingIn(dir, '.qi'));
  const step = Math.ceil(sources.length / MOST_SEEDS);
  const seeds: string[] = [];
  sources.filter((_, i) => i % step === 0).forEach((source, i) => {
    const { module } = compile(readFileSync(join(ROOT, source)), source);
    if (module === undefined || module.length > LARGEST_SEED) return;
    const path = join(folder, `${i}.qic`);
    writeFileSync(path, module);
    seeds.push(path);
  });
  return seeds;
}

function main(args: readonly string[]): number {
  const make = spawnSync('make', ['-C', join(ROOT, 'vm'), '-j2', 'VARIANT=asan', join(ROOT, 'build/asan/fuzz')], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (make.status !== 0) return 1;
  const seeds = writeSeeds(join(ROOT, 'build/fuzz-seeds'));
  if (seeds.length === 0) {
    console.error('no program compiled: nothing to mutate');
    return 1;
  }
  const plain = args.every((arg) => /^\d+$/.test(arg));
  const [seconds = '60', seed = String(Date.now() % 1_000_000)] = plain ? args : [];
  const options = plain ? ['--seconds', seconds, '--seed', seed] : args;
  const fuzz = spawnSync(join(ROOT, 'build/asan/fuzz'), [...options, '--crash', join(ROOT, 'build/fuzz-crash.qic'), ...seeds], { stdio: 'inherit' });
  return fuzz.status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
