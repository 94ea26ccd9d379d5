/** Calls and declarations: arguments, methods, inference of untyped functions, closures, entry. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyOf, checkText } from './check.test-helper.js';

/** Name, function, program, its typed body. */
const SHAPES: readonly (readonly [string, string, string, string])[] = [
  ['defaults, names and variadics', '入口', `函数 f(x: 整数, y: 整数 = 2, ...z: 整数) { 打印行(x, y, z) }
函数 入口() { f(1); f(1, 5, 6, 7); f(1, y: 3) }`,
    '(call f [1 2 (list [])]) (call f [1 5 (list [6 7])]) (call f [1 3 (list [])])'],
  ['arguments are evaluated as written', '入口', `函数 f(x: 整数, y: 整数 = 2) { 打印行(x, y) }
函数 g(): 整数 { 返回 1 }
函数 入口() { f(y: g(), x: 3) }`,
    '(blockExpr {(let %: 整数 (call g [])) (let %: 整数 3)} (call f [% %]))'],
  ['impure defaults come after the arguments', '入口', `函数 g(): 整数 { 返回 1 }
函数 f(x: 整数 = g(), y: 整数 = 0) { 打印行(x, y) }
函数 入口() { f(y: g()) }`,
    '(blockExpr {(let %: 整数 (call g []))} (call f [(call g []) %]))'],
  ['methods, Go style and blocks', '入口', `类型 点 { 整数 x; }
函数 (变量 我 点) 设(v: 整数) { 我.x = v }
方法 点 { 静态 函数 新(x: 整数): 点 { 返回 点 { x: x } } 函数 取(): 整数 { 返回 自身.x + 自己.x } }
函数 入口() { p = 点::新(1); p.设(3); q = 点.新(2); 打印行(p.取(), q.取()) }`,
    '(let p: 点 (call 点.新 [1])) (call 点.设 [p 3]) (let q: 点 (call 点.新 [2])) (callNative "print_line" [(concat [(format (call 点.取 [p])) " " (format (call 点.取 [q]))])])'],
  ['receiver before swapped arguments', '入口', `类型 点 { 整数 x; }
函数 (自身 点) 加(a: 整数, b: 整数): 整数 { 返回 自身.x + a + b }
函数 入口() { 打印行((点 { x: 1 }).加(b: 2, a: 3)) }`,
    '(callNative "print_line" [(format (blockExpr {(let %: 点 (struct [(0 1)])) (let %: 整数 2) (let %: 整数 3)} (call 点.加 [% % %])))])'],
  ['untyped functions take their types from use', '入口', `函数 加(a, b) { 返回 a + b }
函数 入口() { 打印行(加("a", "b")) }`,
    '(callNative "print_line" [(call 加 ["a" "b"])])'],
  ['untyped body', '加', `函数 加(a, b) { 返回 a + b }
函数 入口() { 打印行(加("a", "b")) }`,
    '(return (concat [a b]))'],
  ['untyped numbers default to 整数', '加', `函数 加(a, b) { 返回 a + b }
函数 入口() { 打印行(加(1, 2)) }`,
    '(return (binary "add" a b))'],
  ['a literal in an untyped body follows the caller', '半', `函数 半(x) { 返回 x / 2 }
函数 入口() { 打印行(半(3.0)) }`,
    '(return (binary "div" x 2.0))'],
  ['fields and methods of untyped parameters', 'f', `类型 点 { 整数 x; }
函数 (自身 点) 双(): 整数 { 返回 自身.x * 2 }
函数 f(p, s, n) { p.x = 1; p.x += n; 打印行(s.长度(), 长度(s), p.双(), s[0], s[1..], 字符串(n)); 对于 c 在 s { 打印行(c) } }
函数 入口() { f(点 { x: 1 }, "ab", 2) }`,
    '(assignField p 0 1) (assignField p 0 (binary "add" (field p 0) n)) (callNative "print_line" [(concat [(format (callNative "string_len" [s])) " " (format (callNative "string_len" [s])) " " (format (call 点.双 [p])) " " (format (index s 0)) " " (callNative "string_slice" [s 1 (callNative "string_len" [s])]) " " (format n)])]) (forEach c s {(callNative "print_line" [(format c)])})'],
  ['index targets of untyped parameters', 'f', `函数 f(a, k) { a[k] = 1; a[k] += 2; 返回 a[k] }
函数 入口() { d = {"a": 1}; 打印行(f(d, "a")) }`,
    '(assignIndex a k 1) (assignIndex a k (binary "add" (index a k) 2)) (return (index a k))'],
  ['mutual recursion without types', '奇', `函数 偶(n) { 如果 n == 0 { 返回 真 } 返回 奇(n - 1) }
函数 奇(n) { 如果 n == 0 { 返回 假 } 返回 偶(n - 1) }
函数 入口() { 打印行(偶(4)) }`,
    '(if (compare "eq" n 0) {(return false)}) (return (call 偶 [(binary "sub" n 1)]))'],
  ['functions as values', '入口', `函数 双(n: 整数): 整数 { 返回 n * 2 }
函数 应用(f, x) { 返回 f(x) }
函数 入口() { 打印行(应用(双, 3), 应用((n) => n + 1, 4)); g = 双; 打印行(g(2)) }`,
    '(callNative "print_line" [(concat [(format (call 应用 [(funcRef 双) 3])) " " (format (call 应用 [(closure 闭包) 4]))])]) (let g: 函数(整数): 整数 (funcRef 双)) (callNative "print_line" [(format (callClosure g [2]))])'],
  ['three spellings of closures', '入口', '函数 入口() { a = 函数(x: 整数): 整数 { 返回 x * 2 }; b = 闭包 (x) { 返回 x + 3 }; c = (x) => x * 3; 打印行(a(1), b(2), c(3)) }',
    '(let a: 函数(整数): 整数 (closure 闭包)) (let b: 函数(整数): 整数 (closure 闭包)) (let c: 函数(整数): 整数 (closure 闭包)) (callNative "print_line" [(concat [(format (callClosure a [1])) " " (format (callClosure b [2])) " " (format (callClosure c [3]))])])'],
  ['a closure where nothing is wanted drops its value', '入口', `函数 做(f: 函数()) { f() }
函数 入口() { a = [1]; 做(() => a.弹出()) }`,
    '(let a: 列表<整数> (list [1])) (call 做 [(closure 闭包)])'],
  ['fields that hold functions', '入口', `类型 器 { f: 函数(整数): 整数 }
函数 入口() { x = 器 { f: (n) => n }; 打印行(x.f(3)) }`,
    '(let x: 器 (struct [(0 (closure 闭包))])) (callNative "print_line" [(format (callClosure (field x 0) [3]))])'],
  ['local functions', '入口', '函数 入口() { 函数 内(n: 整数): 整数 { 如果 n == 0 { 返回 0 } 返回 内(n - 1) }; 函数 平(n) { 返回 n }; 打印行(内(3), 平(2)) }',
    '(let 内&: 函数(整数): 整数) (assignLocal 内& (closure 内)) (let 平: 函数(整数): 整数 (closure 平)) (callNative "print_line" [(concat [(format (callClosure 内& [3])) " " (format (callClosure 平 [2]))])])'],
  ['struct defaults that are closures', '入口', `类型 器 { f: 函数(整数): 整数 = (n) => n + 1 }
函数 入口() { x = 器 { }; 打印行(x.f(3)) }`,
    '(let x: 器 (struct [(0 (closure 闭包))])) (callNative "print_line" [(format (callClosure (field x 0) [3]))])'],
  ['callees of callees', '入口', `函数 加(a: 整数): 函数(整数): 整数 { 返回 (b) => a + b }
函数 入口() { 打印行(加(1)(2)) }`,
    '(callNative "print_line" [(format (callClosure (call 加 [1]) [2]))])'],
  ['natives with defaults', '入口', '函数 入口() { 断言(真); 退出(3); 打印行(输入(), [1].连接()) }',
    '(callNative "assert" [true ""]) (callNative "exit" [3]) (callNative "print_line" [(concat [(callNative "input" [""]) " " (callNative "list_join" [(list [1]) ""])])])'],
  ['closures declared 未来 wrap their results', '闭包', '函数 入口() { f = 函数(x: 整数): 未来<整数> { 返回 x }; 打印行(等待 f(1)) }',
    '(return (ready x))'],
  ['natives with names in another order', '入口', '函数 入口() { 断言(说明: "x", 条件: 真); "a".替换(新: "b", 旧: "a") }',
    '(blockExpr {(let %: 字符串 "x") (let %: 布尔 true)} (callNative "assert" [% %])) (blockExpr {(let %: 字符串 "a") (let %: 字符串 "b") (let %: 字符串 "a")} (callNative "string_replace" [% % % -1]))'],
  ['methods of 任务 that are those of 未来', '入口', '函数 入口() { t = 创建 { 1 }; 打印行(t.已完成(), t.编号()) }',
    '(let t: 任务<整数> (spawn 创建块 [])) (callNative "print_line" [(concat [(format (callNative "task_done" [t])) " " (format (callNative "task_id" [t]))])])'],
];

