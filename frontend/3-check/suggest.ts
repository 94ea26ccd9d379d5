/**
 * suggest.ts — what a misspelt name may have been meant to be: a similar one (nearest.ts), or a keyword without its
 * space.
 *
 * Callers stop asking after MAX_SUGGESTIONS: a file with that many unknown names needs something else than hints.
 */
import type { Localized } from '../diagnostics.js';
import { LIBRARY } from '../generated/library.js';

export { editDistance, foreignModule, nearest } from '../nearest.js';

/** Keywords that are often written without the space that ends them: `变量计数 = 1`. */
const GLUED_KEYWORDS = [
  '不可变', '变量', '可变', '常量', '返回', '如果', '否则', '对于', '循环', '跳出', '继续', '函数', '等待', '启动', '创建', '抛出', '恢复', '挂起', '克隆',
  '类型', '结构体', '匹配', '延后', '当', '非',
];

/** The keyword a name starts with and the rest, when the rest could be a name of its own. */
export function gluedKeyword(name: string): { keyword: string; rest: string } | undefined {
  for (const keyword of GLUED_KEYWORDS) {
    if (name.length > keyword.length && name.startsWith(keyword)) return { keyword, rest: name.slice(keyword.length) };
  }
  return undefined;
}

/** Values, functions and types of other languages, and what Qi writes for them. */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ['范围', 'a..b 或 a..=b'], ['auto', '变量'], ['pass', '{ }'], ['System', '打印行'], ['std', '打印行'], ['cout', '打印行'], ['停止', '跳出 或 返回'], ['停下', '跳出'], ['using', '导入'], ['include', '导入'], ['require', '导入'], ['设', '变量'], ['令', '变量'], ['让', '变量'], ['声明', '变量'], ['null', '空 或 无'], ['nil', '空 或 无'], ['None', '无'], ['undefined', '无'], ['Some', '有'], ['Ok', '成功'], ['Err', '失败'],
  ['this', '自身'], ['self', '自身'], ['True', '真'], ['False', '假'], ['not', '非'], ['super', '特性的默认方法'],
  ['console', '打印行'], ['printf', '打印'], ['puts', '打印行'], ['echo', '打印行'], ['log', '打印行'], ['input', '读取行'], ['len', '长度'],
  ['range', 'a..b'], ['sleep', '睡眠'], ['panic', '抛出 错误(…)'], ['assert', '断言'], ['Promise', '未来'], ['Error', '错误'],
  ['Int', '整数'], ['Integer', '整数'], ['Long', '整数'], ['Float', '浮点数'], ['Double', '浮点数'], ['Bool', '布尔'], ['Boolean', '布尔'], ['Char', '字符'], ['Void', '空'], ['Unit', '空'],
  ['Dict', '字典'], ['HashMap', '字典'], ['ArrayList', '列表'], ['HashSet', '集合'], ['Tuple', '(甲, 乙)'], ['Exception', '错误'], ['isinstance', '匹配'], ['instanceof', '匹配'],
  ['int', '整数'], ['i64', '整数'], ['long', '整数'], ['i32', '短整数'], ['u8', '字节'], ['byte', '字节'], ['i128', '长整数'], ['float', '浮点数'], ['double', '浮点数'],
  ['f64', '浮点数'], ['f32', '单精度浮点'], ['number', '整数 或 浮点数'], ['bool', '布尔'], ['boolean', '布尔'], ['char', '字符'], ['string', '字符串'], ['str', '字符串'], ['String', '字符串'],
  ['void', '空'], ['list', '列表'], ['List', '列表'], ['Array', '列表'], ['array', '数组'], ['Vec', '列表'], ['vector', '列表'], ['dict', '字典'], ['map', '字典'], ['Map', '字典'],
  ['set', '集合'], ['Set', '集合'], ['tuple', '(甲, 乙)'], ['any', '类型参数 <T>'], ['object', '结构体'], ['Option', '选项'], ['Optional', '选项'], ['Result', '结果'], ['Future', '未来'],
]);

/** The hint for a name that other languages have. */
export function foreign(name: string): Localized | undefined {
  const word = FOREIGN.get(name);
  return word === undefined ? undefined : write(word);
}

