/*
 * Checks the models of the scheduler's and the collector's protocols (vm/sched/models) with spin: each must hold in every configuration, and each mistake
 * seeded into it must be found in the one named for it.
 *
 *   npm run models               the bounds that take minutes
 *   npm run models -- --quick    those of npm test: some seconds
 *
 * A configuration is a model with bounds (macros). It is compiled once; the mistake is an environment variable that the
 * checker reads at its start. What runs out of memory or time, or is cut off at a depth, has failed: only a complete search counts.
 *
 * Ends with `N passed, N failed`. Without spin nothing is searched, which is said on stderr; what is left is that every mistake a
 * model lists has a configuration that has to find it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, runCommand } from './run-command.js';
import { badArgument, endWith } from './script-error.js';

interface Configuration {
  readonly model: string;
  readonly about: string;
  readonly bounds: Readonly<Record<string, number>>;
  /** In addition, for the search of npm run models. */
  readonly wide: Readonly<Record<string, number>>;
  /** The mistakes that it has to find, within the narrow bounds. */
  readonly mistakes: readonly number[];
  /** What --quick does of it. */
  readonly quick: 'all' | 'mistakes' | 'nothing';
}

const PARK = { N: 2, T: 2, ASKS: 0, NARROWS: 0, ALLOCS: 0, TICKS: 0, EXITS: 0 };
const MARKING = { MARKERS: 2, WORKERS: 1, STOPS: 0, FAILURES: 0, CALLS: 0, RARE: 0 };
const SLICES = { WORKERS: 1, TASKS: 2, CYCLES: 1, ON_LIST: 0 };

export const configurations: readonly Configuration[] = [
  { model: 'park', about: 'waking and idling', bounds: { ...PARK, STEPS0: 2, STEPS: 2 }, wide: { STEPS0: 3, TICKS: 1 }, mistakes: [3, 8, 11, 12, 13], quick: 'all' },
  { model: 'park', about: 'three tasks', bounds: { ...PARK, T: 3, STEPS0: 3, STEPS: 1 }, wide: {}, mistakes: [1, 2], quick: 'mistakes' },
  { model: 'park', about: 'collections', bounds: { ...PARK, ALLOCS: 1, STEPS0: 2, STEPS: 1 }, wide: { STEPS: 2 }, mistakes: [10], quick: 'all' },
  { model: 'park', about: 'the end', bounds: { ...PARK, EXITS: 1, STEPS0: 2, STEPS: 1 }, wide: { STEPS: 2 }, mistakes: [7], quick: 'all' },
  { model: 'park', about: 'keeping the lock', bounds: { ...PARK, NARROWS: 1, STEPS0: 2, STEPS: 1 }, wide: { STEPS: 2, TICKS: 1 }, mistakes: [9], quick: 'all' },
  { model: 'park', about: 'requests', bounds: { ...PARK, ASKS: 1, STEPS0: 1, STEPS: 0 }, wide: { STEPS: 1 }, mistakes: [4, 6], quick: 'all' },
  { model: 'park', about: 'requests and collections', bounds: { ...PARK, ASKS: 1, ALLOCS: 1, STEPS0: 2, STEPS: 0 }, wide: {}, mistakes: [5], quick: 'nothing' },
  { model: 'channel', about: 'no buffer', bounds: { CAPACITY: 0, SENDERS: 1, RECEIVERS: 2 }, wide: { SENDERS: 2 }, mistakes: [5], quick: 'all' },
  { model: 'channel', about: 'room for one', bounds: { CAPACITY: 1, SENDERS: 2, RECEIVERS: 1 }, wide: { RECEIVERS: 2 }, mistakes: [1, 2, 3, 4, 6, 7, 8, 9, 10, 11], quick: 'all' },
  { model: 'parts', about: 'own parts and the whole', bounds: { ROUNDS: 3 }, wide: { ROUNDS: 5 }, mistakes: [1, 2, 3, 4, 5, 6, 7, 8], quick: 'all' },
  { model: 'ring', about: 'one thief', bounds: { TASKS: 4, THIEVES: 1 }, wide: { TASKS: 5 }, mistakes: [2, 3], quick: 'all' },
  { model: 'ring', about: 'two thieves', bounds: { TASKS: 3, THIEVES: 2 }, wide: { TASKS: 4 }, mistakes: [1, 4, 5, 6, 7, 8], quick: 'mistakes' },
  { model: 'slices', about: 'two collections', bounds: { ...SLICES, STEPS: 1, CYCLES: 2 }, wide: { STEPS: 3 }, mistakes: [5, 6, 7, 9], quick: 'all' },
  { model: 'slices', about: 'one worker', bounds: { ...SLICES, STEPS: 3 }, wide: { STEPS: 4 }, mistakes: [1, 2, 3, 4], quick: 'mistakes' },
  { model: 'slices', about: 'two workers', bounds: { ...SLICES, WORKERS: 2, STEPS: 2 }, wide: {}, mistakes: [8, 10], quick: 'mistakes' },
  { model: 'slices', about: 'two workers on a list', bounds: { ...SLICES, WORKERS: 2, STEPS: 2, ON_LIST: 1 }, wide: { CYCLES: 2 }, mistakes: [11], quick: 'all' },
  { model: 'marking', about: 'two slices', bounds: { ...MARKING, STOPS: 1 }, wide: { STOPS: 2 }, mistakes: [1, 2, 3, 4, 6, 7, 8, 15, 16, 17, 18, 19, 21, 23], quick: 'all' },
  { model: 'marking', about: 'stacks, vast objects, no memory', bounds: { ...MARKING, FAILURES: 1, RARE: 1 }, wide: { STOPS: 2 }, mistakes: [5, 9, 10, 20], quick: 'all' },
  { model: 'marking', about: 'standing by', bounds: { ...MARKING, CALLS: 1 }, wide: { STOPS: 1, CALLS: 2 }, mistakes: [11, 12, 13, 14, 22], quick: 'all' },
  { model: 'marking', about: 'two helpers, one place', bounds: { ...MARKING, WORKERS: 2 }, wide: {}, mistakes: [24], quick: 'mistakes' },
  { model: 'marking', about: 'three markers', bounds: { ...MARKING, MARKERS: 3, WORKERS: 2 }, wide: { RARE: 1 }, mistakes: [], quick: 'nothing' },
];

