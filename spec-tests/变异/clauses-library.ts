/** Mutants of §8: methods that take functions (written in Qi), and kernels in C. */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const list = mutantsOf('natives/标准库/内置/序列.qi');
const dict = mutantsOf('natives/标准库/内置/字典.qi');
const option = mutantsOf('natives/标准库/内置/选项.qi');
const result = mutantsOf('natives/标准库/内置/结果.qi');
const set = mutantsOf('natives/标准库/内置/集合.qi');
const json = mutantsOf('natives/标准库/JSON.qi');
const testing = mutantsOf('natives/标准库/测试.qi');
const containers = mutantsOf('natives/标准库/集合.qi');
const texts = mutantsOf('natives/标准库/字符串.qi');
const chance = mutantsOf('natives/标准库/随机.qi');
const regex = mutantsOf('natives/regex.c');
const jsonWrite = mutantsOf('natives/json_write.c');
const math = mutantsOf('natives/标准库/数学.qi');
const inferMethod = mutantsOf('frontend/3-check/infer-method.ts');
const stringMore = mutantsOf('natives/string_more.c');
const listSort = mutantsOf('natives/list_sort.c');
const nativeList = mutantsOf('natives/list.c');
const listMore = mutantsOf('natives/list_more.c');
const nativeDict = mutantsOf('natives/dict.c');
const nativeIo = mutantsOf('natives/io.c');
const encoding = mutantsOf('natives/encoding.c');
const crypto = mutantsOf('natives/crypto.c');

