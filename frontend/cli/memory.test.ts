/*
 * Large programs and little memory: a coded message or a clean end, never a signal.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { QI, qi, QIVM, refuses, run, type Result, workspace, type Workspace } from './command.test-helper.js';

const test = suite<Workspace>('memory');

test.before((context) => void Object.assign(context, workspace('memory')));

test.after((context) => rmSync(context.dir, { recursive: true, force: true }));

test('a line of 50 MB', ({ dir }) => {
  const long = `变量 x = ${'1 + '.repeat(12_500_000)}1\n打印行(x)`;
  for (const command of ['check', 'run', 'test']) {
    const result = qi([command, '-'], long);
    refuses(result, 'E8001');
    assert.match(result.stderr, '程序文件超过 16 MiB');
  }
  const file = join(dir, '很长.qi');
  writeFileSync(file, long);
  refuses(qi(['check', file]), 'E8001');
  writeFileSync(join(dir, '用很长.qi'), '导入 ./很长;\n');
  refuses(qi(['check', join(dir, '用很长.qi')]), 'E8001');
  rmSync(file);
  refuses(qi(['check', '-'], `变量 x = ${'1 + '.repeat(4_000_000)}1\n打印行(x)`), 'E2008');
  refuses(qi(['check', '-'], `变量 x = "${'长'.repeat(5_000_000)}\n`), 'E1002');
});

test('a module may be larger than a source', ({ dir, module }) => {
  const file = join(dir, '大.qic');
  writeFileSync(file, Buffer.concat([module, Buffer.alloc(17 << 20)]));
  refuses(qi(['run', file]), 'E9010');
  refuses(qi(['run', '-'], readFileSync(file)), 'E9010');
});

test('a large program is compiled by another process and runs in this one', ({ dir }) => {
  const file = join(dir, '大.qi');
  writeFileSync(file, `打印行(读取行().或("无"))\n// ${'长'.repeat(500_000)}\n`);
  assert.equal(qi(['run', file], '从标准输入\n'), { code: 0, stdout: '从标准输入\n', stderr: '' });
  assert.equal(qi(['run', '-'], `打印行(程序参数())\n// ${'长'.repeat(500_000)}\n`), { code: 0, stdout: '[]\n', stderr: '' });
  const wrong = `打印行(没有)\n// ${'长'.repeat(500_000)}\n`;
  for (const command of ['run', 'check', 'test']) {
    const found = JSON.parse(run('bash', ['-c', `"${process.execPath}" "${QI}" ${command} --json --lang en - 2>&1`], command === 'test' ? `${wrong}测试 "甲" { }` : wrong).stdout) as { code: string; message: string };
    assert.is(found.code, 'E3002', command);
    assert.match(found.message, /^undefined name/);
  }
  writeFileSync(join(dir, '小.qi'), '导入 ./大 作为 别的\n');
  assert.is(qi(['check', join(dir, '小.qi')]).code, 0);
  rmSync(file);
});

test('no memory left', ({ dir }) => {
  const file = join(dir, '密.qi');
  // 950,000 bytes, below what is compiled by another process without a limit.
  writeFileSync(file, 'a=1\n'.repeat(237_500));
  // Node starts with 750,000 KB of address space, its threads take more while they start.
  for (const limit of [900_000, 1_100_000]) {
    for (const args of [`check "${file}"`, `run "${file}"`, `反汇编 - <"${file}"`, `编译 "${file}" -o -`]) {
      const result = run('bash', ['-c', `ulimit -v ${limit}; "${process.execPath}" "${QI}" ${args} >/dev/null`]);
      if (result.code === 0) continue; // it sufficed
      refuses(result, 'E9012');
      assert.not.match(result.stderr, /GC|FATAL|trace/, 'V8 is not heard');
    }
  }
  const small = (args: string): Result => run('bash', ['-c', `cd "${dir}"; ulimit -v 900000; "${process.execPath}" "${QI}" ${args}`]);
  refuses(small(`check "${file}"`), 'E9012');
  assert.equal(small('run 好.qi'), { code: 0, stdout: '你好\n', stderr: '' });
  assert.equal(small('run 好.qic'), { code: 0, stdout: '你好\n', stderr: '' });
  assert.is(small('check 好.qi').code, 0);
  refuses(small('check 没有.qi'), 'E8001');
});

test('a program that takes all memory', ({ dir }) => {
  const file = join(dir, '内存.qi');
  writeFileSync(file, '函数 入口() { 变量 甲 = [0]; 循环 { 甲.添加(甲.长度()); } }\n');
  assert.is(qi(['编译', file, '-o', join(dir, '内存.qic')]).code, 0);
  const result = run('bash', ['-c', `ulimit -v 300000; "${QIVM}" "${join(dir, '内存.qic')}"`]);
  refuses(result, 'E7007');
  // Room for Node, its threads and the runtime: how much of it they map differs from run to run.
  for (const program of ['内存.qi', '内存.qic']) {
    refuses(run('bash', ['-c', `cd "${dir}"; ulimit -v 1500000; "${process.execPath}" "${QI}" run ${program}`]), 'E7007');
  }
});

test.run();
