import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { generateProgram } from './generate.js';

test('the same seed gives the same program, another seed another one', () => {
  assert.is(generateProgram(500, 7), generateProgram(500, 7));
  assert.is.not(generateProgram(500, 7), generateProgram(500, 8));
});

test('the length is what was asked for, or at most one block more', () => {
  for (const lines of [100, 1000, 10_000]) {
    const written = generateProgram(lines, 1).split('\n').length - 1;
    assert.ok(written >= lines && written < lines + 60, `${written} lines for ${lines}`);
  }
});

test('every 检验 is defined once and called once', () => {
  const program = generateProgram(2000, 3);
  const defined = [...program.matchAll(/^函数 (检验\d+)\(/gm)].map((match) => match[1]);
  const called = [...program.matchAll(/\+ (检验\d+)\(\)/g)].map((match) => match[1]);
  assert.ok(defined.length > 50);
  assert.equal(called, defined);
  assert.is(new Set(defined).size, defined.length);
});

test('every helper that is called exists before its caller', () => {
  const program = generateProgram(2000, 3);
  const defined = new Set<string>();
  for (const [, head, call] of program.matchAll(/^函数 (校验\d+)\(|(校验\d+)\(/gm)) {
    if (head !== undefined) defined.add(head);
    else assert.ok(defined.has(call!), call);
  }
});

test.run();
