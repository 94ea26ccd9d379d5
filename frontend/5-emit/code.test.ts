/**
 * Which instructions a typed tree becomes: the fused forms, registers without needless moves, and
 * the order of evaluation. Written against the final code, after the peephole pass.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr, Func, Local, Stmt } from '../hir.js';
import { BOOL, CHAR, FLOAT, INT, NEVER, STRING, UNIT, type Type } from '../types.js';
import { lower } from '../4-lower/lower.js';
import * as t from '../4-lower/testing.js';
import { dumpFunction } from './dump.js';

/** Code of one function with these parameters. */
function codeOf(params: Local[], result: Type, body: (self: Func) => Stmt[]): string[] {
  const p = new t.TestProgram();
  p.func(params, result, body);
  return dumpFunction(lower(p.build()).functions[0]!);
}

/** Code of an expression over parameters that is returned. */
function valueOf(params: Local[], e: Expr): string[] {
  return codeOf(params, e.type, () => [t.ret(e)]);
}

const a = t.local('a', INT, { reassigned: true });
const b = t.local('b', INT);
const x = t.local('x', FLOAT, { reassigned: true });
const y = t.local('y', FLOAT);
const s = t.local('s', STRING);
const get = t.get;

test('fib is seven instructions', () => {
  const n = t.local('n', INT);
  const code = codeOf([n], INT, (self) => [
    t.if_(t.compare('lt', get(n), t.int(2)), [t.ret(get(n))]),
    t.ret(t.add(t.call(self, t.binary('sub', get(n), t.int(1))), t.call(self, t.binary('sub', get(n), t.int(2))))),
  ]);
  assert.equal(code, ['RETLTI r0 r0 2', 'ADDI r3 r0 -1', 'CALL r1 r3 0', 'ADDI r4 r0 -2', 'CALL r2 r4 0', 'ADD r1 r1 r2', 'RET r1']);
});

test('conditional returns: LT, LE and EQ with an immediate', () => {
  const with_ = (op: 'lt' | 'le' | 'eq' | 'gt'): string[] =>
    codeOf([a], INT, () => [t.if_(t.compare(op, get(a), t.int(2)), [t.ret(get(a))]), t.ret(t.int(0))]);
  assert.is(with_('lt')[0], 'RETLTI r0 r0 2');
  assert.is(with_('le')[0], 'RETLEI r0 r0 2');
  assert.is(with_('eq')[0], 'RETEQI r0 r0 2');
  assert.equal(with_('gt'), ['JLEI r0 2 →2', 'RET r0', 'LDI r1 0', 'RET r1']);
});

test('assignment computes into the local', () => {
  assert.equal(codeOf([a, b], UNIT, () => [t.set(a, t.add(get(a), get(b)))]), ['ADD r0 r0 r1', 'RET0']);
  assert.equal(codeOf([a, b], UNIT, () => [t.set(a, get(b)), t.set(a, get(a))]), ['MOV r0 r1', 'RET0']);
});

test('a local as destination is not scratch space', () => {
  // a = (a * b) + a: the product must not overwrite a.
  const code = codeOf([a, b], UNIT, () => [t.set(a, t.add(t.binary('mul', get(a), get(b)), get(a)))]);
  assert.equal(code, ['MUL r2 r0 r1', 'ADD r0 r2 r0', 'RET0']);
});

test('sums of products accumulate in the destination', () => {
  const times = (l: Local, r: Local): Expr => t.binary('mul', get(l), get(r));
  assert.equal(codeOf([a, b], UNIT, () => [t.set(a, t.add(get(a), times(b, b)))]), ['MADD r0 r1 r1', 'RET0']);
  assert.equal(codeOf([a, b], UNIT, () => [t.set(a, t.binary('sub', get(a), times(a, b)))]), ['MSUB r0 r0 r1', 'RET0']);
  assert.equal(valueOf([x, y], t.add(t.add(times(x, x), times(y, y)), times(x, y))), ['FMUL r2 r0 r0', 'FMADD r2 r1 r1', 'FMADD r2 r0 r1', 'RET r2']);
  assert.equal(valueOf([x, y], t.binary('sub', get(x), times(y, y))), ['FMUL r2 r1 r1', 'FSUB r2 r0 r2', 'RET r2']);
});

