/*
 * npm test: everything a commit must pass, over all cores, ending with the single line `N passed, N failed`.
 *
 *   npm test                     every stage
 *   npm test -- unit spec        only these stages, and what they need
 *   npm test -- --list           the stages and what they are for
 *
 * A stage is a command. Those that count print `N passed, N failed` (uvu's totals are understood too); the others
 * count as one. A stage that ran nothing, was killed, or printed no count where one is due has failed: silence is
 * never success. Output of a stage is shown only when it failed.
 *
 * Stages are data (scripts/test-stages.ts); this file only schedules and adds up. Rejected: npm-run-all and the
 * like, which know neither counts nor what may run beside what.
 */
import { availableParallelism } from 'node:os';
import { runCommand, type CommandResult } from './run-command.js';
import { badArgument, endWith } from './script-error.js';
import { stages, type Job, type Stage } from './test-stages.js';

interface Outcome {
  readonly stage: string;
  readonly passed: number;
  readonly failed: number;
  /** What to show when something failed. */
  readonly report: string;
}

/** The counts a run reported, or a reason why it counts as one failure. */
export function countResult(job: Job, result: CommandResult): { passed: number; failed: number; fault?: string } {
  const text = result.stdout;
  if (result.signal !== null) return { passed: 0, failed: 1, fault: `killed by ${result.signal}` };
  if (job.counts === 'exit') return result.code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, fault: `exit code ${result.code}` };
  let passed = 0;
  let failed = 0;
  if (job.counts === 'uvu') {
    const number = (word: string): number => Number(new RegExp(`^\\s*${word}:\\s+(\\d+)\\s*$`, 'm').exec(text)?.[1] ?? NaN);
    passed = number('Passed');
    const skipped = number('Skipped');
    failed = number('Total') - passed;
    if (Number.isNaN(failed)) return { passed: 0, failed: 1, fault: 'no totals printed' };
    if (skipped > 0) return { passed, failed: failed + skipped, fault: `${skipped} skipped` };
  } else {
    const lines = [...text.matchAll(/^(\d+) passed, (\d+) failed\s*$/gm)];
    const last = lines.at(-1);
    if (last === undefined) return { passed: 0, failed: 1, fault: 'no line "N passed, N failed"' };
    passed = Number(last[1]);
    failed = Number(last[2]);
  }
  if (passed + failed === 0) return { passed: 0, failed: 1, fault: 'ran no tests' };
  if (failed === 0 && result.code !== 0) return { passed, failed: 1, fault: `exit code ${result.code}` };
  return failed > 0 ? { passed, failed, fault: `${failed} failed` } : { passed, failed };
}

async function runJob(stage: Stage, job: Job): Promise<Outcome> {
  let result: CommandResult;
  try {
    result = await runCommand(job.command, job.args, { timeout: job.timeout ?? 240_000, ...(job.env && { env: { ...process.env, ...job.env } }) });
  } catch (error) {
    return { stage: stage.name, passed: 0, failed: 1, report: `${job.title}: ${String(error)}` };
  }
  const { passed, failed, fault } = countResult(job, result);
  const output = (result.stdout + result.stderr).trimEnd().split('\n').slice(-120).join('\n');
  return { stage: stage.name, passed, failed, report: fault === undefined ? '' : `── ${stage.name}: ${job.title}: ${fault}\n${output}` };
}

/** Runs stages as soon as what they need has passed, at most `width` jobs at a time. */
async function runAll(selected: readonly Stage[], width: number, onDone: (outcome: Outcome, running: number) => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const finished = new Map<string, boolean>();
  const waiting = new Set(selected);
  const queue: { stage: Stage; job: Job }[] = [];
  const open = new Map<Stage, number>();
  let running = 0;

  return new Promise((resolve) => {
    const settle = (stage: Stage, ok: boolean): void => {
      finished.set(stage.name, (finished.get(stage.name) ?? true) && ok);
    };
    const step = (): void => {
      for (const stage of waiting) {
        const needs = stage.needs ?? [];
        if (needs.some((n) => waiting.has(byName(selected, n)) || (open.get(byName(selected, n)) ?? 0) > 0)) continue;
        waiting.delete(stage);
        const broken = needs.find((n) => finished.get(n) === false);
        const jobs = broken === undefined ? stage.jobs() : [];
        if (jobs.length === 0) {
          const why = broken === undefined ? 'found nothing to run' : `not run, because ${broken} failed`;
          outcomes.push({ stage: stage.name, passed: 0, failed: 1, report: `── ${stage.name}: ${why}` });
          settle(stage, false);
          step();
          return;
        }
        open.set(stage, jobs.length);
        queue.push(...jobs.map((job) => ({ stage, job })));
      }
      while (running < width && queue.length > 0) {
        const next = queue.shift();
        if (next === undefined) break;
        const { stage, job } = next;
        running++;
        void runJob(stage, job).then((outcome) => {
          running--;
          outcomes.push(outcome);
          open.set(stage, (open.get(stage) ?? 1) - 1);
          settle(stage, outcome.failed === 0);
          onDone(outcome, running + queue.length);
          step();
        });
      }
      if (running === 0 && queue.length === 0 && waiting.size === 0) resolve(outcomes);
    };
    step();
  });
}

function byName(all: readonly Stage[], name: string): Stage {
  const stage = all.find((s) => s.name === name);
  if (stage === undefined) throw new Error(`no stage named ${name}`);
  return stage;
}

/** The named stages and, transitively, those they need; in table order. */
export function selectStages(all: readonly Stage[], names: readonly string[]): Stage[] {
  if (names.length === 0) return [...all];
  const wanted = new Set<string>();
  const add = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    byName(all, name).needs?.forEach(add);
  };
  names.forEach(add);
  return all.filter((s) => wanted.has(s.name));
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--list')) {
    for (const s of stages) console.log(`${s.name.padEnd(10)} ${s.about}`);
    return 0;
  }
  const unknown = args.find((a) => !stages.some((s) => s.name === a));
  if (unknown !== undefined) {
    const names = stages.map((s) => s.name).join(' ');
    throw badArgument(`没有阶段 ${unknown}（有 ${names}）`, `no stage named ${unknown} (there are ${names})`);
  }
  const selected = selectStages(stages, args);
  const tty = process.stdout.isTTY;
  let passed = 0;
  let failed = 0;
  const outcomes = await runAll(selected, availableParallelism(), (outcome, left) => {
    passed += outcome.passed;
    failed += outcome.failed;
    if (tty) process.stdout.write(`\r\x1b[K${passed} passed, ${failed} failed, ${left} running or queued`);
  });
  if (tty) process.stdout.write('\r\x1b[K');
  for (const outcome of outcomes) if (outcome.report !== '') console.error(outcome.report);
  if (tty) {
    for (const stage of selected) {
      const own = outcomes.filter((o) => o.stage === stage.name);
      const sum = (key: 'passed' | 'failed'): number => own.reduce((n, o) => n + o[key], 0);
      console.log(`${stage.name.padEnd(10)} ${sum('passed')} passed, ${sum('failed')} failed`);
    }
  }
  passed = outcomes.reduce((n, o) => n + o.passed, 0);
  failed = outcomes.reduce((n, o) => n + o.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

await endWith(() => main(process.argv.slice(2)));
