/**
 * samples.ts — one typed tree that uses every kind of statement and expression at least once, for the
 * tests of 4-lower and 5-emit only: what it becomes must be well formed and must pass the C verifier.
 */
import type { Expr, Func, Local, Program } from '../hir.js';
import { BOOL, CHAR, ERROR, FLOAT, INT, NEVER, STRING, UNIT, type Type } from '../types.js';
import * as t from './testing.js';

const index = (target: Expr, at: Expr, type: Type): Expr => t.node({ kind: 'index', target, index: at, type });
const show = (value: Expr): Expr => t.node({ kind: 'format', value, spec: undefined, type: STRING });

function data(p: t.TestProgram): Func {
  const def = t.structDef('点', ['x', FLOAT], ['名', STRING], ['下', t.option(STRING)]);
  const point = t.struct(def);
  const xs = t.local('列', t.list(INT));
  const flags = t.local('旗', t.list(BOOL));
  const dict = t.local('典', t.dictOf(STRING, t.list(INT)));
  const o = t.local('点', point);
  const s = t.local('文', STRING, { reassigned: true });
  const found = t.local('找到', t.option(t.list(INT)));
  const maybe = t.local('或许', t.option(INT));
  const i = t.local('i', INT);
  const k = t.local('k', STRING);
  const v = t.local('v', t.list(INT));
  const c = t.local('c', CHAR);
  const n = t.local('n', INT);
  const big = t.arrayOf(STRING, 60);
  return p.func([n], t.list(INT), () => [
    t.let_(xs, t.node({ kind: 'list', elems: Array.from({ length: 60 }, (_, e) => t.int(e)), type: xs.type })),
    t.let_(flags, t.node({ kind: 'fill', value: t.bool(true), count: t.get(n), type: flags.type })),
    t.let_(t.local('大', big), t.node({ kind: 'list', elems: Array.from({ length: 60 }, (_, e) => t.str(`${e}`)), type: big })),
    t.let_(s, t.node({ kind: 'concat', parts: Array.from({ length: 100 }, () => show(t.get(n))), type: STRING })),
    t.let_(dict, t.node({ kind: 'dict', entries: [{ key: t.str('甲'), value: t.get(xs) }], type: dict.type })),
    t.let_(o, t.node({
      kind: 'struct', def, type: point, fields: [
        { field: 1, value: t.get(s) }, { field: 2, value: t.node({ kind: 'none', type: t.option(STRING) }) }, { field: 0, value: t.float(1.5) },
      ],
    })),
    t.stmt({ kind: 'assignField', object: t.get(o), field: 1, value: t.node({ kind: 'field', object: t.get(o), field: 1, type: STRING }) }),
    t.stmt({ kind: 'assignIndex', target: t.get(dict), index: t.str('乙'), value: t.get(xs) }),
    t.stmt({ kind: 'assignIndex', target: t.get(flags), index: t.int(0), value: t.not(index(t.get(flags), t.int(1), BOOL)) }),
    t.let_(found, t.node({ kind: 'dictFind', dict: t.get(dict), key: t.str('丙'), type: found.type })),
    t.let_(maybe, t.node({ kind: 'some', value: t.get(n), type: maybe.type })),
    t.run(t.node({ kind: 'push', list: t.get(xs), value: t.node({ kind: 'optionOr', option: t.get(maybe), fallback: t.int(3), type: INT }), type: UNIT })),
    t.if_(t.and(t.node({ kind: 'isSome', option: t.get(found), type: BOOL }), t.compare('eq', t.get(maybe), t.node({ kind: 'none', type: maybe.type }))), [
      t.ret(t.node({ kind: 'unwrap', option: t.get(found), type: t.list(INT) })),
    ]),
    t.each(i, t.get(xs), [t.run(t.native('print', UNIT, show(t.get(i))))]),
    t.each(i, t.get(xs), [t.printLine(show(index(t.get(xs), t.get(i), INT)))], t.local('值', INT)),
    t.each(c, t.get(s), [t.printLine(show(t.get(c)))]),
    t.each(i, t.get(s), [t.printLine(show(t.get(i)))], c),
    t.each(k, t.get(dict), [t.printLine(t.get(k)), t.set(s, t.get(k)), t.run(t.native('list_clear', UNIT, t.get(v)))], v),
    t.run(t.node({ kind: 'identical', left: t.get(xs), right: t.get(xs), type: BOOL })),
    t.let_(t.local('同', BOOL), t.node({ kind: 'identical', left: t.get(xs), right: t.get(xs), type: BOOL })),
    t.let_(t.local('异', BOOL), t.compare('ne', t.get(s), t.str('x'))),
    t.let_(t.local('序', BOOL), t.compare('ge', t.get(s), t.str('x'))),
    t.let_(t.local('深', BOOL), t.compare('eq', t.get(o), t.get(o))),
    t.printLine(t.node({ kind: 'format', value: t.float(2), spec: '.2', type: STRING })),
    t.run(t.node({ kind: 'len', operand: t.get(s), type: INT })),
    t.let_(t.local('长', INT), t.add(t.node({ kind: 'len', operand: t.get(xs), type: INT }), t.native('string_len', INT, t.get(s)))),
    t.let_(t.local('字', CHAR), index(t.get(s), t.int(0), CHAR)),
    t.let_(t.local('取', t.list(INT)), index(t.get(dict), t.str('甲'), t.list(INT))),
    t.ret(t.get(xs)),
  ]);
}

