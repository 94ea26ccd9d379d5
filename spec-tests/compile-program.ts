/**
 * The one place where the specification runner touches the compiler: bytes of
 * a program in, a module and placed diagnostics out.
 */
import { compile } from '../frontend/compile.js';
import { renderDiagnostic, type Diagnostic } from '../frontend/diagnostics.js';
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

/**
 * Compile a program.
 *
 * @param bytes the file as it is on disk, so that wrong encodings reach the compiler
 * @param name path shown in diagnostics and stack traces
 */
export function compileProgram(bytes: Uint8Array, name: string): Compilation {
  const { module, diagnostics } = compile(bytes, name);
  const of = (severity: Diagnostic['severity']): ExpectedDiagnostic[] =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).map(place);
  return {
    module,
    errors: of('error'),
    warnings: of('warning'),
    rendered: diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, 'zh')).join('\n'),
  };
}

function place(diagnostic: Diagnostic): ExpectedDiagnostic {
  const { line, column } = diagnostic.file.position(diagnostic.span.start);
  return { code: diagnostic.code, line, column };
}
