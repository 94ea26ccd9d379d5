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

test('adds a long chain', async () => {
  assert.is(await run(`变量 x = 1\n打印行(${Array(400).fill('x').join(' + ')})`), '400\n');
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
