/*
 * Bundles the front end: dist/qi.js (the command), dist/embed.js (the library) and dist/types (its declarations).
 *
 *   tsx scripts/build-ts.ts               everything
 *   tsx scripts/build-ts.ts --no-types    without the declarations, which take most of the time
 *
 * One file per entry, because resolving dozens of modules costs more at start-up than everything the command does
 * for a small program. Nothing is minified: stack traces of our own defects stay readable.
 */
import { build } from 'esbuild';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runCommand } from './run-command.js';

async function main(args: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    charset: 'utf8',
    define: { QI_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  } as const;
  await build({ ...common, entryPoints: ['frontend/cli/main.ts'], outfile: 'dist/qi.js', banner: { js: '#!/usr/bin/env node' } });
  await build({ ...common, entryPoints: ['frontend/embed/index.ts'], outfile: 'dist/embed.js' });
  chmodSync(join(ROOT, 'dist/qi.js'), 0o755);
  if (args.includes('--no-types')) return 0;

  const types = join(ROOT, 'dist/types');
  rmSync(types, { recursive: true, force: true });
  const tsc = await runCommand(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json', '--outDir', types,
  ]);
  if (tsc.code !== 0) process.stderr.write(tsc.stdout + tsc.stderr);
  return tsc.code;
}

process.exitCode = await main(process.argv.slice(2));
