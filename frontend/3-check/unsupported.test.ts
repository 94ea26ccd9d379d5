/** What this version refuses: one E2900 for each construct, and no message about its parts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkText } from './check.test-helper.js';

/** Name, program, diagnostics with their places. */
const DIAGNOSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['declarations', `枚举 颜色<T> { 红(T), 绿 }
特性 可显示 { 函数 显示(): 字符串; }
类型 点 { 整数 x; }
实现 可显示 对于 点 { 函数 显示(): 字符串 { 返回 "" } }
函数 泛<T>(a: T): T { 返回 a }
类型 盒<T> { T 值; }
类型 名<T> = 列表<T>
函数 入口() { 打印行(泛(1), 颜色::红(1), 红(2)); 变量 x: 盒<整数> = 盒 { 值: 1 }; 变量 y: 颜色<整数> = 绿; 打印行(x, y) }`, []],
  ['methods of other types', `函数 (自身 整数) 双() { }
方法 未知型 { 函数 f() { } }
方法 列表<整数> { 函数 f() { } }
函数 入口() { }`, ['E3002 2:4']],
  ['methods that are coroutines', `类型 点 { 整数 x; }
方法 点 { 协程 数() { 挂起 1 } }
函数 入口() { }`, []],
  ['functions of the library', '函数 入口() { t = 创建 { 1 }; t.优先级 = 高; 读取文件("a"); t.取消() }', ['E2900 1:36']],
  ['closures with more than parameters', '函数 入口() { f = 函数(x: 整数 = 1) { 打印行(x) }; f(1); g = 异步 函数() { }; g(); 函数 内(...x: 整数) { } 内(1); 异步 函数 外() { } 外() }', ['E3116 1:18']],
  ['functions as values', `异步 函数 f() { }
函数 g(...x: 整数) { 打印行(x) }
类型 点 { 整数 x; }
函数 (自身 点) m() { }
方法 点 { 静态 函数 s() { } }
函数 入口() { a = f; b = g; p = 点 { x: 1 }; c = p.m; d = 点::s; e = 打印行; h = 点::没有; 打印行(a, b, c, d, e, h) }`, ['E3112 6:22', 'E3008 6:76']],
  ['挂起 through closures', `协程 做() { f = () => { 挂起 1 }; f(); g = () => 帮(); g() }
函数 帮() { 挂起 2 }
函数 入口() { 恢复 协程 做() }`, []],
  ['odd operands of 创建 启动 协程', '函数 入口() { 创建 3; 启动 (1 + 2); 创建 有(1); c = 协程 3; 打印行(c) }', ['E2001 1:14', 'E2001 1:21', 'E3030 1:42', 'E2003 1:45']],
  ['patterns, kinds and types in blocks', `函数 入口() {
  尝试 { } 捕获 除零错误 | 溢出错误 作为 e { 打印行(e) } 捕获 我的错误 作为 e { 打印行(e) }
  类型 内 { 整数 x; }
  变量 x: 内 = 3
  打印行(x)
}`, ['E3002 2:44', 'E3117 3:6']],
  ['generic calls and paths', `函数 f(x: 整数) { 打印行(x) }
函数 入口() { f<整数>(1); 未来::别的(1); 选项::有(1); 打印行(选项::无.是有()); 未知::f(); 未知二::g; 通道<整数, 整数>(1) }`, ['E3033 2:11', 'E3008 2:25', 'E3002 2:59', 'E3002 2:68', 'E3033 2:76']],
  ['aliases with functions', `类型 号 = 整数
类型 点 { 整数 x; }
类型 别 = 点
函数 入口() { 号(1); 号::f(); 别 { x: 1 }; 别::没有(); 别(1); 打印行(号) }`, ['E3008 4:20', 'E3008 4:40', 'E3016 4:46', 'E3030 4:56']],
  ['each construct once in a file', `函数 入口() { 读取文件("a")
  读取文件("b") }`, ['E2900 1:11']],
  ['words of priorities elsewhere', '函数 入口() { t = 创建 { 1 }; t.优先级 = 中; x = 高; t.优先级 = 3; 打印行(x) }', ['E3002 1:33', 'E3002 1:40', 'E3001 1:51']],
];

for (const [name, text, codes] of DIAGNOSED) test(name, () => assert.equal(checkText(text).codes, codes));

test.run();
