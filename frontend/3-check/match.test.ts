/** 匹配: types of patterns, what is missing, which arms are never taken. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyOf, checkText, errorsOf, messagesOf } from './check.test-helper.js';

/** Declarations and the type of x, the arms, the example that is missing ('' when nothing is). */
const EXHAUSTIVE: readonly (readonly [string, string, string])[] = [
  ['布尔', '真 => 1', '假'],
  ['布尔', '真 => 1, 假 => 2', ''],
  ['选项<布尔>', '有(真) => 1, 无 => 2', '有(假)'],
  ['选项<选项<布尔>>', '有(有(_)) => 1, 无 => 2', '有(无)'],
  ['选项<选项<布尔>>', '有(有(_)) | 有(无) => 1, 无 => 2', ''],
  ['(布尔, 布尔)', '(真, _) => 1, (_, 真) => 2', '(假, 假)'],
  ['(布尔, 布尔)', '(真, _) => 1, (_, 真) => 2, (假, 假) => 3', ''],
  ['整数', '0 => 1', '1'],
  ['整数', '0.. => 1', '-1'],
  ['整数', '..0 => 1, 0 => 2, 1.. => 3', ''],
  ['整数', '..0 => 1, 1.. => 3', '0'],
  ['整数', '..=-9223372036854775808 => 1, -9223372036854775807.. => 2', ''],
  ['字符', "..='a' => 1", "'b'"],
  ['字符', "..='a' => 1, 'b'.. => 2", ''],
  ['字符串', '"a" => 1', '_'],
  ['浮点数', '..0.0 => 1, 0.0.. => 2', '_'],
  ['空', '空 => 1', ''],
  ['结果<整数, 字符串>', '成功(0) => 1, 失败(_) => 2', '成功(1)'],
  ['结果<整数, 选项<布尔>>', '成功(_) => 1, 失败(有(_)) => 2', '失败(无)'],
  ['列表<整数>', 'l => 1', ''],
  ['整数', 'x 如果 x > 0 => 1', '_'],
  ['整数', 'x 如果 x > 0 => 1, _ => 2', ''],
  ['树', '叶 => 1, 节(叶, _, 叶) => 2, 节(节(_, _, _), _, _) => 3', '节(叶, _, 节(_, _, _))'],
  ['点', '点 { x: 0, .. } => 1', '点 { x: 1, .. }'],
  ['点', '点 { x: 0, .. } => 1, 点 { y, .. } => 2', ''],
  ['对', '对(真, 0) => 1, 对(假, _) => 2', '对(真, 1)'],
];

const TYPES = '枚举 树 { 叶, 节(树, 整数, 树) }\n类型 点 { 整数 x; 整数 y; }\n结构体 对(布尔, 整数)\n';

