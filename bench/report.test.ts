import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderJson, renderTable, type Report, type RowResult } from './report.js';

const row = (part: Partial<RowResult>): RowResult => ({
  name: 'fib', title: '斐波那契', cells: {}, ratios: {}, checks: [], notes: [], data: {}, ...part,
});

const report = (...rows: RowResult[]): Report => ({
  machine: '机器', versions: { qi: '0.1', luajit: '2.1', lua: '5.4', go: '1.19' }, settings: [], rows,
});

test('figures, ratios and marks stand in their columns', () => {
  const text = renderTable(report(row({
    cells: { qi: '250 ms', luajit: '500 ms' },
    ratios: { luajit: 0.5 },
    checks: [{ text: 'LuaJIT ≤0.55', met: true }, { text: 'Go ≤0.15', met: false }, { text: 'X', met: undefined }],
  })));
  const line = text.split('\n').find((candidate) => candidate.startsWith('fib'))!;
  assert.match(line, /250 ms +500 ms +— +— +0\.50 +— +— +LuaJIT ≤0\.55 ✓ {2}Go ≤0\.15 ✗ {2}X \?$/);
  assert.match(text, 'met 1, 未达标 missed 1, 未测 not judged 1');
});

test('columns line up although Han characters are two wide', () => {
  const text = renderTable(report(row({ cells: { qi: '1 ms' } }), row({ name: 'nbody', title: '多体', cells: { qi: '2 ms' } })));
  const lines = text.split('\n').filter((line) => /^(fib|nbody)/.test(line));
  const width = (line: string) => [...line.slice(0, line.indexOf('ms'))].reduce((sum, char) => sum + (char > '⺀' ? 2 : 1), 0);
  assert.is(width(lines[0]!), width(lines[1]!));
});

test('a reason is printed once, with all rows it holds for', () => {
  const notes = [{ who: 'Qi', reason: '未构建' }];
  const text = renderTable(report(row({ notes }), row({ name: 'sum', notes })));
  assert.is(text.split('未构建').length - 1, 1);
  assert.match(text, '(fib, sum)');
});

test('JSON holds everything', () => {
  const value = report(row({ data: { runs: [1, 2] } }));
  assert.equal(JSON.parse(renderJson(value)), value);
});

test.run();
