import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorsOf, tree } from './show.test-helper.js';

function table(cases: readonly (readonly [string, string])[]): void {
  for (const [source, wanted] of cases) assert.is(tree(source), wanted, source);
}

test('`{` at the start of a statement is a block', () => {
  table([
    ['{ a }', '{a}'],
    ['{}', '{}'],
    ['x = {}', 'Assign([x], [Map([])])'],
    ['f = () => { a }', 'Assign([f], [Closure([], {a})])'],
    ['如果 点 { x }', 'If(点, {x})'],
    ['当 点 { x }', 'While(点, {x})'],
    ['如果 (点 { x: 1 }).x { y }', 'If(Member(Struct(点, [x: 1]), x), {y})'],
    ['如果 f(点 { x: 1 }) { y }', 'If(Call(f, [Struct(点, [x: 1])]), {y})'],
    ['对于 x 在 集 { y }', 'ForIn([x], 集, {y})'],
    ['匹配 点 { _ => 1 }', 'Match(点, [MatchArm(Wildcard(), 1)])'],
  ]);
});

test('statements end at ; newline } and the end; block statements at their }', () => {
  table([
    ['a; b；c\nd', 'a; b; c; d'],
    ['如果 a { b } c', 'If(a, {b}); c'],
    ['{ a } { b }', '{a}; {b}'],
    ['当 a { } 循环 { } x', 'While(a, {}); Loop({}); x'],
    ['启动 { a } b', 'Detach({a}); b'],
    ['并发 { a } b', 'Concurrent({a}); b'],
    [';;a;', 'a'],
  ]);
  assert.is(errorsOf('a b'), '');
  assert.is(errorsOf('f(1) f(2)'), 'E2003 1:6');
  assert.is(errorsOf('变量 a = 1 变量 b = 2'), 'E2003 1:10');
});

