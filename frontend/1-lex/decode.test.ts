import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../diagnostics.js';
import { SourceFile } from '../source.js';
import { checkControls, decodeSource, firstInvalidByte } from './decode.js';

function controls(text: string): string {
  const found: Diagnostic[] = [];
  checkControls(new SourceFile('测试.qi', text), (d) => found.push(d));
  return found.map((d) => `${d.code}@${String(d.args['偏移'])}`).join(' ');
}

test('valid UTF-8 is decoded, with or without a byte order mark', () => {
  const fail = (): void => assert.unreachable();
  const text = 'a气😀\n';
  assert.is(decodeSource(new TextEncoder().encode(text), 'x', fail).text, text);
  const marked = decodeSource(new TextEncoder().encode(`\ufeff${text}`), 'x', fail);
  assert.is(marked.text, text);
  assert.ok(marked.hasByteOrderMark);
});

test('the first invalid byte is found', () => {
  const cases: [number[], number][] = [
    [[0x61, 0xff], 1], [[0x80], 0], [[0xc0, 0x80], 0], [[0xc2], 0], [[0xe6, 0xb0], 0], [[0xe0, 0x80, 0x80], 0], [[0xed, 0xa0, 0x80], 0],
    [[0xf0, 0x80, 0x80, 0x80], 0], [[0xf4, 0x90, 0x80, 0x80], 0], [[0xf5, 0x80, 0x80, 0x80], 0], [[0xe6, 0xb0, 0x94, 0xfe], 3],
    [[0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0xc3], 6], [[0x61], 1],
  ];
  for (const [bytes, offset] of cases) assert.is(firstInvalidByte(Uint8Array.from(bytes)), offset, bytes.join(' '));
});

test('invalid UTF-8 is reported once with its byte offset', () => {
  const found: Diagnostic[] = [];
  const file = decodeSource(Uint8Array.from([0xef, 0xbb, 0xbf, 0xe6, 0xb0, 0x94, 0xff, 0x61, 0xff]), 'x', (d) => found.push(d));
  assert.is(found.length, 1);
  assert.is(found[0]!.code, 'E1003');
  assert.is(found[0]!.args['偏移'], 6);
  assert.equal(found[0]!.span, { start: 1, end: 2 });
  assert.is(file.text, '气\ufffda\ufffd');
});

test('NUL is refused wherever it stands', () => {
  assert.is(controls('气\0"\0"'), 'E1004@3 E1004@5');
  assert.is(controls('\ufeffa\0'), 'E1004@4');
});

test('controls of direction must be paired on their line', () => {
  assert.is(controls('// \u202aa\u202c \u2067b\u2069'), '');
  assert.is(controls('// \u202e\n'), 'E1005@3');
  assert.is(controls('// \u202c'), 'E1005@3');
  assert.is(controls('// \u2066\u202c\u2069'), 'E1005@6');
  assert.is(controls('// \u202a\n\u202c'), 'E1005@3 E1005@7');
  assert.is(controls('\u202e\n'.repeat(50)).split(' ').length, 20);
});

test.run();
