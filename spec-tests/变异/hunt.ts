/**
 * Finds a specification program that notices a mutant.
 *
 * Order: programs named like the mutant's topic, then those of its clause, then the others; and deterministic mode before real time, because a virtual clock
 * waits for nothing. A module equal to the true one, on a true VM, cannot behave differently and is not run.
 *
 * A timeout on a busy machine says nothing of a mutant. So what timed out runs again, and may then take PATIENCE times as long as the true
 * compiler and VM just did.
 */
import { rm, writeFile } from 'node:fs/promises';
import { compareCompilation } from '../compare.js';
import { compileProgram } from '../compile-program.js';
import { runProblems, runs, type Program, type Vm } from './programs.js';
import { buildMutantVm, type Flags, MutantCompiler, type SourceMutant } from './source-mutants.js';

/** Who killed a mutant; `undefined` when it survived. */
export interface Verdict {
  readonly killer: string | undefined;
  /** By what: a word for the statistics; `excused` when nothing could kill it and the reason is known. */
  readonly how: string;
  /** After the name of a survivor. */
  readonly detail: string;
}

/** Seeds of deterministic mode, and real time at last: what one schedule hides another shows. */
const SCHEDULES: readonly (number | undefined)[] = [1, undefined, 2, 3];

/** How many times as long as the true one a mutant may take. */
const PATIENCE = 20;

/** Milliseconds for the true VM, where a mutant timed out. */
const TRUE_TIME_LIMIT = 120_000;

/** The clause whose programs need several workers. */
const WORKERS = '§6 工作线程';

/** Instructions that no module holds: every call or coroutine leads there. */
const STUBS: ReadonlySet<string> = new Set(['SEGRET', 'COROEND']);

/**
 * Instructions that the front end does not emit yet, and why. A program that holds one makes its row here a fault, so the
 * table empties itself.
 */
const NOT_EMITTED: ReadonlyMap<string, string> = new Map();

const survived = (detail: string): Verdict => ({ killer: undefined, how: '', detail });

function killed(by: Program, problems: readonly string[]): Verdict {
  const text = problems.join('\n');
  const how = text.includes('timed out') ? 'timeout' : text.includes('by signal') ? 'crash' : text.includes('E9010') ? 'refusal' : 'a wrong result';
  return { killer: by.name, how, detail: '' };
}

/**
 * Hunt a wrong instruction.
 *
 * @param programs sound ones, quickest first
 * @param opcode only programs that hold it are run
 */
export async function hunt(programs: readonly Program[], opcode: string, vm: Vm): Promise<Verdict> {
  const holding = programs.filter((program) => runs(program) && (STUBS.has(opcode) || program.opcodes.has(opcode)));
  const excuse = NOT_EMITTED.get(opcode);
  if (holding.length === 0) return excuse === undefined ? survived(', no program holds the instruction') : { ...survived(excuse), how: 'excused' };
  if (excuse !== undefined) return survived(`, ${opcode} is emitted now: take it out of NOT_EMITTED`);
  return run(holding, vm, { qivm: vm.qivm, timeLimit: TRUE_TIME_LIMIT });
}

const timedOut = (problems: readonly string[]): boolean => problems.includes('timed out');

/** What is wrong with a run of a mutant, where a timeout is one that the machine does not explain. */
async function fairProblems(program: Program, module: string, vm: Vm, truth: Vm, seed: number | undefined): Promise<string[]> {
  const problems = await runProblems(program.expected, module, vm, seed);
  if (!timedOut(problems) || program.file === undefined) return problems;
  const start = performance.now();
  if ((await runProblems(program.expected, program.file, truth, seed)).length > 0) return [];
  const timeLimit = Math.max(vm.timeLimit, PATIENCE * (performance.now() - start));
  return runProblems(program.expected, module, { ...vm, timeLimit }, seed);
}

async function run(programs: readonly Program[], vm: Vm, truth: Vm, schedules = SCHEDULES): Promise<Verdict> {
  for (const seed of schedules) {
    for (const program of programs) {
      if (program.file === undefined) continue;
      const problems = await fairProblems(program, program.file, vm, truth, seed);
      if (problems.length > 0) return killed(program, problems);
    }
  }
  return survived(`, ${programs.length} programs ran`);
}

