/**
 * Programs too large to be written down: far jumps, many constants, functions
 * and registers, deep nesting. Each must run and print the right answer, or be
 * refused with the code of the limit it passes; never crash, never be wrong.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileProgram } from './compile-program.js';
import { execute } from './execute.js';
import { findQivm } from './find-qivm.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(path.join(tmpdir(), 'qi-limits-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** Compile and run; what it printed, which must be all it did. */
async function run(source: string): Promise<string> {
  const { module, rendered } = compileProgram(new TextEncoder().encode(source), '大.qi');
  if (module === undefined) throw new Error(rendered);
  const qivm = findQivm(ROOT);
  if (qivm === undefined) throw new Error('no VM has been built');
  const file = path.join(folder, '大.qic');
  writeFileSync(file, module);
  const outcome = await execute({ command: qivm, args: [file], stdin: '', timeLimit: 60_000 });
  assert.equal({ ...outcome, stdout: '' }, { stdout: '', stderr: '', exitCode: 0, signal: undefined, timedOut: false });
  return outcome.stdout;
}

/** Codes of the errors a program is refused with. */
function refused(source: string): string[] {
  return compileProgram(new TextEncoder().encode(source), '大.qi').errors.map((error) => error.code);
}

const repeat = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('\n');

test('jumps over more instructions than a short branch reaches', async () => {
  const body = repeat(15_000, (i) => `s = s * 3 % 1000003 + ${i % 7}`);
  const source = `
    函数 入口() {
      变量 s = 1
      变量 n = 0
      当 n < 2 {
        n += 1
        如果 n == 2 { 继续 }
        ${body}
      }
      打印行(s)
    }`;
  let s = 1;
  for (let i = 0; i < 15_000; i++) s = ((s * 3) % 1000003) + (i % 7);
  assert.is(await run(source), `${s}\n`);
});

test('leaves a far block by every kind of exit', async () => {
  const far = repeat(12_000, () => 'x = x * 5 % 1009');
  const source = `
    函数 算(起: 整数): 整数 {
      变量 x = 起
      外: 循环 {
        对于 i 在 0..3 {
          如果 起 == 0 { 跳出 外 } 否则 { ${far} }
          如果 i == 起 { 返回 x }
        }
        跳出
      }
      返回 -1
    }
    打印行(算(0), 算(1) >= 0, 算(2) >= 0, 算(5))`;
  assert.is(await run(source), '-1 真 真 -1\n');
});

test('holds many functions and constants', async () => {
  const functions = repeat(3000, (i) => `函数 f${i}(): 字符串 { 返回 "常量${i}" }`);
  const calls = repeat(3000, (i) => `列.添加(f${i}())`);
  const source = `${functions}\n函数 入口() {\n变量 列: [字符串] = []\n${calls}\n打印行(列.长度(), 列[0], 列[2999])\n}`;
  assert.is(await run(source), '3000 常量0 常量2999\n');
});

test('holds many large numbers', async () => {
  const source = `函数 入口() {\n变量 s = 0\n${repeat(5000, (i) => `s += ${4294967296 + i}`)}\n打印行(s)\n}`;
  let sum = 0n;
  for (let i = 0n; i < 5000n; i++) sum += 4294967296n + i;
  assert.is(await run(source), `${sum}\n`);
});

test('holds many variables in one function', async () => {
  const declare = repeat(500, (i) => `变量 v${i} = ${i}`);
  const use = Array.from({ length: 500 }, (_, i) => `v${i}`).join(' + ');
  assert.is(await run(`函数 入口() {\n${declare}\n打印行(${use})\n}`), '124750\n');
});

test('holds a list literal of many elements', async () => {
  const elements = Array.from({ length: 5000 }, (_, i) => String(i)).join(', ');
  assert.is(await run(`变量 列 = [${elements}]\n打印行(列.长度(), 列[4999])`), '5000 4999\n');
});

test('nests blocks deeply', async () => {
  const depth = 200;
  const source = `变量 n = 0\n${'如果 n >= 0 {\n'.repeat(depth)}n += 1\n${'}\n'.repeat(depth)}打印行(n)`;
  assert.is(await run(source), '1\n');
});

test('nests parentheses deeply', async () => {
  assert.is(await run(`打印行(${'('.repeat(200)}7${')'.repeat(200)})`), '7\n');
});

/** One operator between many operands. */
const chain = (count: number, operand: (i: number) => string, operator: string): string =>
  Array.from({ length: count }, (_, i) => operand(i)).join(` ${operator} `);

/** The limits that the hint of E2008 and chapter 5 of the reference name. */
const MAX_CHAIN = 5000;
const MAX_DEPTH = 500;
const MAX_LADDER_VALUE = 400;

test('evaluates a long chain of operators from left to right', async () => {
  const sums = [400, 401, 801, MAX_CHAIN].map((count) => chain(count, (i) => (i % 3 === 0 ? 'x' : String(i)), '-')).map((text) => `打印行(${text})`);
  const expected = [400, 401, 801, MAX_CHAIN].map((count) => Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 1 : i)).reduce((a, b) => a - b));
  assert.is(await run(`变量 x = 1\n${sums.join('\n')}`), expected.map((n) => `${n}\n`).join(''));
  const text = `打印行((${chain(MAX_CHAIN, (i) => (i === 2500 ? '"中"' : 'x'), '+')}).长度())`;
  assert.is(await run(`变量 x = 1\n${text}`), `${4 + 1 + (MAX_CHAIN - 2501)}\n`);
  const order = `函数 记(n: 整数): 整数 { 次 = 次 * 31 % 1000003 + n; 返回 n; }\n变量 次 = 0\n打印行(${chain(1000, (i) => `记(${i})`, '+')}, 次)`;
  let seen = 0;
  for (let i = 0; i < 1000; i++) seen = ((seen * 31) % 1000003) + i;
  assert.is(await run(order), `${(999 * 1000) / 2} ${seen}\n`);
});

