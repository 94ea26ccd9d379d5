import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { editDistance, nearest } from './suggest.js';

test('distance counts insertions, deletions, replacements and swaps', () => {
  assert.is(editDistance('', ''), 0);
  assert.is(editDistance('abc', ''), 3);
  assert.is(editDistance('', 'abc'), 3);
  assert.is(editDistance('abc', 'abd'), 1);
  assert.is(editDistance('abc', 'acb'), 1);
  assert.is(editDistance('运行', '行运'), 1);
  assert.is(editDistance('kitten', 'sitting'), 3);
});

test('only near words are offered', () => {
  assert.is(nearest('chekc', ['check', 'run']), 'check');
  assert.is(nearest('检察', ['检查', '编译']), '检查');
  assert.is(nearest('xyz', ['check', 'run']), undefined);
  assert.is(nearest('一', ['二']), undefined);
  assert.is(nearest('x'.repeat(10_000), ['check']), undefined);
});

test.run();
