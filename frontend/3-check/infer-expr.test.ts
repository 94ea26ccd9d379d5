/** Expressions: literals, operators, containers, fields, conversions. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyOf, checkText } from './check.test-helper.js';

/** Name, function, program, its typed body. */
const SHAPES: readonly (readonly [string, string, string, string])[] = [
  ['integer literals adapt to the expected type', '入口', '函数 入口() { 变量 a: 浮点数 = 3; 变量 b = 3; 打印行(a * 2, b) }',
    '(let a: 浮点数 3.0) (let b: 整数 3) (callNative "print_line" [(concat [(format (binary "mul" a 2.0)) " " (format b)])])'],
  ['integer literals adapt to the other operand', '入口', '函数 入口() { 打印行(1 + 2.5, 2.5 - 1) }',
    '(callNative "print_line" [(concat [(format (binary "add" 1.0 2.5)) " " (format (binary "sub" 2.5 1.0))])])'],
  ['the smallest integer', '入口', '函数 入口() { 打印行(-9223372036854775808) }',
    '(callNative "print_line" [(format -9223372036854775808)])'],
  ['character literals become strings where one is expected', '入口', `函数 入口() { 变量 s: 字符串 = 'x'; 变量 c = 'y'; 打印行(s == 'z', c < 'z') }`,
    `(let s: 字符串 "x") (let c: 字符 'y') (callNative "print_line" [(concat [(format (compare "eq" s "z")) " " (format (compare "lt" c 'z'))])])`],
  ['plus joins when one side is a string', '入口', '函数 入口() { 变量 n = 3; 打印行("计数: " + n + "毫秒", n + "a") }',
    '(let n: 整数 3) (callNative "print_line" [(concat [(concat ["计数: " (format n) "毫秒"]) " " (concat [(format n) "a"])])])'],
  ['joins are flat', '入口', '函数 入口() { 变量 s = "a"; 打印行(s + 1 + (s + 2)) }',
    '(let s: 字符串 "a") (callNative "print_line" [(concat [s (format 1) s (format 2)])])'],
  ['interpolation with a format', '入口', '函数 入口() { 变量 x = 1.5; 打印行($"值 {x:.2}，{x}") }',
    '(let x: 浮点数 1.5) (callNative "print_line" [(concat ["值 " (format x ".2") "，" (format x)])])'],
  ['interpolation of one string is that string', '入口', '函数 入口() { 变量 s = "a"; 打印行($"{s}") }',
    '(let s: 字符串 "a") (callNative "print_line" [s])'],
  ['printing joins by a space', '入口', '函数 入口() { 打印行(1, "a", 真); 打印行(); 打印("x") }',
    '(callNative "print_line" [(concat [(format 1) " " "a" " " (format true)])]) (callNative "print_line" [""]) (callNative "print" ["x"])'],
  ['printing with a format string', '入口', '函数 入口() { 打印行("{} 和 {}", 1, "b"); 打印行("{}", 1, 2); 打印行("{}") }',
    '(callNative "print_line" [(concat [(format 1) " 和 " "b"])]) (callNative "print_line" [(concat ["{}" " " (format 1) " " (format 2)])]) (callNative "print_line" ["{}"])'],
  ['empty list takes its type from later use', '入口', '函数 入口() { 变量 a = []; a.添加(1.5); 打印行(a) }',
    '(let a: 列表<浮点数> (list [])) (push a 1.5) (callNative "print_line" [(format a)])'],
  ['empty dict takes its type from later use', '入口', '函数 入口() { 变量 d = {}; d["k"] = [1]; 打印行(d) }',
    '(let d: 字典<字符串, 列表<整数>> (dict [])) (assignIndex d "k" (list [1])) (callNative "print_line" [(format d)])'],
  ['none takes its type from later use', '入口', '函数 入口() { 变量 o = 无; o = 有("x"); 打印行(o.或("y")) }',
    '(let o: 选项<字符串> none) (assignLocal o (some "x")) (callNative "print_line" [(optionOr o "y")])'],
  ['空 is none where an option is expected', '入口', '函数 入口() { 变量 o: 选项<整数> = 空; 打印行(o == 空, o == 无) }',
    '(let o: 选项<整数> none) (callNative "print_line" [(concat [(format (compare "eq" o none)) " " (format (compare "eq" o none))])])'],
  ['fixed arrays', '入口', '函数 入口() { 变量 a: [整数; 2] = [1, 2]; 变量 b = [0; 3]; 打印行(a[0], b.长度()) }',
    '(let a: [整数; 2] (list [1 2])) (let b: [整数; 3] (fill 0 3)) (callNative "print_line" [(concat [(format (index a 0)) " " (format (len b))])])'],
  ['a run-time length makes a list', '入口', '函数 入口() { 变量 n = 3; 变量 a = [真; n]; 打印行(a.长度()) }',
    '(let n: 整数 3) (let a: 列表<布尔> (fill true n)) (callNative "print_line" [(format (len a))])'],
  ['constants fold', '入口', `常量 N = 10
常量 M = N * 2 + -1
常量 名 = "q" + "i"
常量 甲 = 1.5 * 2
函数 入口() { 变量 a: [整数; N] = [M; N]; 打印行(a, 名, 甲, N) }`,
    '(let a: [整数; 10] (fill 19 10)) (callNative "print_line" [(concat [(format a) " " "qi" " " (format 3.0) " " (format 10)])])'],
  ['constants of every kind', '入口', `常量 比 = (1 < 2) && !假
常量 位 = (6 & 3) | (1 << 4) ^ ~0
常量 字 = '好'
常量 浮: 浮点数 = 2
常量 负 = -1.5
函数 入口() { 打印行(比, 位, 字, 浮, 负) }`,
    `(callNative "print_line" [(concat [(format true) " " (format -17) " " (format '好') " " (format 2.0) " " (format -1.5)])])`],
  ['local constants', '入口', '函数 入口() { 常量 K = 7 / 2; 常量 R = 7 % 2; 打印行(K, R, K >= R, -K) }',
    '(callNative "print_line" [(concat [(format 3) " " (format 1) " " (format (compare "ge" 3 1)) " " (format (unary "neg" 3))])])'],
  ['slices', '入口', '函数 入口() { 变量 a = [1, 2, 3]; 变量 s = "你好"; 打印行(a[1..], a[..2], s[0..=1], "好"[1..]) }',
    '(let a: 列表<整数> (list [1 2 3])) (let s: 字符串 "你好") (callNative "print_line" [(concat [(format (callNative "list_slice" [a 1 (len a)])) " " (format (callNative "list_slice" [a 0 2])) " " (callNative "string_slice" [s 0 (binary "add" 1 1)]) " " (blockExpr {(let %: 字符串 "好")} (callNative "string_slice" [% 1 (callNative "string_len" [%])]))])])'],
  ['indexing', '入口', '函数 入口() { 变量 d = {"a": [1]}; 打印行(d["a"][0], "你好"[1]) }',
    '(let d: 字典<字符串, 列表<整数>> (dict [("a" (list [1]))])) (callNative "print_line" [(concat [(format (index (index d "a") 0)) " " (format (index "你好" 1))])])'],
  ['fields and struct literals in source order', '入口', `类型 点 { 整数 x; 整数 y = 7; }
函数 入口() { p = 点 { y: 1, x: 2 }; q = 点 { x: 3 }; 打印行(p.x + q.y) }`,
    '(let p: 点 (struct [(1 1) (0 2)])) (let q: 点 (struct [(0 3) (1 7)])) (callNative "print_line" [(format (binary "add" (field p 0) (field q 1)))])'],
  ['tuple structs', '入口', `结构体 坐标(浮点数, 浮点数)
函数 入口() { c = 坐标(3, 4); 打印行(c.0 + c.1) }`,
    '(let c: 坐标 (struct [(0 3.0) (1 4.0)])) (callNative "print_line" [(format (binary "add" (field c 0) (field c 1)))])'],
  ['if as expression', '入口', '函数 入口() { n = 5; x = 如果 n > 3 { y = n; y * 2 } 否则 如果 n > 1 { 1 } 否则 { 抛出 错误("小") }; 打印行(x) }',
    '(let y: 整数) (let n: 整数 5) (let x: 整数 (if (compare "gt" n 3) (blockExpr {(assignLocal y n)} (binary "mul" y 2)) (if (compare "gt" n 1) 1 (diverge (throw (callNative "error_new" ["小"])))))) (callNative "print_line" [(format x)])'],
  ['conversions', '入口', `函数 入口() { 打印行(整数(3.5), 浮点数(2), 字符串(1), 整数("12"), 浮点数("1"), 字符(65), 整数('a'), 整数(真), 布尔(2), 浮点数(假)) }`,
    `(callNative "print_line" [(concat [(format (convert "floatToInt" 3.5)) " " (format (convert "intToFloat" 2)) " " (format 1) " " (format (callNative "parse_int" ["12"])) " " (format (callNative "parse_float" ["1"])) " " (format (convert "intToChar" 65)) " " (format (convert "charToInt" 'a')) " " (format (convert "boolToInt" true)) " " (format (compare "ne" 2 0)) " " (format (convert "intToFloat" (convert "boolToInt" false)))])])`],
  ['named conversions and 作为', '入口', `函数 入口() { 打印行(整数转字符串(1), 浮点数转整数(2.5), 整数转浮点数(1), 字符转整数('a'), 3 作为 浮点数, 整数转字符(65), 布尔转整数(真)) }`,
    `(callNative "print_line" [(concat [(format 1) " " (format (convert "floatToInt" 2.5)) " " (format (convert "intToFloat" 1)) " " (format (convert "charToInt" 'a')) " " (format (convert "intToFloat" 3)) " " (format (convert "intToChar" 65)) " " (format (convert "boolToInt" true))])])`],
  ['wrapping, identity, bits', '入口', '函数 入口() { a = [1]; 打印行(回绕加(1, 2), 回绕减(1, 2), 回绕乘(1, 2), 同一(a, a), ~1 & 3 | 4 ^ 5 << 1 >> 2, 非 真) }',
    '(let a: 列表<整数> (list [1])) (callNative "print_line" [(concat [(format (binary "wrapAdd" 1 2)) " " (format (binary "wrapSub" 1 2)) " " (format (binary "wrapMul" 1 2)) " " (format (identical a a)) " " (format (binary "bitOr" (binary "bitAnd" (unary "bitNot" 1) 3) (binary "bitXor" 4 (binary "shr" (binary "shl" 5 1) 2)))) " " (format (unary "not" true))])])'],
  ['logic', '入口', '函数 入口() { a = 真; 打印行(a && !a || 假) }',
    '(let a: 布尔 true) (callNative "print_line" [(format (logical "or" (logical "and" a (unary "not" a)) false))])'],
  ['options', '入口', '函数 入口() { o = 有(3); 打印行(o.是有(), o.是无(), o.取出(), o.或(0)) }',
    '(let o: 选项<整数> (some 3)) (callNative "print_line" [(concat [(format (isSome o)) " " (format (unary "not" (isSome o))) " " (format (unwrap o)) " " (format (optionOr o 0))])])'],
  ['mapping an option', '入口', '函数 入口() { o = 有(3); 打印行(o.映射((x) => x + 1)) }',
    '(let o: 选项<整数> (some 3)) (callNative "print_line" [(format (blockExpr {(let %: 选项<整数> o) (let %: 函数(整数): 整数 (closure 闭包))} (if (isSome %) (some (callClosure % [(unwrap %)])) none)))])'],
  ['dict methods', '入口', '函数 入口() { d = {"a": 1}; d.插入("b", 2); 打印行(d.获取("a"), d.长度(), 长度(d), d.包含键("a"), d.键列表(), d.移除("a")) }',
    '(let d: 字典<字符串, 整数> (dict [("a" 1)])) (block {(assignIndex d "b" 2)}) (callNative "print_line" [(concat [(format (dictFind d "a")) " " (format (len d)) " " (format (len d)) " " (format (callNative "dict_contains" [d "a"])) " " (format (callNative "dict_keys" [d])) " " (format (callNative "dict_remove" [d "a"]))])])'],
  ['list and string methods', '入口', '函数 入口() { a = [3, 1]; a.排序(); 打印行(a.弹出(), a.包含(1), 长度(a), "a,b".分割(","), "x".长度()) }',
    '(let a: 列表<整数> (list [3 1])) (callNative "list_sort" [a false]) (callNative "print_line" [(concat [(format (callNative "list_pop" [a])) " " (format (callNative "list_contains" [a 1])) " " (format (len a)) " " (format (callNative "string_split" ["a,b" "," -1])) " " (format (callNative "string_len" ["x"]))])])'],
  ['clone', '入口', '函数 入口() { a = [1]; b = 克隆 a; 打印行(b) }',
    '(let a: 列表<整数> (list [1])) (let b: 列表<整数> (callNative "clone" [a])) (callNative "print_line" [(format b)])'],
  ['error fields and throwing a text', '入口', '函数 入口() { 尝试 { 抛出 "坏" } 捕获 e { 打印行(e.消息, e.代码, e.栈, e.起因) } }',
    '(try {(throw (callNative "error_new" ["坏"]))} [(["错误"] e {(callNative "print_line" [(concat [(callNative "error_message" [e]) " " (callNative "error_code" [e]) " " (callNative "error_stack" [e]) " " (format (callNative "error_cause" [e]))])])})])'],
  ['user names shadow built-ins', '入口', `函数 长度(x: 整数): 整数 { 返回 x }
函数 入口() { 打印行(长度(3)); 通道 = 1; 打印行(通道) }`,
    '(callNative "print_line" [(format (call 长度 [3]))]) (let 通道: 整数 1) (callNative "print_line" [(format 通道)])'],
  ['a variable named like a built-in type leaves the type', '入口', '函数 入口() { 通道 = 通道<整数>(1); 变量 列表: 列表<整数> = []; 打印行(通道, 列表) }',
    '(let 通道: 通道<整数> (newChannel 1)) (let 列表: 列表<整数> (list [])) (callNative "print_line" [(concat [(format 通道) " " (format 列表)])])'],
  ['typed containers', '入口', '函数 入口() { a = 列表<整数>(); d = 字典<字符串, 整数>(); 打印行(a, d) }',
    '(let a: 列表<整数> (list [])) (let d: 字典<字符串, 整数> (dict [])) (callNative "print_line" [(concat [(format a) " " (format d)])])'],
  ['a variable named like a type leaves the type', '入口', `类型 点 { 整数 x; }
方法 点 { 静态 函数 新(): 点 { 返回 点 { x: 1 } } }
函数 入口() { 变量 点 = 点 { x: 1 }; p = 点 { x: 2 }; q = 点::新(); 打印行(点.x, p, q) }`,
    '(let 点: 点 (struct [(0 1)])) (let p: 点 (struct [(0 2)])) (let q: 点 (call 点.新 [])) (callNative "print_line" [(concat [(format (field 点 0)) " " (format p) " " (format q)])])'],
  ['literals in a container are settled with the variable', '入口', '函数 入口() { a = [1]; d = {"a": [有(1)]}; 打印行(a[0] * 2, d) }',
    '(let a: 列表<整数> (list [1])) (let d: 字典<字符串, 列表<选项<整数>>> (dict [("a" (list [(some 1)]))])) (callNative "print_line" [(concat [(format (binary "mul" (index a 0) 2)) " " (format d)])])'],
  ['operators on untyped operands', 'f', `函数 f(a, b, c, d, e) { 打印行(-a, a % b, a >= b, c & d, c << 1, !e, e || 真) ; 返回 a + a }
函数 入口() { 打印行(f(1.5, 2.0, 3, 4, 假)) }`,
    '(callNative "print_line" [(concat [(format (unary "neg" a)) " " (format (binary "rem" a b)) " " (format (compare "ge" a b)) " " (format (binary "bitAnd" c d)) " " (format (binary "shl" c 1)) " " (format (unary "not" e)) " " (format (logical "or" e true))])]) (return (binary "add" a a))'],
  ['conversions of untyped values', 'f', `函数 f(a, b) { 返回 整数(a) + (b 作为 整数) + 整数(2.5) }
函数 入口() { 打印行(f("1", 2.5)) }`,
    '(return (binary "add" (binary "add" (callNative "parse_int" [a]) (convert "floatToInt" b)) (convert "floatToInt" 2.5)))'],
  ['if without else is 空', '入口', '函数 入口() { x = 如果 真 { 打印行(1) }; 打印行(x) }',
    '(let x: 空 (blockExpr unit {(if true {(callNative "print_line" [(format 1)])})})) (callNative "print_line" [(format x)])'],
  ['branches that end in jumps', '入口', '函数 入口() { 循环 { x = 如果 真 { 打印行(0); 跳出 } 否则 { 1 }; y = 如果 真 { 2 } 否则 { 继续 }; 打印行(x, y) } z = 如果 真 { 打印行(1) } 否则 { 变量 a = 1 }; 打印行(z) }',
    '(let x: 整数) (let y: 整数) (while {(assignLocal x (if true (blockExpr {(callNative "print_line" [(format 0)])} (diverge (break))) 1)) (assignLocal y (if true 2 (diverge (continue)))) (callNative "print_line" [(concat [(format x) " " (format y)])])}) (let z: 空 (if true (callNative "print_line" [(format 1)]) (blockExpr {(let a: 整数 1)} unit))) (callNative "print_line" [(format z)])'],
  ['constants of a written type', '入口', `常量 甲: 字符串 = 'x'
函数 入口() { 打印行(甲) }`,
    '(callNative "print_line" ["x"])'],
];

