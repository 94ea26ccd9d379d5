/*
 * What the scripts of the installation say when something is missing: each coded message, in a copy of the few files they need,
 * with tools that fail. Nothing is installed: the search path holds only what the test puts there.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from './run-command.js';

interface Context {
  root: string;
}

const test = suite<Context>('installation');

test.before((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'qi-install-'));
  for (const path of ['scripts', 'vm/include', 'binding.gyp', 'package.json', 'dist']) cpSync(join(ROOT, path), join(context.root, path), { recursive: true });
  mkdirSync(join(context.root, 'build'));
});

test.after(({ root }) => rmSync(root, { recursive: true, force: true }));

/** A folder of tools: links to real ones, and scripts. */
function tools(root: string, name: string, real: readonly string[], fake: Readonly<Record<string, string>>): string {
  const folder = join(root, name);
  mkdirSync(folder);
  for (const tool of real) {
    const path = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(path, join(folder, tool));
  }
  for (const [tool, text] of Object.entries(fake)) {
    writeFileSync(join(folder, tool), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, tool), 0o755);
  }
  return folder;
}

function says(code: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): void {
  const result = spawnSync(command, [...args], { env, cwd, encoding: 'utf8', timeout: 60_000 });
  assert.is(result.signal, null);
  assert.is.not(result.status, 0, code);
  assert.match(result.stderr, `[${code}]`, `${code}: found ${result.stderr.slice(0, 400)}`);
  assert.match(result.stderr, '提示');
}

const SHELL_TOOLS = ['sh', 'dirname', 'grep', 'sed', 'id', 'printf', 'cat', 'rm', 'mktemp', 'head', 'cut', 'tr'];

test('setup.sh names a missing tool', ({ root }) => {
  const path = tools(root, 'no-compiler', SHELL_TOOLS, {});
  says('E9904', '/bin/sh', ['scripts/setup.sh'], { PATH: path }, root);
});

test('setup.sh names an old Node', ({ root }) => {
  const fake = { cc: 'exit 0', gcc: 'exit 0', make: 'exit 0', python3: 'exit 0', objdump: 'exit 0', npm: 'exit 0', node: 'if [ "$1" = --version ]; then echo v18.0.0; else exit 1; fi' };
  says('E9905', '/bin/sh', ['scripts/setup.sh'], { PATH: tools(root, 'old-node', SHELL_TOOLS, fake) }, root);
});

test('the build says that node-gyp is missing', ({ root }) => {
  says('E9901', process.execPath, ['scripts/build-native.mjs'], { PATH: process.env['PATH'] }, root);
});

test('the build says that Node has no headers', ({ root }) => {
  const bin = join(root, 'node', 'bin');
  mkdirSync(bin, { recursive: true });
  cpSync(process.execPath, join(bin, 'node'));
  writeFileSync(join(root, 'gyp.js'), '');
  says('E9902', join(bin, 'node'), ['scripts/build-native.mjs'], { PATH: process.env['PATH'], npm_config_node_gyp: join(root, 'gyp.js') }, root);
});

test('the build says that compiling failed', ({ root }) => {
  const gyp = join(root, 'failing-gyp.js');
  writeFileSync(gyp, 'process.exit(1)');
  says('E9903', process.execPath, ['scripts/build-native.mjs'], { PATH: process.env['PATH'], npm_config_node_gyp: gyp }, root);
});

test('the build says that a C library is missing', ({ root }) => {
  const cc = join(tools(root, 'no-library', [], { cc: 'exit 1' }), 'cc');
  says('E9906', process.execPath, ['scripts/build-native.mjs'], { PATH: process.env['PATH'], CC: cc }, root);
});

test('the command says that the runtime is missing', ({ root }) => {
  writeFileSync(join(root, '甲.qi'), '打印行(1)\n');
  says('E9004', process.execPath, ['dist/qi.cjs', 'run', '甲.qi'], { PATH: process.env['PATH'] }, root);
});

test('a defect of the command itself is a coded message', ({ root }) => {
  const broken = join(root, 'broken.cjs');
  writeFileSync(broken, "process.stdout.write = () => { throw new Error('x') }; const { writeSync } = require('node:fs'); require('node:fs').writeSync = (fd, ...rest) => { if (fd === 1) throw new TypeError('broken'); return writeSync(fd, ...rest); };\n");
  const args = ['--require', broken, 'dist/qi.cjs', '--help'];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 60_000 });
  assert.is(result.status, 70, result.stderr);
  assert.match(result.stderr, '[E9005]');
});

test.run();
