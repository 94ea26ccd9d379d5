/*
 * Scripts that are called wrongly, or find something missing, say so with a code in both languages and without a stack.
 */
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { countDispatches, countIndirectJumps, fits } from './check-jumps.js';
import { ROOT } from './run-command.js';
import { ScriptError } from './script-error.js';

function says(code: string, exit: number, file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const result = spawnSync(process.execPath, ['--import', 'tsx', file, ...args], { cwd: ROOT, env: { ...process.env, ...env }, encoding: 'utf8', timeout: 60_000 });
  assert.is(result.status, exit, `${file} ${args.join(' ')}: ${result.stderr.slice(0, 400)}`);
  assert.match(result.stderr, new RegExp(`^错误 \\[${code}\\]: .*\\p{Script=Han}`, 'u'));
  assert.match(result.stderr, /\n  \S[^\n]*[a-z]{4}/, 'English too');
  assert.not.match(result.stderr, /\n    at /, 'no stack');
}

test('wrong arguments', () => {
  for (const [file, ...args] of [
    ['scripts/gen.ts', '--chek'],
    ['scripts/test.ts', '没有的阶段'],
    ['scripts/test-dispatch.ts', 'goto'],
    ['scripts/test-sanitized.ts', 'msan'],
    ['scripts/mutants.ts', '--sample', '0'],
    ['scripts/fuzz-grammar.ts', '很久'],
    ['bench/run.ts', '--runs', '0'],
    ['bench/run.ts', '没有的项目'],
    ['bench/frontend.ts', '--lines', 'x'],
    ['spec-tests/run.ts', '--engine', 'jit'],
    ['spec-tests/run.ts', '--no-such-option'],
  ] as const) {
    says('E9907', 64, file, args);
  }
});

test('what was not built', () => {
  says('E9908', 1, 'spec-tests/run.ts', ['--qivm', '/没有/qivm']);
});

test('programs that fail or are not there', () => {
  says('E9909', 1, 'scripts/check-jumps.ts', [], { CC: 'false' });
  says('E9909', 1, 'scripts/check-jumps.ts', [], { CC: '/没有/cc' });
});

test('a failure has both languages', () => {
  const { message } = new ScriptError('E9909', { 命令: 'cc', 原因: { zh: '坏', en: 'bad' } });
  assert.is(message, '错误 [E9909]: cc 失败：坏\n  cc failed: bad');
});

test('jumps are counted and compared exactly', () => {
  assert.is(countIndirectJumps('  1:\tjmp *(%r12,%rax,8)\n  2:\tnotrack jmp *%rax\n  3:\tjmp 12\n  4:\tcall *%rax\n  5:\tbr\tx3\n'), 3);
  assert.is(countDispatches('op_A: goto *handlers[pc->op]; goto reload; goto * handlers [x]; goto handlers;'), 2);
  assert.ok(fits(229, 225, 181));
  assert.ok(fits(225, 225, 181));
  assert.not.ok(fits(224, 225, 181), 'one was merged');
  assert.not.ok(fits(237, 225, 181), 'far too many');
  assert.not.ok(fits(180, 180, 181), 'an instruction without a dispatch');
});

test.run();
