/** Execution: output, exit codes, signals and limits of a child are reported as they were. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { execute } from './execute.js';

const node = (program: string, stdin = '', timeLimit = 20_000) =>
  execute({ command: process.execPath, args: ['-e', program], stdin, timeLimit });

test('keeps output, error output and exit code apart', async () => {
  const outcome = await node('process.stdout.write("甲\\n"); process.stderr.write("乙"); process.exitCode = 3');
  assert.equal(outcome, { stdout: '甲\n', stderr: '乙', exitCode: 3, signal: undefined, timedOut: false });
});

test('decodes characters split over chunks', async () => {
  const outcome = await node(
    'const b = Buffer.from("汉"); process.stdout.write(b.subarray(0, 1)); setTimeout(() => process.stdout.write(b.subarray(1)), 20)',
  );
  assert.is(outcome.stdout, '汉');
});

test('gives the child its input, and does not mind when it is not read', async () => {
  assert.is((await node('process.stdin.pipe(process.stdout)', '一\n二\n')).stdout, '一\n二\n');
  assert.is((await node('process.exit(0)', '行\n'.repeat(100_000))).exitCode, 0);
});

test('reports the signal that ended a child', async () => {
  const outcome = await node('process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 10000)');
  assert.is(outcome.signal, 'SIGTERM');
  assert.is(outcome.exitCode, undefined);
  assert.is(outcome.timedOut, false);
});

test('kills a child that outlives its time', async () => {
  const outcome = await node('setInterval(() => {}, 1000)', '', 200);
  assert.is(outcome.timedOut, true);
  assert.is(outcome.exitCode, undefined);
});

test('kills a child that writes without end', async () => {
  const outcome = await node('const s = "x".repeat(1 << 20); const f = () => process.stdout.write(s, f); f()');
  assert.is(outcome.signal, 'SIGKILL');
  assert.is(outcome.timedOut, false);
});

test('rejects when the command does not exist', async () => {
  let failed = false;
  await execute({ command: '/nonexistent/qivm', args: [], stdin: '', timeLimit: 1000 }).catch(() => (failed = true));
  assert.ok(failed);
});

test.run();