/** What hunting a source mutant needs. */
export interface Ground {
  readonly root: string;
  /** The true VM of the mutant build. */
  readonly qivm: string;
  readonly flags: Flags;
  /** Prefix of the files that may be written. */
  readonly scratch: string;
  /** Milliseconds for one program. */
  readonly timeLimit: number;
}

/** Hunt a mutant of a source file. @throws MisfitError */
export async function huntSource(programs: readonly Program[], mutant: SourceMutant, ground: Ground): Promise<Verdict> {
  const ordered = likeliestFirst(programs, mutant);
  if (mutant.file.endsWith('.c')) return huntRuntime(ordered, mutant, ground);
  return huntFrontEnd(ordered, mutant, ground);
}

/** Programs whose path says what the mutant is about, then those of its clause, then the others. */
function likeliestFirst(programs: readonly Program[], { clause }: SourceMutant): Program[] {
  const [number, topic] = [clause[1]!, clause.slice('§0 '.length)];
  const words = [topic, ...topic.split(/[与的. ]+/u)].filter((word) => word !== '');
  const distance = ({ name }: Program): number => {
    const at = words.findIndex((word) => name.normalize('NFC').includes(word));
    return at >= 0 ? at : name.startsWith(`spec-tests/${number}-`) ? words.length : words.length + 1;
  };
  return programs.map((program) => ({ program, rank: distance(program) })).sort((a, b) => a.rank - b.rank).map(({ program }) => program);
}

async function huntRuntime(programs: readonly Program[], mutant: SourceMutant, ground: Ground): Promise<Verdict> {
  const { root, flags, scratch, timeLimit } = ground;
  const fault = await buildMutantVm(root, mutant, flags, scratch);
  if (fault !== undefined) return survived(`, it does not compile:\n${fault}`);
  try {
    const workers = mutant.clause === WORKERS ? 4 : 1;
    // With one worker nothing of several shows, so those mutants meet no deterministic schedule.
    const truth = { qivm: ground.qivm, timeLimit: TRUE_TIME_LIMIT, workers };
    return await run(programs.filter(runs), { qivm: scratch, timeLimit, workers }, truth, workers === 1 ? SCHEDULES : [undefined]);
  } finally {
    await rm(scratch, { force: true });
  }
}

async function huntFrontEnd(programs: readonly Program[], mutant: SourceMutant, ground: Ground): Promise<Verdict> {
  const { root, qivm, scratch, timeLimit } = ground;
  const module = `${scratch}.qic`;
  let compiler = await MutantCompiler.start(root, mutant, `${scratch}.mjs`, timeLimit);
  try {
    for (const program of programs) {
      let compiled = await compiler.compile(program.bytes, program.name);
      if (compiled instanceof Error && compiled.message === 'timed out') {
        await compiler.stop();
        compiler = await MutantCompiler.start(root, mutant, `${scratch}.mjs`, patiently(program, timeLimit));
        compiled = await compiler.compile(program.bytes, program.name);
      }
      if (compiled instanceof Error) return killed(program, [compiled.message]);
      const problems = compareCompilation(program.expected, compiled);
      if (problems.length > 0) return killed(program, problems);
      if (compiled.module === undefined || !runs(program) || same(compiled.module, program.compiled.module)) continue;
      await writeFile(module, compiled.module);
      const wrong = await fairProblems(program, module, { qivm, timeLimit }, { qivm, timeLimit: TRUE_TIME_LIMIT }, 1);
      if (wrong.length > 0) return killed(program, wrong);
    }
    return survived(`, ${programs.length} programs compiled`);
  } finally {
    await compiler.stop();
  }
}

/** Milliseconds for a wrong compiler that had too few for this program. */
function patiently(program: Program, timeLimit: number): number {
  const start = performance.now();
  compileProgram(program.bytes, program.name);
  return Math.max(timeLimit, PATIENCE * (performance.now() - start));
}

function same(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, index) => byte === b[index]);
}
