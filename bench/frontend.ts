/**
 * npm run bench:frontend — how long each phase of the front end takes on a generated program, by benchmark.js.
 *
 *   tsx bench/frontend.ts [--lines N] [--seed N] [--seconds N] [--json]
 *
 * In one process, warm, hence without start-up: the row `compile` of `npm run bench` has the time that users wait. A
 * program with an error would measure error handling, so a stage that reports one has no figure but the message.
 * Exit code 0 when every stage was measured, 1 when not, 2 for a wrong command line.
 */
import Benchmark from 'benchmark';
import { parseArgs } from 'node:util';
import { messageOf, type Diagnostic } from '../frontend/diagnostics.js';
import { SourceFile } from '../frontend/source.js';
import { STAGES, type Run } from './frontend-stages.js';
import { generateProgram } from './generate.js';
import { badArgument, isReported } from '../scripts/script-error.js';

interface Measurement {
  readonly stage: string;
  /** Mean of one run and its relative margin of error (95%) in percent; absent when not measured. */
  readonly milliseconds?: number;
  readonly marginPercent?: number;
  readonly linesPerSecond?: number;
  readonly reason?: string;
}

interface CommandLine {
  readonly lines: number;
  readonly seed: number;
  readonly seconds: number;
  readonly json: boolean;
}

/** Throws an Error whose message is for the user. */
function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      lines: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
    },
  });
  const positive = (name: 'lines' | 'seed' | 'seconds'): number => {
    const number = Number(values[name]);
    if (!Number.isInteger(number) || number < 1) throw badArgument(`--${name} 要正整数，得到 ${values[name]}`, `--${name} wants a positive integer, found ${values[name]}`);
    return number;
  };
  return { lines: positive('lines'), seed: positive('seed'), seconds: positive('seconds'), json: values.json };
}

/** The first error a stage reports on the program, or what it throws. */
function faultOf(run: Run, source: SourceFile): string | undefined {
  const errors: Diagnostic[] = [];
  try {
    run(source, (diagnostic) => {
      if (diagnostic.severity === 'error') errors.push(diagnostic);
    });
  } catch (error) {
    return `抛出 throws: ${(error as Error).message}`;
  }
  const first = errors[0];
  if (first === undefined) return undefined;
  const { line, column } = source.position(first.span.start);
  return `${errors.length} 个错误 errors, first ${first.code} ${line}:${column} ${messageOf(first, 'zh')}`;
}

function time(stage: string, run: Run, text: string, lines: number, seconds: number): Measurement {
  const ignore = () => {};
  const benchmark = new Benchmark(stage, {
    // A fresh source each time: its line table is made on first use and belongs to the cost.
    fn: () => run(new SourceFile('生成.qi', text), ignore),
    maxTime: seconds,
  });
  benchmark.run({ async: false });
  const { mean, rme } = benchmark.stats;
  return { stage, milliseconds: mean * 1000, marginPercent: rme, linesPerSecond: Math.round(lines / mean) };
}

function main(argv: readonly string[]): number {
  let options: CommandLine;
  try {
    options = parseCommandLine(argv);
  } catch (error) {
    if (!isReported(error)) throw error;
    return 64;
  }
  const text = generateProgram(options.lines, options.seed);
  const source = new SourceFile('生成.qi', text);
  const lines = source.lineCount - 1;
  const measurements: Measurement[] = [];
  for (const stage of STAGES) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${stage.name}`);
    const reason = faultOf(stage.run, source);
    measurements.push(reason === undefined ? time(stage.name, stage.run, text, lines, options.seconds) : { stage: stage.name, reason });
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (options.json) process.stdout.write(`${JSON.stringify({ lines, seed: options.seed, bytes: Buffer.byteLength(text), measurements }, null, 2)}\n`);
  else {
    process.stdout.write(`${lines} 行 lines, ${Buffer.byteLength(text)} 字节 bytes, 种子 seed ${options.seed}; 每段都从文本算起 each stage from the text\n`);
    for (const m of measurements) process.stdout.write(`  ${m.stage}: ${describe(m)}\n`);
  }
  return measurements.some((m) => m.reason !== undefined) ? 1 : 0;
}

function describe(m: Measurement): string {
  if (m.milliseconds === undefined) return `— ${m.reason}`;
  return `${m.milliseconds.toFixed(2)} ms ±${m.marginPercent!.toFixed(1)}%, ${m.linesPerSecond!.toLocaleString('en')} 行/秒 lines/s`;
}

process.exitCode = main(process.argv.slice(2));
