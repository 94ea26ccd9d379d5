/** 并发 截止 屏蔽: values, types of their operands, and what flow analysis knows of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkText } from './check.test-helper.js';

const codes = (text: string): readonly string[] => checkText(text).codes;

test('the value is that of the last expression', () => {
  assert.equal(codes('函数 入口() { 变量 x: 整数 = 并发 { 1 }; 变量 y: 字符串 = 截止(1) { "a" }; 打印行(x, y, 屏蔽 { 真 }) }'), []);
  assert.equal(codes('函数 入口() { 变量 x: 字符串 = 并发 { 1 }; 打印行(x) }'), ['E3001 1:23']);
  assert.equal(codes('函数 入口() { 变量 x: 整数 = 并发 { 抛出 "坏" }; 打印行(x) }'), ['W3002 1:37']);
});

test('as a statement the value does not matter', () => {
  assert.equal(codes('函数 入口() { 并发 { 如果 真 { 1 } 否则 { "二" } } }'), ['W3004 1:23', 'W3004 1:32']);
});

test('operands are 整数', () => {
  assert.equal(codes('函数 入口() { 并发(上限: 真) { } }'), ['E3001 1:18']);
  assert.equal(codes('函数 入口() { 截止(1.5) { } }'), ['E3001 1:14']);
});

test('the body always runs: it assigns and returns', () => {
  assert.equal(codes('函数 f(): 整数 { 并发 { 返回 1 } } 函数 入口() { 打印行(f()) }'), []);
  assert.equal(codes('函数 入口() { 变量 x: 整数; 截止(1) { x = 1 }; 打印行(x) }'), []);
  assert.equal(codes('函数 f(): 整数 { 并发 { } } 函数 入口() { 打印行(f()) }').length, 1);
});

test.run();
