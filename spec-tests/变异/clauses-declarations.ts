/** Mutants of §4 declarations and §5 statements and expressions. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const declare = mutantsOf('frontend/3-check/declare.ts');
const args = mutantsOf('frontend/3-check/arguments.ts');
const capture = mutantsOf('frontend/3-check/capture.ts');
const assign = mutantsOf('frontend/3-check/infer-assign.ts');
const inferExpr = mutantsOf('frontend/3-check/infer-expr.ts');
const inferStmt = mutantsOf('frontend/3-check/infer-stmt.ts');
const inferTry = mutantsOf('frontend/3-check/infer-try.ts');
const functionValues = mutantsOf('frontend/3-check/function-values.ts');
const traits = mutantsOf('frontend/3-check/traits.ts');
const flow = mutantsOf('frontend/3-check/flow.ts');
const finalize = mutantsOf('frontend/3-check/finalize.ts');
const constants = mutantsOf('frontend/3-check/constants.ts');
const scope = mutantsOf('frontend/3-check/scope.ts');
const inferClosure = mutantsOf('frontend/3-check/infer-closure.ts');
const expressions = mutantsOf('frontend/2-parse/expressions.ts');
const statements = mutantsOf('frontend/2-parse/statements.ts');
const heads = mutantsOf('frontend/2-parse/declarations.ts');
const params = mutantsOf('frontend/2-parse/params.ts');
const choice = mutantsOf('frontend/3-check/method-choice.ts');
const pairs = mutantsOf('frontend/3-check/lint-pairs.ts');
const formats = mutantsOf('frontend/3-check/lint-formats.ts');
const loops = mutantsOf('frontend/4-lower/loops.ts');
const lowerTry = mutantsOf('frontend/4-lower/try.ts');
const operators = mutantsOf('frontend/4-lower/operators.ts');
const vm = mutantsOf('vm/interp/vm.c');
const unwind = mutantsOf('vm/interp/unwind.c');
const error = mutantsOf('vm/heap/error.c');

export const declarations: readonly SourceMutant[] = [
  // --- §4
  declare('§4 入口', "'入口', '主', '主函数', '主程序', '主程序入口'", "'入口', '主', '主函数', '主程序'", '主程序入口 不是入口'),
  declare('§4 接收者', "'自身', '自己', '本体'", "'自身', '自己'", '本体 不是接收者'),
  declare('§4 重名', 'else if (existing.kind !== \'poison\') {', 'else if (existing.kind === \'poison\') {', '可以重复定义'),
  declare('§4 方法', 'if (clashing === undefined) {', 'if (clashing === undefined || receiver !== undefined) {', '方法可以重复定义'),
  declare('§4 结构体', "seen.set(f.name.text, f.name.span);\n      return", 'return', '字段可以重名'),
  params('§4 三种写法', 'const isTypeFirst = afterType > 0 && (p.kinds', 'const isTypeFirst = afterType < 0 && (p.kinds', '参数的类型不能写在前面'),
  params('§4 函数', "node.kind === 'NameExpr' && ", "node.kind !== 'NameExpr' && ", '读取了的参数也算缺少名称'),
  heads('§4 三种写法', 'const isTypeFirst = afterType > 0 && p.kinds', 'const isTypeFirst = afterType < 0 && p.kinds', '结果的类型不能写在前面'),
  args('§4 命名参数', 'if (!inOrder) {', 'if (inOrder && params.length === 0) {', '命名参数按参数的次序求值'),
  args('§4 命名参数', 'params.findIndex((p) => p.name === arg.name!.text)', 'params.findIndex((p) => p.name === arg.name!.text || arg.name!.text !== \'\')', '命名参数总是第一个'),
  args('§4 命名参数', 'if (slots[index]!.length > 0) {', 'if (slots[index]!.length > 1) {', '同一个参数可以给两次'),
  args('§4 默认值', '!p.variadic && p.default === undefined && slots[i]!.length === 0', '!p.variadic && slots[i]!.length === 0', '有默认值的参数也必需'),
  args('§4 函数', 'if (position >= params.length) {', 'if (position > params.length) {', '多出的实参没有错误'),
  args('§4 变长参数', 'if (!params[position]!.variadic) position++;', 'position++;', '变长参数只取一个'),
  capture('§4 闭包', 'symbol.lastAssigned > symbol.captured;', 'symbol.lastAssigned > symbol.captured && symbol.reads < 0;', '闭包捕获的是值'),
  capture('§4 闭包', 'loop?.start ?? body.checker.clock', 'body.checker.clock', '循环里先捕获后赋值不共享'),
  assign('§4 不可变', "if (symbol.guard === 'none') return { kind: 'local'", "if (symbol.guard !== 'receiver') return { kind: 'local'", '可以给不可变的变量赋值'),
  assign('§4 不可变', 'if (!symbol.immutable) return', 'if (symbol.immutable || !symbol.immutable) return', '可以给不可变的顶层变量赋值'),
  assign('§4 接收者', "root?.kind === 'local' && root.guard === 'receiver'", "root?.kind === 'global' && root.immutable", '不可变的接收者可以改字段'),
  assign('§4 交换赋值', 'return place === undefined ? undefined : held(b, place, out, copies);', 'return place;', '并列赋值的目标不先求值'),
  assign('§5 复合赋值', 'const once = held(b, place, out, !isPure(s.values[0]!));', 'const once = place;', '复合赋值的目标求值两次'),
  constants('§4 常量', "if (value === undefined) checker.error('E3023'", "if (value === null) checker.error('E3023'", '常量可以不是常数'),
  constants('§4 常量', "case '-': return checked(a - b);", "case '-': return checked(b - a);", '常量的减法反了'),
  constants('§4 常量', 'if (symbol.evaluating) {', 'if (symbol.evaluating && symbol.reads > 1000000) {', '常量循环定义不报告'),
  flow('§4 先赋值后读取', 'return b === undefined ? a : a & b;', 'return b === undefined ? a : a | b;', '一个分支赋值就算赋值'),
  flow('§4 先赋值后读取', "this.#loop(s.label, s.body, endless ? undefined : exit);", 'this.#loop(s.label, s.body, undefined);', '循环体总会执行'),
  flow('§4 返回', "b.error('E3012'", "if (span.start < 0) b.error('E3012'", '可以没有返回值'),
  choice('§4 特性', 'methodsNamed(f).find((m) =>', 'methodsNamed(f).find((m) => m === f ||', '同名的方法总是第一个'),
  choice('§4 特性', '!isOpen(b) && !unify(a, b)', '!isOpen(b)', '有共同的值的实例也可以有同名的方法'),
  pairs('§7 警告', 'uses.shown && !uses.wanted', 'uses.shown', '要位置和元组的循环也有警告'),
  formats('§7 警告', "space.span.start !== value?.span.start", 'space.span.start === 0', '代入了值的格式也有警告'),
  flow('§7 警告', "if (!isImplicit(s)) this.#body?.error('W3002', s.span);", '', '不可到达的语句没有警告'),
  finalize('§4 变量', "if (s.reads > 0 || s.quiet || s.name.startsWith('_') || s.name === '') continue;", 'if (s.reads >= 0) continue;', '未读取的变量没有警告'),
  finalize('§4 变量', "s.name.startsWith('_') ||", '', '下划线开头也警告'),
  inferExpr('§4 结构体', 'const initial = symbol.decl.fields[index]!.default;', 'const initial = symbol.decl.fields[0]!.default;', '字段用第一个字段的默认值'),
  inferExpr('§4 结构体', 'seen.set(init.name.text, init.name.span);', 'if (e.fields.length === 1) seen.set(init.name.text, init.name.span);', '给出的字段算缺少'),
  scope('§5 块', '(this.#names ??= new Map()).set(name, symbol);', "if (symbol.kind === 'local' && this.parent?.lookup(name)?.kind === 'local') return;\n    (this.#names ??= new Map()).set(name, symbol);", '里层的名字不遮盖外层'),
  vm('§4 退出码', 'if (vm->exited) return vm->exit_code & 0xFF;', 'if (vm->exited) return 0;', '退出(码) 的码丢失'),
  vm('§4 退出码', 'return entry->result->kind == QI_T_INT ? (int)(main->future.result & 0xFF) : 0;', 'return 0;', '入口的结果不是退出码'),

  // --- §5
  expressions('§5 优先级', "'|': Level.BitOr, '^': Level.BitXor", "'|': Level.BitXor, '^': Level.BitOr", '| 高于 ^'),
  expressions('§5 优先级', "'&': Level.BitAnd,", "'&': Level.BitOr,", '& 与 | 同级'),
  expressions('§5 优先级', "'<<': Level.Shift, '>>': Level.Shift", "'<<': Level.Product, '>>': Level.Product", '移位与乘法同级'),
  expressions('§5 优先级', "'+': Level.Sum, '-': Level.Sum", "'+': Level.Product, '-': Level.Product", '加法与乘法同级'),
  expressions('§5 优先级', "'||': Level.Or, '&&': Level.And", "'||': Level.And, '&&': Level.Or", '或 高于 与'),
  expressions('§5 优先级', "'..': Level.Range, '..=': Level.Range", "'..': Level.Cast, '..=': Level.Cast", '范围高于加法'),
  expressions('§5 结合', "const right = parseOperand(p, (current + 1) as Level);", 'const right = parseOperand(p, current);', '运算从右往左结合'),
  expressions('§5 比较', 'if (++comparisons === 2)', 'if (++comparisons === 99)', '比较可以连写'),
  statements('§5 赋值', "default:\n      p.complain('E2012', target.span);", 'default:', '可以给任何表达式赋值'),
  operators('§5 求值的次序', 'const l = f.operand(e.left, f.isScratch(dst) ? dst : -1, e.right);', 'const l = f.operand(e.left, f.isScratch(dst) ? dst : -1);', '比较的左边可被右边改变'),
  operators('§5 求值的次序', 'const l = f.operand(left, hint, right);', 'const l = f.operand(left, hint);', '运算的左边可被右边改变'),
  inferStmt('§5 对于从到', 'forRange(b, s, s.name, { from, to, step, inclusive: true }, out);', 'forRange(b, s, s.name, { from, to, step, inclusive: false }, out);', '从…到 不含末端'),
  inferStmt('§5 对于从到', 'forRange(b, s, names[0], { from, to, step: undefined, inclusive }, out);', 'forRange(b, s, names[0], { from, to, step: undefined, inclusive: !inclusive }, out);', '.. 与 ..= 交换'),
  inferStmt('§5 对于在', "case 'list': case 'array': return two ? [INT, t.elem] : [t.elem];", "case 'list': case 'array': return [t.elem, INT];", '序号与元素的类型交换'),
  inferStmt('§5 标签', 'if (label !== undefined && loop.label.name !== label.text) continue;', 'if (label === undefined && loop.label.name !== undefined) continue;', '标签被忽略'),
  inferStmt('§5 标签', "if (label !== undefined && inLoop) b.error('E3015'", "if (label !== undefined && !inLoop) b.error('E3015'", '未知的标签报告成别的'),
  inferTry('§5 最终', 'start: 0, isFinally: true });', 'start: 0, isFinally: false });', '最终里可以返回和跳出'),
  inferStmt('§5 跳出', "else b.error('E3014', span, { 语句: word });", '', '循环之外可以跳出'),
  inferTry('§5 捕获', 'if (namesKind(b, nameOrKind.text))', 'if (nameOrKind.text === "")', '捕获 种类 { } 成了绑定'),
  inferTry('§6 错误是值', 'const only = written.length === 1 ? own[0] : undefined;', 'const only = undefined;', '捕获 自己的种类 得不到那个值'),
  inferTry('§6 错误是值', 'const tests = types.map(', 'const tests = types.slice(0, 1).concat(types[0]!).map(', '几个自己的种类只看第一个'),
  functionValues('§4 函数作值', 'if (fewer || isVariadic) return', 'if (isVariadic) return', '作值的函数不能省去默认参数'),
  functionValues('§4 函数作值', "statements: [{ kind: 'let', local: symbol.local, value: object, span }]", "statements: [{ kind: 'expr', expr: object, span }, { kind: 'let', local: symbol.local, value: { ...object }, span }]", '方法作值时接收者求值两次'),
  traits('§4 泛型特性', 'return same(opened.args);', 'return true;', '泛型特性的类型实参不看'),
  traits('§4 泛型特性', 'if (use !== undefined && use.args.some(isOpen)) implementsTrait(checker, args[i]!, use);', '', '要求不能求出类型参数'),
  loops('§5 循环变量', 'if (shares && !local.boxed) return f.bind(local, register);', 'if (shares) return f.bind(local, register);', '循环变量不是每轮新的'),
  loops('§5 循环变量', 'body(f, s.body, () => turnVariable(f, s.variable, i, !s.variable.reassigned));\n    f.place(continueTo);\n    f.emit(at, \'FORLOOP\'', 'body(f, s.body, () => turnVariable(f, s.variable, i, true));\n    f.place(continueTo);\n    f.emit(at, \'FORLOOP\'', '循环变量的改变影响下一轮'),
  loops('§5 循环', "const again = f.here();\n    f.block(s.body);\n    f.place(continueTo);", "const again = f.here();\n    f.place(continueTo);\n    f.block(s.body);", '继续 不再看条件'),
  loops('§5 对于在', "f.emit(at, 'ADDI', index, a + 1, -1);", "f.emit(at, 'ADDI', index, a + 1, 0);", '列表的序号从一起'),
  loops('§5 对于在', "if (counter >= 0) f.emit(at, 'LDI', counter, -1);", "if (counter >= 0) f.emit(at, 'LDI', counter, 0);", '字符串的序号从一起'),
  loops('§5 范围', '? { ...to, value: s.inclusive ? to.value : to.value - 1n }', '? { ...to, value: to.value }', '常数末端的 .. 含末端'),
  loops('§5 范围', "f.emit(at, 'JLE', last, i, breakTo);\n      f.emit(at, 'ADDI', last, last, -1);\n    }\n    const again", "f.emit(at, 'JLT', last, i, breakTo);\n      f.emit(at, 'ADDI', last, last, -1);\n    }\n    const again", '空的范围执行一轮'),
  lowerTry('§5 最终', "if (exit.kind === 'finally') finallyCopy(f, exit.block, exit.region, i);", "if (exit.kind === 'finally' && depth === 0) finallyCopy(f, exit.block, exit.region, i);", '跳出循环时不执行最终'),
  lowerTry('§5 最终', 'leaveTo(f, 0);', 'leaveTo(f, f.exits.length);', '返回时不执行最终'),
  lowerTry('§5 最终', "guarded(f, hiding, () => finallyCopy(f, final, outside + 1, exit));\n  f.emit(at, 'THROW', error);", "guarded(f, hiding, () => finallyCopy(f, final, outside + 1, exit));\n  f.jump(at, end);", '最终之后错误消失'),
  lowerTry('§5 错误值', 'hide(f, at, error);', "f.emit(at, 'CAUGHT', error + 1);\n  f.emit(at, 'THROW', error + 1);", '最终里的错误没有起因'),
  lowerTry('§5 最终', 'regions.slice(outside).filter((r) => r.open !== undefined)', '[] as Region[]', '最终里的错误由自己的捕获接住'),
  lowerTry('§5 捕获', "is, error, ERROR_KINDS[kind]", "is, error, ERROR_KINDS['错误']", '捕获不看种类'),
  lowerTry('§6 错误种类', "  f.emit(at, 'THROW', error);\n  f.leave(mark);\n  f.place(end);\n}\n", '  f.leave(mark);\n  f.place(end);\n}\n', '没有接住的种类消失'),
  lowerTry('§5 捕获', '溢出错误: 3, 除零错误: 4', '溢出错误: 4, 除零错误: 3', '溢出错误与除零错误交换'),
  lowerTry('§5 捕获', '越界错误: 5', '越界错误: 6', '越界错误是文件错误'),
  unwind('§5 错误', 'if (pc >= f->handlers[i].start && pc < f->handlers[i].end)', 'if (pc > f->handlers[i].start && pc < f->handlers[i].end)', '段的第一条指令没有处理'),
  error('§6 种类', 'case 0: return code != 6101;', 'case 0: return true;', '错误 也接住取消错误'),
  expressions('§5 尖括号', 'if (p.newline || !startsTypeArgs(p, expr)) return expr;', 'return expr;', '名<类型> 总是比较'),
  inferClosure('§4 内层函数', "return p.variadic ? { kind: 'list' as const, elem: type } : type;\n  });\n  d.params", "return type;\n  });\n  d.params", '内层函数的可变参数是一个值'),
  inferClosure('§4 内层函数', 'if (symbol.captured === Infinity) return [', 'if (symbol.captured >= 0) return [', '内层函数不能调用自己'),
];
