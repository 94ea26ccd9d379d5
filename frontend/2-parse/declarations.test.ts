import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorsOf, parseText, tree } from './show.test-helper.js';

function table(cases: readonly (readonly [string, string])[]): void {
  for (const [source, wanted] of cases) assert.is(tree(source), wanted, source);
}

/** All sources give the same tree. */
function same(...sources: string[]): void {
  const [first, ...others] = sources;
  const wanted = tree(first!);
  for (const source of others) assert.is(tree(source), wanted, `${source}\n  and\n${first!}`);
}

test('the spellings of a function give one tree', () => {
  same(
    '函数 加(a: 整数, b: 整数): 整数 { 返回 a + b; }',
    '函数 加(a: 整数, b: 整数) -> 整数 { 返回 a + b }',
    '函数 整数 加(整数 a, 整数 b) { 返回 a 加 b }',
    '函数 加（整数 a、b：整数）：整数 ｛ 返回 a ＋ b； ｝',
    '函数 加(a: 整数, 整数 b): 整数\n{\n返回 a + b\n}',
    '函数 加(变量 a: 整数, 可变 b: 整数): 整数 { 返回 a + b }',
  );
  same('函数<T> 换(a: T) { }', '函数 换<T>(a: T) { }', '函数 换《T》(T a) { }');
  same('函数 列(): 列表<整数> { }', '函数 列表<整数> 列() { }', '函数 列() -> 列表<整数> { }');
  same('函数 列(): [整数] { }', '函数 [整数] 列() { }');
  same('函数 对(): (整数, 整数) { }', '函数 (整数, 整数) 对() { }');
  same('函数 (自身 点) 距(): 整数 { }', '函数 (自身: 点) 距(): 整数 { }', '函数 (自身 点) 整数 距() { }');
  same('函数 (自身 点) 列(): [整数] { }', '函数 (自身 点) [整数] 列() { }');
  same('函数 (变量 自身 点) 移(x: 整数) { }', '函数 (可变 自身 点) 移(整数 x) { }');
  same('函数 f() => 1', '函数 f() { 返回 1 }');
});

test('the spellings of types and variables give one tree', () => {
  same('类型 点 { 整数 x; 整数 y; }', '结构体 点 { x: 整数, y: 整数, }', '结构体 点 {\n整数 x\ny: 整数\n}', '类型 点 { x：整数；整数 y }');
  same('变量 x: 整数 = 1', '整数 x = 1', '可变 x: 整数 = 1', '变量 整数 x = 1', 'x: 整数 = 1');
  same('变量 表: 列表<整数> = []', '列表<整数> 表 = []', '列表《整数》 表 ＝ ［］');
  same('变量 a, b = f()', '变量 (a, b) = f()');
  same('方法 点 { 函数 f() { } }', '实现 点 { 函数 f() { } }');
  same('如果 a { } 否则 如果 b { }', '如果 a { } 否则如果 b { }');
  same('跳出', '中断');
});

test('functions', () => {
  table([
    ['函数 f() { }', 'Function(f, [], {})'],
    ['函数 f(a, b = 1, ...项: 整数) { }', 'Function(f, [Param(a), Param(b, default=1), Param(项, 整数, variadic)], {})'],
    ['函数 f(不可变 a: 整数, 整数 b = 2, ...整数 c) { }', 'Function(f, [Param(a, 整数, immutable), Param(b, 整数, default=2), Param(c, 整数, variadic)], {})'],
    ['公开 异步 内联 函数 f(): 空 { }', 'Function(visibility=public, flavour=async, isInline, f, [], result=空, {})'],
    ['函数 f<T: 甲 + 乙, U>(a: T) { }', 'Function(f, typeParams=[TypeParam(T, [甲, 乙]), TypeParam(U)], [Param(a, T)], {})'],
    ['函数 (甲 模块.点) f() { }', 'Function(f, receiver=Receiver(甲, 模块.点), [], {})'],
    ['函数 (变量 自身 栈<T>) f() { }', 'Function(f, receiver=Receiver(自身, 栈<T>, mutable), [], {})'],
    ['函数 (整数) f() { }', 'Function(f, [], result=整数, {})'],
    ['函数 完成() { }', 'Function(完成, [], {})'],
    ['函数 f(g: 函数(整数, 码: 字符串): 布尔) { }', 'Function(f, [Param(g, FunctionType([整数, 字符串], result=布尔))], {})'],
    ['函数 f(函数(整数) g) { }', 'Function(f, [Param(g, FunctionType([整数]))], {})'],
    ['函数 f(a: [整数; 3], b: *T, c: &T, d: ()) { }', 'Function(f, [Param(a, ArrayType(整数, 3)), Param(b, 指针<T>), Param(c, 引用<T>), Param(d, TupleType([]))], {})'],
    ['函数 f() { 函数 g() { } }', 'Function(f, [], {Function(g, [], {})})'],
  ]);
  assert.is(errorsOf('函数 f()\n函数 g() { }'), 'E2019 1:4');
  assert.is(errorsOf('函数(x) { }'), 'E2001 1:3');
  assert.is(errorsOf('f = 函数(x) { }'), '');
  assert.is(errorsOf('函数 等待() { }'), 'E2016 1:4');
  assert.is(errorsOf('函数 f(如果: 整数) { }'), 'E2016 1:6');
});

