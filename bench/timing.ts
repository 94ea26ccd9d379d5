/**
 * Runs commands in turns: warm-up, then A B C D, B C D A, … so that every contestant meets every moment and every
 * place in the order. Outputs must be equal, byte for byte, in every run, or the contestant is out with the reason.
 */
import { measure, type Command, type Usage } from './measure.js';

export interface Series {
  /** One entry a round, in order; the warm-up is not among them. */
  readonly runs: readonly Usage[];
}
export interface Failure {
  readonly failure: string;
}
export type Timing = Series | Failure;

export function isSeries(timing: Timing | undefined): timing is Series {
  return timing !== undefined && 'runs' in timing;
}

export type Progress = (text: string) => void;

export interface InterleaveOptions {
  readonly rounds: number;
  readonly progress: Progress;
  /** False where the commands are not the same program (start-up of different tools). */
  readonly sameOutput: boolean;
}

/** Measures every command `rounds` times, interleaved. The result has an entry for each name given. */
export function interleave(commands: ReadonlyMap<string, Command>, options: InterleaveOptions): Map<string, Timing> {
  const failures = new Map<string, string>();
  const outputs = new Map<string, string>();
  for (const [name, command] of commands) {
    options.progress(`${name}: warm-up`);
    const outcome = measure(command);
    if (outcome.ok) outputs.set(name, outcome.stdout);
    else failures.set(name, outcome.reason);
  }
  if (options.sameOutput) {
    const expected = mostCommon([...outputs.values()]);
    for (const [name, output] of outputs) {
      if (output !== expected) failures.set(name, `输出不同 output differs: ${shown(output)}, expected ${shown(expected ?? '')}`);
    }
  }

  const order = [...commands.keys()].filter((name) => !failures.has(name));
  const runs = new Map<string, Usage[]>(order.map((name) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < order.length; turn++) {
      const name = order[(round + turn) % order.length]!;
      if (failures.has(name)) continue;
      options.progress(`${name}: ${round + 1}/${options.rounds}`);
      const outcome = measure(commands.get(name)!);
      if (!outcome.ok) failures.set(name, outcome.reason);
      else if (outcome.stdout !== outputs.get(name)) failures.set(name, `每次输出不同 output varies: ${shown(outcome.stdout)}`);
      else runs.get(name)!.push(outcome.usage);
    }
  }

  const timings = new Map<string, Timing>();
  for (const name of commands.keys()) {
    const failure = failures.get(name);
    timings.set(name, failure !== undefined ? { failure } : { runs: runs.get(name)! });
  }
  return timings;
}

/** The output most contestants agree on; on a tie the last, which is a peer whenever there is one. */
function mostCommon(outputs: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestCount = 0;
  for (const output of outputs) {
    const count = outputs.filter((other) => other === output).length;
    if (count >= bestCount) [best, bestCount] = [output, count];
  }
  return best;
}

function shown(output: string): string {
  return JSON.stringify(output.length > 60 ? `${output.slice(0, 60)}…` : output);
}
