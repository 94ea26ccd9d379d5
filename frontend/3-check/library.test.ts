/**
 * A program pays for what it uses of the library, not for what it imports.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../diagnostics.js';
import { parse } from '../2-parse/parse.js';
import { resolve } from '../2b-resolve/resolve.js';
import { NO_FILES } from '../project.js';
import { SourceFile } from '../source.js';
import { isBuiltinName } from './builtin-names.js';
import { check } from './check.js';

/** Names of the functions of a program, in order. */
function functionsOf(text: string): string[] {
  const report = (d: Diagnostic): void => {
    if (d.severity === 'error') throw new Error(`${d.code} at ${d.file.path}:${d.span.start}`);
  };
  const unit = parse(new SourceFile('程序.qi', text), report);
  return check(resolve(unit, NO_FILES, isBuiltinName, report), report).functions.map((f) => f.name);
}

test('an import alone brings no functions', () => {
  assert.equal(functionsOf('导入 标准库.数学;\n函数 入口() { 打印行(1); }'), ['入口']);
});

test('a function that is used comes with what it uses', () => {
  assert.equal(functionsOf('导入 标准库.数学;\n函数 入口() { 打印行(数学.最小公倍数(4, 6)); }'), ['入口', '最小公倍数', '最大公约数', '绝对值']);
});

test('as a value, too, and inside a function without types that nobody calls', () => {
  const value = '导入 标准库.数学;\n函数 入口() { 变量 倍数 = 数学.最小公倍数; 打印行(倍数(4, 6)); }';
  assert.equal(functionsOf(value), ['入口', '最小公倍数', '最大公约数', '绝对值']);
  assert.equal(functionsOf(`${value}\n函数 无人(x) { 打印行(x, 数学.最小公倍数(4, 6)); }`), ['入口', '最小公倍数', '最大公约数', '绝对值']);
});

test('of the methods of a built-in type, those that are called', () => {
  assert.equal(functionsOf('函数 入口() { 打印行("甲-乙".切分("-").取出().0); }'), ['入口', '字符串.切分', '字符串.切分于']);
});

test.run();
