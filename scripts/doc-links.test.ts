import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkLinks, fragmentOf, linksOf } from './doc-links.js';

test('fragments of headings', () => {
  assert.is(fragmentOf('3.12 共享、克隆与同一 · Sharing, cloning, identity'), '312-共享克隆与同一--sharing-cloning-identity');
  assert.is(fragmentOf('标准库.数学'), '标准库数学');
});

test('links stand in prose, not in code', () => {
  assert.equal(linksOf('[a](b.md) `[c](d)`\n```text\n[e](f)\n```\n[g](#h)\n'), [{ line: 1, target: 'b.md' }, { line: 5, target: '#h' }]);
});

test('links that lead nowhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qi-links-'));
  try {
    writeFileSync(join(folder, '甲.md'), '# 头 · Head\n[好](乙.md) [好](#头--head) [外](https://example.com/x)\n[坏](丙.md)\n[坏](乙.md#没有)\n');
    writeFileSync(join(folder, '乙.md'), '## 有\n');
    assert.equal(checkLinks(join(folder, '甲.md')), { count: 4, faults: ['3: no file 丙.md', '4: no heading #没有 in 乙.md'] });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
