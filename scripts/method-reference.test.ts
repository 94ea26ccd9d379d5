/** The reference of methods names every method that built-in types have, whether written in C or in Qi. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BUILTIN_METHODS } from '../frontend/generated/library.js';
import { NATIVES } from '../frontend/generated/natives.js';

const SECTIONS: Readonly<Record<string, string>> = {
  字符串: '字符串', 字符: '字符串', 列表: '列表与数组', 数组: '列表与数组', 序列: '列表与数组', 字典: '字典', 集合: '集合', 范围: '范围',
  选项: '选项与结果', 结果: '选项与结果', 字节串: '字节串',
};

/** The words of each section of the reference, by its Chinese title. */
function sections(): Map<string, ReadonlySet<string>> {
  const text = readFileSync(new URL('../docs/内置方法.md', import.meta.url), 'utf8');
  return new Map(text.split(/^## /mu).slice(1).map((part) => {
    const words = part.replace(/```[^`]*```/gu, '').split(/[^\p{Script=Han}A-Z]+/u);
    return [part.split(' ')[0]!, new Set(words)];
  }));
}

function missing(type: string, names: Iterable<string>): string[] {
  const words = sections().get(SECTIONS[type]!);
  assert.ok(words, `a section for ${type}`);
  return [...names].filter((name) => !words!.has(name)).map((name) => `${type}.${name}`);
}

test('every method of the runtime is in the reference', () => {
  const rows = NATIVES.filter((n) => !n.internal && SECTIONS[n.receiver.replace(/<.*/u, '')] !== undefined);
  assert.ok(rows.length > 100);
  assert.equal(rows.flatMap((n) => missing(n.receiver.replace(/<.*/u, ''), n.names)), []);
});

test('every method of the library in Qi is in the reference', () => {
  const files = Object.keys(BUILTIN_METHODS).filter((name) => SECTIONS[name] !== undefined);
  assert.is(files.length, 8);
  for (const file of files) {
    const names = [...BUILTIN_METHODS[file]!.matchAll(/^ {4}函数(?:<[^>]*>)? ([^(]+)\(/gmu)].map((m) => m[1]!);
    assert.ok(names.length > 3, file);
    assert.equal(missing(file, names), []);
  }
});

test.run();