test('stops a long chain of 与 and 或 where it is decided, and an overflow at its place', async () => {
  const source = `变量 次 = 0
    函数 数(值: 布尔): 布尔 { 次 += 1; 返回 值; }
    打印行(${chain(1000, (i) => `数(${i === 600 ? '假' : '真'})`, '&&')}, 次)
    次 = 0
    打印行(${chain(1000, (i) => `数(${i === 300 ? '真' : '假'})`, '||')}, 次)
    变量 大 = 9223372036854775000
    尝试 { 打印行(${chain(2000, () => '大', '-')} - ${chain(900, () => '大', '-')} + 大 + 大) } 捕获 e { 打印行(e.代码) }
    打印行(${chain(MAX_CHAIN - 1, () => '1.5', '+')} > 0)`;
  assert.is(await run(source), '假 601\n真 301\nE7002\n真\n');
});

test('infers through a long chain', async () => {
  const source = `函数 和(a, b) { 返回 ${chain(1000, (i) => (i % 2 === 0 ? 'a' : 'b'), '+')}; }
    打印行(和(1, 2), 和("甲", "乙").长度(), 和(0.5, 1.5))
    常量 很长 = ${chain(MAX_CHAIN, () => '1', '+')}
    打印行(很长)`;
  assert.is(await run(source), '1500 1000 1000.0\n5000\n');
});

test('takes a long ladder of 否则 如果', async () => {
  const ladder = (count: number): string => Array.from({ length: count }, (_, i) => `如果 x == ${i} { 返回 "第${i}" }`).join(' 否则 ');
  const source = `函数 名(x: 整数): 字符串 { ${ladder(MAX_CHAIN)} 否则 { 返回 "没有" } }
    打印行(名(0), 名(2500), 名(${MAX_CHAIN - 1}), 名(-1))
    函数 设(x: 整数): 整数 {
      变量 y: 整数
      ${Array.from({ length: 1000 }, (_, i) => `如果 x == ${i} { y = ${i * 2} }`).join(' 否则')} 否则 { y = -1 }
      返回 y
    }
    打印行(设(7), 设(999), 设(1000))
    变量 值 = ${Array.from({ length: MAX_LADDER_VALUE }, (_, i) => `如果 设(3) == ${i} { "值${i}" }`).join(' 否则 ')} 否则 { "无值" }
    打印行(值)`;
  assert.is(await run(source), `第0 第2500 第${MAX_CHAIN - 1} 没有\n14 1998 -1\n值6\n`);
});

test('refuses what is one longer than a limit', async () => {
  assert.equal(refused(`变量 x = 1\n打印行(${chain(MAX_CHAIN + 1, () => 'x', '+')})`), ['E2008']);
  assert.equal(refused(`变量 x = 1\n${chain(MAX_CHAIN + 1, (i) => `如果 x == ${i} { }`, '否则')}`), ['E2008']);
  assert.equal(refused(`变量 x = 1\n打印行(${chain(MAX_LADDER_VALUE + 1, (i) => `如果 x == ${i} { 1 }`, '否则')} 否则 { 2 })`), ['E2008']);
  const calls = (count: number): string => `变量 x = "甲"\n变量 y = x${'.去空格()'.repeat(count)}\n打印行(y)`;
  assert.is(await run(calls(MAX_DEPTH)), '甲\n');
  assert.equal(refused(calls(MAX_DEPTH + 1)), ['E2008']);
  const brackets = (count: number): string => `变量 x = ${'('.repeat(count)}7${')'.repeat(count)}\n打印行(x)`;
  assert.is(await run(brackets(MAX_DEPTH - 2)), '7\n');
  assert.equal(refused(brackets(MAX_DEPTH)), ['E2008']);
});

test('long chains inside each other end with a code, not with the stack', () => {
  let text = 'x';
  for (let i = 0; i < 40; i++) text = `(${text} + ${chain(399, () => 'x', '+')})`;
  assert.equal([...new Set(refused(`变量 x = 1\n打印行(${text})`))], ['E2008']);
  let ladder = '{ x = 2 }';
  for (let i = 0; i < 40; i++) ladder = `{ ${chain(100, (k) => `如果 x == ${k} { x = 1 }`, '否则')} 否则 ${ladder} }`;
  const codes = refused(`变量 x = 1\n${ladder}\n打印行(x)`);
  assert.ok(codes.every((code) => code === 'E2008'), codes.join(' '));
});

test('refuses endless nesting with a code', () => {
  assert.equal([...new Set(refused(`打印行(${'('.repeat(100_000)}1${')'.repeat(100_000)})`))], ['E2008']);
  assert.equal([...new Set(refused(`变量 x = ${'-'.repeat(100_000)}1\n打印行(x)`))], ['E2008']);
});

test('refuses more variables than a frame holds with a code', () => {
  const declare = repeat(70_000, (i) => `变量 v${i} = 程序参数().长度()`);
  const use = repeat(70_000, (i) => `s += v${i}`);
  assert.equal(refused(`函数 入口() {\n变量 s = 0\n${declare}\n${use}\n打印行(s)\n}`), ['E9006']);
});

test.run();
