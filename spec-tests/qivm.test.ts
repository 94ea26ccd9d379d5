/** The bare virtual machine as a command: its messages, language and exit codes. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../frontend/embed/index.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The one node-gyp built, unless another build is to be tried (npm run coverage). */
const QIVM = path.resolve(process.env['QIVM'] ?? path.join(ROOT, 'build/Release/qivm'));

const test = suite<{ dir: string }>('qivm');

function qivm(args: readonly string[], language?: string): { code: number | null; stdout: string; stderr: string } {
  const env = { ...process.env };
  delete env['QI_LANG'];
  if (language !== undefined) env['QI_LANG'] = language;
  const { status, stdout, stderr } = spawnSync(QIVM, args, { encoding: 'utf8', env, timeout: 20_000 });
  return { code: status, stdout, stderr };
}

test.before((context) => {
  context.dir = mkdtempSync(path.join(tmpdir(), 'qivm-'));
});

test.after((context) => rmSync(context.dir, { recursive: true, force: true }));

test('says why a file cannot be read', ({ dir }) => {
  const missing = path.join(dir, '没有.qic');
  assert.equal(qivm([missing]), { code: 1, stdout: '', stderr: `错误 [E8001]: 无法读取 ${missing}：文件不存在\n` });
  assert.equal(qivm([dir]), { code: 1, stdout: '', stderr: `错误 [E8001]: 无法读取 ${dir}：这是一个目录\n` });
  assert.equal(qivm(['--english', dir]), { code: 1, stdout: '', stderr: `error [E8001]: cannot read ${dir}: it is a directory\n` });
  assert.match(qivm([path.join(QIVM, 'x')]).stderr, '路径中有一段不是目录');
});

test('explains itself when asked', () => {
  const help = qivm(['--help']);
  assert.is(help.code, 0);
  assert.is(help.stderr, '');
  for (const option of ['--seed', '--workers', '--spread', '--function', '--heap-limit', '--disassemble', '--json', '--help', '--version']) assert.match(help.stdout, option);
  assert.match(qivm(['--help', '--english']).stdout, /^usage: qivm /);
  const version = qivm(['--version']);
  assert.is(version.code, 0);
  assert.match(version.stdout, /^qivm \d+\.\d+\.\d+\n$/);
});

test('refuses wrong usage with its own exit code, and shows the right one', () => {
  for (const [args, why] of [
    [[], '没有写程序'],
    [['--色'], '未知选项 --色'],
    [['--seed'], '后面必须写一个非负整数：--seed'],
    [['--seed', '-1', 'x.qic'], '后面必须写一个非负整数：--seed'],
    [['--workers', '0', 'x.qic'], '后面必须写 1 到 1024 的整数：--workers'],
    [['--workers', '1025', 'x.qic'], '后面必须写 1 到 1024 的整数：--workers'],
    [['--workers'], '后面必须写 1 到 1024 的整数：--workers'],
    [['--function', '4294967296', 'x.qic'], '后面必须写一个非负整数：--function'],
  ] as const) {
    const result = qivm(args);
    assert.is(result.code, 64);
    assert.is(result.stderr.split('\n')[0], `错误 [E9001]: 用法错误：${why}`);
    assert.match(result.stderr, '\n用法: qivm ');
  }
});

test('speaks the language of QI_LANG as qi does', () => {
  for (const english of ['en', 'EN', 'en_US.UTF-8', 'en-GB', 'english']) assert.match(qivm(['x.qic'], english).stderr, /^error /, english);
  for (const chinese of ['', 'zh', 'zh_CN.UTF-8', 'eng', 'fr', 'e']) assert.match(qivm(['x.qic'], chinese).stderr, /^错误 /, chinese);
});

