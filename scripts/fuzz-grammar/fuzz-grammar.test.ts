import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { REFUSED, STOPPED } from './batch.js';
import { examine, judge } from './examine.js';
import { mutate, tokensOf } from './mutate.js';
import { generate } from './program.js';
import { Random } from './random.js';
import { shrink } from './shrink.js';

const SEEDS = Array.from({ length: 150 }, (_, i) => i + 1);

test('a seed names its program', () => {
  assert.is(generate(7).text, generate(7).text);
  assert.is.not(generate(7).text, generate(8).text);
});

test('generated programs are valid', () => {
  const examined = examine(SEEDS.map((seed) => ({ text: generate(seed).text, valid: true })));
  for (const [i, { fault }] of examined.entries()) assert.is(fault, undefined, `seed ${SEEDS[i]}: ${fault?.kind}\n${fault?.detail}`);
});

test('between them they use the grammar', () => {
  const all = SEEDS.map((seed) => generate(seed).text).join('\n');
  for (const word of [
    '如果', '否则', '当 ', '对于', ' 从 ', '中的', '匹配', '尝试', '捕获', '最终', '抛出', '延后', '函数<', '结构体', '类型', '枚举', '特性', '实现', '方法', '静态', '异步', '协程', '挂起', '恢复',
    '等待', '创建', '启动', '并发', '选择', '通道', '闭包', '=>', '->', '$"', '克隆', '取地址', '解引用', '不可变', '跳出', '继续', '有(', '成功(', '集合', '字典', '短整数', '长整数', '字节',
  ]) assert.ok(all.includes(word), word);
});

test('a mutant differs by one token', () => {
  const { text } = generate(3);
  const tokens = tokensOf(text);
  const r = new Random(1);
  let changed = 0;
  for (let i = 0; i < 200; i++) {
    const mutant = mutate(text, tokens, r);
    if (mutant !== text) changed++;
    let head = 0;
    while (head < text.length && text[head] === mutant[head]) head++;
    let tail = 0;
    while (tail < text.length - head && tail < mutant.length - head && text.at(-1 - tail) === mutant.at(-1 - tail)) tail++;
    const touched = tokens.filter((t) => t.end > head && t.start < text.length - tail);
    assert.ok(touched.length <= 2, `${touched.length} tokens: ${text.slice(head, text.length - tail)}`);
  }
  assert.ok(changed > 150);
});

test('a program that is refused is a fault only if it was to be valid', () => {
  const text = '打印行(没有的名字)\n';
  assert.is(examine([{ text, valid: false }])[0]!.fault, undefined);
  assert.match(examine([{ text, valid: true }])[0]!.fault!.kind, 'E3002');
});

test('runs must agree, end and be accepted', () => {
  const run = (outcome: number, output: string) => ({ outcome, output });
  const both = { same: true, ends: true };
  assert.is(judge([run(0, '一'), run(0, '一')], both), undefined);
  assert.match(judge([run(0, '一'), run(0, '二')], both)!.kind, 'runs differ');
  assert.match(judge([run(0, '一'), run(1, '一')], both)!.kind, 'runs differ');
  assert.is(judge([run(0, '一'), run(0, '二')], { same: false, ends: true }), undefined);
  assert.match(judge([run(STOPPED, ''), run(0, '')], both)!.kind, 'does not end');
  assert.is(judge([run(STOPPED, ''), run(0, '')], { same: true, ends: false }), undefined);
  assert.match(judge([run(REFUSED, '错误 [E9010]'), run(REFUSED, '')], { same: false, ends: false })!.kind, 'refused');
});

test('shrinking keeps the fault and little else', async () => {
  const text = '变量 甲 = 1\n打印行(甲)\n变量 乙 = 没有\n打印行(乙, 3)\n';
  assert.match(await shrink(text, async (smaller) => smaller.includes('没有')), /^\s*没有\s*$/);
});

test.run();
