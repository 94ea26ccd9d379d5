/*
 * How much is shown, and in which language: at most a hundred diagnostics for people, and the listing of bytecode in English.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { QI, qi, run, workspace, type Workspace } from './command.test-helper.js';

const test = suite<{ space: Workspace }>('shown');

test.before((context) => void (context.space = workspace('shown')));
test.after(({ space }) => rmSync(space.dir, { recursive: true }));

const counted = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

test('of many errors a hundred are shown, and the rest counted', ({ space }) => {
  const file = join(space.dir, '多.qi');
  writeFileSync(file, Array.from({ length: 250 }, (_, i) => `函数 f${i}(): 整数 { 返回 "${i}" }\n`).join(''));
  const zh = qi(['check', file]);
  assert.is(zh.code, 1);
  assert.is(counted(zh.stderr, /\[E3001\]/gu), 100);
  assert.match(zh.stderr, ':100:');
  assert.not.match(zh.stderr, ':101:');
  assert.match(zh.stderr, '还有 150 个没有显示');
  assert.match(zh.stderr, '250 个错误');
  const en = qi(['run', '--lang', 'en', file]);
  assert.is(counted(en.stderr, /\[E3001\]/gu), 100);
  assert.match(en.stderr, '150 more not shown');
  assert.is(counted(qi(['check', '--json', file]).stdout, /"E3001"/gu), 250);
});

test('exactly a hundred are all', ({ space }) => {
  const file = join(space.dir, '百.qi');
  writeFileSync(file, Array.from({ length: 100 }, (_, i) => `函数 f${i}(): 整数 { 返回 "${i}" }\n`).join(''));
  const { stderr } = qi(['check', file]);
  assert.is(counted(stderr, /\[E3001\]/gu), 100);
  assert.not.match(stderr, '没有显示');
});

test('warnings do not hide an error', ({ space }) => {
  const file = join(space.dir, '警.qi');
  writeFileSync(file, `let v = 1; 打印行(v)\n${Array.from({ length: 149 }, (_, i) => `let v${i} = ${i}; 打印行(v${i})\n`).join('')}变量 y: 整数 = "错"\n`);
  const { stderr } = qi(['check', file]);
  assert.match(stderr, '[E3001]');
  assert.is(counted(stderr, /\[W\d{4}\]/gu), 99);
  assert.match(stderr, '还有 51 个没有显示');
});

test('the listing of bytecode speaks English when asked', ({ space }) => {
  const file = join(space.dir, '列.qi');
  writeFileSync(file, `协程 数() { 挂起 1; 挂起 2 }
函数 入口() {
    变量 n = 1
    变量 f = () => n + 1
    尝试 { 打印行(f()) } 捕获 e { 打印行(e.消息) } 最终 { 打印行("完") }
    对于 x 在 协程 数() { 打印行(x) }
}
`);
  const headings = ['types ', 'constants ', 'strings ', 'variables ', 'natives ', 'files ', 'function ', 'closure ', 'coroutine ', '; entry', '; live', 'registers ', ', captures ', 'suspends in ', ', file ', '  catch [', '  masked [', '; line 6, column 5'];
  const { code, stdout } = qi(['disasm', '--lang', 'en', file]);
  assert.is(code, 0);
  for (const heading of headings) assert.match(stdout, heading);
  for (const word of ['寄存器', '内建函数', '存活', '第 6 行', '屏蔽 [', '捕获 [', '挂起']) assert.not.match(stdout, word);
  assert.match(qi(['反汇编', file]).stdout, '  ; 第 6 行第 5 列');
});

test('run is silent about warnings unless asked, check never', ({ space }) => {
  const file = join(space.dir, '警告.qi');
  writeFileSync(file, '函数 入口() { 变量 没用 = 1; 打印行("好") }\n');
  assert.equal(qi(['run', file]), { code: 0, stdout: '好\n', stderr: '' });
  assert.match(qi(['run', '--警告', file]).stderr, '[W3001]');
  const checked = qi(['check', file]);
  assert.is(checked.code, 0);
  assert.match(checked.stderr, '[W3001]');
});

test('what was printed stands before the error that ends the program', ({ space }) => {
  const file = join(space.dir, '次序.qi');
  writeFileSync(file, '打印("没有换行的")\n抛出 错误("后")\n');
  const both = join(space.dir, '两者');
  run('sh', ['-c', `"${process.execPath}" "${QI}" run "${file}" >"${both}" 2>&1 || true`]);
  assert.match(readFileSync(both, 'utf8'), /^没有换行的[^]*\[E7000\]: 后/u);
});

test.run();