test('float sums take their product or difference in one instruction', () => {
  const z = t.local('z', FLOAT);
  const times = (l: Local, r: Local): Expr => t.binary('mul', get(l), get(r));
  const minus = (l: Local, r: Local): Expr => t.binary('sub', get(l), get(r));
  const into = (target: Local, value: Expr): string[] => codeOf([x, y, z], UNIT, () => [t.set(target, value)]).slice(0, -1);
  assert.equal(into(z, t.add(times(x, y), get(z))), ['FMADD r2 r0 r1']);
  assert.equal(into(z, t.add(times(x, x), get(y))), ['MOV r2 r1', 'FMADD r2 r0 r0']);
  assert.equal(into(z, t.add(minus(x, y), get(x))), ['MOV r2 r0', 'FADDSUB r2 r0 r1']);
  // The destination is a factor: it may not be overwritten before the product.
  assert.equal(into(x, t.add(times(x, y), get(z))), ['FMULADD r0 r1 r2']);
  assert.equal(into(x, t.add(get(z), times(y, x))), ['FMUL r3 r1 r0', 'FADD r0 r2 r3']);
  assert.equal(into(x, t.add(minus(x, y), get(z))), ['FSUB r3 r0 r1', 'FADD r0 r3 r2']);
  // Constants have instructions of their own.
  assert.equal(into(z, t.add(t.binary('mul', get(x), t.float(2)), get(y))), ['FMULK r3 r0 0', 'FADD r2 r3 r1']);
});

test('integer immediates', () => {
  const one = (op: Parameters<typeof t.binary>[0], k: number | bigint): string => valueOf([a], t.binary(op, get(a), t.int(k)))[0]!;
  assert.is(one('add', 5), 'ADDI r1 r0 5');
  assert.is(one('sub', 5), 'ADDI r1 r0 -5');
  assert.is(one('mul', 3), 'MULI r1 r0 3');
  assert.is(one('div', 10), 'DIVI r1 r0 10');
  assert.is(one('rem', -7), 'REMI r1 r0 -7');
  assert.is(one('bitAnd', 255), 'BANDI r1 r0 255');
  assert.is(one('shl', 3), 'SHLI r1 r0 3');
  assert.is(one('shr', 63), 'SHRI r1 r0 63');
  assert.is(valueOf([a], t.add(t.int(5), get(a)))[0], 'ADDI r1 r0 5');
  // Limits of the immediate and divisors it must not have.
  assert.equal(valueOf([a], t.binary('sub', get(a), t.int(-32768))), ['LDI r1 -32768', 'SUB r1 r0 r1', 'RET r1']);
  for (const k of [0, -1]) assert.equal(valueOf([a], t.binary('div', get(a), t.int(k))), [`LDI r1 ${k}`, 'DIV r1 r0 r1', 'RET r1']);
  assert.equal(valueOf([a], t.binary('shl', get(a), t.int(64))), ['LDI r1 64', 'SHL r1 r0 r1', 'RET r1']);
  assert.equal(valueOf([a], t.add(get(a), t.int(40000))), ['LDI r1 40000', 'ADD r1 r0 r1', 'RET r1']);
  assert.equal(valueOf([a], t.add(get(a), t.int(1n << 40n))), ['LDK r1 0', 'ADD r1 r0 r1', 'RET r1']);
});

test('float constants come from the pool', () => {
  const k = (op: Parameters<typeof t.binary>[0]): string[] => [
    valueOf([x], t.binary(op, get(x), t.float(2.5)))[0]!, valueOf([x], t.binary(op, t.float(2.5), get(x)))[0]!,
  ];
  assert.equal(k('add'), ['FADDK r1 r0 0', 'FADDK r1 r0 0']);
  assert.equal(k('sub'), ['FSUBK r1 r0 0', 'FRSUBK r1 r0 0']);
  assert.equal(k('mul'), ['FMULK r1 r0 0', 'FMULK r1 r0 0']);
  assert.equal(k('div'), ['FDIVK r1 r0 0', 'FRDIVK r1 r0 0']);
  assert.equal(valueOf([x], t.binary('rem', get(x), t.float(2.5))), ['LDK r1 0', 'FREM r1 r0 r1', 'RET r1']);
});

test('folding keeps what can throw', () => {
  const max = (1n << 63n) - 1n;
  assert.equal(valueOf([], t.add(t.int(2), t.binary('mul', t.int(3), t.int(4)))), ['LDI r0 14', 'RET r0']);
  assert.equal(valueOf([], t.binary('div', t.int(-7), t.int(2))), ['LDI r0 -3', 'RET r0']);
  assert.equal(valueOf([], t.binary('rem', t.int(-7), t.int(2))), ['LDI r0 -1', 'RET r0']);
  assert.equal(valueOf([], t.binary('wrapAdd', t.int(max), t.int(1))), ['LDK r0 0', 'RET r0']);
  assert.equal(valueOf([], t.add(t.int(max), t.int(1))), ['LDK r0 0', 'ADDI r0 r0 1', 'RET r0']);
  assert.equal(valueOf([], t.binary('div', t.int(1), t.int(0))), ['LDI r0 1', 'LDI r1 0', 'DIV r0 r0 r1', 'RET r0']);
  assert.equal(valueOf([], t.binary('shl', t.int(1), t.int(64))).slice(-2), ['SHL r0 r0 r1', 'RET r0']);
  const neg = (operand: Expr): Expr => t.node({ kind: 'unary', op: 'neg', operand, type: operand.type });
  assert.equal(valueOf([], neg(t.int(-max - 1n))), ['LDK r0 0', 'NEG r0 r0', 'RET r0']);
  assert.equal(valueOf([], neg(t.int(5))), ['LDI r0 -5', 'RET r0']);
  assert.equal(valueOf([], t.binary('div', t.float(0), t.float(0))).slice(-2)[0], 'FDIVK r0 r0 0');
  assert.equal(valueOf([], t.binary('mul', t.float(0.5), t.float(0))), ['LDI r0 0', 'RET r0']);
});

