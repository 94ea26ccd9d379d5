/** Mutants of §8: the modules of the library (正则 JSON 时间 随机 格式 日志 测试 加密 编码). */
import { mutantsOf, type SourceMutant } from './source-mutants.js';

const regex = mutantsOf('natives/regex.c');
const pattern = mutantsOf('natives/标准库/正则.qi');
const reader = mutantsOf('natives/json_read.c');
const writer = mutantsOf('natives/json_write.c');
const json = mutantsOf('natives/标准库/JSON.qi');
const time = mutantsOf('natives/标准库/时间.qi');
const calendar = mutantsOf('natives/标准库/时间.内部.qi');
const zone = mutantsOf('natives/标准库/时间.时区.qi');
const timeFormat = mutantsOf('natives/标准库/时间.格式.qi');
const chance = mutantsOf('natives/标准库/随机.qi');
const format = mutantsOf('natives/标准库/格式.qi');
const log = mutantsOf('natives/标准库/日志.qi');
const testing = mutantsOf('natives/标准库/测试.qi');
const crypto = mutantsOf('natives/crypto.c');
const encoding = mutantsOf('natives/encoding.c');
const libraryNatives = mutantsOf('natives/library.c');

export const modulesOfLibrary: readonly SourceMutant[] = [
  regex('§8 正则', 'if (flags & IGNORE_CASE) options |= PCRE2_CASELESS;', '', '忽略大小写 不起作用'),
  regex('§8 正则', 'found.len == pattern->len && found.flags == flags &&', 'found.len == pattern->len &&', '缓存不分标志'),
  regex('§8 正则', 'if (ends[0] == ends[1]) {', 'if (false) {', '空的匹配不前进'),
  regex('§8 正则', '(int64_t)qi_utf8_count(pattern->bytes, offset)', '(int64_t)offset', '模式的位置按字节'),
  pattern('§8 正则', "如果 字[止] == '$' {", "如果 字[止] == '#' {", '$$ 不是 $'),
  pattern('§8 正则', '如果 位[处] == 位[处 + 1] { 继续 }', '', '空的匹配也分开'),
  pattern('§8 正则', '如果 上限 > 0 与 个数 >= 上限 { 跳出 }', '', '不看上限'),
  reader('§8 JSON', "if (qi_dict_find(f->object, qi_from_ref(f->key), NULL))", "if (false)", '重复的键取后一个'),
  reader('§8 JSON', 'if (r->at != r->end) return fail', 'if (false) return fail', '值之后可以有别的'),
  reader('§8 JSON', 'if (low < 0xDC00 || low > 0xDFFF) return', 'if (false) return', '代理项不检查后一半'),
  reader('§8 JSON', 'if (++r->depth > QI_JSON_DEPTH) return fail(r, "嵌套太深");', '++r->depth;', '没有深度的限制'),
  reader('§8 JSON', 'if (f->type->fields[k]->kind != QI_T_OPTION) return', 'if (false) return', '缺少的字段不报'),
  writer('§8 JSON', "if (d - d != 0.0) return refuse(w, \"无穷 和 非数\");", '', '无穷 写成 JSON'),
  writer('§8 JSON', 'if (f.started) line_break(w);', 'line_break(w);', '空的容器里有换行'),
  json('§8 JSON', '列表(_) => 值.第(步.转整数().或(-1)),', '', '路径 不进列表'),
  time('§8 时间', '新日期(新年, 新月, 如果 日 < 末 { 日 } 否则 { 末 })', '新日期(新年, 新月, 日)', '加月 不取月末'),
  time('§8 时间', '变量 周四 = 自身.日数() + 4 - 自身.星期()', '变量 周四 = 自身.日数()', 'ISO 周不看星期四'),
  calendar('§8 时间', '(年 % 100 != 0 或 年 % 400 == 0)', '年 % 100 != 0', '整四百年不是闰年'),
  zone('§8 时间', '如果 前 + 自身.偏移在(前).0 == 墙上 { 返回 前 }', '', '重复的时间取后一次'),
  timeFormat('§8 时间', '如果 读.上下午 >= 0 {', '如果 假 {', '解析不看上午下午'),
  chance('§8 随机', '变量 另一个 = 自身.整数(位置, 总数 - 1)', '变量 另一个 = 自身.整数(0, 总数 - 1)', '抽取 会重复打乱已取的'),
  chance('§8 随机', '(甲 >> 31) & 0x1FFFFFFFF', '(甲 >> 30) & 0x1FFFFFFFF', '不是 SplitMix64'),
  format('§8 格式', '如果 果 != "" 与 (缺零 或 一节 < 1000) {', '如果 果 != "" 与 缺零 {', '一万零二百 写成一万二百'),
  format('§8 格式', '如果 省一 与 果.开头是("一十") {', '如果 假 {', '十 写成一十'),
  libraryNatives('§8 格式', 'in_ranges(wide, sizeof wide / sizeof *wide, c) ? 2 : 1', '1', '汉字占一列'),
  log('§8 日志', '如果 !自身.会写(级) { 返回 }', '', '级别不起作用'),
  log('§8 日志', '果.添加(一行(消息))', '果.添加(消息)', '消息里的换行成了两条'),
  testing('§8 测试', '如果 代码 != "" 与 错.代码 != 代码 {', '如果 假 {', '断言抛出 不看代码'),
  testing('§8 测试', '差 <= 误差 与 差 >= -误差', '差 <= 误差', '断言近似 只看一边'),
  crypto('§8 加密', 'if (len > block) hash(a, key, len, "", 0, inner);', 'if (len > block) memcpy(inner, key, block);', '长的密钥被截断'),
  encoding('§8 编码', "c == (url ? '-' : '+') ? 62", "c == '+' ? 62", '网址用的字母表不认'),
];
