/*
 * Messages of the command that belong to no place in a source: wrong usage, files that cannot be read, a module the
 * runtime refuses. Same layout and same table as diagnostics with a place.
 */
import { fillPlaceholders, type DiagnosticArgs, type Language, type Localized } from '../diagnostics.js';
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

const REASONS: Readonly<Record<string, Localized>> = {
  ENOENT: { zh: '文件不存在', en: 'no such file' },
  ENOTDIR: { zh: '路径中有一段不是目录', en: 'a part of the path is not a directory' },
  EISDIR: { zh: '这是一个目录', en: 'it is a directory' },
  EACCES: { zh: '没有权限', en: 'permission denied' },
  EPERM: { zh: '没有权限', en: 'permission denied' },
  EROFS: { zh: '文件系统只读', en: 'the file system is read-only' },
  ENOSPC: { zh: '磁盘已满', en: 'no space left' },
  ENAMETOOLONG: { zh: '文件名太长', en: 'the name is too long' },
  ELOOP: { zh: '符号链接成环', en: 'too many symbolic links' },
  EMFILE: { zh: '打开的文件太多', en: 'too many open files' },
  ERR_FS_FILE_TOO_LARGE: { zh: '文件太大', en: 'the file is too large' },
  ERR_INVALID_ARG_VALUE: { zh: '路径含有空字符', en: 'the path holds a NUL' },
};

/** Why an operation on a file failed, in words; the system's own code when there are none. */
export function ioReason(error: unknown): Localized {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return REASONS[code] ?? { zh: code, en: code };
}
