/*
 * npm run fuzz:grammar: generates programs from the grammar and the types (fuzz-grammar/program.ts), changes single tokens of
 * them, and looks for what must never happen: a crash or hang of the compiler, a diagnostic without code or outside the
 * file, a valid program that is refused, a module the verifier refuses, a run that depends on the schedule or the collector.
 *
 *   npm run fuzz:grammar                       a minute, a seed from the clock
 *   npm run fuzz:grammar -- 600 7              ten minutes, seed 7
 *   npm run fuzz:grammar -- --programs 200000 --seed 7
 *   npm run fuzz:grammar -- --seed 1234 --only     that seed and its mutants, as a failure names it
 *   … --variant asan                           runs on that build of the virtual machine (release unless given)
 *
 * A seed is one valid program and MUTANTS changed ones. A failure is printed with its seed, made smaller, and left in
 * build/fuzz-grammar.qi; the exit code is then 1.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Batch, MachineDied, type Run } from './fuzz-grammar/batch.js';
import { examine, judge, type Fault } from './fuzz-grammar/examine.js';
import { mutate, tokensOf } from './fuzz-grammar/mutate.js';
import { generate } from './fuzz-grammar/program.js';
import { Random } from './fuzz-grammar/random.js';
import { shrink } from './fuzz-grammar/shrink.js';
import { ROOT } from './run-command.js';
import { badArgument, endWith } from './script-error.js';

/** Changed programs for each valid one. */
const MUTANTS = 4;
/** Seeds tried together. */
const GROUP = 8;
/** Failures shown before the fuzzer gives up. */
const MOST_FAILURES = 5;

/** What makes a program's output the schedule's business, or time's. */
const CONCURRENCY = /创建|启动|异步|等待|通道|选择|并发|并行|截止|屏蔽|协程|挂起|恢复|延迟|睡眠|休眠|超时|随机|时间|竞速|任务|未来|互斥锁|读取行|输入/;

interface Candidate {
  readonly seed: number;
  /** 0: the valid program itself. */
  readonly mutant: number;
  readonly text: string;
  readonly options: { readonly same: boolean; readonly ends: boolean };
}

interface Totals {
  programs: number;
  accepted: number;
  failures: number;
}

/** The valid program of a seed and its changed ones. */
function candidatesOf(seed: number): Candidate[] {
  const { text, concurrent } = generate(seed);
  const tokens = tokensOf(text);
  const r = new Random(seed ^ 0x5bd1e995);
  const mutants = Array.from({ length: MUTANTS }, (_, i): Candidate => {
    const changed = mutate(text, tokens, r);
    return { seed, mutant: i + 1, text: changed, options: { same: !concurrent && !CONCURRENCY.test(changed), ends: false } };
  });
  // Tasks that print while others do may print in any order.
  return [{ seed, mutant: 0, text, options: { same: !concurrent, ends: true } }, ...mutants];
}

class Fuzzer {
  readonly totals: Totals = { programs: 0, accepted: 0, failures: 0 };
  readonly #batch: Batch;
  readonly #kinds = new Set<string>();

  constructor(variant: string) {
    this.#batch = new Batch(variant);
  }

  /** Tries `count` seeds from `first` on. */
  async seeds(first: number, count: number): Promise<void> {
    const candidates = Array.from({ length: count }, (_, i) => candidatesOf((first + i) >>> 0)).flat();
    const examined = examine(candidates.map((c) => ({ text: c.text, valid: c.mutant === 0 })));
    let group: { readonly candidate: Candidate; readonly module: Uint8Array }[] = [];
    for (const [i, { module, fault }] of examined.entries()) {
      this.totals.programs++;
      const candidate = candidates[i]!;
      if (fault !== undefined) await this.#fail(candidate, fault);
      else if (module !== undefined) group.push({ candidate, module });
    }
    this.totals.accepted += group.length;
    while (group.length > 0) {
      let results: Run[][];
      try {
        results = await this.#batch.run(group.map((g) => g.module));
      } catch (error) {
        if (!(error instanceof MachineDied)) throw error;
        await this.#fail(group[error.index]!.candidate, { kind: '虚拟机崩溃 the virtual machine dies', detail: error.why });
        // The others run again in a new process.
        group = group.filter((_, i) => i !== error.index);
        continue;
      }
      for (const [i, runs] of results.entries()) {
        const { candidate } = group[i]!;
        const fault = judge(runs, candidate.options);
        if (fault !== undefined) await this.#fail(candidate, fault);
      }
      break;
    }
  }

