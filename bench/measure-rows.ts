/**
 * The kinds of rows: programs, start-up, compile, parked. Each turns what the toolbox can run into one RowResult.
 *
 * Time is that of the whole process (measure.c): time taken inside a program is not comparable across languages.
 * Therefore programs run long enough that start-up hardly counts, and start-up has its own row.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { isAvailable, LABELS, prepare, prepareParked, type Prepared, type Toolbox } from './contestants.js';
import { generateProgram, generateProject, writeProject } from './generate.js';
import { OUT, type Command, type Usage } from './measure.js';
import type { Check, Note, RowResult } from './report.js';
import {
  COMPILE, CONTESTANTS, PARKED, PEERS, STARTUP, targetsOf,
  type ContestantId, type PeerId, type ProgramRow,
} from './rows.js';
import { median, pairedDifference, pairedRatio } from './statistics.js';
import { interleave, isSeries, type Progress, type Timing } from './timing.js';

export interface Settings {
  readonly toolbox: Toolbox;
  readonly rounds: number;
  readonly quick: boolean;
  readonly metric: 'wallNs' | 'cpuNs';
  readonly progress: Progress;
}

type Timings = ReadonlyMap<string, Timing>;

const MILLISECOND = 1e6;

/** Times the available ones; unavailable ones become failures, so that every name has an entry. */
export function time(prepared: ReadonlyMap<string, Prepared>, settings: Settings, row: string, sameOutput = true, rounds = settings.rounds): Map<string, Timing> {
  const commands = new Map<string, Command>();
  for (const [name, command] of prepared) if (isAvailable(command)) commands.set(name, command);
  const progress: Progress = (text) => settings.progress(`${row}  ${text}`);
  const timings = interleave(commands, { rounds, progress, sameOutput });
  for (const [name, command] of prepared) if (!isAvailable(command)) timings.set(name, { failure: command.unavailable });
  return timings;
}

export function values(timings: Timings, name: string, metric: keyof Usage): number[] | undefined {
  const timing = timings.get(name);
  return isSeries(timing) ? timing.runs.map((run) => run[metric]) : undefined;
}

export function notes(timings: Timings): Note[] {
  return [...timings].flatMap(([name, timing]) => {
    if (isSeries(timing)) return [];
    return [{ who: LABELS[name as ContestantId] ?? name, reason: timing.failure }];
  });
}

export function milliseconds(ns: number): string {
  return `${(ns / MILLISECOND).toFixed(ns < 100 * MILLISECOND ? 1 : 0)} ms`;
}

/** A check of a figure that may be missing. */
export function check(text: string, met: (() => boolean) | undefined): Check {
  return { text, met: met?.() };
}

function prepareAll(toolbox: Toolbox, row: Pick<ProgramRow, 'name' | 'program' | 'threads' | 'args' | 'peers'>): Map<string, Prepared> {
  const { peers = PEERS, args = [] } = row;
  return new Map(['qi' as const, ...peers].map((id) => {
    const prepared = prepare(toolbox, id, row.program ?? row.name, row.threads);
    return [id, isAvailable(prepared) ? { ...prepared, args: [...prepared.args, ...args] } : prepared];
  }));
}

/** Start-up medians by contestant, nanoseconds, to be subtracted where a row says ns per operation. */
export type StartUps = Partial<Record<ContestantId, number>>;

export function measureStartup(settings: Settings): { row: RowResult; startUps: StartUps } {
  const { toolbox, metric } = settings;
  const prepared = prepareAll(toolbox, STARTUP);
  prepared.set('node -e 0', { file: process.execPath, args: ['-e', '0'] });
  const source = join('bench/programs', STARTUP.name, '程序.qi');
  prepared.set('qi run', toolbox.qi === undefined
    ? { unavailable: toolbox.missing.qi ?? 'not built' }
    : { file: toolbox.qi.file, args: [...toolbox.qi.args, 'run', source] });
  const timings = time(prepared, settings, STARTUP.name, false);

  const cells: Partial<Record<ContestantId, string>> = {};
  const startUps: StartUps = {};
  for (const id of CONTESTANTS) {
    const times = values(timings, id, metric);
    if (times === undefined) continue;
    startUps[id] = median(times);
    cells[id] = milliseconds(median(times));
  }
  const run = values(timings, 'qi run', metric);
  const node = values(timings, 'node -e 0', metric);
  const extra = run && node ? pairedDifference(run, node) / MILLISECOND : undefined;
  const nodeText = node === undefined ? '' : ` (${milliseconds(median(node))})`;
  const runText = extra === undefined ? '' : ` = +${extra.toFixed(1)} ms`;
  const row: RowResult = {
    name: STARTUP.name,
    title: STARTUP.title,
    cells,
    ratios: ratios(timings, metric),
    checks: [check(`qi run − node -e 0${nodeText}${runText} ≤${STARTUP.atMostMs} ms`, extra === undefined ? undefined : () => extra <= STARTUP.atMostMs)],
    notes: notes(timings),
    data: Object.fromEntries(timings),
  };
  return { row, startUps };
}

