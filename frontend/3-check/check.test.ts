/** The checker as a whole: its messages, several files, purity, and the invariants of the typed tree. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as hir from '../hir.js';
import { checkText, errorsOf, funcNamed, messagesOf, signature } from './check.test-helper.js';
import { visitBlock, visitExprChildren, visitStmtChildren, type Visitor } from './walk.js';

/** A program that uses most of the language. */
const PROGRAM = `
常量 N = 3
类型 点 { 整数 x; 整数 y = N; }
方法 点 { 静态 函数 新(x) { 返回 点 { x: x } } 函数 和() { 返回 自身.x + 自身.y } }
变量 总 = 0
异步 函数 取(x) { 等待 延迟(x); 返回 [x] }
函数 后(x): 未来<整数> { 返回 x }
函数 帮(x) { 挂起 x }
协程 数(n) { 对于 i 从 1 到 n 步长 1 { 帮(i) } 返回 "完" }
函数 用(p, f, d) { 总 += f(p.和()); d["k"] = p; 返回 d.长度() }
函数 入口(): 整数 {
  c = 协程 数(N)
  对于 v 在 c { 总 += v }
  t = 创建 { 取(1) }
  道 = 通道(1)
  启动 { 道 <- 点::新(1) }
  尝试 { p = 道.接收().取出(); 总 += p.和() } 捕获 除零错误 作为 e { 抛出 e } 捕获 e { 打印行(e.消息) } 最终 { 道.关闭() }
  选择 { 情况 q, 好 := <-通道<整数>(1): 打印行(q, 好) 情况 r := 等待 后(1): 打印行(r) 情况 超时(5): 打印行("超") 默认: 打印行("默") }
  a, b = 1, 2.5
  a, b = a + 1, b * 2
  s = "文" + a + $"{b:.1}" + ['a', 'b'][0]
  变量 组 = [0; 3]
  组[1] += 如果 a > 1 && 非 假 { 2 } 否则 { 抛出 错误("小") }
  f = (x) => x + a
  打印行(s, 组, 用(点::新(2), f, {}), 有(3).映射((x) => x * 2).或(1), -a, ~a << 1, 同一(组, 组), s[1..], 克隆 组, c.状态())
  u = 等待 t
  w = 等待 u
  循环 { 跳出 }
  返回 w[0] + 整数(b)
}
`;

/** Every node of a program with the function it stands in. */
function walk(program: hir.Program, expr: (e: hir.Expr, f: hir.Func) => void, stmt: (s: hir.Stmt, f: hir.Func) => void): void {
  for (const f of program.functions) {
    const v: Visitor = {
      expr: (e) => {
        expr(e, f);
        visitExprChildren(e, v);
      },
      stmt: (s) => {
        stmt(s, f);
        visitStmtChildren(s, v);
      },
    };
    visitBlock(f.body, v);
  }
}

test('a program of everything has no diagnostics', () => {
  assert.equal(checkText(PROGRAM).codes, []);
});

test('no type variable remains and no node is shared', () => {
  const { program } = checkText(PROGRAM);
  const seen = new Set<object>();
  const closed = (t: unknown, where: string): void => {
    if (typeof t !== 'object' || t === null || 'fields' in t) return;
    assert.is.not((t as { kind?: string }).kind, 'variable', where);
    for (const [key, part] of Object.entries(t)) if (key !== 'def') closed(part, where);
  };
  walk(program, (e, f) => {
    assert.not(seen.has(e), `${f.name}: ${e.kind} is shared`);
    seen.add(e);
    closed(e.type, `${f.name}: ${e.kind}`);
  }, (s, f) => {
    assert.not(seen.has(s), `${f.name}: ${s.kind} is shared`);
    seen.add(s);
    if (s.kind === 'let') closed(s.local.type, s.local.name);
  });
  for (const f of program.functions) {
    closed(f.result, f.name);
    for (const p of f.params) closed(p.type, f.name);
  }
  assert.ok(seen.size > 200);
});

test('a local belongs to one function; closures reach outer ones through captures', () => {
  const { program } = checkText(PROGRAM);
  const owner = new Map<hir.Local, hir.Func>();
  const claim = (l: hir.Local, f: hir.Func): void => {
    assert.ok(owner.get(l) === undefined || owner.get(l) === f, `${l.name} in ${f.name}`);
    owner.set(l, f);
  };
  for (const f of program.functions) {
    for (const p of f.params) claim(p, f);
    for (const c of f.captures) {
      claim(c.inner, f);
      assert.is(c.inner.boxed, c.outer.boxed);
    }
  }
  walk(program, (e, f) => {
    if (e.kind === 'local') claim(e.local, f);
  }, (s, f) => {
    if (s.kind === 'let' || s.kind === 'assignLocal') claim(s.local, f);
    if (s.kind === 'forRange' || s.kind === 'forEach') claim(s.variable, f);
  });
});

