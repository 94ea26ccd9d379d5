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

test('a deadlock names the tasks that could have woken who waits and have ended', ({ dir }) => {
  const stderr = (text: string, ...options: string[]): string => {
    const { module } = compile(text, { path: '甲.qi' });
    assert.ok(module);
    const file = path.join(dir, '已结束.qic');
    writeFileSync(file, module);
    const result = qivm([...options, file]);
    assert.is(result.code, 2);
    return result.stderr;
  };
  const program = `函数 送(c: 通道<整数>, 数: 整数) {
    如果 数 > 9 { 返回 }
    c <- 数
}
函数 坏(c: 通道<整数>) { 如果 c.容量() == 0 { 抛出 错误("不送了") }; c <- 1 }
函数 看(c: 通道<整数>) { c.长度() }
函数 入口() {
    c = 通道<整数>(0)
    一 = 创建 送(c, 10)
    二 = 异步坏(c)
    三 = 创建 看(c)
    尝试 { 等待 二 } 捕获 e { }
    等待 一
    <-c
}
异步 函数 异步坏(c: 通道<整数>) { 睡眠(1); 坏(c) }
`;
  assert.is(stderr(program), `错误 [E6006]: 死锁：所有协程都在等待
  入口 在接收自 通道 #1（容量 0，创建于 甲.qi:8:9）
    在 入口 (甲.qi:14:5)
    没有别的任务能向它发送
    曾能向它发送的 任务 3 已结束: 在 坏 (甲.qi:5:36) 失败 [E7000]；由 入口 创建: 在 入口 (甲.qi:10:9)
    曾能向它发送的 任务 2 已结束: 在 送 (甲.qi:2:16 或 甲.qi:4:1) 返回；由 入口 创建: 在 入口 (甲.qi:9:9)
`);
  assert.is(stderr(program, '--english'), `error [E6006]: deadlock: every coroutine is waiting
  入口: receiving from channel #1 (capacity 0, made at 甲.qi:8:9)
    at 入口 (甲.qi:14:5)
    no other task can send to it
    task 3, which could send to it, has ended: failed in 坏 (甲.qi:5:36) [E7000]; created by 入口: at 入口 (甲.qi:10:9)
    task 2, which could send to it, has ended: returned in 送 (甲.qi:2:16 or 甲.qi:4:1); created by 入口: at 入口 (甲.qi:9:9)
`);
  type Place = { function: string; line: number };
  const { waiting } = JSON.parse(stderr(program, '--json')) as { waiting: { ended: { task: number; function: string; outcome: string; error: string | null; at: Place[]; created: { by: number; at: Place } }[]; endedMore: number }[] };
  assert.equal(waiting[0]!.ended.map((e) => [e.task, e.function, e.outcome, e.error, e.at.map((p) => [p.function, p.line]), e.created.by, e.created.at.line]), [
    [3, '异步坏', 'failed', 'E7000', [['坏', 5]], 0, 10],
    [2, '送', 'returned', null, [['送', 2], ['送', 4]], 0, 9],
  ]);
  assert.is(waiting[0]!.endedMore, 0);
  const many = stderr('函数 送(c: 通道<整数>) { 如果 长度("甲") > 1 { c <- 1 } }\n函数 入口() {\nc = 通道<整数>(0)\n并发 { 对于 i 在 0..10 { 创建 送(c) } }\n<-c\n}');
  assert.match(many, '曾能向它发送的 任务 11 已结束: 在 送 (');
  assert.match(many, '\n    … 还有 7 个曾能向它发送的已结束\n');
  const lock = stderr('函数 拿(锁: 互斥锁) { 锁.加锁() }\n函数 入口() {\n锁 = 互斥锁()\n等待 创建 拿(锁)\n锁.加锁()\n}');
  assert.match(lock, '（取得于 甲.qi:1:16），它已结束而没有解锁\n    在 入口 (甲.qi:5:1)\n    任务 2 已结束: 在 拿 (甲.qi:1:23) 返回；由 入口 创建: 在 入口 (甲.qi:4:4)\n');
});

test('a task whose channel is gone is not taken for a sender on one that lies where that was', ({ dir }) => {
  const { module } = compile(`函数 送(c: 通道<整数>) { 如果 长度("甲") > 1 { c <- 1 } }
函数 一轮(都: [任务<空>]) { 都.添加(创建 送(通道<整数>(0))) }
函数 垃圾() { 变量 s = ""; 对于 i 在 0..300000 { s = "甲乙丙丁" + i } }
函数 入口() {
    变量 都: [任务<空>] = []
    对于 轮 在 0..20000 { 一轮(都) }
    睡眠(1)
    垃圾()
    垃圾()
    变量 新: [通道<整数>] = []
    对于 轮 在 0..20000 { 新.添加(通道<整数>(0)) }
    选择 { 情况 v := <-新[0]: 打印行(v) 情况 v := <-新[9999]: 打印行(v) 情况 v := <-新[19999]: 打印行(v) }
    打印行(都.长度())
}`, { path: '甲.qi' });
  assert.ok(module);
  const file = path.join(dir, '旧.qic');
  writeFileSync(file, module);
  const { code, stderr } = qivm([file]);
  assert.is(code, 2);
  assert.match(stderr, '接收自 通道 #30000');
  assert.not.match(stderr, '曾能');
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
