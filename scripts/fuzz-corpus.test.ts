import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileProgram } from '../spec-tests/compile-program.js';
import { contents, corpusOf, required } from './fuzz-corpus.js';

const module = (text: string): Uint8Array => compileProgram(Buffer.from(text), '例.qi').module!;

test('contents names instructions, kinds of types, classes and natives of a module', () => {
  const found = contents(module('锁 = 互斥锁()\n文 = "甲"\n打印行(文 + "乙", 锁)\n集 = 集合<整数>()\n集.添加(1)'));
  for (const part of ['instruction CONCAT', 'type Native', 'class 互斥锁', 'native print_line', 'type Set', 'native set_add']) assert.ok(found.has(part), part);
  assert.not.ok(found.has('class 等待组'));
});

test('everything the tables list is required, but for what the machine keeps for itself', () => {
  const wanted = required();
  for (const part of ['instruction PTRELEM', 'type Pointer', 'class 上下文', 'native once_done']) assert.ok(wanted.has(part), part);
  for (const part of ['instruction SEGRET', 'instruction NOP', 'native sqrt']) assert.not.ok(wanted.has(part), part);
});

test('a corpus lacks what no module contains, and takes a large module only when it is needed', () => {
  const small = module('打印行(1)');
  const large = module('打印行(1.5 * 2.5)\n变量 数 = 1.5\n打印行(数 * 数, "一个长的字符串", "又一个")');
  const wanted = new Set(['native print_line', 'instruction FMUL', 'type Range']);
  assert.equal(corpusOf([large, small], wanted, small.length), { modules: [small, large], gaps: ['type Range'] });
  assert.equal(corpusOf([large, small], new Set(['native print_line']), small.length), { modules: [small], gaps: [] });
});

test.run();
