/*
 * What `npm ci` and `npm install` run: builds the C runtime, and in a clone the bundle too. The published package
 * brings dist/ and has no frontend/; it needs only the code cache, which belongs to the Node that runs it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

function step(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

step('scripts/build-native.mjs');
if (existsSync(join(ROOT, 'frontend'))) step('--import', 'tsx', 'scripts/build-ts.ts');
else step('scripts/code-cache.mjs');