test('native square root and lengths are instructions', () => {
  assert.equal(valueOf([x], t.native('sqrt', FLOAT, get(x))), ['FSQRT r1 r0', 'RET r1']);
  assert.equal(valueOf([s], t.native('string_len', INT, get(s))), ['LEN r1 r0', 'RET r1']);
});

test('strict left to right: an operand that a later one assigns is copied', () => {
  const branch = t.node({
    kind: 'if', condition: t.compare('eq', get(b), t.int(0)), type: INT, otherwise: t.int(1),
    then: t.node({ kind: 'blockExpr', block: t.block(t.set(a, t.int(2))), value: get(a), type: INT }),
  });
  assert.equal(valueOf([a, b], t.add(get(a), branch)), [
    'MOV r2 r0', 'JNEI r1 0 →5', 'LDI r0 2', 'MOV r3 r0', 'JMP →6', 'LDI r3 1', 'ADD r2 r2 r3', 'RET r2',
  ]);
  // Nothing is copied when the other side only reads.
  assert.equal(valueOf([a, b], t.add(get(a), t.binary('mul', get(a), get(b)))), ['MUL r2 r0 r1', 'ADD r2 r0 r2', 'RET r2']);
});

test('conditions become jumps', () => {
  const cond = (e: Expr): string[] => codeOf([a, b, x, y], UNIT, () => [t.if_(e, [t.set(a, t.int(9))])]);
  const skip = (e: Expr): string => cond(e)[0]!;
  assert.is(skip(t.compare('lt', get(a), get(b))), 'JLE r1 r0 →2');
  assert.is(skip(t.compare('ge', get(a), get(b))), 'JLT r0 r1 →2');
  assert.is(skip(t.compare('gt', t.int(3), get(a))), 'JGEI r0 3 →2');
  assert.is(skip(t.compare('ne', get(a), t.int(3))), 'JEQI r0 3 →2');
  assert.is(skip(t.not(t.compare('lt', get(a), get(b)))), 'JLT r0 r1 →2');
  assert.is(skip(t.compare('lt', get(x), get(y))), 'JFNLT r2 r3 →2');
  assert.is(skip(t.compare('ge', get(x), get(y))), 'JFNLE r3 r2 →2');
  assert.is(skip(t.not(t.compare('gt', get(x), get(y)))), 'JFLT r3 r2 →2');
  assert.equal(cond(t.and(t.compare('lt', get(a), t.int(1)), t.compare('lt', get(b), t.int(2)))).slice(0, 3),
    ['JGEI r0 1 →3', 'JGEI r1 2 →3', 'LDI r0 9']);
  assert.equal(cond(t.or(t.compare('lt', get(a), t.int(1)), t.compare('lt', get(b), t.int(2)))).slice(0, 3),
    ['JLTI r0 1 →2', 'JGEI r1 2 →3', 'LDI r0 9']);
  assert.equal(cond(t.bool(true)), ['LDI r0 9', 'RET0']);
  assert.equal(cond(t.bool(false)), ['RET0']);
});

test('comparisons as values', () => {
  assert.equal(valueOf([a, b], t.compare('gt', get(a), get(b))), ['LT r2 r1 r0', 'RET r2']);
  assert.equal(valueOf([x, y], t.compare('le', get(x), get(y))), ['FLE r2 r0 r1', 'RET r2']);
  assert.equal(valueOf([s], t.compare('ne', get(s), get(s))), ['STREQ r1 r0 r0', 'NOT r1 r1', 'RET r1']);
  assert.equal(valueOf([s], t.compare('lt', get(s), get(s))), ['STRCMP r2 r0 r0', 'JGEI r2 0 →4', 'LDI r1 1', 'RET r1', 'LDI r1 0', 'RET r1']);
});

test('while: tested before and at the bottom, by one polling jump', () => {
  const code = codeOf([a, b], UNIT, () => [t.while_(t.compare('lt', get(a), get(b)), [t.set(a, t.add(get(a), t.int(1)))])]);
  assert.equal(code, ['JLE r1 r0 →3', 'ADDI r0 r0 1', 'LJLT r0 r1 →1', 'RET0']);
});

test('while: a condition with a call is tested in one place only', () => {
  const code = codeOf([a], INT, (self) => [t.while_(t.compare('lt', t.call(self, get(a)), t.int(3)), [t.set(a, t.int(1))]), t.ret(get(a))]);
  assert.equal(code, ['JMP →2', 'LDI r0 1', 'MOV r3 r0', 'CALL r1 r3 0', 'LJLTI r1 3 →1', 'RET r0']);
});

