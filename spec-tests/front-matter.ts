/**
 * Front matter of a specification program: the comment lines at its top that
 * say which clause it shows and what a run of it must do.
 *
 * Invariants
 * - Every line of front matter is understood or rejected: a misspelt field
 *   must not turn into a test that checks nothing.
 * - A program expects either compile errors or a run, never both, and always
 *   at least one of them.
 * - Line numbers in expectations count from the first line of the file, so
 *   they are the numbers a user sees.
 *
 * Rejected: YAML front matter (the program would not be plain Qi, and a second
 * escaping scheme would stand between the reader and the expected bytes), and
 * separate `.out` files (the expectation belongs beside what it explains).
 */

/** Engines a program can run on; `det` is the VM with seeded scheduling and a virtual clock, `mn` the VM with several workers. */
export const ENGINES = ['vm', 'det', 'mn', 'aot'] as const;
export type Engine = (typeof ENGINES)[number];

/** A diagnostic that the compiler must report at exactly this place. */
export interface ExpectedDiagnostic {
  readonly code: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1, in Unicode scalar values. */
  readonly column: number;
  /** The file, relative to the program's folder, when it is not the program itself. */
  readonly file?: string;
}

/** What one program promises. */
export interface Expectation {
  readonly clause: string;
  readonly description: string;
  /** Errors the compiler must report, all of them, in this order; empty when the program must run. */
  readonly errors: readonly ExpectedDiagnostic[];
  /** Warnings the compiler must report; `undefined` leaves them unchecked, an empty list forbids them. */
  readonly warnings: readonly ExpectedDiagnostic[] | undefined;
  /** Substrings of the diagnostics as a user reads them. */
  readonly renderedIncludes: readonly string[];
  /** Exact standard output. */
  readonly stdout: string;
  /** Compare the lines of standard output as a multiset. */
  readonly unordered: boolean;
  /** Substrings of standard error; with none, standard error must be empty. */
  readonly stderrIncludes: readonly string[];
  readonly exitCode: number;
  readonly args: readonly string[];
  readonly stdin: string;
  readonly engines: readonly Engine[];
}

/** Front matter that says something this parser does not understand. */
export class FrontMatterError extends Error {}

const FIELD = /^\/\/ ([\p{Script=Han}]+):(?: ?(.*))?$/u;
const OUTPUT_LINE = /^\/\/\|(?: (.*))?$/su;
const DIAGNOSTIC = /^([EW]\d{4}) ([1-9]\d*):([1-9]\d*)(?: (\S.*))?$/u;

/** The places where an expectation appears, while the lines are being read. */
interface Draft {
  clause: string | undefined;
  description: string | undefined;
  errors: ExpectedDiagnostic[];
  warnings: ExpectedDiagnostic[] | undefined;
  renderedIncludes: string[];
  stdoutLines: string[] | undefined;
  finalNewline: boolean;
  unordered: boolean;
  stderrIncludes: string[];
  exitCode: number | undefined;
  args: string[];
  stdin: string;
  engines: Engine[] | undefined;
}

/**
 * Read the front matter of a program.
 *
 * @param source text of the program; a leading byte order mark is allowed
 * @returns what the program promises
 * @throws FrontMatterError naming the offending line
 */
export function parseFrontMatter(source: string): Expectation {
  const draft: Draft = {
    clause: undefined,
    description: undefined,
    errors: [],
    warnings: undefined,
    renderedIncludes: [],
    stdoutLines: undefined,
    finalNewline: true,
    unordered: false,
    stderrIncludes: [],
    exitCode: undefined,
    args: [],
    stdin: '',
    engines: undefined,
  };
  const lines = source.replace(/^\uFEFF/u, '').split(/\r?\n/u);
  for (const [index, line] of lines.entries()) {
    // `////` and ordinary comments belong to the program; front matter ends with the first such line.
    if (!line.startsWith('// ') && !line.startsWith('//|')) break;
    readLine(draft, line, index + 1);
  }
  return finish(draft);
}

function readLine(draft: Draft, line: string, number: number): void {
  const output = OUTPUT_LINE.exec(line);
  if (output !== null) {
    if (draft.stdoutLines === undefined) fail(number, 'output line before 期望: or 乱序:');
    draft.stdoutLines.push(output[1] ?? '');
    return;
  }
  const field = FIELD.exec(line);
  if (field === null) fail(number, `not a front matter field: ${line}`);
  const name = field[1] ?? '';
  const value = field[2] ?? '';
  const read = FIELDS[name];
  if (read === undefined) fail(number, `unknown field ${name}`);
  read(draft, value, number);
}

type FieldReader = (draft: Draft, value: string, line: number) => void;

