/*
 * Why an operation on a file failed, in words for people.
 */
import type { Localized } from '../diagnostics.js';

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