test('while: conditions without a polling jump go around a LOOP', () => {
  const code = codeOf([a, b], UNIT, () => [t.while_(t.compare('eq', get(a), get(b)), [t.set(a, t.int(1))])]);
  assert.equal(code, ['JNE r0 r1 →4', 'LDI r0 1', 'JNE r0 r1 →4', 'LOOP →1', 'RET0']);
});

test('break and continue turn the branch around', () => {
  const label = t.label();
  const code = codeOf([a], UNIT, () => [t.while_(undefined, [
    t.if_(t.compare('lt', get(a), t.int(0)), [t.break_(label)]),
    t.if_(t.compare('lt', get(a), t.int(9)), [t.continue_(label)]),
    t.set(a, t.int(1)),
  ], label)]);
  assert.equal(code, ['JLTI r0 0 →4', 'LJLTI r0 9 →0', 'LDI r0 1', 'LOOP →0', 'RET0']);
});

test('ranges: the variable is the counter unless somebody assigns to it', () => {
  const i = t.local('i', INT);
  const body = [t.set(a, t.add(get(a), get(i)))];
  assert.equal(codeOf([a, b], UNIT, () => [t.range(i, t.int(1), get(b), body)]),
    ['LDI r2 1', 'MOV r3 r1', 'JLT r3 r2 →5', 'ADD r0 r0 r2', 'FORLOOP r2 →3', 'RET0']);
  const j = t.local('j', INT, { reassigned: true });
  assert.equal(codeOf([b], UNIT, () => [t.range(j, t.int(1), get(b), [t.set(j, t.int(7))])]),
    ['LDI r1 1', 'MOV r2 r0', 'JLT r2 r1 →6', 'MOV r3 r1', 'LDI r3 7', 'FORLOOP r1 →3', 'RET0']);
});

test('ranges: constant bounds need no guard when the first turn is certain', () => {
  const i = t.local('i', INT);
  const run = (from: number, to: number | bigint, inclusive = true): string[] => codeOf([], UNIT, () => [t.range(i, t.int(from), t.int(to), [], { inclusive })]);
  assert.equal(run(1, 3), ['LDI r0 1', 'LDI r1 3', 'FORLOOP r0 →2', 'RET0']);
  assert.equal(run(0, 3, false), ['LDI r0 0', 'LDI r1 2', 'FORLOOP r0 →2', 'RET0']);
  assert.equal(run(0, 0, false), ['LDI r0 0', 'LDI r1 -1', 'JGTI r0 -1 →4', 'FORLOOP r0 →3', 'RET0']);
  // The smallest integer as exclusive end: subtracting one would overflow.
  assert.equal(run(0, -(1n << 63n), false).slice(1, 4), ['LDK r1 0', 'JLE r1 r0 →5', 'ADDI r1 r1 -1']);
});

test('ranges: exclusive ends are guarded before one is subtracted', () => {
  const i = t.local('i', INT);
  assert.equal(codeOf([a, b], UNIT, () => [t.range(i, get(a), get(b), [], { inclusive: false })]),
    ['MOV r2 r0', 'MOV r3 r1', 'JLE r3 r2 →5', 'ADDI r3 r3 -1', 'FORLOOP r2 →4', 'RET0']);
  assert.equal(codeOf([a, b], UNIT, () => [t.range(i, get(a), get(b), [], { inclusive: false, step: t.int(-2) })]),
    ['MOV r2 r0', 'MOV r3 r1', 'LDI r4 -2', 'JLE r2 r3 →7', 'ADDI r3 r3 1', 'FORPREP r2 →7', 'FORSTEP r2 →6', 'RET0']);
});

test('ranges with a step', () => {
  const i = t.local('i', INT);
  assert.equal(codeOf([a, b], UNIT, () => [t.range(i, get(a), get(b), [], { step: get(b) })]),
    ['MOV r2 r0', 'MOV r3 r1', 'MOV r4 r1', 'FORPREP r2 →5', 'FORSTEP r2 →4', 'RET0']);
  const dynamic = codeOf([a, b], UNIT, () => [t.range(i, get(a), get(b), [], { step: get(b), inclusive: false })]);
  assert.equal(dynamic.slice(3, 10), ['JLEI r4 0 →7', 'JLE r3 r2 →12', 'ADDI r3 r3 -1', 'JMP →10', 'JEQI r4 0 →10', 'JLE r2 r3 →12', 'ADDI r3 r3 1']);
});

