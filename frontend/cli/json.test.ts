/*
 * --json: whatever goes wrong, standard error holds one JSON object per message and nothing else, with the members that
 * errors of compilation have.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const QI = join(ROOT, 'dist/qi.cjs');
const QIVM = join(ROOT, 'build/Release/qivm');

const test = suite<{ dir: string }>('json');

interface Frame { function: string | null; file: string | null; line: number | null; column: number | null }

interface Message {
  code: string;
  severity: string;
  message: string;
  hint: string | null;
  kind: string | null;
  file: string | null;
  start: { line: number; column: number } | null;
  task: number;
  note: string | null;
  stack: Frame[];
  skipped: number | null;
  created: { by: number; at: Frame | null }[];
  cause: Message | null;
  cancelled?: { task: number; function: string };
  others?: Message[];
  othersLeft?: number;
  causesLeft?: number;
  waiting: { task: number; reason: string; stack: Frame[]; wakers: number[]; created: { by: number; at: Frame } | null }[];
  more: number;
  cycle: number[];
}

function messages(command: string, args: readonly string[], input: string | Uint8Array = ''): { code: number | null; stdout: string; found: Message[] } {
  const { status, signal, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8', timeout: 30_000 });
  assert.is(signal, null);
  const found = stderr.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Message);
  for (const one of found) {
    assert.match(one.code, /^E\d{4}$/);
    assert.is(one.severity, 'error');
    assert.type(one.message, 'string');
  }
  return { code: status, stdout, found };
}

const run = (source: string, ...options: string[]) => messages(process.execPath, [QI, 'run', '--json', ...options, '-'], source);

test.before((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'qi-json-'));
});

test.after(({ dir }) => rmSync(dir, { recursive: true, force: true }));

test('an uncaught error with its place, stack and hint', () => {
  const { code, stdout, found } = run('函数 除(a: 整数): 整数 { 返回 10 / a; }\n函数 入口() {\n  打印行("先");\n  打印行(除(0));\n}\n');
  assert.is(code, 1);
  assert.is(stdout, '先\n');
  assert.is(found.length, 1);
  const [error] = found;
  assert.equal([error!.code, error!.message, error!.file, error!.start], ['E7001', '除数为零', '<标准输入>', { line: 1, column: 22 }]);
  assert.match(error!.hint ?? '', '除数');
  assert.equal(error!.stack.map((f) => [f.function, f.line, f.column]), [['除', 1, 22], ['入口', 4, 7]]);
  assert.equal([error!.task, error!.note, error!.cause, error!.created, error!.skipped], [0, null, null, [], 0]);
});

test('in English, with a cause and text that JSON must escape', () => {
  const { found } = run(`函数 入口() {
      尝试 { 抛出 错误("引号\\" 与 \\\\ 和\\n换行\\x01"); } 最终 { 打印行([1][3]); }
    }`, '--lang', 'en');
  const [error] = found;
  assert.equal([error?.code, error?.message], ['E7003', 'index out of range: index 3, length 1']);
  assert.equal([error?.cause?.code, error?.cause?.message], ['E7000', '引号" 与 \\ 和\n换行\u0001']);
});

test('who created a task that failed, and whether anybody waits for it', () => {
  const { code, stdout, found } = run(`函数 坏() { 抛出 错误("坏了"); }
    函数 派发() { 启动 坏(); 睡眠(1); }
    函数 入口() { 派发(); 创建 坏(); 睡眠(1); 打印行("完"); }`);
  assert.is(code, 1);
  assert.is(stdout, '完\n');
  assert.equal(found.map((e) => [e.message, e.note]), [['坏了', 'detached'], ['坏了', 'unobserved']]);
  assert.equal(found.map((e) => e.created.map((c) => [c.by, c.at?.function])), [[[0, '派发']], [[0, '入口']]]);
  assert.ok(found.every((e) => e.task > 0 && e.stack[0]?.function === '坏'));
});

test('of many causes the last sixteen and the first of all', () => {
  const { found } = run(`函数 深(n: 整数) { 如果 n == 0 { 抛出 错误("最里面") } 尝试 { 深(n - 1) } 最终 { 抛出 错误($"层{n}") } }
    函数 入口() { 深(20) }`);
  const chain: unknown[] = [];
  for (let e: Message | null | undefined = found[0]; e != null; e = e.cause) chain.push([e.message, e.causesLeft]);
  assert.equal(chain.length, 18);
  assert.equal(chain.slice(0, 2), [['层20', undefined], ['层19', undefined]]);
  assert.equal(chain.slice(-2), [['层4', 3], ['最里面', undefined]]);
});

test('what a block did not come to throw', () => {
  const { code, found } = run(`函数 入口() {
      门 = 通道<空>(0)
      并发 { 创建 { 屏蔽 { <-门 } }; 睡眠(1); 抛出 错误("体") }
    }`);
  assert.is(code, 2);
  assert.equal(found.map((e) => [e.code, e.note ?? null]), [['E7000', 'unthrown'], ['E6006', null]]);
});

test('a failure that is on its way to the block around is told once', () => {
  const { code, found } = run(`协程 步() { 并发 { 创建 { 抛出 错误("子") }; 挂起 1 } }
    函数 入口() { 启动 { 并发 { c = 协程 步(); 恢复 c; 创建 { 睡眠(600000) } } }; 睡眠(20) }`);
  assert.is(code, 1);
  assert.equal(found.map((e) => [e.message, e.note]), [['子', 'unobserved']]);
});

test('later failures of a block, as many as are told, and how many are not', () => {
  const { code, found } = run(`函数 收尾坏() { 尝试 { 睡眠(600000) } 最终 { 抛出 错误("收尾坏了") } }
    函数 里() { 尝试 { 睡眠(600000) } 最终 { 并发 { 创建 收尾坏(); 睡眠(1); 抛出 错误("里层") } } }
    函数 入口() { 并发 { 创建 里(); 对于 i 在 0..20 { 创建 收尾坏() }; 睡眠(1); 抛出 错误("第一") } }`);
  assert.equal([code, found.length], [1, 1]);
  const [error] = found;
  assert.equal([error?.message, error?.others?.length, error?.othersLeft], ['第一', 16, 5]);
  assert.ok(error?.others?.every((e) => e.message === '收尾坏了' && e.note === null && e.others === undefined && e.cause?.cancelled?.function === '收尾坏'));
  const few = run(`函数 收尾坏() { 尝试 { 睡眠(600000) } 最终 { 抛出 错误("收尾坏了") } }
    函数 里() { 尝试 { 睡眠(600000) } 最终 { 并发 { 创建 收尾坏(); 睡眠(1); 抛出 错误("里层") } } }
    函数 入口() { 并发 { 创建 里(); 睡眠(1); 抛出 错误("第一") } }`).found[0];
  assert.equal(few?.others?.map((e) => [e.message, e.others?.map((o) => o.message), e.othersLeft]), [['里层', ['收尾坏了'], 0]]);
});

test('a deadlock with all who wait', () => {
  const { code, found } = run('函数 入口() {\n  变量 c = 通道<整数>(0);\n  变量 t = 创建 (函数() { c <- 1; c <- 2; })();\n  <-c;\n  等待 t;\n}\n');
  assert.is(code, 2);
  const [error] = found;
  assert.equal([found.length, error?.code, error?.file, error?.start, error?.more], [1, 'E6006', null, null, 0]);
  assert.equal(error?.waiting.map((w) => [w.task, w.stack[0]?.line]), [[0, 5], [2, 3]]);
  assert.match(error?.waiting[1]?.reason ?? '', /^发送到 通道 #\d+/);
  assert.equal([error?.waiting[1]?.created?.by, error?.waiting[1]?.created?.at.line], [0, 3]);
});

test('a deadlock says who could wake whom: who holds the lock, the tasks awaited, the children of a block', () => {
  const { found } = run(`函数 做(先: 互斥锁, 后: 互斥锁, 齐: 屏障) { 先.加锁(); 齐.等待(); 后.加锁() }
函数 入口() {
  变量 甲 = 创建互斥锁();
  变量 乙 = 创建互斥锁();
  变量 齐 = 屏障(2);
  并发 {
    创建 做(甲, 乙, 齐);
    创建 做(乙, 甲, 齐);
    变量 c = 通道<整数>(0);
    创建 { 等待 全部([创建 { <-c }, 创建 { <-c }]); c <- 1 }
  }
}
`);
  assert.equal(found[0]?.waiting.map((w) => [w.task, [...w.wakers].sort()]), [[0, [2, 3, 4, 5, 6]], [2, [3]], [3, [2]], [4, [5, 6]], [5, [4]], [6, [4]]]);
  assert.equal(found[0]?.cycle, [2, 3]);
});

test('deep recursion has a bounded stack', () => {
  const { code, found } = run('函数 深(n: 整数): 整数 { 返回 深(n + 1) + 1; }\n打印行(深(0))');
  assert.is(code, 1);
  assert.is(found[0]?.code, 'E7004');
  assert.ok(found[0]!.stack.length > 10 && found[0]!.stack.length < 200);
  assert.ok(found[0]!.skipped === null || found[0]!.skipped > 1000);
});

test('an exit code says nothing', () => {
  assert.equal(run('函数 入口() { 退出(7); }'), { code: 7, stdout: '', found: [] });
  assert.equal(run('函数 入口(): 整数 { 返回 3; }'), { code: 3, stdout: '', found: [] });
});

test('modules that are refused', ({ dir }) => {
  for (const [language, message] of [['zh', '这不是 .qic 文件'], ['en', 'this is no .qic file']] as const) {
    const file = join(dir, '坏.qic');
    writeFileSync(file, 'not a module, but long enough');
    for (const args of [['run'], ['check'], ['反汇编']]) {
      const { code, found } = messages(process.execPath, [QI, ...args, '--json', '--lang', language, file]);
      assert.is(code, 1);
      assert.equal(found.map((e) => e.code), ['E9010'], args.join(' '));
      assert.match(found[0]!.message, message);
      assert.match(found[0]!.hint ?? '', language === 'zh' ? '重新生成' : 'compile it again');
    }
    assert.equal(messages(QIVM, ['--json', ...(language === 'en' ? ['--english'] : []), file]).found.map((e) => e.code), ['E9010']);
  }
  const good = join(dir, '好.qi');
  writeFileSync(good, '打印行(1 / (程序参数().长度()))');
  assert.is(spawnSync(process.execPath, [QI, '编译', good]).status, 0);
  const module = readFileSync(join(dir, '好.qic'));
  module[4] = 99;
  assert.equal(messages(process.execPath, [QI, 'run', '--json', '-'], module).found.map((e) => e.code), ['E9011']);
  assert.equal(messages(QIVM, ['--json', join(dir, '好.qic')]).found.map((e) => e.code), ['E7001']);
  assert.equal(messages(QIVM, ['--json', join(dir, '没有.qic')]).found.map((e) => [e.code, e.message]), [['E8001', `无法读取 ${join(dir, '没有.qic')}：文件不存在`]]);
  assert.equal(messages(QIVM, ['--json']).found.map((e) => e.code), ['E9001']);
});

test.run();