function ratios(timings: Timings, metric: keyof Usage): Partial<Record<PeerId, number>> {
  const result: Partial<Record<PeerId, number>> = {};
  const qi = values(timings, 'qi', metric);
  for (const peer of PEERS) {
    const theirs = values(timings, peer, metric);
    if (qi !== undefined && theirs !== undefined) result[peer] = pairedRatio(qi, theirs);
  }
  return result;
}

export function measureProgram(program: ProgramRow, startUps: StartUps, settings: Settings): RowResult {
  const { toolbox, metric } = settings;
  const timings = time(prepareAll(toolbox, program), settings, program.name);
  const cells: Partial<Record<ContestantId, string>> = {};
  const perOperation: Partial<Record<ContestantId, number>> = {};
  for (const id of CONTESTANTS) {
    const times = values(timings, id, metric);
    if (times === undefined) continue;
    cells[id] = milliseconds(median(times));
    const startUp = startUps[id];
    if (program.operations === undefined || startUp === undefined) continue;
    const ns = (median(times) - startUp) / program.operations.count;
    perOperation[id] = ns;
    cells[id] += ` ${ns.toFixed(ns < 100 ? 1 : 0)} ns`;
  }
  const ratio = ratios(timings, metric);
  const checks = targetsOf(program).map((target) => {
    const measured = ratio[target.peer];
    return check(`${LABELS[target.peer]} ≤${target.atMost.toFixed(2)}`, measured === undefined ? undefined : () => measured <= target.atMost);
  });
  const title = program.operations === undefined ? program.title : `${program.title} (ns/${program.operations.what})`;
  return { name: program.name, title, cells, ratios: ratio, checks, notes: notes(timings), data: { ...Object.fromEntries(timings), perOperationNs: perOperation } };
}

/** `qi` with these arguments. */
function qiCommand(toolbox: Toolbox, ...args: string[]): Prepared {
  if (toolbox.qi === undefined) return { unavailable: toolbox.missing.qi ?? 'not built' };
  return { file: toolbox.qi.file, args: [...toolbox.qi.args, ...args] };
}

export function measureCompile(settings: Settings): RowResult {
  const { toolbox, metric } = settings;
  mkdirSync(OUT, { recursive: true });
  const source = join(OUT, `generated-${COMPILE.lines}.qi`);
  writeFileSync(source, generateProgram(COMPILE.lines, COMPILE.seed));
  const prepared = new Map<string, Prepared>([
    ['qi check', qiCommand(toolbox, 'check', source)],
    ['qi compile', qiCommand(toolbox, 'compile', source, '-o', join(OUT, 'generated.qic'))],
  ]);
  const timings = time(prepared, settings, COMPILE.name, false);
  const checks = [...prepared.keys()].map((name) => {
    const times = values(timings, name, metric);
    if (times === undefined) return check(`${name} ≤${COMPILE.atMostMs} ms`, undefined);
    return check(`${name} ${milliseconds(median(times))} ≤${COMPILE.atMostMs} ms`, () => median(times) <= COMPILE.atMostMs * MILLISECOND);
  });
  const compile = values(timings, 'qi compile', metric);
  const cells = compile === undefined ? {} : { qi: milliseconds(median(compile)) };
  return { name: COMPILE.name, title: `${COMPILE.title} ${COMPILE.lines} 行`, cells, ratios: {}, checks, notes: notes(timings), data: Object.fromEntries(timings) };
}

