/** From source text to instructions: the loops the benchmarks stand on. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lex } from '../1-lex/lex.js';
import { parseTokens } from '../2-parse/parse.js';
import { check } from '../3-check/check.js';
import { lower } from '../4-lower/lower.js';
import { renderDiagnostic, type Diagnostic } from '../diagnostics.js';
import { onePackage } from '../project.js';
import { SourceFile } from '../source.js';
import { dumpFunction, dumpMaps } from './dump.js';

interface Compiled { readonly code: string[]; readonly maps: string[] }

function compiled(text: string, name: string): Compiled {
  const file = new SourceFile('试.qi', text);
  const report = (d: Diagnostic): void => {
    if (d.severity === 'error') throw new Error(renderDiagnostic(d, 'zh'));
  };
  const f = lower(check(onePackage([parseTokens(lex(file, report), report)]), report)).functions.find((g) => g.name === name)!;
  return { code: dumpFunction(f), maps: dumpMaps(f) };
}

test('fib', () => {
  const { code } = compiled('函数 斐(n: 整数): 整数 { 如果 n < 2 { 返回 n; } 返回 斐(n - 1) + 斐(n - 2); }\n函数 入口() { 打印行(斐(3)); }', '斐');
  assert.equal(code.map((l) => l.split(' ')[0]), ['RETLTI', 'ADDI', 'CALL', 'ADDI', 'CALL', 'ADD', 'RET']);
});

test('nested sum: two instructions a turn', () => {
  const { code } = compiled('函数 和(n: 整数): 整数 { 变量 s = 0; 对于 i 从 1 到 n { 对于 j 从 1 到 n { s = s + i * j; } } 返回 s; }\n函数 入口() { 打印行(和(3)); }', '和');
  assert.equal(code.slice(7, 9).map((l) => l.split(' ')[0]), ['MADD', 'FORLOOP']);
});

test('sieve: the inner loop stores and steps', () => {
  const { code, maps } = compiled('函数 划(旗: [布尔], n: 整数, i: 整数) { 对于 k 从 i * i 到 n 步长 i { 旗[k] = 假; } }\n函数 入口() { 划([真, 真], 1, 1); }', '划');
  assert.equal(code, ['MUL r4 r2 r2', 'MOV r5 r1', 'MOV r6 r2', 'LDI r3 0', 'FORPREP r4 →7', 'LSETB r0 r4 r3', 'FORSTEP r4 →5', 'RET0']);
  assert.equal(maps.map((m) => m.split(': ')[1]), ['r0']);
});

test('channels: what is received goes where it is wanted', () => {
  const { code } = compiled('函数 回(去: 通道<整数>, 来: 通道<整数>) { 对于 i 从 1 到 9 { 变量 v = <-去; 来 <- v + 1; } }\n函数 入口() { 启动 回(通道<整数>(0), 通道<整数>(0)); }', '回');
  assert.equal(code, ['LDI r2 1', 'LDI r3 9', 'RECV r4 r0', 'ADDI r5 r4 1', 'SEND r1 r5', 'FORLOOP r2 →2', 'RET0']);
});

test.run();
