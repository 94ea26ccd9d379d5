/*
 * What the command does with what nobody should give it: a coded message or a clean end, an exit code that is not
 * zero where work was not done, and never a signal. Runs the bundled command, as a user does.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HELLO, QI, qi, refuses, run, type Result, workspace, type Workspace } from './command.test-helper.js';

const test = suite<Workspace>('bad input');

function refusesSomehow(result: Result): void {
  assert.match(result.stderr, /\[E[1-8]\d{3}\]|\[E90(0[1-4]|1\d)\]/, result.stderr.slice(0, 400));
  assert.is(result.code, 1);
}

test.before((context) => void Object.assign(context, workspace('bad')));

test.after((context) => rmSync(context.dir, { recursive: true, force: true }));

test('a good program runs, from a file, standard input and bytecode', ({ dir, module }) => {
  for (const result of [qi(['run', join(dir, '好.qi')]), qi(['运行', '-'], HELLO), qi(['run', join(dir, '好.qic')]), qi(['run', '-'], module)]) {
    assert.equal(result, { code: 0, stdout: '你好\n', stderr: '' });
  }
});

test('files that are none', ({ dir }) => {
  mkdirSync(join(dir, '目录.qi'), { recursive: true });
  refuses(qi(['run', join(dir, '目录.qi')]), 'E8001');
  refuses(qi(['run', join(dir, '没有.qi')]), 'E8001');
  refuses(qi(['run', join(dir, '好.qi', '下面.qi')]), 'E8001');
  refuses(qi(['编译', join(dir, '好.qi'), '-o', join(dir, '没有', 'x.qic')]), 'E8002');
  refuses(qi(['编译', join(dir, '好.qi'), '-o', join(dir, '目录.qi')]), 'E8002');
  refuses(qi(['编译', join(dir, '好.qi'), '-o', join(dir, '好.qi')]), 'E9001', 64);
  refuses(qi(['编译', join(dir, '好.qic')]), 'E9001', 64);
  refuses(qi(['编译', '-'], HELLO), 'E9001', 64);
});

test('wrong usage', () => {
  refuses(qi([]), 'E9001', 64);
  assert.match(qi([]).stderr, /check, 检查/, 'without a command it shows what there is');
  refuses(qi(['run']), 'E9001', 64);
  refuses(qi(['没有这个命令']), 'E9001', 64);
  refuses(qi(['解释', 'E0000']), 'E9003', 64);
  // What a message says of a program at hand is left out.
  assert.not.match(qi(['解释', 'E3001']).stdout.split('\n')[0]!, /[{}]/u);
  refuses(qi(['aot', 'x.qi']), 'E9002', 64);
  const json = qi(['--json', 'run', '/没有.qi']);
  assert.is((JSON.parse(json.stderr) as { code: string }).code, 'E8001');
});

test('the summary of a check counts in words', () => {
  assert.match(qi(['check', '--lang', 'en', '-'], '打印行(没有)').stderr, /^1 error, 0 warnings$/m);
  assert.match(qi(['check', '-'], '打印行(没有, 也没有)').stderr, /^2 个错误，0 个警告$/m);
  assert.is(qi(['check', '-'], HELLO).stdout, '检查通过\n');
});

test('bytes that are no text', () => {
  refuses(qi(['run', '-'], Uint8Array.of(0x22, 0xff, 0x22)), 'E1003');
  refuses(qi(['run', '-'], '函数 入口() { 打印行("a\0b"); }'), 'E1004');
  refuses(qi(['run', '-'], '函数 入口() { 打印行("a\u202eb"); }'), 'E1005');
});

test('everything unterminated', () => {
  for (const text of ['"abc', '"""abc', 'r"abc', '$"a{', '$"a{b', "'a", '/* a', '/* /* */', '函数', '函数 入口(', '函数 入口() {', '变量 x =', '[1, 2', '{1: 2', '如果', '匹配 x {', '选择 {', '尝试 {', '类型 点 {', '1 +', '“abc', '0x', '"\\', '"\\u{']) {
    refusesSomehow(qi(['check', '-'], text));
  }
});

test('a folder without programs', ({ dir }) => {
  mkdirSync(join(dir, '空的', '.藏'), { recursive: true });
  writeFileSync(join(dir, '空的', '.藏', '甲.qi'), HELLO);
  for (const command of ['check', 'test']) {
    const result = qi([command, join(dir, '空的')]);
    refuses(result, 'E9009');
    assert.match(result.stderr, '空的 里没有 .qi 文件');
  }
});

test('nesting 100,000 deep', () => {
  for (const [open, close] of [['(', ')'], ['[', ']'], ['{', '}'], ['- ', ''], ['非 ', ''], ['如果 真 { ', ' }'], ['(x) => ', '']] as const) {
    const text = `变量 甲 = ${open.repeat(100_000)}1${close.repeat(100_000)}\n`;
    refusesSomehow(qi(['check', '-'], text));
  }
});

test('a damaged module', ({ module }) => {
  for (let length = 0; length < module.length; length += Math.max(1, module.length >> 3)) {
    refusesSomehow(qi(['check', '--', '-'], Buffer.concat([Buffer.from('QIC1'), module.subarray(4, Math.max(4, length))])));
  }
  for (let at = 4; at < module.length; at += Math.max(1, module.length >> 4)) {
    const flipped = Buffer.from(module);
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    refusesSomehow(qi(['run', '-'], flipped));
  }
});

test('--json takes the message about a module apart', () => {
  for (const [language, message, hint] of [['zh', /^无效的字节码：/, /重新生成/], ['en', /^invalid bytecode: /, /compile it again/]] as const) {
    const result = qi(['check', '--json', '--lang', language, '-'], 'QIC1abcdefgh');
    const found = JSON.parse(result.stderr) as { code: string; message: string; hint: string };
    assert.is(found.code, 'E9010');
    assert.match(found.message, message);
    assert.match(found.hint, hint);
    assert.not.match(found.message, found.hint);
    assert.is(result.code, 1);
  }
});

test('a module of another version', ({ module }) => {
  const other = Buffer.from(module);
  other[8] = (other[8] ?? 0) ^ 1;
  refuses(qi(['run', '-'], other), 'E9011');
  const format = Buffer.from(module);
  format[4] = 99;
  refuses(qi(['run', '-'], format), 'E9011');
});

test('a reader that goes away', ({ dir }) => {
  const file = join(dir, '多行.qi');
  writeFileSync(file, '函数 入口() { 对于 i 从 1 到 1000000 { 打印行(i); } }\n');
  for (const command of [`"${process.execPath}" "${QI}" run "${file}"`, `"${process.execPath}" "${QI}" 反汇编 "${file}"`, `"${process.execPath}" "${QI}" --help`]) {
    const result = run('bash', ['-c', `${command} | head -n 1; echo "\${PIPESTATUS[0]}"`]);
    const status = Number(result.stdout.trim().split('\n').at(-1));
    assert.ok(status < 128, `${command}: status ${status}`);
    assert.is(result.stderr, '');
  }
});

test('standard output that takes nothing', ({ dir }) => {
  writeFileSync(join(dir, '警告.qi'), '函数 入口() { 变量 没用 = 1; }\n');
  writeFileSync(join(dir, '测.qi'), '测试 "好" { }\n');
  for (const args of ['--help', '--version', 'run 好.qi', 'run 好.qic', '解释 E3001', '反汇编 好.qi', 'check 好.qi', 'check 好.qic', 'check --json 警告.qi', '编译 好.qi -o -', 'test 测.qi', 'test --json 测.qi']) {
    const command = `cd "${dir}"; "${process.execPath}" "${QI}" ${args}`;
    const full = run('bash', ['-c', `${command} >/dev/full`]);
    if (args === 'check 好.qic') {
      assert.is(full.code, 0, 'a module that is accepted says nothing');
      continue;
    }
    assert.is(full.code, 1, `${args}: ${full.stderr}`);
    assert.match(full.stderr, /E8002.*无法写入 标准输出：磁盘已满/);
    const gone = run('bash', ['-c', `{ sleep 0.4; ${command}; echo "$?" >&2; } | true`]);
    assert.is(gone.stderr, '1\n', `${args}: a reader that went away`);
  }
});

test('standard error that takes nothing', ({ dir }) => {
  writeFileSync(join(dir, '警告.qi'), '函数 入口() { 变量 没用 = 1; }\n');
  const code = (args: string): number | null => run('bash', ['-c', `cd "${dir}"; "${process.execPath}" "${QI}" ${args} 2>/dev/full`]).code;
  assert.is(code('没有这个命令'), 64);
  assert.is(code('check 警告.qi'), 1);
  assert.is(code('run --警告 警告.qi'), 0, 'the program is the work, not the warnings');
});

test('closed standard output', ({ dir }) => {
  const result = run('bash', ['-c', `"${process.execPath}" "${QI}" run "${join(dir, '好.qi')}" >&-`]);
  assert.is.not(result.code, 139);
});

test.run();
