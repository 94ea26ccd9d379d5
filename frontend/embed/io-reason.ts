/*
 * Why an operation on a file failed, in words for people.
 */
import type { Localized } from '../diagnostics.js';
import { IO_REASONS } from '../generated/io-reasons.js';

/** What Node itself refuses before the system is asked. */
const OF_NODE: Readonly<Record<string, Localized>> = {
  ERR_FS_FILE_TOO_LARGE: { zh: '文件太大', en: 'the file is too large' },
  ERR_INVALID_ARG_VALUE: { zh: '路径含有空字符', en: 'the path holds a NUL' },
};

/** Why an operation on a file failed, in words; the system's own code when there are none. */
export function ioReason(error: unknown): Localized {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return IO_REASONS[code] ?? OF_NODE[code] ?? { zh: code, en: code };
}
