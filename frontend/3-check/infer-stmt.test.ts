/** Statements: declarations, assignment, loops, 尝试, and what happens on every path. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyOf, checkText } from './check.test-helper.js';

/** Name, function, program, its typed body. */
const SHAPES: readonly (readonly [string, string, string, string])[] = [
  ['assignment declares for the whole function', '入口', '函数 入口() { x = 1; 如果 x > 0 { y = 2 } 否则 { y = 3 }; 打印行(y) }',
    '(let y: 整数) (let x: 整数 1) (if (compare "gt" x 0) {(assignLocal y 2)} {(assignLocal y 3)}) (callNative "print_line" [(format y)])'],
  ['inner 变量 shadows', '入口', '函数 入口() { 变量 x = 1; { 变量 x = 2; 打印行(x) }; 打印行(x) }',
    '(let x: 整数 1) (block {(let x: 整数 2) (callNative "print_line" [(format x)])}) (callNative "print_line" [(format x)])'],
  ['parallel assignment', '入口', '函数 入口() { 变量 a = 1; 变量 b = 2; a, b = b, a; c, d = a, b; 打印行(c, d); _, e = 1, 2; 打印行(e) }',
    '(let a: 整数 1) (let b: 整数 2) (let %: 整数 b) (let %: 整数 a) (assignLocal a %) (assignLocal b %) (let %: 整数 a) (let %: 整数 b) (let c: 整数) (assignLocal c %) (let d: 整数) (assignLocal d %) (callNative "print_line" [(concat [(format c) " " (format d)])]) (let %: 整数 1) (let %: 整数 2) (let e: 整数) (assignLocal e %) (callNative "print_line" [(format e)])'],
  ['parallel assignment of elements', '入口', '函数 入口() { 变量 a = [1, 2]; a[0], a[1] = a[1], a[0]; 打印行(a) }',
    '(let a: 列表<整数> (list [1 2])) (let %: 整数 (index a 1)) (let %: 整数 (index a 0)) (assignIndex a 0 %) (assignIndex a 1 %) (callNative "print_line" [(format a)])'],
  ['parallel targets are evaluated before the values', '入口', '函数 入口() { 变量 a = [1]; 变量 i = 0; i, a[i] = 5, 6; 打印行(a, i) }',
    '(let a: 列表<整数> (list [1])) (let i: 整数 0) (let %: 列表<整数> a) (let %: 整数 i) (let %: 整数 5) (let %: 整数 6) (assignLocal i %) (assignIndex % % %) (callNative "print_line" [(concat [(format a) " " (format i)])])'],
  ['declarations of several names', '入口', '函数 入口() { 变量 a, b = 1, "二"; 变量 c, d = (a, b); 打印行(c, d) }',
    '(let a: 整数 1) (let b: 字符串 "二") (let c: 整数 a) (let d: 字符串 b) (callNative "print_line" [(concat [(format c) " " d])])'],
  ['compound assignment evaluates its target once', '入口', `类型 点 { [整数] 值; }
函数 取(): 点 { 返回 点 { 值: [1] } }
函数 入口() { 取().值[0] += 2; 变量 s = "a"; s += 1; 变量 n = 1; n *= 2; 打印行(s, n) }`,
    '(let %: 列表<整数> (field (call 取 []) 0)) (assignIndex % 0 (binary "add" (index % 0) 2)) (let s: 字符串 "a") (assignLocal s (concat [s (format 1)])) (let n: 整数 1) (assignLocal n (binary "mul" n 2)) (callNative "print_line" [(concat [s " " (format n)])])'],
  ['fields are assigned', '入口', `类型 点 { 整数 x; }
函数 入口() { p = 点 { x: 1 }; p.x = 2; p.x -= 1; 打印行(p) }`,
    '(let p: 点 (struct [(0 1)])) (assignField p 0 2) (assignField p 0 (binary "sub" (field p 0) 1)) (callNative "print_line" [(format p)])'],
  ['package variables', '入口', `变量 甲 = 1
乙 = [甲]
函数 加() { 甲 += 1; 乙[0] = 甲 }
函数 入口() { 加(); 打印行(甲, 乙) }`,
    '(call 加 []) (callNative "print_line" [(concat [(format @甲) " " (format @乙)])])'],
  ['initialisers run before the entry', '顶层', `变量 甲 = 1
变量 乙, 丙 = 甲, "x"
不可变 丁: 浮点数 = 1
函数 入口(): 整数 { 打印行(乙, 丙, 丁); 返回 甲 }`,
    '(assignGlobal @甲 1) (assignGlobal @乙 @甲) (assignGlobal @丙 "x") (assignGlobal @丁 1.0) (return (call 入口 []))'],
  ['top-level statements', '顶层', `甲 = 1
如果 甲 > 0 { 变量 乙 = 2; 丙 = 乙; 打印行(丙) }
对于 i 在 0..2 { 甲 += i }`,
    '(let 丙: 整数) (assignGlobal @甲 1) (if (compare "gt" @甲 0) {(let 乙: 整数 2) (assignLocal 丙 乙) (callNative "print_line" [(format 丙)])}) (forRange i 0 2 false {(assignGlobal @甲 (binary "add" @甲 i))})'],
  ['loops', '入口', '函数 入口() { 外: 当 真 { 循环 { 跳出 外 }; 继续 外 }; 对于 i 从 1 到 9 步长 2 { 如果 i > 3 { 继续 } 打印行(i) } 对于 i 在 0..=3 { 打印行(i) } }',
    '(while true {(while {(break:外)}) (continue:外)}:外) (forRange i 1 9 2 true {(if (compare "gt" i 3) {(continue)}) (callNative "print_line" [(format i)])}) (forRange i 0 3 true {(callNative "print_line" [(format i)])})'],
  ['iteration over everything', '入口', `函数 入口() {
  对于 x 在 [1.5] { 打印行(x) }
  对于 i, x 在 ["a"] { 打印行(i, x) }
  对于 c 在 "ab" { 打印行(c) }
  对于 i, c 在 "ab" { 打印行(i, c) }
  d = {"a": 1}
  对于 k 在 d { 打印行(k) }
}`,
    '(forEach x (list [1.5]) {(callNative "print_line" [(format x)])}) (forEach i x (list ["a"]) {(callNative "print_line" [(concat [(format i) " " x])])}) (forEach c "ab" {(callNative "print_line" [(format c)])}) (forEach i c "ab" {(callNative "print_line" [(concat [(format i) " " (format c)])])}) (let d: 字典<字符串, 整数> (dict [("a" 1)])) (forEach k d {(callNative "print_line" [k])})'],
  ['iteration over pairs and arrays', '入口', '函数 入口() { d = {"a": 1}; 对于 k, v 在 d { 打印行(k, v) } 变量 a = [0; 2]; 对于 _ 在 a { 打印行() } 对于 _ 在 0..2 { 打印行() } }',
    '(let d: 字典<字符串, 整数> (dict [("a" 1)])) (forEach k v d {(callNative "print_line" [(concat [k " " (format v)])])}) (let a: [整数; 2] (fill 0 2)) (forEach % a {(callNative "print_line" [""])}) (forRange % 0 2 false {(callNative "print_line" [""])})'],
  ['尝试 with kinds', '入口', '函数 入口() { 尝试 { 打印行(1) } 捕获 除零错误 作为 e { 打印行(e.消息) } 捕获 溢出错误 { } 捕获 取消错误 作为 _ { } 捕获 e { 抛出 e } 最终 { 打印行(2) } }',
    '(try {(callNative "print_line" [(format 1)])} [(["除零错误"] e {(callNative "print_line" [(callNative "error_message" [e])])}) (["溢出错误"] {}) (["取消错误"] {}) (["错误"] e {(throw e)})] {(callNative "print_line" [(format 2)])})'],
  ['返回 of 空 values', '入口', `函数 f() { 返回 g() }
函数 g() { 返回 }
函数 入口() { 返回 f() }`,
    '(call f []) (return)'],
  ['late 空 results are no values', 'f', `函数 f(x) { 如果 真 { 返回 x() } 返回 x() }
函数 入口() { f(() => 打印行(1)) }`,
    '(if true {(callClosure x []) (return)}) (callClosure x []) (return)'],
  ['variables without a value', '入口', '函数 入口() { 变量 x: 整数; 如果 真 { x = 1 } 否则 { x = 2 } 打印行(x) }',
    '(let x: 整数) (if true {(assignLocal x 1)} {(assignLocal x 2)}) (callNative "print_line" [(format x)])'],
  ['jumps inside 最终 are fine', '入口', '函数 入口() { 尝试 { 打印行(1) } 最终 { 循环 { 跳出 } } }',
    '(try {(callNative "print_line" [(format 1)])} [] {(while {(break)})})'],
];

