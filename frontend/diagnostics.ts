/**
 * Diagnostics: what a phase reports, and how it is shown.
 *
 * Phases report values; only the renderer knows languages and layout. Titles and hints live in
 * vm/include/qi/errors.def and arrive here through generated/errors.ts; a diagnostic carries the
 * code and the values of its placeholders. Labels and related notes are short and depend on the
 * place, so a phase gives them in both languages (`Localized`).
 *
 * Invariant: reporting never throws and never stops a phase. Rejected: exceptions for errors
 * (one error per run), and formatted strings in diagnostics (one language, no tools).
 */

import type { Span } from './ast.js';
import { ERRORS, type ErrorCode } from './generated/errors.js';
import { charWidth, displayWidth, type Position, type SourceFile } from './source.js';

export type Severity = 'error' | 'warning';
export type Language = 'zh' | 'en';

export interface Localized {
  readonly zh: string;
  readonly en: string;
}

/** Values for the placeholders of a code's texts. A Localized value is shown in the reader's language. */
export type DiagnosticArgs = Readonly<Record<string, string | number | bigint | Localized>>;

export interface RelatedPlace {
  readonly span: Span;
  readonly file: SourceFile;
  readonly label: Localized;
}

export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: Severity;
  readonly span: Span;
  readonly file: SourceFile;
  readonly args: DiagnosticArgs;
  /** Stands beside the underline. */
  readonly label?: Localized | undefined;
  /** Replaces the hint of the code when a better one is known. A function when it takes work that only showing it pays for. */
  readonly hint?: Hint | undefined;
  readonly related?: readonly RelatedPlace[] | undefined;
}

export type Hint = Localized | (() => Localized | undefined);

export type Reporter = (diagnostic: Diagnostic) => void;

export interface DiagnosticDetails {
  readonly label?: Localized | undefined;
  readonly hint?: Hint | undefined;
  readonly related?: readonly RelatedPlace[] | undefined;
}

/** Makes a diagnostic; its severity is that of the code. */
export function diagnostic(
  code: ErrorCode,
  file: SourceFile,
  span: Span,
  args: DiagnosticArgs = {},
  details: DiagnosticDetails = {},
): Diagnostic {
  return { code, severity: ERRORS[code].severity, span, file, args, ...details };
}

/** The title of a diagnostic with its placeholders filled in. */
export function messageOf(d: Diagnostic, language: Language): string {
  return fillPlaceholders(ERRORS[d.code][language], d.args, language);
}

/** The hint of a diagnostic, or undefined when there is none. */
export function hintOf(d: Diagnostic, language: Language): string | undefined {
  const own = typeof d.hint === 'function' ? d.hint() : d.hint;
  if (own !== undefined) return own[language];
  const entry = ERRORS[d.code];
  const hint = language === 'zh' ? entry.hintZh : entry.hintEn;
  return hint === '' ? undefined : fillPlaceholders(hint, d.args, language);
}

/** Replaces `{名}` by `args.名`; unknown placeholders stay as they are, so texts may hold braces. */
export function fillPlaceholders(template: string, args: DiagnosticArgs, language: Language): string {
  return template.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    if (!Object.hasOwn(args, name)) return whole;
    const value = args[name]!;
    return elide(typeof value === 'object' ? value[language] : String(value));
  });
}

/** A name or literal of the source can be millions of characters long; a message shows both ends. */
const ARG_SHOWN = 160;

function elide(text: string): string {
  if (text.length <= ARG_SHOWN) return text;
  const chars = [...text.slice(0, ARG_SHOWN)];
  const head = chars.slice(0, ARG_SHOWN / 2).join('');
  const tail = [...text.slice(-ARG_SHOWN / 4)].slice(1).join('');
  return `${head}…${tail}`;
}

const WORDS = {
  error: { zh: '错误', en: 'error' },
  warning: { zh: '警告', en: 'warning' },
  hint: { zh: '提示', en: 'hint' },
} as const;

/** Longest part of a source line shown, in scalar values; longer ones are cut around the span. */
const MAX_LINE = 160;

/** Colours of a terminal, as escape sequences. */
const enum Colour { Red = '31', Green = '32', Yellow = '33', Cyan = '36', Bold = '1' }

type Paint = (text: string, ...colours: Colour[]) => string;

const PLAIN: Paint = (text) => text;
const PAINTED: Paint = (text, ...colours) => `\x1b[${colours.join(';')}m${text}\x1b[0m`;

/**
 * The text form: title, `--> 文件:行:列`, the underlined source line, related places and the hint; coloured only for a terminal.
 * Ends without a newline.
 */
