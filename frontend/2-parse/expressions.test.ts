import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorsOf, expression, parseText, tree } from './show.test-helper.js';

function table(cases: readonly (readonly [string, string])[]): void {
  for (const [source, wanted] of cases) assert.is(expression(source), wanted, source);
}

test('precedence', () => {
  table([
    ['a + b * c', '(a + (b * c))'],
    ['a * b + c', '((a * b) + c)'],
    ['a - b - c', '((a - b) - c)'],
    ['a << b + c', '(a << (b + c))'],
    ['a & b << c', '(a & (b << c))'],
    ['a ^ b & c', '(a ^ (b & c))'],
    ['a | b ^ c', '(a | (b ^ c))'],
    ['a .. b | c', 'Range(a, to=(b | c))'],
    ['a < b + 1', '(a < (b + 1))'],
    ['a == b && c != d', '((a == b) && (c != d))'],
    ['a || b && c', '(a || (b && c))'],
    ['-a.b', '(-Member(a, b))'],
    ['!a && b', '((!a) && b)'],
    ['~a & b', '((~a) & b)'],
    ['- - a', '(-(-a))'],
    ['a 作为 浮点数 * 2', '(Cast(a, 浮点数) * 2)'],
    ['-a as 整数', 'Cast((-a), 整数)'],
    ['a % b / c', '((a % b) / c)'],
    ['(a + b) * c', '((a + b) * c)'],
  ]);
});

test('operator words have the precedence of their signs', () => {
  const words: [string, string][] = [
    ['加', '+'], ['减', '-'], ['乘', '*'], ['除', '/'], ['取余', '%'], ['等于', '=='], ['不等于', '!='], ['大于', '>'],
    ['小于', '<'], ['大于等于', '>='], ['小于等于', '<='], ['与', '&&'], ['或', '||'],
  ];
  for (const [word, sign] of words) {
    assert.is(expression(`a ${word} b`), `(a ${sign} b)`);
    assert.is(expression(`a ${word} b 加 c`), expression(`a ${sign} b + c`));
  }
  assert.is(expression('非 a 与 非 b'), '((!a) && (!b))');
  assert.is(expression('非 (a)'), '(!a)');
});

test('operator words are names elsewhere', () => {
  assert.is(tree('加 = 减 + 乘'), 'Assign([加], [(减 + 乘)])');
  assert.is(tree('或(1)'), 'Call(或, [1])');
  assert.is(expression('选项.或(0)'), 'Call(Member(选项, 或), [0])');
  assert.is(expression('非 - 1'), '(非 - 1)');
  assert.is(expression('a 加 加'), '(a + 加)');
  assert.is(tree('a\n加(1)'), 'a; Call(加, [1])');
});

test('comparisons cannot be chained', () => {
  assert.is(errorsOf('x = a < b < c'), 'E2009 1:11');
  assert.is(errorsOf('x = a 等于 b 等于 c'), 'E2009 1:12');
  assert.is(errorsOf('x = a < b < c < d'), 'E2009 1:11');
  assert.is(expression('a < b 与 b < c'), '((a < b) && (b < c))');
});

test('`>` is joined by the parser', () => {
  table([
    ['a >> b', '(a >> b)'],
    ['a >= b', '(a >= b)'],
    ['a > b', '(a > b)'],
    ['a>-b', '(a > (-b))'],
  ]);
  assert.is(tree('a >>= 2'), 'Assign([a], op=>>, [2])');
  assert.is(tree('变量 x: 列表<列表<整数>>= []'), 'Var([VarBinding(x, 列表<列表<整数>>)], [List([])])');
});

test('type arguments iff (, {, :: or the end of an argument follows', () => {
  table([
    ['名<整数>(1)', 'Call(Instantiate(名, [整数]), [1])'],
    ['名<列表<整数>>()', 'Call(Instantiate(名, [列表<整数>]))'],
    ['名<A, B> { x: 1 }', 'Struct(名<A, B>, [x: 1])'],
    ['名<A>::新建()', 'Call(Path(Instantiate(名, [A]), 新建))'],
    ['模块.名<A>(1)', 'Call(Instantiate(Member(模块, 名), [A]), [1])'],
    ['a < b', '(a < b)'],
    ['f(a < b, c > d)', 'Call(f, [(a < b), (c > d)])'],
    ['f(a < b, c > (d))', 'Call(f, [Call(Instantiate(a, [b, c]), [d])])'],
    ['创建通道(列表<整数>, 3)', 'Call(创建通道, [Instantiate(列表, [整数]), 3])'],
    ['字典《字符串，整数》（）', 'Call(Instantiate(字典, [字符串, 整数]))'],
    ['通道<函数(整数): 整数>(0)', 'Call(Instantiate(通道, [FunctionType([整数], result=整数)]), [0])'],
    ['通道<(整数, [T])>(0)', 'Call(Instantiate(通道, [TupleType([整数, ListType(T)])]), [0])'],
    ['a < 1', '(a < 1)'],
  ]);
  assert.is(tree('如果 a < b { }'), 'If((a < b), {})');
});

