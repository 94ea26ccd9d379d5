import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryHost } from '../frontend/project.js';
import { compile } from '../frontend/compile.js';
import { generateProgram, generateProject } from './generate.js';

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
  for (const [, head, call] of program.matchAll(/^公开 函数 (校验\d+)\(|(校验\d+)\(/gm)) {
    if (head !== undefined) defined.add(head);
    else assert.ok(defined.has(call!), call);
  }
});

test('a project of ten packages compiles, and every block of it is part of the program', () => {
  const files = generateProject(34_000, 5);
  assert.is(files.size, 103);
  const lines = [...files.values()].reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  assert.ok(lines >= 34_000 && lines < 36_000, `${lines} lines`);
  const start = files.get('主.qi')!;
  const { module, diagnostics } = compile(new TextEncoder().encode(start), '主.qi', memoryHost(Object.fromEntries(files)));
  assert.equal(diagnostics.map((d) => `${d.code} ${d.file.path}`), []);
  const names = new TextDecoder().decode(module);
  const checks = [...files.values()].flatMap((text) => [...text.matchAll(/^函数 (检验\S+)\(/gm)].map((match) => match[1]!));
  assert.ok(checks.length > 1000);
  for (const name of checks) assert.ok(names.includes(name), name);
});

test('files of a project import names and whole modules', () => {
  const texts = [...generateProject(20_000, 1).values()];
  assert.ok(texts.some((text) => /^导入 \.\.\/模块\d+ \{ 校验/m.test(text)));
  assert.ok(texts.some((text) => /^导入 \.\.\/模块\d+;/m.test(text) && /模块\d+\.校验/.test(text)));
});

test.run();
