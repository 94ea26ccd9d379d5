import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { charWidth, displayWidth, SourceFile } from './source.js';

test('lines end at LF, CR LF and CR', () => {
  const file = new SourceFile('x', 'a\nb\r\nc\rd');
  assert.is(file.lineCount, 4);
  assert.equal([1, 2, 3, 4].map((n) => file.lineText(n)), ['a', 'b', 'c', 'd']);
  assert.equal([0, 1, 2, 3, 4, 5, 6, 7, 8].map((o) => file.lineAt(o)), [1, 1, 2, 2, 2, 3, 3, 4, 4]);
  assert.is(new SourceFile('x', 'a\n').lineCount, 2);
  assert.is(new SourceFile('x', '').lineCount, 1);
  assert.is(new SourceFile('x', '\n\n\n').lineText(2), '');
  assert.is(file.lineStart(9), 8);
});

test('columns count scalar values', () => {
  const file = new SourceFile('x', '气😀a\n乙');
  assert.equal(file.position(0), { line: 1, column: 1 });
  assert.equal(file.position(1), { line: 1, column: 2 });
  assert.equal(file.position(2), { line: 1, column: 2 });
  assert.equal(file.position(3), { line: 1, column: 3 });
  assert.equal(file.position(4), { line: 1, column: 4 });
  assert.equal(file.position(1), { line: 1, column: 2 });
  assert.equal(file.position(99), { line: 2, column: 2 });
  for (const offset of [0, 1, 3, 4, 5, 6]) assert.is(file.offsetAt(file.position(offset)), offset);
  assert.is(file.offsetAt({ line: 1, column: 99 }), 4);
});

test('places far into one long line stay cheap', () => {
  const file = new SourceFile('x', '气'.repeat(200_000));
  const start = performance.now();
  for (let offset = 0; offset < 200_000; offset += 10) assert.is(file.position(offset).column, offset + 1);
  assert.ok(performance.now() - start < 2000);
});

test('many lines', () => {
  const file = new SourceFile('x', 'ab\n'.repeat(10_000));
  assert.is(file.lineCount, 10_001);
  assert.equal(file.position(3 * 5000 + 1), { line: 5001, column: 2 });
});

test('display width', () => {
  assert.is(displayWidth('a气（😀é'), 1 + 2 + 2 + 2 + 1);
  assert.is(displayWidth('e\u0301'), 1);
  assert.is(displayWidth('한あ𠀀'), 6);
  assert.is(charWidth(0x200b), 0);
  assert.is(charWidth(0x3000), 2);
});

test.run();
