import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseTable, type Row } from './def-table.js';
import { placeholders, renderErrors } from './gen-errors.js';
import { renderIoReasons } from './gen-io-reasons.js';
import { isType, renderNatives, splitTopLevel } from './gen-natives.js';
import { renderOpcodes, tablesHash } from './gen-opcodes.js';

const rows = (text: string): Row[] => parseTable(text, 't.def');

test('errors: a good table renders both languages', () => {
  const text = renderErrors(rows('QI_ERROR(E1001, LEX, "坏 {字}", "bad {字}", "", "")\nQI_WARNING(W2001, PARSE, "甲", "a", "乙", "b")'));
  assert.match(text, "E1001: { severity: 'error', phase: 'LEX'");
  assert.match(text, 'zh: "坏 {字}", en: "bad {字}"');
  assert.match(text, "W2001: { severity: 'warning'");
});

test('errors: each fault is refused', () => {
  const fails = (text: string, message: string): void => assert.throws(() => renderErrors(rows(text)), new RegExp(message));
  fails('QI_ERROR(E1002, LEX, "a", "b", "", "")\nQI_ERROR(E1002, LEX, "a", "b", "", "")', '^t.def:2: E1002: duplicate');
  fails('QI_ERROR(E1002, LEX, "a", "b", "", "")\nQI_ERROR(E1001, LEX, "a", "b", "", "")', '^t.def:2: E1001: rows must be sorted');
  fails('QI_ERROR(E1001, LEX, "{甲}", "{乙}", "", "")', 'placeholders differ: zh {甲}, en {乙}');
  fails('QI_ERROR(E1001, LEX, "a", "", "", "")', 'both languages');
  fails('QI_ERROR(E1001, LEX, "a", "b", "c", "")', 'hint must exist in both');
  fails('QI_ERROR(E1001, LEXX, "a", "b", "", "")', 'unknown phase LEXX');
  fails('QI_ERROR(W1001, LEX, "a", "b", "", "")', 'a code is E and four digits');
  fails('QI_OOPS(E1001, LEX, "a", "b", "", "")', 'unknown row QI_OOPS');
});

test('reasons of failed operations on files', () => {
  assert.match(renderIoReasons(rows('QI_IO_REASON(ENOENT, "没有", "none")')), '  ENOENT: { zh: "没有", en: "none" },');
  const fails = (text: string, message: string): void => assert.throws(() => renderIoReasons(rows(text)), new RegExp(message));
  fails('QI_IO_REASON(ENOENT, "a", "b")\nQI_IO_REASON(ENOENT, "a", "b")', '^t.def:2: ENOENT stands twice');
  fails('QI_IO_REASON(没有, "a", "b")', 'no name of an error');
  fails('QI_IO_REASON(ENOENT, "a", "")', 'both languages');
  fails('QI_OOPS(ENOENT, "a", "b")', 'unknown row QI_OOPS');
});

test('placeholders are found once, braces may be doubled', () => {
  assert.equal(placeholders('{乙} {甲} {乙} {{丙}'), ['乙', '甲']);
});

test('natives: names, parameters, flags', () => {
  const text = renderNatives(rows('QI_NATIVE(a_b, "甲|乙", "列表<T>", "位置: 整数, 文: 字符串 = \\"x,y\\"", "选项<T>", QI_N_SUSPENDS)\nQI_NATIVE(c, "", "", "", "空", QI_N_INTERNAL)'));
  assert.match(text, 'names: ["甲", "乙"], receiver: "列表<T>"');
  assert.match(text, '{ name: "文", type: "字符串", default: "\\"x,y\\"" }');
  assert.match(text, 'suspends: true, internal: false');
  assert.match(text, '  c: 1,');
});

test('natives: each fault is refused', () => {
  const fails = (text: string, message: string): void => assert.throws(() => renderNatives(rows(text)), new RegExp(message));
  fails('QI_NATIVE(a, "甲", "", "", "空", QI_N_NONE)\nQI_NATIVE(a, "乙", "", "", "空", QI_N_NONE)', 't.def:2: a: duplicate symbol');
  fails('QI_NATIVE(a, "甲", "", "", "空", QI_N_NONE)\nQI_NATIVE(b, "甲", "", "", "空", QI_N_NONE)', 'already defined');
  fails('QI_NATIVE(a, "", "", "", "空", QI_N_NONE)', 'without a name');
  fails('QI_NATIVE(a, "甲", "", "x", "空", QI_N_NONE)', 'malformed parameter x');
  fails('QI_NATIVE(a, "甲", "", "", "列表<", QI_N_NONE)', 'malformed result');
  fails('QI_NATIVE(a, "甲", "", "x: 整数 = 1, y: 整数", "空", QI_N_NONE)', 'y follows a parameter with a default');
  fails('QI_NATIVE(a, "甲", "", "", "空", QI_N_WHAT)', 'unknown flag');
});

test('types and lists of the natives table', () => {
  assert.ok(isType('字典<K, 列表<V>>'));
  assert.not.ok(isType('字典<K,>'));
  assert.not.ok(isType(''));
  assert.equal(splitTopLevel('甲: 字典<K, V>, 乙: 整数', ','), ['甲: 字典<K, V>', '乙: 整数']);
});

test('opcodes: positions, roles and effects', () => {
  const text = renderOpcodes(rows('QI_OP(NOP, NONE, NONE, NONE, QI_F_NONE)\nQI_OP(JMP, NONE, JUMP32, WIDE, QI_F_END | QI_F_JUMP)'), 0xabcn);
  assert.match(text, "NOP: { code: 0, a: 'NONE', b: 'NONE', c: 'NONE', effects: 0 }");
  assert.match(text, "JMP: { code: 1, a: 'NONE', b: 'JUMP32', c: 'WIDE', effects: F_END | F_JUMP }");
  assert.match(text, 'TABLES_HASH = 0x0000000000000abcn');
});

test('opcodes: each fault is refused', () => {
  const fails = (text: string, message: string): void => assert.throws(() => renderOpcodes(rows(text), 0n), new RegExp(message));
  fails('QI_OP(A, NONE, NONE, NONE, QI_F_NONE)\nQI_OP(A, NONE, NONE, NONE, QI_F_NONE)', 't.def:2: A: duplicate');
  fails('QI_OP(A, DSTT, NONE, NONE, QI_F_NONE)', 'unknown operand role DSTT');
  fails('QI_OP(A, DST, IMM32, NONE, QI_F_NONE)', 'go together');
  fails('QI_OP(A, IMM32, NONE, NONE, QI_F_NONE)', 'stands in B only');
  fails('QI_OP(A, NONE, JUMP, NONE, QI_F_NONE)', 'go together');
  fails('QI_OP(A, NONE, NONE, NONE, QI_F_WHAT)', 'unknown effect');
});

test('the hash follows meaning, not layout', () => {
  const op = rows('QI_OP(A, NONE, NONE, NONE, QI_F_NONE)');
  const same = rows('/* prose */\nQI_OP( A , NONE,NONE, NONE,\n QI_F_NONE )');
  const other = rows('QI_OP(B, NONE, NONE, NONE, QI_F_NONE)');
  assert.is(tablesHash(op, [], []), tablesHash(same, [], []));
  assert.is.not(tablesHash(op, [], []), tablesHash(other, [], []));
});

test.run();