test('goes on, collects and keeps time while a worker reads standard input', async ({ dir }) => {
  const source = `
函数 入口() {
    睡者 = 创建 {
        变量 各: [字符串] = [];
        对于 i 从 1 到 200000 { 各.添加(字符串(i)); 如果 i % 1000 == 0 { 各 = []; } }
        睡眠(20)
        打印行("醒了")
    }
    睡眠(1)
    打印行("要读")
    打印行("读到", 读取行().取出())
    等待 睡者
}`;
  const file = path.join(dir, '读.qic');
  writeFileSync(file, compile(source).module ?? '');
  for (const spread of [[], ['--spread']]) {
    const child = spawn(QIVM, ['--workers', '2', ...spread, file], { timeout: 20_000 });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      /* The line comes only after the other task has slept. */
      if (out.includes('醒了')) child.stdin.end('一行\n');
    });
    const code = await new Promise((done) => child.on('close', done));
    assert.equal([code, out], [0, '要读\n醒了\n读到 一行\n']);
  }
});

test('refuses what is no module with a hint', ({ dir }) => {
  const file = path.join(dir, '坏.qic');
  writeFileSync(file, 'not a module at all, but long enough');
  const hint = '\n  提示: 用当前版本的 qi 编译 重新生成\n';
  const result = qivm([file]);
  assert.is(result.code, 1);
  assert.match(result.stderr, /^错误 \[E9010\]: 无效的字节码：/);
  assert.ok(result.stderr.endsWith(hint), result.stderr);
  assert.match(qivm([file], 'en').stderr, /^error \[E9010\]: invalid bytecode: this is no \.qic file\n/);
  assert.match(qivm([file], 'en').stderr, '\n  hint: compile it again with this version of qi\n');
});

test('--json says of an error and of a deadlock what the text says', ({ dir }) => {
  const report = (text: string): { code: string; message: string; stack?: { function: string; line: number }[]; cause?: { code: string } | null; waiting?: { reason: string; stack: { line: number }[] }[] } => {
    const { module } = compile(text);
    assert.ok(module);
    const file = path.join(dir, '报告.qic');
    writeFileSync(file, module);
    const lines = qivm(['--json', file]).stderr.trimEnd().split('\n');
    assert.is(lines.length, 1);
    return JSON.parse(lines[0]!);
  };
  const error = report('函数 除(a: 整数): 整数 { 返回 1 / a }\n函数 入口() {\n尝试 { 打印行(除(0)) } 最终 { 抛出 错误("善后时\\"坏\\"了") }\n}');
  assert.is(error.code, 'E7000');
  assert.is(error.message, '善后时"坏"了');
  assert.equal(error.stack?.map((frame) => [frame.function, frame.line]), [['入口', 3]]);
  assert.is(error.cause?.code, 'E7001');
  const deadlock = report('函数 入口() {\n变量 道 = 通道<整数>(0)\n变量 锁 = 创建互斥锁()\n锁.加锁()\n创建 等(锁)\n打印行(<-道)\n}\n函数 等(锁: 互斥锁) { 锁.加锁() }');
  assert.is(deadlock.code, 'E6006');
  assert.equal(deadlock.waiting?.map((w) => w.stack[0]?.line), [6, 8]);
  assert.match(deadlock.waiting?.[0]?.reason ?? '', '通道');
  assert.match(deadlock.waiting?.[1]?.reason ?? '', '互斥锁');
});

test('several workers: what one 打印行 writes stays together, however long', ({ dir }) => {
  const { module } = compile(`函数 写(字: 字符串) { 对于 i 在 0..50 { 打印行(字.重复(700)) } }
函数 入口() { 并发 { 对于 字 在 ["甲", "乙", "丙", "丁"] { 创建 写(字) } } }`);
  assert.ok(module);
  const file = path.join(dir, '写.qic');
  writeFileSync(file, module);
  const { code, stdout } = qivm(['--workers', '4', file]);
  assert.is(code, 0);
  const lines = stdout.split('\n');
  assert.is(lines.length, 201);
  for (const line of lines.slice(0, 200)) assert.ok(line === (line[0] ?? '').repeat(700), line);
});

test.run();