function numbers(p: t.TestProgram): Func {
  const a = t.local('a', INT);
  const b = t.local('b', INT, { reassigned: true });
  const x = t.local('x', FLOAT, { reassigned: true });
  const convert = (op: string, operand: Expr, type: Type): Expr => t.node({ kind: 'convert', op, operand, type });
  const ops = ['add', 'sub', 'mul', 'div', 'rem', 'bitAnd', 'bitOr', 'bitXor', 'shl', 'shr', 'wrapAdd', 'wrapSub', 'wrapMul'] as const;
  return p.func([a, b, x], INT, () => [
    ...ops.flatMap((op) => [
      t.set(b, t.binary(op, t.get(a), t.get(b))), t.set(b, t.binary(op, t.get(a), t.int(3))),
      t.set(b, t.binary(op, t.int(5), t.get(b))), t.set(b, t.binary(op, t.int(5), t.int(3))), t.set(b, t.binary(op, t.get(a), t.int(1n << 40n))),
    ]),
    ...(['add', 'sub', 'mul', 'div', 'rem'] as const).flatMap((op) => [
      t.set(x, t.binary(op, t.get(x), t.get(x))), t.set(x, t.binary(op, t.get(x), t.float(2.5))),
      t.set(x, t.binary(op, t.float(2.5), t.get(x))), t.set(x, t.binary(op, t.float(2.5), t.float(0.5))),
    ]),
    t.set(x, t.node({ kind: 'unary', op: 'neg', operand: t.get(x), type: FLOAT })),
    t.set(b, t.node({ kind: 'unary', op: 'neg', operand: t.get(b), type: INT })),
    t.set(b, t.node({ kind: 'unary', op: 'bitNot', operand: t.get(b), type: INT })),
    t.set(x, t.native('sqrt', FLOAT, convert('intToFloat', t.get(b), FLOAT))),
    t.set(b, convert('floatToInt', t.get(x), INT)),
    t.set(b, convert('charToInt', convert('intToChar', t.get(b), CHAR), INT)),
    t.set(b, convert('boolToInt', t.or(t.compare('lt', t.get(x), t.float(1)), t.compare('gt', t.get(a), t.int(70000))), INT)),
    ...(['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const).flatMap((op) => [
      t.if_(t.compare(op, t.get(a), t.get(b)), [t.set(b, t.int(1))], [t.set(b, t.int(2))]),
      t.if_(t.compare(op, t.int(7), t.get(b)), [t.set(b, t.int(1))]),
      t.if_(t.not(t.compare(op, t.get(x), t.float(1))), [t.set(b, t.int(1))]),
      t.set(b, convert('boolToInt', t.compare(op, t.get(a), t.get(b)), INT)),
      t.set(b, convert('boolToInt', t.compare(op, t.get(x), t.get(x)), INT)),
      t.while_(t.compare(op, t.get(a), t.get(b)), [t.set(b, t.add(t.get(b), t.int(1)))]),
      t.while_(t.compare(op, t.get(x), t.float(3)), [t.set(b, t.add(t.get(b), t.int(1)))]),
      t.while_(t.compare(op, t.get(a), t.int(3)), [t.set(b, t.add(t.get(b), t.int(1)))]),
    ]),
    t.ret(t.node({ kind: 'if', condition: t.compare('lt', t.get(a), t.int(0)), then: t.int(0), otherwise: t.get(b), type: INT })),
  ]);
}

