import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearest } from './nearest.js';
import { soundsLike } from './pinyin.js';

const like = (a: string, b: string): string => soundsLike([...a], [...b]);

test('names that sound the same are alike, tones aside', () => {
  assert.is(like('打应', '打印'), 'similar');
  assert.is(like('返会', '返回'), 'same');
  assert.is(like('涵数', '函数'), 'same');
  assert.is(like('打印', '大银'), 'same');
});

test('flat and curled initials, n and l, and the two nasal endings are similar', () => {
  assert.is(like('打英', '打印'), 'similar');
  assert.is(like('四', '是'), 'similar');
  assert.is(like('男', '蓝'), 'similar');
});

test('each reading of a character counts', () => {
  assert.is(like('长度', '常度'), 'same');
  assert.is(like('长度', '掌度'), 'same');
});

test('other scripts and different lengths do not sound alike', () => {
  assert.is(like('数a', '数b'), 'different');
  assert.is(like('数', '数数'), 'different');
  assert.is(like('', ''), 'same');
});

test('a homophone is nearer than an edit, and an almost-homophone still is', () => {
  assert.is(nearest('计书', ['计数器', '计数', '计算']), '计数');
  assert.is(nearest('打应', ['打开', '打印']), '打印');
  assert.is(nearest('返会', ['返程', '返回']), '返回');
});

test('the first of several equally near names is taken, one of the same length before others', () => {
  assert.is(nearest('计数其', ['计数', '计数器']), '计数器');
  assert.is(nearest('abc', ['abcd', 'abd']), 'abd');
  assert.is(nearest('abc', ['abd', 'abe']), 'abd');
});

test('one character has homophones only', () => {
  assert.is(nearest('树', ['甲', '数']), '数');
  assert.is(nearest('四', ['是']), undefined);
  assert.is(nearest('a', ['b', 'ab']), undefined);
});

test('two edits are near for long names only', () => {
  assert.is(nearest('最大连接数量', ['最大链结数量']), '最大链结数量');
  assert.is(nearest('abcdef', ['abxyef']), 'abxyef');
  assert.is(nearest('abcd', ['axyd']), undefined);
});

test.run();
