/*
 * The library: `import { compile, check, run } from 'qi-lang'`.
 *
 * Values in, values out; only run() touches the process, because a program prints and reads. run() blocks the calling
 * thread until the program ends: give long programs a worker thread of their own.
 */
import { compile as compileFile, type Compilation } from '../compile.js';
import { fillPlaceholders, hintOf, messageOf, renderDiagnostic, type Diagnostic, type Language } from '../diagnostics.js';
import { ERRORS } from '../generated/errors.js';
import { NO_FILES, type Host } from '../project.js';
import { addon } from './addon.js';
import { diskHost } from './disk.js';

export { AddonMissing } from './addon.js';
export { memoryHost, ReadFault } from '../project.js';
export type { Host };
export { diskHost };
export type { Language };

export interface SourceOptions {
  /** How diagnostics and stack traces name the source; `<嵌入>` unless given. */
  readonly path?: string;
  /** Language of messages; Chinese unless given. */
  readonly language?: Language;
  /** Where imports are looked for: nowhere unless given. `diskHost()` has the files of this machine. */
  readonly host?: Host;
}

export interface Problem {
  /** Such as E3001; qi 解释 knows more. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint: string | undefined;
  readonly path: string;
  /** From 1; columns count Unicode scalar values. */
  readonly line: number;
  readonly column: number;
  /** Message, place and underlined source, as the command prints it. */
  readonly rendered: string;
}

export interface CompileResult {
  /** A .qic module; undefined exactly when a problem is an error. */
  readonly module: Uint8Array | undefined;
  readonly problems: readonly Problem[];
}

export interface RunOptions extends SourceOptions {
  /** What 程序参数() gives. */
  readonly args?: readonly string[];
  /** Deterministic mode: one worker, virtual clock, choices drawn from this seed. */
  readonly seed?: bigint;
  /** Messages about errors of the running program, on standard error, as one line of JSON each; text unless given. */
  readonly json?: boolean;
  /**
   * Threads that run the program, 1 to 1024. Unless given: as many as there are processors, started when tasks first wait for one that
   * computes. With a seed it is always one.
   */
  readonly workers?: number;
  /**
   * While the program runs SIGINT and SIGQUIT are its own, in place of this process's handlers: the first Ctrl-C cancels 入口, the
   * second ends the process. false unless given; for one program at a time.
   */
  readonly signals?: boolean;
  /** Tasks that nobody can ever wake are reported as E6007 when the collector finds them. true unless given. */
  readonly leaks?: boolean;
}

/** A program with errors was to be run. */
export class QiCompileError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map((p) => p.rendered).join('\n\n'));
    this.name = 'QiCompileError';
  }
}

function toProblem(d: Diagnostic, language: Language): Problem {
  const { line, column } = d.file.position(d.span.start);
  return {
    code: d.code,
    severity: d.severity,
    message: messageOf(d, language),
    hint: hintOf(d, language),
    path: d.file.path,
    line,
    column,
    rendered: renderDiagnostic(d, language),
  };
}

/** As the addon says it: a TypeError with the code E9013, in Chinese, because the language may be what is wrong. */
function badArgument(说明: string): TypeError {
  return Object.assign(new TypeError(fillPlaceholders(ERRORS.E9013.zh, { 说明 }, 'zh')), { code: 'E9013' });
}

function compileText(source: string | Uint8Array, options: SourceOptions): CompileResult {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  if (!(bytes instanceof Uint8Array)) throw badArgument('程序必须是字符串或 Uint8Array');
  if (options.language !== undefined && options.language !== 'zh' && options.language !== 'en') throw badArgument("language 必须是 'zh' 或 'en'");
  const { module, diagnostics }: Compilation = compileFile(bytes, options.path ?? '<嵌入>', options.host ?? NO_FILES);
  return { module, problems: diagnostics.map((d) => toProblem(d, options.language ?? 'zh')) };
}

/** Compiles a program to a module. Never throws for faults of the program: they are the problems. Wrong arguments are a TypeError E9013. */
export function compile(source: string | Uint8Array, options: SourceOptions = {}): CompileResult {
  return compileText(source, options);
}

/** Errors and warnings of a program. */
export function check(source: string | Uint8Array, options: SourceOptions = {}): readonly Problem[] {
  return compileText(source, options).problems;
}

/**
 * Runs a program (text) or a module (bytes that compile() or qi 编译 made) to its end and returns its exit code. The
 * program uses the standard streams of this process. Throws QiCompileError for text with errors, AddonMissing when the
 * runtime is not built. A module the runtime refuses is reported on standard error and gives exit code 1.
 */
export function run(program: string | Uint8Array, options: RunOptions = {}): number {
  let module: Uint8Array;
  if (typeof program === 'string') {
    const compiled = compileText(program, options);
    if (compiled.module === undefined) throw new QiCompileError(compiled.problems);
    module = compiled.module;
  } else {
    module = program;
  }
  return addon().run(module, { args: options.args ?? [], seed: options.seed, workers: options.workers, language: options.language ?? 'zh', json: options.json ?? false, signals: options.signals ?? false, leaks: options.leaks ?? true });
}
