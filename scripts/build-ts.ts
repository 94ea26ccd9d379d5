/*
 * Bundles the front end: dist/qi.cjs (the command: a launcher, its bundle and the bundle's compiled code),
 * dist/embed.js (the library) and dist/types (its declarations).
 *
 *   tsx scripts/build-ts.ts               everything
 *   tsx scripts/build-ts.ts --no-types    without the declarations, which take most of the time
 *
 * One file per entry, because resolving dozens of modules costs more at start-up than everything the command does
 * for a small program; scripts/launcher.cjs says why the command is CommonJS. Names are not minified: stack traces of
 * our own defects stay readable.
 */
import { build } from 'esbuild';
import { chmodSync, copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runCommand } from './run-command.js';

const dist = (name: string): string => join(ROOT, 'dist', name);

async function script(...args: string[]): Promise<number> {
  const result = await runCommand(process.execPath, args);
  if (result.code !== 0) process.stderr.write(result.stdout + result.stderr);
  return result.code;
}

async function main(args: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const common = {
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    define: { QI_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  } as const;
  rmSync(dist('qi-main.cache'), { force: true });
  await build({
    ...common,
    entryPoints: ['frontend/cli/main.ts'],
    outfile: dist('qi-main.cjs'),
    format: 'cjs',
    define: { ...common.define, 'import.meta.url': 'bundleUrl' },
    banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  // esbuild leaves regular expressions as they are; in them, too, an escape means the character.
  const bundle = readFileSync(dist('qi-main.cjs'), 'utf8');
  writeFileSync(dist('qi-main.cjs'), bundle.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
  copyFileSync(join(ROOT, 'scripts/launcher.cjs'), dist('qi.cjs'));
  chmodSync(dist('qi.cjs'), 0o755);
  await build({ ...common, entryPoints: ['frontend/embed/index.ts'], outfile: dist('embed.js'), format: 'esm', charset: 'utf8' });
  // The thread that serves the inspector.
  await build({ ...common, entryPoints: ['frontend/inspector/thread.ts'], outfile: dist('inspector.cjs'), format: 'cjs', define: { ...common.define, 'import.meta.url': 'bundleUrl' },
    banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' } });
  const cached = await script('scripts/code-cache.mjs');
  if (cached !== 0 || args.includes('--no-types')) return cached;

  rmSync(dist('types'), { recursive: true, force: true });
  return script(join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.types.json', '--outDir', dist('types'));
}

process.exitCode = await main(process.argv.slice(2));