/** Methods and fields of other languages, and what may be meant: the first that the type has. */
const FOREIGN_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  append: ['添加'], push: ['添加', '发送'], push_back: ['添加'], add: ['添加', '增加'], insert: ['插入'], extend: ['扩展', '合并'], concat: ['拼接'], pop: ['弹出', '移除'],
  remove: ['移除'], delete: ['移除'], del: ['移除'], discard: ['移除'], clear: ['清空'], length: ['长度'], len: ['长度'], size: ['长度'], count: ['计数', '长度'], isEmpty: ['是空'],
  is_empty: ['是空'], contains: ['包含', '包含键'], includes: ['包含'], has: ['包含', '包含键'], containsKey: ['包含键'], index: ['查找'], indexOf: ['查找'], find: ['查找'], sort: ['排序'],
  sorted: ['排序后'], reverse: ['反转'], map: ['映射'], filter: ['过滤'], reduce: ['归约'], fold: ['归约'], forEach: ['遍历'], any: ['任一'], some: ['任一'], all: ['全部'], every: ['全部'],
  join: ['连接'], slice: ['切片', '子串'], first: ['首'], last: ['尾'], get: ['获取'], keys: ['键列表'], values: ['值列表'], items: ['项列表'], entries: ['项列表'], union: ['并'],
  split: ['分割'], strip: ['去空格'], trim: ['去空格'], upper: ['转大写'], toUpperCase: ['转大写'], lower: ['转小写'], toLowerCase: ['转小写'], replace: ['替换'], repeat: ['重复'],
  startswith: ['开头是'], startsWith: ['开头是'], endswith: ['结尾是'], endsWith: ['结尾是'], substring: ['子串'], substr: ['子串'], charAt: ['获取'], toString: ['转字符串'],
  unwrap: ['取出'], unwrapOr: ['或'], unwrap_or: ['或'], isSome: ['是有'], is_some: ['是有'], isNone: ['是无'], is_none: ['是无'], ok: ['是成功'],
  sum: ['求和'], max: ['最大'], min: ['最小'], mean: ['平均'], average: ['平均'], enumerate: ['枚举'], zip: ['配对'], flat: ['展平'], flatMap: ['展开按'], flatten: ['展平'], unique: ['去重'],
  distinct: ['去重'], groupBy: ['分组按'], update: ['合并'], setdefault: ['获取或插入'], copy: ['复制'], clone: ['复制'], swap: ['交换'], isdigit: ['是数字'], isalpha: ['是字母'], isupper: ['是大写'], islower: ['是小写'],
  isspace: ['是空白'], title: ['词首大写'], capitalize: ['首字母大写'], lstrip: ['去左空格'], rstrip: ['去右空格'], trimStart: ['去左空格'], trimEnd: ['去右空格'], splitlines: ['分行'], lines: ['分行'],
  ljust: ['右填充'], rjust: ['左填充'], center: ['居中'], padStart: ['左填充'], padEnd: ['右填充'], rfind: ['最后查找'], lastIndexOf: ['最后查找'], findIndex: ['位置按'], replaceAll: ['替换'], chars: ['字符列表'],
  // Other Chinese words for the same.
  长: ['长度'], 大小: ['长度'], 个数: ['长度'], 数量: ['长度'], 平均值: ['平均'], 最大值: ['最大'], 最小值: ['最小'], 总和: ['求和'], 合计: ['求和'], 累加: ['求和'], 加: ['添加', '并'], 加入: ['添加'],
  追加: ['添加'], 是否为空: ['是空'], 为空: ['是空'], 空: ['是空'], 子列表: ['切片'], 子字符串: ['子串'], 截取: ['子串', '切片'], 是否包含: ['包含'], 存在: ['包含'], 含有: ['包含'], 索引: ['查找'], 下标: ['查找'],
  位置: ['查找'], 转数字: ['转整数'], 大写: ['转大写'], 小写: ['转小写'], 切割: ['分割'], 拆分: ['分割'], 裁剪: ['去空格'], 修剪: ['去空格'], 去空白: ['去空格'], 倒序: ['反转'], 逆序: ['反转'], 颠倒: ['反转'],
  设置: ['插入', '设置'], 键: ['键列表'], 所有键: ['键列表'], 值: ['值列表'], 所有值: ['值列表'], 去重复: ['去重'], 全部替换: ['替换'], 替换全部: ['替换'], 首个: ['首'], 第一个: ['首'], 末尾: ['尾'], 最后一个: ['尾'],
  筛选: ['过滤'], 折叠: ['归约'], 删除: ['移除'], 解包: ['取出'], 拆包: ['取出'], 合并: ['扩展', '连接'],
  message: ['消息'], msg: ['消息'], code: ['代码'], stack: ['栈'], cause: ['起因'], suppressed: ['其余'], exceptions: ['其余'], cancel: ['取消'], lock: ['加锁'], unlock: ['解锁'], send: ['发送'], recv: ['接收'], receive: ['接收'], close: ['关闭'],
};

