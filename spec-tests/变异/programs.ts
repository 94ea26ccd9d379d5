/**
 * The specification programs as detectors: each compiled once, with what it must do and which instructions it holds.
 *
 * Invariant: a program can kill a mutant only if it passes without one. Programs that fail on the true compiler and VM
 * are left out and named, never counted.
 */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OPCODES } from '../../frontend/generated/opcodes.js';
import { decode } from '../../frontend/5-emit/decoding.js';
import { crc32 } from '../../frontend/5-emit/encode.js';
import { compareCompilation, compareRun } from '../compare.js';
import { programsAmong } from '../find-programs.js';
import { compileProgram, type Compilation } from '../compile-program.js';
import { execute } from '../execute.js';
import { parseFrontMatter, type Expectation } from '../front-matter.js';

/** A mutant may allocate in an endless loop; it gets this much, enough for the deepest recursion. */
const HEAP_LIMIT_BYTES = 3 * 1024 ** 3;

export interface Program {
  /** Path from the root of the project. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly expected: Expectation;
  readonly compiled: Compilation;
  /** The compiled module on disk; absent when the program must not compile. */
  readonly file: string | undefined;
  readonly opcodes: ReadonlySet<string>;
}

/** How a VM is run: its path, the mutant it is told to be, and how patient we are. */
export interface Vm {
  readonly qivm: string;
  readonly mutant?: string;
  /** Worker threads, in real time; one unless given. */
  readonly workers?: number;
  /** Milliseconds. */
  readonly timeLimit: number;
}

/**
 * Compile every program of the specification.
 *
 * @param root folder of the project
 * @param scratch folder for the modules
 * @param qivm lists the instructions of a module
 * @param lanes programs at a time
 * @param words only programs whose path contains one of them; all when there are none
 */
export async function loadPrograms(root: string, scratch: string, qivm: string, lanes: number, words: readonly string[] = []): Promise<Program[]> {
  const folder = path.join(root, 'spec-tests');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.qi'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
  const wanted = programsAmong(names).filter((name) => words.length === 0 || words.some((word) => name.normalize('NFC').includes(word)));
  const load = (name: string, id: number): Promise<Program> => loadProgram(root, name, path.join(scratch, `${id}.qic`), qivm);
  return [await nopProgram(scratch), ...(await inLanes(wanted.sort(), lanes, load))];
}

/** Works through items in several lanes at a time and keeps the order of results. */
export async function inLanes<T, R>(items: readonly T[], lanes: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

async function loadProgram(root: string, name: string, file: string, qivm: string): Promise<Program> {
  const bytes = await readFile(path.join(root, name));
  const expected = parseFrontMatter(bytes.toString('utf8'));
  const compiled = compileSafely(bytes, name);
  if (compiled.module === undefined) return { name, bytes, expected, compiled, file: undefined, opcodes: new Set() };
  await writeFile(file, compiled.module);
  const listing = await execute({ command: qivm, args: ['--disassemble', file], stdin: '', timeLimit: LISTING_TIME_LIMIT });
  const opcodes = new Set([...listing.stdout.matchAll(INSTRUCTION)].map((match) => match[1] ?? ''));
  return { name, bytes, expected, compiled, file, opcodes };
}

/** A line of the disassembler with an instruction: its number and its name. */
const INSTRUCTION = /^ +\d+ {2}([A-Z]\w*)/gmu;
const LISTING_TIME_LIMIT = 60_000;

/** A program on which the true compiler crashes detects nothing, which faultsWithout finds. */
function compileSafely(bytes: Uint8Array, name: string): Compilation {
  try {
    return compileProgram(bytes, name);
  } catch (error) {
    return { module: undefined, errors: [], warnings: [], rendered: `the compiler crashed: ${String(error)}` };
  }
}

/**
 * A program with a NOP, which the compiler never leaves in a module: of two calls that print, the first is overwritten with
 * it. Only the second prints, and only if the instruction after the NOP is not lost.
 */
async function nopProgram(scratch: string): Promise<Program> {
  const name = 'NOP';
  const bytes = Buffer.from('// 条款: §5\n// 说明: NOP\n// 期望:\n//| 乙\n打印行("甲")\n打印行("乙")\n');
  const compiled = compileProgram(bytes, name);
  if (compiled.module === undefined) throw new Error(compiled.rendered);
  const module = Buffer.from(compiled.module);
  const call = decode(module).functions.flatMap(({ code }) => code).find(([op]) => op === OPCODES.NATIVE.code);
  if (call === undefined) throw new Error('打印行 is no NATIVE any more');
  const at = module.indexOf(Buffer.from(Uint16Array.from(call).buffer));
  module.fill(0, at, at + 8);
  module.writeUInt32LE(crc32(module.subarray(24)), 20);
  const file = path.join(scratch, 'nop.qic');
  await writeFile(file, module);
  return { name, bytes, expected: parseFrontMatter(bytes.toString()), compiled, file, opcodes: new Set(['NOP']) };
}

/** Whether a program runs at all: those that must not compile, and those for other engines, do not. */
export function runs({ expected }: Program): boolean {
  return expected.errors.length === 0 && (expected.engines.includes('vm') || expected.engines.includes('det'));
}

/**
 * Run a module and compare.
 *
 * @param seed of deterministic mode; `undefined` for real time. A program that does not allow it is run the other way.
 * @returns what differs from the promise, empty when nothing does
 */
export async function runProblems(expected: Expectation, module: string, vm: Vm, seed: number | undefined): Promise<string[]> {
  const real = seed === undefined ? expected.engines.includes('vm') : !expected.engines.includes('det');
  const flags = ['--heap-limit', String(HEAP_LIMIT_BYTES), ...(real ? ['--workers', String(vm.workers ?? 1)] : ['--seed', String(seed ?? 1)])];
  const args = [...flags, module, ...expected.args];
  const env = vm.mutant === undefined ? {} : { QI_MUTANT: vm.mutant };
  return compareRun(expected, await execute({ command: vm.qivm, args, stdin: expected.stdin, timeLimit: vm.timeLimit, env }));
}

/** What is wrong with a program when nothing is changed; see the invariant. */
export async function faultsWithout(program: Program, vm: Vm): Promise<string[]> {
  const faults = compareCompilation(program.expected, program.compiled);
  if (program.compiled.module === undefined && program.compiled.errors.length === 0) faults.push(program.compiled.rendered);
  if (faults.length > 0 || program.file === undefined || !runs(program)) return faults;
  return runProblems(program.expected, program.file, vm, 1);
}
