/*
 * What each command does. A command gets its operand and options and returns the exit code; trouble with files or
 * usage is thrown as CommandError and printed in one place, main.ts.
 *
 * Diagnostics go to standard error, because standard output belongs to the program; `check` has no program, so its
 * --json goes to standard output, where tools read.
 */
import { extname } from 'node:path';
import { compile } from '../compile.js';
import { diagnosticToJson, renderDiagnostic, sortDiagnostics, type Diagnostic, type Language } from '../diagnostics.js';
import { diskHost } from '../embed/disk.js';
import { addon, AddonMissing, type Addon, type ModuleResult, type RunOptions } from '../embed/addon.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';
import type { Host } from '../project.js';
import { isFolder, isModule, programsIn, readInput, writeOutput, type Input } from './files.js';
import { CommandError, EXIT } from './command-error.js';
import type { Options } from './options.js';
import { admit, inOwnProcess, NeedsProcess } from './own-process.js';
import { isColoured, STDERR, STDOUT, write } from './terminal.js';

/** The files of this machine, as long as this process is the one to compile them. */
export const commandHost = (): Host => diskHost('.', admit);

/** Reads what a command is about. A source is given only to the process that should compile it: throws NeedsProcess else. */
export function readAdmitted(operand: string): Input & { readonly isModule: boolean } {
  const input = readInput(operand);
  const module = isModule(input.path, input.bytes);
  if (!module) admit(input.bytes.length, operand === '-' ? input.bytes : undefined);
  return { ...input, isModule: module };
}

function runtime(): Addon {
  try {
    return addon();
  } catch (error) {
    if (!(error instanceof AddonMissing)) throw error;
    throw new CommandError('E9004', { 原因: error.message });
  }
}

/** So many diagnostics are shown to people; nobody reads on, and rendering a million takes minutes. Tools get all. */
const MAX_SHOWN = 100;

function rendered(diagnostics: readonly Diagnostic[], { json, language, colour }: Options): string {
  if (diagnostics.length === 0) return '';
  const coloured = !json && isColoured(colour);
  if (json) return diagnostics.map((d) => `${JSON.stringify(diagnosticToJson(d, language))}\n`).join('');
  // An error must not be hidden by warnings before it.
  const shown = diagnostics.length <= MAX_SHOWN ? diagnostics : [...diagnostics.filter(isError), ...diagnostics.filter((d) => !isError(d))].slice(0, MAX_SHOWN);
  const more = diagnostics.length - shown.length;
  const rest = more === 0 ? '' : language === 'zh' ? `还有 ${more} 个没有显示\n\n` : `${more} more not shown\n\n`;
  return sortDiagnostics(shown).map((d) => `${renderDiagnostic(d, language, coloured)}\n\n`).join('') + rest;
}

const isError = (d: Diagnostic): boolean => d.severity === 'error';

/** Prints to standard error what stands in the way of a program, and its warnings when asked for; says whether there was an error. */
export function report(diagnostics: readonly Diagnostic[], options: Options): boolean {
  // Where nobody reads them the warnings are lost, and the program runs all the same.
  write(STDERR, rendered(options.warnings ? diagnostics : diagnostics.filter(isError), options));
  return diagnostics.some(isError);
}

/** The module of a program: compiled from source, or the bytes themselves. Undefined after errors were printed. */
function moduleOf(input: ReturnType<typeof readAdmitted>, options: Options): Uint8Array | undefined {
  if (input.isModule) return input.bytes;
  const result = compile(input.bytes, input.path, commandHost(), 'omit', options.warnings, options.inspector !== undefined);
  const failed = report(result.diagnostics, options);
  return failed ? undefined : result.module;
}

/** The module of a program to run here. Only compiling it may move to another process: the program is this one. */
function moduleToRun(operand: string, options: Options): Uint8Array | undefined {
  try {
    return moduleOf(readAdmitted(operand), options);
  } catch (error) {
    if (!(error instanceof NeedsProcess)) throw error;
    const words = ['编译', '--lang', options.language, ...(options.json ? ['--json'] : []), ...(options.warnings ? ['--警告'] : []),
      ...(options.inspector === undefined ? [] : ['--检查器']),
      ...(options.colour === undefined ? [] : ['--颜色', options.colour ? '是' : '否']), '-o', '-', '--', operand];
    const { code, output } = inOwnProcess(words, operand, 'caught', error.input);
    return code === EXIT.ok ? output : undefined;
  }
}