for (const [name, func, text, expected] of SHAPES) test(name, () => assert.is(bodyOf(text, func), expected));

/** Name, program, diagnostics with their places. */
const DIAGNOSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['mismatch points at the value', '函数 入口() { 变量 x: 整数 = "a"; 打印行(x) }', ['E3001 1:22']],
  ['operands of different types', '函数 入口() { a = 1; b = 1.5; 打印行(a + b) }', ['E3001 1:35']],
  ['operators that do not apply', '函数 入口() { 打印行("a" - 1, 真 + 假, -"a", [1] < [2], 1.5 & 1) }', ['E3010 1:15', 'E3010 1:24', 'E3010 1:31', 'E3010 1:37', 'E3010 1:48']],
  ['conditions', '函数 入口() { 如果 1 { } }', ['E3011 1:14']],
  ['literal out of range', '函数 入口() { 打印行(9223372036854775808, -9223372036854775809) }', ['E3017 1:15', 'E3017 1:36']],
  ['float literal that is not exact', '函数 入口() { 变量 x: 浮点数 = 9007199254740993; 打印行(x) }', ['E3017 1:23']],
  ['undefined names, each once', '函数 入口() { 打印行(甲乙, 甲乙 + 1); 丙丁() }', ['E3002 1:15', 'E3002 1:28']],
  ['errors do not cascade', '函数 入口() { x = 未知 + 1; 打印行(x.字段, x[0], x.方法(1), x + 2, -x, [x]); y = x; 打印行(y == "a") }', ['E3002 1:15']],
  ['list elements', '函数 入口() { 打印行([1, "二"]) }', ['E3001 1:19']],
  ['branches of an if expression', '函数 入口() { 打印行(如果 真 { 1 } 否则 { "二" }) }', ['E3001 1:31']],
  ['unknown members', `类型 点 { 整数 长度值; }
函数 入口() { p = 点 { 长度值: 1 }; 打印行(p.长度直); p.走(); [1].添佳(2); 1.5.x() }`, ['E3008 2:35', 'E3008 2:43', 'E3008 2:52', 'E3008 2:63']],
  ['struct literal faults', `类型 点 { 整数 x; 整数 y; }
函数 入口() { 打印行(点 { x: 1 }, 点 { x: 1, x: 2, y: 3 }, 点 { x: 1, y: 2, z: 3 }, 点 { x: "a", y: 1 }) }`, ['E3019 2:15', 'E3003 2:37', 'E3008 2:67', 'E3001 2:82']],
  ['types are no values', `类型 点 { 整数 x; }
函数 入口() { 打印行(点); 打印行(整数) }`, ['E3030 2:15', 'E3030 2:23']],
  ['values are no types', `函数 甲() { }
函数 入口() { 变量 x: 甲 = 1; 变量 y: 未知型 = 2 }`, ['E3034 2:17', 'E3002 2:30']],
  ['type arguments', '函数 入口() { 变量 x: 列表<整数, 整数> = []; 变量 y: 整数<整数> = 1; 变量 z: 字典<整数> = {} }', ['E3033 1:17', 'E3033 1:40', 'E3033 1:58']],
  ['keys must be hashable', '函数 入口() { 变量 d: 字典<列表<整数>, 整数> = {}; e = {[1]: 2}; 打印行(d, e) }', ['E3018 1:20', 'E3018 1:43']],
  ['indexing what has no index', '函数 入口() { x = 3; 打印行(x[0], x[1..2]) }', ['E3028 1:22', 'E3028 1:28']],
  ['conversions that do not exist', '函数 入口() { 打印行(整数([1]), 布尔("a")) }', ['E3022 1:15', 'E3022 1:24']],
  ['constants must be constant', `函数 取(): 整数 { 返回 1 }
常量 甲 = 取()
常量 乙 = 1 / 0
常量 丙 = 丙 + 1
函数 入口() { 打印行(甲, 乙, 丙); 常量 丁 = 取(); 打印行(丁); 变量 a: [整数; 取()] = [] }`, ['E3023 2:8', 'E3023 3:8', 'E3032 4:4', 'E3023 5:32', 'E3023 5:56']],
  ['nothing shows the type', '函数 入口() { 变量 列 = []; 打印行(列) }', ['E3005 1:14']],
  ['unused untyped parameter', `函数 f(x) { 打印行(x, 没有) }
函数 入口() { }`, ['E3002 1:18']],
  ['endless types of functions', `函数 f(x) { 返回 f([x]) }
函数 入口() { f(1) }`, ['E3101 1:14']],
  ['cyclic aliases', `类型 甲 = 乙
类型 乙 = 甲
函数 入口() { }`, ['E3032 1:4']],
  ['aliases are their types', `类型 号 = 整数
函数 入口() { 变量 x: 号 = 3; 变量 y: 号 = "a"; 打印行(x, y) }`, ['E3001 2:34']],
  ['containers settle their literals', '函数 入口() { a = [1]; a.添加(2.5); d = {"a": 1}; d["b"] = 1.5; o = 有(1); o = 有(1.5); 打印行(a, d, o) }', ['E3001 1:25', 'E3001 1:54', 'E3001 1:75']],
  ['untyped operands that turn out wrong', `函数 f(a) { 返回 -a }
函数 g(a, b) { 返回 a + b }
函数 h(a) { 返回 a < a }
函数 k(a) { 返回 a.x }
函数 l(a) { 返回 a[0] }
函数 m(a) { a[0] = 1 }
函数 n(a) { a.x = 1 }
函数 o(a) { 对于 x 在 a { 打印行(x + 1) } }
函数 p(a) { 返回 等待 a }
函数 入口() { f("a"); g(真, 真); h([1]); k(1); l(1); m("a"); n(1); o(1); p(1); 打印行(1) }`, ['E3010 1:14', 'E3010 2:17', 'E3010 3:14', 'E3008 4:16', 'E3028 5:14', 'E3009 6:11', 'E3008 7:13', 'E3020 8:18', 'E3021 9:17']],
  ['untyped uses that do not agree', `函数 f(a, b) { 变量 x: 字符串 = a.x; 变量 y: 整数 = a + b; 打印行(x, y) }
类型 点 { 整数 x; }
函数 入口() { f(点 { x: 1 }, "a") }`, ['E3001 1:26', 'E3001 1:42']],
  ['literals in constants', `常量 A = 9223372036854775807 + 1
常量 B = -9223372036854775808
常量 C = -(-9223372036854775808)
常量 D = 1 << 64
常量 E = 1 % 0
常量 F = !1
常量 G = "a" * 2
常量 H = [1]
常量 I = 1.5 % 2.0
常量 J = 9223372036854775808
常量 K = 1.0 / 4 - 2 + 1 * 3.0
常量 L = 3 - 2 - 1 * 4 / 2
常量 M = (1 > 2) || (1 <= 2) || (1 != 2) || (1 >= 2) || (1 == 2)
函数 入口() { 打印行(A, B, C, D, E, F, G, H, I, J, K, L, M) }`, ['E3023 1:8', 'E3023 3:8', 'E3023 4:8', 'E3023 5:8', 'E3023 6:8', 'E3023 7:8', 'E3023 8:8', 'E3023 9:8', 'E3023 10:8']],
  ['fields of errors and tasks', '函数 入口() { 尝试 { } 捕获 e { 打印行(e.消息啊, e.任务, e.消息.x) } }', ['E3008 1:31', 'E3008 1:47']],
];

for (const [name, text, codes] of DIAGNOSED) test(name, () => assert.equal(checkText(text).codes, codes));

test.run();