test('postfix', () => {
  table([
    ['a.b.c(1)[2]::d', 'Path(Index(Call(Member(Member(a, b), c), [1]), 2), d)'],
    ['a.0.1', 'Member(Member(a, 0), 1)'],
    ['f(网址, 超时: 10000,)', 'Call(f, [网址, 超时: 10000])'],
    ['颜色::红', 'Path(颜色, 红)'],
    ['文[a..b]', 'Index(文, Range(a, to=b))'],
    ['文[..=b]', 'Index(文, Range(to=b, inclusive))'],
    ['文[a..]', 'Index(文, Range(a))'],
    ['a.等待', 'Member(a, 等待)'],
    ['1.绝对值()', 'Call(Member(1, 绝对值))'],
  ]);
});

test('lines: what continues an expression and what starts a statement', () => {
  for (const sign of ['+', '/', '%', '==', '!=', '<', '<=', '>', '>=', '<<', '>>', '|', '^', '&&', '||', '..', '..=']) {
    assert.not.match(tree(`a\n${sign} b`), ';', sign);
  }
  for (const sign of ['-', '*', '&', '<-']) assert.match(tree(`a\n${sign} b`), ';', sign);
  assert.is(tree('a\n(b)'), 'a; b');
  assert.is(tree('a\n[b]'), 'a; List([b])');
  assert.is(tree('a\n.b\n。c()'), 'Call(Member(Member(a, b), c))');
  assert.is(tree('a\n与(b)'), 'a; Call(与, [b])');
  for (const sign of ['-', '*', '&', '+', '与', '减']) assert.not.match(tree(`a ${sign}\nb`), ';', sign);
  assert.is(tree('x =\n1'), 'Assign([x], [1])');
  assert.is(tree('f(a\n- b)'), 'Call(f, [(a - b)])');
  assert.is(tree('f(函数() {\na\n-b\n})'), 'Call(f, [Closure([], {a; (-b)})])');
});

test('collections and tuples', () => {
  table([
    ['[1, 2,]', 'List([1, 2])'],
    ['[]', 'List([])'],
    ['[0; 8]', 'Repeat(0, 8)'],
    ['{}', 'Map([])'],
    ['{"甲": 1, "乙": 2}', 'Map([MapEntry("甲", 1), MapEntry("乙", 2)])'],
    ['(1, 真)', 'Tuple([1, true])'],
    ['(1,)', 'Tuple([1])'],
    ['(1)', '1'],
    ['()', 'Unit()'],
    ['空', 'Unit()'],
    ['点 { x: 1, y }', 'Struct(点, [x: 1, y: y])'],
    ['模块.点 {\n x: 1\n y: 2\n}', 'Struct(模块.点, [x: 1, y: 2])'],
    ['点 {}', 'Struct(点, [])'],
  ]);
});

test('【 reads as [ where only that fits', () => {
  table([
    ['【1，2】', 'List([1, 2])'],
    ['【"甲"：1】', 'Map([MapEntry("甲", 1)])'],
    ['【】', 'Map([])'],
    ['【0；3】', 'Repeat(0, 3)'],
    ['表【0】', 'Index(表, 0)'],
    ['f()【0】', 'Index(Call(f), 0)'],
    ['点【x：1】', 'Struct(点, [x: 1])'],
  ]);
  assert.is(tree('如果 表【0】 大于 1 【 f() 】'), 'If((Index(表, 0) > 1), {Call(f)})');
  assert.is(tree('变量 x：【整数】 ＝ 【1】'), 'Var([VarBinding(x, ListType(整数))], [List([1])])');
});

test('prefix words', () => {
  table([
    ['等待 f() + 1', '(Await(Call(f)) + 1)'],
    ['创建 f(x)', 'Spawn(Call(f, [x]))'],
    ['创建 { f() }', 'Spawn({Call(f)})'],
    ['恢复 c(v)', 'Resume(Call(c, [v]))'],
    ['恢复 c', 'Resume(c)'],
    ['<-c', 'Receive(c)'],
    ['<-c + 1', '(Receive(c) + 1)'],
    ['取地址 x', 'AddressOf(x)'],
    ['&x', 'AddressOf(x)'],
    ['解引用 p', 'Deref(p)'],
    ['*p * 2', '(Deref(p) * 2)'],
    ['克隆 x', 'Clone(x)'],
    ['尝试 f()', 'Propagate(Call(f))'],
    ['a 或 抛出 错误("x") + 1', '(a || Throw((Call(错误, ["x"]) + 1)))'],
    ['挂起 a + 1', 'Suspend((a + 1))'],
    ['(挂起) + 1', '(Suspend() + 1)'],
    ['f(挂起)', 'Call(f, [Suspend()])'],
  ]);
});

test('返回, 挂起 and 抛出 take an operand on the same line only', () => {
  assert.is(tree('返回\nx'), 'Return(); x');
  assert.is(tree('返回 x'), 'Return(x)');
  assert.is(tree('返回 a, b'), 'Return(Tuple([a, b]))');
  assert.is(tree('挂起\nx'), 'Suspend(); x');
  assert.is(errorsOf('抛出\nx'), 'E2005 1:3');
  assert.is(errorsOf('返回 )'), 'E2004 1:4');
  assert.is(errorsOf('返回 =>'), 'E2005 1:4');
});

