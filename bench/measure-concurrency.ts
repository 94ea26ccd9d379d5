/**
 * Rows about concurrency that are not one program beside the same in Go: how computing speeds up on two cores,
 * how long single creations and switches take, ten million coroutines at once.
 */
import { spawn, spawnSync } from 'node:child_process';
import { freemem } from 'node:os';
import { isAvailable, LABELS, prepare, prepareC, prepareParked, type Prepared } from './contestants.js';
import { firstLines, measure } from './measure.js';
import { check, milliseconds, notes, time, values, type Settings } from './measure-rows.js';
import type { Note, RowResult } from './report.js';
import { LATENCY, PARKED_HUGE, PAUSES, SPEEDUP } from './rows.js';
import { median, pairedRatio } from './statistics.js';

/** One worker's time over two workers', beside the same for C; wall time always, as CPU time does not fall. */
export function measureSpeedup(settings: Settings): RowResult {
  const { toolbox } = settings;
  const { program, threads, atLeast } = SPEEDUP;
  const prepared = new Map<string, Prepared>([
    ['Qi 1', prepare(toolbox, 'qi', program, 1)],
    ['C 1', prepareC(program, 1)],
    [`Qi ${threads}`, prepare(toolbox, 'qi', program, threads)],
    [`C ${threads}`, prepareC(program, threads)],
  ]);
  const timings = time(prepared, settings, SPEEDUP.name);
  const gains = (who: string): number[] | undefined => {
    const one = values(timings, `${who} 1`, 'wallNs');
    const many = values(timings, `${who} ${threads}`, 'wallNs');
    return one && many?.map((ns, round) => one[round]! / ns);
  };
  const qi = gains('Qi');
  const c = gains('C');
  const ratio = qi && c && pairedRatio(qi, c);
  const text = qi && c && ratio ? ` ×${median(qi).toFixed(2)} / ×${median(c).toFixed(2)} = ${ratio.toFixed(2)}` : '';
  const times = values(timings, `Qi ${threads}`, 'wallNs');
  return {
    name: SPEEDUP.name,
    title: `${SPEEDUP.title} (1→${threads})`,
    cells: times === undefined ? {} : { qi: milliseconds(median(times)) },
    ratios: {},
    checks: [check(`加速与 C 之比 speed-up, Qi / C${text} ≥${atLeast}`, ratio === undefined ? undefined : () => ratio >= atLeast)],
    notes: notes(timings),
    data: Object.fromEntries(timings),
  };
}

/** p50, p99 and p99.9 in nanoseconds. */
type Quantiles = readonly [number, number, number];

/** Lines `name p50 p99 p99.9` of the program. */
function parseQuantiles(output: string): ReadonlyMap<string, Quantiles> {
  const lines = [...output.matchAll(/^(\S+) (\d+) (\d+) (\d+)$/gm)];
  return new Map(lines.map(([, name, ...numbers]) => [name!, numbers.map(Number) as unknown as Quantiles]));
}

export function measureLatency(settings: Settings): RowResult {
  const reasons: Note[] = [];
  const runs: Record<'qi' | 'go', ReadonlyMap<string, Quantiles>[]> = { qi: [], go: [] };
  const prepared = new Map((['qi', 'go'] as const).map((id) => [id, prepare(settings.toolbox, id, LATENCY.program, 1)]));
  for (let round = 0; round < settings.rounds; round++) {
    for (const [id, command] of prepared) {
      settings.progress(`${LATENCY.name}  ${id}: ${round + 1}/${settings.rounds}`);
      const outcome = isAvailable(command) ? measure(command) : { ok: false as const, reason: command.unavailable };
      if (outcome.ok) runs[id].push(parseQuantiles(outcome.stdout));
      else if (!reasons.some((note) => note.who === LABELS[id])) reasons.push({ who: LABELS[id], reason: firstLines(outcome.reason) });
    }
  }
  /** Medians over the rounds. */
  const quantiles = (id: 'qi' | 'go', name: string): Quantiles | undefined => {
    const found = runs[id].flatMap((run) => run.get(name) ?? []);
    const each = runs[id].map((run) => run.get(name));
    if (found.length === 0 || each.includes(undefined)) return undefined;
    return [0, 1, 2].map((k) => median(each.map((run) => run![k]!))) as unknown as Quantiles;
  };
  const checks = Object.entries(LATENCY.atMostNs).map(([name, atMost]) => {
    const qi = quantiles('qi', name);
    const go = quantiles('go', name);
    const text = qi === undefined ? '' : ` ${qi.join('/')}`;
    return check(`${name} p50/p99/p99.9${text} ns${go === undefined ? '' : ` (Go ${go.join('/')})`}, p99 ≤${atMost}`, qi && (() => qi[1] <= atMost));
  });
  return { name: LATENCY.name, title: LATENCY.title, cells: {}, ratios: {}, checks, notes: reasons, data: { qi: runs.qi.map(Object.fromEntries), go: runs.go.map(Object.fromEntries) } };
}