  close(): void {
    this.#batch.close();
  }

  async #fail({ seed, mutant, text, options }: Candidate, fault: Fault): Promise<void> {
    this.totals.failures++;
    const known = this.#kinds.has(fault.kind);
    this.#kinds.add(fault.kind);
    console.error(`\n种子 seed ${seed}, ${mutant === 0 ? '合法 valid' : `变异 mutant ${mutant}`}: ${fault.kind}\n${fault.detail}`);
    if (known) return;
    const keeps = async (smaller: string): Promise<boolean> => (await this.#faultOf(smaller, mutant === 0, options))?.kind === fault.kind;
    const smallest = await shrink(text, keeps);
    mkdirSync(join(ROOT, 'build'), { recursive: true });
    writeFileSync(join(ROOT, 'build/fuzz-grammar.qi'), smallest);
    console.error(`${(await this.#faultOf(smallest, mutant === 0, options))?.detail ?? ''}\n--- build/fuzz-grammar.qi\n${smallest}\n---`);
  }

  /** The fault of one text. */
  async #faultOf(text: string, valid: boolean, options: Candidate['options']): Promise<Fault | undefined> {
    const { module, fault } = examine([{ text, valid }])[0]!;
    if (fault !== undefined || module === undefined) return fault;
    try {
      const [runs] = await this.#batch.run([module]);
      return judge(runs!, options);
    } catch (error) {
      if (!(error instanceof MachineDied)) throw error;
      return { kind: '虚拟机崩溃 the virtual machine dies', detail: error.why };
    }
  }
}

interface CommandLine {
  readonly seconds: number;
  readonly programs: number;
  readonly seed: number;
  readonly only: boolean;
  readonly variant: string;
}

function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      programs: { type: 'string' }, seed: { type: 'string' }, only: { type: 'boolean', default: false }, variant: { type: 'string', default: 'release' },
    },
  });
  const number = (text: string): number => {
    if (!/^\d+$/.test(text)) throw badArgument(`要非负整数，得到 ${text}`, `a number is wanted, found ${text}`);
    return Number(text);
  };
  return {
    seconds: number(positionals[0] ?? '60'),
    programs: number(values.programs ?? '0'),
    seed: number(values.seed ?? positionals[1] ?? String(Date.now() % 1_000_000)),
    only: values.only,
    variant: values.variant,
  };
}

async function main(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args);
  const make = spawnSync('make', ['-C', join(ROOT, 'vm'), '-j2', `VARIANT=${line.variant}`, join(ROOT, `build/${line.variant}/batch`)], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (make.status !== 0) return 1;
  const fuzzer = new Fuzzer(line.variant);
  const { totals } = fuzzer;
  const start = performance.now();
  const isOver = (): boolean => {
    if (totals.failures >= MOST_FAILURES) return true;
    if (line.only) return totals.programs > 0;
    return line.programs > 0 ? totals.programs >= line.programs : performance.now() - start >= line.seconds * 1000;
  };
  const summary = (): string => `${totals.programs} 个程序 programs, ${totals.accepted} 个接受 accepted, ${totals.failures} 个失败 failures, ${((performance.now() - start) / 1000).toFixed(0)} s`;
  const count = line.only ? 1 : GROUP;
  for (let n = 0; !isOver(); n += count) {
    await fuzzer.seeds(line.seed + n, count);
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${summary()}`);
  }
  fuzzer.close();
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  console.log(`fuzz:grammar 种子 seed ${line.seed}: ${summary()}`);
  return totals.failures > 0 ? 1 : 0;
}

await endWith(() => main(process.argv.slice(2)));
