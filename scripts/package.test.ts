/*
 * The published package as a user gets it: packed (which builds dist/), installed into an empty project without a network, then
 * used as a command, as an ES module and from TypeScript.
 *
 * Installing compiles the C part, which takes most of a minute; here the runtime that is built already is put beside it instead.
 * `npm run test:package` (--full) lets the package compile its own.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from './run-command.js';

const FULL = process.argv.includes('--full');
const SOURCES = [
  'frontend', 'natives', 'scripts', 'vm', 'docs', 'binding.gyp', 'package.json', 'tsconfig.json', 'tsconfig.types.json', 'README.md', 'LICENSE',
];

interface Context {
  folder: string;
  project: string;
  installed: string;
}

const test = suite<Context>('package');

function run(cwd: string, command: string, ...args: string[]): string {
  const env = { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
  const result = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: 200_000 });
  assert.is(result.status, 0, `${command} ${args.join(' ')}: ${result.error?.message ?? result.stderr.slice(-2000)}`);
  return result.stdout;
}

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'qi-package-'));
  const source = join(context.folder, 'source');
  mkdirSync(source);
  for (const path of SOURCES) cpSync(join(ROOT, path), join(source, path), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  run(source, 'npm', 'pack', '--silent', '--pack-destination', context.folder);
  const tarball = readdirSync(context.folder).find((name) => name.endsWith('.tgz'));
  assert.ok(tarball);
  context.project = join(context.folder, 'project');
  mkdirSync(context.project);
  writeFileSync(join(context.project, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  const scripts = FULL ? [] : ['--ignore-scripts'];
  run(context.project, 'npm', 'install', '--offline', '--silent', ...scripts, join(context.folder, tarball));
  context.installed = join(context.project, 'node_modules/qi-lang');
  if (FULL) return;
  mkdirSync(join(context.installed, 'build/Release'), { recursive: true });
  for (const name of ['qi_addon.node', 'qivm']) cpSync(join(ROOT, 'build/Release', name), join(context.installed, 'build/Release', name));
  run(context.installed, process.execPath, 'scripts/code-cache.mjs');
});

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test('holds what a user needs and nothing of the tests', ({ installed }) => {
  for (const path of ['LICENSE', 'README.md', 'dist/qi.cjs', 'dist/embed.js', 'dist/types/embed/index.d.ts', 'docs/错误码/E3.md', 'dist/inspector.cjs', 'docs/检查器.openapi.json', 'vm/interp/run.c', 'scripts/install.mjs']) {
    assert.ok(existsSync(join(installed, path)), path);
  }
  const all = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  assert.equal(all.filter((path) => /_test\.c$|\.test\.ts$|\bfuzz_|^frontend\b|^spec-tests\b|^node_modules\b/.test(path)), []);
});

test('its command runs a program', ({ project }) => {
  writeFileSync(join(project, '你好.qi'), '打印行("你好")\n');
  assert.is(run(project, 'npx', '--offline', 'qi', 'run', '你好.qi'), '你好\n');
  assert.is(run(project, 'npx', '--offline', 'qi', 'run', '--检查器', '你好.qi'), '你好\n');
  assert.match(run(project, 'npx', '--offline', 'qi', '解释', 'E3001'), '类型');
});

test('it is imported as an ES module', ({ project }) => {
  writeFileSync(join(project, 'use.mjs'), "import { check, run } from 'qi-lang';\nconsole.log(check('打印行(没有)')[0].code);\nprocess.exitCode = run('打印行(1 + 1)');\n");
  assert.is(run(project, process.execPath, 'use.mjs'), 'E3002\n2\n');
});

test('TypeScript knows its types', ({ project }) => {
  writeFileSync(join(project, 'use.ts'), `import { compile, memoryHost, QiCompileError, run, type Problem, type RunOptions } from 'qi-lang';
const options: RunOptions = { args: ['甲'], seed: 1n, language: 'en', json: true };
const problems: readonly Problem[] = compile('打印行(1)', { path: '甲.qi', host: memoryHost({}) }).problems;
const code: number = run('打印行(1)', options);
// @ts-expect-error a program is text or bytes
compile(5);
export const all = [problems.length, code, QiCompileError.name];
`);
  const config = { compilerOptions: { strict: true, noEmit: true, module: 'nodenext', target: 'es2022', types: [], skipLibCheck: false }, files: ['use.ts'] };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  run(project, process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.');
});

test.run();
