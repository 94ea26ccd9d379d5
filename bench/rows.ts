/**
 * What is measured, and what is asked of it. One entry is one row of the table; a program row has its sources in
 * programs/<name>/: 程序.qi, <name>.lua, <name>.go.
 *
 * A target compares Qi with a peer: paired median of times at most `atMost`. A program must also be no slower than
 * LuaJIT's interpreter; `targetsOf` adds that where neither it nor Lua is named.
 */

export type PeerId = 'luajit' | 'lua' | 'go';
export type ContestantId = 'qi' | PeerId;

export const PEERS: readonly PeerId[] = ['luajit', 'lua', 'go'];
export const CONTESTANTS: readonly ContestantId[] = ['qi', ...PEERS];

export interface Target {
  readonly peer: PeerId;
  readonly atMost: number;
}

export interface ProgramRow {
  readonly name: string;
  readonly title: string;
  /** Folder below programs/; the row's name when left out. */
  readonly program?: string;
  /** What every contestant's program is given. */
  readonly args?: readonly string[];
  readonly targets: readonly Target[];
  /** Operations in one run, for rows that also say nanoseconds per operation (start-up subtracted). */
  readonly operations?: { readonly count: number; readonly what: string };
  /** Qi's workers and Go's GOMAXPROCS, in rows about scheduling; elsewhere both have their defaults. */
  readonly threads?: number;
  /** Whose program is compared: all, unless given. */
  readonly peers?: readonly PeerId[];
}

export const PROGRAMS: readonly ProgramRow[] = [
  { name: 'fib', title: '斐波那契', targets: [{ peer: 'luajit', atMost: 0.55 }] },
  { name: 'sum', title: '嵌套求和', targets: [{ peer: 'luajit', atMost: 0.95 }] },
  { name: 'mandelbrot', title: '曼德博集', targets: [{ peer: 'luajit', atMost: 0.8 }] },
  { name: 'sieve', title: '筛法', targets: [{ peer: 'luajit', atMost: 0.75 }] },
  { name: 'nbody', title: '多体', targets: [{ peer: 'luajit', atMost: 0.9 }] },
  { name: 'binary-trees', title: '二叉树', targets: [] },
  { name: 'spectral-norm', title: '谱范数', targets: [] },
  { name: 'strings', title: '拼接字符串', targets: [] },
  { name: 'dict-int', title: '整数键的字典', targets: [{ peer: 'lua', atMost: 1 }] },
  { name: 'dict-str', title: '字符串键的字典', targets: [{ peer: 'lua', atMost: 1 }] },
  { name: 'sort-ints', title: '整数排序', targets: [{ peer: 'lua', atMost: 1 }] },
  { name: 'sort-strings', title: '字符串排序', targets: [{ peer: 'lua', atMost: 1 }] },
  { name: 'sort-by', title: '用比较函数排序', targets: [{ peer: 'lua', atMost: 1 }] },
  { name: 'split-join', title: '分割与连接', targets: [{ peer: 'lua', atMost: 1 }] },
  { name: 'methods', title: '方法调用', targets: [{ peer: 'lua', atMost: 1 }, { peer: 'luajit', atMost: 1 }] },
  { name: 'traits', title: '特性调用', targets: [{ peer: 'lua', atMost: 1 }, { peer: 'luajit', atMost: 1 }] },
  { name: 'closures', title: '闭包', targets: [{ peer: 'lua', atMost: 1 }, { peer: 'luajit', atMost: 1 }] },
  { name: 'match', title: '模式匹配', targets: [{ peer: 'lua', atMost: 1 }, { peer: 'luajit', atMost: 1 }] },
  {
    name: 'spawn',
    title: '创建与等待（每批一千）',
    args: ['1000'],
    targets: [{ peer: 'go', atMost: 0.15 }],
    operations: { count: 2_000_000, what: 'task' },
    threads: 1,
  },
  {
    name: 'spawn-100',
    title: '创建与等待（每批一百）',
    program: 'spawn',
    args: ['100'],
    targets: [{ peer: 'go', atMost: 0.15 }],
    operations: { count: 2_000_000, what: 'task' },
    threads: 1,
  },
  {
    name: 'yield',
    title: '挂起与恢复',
    targets: [{ peer: 'go', atMost: 0.15 }, { peer: 'luajit', atMost: 0.6 }],
    operations: { count: 30_000_000, what: 'switch' },
    threads: 1,
  },
  {
    name: 'channel',
    title: '通道往返',
    targets: [{ peer: 'go', atMost: 0.25 }],
    operations: { count: 1_000_000, what: 'round trip' },
    threads: 1,
  },
  {
    name: 'skynet',
    title: '天网',
    args: ['100000'],
    targets: [],
    operations: { count: 222_222, what: 'coroutine' },
    threads: 1,
  },
];