test('closures', () => {
  table([
    ['函数(x: 整数): 整数 { 返回 x }', 'Closure([Param(x, 整数)], result=整数, {Return(x)})'],
    ['函数(整数 x) -> 整数 { x }', 'Closure([Param(x, 整数)], result=整数, {x})'],
    ['函数(x) => x + 1', 'Closure([Param(x)], (x + 1))'],
    ['闭包 (x) { x }', 'Closure([Param(x)], {x})'],
    ['(x) => x * 2', 'Closure([Param(x)], (x * 2))'],
    ['(x: 整数): 整数 => x', 'Closure([Param(x, 整数)], result=整数, x)'],
    ['() => {}', 'Closure([], {})'],
    ['x => x', 'Closure([Param(x)], x)'],
    ['(a, b) => a 加 b', 'Closure([Param(a), Param(b)], (a + b))'],
    ['(v) => 和 = 和 + v', 'Closure([Param(v)], {Assign([和], [(和 + v)])})'],
    ['(v) => 和 += v', 'Closure([Param(v)], {Assign([和], op=+, [v])})'],
    ['(v) => c <- v', 'Closure([Param(v)], {Send(c, v)})'],
    ['异步 (x) => x', 'Closure(flavour=async, [Param(x)], x)'],
    ['异步 函数(x) { x }', 'Closure(flavour=async, [Param(x)], {x})'],
    ['f((x) => x, 3)', 'Call(f, [Closure([Param(x)], x), 3])'],
    ['f((x) => 和 = x, 3)', 'Call(f, [Closure([Param(x)], {Assign([和], [x])}), 3])'],
    ['函数() { 1 }()', 'Call(Closure([], {1}))'],
    ['闭包', '闭包'],
    ['闭包(1)', 'Call(闭包, [1])'],
  ]);
  assert.is(tree('启动 函数() { f() }()'), 'Detach(Call(Closure([], {Call(f)})))');
  assert.is(errorsOf('x = 异步 1'), 'E2005 1:8');
  assert.is(errorsOf('x = 函数 { }'), 'E2001 1:8');
});

test('literals', () => {
  table([
    ['-9223372036854775808', '(-9223372036854775808)'],
    ["'a'", "'a'"],
    ['"a"', '"a"'],
    ['1.5', '1.5f'],
    ['真', 'true'],
    ['$"甲{a + 1:.2}乙"', 'InterpolatedString(["甲", ExprPart((a + 1), format=.2), "乙"])'],
    ['$"{点 { x: 1 }}"', 'InterpolatedString([ExprPart(Struct(点, [x: 1]))])'],
    ['$"{$"{a}"}"', 'InterpolatedString([ExprPart(InterpolatedString([ExprPart(a)]))])'],
  ]);
  const { unit } = parseText('x = １２。５ + 0xFF');
  const assign = unit.items[0]!;
  assert.is(assign.kind === 'AssignStmt' && assign.values[0]!.kind === 'BinaryExpr' && assign.values[0]!.left.kind === 'FloatLiteral' && assign.values[0]!.left.text, '12.5');
  assert.is(errorsOf('x = $"{}"'), 'E2005 1:8');
  assert.is(errorsOf('x = $"{a b}"'), 'E2001 1:10');
});

test('ASCII spellings are accepted with a warning', () => {
  assert.equal(parseText('print(true)\nlet x = false\nprintln(x)').errors, ['W2001 1:1', 'W2001 1:7', 'W2001 2:1', 'W2001 2:9', 'W2001 3:1']);
  assert.equal(parseText('函数 print(x) { }\nprint(1)').errors, []);
  assert.is(tree('print = 1'), 'Assign([print], [1])');
  assert.is(tree('let = 1'), 'Assign([let], [1])');
});

test('如果 and 匹配 are expressions', () => {
  table([
    ['如果 a { 1 } 否则 { 2 }', 'If(a, {1}, else={2})'],
    ['如果 a { 1 } 否则 如果 b { 2 } 否则 { 3 }', 'If(a, {1}, else=If(b, {2}, else={3}))'],
    ['如果 a { 1 } 否则如果 b { 2 }', 'If(a, {1}, else=If(b, {2}))'],
    ['如果 a { 1 }\n否则 { 2 }', 'If(a, {1}, else={2})'],
    ['匹配 v { 1 => 2 }', 'Match(v, [MatchArm(Literal(1), 2)])'],
  ]);
});

test('expression ids are dense', () => {
  const { unit } = parseText('x = a + b * f(c, 1)\n如果 x { y }');
  const seen = new Set<number>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { id } = node as { id?: number };
    if (id !== undefined) {
      assert.not(seen.has(id));
      seen.add(id);
    }
    for (const [key, child] of Object.entries(node)) if (key !== 'file') visit(child);
  };
  visit(unit);
  assert.is(seen.size, unit.exprCount);
  assert.is(Math.max(...seen), unit.exprCount - 1);
});

test.run();
