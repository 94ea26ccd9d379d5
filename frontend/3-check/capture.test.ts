/** Captures: which variables are copied into closures and which live in heap cells (marked &). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyOf } from './check.test-helper.js';

/** Name, function, program, its typed body. */
const SHAPES: readonly (readonly [string, string, string, string])[] = [
  ['a variable that is not assigned afterwards is copied', '入口', '函数 入口() { 变量 x = 0; x += 1; f = () => x; 打印行(f()) }',
    '(let x: 整数 0) (assignLocal x (binary "add" x 1)) (let f: 函数(): 整数 (closure 闭包)) (callNative "print_line" [(format (callClosure f []))])'],
  ['one that is assigned afterwards is shared', '入口', '函数 入口() { 变量 x = 0; f = () => x; x += 1; 打印行(f()) }',
    '(let x&: 整数 0) (let f: 函数(): 整数 (closure 闭包)) (assignLocal x& (binary "add" x& 1)) (callNative "print_line" [(format (callClosure f []))])'],
  ['one that the closure assigns is shared', '入口', '函数 入口() { 变量 x = 0; f = () => { x += 1 }; f(); 打印行(x) }',
    '(let x&: 整数 0) (let f: 函数(): 空 (closure 闭包)) (callClosure f []) (callNative "print_line" [(format x&)])'],
  ['loop variables are copied', '入口', '函数 入口() { 对于 i 在 0..3 { 启动 { 打印行(i) } } }',
    '(forRange i 0 3 false {(launch 启动块 [])})'],
  ['loop variables that the body assigns after the capture are shared', '入口', '函数 入口() { 对于 i 在 0..3 { f = () => i; i += 1; 打印行(f()) } }',
    '(let f: 函数(): 整数) (forRange i& 0 3 false {(assignLocal f (closure 闭包)) (assignLocal i& (binary "add" i& 1)) (callNative "print_line" [(format (callClosure f []))])})'],
  ['an assignment before a capture in the same round comes after it in the next', '入口', '函数 入口() { 变量 x = 0; 对于 i 在 0..3 { x = i; 启动 { 打印行(x) } } }',
    '(let x&: 整数 0) (forRange i 0 3 false {(assignLocal x& i) (launch 启动块 [])})'],
  [`a variable of the loop's body is new in every round`, '入口', '函数 入口() { 对于 i 在 0..3 { 变量 x = i; x += 1; 启动 { 打印行(x) } } }',
    '(forRange i 0 3 false {(let x: 整数 i) (assignLocal x (binary "add" x 1)) (launch 启动块 [])})'],
  ['a hoisted name is one for all rounds', '入口', '函数 入口() { 对于 i 在 0..3 { x = i; 启动 { 打印行(x) } } }',
    '(let x&: 整数) (forRange i 0 3 false {(assignLocal x& i) (launch 启动块 [])})'],
  ['a capture through two closures', '入口', '函数 入口() { 变量 x = 0; f = () => () => x; x = 1; 打印行(f()()) }',
    '(let x&: 整数 0) (let f: 函数(): 函数(): 整数 (closure 闭包)) (assignLocal x& 1) (callNative "print_line" [(format (callClosure (callClosure f []) []))])'],
  ['conditions of 当 belong to the loop', '入口', `函数 调(f: 函数(): 整数): 整数 { 返回 f() }
函数 入口() { 变量 x = 0; 当 调(() => x) < 3 { x += 1 } }`,
    '(let x&: 整数 0) (while (compare "lt" (call 调 [(closure 闭包)]) 3) {(assignLocal x& (binary "add" x& 1))})'],
  ['a closure that calls itself', '入口', '函数 入口() { 变量 阶 = 函数(n: 整数): 整数 { 如果 n < 2 { 返回 1 } 返回 n * 阶(n - 1) }; 打印行(阶(5)) }',
    '(let 阶&: 函数(整数): 整数) (assignLocal 阶& (closure 闭包)) (callNative "print_line" [(format (callClosure 阶& [5]))])'],
  ['a closure assigned to a declared name', '入口', '函数 入口() { 变量 f: 函数(整数): 整数 = (n) => n; f = (n) => f(n - 1); 打印行(f(1)) }',
    '(let f&: 函数(整数): 整数 (closure 闭包)) (assignLocal f& (closure 闭包)) (callNative "print_line" [(format (callClosure f& [1]))])'],
  ['a closure hoisted out of a block', '入口', '函数 入口() { 如果 真 { f = (n: 整数) => n } 否则 { f = (n: 整数) => n + 1 } 打印行(f(1)) }',
    '(let f: 函数(整数): 整数) (if true {(assignLocal f (closure 闭包))} {(assignLocal f (closure 闭包))}) (callNative "print_line" [(format (callClosure f [1]))])'],
  ['parameters are copied or shared alike', '入口', `函数 计数(n: 整数): 函数(): 整数 { 返回 () => { n += 1; 返回 n } }
函数 入口() { 打印行(计数(1)()) }`,
    '(callNative "print_line" [(format (callClosure (call 计数 [1]) []))])'],
];

for (const [name, func, text, expected] of SHAPES) test(name, () => assert.is(bodyOf(text, func), expected));

test.run();
