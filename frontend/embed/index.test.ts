import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { check, compile, QiCompileError, run } from './index.js';
import { addon } from './addon.js';

const HELLO = '打印行("你好");\n';

test('compile gives a module or problems, never both', () => {
  const good = compile(HELLO);
  assert.instance(good.module, Uint8Array);
  assert.equal(good.problems.filter((p) => p.severity === 'error'), []);
  const bad = compile('打印行(没有的名字);\n', { path: '甲.qi' });
  assert.is(bad.module, undefined);
  const [problem] = bad.problems;
  assert.equal([problem?.code, problem?.path, problem?.line, problem?.column], ['E3002', '甲.qi', 1, 5]);
});

test('messages follow the language', () => {
  assert.match(check('打印行(没有的名字);')[0]?.rendered ?? '', '错误 [E3002]');
  assert.match(check('打印行(没有的名字);', { language: 'en' })[0]?.rendered ?? '', 'error [E3002]');
});

test('text with errors does not run', () => {
  assert.throws(() => run('打印行(没有的名字);'), (error: unknown) => error instanceof QiCompileError && error.problems[0]?.code === 'E3002');
});

test('run gives the exit code of a program', () => {
  assert.is(run('函数 入口(): 整数 { 返回 程序参数().长度(); }', { args: ['甲', '乙', '丙'] }), 3);
  assert.is(run('函数 入口(): 整数 { 返回 7; }', { seed: 1n }), 7);
});

test('the addon disassembles and verifies', () => {
  const { module } = compile(HELLO);
  assert.ok(module);
  assert.equal(addon().verify(module, 'zh'), { ok: true, text: '' });
  const text = addon().disassemble(module, 'zh');
  assert.ok(text.ok);
  assert.match(text.text, 'NATIVE');
  const refused = addon().verify(module.slice(0, 30), 'en');
  assert.not.ok(refused.ok);
  assert.match(refused.text, /^error \[E901\d\]/);
});

/** A TypeError with a code and a Chinese message. */
function isBadArgument(error: unknown): boolean {
  return error instanceof TypeError && (error as NodeJS.ErrnoException).code === 'E9013' && /^参数不对：.*[是个].*$/.test(error.message);
}

test('wrong arguments are coded TypeErrors, not crashes', () => {
  const raw = addon() as unknown as Record<string, (...args: unknown[]) => unknown>;
  const module = compile(HELLO).module;
  const options = { args: [], seed: undefined, workers: 1, language: 'zh', json: false, signals: false, leaks: true };
  const cases: unknown[][] = [
    [], [module], [undefined, options], ['x', options], [new Uint16Array(4), options], [module, undefined], [module, {}],
    [module, { ...options, args: 'x' }], [module, { ...options, args: [1] }], [module, { ...options, seed: 1 }],
    [module, { ...options, workers: 0 }], [module, { ...options, workers: 1.5 }], [module, { ...options, workers: 1025 }], [module, { ...options, workers: '2' }],
    [module, { ...options, seed: -1n }], [module, { ...options, seed: 1n << 64n }], [module, { ...options, language: 'fr' }],
    [module, { ...options, json: 'yes' }], [module, { ...options, signals: 1 }], [module, { ...options, leaks: 1 }],
  ];
  for (const args of cases) assert.throws(() => raw['run']?.(...args), isBadArgument);
  for (const name of ['verify', 'disassemble']) {
    assert.throws(() => raw[name]?.('x', 'zh'), isBadArgument);
    assert.throws(() => raw[name]?.(module, 'a language with a long name'), isBadArgument);
  }
  for (const wrong of [undefined, 5, new Uint16Array(2)]) assert.throws(() => compile(wrong as unknown as string), isBadArgument);
  assert.throws(() => check(HELLO, { language: 'fr' as 'en' }), isBadArgument);
  assert.throws(() => run(HELLO, { seed: 1 as unknown as bigint }), isBadArgument);
});

test('leaks are reported unless nobody wants to know', () => {
  const program = `函数 收(c: 通道<整数>) { <-c }
函数 入口() {
  启动 收(通道<整数>(0))
  休眠(1)
  变量 s = ""
  对于 i 在 0..300000 { s = "甲乙丙丁" + i }
}`;
  const stderr = (options: string): string => {
    const script = `import { run } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}; process.exitCode = run(${JSON.stringify(program)}, ${options});`;
    return spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' }).stderr;
  };
  assert.match(stderr('{}'), '警告 [E6007]: 泄漏');
  assert.is(stderr('{ leaks: false }'), '');
  const found = JSON.parse(stderr('{ json: true }')) as { code: string; severity: string; waiting: { task: number; count: number; wakers: number[]; wakersCut: boolean }[] };
  assert.equal([found.code, found.severity], ['E6007', 'warning']);
  assert.equal(found.waiting.map((w) => [w.task, w.count, w.wakers, w.wakersCut]), [[2, 1, [], false]]);
});

test('tasks that do not end with the program are a warning', () => {
  const program = '函数 入口() { 创建 { 屏蔽 { 睡眠(600000) } }; 睡眠(1) }';
  const script = `import { run } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}; process.exitCode = run(${JSON.stringify(program)}, { json: true, seed: 1n });`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' });
  const found = JSON.parse(stderr) as { code: string; severity: string; message: string };
  assert.equal([status, found.code, found.severity], [0, 'E6022', 'warning']);
  assert.match(found.message, /：任务 2（创建块，创建于 /u);
});

test('what a program prints goes to the process that runs it', () => {
  const script = `import { run } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}; process.exitCode = run('打印行("直接");');`;
  const result = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal([result.status, result.stdout, result.stderr], [0, '直接\n', '']);
});

test('a thread of Node may end while one of a program is still at work', () => {
  const program = '导入 标准库.加密\n函数 入口() { 启动 { 加密.密钥派生(SHA256, "甲".转字节串(), "乙".转字节串(), 5000000) }\n 睡眠(20)\n 打印行("结束") }';
  const inner = `import { register } from 'tsx/esm/api';
register();
const { run } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
run(${JSON.stringify(program)});`;
  const script = `import { Worker } from 'node:worker_threads';
new Worker(${JSON.stringify(inner)}, { eval: true }).on('exit', () => setTimeout(() => console.log('好'), 300));`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', cwd: fileURLToPath(new URL('../..', import.meta.url)) });
  assert.equal([result.status, result.signal, result.stdout, result.stderr], [0, null, '结束\n好\n', '']);
});

test.run();
