import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksOf } from './check-docs.js';

test('programs, their output and their errors', () => {
  const blocks = blocksOf('# t\n```qi\n打印行(1)\n```\n\n```输出\n1\n```\n```sh\nls\n```\n```qi\nx\n```\n```错误\nE3002 E2003\n```\n```qi\ny\n```\ntext\n');
  assert.equal(blocks, [
    { line: 2, language: 'qi', program: '打印行(1)\n', output: '1\n', errors: undefined },
    { line: 12, language: 'qi', program: 'x\n', output: undefined, errors: ['E3002', 'E2003'] },
    { line: 18, language: 'qi', program: 'y\n', output: undefined, errors: undefined },
  ]);
});

test('a module that uses the library', () => {
  assert.equal(blocksOf('```js\nconsole.log(1)\n```\n```输出\n1\n```\n'), [{ line: 1, language: 'js', program: 'console.log(1)\n', output: '1\n', errors: undefined }]);
});

test('output that belongs to no program is refused', () => {
  assert.throws(() => blocksOf('```输出\n1\n```\n'), /line 1: 输出 without a program/);
  assert.throws(() => blocksOf('```qi\nx\n```\nprose\n```输出\n1\n```\n'), /line 5/);
  assert.throws(() => blocksOf('```qi\nx\n'), /line 1: a block without an end/);
});

test.run();