function closures(p: t.TestProgram): Func {
  const shared = t.local('共', STRING, { boxed: true, reassigned: true });
  const copy = t.local('副', INT);
  const innerShared = t.local('共', STRING, { boxed: true, reassigned: true });
  const innerCopy = t.local('副', INT);
  const arg = t.local('甲', STRING, { boxed: true });
  const later = t.local('后', STRING, { boxed: true, reassigned: true });
  const fn = t.local('函', t.funcType([STRING], STRING));
  const named = t.local('名', t.funcType([STRING], UNIT));
  const i = t.local('i', INT, { boxed: true });
  const q = t.local('q', INT, { boxed: true });
  const starts = t.local('起', t.funcType([INT], t.future(INT)));
  const makes = t.local('造', t.funcType([], t.coroutineType(INT)));
  const closure = p.func([arg], STRING, () => [
    t.set(innerShared, t.get(arg)), t.ret(t.node({ kind: 'concat', parts: [t.get(innerShared), t.node({ kind: 'format', value: t.get(innerCopy), type: STRING })], type: STRING })),
  ], { kind: 'closure', captures: [{ outer: shared, inner: innerShared }, { outer: copy, inner: innerCopy }] });
  const target = p.func([t.local('文', STRING)], UNIT, () => []);
  const work = p.func([t.local('数', INT)], INT, () => [t.ret(t.int(1))]);
  const gen = p.func([], UNIT, () => [], { kind: 'coroutine', coroutine: t.coroutineType(INT) });
  return p.func([], UNIT, () => [
    t.let_(shared, t.str('初')), t.let_(copy, t.int(2)), t.let_(later),
    t.let_(fn, t.node({ kind: 'closure', func: closure, type: fn.type })),
    t.set(later, t.node({ kind: 'callClosure', callee: t.get(fn), args: [t.get(shared)], type: STRING })),
    t.let_(named, t.node({ kind: 'funcRef', func: target, type: named.type })),
    t.run(t.node({ kind: 'callClosure', callee: t.get(named), args: [t.get(later)], type: UNIT })),
    t.let_(starts, t.node({ kind: 'funcRef', func: work, type: starts.type })),
    t.let_(makes, t.node({ kind: 'funcRef', func: gen, type: makes.type })),
    t.range(i, t.int(1), t.int(3), [t.run(t.native('print', UNIT, show(t.get(i))))]),
    t.each(q, t.node({ kind: 'list', elems: [t.int(1)], type: t.list(INT) }), [t.printLine(show(t.get(q)))]),
  ]);
}

function errors(p: t.TestProgram): Func {
  const e = t.local('e', ERROR);
  const boxed = t.local('e', ERROR, { boxed: true });
  const s = t.local('s', STRING, { reassigned: true });
  const n = t.local('n', INT);
  const loop = t.label();
  const fails = p.func([], NEVER, () => [t.throw_(t.error('坏'))]);
  return p.func([n], STRING, () => [
    t.let_(s, t.str('初')),
    t.while_(undefined, [
      t.try_([
        t.if_(t.compare('eq', t.get(n), t.int(1)), [t.break_(loop)]),
        t.if_(t.compare('eq', t.get(n), t.int(2)), [t.continue_(loop)]),
        t.if_(t.compare('eq', t.get(n), t.int(3)), [t.ret(t.get(s))]),
        t.try_([t.set(s, t.native('string_trim', STRING, t.get(s)))], [], [t.set(s, t.str('内'))]),
        t.run(t.call(fails)),
      ], [
        t.catch_('除零错误', e, t.set(s, t.native('error_message', STRING, t.get(e)))),
        t.catch_('取消错误', undefined, t.throw_(t.error('改'))),
        t.catch_('错误', boxed, t.printLine(t.native('error_message', STRING, t.get(boxed)))),
      ], [t.set(s, t.str('终')), t.try_([t.printLine(t.get(s))], [t.catch_('错误', undefined)])]),
    ], loop),
    t.let_(t.local('值', STRING), t.node({ kind: 'if', condition: t.compare('lt', t.get(n), t.int(0)), then: t.get(s), otherwise: t.diverge(t.throw_(t.error('负'))), type: STRING })),
    t.let_(t.local('块', STRING), t.node({ kind: 'blockExpr', block: t.block(t.set(s, t.str('块'))), value: t.get(s), type: STRING })),
    t.ret(t.get(s)),
  ]);
}

