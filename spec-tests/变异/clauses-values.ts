/** Mutants of §3: number types, 字节串, sets, ranges, pointers. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const numbers = mutantsOf('frontend/3-check/numbers.ts');
const lowerNumbers = mutantsOf('frontend/4-lower/numbers.ts');
const inferPointer = mutantsOf('frontend/3-check/infer-pointer.ts');
const int128 = mutantsOf('natives/int128.c');
const bytes = mutantsOf('natives/bytes.c');
const set = mutantsOf('natives/set.c');
const range = mutantsOf('natives/range.c');
const formatSpec = mutantsOf('vm/heap/format_spec.c');

export const values: readonly SourceMutant[] = [
  numbers('§3 数的类型', 'return family.indexOf(from) >= 0 &&', 'return family.indexOf(from) > 0 &&', '最窄的类型不加宽'),
  numbers('§3 数的类型', '[BYTE, [0n, 255n]],', '[BYTE, [0n, 256n]],', '字面量 256 是字节'),
  numbers('§3 数的类型', '[INT32, [-(2n ** 31n), 2n ** 31n - 1n]],', '[INT32, [-(2n ** 31n) + 1n, 2n ** 31n - 1n]],', '最小的短整数放不下'),
  numbers('§3 数的类型', 'return Number.isFinite(float) && BigInt(float) === value;', 'return Number.isFinite(float);', '整数字面量悄悄舍入成浮点数'),
  lowerNumbers('§3 数的类型', "if (type.kind === 'float32') return f.emit(at, 'FROUND32', dst, wide);", "if (type.kind === 'float32') return f.emit(at, 'MOV', dst, wide);", '单精度的结果不舍入'),
  lowerNumbers('§3 数的类型', "  f.emit(at, type.kind === 'byte' ? 'CHK8' : 'CHK32', dst, wide);\n}", "  f.emit(at, 'CHK32', dst, wide);\n}", '字节的运算不检查'),
  lowerNumbers('§3 数的类型', "e.type.kind === 'byte' ? 32 : 8);", "e.type.kind === 'byte' ? 16 : 4);", '移位次数的上界加倍'),
  lowerNumbers('§3 数的类型', "if (type.kind === 'byte') return f.emit(at, 'BANDI', dst, wide, 255);", "if (type.kind === 'byte') return f.emit(at, 'BANDI', dst, wide, 127);", '字节的回绕少一位'),
  lowerNumbers('§3 数的类型', "if (e.op === 'bitNot' && e.type.kind === 'byte') f", "if (e.op === 'bitNot' && e.type.kind === 'int32') f", '字节的取反越界'),
  int128('§3 数的类型', 'if (y == -1 && x == INT_MIN) return qi_throw_simple(cx, 7002);', 'if (y == -1) return give(cx, (Int)(0 - (Word)x), result);', '长整数的 MIN / -1 回绕'),
  int128('§3 数的类型', 'y == -1 ? 0 : x % y', 'y == -1 ? 0 : x / y', '长整数的余数是商'),
  int128('§3 数的类型', '(Word)INT_MIN - !negative, n = 0;', '(Word)INT_MIN, n = 0;', '2 的 127 次方可以读成长整数'),
  int128('§3 数的类型', '(int64_t)((x > y) - (x < y))', '(int64_t)((x < y) - (x > y))', '长整数的大小相反'),
  int128('§3 数的类型', 'return x == INT_MIN ? qi_throw_simple(cx, 7002) : give(cx, -x, result);', 'return give(cx, (Int)(0 - (Word)x), result);', '最小的长整数取负回绕'),

  bytes('§3 字节串', 'if (args[1] >= s->len) return', 'if (args[1] > s->len) return', '可以取末尾之后的字节'),
  bytes('§3 字节串', 'if (start > end) return qi_throw_slice', 'if (start >= end) return qi_throw_slice', '空的切片越界'),
  bytes('§3 字节串', '(char)(high << 4 | low)', '(char)(low << 4 | high)', '十六进制的两位相反'),
  bytes('§3 字节串', 'if (qi_utf8_valid(s->bytes, s->len)) return give', 'if (true) return give', '不是 UTF-8 也成为字符串'),

  set('§3 集合与键', 'if (other != NULL && qi_dict_find(other, key, NULL) != there) continue;', 'if (other != NULL && there && !qi_dict_find(other, key, NULL)) continue;', '差是全部'),
  set('§3 集合与键', 'return add_those(cx, d, a, NULL, true) && add_those(cx, d, b, NULL, true);', 'return add_those(cx, d, b, NULL, true) && add_those(cx, d, a, NULL, true);', '并从右边开始'),
  set('§3 集合与键', 'return add_those(cx, d, a, b, false) && add_those(cx, d, b, a, false);', 'return add_those(cx, d, a, b, false);', '对称差只有一半'),
  set('§3 集合与键', 'if (!qi_dict_find(b, key, NULL)) return false;', 'return qi_dict_find(b, key, NULL);', '子集只看第一个元素'),
  set('§3 集合与键', '*result = !common;', '*result = common;', '不相交相反'),

  range('§3 范围', 'r->head.flags ? n <= r->end : n < r->end', 'n <= r->end', '.. 含末端'),
  range('§3 范围', 'if (!is_empty(r) && r->head.flags) ++*n;', '', '..= 的长度少一'),
  range('§3 范围', 'r->head.flags ? r->start > r->end : r->start >= r->end', 'r->start > r->end', '空的 .. 不空'),
  range('§3 范围', '(r->head.flags ? r->end : r->end - 1)', 'r->end', '.. 的最后一个是末端'),

  inferPointer('§3 指针与引用', "if (symbol.guard !== 'none') return immutable", "if (symbol.guard === 'receiver') return immutable", '可以取不可变的变量的地址'),
  inferPointer('§3 指针与引用', 'if (symbol.immutable) return immutable(b, operand.name, span, symbol);\n        return', 'return', '可以取不可变的顶层变量的地址'),
  inferPointer('§3 指针与引用', 'symbol.addressed = true;', '', '指针指向变量的复制'),
  inferPointer('§3 指针与引用', "if (operand.index.kind === 'RangeExpr') break;", '', '可以取切片的地址'),

  formatSpec('§3 格式规格', "align == '^' ? pad / 2 : 0", "align == '^' ? pad - pad / 2 : 0", '居中偏右'),
  formatSpec('§3 格式规格', '(whole - i) % 3 == 0', '(whole - i) % 4 == 0', '千位四个一组'),
  formatSpec('§3 格式规格', 'bool zeros = s->zero && s->align == 0;', 'bool zeros = s->zero;', '写了对齐也补零'),
  formatSpec('§3 格式规格', 'if (s->precision > 0) {', 'if (s->precision > 1) {', '整数的一位小数没有'),
  formatSpec('§3 格式规格', 'if (n > max) return false;', '', '宽度没有上限'),
  formatSpec('§3 格式规格', 'if (s.kind != 0 || s.plus || s.zero || s.thousands) return QI_FORMAT_BAD_SPEC;', '', '文字也能用数的规格'),
];