const FIELDS: Readonly<Record<string, FieldReader>> = {
  条款: (draft, value, line) => {
    if (draft.clause !== undefined) fail(line, '条款 given twice');
    if (!value.startsWith('§')) fail(line, '条款 must name a clause: § and its number');
    draft.clause = value;
  },
  说明: (draft, value, line) => {
    if (draft.description !== undefined) fail(line, '说明 given twice');
    if (value.trim() === '') fail(line, '说明 is empty');
    draft.description = value;
  },
  期望: (draft, value, line) => startOutput(draft, value, line, false),
  乱序: (draft, value, line) => startOutput(draft, value, line, true),
  末尾: (draft, value, line) => {
    if (value !== '无换行') fail(line, '末尾 knows only 无换行');
    draft.finalNewline = false;
  },
  退出码: (draft, value, line) => {
    const code = Number(value);
    if (!/^\d+$/u.test(value) || code > 255) fail(line, `退出码 must be 0 to 255, not ${value}`);
    if (draft.exitCode !== undefined) fail(line, '退出码 given twice');
    draft.exitCode = code;
  },
  标准错误包含: (draft, value, line) => {
    if (value === '') fail(line, '标准错误包含 is empty');
    draft.stderrIncludes.push(value);
  },
  错误: (draft, value, line) => {
    draft.errors.push(parseDiagnostic(value, 'E', line));
  },
  警告: (draft, value, line) => {
    draft.warnings ??= [];
    if (value !== '无') draft.warnings.push(parseDiagnostic(value, 'W', line));
  },
  诊断包含: (draft, value, line) => {
    if (value === '') fail(line, '诊断包含 is empty');
    draft.renderedIncludes.push(value);
  },
  参数: (draft, value) => {
    draft.args.push(...value.split(' ').filter((part) => part !== ''));
  },
  标准输入: (draft, value) => {
    draft.stdin += `${value}\n`;
  },
  引擎: (draft, value, line) => {
    if (draft.engines !== undefined) fail(line, '引擎 given twice');
    const names = value.split(/[ ,，、]+/u).filter((name) => name !== '');
    if (names.length === 0) fail(line, '引擎 names no engine');
    draft.engines = names.map((name) => {
      if (!isEngine(name)) fail(line, `unknown engine ${name}`);
      return name;
    });
  },
};

function startOutput(draft: Draft, value: string, line: number, unordered: boolean): void {
  if (value !== '') fail(line, 'expected output goes on the following lines, each after `//| `');
  if (draft.stdoutLines !== undefined) fail(line, 'expected output given twice');
  draft.stdoutLines = [];
  draft.unordered = unordered;
}

function parseDiagnostic(value: string, kind: 'E' | 'W', line: number): ExpectedDiagnostic {
  const match = DIAGNOSTIC.exec(value);
  if (match === null || match[1]?.[0] !== kind) {
    fail(line, `expected a code and a place such as ${kind}3001 2:9, not ${value}`);
  }
  const file = match[4];
  return { code: match[1], line: Number(match[2]), column: Number(match[3]), ...(file === undefined ? {} : { file }) };
}

function finish(draft: Draft): Expectation {
  if (draft.clause === undefined) fail(1, '条款 is missing');
  if (draft.description === undefined) fail(1, '说明 is missing');
  const runs =
    draft.stdoutLines !== undefined || draft.stderrIncludes.length > 0 || draft.exitCode !== undefined;
  if (draft.errors.length > 0 && runs) fail(1, 'a program expects errors or a run, not both');
  if (draft.errors.length === 0 && !runs) fail(1, 'the program expects nothing');
  if (draft.renderedIncludes.length > 0 && draft.errors.length === 0 && draft.warnings === undefined) {
    fail(1, '诊断包含 needs an expected error or warning');
  }
  const lines = draft.stdoutLines ?? [];
  if (!draft.finalNewline && lines.length === 0) fail(1, '末尾 needs expected output');
  const text = lines.join('\n');
  return {
    clause: draft.clause,
    description: draft.description,
    errors: draft.errors,
    warnings: draft.warnings,
    renderedIncludes: draft.renderedIncludes,
    stdout: lines.length === 0 ? '' : draft.finalNewline ? `${text}\n` : text,
    unordered: draft.unordered,
    stderrIncludes: draft.stderrIncludes,
    exitCode: draft.exitCode ?? 0,
    args: draft.args,
    stdin: draft.stdin,
    engines: draft.engines ?? ENGINES,
  };
}

/** Whether a name is the name of an engine. */
export function isEngine(name: string): name is Engine {
  return (ENGINES as readonly string[]).includes(name);
}

function fail(line: number, message: string): never {
  throw new FrontMatterError(`front matter, line ${line}: ${message}`);
}
