/** From 匹配 to instructions: tables where they pay, one look at each part, no tuple that is only taken apart. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lex } from '../1-lex/lex.js';
import { parseTokens } from '../2-parse/parse.js';
import { check } from '../3-check/check.js';
import { lower } from '../4-lower/lower.js';
import { renderDiagnostic, type Diagnostic } from '../diagnostics.js';
import { onePackage } from '../project.js';
import { SourceFile } from '../source.js';
import { dumpFunction } from './dump.js';

function codeOf(text: string, name: string): string[] {
  const file = new SourceFile('试.qi', text);
  const report = (d: Diagnostic): void => {
    if (d.severity === 'error') throw new Error(renderDiagnostic(d, 'zh'));
  };
  const program = check(onePackage([parseTokens(lex(file, report), report)]), report);
  return dumpFunction(lower(program).functions.find((g) => g.name === name)!);
}

const names = (code: readonly string[]): string[] => code.map((line) => line.split(' ')[0]!);

test('four variants: a table of all but the last', () => {
  const code = codeOf('枚举 向 { 东, 南, 西, 北 }\n函数 f(d: 向): 整数 { 返回 匹配 d { 东 => 1, 南 => 2, 西 => 3, 北 => 4 } }\n打印行(f(向::东))', 'f');
  assert.is(code[0], 'SWITCH r0 3');
  assert.equal(names(code).slice(1, 4), ['JMP', 'JMP', 'JMP']);
  assert.is(code[4], 'LDI r1 4', 'control falls through to the last case');
});

test('three variants: two comparisons', () => {
  const code = codeOf('枚举 色 { 红, 绿, 蓝 }\n函数 f(c: 色): 整数 { 返回 匹配 c { 红 => 1, 绿 => 2, 蓝 => 3 } }\n打印行(f(色::红))', 'f');
  assert.not.ok(names(code).includes('SWITCH'));
  assert.is(names(code).filter((n) => n === 'JEQI').length, 2);
});

test('the tag is read once, and a payload where it is needed', () => {
  const code = codeOf(`枚举 形 { 圆(整数), 方(整数), 长(整数, 整数), 点 }
函数 f(s: 形): 整数 { 返回 匹配 s { 圆(r) => r * 3, 方(a) => a * a, 长(a, b) => a * b, 点 => 0 } }
打印行(f(形::点))`, 'f');
  assert.is(names(code).filter((n) => n === 'ENUMTAG').length, 1);
  assert.is(names(code).filter((n) => n === 'GETV').length, 4);
});

test('a tuple that is only taken apart is not made', () => {
  const parts = codeOf('函数 f(a: 整数, b: 整数): 整数 { 返回 匹配 (a, b) { (0, y) => y, (x, 0) => x, _ => 1 } }\n打印行(f(1, 2))', 'f');
  assert.not.ok(names(parts).includes('NEWSTRUCT'));
  const whole = codeOf('函数 f(a: 整数, b: 整数): (整数, 整数) { 返回 匹配 (a, b) { (0, y) => (y, y), 全 => 全 } }\n打印行(f(1, 2))', 'f');
  assert.ok(names(whole).includes('NEWSTRUCT'));
});

test('integers: a table where they lie close, halves where they do not', () => {
  const arms = (values: readonly number[]): string => values.map((v, i) => `${v} => ${i + 1}`).join(', ');
  const of = (values: readonly number[]): string[] =>
    codeOf(`函数 f(n: 整数): 整数 { 返回 匹配 n { ${arms(values)}, _ => 0 } }\n打印行(f(1))`, 'f');
  assert.is(of([0, 1, 2, 3])[0], 'SWITCH r0 4');
  assert.ok(names(of([500, 501, 502, 503])).includes('WSUB'));
  const sparse = names(of([1, 100, 1000, 5000, 10000, 15000, 20000, 30000]));
  assert.not.ok(sparse.includes('SWITCH'));
  assert.ok(sparse.includes('JLTI'));
});

test('many columns: the size of the code stays that of the patterns', () => {
  const columns = 14;
  const row = (i: number): string => `(${Array.from({ length: columns }, (_, k) => (k === i || k === (i + 5) % columns ? '真' : '_')).join(', ')}) => ${i}`;
  const params = Array.from({ length: columns }, (_, k) => `a${k}: 布尔`).join(', ');
  const args = Array.from({ length: columns }, (_, k) => `a${k}`).join(', ');
  const text = `函数 f(${params}): 整数 { 返回 匹配 (${args}) { ${Array.from({ length: columns }, (_, i) => row(i)).join(', ')}, _ => -1 } }
打印行(f(${Array.from({ length: columns }, () => '真').join(', ')}))`;
  assert.ok(codeOf(text, 'f').length < 20_000);
});

test.run();