test('constants of a loop are loaded before the outermost loop', () => {
  const flags = t.local('旗', t.list(BOOL));
  const i = t.local('i', INT);
  const k = t.local('k', INT);
  const store = t.stmt({ kind: 'assignIndex', target: get(flags), index: get(k), value: t.bool(false) });
  const code = codeOf([flags, a], UNIT, () => [t.range(i, t.int(1), t.int(9), [t.range(k, get(i), get(a), [store])]), t.while_(t.compare('lt', get(a), t.int(90000)), [t.set(a, t.add(get(a), t.int(1)))])]);
  assert.equal(code, [
    'LDI r4 1', 'LDI r5 9', 'LDI r2 0', 'MOV r6 r4', 'MOV r7 r1', 'JLT r7 r6 →8', 'LSETB r0 r6 r2', 'FORLOOP r6 →6', 'FORLOOP r4 →3',
    'LDI r3 90000', 'JLE r3 r1 →13', 'ADDI r1 r1 1', 'LJLT r1 r3 →11', 'RET0',
  ]);
});

test('calls: nested windows, results where they are wanted', () => {
  const code = codeOf([a, b], INT, (self) => [t.set(a, t.call(self, get(a), t.call(self, get(b), t.int(1)))), t.ret(get(a))]);
  assert.equal(code, ['MOV r4 r0', 'MOV r7 r1', 'LDI r8 1', 'CALL r5 r7 0', 'CALL r0 r4 0', 'RET r0']);
});

test('natives take locals that already stand in a row', () => {
  assert.equal(codeOf([s], UNIT, () => [t.printLine(get(s))]), ['NATIVE r1 r0 0', 'RET0']);
  assert.equal(codeOf([s], UNIT, () => [t.printLine(t.str('甲'))]), ['LDSTR r1 0', 'NATIVE r1 r1 0', 'RET0']);
});

test('lists, strings, dictionaries', () => {
  const xs = t.local('列', t.list(INT));
  const fs = t.local('旗', t.list(BOOL));
  const d = t.local('典', t.dictOf(STRING, INT));
  const index = (target: Expr, i: Expr, type: Type): Expr => t.node({ kind: 'index', target, index: i, type });
  assert.equal(valueOf([xs, a], index(get(xs), get(a), INT)), ['LGET r2 r0 r1', 'RET r2']);
  assert.equal(valueOf([fs, a], index(get(fs), get(a), BOOL)), ['LGETB r2 r0 r1', 'RET r2']);
  assert.equal(valueOf([s, a], index(get(s), get(a), CHAR)), ['STRAT r2 r0 r1', 'RET r2']);
  assert.equal(valueOf([d, s], index(get(d), get(s), INT)), ['DGET r2 r0 r1', 'RET r2']);
  assert.equal(valueOf([xs], t.node({ kind: 'len', operand: get(xs), type: INT })), ['LEN r1 r0', 'RET r1']);
  assert.equal(codeOf([xs, a], UNIT, () => [t.stmt({ kind: 'assignIndex', target: get(xs), index: get(a), value: get(a) })]), ['LSET r0 r1 r1', 'RET0']);
  assert.equal(codeOf([fs, a], UNIT, () => [t.stmt({ kind: 'assignIndex', target: get(fs), index: get(a), value: t.bool(true) })]), ['LDI r2 1', 'LSETB r0 r1 r2', 'RET0']);
  assert.equal(valueOf([a, b], t.node({ kind: 'list', elems: [get(a), get(b)], type: t.list(INT) })).slice(0, 3), ['MOV r2 r0', 'MOV r3 r1', 'NEWLIST r2 2 3']);
  assert.equal(valueOf([s], t.node({ kind: 'concat', parts: [get(s), t.str('！')], type: STRING })), ['MOV r1 r0', 'LDSTR r2 0', 'CONCAT r1 2', 'RET r1']);
});

test('long literals are built in runs', () => {
  const list = valueOf([], t.node({ kind: 'list', elems: Array.from({ length: 100 }, (_, i) => t.int(i)), type: t.list(INT) }));
  assert.is(list.filter((l) => l.startsWith('NEWLIST')).join(), 'NEWLIST r0 48 3');
  assert.is(list.filter((l) => l.startsWith('PUSH')).length, 52);
  const concat = valueOf([s], t.node({ kind: 'concat', parts: Array.from({ length: 100 }, () => get(s)), type: STRING }));
  assert.equal(concat.filter((l) => l.startsWith('CONCAT')), ['CONCAT r1 48', 'CONCAT r1 48', 'CONCAT r1 6']);
});

test('options', () => {
  const o = t.local('o', t.option(INT));
  const none = t.node({ kind: 'none', type: o.type });
  assert.equal(valueOf([o], t.node({ kind: 'unwrap', option: get(o), type: INT })), ['UNWRAP r1 r0', 'RET r1']);
  assert.equal(valueOf([o], t.node({ kind: 'optionOr', option: get(o), fallback: t.int(3), type: INT })), ['LDI r1 3', 'JNONE r0 →3', 'UNWRAP r1 r0', 'RET r1']);
  assert.equal(codeOf([o], UNIT, () => [t.if_(t.compare('eq', get(o), none), [t.ret()], [t.run(t.native('check_cancel', UNIT))])]).slice(0, 2), ['JSOME r0 →2', 'RET0']);
  assert.equal(codeOf([o], UNIT, () => [t.if_(t.compare('ne', none, get(o)), [t.run(t.native('check_cancel', UNIT))])])[0], 'JNONE r0 →2');
});

