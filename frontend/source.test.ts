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

test('each way to end a line, in any order', () => {
  const starts = (text: string): number[] => {
    const file = new SourceFile('x', text);
    return Array.from({ length: file.lineCount }, (_, k) => file.lineStart(k + 1));
  };
  assert.equal(starts('\r\r\n\n\rb'), [0, 1, 3, 4, 5]);
  assert.equal(starts('\n\r\n\r'), [0, 1, 3, 4]);
  assert.equal(starts('气\n气\r'), [0, 2, 4]);
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

/** Offsets below `limit` in an order that jumps about. */
function* jumping(limit: number, count: number): Generator<number> {
  for (let i = 0, at = 0; i < count; i++, at = (at * 1103515245 + 12345) % 2 ** 31) yield at % limit;
}

test('places in long lines are those of a count from the start, whatever the order of the questions', () => {
  const long = '气😀a'.repeat(5_000);
  // Three starts, so that checkpoints fall on, between and inside pairs.
  for (const first of ['', 'b', 'bb']) {
    const text = `短\n${first}${long}\n${long}\ud83d`;
    const file = new SourceFile('x', text);
    const naive = (offset: number): string => {
      const before = text.slice(0, offset);
      const start = before.lastIndexOf('\n') + 1;
      const whole = (text.codePointAt(offset - 1) ?? 0) > 0xffff ? offset - 1 : offset;
      return `${before.split('\n').length}:${[...text.slice(start, whole)].length + 1}`;
    };
    for (const offset of [text.length, text.length - 1, ...jumping(text.length, 2_000)]) {
      const { line, column } = file.position(offset);
      assert.is(`${line}:${column}`, naive(offset), `offset ${offset}`);
    }
    for (let at = 4096 - 3; at < text.length; at += at % 4096 === 3 ? 4096 - 6 : 1) {
      const { line, column } = file.position(at);
      assert.is(`${line}:${column}`, naive(at), `offset ${at}`);
    }
  }
});

test('places in one long line cost no more from end to start than from start to end', () => {
  const file = new SourceFile('x', '气'.repeat(2_000_000));
  const start = process.cpuUsage();
  for (let offset = 1_999_990; offset > 0; offset -= 100) assert.is(file.position(offset).column, offset + 1);
  for (const offset of jumping(2_000_000, 20_000)) assert.is(file.position(offset).column, offset + 1);
  // Counting from the start each time would take minutes.
  assert.ok(process.cpuUsage(start).user < 5_000_000);
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
