/*
 * Builds the interpreter with another way of dispatching (run.c) and runs the programs about the engine on it, so that
 * neither way rots while everybody uses the usual one.
 *
 *   tsx scripts/test-dispatch.ts switch|tail [words…]    the programs whose path contains a word; 9-引擎 unless given
 *
 * The last line is `N passed, N failed`.
 */
import { join } from 'node:path';
import { ROOT, runCommand } from './run-command.js';
import { badArgument, endWith } from './script-error.js';

async function main(variant: string | undefined, words: readonly string[]): Promise<number> {
  if (variant !== 'switch' && variant !== 'tail') {
    throw badArgument(`要 switch 或 tail，得到 ${variant ?? '空'}`, `switch or tail is wanted, found ${variant ?? 'nothing'}`);
  }
  const qivm = join(ROOT, 'build', variant, 'qivm');
  const built = await runCommand('make', ['-C', 'vm', '-j2', `VARIANT=${variant}`, qivm]);
  const filters = words.length > 0 ? words : ['9-引擎'];
  const result = built.code !== 0 ? built : await runCommand(process.execPath, ['--import', 'tsx', 'spec-tests/run.ts', '--engine', 'vm', '--qivm', qivm, ...filters]);
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  return result.code;
}

await endWith(() => main(process.argv[2], process.argv.slice(3)));
