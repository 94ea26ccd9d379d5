/*
 * natives.def → frontend/generated/natives.ts: every function the runtime offers, for the checker and the emitter.
 *
 * Invariants checked here: symbols are unique C identifiers; no two visible rows share a receiver and a name; a row
 * is internal exactly when the front end, not the program, names it; parameters and types are well formed, with
 * defaults only at the end. A row's position is its number in bytecode. `QI_MODULE("标准库.数学")`
 * puts the rows after it into a module; "" returns to the built-ins.
 */
import { expectArgs, TableError, type Row } from './def-table.js';

const COLUMNS = ['symbol', '"name"', '"receiver"', '"params"', '"result"', 'flags'];
const FLAGS = ['QI_N_NONE', 'QI_N_SUSPENDS', 'QI_N_INTERNAL', 'QI_N_GLOBAL', 'QI_N_IO', 'QI_N_POOL', 'QI_N_OWN'];
const NAME = /^[\p{XID_Start}_][\p{XID_Continue}]*$/u;

/** Splits at a separator that stands outside `<>` and strings. */
export function splitTopLevel(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let part = '';
  for (const c of text) {
    if (c === '"') quoted = !quoted;
    if (!quoted && c === '<') depth++;
    if (!quoted && c === '>') depth--;
    if (!quoted && depth === 0 && c === separator) {
      parts.push(part);
      part = '';
    } else {
      part += c;
    }
  }
  parts.push(part);
  return parts.map((p) => p.trim());
}

/** `名` or `名<类型, …>`. */
export function isType(text: string): boolean {
  const match = /^([^<>]+)(?:<(.*)>)?$/su.exec(text.trim());
  if (match === null || !NAME.test((match[1] ?? '').trim())) return false;
  return match[2] === undefined || splitTopLevel(match[2], ',').every(isType);
}

interface Param {
  readonly name: string;
  readonly type: string;
  readonly default: string | undefined;
}

function parseParams(row: Row, text: string): Param[] {
  if (text === '') return [];
  return splitTopLevel(text, ',').map((part) => {
    const match = /^([^:=]+):([^=]+)(?:=(.+))?$/su.exec(part);
    const name = match?.[1]?.trim() ?? '';
    const type = match?.[2]?.trim() ?? '';
    if (!NAME.test(name) || !isType(type)) throw new TableError(row.file, row.line, `malformed parameter ${part} (名: 类型, or 名: 类型 = 常量)`);
    return { name, type, default: match?.[3]?.trim() };
  });
}

/** Renders natives.ts. Throws TableError on the first faulty row. */
export function renderNatives(rows: readonly Row[]): string {
  const symbols = new Map<string, number>();
  const visible = new Set<string>();
  const lines: string[] = [];
  let module = '';
  rows.forEach((row) => {
    const fail = (message: string): never => {
      throw new TableError(row.file, row.line, message);
    };
    if (row.macro === 'QI_MODULE') {
      module = expectArgs(row, ['"module"'])[0]!;
      if (module !== '' && !/^标准库(\.[^.]+)+$/u.test(module)) fail(`${module}: a module is named 标准库.…, or "" for the built-ins`);
      return;
    }
    if (row.macro !== 'QI_NATIVE') fail(`unknown row ${row.macro}`);
    const index = symbols.size;
    const [symbol = '', name = '', receiver = '', params = '', result = '', flagText = ''] = expectArgs(row, COLUMNS);
    if (!/^[a-z][a-z0-9_]*$/.test(symbol)) fail(`${symbol}: not a C identifier in lower case`);
    if (symbols.has(symbol)) fail(`${symbol}: duplicate symbol`);
    symbols.set(symbol, index);
    const flags = flagText.split('|').map((f) => f.trim());
    for (const flag of flags) if (!FLAGS.includes(flag)) fail(`${symbol}: unknown flag ${flag} (one of ${FLAGS.join(' ')})`);
    const internal = flags.includes('QI_N_INTERNAL');
    const isGlobal = flags.includes('QI_N_GLOBAL');
    if (isGlobal && module === '') fail(`${symbol}: QI_N_GLOBAL is for rows of a module`);
    const names = name === '' ? [] : name.split('|').map((n) => n.trim());
    for (const n of names) {
      if (!NAME.test(n)) fail(`${symbol}: ${n} is not a name`);
      const key = `${module} ${receiver}.${n}`;
      if (!internal && visible.has(key)) fail(`${symbol}: ${key} is already defined`);
      visible.add(key);
    }
    if (names.length === 0 && !internal) fail(`${symbol}: a row without a name must be QI_N_INTERNAL`);
    if (receiver !== '' && module !== '') fail(`${symbol}: a method is there whatever is imported; modules hold functions`);
    if (receiver !== '' && !isType(receiver)) fail(`${symbol}: malformed receiver ${receiver}`);
    if (!isType(result)) fail(`${symbol}: malformed result ${result}`);
    const parsed = parseParams(row, params);
    parsed.forEach((p, i) => {
      const next = parsed[i + 1];
      if (p.default !== undefined && next !== undefined && next.default === undefined) {
        fail(`${symbol}: ${next.name} follows a parameter with a default and needs one too`);
      }
    });
    const q = JSON.stringify;
    const paramText = parsed
      .map((p) => `{ name: ${q(p.name)}, type: ${q(p.type)}${p.default === undefined ? '' : `, default: ${q(p.default)}`} }`)
      .join(', ');
    lines.push(
      `  { symbol: ${q(symbol)}, names: [${names.map((n) => q(n)).join(', ')}], receiver: ${q(receiver)},`,
      `    params: [${paramText}], result: ${q(result)},`,
      `    suspends: ${flags.includes('QI_N_SUSPENDS')}, internal: ${internal}${module === '' ? '' : `, module: ${q(module)}`}${isGlobal ? ', global: true' : ''} },`,
    );
  });
  return `/* Generated by scripts/gen.ts from natives/natives.def. Do not edit. */

export type NativeSymbol =
${[...symbols.keys()].map((s) => `  | '${s}'`).join('\n')};

export interface NativeParam {
  readonly name: string;
  /** A type in canonical spelling, such as \`选项<字符串>\`; T K O V Y S R are type variables. */
  readonly type: string;
  /** A Qi literal. */
  readonly default?: string;
}

export interface NativeInfo {
  /** The C function is qi_native_<symbol>. */
  readonly symbol: NativeSymbol;
  /** Every spelling a program may use; empty when only the front end calls it. */
  readonly names: readonly string[];
  /** Type of 自身, which is argument 0; empty for a function. */
  readonly receiver: string;
  readonly params: readonly NativeParam[];
  readonly result: string;
  /** May park the calling coroutine. */
  readonly suspends: boolean;
  /** Not visible by name. */
  readonly internal: boolean;
  /** The module of the library that offers it; absent for what every program sees. */
  readonly module?: string;
  /** Of a module, but seen without importing it, too. */
  readonly global?: boolean;
}

/** In table order: the position is the number in bytecode. */
export const NATIVES: readonly NativeInfo[] = [
${lines.join('\n')}
];

/** Number in bytecode of each native. */
export const NATIVE_INDEX: Readonly<Record<NativeSymbol, number>> = {
${[...symbols].map(([s, i]) => `  ${s}: ${i},`).join('\n')}
};
`;
}
