/*
 * Programs that are running: SIGQUIT, `qi 转储` and `qi 监视`, on qi and on the bare machine, with one worker and several.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { QI, qi, QIVM, refuses, workspace, type Workspace } from './command.test-helper.js';
import { Monitor, type Stats } from './monitor.js';

const test = suite<{ space: Workspace }>('living');

const PROGRAM = `函数 收(c: 通道<整数>) { 打印行(<-c) }
函数 算() { 变量 i = 0; 循环 { i = 回绕加(i, 1) } }
函数 入口() {
    变量 c = 通道<整数>(0)
    对于 i 在 0..100 { 启动 收(c) }
    启动 算()
    打印行("就绪")
    变量 行 = 读取行()
    c.关闭()
}
`;

interface Group { count: number; tasks: number[]; state: string; reason: string | null; leak: boolean; function: string; stack: { function: string; line: number | null }[]; created: { by: number } | null }
interface Dump { process: number; workers: number; tasks: number; groups: Group[]; more: number }

/** Starts a program; gives it back when it printed its first line. */
function start(command: string, args: readonly string[]): Promise<ChildProcess & { errors: string }> {
  return new Promise((done, fail) => {
    const child = Object.assign(spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] }), { errors: '' });
    child.stdout!.once('data', () => done(child));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      child.errors += text;
    });
    child.on('error', fail);
    setTimeout(() => child.kill('SIGKILL'), 40_000).unref();
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !condition(); tries++) await new Promise((done) => setTimeout(done, 100));
}

const WAYS: readonly { readonly name: string; readonly command: string; readonly args: (file: string, module: string) => readonly string[]; readonly workers: number }[] = [
  { name: 'qi', command: process.execPath, args: (file) => [QI, 'run', '--工作线程', '1', file], workers: 1 },
  { name: 'qivm with workers', command: QIVM, args: (_, module) => ['--workers', '3', module], workers: 3 },
];

test.before((context) => {
  context.space = workspace('living');
  const { dir } = context.space;
  writeFileSync(join(dir, '程序.qi'), PROGRAM);
  assert.is(qi(['编译', join(dir, '程序.qi')]).code, 0);
});

test.after(({ space }) => rmSync(space.dir, { recursive: true, force: true }));

test('a loop that only computes has a place in dumps', async ({ space: { dir } }) => {
  const loops: readonly (readonly [string, string])[] = [
    ['对于 i 在 0..9000000000000000000 { n = n ^ i }', '对于'],
    ['对于 i 从 0 到 9000000000000000000 步长 3 { n = n ^ i }', '对于步长'],
    ['当 n >= 0 { n = (n + 1) & 1023 }', '当'],
    ['循环 { n = (n + 1) & 1023 }', '循环'],
  ];
  for (const [loop, name] of loops) {
    const file = join(dir, `只算${name}.qi`);
    writeFileSync(file, `函数 算() {\n    变量 n = 0\n    ${loop}\n}\n函数 入口() {\n    启动 算()\n    打印行("就绪")\n    变量 行 = 读取行()\n}\n`);
    const child = await start(process.execPath, [QI, 'run', '--工作线程', '1', file]);
    try {
      await new Promise((done) => setTimeout(done, 100));
      const { stdout } = qi(['转储', '--json', String(child.pid)]);
      const found = (JSON.parse(stdout) as Dump).groups.find((g) => g.function === '算');
      assert.equal(found?.stack.map((frame) => [frame.function, frame.line]), [['算', 3]], loop);
    } finally {
      child.kill('SIGKILL');
    }
  }
});