test('functions and globals are numbered by position', () => {
  const { program } = checkText(PROGRAM);
  program.functions.forEach((f, i) => assert.is(f.index, i));
  program.globals.forEach((g, i) => assert.is(g.index, i));
  assert.equal(program.structs.map((s) => s.name), ['点']);
});

test('signatures are inferred', () => {
  const { program } = checkText(PROGRAM);
  assert.is(signature(funcNamed(program, '取')), '取(x: 整数): 列表<整数>');
  assert.is(signature(funcNamed(program, '后')), '后(x: 整数): 未来<整数>');
  assert.is(signature(funcNamed(program, '数')), '数(n: 整数): 字符串');
  assert.is(signature(funcNamed(program, '点.新')), '点.新(x: 整数): 点');
  assert.is(signature(funcNamed(program, '用')), '用(p: 点, f: 函数(整数): 整数, d: 字典<字符串, 点>): 整数');
  assert.is(signature(funcNamed(program, '启动块')), '启动块(): 空 [道]');
  assert.is(funcNamed(program, '帮').coroutine?.yields.kind, 'int');
  assert.is(funcNamed(program, '数').kind, 'coroutine');
});

test('without initialisers the entry is what runs first', () => {
  assert.is(checkText('函数 入口() { }').program.main.name, '入口');
  assert.is(checkText('变量 甲 = 1\n函数 入口() { 打印行(甲) }').program.main.name, '顶层');
  assert.is(checkText('').program.main.body.statements.length, 0);
});

test('checking the same tree twice gives the same', () => {
  assert.equal(checkText(PROGRAM).program.functions.map(signature), checkText(PROGRAM).program.functions.map(signature));
});

test('files of a package see each other', () => {
  assert.equal(errorsOf('函数 入口() { 打印行(双(甲), 点 { x: 1 }) }', '变量 甲 = 2\n函数 双(x) { 返回 x * 2 }\n类型 点 { 整数 x; }'), []);
});

test('a mistake is reported in its own file', () => {
  const { diagnostics } = checkText('函数 入口() { 坏() }', '函数 坏() { 未知名() }');
  assert.equal(diagnostics.map((d) => d.file.path), ['2.qi']);
});

test('two files that define a name', () => {
  const { diagnostics } = checkText('函数 入口() { }\n函数 f() { }', '函数 f() { }');
  assert.equal(diagnostics.map((d) => [d.code, d.file.path, d.related?.[0]?.file.path]), [['E3003', '2.qi', '1.qi']]);
});

test('parse errors make no further messages', () => {
  const { codes } = checkText('函数 入口() {\n  变量 y: = 3\n  打印行(y + 1)\n  5 = 3\n  z = (1 + )\n  打印行(z.x)\n}');
  assert.ok(codes.every((c) => c.startsWith('E2')), codes.join(', '));
});

