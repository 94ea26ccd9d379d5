/*
 * The fuzzer's seeds: the modules of the specification's programs and the examples, and what they leave out.
 *
 * A mutant can only spoil what its seed contains, so the corpus must contain everything a module can: each instruction,
 * each kind of type, each class of native objects, each native function. The lists come from the tables, so a new row is a gap
 * until a program uses it.
 *
 * Invariant: modules of at most LARGEST bytes, and larger ones only when nothing smaller contains what they do; large modules
 * make slow mutants.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TypeKind } from '../frontend/4-lower/ir.js';
import { decode } from '../frontend/5-emit/decoding.js';
import { NATIVE_CLASSES } from '../frontend/generated/classes.js';
import { LIBRARY } from '../frontend/generated/library.js';
import { NATIVES, type NativeInfo } from '../frontend/generated/natives.js';
import { OPCODES } from '../frontend/generated/opcodes.js';
import { compileProgram } from '../spec-tests/compile-program.js';
import { programsAmong } from '../spec-tests/find-programs.js';
import { ROOT } from './run-command.js';
import { filesEndingIn } from './test-stages.js';

const LARGEST = 8192;

/** No module holds these: the machine's own (opcodes.def). */
const NEVER_IN_MODULES = new Set(['SEGRET', 'COROEND']);

/** No program compiles to these, the natives because they became instructions. The fuzzer's own seeds hold them (fuzz_main.c). */
const BUILT_IN = new Set(['instruction NOP', 'native sqrt', 'native string_len']);

/** A helper of the library that no file of the library calls yet. */
function isIdle({ module, names }: NativeInfo): boolean {
  return module?.endsWith('内部') === true && !Object.values(LIBRARY).some((text) => names.some((name) => text.includes(name)));
}

/** Everything that has to occur, by the name it is reported under. */
export function required(): Set<string> {
  const kinds = Object.values(TypeKind).filter((kind) => typeof kind === 'string');
  const names = [
    ...Object.keys(OPCODES).filter((name) => !NEVER_IN_MODULES.has(name)).map((name) => `instruction ${name}`),
    ...kinds.map((kind) => `type ${kind}`),
    ...NATIVE_CLASSES.map(({ name }) => `class ${name}`),
    ...NATIVES.filter((native) => !isIdle(native)).map(({ symbol }) => `native ${symbol}`),
  ];
  return new Set(names.filter((name) => !BUILT_IN.has(name)));
}

const OPCODE_NAMES = new Map(Object.entries(OPCODES).map(([name, { code }]) => [code as number, name]));

/** What a module contains, in the same names. */
export function contents(module: Uint8Array): Set<string> {
  const { types, natives, functions } = decode(module);
  const found = new Set<string>();
  for (const [kind, number] of types) {
    found.add(`type ${TypeKind[kind as TypeKind]}`);
    if (kind === TypeKind.Native || kind === TypeKind.NativeOf) found.add(`class ${NATIVE_CLASSES[number as number]?.name}`);
  }
  for (const [number] of natives) found.add(`native ${NATIVES[number]?.symbol}`);
  for (const { code } of functions) for (const [op] of code) found.add(`instruction ${OPCODE_NAMES.get(op)}`);
  return found;
}

export interface Corpus {
  readonly modules: readonly Uint8Array[];
  /** What no module contains. */
  readonly gaps: readonly string[];
}

/** Picks from modules: all the small ones, and of the large ones those that are needed. */
export function corpusOf(modules: readonly Uint8Array[], wanted: ReadonlySet<string>, largest = LARGEST): Corpus {
  const missing = new Set(wanted);
  const chosen: Uint8Array[] = [];
  for (const module of [...modules].sort((a, b) => a.length - b.length)) {
    const parts = [...contents(module)].filter((part) => missing.has(part));
    if (module.length > largest && parts.length === 0) continue;
    for (const part of parts) missing.delete(part);
    chosen.push(module);
  }
  return { modules: chosen, gaps: [...missing] };
}

/** Compiles what compiles; programs that are meant to be refused are no seeds. */
export function corpus(): Corpus {
  const sources = programsAmong(['spec-tests', '示例'].flatMap((dir) => filesEndingIn(dir, '.qi')));
  const modules = sources.flatMap((source) => compileProgram(readFileSync(join(ROOT, source)), source).module ?? []);
  return corpusOf(modules, required());
}