test('boxed locals live in cells, loop variables in fresh ones', () => {
  const cell = t.local('共', INT, { boxed: true, reassigned: true });
  const i = t.local('i', INT, { boxed: true });
  assert.equal(codeOf([], UNIT, () => [t.let_(cell), t.set(cell, t.int(1)), t.set(cell, t.add(get(cell), t.int(1)))]),
    ['EMPTYCELL r0 3', 'LDI r1 1', 'STCELL r0 r1', 'LDCELL r1 r0', 'ADDI r1 r1 1', 'STCELL r0 r1', 'RET0']);
  assert.equal(codeOf([], UNIT, () => [t.range(i, t.int(1), t.int(3), [t.printLine(t.str('甲'))])]),
    ['LDI r0 1', 'LDI r1 3', 'NEWCELL r2 r0 3', 'LDSTR r3 0', 'NATIVE r3 r3 0', 'FORLOOP r0 →2', 'RET0']);
  assert.equal(codeOf([t.local('参', INT, { boxed: true })], UNIT, () => []), ['NEWCELL r0 r0 3', 'RET0']);
});

test('closures load their captures once, thunks are shared', () => {
  const p = new t.TestProgram();
  const outer = t.local('外', INT);
  const inner = t.local('外', INT);
  const fn = t.local('函', t.funcType([INT], INT));
  const parameter = t.local('甲', INT);
  const main = p.func([], UNIT, () => []);
  const closure = p.func([parameter], INT, () => [t.ret(t.add(get(parameter), get(inner)))], { kind: 'closure', captures: [{ outer, inner }] });
  const named = p.func([t.local('甲', INT)], INT, () => [t.ret(t.int(1))]);
  const ref = t.node({ kind: 'funcRef', func: named, type: fn.type });
  const user = p.func([], INT, () => [
    t.let_(outer, t.int(1)), t.let_(fn, t.node({ kind: 'closure', func: closure, type: fn.type })), t.set(fn, ref), t.set(fn, ref),
    t.ret(t.node({ kind: 'callClosure', callee: get(fn), args: [t.int(2)], type: INT })),
  ]);
  const { functions } = lower(p.build(main));
  assert.equal(dumpFunction(functions[closure.index]!), ['LDCAP r2 r0 0', 'ADD r3 r1 r2', 'RET r3']);
  assert.equal(dumpFunction(functions[user.index]!),
    ['LDI r0 1', 'CLOSURE r1 r0 1', 'CLOSURE r1 r1 4', 'CLOSURE r1 r1 4', 'MOV r4 r1', 'LDI r5 2', 'CALLC r2 r4 1', 'RET r2']);
  assert.is(functions.length, 5);
  assert.equal(dumpFunction(functions[4]!), ['MOV r4 r1', 'CALL r2 r4 2', 'RET r2']);
});

test('coroutines: loops over them make no options of raw values', () => {
  const c = t.local('c', t.coroutineType(INT));
  const i = t.local('i', INT);
  assert.equal(codeOf([c, a], UNIT, () => [t.each(i, get(c), [t.set(a, t.add(get(a), get(i)))])]),
    ['MOV r2 r0', 'JMP →3', 'ADD r1 r1 r3', 'RESUME r3 r2', 'LJNEI r4 0 →2', 'RET0']);
  const text = t.local('文', STRING);
  const g = t.local('g', t.coroutineType(STRING));
  assert.equal(codeOf([g], UNIT, () => [t.each(text, get(g), [])]), ['MOV r1 r0', 'JMP →3', 'UNWRAP r4 r2', 'RESUME r2 r1', 'LJNEI r3 0 →2', 'RET0']);
  const resume = t.node({ kind: 'resume', coroutine: get(c), value: undefined, type: t.option(INT) });
  assert.equal(valueOf([c], resume), ['RESUME r2 r0', 'JF r3 →4', 'SOME r1 r2 3', 'RET r1', 'NONE r1 3', 'RET r1']);
  assert.equal(codeOf([c], UNIT, () => [t.while_(t.node({ kind: 'isSome', option: resume, type: BOOL }), [])]), ['RESUME r1 r0', 'LJNEI r2 0 →0', 'RET0']);
  assert.equal(codeOf([c], UNIT, () => [t.run(t.node({ kind: 'awaitCoroutine', coroutine: get(c), type: UNIT }))]),
    ['NATIVE r2 r0 0', 'JT r2 →4', 'RESUME r2 r0', 'LJNEI r3 0 →2', 'CORORESULT r1 r0', 'RET0']);
});

