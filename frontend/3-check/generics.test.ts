/** Generic functions, structs and traits: which instances a program has, and what it costs when it uses none. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyOf, checkText, errorsOf, funcNamed, showFunc, signature } from './check.test-helper.js';

function signatures(text: string, name: string): string[] {
  return checkText(text).program.functions.filter((f) => f.name === name).map(signature);
}

test('one instance for each tuple of type arguments', () => {
  const text = '函数 对(a, b) { 返回 [a] }\n函数 入口() { 对(1, "a"); 对(2, "b"); 对("a", 1); 打印行(对(3, "c")) }';
  assert.equal(signatures(text, '对'), ['对(a: 整数, b: 字符串): 列表<整数>', '对(a: 字符串, b: 整数): 列表<字符串>']);
});

test('generic functions that are not used leave nothing behind', () => {
  const { program, codes } = checkText('函数<T> 甲(a: T): T { 返回 乙(a) }\n函数 乙(a) { f = () => a; 返回 f() }\n函数 入口() { }');
  assert.equal(codes, ['W3007 1:7', 'W3007 2:4']);
  assert.equal(program.functions.map((f) => f.name), ['入口']);
});

test('literals take their default type in the call', () => {
  assert.equal(signatures('函数 甲(a) { 返回 a }\n函数 入口() { 变量 x: 浮点数 = 甲(1.5); 打印行(甲(1), x) }', '甲'), ['甲(a: 浮点数): 浮点数', '甲(a: 整数): 整数']);
});

test('written results adapt literals to the expected type', () => {
  assert.equal(signatures('函数<T> 甲(a: T): T { 返回 a }\n函数 入口() { 变量 x: 浮点数 = 甲(1); 打印行(x) }', '甲'), ['甲(a: 浮点数): 浮点数']);
});

test('open recursion is of one instance', () => {
  assert.equal(signatures('函数 甲(a, n) { 如果 n == 0 { 返回 a } 返回 甲(甲(a, n - 1), n - 1) }\n函数 入口() { x = 甲([], 2); x.添加(1); 打印行(x) }', '甲'),
    ['甲(a: 列表<整数>, n: 整数): 列表<整数>']);
});

test('an error in a body names the instance once', () => {
  const { diagnostics } = checkText('函数 甲(a) { 返回 -a }\n函数 入口() { 甲("x"); 甲("y"); 甲([1]) }');
  assert.equal(diagnostics.map((d) => d.code), ['E3010']);
  assert.equal((diagnostics[0]?.related ?? []).map((r) => r.label?.zh), ['在这里用作 甲<字符串>']);
});

test('types in different structs have different instances', () => {
  const text = '类型 甲 { 整数 x; }\n类型 乙 { 整数 x; }\n函数 取(a) { 返回 a.x }\n函数 入口() { 打印行(取(甲 { x: 1 }), 取(乙 { x: 2 }), 取((甲 { x: 3 }))) }';
  assert.equal(signatures(text, '取'), ['取(a: 甲): 整数', '取(a: 乙): 整数']);
});

test('the library is read only when something of it is used', () => {
  const files = (text: string): number => checkText(text).program.files.length;
  assert.is(files('函数 入口() { 打印行([1].长度()) }'), 1);
  assert.is(files('函数 入口() { 打印行([1].映射((x) => x)) }'), 2);
});

test('only the library methods that are called join the program', () => {
  const { program } = checkText('函数 入口() { 打印行([1].映射((x) => x)) }');
  assert.equal(program.functions.map((f) => f.name), ['入口', '闭包', '列表.映射']);
});

test('calls on a known type go straight to the method', () => {
  const text = '特性 甲 { 函数 做(): 整数; }\n类型 点 { 整数 x; }\n实现 甲 对于 点 { 函数 做(): 整数 { 返回 1 } }\n函数<T: 甲> 用(a: T): 整数 { 返回 a.做() }\n函数 入口() { 打印行(用(点 { x: 1 })) }';
  assert.is(bodyOf(text, '用'), '(return (call 点.做 [a]))');
});

test('a dispatcher tests the types that become the trait, and only those', () => {
  const text = `特性 甲 { 函数 做(): 整数; }
类型 点 { 整数 x; }
类型 线 { 整数 x; }
类型 面 { 整数 x; }
实现 甲 对于 点 { 函数 做(): 整数 { 返回 1 } }
实现 甲 对于 线 { 函数 做(): 整数 { 返回 2 } }
实现 甲 对于 面 { 函数 做(): 整数 { 返回 3 } }
函数 入口() { 变量 x: [甲] = [点 { x: 1 }, 线 { x: 2 }]; 打印行(x[0].做()) }`;
  const { program } = checkText(text);
  const calls = showFunc(funcNamed(program, '甲.做'));
  assert.match(calls, /点\.做/);
  assert.match(calls, /线\.做/);
  assert.not.match(calls, /面\.做/);
});

test('a trait with no values still compiles', () => {
  assert.equal(errorsOf('特性 甲 { 函数 做(): 整数; }\n函数 入口() { 变量 x: [甲] = []; 对于 y 在 x { 打印行(y.做()) } 打印行(x) }'), []);
});

test.run();
