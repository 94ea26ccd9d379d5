/*
 * Writes dist/qi-main.cache, V8's compiled code of the command (see scripts/launcher.cjs). It belongs to one version of
 * V8, so it is made where it is used: after the bundle in a clone, and when the published package is installed.
 *
 * V8 recognises stale code only by the length of the source, so whoever writes the bundle removes the cache first.
 * The command compiles a sample before its code is taken: V8 compiles functions when they are first called, and only
 * what has been compiled is in the cache.
 */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
const CACHE = join(DIST, 'qi-main.cache');

const SAMPLE = `
类型 点 { 整数 x; 整数 y; }
函数 (自身 点) 和(): 整数 { 返回 自身.x + 自身.y; }
异步 函数 慢(n: 整数): 整数 { 等待 延迟(1); 返回 n * 2; }
协程 数到(n: 整数) { 对于 i 从 1 到 n { 挂起 i; } }
函数 入口() {
    变量 列 = [1, 2, 3];
    变量 典 = {"甲": 1, "乙": 2};
    对于 x 在 列 { 如果 x > 1 { 打印行($"值 {x}"); } 否则 { 继续; } }
    对于 键, 值 在 典 { 打印行("{} {}", 键, 值); }
    变量 任务甲 = 创建 慢(3);
    变量 通道甲 = 通道<整数>(2);
    启动 { 通道甲 <- 1; 通道甲.关闭(); }
    尝试 { 打印行(等待 任务甲, <-通道甲); } 捕获 e { 打印行(e.消息); } 最终 { 打印行("完"); }
    变量 平方 = 函数(x: 整数): 整数 { 返回 x * x; };
    打印行(平方(3), (点 { x: 1, y: 2 }).和());
    当 列.长度() > 0 { 列.弹出(); }
    对于 v 在 协程 数到(2) { 打印行(v); }
}
`;

if (existsSync(join(DIST, 'qi-main.cjs'))) {
  const dir = mkdtempSync(join(tmpdir(), 'qi-cache-'));
  try {
    const sample = join(dir, 'sample.qi');
    writeFileSync(sample, SAMPLE);
    // Old code must not find its way into the new cache.
    rmSync(CACHE, { force: true });
    process.argv = [process.execPath, join(DIST, 'qi.cjs'), 'compile', sample, '-o', join(dir, 'sample.qic')];
    const script = createRequire(import.meta.url)(join(DIST, 'qi.cjs'));
    if (process.exitCode !== 0) throw new Error('the sample of scripts/code-cache.mjs does not compile');
    writeFileSync(`${CACHE}.tmp`, script.createCachedData());
    renameSync(`${CACHE}.tmp`, CACHE);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
