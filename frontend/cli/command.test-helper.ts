/*
 * For tests of the command: runs the bundle, as a user does, and looks at how it ended.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const QI = join(ROOT, 'dist/qi.cjs');
export const QIVM = process.env['QI_TEST_QIVM'] ?? join(ROOT, 'build/Release/qivm');
export const HELLO = '函数 入口() { 打印行("你好"); }\n';

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(command: string, args: readonly string[], input: string | Uint8Array = ''): Result {
  const result = spawnSync(command, args, { input, encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 28 });
  assert.is(result.signal, null, `${command} ${args.join(' ')} ended by a signal`);
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

export const qi = (args: readonly string[], input: string | Uint8Array = ''): Result => run(process.execPath, [QI, ...args], input);

/** Fails with a coded message, never as an internal error. */
export function refuses(result: Result, code: string, exit = 1): void {
  assert.match(result.stderr, `[${code}]`, `expected ${code}, found ${result.stderr.slice(0, 400)}`);
  assert.is(result.code, exit, result.stderr.slice(0, 400));
}

/** A folder with the program 好.qi and its module. */
export interface Workspace {
  dir: string;
  module: Buffer;
}

/** Makes one in the folder for temporary files; the caller removes `dir`. */
export function workspace(name: string): Workspace {
  const dir = mkdtempSync(join(tmpdir(), `qi-${name}-`));
  writeFileSync(join(dir, '好.qi'), HELLO);
  const compiled = qi(['编译', join(dir, '好.qi')]);
  assert.is(compiled.code, 0, compiled.stderr);
  return { dir, module: readFileSync(join(dir, '好.qic')) };
}
