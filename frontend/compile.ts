/*
 * The compiler on one screen: text → bytecode, phases numbered like their folders. Pure: bytes in, bytes and
 * diagnostics out; the files a program imports come from a Host that the caller gives.
 *
 * A phase runs only when the ones before it reported no error, so that a later phase never meets a broken tree and
 * no error is reported twice. Of a file with syntax errors, what they do not touch is checked all the same (2-parse/sound.ts).
 */
import type { SourceUnit, Span } from './ast.js';
import { decodeSource } from './1-lex/decode.js';
import { lex } from './1-lex/lex.js';
import { parseTokens, withoutTests } from './2-parse/parse.js';
import { soundPart } from './2-parse/sound.js';
import { resolve } from './2b-resolve/resolve.js';
import { isBuiltinName } from './3-check/builtin-names.js';
import { check } from './3-check/check.js';
import { LimitError } from './4-lower/ir.js';
import { lower } from './4-lower/lower.js';
import { emit } from './5-emit/emit.js';
import { diagnostic, sortDiagnostics, type Diagnostic } from './diagnostics.js';
import { NO_FILES, type Host } from './project.js';
import type { SourceFile } from './source.js';

export interface Compilation {
  /** The bytes of a .qic module; undefined when there is an error among the diagnostics, and when it was only to be checked. */
  readonly module: Uint8Array | undefined;
  /** Errors and warnings, in order of place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The tests of the module, when it was compiled for them. */
  readonly tests: readonly CompiledTest[];
}

/** A 测试 block: its title, the function of the module that runs it, where it stands. */
export interface CompiledTest { readonly title: string; readonly function: number; readonly file: SourceFile; readonly span: Span }

/** What becomes of 测试 blocks: left out, compiled as what the program begins with, or checked with the rest, for `qi check`, which makes no module. */
export type TestMode = 'omit' | 'check' | 'compile';

/**
 * Compiles a program. `bytes` are the file it begins with, `path` is how diagnostics and stack traces name that file and
 * where its imports are looked for, `host` has the other files, `allTasks` lets the inspector start every function. Never throws for faults of the program.
 */
export function compile(bytes: Uint8Array, path: string, host: Host = NO_FILES, testMode: TestMode = 'omit', lints = true, allTasks = false): Compilation {
  const diagnostics: Diagnostic[] = [];
  let failed = false;
  const report = (d: Diagnostic): void => {
    diagnostics.push(d);
    if (d.severity === 'error') failed = true;
  };
  const finish = (module?: Uint8Array, tests: readonly CompiledTest[] = []): Compilation =>
    ({ module, diagnostics: sortDiagnostics(diagnostics), tests });

  const file = decodeSource(bytes, path, report, host.decode); // bytes → text
  if (failed) return finish();
  const tokens = lex(file, report); //               1  text → tokens
  const tree = parseTokens(tokens, report); //       2  tokens → syntax tree
  if (failed) {
    for (const d of errorsElsewhere(withoutTests(tree), diagnostics, host)) report(d);
    return finish();
  }
  const unit = testMode === 'omit' ? withoutTests(tree) : tree;
  const project = resolve(unit, host, isBuiltinName, report); // 2b  one tree → those of all files
  if (failed) return finish();
  const begins = testMode === 'compile' ? 'tests' : 'entry';
  const program = check(project, report, begins, lints && unit === tree); //  3  syntax trees → typed tree
  if (failed) return finish();
  try {
    const ir = lower(program, allTasks); //          4  typed tree → registers and jumps
    if (testMode === 'check') return finish(); // every limit of the format was met by now
    const module = emit(ir); //                      5  → the bytes of a module
    return finish(module, program.tests.map(({ func, ...test }) => ({ ...test, function: func.index })));
  } catch (error) {
    // The format has limits, such as registers per function, that only these phases can see.
    if (!(error instanceof LimitError)) throw error;
    report(diagnostic(error.code, error.file, error.span, error.args));
    return finish();
  }
}

/** The errors of the check in what the syntax errors of a file leave sound. */
function errorsElsewhere(tree: SourceUnit, syntax: readonly Diagnostic[], host: Host): Diagnostic[] {
  const sound = soundPart(tree, syntax.filter((d) => d.severity === 'error'), isBuiltinName);
  if (sound === undefined) return [];
  let resolved = true;
  const project = resolve(sound.unit, host, isBuiltinName, () => (resolved = false));
  const found: Diagnostic[] = [];
  if (resolved) check(project, (d) => void found.push(d), 'entry', false);
  return found.filter(sound.believes);
}
