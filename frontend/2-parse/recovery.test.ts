import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hintOf, messageOf } from '../diagnostics.js';
import { errorsOf, parseText } from './show.test-helper.js';

/** Names of the functions that were found: recovery must not lose what follows an error. */
function functions(text: string): string {
  return parseText(text).unit.items.flatMap((i) => (i.kind === 'FunctionDecl' ? [i.name.text] : [])).join(' ');
}

test('several errors in one run, one for each mistake', () => {
  const text = `函数 一() {
  变量 = 1
  打印(1 2)
  x = [1, , 2]
}
函数 二( { }
函数 三() { y = 3 4 }
函数 四() { }
`;
  assert.is(errorsOf(text), 'E2002 6:5, E2001 2:6, E2001 3:8, E2005 4:11, E2003 7:16');
  assert.is(functions(text), '一 二 三 四');
});

test('an unclosed bracket costs one error and no statements after it', () => {
  assert.is(errorsOf('函数 f() { 打印("a"\n x = 1\n y = 2\n}\n函数 g() { }'), 'E2002 1:12');
  assert.is(functions('函数 f() { 打印("a"\n x = 1\n}\n函数 g() { }'), 'f g');
  assert.is(errorsOf('x = [1, 2\ny = 3'), 'E2002 1:5');
  assert.is(errorsOf('函数 f() { 如果 a { }\n函数 g() { }'), 'E2002 1:8');
});

test('a stray bracket costs one error', () => {
  assert.is(errorsOf('x = f(1))\ny = 2 ]\n}\nz = 1'), 'E2004 1:9, E2004 2:7, E2004 3:1');
});

test('a missing space after a keyword is suggested', () => {
  const cases: [string, string][] = [
    ['如果条件 { 打印(1) }', '是否漏了空格：如果 条件'],
    ['变量x: 整数 = 1', '是否漏了空格：变量 x'],
    ['对于i 在 列表 { 打印(i) }', '是否漏了空格：对于 i'],
    ['函数加(a, b) { 返回 a }', '是否漏了空格：函数 加'],
  ];
  for (const [text, hint] of cases) {
    const { diagnostics } = parseText(text);
    assert.is(diagnostics.length, 1, text);
    assert.is(diagnostics[0]!.code, 'E2014', text);
    assert.is(hintOf(diagnostics[0]!, 'zh'), hint);
  }
  assert.is(errorsOf('变量计数 = 1'), '');
});

test('English keywords are named once each and read as what was meant', () => {
  const text = 'if x > 1 { return 3 } else if y { } else { }\nwhile x { break }\nfunc f(a) { return }\nclass 点 { 整数 x }\ntry { } catch e { } finally { }\nx = await f()';
  const { diagnostics, unit } = parseText(text);
  assert.ok(diagnostics.every((d) => d.code === 'E2010'));
  assert.equal(diagnostics.map((d) => d.args['写法']), ['if', 'return', 'else', 'else', 'while', 'break', 'func', 'return', 'class', 'try', 'catch', 'finally', 'await']);
  assert.equal(unit.items.map((i) => i.kind), ['ExprStmt', 'WhileStmt', 'FunctionDecl', 'StructDecl', 'TryStmt', 'AssignStmt']);
  assert.is(hintOf(diagnostics[0]!, 'zh'), '请写 如果');
  assert.is(errorsOf('if = 1\nreturn(2)\nfor.x = 3\nclass[0] = 1'), '');
});

test('messages name what was found', () => {
  const message = (text: string): string => messageOf(parseText(text).diagnostics[0]!, 'zh');
  assert.is(message('x = '), '此处应为表达式，实际是 文件末尾');
  assert.is(message('f(1 甲)'), '此处应为 “)”，实际是 “甲”');
  assert.is(message('抛出\nx'), '此处应为表达式，实际是 行末');
  assert.is(messageOf(parseText('变量 x: + = 1').diagnostics[0]!, 'en'), 'expected a type, found `+`');
});

test('one file reports at most 100 syntax errors', () => {
  assert.is(parseText('x = = 1\n'.repeat(500)).diagnostics.length, 100);
});

test('broken code gives a whole tree', () => {
  const { unit } = parseText('x = f(+, 变量 y: = 3\n如果 { } 否则\n匹配 { => }\n结构体 { }\n枚举 甲 { 1 }\n导入 { }\n');
  assert.ok(unit.items.length + unit.imports.length >= 5);
});

test.run();