test('for over a list starts at its LISTNEXT', () => {
  const xs = t.local('列', t.list(INT));
  const v = t.local('v', INT);
  assert.equal(codeOf([xs, a], UNIT, () => [t.each(v, get(xs), [t.set(a, t.add(get(a), get(v)))])]),
    ['MOV r2 r0', 'ITER r2 r2', 'JMP →4', 'ADD r1 r1 r5', 'LISTNEXT r2 →3', 'RET0']);
  const i = t.local('i', INT);
  assert.equal(codeOf([xs, a], UNIT, () => [t.each(i, get(xs), [t.set(a, get(i))], v)]).slice(3, 6), ['ADDI r6 r3 -1', 'MOV r1 r6', 'LISTNEXT r2 →3']);
});

test('select: operands, one word per case, then the bodies', () => {
  const c = t.local('c', t.channel(INT));
  const v = t.local('v', INT);
  const code = codeOf([c], INT, () => [
    t.select_(
      { kind: 'receive', channel: get(c), value: v, ok: undefined, assigns: false, zero: undefined, body: t.block(t.ret(get(v))), span: t.span },
      { kind: 'send', channel: get(c), value: t.int(5), body: t.block(t.ret(t.int(1))), span: t.span },
      { kind: 'timeout', milliseconds: t.int(10), body: t.block(t.ret(t.int(2))), span: t.span },
    ),
    t.ret(t.int(3)),
  ]);
  assert.equal(code, [
    'LDI r1 5', 'LDI r2 10', 'SELECT 3', 'SEL_RECV r0 r3 →6', 'SEL_SEND r0 r1 →11', 'SEL_TIMEOUT r2 →13',
    'JT r4 →9', 'RECV r5 r0', 'RET r5', 'MOV r5 r3', 'RET r5', 'LDI r5 1', 'RET r5', 'LDI r5 2', 'RET r5',
  ]);
});

test('conditions of every shape', () => {
  const inner = (value: Expr): Expr => t.node({ kind: 'blockExpr', block: t.block(t.set(a, t.int(1))), value, type: BOOL });
  const chosen = t.node({ kind: 'if', condition: t.compare('lt', get(a), t.int(0)), then: t.bool(true), otherwise: t.compare('gt', get(b), t.int(5)), type: BOOL });
  assert.equal(codeOf([a, b], UNIT, () => [t.if_(inner(t.compare('lt', get(a), get(b))), [t.set(a, t.int(2))])]),
    ['LDI r0 1', 'JLE r1 r0 →3', 'LDI r0 2', 'RET0']);
  assert.equal(codeOf([a, b], UNIT, () => [t.if_(chosen, [t.set(a, t.int(2))])]), ['JLTI r0 0 →2', 'JLEI r1 5 →3', 'LDI r0 2', 'RET0']);
  const flag = t.local('旗', BOOL);
  assert.equal(codeOf([flag, a], UNIT, () => [t.while_(get(flag), [t.set(a, t.int(2))])]), ['JF r0 →3', 'LDI r1 2', 'LJNEI r0 0 →1', 'RET0']);
  assert.equal(codeOf([flag, a], UNIT, () => [t.while_(t.not(get(flag)), [t.set(a, t.int(2))])]), ['JT r0 →4', 'LDI r1 2', 'JT r0 →4', 'LOOP →1', 'RET0']);
  const thrown = t.node({ ...t.diverge(t.throw_(t.error('坏'))), type: BOOL });
  assert.equal(codeOf([a], UNIT, () => [t.if_(thrown, [t.set(a, t.int(2))])]).map((l) => l.split(' ')[0]), ['LDSTR', 'NATIVE', 'THROW']);
  const o = t.local('o', t.option(INT));
  assert.equal(codeOf([o, a], UNIT, () => [t.while_(t.node({ kind: 'isSome', option: get(o), type: BOOL }), [t.set(a, t.int(2))])]),
    ['JNONE r0 →4', 'LDI r1 2', 'JNONE r0 →4', 'LOOP →1', 'RET0']);
  assert.equal(codeOf([a], UNIT, () => [t.while_(t.or(t.compare('lt', get(a), t.int(0)), t.compare('gt', get(a), t.int(9))), [t.set(a, t.int(2))])]),
    ['JLTI r0 0 →2', 'JLEI r0 9 →5', 'LDI r0 2', 'LJLTI r0 0 →2', 'LJGTI r0 9 →2', 'RET0']);
});

