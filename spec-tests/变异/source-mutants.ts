/**
 * Makes a wrong Qi out of the true one by replacing one piece of one source file.
 *
 * A mutant of the front end becomes a bundle of the compiler, loaded into a worker thread, which can be ended when the
 * mutant never returns. So does a mutant of the library in Qi, whose text stands in a generated file of the front end. A mutant of the runtime becomes a VM: the one file compiled, linked before the library of the
 * `mutant` build, whose own version of that file is then not taken.
 *
 * Invariant: the text to replace stands in the file exactly once, so a mutant that no longer fits the source is an
 * error instead of a change somewhere else.
 *
 * Rejected: mutating in the working tree; it needs undoing, and two at a time would meet.
 */
import { build } from 'esbuild';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { runCommand } from '../../scripts/run-command.js';
import type { Compilation } from '../compile-program.js';

/** One deliberate mistake in a source file. */
export interface SourceMutant {
  /** The clause it breaks: `§` and its number, then what of it. */
  readonly clause: string;
  /** Path from the root of the project. */
  readonly file: string;
  /** Text that stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What the mutant does wrong. */
  readonly note: string;
}

/** Makes the mutants of one file: clause, text to find, replacement, note. */
export function mutantsOf(file: string): (clause: string, find: string, replace: string, note: string) => SourceMutant {
  return (clause, find, replace, note) => ({ clause, file, find, replace, note });
}

/** A source mutant that does not fit the source it changes. */
export class MisfitError extends Error {}

/** The changed text of the mutant's file. @throws MisfitError */
export async function mutate(root: string, mutant: SourceMutant): Promise<string> {
  const where = `${mutant.clause} (${mutant.note})`;
  let text: string;
  try {
    text = await readFile(path.join(root, mutant.file), 'utf8');
  } catch {
    throw new MisfitError(`${where}: there is no ${mutant.file}`);
  }
  const parts = text.split(mutant.find).length - 1;
  if (parts !== 1) throw new MisfitError(`${where}: stands ${parts} times in ${mutant.file}: ${mutant.find}`);
  return text.replace(mutant.find, () => mutant.replace);
}

/** The file of the bundle that a mutant changes, and its changed text. @throws MisfitError */
async function changedModule(root: string, mutant: SourceMutant): Promise<{ readonly file: string; readonly contents: string }> {
  const contents = await mutate(root, mutant);
  if (!mutant.file.endsWith('.qi')) return { file: path.join(root, mutant.file), contents };
  const file = path.join(root, 'frontend/generated/library.ts');
  const text = await readFile(file, 'utf8');
  const original = JSON.stringify(await readFile(path.join(root, mutant.file), 'utf8'));
  if (!text.includes(original)) throw new MisfitError(`${mutant.file} does not stand in ${file}: npm run gen`);
  return { file, contents: text.replace(original, () => JSON.stringify(contents)) };
}

/** Milliseconds to read a bundle and compile an empty program. */
const LOADING_TIME_LIMIT = 60_000;

/** A compiler in a thread of its own. */
export class MutantCompiler {
  readonly #worker: Worker;
  readonly #timeLimit: number;
  #settle: ((result: Compilation | Error) => void) | undefined;

  private constructor(bundle: string, timeLimit: number) {
    this.#timeLimit = timeLimit;
    this.#worker = new Worker(WORKER, { eval: true, workerData: bundle, execArgv: [], stdout: true, stderr: true });
    this.#worker.on('message', (result: Compilation | string) => this.#done(typeof result === 'string' ? new Error(result) : result));
    this.#worker.on('error', (error: unknown) => this.#done(error instanceof Error ? error : new Error(String(error))));
  }

  /**
   * Bundle the compiler with one file changed and start it.
   *
   * @param bundle path of the bundle to write
   * @param timeLimit milliseconds that one program may take
   */
  static async start(root: string, mutant: SourceMutant, bundle: string, timeLimit: number): Promise<MutantCompiler> {
    const changed = await changedModule(root, mutant);
    await build({
      absWorkingDir: root,
      entryPoints: ['spec-tests/compile-program.ts'],
      outfile: bundle,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      logLevel: 'error',
      plugins: [
        {
          name: 'mutant',
          setup({ onLoad }) {
            onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
              const text = file === changed.file ? changed.contents : await readFile(file, 'utf8');
              // Files that look for others beside themselves must not look beside the bundle.
              return { contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)), loader: 'ts' };
            });
          },
        },
      ],
    });
    const compiler = new MutantCompiler(bundle, timeLimit);
    // Reading the bundle takes its time on a busy machine, and is no sign of the mistake.
    await compiler.compile(new Uint8Array(), '空.qi', LOADING_TIME_LIMIT);
    return compiler;
  }

  /** What the wrong compiler makes of a program; an error when it crashed or did not end. One call at a time. */
  compile(bytes: Uint8Array, name: string, timeLimit = this.#timeLimit): Promise<Compilation | Error> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#done(new Error('timed out')), timeLimit);
      this.#settle = (result) => {
        clearTimeout(timer);
        resolve(result);
      };
      this.#worker.postMessage({ bytes, name });
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #done(result: Compilation | Error): void {
    this.#settle?.(result);
    this.#settle = undefined;
  }
}

const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { pathToFileURL } = require('node:url');
const loaded = import(pathToFileURL(workerData).href);
parentPort.on('message', async ({ bytes, name }) => {
  try {
    parentPort.postMessage((await loaded).compileProgram(bytes, name));
  } catch (error) {
    parentPort.postMessage(String(error));
  }
});
`;

/** Compiler arguments of the mutant build. */
export interface Flags {
  readonly compile: readonly string[];
  readonly link: readonly string[];
}

/** The arguments, from the one list of them. */
export async function compilerFlags(root: string): Promise<Flags> {
  const lists = async (...what: string[]): Promise<string[]> => {
    const result = await runCommand(process.execPath, [path.join(root, 'scripts/native.mjs'), ...what]);
    if (result.code !== 0) throw new Error(result.stderr);
    return result.stdout.split('\n').filter((line) => line !== '');
  };
  const includes = (await lists('includes')).map((folder) => `-I${path.join(root, folder)}`);
  return { compile: [...(await lists('cflags')), '-O1', ...includes], link: await lists('libs') };
}

/**
 * Build a VM with one C file changed.
 *
 * @param flags from compilerFlags
 * @param qivm path of the executable to write; the changed source stands beside it
 * @returns what the compiler complained about, or `undefined`
 */
export async function buildMutantVm(root: string, mutant: SourceMutant, flags: Flags, qivm: string): Promise<string | undefined> {
  const source = `${qivm}.c`;
  await writeFile(source, await mutate(root, mutant));
  const built = path.join(root, 'build/mutant');
  const here = ['-iquote', path.dirname(path.join(root, mutant.file))];
  const link = [path.join(built, 'obj/vm/interp/qivm_main.o'), path.join(built, 'libqirt.a'), ...flags.link];
  const result = await runCommand(process.env['CC'] ?? 'cc', [...flags.compile, ...here, '-o', qivm, source, ...link]);
  return result.code === 0 ? undefined : result.stderr;
}
