/*
 * Output of the command: whole texts, written at once to a file descriptor.
 *
 * Not process.stdout: touching it costs start-up time and makes the descriptor non-blocking under the virtual
 * machine, which writes to the same one. A reader that went away (EPIPE) is no error to speak of, but the work was not
 * done either: `write` gives false, and the exit code is not 0.
 */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { ioReason } from '../embed/io-reason.js';
import { CommandError } from './command-error.js';

export const STDOUT = 1;
export const STDERR = 2;

/** Whether text for standard error may be coloured: what was asked for, else on a terminal that has not said no (NO_COLOR). */
export function isColoured(asked: boolean | undefined, env: NodeJS.ProcessEnv = process.env): boolean {
  if (asked !== undefined) return asked;
  return (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' && isatty(STDERR);
}

/**
 * Writes everything. False when the reader closed the pipe, and for standard error whatever went wrong, since then nobody
 * can be told; other faults throw CommandError E8002.
 */
export function write(fd: number, text: string | Uint8Array): boolean {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EAGAIN') {
        // Somebody made the pipe non-blocking and it is full: wait for the reader.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        continue;
      }
      if (code === 'EPIPE' || fd === STDERR) return false;
      if (code === undefined) throw error; // no fault of the system but of ours
      throw new CommandError('E8002', { 路径: { zh: '标准输出', en: 'standard output' }, 原因: ioReason(error) });
    }
  }
  return true;
}