test('values nobody wants are not made, their effects are', () => {
  const f = t.native('now_ms', INT);
  const discards = (e: Expr): string[] => codeOf([a, s], UNIT, () => [t.run(e)]).map((l) => l.split(' ')[0]!);
  for (const e of [t.int(1), t.float(1), t.bool(true), t.char('字'), t.str('文'), t.unit, get(a)]) assert.equal(discards(e), ['RET0']);
  assert.equal(discards(t.node({ kind: 'some', value: f, type: t.option(INT) })), ['NATIVE', 'RET0']);
  assert.equal(discards(t.node({ kind: 'if', condition: t.compare('lt', get(a), t.int(1)), then: f, otherwise: t.unit, type: UNIT })), ['JGEI', 'NATIVE', 'RET0']);
  assert.equal(discards(t.node({ kind: 'blockExpr', block: t.block(t.set(a, t.int(1))), value: f, type: INT })), ['LDI', 'NATIVE', 'RET0']);
  assert.equal(discards(t.diverge(t.ret())), ['RET0']);
  // A checked operation may throw: it is done for that.
  assert.equal(discards(t.add(get(a), get(a))), ['ADD', 'RET0']);
  const cell = t.local('共', INT, { boxed: true });
  assert.equal(codeOf([], UNIT, () => [t.let_(cell), t.run(get(cell))]), ['EMPTYCELL r0 3', 'LDCELL r1 r0', 'RET0']);
});

test('空 as a value of what has none', () => {
  const u = t.local('u', UNIT);
  const xs = t.local('列', t.list(INT));
  assert.equal(codeOf([xs], UNIT, () => [t.let_(u, t.node({ kind: 'push', list: get(xs), value: t.int(1), type: UNIT }))]).slice(1), ['PUSH r0 r2', 'LDI r1 0', 'RET0']);
  assert.equal(codeOf([a], UNIT, () => [t.let_(u, t.node({ kind: 'sleep', milliseconds: get(a), type: UNIT }))]), ['SLEEP r0', 'LDI r1 0', 'RET0']);
});

test('a call that never returns ends the flow', () => {
  const p = new t.TestProgram();
  const main = p.func([], UNIT, () => []);
  const fails = p.func([], NEVER, () => [t.throw_(t.error('坏'))]);
  const user = p.func([a], STRING, () => [t.ret(t.node({ kind: 'if', condition: t.compare('lt', get(a), t.int(0)), then: t.str('负'), otherwise: t.call(fails), type: STRING }))]);
  const { functions } = lower(p.build(main));
  assert.equal(dumpFunction(functions[user.index]!), ['JGEI r0 0 →3', 'LDSTR r1 1', 'RET r1', 'CALL r2 r4 1', 'LOOP →4']);
});

test('operands that stay in registers while others run', () => {
  // Every kind of node is asked whether it may assign; here none does, so nothing is copied.
  const xs = t.local('列', t.list(INT));
  const o = t.local('o', t.option(INT));
  const ch = t.local('c', t.channel(INT));
  const fut = t.local('f', t.future(INT));
  const d = t.local('典', t.dictOf(STRING, INT));
  const fn = t.local('函', t.funcType([INT], INT));
  const co = t.local('协', t.coroutineType(INT, INT, INT));
  const def = t.structDef('点', ['x', INT]);
  const later: Expr[] = [
    t.node({ kind: 'len', operand: get(xs), type: INT }), t.node({ kind: 'unwrap', option: get(o), type: INT }),
    t.node({ kind: 'optionOr', option: get(o), fallback: t.int(1), type: INT }), t.node({ kind: 'receive', channel: get(ch), type: INT }),
    t.node({ kind: 'await', future: get(fut), type: INT }), t.node({ kind: 'callClosure', callee: get(fn), args: [t.int(1)], type: INT }),
    t.node({ kind: 'awaitCoroutine', coroutine: get(co), type: INT }),
    t.node({ kind: 'unwrap', option: t.node({ kind: 'resume', coroutine: get(co), value: t.int(1), type: t.option(INT) }), type: INT }),
    t.node({ kind: 'unwrap', option: t.node({ kind: 'dictFind', dict: get(d), key: get(s), type: t.option(INT) }), type: INT }),
    t.node({ kind: 'unwrap', option: t.node({ kind: 'receiveOption', channel: get(ch), type: t.option(INT) }), type: INT }),
    t.node({ kind: 'field', object: t.node({ kind: 'struct', def, fields: [{ field: 0, value: t.int(1) }], type: t.struct(def) }), field: 0, type: INT }),
    t.node({ kind: 'len', operand: t.node({ kind: 'fill', value: t.int(1), count: t.int(2), type: t.list(INT) }), type: INT }),
    t.node({ kind: 'len', operand: t.node({ kind: 'dict', entries: [{ key: t.str('k'), value: t.int(2) }], type: d.type }), type: INT }),
    t.node({ kind: 'len', operand: t.node({ kind: 'concat', parts: [get(s), get(s)], type: STRING }), type: INT }),
  ];
  for (const e of later) {
    const code = valueOf([a, xs, o, ch, fut, d, fn, co, s], t.add(get(a), e));
    assert.match(code[code.length - 2]!, /^ADD r9 r0 r\d+$/, e.kind);
  }
});

test.run();
