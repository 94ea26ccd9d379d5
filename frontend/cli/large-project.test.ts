/*
 * A program of more than 200 files, with every way in which files belong together: siblings of one package, folders, relative
 * imports, qi_packages, re-exports, and functions of many files that call each other in a circle.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const PIECES = 60;
const PARTS = 40;
const SEGMENTS = 20;
const LEVELS = 40;
const RING = 40;

/** Path in the project → text. */
function project(): Map<string, string> {
  const files = new Map<string, string>();
  // Siblings of the entry's package: each calls the next.
  for (const i of numbers(PIECES)) {
    const next = i + 1 < PIECES ? `片${i + 1}() + ${i}` : String(i);
    files.set(`片${i}.qi`, `包 主程序;\n函数 片${i}(): 整数 { 返回 ${next} }\n函数 入口() { 打印行("不运行") }\n`);
  }
  // A folder whose file re-exports the others; they share a type of the folder's first.
  files.set('工具/工具.qi', numbers(PARTS).map((i) => `公开 导入 ./部${i};`).join('\n') + '\n公开 函数 共有(): 整数 { 返回 1000 }\n');
  for (const i of numbers(PARTS)) {
    const type = i === 0 ? '公开 类型 量 { 值: 整数 }\n' : '导入 ./部0 { 量 };\n';
    files.set(`工具/部${i}.qi`, `${type}公开 函数 部${i}值(): 量 { 返回 量 { 值: ${i} } }\n函数 内部() { }\n`);
  }
  // A package of qi_packages, made of siblings.
  files.set('qi_packages/问候/问候.qi', '包 问候;\n公开 函数 你好(谁: 字符串): 字符串 { 返回 段0(谁) }\n');
  for (const i of numbers(SEGMENTS)) {
    const body = i + 1 < SEGMENTS ? `段${i + 1}(谁 + ${i % 10})` : '"你好，" + 谁';
    files.set(`qi_packages/问候/段${i}.qi`, `包 问候;\n函数 段${i}(谁: 字符串): 字符串 { 返回 ${body} }\n`);
  }
  // A chain of relative imports down into folders.
  const folder = (i: number): string => `层${i}`;
  numbers(LEVELS).forEach((i) => {
    const path = [...numbers(i + 1).map(folder), `层${i}.qi`].join('/');
    files.set(path, i + 1 < LEVELS
      ? `导入 ./层${i + 1}/层${i + 1};\n公开 函数 深(): 整数 { 返回 层${i + 1}.深() + 1 }\n`
      : '导入 ' + '../'.repeat(LEVELS) + '环0;\n公开 函数 深(): 整数 { 返回 环0.走(0) }\n');
  });
  // A circle of functions and types.
  for (const i of numbers(RING)) {
    const next = (i + 1) % RING;
    files.set(`环${i}.qi`, `导入 环${next};\n公开 类型 结${i} { 数: 整数, 下: 选项<环${next}.结${next}> }\n公开 函数 走(步: 整数): 整数 { 返回 如果 步 == 0 { ${i} } 否则 { 环${next}.走(步 - 1) } }\n`);
  }
  files.set('主.qi', `包 主程序;
导入 工具;
导入 工具 作为 T;
导入 问候 { 你好 };
导入 ./层0/层0;
导入 环0;
函数 入口() {
    打印行(片0())
    打印行(${numbers(PARTS).map((i) => `${i % 2 === 0 ? '工具' : 'T'}.部${i}值().值`).join(' + ')} + 共有())
    打印行(你好("气"))
    打印行(层0.深(), 环0.走(100))
    打印行(环0.结0 { 数: 1, 下: 无 })
}
`);
  return files;
}

test('a project of 200 files compiles, runs and is checked', () => {
  const dir = mkdtempSync(join(tmpdir(), 'qi-项目-'));
  try {
    const files = project();
    assert.ok(files.size >= 200);
    for (const [path, text] of files) {
      mkdirSync(join(dir, dirname(path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const qi = (...args: string[]) => spawnSync(process.execPath, [join(ROOT, 'dist/qi.cjs'), ...args], { encoding: 'utf8', timeout: 60_000 });
    const ran = qi('run', join(dir, '主.qi'));
    assert.is(ran.stderr, '');
    assert.is(ran.stdout, '1770\n1780\n你好，气0123456789012345678\n39 20\n结0 { 数: 1, 下: 无 }\n');
    assert.is(ran.status, 0);
    // Another folder to stand in changes nothing, and a mistake in one file is found there and reported once.
    writeFileSync(join(dir, '片40.qi'), '包 主程序;\n函数 片40(): 整数 { 返回 "四十" }\n');
    const wrong = qi('check', '--json', join(dir, '主.qi'));
    const found = wrong.stdout.trim().split('\n').map((line) => JSON.parse(line) as { code: string; severity: string; file: string });
    assert.equal(found.filter((d) => d.severity === 'error').map((d) => [d.code, d.file.endsWith('片40.qi')]), [['E3001', true]]);
    assert.is(wrong.status, 1);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.run();