test('coroutines declare before {, : or ->, elsewhere they are instantiated', () => {
  table([
    ['协程 数(从: 整数) { 挂起 从 }', 'Function(flavour=coroutine, 数, [Param(从, 整数)], {Suspend(从)})'],
    ['协程 数(): 整数 { }', 'Function(flavour=coroutine, 数, [], result=整数, {})'],
    ['协程 整数 数() { }', 'Function(flavour=coroutine, 数, [], result=整数, {})'],
    ['协程 (自身 点) 数() -> 整数 { }', 'Function(flavour=coroutine, 数, receiver=Receiver(自身, 点), [], result=整数, {})'],
    ['协程<T> 数(a: T) { }', 'Function(flavour=coroutine, 数, typeParams=[TypeParam(T)], [Param(a, T)], {})'],
    ['公开 协程 数() { }', 'Function(visibility=public, flavour=coroutine, 数, [], {})'],
    ['c = 协程 数(1, 5)', 'Assign([c], [Coroutine(Call(数, [1, 5]))])'],
    ['协程 数(1)', 'Coroutine(Call(数, [1]))'],
    ['c = 协程 模块.数<整数>(1)', 'Assign([c], [Coroutine(Call(Instantiate(Member(模块, 数), [整数]), [1]))])'],
    ['协程 { f() }', 'Detach({Call(f)})'],
    ['协程 = 1', 'Assign([协程], [1])'],
    ['协程.取消()', 'Call(Member(协程, 取消))'],
    ['x = 协程 等于 空', 'Assign([x], [(协程 == Unit())])'],
    ['对于 协程 中的 x { }', 'ForIn([x], 协程, {})'],
    ['变量 c: 协程<整数, 空, 整数>', 'Var([VarBinding(c, 协程<整数, 空, 整数>)], [])'],
  ]);
});

test('type declarations', () => {
  table([
    ['结构体 坐标(浮点数, 公开 浮点数)', 'Struct(坐标, [Field(0, 浮点数), Field(visibility=public, 1, 浮点数)], isTuple)'],
    ['类型 用户号 = 整数', 'TypeAlias(用户号, 整数)'],
    ['类型 对<A, B> { A 一; 私有 B 二 = 3 }', 'Struct(对, typeParams=[TypeParam(A), TypeParam(B)], [Field(一, A), Field(visibility=private, 二, B, default=3)])'],
    ['枚举 颜色 { 红, 绿\n蓝 = 3; }', 'Enum(颜色, [Variant(红), Variant(绿), Variant(蓝, discriminant=3)])'],
    ['枚举 结<T> { 成功(T), 失败(整数 码, 信息: 字符串) }', 'Enum(结, typeParams=[TypeParam(T)], [Variant(成功, [VariantField(T)]), Variant(失败, [VariantField(码, 整数), VariantField(信息, 字符串)])])'],
    ['特性 甲: 乙 + 丙 { 函数 f(): 字符串; 函数 g()\n函数 h() { } }', 'Trait(甲, [乙, 丙], [Function(f, [], result=字符串), Function(g, []), Function(h, [], {})])'],
    ['实现 可显示 对于 点 { 公开 函数 显示() { } 静态 函数 新建() { } }', 'Impl(trait=可显示, 点, [Function(visibility=public, 显示, [], {}), Function(isStatic, 新建, [], {})])'],
    ['实现<T> 栈<T> { 协程 遍历() { } }', 'Impl(typeParams=[TypeParam(T)], 栈<T>, [Function(flavour=coroutine, 遍历, [], {})])'],
    ['类型 = 结构体 + 枚举', 'Assign([类型], [(结构体 + 枚举)])'],
    ['实现<T: 可比较 + 可显示, U> 栈<T, U> { 函数 f() { } }', 'Impl(typeParams=[TypeParam(T, [可比较, 可显示]), TypeParam(U)], 栈<T, U>, [Function(f, [], {})])'],
    ['方法(1)\n实现.x', 'Call(方法, [1]); Member(实现, x)'],
  ]);
  assert.is(errorsOf('结构体 点 { x: 整数 y: 整数 }'), 'E2001 1:15');
  assert.is(errorsOf('结构体 点 { 函数 f() { } x: 整数 }'), 'E2020 1:9');
  assert.is(errorsOf('公开 实现 点 { }'), 'E2020 1:1');
  assert.is(errorsOf('静态 结构体 点 { }'), 'E2020 1:1');
});

