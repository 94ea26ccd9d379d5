import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildHelper, measure, type Command } from './measure.js';
import { interleave, isSeries, type Timing } from './timing.js';

buildHelper();

const shell = (script: string): Command => ({ file: 'sh', args: ['-c', script] });
const silent = () => {};

function failureOf(timing: Timing | undefined): string {
  assert.not(isSeries(timing));
  return (timing as { failure: string }).failure;
}

test('wall time includes waiting, CPU time does not', () => {
  const outcome = measure(shell('sleep 0.2; echo 完'));
  assert.ok(outcome.ok);
  if (!outcome.ok) return;
  assert.is(outcome.stdout, '完\n');
  assert.ok(outcome.usage.wallNs >= 200e6);
  assert.ok(outcome.usage.cpuNs < 100e6);
});

test("a small process is not charged with the runner's memory", () => {
  const outcome = measure(shell(':'));
  assert.ok(outcome.ok && outcome.usage.maxRssKb > 0);
  assert.ok(outcome.ok && outcome.usage.maxRssKb * 4 < process.memoryUsage().rss / 1024);
});

test('a failing program says its exit code and what it wrote', () => {
  const outcome = measure(shell('echo 坏了 >&2; exit 3'));
  assert.ok(!outcome.ok && outcome.reason.includes('exit code 3: 坏了'));
});

test('signals, missing programs and endless programs are failures with a reason', () => {
  const killed = measure(shell('kill -SEGV $$'));
  assert.ok(!killed.ok && killed.reason.includes('signal 11'));
  const missing = measure({ file: '/nowhere/qi', args: [] });
  assert.ok(!missing.ok && missing.reason.includes('/nowhere/qi'));
  const endless = measure(shell('exec sleep 60'), 300);
  assert.ok(!endless.ok && endless.reason.includes('no end after 0.3 s'));
});

test('environment reaches the program', () => {
  const outcome = measure({ ...shell('echo "$GOMAXPROCS"'), env: { GOMAXPROCS: '1' } });
  assert.ok(outcome.ok && outcome.stdout === '1\n');
});

test('as many runs as rounds for each, the order rotating', () => {
  const seen: string[] = [];
  const commands = new Map([['甲', shell('echo 1')], ['乙', shell('echo 1')]]);
  const timings = interleave(commands, { rounds: 2, sameOutput: true, progress: (text) => seen.push(text) });
  for (const timing of timings.values()) assert.ok(isSeries(timing) && timing.runs.length === 2);
  assert.equal(seen, ['甲: warm-up', '乙: warm-up', '甲: 1/2', '乙: 1/2', '乙: 2/2', '甲: 2/2']);
});

test('the one whose output differs is out, the others are measured', () => {
  const commands = new Map([['qi', shell('echo 2')], ['lua', shell('echo 1')], ['go', shell('echo 1')]]);
  const timings = interleave(commands, { rounds: 1, sameOutput: true, progress: silent });
  assert.match(failureOf(timings.get('qi')), 'output differs: "2\\n", expected "1\\n"');
  assert.ok(isSeries(timings.get('lua')));
});

test('one against one: the peer is believed', () => {
  const commands = new Map([['qi', shell('echo 2')], ['go', shell('echo 1')]]);
  const timings = interleave(commands, { rounds: 1, sameOutput: true, progress: silent });
  assert.match(failureOf(timings.get('qi')), 'output differs');
});

test('an output that changes from run to run is a failure', () => {
  const commands = new Map([['qi', shell('echo $$')]]);
  const timings = interleave(commands, { rounds: 1, sameOutput: true, progress: silent });
  assert.match(failureOf(timings.get('qi')), 'output varies');
});

test.run();