for (const [name, func, text, expected] of SHAPES) test(name, () => assert.is(bodyOf(text, func), expected));

/** Name, program, diagnostics with their places. */
const DIAGNOSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['break and continue', '函数 入口() { 跳出; 循环 { 跳出 外 } 尝试 { } 最终 { 继续 } 循环 { 尝试 { } 最终 { 跳出 } } 循环 { 函数 f() { 跳出 } f() } }', ['E3014 1:11', 'E3015 1:23', 'E3013 1:39', 'E3013 1:61', 'E3014 1:82']],
  ['leaving 最终', '函数 入口() { 尝试 { 打印行(1) } 最终 { 返回 } }', ['E3013 1:30']],
  ['iterating what cannot be iterated', '函数 入口() { 对于 x 在 5 { 打印行(x) } 对于 a, b 在 通道<整数>(1) { 打印行(a, b) } }', ['E3020 1:18', 'E3031 1:37']],
  ['immutable names', `函数 入口() { 不可变 x = 1; x = 2; x += 1; 打印行(x) }
常量 K = 1
不可变 全局 = 2
函数 f(不可变 p: 整数) { p = 1; K = 2; 全局 = 3; f = 1; 打印行(p) }`, ['E3009 1:22', 'E3009 1:29', 'E3009 4:19', 'E3009 4:26', 'E3009 4:33', 'E3027 4:41']],
  ['strings and errors are immutable', `函数 入口() { s = "a"; s[0] = 'b'; 尝试 { } 捕获 e { e.消息 = "x" }; 打印行(s); s[0..1] = "x" }`, ['E3009 1:20', 'E3009 1:46', 'E3027 1:68']],
  ['assignment types', '函数 入口() { 变量 x = 1; x = "a"; 变量 y = 1.5; y = x; 打印行(x, y); x, y = "a", 2 }', ['E3001 1:25', 'E3001 1:46', 'E3001 1:67']],
  ['compound assignment to unknown names', '函数 入口() { x += 1 }', ['E3002 1:11']],
  ['compound assignment types', '函数 入口() { 变量 x = 1; x += "a"; x += 1.5; 打印行(x) }', ['E3001 1:21', 'E3001 1:36']],
  ['assigned on some paths only', `函数 f(c: 布尔) { 如果 c { x = 1 } 打印行(x) }
函数 g(c: 布尔) { 当 c { x = 1 } 打印行(x) }
函数 h(c: 布尔) { 尝试 { x = 1 } 捕获 { } 打印行(x) }
函数 k(c: 布尔) { 变量 x: 整数; 如果 c && 真 { x = 1 } 否则 { 返回 } 打印行(x) }
函数 l() { 变量 x: 整数; 闭 = () => x; 打印行(闭()) }
函数 m(c: 通道<整数>) { 选择 { 情况 v := <-c: x = v 默认: x = 1 } 打印行(x) }
函数 n() { 循环 { x = 1; 跳出 } 打印行(x) }
函数 o(c: 布尔) { 打印行(如果 c { y = 1; 1 } 否则 { 2 }, y) }
函数 p(c: 布尔) { 变量 x: 整数; 如果 c && 设(x) { } }
函数 设(x: 整数): 布尔 { 返回 x > 0 }
函数 q() { 对于 i 在 0..3 { 变量 z: 整数; 如果 i > 1 { z = i } 打印行(z) } }
函数 r() { 启动 { 打印行(w) }; w = 1 }
函数 入口() { f(真); g(真); h(真); k(真); l(); m(通道<整数>(1)); n(); o(真); p(真); q(); r() }`, ['E3004 1:34', 'E3004 2:33', 'E3004 3:39', 'E3004 5:24', 'E3004 8:47', 'E3004 9:35', 'E3004 11:57', 'E3002 12:19']],
  ['paths without 返回', `函数 f(c: 布尔): 整数 { 如果 c { 返回 1 } }
函数 g(c: 布尔): 整数 { 如果 c { 返回 1 } 否则 { 抛出 错误("x") } }
函数 h(): 整数 { 当 真 { } }
函数 k(): 整数 { 循环 { 跳出 } }
函数 l(): 整数 { 尝试 { 返回 1 } 捕获 { 返回 2 } }
函数 m(): 整数 { 尝试 { 返回 1 } 最终 { 打印行(1) } }
函数 n(): 整数 { 尝试 { 打印行(1) } 捕获 { 返回 2 } }
函数 入口() { f(真); g(真); h(); k(); l(); m(); n(); o = 函数(): 整数 { 打印行(1) }; o() }`, ['E3012 1:33', 'E3012 4:24', 'E3012 7:40', 'E3012 8:70']],
  ['unreachable code, once for each stretch', '函数 入口() { 循环 { 跳出; 打印行(1); 打印行(2) } 返回; 打印行(3) }', ['W3002 1:20', 'W3002 1:41']],
  ['unread variables', '函数 入口() { 变量 甲 = 1; 乙 = 2; 乙 = 3; 变量 丙 = 0; 丙 += 1; 对于 i 在 0..2 { } _丁 = 4; 变量 _ = 5; 变量 戊, 己 = 1, 2; 打印行(己) }', ['W3001 1:14', 'W3001 1:21', 'W3001 1:38', 'W3001 1:90']],
  ['types in functions', '函数 入口() { 枚举 色 { 红 } 特性 能 { } 实现 点 { } }', ['E3117 1:14', 'E3117 1:25', 'E3117 1:34']],
  ['返回 of tuples and thrown values', `函数 f(): (整数, 布尔) { 返回 1, 2 }
函数 g() { 返回 抛出 错误("x") }
函数 h(): 未来<整数> { 返回 "a" }
函数 k(): 未来<整数> { 返回 }
函数 l(): 未来<整数> { 返回 抛出 错误("x") }
函数 入口() { f(); g(); h(); k(); l(); 抛出 3 }`, ['E3001 1:26', 'E3001 3:21', 'E3001 4:18', 'E3001 6:39']],
];

for (const [name, text, codes] of DIAGNOSED) test(name, () => assert.equal(checkText(text).codes, codes));

test.run();