/** Programs of many files, of growing sizes: time and memory of the largest, time per line of all. */
export function measureProjects(settings: Settings): RowResult {
  const { toolbox, metric } = settings;
  const title = `${COMPILE.title} ${COMPILE.projectLines.at(-1)} 行`;
  const projects = COMPILE.projectLines.map((asked) => {
    const files = generateProject(asked, COMPILE.seed);
    const folder = join(OUT, `project-${asked}`);
    rmSync(folder, { recursive: true, force: true });
    const lines = [...files.values()].reduce((sum, text) => sum + text.split('\n').length - 1, 0);
    return { name: `${lines} 行, ${files.size} 文件 files`, lines, start: writeProject(folder, files), module: join(OUT, `project-${asked}.qic`) };
  });
  const prepared = new Map(projects.map((p) => [p.name, qiCommand(toolbox, 'compile', p.start, '-o', p.module)]));
  const timings = time(prepared, settings, title, false, Math.min(settings.rounds, COMPILE.rounds));
  const perLine = projects.map(({ name, lines }) => {
    const times = values(timings, name, metric);
    return times === undefined ? undefined : median(times) / lines;
  });
  const largest = projects.at(-1)!;
  const times = values(timings, largest.name, metric);
  const peak = values(timings, largest.name, 'maxRssKb');
  const bytes = peak === undefined ? undefined : median(peak) * 1024;
  const measured = perLine.filter((ns) => ns !== undefined);
  const flat = measured.length < perLine.length ? undefined : () => measured.every((ns, i) => i === 0 || ns <= COMPILE.growth * measured[i - 1]!);
  return {
    name: COMPILE.name,
    title,
    cells: times === undefined ? {} : { qi: milliseconds(median(times)) },
    ratios: {},
    checks: [
      check(`${largest.name} ≤${COMPILE.projectAtMostMs} ms`, times === undefined ? undefined : () => median(times) <= COMPILE.projectAtMostMs * MILLISECOND),
      check(`${bytes === undefined ? '' : `${(bytes / 1e6).toFixed(0)} `}≤${COMPILE.projectAtMostBytes / 1e6} MB`, bytes === undefined ? undefined : () => bytes <= COMPILE.projectAtMostBytes),
      check(`每行 per line ${perLine.map((ns) => (ns === undefined ? '—' : `${(ns / 1000).toFixed(1)}`)).join(' → ')} µs, ≤×${COMPILE.growth}`, flat),
    ],
    notes: notes(timings),
    data: Object.fromEntries(timings),
  };
}

/** Go needs 2.7 GB for a million; swapping would measure the disk. */
const PARKED_BYTES_NEEDED = 4 * 2 ** 30;

export function measureParked(settings: Settings): RowResult {
  const { toolbox, quick } = settings;
  const sizes: readonly number[] = quick ? PARKED.sizes.slice(0, 2) : PARKED.sizes;
  const rounds = quick ? 1 : PARKED.rounds;
  const reasons: Note[] = [];
  const peaks: Partial<Record<ContestantId, number[]>> = {};
  for (const size of sizes) {
    const tooBig = size >= 1_000_000 && freemem() < PARKED_BYTES_NEEDED;
    const unavailable = { unavailable: `内存不足 needs ${PARKED_BYTES_NEEDED / 2 ** 30} GiB of free memory for ${size} coroutines` };
    const prepared = new Map(CONTESTANTS.map((id) => [id, tooBig ? unavailable : prepareParked(toolbox, id, size)]));
    const timings = time(prepared, settings, `${PARKED.name} ${size}`, true, rounds);
    reasons.push(...notes(timings));
    for (const id of CONTESTANTS) {
      const peak = values(timings, id, 'maxRssKb');
      if (peak !== undefined) (peaks[id] ??= []).push(median(peak) * 1024);
    }
  }

  /** Bytes a coroutine between neighbouring sizes, smallest first; undefined unless every size was measured. */
  const slopesOf = (id: ContestantId): number[] | undefined => {
    const peak = peaks[id];
    if (peak?.length !== sizes.length) return undefined;
    return sizes.slice(1).map((size, k) => (peak[k + 1]! - peak[k]!) / (size - sizes[k]!));
  };
  const slopes = Object.fromEntries(CONTESTANTS.map((id) => [id, slopesOf(id)])) as Record<ContestantId, number[] | undefined>;
  const cells: Partial<Record<ContestantId, string>> = {};
  const ratio: Partial<Record<PeerId, number>> = {};
  for (const id of CONTESTANTS) {
    const last = slopes[id]?.at(-1);
    if (last === undefined) continue;
    cells[id] = `${last.toFixed(0)} B`;
    const qi = slopes.qi?.at(-1);
    if (id !== 'qi' && qi !== undefined) ratio[id] = qi / last;
  }
  const qi = slopes.qi;
  const difference = qi !== undefined && qi.length > 1 ? (Math.max(...qi) - Math.min(...qi)) / Math.max(...qi) : undefined;
  const differenceText = difference === undefined ? '' : ` ${(100 * difference).toFixed(1)}%`;
  if (qi !== undefined && difference === undefined) reasons.push({ who: '斜率差 slopes', reason: '--quick measures two sizes, so there is one slope only' });
  const checks = [
    check(`≤${PARKED.atMostBytes} B`, qi === undefined ? undefined : () => Math.max(...qi) <= PARKED.atMostBytes),
    check(`斜率差 slopes differ${differenceText} ≤${100 * PARKED.slopeTolerance}%`, difference === undefined ? undefined : () => difference <= PARKED.slopeTolerance),
  ];
  return {
    name: PARKED.name,
    title: `${PARKED.title} (${sizes.at(-2)}→${sizes.at(-1)})`,
    cells,
    ratios: ratio,
    checks,
    notes: reasons,
    data: { sizes, peakBytes: peaks, bytesPerCoroutine: slopes },
  };
}
