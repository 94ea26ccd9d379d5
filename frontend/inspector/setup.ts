/*
 * What the two threads of the inspector (start.ts, thread.ts) agree on.
 */

/** What the serving thread is given. */
export interface Setup {
  readonly port: number;
  readonly token: string;
  /** One end of a pair of sockets; the program has the other one. */
  readonly descriptor: number;
  /** [0]: LISTENING or FAILED, written last; [1]: the port. Shared. */
  readonly state: Int32Array;
  /** FAILED: why, as the system calls it; ends with a zero. Shared. */
  readonly reason: Uint8Array;
}

export const LISTENING = 1;
export const FAILED = 2;

/** How long the server still answers that the program is over. */
export const LAST_CALL_MS = 50;
/** How long answers to those who wait may still take when the program is over. */
export const PATIENCE_MS = 1000;
