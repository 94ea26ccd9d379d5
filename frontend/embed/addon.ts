/*
 * The C virtual machine as seen from TypeScript: finds and loads the Node addon on first use, and gives it types.
 *
 * Loading is lazy because `qi check` and `qi 解释` never need it. The addon lies in build/Release beside dist/ (or
 * beside frontend/, when the sources run directly). Rejected: a search path or an environment variable; a runtime
 * from another build would be refused by its tables hash anyway.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Language } from '../diagnostics.js';

export interface RunOptions {
  /** What 程序参数() gives. */
  readonly args: readonly string[];
  /** Deterministic mode with this seed: one worker, virtual clock, seeded choices. */
  readonly seed: bigint | undefined;
  /** Threads that run the program, from 1; with a seed it is always one. undefined: as many as there are processors, when they are needed. */
  readonly workers: number | undefined;
  /** Language of run-time errors and of the deadlock report. */
  readonly language: Language;
  /** These, and the refusal of the module, as one line of JSON each. */
  readonly json: boolean;
  /** While the program runs SIGINT and SIGQUIT are its own: the first Ctrl-C cancels 入口, the second ends the process. */
  readonly signals: boolean;
  /** Tasks that nobody can wake are reported (E6007). */
  readonly leaks: boolean;
  /** One end of a pair(): who has the other one may look closer, and change what coroutines there are. Belongs to the run, which closes it. */
  readonly inspector?: number;
}

/** Text of the module, or, when it was refused, the coded message why. */
export interface ModuleResult {
  readonly ok: boolean;
  readonly text: string;
}

export interface Addon {
  /**
   * Loads, verifies and runs a module, on the calling thread and others when several are asked for, until it ends. The program reads and writes file
   * descriptors 0 to 2 directly; messages about a refused module or an uncaught error go to descriptor 2.
   * Returns the exit code. Throws a TypeError E9013 on wrong arguments, an Error E7007 when memory is short.
   */
  run(module: Uint8Array, options: RunOptions): number;
  /** Two descriptors of local sockets that are connected to each other. */
  pair(): readonly [number, number];
  /** Verifies a module; the text is empty when it is accepted. */
  verify(module: Uint8Array, language: Language): ModuleResult;
  /** The module as text. */
  disassemble(module: Uint8Array, language: Language): ModuleResult;
}

/** The addon is not there or does not load on this system. */
export class AddonMissing extends Error {}

const PLACES = ['../build/Release/qi_addon.node', '../../build/Release/qi_addon.node'];

let loaded: Addon | undefined;

/** The addon; loads it on the first call. Throws AddonMissing. */
export function addon(): Addon {
  if (loaded !== undefined) return loaded;
  const file = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) => existsSync(path));
  if (file === undefined) throw new AddonMissing('build/Release/qi_addon.node');
  try {
    loaded = createRequire(import.meta.url)(file) as Addon;
  } catch (error) {
    throw new AddonMissing(error instanceof Error ? error.message : String(error));
  }
  return loaded;
}
