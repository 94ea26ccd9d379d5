import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../2-parse/parse.js';
import { compile } from '../compile.js';
import type { Diagnostic } from '../diagnostics.js';
import { ReadFault, folderOf, joinPath, memoryHost, type Host, type Project } from '../project.js';
import { SourceFile } from '../source.js';
import { resolve } from './resolve.js';
import { needsOf, topLevelNames } from './names.js';

function resolved(files: Record<string, string>, entry = '主.qi', host: Host = memoryHost(files)): { project: Project; codes: string[]; order: string[] } {
  const diagnostics: Diagnostic[] = [];
  const report = (d: Diagnostic): void => void diagnostics.push(d);
  const unit = parse(new SourceFile(entry, files[entry] ?? ''), report);
  const project = resolve(unit, host, (name) => name === '打印行', report);
  const codes = diagnostics.map((d) => {
    const { line, column } = d.file.position(d.span.start);
    return `${d.code} ${d.file.path} ${line}:${column}`;
  });
  return { project, codes, order: project.units.map((u) => u.file.path) };
}

const order = (files: Record<string, string>, entry?: string): string[] => resolved(files, entry).order;

test('paths', () => {
  assert.is(joinPath('甲', '..', '乙.qi'), '乙.qi');
  assert.is(joinPath('.', '..', '乙'), '../乙');
  assert.is(joinPath('..', '..'), '../..');
  assert.is(joinPath('/甲', '../../乙'), '/乙');
  assert.is(joinPath('甲', '..'), '.');
  assert.is(folderOf('甲/乙.qi'), '甲');
  assert.is(folderOf('乙.qi'), '.');
  assert.is(folderOf('/乙.qi'), '/');
});

test('a file beside comes before a folder, a folder before qi_packages', () => {
  assert.equal(order({ '主.qi': '导入 甲;', '甲.qi': '', '甲/甲.qi': '', 'qi_packages/甲.qi': '' }), ['甲.qi', '主.qi']);
  assert.equal(order({ '主.qi': '导入 甲;', '甲/甲.qi': '', 'qi_packages/甲.qi': '' }), ['甲/甲.qi', '主.qi']);
  assert.equal(order({ '主.qi': '导入 甲;', 'qi_packages/甲.qi': '' }), ['qi_packages/甲.qi', '主.qi']);
});

test('qi_packages is looked for in every folder above, the nearest first', () => {
  const files = { '甲/乙/主.qi': '导入 丙;\n导入 丁;', '甲/qi_packages/丙.qi': '', 'qi_packages/丙.qi': '', 'qi_packages/丁/丁.qi': '' };
  assert.equal(order(files, '甲/乙/主.qi'), ['甲/qi_packages/丙.qi', 'qi_packages/丁/丁.qi', '甲/乙/主.qi']);
});

test('relative paths never look into qi_packages', () => {
  assert.equal(resolved({ '主.qi': '导入 ./丙;', 'qi_packages/丙.qi': '' }).codes, ['E4001 主.qi 1:4']);
  assert.equal(order({ '甲/主.qi': '导入 ../丙;', '丙.qi': '' }, '甲/主.qi'), ['丙.qi', '甲/主.qi']);
});

test('names are found in decomposed form, too', () => {
  assert.equal(order({ '主.qi': '导入 café;', ['café.qi'.normalize('NFD')]: '' }).length, 2);
});

test('imports stand before those who import them, circles are cut', () => {
  assert.equal(order({ '主.qi': '导入 甲;导入 乙;', '甲.qi': '导入 丙;', '乙.qi': '导入 丙;', '丙.qi': '' }), ['丙.qi', '甲.qi', '乙.qi', '主.qi']);
  assert.equal(order({ '主.qi': '导入 甲;', '甲.qi': '导入 乙;', '乙.qi': '导入 甲;' }), ['乙.qi', '甲.qi', '主.qi']);
  assert.equal(order({ '主.qi': '导入 主;' }), ['主.qi']);
});

test('one file has one place, whatever path leads to it', () => {
  const files = { '主.qi': '导入 甲.乙;\n导入 ./甲/乙 作为 丙;', '甲/乙.qi': '' };
  const { project } = resolved(files);
  assert.is(new Set(project.imports.values()).size, 1);
  const linked: Host = { ...memoryHost({ '主.qi': '导入 甲;\n导入 乙;', '甲.qi': '', '乙.qi': '' }), identify: (path) => (path === '乙.qi' ? '甲.qi' : path) };
  assert.is(resolved({ '主.qi': '导入 甲;\n导入 乙;' }, '主.qi', linked).project.units.length, 2);
});