for (const [name, func, text, expected] of SHAPES) test(name, () => assert.is(bodyOf(text, func), expected));

/** Name, program, diagnostics with their places. */
const DIAGNOSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['number of arguments', `函数 f(x: 整数, y: 整数 = 1) { 打印行(x, y) }
函数 入口() { f(); f(1, 2, 3); "a".包含(); 平方根(); [1].添加(1, 2) }`, ['E3006 2:11', 'E3006 2:16', 'E3006 2:28', 'E3006 2:38', 'E3006 2:45']],
  ['named arguments', `函数 f(x: 整数) { 打印行(x) }
函数 入口() { f(y: 1); f(1, x: 2); 打印行(文: 1); g = (x: 整数) => x; g(x: 1) }`, ['E3007 2:13', 'E3003 2:25', 'E3007 2:36', 'E3007 2:63']],
  ['argument types', `函数 f(x: 整数, s: 字符串) { 打印行(x, s) }
函数 入口() { f("a", 1); "a".包含(1); 平方根("x") }`, ['E3001 2:13', 'E3001 2:18', 'E3001 2:29', 'E3001 2:37']],
  ['one message for instances that do not fit', `函数 最大(a, b) { 如果 a > b { 返回 a } 返回 b }
函数 入口() { 打印行(最大(1, 2), 最大("a", "b"), 最大([1], [2]), 最大(真, 假)) }`, ['E3010 1:18']],
  ['not functions', '函数 入口() { x = 3; x(); 未知(1); [1](2) }', ['E3016 1:18', 'E3002 1:23', 'E3016 1:30']],
  ['structs are made with braces', `类型 点 { 整数 x; }
函数 入口() { p = 点(1); 打印行(p); 点::无(); 点.新(); p2 = 点 { x: 1 }; p2.静() ; 点.走() }
方法 点 { 静态 函数 静() { } 函数 走() { } }`, ['E3016 2:15', 'E3008 2:32', 'E3008 2:39', 'E3008 2:64', 'E3008 2:72']],
  ['coroutines are not called', `协程 数() { 挂起 1 }
函数 普通() { }
函数 入口() { 数(); x = 数; c = 协程 普通(); d = 协程 没有(); 打印行(c, x, d) }`, ['E3026 3:11', 'E3026 3:20', 'E3036 3:30', 'E3002 3:43']],
  ['receivers without 变量 do not assign fields', `类型 点 { 整数 x; }
函数 (自身 点) 设() { 自身.x = 1 }
函数 入口() { (点 { x: 1 }).设() }`, ['E3009 2:17']],
  ['duplicate definitions', `函数 f() { }
函数 f() { }
类型 点 { 整数 x; 整数 x; }
函数 (自身 点) m() { }
函数 (自身 点) m() { }
函数 (自身 点) x() { }
函数 g(a: 整数, a: 整数) { 变量 b = 1; 变量 b = 2; 打印行(a, b) }
类型 f { 整数 y; }
函数 入口() { f(); g(1, 2) }`, ['E3003 2:4', 'E3003 3:17', 'E3003 5:11', 'E3003 6:11', 'E3003 7:13', 'E3003 7:35', 'E3003 8:4']],
  ['results', `函数 f(): 整数 { 返回 "a" }
函数 g(): 空 { 返回 3 }
函数 h(): 整数 { 返回 }
函数 k() { 如果 真 { 返回 1 } 返回 "a" }
函数 入口() { f(); g(); h(); k() }`, ['E3001 1:17', 'E3001 2:16', 'E3001 3:14', 'E3001 4:27']],
  ['inferred results that nothing decides', `函数 f() { 返回 g() }
函数 g() { 返回 f() }
函数 入口() { f() }`, ['E3005 1:4']],
  ['defaults are checked once', `函数 f(x: 整数 = "a", y: 整数 = 未知) { 打印行(x, y) }
函数 入口() { f(); f(1); f(1, 2) }`, ['E3001 1:14', 'E3002 1:27']],
  ['entry functions', `函数 主() { }
函数 入口(a: 整数): 字符串 { 返回 "x" }`, ['E3025 1:4', 'E3025 2:7', 'E3025 2:15']],
  ['a coroutine as entry', '协程 入口() { }', ['E3025 1:4']],
  ['statements beside an entry', `函数 入口() { }
变量 甲 = 1
乙 = 甲
打印行(1)
打印行(2)`, ['E3024 4:1']],
  ['返回 at top level', '返回 3', ['E3035 1:1']],
  ['order of unread variables and hints', '函数 入口() { 变量 计数器 = 1; 记数器 = 2; 变量结果 = 3; _略 = 4; 打印行(计数器) }', ['W3001 1:23', 'W3001 1:32']],
  ['assigning to functions and types', `函数 总和() { }
类型 点 { 整数 x; }
函数 入口() { 总和 = 1; 点 = 2 }`, ['E3027 3:11', 'E3027 3:19']],
  ['a method named like a type of path', `类型 点 { 整数 x; }
函数 入口() { 点::x(1); 未来::就绪(1, 2); 选项::无(); 打印行(点::y) }`, ['E3008 2:14', 'E3006 2:20', 'E3008 2:38', 'E3008 2:50']],
];

for (const [name, text, codes] of DIAGNOSED) test(name, () => assert.equal(checkText(text).codes, codes));

test.run();
