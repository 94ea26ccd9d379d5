/*
 * `qi test` as a user runs it: which tests run, what a failure shows, and that the seed it names repeats it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const QI = join(ROOT, 'dist/qi.cjs');

const test = suite<{ dir: string }>('qi test');

test.before((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'qi-test-command-'));
});
test.after((context) => rmSync(context.dir, { recursive: true, force: true }));

function qi(cwd: string, ...args: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [QI, ...args], { cwd, encoding: 'utf8', timeout: 60_000 });
  assert.is(result.signal, null);
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

function folder(dir: string, name: string, files: Readonly<Record<string, string>>): string {
  const path = join(dir, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

/** Right under some orders of the two tasks only. */
const RACE = `测试 "竞争" {
    变量 n = 0
    变量 甲 = 创建 (函数() { 变量 x = n; 挂起; n = x + 1 })()
    变量 乙 = 创建 (函数() { 变量 x = n; 挂起; n = x + 1 })()
    等待 甲
    等待 乙
    断言(n == 2)
}
`;

test('退出 in a test is a failure, and can be caught', ({ dir }) => {
  const path = folder(dir, '退出', {
    '甲.qi': `函数 做() { 退出(0) }
测试 "退出" { 做(); 断言(假) }
测试 "接住" { 尝试 { 做() } 捕获 e { 断言(e.代码 == "E7014") } }
测试 "在任务里" { 等待 创建 做() }
`,
  });
  const result = qi(path, 'test', '--种子', '1');
  assert.match(result.stdout, '  ✗ 退出 (甲.qi:2:1)\n      错误 [E7014]: 测试里不能 退出(0)\n        --> 甲.qi:1:10\n');
  assert.match(result.stdout, '  ✓ 接住\n');
  assert.match(result.stdout, '  ✗ 在任务里 (甲.qi:4:1)\n');
  assert.is(result.code, 1);
});

test('with --泄漏 a test fails that leaves tasks which nothing can wake', ({ dir }) => {
  const request = (room: number): string => `c = 通道<整数>(${room}); 启动 查(c); 选择 { 情况 <-c: { } 情况 超时(1): { } }; 睡眠(200)`;
  const path = folder(dir, '泄漏', {
    '甲.qi': `函数 查(c: 通道<整数>) { 睡眠(5); c <- 1 }
变量 总 = 通道<整数>(0)
测试 "漏" { ${request(0)} }
测试 "不漏" { ${request(1)} }
测试 "还在睡" { 启动 { 睡眠(600000) } }
测试 "还拿得到" { 启动 查(总); 睡眠(200) }
测试 "早就漏了" { 启动 查(通道<整数>(0)); 睡眠(200); 变量 文 = ""; 对于 i 在 0..600000 { 文 = "甲乙丙丁" + i } }
`,
  });
  assert.match(qi(path, 'test').stdout, '通过 5，失败 0\n');
  const { stdout, code } = qi(path, 'test', '--泄漏', '--种子', '1');
  assert.match(stdout, '  ✗ 漏 (甲.qi:3:1)\n      警告 [E6007]: 泄漏：再也没有谁能唤醒这些任务\n        任务 2 在发送到 通道 #2（容量 0，创建于 甲.qi:3:');
  assert.match(stdout, '重现: qi test 甲.qi --只 漏 --种子 1 --泄漏\n');
  for (const title of ['不漏', '还在睡', '还拿得到']) assert.match(stdout, `  ✓ ${title}\n`);
  assert.match(stdout, '  ✗ 早就漏了 (');
  assert.is(stdout.match(/E6007/g)?.length, 2);
  assert.is(code, 1);
});

test('tests run in order, each with the package state fresh, and their output is kept back', ({ dir }) => {
  const path = folder(dir, '次序', {
    '甲.qi': `变量 状态 = [1]
测试 "一" { 打印行("看不见"); 状态.添加(2); 断言(状态.长度() == 2) }
测试 "二" { 状态.添加(3); 断言(状态.长度() == 2) }
函数 入口() { 打印行("入口不运行") }
`,
    '乙.qi': '打印行("没有测试")\n',
  });
  const result = qi(path, 'test');
  assert.is(result.stderr, '');
  assert.is(result.stdout, '甲.qi\n  ✓ 一\n  ✓ 二\n通过 2，失败 0\n');
  assert.is(result.code, 0);
});

test('a failing test shows its output, its error and how to repeat it', ({ dir }) => {
  const path = folder(dir, '失败', { '丙.qi': '测试 "坏 了" { 打印行("线索"); 断言(1 == 2) }\n测试 "好" { }\n' });
  const result = qi(path, 'test', '丙.qi', '--种子', '7');
  assert.is(result.code, 1);
  assert.match(result.stdout, '  ✗ 坏 了 (丙.qi:1:1)\n      线索\n      错误 [E7009]');
  assert.match(result.stdout, "重现: qi test 丙.qi --只 '坏 了' --种子 7\n");
  assert.match(result.stdout, '  ✓ 好\n通过 1，失败 1\n');
});

