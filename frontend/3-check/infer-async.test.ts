/** Async: 等待 创建 启动 协程 恢复 挂起, channels, 选择. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyOf, checkText } from './check.test-helper.js';

/** Name, function, program, its typed body. */
const SHAPES: readonly (readonly [string, string, string, string])[] = [
  ['an awaited call is a plain call', '入口', `异步 函数 取(x: 整数): 字符串 { 等待 延迟(10); 返回 "值" + x }
函数 入口() { 打印行(等待 取(1)); b = 取(2); 打印行(等待 b) }`,
    '(callNative "print_line" [(call 取 [1])]) (let b: 未来<字符串> (start 取 [2])) (callNative "print_line" [(await b)])'],
  ['异步 results are not wrapped twice', '取', `异步 函数 取(): 未来<整数> { 返回 1 }
函数 入口() { 打印行(等待 取()) }`,
    '(return 1)'],
  ['tasks', '入口', `函数 双(x) { 返回 x * 2 }
函数 入口() { t = 创建 双(4); 打印行(等待 t, t.获取(), t.状态(), t.已完成()); t.取消(); 变量 f: 未来<整数> = 创建 双(5); 打印行(等待 f) }`,
    '(let t: 任务<整数> (spawn 双 [4])) (callNative "print_line" [(concat [(format (await t)) " " (format (await t)) " " (callNative "task_state" [t]) " " (format (callNative "task_done" [t]))])]) (callNative "task_cancel" [t]) (let f: 未来<整数> (upcast (spawn 双 [5]))) (callNative "print_line" [(format (await f))])'],
  ['a list of tasks', '入口', `函数 双(x: 整数): 整数 { 返回 x * 2 }
函数 入口() { ts = [创建 双(1), 创建 双(2)]; 对于 t 在 ts { 打印行(等待 t) } }`,
    '(let ts: 列表<任务<整数>> (list [(spawn 双 [1]) (spawn 双 [2])])) (forEach t ts {(callNative "print_line" [(format (await t))])})'],
  ['spawned blocks have values', '入口', '函数 入口() { x = 1; t = 创建 { 睡眠(1); x + 1 }; u = 创建 { 打印行(x) }; v = 创建 { 如果 x > 0 { 返回 "a" } 返回 "b" }; 打印行(等待 t, 等待 v); 等待 u }',
    '(let x: 整数 1) (let t: 任务<整数> (spawn 创建块 [])) (let u: 任务<空> (spawn 创建块 [])) (let v: 任务<字符串> (spawn 创建块 [])) (callNative "print_line" [(concat [(format (await t)) " " (await v)])]) (await u)'],
  ['spawned block body', '创建块', '函数 入口() { x = 1; t = 创建 { 睡眠(1); x + 1 }; 打印行(等待 t) }',
    '(sleep 1) (return (binary "add" x 1))'],
  ['detached blocks and calls', '入口', `函数 做(x: 整数) { 打印行(x) }
函数 入口() { 启动 做(1); 启动 { 做(2) }; 协程 { 做(3) } }`,
    '(launch 做 [1]) (launch 启动块 []) (launch 启动块 [])'],
  ['natives and closures run in a function of their own', '入口', '函数 入口() { f = (x: 整数) => x + 1; t = 创建 f(2); 创建 睡眠(5); 启动 打印行("hi"); 打印行(等待 t) }',
    '(let f: 函数(整数): 整数 (closure 闭包)) (let t: 任务<整数> (spawn 创建块 [f 2])) (spawn 创建块 [5]) (launch 启动块 ["hi"]) (callNative "print_line" [(format (await t))])'],
  ['body of that function', '启动块', '函数 入口() { 启动 打印行("hi") }',
    '(block {(callNative "print_line" [%]) (return)})'],
  ['methods are spawned', '入口', `类型 点 { 整数 x; }
异步 函数 (自身 点) 取(a: 整数 = 1): 整数 { 返回 自身.x + a }
函数 入口() { p = 点 { x: 1 }; t = 创建 p.取(); 打印行(等待 p.取(2), 等待 t); 启动 p.取(a: 3); u = p.取(); 打印行(等待 u) }`,
    '(let p: 点 (struct [(0 1)])) (let t: 任务<整数> (spawn 点.取 [p 1])) (callNative "print_line" [(concat [(format (call 点.取 [p 2])) " " (format (await t))])]) (launch 点.取 [p 3]) (let u: 未来<整数> (start 点.取 [p 1])) (callNative "print_line" [(format (await u))])'],
  ['plain functions declared 未来', '入口', `函数 查(x: 整数): 未来<整数> { 如果 x > 3 { 返回 x } 如果 x > 2 { 返回 创建 取(x) } 返回 未来::失败("坏") }
函数 取(x: 整数): 整数 { 返回 x }
函数 入口() { 打印行(等待 查(4)); f = 查(2); t = 创建 查(1); 打印行(等待 f, 等待 t) }`,
    '(callNative "print_line" [(format (await (call 查 [4])))]) (let f: 未来<整数> (call 查 [2])) (let t: 任务<整数> (spawn 创建块 [1])) (callNative "print_line" [(concat [(format (await f)) " " (format (await t))])])'],
  ['their bodies wrap and pass', '查', `函数 查(x: 整数): 未来<整数> { 如果 x > 3 { 返回 x } 如果 x > 2 { 返回 创建 取(x) } 返回 未来::失败("坏") }
函数 取(x: 整数): 整数 { 返回 x }
函数 入口() { 打印行(等待 查(4)) }`,
    '(if (compare "gt" x 3) {(return (ready x))}) (if (compare "gt" x 2) {(return (upcast (spawn 取 [x])))}) (return (callNative "future_failed" ["坏"]))'],
  ['their end is a settled future', '做', `函数 做(): 未来<空> { 打印行(1) }
函数 入口() { 等待 做() }`,
    '(callNative "print_line" [(format 1)]) (return (ready unit))'],
  ['their untyped values are decided late', '查', `函数 查(x): 未来<整数> { 返回 x() }
函数 入口() { 打印行(等待 查(() => 1)) }`,
    '(return (ready (callClosure x [])))'],
  ['ready and failed futures', '入口', '函数 入口() { f = 未来::就绪(3); 变量 g: 未来<浮点数> = 未来::就绪(3); 变量 h: 未来<整数> = 未来.失败("x"); u = 未来::就绪(); 打印行(等待 f, 等待 g, f.已完成(), 等待 h); 等待 u }',
    '(let f: 未来<整数> (ready 3)) (let g: 未来<浮点数> (ready 3.0)) (let h: 未来<整数> (callNative "future_failed" ["x"])) (let u: 未来<空> (ready unit)) (callNative "print_line" [(concat [(format (await f)) " " (format (await g)) " " (format (callNative "future_done" [f])) " " (format (await h))])]) (await u)'],
  ['awaiting sleeps', '入口', '函数 入口() { 等待 延迟(5); 睡眠(1); 休眠(2); 设置超时(3); 等待 睡眠(4); f = 延迟(6); 等待 f }',
    '(sleep 5) (sleep 1) (sleep 2) (sleep 3) (sleep 4) (let f: 未来<空> (callNative "delay" [6])) (await f)'],
  ['coroutines', '数', `协程 数(n: 整数) { 对于 i 从 1 到 n { 挂起 i } }
函数 入口() { c = 协程 数(3); 对于 v 在 c { 打印行(v) } 打印行(恢复 c) }`,
    '(forRange i 1 n true {(yield i)})'],
  ['instances', '入口', `协程 数(n: 整数) { 对于 i 从 1 到 n { 挂起 i } }
函数 入口() { c = 协程 数(3); 对于 v 在 c { 打印行(v) } 打印行(恢复 c, c.状态(), c.已完成()); c.取消() }`,
    '(let c: 协程<整数> (newCoroutine 数 [3])) (forEach v c {(callNative "print_line" [(format v)])}) (callNative "print_line" [(concat [(format (resume c)) " " (callNative "coroutine_state" [c]) " " (format (callNative "coroutine_done" [c]))])]) (callNative "coroutine_cancel" [c])'],
  ['values both ways', '入口', `协程 平均(): 浮点数 { 变量 和 = 0.0; 变量 v = 挂起 "开始"; 当 v > 0 { 和 += v; v = 挂起 "继续" } 返回 和 }
函数 入口() { c = 协程 平均(); 恢复 c; r = 恢复 c(1.5); 打印行(r, 等待 c) }`,
    '(let c: 协程<字符串, 浮点数, 浮点数> (newCoroutine 平均 [])) (resume c) (let r: 选项<字符串> (resume c 1.5)) (callNative "print_line" [(concat [(format r) " " (format (awaitCoroutine c))])])'],
  ['bare 挂起 gives way to the resumer where Y is 空', '回声', `协程 回声() { 循环 { x = 挂起; 打印行(x + "!") } }
函数 入口() { c = 协程 回声(); 恢复 c; 恢复 c("甲") }`,
    '(let x: 字符串) (while {(assignLocal x (yield unit)) (callNative "print_line" [(concat [x "!"])])})'],
  ['bare 挂起 gives way to the scheduler elsewhere', '数', `协程 数() { 挂起; 挂起 1 }
函数 入口() { 挂起; c = 协程 数(); 恢复 c }`,
    '(reschedule) (yield 1)'],
  ['helpers yield for their coroutine', '帮', `函数 帮(x) { y = 挂起 x; 返回 y }
函数 中(x) { 返回 帮(x) + 1 }
协程 做() { 打印行(中("a")) }
函数 入口() { c = 协程 做(); 恢复 c; 恢复 c(2) }`,
    '(let y: 整数 (yield x)) (return y)'],
  ['resuming what a call gives', '入口', `协程 数() { 挂起 1 }
函数 造() { 返回 协程 数() }
类型 盒 { 协程<整数> c; }
函数 (自身 盒) 造(): 协程<整数> { 返回 协程 数() }
函数 入口() { 打印行(恢复 造()); b = 盒 { c: 造() }; 打印行(恢复 b.c, 恢复 b.造()); cs = [造()]; 打印行(恢复 cs[0]); f = () => 造(); 打印行(恢复 f()) }`,
    '(callNative "print_line" [(format (resume (call 造 [])))]) (let b: 盒 (struct [(0 (call 造 []))])) (callNative "print_line" [(concat [(format (resume (field b 0))) " " (format (resume (call 盒.造 [b])))])]) (let cs: 列表<协程<整数>> (list [(call 造 [])])) (callNative "print_line" [(format (resume (index cs 0)))]) (let f: 函数(): 协程<整数> (closure 闭包)) (callNative "print_line" [(format (resume (callClosure f [])))])'],
  ['sending to fields and elements', '入口', `协程 收() { 循环 { x = 挂起; 打印行(x + 1) } }
类型 盒 { 协程<空, 整数> c; }
函数 入口() { b = 盒 { c: 协程 收() }; 恢复 b.c; 恢复 b.c(1); cs = [协程 收()]; 恢复 cs[0](2) }`,
    '(let b: 盒 (struct [(0 (newCoroutine 收 []))])) (resume (field b 0)) (resume (field b 0) 1) (let cs: 列表<协程<空, 整数>> (list [(newCoroutine 收 [])])) (resume (index cs 0) 2)'],
  ['channels of every spelling', '入口', '函数 入口() { a = 通道<整数>(3); b = 创建通道(字符串, 0); c = 创建通道<浮点数>(1); d = 创建通道(列表<整数>); e = 通道(2); e <- 1; 变量 f: 通道<整数> = 通道(); a <- 1; 打印行(<-a, a.接收(), a.长度(), a.容量(), b, c, d, f); a.发送(2); a.关闭(); 关闭通道(b) }',
    '(let a: 通道<整数> (newChannel 3)) (let b: 通道<字符串> (newChannel 0)) (let c: 通道<浮点数> (newChannel 1)) (let d: 通道<列表<整数>> (newChannel 16)) (let e: 通道<整数> (newChannel 2)) (send e 1) (let f: 通道<整数> (newChannel 16)) (send a 1) (callNative "print_line" [(concat [(format (receive a)) " " (format (receiveOption a)) " " (format (callNative "channel_len" [a])) " " (format (callNative "channel_capacity" [a])) " " (format b) " " (format c) " " (format d) " " (format f)])]) (block {(send a 2)}) (closeChannel a) (closeChannel b)'],
  ['receiving with ok', '入口', `类型 点 { 整数 x; }
全局 = 0
函数 入口() { c = 通道<整数>(1); v, 成 = <-c; v, 成 = <-c; 变量 w, 好 = <-c; _, 行 = <-c; p = 点 { x: 1 }; p.x, _ = <-c; 全局, _ = <-c; 打印行(v, 成, w, 好, 行) }`,
    '(let c: 通道<整数> (newChannel 1)) (let v: 整数) (let 成: 布尔) (receiveOk v 成 0 c) (receiveOk v 成 0 c) (let w: 整数) (let 好: 布尔) (receiveOk w 好 0 c) (let 行: 布尔) (receiveOk 行 0 c) (let p: 点 (struct [(0 1)])) (let %: 整数) (receiveOk % 0 c) (assignField p 0 %) (let %: 整数) (receiveOk % 0 c) (assignGlobal @全局 %) (callNative "print_line" [(concat [(format v) " " (format 成) " " (format w) " " (format 好) " " (format 行)])])'],
  ['zero values', '入口', `函数 入口() {
  a, _ = <-通道<字符串>(1); b, _ = <-通道<浮点数>(1); c, _ = <-通道<布尔>(1); d, _ = <-通道<字符>(1); e, _ = <-通道<空>(1)
  f, _ = <-通道<选项<整数>>(1); g, _ = <-通道<列表<整数>>(1); h, _ = <-通道<字典<整数, 整数>>(1); i, _ = <-通道<[整数; 2]>(1)
  打印行(a, b, c, d, e, f, g, h, i)
}`,
    `(let a: 字符串) (receiveOk a "" (newChannel 1)) (let b: 浮点数) (receiveOk b 0.0 (newChannel 1)) (let c: 布尔) (receiveOk c false (newChannel 1)) (let d: 字符) (receiveOk d '\\0' (newChannel 1)) (let e: 空) (receiveOk e unit (newChannel 1)) (let f: 选项<整数>) (receiveOk f none (newChannel 1)) (let g: 列表<整数>) (receiveOk g (list []) (newChannel 1)) (let h: 字典<整数, 整数>) (receiveOk h (dict []) (newChannel 1)) (let i: [整数; 2]) (receiveOk i (fill 0 2) (newChannel 1)) (callNative "print_line" [(concat [a " " (format b) " " (format c) " " (format d) " " (format e) " " (format f) " " (format g) " " (format h) " " (format i)])])`],
  ['package variables that receive', '顶层', `c = 通道<整数>(1)
变量 v, 成 = <-c
打印行(v, 成)`,
    '(assignGlobal @c (newChannel 1)) (let %: 整数) (let %: 布尔) (receiveOk % % 0 @c) (assignGlobal @v %) (assignGlobal @成 %) (callNative "print_line" [(concat [(format @v) " " (format @成)])])'],
  ['channels without a written type', '送', `函数 送(c, x) { c <- x }
函数 入口() { c = 创建通道(); 创建 送(c, 1); 对于 v 在 c { 打印行(v) } }`,
    '(send c x)'],
  ['select', '入口', `函数 入口() {
  c = 通道<整数>(1); t = 创建 { 1 }; 变量 x = 0
  选择 {
    情况 v := <-c: 打印行(v)
    情况 x = <-c: 打印行(x)
    情况 <-c: 打印行(1)
    情况 v, 成 := <-c: 打印行(v, 成)
    情况 c <- 5: 打印行(2)
    情况 r := 等待 t: 打印行(r)
    情况 等待 t: 打印行(3)
    情况 _ := <-c: 打印行(4)
    情况 超时(10): 打印行(5)
    默认: 打印行(6)
  }
}`,
    '(let c: 通道<整数> (newChannel 1)) (let t: 任务<整数> (spawn 创建块 [])) (let x: 整数 0) (select [(receive c v false {(callNative "print_line" [(format v)])}) (receive c % false {(assignLocal x %) (callNative "print_line" [(format x)])}) (receive c false {(callNative "print_line" [(format 1)])}) (receive c v 成 false 0 {(callNative "print_line" [(concat [(format v) " " (format 成)])])}) (send c 5 {(callNative "print_line" [(format 2)])}) (await (upcast t) r false {(callNative "print_line" [(format r)])}) (await (upcast t) false {(callNative "print_line" [(format 3)])}) (receive c false {(callNative "print_line" [(format 4)])}) (timeout 10 {(callNative "print_line" [(format 5)])}) (default {(callNative "print_line" [(format 6)])})])'],
  ['locks and wait groups', '入口', '函数 入口() { 锁 = 创建互斥锁(); 锁.加锁(); 解锁(锁); 变量 m: 互斥锁 = 互斥锁(); 打印行(m.尝试加锁()); 组 = 等待组(); 添加等待(组); 启动 { 组.完成() }; 等待组等待(组); 检查取消() }',
    '(let 锁: 互斥锁 (callNative "mutex_new" [])) (callNative "mutex_lock_method" [锁]) (callNative "mutex_unlock" [锁]) (let m: 互斥锁 (callNative "mutex_new" [])) (callNative "print_line" [(format (callNative "mutex_try_lock_method" [m]))]) (let 组: 等待组 (callNative "waitgroup_new" [])) (callNative "waitgroup_add" [组 1]) (launch 启动块 []) (callNative "waitgroup_wait" [组]) (callNative "check_cancel" [])'],
  ['异步 entries', '入口', '异步 函数 入口(): 整数 { 等待 延迟(1); 返回 3 }',
    '(sleep 1) (return 3)'],
  ['entries declared 未来', '顶层', '函数 入口(): 未来<整数> { 返回 3 }',
    '(return (await (call 入口 [])))'],
  ['awaiting untyped values', 'f', `函数 f(x) { 返回 等待 x }
函数 入口() { 打印行(f(未来::就绪(1))) }`,
    '(return (await x))'],
  ['named arguments of spawned natives', '入口', '函数 入口() { 启动 断言(说明: "x", 条件: 真) }',
    '(blockExpr {(let %: 字符串 "x") (let %: 布尔 true)} (launch 启动块 [% %]))'],
  ['spawning a closure written in place', '入口', '函数 入口() { 启动 函数(x: 整数) { 打印行(x) }(1) }',
    '(launch 启动块 [(closure 闭包) 1])'],
  ['branches of 任务 and 未来', '入口', `函数 f(): 整数 { 返回 1 }
函数 入口() { 变量 a: 未来<整数> = 如果 真 { 打印行(1); 创建 f() } 否则 { 未来::就绪(2) }; b = 如果 假 { 延迟(1) } 否则 { 打印行(2); 创建 睡眠(1) }; 等待 b; 打印行(等待 a) }`,
    '(let a: 未来<整数> (if true (blockExpr {(callNative "print_line" [(format 1)])} (upcast (spawn f []))) (ready 2))) (let b: 未来<空> (if false (callNative "delay" [1]) (blockExpr {(callNative "print_line" [(format 2)])} (upcast (spawn 创建块 [1]))))) (await b) (callNative "print_line" [(format (await a))])'],
];

