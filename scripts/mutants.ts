/*
 * npm run mutants: the proof that the specification's programs can fail. Each mutant is one deliberate mistake, in an
 * instruction of the VM (vm/interp/mutants.inc) or in a source file (spec-tests/变异/clauses.ts); some program must
 * notice it.
 *
 *   npm run mutants                          all of them
 *   npm run mutants -- --only ADD --only §6  those whose name contains one of the words
 *   npm run mutants -- --opcodes             the instructions only; --clauses: the source files only
 *   npm run mutants -- --sample 20 --seed 7  every instruction, and so many source mutants drawn by this seed (if none, by one that
 *                                            changes only with the mutants, so that a commit always draws the same)
 *   npm run mutants -- --programs 匹配        only the programs whose path contains one of the words hunt: for a new one
 *   options: --jobs N, --timeout MS (of one program, default 5000), --verbose names who killed whom
 *
 * A mutant is killed by a wrong diagnostic, wrong output, crash, refusal or timeout (where the true one is much quicker), of the programs of its clause first and
 * then of all others. Survivors are listed, and so is every instruction or clause without a mutant and every source mutant
 * that no longer fits its file: all of these fail. The last line is `N passed, N failed`.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { OPCODES } from '../frontend/generated/opcodes.js';
import { CLAUSES } from '../spec-tests/变异/clauses.js';
import { hunt, huntSource, type Verdict } from '../spec-tests/变异/hunt.js';
import { faultsWithout, inLanes, loadPrograms, type Program } from '../spec-tests/变异/programs.js';
import { compilerFlags, MisfitError, mutate, type SourceMutant } from '../spec-tests/变异/source-mutants.js';
import { topicsWithout } from '../spec-tests/变异/topics.js';
import { ROOT, runCommand } from './run-command.js';
import { badArgument, endWith, ScriptError } from './script-error.js';

interface Options {
  readonly only: readonly string[];
  readonly programs: readonly string[];
  readonly opcodes: boolean;
  readonly clauses: boolean;
  readonly sample: number | undefined;
  /** Absent: derived from the mutants. */
  readonly seed: number | undefined;
  readonly jobs: number;
  readonly timeLimit: number;
  readonly verbose: boolean;
}

/** A mutant and how to find who kills it. */
interface Task {
  readonly name: string;
  readonly hunt: () => Promise<Verdict>;
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      programs: { type: 'string', multiple: true, default: [] },
      opcodes: { type: 'boolean', default: false },
      clauses: { type: 'boolean', default: false },
      sample: { type: 'string' },
      seed: { type: 'string' },
      jobs: { type: 'string' },
      timeout: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const number = (name: string, text: string | undefined, otherwise: number): number => {
    const value = text === undefined ? otherwise : Number(text);
    if (!Number.isSafeInteger(value) || value < 1) throw badArgument(`--${name} 要正整数，得到 ${text}`, `--${name} wants a positive integer, found ${text}`);
    return value;
  };
  const both = values.opcodes === values.clauses;
  return {
    only: values.only.map((word) => word.normalize('NFC')),
    programs: values.programs.map((word) => word.normalize('NFC')),
    opcodes: both || values.opcodes,
    clauses: both || values.clauses,
    sample: values.sample === undefined ? undefined : number('sample', values.sample, 0),
    seed: values.seed === undefined ? undefined : number('seed', values.seed, 0),
    jobs: number('jobs', values.jobs, availableParallelism()),
    timeLimit: number('timeout', values.timeout, 5000),
    verbose: values.verbose,
  };
}

/** `count` of the items, the same ones for the same seed; a linear congruential generator is random enough to take turns. */
export function draw<T>(items: readonly T[], count: number, seed: number): T[] {
  const pool = [...items];
  const drawn: T[] = [];
  for (let state = seed >>> 0; drawn.length < count && pool.length > 0; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    drawn.push(...pool.splice(Math.floor((state / 2 ** 32) * pool.length), 1));
  }
  return drawn;
}

/** A seed that is another one when a mutant is added, changed or removed. */
function contentSeed(mutants: readonly SourceMutant[]): number {
  return createHash('sha256').update(JSON.stringify(mutants)).digest().readUInt32LE();
}

/** Programs that pass on the true compiler and VM, quickest first; the others are named. */
async function detectors(programs: readonly Program[], qivm: string, options: Options): Promise<{ sound: Program[]; unsound: string[] }> {
  const unsound: string[] = [];
  const timed = await inLanes(programs, options.jobs, async (program) => {
    const start = performance.now();
    const faults = await faultsWithout(program, { qivm, timeLimit: 30_000 });
    if (faults.length > 0) unsound.push(`${program.name}: ${faults.join('; ')}`);
    return { program, time: performance.now() - start, sound: faults.length === 0 };
  });
  const sound = timed.filter((t) => t.sound).sort((a, b) => a.time - b.time);
  return { sound: sound.map((t) => t.program), unsound };
}

