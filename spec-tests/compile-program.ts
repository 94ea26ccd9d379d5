/**
 * The one place where the specification runner touches the compiler: bytes of
 * a program in, a module and placed diagnostics out.
 */
import type { ExpectedDiagnostic } from './front-matter.js';

/** What compiling a program gave. */
export interface Compilation {
  /** The module to run, absent when there were errors. */
  readonly module: Uint8Array | undefined;
  readonly errors: readonly ExpectedDiagnostic[];
  readonly warnings: readonly ExpectedDiagnostic[];
  /** The diagnostics as a user would read them. */
  readonly rendered: string;
}

export function compileProgram(_bytes: Uint8Array, _name: string): Compilation {
  throw new Error('not connected');
}