/** Concurrent programs, each with one worker and with two, beside Go on as many threads. */
const CONCURRENT: readonly Pick<ProgramRow, 'name' | 'title' | 'args' | 'operations'>[] = [
  { name: 'spawn', title: '创建与等待', args: ['1000'], operations: { count: 2_000_000, what: 'task' } },
  { name: 'switch', title: '切换', operations: { count: 4_000_000, what: 'switch' } },
  { name: 'channel', title: '通道往返', operations: { count: 1_000_000, what: 'round trip' } },
  { name: 'select', title: '选择', operations: { count: 800_000, what: 'value' } },
  { name: 'mutex', title: '争用的互斥锁', operations: { count: 1_500_000, what: 'lock' } },
  { name: 'skynet', title: '天网', args: ['1000000'], operations: { count: 2_222_222, what: 'coroutine' } },
  { name: 'ring', title: '环', operations: { count: 1_500_000, what: 'hop' } },
  { name: 'pool', title: '工作池', operations: { count: 2_000_000, what: 'job' } },
  { name: 'timers', title: '百万个定时器', operations: { count: 1_000_000, what: 'timer' } },
  { name: 'fan', title: '扇出扇入', operations: { count: 1_000_000, what: 'value' } },
  { name: 'pairs', title: '八对各谈各的', operations: { count: 1_600_000, what: 'round trip' } },
  { name: 'trees', title: '两个任务造树', operations: { count: 8_191_000, what: 'node' } },
];

export const CONCURRENCY: readonly ProgramRow[] = CONCURRENT.flatMap((row) =>
  [1, 2].map((threads) => ({
    ...row,
    name: `${row.name}@${threads}`,
    program: row.name,
    threads,
    peers: ['go'] as const,
    targets: [{ peer: 'go', atMost: 0.95 }] as const,
  })));

/** What the rows of CONCURRENCY and the ones after them are called together. */
export const CONCURRENCY_ALIASES: readonly string[] = ['concurrency', '并发'];

/** How much faster two workers compute than one, against the same program in C with threads. */
export const SPEEDUP = { name: 'speedup', title: '并行加速', program: 'parallel', threads: 2, atLeast: 0.93 } as const;

/** What one creation and one switch take while 50,000 tasks are active: nanoseconds that 99 of 100 do not exceed. */
export const LATENCY = {
  name: 'latency',
  title: '五万任务之下的延迟',
  program: 'latency',
  /** As the program calls them. */
  atMostNs: { create: 1000, switch: 500 },
} as const;

/** How long the collector stops a program in which a million coroutines are parked: what 99 of 100 pauses stay below. */
export const PAUSES = { name: 'pauses', title: '回收的停顿', program: 'pauses', size: 1_000_000, atMostNs: 10_000_000 } as const;

/** The targets of a row, with the one that holds where the row does not say how Qi compares with a Lua. */
export function targetsOf(row: Pick<ProgramRow, 'targets' | 'peers'>): readonly Target[] {
  if (row.peers?.includes('luajit') === false) return row.targets;
  const stated = row.targets.some((target) => target.peer === 'luajit' || target.peer === 'lua');
  return stated ? row.targets : [...row.targets, { peer: 'luajit', atMost: 1 }];
}

/** Start-up of each contestant, and of `qi run` against `node -e 0`. */
export const STARTUP = { name: 'startup', title: '启动', atMostMs: 40 } as const;

/** Generated programs through `qi check` and `qi compile`, process start included. */
export const COMPILE = {
  name: 'compile',
  /** What the language calls it: `npm run bench -- 编译`. */
  alias: '编译',
  title: '编译',
  seed: 1,
  /** A program of one file. */
  lines: 10_000,
  atMostMs: 1000,
  /** Programs of many files in packages. */
  projectLines: [10_000, 50_000, 100_000],
  /** For the largest. */
  projectAtMostMs: 2500,
  projectAtMostBytes: 700e6,
  /** A line of a larger program may take this many times what one of the next smaller takes. */
  growth: 1.1,
  /** Rounds of projects: each takes seconds. */
  rounds: 5,
} as const;

/** Memory of parked coroutines: the slope between sizes, so that what the process needs anyway does not count. */
export const PARKED = {
  name: 'parked',
  title: '停泊的协程',
  sizes: [10_000, 100_000, 1_000_000],
  atMostBytes: 450,
  /** The two slopes may differ by this much of the larger. */
  slopeTolerance: 0.05,
  /** Rounds: the peak of a process hardly varies from run to run. */
  rounds: 3,
} as const;

/** Ten million of them, once, in Qi alone: peak resident memory of the whole process. */
export const PARKED_HUGE = { name: 'parked-10M', title: '停泊的协程', size: 10_000_000, atMostBytes: 4.5e9 } as const;

/** In the order of the table. */
export const ROW_NAMES: readonly string[] = [
  STARTUP.name, COMPILE.name, ...PROGRAMS.map((row) => row.name), PARKED.name,
  ...CONCURRENCY.map((row) => row.name), SPEEDUP.name, LATENCY.name, PAUSES.name, PARKED_HUGE.name,
];

/** The rows a name on the command line stands for; none when there is no such name. */
export function rowsCalled(name: string): readonly string[] {
  if (name === COMPILE.alias) return [COMPILE.name];
  if (CONCURRENCY_ALIASES.includes(name)) return [...CONCURRENCY.map((row) => row.name), SPEEDUP.name, LATENCY.name, PAUSES.name, PARKED_HUGE.name];
  return ROW_NAMES.filter((row) => row === name);
}
