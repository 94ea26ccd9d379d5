/*
 * Output of the command: whole texts, written at once to a file descriptor.
 *
 * Not process.stdout: touching it costs start-up time and makes the descriptor non-blocking under the virtual
 * machine, which writes to the same one. A reader that went away (EPIPE) is a clean end, reported by `closed`.
 */
import { writeSync } from 'node:fs';

export const STDOUT = 1;
export const STDERR = 2;

/** Writes everything. False when the reader closed the pipe; other faults throw. */
export function write(fd: number, text: string | Uint8Array): boolean {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EPIPE') return false;
      if (code !== 'EAGAIN') throw error;
      // Somebody made the pipe non-blocking and it is full: wait for the reader.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}