test('siblings come when a name is missing, and only then', () => {
  const files = {
    '主.qi': '包 p\n函数 入口() { 甲(); 变量 丁 = 1; 打印行(丁) }', 'a.qi': '包 p\n函数 甲() { 乙() }', 'b.qi': '包 p\n函数 乙() { }',
    'c.qi': '包 p\n函数 丙() { }', 'd.qi': '包 p\n变量 丁 = 2', 'e.qi': '包 q\n函数 甲() { }', 'f.qi': '包 p\n函数 打印行() { }', 'g.qi': '函数 甲() { }',
  };
  assert.equal(order(files).sort(), ['a.qi', 'b.qi', '主.qi']);
  assert.is(resolved(files).project.packages.size, 3);
});

test('a file without 包 has no siblings', () => {
  assert.equal(order({ '主.qi': '甲()', 'a.qi': '函数 甲() { }' }), ['主.qi']);
});

test('errors of a sibling count only when it takes part', () => {
  assert.equal(resolved({ '主.qi': '包 p\n甲()', 'a.qi': '包 p\n函数 甲() { }\n函数 (' }).codes.length > 0, true);
  assert.equal(resolved({ '主.qi': '包 p\n乙 = 1\n打印行(乙)', 'a.qi': '包 p\n函数 甲() { }\n函数 (' }).codes, []);
});

test('methods of a type come from a sibling', () => {
  const files = { '主.qi': '包 p\n类型 点 { 整数 x; }\n点 { x: 1 }.显()', 'a.qi': '包 p\n函数 (自身 点) 显() { }', 'b.qi': '包 p\n函数 (自身 点) 隐() { }' };
  assert.equal(order(files), ['a.qi', '主.qi']);
});

test('a file that cannot be read is reported at the import', () => {
  const host: Host = {
    ...memoryHost({ '主.qi': '', '甲.qi': '' }),
    read: () => {
      throw new ReadFault({ zh: '没有权限', en: 'permission denied' });
    },
  };
  assert.equal(resolved({ '主.qi': '打印行(1)\n导入 甲;' }, '主.qi', host).codes, ['E8001 主.qi 2:4']);
});

test('library modules', () => {
  assert.equal(resolved({ '主.qi': '导入 标准库.数学;' }).codes, []);
  assert.equal(resolved({ '主.qi': '导入 标准库.没有;\n导入 标准库;' }).codes, ['E4001 主.qi 1:4', 'E4001 主.qi 2:4']);
  assert.equal(resolved({ '主.qi': '导入 标准库.http;' }).codes, ['E2900 主.qi 1:4']);
});

test('names a file defines and needs', () => {
  const unit = parse(new SourceFile('a.qi', '变量 甲 = 1\n乙 = 2\n函数 丙(丁) { 戊 += 丁; 己 = 己 + 1; 庚 = 1; 返回 庚 }\n函数 (自身 点) 辛() { }'), () => undefined);
  assert.equal([...topLevelNames(unit).keys()], ['甲', '乙', '丙']);
  assert.equal([...needsOf(unit).free], ['戊', '己', '点']);
});

test('200 files that import each other compile to one module', () => {
  const files: Record<string, string> = {};
  const count = 200;
  for (let i = 0; i < count; i++) {
    const others = [i + 1, i * 2 + 1].filter((n) => n < count && n > i);
    const imports = [...new Set(others)].map((n) => `导入 模块${n};\n`).join('');
    const sum = [...new Set(others)].map((n) => ` + 模块${n}.值`).join('');
    files[`模块${i}.qi`] = `${imports}公开 变量 值 = 1${sum} % 1000\n公开 函数 取(): 整数 { 返回 值 }\n函数 内(): 整数 { 返回 0 }\n`;
  }
  files['主.qi'] = '导入 模块0;\n打印行(模块0.取())\n';
  const { module, diagnostics } = compile(new TextEncoder().encode(files['主.qi']), '主.qi', memoryHost(files));
  assert.equal(diagnostics.map((d) => d.code), []);
  assert.instance(module, Uint8Array);
  assert.equal(resolved(files).order.length, count + 1);
});

test.run();
