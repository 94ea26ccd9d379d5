/** Mutants of §3 types: inference, arithmetic, printing, equality, collections. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const unify = mutantsOf('frontend/3-check/unify.ts');
const operator = mutantsOf('frontend/3-check/infer-operator.ts');
const inferExpr = mutantsOf('frontend/3-check/infer-expr.ts');
const inferCollection = mutantsOf('frontend/3-check/infer-collection.ts');
const finalize = mutantsOf('frontend/3-check/finalize.ts');
const operators = mutantsOf('frontend/4-lower/operators.ts');
const conditions = mutantsOf('frontend/4-lower/conditions.ts');
const format = mutantsOf('vm/heap/format.c');
const numberText = mutantsOf('vm/heap/number_text.c');
const equal = mutantsOf('vm/heap/equal.c');
const clone = mutantsOf('vm/heap/clone.c');
const dict = mutantsOf('vm/heap/dict.c');
const string = mutantsOf('vm/heap/string.c');
const number = mutantsOf('natives/number.c');
const slow = mutantsOf('vm/interp/slow.c');

export const types: readonly SourceMutant[] = [
  unify('§3 字面量', "case 'int':\n      if (", "case 'int':\n      if (t.kind === 'float') return false;\n      if (", '整数字面量不适应浮点数'),
  unify('§3 字面量', "case 'float':\n      if (", "case 'float':\n      if (t.kind === 'int') break;\n      if (", '浮点字面量可作整数'),
  unify('§3 字面量', "if (t.kind !== 'char' && t.kind !== 'string') return false;", "if (t.kind !== 'char') return false;", "'x' 不能作字符串"),
  unify('§3 数组', 'return a.length === (b as typeof a).length && unify', 'return unify', '长度不同的数组是同一类型'),
  unify('§3 字典', 'return unify(a.key, (b as typeof a).key) && unify', 'return unify', '键的类型不检查'),
  unify('§3 函数类型', 'if (a.params.length !== other.params.length) return false;', 'if (a.params.length > other.params.length) return false;', '参数可以多出来'),
  unify('§3 字典的键', "case 'hashable': return ", "case 'hashable': if (t.kind === 'float') return true; return ", '浮点数可作键'),
  unify('§3 比较', "case 'ordered': return ", "case 'ordered': if (t === CHAR) return false; return ", '字符不能比较大小'),
  unify('§3 位运算', "case 'integral': return ", "case 'integral': return t.kind === 'float' || ", '浮点数可以作位运算'),
  operator('§3 运算', "b.checker.require(left.type, 'ordered', b.file, span);", '', '未定的类型不要求可以比较'),
  operator('§3 连接', '[formatted(b, left, undefined), formatted(b, right, undefined)]', '[formatted(b, right, undefined), formatted(b, left, undefined)]', '连接的次序相反'),
  operator('§3 最小的整数', "if (e.op === '-' && e.operand.kind === 'IntLiteral') return intLiteral(b, -e.operand.value, span, expected);", '', '-9223372036854775808 装不下'),
  finalize('§3 推断', "if (hadErrors) return POISON;", "if (!hadErrors) return POISON;", '类型未定没有错误'),
  inferExpr('§5 如果', "if (actual.kind === 'never' || unify(actual, BOOL)) return node;", 'if (actual.kind !== node.kind) return node;', '条件可以是任何类型'),
  inferCollection('§3 数组', "type: { kind: 'array', elem, length: Number(constant.value) }, span: e.span,", "type: { kind: 'list', elem }, span: e.span,", '[v; n] 总是列表'),
  operators('§3 溢出', 'return value >= MIN && value <= MAX ? value : undefined;', 'return BigInt.asIntN(64, value);', '常数折叠时回绕'),
  operators('§3 除法', 'if (b === 0n) return undefined; value = a / b;', 'value = b === 0n ? 0n : a / b;', '常数除以零得零'),
  operators('§3 移位', "case 'shr': if (b < 0n || b > 63n) return undefined; value", "case 'shr': value", '折叠时移位次数不检查'),
  operators('§3 常数', "case 'sub': if (k !== -0x8000) return emit('ADDI', left, -k); break;", "case 'sub': return emit('ADDI', left, k === -0x8000 ? k : -k);", '减 -32768 成了加'),
  operators('§3 常数', 'value >= -0x8000n && value <= 0x7fffn ?', 'value >= -0x8000n && value <= 0x8000n ?', '立即数 32768 回绕成负数'),
  operators('§3 除法', "case 'div': if (k !== 0 && k !== -1) return", "case 'div': if (k !== 0) return", '除以常数 -1 不检查溢出'),
  conditions('§3 非数', "case 'lt': return emitJump(f, at, sense ? 'JFLT' : 'JFNLT', l, r, target, back);", "case 'lt': return emitJump(f, at, sense ? 'JFLT' : 'JFLE', ...(sense ? [l, r] as const : [r, l] as const), target, back);", '否定的浮点比较换成相反的比较'),
  conditions('§3 字符串比较', "(e.op === 'eq') === sense ? 'JT' : 'JF'", "(e.op === 'eq') === sense ? 'JF' : 'JT'", '字符串相等的条件相反'),

  format('§3 打印', 'if (v) qi_text_add(out, TEXT("真"));', 'if (!v) qi_text_add(out, TEXT("真"));', '真假相反'),
  format('§3 打印', 'if (quoted) add_quoted(out, s);', 'if (quoted && s->len == 0) add_quoted(out, s);', '集合里的字符串没有引号'),
  format('§3 打印', 'if (!quoted) {\n            qi_text_add_char', 'if (quoted || !quoted) {\n            qi_text_add_char', '集合里的字符没有引号'),
  format('§3 打印', String.raw`case '\n': qi_text_add(out, TEXT("\\n")); return;`, '', '换行不写成转义'),
  format('§3 打印', 'if (c == quote) {', 'if (c == 1) {', '引号不写成转义'),
  format('§3 打印', 'qi_text_add(out, TEXT("无"));', 'qi_text_add(out, TEXT("空"));', '无 打印成 空'),
  format('§3 打印', 'qi_text_add(out, TEXT("{")); break;', 'qi_text_add(out, TEXT("[")); break;', '字典用方括号'),
  format('§3 打印', 'if (put == QI_REF_THERE) {', 'if (put == QI_REF_THERE && p->count > 2) {', '隔一层的循环不写 …'),
  format('§3 打印', 'qi_refmap_remove(&p->path, f->value, 0)', '(void)0', '共享的值写成 …'),
  format('§3 打印', 'if (f->started) qi_text_add(out, TEXT(", "));\n    if', 'if (f->started) qi_text_add(out, TEXT(","));\n    if', '元素之间没有空格'),
  format('§3 打印', 'else if (t->nfields > 0) qi_text_add(out, TEXT(" { "));', 'else if (t->nfields > 0) qi_text_add(out, TEXT(" {"));', '结构体的花括号没有空格'),
  numberText('§3 打印浮点数', 'if (n <= point) {', 'if (n < point) {', '整的浮点数没有小数点后的 0'),
  numberText('§3 打印浮点数', 'digits < 17; digits++', 'digits < 16; digits++', '不是最短的文本'),
  numberText('§3 打印浮点数', 'point > 16', 'point > 15', '指数写法的上界'),
  numberText('§3 打印浮点数', 'point < -3', 'point < -2', '指数写法的下界'),
  numberText('§3 打印浮点数', 'if (signbit(d)) {', 'if (d < 0) {', '负零没有负号'),
  numberText('§3 打印整数', 'sign ? 0 - (uint64_t)n : (uint64_t)n', 'sign ? (uint64_t)(-(n + 1)) + 2 : (uint64_t)n', '负数打印错'),
  equal('§3 相等', '!compare_values(w, t, value, other)', '(value == other && value != other)', '字典的值不比较'),
  equal('§3 相等', 'if (!t->is_ref && ', 'if (!t->is_ref || ', '列表里的浮点数按位、引用按身份比较'),
  equal('§3 相等', 'if (put == QI_REF_THERE) return true;', 'if (put == QI_REF_THERE) return false;', '进行中的一对不算相等'),
  clone('§3 克隆', 'if (there != NULL) {', 'if (there != NULL && o->kind == QI_K_BOX) {', '共享的值克隆成两份'),
  clone('§3 克隆', 'if (t->fields[i]->is_ref && !replace(c, &s->fields[i])) return false;', 'if (t->fields[i]->is_ref && o->kind == QI_K_BOX && !replace(c, &s->fields[i])) return false;', '结构体的字段不克隆'),
  clone('§3 克隆', 't->b->is_ref && i < d->used', 't->b->is_ref && i + 1 < d->used', '字典的最后一个值不克隆'),
  dict('§3 字典', 'e->value = value;\n        return true;', 'return true;', '已有的键不更新'),
  dict('§3 字典', 'if (d->entries[i].live) entries[n++] = d->entries[i];', 'entries[n++] = d->entries[i];', '扩大时移除的键回来'),
  dict('§3 字典', 'while (i < d->used && !d->entries[i].live) i++;', '', '遍历到移除的键'),
  dict('§3 遍历时改变', 'd->count++;\n    d->head.aux++;', 'd->count++;', '插入不算改变'),
  string('§3 字符串比较', 'return a->len < b->len ? -1 : a->len > b->len;', 'return a->len > b->len ? -1 : a->len < b->len;', '前缀排在后面'),
  string('§3 字符串比较', 'if (order != 0) return order < 0 ? -1 : 1;', 'if (order != 0 && a->len == b->len) return order < 0 ? -1 : 1;', '先比长度'),
  number('§3 转换', 'if (digit >= base || n > (limit - digit) / base) return false;', 'if (digit >= base) return false;', '字符串转整数不检查溢出'),
  number('§3 转换', '*out = negative ? 0 - n : n;', '*out = n;', '负数的负号丢失'),
  slow('§3 重复元素', 'if (n < 0) return qi_throw_text(w, 7025, "说明", "重复的个数不能为负");', 'if (n < 0) n = 0;', '负的个数成为空列表'),
  slow('§3 字典', '*out = QI_OPTION_NONE;\n        return QI_OK;', 'return qi_throw_simple(w, 7006);', '获取缺少的键抛出错误'),
];
