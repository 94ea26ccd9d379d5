import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnostic, diagnosticToJson, fillPlaceholders, hintOf, messageOf, renderDiagnostic, sortDiagnostics } from './diagnostics.js';
import { SourceFile } from './source.js';

const file = new SourceFile('主.qi', 'a = 1\n\t变量 计数 = 甲\n');

test('the text form underlines by display width', () => {
  const d = diagnostic('E3002', file, { start: 15, end: 16 }, { 名称: '甲' }, { label: { zh: '没有这个名称', en: 'no such name' } });
  const lines = renderDiagnostic(d, 'zh').split('\n');
  assert.is(lines[0], '错误 [E3002]: 找不到名称：甲');
  assert.is(lines[1], ' --> 主.qi:2:10');
  assert.is(lines[3], '2 | \t变量 计数 = 甲');
  // Two wide words, two spaces and `= ` are 12 columns; the tab is repeated.
  assert.is(lines[4], `  | \t${' '.repeat(12)}^^ 没有这个名称`);
  assert.ok(renderDiagnostic(d, 'en').startsWith('error [E3002]: undefined name: 甲'));
});

test('hints come from the code unless a better one is given', () => {
  const plain = diagnostic('E2002', file, { start: 0, end: 1 }, { 括号: '(', 闭合: ')' });
  assert.is(messageOf(plain, 'zh'), '括号没有闭合：(');
  assert.is(hintOf(plain, 'en'), 'add ) where it belongs');
  assert.ok(renderDiagnostic(plain, 'zh').includes('\n  提示: 在合适的地方补上 )'));
  const other = diagnostic('E2002', file, { start: 0, end: 1 }, {}, { hint: { zh: '甲', en: 'b' } });
  assert.is(hintOf(other, 'en'), 'b');
  assert.is(hintOf(diagnostic('E2005', file, { start: 0, end: 1 }, { 实际: 'x' }), 'zh'), undefined);
});

test('placeholders', () => {
  assert.is(fillPlaceholders('{甲}-{乙}-{丙}', { 甲: 1, 乙: { zh: '二', en: 'two' } }, 'en'), '1-two-{丙}');
  assert.is(fillPlaceholders('{toString}', {}, 'zh'), '{toString}');
});

test('related places share the gutter', () => {
  const long = new SourceFile('长.qi', `${'\n'.repeat(99)}x`);
  const d = diagnostic('E3002', file, { start: 0, end: 1 }, { 名称: 'a' }, { related: [{ span: { start: 99, end: 100 }, file: long, label: { zh: '在这里', en: 'here' } }] });
  const lines = renderDiagnostic(d, 'zh').split('\n');
  assert.is(lines[3], '  1 | a = 1');
  assert.is(lines[5], '   --> 长.qi:100:1');
  assert.is(lines.at(-1), '    | - 在这里');
});

test('very long lines are cut and controls are shown harmlessly', () => {
  const long = new SourceFile('长.qi', `${'a'.repeat(1000)}#${'b'.repeat(1000)}`);
  const [, , , line, mark] = renderDiagnostic(diagnostic('E1001', long, { start: 1000, end: 1001 }, { 字符: '#' }), 'zh').split('\n');
  assert.ok(line!.length < 300 && line!.startsWith('1 | …a') && line!.endsWith('b…'));
  assert.is(line!.indexOf('#'), mark!.indexOf('^'));
  const evil = new SourceFile('恶.qi', '\u001b[31m\u202e#');
  const text = renderDiagnostic(diagnostic('E1001', evil, { start: 6, end: 7 }, { 字符: '#' }), 'zh');
  assert.not.ok(/[\u001b\u202e]/.test(text));
});

test('a span at the end of its line gets one mark', () => {
  const lines = renderDiagnostic(diagnostic('E2003', file, { start: 5, end: 5 }), 'zh').split('\n');
  assert.is(lines[4], '  |      ^');
});

test('JSON', () => {
  const json = diagnosticToJson(diagnostic('W2001', file, { start: 0, end: 1 }, { 写法: 'let', 建议: '变量' }), 'zh');
  assert.is(json['severity'], 'warning');
  assert.is(json['message'], 'let 是英文写法，建议写 变量');
  assert.equal(json['start'], { line: 1, column: 1, offset: 0 });
  assert.equal(json['end'], { line: 1, column: 2, offset: 1 });
  assert.is(json['hint'], null);
});

test('order', () => {
  const other = new SourceFile('a.qi', 'x');
  const list = [
    diagnostic('W2001', file, { start: 3, end: 4 }), diagnostic('E2005', file, { start: 3, end: 4 }),
    diagnostic('E2005', file, { start: 0, end: 1 }), diagnostic('E2005', other, { start: 0, end: 1 }),
  ];
  assert.equal(sortDiagnostics(list), [list[3], list[2], list[1], list[0]]);
});

test('a name of millions of characters does not fill the message', () => {
  const text = fillPlaceholders('找不到名称：{名称}', { 名称: '甲'.repeat(1_000_000) + '乙' }, 'zh');
  assert.ok(text.length < 200);
  assert.match(text, /^找不到名称：甲+…甲*乙$/);
  assert.is(fillPlaceholders('{名称}', { 名称: '甲'.repeat(160) }, 'zh'), '甲'.repeat(160));
});

test('colours change nothing but escape sequences, and tell errors from warnings', () => {
  const file = new SourceFile('甲.qi', '变量 甲 = 乙\n变量 乙 = 1');
  const related = [{ span: { start: 12, end: 13 }, file, label: { zh: '在这里', en: 'here' } }];
  for (const code of ['E3002', 'W3001'] as const) {
    const d = diagnostic(code, file, { start: 7, end: 8 }, { 名称: '乙' }, { hint: { zh: '改名', en: 'rename' }, related });
    const coloured = renderDiagnostic(d, 'zh', true);
    assert.is(coloured.replace(/\x1b\[[0-9;]*m/g, ''), renderDiagnostic(d, 'zh'));
    assert.ok(coloured.startsWith(`\x1b[1;${code === 'E3002' ? 31 : 33}m`));
    assert.match(coloured, /\x1b\[32m提示\x1b\[0m/);
  }
});

test.run();
