/*
 * Ctrl-C: the first one cancels 入口 and its tree, the second ends the process at once; on qi and on the bare machine, with one
 * worker and several.
 */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { QI, qi, QIVM, workspace, type Workspace } from './command.test-helper.js';

const test = suite<{ space: Workspace }>('interrupt');

interface Ended { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }

/** Time for the program to go on from the line; and signals that follow each other at once may arrive as one. */
const APART_MS = 150;

/** Runs a program; whenever it printed 就绪 once more, sends it the next signal. Its standard input stays open. */
function interrupted(command: string, args: readonly string[], signals: readonly NodeJS.Signals[]): Promise<Ended> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), 20_000);
    const ended: Ended = { code: null, signal: null, stdout: '', stderr: '' };
    let sent = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ended.stdout += text;
      const wanted = ended.stdout.split('就绪').length - 1;
      for (let late = 1; sent < wanted && sent < signals.length; late++) {
        const signal = signals[sent++];
        setTimeout(() => child.kill(signal), late * APART_MS);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ended.stderr += text;
    });
    child.on('error', fail);
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      done({ ...ended, code, signal });
    });
  });
}

interface Way { readonly name: string; readonly command: string; readonly args: (file: string, module: string) => readonly string[] }

const WAYS: readonly Way[] = [
  { name: 'qi', command: process.execPath, args: (file) => [QI, 'run', file] },
  { name: 'qivm', command: QIVM, args: (_, module) => [module] },
  { name: 'qivm with workers', command: QIVM, args: (_, module) => ['--workers', '4', module] },
];

async function everywhere({ dir }: Workspace, source: string, signals: readonly NodeJS.Signals[], look: (ended: Ended, way: string) => void): Promise<void> {
  const file = join(dir, '程序.qi');
  writeFileSync(file, source);
  const compiled = qi(['编译', file, '-o', join(dir, '程序.qic')]);
  assert.is(compiled.code, 0, compiled.stderr);
  for (const way of WAYS) look(await interrupted(way.command, way.args(file, join(dir, '程序.qic')), signals), way.name);
}

test.before((context) => {
  context.space = workspace('interrupt');
});

test.after(({ space }) => rmSync(space.dir, { recursive: true, force: true }));

/** A line that is seen at once, although standard output is a pipe: the machine flushes when it idles, or reads. */
const SLEEPER = `
异步 函数 孩子() {
  尝试 { 休眠(60000); } 最终 { 打印行("孩子 收尾"); }
}
函数 入口() {
  任务 = 创建 孩子();
  休眠(1);
  打印行("就绪");
  尝试 { 等待 任务; } 最终 { 打印行("入口 收尾"); }
}
`;

test('the first Ctrl-C runs every 最终 and gives exit code 130', async ({ space }) => {
  await everywhere(space, SLEEPER, ['SIGINT'], (ended, way) => {
    assert.is(ended.code, 130, `${way}: ${JSON.stringify(ended)}`);
    assert.equal(ended.stdout.trim().split('\n').sort(), ['入口 收尾', '孩子 收尾', '就绪'], way);
    assert.is(ended.stderr, '', way);
  });
});

test('a program that takes the cancellation ends as it likes', async ({ space }) => {
  const source = '函数 入口(): 整数 {\n  打印行("就绪");\n  尝试 { 休眠(60000); } 捕获 取消错误 作为 e { 打印行("好"); 返回 7; }\n  返回 0;\n}\n';
  await everywhere(space, source, ['SIGINT'], (ended, way) => {
    assert.is(ended.code, 7, `${way}: ${JSON.stringify(ended)}`);
    assert.is(ended.stdout, '就绪\n好\n', way);
  });
});

test('reading standard input is broken off', async ({ space }) => {
  const source = '函数 入口() {\n  打印行("就绪");\n  尝试 { 读取行(); } 最终 { 打印行("收尾"); }\n}\n';
  await everywhere(space, source, ['SIGINT'], (ended, way) => {
    assert.is(ended.code, 130, `${way}: ${JSON.stringify(ended)}`);
    assert.is(ended.stdout, '就绪\n收尾\n', way);
  });
});

test('the second Ctrl-C ends a program that computes, and a 最终 that waits', async ({ space }) => {
  // A loop does not look at the flag: only what waits does.
  const computing = '函数 入口() {\n  打印行("就绪就绪");\n  休眠(20);\n  变量 i = 0;\n  循环 { i = 回绕加(i, 1); }\n}\n';
  const stubborn = '函数 入口() {\n  打印行("就绪");\n  尝试 { 休眠(60000); } 最终 { 打印行("就绪"); 休眠(60000); }\n}\n';
  await everywhere(space, stubborn, ['SIGINT', 'SIGINT'], (ended, way) => {
    assert.is(ended.signal, 'SIGINT', `${way}: ${JSON.stringify(ended)}`);
  });
  await everywhere(space, computing, ['SIGINT', 'SIGINT'], (ended, way) => {
    assert.is(ended.signal, 'SIGINT', `${way}: ${JSON.stringify(ended)}`);
  });
});

test('says how to end at once when cancelling takes its time', async ({ space }) => {
  const source = '函数 入口() {\n  打印行("就绪");\n  尝试 { 休眠(60000); } 最终 { 休眠(1500); }\n}\n';
  await everywhere(space, source, ['SIGINT'], (ended, way) => {
    assert.is(ended.code, 130, `${way}: ${JSON.stringify(ended)}`);
    assert.is(ended.stderr, '正在取消；再按一次 Ctrl-C 立即结束\n', way);
  });
});

test.run();