function concurrency(p: t.TestProgram): Func {
  const gen = t.coroutineType(STRING, INT, BOOL);
  const counter = t.coroutineType(INT);
  const pause = t.coroutineType(UNIT);
  const work = p.func([t.local('n', INT)], STRING, () => [t.ret(t.str('成'))]);
  const strings = p.func([t.local('n', INT)], BOOL, () => [
    t.run(t.node({ kind: 'yield', value: t.str('甲'), coroutine: gen, type: INT })), t.run(t.node({ kind: 'reschedule', type: UNIT })), t.ret(t.bool(true)),
  ], { kind: 'coroutine', coroutine: gen });
  const counts = p.func([], UNIT, () => [t.run(t.node({ kind: 'yield', value: t.int(1), coroutine: counter, type: UNIT }))], { kind: 'coroutine', coroutine: counter });
  const pauses = p.func([], UNIT, () => [t.run(t.node({ kind: 'reschedule', type: UNIT }))], { kind: 'coroutine', coroutine: pause });
  const ch = t.local('道', t.channel(STRING));
  const nums = t.local('数道', t.channel(INT));
  const task = t.local('任', t.task(STRING));
  const fut = t.local('未', t.future(STRING));
  const g = t.local('生', gen);
  const c = t.local('计', counter);
  const v = t.local('v', STRING);
  const ok = t.local('成', BOOL);
  const m = t.local('m', INT);
  const shared = t.local('箱', STRING, { boxed: true });
  const inner = t.local('箱', STRING, { boxed: true });
  const innerChannel = t.local('道', ch.type);
  const spawned = p.func([], UNIT, () => [t.stmt({ kind: 'send', channel: t.get(innerChannel), value: t.get(inner) })], {
    captures: [{ outer: shared, inner }, { outer: ch, inner: innerChannel }],
  });
  const receive = (channel: Local): Expr => t.node({ kind: 'receive', channel: t.get(channel), type: (channel.type as { elem: Type }).elem });
  return p.func([], UNIT, () => [
    t.let_(ch, t.node({ kind: 'newChannel', capacity: t.int(0), type: ch.type })),
    t.let_(nums, t.node({ kind: 'newChannel', capacity: t.int(4), type: nums.type })),
    t.let_(shared, t.str('箱')),
    t.run(t.node({ kind: 'launch', func: spawned, args: [], type: UNIT })),
    t.let_(task, t.node({ kind: 'spawn', func: work, args: [t.int(1)], type: task.type })),
    t.let_(fut, t.node({ kind: 'start', func: work, args: [t.int(1)], type: fut.type })),
    t.set(fut, t.node({ kind: 'start', func: work, args: [t.int(2)], type: fut.type })),
    t.set(fut, t.node({ kind: 'upcast', operand: t.get(task), type: fut.type })),
    t.set(fut, t.node({ kind: 'ready', value: t.str('就绪'), type: fut.type })),
    t.printLine(t.node({ kind: 'await', future: t.get(fut), type: STRING })),
    t.let_(g, t.node({ kind: 'newCoroutine', func: strings, args: [t.int(3)], type: gen })),
    t.let_(c, t.node({ kind: 'newCoroutine', func: counts, args: [], type: counter })),
    t.run(t.node({ kind: 'resume', coroutine: t.get(g), value: t.int(1), type: t.option(STRING) })),
    t.let_(t.local('或', t.option(INT)), t.node({ kind: 'resume', coroutine: t.get(c), value: undefined, type: t.option(INT) })),
    t.while_(t.node({ kind: 'isSome', option: t.node({ kind: 'resume', coroutine: t.get(c), value: undefined, type: t.option(INT) }), type: BOOL }), []),
    t.each(v, t.get(g), [t.printLine(t.get(v))]),
    t.each(m, t.get(c), [t.printLine(show(t.get(m)))]),
    t.each(v, t.get(ch), [t.printLine(t.get(v))]),
    t.each(m, t.get(nums), [t.printLine(show(t.get(m)))]),
    t.run(t.node({ kind: 'awaitCoroutine', coroutine: t.get(g), type: BOOL })),
    t.run(t.node({ kind: 'awaitCoroutine', coroutine: t.node({ kind: 'newCoroutine', func: pauses, args: [], type: pause }), type: UNIT })),
    t.printLine(receive(ch)), t.run(receive(nums)),
    t.let_(t.local('选', t.option(STRING)), t.node({ kind: 'receiveOption', channel: t.get(ch), type: t.option(STRING) })),
    t.let_(t.local('选数', t.option(INT)), t.node({ kind: 'receiveOption', channel: t.get(nums), type: t.option(INT) })),
    t.let_(v), t.let_(ok), t.let_(m),
    t.stmt({ kind: 'receiveOk', value: v, ok, zero: t.str(''), channel: t.get(ch) }),
    t.stmt({ kind: 'receiveOk', value: m, ok: undefined, zero: t.int(0), channel: t.get(nums) }),
    t.select_(
      { kind: 'receive', channel: t.get(ch), value: v, ok: undefined, assigns: true, zero: undefined, body: t.block(t.printLine(t.get(v))), span: t.span },
      { kind: 'receive', channel: t.get(nums), value: t.local('w', INT, { boxed: true }), ok: t.local('成二', BOOL), assigns: false, zero: t.int(0), body: t.block(), span: t.span },
      { kind: 'receive', channel: t.get(nums), value: undefined, ok: undefined, assigns: false, zero: undefined, body: t.block(), span: t.span },
      { kind: 'send', channel: t.get(ch), value: t.node({ kind: 'concat', parts: [t.get(v), t.str('!')], type: STRING }), body: t.block(t.run(t.node({ kind: 'closeChannel', channel: t.get(ch), type: UNIT }))), span: t.span },
      { kind: 'await', future: t.get(fut), value: t.local('果', STRING), assigns: false, body: t.block(), span: t.span },
      { kind: 'timeout', milliseconds: t.int(10), body: t.block(t.run(t.node({ kind: 'sleep', milliseconds: t.get(m), type: UNIT }))), span: t.span },
      { kind: 'default', body: t.block(t.ret()), span: t.span },
    ),
    t.run(t.node({ kind: 'reschedule', type: UNIT })),
  ]);
}

