/**
 * Strings as the container holds them: short ones are written without the encoder, and must be the bytes it gives.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Writer } from './encode.js';

function written(text: string): Uint8Array {
  const w = new Writer();
  w.str(text);
  return w.bytes();
}

for (const [what, text] of Object.entries({
  空: '', 'ASCII': 'main', 'two bytes': 'é\u0080\u07ff', 汉字: '检验模块', 'ends of the three bytes': '\u0800\ud7ff\ue000\uffff',
  'a pair': '甲𠮷乙', 'half a pair': '甲\ud842', 'the longest short one': '气'.repeat(42), 'the shortest long one': '气'.repeat(43),
})) {
  test(`a string has the length and bytes of its UTF-8: ${what}`, () => {
    const utf8 = Buffer.from(text, 'utf8');
    const length = utf8.length < 128 ? [utf8.length] : [(utf8.length & 127) | 128, utf8.length >> 7];
    assert.equal([...written(text)], [...length, ...utf8]);
  });
}

test('short strings one after another outgrow the buffer', () => {
  const w = new Writer();
  for (let i = 0; i < 10_000; i++) w.str('检验模块卷');
  assert.is(w.length, 10_000 * 16);
});

test.run();