const MESSAGES: readonly (readonly [string, readonly string[]])[] = [
  ['函数 入口() { 变量 计数 = 1; 打印行(计树, 计数) }', ['找不到名称：计树 / 你是不是想写 计数']],
  ['变量计数 = 1\n打印行(1)\n返回计数()', ['找不到名称：返回计数 / 是否漏了空格：返回 计数']],
  ['函数 入口() { 变量计数 = 1 }', ['变量 变量计数 赋值后没有被读取 / 是否漏了空格：变量 计数']],
  ['函数 入口() { 打印航(1) }', ['找不到名称：打印航 / 你是不是想写 打印行']],
  ['函数 入口() { 变量 s: 字符串 = 3; 打印行(s) }', ['类型不匹配：期望 字符串，得到 整数 / 用 字符串(x) 转换']],
  ['函数 入口() { 变量 x = 1; 变量 s: 浮点数 = x; 打印行(s) }', ['类型不匹配：期望 浮点数，得到 整数 / 用 浮点数(x) 转换']],
  ['函数 入口() { 变量 s: 整数 = 1.5; 打印行(s) }', ['类型不匹配：期望 整数，得到 浮点数 / 用 整数(x) 转换（向零截断）']],
  ['函数 入口() { 变量 s: 整数 = "1"; 打印行(s) }', ['类型不匹配：期望 整数，得到 字符串 / 去掉引号：1']],
  ['函数 入口() { 变量 s: 整数 = 有(1); 打印行(s) }', ['类型不匹配：期望 整数，得到 选项<整数> / 用 取出() 或 或(默认值) 取得其中的值']],
  ['函数 入口() { 变量 s: 选项<整数> = 1; 打印行(s) }', ['类型不匹配：期望 选项<整数>，得到 整数 / 用 有(x) 包起来']],
  ['函数 入口() { 变量 s: 整数 = 延迟(1); 打印行(s) }', ['类型不匹配：期望 整数，得到 未来<空> / 用 等待 取得它的值']],
  ['函数 入口() { x = 延迟(1) + 1; 打印行(x) }', ['运算 + 不能用于 未来<空> 和 整数 / 用 等待 取得未来的值']],
  ['异步 函数 好(): 布尔 { 返回 真 }\n函数 入口() { 如果 好() { } }', ['条件必须是 布尔，得到 未来<布尔> / 用 等待 取得它的值']],
  ['函数 入口() { <-3 }', ['类型不匹配：期望 通道，得到 整数']],
  ['函数 入口() { 恢复 3 }', ['类型不匹配：期望 协程，得到 整数 / 先创建协程：c = 协程 名(…)，再 恢复 c']],
  ['函数 f(a, b) { 返回 a < b }\n函数 入口() { f(1, 2); f("a", "b") }',
    []],
  ['函数 f(网址: 字符串, 超时: 整数 = 1) { 打印行(网址, 超时) }\n函数 入口() { f("a", 超市: 2) }', ['f 没有名为 超市 的参数 / 你是不是想写 超时']],
  ['函数 f() { 返回 f() }\n函数 入口() { f() }', ['无法推断 f 的结果 的类型 / 写出结果类型，例如 函数 名(): 整数']],
  ['函数 入口() { 变量 x = []; 打印行(x) }', ['无法推断 x 的类型 / 写出它的类型，例如 变量 x: 列表<整数> = []']],
  ['函数 f(): 整数 { 返回 1 }\n函数 入口() { 等待 f() }', ['不能等待 整数 / f 不是异步函数，直接调用即可']],
  ['变量 x: 整形 = 1\n打印行(x)', ['找不到名称：整形 / 你是不是想写 整数']],
  ['变量 x: 字符穿 = "a"\n打印行(x)', ['找不到名称：字符穿 / 你是不是想写 字符串']],
];

for (const [text, expected] of MESSAGES) test(`says: ${expected[0]!}`, () => assert.equal(messagesOf(text), expected));

test('thousands of faults stay cheap', () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `  打印行(未知名字${i})`);
  const start = performance.now();
  assert.is(checkText(`函数 入口() {\n${lines.join('\n')}\n}`).codes.length, 2000);
  assert.ok(performance.now() - start < 3000);
});

test('long chains of untyped functions are inferred in either order', () => {
  const chain = Array.from({ length: 1000 }, (_, i) => `函数 f${i + 1}(a, b) { 返回 f${i}(a, b) + 1 }`);
  const base = '函数 f0(a, b) { 返回 a * b }';
  const entry = '函数 入口() { 打印行(f1000(1, 2)) }';
  assert.equal(checkText([base, ...chain, entry].join('\n')).codes, []);
  assert.equal(checkText([entry, ...chain.reverse(), base].join('\n')).codes, []);
});

test('a closure in a default is in the program once for each use', () => {
  const closures = (text: string): number => checkText(text).program.functions.filter((f) => f.kind === 'closure' || f.name === '创建块').length;
  assert.is(closures('类型 盒 { 做: 函数(整数): 整数 = (x) => x + 1 }\n函数 入口() { 打印行((盒 {}.做)(1), (盒 {}.做)(2)) }'), 2);
  assert.is(closures('类型 盒 { 做: 函数(整数): 整数 = (x) => x + 1 }\n函数 入口() { 打印行(1) }'), 0);
  assert.is(closures('函数 算(f: 函数(): 任务<整数> = () => 创建 { 1 }): 整数 { 返回 等待 f() }\n函数 入口() { 打印行(算(), 算(() => 创建 { 2 })) }'), 4);
});

/** Least processor time of several checks, in microseconds: other processes and the collector only ever add. */
function timeOfLiteral(element: string, count: number): number {
  const text = `变量 组 = [${Array<string>(count).fill(element).join(', ')}]\n打印行(组.长度())`;
  return Math.min(...Array.from({ length: 5 }, () => {
    const start = process.cpuUsage();
    assert.equal(errorsOf(text), []);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  }));
}

test('a list literal is checked in time linear in its length', () => {
  for (const element of ['1', '1.5', "'字'"]) {
    const few = timeOfLiteral(element, 10_000);
    const many = timeOfLiteral(element, 80_000);
    // Eight times as much, and the collector has more to do; were it quadratic, sixty-four.
    assert.ok(many <= 40 * few, `${element}: ${few} µs for 10,000, ${many} µs for 80,000`);
  }
});

test.run();