function ranges(p: t.TestProgram): Func {
  const a = t.local('a', INT);
  const b = t.local('b', INT);
  const sum = t.local('和', INT, { reassigned: true });
  const i = t.local('i', INT);
  const j = t.local('j', INT, { reassigned: true });
  const total = p.global('总', INT);
  const text = p.global('文', STRING);
  const body = [t.set(sum, t.add(t.get(sum), t.get(i)))];
  return p.func([a, b], INT, () => [
    t.let_(sum, t.int(0)),
    t.stmt({ kind: 'assignGlobal', global: total, value: t.get(a) }),
    t.stmt({ kind: 'assignGlobal', global: text, value: t.str('文') }),
    t.printLine(t.node({ kind: 'global', global: text, type: STRING })),
    t.range(i, t.get(a), t.get(b), body, { inclusive: false }),
    t.range(i, t.int(1), t.int(1_000_000), body),
    t.range(i, t.get(a), t.int(5), body, { inclusive: false }),
    t.range(i, t.get(a), t.int(70_000), body),
    t.range(i, t.get(a), t.get(b), body, { step: t.int(-1), inclusive: false }),
    t.range(i, t.get(a), t.get(b), body, { step: t.int(2), inclusive: false }),
    t.range(i, t.get(a), t.get(b), body, { step: t.get(a), inclusive: false }),
    t.range(i, t.get(a), t.get(b), body, { step: t.int(0), inclusive: false }),
    t.range(j, t.get(a), t.get(b), [t.set(j, t.int(1))]),
    t.ret(t.add(t.get(sum), t.node({ kind: 'global', global: total, type: INT }))),
  ]);
}

/** Every construct once; `main` calls nothing: the parts are for looking at, not for running. */
export function sampleProgram(): Program {
  const p = new t.TestProgram();
  const main = p.func([], INT, () => [t.ret(t.int(0))]);
  for (const part of [data, numbers, closures, errors, concurrency, ranges]) part(p);
  return p.build(main);
}
