/**
 * The one place where the specification runner touches the compiler: bytes of
 * a program in, a module and placed diagnostics out.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from '../frontend/compile.js';
import { renderDiagnostic, type Diagnostic } from '../frontend/diagnostics.js';
import { diskHost } from '../frontend/embed/disk.js';
import type { ExpectedDiagnostic } from './front-matter.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

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
 * @param name path relative to the repository, shown in diagnostics and stack traces; imports are looked for beside it
 */
export function compileProgram(bytes: Uint8Array, name: string): Compilation {
  const { module, diagnostics } = compile(bytes, name, diskHost(ROOT));
  const of = (severity: Diagnostic['severity']): ExpectedDiagnostic[] =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).map((diagnostic) => place(diagnostic, name));
  return {
    module,
    errors: of('error'),
    warnings: of('warning'),
    rendered: diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, 'zh')).join('\n'),
  };
}

/** A place in another file than the program's own names that file, relative to the program's folder. */
function place(diagnostic: Diagnostic, program: string): ExpectedDiagnostic {
  const { line, column } = diagnostic.file.position(diagnostic.span.start);
  const file = diagnostic.file.path === program ? undefined : path.relative(path.dirname(program), diagnostic.file.path);
  return { code: diagnostic.code, line, column, ...(file === undefined ? {} : { file }) };
}
