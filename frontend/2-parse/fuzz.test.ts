/**
 * Truncated and mutated programs: the parser must not throw, hang or give spans that do not nest. The seed is fixed, so that a
 * failure repeats; its input is printed.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseText } from './show.test-helper.js';

const PROGRAM = `包 主程序;
导入 标准库.加密; 导入 ../目录/工-具 作为 T
/// 文档
函数<T> 换(a: T, 整数 b = 3) -> (整数, 整数) { 返回 a, b }
函数 (变量 自身 点) 距离(): 整数 { 返回 自身.x * 自身.x + 1; }
类型 点 { 整数 x; y: 整数, }
枚举 结 { 成功(T), 失败(整数 码, 信息: 字符串), 无 = 3 }
特性 甲: 乙 + 丙 { 函数 显示(): 字符串; }
实现 甲 对于 点 { 静态 函数 新建() { 点 { x: 1, y } } }
异步 函数 慢(): 整数 {
    等待 延迟(10)
    返回 1
}
协程 数(从: 整数, 到: 整数): 整数 {
    挂起 从
}
函数 入口() {
    变量 c = 协程 数(1, 5)
    对于 k, v 在 表格({"a": 1}) { 打印(k, v) }
    对于 i 从 1 到 10 步长 2 { 跳出 }
    外: 循环 { 继续 外 }
    任务 = 创建 f<列表<整数>>(1)
    甲, 乙 = 乙, 甲
    选择 { 情况 v := <-c: 打印(v) 情况 c <- 3 => { 打印(1) } 情况 超时(10): 跳出 默认: 打印("无") }
    结果 = 匹配 v { 成功(x) 如果 x > 3 { 1 } 颜色::红 | 颜色.绿 => 2, 点 { x: 1, .. } => 3
       1..=5 => x + 1
       _ => { 返回 } }
    如果 a 大于 3 与 非 b { } 否则如果 c 等于 2 { } 否则 { }
    尝试 { 抛出 错误("x") } 捕获 网络错误 作为 e { } 最终 { 延后 f() }
    打印($"你好，{名字 + "x"}，{价:.2}。")
    f = (x) => x * 2; g = 函数(y: 整数): 整数 { y }
    通道 <- 3
    列表<列表<整数>> 表 = [[0; 8], 【1，2】]
    a >>= 2; b = a >> 2 >= 3 或 尝试 h()
    文 = """
        多行\\n{x}
        """ + r"原样" + 'c'
    并发(上限: 3) { 截止(5) { 屏蔽 { 1 } } }
}
`;

const PIECES = [
  ...'()[]{}【】《》<>,;:.=+-*/!&|\n"\'，；：。、（）｛｝', '::', ':=', '..', '..=', '...', '->', '=>', '<-', '==', '&&', '||', '$"', '"""', '/*', '//', '#',
  ' 如果 ', ' 否则 ', ' 匹配 ', ' 函数 ', ' 协程 ', ' 选择 ', ' 情况 ', ' 默认 ', ' 尝试 ', ' 捕获 ', ' 最终 ', ' 对于 ', ' 在 ', ' 从 ', ' 到 ', ' 变量 ', ' 返回 ',
  ' 挂起 ', ' 等待 ', ' 创建 ', ' 枚举 ', ' 类型 ', ' 结构体 ', ' 实现 ', ' 方法 ', ' 特性 ', ' 导入 ', ' 公开 ', ' 异步 ', ' 名 ', ' 1 ', ' 2.5 ', ' 真 ', ' 非 ', ' 与 ', ' if ', ' try ',
];

/** Numerical Recipes' linear congruential generator. */
function generator(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Parses, checks the spans, and names the input when anything goes wrong. */
function survive(text: string): void {
  const start = performance.now();
  try {
    const { unit, diagnostics } = parseText(text);
    checkSpans(unit, 0, text.length, diagnostics.every((d) => d.severity === 'warning'));
    for (const { span } of diagnostics) assert.ok(span.start >= 0 && span.end >= span.start && span.end <= text.length + 1);
  } catch (error) {
    console.error(JSON.stringify(text));
    throw error;
  }
  assert.ok(performance.now() - start < 2000, `slow: ${JSON.stringify(text)}`);
}

/** Spans lie in the text; in a correct file they also lie in the span of their parent. */
function checkSpans(node: unknown, low: number, high: number, nested: boolean): void {
  if (typeof node !== 'object' || node === null) return;
  const { span } = node as { span?: { start: number; end: number } };
  if (span !== undefined) {
    assert.ok(span.start <= span.end, `empty backwards: ${JSON.stringify(span)}`);
    assert.ok(span.start >= low && span.end <= high, `${(node as { kind: string }).kind} ${span.start}-${span.end} is not inside ${low}-${high}`);
  }
  for (const [key, child] of Object.entries(node)) {
    if (key === 'span' || key === 'file') continue;
    if (nested) checkSpans(child, span?.start ?? low, span?.end ?? high, nested);
    else checkSpans(child, low, high, nested);
  }
}

test('the program itself is correct', () => {
  assert.equal(parseText(PROGRAM).errors, []);
  survive(PROGRAM);
});

test('every truncation', () => {
  for (let end = 0; end < PROGRAM.length; end++) survive(PROGRAM.slice(0, end));
});

test('every line alone, and every line left out', () => {
  const lines = PROGRAM.split('\n');
  for (const [i, line] of lines.entries()) {
    survive(line);
    survive([...lines.slice(0, i), ...lines.slice(i + 1)].join('\n'));
  }
});

test('mutations', () => {
  const random = generator(20240607);
  for (let round = 0; round < 800; round++) {
    let text = PROGRAM;
    for (let n = random(6); n >= 0; n--) {
      const at = random(text.length + 1);
      const drop = random(3) === 0 ? random(20) : 0;
      text = text.slice(0, at) + (random(4) === 0 ? '' : PIECES[random(PIECES.length)]!) + text.slice(at + drop);
    }
    survive(text);
  }
});

test('soups of pieces', () => {
  const random = generator(7);
  for (let round = 0; round < 800; round++) {
    let text = '';
    for (let n = random(40); n >= 0; n--) text += PIECES[random(PIECES.length)]!;
    survive(text);
  }
});

test.run();
