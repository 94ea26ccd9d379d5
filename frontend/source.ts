/**
 * A source file as every phase sees it: its path, its text, and the way from an offset to a place.
 *
 * Invariants: offsets are UTF-16 code units of `text`; lines and columns count from 1; columns
 * count Unicode scalar values, so a supplementary character is one column; a byte order mark is
 * not part of `text`. The line table is built once, on first use: most files have no diagnostics.
 *
 * Rejected: storing line and column in every token (twice the memory, and only diagnostics and the
 * line table of the bytecode ever need them).
 */

/** A place for people: both count from 1, the column in Unicode scalar values. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A place is looked for from the nearest of so many code units. */
const STRIDE = 4096;

export class SourceFile {
  readonly path: string;
  readonly text: string;
  readonly hasByteOrderMark: boolean;
  #lineStarts: Int32Array | undefined;
  #lastLine = 1;
  /** Columns at every STRIDE-th code unit of a line, as far as was asked: in any order, and a line may be 50 MB long. */
  readonly #columns = new Map<number, number[]>();

  constructor(path: string, text: string) {
    this.path = path;
    this.hasByteOrderMark = text.charCodeAt(0) === 0xfeff;
    this.text = this.hasByteOrderMark ? text.slice(1) : text;
  }

  /** Number of lines; a file that ends with a newline has an empty last line. */
  get lineCount(): number {
    return this.#lines().length;
  }

  /** Offset of the first code unit of a line (from 1). */
  lineStart(line: number): number {
    return this.#lines()[line - 1] ?? this.text.length;
  }

  /** Offset just after the last code unit of a line, before its newline. */
  lineEnd(line: number): number {
    const starts = this.#lines();
    if (line >= starts.length) return this.text.length;
    let end = starts[line]! - 1;
    if (end > starts[line - 1]! && this.text.charCodeAt(end) === 10 && this.text.charCodeAt(end - 1) === 13) end--;
    return end;
  }

  /** Text of a line (from 1) without its newline. */
  lineText(line: number): string {
    return this.text.slice(this.lineStart(line), this.lineEnd(line));
  }

  /** Line (from 1) that holds an offset; offsets past the end give the last line. */
  lineAt(offset: number): number {
    const starts = this.#lines();
    // Places are mostly asked for in order: the line of the last one is where to look first.
    const last = this.#lastLine;
    if (last < starts.length && starts[last - 1]! <= offset && offset < starts[last]!) return last;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (starts[mid]! <= offset) low = mid;
      else high = mid - 1;
    }
    return (this.#lastLine = low + 1);
  }

  position(offset: number): Position {
    const line = this.lineAt(offset);
    const start = this.lineStart(line);
    const limit = Math.min(offset, this.text.length);
    const strides = Math.floor((limit - start) / STRIDE);
    if (strides < 1) return { line, column: this.#columnFrom(start, 1, limit) };
    let columns = this.#columns.get(line);
    if (columns === undefined) this.#columns.set(line, (columns = [1]));
    for (let i = columns.length; i <= strides; i++) {
      columns.push(this.#columnFrom(start + (i - 1) * STRIDE, columns[i - 1]!, start + i * STRIDE));
    }
    return { line, column: this.#columnFrom(start + strides * STRIDE, columns[strides]!, limit) };
  }

  /** The column of `limit`, given that of `at` before it on the line. Inside a pair both halves have the column of the pair. */
  #columnFrom(at: number, column: number, limit: number): number {
    if (at > 0 && isPairAt(this.text, at - 1)) at--;
    while (at < limit) {
      const step = isPairAt(this.text, at) ? 2 : 1;
      if (at + step > limit) break;
      at += step;
      column++;
    }
    return column;
  }

  /** Offset of a place; the inverse of `position`. Columns past the end of the line give its end. */
  offsetAt(place: Position): number {
    const end = this.lineEnd(place.line);
    let at = this.lineStart(place.line);
    for (let column = 1; column < place.column && at < end; column++) at += isPairAt(this.text, at) ? 2 : 1;
    return at;
  }

  #lines(): Int32Array {
    if (this.#lineStarts === undefined) this.#lineStarts = lineStartsOf(this.text);
    return this.#lineStarts;
  }
}

/** Line feeds, carriage returns and the pair of both end a line. */
function lineStartsOf(text: string): Int32Array {
  let starts = new Int32Array(Math.max(16, text.length >> 4));
  let count = 1;
  // Searched for in place of looked at, one by one: V8 compares many code units at once.
  let feed = text.indexOf('\n');
  let turn = text.indexOf('\r');
  while (feed >= 0 || turn >= 0) {
    let end = turn < 0 || (feed >= 0 && feed < turn) ? feed : turn;
    if (end === turn) {
      if (feed === turn + 1) end = feed;
      turn = text.indexOf('\r', end + 1);
    }
    if (end === feed) feed = text.indexOf('\n', end + 1);
    if (count === starts.length) {
      const larger = new Int32Array(count * 2);
      larger.set(starts);
      starts = larger;
    }
    starts[count++] = end + 1;
  }
  return starts.slice(0, count);
}

function isPairAt(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
}

/** Columns a terminal spends on a scalar value: 0 for marks and controls of layout, 2 for wide scripts. */
export function charWidth(code: number): 0 | 1 | 2 {
  if (code < 0x300) return 1;
  if (isZeroWidth(code)) return 0;
  return isWide(code) ? 2 : 1;
}

/** Columns a terminal spends on a text; tabs count as one (the renderer repeats them as they are). */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char.codePointAt(0)!);
  return width;
}

function isZeroWidth(code: number): boolean {
  return (
    (code >= 0x300 && code <= 0x36f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    (code >= 0x20d0 && code <= 0x20ff) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xfe20 && code <= 0xfe2f) ||
    code === 0xfeff ||
    (code >= 0xe0100 && code <= 0xe01ef)
  );
}

/** East Asian Wide and Fullwidth, by block; “ ” ‘ ’ … are ambiguous and shown wide in Chinese terminals seldom, so 1. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0x33ff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0xa000 && code <= 0xa4cf) ||
    (code >= 0xa960 && code <= 0xa97f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1f64f) ||
    (code >= 0x1f680 && code <= 0x1f6ff) ||
    (code >= 0x1f900 && code <= 0x1f9ff) ||
    (code >= 0x20000 && code <= 0x3fffd) ||
    code === 0x3000
  );
}
