import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectArgs, parseTable, TableError } from './def-table.js';

const faultOf = (text: string): string => {
  try {
    parseTable(text, 't.def');
  } catch (error) {
    if (error instanceof TableError) return error.message;
    throw error;
  }
  return 'no fault';
};

test('rows, comments and preprocessor lines', () => {
  const rows = parseTable('/* head\n */\n#ifndef X\n#define X(a, \\\n  b)\n#endif\nROW(A, "x") // tail\nROW(B, "y" /* joined */ "z")\n', 't.def');
  assert.equal(rows.map((r) => [r.macro, r.line, ...r.args.map((a) => a.text)]), [
    ['ROW', 7, 'A', 'x'],
    ['ROW', 8, 'B', 'yz'],
  ]);
});

test('strings: escapes, commas and parentheses inside', () => {
  const [row] = parseTable(String.raw`R("a\"b\\c\n, )", F(1, 2) | G)`, 't.def');
  assert.equal(row?.args.map((a) => a.text), ['a"b\\c\n, )', 'F(1, 2) | G']);
  assert.equal(row?.args.map((a) => a.isString), [true, false]);
});

test('an empty string is an argument, no text is none', () => {
  assert.equal(parseTable('R("")', 't.def')[0]?.args.length, 1);
  assert.equal(parseTable('R()', 't.def')[0]?.args.length, 0);
});

test('faults name file and line', () => {
  assert.is(faultOf('R(A)\nR(B, )'), 't.def:2: empty argument');
  assert.is(faultOf('\n/* never'), 't.def:2: comment without an end');
  assert.is(faultOf('R("x\n")'), 't.def:1: string literal without an end');
  assert.is(faultOf('R(A\n\nR(B)'), 't.def:1: row without a closing parenthesis');
  assert.is(faultOf('R(A)\n\n;'), 't.def:3: expected a row, found ";"');
  assert.is(faultOf('R A'), 't.def:1: expected ( after R');
  assert.is(faultOf('R("\\q")'), 't.def:1: unknown escape \\q');
  assert.is(faultOf('R(x "y")'), 't.def:1: unexpected x beside a string literal');
});

test('columns are counted and their kinds checked', () => {
  const row = (text: string) => parseTable(text, 't.def')[0]!;
  assert.equal(expectArgs(row('R(A, "b")'), ['a', '"b"']), ['A', 'b']);
  assert.throws(() => expectArgs(row('R(A)'), ['a', '"b"']), /t\.def:1: R takes 2 arguments \(a, "b"\), found 1/);
  assert.throws(() => expectArgs(row('R("A", "b")'), ['a', '"b"']), /t\.def:1: R: a must not be a string literal/);
  assert.throws(() => expectArgs(row('R(A, b)'), ['a', '"b"']), /t\.def:1: R: "b" must be a string literal/);
});

test.run();
