/*
 * Messages of the command that belong to no place in a source: wrong usage, files that cannot be read, a module the
 * runtime refuses. Same layout and same table as diagnostics with a place.
 */
import { fillPlaceholders, type DiagnosticArgs, type Language } from '../diagnostics.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';
import type { CommandError } from './command-error.js';
import { STDERR, write } from './terminal.js';

/** The message as text (with a newline) or, for tools, as one line of JSON. */
export function renderMessage(code: ErrorCode, args: DiagnosticArgs, language: Language, json: boolean): string {
  const entry = ERRORS[code];
  const message = fillPlaceholders(entry[language], args, language);
  const hint = fillPlaceholders(language === 'zh' ? entry.hintZh : entry.hintEn, args, language);
  if (json) return `${JSON.stringify({ code, severity: entry.severity, message, hint: hint === '' ? null : hint })}\n`;
  const word = language === 'zh' ? '错误' : 'error';
  const hintWord = language === 'zh' ? '提示' : 'hint';
  return `${word} [${code}]: ${message}\n${hint === '' ? '' : `  ${hintWord}: ${hint}\n`}`;
}

/** Prints a coded message to standard error. */
export function printMessage(error: CommandError, language: Language, json: boolean): void {
  write(STDERR, renderMessage(error.code, error.args, language, json));
}