export function renderDiagnostic(d: Diagnostic, language: Language, coloured = false): string {
  const paint = coloured ? PAINTED : PLAIN;
  const main = d.severity === 'error' ? Colour.Red : Colour.Yellow;
  const lines = [`${paint(`${WORDS[d.severity][language]} [${d.code}]`, Colour.Bold, main)}: ${paint(messageOf(d, language), Colour.Bold)}`];
  const related = d.related ?? [];
  const gutter = gutterWidth([d, ...related]);
  excerpt(lines, d.file, d.span, d.label?.[language] ?? '', '^', gutter, (text) => paint(text, Colour.Bold, main));
  for (const place of related) excerpt(lines, place.file, place.span, place.label[language], '-', gutter, (text) => paint(text, Colour.Cyan));
  const hint = hintOf(d, language);
  if (hint !== undefined) lines.push(`${' '.repeat(gutter)} ${paint(WORDS.hint[language], Colour.Green)}: ${hint}`);
  return lines.join('\n');
}

/** The form for tools: one object, with everything the text shows. Offsets are UTF-16 code units. */
export function diagnosticToJson(d: Diagnostic, language: Language): Record<string, unknown> {
  return {
    code: d.code,
    severity: d.severity,
    message: messageOf(d, language),
    ...placeToJson(d.file, d.span),
    label: d.label?.[language] ?? null,
    hint: hintOf(d, language) ?? null,
    related: (d.related ?? []).map((r) => ({ ...placeToJson(r.file, r.span), message: r.label[language] })),
  };
}

function placeToJson(file: SourceFile, span: Span): Record<string, unknown> {
  const start = file.position(span.start);
  const end = file.position(span.end);
  return { file: file.path, start: { ...start, offset: span.start }, end: { ...end, offset: span.end } };
}

/** Places in order of file and offset; on the same place errors before warnings. Stable. */
export function sortDiagnostics(list: readonly Diagnostic[]): Diagnostic[] {
  return [...list].sort(
    (a, b) =>
      (a.file.path < b.file.path ? -1 : a.file.path > b.file.path ? 1 : 0) ||
      a.span.start - b.span.start ||
      (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1),
  );
}

function gutterWidth(places: readonly { span: Span; file: SourceFile }[]): number {
  let width = 1;
  for (const { span, file } of places) width = Math.max(width, String(file.lineAt(span.start)).length);
  return width;
}

function excerpt(out: string[], file: SourceFile, span: Span, label: string, mark: string, gutter: number, paint: (text: string) => string): void {
  const start = file.position(span.start);
  const pad = ' '.repeat(gutter);
  out.push(`${pad}--> ${file.path}:${start.line}:${start.column}`);
  const { before, marked, after } = visiblePart(file, span, start);
  // Tabs are repeated so that the underline stays below its text whatever the tab width is.
  const indent = before.replace(/[^\t]+/g, (part) => ' '.repeat(displayWidth(part)));
  const underline = mark.repeat(Math.max(1, displayWidth(marked)));
  out.push(`${pad} |`);
  out.push(`${String(start.line).padStart(gutter)} | ${before}${marked}${after}`);
  out.push(`${pad} | ${indent}${paint(label === '' ? underline : `${underline} ${label}`)}`);
}

/** Splits the first line of a span around it, control characters made harmless, very long lines cut. */
function visiblePart(file: SourceFile, span: Span, start: Position): { before: string; marked: string; after: string } {
  const lineStart = file.lineStart(start.line);
  const lineEnd = file.lineEnd(start.line);
  const from = Math.min(span.start, lineEnd);
  const to = Math.max(from, Math.min(span.end, lineEnd));
  const left = Math.max(lineStart, from - MAX_LINE / 2);
  const right = Math.min(lineEnd, from + MAX_LINE);
  return {
    before: (left > lineStart ? '…' : '') + printable(file.text.slice(left, from)),
    marked: printable(file.text.slice(from, Math.min(to, right))),
    after: to < right ? printable(file.text.slice(to, right)) + (right < lineEnd ? '…' : '') : '',
  };
}

/** Shows controls (also of text direction) as a replacement sign: source must not steer the terminal. */
function printable(text: string): string {
  let out = '';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    const control = (code < 32 && code !== 9) || (code >= 0x7f && code <= 0x9f) || (code >= 0xd800 && code <= 0xdfff);
    out += control || (charWidth(code) === 0 && code >= 0x2000 && code <= 0x206f) ? '\u{fffd}' : char;
  }
  return out;
}
