/** Jumps beyond 16 bits, and limits of the format. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Local, Stmt } from '../hir.js';
import { INT, UNIT, FLOAT, type Type } from '../types.js';
import { LimitError, MAX_REGISTERS } from '../4-lower/ir.js';
import { lower } from '../4-lower/lower.js';
import * as t from '../4-lower/testing.js';
import { dumpFunction } from './dump.js';
import { emit } from './emit.js';

function codeOf(params: Local[], result: Type, body: Stmt[]): string[] {
  const p = new t.TestProgram();
  p.func(params, result, () => body);
  return dumpFunction(lower(p.build()).functions[0]!);
}

const a = t.local('a', INT, { reassigned: true });
const x = t.local('x', FLOAT);
const get = t.get;
const many = (n: number): Stmt[] => Array.from({ length: n }, () => t.set(a, t.add(get(a), t.int(1))));

test('a far branch is turned around a long jump', () => {
  const code = codeOf([a, x], UNIT, [t.if_(t.compare('lt', get(x), get(x)), many(40_000)), t.set(a, t.int(0))]);
  assert.equal(code.slice(0, 3), ['JFLT r1 r1 →2', 'JMP →40002', 'ADDI r0 r0 1']);
  assert.is(code.length, 40_004);
});

test('a far back-edge too; swapped operands stay in order', () => {
  const code = codeOf([a, t.local('b', INT)], UNIT, [t.while_(t.compare('lt', get(a), t.int(5)), many(40_000))]);
  assert.equal(code.slice(0, 2), ['JLTI r0 5 →2', 'JMP →40004']);
  assert.equal(code.slice(-3), ['JGEI r0 5 →40004', 'LOOP →2', 'RET0']);
});

test('near jumps beside far code stay short', () => {
  const code = codeOf([a], UNIT, [...many(40_000), t.if_(t.compare('lt', get(a), t.int(5)), many(1))]);
  assert.equal(code.slice(-3), ['JGEI r0 5 →40002', 'ADDI r0 r0 1', 'RET0']);
});

test('far cases of 选择 jump to long jumps behind it', () => {
  const c = t.local('c', t.channel(INT));
  const code = codeOf([c, a], UNIT, [t.select_(
    { kind: 'receive', channel: get(c), value: undefined, ok: undefined, assigns: false, zero: undefined, body: t.block(...many(40_000)), span: t.span },
    { kind: 'default', body: t.block(...many(1)), span: t.span },
  )]);
  assert.equal(code.slice(0, 6), ['SELECT 2', 'SEL_RECV r0 r2 →3', 'SEL_DEFAULT →4', 'JMP →5', 'JMP →40009', 'JT r3 →8'].map((l) => l.replace('→40009', code[4]!.split(' ')[1]!)));
  const target = Number(code[4]!.split('→')[1]);
  assert.equal(code.slice(target), ['ADDI r1 r1 1', 'RET0']);
});

test('limits raise E9006 with the place of the function', () => {
  const locals = Array.from({ length: MAX_REGISTERS + 1 }, (_, i) => t.local(`v${i}`, INT));
  const limit = (run: () => unknown): LimitError => {
    try {
      run();
    } catch (error) {
      if (error instanceof LimitError) return error;
      throw error;
    }
    throw new Error('no limit reached');
  };
  const p = new t.TestProgram();
  p.func([], UNIT, () => locals.map((l) => t.let_(l, t.int(1))));
  const registers = limit(() => lower(p.build()));
  assert.is(registers.code, 'E9006');
  assert.is(registers.file, t.FILE);
  assert.is(registers.args['上限'], MAX_REGISTERS);

  const q = new t.TestProgram();
  const first = q.func([], UNIT, () => []);
  for (let i = 0; i < 65_535; i++) q.func([], UNIT, () => []);
  assert.match(limit(() => lower(q.build(first))).message, /functions/);

  const r = new t.TestProgram();
  r.func([], UNIT, () => [t.select_(...Array.from({ length: 257 }, () => ({ kind: 'default' as const, body: t.block(), span: t.span })))]);
  assert.match(limit(() => lower(r.build())).message, /选择/);
});

/** A list of a list of … `depth` times; each is made of the one before. */
const nested: Type[] = [INT];
function deeper(depth: number): Type {
  while (nested.length <= depth) nested.push({ kind: 'list', elem: nested[nested.length - 1]! });
  return nested[depth]!;
}

test('too many types', () => {
  const p = new t.TestProgram();
  p.func([], UNIT, () => Array.from({ length: 65_600 }, (_, i) =>
    t.stmt({ kind: 'block', block: t.block(t.let_(t.local('v', deeper(i), { boxed: true }))) })));
  assert.throws(() => lower(p.build()), (error: unknown) => error instanceof LimitError && /types/.test(error.message));
});

test('nested 最终 with many ways out grows, but is emitted', () => {
  let body: Stmt[] = [t.printLine(t.str('体'))];
  for (let i = 0; i < 6; i++) body = [t.try_(body, [], [t.try_([t.printLine(t.str(`${i}`))], [t.catch_('错误', undefined)])])];
  const p = new t.TestProgram();
  p.func([], UNIT, () => body);
  assert.ok(emit(lower(p.build())).length > 500);
});

test.run();
