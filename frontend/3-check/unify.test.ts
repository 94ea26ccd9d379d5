/** Unification, defaults and suggestions, without programs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BOOL, CHAR, ERROR, FLOAT, INT, STRING, UNIT, resolve, showType, type Type, type TypeVariable } from '../types.js';
import { POISON, assumedFor, isOpen, satisfies, settle, unify, zonk } from './unify.js';
import { editDistance, gluedKeyword, nearest } from './suggest.js';

let next = 0;
const fresh = (literal: TypeVariable['literal'] = 'none'): TypeVariable => ({ kind: 'variable', id: next++, literal, bound: undefined });
const list = (elem: Type): Type => ({ kind: 'list', elem });

test('primitive types unify with themselves only', () => {
  for (const a of [INT, FLOAT, BOOL, CHAR, STRING, UNIT, ERROR]) {
    for (const b of [INT, FLOAT, BOOL, CHAR, STRING, UNIT, ERROR]) assert.is(unify(a, b), a === b);
  }
});

test('a variable takes the type it meets, through links', () => {
  const a = fresh();
  const b = fresh();
  assert.ok(unify(a, b));
  assert.ok(unify(b, INT));
  assert.is(resolve(a), INT);
  assert.not(unify(a, STRING));
});

test('literals bind only to what they can be', () => {
  assert.ok(unify(fresh('int'), FLOAT));
  assert.ok(unify(fresh('int'), INT));
  assert.not(unify(fresh('int'), STRING));
  assert.ok(unify(fresh('char'), STRING));
  assert.ok(unify(fresh('char'), CHAR));
  assert.not(unify(fresh('char'), INT));
  assert.ok(unify(fresh('float'), FLOAT));
  assert.not(unify(fresh('float'), INT));
  assert.not(unify(fresh('int'), fresh('char')));
  const open = fresh();
  const literal = fresh('int');
  assert.ok(unify(literal, open));
  assert.is(settle(open), INT);
  assert.is(settle(fresh('char')), CHAR);
  assert.is(settle(fresh('float')), FLOAT);
  assert.is(settle(BOOL), BOOL);
});

test('constructors unify part by part', () => {
  const parts: ((t: Type) => Type)[] = [
    list,
    (elem) => ({ kind: 'array', elem, length: 3 }),
    (elem) => ({ kind: 'option', elem }),
    (elem) => ({ kind: 'channel', elem }),
    (value) => ({ kind: 'future', value }),
    (value) => ({ kind: 'task', value }),
    (t) => ({ kind: 'dict', key: t, value: INT }),
    (t) => ({ kind: 'dict', key: INT, value: t }),
    (t) => ({ kind: 'func', params: [t], result: INT }),
    (t) => ({ kind: 'func', params: [], result: t }),
    (t) => ({ kind: 'coroutine', yields: t, sends: INT, result: INT }),
    (t) => ({ kind: 'coroutine', yields: INT, sends: t, result: INT }),
    (t) => ({ kind: 'coroutine', yields: INT, sends: INT, result: t }),
  ];
  for (const make of parts) {
    const hole = fresh();
    const open = make(hole);
    assert.ok(isOpen(open));
    assert.ok(unify(open, make(STRING)));
    assert.is(resolve(hole), STRING);
    assert.not(isOpen(open));
    assert.not(unify(open, make(BOOL)));
    const closed = zonk(open, () => POISON);
    assert.is(showType(closed), showType(make(STRING)));
    assert.is(zonk(closed, () => POISON), closed, 'a closed type is kept');
    const own = fresh();
    assert.not(unify(own, make(own)), 'no infinite types');
    assert.is(zonk(fresh(), () => INT), INT);
  }
  assert.not(unify({ kind: 'array', elem: INT, length: 2 }, { kind: 'array', elem: INT, length: 3 }));
  assert.not(unify({ kind: 'func', params: [], result: INT }, { kind: 'func', params: [INT], result: INT }));
  assert.not(unify(list(INT), { kind: 'option', elem: INT }));
});

test('poison agrees with everything and stays what it is', () => {
  assert.ok(unify(POISON, INT));
  assert.ok(unify(list(INT), POISON));
  assert.is(POISON.bound, undefined);
  assert.not(isOpen(POISON));
  assert.is(zonk(POISON, () => INT), POISON);
  assert.is(satisfies(POISON, 'numeric'), true);
});

test('bounds are known, refuted or open', () => {
  assert.is(satisfies(INT, 'numeric'), true);
  assert.is(satisfies(FLOAT, 'integral'), false);
  assert.is(satisfies(STRING, 'ordered'), true);
  assert.is(satisfies(FLOAT, 'hashable'), false);
  assert.is(satisfies(list(INT), 'ordered'), false);
  assert.is(satisfies(fresh(), 'numeric'), undefined);
  assert.is(satisfies(fresh('int'), 'numeric'), true);
  assert.is(satisfies(fresh('int'), 'integral'), undefined);
  assert.is(satisfies(fresh('int'), 'hashable'), undefined);
  assert.is(satisfies(fresh('char'), 'numeric'), false);
  assert.is(satisfies(fresh('char'), 'ordered'), true);
  assert.is(satisfies(fresh('float'), 'hashable'), false);
  assert.is(assumedFor('hashable'), STRING);
  assert.is(assumedFor('numeric'), INT);
});

test('edit distance counts swaps of neighbours once and stops at its limit', () => {
  const distance = (a: string, b: string, limit = 9): number => editDistance([...a], [...b], limit);
  assert.is(distance('计数', '计数'), 0);
  assert.is(distance('计数', '记数'), 1);
  assert.is(distance('数计', '计数'), 1);
  assert.is(distance('abc', 'abcd'), 1);
  assert.is(distance('kitten', 'sitting'), 3);
  assert.ok(distance('kitten', 'sitting', 1) > 1);
  assert.ok(distance('a', 'abcdef', 2) > 2);
});

test('the nearest name is near enough, or none', () => {
  assert.is(nearest('计树', ['计数', '总数']), '计数');
  assert.is(nearest('甲', ['乙']), undefined);
  assert.is(nearest('总量', ['计数']), undefined);
  assert.is(nearest('计数器一', ['计数器二', '计数器']), '计数器二');
  assert.is(nearest('lenght', ['length', 'width']), 'length');
  assert.is(nearest('connectoins', ['connections']), 'connections');
  assert.is(nearest('abcdef', ['abXYef']), 'abXYef');
});

test('keywords glued to names are found', () => {
  assert.equal(gluedKeyword('变量计数'), { keyword: '变量', rest: '计数' });
  assert.equal(gluedKeyword('不可变值'), { keyword: '不可变', rest: '值' });
  assert.is(gluedKeyword('变量'), undefined);
  assert.is(gluedKeyword('计数'), undefined);
});

test.run();