for (const way of WAYS) {
  test(`a dump of a living program, and its numbers: ${way.name}`, async ({ space: { dir } }) => {
    const child = await start(way.command, way.args(join(dir, '程序.qi'), join(dir, '程序.qic')));
    const pid = String(child.pid);
    try {
      const dumped = qi(['转储', '--json', pid]);
      assert.is(dumped.code, 0, dumped.stderr);
      const found = JSON.parse(dumped.stdout) as Dump;
      assert.equal([found.process, found.workers, found.tasks, found.more], [child.pid, way.workers, 102, 0]);
      const receivers = found.groups.find((g) => g.function === '收');
      // Which of them have begun is chance, but for a program that idles long enough.
      assert.ok(receivers !== undefined && receivers.count >= 1 && receivers.created?.by === 0);
      assert.is(found.groups.reduce((sum, g) => sum + g.count, 0), 102);

      const text = qi(['dump', pid, '--lang', 'en']);
      assert.is(text.code, 0, text.stderr);
      assert.match(text.stdout, `dump: process ${pid}, tasks: 102, workers: ${way.workers}\n入口: waiting to read stdin\n    at 入口 (`);

      child.kill('SIGQUIT');
      await until(() => child.errors.includes('由 入口 创建'));
      assert.match(child.errors, new RegExp(`^转储: 进程 ${pid}，102 个任务，${way.workers} 个工作线程\n入口 在等待输入: stdin\n    在 入口 \\(`));

      const lines = await new Promise<string>((done) => {
        const watching = spawn(process.execPath, [QI, '监视', pid], { stdio: ['ignore', 'pipe', 'inherit'] });
        let seen = '';
        watching.stdout.setEncoding('utf8').on('data', (part: string) => {
          seen += part;
          if (seen.split('\n').length >= 3) child.stdin!.end('\n'); // the program ends, and with it the watching
        });
        watching.on('close', (code) => done(`${seen}code ${code}`));
      });
      assert.match(lines, new RegExp(`^进程 ${pid}  任务 102：运行 \\d+ 就绪 \\d+ 睡眠 0 通道 \\d+ .*\n(进程 .*\n)+code 0$`));
    } finally {
      child.kill('SIGKILL');
    }
  });
}

test('threads start when tasks wait for one that computes, and not before', async ({ space: { dir } }) => {
  const file = join(dir, '线程.qi');
  writeFileSync(file, `
函数 算() { 当 真 { } }
函数 入口() {
    打印行("就绪")
    读取行()
    创建 算()
    创建 算()
    打印行("在算")
    读取行()
}
`);
  const child = await start(process.execPath, [QI, 'run', file]);
  const workers = (): number => {
    const dumped = qi(['转储', '--json', String(child.pid)]);
    assert.is(dumped.code, 0, dumped.stderr);
    return (JSON.parse(dumped.stdout) as Dump).workers;
  };
  try {
    assert.is(workers(), 1);
    child.stdin!.write('\n');
    await until(() => workers() > 1 || availableParallelism() === 1);
    assert.is(workers(), availableParallelism());
  } finally {
    child.kill('SIGKILL');
  }
});