/** What to write for a member that other languages have, if the type has it. */
export function foreignMember(name: string, known: Iterable<string>): Localized | undefined {
  const candidates = Object.hasOwn(FOREIGN_MEMBERS, name) ? FOREIGN_MEMBERS[name]! : [];
  if (candidates.length === 0) return undefined;
  const has = new Set(known);
  const word = candidates.find((c) => has.has(c));
  return word === undefined ? undefined : write(word);
}

const CONVERSION = /^转(字符串|整数|浮点数|字符|布尔|字节|短整数|长整数|单精度浮点)$/u;

/** `x.转字符串()`, `x.toString()`, `", ".连接(列)`: what is no method here, and how to write it. */
export function otherForm(type: string, name: string): Localized | undefined {
  const target = name === 'toString' ? '字符串' : CONVERSION.exec(name)?.[1];
  if (target !== undefined) return write(`${target}(x)`);
  if (type === 'channel' && /^(?:尝试(?:接收|发送)|try_?(?:recv|receive|send))$/iu.test(name)) {
    return { zh: '不等待的收发写 选择 { 情况 v := <-c: … 默认: … }', en: 'to receive or send without waiting write 选择 { 情况 v := <-c: … 默认: … }' };
  }
  if (type === 'channel' && /^(?:是否|已|已经)?关闭了?$|^(?:is_?)?closed$/iu.test(name)) return { zh: '已关闭而且取完时 接收() 给出 无', en: '接收() gives 无 once it is closed and empty' };
  if (type === 'coroutine' && /^(?:恢复|继续|下一个|发送|送入|resume|next|send)$/u.test(name)) return { zh: '写 恢复 c，送值写 恢复 c(值)', en: 'write 恢复 c, or 恢复 c(value) to send one' };
  if (type === 'string' && /^(?:枚举|enumerate)$/u.test(name)) return write('文.字符列表().枚举()');
  if (type === 'string' && /^(?:格式|格式化|format)$/u.test(name)) return write('$"…{值}…"');
  if (type === 'string' && /^(?:拼接|concat)$/u.test(name)) return write('甲 + 乙');
  return type === 'string' && (name === '连接' || name === 'join') ? write('列.连接(分隔)') : undefined;
}

/** Functions and constants of other languages' libraries, and what may be meant: the first that the module has. */
const FOREIGN_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  开方: ['平方根'], 开平方: ['平方根'], 根号: ['平方根'], 次方: ['幂'], 乘方: ['幂'], 取整: ['向下取整'], 绝对: ['绝对值'], 随机数: ['随机整数'],
  sqrt: ['平方根'], cbrt: ['立方根'], pow: ['幂', '整数幂'], exp: ['指数'], log: ['对数'], ln: ['自然对数'], log2: ['对数2'], log10: ['对数10'], sin: ['正弦'], cos: ['余弦'], tan: ['正切'],
  asin: ['反正弦'], acos: ['反余弦'], atan: ['反正切'], atan2: ['方位角'], hypot: ['斜边'], abs: ['绝对值'], fabs: ['绝对值'], floor: ['向下取整'], ceil: ['向上取整'], round: ['四舍五入'],
  trunc: ['截断'], min: ['最小'], max: ['最大'], clamp: ['限制'], sign: ['符号'], gcd: ['最大公约数'], lcm: ['最小公倍数'], factorial: ['阶乘'], isnan: ['是非数'], isNaN: ['是非数'],
  isinf: ['是无穷'], fmod: ['浮点取余'], pi: ['圆周率'], PI: ['圆周率'], Pi: ['圆周率'], e: ['自然常数'], E: ['自然常数'], sum: ['求和'], mean: ['平均'], avg: ['平均'], median: ['中位数'], stdev: ['标准差'],
  random: ['随机浮点数'], rand: ['随机整数'], randint: ['随机整数'], randrange: ['随机整数'], uniform: ['随机浮点数'], choice: ['选一个'], sample: ['抽取'], shuffle: ['打乱'], seed: ['设种子'],
  parse: ['解析'], loads: ['解析'], load: ['解析'], stringify: ['生成'], dumps: ['生成'], dump: ['生成'], encode: ['生成'], decode: ['解码', '解析'], compile: ['编译'], match: ['完全匹配'], search: ['查找'],
  findall: ['全部匹配'], sub: ['替换'], replace: ['替换'], split: ['分割'], escape: ['转义', 'HTML转义'], now: ['现在'], today: ['今天'], md5: ['MD5哈希'], sha256: ['SHA256哈希'], sha512: ['SHA512哈希'],
  hmac: ['HMAC_SHA256'], b64encode: ['Base64编码'], b64decode: ['Base64解码'], Counter: ['计数器'], deque: ['双端队列'], heapq: ['优先队列'],
};

