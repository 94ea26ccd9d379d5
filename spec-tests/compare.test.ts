/** Comparison: each promised property is compared, and each difference is worded. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareDiagnostics, compareRun, diff, type Outcome } from './compare.js';
import { parseFrontMatter } from './front-matter.js';

const HEAD = '// 条款: §1\n// 说明: 一\n';
const expectation = (fields: string) => parseFrontMatter(HEAD + fields);
const outcome = (parts: Partial<Outcome>): Outcome => ({
  stdout: '',
  stderr: '',
  exitCode: 0,
  signal: undefined,
  timedOut: false,
  ...parts,
});

test('accepts a run that is as promised', () => {
  assert.equal(compareRun(expectation('// 期望:\n//| 甲\n'), outcome({ stdout: '甲\n' })), []);
});

test('tells wrong, missing and additional output', () => {
  const expected = expectation('// 期望:\n//| 甲\n//| 乙\n');
  for (const stdout of ['甲\n', '甲\n乙\n丙\n', '乙\n甲\n', '甲\n乙', '甲\n乙 \n', '']) {
    const [problem, ...rest] = compareRun(expected, outcome({ stdout }));
    assert.match(problem ?? '', 'standard output differs');
    assert.is(rest.length, 0);
  }
});

test('compares lines as a multiset only when asked', () => {
  const expected = expectation('// 乱序:\n//| 甲\n//| 乙\n//| 甲\n');
  assert.equal(compareRun(expected, outcome({ stdout: '乙\n甲\n甲\n' })), []);
  assert.is(compareRun(expected, outcome({ stdout: '乙\n甲\n' })).length, 1);
  assert.is(compareRun(expected, outcome({ stdout: '乙\n甲\n乙\n' })).length, 1);
  assert.is(compareRun(expected, outcome({ stdout: '乙\n甲\n甲' })).length, 1);
});

test('tells a wrong exit code, a signal and a time limit', () => {
  const expected = expectation('// 退出码: 1\n');
  assert.equal(compareRun(expected, outcome({ exitCode: 1 })), []);
  assert.match(compareRun(expected, outcome({ exitCode: 0 }))[0] ?? '', 'expected 1, got 0');
  assert.match(compareRun(expected, outcome({ exitCode: undefined, signal: 'SIGSEGV' }))[0] ?? '', 'SIGSEGV');
  assert.match(compareRun(expected, outcome({ exitCode: undefined, timedOut: true }))[0] ?? '', 'timed out');
});

test('wants standard error empty unless parts of it are promised', () => {
  assert.match(compareRun(expectation('// 期望:\n'), outcome({ stderr: 'x' }))[0] ?? '', 'not empty');
  const expected = expectation('// 标准错误包含: E7001\n// 标准错误包含: 入口\n');
  assert.equal(compareRun(expected, outcome({ stderr: '错误 [E7001] 在 入口' })), []);
  assert.match(compareRun(expected, outcome({ stderr: '错误 [E7001]' }))[0] ?? '', 'lacks: 入口');
  assert.is(compareRun(expected, outcome({})).length, 2);
});

test('compares diagnostics by code, place, number and order', () => {
  const a = { code: 'E3001', line: 2, column: 9 };
  const b = { code: 'E3002', line: 3, column: 1 };
  assert.equal(compareDiagnostics('errors', [a, b], [a, b]), []);
  for (const got of [[], [a], [b, a], [a, b, b], [a, { ...b, column: 2 }], [a, { ...b, code: 'E3003' }]]) {
    assert.is(compareDiagnostics('errors', [a, b], got).length, 1);
  }
});

test('shows a difference line by line', () => {
  assert.is(diff('甲\n乙\n丙\n', '甲\n丁\n丙\n', false), '    甲\n  - 乙\n  + 丁\n    丙');
  assert.match(diff('甲\n', '甲', false), 'no line break at the end');
});

test('stays fast on long output', () => {
  const long = (last: string): string => `${'行\n'.repeat(5000)}${last}\n`;
  assert.match(diff(long('甲'), long('乙'), false), 'line 5001\n  - 甲\n  + 乙');
});

test.run();