test('--探索 finds an order that fails, and its seed fails again', ({ dir }) => {
  const path = folder(dir, '探索', { '丁.qi': RACE });
  const found = qi(path, 'test', '丁.qi', '--探索', '200', '--种子', '1', '--json');
  assert.is(found.code, 1);
  const { passed, seed, runs } = JSON.parse(found.stdout) as { passed: boolean; seed: string; runs: number };
  assert.is(passed, false);
  assert.ok(runs > 0 && runs <= 200);
  for (let i = 0; i < 3; i++) assert.is(qi(path, 'test', '丁.qi', '--种子', seed).code, 1, 'the seed must fail every time');
  const fine = folder(dir, '探索好', { '丁.qi': '测试 "好" { 断言(真) }\n' });
  assert.is(qi(fine, 'test', '--探索', '3').stdout, '丁.qi\n  ✓ 好（3 个种子）\n通过 1，失败 0\n');
  assert.is(qi(fine, 'test', '--探索', '3', '--lang', 'en').stdout, '丁.qi\n  ✓ 好 (3 seeds)\n1 passed, 0 failed\n');
});

test('--虚拟时间 makes an hour of sleep cost nothing; without it time passes', ({ dir }) => {
  const path = folder(dir, '时间', { '戊.qi': '测试 "久睡" { 变量 始 = 获取时间(); 睡眠(3600000); 断言(获取时间() - 始 >= 3600000) }\n测试 "小睡" { 睡眠(120) }\n' });
  assert.is(qi(path, 'test', '--虚拟时间').code, 0);
  const before = Date.now();
  assert.is(qi(path, 'test', '--只', '小睡').code, 0);
  assert.ok(Date.now() - before >= 120);
});

test('a test that hangs is ended at the limit, a deadlock is reported', ({ dir }) => {
  const path = folder(dir, '不停', { '己.qi': '测试 "转圈" { 变量 甲 = [0]; 循环 { 甲[0] = 1 } }\n测试 "死锁" { 变量 c = 通道<整数>(0); 打印行(<-c) }\n' });
  const result = qi(path, 'test', '--超时', '500');
  assert.is(result.code, 1);
  assert.match(result.stdout, '[E9008]');
  assert.match(result.stdout, /入口 运行中\n\s+在 测试 "转圈" \(.*己\.qi:1:\d+\)\n/u, 'it says where it stands');
  assert.match(result.stdout, '[E6006]');
  assert.match(result.stdout, '通过 0，失败 2\n');
});

test('a file that does not compile fails the run, the other files are tested all the same', ({ dir }) => {
  const path = folder(dir, '编译', { '坏.qi': '测试 "错" { 变量 x: 整数 = "一" }\n', '好.qi': '测试 "对" { }\n' });
  const result = qi(path, 'test');
  assert.is(result.code, 1);
  assert.match(result.stderr, '[E3001]');
  assert.match(result.stdout, '  ✓ 对\n');
});

test('nothing to run is an error', ({ dir }) => {
  const path = folder(dir, '空的', { '庚.qi': '测试 "有" { }\n' });
  for (const args of [['--只', '没有'], [join(dir, '没有这个文件.qi')]]) {
    const result = qi(path, 'test', ...args);
    assert.is(result.code, 1);
    assert.match(result.stderr, args[0] === '--只' ? '[E9007]' : '[E8001]');
  }
});

test('a signal ends the tests, removes their folder and is what the command ended by', async ({ dir }) => {
  const path = folder(dir, '信号', { '癸.qi': '测试 "转圈" { 循环 { } }\n' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const temporary = folder(dir, `临时 ${signal}`, {});
    const command = spawn(process.execPath, [QI, 'test'], { cwd: path, env: { ...process.env, TMPDIR: temporary }, stdio: 'ignore' });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => command.on('exit', (_, by) => resolve(by)));
    const machine = await eventually(() => readFileSync(`/proc/${command.pid}/task/${command.pid}/children`, 'utf8').trim());
    assert.is(readdirSync(temporary).length, 1);
    command.kill(signal);
    assert.is(await ended, signal);
    assert.equal(readdirSync(temporary), []);
    assert.ok(await eventually(() => !existsSync(`/proc/${machine}`) || /\) Z /.test(readFileSync(`/proc/${machine}/stat`, 'utf8'))));
  }
});

/** What `look` finds, as soon as it finds something. */
async function eventually<T>(look: () => T): Promise<T> {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 10))) {
    const found = look();
    if (found) return found;
  }
  throw new Error('it never came');
}

test('two tests of one name are an error, as is a test inside a function', ({ dir }) => {
  const path = folder(dir, '重名', { '辛.qi': '测试 "同" { }\n测试 "同" { }\n', '壬.qi': '函数 f() { 测试 "里" { } }\n测试 "外" { f() }\n' });
  assert.match(qi(path, 'test', '辛.qi').stderr, '[E3003]');
  assert.match(qi(path, 'test', '壬.qi').stderr, '[E2040]');
});

test('tests of imported files and of sibling files are not run, and cost the program nothing', ({ dir }) => {
  const path = folder(dir, '多个文件', {
    '主.qi': '包 甲\n导入 ./工具\n测试 "主的" { 断言(工具.二() == 2 与 三() == 3) }\n',
    '工具.qi': '公开 函数 二() { 返回 2 }\n测试 "工具的" { 断言(假) }\n',
    '旁.qi': '包 甲\n函数 三() { 返回 3 }\n测试 "旁的" { 断言(假) }\n',
  });
  assert.is(qi(path, 'test', '主.qi').stdout, '主.qi\n  ✓ 主的\n通过 1，失败 0\n');
});

test.run();
