/** The host of this machine decodes as TextDecoder does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diskHost } from './disk.js';

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);

test('text is what the bytes say, a byte order mark included', () => {
  const { decode } = diskHost();
  for (const text of ['', 'abc', '气 Qi 𠮷\r\n', '\ufeff包', 'a\0b', '\uffff\u{10ffff}']) {
    assert.is(decode?.(new TextEncoder().encode(text)), text);
  }
});

test('bytes that are no UTF-8 are left to the compiler', () => {
  const { decode } = diskHost();
  for (const bad of [bytes(0x80), bytes(0xc0, 0x80), bytes(0xe6, 0xb0), bytes(0xed, 0xa0, 0x80), bytes(0xf4, 0x90, 0x80, 0x80), bytes(0x61, 0xff)]) {
    assert.is(decode?.(bad), undefined);
  }
});

test.run();
