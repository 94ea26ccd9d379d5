/*
 * Coded messages for the scripts that run before TypeScript can: the texts still come from errors.def alone.
 * The full reader of that table is scripts/def-table.ts; here one row of the fixed form is enough.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TABLE = join(dirname(dirname(fileURLToPath(import.meta.url))), 'vm/include/qi/errors.def');

/** The message of a code in Chinese and English with `{名}` filled in from args. Throws on an unknown code. */
export function coded(code, args = {}) {
  const row = readFileSync(TABLE, 'utf8').split('\n').find((line) => line.startsWith(`QI_ERROR(${code},`));
  if (row === undefined) throw new Error(`no row for ${code} in ${TABLE}`);
  const [zh, en, hintZh, hintEn] = [...row.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([literal]) =>
    JSON.parse(literal).replace(/\{([^{}]+)\}/g, (whole, name) => args[name] ?? whole),
  );
  return `错误 [${code}]: ${zh}\n  提示: ${hintZh}\n  ${en}; ${hintEn}`;
}
