/*
 * What `qi 监视` shows: numbers of a running program, once a second. On a terminal a page that is drawn anew, else one plain line each time.
 *
 * Pure: numbers and a time in, text out. Rates are differences to the numbers before.
 */
import type { Language } from '../diagnostics.js';

/** The line of vm/interp/stats.c; times are nanoseconds, sizes bytes. */
export interface Stats {
  readonly process: number;
  /** Whether all tasks were counted, or only the first of very many. */
  readonly counted: boolean;
  readonly tasks: number;
  readonly running: number;
  readonly ready: number;
  readonly sleeping: number;
  readonly channels: number;
  readonly others: number;
  /** Coroutines so far. */
  readonly created: number;
  readonly timers: number;
  /** Tasks in the run queue of each worker. */
  readonly queues: readonly number[];
  readonly heap: number;
  readonly limit: number;
  readonly collections: number;
  readonly pauses: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly slow: { readonly ns: number; readonly at: string | null };
}

export const parseStats = (line: string): Stats => JSON.parse(line) as Stats;

const CLEAR = '\x1b[H\x1b[J';

function size(bytes: number): string {
  if (bytes < 1 << 20) return `${(bytes / 1024).toFixed(0)} KiB`;
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

function time(ns: number): string {
  if (ns < 1e6) return `${(ns / 1e3).toFixed(0)} µs`;
  return ns < 1e9 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(2)} s`;
}

export class Monitor {
  #before: { stats: Stats; at: number } | undefined;
  /** How often something was shown. */
  shown = 0;

  constructor(readonly language: Language, readonly page: boolean) {}

  /** The text for these numbers, taken at `at` milliseconds of any clock. */
  show(stats: Stats, at: number): string {
    const before = this.#before;
    const seconds = before === undefined ? 0 : (at - before.at) / 1000;
    const rate = (now: number, then: number): string => (seconds <= 0 ? '-' : `${Math.round((now - then) / seconds)}`);
    const created = rate(stats.created, before?.stats.created ?? 0);
    const collections = rate(stats.collections, before?.stats.collections ?? 0);
    this.#before = { stats, at };
    this.shown++;
    const rows = this.language === 'zh' ? this.#zh(stats, created, collections) : this.#en(stats, created, collections);
    return this.page ? `${CLEAR}${rows.join('\n')}\n` : `${rows.join('  ')}\n`;
  }

  #zh(s: Stats, created: string, collections: string): string[] {
    const atLeast = s.counted ? '' : '至少 ';
    return [
      `进程 ${s.process}`,
      `任务 ${atLeast}${s.tasks}：运行 ${s.running} 就绪 ${s.ready} 睡眠 ${s.sleeping} 通道 ${s.channels} 其他等待 ${s.others}`,
      `创建 ${s.created}（每秒 ${created}） 定时器 ${s.timers}`,
      `队列 ${s.queues.join(' ')}`,
      `堆 ${size(s.heap)}${s.limit > 0 ? ` / ${size(s.limit)}` : ''}`,
      `回收 ${s.collections}（每秒 ${collections}） 停顿 中位 ${time(s.pauses.p50)} 99% ${time(s.pauses.p99)} 最长 ${time(s.pauses.max)}`,
      `最慢的一段 ${time(s.slow.ns)}${s.slow.at === null ? '' : ` ${s.slow.at}`}`,
    ];
  }

  #en(s: Stats, created: string, collections: string): string[] {
    return [
      `process ${s.process}`,
      `tasks ${s.counted ? '' : 'at least '}${s.tasks}: ${s.running} running, ${s.ready} ready, ${s.sleeping} sleeping, ${s.channels} at channels, ${s.others} wait otherwise`,
      `created ${s.created} (${created}/s), timers ${s.timers}`,
      `queues ${s.queues.join(' ')}`,
      `heap ${size(s.heap)}${s.limit > 0 ? ` / ${size(s.limit)}` : ''}`,
      `collections ${s.collections} (${collections}/s), pauses p50 ${time(s.pauses.p50)} p99 ${time(s.pauses.p99)} max ${time(s.pauses.max)}`,
      `slowest slice ${time(s.slow.ns)}${s.slow.at === null ? '' : ` ${s.slow.at}`}`,
    ];
  }
}