test('a dump says of a leak who could have woken it and has ended', async ({ space: { dir } }) => {
  writeFileSync(join(dir, '泄漏.qi'), `函数 收(c: 通道<整数>) { 打印行(<-c) }
函数 送(c: 通道<整数>) { 如果 长度("甲") > 1 { c <- 1 } }
函数 做(): 任务<空> { c = 通道<整数>(0); 启动 收(c); 返回 创建 送(c) }
函数 入口() { t = 做(); 睡眠(1); 打印行("就绪"); 变量 行 = 读取行(); 打印行(t.已完成()) }
`);
  const child = await start(process.execPath, [QI, 'run', join(dir, '泄漏.qi')]);
  try {
    const dumped = qi(['转储', '--json', String(child.pid)]);
    assert.is(dumped.code, 0, dumped.stderr);
    const leak = (JSON.parse(dumped.stdout) as { groups: (Group & { wakers?: number[]; ended?: { task: number; function: string; outcome: string }[] })[] }).groups.find((g) => g.leak);
    assert.equal(leak?.wakers, []);
    assert.equal(leak?.ended?.map((e) => [e.task, e.function, e.outcome]), [[3, '送', 'returned']]);
    assert.match(qi(['转储', String(child.pid)]).stdout, /\[泄漏\]\n    在 收 \(.*\)\n    没有别的任务能向它发送\n    曾能向它发送的 任务 3 已结束: 在 送 \(.*:2:\d+\) 返回；由 入口 创建: 在 做 \(/);
  } finally {
    child.kill('SIGKILL');
  }
});

test('a dump says what a thread of the pool works for', async ({ space: { dir } }) => {
  writeFileSync(
    join(dir, '久.qi'),
    '导入 标准库.加密\n函数 入口() {\n    打印行("就绪")\n    循环 { 加密.密钥派生(SHA256, "密码".转字节串(), "盐".转字节串(), 10000000) }\n}\n',
  );
  const child = await start(process.execPath, [QI, 'run', join(dir, '久.qi')]);
  try {
    assert.match(qi(['转储', String(child.pid)]).stdout, '入口 在等线程池: 密钥派生\n    在 密钥派生 (<标准库.加密>:');
    assert.match(qi(['dump', String(child.pid), '--lang', 'en']).stdout, '入口: waiting for the thread pool: 密钥派生\n');
  } finally {
    child.kill('SIGKILL');
  }
});

test('a dump says until when tasks wait, and where those stand that have not begun', async ({ space: { dir } }) => {
  writeFileSync(join(dir, '限.qi'), `函数 入口() {
    c = 通道<整数>(0)
    创建 { 截止(600000) { <-c } }
    创建 { 选择 { 情况 v := <-c: 打印行(v) 情况 超时(500000): { } } }
    创建 { 并发(上限: 1) { 对于 i 在 0..2 { 创建 { 睡眠(400000) } } } }
    睡眠(1)
    打印行("就绪")
    变量 行 = 读取行()
    c <- 长度(行.取出())
}
`);
  const child = await start(process.execPath, [QI, 'run', join(dir, '限.qi')]);
  try {
    const text = qi(['转储', String(child.pid)]).stdout;
    assert.match(text, /任务 2 在接收自 通道 #1（容量 0，创建于 .*:2:9），离期限还有 5\d{5} 毫秒\n/);
    assert.match(text, /任务 3 在选择: 接收自 通道 #1（容量 0，创建于 .*:2:9），超时还有 4\d{5} 毫秒\n/);
    assert.match(text, /任务 4 在块末尾等待 2 个子任务: 任务 5；其中 1 个因上限等着开始\n/);
    assert.match(text, /任务 5 在睡眠，还有 3\d{5} 毫秒\n/);
    assert.match(text, /任务 6 等着开始\n    在 创建块 \(.*限.qi:5:\d+\)\n/);
    const { groups } = JSON.parse(qi(['转储', '--json', String(child.pid)]).stdout) as { groups: (Group & { wakesInMs: number | null; deadlineInMs: number | null })[] };
    assert.equal(groups.map((g) => [g.tasks[0], Math.ceil((g.wakesInMs ?? 0) / 100_000), Math.ceil((g.deadlineInMs ?? 0) / 100_000)]), [
      [0, 0, 0], [2, 0, 6], [3, 5, 0], [4, 0, 0], [5, 4, 0], [6, 0, 0],
    ]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('what cannot be looked at is refused with a reason', () => {
  for (const command of ['转储', '监视']) {
    refuses(qi([command, '4194304']), 'E9014');
    refuses(qi([command, String(process.pid)]), 'E9014');
    assert.match(qi([command, String(process.pid)]).stderr, '它没有在运行 Qi 程序');
    refuses(qi([command, '甲']), 'E9001', 64);
    refuses(qi([command]), 'E9001', 64);
  }
});

const NUMBERS: Stats = {
  process: 7, counted: true, tasks: 3, running: 1, ready: 1, sleeping: 1, channels: 0, others: 0, created: 10, timers: 1, queues: [1, 0],
  heap: 3 << 20, limit: 0, collections: 2, pauses: { p50: 1500, p99: 2_500_000, max: 3_000_000_000 }, slow: { ns: 12_000_000, at: '在 算 (甲.qi:1:2)' },
};

test('rates are differences to the second before', () => {
  const monitor = new Monitor('zh', false);
  assert.match(monitor.show(NUMBERS, 0), '创建 10（每秒 -）');
  assert.match(monitor.show({ ...NUMBERS, created: 50, collections: 6 }, 2000), '创建 50（每秒 20） 定时器 1  队列 1 0  堆 3.0 MiB  回收 6（每秒 2）');
  assert.is(monitor.shown, 2);
});

test('a page is drawn anew, a line is plain', () => {
  const line = new Monitor('en', false).show(NUMBERS, 0);
  assert.is(line, 'process 7  tasks 3: 1 running, 1 ready, 1 sleeping, 0 at channels, 0 wait otherwise  created 10 (-/s), timers 1  queues 1 0  heap 3.0 MiB  '
    + 'collections 2 (-/s), pauses p50 2 µs p99 2.5 ms max 3.00 s  slowest slice 12.0 ms 在 算 (甲.qi:1:2)\n');
  const page = new Monitor('en', true).show({ ...NUMBERS, counted: false, limit: 1 << 30 }, 0);
  assert.ok(page.startsWith('\x1b[H\x1b[J') && page.split('\n').length === 8, page);
  assert.match(page, 'tasks at least 3');
  assert.match(page, 'heap 3.0 MiB / 1.00 GiB');
});

test.run();
