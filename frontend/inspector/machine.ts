/*
 * The program's side as the server sees it: one request at a time through a local socket, answered at the program's next safepoint.
 * vm/interp/inspector.c is the other end and says what the requests mean.
 *
 * Invariants
 * - One request is on its way; the others wait here. One that nobody waits for any more is not sent; one that was sent is waited for, because its
 *   answer comes before that of the next.
 * - Whoever asks hears within ANSWER_MS: the answer, Busy (the program is inside a native that computes), or Ended.
 */
import type { Socket } from 'node:net';

export const ANSWER_MS = 5000;
const QUEUE_MAX = 256;
const END = '\n.\n';

/** The program reached no safepoint in time. `sent`: it has the request, and may still do what it says. */
export class Busy extends Error {
  constructor(readonly sent: boolean) {
    super('busy');
  }
}

/** The program is over. */
export class Ended extends Error {}

/** In the order of the enums State and Kind in vm/interp/inspector.c. */
export const STATES = ['created', 'held', 'ready', 'running', 'waiting', 'suspended', 'completed', 'failed', 'cancelled'] as const;
export const KINDS = ['task', 'generator'] as const;
export type State = (typeof STATES)[number];
export type Kind = (typeof KINDS)[number];

interface Waiting {
  readonly request: string;
  readonly settle: (answer: unknown) => void;
  readonly fail: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
  sent: boolean;
}

export class Machine {
  #queue: Waiting[] = [];
  /** Whose answer comes next; kept when its asker gave up. */
  #served: Waiting | undefined;
  #text = '';
  #over = false;
  #end: () => void = () => undefined;
  /** Resolved when the program is over. */
  readonly ended = new Promise<void>((done) => {
    this.#end = done;
  });

  constructor(readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => this.#receive(part));
    socket.on('error', () => undefined); // `close` follows
    socket.on('close', () => this.#close());
    socket.on('end', () => this.#close());
  }

  /** The answer to a request, parsed. Rejects with Busy or Ended. */
  ask(request: string): Promise<unknown> {
    return new Promise((settle, fail) => {
      if (this.#over) return fail(new Ended());
      if (this.#queue.length >= QUEUE_MAX) return fail(new Busy(false));
      const waiting: Waiting = { request, settle, fail, sent: false, timer: setTimeout(() => this.#giveUp(waiting), ANSWER_MS) };
      this.#queue.push(waiting);
      this.#next();
    });
  }

  #giveUp(waiting: Waiting): void {
    this.#queue = this.#queue.filter((other) => other !== waiting);
    waiting.fail(new Busy(waiting.sent));
  }

  #next(): void {
    if (this.#served !== undefined || this.#over) return;
    const waiting = this.#queue.shift();
    if (waiting === undefined) return;
    this.#served = waiting;
    waiting.sent = true;
    this.socket.write(`${waiting.request}\n`);
  }

  #receive(part: string): void {
    this.#text += part;
    // JSON has no line of its own that is a dot, and nothing is on its way behind the answer.
    if (!this.#text.endsWith(END)) return;
    const answer = this.#text.slice(0, -END.length);
    this.#text = '';
    const served = this.#served;
    this.#served = undefined;
    if (served !== undefined) {
      clearTimeout(served.timer);
      try {
        served.settle(JSON.parse(answer));
      } catch (error) {
        served.fail(error as Error);
      }
    }
    this.#next();
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    for (const waiting of this.#served === undefined ? this.#queue : [this.#served, ...this.#queue]) {
      clearTimeout(waiting.timer);
      waiting.fail(new Ended());
    }
    this.#queue = [];
    this.#served = undefined;
    this.socket.destroy();
    this.#end();
  }
}
