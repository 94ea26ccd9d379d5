/**
 * From bytes to text: UTF-8 is checked here, and the characters no source may hold.
 *
 * Invariant: invalid bytes are reported once, at the first one, with its byte offset; the text then has
 * U+FFFD in their place so that the rest can still be shown. Rejected: leaving it to the lexer, which sees text
 * and could not tell a replacement character in the source from a broken byte.
 */

import { diagnostic, type Reporter } from '../diagnostics.js';
import type { Decode } from '../project.js';
import { SourceFile } from '../source.js';
import { isBidiControl } from './chars.js';

/** Decodes the bytes of a file. Reports E1003 when they are no UTF-8. A byte order mark is dropped. `decode` is the host's. */
export function decodeSource(bytes: Uint8Array, path: string, report: Reporter, decode?: Decode): SourceFile {
  const text = decode?.(bytes);
  if (text !== undefined) return new SourceFile(path, text);
  try {
    return new SourceFile(path, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    // TypeError is how the decoder refuses bytes; a text too long for a string is a RangeError or plain Error.
    if (!(error instanceof TypeError)) throw error;
  }
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const file = new SourceFile(path, decoder.decode(bytes));
  const offset = firstInvalidByte(bytes);
  const start = new SourceFile(path, decoder.decode(bytes.subarray(0, offset))).text.length;
  report(diagnostic('E1003', file, { start, end: start + 1 }, { 偏移: offset }));
  return file;
}

/** Offset of the first byte that begins no valid UTF-8 sequence; the length when all are valid. */
export function firstInvalidByte(bytes: Uint8Array): number {
  const at = (i: number): number => (i < bytes.length ? bytes[i]! : 0);
  const tail = (i: number): boolean => (at(i) & 0xc0) === 0x80;
  let i = 0;
  while (i < bytes.length) {
    const b = bytes[i]!;
    if (b < 0x80) {
      i++;
    } else if (b >= 0xc2 && b <= 0xdf && tail(i + 1)) {
      i += 2;
    } else if (b >= 0xe0 && b <= 0xef && tail(i + 1) && tail(i + 2)) {
      const second = at(i + 1);
      if ((b === 0xe0 && second < 0xa0) || (b === 0xed && second > 0x9f)) return i;
      i += 3;
    } else if (b >= 0xf0 && b <= 0xf4 && tail(i + 1) && tail(i + 2) && tail(i + 3)) {
      const second = at(i + 1);
      if ((b === 0xf0 && second < 0x90) || (b === 0xf4 && second > 0x8f)) return i;
      i += 4;
    } else {
      return i;
    }
  }
  return i;
}

/** At most this many forbidden characters are reported: the next ones tell nothing new. */
const MAX_REPORTS = 20;

/**
 * Reports NUL (E1004) and controls of text direction without a partner on their line (E1005), which can make source
 * read differently from what it does. They count everywhere, also in strings and comments.
 */
export function checkControls(file: SourceFile, report: Reporter): void {
  const { text } = file;
  // One native scan settles nearly every file.
  if (!/[\0\u202a-\u202e\u2066-\u2069]/.test(text)) return;
  let reports = 0;
  const refuse = (code: 'E1004' | 'E1005', at: number): void => {
    if (reports++ >= MAX_REPORTS) return;
    const name = `U+${text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`;
    report(diagnostic(code, file, { start: at, end: at + 1 }, { 字符: name, 偏移: byteOffset(file, at) }));
  };
  // Offsets of what is open on this line: embeddings end with PDF, isolates with PDI.
  let open: number[] = [];
  const endLine = (): void => {
    for (const at of open) refuse('E1005', at);
    open = [];
  };
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0) refuse('E1004', i);
    else if (c === 10 || c === 13) endLine();
    else if (!isBidiControl(c)) continue;
    else if (c !== 0x202c && c !== 0x2069) open.push(i);
    else if (open.length > 0 && text.charCodeAt(open.at(-1)!) >= 0x2066 === (c === 0x2069)) open.pop();
    else refuse('E1005', i);
  }
  endLine();
}

/** Byte offset in the file of an offset in its text. */
export function byteOffset(file: SourceFile, offset: number): number {
  return new TextEncoder().encode(file.text.slice(0, offset)).length + (file.hasByteOrderMark ? 3 : 0);
}
