/** Standard input while other tasks run: waiting for a line parks the task, not the thread. On one worker, on four, and in deterministic mode. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../frontend/embed/index.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The one node-gyp built, unless another build is to be tried (npm run coverage). */
const QIVM = path.resolve(process.env['QIVM'] ?? path.join(ROOT, 'build/Release/qivm'));
const LIVE = [['--workers', '1'], ['--workers', '4']];
const ALL = [...LIVE, ['--seed', '3']];
const TIME_LIMIT = 20_000;

const test = suite<{ dir: string }>('input');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program. `talk` is told all output so far whenever there is more, and gives what to write into standard input: text, null for its end, or
 * undefined to wait, and is written after so many milliseconds. `stdin`: a descriptor to use instead.
 */
function run(
  dir: string, source: string, args: readonly string[], talk: (output: string) => string | null | undefined, { stdin, after = 0 }: { stdin?: number; after?: number } = {},
): Promise<Ended> {
  const { module, problems } = compile(source);
  assert.ok(module, problems.map((problem) => problem.message).join('\n'));
  const file = path.join(dir, '程序.qic');
  writeFileSync(file, module!);
  const child = spawn(QIVM, [...args, file], { stdio: [stdin ?? 'pipe', 'pipe', 'pipe'], timeout: TIME_LIMIT });
  let stdout = '';
  let stderr = '';
  const step = (): void => {
    const text = talk(stdout);
    if (text === null) child.stdin?.end();
    else if (text !== undefined) setTimeout(() => child.stdin?.write(text), after);
  };
  child.stdin?.on('error', () => {});
  child.stdout!.on('data', (bytes: Buffer) => {
    stdout += bytes.toString();
    step();
  });
  child.stderr!.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  if (stdin === undefined) step();
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

test.before((context) => {
  context.dir = mkdtempSync(path.join(tmpdir(), 'qi-input-'));
});
test.after((context) => rmSync(context.dir, { recursive: true, force: true }));

test('others run while a task waits for a line', async ({ dir }) => {
  const program = `
    函数 入口() {
      读 = 创建 { 读取行().取出() }
      对于 i 在 1..=3 { 睡眠(5); 打印行("滴答", i) }
      打印行("读到", 等待 读)
    }`;
  for (const args of LIVE) {
    const ended = await run(dir, program, args, (output) => (output.endsWith('滴答 3\n') ? '你好\n' : undefined));
    assert.equal(ended, { code: 0, stdout: '滴答 1\n滴答 2\n滴答 3\n读到 你好\n', stderr: '' });
  }
});

test('a task that never waits does not keep a line from its reader', async ({ dir }) => {
  const program = `
    到了 = 原子(0)
    函数 入口() {
      打印行("开始")
      读 = 创建 { 行 = 读取行().取出(); 到了.写(1); 行 }
      睡眠(1)
      变量 圈 = 0
      当 到了.读() == 0 { 圈 = (圈 + 1) % 1000 }
      打印行("读到", 等待 读)
    }`;
  for (const args of LIVE) {
    const ended = await run(dir, program, args, (output) => (output === '' ? undefined : '字\n'), { after: 40 });
    assert.equal(ended, { code: 0, stdout: '开始\n读到 字\n', stderr: '' });
  }
});

test('lines go to their readers in the order these came', async ({ dir }) => {
  const program = `
    函数 入口() {
      变量 列: [任务<字符串>] = []
      对于 i 在 0..4 { 列.添加(创建 { 读取行().或("无") }); 睡眠(1) }
      打印行("都在等")
      对于 t 在 列 { 打印(等待 t, "") }
      打印行(读取行().是无())
    }`;
  for (const args of LIVE) {
    let asked = false;
    const ended = await run(dir, program, args, (output) => {
      if (asked || output === '') return asked && output.includes('甲') ? null : undefined;
      asked = true;
      return '甲\n乙\n丙\n丁\n';
    });
    assert.equal(ended, { code: 0, stdout: '都在等\n甲 乙 丙 丁 真\n', stderr: '' });
  }
});

test('breaking off a wait loses no line', async ({ dir }) => {
  const program = `
    函数 入口() {
      尝试 { 截止(10) { 读取行() } } 捕获 超时错误 作为 e { 打印行(e.代码) }
      t = 创建 { 读取行() }
      睡眠(1)
      t.取消()
      尝试 { 等待 t } 捕获 取消错误 作为 e { 打印行(t.状态()) }
      打印行(读取行(), 读取行())
    }`;
  for (const args of LIVE) {
    const ended = await run(dir, program, args, (output) => (output.endsWith('已取消\n') ? '甲\n乙\n' : undefined));
    assert.equal(ended, { code: 0, stdout: 'E6102\n已取消\n有("甲") 有("乙")\n', stderr: '' });
  }
});

test('a line in pieces, a long one, the last without its end, and the end', async ({ dir }) => {
  const program = `
    函数 入口() {
      打印行("一")
      打印行(读取行().取出())
      打印行(读取行().取出().长度())
      打印行(读取行(), 读取行(), 读取行())
    }`;
  for (const args of ALL) {
    let part = 0;
    const parts = ['前', `半\r\n${'长'.repeat(100_000)}`, '长\n尾', null];
    const ended = await run(dir, program, args, () => parts[part++]);
    // What is written before the program asks is there all the same.
    assert.equal({ ...ended, stdout: ended.stdout.replace(/^一\n/, '') }, { code: 0, stdout: '前半\n100001\n有("尾") 无 无\n', stderr: '' });
  }
});

test('a prompt is seen before the program waits', async ({ dir }) => {
  const program = '变量 名 = 输入("名字？")\n打印行("你好，" + 名)';
  for (const args of ALL) {
    const ended = await run(dir, program, args, (output) => (output === '名字？' ? '小气\n' : undefined));
    assert.equal(ended, { code: 0, stdout: '名字？你好，小气\n', stderr: '' });
  }
});

test('a file as standard input', async ({ dir }) => {
  const program = '变量 个 = 0\n循环 { 如果 读取行().是无() { 跳出 }; 个 += 1 }\n打印行(个)';
  const file = path.join(dir, '行.txt');
  writeFileSync(file, '行\n'.repeat(30_000));
  for (const args of ALL) {
    for (const [name, count] of [[file, 30_000], ['/dev/null', 0]] as const) {
      const descriptor = openSync(name, 'r');
      const ended = await run(dir, program, args, () => undefined, { stdin: descriptor });
      closeSync(descriptor);
      assert.equal(ended, { code: 0, stdout: `${count}\n`, stderr: '' });
    }
  }
});

test('standard input that is not text, or cannot be read, is an error of the reader', async ({ dir }) => {
  const program = '尝试 { 读取行() } 捕获 文件错误 作为 e { 打印行(e.代码) }';
  for (const args of ALL) {
    const descriptor = openSync(dir, 'r');
    const folder = await run(dir, program, args, () => undefined, { stdin: descriptor });
    closeSync(descriptor);
    assert.equal(folder, { code: 0, stdout: 'E8001\n', stderr: '' });
  }
});

test('who waits for input is no deadlock, and says so when it ends with others', async ({ dir }) => {
  const program = `
    函数 入口() {
      变量 c = 通道<整数>(0)
      启动 { 读取行(); c <- 1 }
      打印行("等")
      打印行(<-c)
    }`;
  for (const args of LIVE) {
    const ended = await run(dir, program, args, (output) => (output === '等\n' ? '行\n' : undefined));
    assert.equal(ended, { code: 0, stdout: '等\n1\n', stderr: '' });
  }
});

test('the program may end while a task waits for a line', async ({ dir }) => {
  const program = '启动 { 读取行(); 打印行("不会到这里") }\nt = 创建 { 尝试 { 读取行() } 最终 { 打印行("收拾") } }\n睡眠(2)\n打印行("完")';
  for (const args of LIVE) {
    const ended = await run(dir, program, args, () => undefined);
    assert.equal(ended, { code: 0, stdout: '完\n收拾\n', stderr: '' });
  }
});

test.run();