for (const [name, func, text, expected] of SHAPES) test(name, () => assert.is(bodyOf(text, func), expected));

/** Name, program, diagnostics with their places. */
const DIAGNOSED: readonly (readonly [string, string, readonly string[]])[] = [
  ['awaiting what is no future', `函数 f(): 整数 { 返回 1 }
函数 入口() { 等待 3; 等待 f(); x = [1]; 等待 x }`, ['E3021 2:14', 'E3021 2:20', 'E3021 2:37']],
  ['挂起 outside a coroutine', `异步 函数 f() { 挂起 1 }
函数 入口() { 启动 { 挂起 2 }; f() }`, ['E6009 1:13', 'E6009 2:16']],
  ['挂起 in the entry', '函数 入口() { 挂起 1 }', ['E6009 1:11']],
  ['helpers called outside a coroutine', `函数 帮() { 挂起 1 }
函数 中() { 帮() }
异步 函数 任务() { 帮() }
协程 做() { 帮() }
函数 入口() { 中(); 创建 帮(); 任务(); 恢复 协程 做() }`, ['E6009 3:14', 'E6009 5:11', 'E6009 5:19']],
  ['helpers of coroutines that differ', `函数 帮(x) { 挂起 x }
协程 甲() { 帮(1); 挂起 "a" }
函数 入口() { 恢复 协程 甲() }`, ['E3001 2:10']],
  ['yields of one coroutine', `协程 甲() { 挂起 1; 挂起 "a" }
函数 入口() { 恢复 协程 甲() }`, ['E3001 1:19']],
  ['values sent', `协程 甲() { x = 挂起 1; 打印行(x * 1.5) }
函数 入口() { c = 协程 甲(); 恢复 c("a"); 恢复 3; d = 3; 恢复 d }`, ['E3001 2:28', 'E3001 2:37', 'E3001 2:50']],
  ['channel types', '函数 入口() { c = 通道<整数>(1); c <- "a"; <-3; 3 <- 1; c.发送("b"); 通道<整数>("x"); 创建通道(整数, 1, 2); 列表<整数>(3) }', ['E3001 1:31', 'E3001 1:38', 'E3001 1:41', 'E3001 1:54', 'E3001 1:67', 'E3006 1:73', 'E3006 1:89']],
  ['types without a zero value', `类型 点 { 整数 x; }
函数 入口() { c = 通道<点>(1); v, 成 = <-c; 打印行(v, 成); 选择 { 情况 a, 好 := <-c: 打印行(a, 好) } d = 通道<[列表<整数>; 2]>(1); w, _ = <-d; 打印行(w) }`, ['E3029 2:25', 'E3029 2:56', 'E3029 2:105']],
  ['select types', '函数 入口() { c = 通道<整数>(1); 选择 { 情况 c <- "a": 打印行(1) 情况 v := 等待 3: 打印行(v) 情况 超时("x"): 打印行(2) } }', ['E3001 1:39', 'E3001 1:62', 'E3001 1:78']],
  ['untyped receivers are not spawned', `函数 f(p) { 创建 p.做() }
函数 入口() { f(3) }`, ['E3008 1:16']],
  ['tasks and futures are not their values', `函数 f(): 整数 { 返回 1 }
异步 函数 g(): 整数 { 返回 1 }
函数 入口() { 变量 x: 整数 = 创建 f(); 变量 y = g() + 1; 变量 z: 任务<整数> = g(); 打印行(x, y, z) }`, ['E3001 3:22', 'E3010 3:37', 'E3001 3:61']],
  ['awaiting calls that give no future', '函数 入口() { 组 = 等待组(); 等待 组.等待(); f = () => 1; 等待 f() }', ['E3021 1:25', 'E3021 1:49']],
  ['awaiting what is no 未来', `函数 f(x) { 等待 x }
函数 入口() { f(3) }`, ['E3021 1:14']],
];

for (const [name, text, codes] of DIAGNOSED) test(name, () => assert.equal(checkText(text).codes, codes));

test.run();
