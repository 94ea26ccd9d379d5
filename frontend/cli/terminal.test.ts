import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isColoured } from './terminal.js';

test('what was asked for decides about colours, then NO_COLOR and the kind of terminal', () => {
  assert.is(isColoured(true, { NO_COLOR: '1' }), true);
  assert.is(isColoured(false, {}), false);
  assert.is(isColoured(undefined, { NO_COLOR: '1' }), false);
  assert.is(isColoured(undefined, { TERM: 'dumb' }), false);
});

/** What a command prints on a terminal of its own. */
function onTerminal(script: string, env: Record<string, string>): string {
  const python = 'import pty, sys; pty.spawn(sys.argv[1:])';
  const { stdout } = spawnSync('python3', ['-c', python, process.execPath, 'dist/qi.cjs', ...script.split(' ')], {
    input: '', encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...env },
  });
  return stdout;
}

test('diagnostics on a terminal are coloured, but not with NO_COLOR and never as JSON', () => {
  const wrong = 'check spec-tests/7-诊断/缺少表达式.qi';
  assert.match(onTerminal(wrong, {}), /\x1b\[1;31m错误 \[E2005\]\x1b\[0m/);
  for (const [script, env] of [[wrong, { NO_COLOR: '1' }], [`${wrong} --json --颜色 是`, {}], [`${wrong} --颜色 否`, {}]] as const) {
    const text = onTerminal(script, env);
    assert.match(text, /E2005/);
    assert.not.match(text, /\x1b\[/);
  }
});

test.run();
