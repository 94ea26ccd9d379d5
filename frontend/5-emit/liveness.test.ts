/** Live-reference maps: what each kind of safepoint must list, and what it must not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Func, Local, Stmt } from '../hir.js';
import { ERROR, INT, STRING, UNIT, type Type } from '../types.js';
import { lower } from '../4-lower/lower.js';
import * as t from '../4-lower/testing.js';
import { dumpFunction, dumpMaps } from './dump.js';

/** `pc NAME: live registers` of each safepoint of one function. */
function mapsOf(params: Local[], result: Type, body: (self: Func) => Stmt[]): string[] {
  const p = new t.TestProgram();
  const main = p.func([], UNIT, () => []);
  const f = p.func(params, result, body);
  const ir = lower(p.build(main)).functions[f.index]!;
  const code = dumpFunction(ir);
  return dumpMaps(ir).map((line) => {
    const [pc, live = ''] = line.split(':');
    return `${code[Number(pc)]!.split(' ')[0]}:${live}`;
  });
}

const s = t.local('s', STRING, { reassigned: true });
const u = t.local('u', STRING, { reassigned: true });
const n = t.local('n', INT);
const c = t.local('c', t.channel(STRING));
const get = t.get;

test('call: live across it; neither arguments nor the result unless read again', () => {
  const maps = (after: Stmt[]): string[] => mapsOf([s, u], STRING, (self) => [t.set(s, t.call(self, get(s), get(u))), ...after, t.ret(get(s))]);
  assert.equal(maps([]), ['CALL:']);
  assert.equal(maps([t.printLine(get(u))]), ['CALL: r1']);
});

test('raw registers never appear', () => {
  assert.equal(mapsOf([n, s], INT, (self) => [t.let_(t.local('m', INT), t.call(self, get(n), get(s))), t.ret(t.add(get(n), t.native('string_byte_len', INT, get(s))))]), ['CALL: r1']);
});

test('parking: what is read by it and what is live after it', () => {
  assert.equal(mapsOf([c, s, u], UNIT, () => [t.stmt({ kind: 'send', channel: get(c), value: get(s) }), t.printLine(get(u))]), ['SEND: r0 r1 r2']);
  // The channel is read by the instruction although nobody needs it afterwards.
  assert.equal(mapsOf([c], STRING, () => [t.ret(t.node({ kind: 'receive', channel: get(c), type: STRING }))]), ['RECV: r0']);
});

test('back-edge: what is live at its target', () => {
  const maps = mapsOf([s, u, n], UNIT, () => [
    t.while_(t.compare('lt', get(n), t.int(3)), [t.printLine(get(s))]), t.printLine(get(u)),
  ]);
  assert.equal(maps, ['LJLTI: r0 r1']);
});

test('a loop variable of a list loop is live at the loop head', () => {
  const xs = t.local('列', t.list(STRING));
  const v = t.local('v', STRING);
  assert.equal(mapsOf([xs], UNIT, () => [t.each(v, get(xs), [t.printLine(get(v))])]), ['LISTNEXT: r1 r4']);
});

test('what only a handler reads is live inside its range', () => {
  const maps = mapsOf([s, u], UNIT, (self) => [
    t.try_([t.run(t.call(self, t.str('甲'), t.str('乙')))], [t.catch_('错误', undefined, t.printLine(get(s)))]),
    t.run(t.call(self, t.str('甲'), t.str('乙'))),
  ]);
  assert.equal(maps, ['CALL: r0', 'CALL:']);
});

test('the old value of a target is live while the call that replaces it may throw to a reader', () => {
  const maps = mapsOf([s], STRING, (self) => [
    t.try_([t.set(s, t.call(self, t.str('甲')))], [t.catch_('错误', undefined)]),
    t.ret(get(s)),
  ]);
  assert.equal(maps, ['CALL: r0']);
});

test('an inner handler hides the outer one', () => {
  const maps = mapsOf([s, u], UNIT, (self) => [
    t.try_([
      t.try_([t.run(t.call(self, t.str('甲'), t.str('乙')))], [t.catch_('错误', t.local('e', ERROR), t.ret())]),
    ], [t.catch_('错误', undefined, t.printLine(get(s)))]),
  ]);
  // The inner handler throws on what it does not match, and that reaches the outer one.
  assert.equal(maps, ['CALL: r0']);
});

test('a reference that is assigned later is not live before', () => {
  const later = t.local('后', STRING);
  const maps = mapsOf([n], STRING, (self) => [
    t.let_(later),
    t.if_(t.compare('lt', get(n), t.int(3)), [t.set(later, t.str('小'))], [t.set(later, t.call(self, get(n)))]),
    t.run(t.call(self, get(n))),
    t.ret(get(later)),
  ]);
  assert.equal(maps, ['CALL:', 'CALL: r1']);
});

test('select: what its words read, and what the bodies need', () => {
  const maps = mapsOf([c, s, u], UNIT, () => [t.select_(
    { kind: 'receive', channel: get(c), value: u, ok: undefined, assigns: true, zero: undefined, body: t.block(t.printLine(get(u))), span: t.span },
    { kind: 'send', channel: get(c), value: get(s), body: t.block(t.printLine(get(u))), span: t.span },
  )]);
  assert.is(maps[0], 'SELECT: r0 r1 r2');
});

test('many references: bitmaps of more than one word', () => {
  const locals = Array.from({ length: 70 }, (_, i) => t.local(`v${i}`, STRING));
  const maps = mapsOf([], UNIT, (self) => [...locals.map((l) => t.let_(l, t.str('甲'))), t.run(t.call(self)), ...locals.map((l) => t.printLine(get(l)))]);
  assert.is(maps[0], `CALL: ${locals.map((_, i) => `r${i}`).join(' ')}`);
});

test.run();