export const library: readonly SourceMutant[] = [
  list('§8 高阶方法', '对于 项 在 自身 { 值 = 合并(值, 项) }', '对于 项 在 自身 { 值 = 合并(初值, 项) }', '归约 不累积'),
  list('§8 高阶方法', '{ 如果 条件(项) { 返回 真 } }', '{ 返回 条件(项) }', '任一 只看第一个'),
  list('§8 高阶方法', '{ 如果 !条件(项) { 返回 假 } }', '{ 返回 条件(项) }', '全部 只看第一个'),
  list('§8 高阶方法', '键列.次序(降序)', '键列.次序()', '排序按 总是升序'),
  list('§8 高阶方法', '比较(甲[左], 甲[右]) <= 0', '比较(甲[左], 甲[右]) < 0', '比较排序 不稳定'),
  list('§8 高阶方法', '此键 > 最大键.取出()', '此键 >= 最大键.取出()', '最大按 取后面的'),
  list('§8 高阶方法', '此键 < 最小键.取出()', '此键 <= 最小键.取出()', '最小按 取后面的'),
  list('§8 高阶方法', '{ 返回 位置 } }\n        返回 -1', '{ 返回 位置 } }\n        返回 0', '位置按 没有时是 0'),
  list('§8 高阶方法', '如果 !组.包含键(此键) { 组[此键] = [] }', '组[此键] = []', '分组按 每组只有最后一个'),
  list('§8 高阶方法', '如果 条件(项) { 返回 有(项) }', '返回 有(项)', '查找按 总是第一个'),
  list('§8 高阶方法', '如果 条件(项) { 个数 += 1 }', '个数 += 1', '计数按 数全部'),
  list('§8 高阶方法', '如果 条件(项) { 果.添加(项) }', '果.添加(项)', '过滤 留下全部'),
  dict('§8 以函数为参数的方法', '如果 旧.是有() { 返回 旧.取出() }', '', '获取或插入 总是插入'),
  dict('§8 以函数为参数的方法', '果 = 合并(果, 键, 值)', '果 = 合并(初值, 键, 值)', '字典的 归约 不累积'),
  dict('§8 以函数为参数的方法', '如果 条件(键, 值) { 果[键] = 值 }', '果[键] = 值', '字典的 过滤 留下全部'),
  option('§8 高阶方法', '如果 自身.是有() 与 条件(自身.取出()) { 返回 自身 }', '如果 自身.是有() { 返回 自身 }', '选项的 过滤 不看条件'),
  option('§8 高阶方法', '返回 自身.是无() 或 条件(自身.取出())', '返回 自身.是有() 与 条件(自身.取出())', '无.全部 是假'),
  option('§8 高阶方法', '返回 自身.是有() 与 条件(自身.取出())', '返回 自身.是无() 或 条件(自身.取出())', '无.任一 是真'),
  result('§8 高阶方法', '返回 默认(自身.取出失败())', '返回 自身.取出()', '或用 不用默认'),
  result('§8 高阶方法', '返回 有(自身.取出())', '返回 无', '转选项 总是无'),
  result('§8 高阶方法', '返回 成功(变换(自身.取出()))', '变换(自身.取出()); 变换(自身.取出())\n        返回 成功(变换(自身.取出()))', '映射 调用函数几次'),
  set('§8 集合', '如果 条件(项) { 果.添加(项) }', '果.添加(项)', '集合的 过滤 留下全部'),
  math('§8 标准库.数学', '返回 绝对值(a)', '返回 a', '最大公约数可以为负'),
  math('§8 标准库.数学', '如果 余 > 0 { 底数 *= 底数 }', '底数 *= 底数', '整数幂最后一步溢出'),
  math('§8 标准库.数学', '如果 上限 < 值 { 返回 上限 }', '', '限制 没有上限'),
  inferMethod('§8 选项', "取出: (u) => taking([], u, () => ({ kind: 'unwrap',", "取出: (u) => taking([], u, () => ({ kind: 'optionOr', fallback: { kind: 'int', value: 0n, type: elem(u.type), span: u.span },", '取出无 得零'),
  inferMethod('§8 选项', "operand: { kind: 'isSome', option: u.object, type: BOOL, span: u.span }, type: BOOL, span: u.span,\n    })),", "operand: { kind: 'bool', value: false, type: BOOL, span: u.span }, type: BOOL, span: u.span,\n    })),", '是无 总是真'),
  inferMethod('§8 方法一览', '取出失败: valueOf(FAILURE)', '取出失败: valueOf(SUCCESS)', '取出失败 取成功的值'),
  stringMore('§8 字符串', ': missing / 2;', ': missing - missing / 2;', '居中偏右'),
  stringMore('§8 字符串', 'n % fill->chars; rest', 'n % fill->len; rest', '多字节的填充数错'),
  stringMore('§8 字符串', "if (newline != NULL && len > 0 && start[len - 1] == '\\r') kept--;", '', '行末的回车留下'),
  stringMore('§8 字符串', 'if (width > QI_STRING_MAX) return qi_throw_memory(cx);', 'if (width > QI_STRING_MAX) width = s->chars;', '宽得放不下就不填充'),
  listSort('§8 列表', 'if (middle >= n || !before(o, &from[middle], &from[middle - 1])) {', 'if (middle + 1 >= n || !before(o, &from[middle], &from[middle - 1])) {', '最后一段只有一个时不归并'),
  nativeList('§8 列表', 'qi_list_close(qi_native_heap(cx), l, (size_t)at, 1);\n    *result = v;', 'qi_list_close(qi_native_heap(cx), l, l->len - 1, 1);\n    *result = v;', '移除 总是去掉最后一个'),
  nativeList('§8 列表', 'if (i > 0) qi_text_add(&text, separator', 'qi_text_add(&text, separator', '连接 前面也有分隔'),
  listMore('§8 列表', 'from + 1 < to; from++', 'from + 2 < to; from++', '反转 漏掉中间一对'),
  nativeDict('§8 字典', 'keys ? key : value', 'keys || value == 0 ? key : value', '值列表 里零变成键'),
  nativeDict('§8 字典', '!add_all(h, copy, d)', 'd->count == 0', '复制 是空的'),
  nativeIo('§8 内置函数的细节', 'r %= span;', 'r %= span + 1;', '随机 超过上限'),
  nativeIo('§8 内置', 'if (low > high) return', 'if (low >= high) return', '随机 的上下限不能相同'),
  nativeIo('§8 内置', 'for (int i = 0; i < n; i++) {\n        const char *arg', 'for (int i = 1; i < n; i++) {\n        const char *arg', '程序参数 少第一个'),
  encoding('§8 标准库.编码', "rest > 2 ? alphabet[bits & 63] : '='", "rest > 1 ? alphabet[bits & 63] : '='", 'Base64 末尾少一个等号'),
  encoding('§8 标准库.编码', "else if ((bits >> shift & 255) != 0) {", "else if ((bits >> shift & 255) == 256) {", 'Base64 末尾多出的位不管'),
  encoding('§8 标准库.编码', "c == '.' || c == '_'", "c == '_'", '网址里的点也转义'),
  crypto('§8 标准库.加密', 'if (len > block) hash', 'if (len >= block) hash', '一块长的密钥也先哈希'),
  crypto('§8 标准库.加密', 'for (uint32_t i = 1; i < rounds; i++) {', 'for (uint32_t i = 0; i < rounds; i++) {', '密钥派生 多算一次'),
  crypto('§8 标准库.加密', '(unsigned char)(block >> 8), (unsigned char)block}', '(unsigned char)(block >> 8), 1}', '密钥派生 每一块都一样'),
  crypto('§8 标准库.加密', 'inner[i] ^ 0x5c', 'inner[i] ^ 0x36', 'HMAC 的外层用错常数'),
  json('§8 JSON', '列表(项) 如果 位置 >= 0 与 位置 < 项.长度()', '列表(项) 如果 位置 < 项.长度()', '负的位置越界'),
  json('§8 JSON', '返回 写(值, 2)', '返回 写(值, 0)', '美化 不缩进'),
  json('§8 JSON', '浮点(值) => 有(值), 整数(值) => 有(值 作为 浮点数)', '浮点(值) => 有(值)', '整数 不能 作浮点数'),
  jsonWrite('§8 JSON', String.raw`case '\b': qi_text_add(out, TEXT("\\b")); return;`, '', '退格不写成短的转义'),
  jsonWrite('§8 JSON', 'size_t left = w->indent * w->count;', 'size_t left = w->indent;', '里层不多缩进'),
  containers('§8 标准库.集合', '自身.后.移除范围(0, (自身.后.长度() + 1) / 2)', '自身.后.移除范围(0, 自身.后.长度() / 2)', '前取 取不到只剩一个的'),
  containers('§8 标准库.集合', '或 (差 == 0 与 自身.序[甲] < 自身.序[乙])', '', '优先队列 的相等元素没有先后'),
  containers('§8 标准库.集合', '如果 个数 < 有几个 {', '如果 个数 <= 有几个 {', '计数器 留着零次的值'),
  texts('§8 标准库.字符串', '如果 行[j] + 1 < 最小 { 最小 = 行[j] + 1 }', '', '编辑距离 不算插入'),
  texts('§8 标准库.字符串', '返回 甲.比较(乙)\n', '返回 0\n', '自然比较 把不同的文本当作相等'),
  texts('§8 标准库.字符串', '如果 处 + 1 < 总数 与 字[处 + 1] == 符 {', '如果 假 {', '模板里没有花括号的写法'),
  testing('§8 测试', '如果 实际 == 期望 { 返回 }\n    变量 甲', '返回\n    变量 甲', '断言相等 总是通过'),
  testing('§8 测试', '差 <= 误差 与 差 >= -误差', '差 <= 误差', '断言近似 不管偏小'),
  testing('§8 测试', '!(实际 > 界)', '!(实际 >= 界)', '断言大于 接受相等'),
  chance('§8 随机', '如果 个数 < 0 或 个数 > 总数 {', '如果 个数 < 0 {', '抽取 可以多于总数'),
  chance('§8 随机', '变量 另一个 = 自身.整数(位置, 总数 - 1)', '变量 另一个 = 自身.整数(0, 总数 - 1)', '抽取 的机会不均'),
  chance('§8 随机', '私有 布尔 来自系统;', '布尔 来自系统;', '随机源的字段看得见'),
  regex('§8 正则', 'if (flags & IGNORE_CASE) options |= PCRE2_CASELESS;', '', '忽略大小写 没有作用'),
  regex('§8 正则', 'if (flags & MULTI_LINE) options |= PCRE2_MULTILINE;', '', '多行 没有作用'),
  regex('§8 正则', 'found.flags == flags &&', '', '编译好的模式不分选项'),
];
