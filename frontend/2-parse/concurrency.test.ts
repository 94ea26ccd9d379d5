import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorsOf, tree } from './show.test-helper.js';

function table(cases: readonly (readonly [string, string])[]): void {
  for (const [source, wanted] of cases) assert.is(tree(source), wanted, source);
}

test('tasks and scopes', () => {
  table([
    ['创建 f(x)', 'Spawn(Call(f, [x]))'],
    ['t = 创建 { f() }', 'Assign([t], [Spawn({Call(f)})])'],
    ['启动 f(x)', 'Detach(Call(f, [x]))'],
    ['启动 { f() }', 'Detach({Call(f)})'],
    ['并发 { f() }', 'Concurrent({Call(f)})'],
    ['并发(上限: n) { f() }', 'Concurrent(limit=n, {Call(f)})'],
    ['并发(3) { }', 'Concurrent(limit=3, {})'],
    ['x = 并发 { f() }', 'Assign([x], [Concurrent({Call(f)})])'],
    ['x = 截止(100) { f() }', 'Assign([x], [Deadline(100, {Call(f)})])'],
    ['屏蔽 { f() }', 'Shield({Call(f)})'],
    ['并发(1)', 'Call(并发, [1])'],
    ['截止(1)\n{ }', 'Call(截止, [1]); {}'],
    ['如果 屏蔽 { }', 'If(屏蔽, {})'],
    ['等待 全部([a, b])', 'Await(Call(全部, [List([a, b])]))'],
    ['挂起', 'Suspend()'],
    ['x = 挂起 1', 'Assign([x], [Suspend(1)])'],
  ]);
});

test('选择', () => {
  table([
    ['选择 { 情况 v := <-c: f(v)\n g()\n 默认: h() }', 'Select([SelectCase(ReceiveOperation([v], declares, c), {Call(f, [v]); Call(g)}), SelectCase(DefaultOperation(), {Call(h)})])'],
    ['选择 { 情况 v = <-c => f() 情况 <-d: g() }', 'Select([SelectCase(ReceiveOperation([v], c), {Call(f)}), SelectCase(ReceiveOperation([], d), {Call(g)})])'],
    ['选择 { 情况 v, 成 := <-c: f() }', 'Select([SelectCase(ReceiveOperation([v, 成], declares, c), {Call(f)})])'],
    ['选择 { 情况 c <- x + 1: f() }', 'Select([SelectCase(SendOperation(c, (x + 1)), {Call(f)})])'],
    ['选择 { 情况 v := 等待 f: g() 情况 等待 h: }', 'Select([SelectCase(AwaitOperation([v], declares, f), {Call(g)}), SelectCase(AwaitOperation([], h), {})])'],
    ['选择 { 情况 超时(100): 返回 1 }', 'Select([SelectCase(TimeoutOperation(100), {Return(1)})])'],
    ['选择 { 情况 变量 v = <-c { f() } }', 'Select([SelectCase(ReceiveOperation([v], declares, c), {Call(f)})])'],
    ['选择 { 情况 v := <-表[f(x)].c: 情况 = 1; 默认 = 2\n }', 'Select([SelectCase(ReceiveOperation([v], declares, Member(Index(表, Call(f, [x])), c)), {Assign([情况], [1]); Assign([默认], [2])})])'],
    ['选择 { 情况 <-a: 选择 { 情况 <-b: f() } 情况 <-c: g() }', 'Select([SelectCase(ReceiveOperation([], a), {Select([SelectCase(ReceiveOperation([], b), {Call(f)})])}), SelectCase(ReceiveOperation([], c), {Call(g)})])'],
    ['选择 = 1', 'Assign([选择], [1])'],
  ]);
});

test('heads of 情况 hold no bare closure', () => {
  assert.is(tree('选择 { 情况 v = <-c => f() }'), 'Select([SelectCase(ReceiveOperation([v], c), {Call(f)})])');
  assert.is(tree('选择 { 情况 v = <-f((x) => x): g() }'), 'Select([SelectCase(ReceiveOperation([v], Call(f, [Closure([Param(x)], x)])), {Call(g)})])');
  assert.is(tree('匹配 v { x 如果 y => z }'), 'Match(v, [MatchArm(x, guard=y, z)])');
});

test('broken cases cost one error each', () => {
  assert.is(errorsOf('选择 { 情况 a: 1\n情况 b = 3: 2\n情况 <-c: 3 }'), 'E2021 1:10, E2021 2:8');
  assert.is(errorsOf('选择 { v := <-c: 1\n情况 <-c: 3 3\n}'), 'E2001 1:6, E2003 2:11');
  assert.is(errorsOf('选择 { 情况 a, b, d := <-c: 1 }'), 'E2023 1:9');
  assert.is(errorsOf('选择 { 情况 a, b := 等待 c: 1 }'), 'E2023 1:9');
  assert.is(errorsOf('选择 { }'), 'E2029 1:1');
  assert.is(errorsOf('选择 { 默认: 1\n默认: 2\n默认: 3 }'), 'E2030 2:1, E2030 3:1');
  assert.is(errorsOf('选择 { case v := <-c: 1\ncase <-d: 2\ndefault: 3 }\n选择 { default: 4 }'), 'E2010 1:6, E2010 3:1');
  assert.is(errorsOf('截止 { }'), '');
  assert.is(errorsOf('截止 { f() }'), 'E2001 1:4');
  assert.is(errorsOf('截止(毫秒: 5) { f() }'), 'E2001 1:4');
  assert.is(errorsOf('屏蔽(1) { f() }'), 'E2001 1:3');
  assert.is(errorsOf('并发(上限: 2, 名: 3) { f() }'), 'E2001 1:9');
  assert.is(errorsOf('c = 协程 甲'), 'E2003 1:8');
  assert.is(errorsOf('c = 协程 a.b'), 'E2001 1:11');
});

test.run();
