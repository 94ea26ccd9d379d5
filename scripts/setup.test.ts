/*
 * scripts/setup.sh on a machine that lacks something: what cannot be installed ends it with a coded message. The tools it
 * calls are stood in for by small scripts at the front of PATH; nothing is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from './run-command.js';

interface Context {
  dir: string;
}

const test = suite<Context>('setup');

test.before.each((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'qi-setup-'));
});

test.after.each((context) => rmSync(context.dir, { recursive: true, force: true }));

/** Runs setup.sh as root with these commands in place of the real ones; npm only leaves a mark. */
function setup(dir: string, commands: Readonly<Record<string, string>>): { code: number | null; stderr: string; ready: boolean } {
  const all = { id: 'echo 0', npm: `touch ${dir}/ready`, ...commands };
  for (const [name, body] of Object.entries(all)) writeFileSync(join(dir, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  const { status, stderr } = spawnSync('sh', ['scripts/setup.sh'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, PATH: `${dir}:${process.env['PATH'] ?? ''}` },
  });
  return { code: status, stderr, ready: existsSync(join(dir, 'ready')) };
}

/** A compiler that does not find pcre2 until there is a file. */
const withoutPcre = (installed: string): string => `case "$*" in *pcre2*) [ -e ${installed} ] || exit 1;; esac\ncat >/dev/null`;

test('goes on when everything is there', ({ dir }) => {
  assert.equal(setup(dir, { cc: 'cat >/dev/null', 'apt-get': 'exit 100' }), { code: 0, stderr: '', ready: true });
});

test('installs a library that is missing, and looks again', ({ dir }) => {
  const installed = join(dir, 'installed');
  const result = setup(dir, { cc: withoutPcre(installed), 'apt-get': `case "$*" in *libpcre2-dev) touch ${installed};; esac` });
  assert.equal(result, { code: 0, stderr: '', ready: true });
});

test('ends when a library cannot be installed', ({ dir }) => {
  const result = setup(dir, { cc: withoutPcre(join(dir, 'never')), 'apt-get': 'exit 100' });
  assert.is(result.code, 1);
  assert.match(result.stderr, /错误 \[E9906\]: 缺少 C 库 libpcre2-8/);
  assert.not(result.ready);
});

test('ends when the library is not there after apt-get said it was installed', ({ dir }) => {
  const result = setup(dir, { cc: withoutPcre(join(dir, 'never')), 'apt-get': 'exit 0' });
  assert.is(result.code, 1);
  assert.match(result.stderr, 'E9906');
});

test('ends when the headers of the C library cannot be installed', ({ dir }) => {
  const result = setup(dir, { cc: 'exit 1', 'apt-get': 'exit 0' });
  assert.is(result.code, 1);
  assert.match(result.stderr, /错误 \[E9904\]: 缺少 libc/);
  assert.not(result.ready);
});

test.run();