for (const [type, arms, missing] of EXHAUSTIVE) {
  test(`${type}: ${arms}`, () => {
    const text = `${TYPES}函数 f(x: ${type}): 整数 { 返回 匹配 x { ${arms} } }`;
    const found = messagesOf(text).filter((m) => m.includes('没有覆盖')).map((m) => /缺少 (.*?) \//.exec(m)?.[1]);
    assert.equal(found, missing === '' ? [] : [missing]);
  });
}

/** As above; the number of arms that are never taken. */
const UNREACHABLE: readonly (readonly [string, string, number])[] = [
  ['整数', '_ => 1, 2 => 2', 1],
  ['整数', '0..10 => 1, 3..=5 => 2, 9 => 3, 10 => 4, _ => 5', 2],
  ['整数', '0..5 => 1, 5..10 => 2, 0..10 => 3, _ => 4', 1],
  ['浮点数', '0.0..=1.0 => 1, 0.5 => 2, 0.2..0.8 => 3, _ => 4', 2],
  ['字符串', '"a" | "b" => 1, "b" => 2, "c" | "a" => 3, _ => 4', 1],
  ['(布尔, 选项<整数>)', '(真, _) => 1, (_, 无) => 2, (真, 有(1)) => 3, (假, 有(_)) => 4, _ => 5', 2],
  ['整数', 'x 如果 x > 0 => 1, x 如果 x > 0 => 2, _ => 3', 0],
  ['树', '叶 => 1, 节(_, _, _) => 2, 叶 => 3', 1],
  ['选项<(整数, 整数)>', '有((a, b)) => a + b, 无 => 0, 有(_) => 1', 1],
  ['布尔', '真 | 假 => 1, 真 => 2, _ => 3', 2],
  ['整数', '1 | 2 => 1, 5..=9 => 2, 1 如果 x > 0 => 3, 7 如果 x > 0 => 4, 6..8 如果 x > 0 => 5, 4..6 => 6, _ => 7', 3],
  ['字符', "'a'..='z' => 1, 'A' => 2, 'A'..'C' => 3, 'm' => 4, _ => 5", 1],
  ['树', '节(_, 0, _) => 1, 节(叶, _, _) => 2, 节(叶, 1, 叶) => 3, _ => 4', 1],
];

for (const [type, arms, count] of UNREACHABLE) {
  test(`${type}: ${arms}: ${count} unreachable`, () => {
    const { codes } = checkText(`${TYPES}函数 f(x: ${type}): 整数 { 返回 匹配 x { ${arms} } }`);
    assert.is(codes.filter((c) => c.startsWith('W3003')).length, count);
    assert.equal(codes.filter((c) => c.startsWith('E')), []);
  });
}

test('patterns decide a type that is still open', () => {
  assert.equal(errorsOf(`枚举 甲 { 一(整数), 二 }
函数 f(x) { 返回 匹配 x { 一(n) => n, 二 => 0 } }
函数 g(x) { 返回 匹配 x { 有(n) => n + 1, 无 => 0 } }
函数 h(x) { 返回 匹配 x { (a, "甲") => a + 1, _ => 0 } }
函数 k(x) { 返回 匹配 x { 成功(n) => n + 1, 失败(e) => e + 0 } }
函数 入口() { 打印行(f(甲::二), g(有(1)), h((1, "乙")), k(成功(1))) }`), []);
});

test('an arm that never completes fits every type', () => {
  assert.equal(errorsOf('函数 f(n: 整数): 字符串 { 返回 匹配 n { 0 => "零", 1 => 抛出 错误("一"), _ => 返回 "多" } }'), []);
});

test('a search that takes too long says so', () => {
  const columns = 22;
  const row = (i: number): string => `(${Array.from({ length: columns }, (_, k) => (k === i ? '真' : k === (i + 7) % columns ? '假' : '_')).join(', ')}) => ${i}`;
  const type = `(${Array.from({ length: columns }, () => '布尔').join(', ')})`;
  const rows = Array.from({ length: columns }, (_, i) => row(i)).join(', ');
  const { codes } = checkText(`函数 f(x: ${type}): 整数 { 返回 匹配 x { ${rows} } }`);
  assert.equal(codes.map((c) => c.split(' ')[0]), ['E3060']);
  assert.equal(errorsOf(`函数 f(x: ${type}): 整数 { 返回 匹配 x { ${rows}, _ => -1 } }`), []);
});

test('tuples of the wrong number of elements', () => {
  assert.equal(errorsOf('函数 入口() { 变量 a, b = (1, 2, 3); c, d = (1, 2, 3); 变量 e, f = (1, 2); 变量 g, h = 5; 打印行(a, b, c, d, e, f, g, h) }'), [
    'E3031 1:21', 'E3031 1:39', 'E3031 1:78',
  ]);
});

test('destructuring reads each element of one temporary', () => {
  assert.is(bodyOf('函数 对(): (整数, 布尔) { 返回 1, 真 }\n函数 入口() { 变量 a, b = 对(); 打印行(a, b) }').startsWith('(let %: (整数, 布尔) (call 对 []))'), true);
});

test.run();