interface Pauses {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Runs the program once and watches it from outside until it ends; what it says last counts all its pauses so far. */
function watchPauses(settings: Settings): { collections: number; pauses: Pauses } | string {
  const { toolbox } = settings;
  const program = prepare(toolbox, 'qi', PAUSES.program, 1);
  if (!isAvailable(program)) return program.unavailable;
  if (toolbox.qi === undefined) return toolbox.missing.qi ?? 'not built';
  const child = spawn(program.file, [...program.args, String(PAUSES.size)], { stdio: 'ignore' });
  try {
    const watched = spawnSync(toolbox.qi.file, [...toolbox.qi.args, '监视', '--json', String(child.pid)], { encoding: 'utf8', timeout: 120_000 });
    const last = watched.stdout.trim().split('\n').at(-1) ?? '';
    return last.startsWith('{"process"') ? (JSON.parse(last) as { collections: number; pauses: Pauses }) : firstLines(watched.stdout + watched.stderr);
  } finally {
    child.kill('SIGKILL');
  }
}

export function measurePauses(settings: Settings): RowResult {
  const { name, title, size, atMostNs } = PAUSES;
  const runs: Pauses[] = [];
  const reasons: Note[] = [];
  for (let round = 0; round < Math.min(settings.rounds, 5); round++) {
    settings.progress(`${name}: ${round + 1}`);
    const seen = watchPauses(settings);
    if (typeof seen !== 'string') runs.push(seen.pauses);
    else if (reasons.length === 0) reasons.push({ who: LABELS.qi, reason: seen });
  }
  const of = (what: keyof Pauses): number => median(runs.map((run) => run[what]));
  const text = runs.length === 0 ? '' : ` ${milliseconds(of('p50'))} / ${milliseconds(of('p99'))} / ${milliseconds(of('max'))}`;
  return {
    name,
    title: `${title} (${size})`,
    cells: {},
    ratios: {},
    checks: [check(`p50/p99/最长 longest${text}, p99 ≤${milliseconds(atMostNs)}`, runs.length === 0 ? undefined : () => of('p99') <= atMostNs)],
    notes: reasons,
    data: { runs },
  };
}

/** Ten million coroutines need this much and some more. */
const HUGE_BYTES_NEEDED = 6 * 2 ** 30;

export function measureParkedHuge(settings: Settings): RowResult {
  const { name, title, size, atMostBytes } = PARKED_HUGE;
  const tooBig = freemem() < HUGE_BYTES_NEEDED;
  const command: Prepared = tooBig
    ? { unavailable: `内存不足 needs ${HUGE_BYTES_NEEDED / 2 ** 30} GiB of free memory for ${size} coroutines` }
    : prepareParked(settings.toolbox, 'qi', size);
  settings.progress(name);
  const outcome = isAvailable(command) ? measure(command) : { ok: false as const, reason: command.unavailable };
  const bytes = outcome.ok ? outcome.usage.maxRssKb * 1024 : undefined;
  return {
    name,
    title: `${title} (${size})`,
    cells: bytes === undefined ? {} : { qi: `${(bytes / 1e9).toFixed(2)} GB` },
    ratios: {},
    checks: [check(`≤${atMostBytes / 1e9} GB`, bytes === undefined ? undefined : () => bytes <= atMostBytes)],
    notes: outcome.ok ? [] : [{ who: LABELS.qi, reason: outcome.reason }],
    data: outcome,
  };
}
