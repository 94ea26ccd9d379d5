import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { languageFromEnvironment, parseArguments, type Invocation } from './options.js';

const parse = (...argv: string[]): Invocation => parseArguments(argv, undefined);
const usage = (...argv: string[]): string => {
  const result = parse(...argv);
  return result.kind === 'usage' ? result.zh : `not a usage error: ${result.kind}`;
};

test('commands have Chinese and English names', () => {
  for (const [word, kind] of [['run', 'run'], ['运行', 'run'], ['编译', 'compile'], ['compile', 'compile'], ['check', 'check'], ['检查', 'check'], ['反汇编', 'disasm'], ['disasm', 'disasm'], ['解释', 'explain'], ['explain', 'explain']] as const) {
    const result = parse(word, 'x');
    assert.is(result.kind, kind);
    assert.is('operand' in result && result.operand, 'x');
  }
});

test('what follows the file of run belongs to the program', () => {
  const result = parse('run', '--警告', '程序.qi', '--json', '-o', '--', '值');
  assert.is(result.kind, 'run');
  assert.equal('args' in result && result.args, ['--json', '-o', '--', '值']);
  assert.is(result.options.warnings, true);
  assert.is(result.options.json, false);
});

test('options before the command and after the operand', () => {
  assert.is(parse('--语言', 'en', 'check', 'a.qi').options.language, 'en');
  assert.is(parse('check', 'a.qi', '--lang=en').options.language, 'en');
  assert.is(parse('编译', 'a.qi', '-o', 'b.qic').options.output, 'b.qic');
  assert.is(parse('run', '--种子=18446744073709551615', 'a.qi').options.seed, (1n << 64n) - 1n);
});

test('run takes a number of threads', () => {
  assert.is(parse('run', 'a.qi').options.workers, undefined);
  assert.is(parse('run', '--工作线程', '8', 'a.qi').options.workers, 8);
  assert.is(parse('run', '--workers=1024', 'a.qi').options.workers, 1024);
  for (const number of ['0', '1025', '-1', '2.5', 'x', '']) {
    assert.is(usage('run', '--工作线程', number, 'a.qi'), `--工作线程 要求 1 到 1024 的整数，得到 ${number}`);
  }
  assert.is(usage('test', '--工作线程', '2'), 'test 不接受 --工作线程');
});

test('- is a file, -- ends the options', () => {
  const stdin = parse('run', '-');
  assert.is('operand' in stdin && stdin.operand, '-');
  const dashed = parse('check', '--', '-a.qi');
  assert.is('operand' in dashed && dashed.operand, '-a.qi');
});

test('help and version win over everything else', () => {
  assert.is(parse('--help').kind, 'help');
  assert.is(parse('run', '--帮助').kind, 'help');
  assert.is(parse('help').kind, 'help');
  assert.is(parse('帮助', 'run').kind, 'help');
  assert.is(parse('--version').kind, 'version');
  assert.is(usage('--version', 'x'), '--version 不带参数，多出 x');
});

test('usage errors say what is wrong', () => {
  assert.is(usage(), '缺少命令');
  assert.is(usage('run'), 'run 后面缺少文件');
  assert.is(usage('解释'), '解释 后面缺少错误代码');
  assert.is(usage('rum', 'a.qi'), '未知命令 rum，你是不是想写 run');
  assert.is(usage('编辑', 'a.qi'), '未知命令 编辑，你是不是想写 编译');
  assert.is(usage('程序.qi'), '未知命令 程序.qi，你是不是想写 qi run 程序.qi');
  assert.is(usage('run', '--jsn', 'a.qi'), '未知选项 --jsn，你是不是想写 --json');
  assert.is(usage('run', '--json=1', 'a.qi'), '--json 不带值');
  assert.is(usage('check', 'a.qi', 'b.qi'), 'check 只接受一个参数，多出 b.qi');
  assert.is(usage('check', 'a.qi', '--种子', '1'), 'check 不接受 --种子');
  assert.is(usage('--语言'), '--语言 后面缺少值');
  assert.is(usage('--语言', 'fr'), '没有语言 fr（可用 zh、en）');
  for (const seed of ['-1', '1.5', 'x', '', '18446744073709551616']) {
    assert.match(usage('run', '--种子', seed, 'a.qi'), /要求 0 到 18446744073709551615 的整数/);
  }
});

test('colours are asked for, refused or left to the terminal', () => {
  const colour = (...argv: string[]) => parse(...argv).options.colour;
  assert.equal(['是', '否', '自动', 'always', 'never', 'auto'].map((w) => colour('run', '--颜色', w, 'a.qi')), [true, false, undefined, true, false, undefined]);
  assert.is(colour('check', '--color=always', 'a.qi'), true);
  assert.is(colour('check', 'a.qi'), undefined);
  assert.match(usage('check', '--颜色', '红', 'a.qi'), /要求 是、否 或 自动，得到 红/);
  assert.match(usage('check', '--颜色', 'toString', 'a.qi'), /得到 toString/);
});

test('words from the prototype of objects are neither commands nor options', () => {
  assert.match(usage('constructor', 'x'), /^未知命令/);
  assert.match(usage('check', '--toString', 'x'), /^未知选项/);
  assert.match(usage('--语言', 'constructor'), /^没有语言/);
});

test('planned commands are named, not unknown', () => {
  const result = parse('格式化', 'a.qi');
  assert.is(result.kind === 'planned' && result.name, 'qi 格式化');
});

test('QI_LANG understands locales', () => {
  for (const value of ['en', 'EN', 'en_US.UTF-8', 'English']) assert.is(languageFromEnvironment(value), 'en');
  for (const value of [undefined, '', 'zh_CN', 'energy', 'fr']) assert.is(languageFromEnvironment(value), 'zh');
});

test('the inspector has a port behind = or none, and only where a program is run or compiled', () => {
  const inspector = (...args: string[]): unknown => {
    const parsed = parse(...args);
    return 'options' in parsed && parsed.kind !== 'usage' ? [parsed.options.inspector, 'operand' in parsed ? parsed.operand : ''] : parsed;
  };
  assert.equal(inspector('run', 'a.qi'), [undefined, 'a.qi']);
  assert.equal(inspector('run', '--检查器', 'a.qi'), [0, 'a.qi']);
  assert.equal(inspector('run', '--inspector=65535', 'a.qi'), [65535, 'a.qi']);
  assert.equal(inspector('编译', '--检查器', 'a.qi'), [0, 'a.qi']);
  for (const port of ['65536', '-1', 'x', '1.5', '000000']) assert.match(usage('run', `--检查器=${port}`, 'a.qi'), '端口');
  assert.match(usage('test', '--检查器', '.'), 'test 不接受 --检查器');
  assert.match(usage('compile', '--inspector=0', 'a.qi'), '不带端口');
});

test.run();
