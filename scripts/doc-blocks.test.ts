import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksOf } from './doc-blocks.js';

test('programs, their output and their errors', () => {
  const blocks = blocksOf('# t\n```qi\n打印行(1)\n```\n\n```输出\n1\n```\n```sh\nls\n```\n```qi\nx\n```\n```错误\nE3002 E2003\n```\n```qi\ny\n```\ntext\n');
  assert.equal(blocks, [
    { line: 2, language: 'qi', program: '打印行(1)\n', files: {}, output: '1\n' },
    { line: 12, language: 'qi', program: 'x\n', files: {}, errors: ['E3002', 'E2003'] },
    { line: 18, language: 'qi', program: 'y\n', files: {} },
  ]);
});

test('several results of one program', () => {
  const [block] = blocksOf('```qi\nx\n```\n```输入\n甲\n```\n```输出\n1\n```\n\n```退出\n3\n```\n```标准错误\n坏了\n```\n```警告\nW3001 W3002\n```\n```诊断 en\nwarning\n```\n');
  assert.equal(block, { line: 1, language: 'qi', program: 'x\n', files: {}, input: '甲\n', output: '1\n', exit: 3, errorOutput: '坏了\n', warnings: ['W3001', 'W3002'], renderedEn: 'warning\n' });
});

test('a signal', () => {
  assert.equal(blocksOf('```qi\nx\n```\n```信号\nSIGINT\n```\n```退出\n130\n```\n'), [{ line: 1, language: 'qi', program: 'x\n', files: {}, signal: 'SIGINT', exit: 130 }]);
  assert.throws(() => blocksOf('```qi\nx\n```\n```信号\nSIGKILL\n```\n'), /line 4: a signal is SIGINT or SIGQUIT/);
});

test('files that belong to the next program only', () => {
  const blocks = blocksOf('```qi 几何/圆.qi\na\n```\ntext\n```qi 乙.qi\nb\n```\n```qi\nx\n```\n```qi\ny\n```\n');
  assert.equal(blocks.map((b) => [b.program, b.files]), [['x\n', { '几何/圆.qi': 'a\n', '乙.qi': 'b\n' }], ['y\n', {}]]);
  assert.throws(() => blocksOf('```qi 甲.qi\na\n```\n'), /a named file without a program/);
});

test('a module that uses the library', () => {
  assert.equal(blocksOf('```js\nconsole.log(1)\n```\n```输出\n1\n```\n'), [{ line: 1, language: 'js', program: 'console.log(1)\n', files: {}, output: '1\n' }]);
});

test('what qi test prints', () => {
  const [block] = blocksOf('```qi\nx\n```\n\n```测试 --种子 5\n通过\n```\n');
  assert.equal(block, { line: 1, language: 'qi', program: 'x\n', files: {}, tested: { options: ['--种子', '5'], output: '通过\n' } });
  assert.throws(() => blocksOf('```js\nx\n```\n```测试\n1\n```\n'), /line 4: 测试 without a program/);
});

test('output that belongs to no program is refused', () => {
  assert.throws(() => blocksOf('```输出\n1\n```\n'), /line 1: 输出 without a program/);
  assert.throws(() => blocksOf('```qi\nx\n```\nprose\n```输出\n1\n```\n'), /line 5/);
  assert.throws(() => blocksOf('```qi\nx\n```\n```输出\n1\n```\n```输出\n1\n```\n'), /line 7: 输出 stands twice/);
  assert.throws(() => blocksOf('```qi\nx\n```\n```sh\nls\n```\n```输出\n1\n```\n'), /line 7/);
  assert.throws(() => blocksOf('```qi\nx\n'), /line 1: a block without an end/);
});

test.run();