const FOLDER = 'vm/sched/models';

export function spinIsInstalled(): boolean {
  return spawnSync('spin', ['-V'], { stdio: 'ignore' }).status === 0;
}

/** The numbers of the mistakes that the comment at the head of a model lists. */
export function listedMistakes(text: string): number[] {
  const head = text.slice(text.indexOf('Seeded mistakes'), text.indexOf('*/'));
  return [...head.matchAll(/(?:^ \*| ) ?(\d+) (?=[a-z])/gm)].map((m) => Number(m[1])).sort((a, b) => a - b);
}

/** What the checker's output says: whether the search was complete, and what it found. */
export function verdict(output: string): { complete: boolean; errors: number; states: number } {
  const errors = /errors: (\d+)/.exec(output);
  const states = /([\d.e+]+) states, stored/.exec(output);
  const cut = /max search depth too small|Search not completed|out of memory|aborting/.test(output);
  return { complete: errors !== null && !cut, errors: Number(errors?.[1] ?? 0), states: Number(states?.[1] ?? 0) };
}

async function check(configuration: Configuration, wide: boolean, dir: string, report: (ok: boolean, what: string) => void): Promise<void> {
  const { model, about, mistakes } = configuration;
  const build = async (bounds: Readonly<Record<string, number>>, name: string, optimise: string): Promise<string> => {
    const cwd = join(dir, name);
    mkdirSync(cwd);
    const macros = Object.entries(bounds).map(([macro, value]) => `-D${macro}=${value}`);
    const steps = [
      ['spin', '-a', ...macros, join(ROOT, FOLDER, `${model}.pml`)],
      ['cc', optimise, '-w', '-DSAFETY', '-DNOFAIR', '-DCOLLAPSE', '-DMEMLIM=6000', '-o', 'pan', 'pan.c'],
    ];
    for (const [command = '', ...args] of steps) {
      const { code, stdout, stderr } = await runCommand(command, args, { cwd, timeout: 120_000 });
      if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${stdout}${stderr}`);
    }
    return cwd;
  };
  const search = async (cwd: string, mistake: number): Promise<ReturnType<typeof verdict> & { output: string }> => {
    const env = { ...process.env, QI_MISTAKE: String(mistake) };
    const { stdout, stderr } = await runCommand(join(cwd, 'pan'), ['-m100000'], { cwd, env, timeout: wide ? 1_800_000 : 60_000 });
    return { ...verdict(stdout), output: stdout + stderr };
  };
  const narrow = await build(configuration.bounds, 'narrow', '-O0');
  const cwd = wide ? await build({ ...configuration.bounds, ...configuration.wide }, 'wide', '-O2') : narrow;
  if (wide || configuration.quick === 'all') {
    const { complete, errors, states, output } = await search(cwd, 0);
    report(complete && errors === 0 && states > 0, `${model}, ${about}: ${states} states${complete && errors === 0 ? '' : `\n${output}`}`);
  }
  for (const mistake of mistakes) {
    const found = await search(narrow, mistake);
    report(found.errors > 0, `${model}, ${about}: mistake ${mistake}${found.errors > 0 ? ' is found' : ` is not found\n${found.output}`}`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const wide = !args.includes('--quick');
  const unknown = args.find((a) => a !== '--quick');
  if (unknown !== undefined) throw badArgument(`不认识 ${unknown}`, `unknown argument ${unknown}`);
  let passed = 0;
  let failed = 0;
  const report = (ok: boolean, what: string): void => {
    if (ok) passed++;
    else failed++;
    console.log(`${ok ? 'ok' : 'FAILED'}: ${what}`);
  };
  for (const model of new Set(configurations.map((c) => c.model))) {
    const listed = listedMistakes(readFileSync(join(ROOT, FOLDER, `${model}.pml`), 'utf8'));
    const tried = configurations.filter((c) => c.model === model).flatMap((c) => c.mistakes).sort((a, b) => a - b);
    report(listed.length > 0 && listed.join() === tried.join(), `${model}: mistakes listed ${listed.join(' ')}, tried ${tried.join(' ')}`);
  }
  if (spinIsInstalled()) {
    const dir = mkdtempSync(join(tmpdir(), 'qi-models-'));
    try {
      for (const [i, configuration] of configurations.entries()) {
        if (!wide && configuration.quick === 'nothing') continue;
        const own = join(dir, String(i));
        mkdirSync(own);
        await check(configuration, wide, own, report);
      }
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  } else {
    console.error(`${FOLDER}: not checked, spin is not installed (Debian: apt-get install spin)`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await endWith(() => main(process.argv.slice(2)));
