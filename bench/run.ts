/**
 * npm run bench — Qi beside LuaJIT's interpreter, Lua 5.4 and Go, in one table. See README.md here.
 *
 * Exit code 0 when everything selected was measured with equal outputs; 1 when something was not (the table says
 * what and why), and with --gate also when a target was missed; 2 for a wrong command line.
 */
import { cpus, loadavg, release } from 'node:os';
import { parseArgs } from 'node:util';
import { LABELS, openToolbox } from './contestants.js';
import { buildHelper } from './measure.js';
import { measureLatency, measureParkedHuge, measurePauses, measureSpeedup } from './measure-concurrency.js';
import { measureCompile, measureParked, measureProgram, measureProjects, measureStartup, type Settings } from './measure-rows.js';
import { renderJson, renderTable, type Report, type RowResult } from './report.js';
import { COMPILE, CONCURRENCY, LATENCY, PARKED, PARKED_HUGE, PAUSES, PROGRAMS, ROW_NAMES, rowsCalled, SPEEDUP, STARTUP } from './rows.js';
import { badArgument, isReported } from '../scripts/script-error.js';

const HELP = `用法 usage: npm run bench -- [选项 options] [项目 rows…]

  --runs N       每项轮数 rounds of each row (15)
  --quick        三轮，停泊的协程到十万 three rounds, parked coroutines up to 100,000: a look, not a result
  --cpu          比较处理器时间 compare CPU time instead of wall time
  --json         输出 JSON，含全部原始数据 print JSON with all figures
  --gate         有目标未达到时退出码为 1 exit with 1 when a target is missed
  --no-build     不先运行 npm run build
  --no-install   不安装缺少的对照语言 do not install missing peers

项目 rows: ${ROW_NAMES.join(' ')}
`;

interface CommandLine {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly cpu: boolean;
  readonly json: boolean;
  readonly gate: boolean;
  readonly build: boolean;
  readonly install: boolean;
}

/** Throws an Error whose message is for the user. Undefined when help was asked for. */
function parseCommandLine(argv: readonly string[]): CommandLine | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      runs: { type: 'string' }, quick: flag, cpu: flag, json: flag, gate: flag,
      'no-build': flag, 'no-install': flag, help: { ...flag, short: 'h' },
    },
  });
  if (values.help) return undefined;
  const rounds = values.runs === undefined ? (values.quick ? 3 : 15) : Number(values.runs);
  if (!Number.isInteger(rounds) || rounds < 1) throw badArgument(`--runs 要正整数，得到 ${values.runs}`, `--runs wants a positive integer, found ${values.runs}`);
  const names = positionals.flatMap(rowsCalled);
  const unknown = positionals.filter((name) => rowsCalled(name).length === 0);
  if (unknown.length > 0) throw badArgument(`没有项目 ${unknown.join('、')}`, `no such rows: ${unknown.join(', ')}`);
  return {
    names: names.length > 0 ? names : ROW_NAMES,
    rounds,
    quick: values.quick,
    cpu: values.cpu,
    json: values.json,
    gate: values.gate,
    build: !values['no-build'],
    install: !values['no-install'],
  };
}

/** One line on a terminal, overwritten; nothing elsewhere. Standard output is for the result alone. */
function progressLine(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function main(argv: readonly string[]): number {
  let line: CommandLine | undefined;
  try {
    line = parseCommandLine(argv);
  } catch (error) {
    if (!isReported(error)) throw error;
    process.stderr.write(`\n${HELP}`);
    return 64;
  }
  if (line === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    buildHelper();
  } catch (error) {
    if (!isReported(error)) throw error;
    return 1;
  }
  const { names } = line;
  const load = loadavg()[0]!;
  const toolbox = openToolbox({ build: line.build, install: line.install, log: (text) => process.stderr.write(`${text}\n`) });
  const settings: Settings = {
    toolbox,
    rounds: line.rounds,
    quick: line.quick,
    metric: line.cpu ? 'cpuNs' : 'wallNs',
    progress: progressLine,
  };

  const rows: RowResult[] = [];
  const needStartup = names.includes(STARTUP.name) || [...PROGRAMS, ...CONCURRENCY].some((row) => row.operations && names.includes(row.name));
  const startup = needStartup ? measureStartup(settings) : undefined;
  if (startup !== undefined) rows.push(startup.row);
  if (names.includes(COMPILE.name)) rows.push(measureCompile(settings), measureProjects(settings));
  for (const program of PROGRAMS) {
    if (names.includes(program.name)) rows.push(measureProgram(program, startup?.startUps ?? {}, settings));
  }
  if (names.includes(PARKED.name)) rows.push(measureParked(settings));
  for (const program of CONCURRENCY) {
    if (names.includes(program.name)) rows.push(measureProgram(program, startup?.startUps ?? {}, settings));
  }
  if (names.includes(SPEEDUP.name)) rows.push(measureSpeedup(settings));
  if (names.includes(LATENCY.name)) rows.push(measureLatency(settings));
  if (names.includes(PAUSES.name)) rows.push(measurePauses(settings));
  if (names.includes(PARKED_HUGE.name)) rows.push(measureParkedHuge(settings));
  progressLine('');

  const report: Report = {
    machine: `${cpus()[0]?.model.trim() ?? 'unknown processor'} × ${cpus().length}, ${process.platform} ${release()}, Node ${process.version}, load ${load.toFixed(2)}`,
    versions: toolbox.versions,
    settings: settingsOf(line, load),
    rows,
  };
  process.stdout.write(line.json ? renderJson(report) : renderTable(report));
  const incomplete = rows.some((row) => row.notes.length > 0);
  const missed = rows.some((row) => row.checks.some((check) => check.met === false));
  return incomplete || (line.gate && missed) ? 1 : 0;
}

function settingsOf(line: CommandLine, load: number): string[] {
  const what = line.cpu ? '处理器时间 CPU time' : '时间 wall time';
  const settings = [
    `  整个进程的${what}，${line.rounds} 轮交替运行的中位数；比值是逐轮比值的中位数（小于 1：Qi 更快）`,
    `  whole processes, medians of ${line.rounds} interleaved rounds; ratios are medians of paired ratios (below 1: Qi is faster)`,
    `  ${LABELS.go}: GOMAXPROCS=1 in ${PROGRAMS.filter((row) => row.threads === 1).map((row) => row.name).join(', ')}, ${PARKED.name}; …@N: GOMAXPROCS=N, ${LABELS.qi} --workers N`,
  ];
  if (line.rounds < 15) settings.push('  少于 15 轮：仅供参考 fewer than 15 rounds: a look, not a result');
  if (load > 0.5) settings.push(`  开始时机器负载 ${load.toFixed(2)}：结果可能受干扰 the machine was busy at the start`);
  return settings;
}

process.exitCode = main(process.argv.slice(2));
