/*
 * What npm test consists of. A stage becomes several jobs when its parts are independent, so that they spread over
 * the cores; jobs() is asked when the stages it needs have passed, because it may look at what they built.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spinIsInstalled } from './models.js';
import { ROOT } from './run-command.js';

export interface Job {
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How its tests are counted: the exit code as one, a last line `N passed, N failed`, or uvu's totals. */
  readonly counts: 'exit' | 'line' | 'uvu';
  /** Milliseconds; 240 s unless given. */
  readonly timeout?: number;
}

export interface Stage {
  readonly name: string;
  readonly about: string;
  readonly needs?: readonly string[];
  readonly jobs: () => readonly Job[];
}

/** How programs run on the builds with sanitizers: every report is a failure. */
export const SANITIZERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  asan: {
    ASAN_OPTIONS: 'exitcode=99:detect_leaks=1:detect_stack_use_after_return=0:allocator_may_return_null=1',
    UBSAN_OPTIONS: 'print_stacktrace=1:exitcode=99',
  },
  tsan: { TSAN_OPTIONS: 'exitcode=99:second_deadlock_stack=1' },
};

const node = (title: string, counts: Job['counts'], ...args: string[]): Job => ({ title, command: process.execPath, args, counts });
const script = (title: string, counts: Job['counts'], file: string, ...args: string[]): Job =>
  node(title, counts, '--import', 'tsx', file, ...args);

/** Files under a folder whose name ends so, sorted. */
export function filesEndingIn(dir: string, suffix: string): string[] {
  if (!existsSync(join(ROOT, dir))) return [];
  return readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix) && !name.includes('node_modules'))
    .sort()
    .map((name) => `${dir}/${name}`);
}

const make = (title: string, ...args: string[]): Job => ({ title, command: 'make', args: ['-C', 'vm', '-j2', ...args], counts: 'exit' });

/** The interpreters beside the usual one that this machine can build. */
function dispatchVariants(): string[] {
  const clang = process.env['QI_CLANG'] ?? 'clang-19';
  return spawnSync(clang, ['--version'], { stdio: 'ignore' }).status === 0 ? ['switch', 'tail'] : ['switch'];
}

export const stages: readonly Stage[] = [
  {
    name: 'native',
    about: 'the C runtime, qivm and the addon compile without a warning',
    jobs: () => [node('build', 'exit', 'scripts/build-native.mjs')],
  },
  {
    name: 'gen',
    about: 'the generated files match their tables',
    jobs: () => [script('gen --check', 'exit', 'scripts/gen.ts', '--check')],
  },
  {
    name: 'bundle',
    about: 'the command and the library bundle, their declarations compile',
    jobs: () => [script('build', 'exit', 'scripts/build-ts.ts')],
  },
  {
    name: 'types',
    about: 'every TypeScript file passes the strict type check',
    jobs: () => [node('tsc', 'exit', 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.json')],
  },
  {
    name: 'imports',
    about: 'layering, headers and lengths of all files',
    jobs: () => [script('layers', 'line', 'scripts/check-imports.ts')],
  },
  {
    name: 'jumps',
    about: 'the compiled dispatch loop kept one indirect jump per opcode',
    needs: ['native'],
    jobs: () => [script('objdump', 'exit', 'scripts/check-jumps.ts')],
  },
  {
    name: 'spec',
    about: 'the language specification as programs',
    needs: ['native', 'bundle'],
    jobs: () => [{ ...script('programs', 'line', 'spec-tests/run.ts', '--qivm', 'build/Release/qivm'), timeout: 600_000 }],
  },
  {
    name: 'dispatch',
    about: 'the other ways of dispatching (switch, and tail calls when there is a clang for them) build and run programs',
    needs: ['native'],
    jobs: () =>
      dispatchVariants().map((variant) => ({ ...script(`engine programs, ${variant}`, 'line', 'scripts/test-dispatch.ts', variant), timeout: 600_000 })),
  },
  {
    name: 'unit',
    about: 'unit tests of the front end, the scripts and the command',
    needs: ['native', 'bundle'],
    jobs: () =>
      ['frontend', 'scripts', 'spec-tests', 'bench', 'aot'].flatMap((dir) => filesEndingIn(dir, '.test.ts')).map((file) => script(file, 'uvu', file)),
  },
  {
    name: 'cbuild',
    about: 'the C code and its unit tests compile with sanitizers',
    needs: ['native'],
    jobs: () => [make('asan', 'VARIANT=asan', 'all')],
  },
  {
    name: 'cunit',
    about: 'C unit tests under AddressSanitizer and UBSan',
    needs: ['cbuild'],
    jobs: () =>
      ['vm', 'natives']
        .flatMap((dir) => filesEndingIn(dir, '_test.c'))
        .map((file) => ({ title: file, command: join(ROOT, 'build/asan/tests', file.replace(/\.c$/, '')), args: [], counts: 'line' })),
  },
  {
    name: 'asan',
    about: 'programs about the engine under AddressSanitizer, UBSan and the search for leaks (npm run test:asan runs all)',
    needs: ['cbuild'],
    jobs: () => [
      { ...script('inspector, asan', 'uvu', 'frontend/inspector/machine.test.ts'), env: { ...SANITIZERS['asan'], QI_TEST_QIVM: join(ROOT, 'build/asan/qivm') } },
      { ...script('engine programs, asan', 'line', 'spec-tests/run.ts', '--engine', 'vm', '--qivm', 'build/asan/qivm', '--timeout', '100000', '9-引擎', '综合'), env: SANITIZERS['asan'] ?? {} },
    ],
  },
  {
    name: 'fuzz',
    about: 'a slice of verifier fuzzing under sanitizers (npm run fuzz goes on for longer)',
    needs: ['cbuild'],
    jobs: () => [script('15 seconds of mutants', 'exit', 'scripts/fuzz.ts', '15', '1')],
  },
  {
    name: 'stress',
    about: 'random creating, cancelling, selecting, closing and failing on four workers under sanitizers (npm run stress goes on for longer)',
    needs: ['cbuild'],
    jobs: () => [script('10 seconds of stress', 'exit', 'scripts/stress.ts', '10', '--seed', '1')],
  },
  {
    name: 'grammar',
    about: 'a slice of generated programs, valid and with one token changed (npm run fuzz:grammar goes on for longer)',
    needs: ['cbuild'],
    jobs: () => [script('12 seconds of programs', 'exit', 'scripts/fuzz-grammar.ts', '12', '1', '--variant', 'asan')],
  },
  {
    name: 'models',
    about: 'the models of the scheduler hold within small bounds, and their seeded mistakes are found (npm run models searches further); needs spin',
    jobs: () => {
      if (!spinIsInstalled()) console.error('models: NOT CHECKED, spin is not installed (Debian: apt-get install spin)');
      return [script('spin', 'line', 'scripts/models.ts', '--quick')];
    },
  },
  {
    name: 'mutants',
    about: 'every wrong instruction and a draw of wrong source lines fail a program (npm run mutants tries all)',
    needs: ['native'],
    jobs: () => [{ ...script('wrong instructions and lines', 'line', 'scripts/mutants.ts', '--sample', '10'), timeout: 600_000 }],
  },
  {
    name: 'docs',
    about: 'every program in README and docs runs and prints what stands below it',
    needs: ['native', 'bundle'],
    jobs: () => [script('blocks', 'line', 'scripts/check-docs.ts')],
  },
];
