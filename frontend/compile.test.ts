import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from './compile.js';
import { NO_FILES } from './project.js';

/** Codes and lines of all errors of a program. */
function errors(text: string): string {
  return compile(new TextEncoder().encode(text), '程序.qi').diagnostics
    .map((d) => `${d.code} ${d.file.lineAt(d.span.start)}`).join(', ');
}

test('what a syntax error does not touch is checked', () => {
  assert.is(errors('函数 坏() { 变量 甲 = }\n函数 好(): 整数 { 返回 "一" }'), 'E2005 1, E3001 2');
  assert.is(errors('变量 甲 = 1 +\n变量 乙: 整数 = "二"'), 'E2005 1, E3001 2');
});

test('a function whose head is whole can be used though its body is broken', () => {
  assert.is(errors('函数 坏(x: 整数): 整数 { 返回 x + }\n函数 用(): 整数 { 返回 坏("一") }'), 'E2005 1, E3001 2');
  assert.is(errors('类型 点 { 整数 x; }\n方法 点 { 函数 坏(): 整数 { 返回 1 + } 函数 好(): 整数 { 返回 1 } }\n函数 用(p: 点): 字符串 { 返回 p.好() }'), 'E2005 2, E3001 3');
});

test('nothing is said about what needs something broken', () => {
  // The head, the type, the import, the variable are what is broken.
  assert.is(errors('函数 坏(x: 整数, 返回): 整数 { 返回 x }\n函数 用(): 字符串 { 返回 坏("一", 2, 3) }'), 'E2016 1');
  assert.is(errors('类型 点 { 整数 = }\n函数 用(p: 点): 整数 { 返回 p.x + p.y }'), 'E2001 1');
  assert.is(errors('导入 { 甲 }\n函数 用(): 整数 { 返回 甲() }'), 'E2001 1');
  assert.is(errors('变量 列 = [1, , 2]\n打印行(列.没有())'), 'E2005 1');
  // A result without a written type is known from the body.
  assert.is(errors('函数 坏() { 返回 [1, ] + * }\n函数 用(): 整数 { 返回 坏() }'), 'E2005 1');
  // A name that is missing may be any.
  assert.is(errors('函数 () { }\n函数 用() { 没有的() }'), 'E2001 1');
  // What a later use would have decided.
  assert.is(errors('变量 列 = []\n列.添加(1 2)\n打印行(列)'), 'E2001 2');
});

test('behind a brace that is missing or too many nothing is believed', () => {
  assert.is(errors('函数 甲() { 如果 真 { 打印行(1) }\n函数 乙(): 整数 { 返回 "二" }'), 'E2002 1');
  assert.is(errors('函数 甲() { 变量 x = 1 } 打印行(x) }\n函数 乙(): 整数 { 返回 "二" }'), 'E2004 1');
  assert.is(errors('函数 甲(): 整数 { 返回 "一" }\n函数 乙()\n    变量 x = 1\n    打印行(x)\n}'), 'E3001 1, E2019 2');
});

test('a check makes no module and meets the limits of the format all the same', () => {
  const checked = (text: string) => compile(new TextEncoder().encode(text), '程序.qi', NO_FILES, 'check');
  assert.equal(checked('打印行(1)'), { module: undefined, diagnostics: [], tests: [] });
  const many = Array.from({ length: 60_001 }, (_, i) => `变量 v${i} = 1\n`).join('');
  assert.equal(checked(`函数 入口() {\n${many}}`).diagnostics.filter((d) => d.severity === 'error').map((d) => d.code), ['E9006']);
});

test.run();
