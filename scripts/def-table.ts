/*
 * Reader for the X-macro tables (*.def) that C includes and TypeScript is generated from.
 *
 * A table is a sequence of rows `NAME(arg, arg, …)`. An argument is either one or more adjacent C string
 * literals (joined, as C does) or raw text with balanced parentheses. Comments and preprocessor lines are
 * skipped. Every fault is reported as `file:line: what`, because the tables are edited by hand.
 *
 * Rejected: running the C preprocessor and parsing its output. It loses the line numbers, and the generator
 * would need a compiler before anything is built.
 */

export interface Arg {
  /** The decoded string, or the raw text with surrounding space removed. */
  readonly text: string;
  readonly isString: boolean;
  readonly line: number;
}

export interface Row {
  readonly macro: string;
  readonly args: readonly Arg[];
  readonly file: string;
  readonly line: number;
}

export class TableError extends Error {
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}: ${message}`);
    this.name = 'TableError';
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', '"': '"', "'": "'", '\\': '\\' };

/** Parses the text of a table. `file` is only used in messages. Throws TableError on the first fault. */
export function parseTable(text: string, file: string): Row[] {
  const rows: Row[] = [];
  let at = 0;
  let line = 1;

  const fail = (message: string, where = line): never => {
    throw new TableError(file, where, message);
  };
  const advance = (): string => {
    const c = text.charAt(at++);
    if (c === '\n') line++;
    return c;
  };
  /** Skips one comment if one starts here. */
  const skipComment = (): boolean => {
    if (text.startsWith('//', at)) {
      while (at < text.length && text[at] !== '\n') at++;
      return true;
    }
    if (text.startsWith('/*', at)) {
      const start = line;
      const end = text.indexOf('*/', at + 2);
      if (end < 0) fail('comment without an end', start);
      while (at < end + 2) advance();
      return true;
    }
    return false;
  };
  const skipSpace = (): void => {
    for (;;) {
      if (at < text.length && /\s/.test(text.charAt(at))) advance();
      else if (!skipComment()) return;
    }
  };
  const skipDirective = (): void => {
    while (at < text.length) {
      if (skipComment()) continue;
      const c = advance();
      if (c === '\\' && text[at] === '\n') advance();
      else if (c === '\n') return;
    }
  };
  const readString = (): string => {
    const start = line;
    let value = '';
    at++;
    for (;;) {
      if (at >= text.length || text[at] === '\n') fail('string literal without an end', start);
      const c = advance();
      if (c === '"') return value;
      if (c !== '\\') {
        value += c;
        continue;
      }
      const e = advance();
      const decoded = ESCAPES[e];
      if (decoded === undefined) fail(`unknown escape \\${e}`);
      else value += decoded;
    }
  };
  const readArg = (): Arg => {
    skipSpace();
    const start = line;
    let value = '';
    let raw = '';
    let isString = false;
    let depth = 0;
    for (;;) {
      if (at >= text.length) fail('row without a closing parenthesis', start);
      if (skipComment()) continue;
      const c = text.charAt(at);
      if (c === '"') {
        isString = true;
        value += readString();
        continue;
      }
      if (depth === 0 && (c === ',' || c === ')')) break;
      if (c === '(') depth++;
      if (c === ')') depth--;
      if (c === '#' && /\n\s*$/.test(text.slice(0, at))) fail('preprocessor line inside a row');
      raw += advance();
    }
    raw = raw.trim().replace(/\s+/g, ' ');
    if (isString && raw !== '') fail(`unexpected ${raw} beside a string literal`, start);
    if (!isString && raw === '') fail('empty argument', start);
    return { text: isString ? value : raw, isString, line: start };
  };

  for (;;) {
    skipSpace();
    if (at >= text.length) return rows;
    if (text[at] === '#') {
      skipDirective();
      continue;
    }
    const start = line;
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(at, at + 80))?.[0];
    if (name === undefined) return fail(`expected a row, found ${JSON.stringify(text.slice(at, at + 12))}`);
    at += name.length;
    skipSpace();
    if (text[at] !== '(') fail(`expected ( after ${name}`);
    at++;
    const args: Arg[] = [];
    skipSpace();
    if (text[at] === ')') at++;
    else {
      for (;;) {
        args.push(readArg());
        if (advance() === ')') break;
      }
    }
    rows.push({ macro: name, args, file, line: start });
  }
}

/** Fails unless the row has exactly the named arguments; a name in quotes must be a string, others must not. */
export function expectArgs(row: Row, names: readonly string[]): readonly string[] {
  if (row.args.length !== names.length) {
    throw new TableError(row.file, row.line, `${row.macro} takes ${names.length} arguments (${names.join(', ')}), found ${row.args.length}`);
  }
  return row.args.map((arg, i) => {
    const name = names[i] ?? '';
    const wantsString = name.startsWith('"');
    if (arg.isString !== wantsString) {
      throw new TableError(row.file, arg.line, `${row.macro}: ${name} must ${wantsString ? '' : 'not '}be a string literal`);
    }
    return arg.text;
  });
}
