/** Mutants of §4 enums, generics and traits, and of §5 patterns, 匹配, taking apart and 尝试 as an operator. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const inferPattern = mutantsOf('frontend/3-check/infer-pattern.ts');
const matchCheck = mutantsOf('frontend/3-check/match-check.ts');
const usefulness = mutantsOf('frontend/3-check/usefulness.ts');
const decisions = mutantsOf('frontend/4-lower/decisions.ts');
const lowerMatch = mutantsOf('frontend/4-lower/match.ts');
const destructure = mutantsOf('frontend/3-check/destructure.ts');
const inferEnum = mutantsOf('frontend/3-check/infer-enum.ts');
const propagate = mutantsOf('frontend/3-check/propagate.ts');
const generics = mutantsOf('frontend/3-check/generics.ts');
const traits = mutantsOf('frontend/3-check/traits.ts');
const inferStmt = mutantsOf('frontend/3-check/infer-stmt.ts');

export const patterns: readonly SourceMutant[] = [
  inferEnum('§4 枚举', 'if (owners.length > 1) {\n      if (call', 'if (owners.length > 9) {\n      if (call', '几个枚举都有的变体取第一个'),
  inferEnum('§4 枚举', "if (fields.length > 0) {\n    b.error('E3006'", "if (fields.length > 9) {\n    b.error('E3006'", '带值的变体可以不给值'),
  inferEnum('§4 枚举', "want?.kind === 'enum' && want.def === def ? want : openInstance(b, def)", 'openInstance(b, def)', '枚举的类型实参不由期望的类型而来'),

  inferPattern('§5 匹配', 'if (odd.length > 0) this', 'if (odd.length > 9) this', '或的各支可以绑定不同的名字'),
  inferPattern('§5 匹配', "if (t.kind === 'enum' && variantIndex(t.def, name.text) >= 0) return variant(b, t, name, undefined, span, bindings);", '', '变体的光名字总是绑定'),
  inferPattern('§5 匹配', "if (symbol?.kind === 'const') return constantPattern(b, symbol, name, type);", '', '常量的名字是绑定'),
  inferPattern('§5 匹配', 'const missing = p.rest ? undefined :', 'const missing = !p.rest ? undefined :', '结构体模式可以不写全'),
  inferPattern('§5 匹配', "return { kind: 'range', from, to, inclusive: p.inclusive, type, span };", "return { kind: 'range', from, to, inclusive: !p.inclusive, type, span };", '范围模式的末端相反'),
  inferPattern('§5 匹配', '? { ...literal.operand, value: -literal.operand.value, span } : literal', '? { ...literal.operand, span } : literal', '负的浮点字面量模式没有负号'),
  matchCheck('§5 匹配', "if (!search.useful(rows, row, types)) body.error('W3003'", "if (!search.useful(rows, row, types) && rows.length > 99) body.error('W3003'", '够不着的分支没有警告'),
  matchCheck('§5 匹配', 'if (arm.guard === undefined) rows.push(row);', 'rows.push(row);', '有守卫的分支算覆盖了'),
  matchCheck('§5 匹配', 'if (missing !== undefined) reportMissing(', 'if (missing !== undefined && isIrrefutable) body.error(', '匹配可以不穷尽'),
  usefulness('§5 匹配', 'p.inclusive ? to : to - 1n };', 'to };', '穷尽检查把 .. 当作 ..='),
  usefulness('§5 匹配', "case 'byte': return [{ low: 0n, high: 255n }];", "case 'byte': return [{ low: 0n, high: 256n }];", '字节的所有值不算穷尽'),
  usefulness('§5 匹配', "// Surrogates are no characters.\n    case 'char': return [{ low: 0n, high: 0xd7ffn }, { low: 0xe000n, high: LAST_SCALAR }];", "case 'char': return [{ low: 0n, high: LAST_SCALAR }];", '代理项算作字符'),
  decisions('§5 匹配', '=== undefined ? undefined : this.decide(rows.slice(1));\n    return', '=== undefined ? undefined : this.decide(rows.slice(2));\n    return', '守卫不成立时跳过下一支'),
  decisions('§5 匹配', '(from === undefined || from <= value)', '(from === undefined || from < value)', '字面量之外的范围不含起点'),
  decisions('§5 匹配', "(p.kind === 'range' ? 'undecided' : undefined)", 'undefined', '字面量旁边的范围消失'),
  decisions('§5 匹配', 'place.part(first + i, types[i]!)', 'place.part(i, types[i]!)', '后面的变体取前面变体的值'),
  lowerMatch('§5 匹配', 'if (r < before) this.#foreign.add(root);', '', '模式的变量与被匹配的变量共用寄存器'),
  lowerMatch('§5 匹配', "emitJump(f, this.#at, 'JNONE',", "emitJump(f, this.#at, 'JSOME',", '有 与 无 相反'),
  destructure('§5 元组', 'span }, field, type: elems[field]!,', 'span }, field: elems.length - 1 - field, type: elems[field]!,', '元组从右往左分给名字'),
  destructure('§5 元组', "t.kind === 'tuple' && t.elems.length === count", "t.kind === 'tuple'", '元素个数不同没有自己的错误'),
  destructure('§5 元组', 'return leaves.includes(undefined) ? undefined : (leaves as hir.Expr[][]).flat();\n}\n\n/** `变量 (a, b), 成', 'return leaves.includes(undefined) ? undefined : (leaves as hir.Expr[][]).flat().reverse();\n}\n\n/** `变量 (a, b), 成', '里面的元组的元素反着分给名字'),
  propagate('§5 尝试 表达式', 'variantTest(read(), SUCCESS, span), failure', 'variantTest(read(), FAILURE, span), failure', '成功时返回，失败时继续'),
  propagate('§5 尝试 表达式', "if (b.kind === 'main' || !unify(result, wanted)) {", "if (b.kind !== 'main' && !unify(result, wanted)) {", '入口之外可以用 尝试 表达式'),
  propagate('§5 尝试 表达式', 'const barrier = b.loops.findLast((l) => l.isFinally);', 'const barrier = b.loops.findLast((l) => l.isFinally && b.returnsValue);', '最终里可以用 尝试 表达式'),
  inferStmt('§5 延后', "if (s.kind !== 'DeferStmt') return sink;", 'return sink;', '延后的语句立即执行'),
  inferStmt('§5 延后', "start: 0, isFinally: true, word: '延后' });", "start: 0, isFinally: false, word: '延后' });", '延后里可以返回'),

  generics('§4 泛型', 'outermost === context ? [context] : [context, outermost]', '[context]', '不说最外面的那次调用'),
  generics('§4 泛型', 'if (explicit.length !== own) {', 'if (explicit.length < own) {', '类型实参可以多写'),
  generics('§4 泛型', 'unify(use.args[template.inherited + i]!, t)', 'unify(use.args[i]!, t)', '方法的类型实参给了接收者'),
  generics('§4 泛型', 'const known = key === undefined ? undefined : template.instances.get(key);', 'const known = key === undefined ? undefined : [...template.instances.values()][0];', '所有调用用第一个实例'),
  generics('§4 泛型', 'if (f.template!.used || checker.isLibrary(f.file)) continue;', 'continue;', '没有用到的泛型函数不检查'),
  generics('§4 泛型', 'args.some((a) => depthOf(a) > MAX_TYPE_DEPTH)', 'args.some((a) => depthOf(a) > 1)', '两层的类型参数算无尽'),
  generics('§4 泛型', "kind: 'list' as const, elem: type } : type };", "kind: 'list' as const, elem: type } : f.params[i]!.type };", '参数的类型不是每次调用新的'),
  traits('§4 特性', 'if (use === undefined || implementsTrait(b.checker, args[i]!, use)) continue;', 'continue;', '类型参数的约束不检查'),
  traits('§4 特性', 'let variant = variants.findIndex((v) => typeKey(v.fields[0]!.type, b.checker) === key);', 'let variant = variants.findIndex((v) => v.fields[0]!.type.kind === type.kind);', '不同的结构体算同一个实现'),
  traits('§4 特性', "case '可比较': if (satisfies(t, 'ordered') === true) return true; break;", "case '可比较': return true;", '什么都可比较'),
  traits('§4 特性', "case '可哈希': return satisfies(t, 'hashable') === true;", "case '可哈希': return true;", '什么都可哈希'),
  traits('§4 特性', 'seen.some((s) => s.trait === next.trait)) withSupertraits(checker, next, seen);', 'seen.some((s) => s.trait === next.trait)) seen.push(next);', '间接要求的特性不算'),
  traits('§4 特性', 'const generic = decl.typeParams.length > 0 || decl.isStatic ||', 'const generic = decl.isStatic ||', '特性的值上可以调用泛型方法'),
  traits('§4 特性', 'condition: variantTest(read(self!), v, span),', 'condition: variantTest(read(self!), arms.length - 2 - v, span),', '分派到别的类型'),
  traits('§4 特性', 'if (!checker.implementations.of(symbol, t).some((i) => fits(checker, i.type, t))) return undefined;', 'return undefined;', '运算与打印不看自己的实现'),
];
