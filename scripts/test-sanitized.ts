/*
 * npm run test:asan / test:tsan: the C unit tests and the whole specification on a sanitizer build.
 *
 *   asan   AddressSanitizer with leak check, UndefinedBehaviorSanitizer; any report ends the program
 *   tsan   ThreadSanitizer
 *
 *   npm run test:asan -- 通道       only the programs whose path contains a word
 *
 * Ends with `N passed, N failed`. A sanitizer report is a failure by its exit code (99), which no program uses.
 */
import { join } from 'node:path';
import { ROOT, runCommand } from './run-command.js';
import { badArgument, endWith } from './script-error.js';
import { filesEndingIn, SANITIZERS } from './test-stages.js';

async function main(variant: string | undefined, filters: readonly string[]): Promise<number> {
  const extra = variant === undefined ? undefined : SANITIZERS[variant];
  if (variant === undefined || extra === undefined) {
    const known = Object.keys(SANITIZERS);
    throw badArgument(`要 ${known.join(' 或 ')}，得到 ${variant ?? '空'}`, `${known.join(' or ')} is wanted, found ${variant ?? 'nothing'}`);
  }
  const built = await runCommand('make', ['-C', 'vm', '-j2', `VARIANT=${variant}`, 'all']);
  if (built.code !== 0) {
    process.stderr.write(built.stdout + built.stderr);
    return 1;
  }
  const env = { ...process.env, ...extra };
  let passed = 0;
  let failed = 0;
  const add = (what: string, result: { code: number; stdout: string; stderr: string }): void => {
    const counts = [...result.stdout.matchAll(/^(\d+) passed, (\d+) failed\s*$/gm)].at(-1);
    const bad = counts === undefined ? 1 : Math.max(Number(counts[2]), result.code === 0 ? 0 : 1);
    passed += Number(counts?.[1] ?? 0);
    failed += bad;
    if (bad > 0) console.error(`── ${what}\n${result.stdout}${result.stderr}`);
  };
  if (filters.length === 0) {
    for (const test of ['vm', 'natives'].flatMap((dir) => filesEndingIn(dir, '_test.c'))) {
      add(test, await runCommand(join(ROOT, `build/${variant}/tests`, test.replace(/\.c$/, '')), [], { env }));
    }
  }
  const qivm = join(ROOT, `build/${variant}/qivm`);
  add('specification', await runCommand(process.execPath, ['--import', 'tsx', 'spec-tests/run.ts', '--qivm', qivm, '--timeout', '200000', ...filters], { env }));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

await endWith(() => main(process.argv[2], process.argv.slice(3)));