/** `qi run`: the exit code is the program's. */
export function run(operand: string, args: readonly string[], options: Options): number | Promise<number> {
  const module = moduleToRun(operand, options);
  if (module === undefined) return EXIT.failed;
  const settings: RunOptions = { args, seed: options.seed, workers: options.workers, language: options.language, json: options.json, signals: true, leaks: true };
  if (options.inspector === undefined) return runtime().run(module, settings);
  return runInspected(module, settings, options.inspector);
}

/** Loaded only here: other programs should not pay for it. */
async function runInspected(module: Uint8Array, settings: RunOptions, port: number): Promise<number> {
  const { runWithInspector } = await import('../inspector/start.js');
  return runWithInspector(runtime(), module, settings, port);
}

/** `qi 编译` */
export function compileFile(operand: string, options: Options): number {
  const output = options.output ?? defaultOutput(operand);
  const input = readAdmitted(operand);
  if (input.isModule) {
    throw new CommandError('E9001', { 说明: { zh: `${operand} 已经是字节码`, en: `${operand} is bytecode already` } }, EXIT.usage);
  }
  const module = moduleOf(input, options);
  if (module === undefined) return EXIT.failed;
  return writeOutput(output, module, operand) ? EXIT.ok : EXIT.failed;
}

function defaultOutput(operand: string): string {
  if (operand === '-') {
    throw new CommandError('E9001', { 说明: { zh: '从标准输入编译时要用 -o 指定输出', en: 'compiling standard input needs -o' } }, EXIT.usage);
  }
  const extension = extname(operand);
  return `${extension === '.qi' ? operand.slice(0, -extension.length) : operand}.qic`;
}

/** `qi check` of a program, a module, or a folder: then every program in it and below. */
export function check(operand: string, options: Options): number {
  if (isFolder(operand)) return checkFolder(operand, options);
  const input = readAdmitted(operand);
  if (input.isModule) return show(runtime().verify(input.bytes, options.language), options);
  return finishCheck(compile(input.bytes, input.path, commandHost(), 'check').diagnostics, options);
}

/** What a check finds is its work: unless all of it was written it was not done. */
function finishCheck(diagnostics: readonly Diagnostic[], options: Options): number {
  const fd = options.json || diagnostics.length === 0 ? STDOUT : STDERR;
  const written = write(fd, rendered(diagnostics, options) + (options.json ? '' : summary(diagnostics, options)));
  return written && !diagnostics.some(isError) ? EXIT.ok : EXIT.failed;
}

/** Each file is checked as the start of a program; what several of them import is reported once. */
function checkFolder(folder: string, options: Options): number {
  const files = programsIn(folder);
  const host = commandHost();
  const found = new Map<string, Diagnostic>();
  for (const file of files) {
    const input = readAdmitted(file);
    for (const d of compile(input.bytes, input.path, host, 'check').diagnostics) {
      const key = `${d.code} ${host.identify(d.file.path)} ${d.span.start} ${d.span.end}`;
      if (!found.has(key)) found.set(key, d);
    }
  }
  return finishCheck(sortDiagnostics([...found.values()]), options);
}

function summary(diagnostics: readonly Diagnostic[], options: Options): string {
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  if (options.language === 'zh') {
    return errors + warnings === 0 ? '检查通过\n' : `${errors} 个错误，${warnings} 个警告\n`;
  }
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return errors + warnings === 0 ? 'no problems found\n' : `${count(errors, 'error')}, ${count(warnings, 'warning')}\n`;
}

/** `qi 反汇编` of a program or a module. */
export function disassemble(operand: string, options: Options): number {
  const module = moduleOf(readAdmitted(operand), options);
  if (module === undefined) return EXIT.failed;
  return show(runtime().disassemble(module, options.language), options);
}

function show(result: ModuleResult, options: Options): number {
  // A reader that left early did not get everything, so the work was not done.
  if (result.ok) return write(STDOUT, result.text) ? EXIT.ok : EXIT.failed;
  write(STDERR, options.json ? `${JSON.stringify(refusal(result.text, options.language))}\n` : `${result.text}\n`);
  return EXIT.failed;
}

/** The runtime's message about a module in parts: `错误 [E9010]: …`, and a line `提示: …` unless the table's hint is to be taken. */
function refusal(text: string, language: Language): { code: string | null; severity: 'error'; message: string; hint: string | null } {
  const [, code, message, written] = /^\S+ \[(E\d{4})\]: ([^]*?)(?:\n  (?:提示|hint): ([^]*))?$/.exec(text) ?? [];
  if (code === undefined || message === undefined || !Object.hasOwn(ERRORS, code)) return { code: null, severity: 'error', message: text, hint: null };
  const entry = ERRORS[code as ErrorCode];
  const hint = written ?? (language === 'zh' ? entry.hintZh : entry.hintEn);
  return { code, severity: 'error', message, hint: hint === '' ? null : hint };
}
