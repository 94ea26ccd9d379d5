/**
 * Compares what a program did with what it promised, and words the difference.
 *
 * Invariant: a comparison returns no problems only when every promised
 * property was compared; nothing is normalised except the order of lines when
 * the program says its output is unordered.
 *
 * Rejected: stopping at the first difference (a wrong exit code next to wrong
 * output is usually one cause, and both are wanted to find it).
 */
import type { Compilation } from './compile-program.js';
import type { Expectation, ExpectedDiagnostic } from './front-matter.js';

/** What one run of a program did. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or `undefined` when a signal ended the process. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly timedOut: boolean;
}

/**
 * Compare a run with its expectation.
 *
 * @returns one text per difference; empty when the run is as promised
 */
export function compareRun(expected: Expectation, actual: Outcome): string[] {
  const problems: string[] = [];
  if (actual.timedOut) problems.push('timed out');
  else if (actual.exitCode === undefined) problems.push(`ended by signal ${actual.signal ?? 'unknown'}`);
  else if (actual.exitCode !== expected.exitCode) {
    problems.push(`exit code: expected ${expected.exitCode}, got ${actual.exitCode}`);
  }
  if (!sameOutput(expected, actual.stdout)) {
    problems.push(`standard output differs:\n${diff(expected.stdout, actual.stdout, expected.unordered)}`);
  }
  const missing = expected.stderrIncludes.filter((part) => !actual.stderr.includes(part));
  for (const part of missing) problems.push(`standard error lacks: ${part}`);
  if (expected.stderrIncludes.length === 0 && actual.stderr !== '') {
    problems.push('standard error is not empty');
  }
  if (problems.length > 0 && actual.stderr !== '') problems.push(`standard error was:\n${indent(actual.stderr)}`);
  return problems;
}

/**
 * Compare what the compiler made of a program with its expectation.
 *
 * @returns one text per difference; empty when the diagnostics are as promised and there is a module to run, if one is due
 */
export function compareCompilation(expected: Expectation, actual: Compilation): string[] {
  const problems = compareDiagnostics('errors', expected.errors, actual.errors);
  if (expected.warnings !== undefined) problems.push(...compareDiagnostics('warnings', expected.warnings, actual.warnings));
  for (const part of expected.renderedIncludes) {
    if (!actual.rendered.includes(part)) problems.push(`the diagnostics lack: ${part}`);
  }
  if (problems.length > 0 && actual.rendered !== '') problems.push(actual.rendered);
  if (problems.length === 0 && expected.errors.length === 0 && actual.module === undefined) problems.push('the compiler gave no module');
  return problems;
}

/**
 * Compare reported diagnostics with promised ones: the same set in the same order.
 *
 * @param kind word for the message, such as `errors`
 * @returns one text per difference; empty when they agree
 */
export function compareDiagnostics(
  kind: string,
  expected: readonly ExpectedDiagnostic[],
  actual: readonly ExpectedDiagnostic[],
): string[] {
  const want = expected.map(showDiagnostic);
  const got = actual.map(showDiagnostic);
  if (want.length === got.length && want.every((text, index) => text === got[index])) return [];
  return [`${kind} differ:\n${diff(asText(want), asText(got), false)}`];
}

/** One diagnostic as front matter writes it. */
export function showDiagnostic(diagnostic: ExpectedDiagnostic): string {
  const { code, line, column, file } = diagnostic;
  return `${code} ${line}:${column}${file === undefined ? '' : ` ${file}`}`;
}

function asText(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function sameOutput(expected: Expectation, stdout: string): boolean {
  if (!expected.unordered) return expected.stdout === stdout;
  const sorted = (text: string): string => text.split('\n').sort().join('\n');
  // The last line break counts in both orders, so only whole lines may change places.
  return (
    expected.stdout.endsWith('\n') === stdout.endsWith('\n') && sorted(expected.stdout) === sorted(stdout)
  );
}

/** Larger tables would make the quadratic comparison slow; beyond this only the first difference is shown. */
const MAX_DIFF_CELLS = 1_000_000;

/**
 * A line difference: `-` expected, `+` got, two spaces for lines in both.
 *
 * @param unordered sort both sides first
 */
export function diff(expected: string, actual: string, unordered: boolean): string {
  const want = toLines(expected, unordered);
  const got = toLines(actual, unordered);
  if (want.length * got.length > MAX_DIFF_CELLS) {
    const at = want.findIndex((line, index) => line !== got[index]);
    const place = at === -1 ? want.length : at;
    return `    line ${place + 1}\n  - ${want[place] ?? '(end)'}\n  + ${got[place] ?? '(end)'}`;
  }
  return shortestEdit(want, got).join('\n');
}

function toLines(text: string, sort: boolean): string[] {
  if (text === '') return [];
  const complete = text.endsWith('\n');
  const lines = (complete ? text.slice(0, -1) : text).split('\n');
  if (!complete) lines[lines.length - 1] += ' (no line break at the end)';
  return sort ? lines.sort() : lines;
}

/** Longest common subsequence by the textbook table; the inputs are small. */
function shortestEdit(want: readonly string[], got: readonly string[]): string[] {
  const width = got.length + 1;
  const common = new Uint32Array((want.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = want.length - 1; i >= 0; i--) {
    for (let j = got.length - 1; j >= 0; j--) {
      common[i * width + j] =
        want[i] === got[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const out: string[] = [];
  let i = 0;
  let j = 0;
  while (i < want.length || j < got.length) {
    if (i < want.length && j < got.length && want[i] === got[j]) {
      out.push(`    ${want[i]}`);
      i++;
      j++;
    } else if (j >= got.length || (i < want.length && at(i + 1, j) >= at(i, j + 1))) {
      out.push(`  - ${want[i]}`);
      i++;
    } else {
      out.push(`  + ${got[j]}`);
      j++;
    }
  }
  return out;
}

function indent(text: string): string {
  return text
    .replace(/\n$/u, '')
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