test('assignment', () => {
  table([
    ['a = 1', 'Assign([a], [1])'],
    ['a, b = b, a', 'Assign([a, b], [b, a])'],
    ['a, b = f()', 'Assign([a, b], [Call(f)])'],
    ['(a, b) = f()', 'Assign([a, b], [Call(f)])'],
    ['v, 成 = <-c', 'Assign([v, 成], [Receive(c)])'],
    ['表[i], 点.x = 1, 2', 'Assign([Index(表, i), Member(点, x)], [1, 2])'],
    ['*p = 1', 'Assign([Deref(p)], [1])'],
    ['解引用 p = 1', 'Assign([Deref(p)], [1])'],
    ['任务 = 创建 f()', 'Assign([任务], [Spawn(Call(f))])'],
  ]);
  for (const op of ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>']) assert.is(tree(`a ${op}= b`), `Assign([a], op=${op}, [b])`);
  assert.is(errorsOf('1 = 2'), 'E2012 1:1');
  assert.is(errorsOf('f() += 2'), 'E2012 1:1');
  assert.is(errorsOf('a, b, c = 1, 2'), 'E2023 1:1');
  assert.is(errorsOf('a = 1, 2'), 'E2023 1:1');
  assert.is(errorsOf('a, b += 1'), 'E2023 1:1');
  assert.is(errorsOf('a = b = c'), 'E2011 1:7');
  assert.is(errorsOf('a := 3'), 'E2018 1:3');
  assert.is(errorsOf('如果 x = 1 { }'), 'E2011 1:6');
  assert.is(errorsOf('f(x = 1)'), 'E2011 1:5');
  assert.is(errorsOf('i++\nj--'), 'E2017 1:2, E2017 2:2');
});

test('sends are statements', () => {
  table([['c <- v', 'Send(c, v)'], ['f().c <- a + b', 'Send(Member(Call(f), c), (a + b))'], ['c\n<-d', 'c; Receive(d)']]);
});

test('loops and labels', () => {
  table([
    ['外: 循环 { 跳出 外 }', 'Loop(label=外, {Break(label=外)})'],
    ['外：\n当 a { 继续 外; 中断 }', 'While(label=外, a, {Continue(label=外); Break()})'],
    ['对于 x 在 集 { }', 'ForIn([x], 集, {})'],
    ['对于 集 中的 x { }', 'ForIn([x], 集, {})'],
    ['对于 f(a) 中的 k, v { }', 'ForIn([k, v], Call(f, [a]), {})'],
    ['对于 k, v 在 字典 { }', 'ForIn([k, v], 字典, {})'],
    ['对于 (a, b), _ 在 对 { }', 'ForIn([Tuple([a, b]), Wildcard()], 对, {})'],
    ['对于 i 从 a 到 b { }', 'ForRange(i, a, to=b, {})'],
    ['对于 i 从 a 减 1 到 b 加 1 步长 -2 { }', 'ForRange(i, (a - 1), to=(b + 1), step=(-2), {})'],
    ['外: 对于 (整数 i 从 1 到 2) { }', 'ForRange(label=外, i, 1, to=2, {})'],
    ['对于 (x 在 集) { }', 'ForIn([x], 集, {})'],
    ['对于 变量 x 在 0..10 { }', 'ForIn([x], Range(0, to=10), {})'],
    ['从 = 到 + 步长', 'Assign([从], [(到 + 步长)])'],
  ]);
  assert.is(errorsOf('外: 打印(1)'), 'E2015 1:1');
  assert.is(errorsOf('对于 x { }'), 'E2001 1:6');
  assert.is(errorsOf('对于 i 从 1 { }'), 'E2001 1:10');
});

test('尝试', () => {
  table([
    ['尝试 { a } 捕获 e { b }', 'Try({a}, [CatchClause(nameOrKind=e, {b})])'],
    ['尝试 { a } 捕获 { b }', 'Try({a}, [CatchClause({b})])'],
    ['尝试 { a }\n捕获 网络错误 作为 e { b }\n最终 { c }', 'Try({a}, [CatchClause([网络错误], binding=e, {b})], finally={c})'],
    ['尝试 { } 捕获 甲 | 乙 作为 e { } 捕获 库.丙 { }', 'Try({}, [CatchClause([甲, 乙], binding=e, {}), CatchClause([库.丙], {})])'],
    ['尝试 { } 捕获 (网络错误 e) { } 捕获 (e) { }', 'Try({}, [CatchClause([网络错误], binding=e, {}), CatchClause(nameOrKind=e, {})])'],
    ['尝试 { } 捕获 e: 网络错误 { }', 'Try({}, [CatchClause([网络错误], binding=e, {})])'],
    ['尝试 { } 终于 { }', 'Try({}, [], finally={})'],
    ['尝试 f()', 'Propagate(Call(f))'],
    ['最终 = 终于', 'Assign([最终], [终于])'],
  ]);
  assert.is(errorsOf('尝试 { }'), 'E2013 1:1');
});

test('匹配 and patterns', () => {
  table([
    ['匹配 v { 1 => a, _ => b }', 'Match(v, [MatchArm(Literal(1), a), MatchArm(Wildcard(), b)])'],
    ['匹配 v { -1 => a; "x" => b\n \'c\' => d\n 真 => e\n 空 => f }', 'Match(v, [MatchArm(Literal((-1)), a), MatchArm(Literal("x"), b), MatchArm(Literal(\'c\'), d), MatchArm(Literal(true), e), MatchArm(Literal(Unit()), f)])'],
    ['匹配 v { 1..5 => a, 1..=5 => b, ..0 => c, 甲.. => d, -2..-1 => e }', 'Match(v, [MatchArm(Range(1, to=5), a), MatchArm(Range(1, to=5, inclusive), b), MatchArm(Range(to=0), c), MatchArm(Range(甲), d), MatchArm(Range((-2), to=(-1)), e)])'],
    ['匹配 v { 成功(x) { a } 失败(_, y) { b } }', 'Match(v, [MatchArm(Variant([成功], [x]), {a}), MatchArm(Variant([失败], [Wildcard(), y]), {b})])'],
    ['匹配 v { 颜色::红 => a, 颜色.绿 => b, 蓝 => c }', 'Match(v, [MatchArm(Variant([颜色, 红]), a), MatchArm(Variant([颜色, 绿]), b), MatchArm(蓝, c)])'],
    ['匹配 v { 1 | 2 | x => a, | 3 => b }', 'Match(v, [MatchArm(Or([Literal(1), Literal(2), x]), a), MatchArm(Literal(3), b)])'],
    ['匹配 v { (a, _) => 1, (b,) => 2, (c) => 3, () => 4 }', 'Match(v, [MatchArm(Tuple([a, Wildcard()]), 1), MatchArm(Tuple([b]), 2), MatchArm(c, 3), MatchArm(Literal(Unit()), 4)])'],
    ['匹配 v { x 如果 x > 1 => a, y 如果 y { b } }', 'Match(v, [MatchArm(x, guard=(x > 1), a), MatchArm(y, guard=y, {b})])'],
    ['匹配 v { 1 => a = 2, 2 => c <- 3, 3 => 返回 4, 4 => 跳出 }', 'Match(v, [MatchArm(Literal(1), {Assign([a], [2])}), MatchArm(Literal(2), {Send(c, 3)}), MatchArm(Literal(3), {Return(4)}), MatchArm(Literal(4), {Break()})])'],
    ['匹配 v { 1 => { a } 2 => { b } }', 'Match(v, [MatchArm(Literal(1), {a}), MatchArm(Literal(2), {b})])'],
    ['匹配 v { 情况 1: a\n b\n 情况 2 => c\n 默认: d }', 'Match(v, [MatchArm(Literal(1), {a; b}), MatchArm(Literal(2), c), MatchArm(Wildcard(), {d})])'],
    ['匹配 v { 默认 => a }', 'Match(v, [MatchArm(默认, a)])'],
  ]);
  assert.is(errorsOf('匹配 v { 1 => 2 3 => 4 }'), 'E2001 1:15');
  assert.is(errorsOf('匹配 v { => 3\n 2 => 4\n = => 5 }'), 'E2007 1:8, E2007 3:2');
});

test('`名 { … }` is a struct pattern iff =>, 如果 or { follows', () => {
  table([
    ['匹配 v { 点 { x } => 1, 点 { x: 0, y, .. } 如果 y { a } 点 { x } { b } }', 'Match(v, [MatchArm(Struct([点], [Field(x, x)]), 1), MatchArm(Struct([点], [Field(x, Literal(0)), Field(y, y)], rest), guard=y, {a}), MatchArm(Struct([点], [Field(x, x)]), {b})])'],
    ['匹配 v { 红 { a } 绿 { b } }', 'Match(v, [MatchArm(红, {a}), MatchArm(绿, {b})])'],
    ['匹配 v { (点 { x }, 1) => a }', 'Match(v, [MatchArm(Tuple([Struct([点], [Field(x, x)]), Literal(1)]), a)])'],
  ]);
});

test('延后 takes any statement', () => {
  table([['延后 锁.解锁()', 'Defer(Call(Member(锁, 解锁)))'], ['延后 { a } b', 'Defer({a}); b'], ['延后 a = 1', 'Defer(Assign([a], [1]))']]);
});

test('deep nesting is an error, not a crash', () => {
  const deep = (text: string): string => errorsOf(text).replace(/ \d+:\d+/g, '');
  assert.is(deep(`x = ${'('.repeat(100_000)}1${')'.repeat(100_000)}\n`), 'E2008');
  assert.is(deep(`x = ${'- '.repeat(100_000)}1`), 'E2008');
  assert.is(deep(`x = ${'1+'.repeat(100_000)}1`), 'E2008');
  assert.is(deep(`x = a${'.b'.repeat(100_000)}`), 'E2008');
  assert.is(deep(`${'如果 a { '.repeat(50_000)}${'}'.repeat(50_000)}`), 'E2008');
  assert.is(deep(`变量 x: ${'列表<'.repeat(50_000)}`), 'E2008');
  assert.is(deep(`x = ${'如果 a { 1 } 否则 '.repeat(20_000)}{ 2 }`), 'E2008');
  assert.is(deep(`匹配 a { ${'('.repeat(50_000)}b${')'.repeat(50_000)} => 1 }`), 'E2008');
  assert.is(deep(`x = ${'(x) => '.repeat(50_000)}1`), 'E2008');
  assert.is(deep(`x = ${'('.repeat(300)}1${')'.repeat(300)}`), '');
  assert.is(deep(`${'x = 如果 a { 1 } 否则 如果 b { 2 }\n'.repeat(2000)}`), '');
  assert.is(deep(`x = ${'('.repeat(100_000)}`), 'E2002');
});

test.run();
