/*
 * How scripts of the project fail for reasons that whoever runs them can mend: with a row of errors.def in both languages, and
 * no JavaScript stack. Anything else that is thrown is a defect of the script and keeps its stack.
 *
 * The row is read from the table itself: scripts/gen.ts fails in this way too, and must run when what it generates is broken.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Localized } from '../frontend/diagnostics.js';
import type { ErrorCode } from '../frontend/generated/errors.js';
import { parseTable } from './def-table.js';
import { ROOT } from './run-command.js';

const TABLE = 'vm/include/qi/errors.def';

type Args = Readonly<Record<string, string | Localized>>;

export class ScriptError extends Error {
  constructor(readonly code: ErrorCode, args: Args) {
    super(text(code, args));
  }
}

function text(code: ErrorCode, args: Args): string {
  const row = parseTable(readFileSync(join(ROOT, TABLE), 'utf8'), TABLE).find((r) => r.args[0]?.text === code);
  const [zh = '', en = '', hintZh = '', hintEn = ''] = row?.args.slice(2).map((arg) => arg.text) ?? [];
  const fill = (template: string, language: keyof Localized): string =>
    template.replace(/\{([^{}]*)\}/g, (whole, name: string) => {
      const value = Object.hasOwn(args, name) ? args[name]! : whole;
      return typeof value === 'string' ? value : value[language];
    });
  const [chinese, hint] = [zh, hintZh].map((t) => fill(t, 'zh'));
  const [english, advice] = [en, hintEn].map((t) => fill(t, 'en'));
  return `错误 [${code}]: ${chinese}${hint === '' ? '' : `\n  提示: ${hint}`}\n  ${english}${advice === '' ? '' : `; ${advice}`}`;
}

/** Prints a coded failure, that Node could not read the arguments, or that a program is missing; true when it was one of these. */
export function isReported(error: unknown): boolean {
  const coded = isParseError(error) ? badArgument(error.message, error.message) : notStarted(error) ?? error;
  if (!(coded instanceof ScriptError)) return false;
  process.stderr.write(`${coded.message}\n`);
  return true;
}

/** Runs a script and sets the exit code it gives, 1 after a coded failure. */
export async function endWith(main: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!isReported(error)) throw error;
    process.exitCode = (error as { code?: unknown }).code === 'E9907' || isParseError(error) ? 64 : 1;
  }
}

/** A program that could not be started: it is not there. */
function notStarted(error: unknown): ScriptError | undefined {
  const { code, syscall, path } = error as { code?: unknown; syscall?: unknown; path?: unknown };
  if (code !== 'ENOENT' || typeof syscall !== 'string' || !syscall.startsWith('spawn')) return undefined;
  return new ScriptError('E9909', { 命令: String(path), 原因: { zh: '找不到这个程序', en: 'there is no such program' } });
}

/** parseArgs of Node refused the arguments. */
function isParseError(error: unknown): error is Error {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/** E9907: a wrong argument. */
export function badArgument(zh: string, en: string): ScriptError {
  return new ScriptError('E9907', { 说明: { zh, en } });
}