/** What to write for a function of other languages, if a module has it. */
export function foreignFunction(name: string, known: Iterable<string>): string | undefined {
  const candidates = Object.hasOwn(FOREIGN_FUNCTIONS, name) ? FOREIGN_FUNCTIONS[name]! : [];
  if (candidates.length === 0) return undefined;
  const has = new Set(known);
  return candidates.find((c) => has.has(c));
}

/** The same where no module is named. */
export function foreignFunctions(name: string): readonly string[] {
  return Object.hasOwn(FOREIGN_FUNCTIONS, name) ? FOREIGN_FUNCTIONS[name]! : [];
}

/** What a name in the library may be. */
export type LibraryKind = 'function' | 'type' | 'constant';

const LIBRARY_DECLARATIONS: Readonly<Record<LibraryKind, RegExp>> = {
  function: /^公开 函数(?:<[^>]*>)? ([^\s(<]+)[(<]/gmu,
  type: /^公开 (?:类型|枚举|特性) ([^\s(<]+)/gmu,
  constant: /^公开 常量 (\S+) =/gmu,
};

/** The module of each public name that the library has in Qi, rather than in C. */
const libraryNames = once((): Readonly<Record<LibraryKind, ReadonlyMap<string, string>>> => ({ function: declared('function'), type: declared('type'), constant: declared('constant') }));

export function libraryOfferings(kind: LibraryKind): ReadonlyMap<string, string> {
  return libraryNames()[kind];
}

function declared(kind: LibraryKind): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [module, source] of Object.entries(LIBRARY)) {
    if (!/^标准库\.[^.]+$/u.test(module)) continue;
    for (const [, name] of source.matchAll(LIBRARY_DECLARATIONS[kind])) {
      if (!found.has(name!)) found.set(name!, module);
    }
  }
  return found;
}

/** A name of another module, or one like it. */
export function importFirst(name: string, module: string): Localized {
  return { zh: `${name} 在 ${module} 里：先写 导入 ${module}`, en: `${name} is in ${module}: write 导入 ${module} first` };
}
export function didYouMeanImport(name: string, module: string): Localized {
  return { zh: `你是不是想写 ${name}？它在 ${module} 里：先写 导入 ${module}`, en: `did you mean ${name}? It is in ${module}: write 导入 ${module} first` };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function write(name: string): Localized {
  return { zh: `Qi 里写 ${name}`, en: `Qi writes ${name}` };
}

/** `集合.新双端队列()` where 集合 is the type, because the module of that name is not imported. */
export function ofModule(type: string, name: string): Localized | undefined {
  const module = `标准库.${/^[^<]*/.exec(type)![0]}`;
  if (!Object.hasOwn(LIBRARY, module) || !LIBRARY[module]!.includes(`函数 ${name}`)) return undefined;
  return importFirst(name, module);
}

export function didYouMean(name: string): Localized {
  return { zh: `你是不是想写 ${name}`, en: `did you mean ${name}?` };
}

/** How many diagnostics of one check get a suggestion. */
export const MAX_SUGGESTIONS = 100;
