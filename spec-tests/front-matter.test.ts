/** Front matter: every field is read, and every mistake in one is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ENGINES, FrontMatterError, parseFrontMatter } from './front-matter.js';

const HEAD = '// 条款: §6 通道\n// 说明: 一个程序\n';

function refused(source: string, part: string): void {
  assert.throws(
    () => parseFrontMatter(source),
    (error: unknown) => error instanceof FrontMatterError && error.message.includes(part),
  );
}

test('reads expected output exactly', () => {
  const read = parseFrontMatter(`${HEAD}// 期望:\n//| 甲\n//|\n//|   乙 \n打印行("甲")\n`);
  assert.is(read.stdout, '甲\n\n  乙 \n');
  assert.is(read.exitCode, 0);
  assert.is(read.unordered, false);
  assert.equal(read.engines, ENGINES);
  assert.is(read.clause, '§6 通道');
  assert.is(read.description, '一个程序');
});

test('expects no output when 期望 has no lines', () => {
  assert.is(parseFrontMatter(`${HEAD}// 期望:\n`).stdout, '');
});

test('expects output without a final line break', () => {
  assert.is(parseFrontMatter(`${HEAD}// 期望:\n//| 甲\n// 末尾: 无换行\n`).stdout, '甲');
  refused(`${HEAD}// 期望:\n// 末尾: 无换行\n`, '末尾');
  refused(`${HEAD}// 期望:\n//| 甲\n// 末尾: 有换行\n`, '末尾');
});

test('reads a byte order mark and CRLF line ends', () => {
  const read = parseFrontMatter(`\uFEFF${HEAD}// 期望:\n//| 甲\n`.replaceAll('\n', '\r\n'));
  assert.is(read.stdout, '甲\n');
});

test('stops at the first line of the program', () => {
  const read = parseFrontMatter(`${HEAD}// 期望:\n//| 甲\n打印行("甲")\n// 退出码: 3\n`);
  assert.is(read.exitCode, 0);
});

test('reads exit code, arguments, input, standard error and engines', () => {
  const read = parseFrontMatter(
    `${HEAD}// 退出码: 2\n// 参数: 甲  乙\n// 标准输入: 一\n// 标准输入:\n// 标准错误包含: E6006\n` +
      '// 标准错误包含: 死锁\n// 引擎: vm、det\n',
  );
  assert.is(read.exitCode, 2);
  assert.equal(read.args, ['甲', '乙']);
  assert.is(read.stdin, '一\n\n');
  assert.equal(read.stderrIncludes, ['E6006', '死锁']);
  assert.equal(read.engines, ['vm', 'det']);
  assert.is(read.stdout, '');
});

test('reads errors in order, and warnings', () => {
  const read = parseFrontMatter(`${HEAD}// 错误: E3001 2:9\n// 错误: E3002 12:1\n// 警告: W3001 3:5\n`);
  assert.equal(read.errors, [
    { code: 'E3001', line: 2, column: 9 },
    { code: 'E3002', line: 12, column: 1 },
  ]);
  assert.equal(read.warnings, [{ code: 'W3001', line: 3, column: 5 }]);
});

test('reads parts of the rendered diagnostics', () => {
  const read = parseFrontMatter(`${HEAD}// 错误: E3001 2:9\n// 诊断包含: 你是不是想写\n`);
  assert.equal(read.renderedIncludes, ['你是不是想写']);
  refused(`${HEAD}// 期望:\n// 诊断包含: 甲\n`, '诊断包含 needs');
  refused(`${HEAD}// 错误: E3001 2:9\n// 诊断包含:\n`, 'empty');
});

test('leaves warnings unchecked unless named, and can forbid them', () => {
  assert.is(parseFrontMatter(`${HEAD}// 期望:\n`).warnings, undefined);
  assert.equal(parseFrontMatter(`${HEAD}// 期望:\n// 警告: 无\n`).warnings, []);
});

test('compares lines as a multiset when asked', () => {
  assert.is(parseFrontMatter(`${HEAD}// 乱序:\n//| 甲\n`).unordered, true);
});

test('refuses what it does not understand', () => {
  refused(`${HEAD}// 希望:\n//| 甲\n`, 'unknown field 希望');
  refused(`${HEAD}// 期望\n`, 'not a front matter field');
  refused(`${HEAD}//| 甲\n`, 'output line before');
  refused(`${HEAD}// 期望: 甲\n`, 'following lines');
  refused(`${HEAD}// 期望:\n// 乱序:\n`, 'twice');
  refused(`${HEAD}// 错误: E3001\n`, 'a code and a place');
  refused(`${HEAD}// 错误: W3001 1:1\n`, 'a code and a place');
  refused(`${HEAD}// 错误: E3001 0:1\n`, 'a code and a place');
  refused(`${HEAD}// 警告: E3001 1:1\n`, 'a code and a place');
  refused(`${HEAD}// 退出码: 256\n`, '退出码');
  refused(`${HEAD}// 退出码: -1\n`, '退出码');
  refused(`${HEAD}// 期望:\n// 引擎: jit\n`, 'unknown engine');
  refused(`${HEAD}// 期望:\n// 引擎:\n`, 'no engine');
  refused(`${HEAD}// 标准错误包含:\n`, 'empty');
});

test('refuses a program that expects nothing, or both errors and a run', () => {
  refused(HEAD, 'expects nothing');
  refused(`${HEAD}// 警告: 无\n`, 'expects nothing');
  refused(`${HEAD}// 错误: E3001 2:9\n// 期望:\n`, 'not both');
  refused(`${HEAD}// 错误: E3001 2:9\n// 退出码: 1\n`, 'not both');
});

test('refuses a program without clause or description', () => {
  refused('// 说明: 一\n// 期望:\n', '条款 is missing');
  refused('// 条款: §1\n// 期望:\n', '说明 is missing');
  refused('// 条款: 词法\n// 说明: 一\n// 期望:\n', '§');
});

test.run();
