/**
 * The process that runs modules (vm/interp/batch_main.c). Modules are sent in groups; the answers come in order. When the
 * process dies, the program it was running is the one to blame.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../run-command.js';

export interface Run {
  /** Exit code, STOPPED or REFUSED. */
  readonly outcome: number;
  readonly output: string;
}

export const STOPPED = 0x100;
export const REFUSED = 0x101;
/** As many as batch_main.c makes of a module. */
const RUNS = 3;
/** No group takes so long but one that hangs. */
const LIMIT_MS = 120_000;

/** The virtual machine died on a module. */
export class MachineDied extends Error {
  /** `index` in the group that was sent. */
  constructor(readonly index: number, readonly why: string) {
    super(why);
  }
}

export class Batch {
  readonly #variant: string;
  #process: ChildProcess | undefined;
  #received: Buffer[] = [];
  #errors = '';
  #wake: () => void = () => {};

  constructor(variant: string) {
    this.#variant = variant;
  }

  /** Runs modules; one list of runs for each. Throws MachineDied. */
  async run(modules: readonly Uint8Array[]): Promise<Run[][]> {
    if (modules.length === 0) return [];
    const child = this.#process ?? this.#start();
    for (const module of modules) {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(module.length);
      child.stdin!.write(head);
      child.stdin!.write(module);
    }
    const results: Run[][] = [];
    const deadline = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    try {
      let pending: Run[] = [];
      let bytes = Buffer.alloc(0);
      while (results.length < modules.length) {
        if (this.#received.length > 0) {
          bytes = Buffer.concat([bytes, ...this.#received]);
          this.#received = [];
        }
        let at = 0;
        while (bytes.length - at >= 8 && bytes.length - at - 8 >= bytes.readUInt32LE(at + 4)) {
          const length = bytes.readUInt32LE(at + 4);
          pending.push({ outcome: bytes.readUInt32LE(at), output: bytes.toString('utf8', at + 8, at + 8 + length) });
          at += 8 + length;
          if (pending.length < RUNS) continue;
          results.push(pending);
          pending = [];
        }
        bytes = bytes.subarray(at);
        if (results.length === modules.length) break;
        if (this.#process === undefined) throw new MachineDied(results.length, this.#errors.slice(0, 4000));
        await new Promise<void>((resolve) => { this.#wake = resolve; });
      }
    } finally {
      clearTimeout(deadline);
    }
    return results;
  }

  close(): void {
    this.#process?.stdin!.end();
    this.#process = undefined;
  }

  #start(): ChildProcess {
    const child = spawn(join(ROOT, `build/${this.#variant}/batch`), [], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process = child;
    this.#received = [];
    this.#errors = '';
    child.stdin.on('error', () => {}); // it died; 'close' says so
    child.stdout.on('data', (data: Buffer) => { this.#received.push(data); this.#wake(); });
    child.stderr.on('data', (data: Buffer) => { this.#errors += data.toString('utf8'); });
    child.on('close', (code, signal) => {
      if (this.#process !== child) return;
      this.#errors += `\nbatch: ${signal ?? `exit code ${String(code)}`}`;
      this.#process = undefined;
      this.#wake();
    });
    child.on('error', (error) => { this.#errors += error.message; });
    return child;
  }
}