test('variables', () => {
  table([
    ['变量 a: 整数, b = f()', 'Var([VarBinding(a, 整数), VarBinding(b)], [Call(f)])'],
    ['变量 a, b = 1, 2', 'Var([VarBinding(a), VarBinding(b)], [1, 2])'],
    ['不可变 整数 x = 1', 'Var(mutability=immutable, [VarBinding(x, 整数)], [1])'],
    ['公开 常量 π = 3.14', 'Var(visibility=public, mutability=constant, [VarBinding(π)], [3.14f])'],
    ['整数 x', 'Var([VarBinding(x, 整数)], [])'],
    ['整数 a, b = 1, 2', 'Var([VarBinding(a, 整数), VarBinding(b, 整数)], [1, 2])'],
    ['(整数, 整数) 对 = (1, 2)', 'Var([VarBinding(对, TupleType([整数, 整数]))], [Tuple([1, 2])])'],
    ['[整数] 表 = []', 'Var([VarBinding(表, ListType(整数))], [List([])])'],
    ['函数(整数): 整数 f = g', 'Var([VarBinding(f, FunctionType([整数], result=整数))], [g])'],
    ['模块.点 p = q', 'Var([VarBinding(p, 模块.点)], [q])'],
    ['整数 加 = 1', 'Var([VarBinding(加, 整数)], [1])'],
    ['公开 整数 x = 1', 'Var(visibility=public, [VarBinding(x, 整数)], [1])'],
    ['变量计数 = 1', 'Assign([变量计数], [1])'],
  ]);
  assert.is(errorsOf('变量 x'), 'E2024 1:4');
  assert.is(errorsOf('变量 a, b = 1, 2, 3'), 'E2023 1:1');
  assert.is(errorsOf('变量 如果 = 1'), 'E2016 1:4');
  assert.is(errorsOf('变量 x := 1'), 'E2018 1:6');
});

test('names that the grammar knows elsewhere are ordinary names', () => {
  for (const name of ['结果', '任务', '通道', '错误', '协程', '锁', '定时器', '等待组', '互斥锁', '长度', '完成', '选择', '并发', '截止', '屏蔽', '情况', '默认', '超时', '上限', '方法', '类型', '实现', '静态', '内联', '闭包', '从', '到', '步长', '中的', '最终', '与', '非']) {
    assert.is(tree(`${name} = 1`), `Assign([${name}], [1])`, name);
    assert.is(tree(`变量 ${name} = 1`), `Var([VarBinding(${name})], [1])`, name);
    assert.is(tree(`函数 ${name}(${name}: 整数) { }`), `Function(${name}, [Param(${name}, 整数)], {})`, name);
    assert.is(tree(`x.${name} = ${name}`), `Assign([Member(x, ${name})], [${name}])`, name);
  }
});

test('packages and imports', () => {
  const { unit, errors } = parseText('// 说明\n包 主程序;\n导入 标准库.加密;\n导入 工具 作为 T\n导入 工具 { 甲, 乙 作为 丙 };\n导入 ./子工具;\n导入 ../../目录/工-具;\n公开 导入 最大值;\nx = 1');
  assert.equal(errors, []);
  assert.is(unit.package!.path[0]!.text, '主程序');
  const shown = unit.imports.map((i) => `${i.visibility} ${i.path.up ?? '-'} ${i.path.segments.map((s) => s.text).join('/')} ${i.alias?.text ?? '-'} ${i.items?.map((x) => `${x.name.text}=${x.alias?.text ?? ''}`).join(',') ?? '-'}`);
  assert.equal(shown, ['default - 标准库/加密 - -', 'default - 工具 T -', 'default - 工具 - 甲=,乙=丙', 'default 0 子工具 - -', 'default 2 目录/工-具 - -', 'public - 最大值 - -']);
  assert.is(unit.items.length, 1);
  assert.is(errorsOf('x = 1\n包 甲'), 'E2022 2:1');
  assert.is(errorsOf('导入\nx = 1'), 'E2001 1:3');
});

test('doc comments', () => {
  const { unit } = parseText('/// 一\n/// 二\n公开 函数 f() { }\n类型 点 {\n/// 横\n整数 x\n}\n/// 值\n变量 y = 1');
  const [f, point, y] = unit.items;
  assert.is(f!.kind === 'FunctionDecl' && f!.doc, '一\n二');
  assert.is(point!.kind === 'StructDecl' && point!.fields[0]!.doc, '横');
  assert.is(y!.kind === 'VarDecl' && y!.doc, '值');
});

test.run();
