/** Handlers, masked code, and what leaves a 尝试. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Local, Stmt } from '../hir.js';
import { ERROR, INT, STRING, UNIT, type Type } from '../types.js';
import { lower } from '../4-lower/lower.js';
import * as t from '../4-lower/testing.js';
import { assemble, dumpCode } from './dump.js';

interface Shape { code: string[]; handlers: number[][]; masked: number[][] }

function shapeOf(params: Local[], result: Type, body: () => Stmt[]): Shape {
  const p = new t.TestProgram();
  const main = p.func([], UNIT, () => []);
  const f = p.func(params, result, body);
  const placed = assemble(lower(p.build(main)).functions[f.index]!);
  return { code: dumpCode(placed), handlers: placed.handlers.map((h) => [h.start, h.end, h.handler]), masked: placed.masked.map((m) => [m.start, m.end]) };
}

const print = (text: string): Stmt => t.printLine(t.str(text));
const a = t.local('a', INT, { reassigned: true });
const e = t.local('e', ERROR);

test('a catch tests kinds in order and throws on what it does not match', () => {
  const { code, handlers } = shapeOf([a], UNIT, () => [t.try_(
    [t.set(a, t.add(t.get(a), t.int(1)))],
    [t.catch_('溢出错误', undefined, t.set(a, t.int(1))), t.catch_('取消错误', e, t.throw_(t.get(e)))],
  )]);
  assert.equal(code, ['ADDI r0 r0 1', 'RET0', 'CAUGHT r1', 'ISERROR r2 r1 3', 'JF r2 →7', 'LDI r0 1', 'RET0', 'ISERROR r2 r1 1', 'JF r2 →10', 'THROW r1', 'THROW r1']);
  assert.equal(handlers, [[0, 1, 2]]);
});

test('plain 捕获 is ISERROR 0: cancellation passes', () => {
  const { code } = shapeOf([a], UNIT, () => [t.try_([t.set(a, t.add(t.get(a), t.int(1)))], [t.catch_('错误', e)])]);
  assert.equal(code.slice(2), ['CAUGHT r1', 'ISERROR r2 r1 0', 'JT r2 →6', 'THROW r1', 'RET0']);
});

test('finally: one copy on the normal way, one in the handler, both masked and outside the range', () => {
  const { code, handlers, masked } = shapeOf([a], UNIT, () => [t.try_([print('体')], [], [print('终')])]);
  assert.equal(code, ['LDSTR r1 0', 'NATIVE r1 r1 0', 'LDSTR r1 1', 'NATIVE r1 r1 0', 'RET0',
    'CAUGHT r1', 'LDSTR r3 1', 'NATIVE r3 r3 0', 'THROW r1', 'CAUGHT r2', 'NATIVE r2 r1 1', 'THROW r2']);
  // The second handler gives what the body itself throws its 起因.
  assert.equal(handlers, [[0, 2, 5], [6, 8, 9]]);
  assert.equal(masked, [[2, 4], [6, 8]]);
});

test('return through finally: the value first, then the body, outside the range', () => {
  const { code, handlers, masked } = shapeOf([a], INT, () => [t.try_([t.ret(t.get(a))], [], [t.set(a, t.int(2)), print('终')])]);
  assert.equal(code, ['MOV r1 r0', 'LDI r0 2', 'LDSTR r2 0', 'NATIVE r2 r2 0', 'RET r1']);
  assert.equal(handlers, []);
  assert.equal(masked, [[1, 4]]);
});

test('break and continue run exactly the finally bodies they leave', () => {
  const label = t.label();
  const { code, handlers } = shapeOf([a], UNIT, () => [
    t.try_([
      t.while_(undefined, [t.try_([t.if_(t.compare('eq', t.get(a), t.int(1)), [t.break_(label)]), print('体')], [], [print('内')])], label),
    ], [], [print('外')]),
  ]);
  // 1: inner body on 跳出, 2: outer body once on the normal way, then the handlers.
  assert.equal(code.map((l) => l.replace(/ .*/, '')), [
    'JNEI', 'LDSTR', 'NATIVE', 'JMP', 'LDSTR', 'NATIVE', 'LDSTR', 'NATIVE', 'LOOP',
    'CAUGHT', 'LDSTR', 'NATIVE', 'THROW', 'CAUGHT', 'NATIVE', 'THROW',
    'LDSTR', 'NATIVE', 'RET0', 'CAUGHT', 'LDSTR', 'NATIVE', 'THROW', 'CAUGHT', 'NATIVE', 'THROW',
  ]);
  // The inner range has a hole where the copy for 跳出 stands; the outer one covers all of it.
  assert.equal(handlers.filter((h) => h[2] === 9), [[0, 1, 9], [3, 6, 9]]);
  assert.equal(handlers.filter((h) => h[2] === 19), [[0, 16, 19]]);
});

test('what a 捕获 throws runs the 最终 of its own 尝试', () => {
  const { handlers, code } = shapeOf([], UNIT, () => [t.try_([print('体')], [t.catch_('错误', undefined, t.throw_(t.error('改')))], [print('终')])]);
  const caught = code.flatMap((l, pc) => (l.startsWith('CAUGHT') ? [pc] : []));
  assert.equal(handlers[0], [0, 2, caught[0]]);
  assert.is(handlers[1]![2], caught[1]);
  assert.ok(handlers[1]![1]! > caught[0]!, 'the range of 最终 covers the handlers of 捕获');
});

test('a 尝试 inside 最终 has its handler in each copy', () => {
  const { handlers, code } = shapeOf([], UNIT, () => [t.try_([print('体')], [], [t.try_([print('终')], [t.catch_('错误', undefined)])])]);
  // Two copies, the handler of 最终, and the one that adds the 起因: the inner 捕获 throws on 取消错误.
  assert.is(code.filter((l) => l.startsWith('CAUGHT')).length, 4);
  assert.ok(handlers.length >= 4);
});

test('handlers nobody can throw to are dropped with their code', () => {
  const { code, handlers } = shapeOf([a], UNIT, () => [t.try_([t.set(a, t.int(1))], [t.catch_('错误', undefined, print('永不'))])]);
  assert.equal(code, ['LDI r0 1', 'RET0']);
  assert.equal(handlers, []);
});

test('return of a whole 空 value through finally', () => {
  const { code } = shapeOf([], UNIT, () => [t.try_([t.ret(t.native('check_cancel', UNIT))], [], [print('终')])]);
  assert.equal(code.slice(0, 4).map((l) => l.split(' ')[0]), ['PARKNATIVE', 'LDSTR', 'NATIVE', 'RET0']);
});

test('throw in operand position: nothing is written to the destination', () => {
  const s = t.local('s', STRING);
  const value = t.node({ kind: 'if', condition: t.compare('lt', t.get(a), t.int(0)), then: t.str('负'), otherwise: t.diverge(t.throw_(t.error('正'))), type: STRING });
  assert.equal(shapeOf([a], STRING, () => [t.let_(s, value), t.ret(t.get(s))]).code, ['JGEI r0 0 →3', 'LDSTR r1 0', 'RET r1', 'LDSTR r2 1', 'NATIVE r2 r2 0', 'THROW r2']);
});

test.run();
