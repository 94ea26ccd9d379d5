/*
 * Messages of the command that belong to no place in a source: wrong usage, files that cannot be read, a module the
 * runtime refuses. Same layout and same table as diagnostics with a place.
 */
import { fillPlaceholders, type DiagnosticArgs, type Language } from '../diagnostics.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';
import { STDERR, write } from './terminal.js';

/** Exit codes of the command itself; a program's own are 0, 1 (uncaught error), 2 (deadlock) or what 入口 returns. */
export const EXIT = { ok: 0, failed: 1, usage: 64, internal: 70 } as const;

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

/** Ends the work on a command with a coded message. Thrown, because it may come from deep inside reading or writing. */
export class CommandError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly args: DiagnosticArgs,
    readonly exit: number = EXIT.failed,
  ) {
    super(code);
  }
}

/** Prints a coded message to standard error. */
export function printMessage(error: CommandError, language: Language, json: boolean): void {
  write(STDERR, renderMessage(error.code, error.args, language, json));
}