/** One task per wrong instruction; the VM itself says which it knows. */
async function opcodeTasks(programs: readonly Program[], qivm: string, options: Options): Promise<{ tasks: Task[]; without: string[] }> {
  const module = programs.find((program) => program.file !== undefined)?.file;
  if (module === undefined) throw new Error('no program compiles');
  const { stdout } = await runCommand(qivm, [module], { env: { ...process.env, QI_MUTANT: '?' } });
  const names = stdout.split('\n').filter((name) => name !== '');
  const opcodes = new Set(names.map((name) => name.replace(/\..*/u, '')));
  const tasks = names.map((mutant) => ({
    name: mutant,
    hunt: () => hunt(programs, mutant.replace(/\..*/u, ''), { qivm, mutant, timeLimit: options.timeLimit }),
  }));
  return { tasks, without: Object.keys(OPCODES).filter((opcode) => !opcodes.has(opcode)) };
}

const nameOf = ({ clause, file, note }: SourceMutant): string => `${clause}: ${note} (${basename(file)})`;

async function sourceTasks(programs: readonly Program[], qivm: string, scratch: string, options: Options): Promise<{ tasks: Task[]; misfits: string[] }> {
  const misfits: string[] = [];
  const fitting: SourceMutant[] = [];
  for (const mutant of CLAUSES) {
    try {
      await mutate(ROOT, mutant);
      fitting.push(mutant);
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      misfits.push(error.message);
    }
  }
  const chosen = options.sample === undefined ? fitting : draw(fitting, options.sample, options.seed ?? contentSeed(fitting));
  const flags = await compilerFlags(ROOT);
  const tasks = chosen.map((mutant, index) => ({
    name: nameOf(mutant),
    hunt: () => huntSource(programs, mutant, { root: ROOT, qivm, flags, scratch: join(scratch, `mutant-${index}`), timeLimit: options.timeLimit }),
  }));
  return { tasks, misfits };
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  const qivm = join(ROOT, 'build/mutant/qivm');
  const made = await runCommand('make', ['-C', 'vm', `-j${options.jobs}`, 'VARIANT=mutant', qivm]);
  if (made.code !== 0) throw new ScriptError('E9909', { 命令: 'make', 原因: made.stdout + made.stderr });
  const scratch = await mkdtemp(join(tmpdir(), 'qi-mutants-'));
  try {
    const { sound, unsound } = await detectors(await loadPrograms(ROOT, scratch, qivm, options.jobs, options.programs), qivm, options);
    for (const text of unsound) console.log(`fails without a mutant, so it detects nothing: ${text}`);
    const none = { tasks: [], without: [], misfits: [] };
    const opcodes = options.opcodes ? await opcodeTasks(sound, qivm, options) : none;
    const sources = options.clauses ? await sourceTasks(sound, qivm, scratch, options) : none;
    const all = [...opcodes.tasks, ...sources.tasks];
    const wanted = all.filter(({ name }) => options.only.length === 0 || options.only.some((word) => name.normalize('NFC').includes(word)));
    const kills = new Map<string, number>();
    let done = 0;
    const verdicts = await inLanes(wanted, options.jobs, async (task) => {
      const verdict = await task.hunt();
      done++;
      if (process.stderr.isTTY) process.stderr.write(`\r${done}/${wanted.length}`);
      if (verdict.how === 'excused') console.log(`not tested: ${task.name}: ${verdict.detail}`);
      else if (verdict.killer === undefined) console.log(`survived: ${task.name}${verdict.detail}`);
      else {
        kills.set(verdict.how, (kills.get(verdict.how) ?? 0) + 1);
        if (options.verbose) console.log(`killed: ${task.name}, by ${verdict.killer}: ${verdict.how}`);
      }
      return verdict;
    });
    if (process.stderr.isTTY) process.stderr.write('\r');
    for (const opcode of opcodes.without) console.log(`no mutant of ${opcode} in vm/interp/mutants.inc`);
    for (const misfit of sources.misfits) console.log(`does not fit: ${misfit}`);
    const bare = options.clauses ? await topicsWithout(ROOT, CLAUSES) : [];
    for (const topic of bare) console.log(`no source mutant of ${topic} in spec-tests/变异`);
    const killed = verdicts.filter((verdict) => verdict.killer !== undefined).length;
    const excused = verdicts.filter((verdict) => verdict.how === 'excused').length;
    const failed = verdicts.length - killed - excused + opcodes.without.length + sources.misfits.length + bare.length;
    console.log(`${verdicts.length} mutants, ${excused} not tested; killed ${[...kills].map(([how, n]) => `by ${how} ${n}`).join(', ')}`);
    console.log(`${killed} passed, ${failed} failed`);
    return failed === 0 && killed > 0 ? 0 : 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await endWith(() => main(process.argv.slice(2)));
