/*
 * How work on a command ends early: with a coded message and an exit code. Apart from messages.ts, which prints them,
 * because what prints (terminal.ts) fails in this way itself.
 */
import type { DiagnosticArgs } from '../diagnostics.js';
import type { ErrorCode } from '../generated/errors.js';

/** Exit codes of the command itself; a program's own are 0, 1 (uncaught error), 2 (deadlock) or what 入口 returns. */
export const EXIT = { ok: 0, failed: 1, usage: 64, internal: 70 } as const;

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
