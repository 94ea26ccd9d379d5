/*
 * Table generator: turns the X-macro tables into TypeScript, and computes the hash that ties a bytecode module
 * to the tables it was compiled against.
 *
 *   npm run gen              writes the outputs that changed
 *   npm run gen -- --check   writes nothing, fails when an output is stale
 *
 * The outputs are committed, so that a checkout reads complete and a diff shows what a table change does; the
 * check keeps them honest. A table is validated here once: C only ever includes tables that passed.
 *
 * Rejected: generating at build time only. Editors and the type checker would need a build before they work.
 */
import { readFileSync, writeFileSync, mkdirSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseTable, TableError } from './def-table.js';
import { renderClasses } from './gen-classes.js';
import { renderErrorPage, renderErrors } from './gen-errors.js';
import { renderIoReasons } from './gen-io-reasons.js';
import { renderLibrary } from './gen-library.js';
import { renderNatives } from './gen-natives.js';
import { renderPinyin } from './gen-pinyin.js';
import { badArgument, endWith } from './script-error.js';
import { renderOpcodes, renderTablesHeader, tablesHash } from './gen-opcodes.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Output {
  readonly path: string;
  readonly text: string;
}

function table(path: string) {
  return parseTable(readFileSync(join(ROOT, path), 'utf8'), path);
}

/** Every output of every table. Throws TableError on the first faulty row. */
export function generate(): Output[] {
  const errors = table('vm/include/qi/errors.def');
  const opcodes = table('vm/include/qi/opcodes.def');
  const natives = table('natives/natives.def');
  const classes = table('vm/include/qi/classes.def');
  const hash = tablesHash(opcodes, natives, classes);
  return [
    { path: 'frontend/generated/errors.ts', text: renderErrors(errors) },
    { path: 'docs/错误码.md', text: renderErrorPage(errors) },
    { path: 'frontend/generated/io-reasons.ts', text: renderIoReasons(table('vm/include/qi/io_reasons.def')) },
    { path: 'frontend/generated/classes.ts', text: renderClasses(classes) },
    { path: 'frontend/generated/natives.ts', text: renderNatives(natives) },
    { path: 'frontend/generated/library.ts', text: renderLibrary(join(ROOT, 'natives/标准库')) },
    { path: 'frontend/generated/pinyin.ts', text: renderPinyin() },
    { path: 'frontend/generated/opcodes.ts', text: renderOpcodes(opcodes, hash) },
    { path: 'vm/include/qi/generated/tables_hash.h', text: renderTablesHeader(hash) },
  ];
}

function main(args: readonly string[]): number {
  const check = args.includes('--check');
  const unknown = args.find((a) => a !== '--check');
  if (unknown !== undefined) {
    throw badArgument(`只有 --check，得到 ${unknown}`, `there is only --check, found ${unknown}`);
  }
  let outputs: Output[];
  try {
    outputs = generate();
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    console.error(error.message);
    return 1;
  }
  let stale = 0;
  for (const { path, text } of outputs) {
    const full = join(ROOT, path);
    if (existsSync(full) && readFileSync(full, 'utf8') === text) continue;
    stale++;
    if (check) {
      console.error(`${path}: stale, run npm run gen`);
    } else {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
      console.log(`wrote ${path}`);
    }
  }
  return check && stale > 0 ? 1 : 0;
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) {
  await endWith(() => main(process.argv.slice(2)));
}
