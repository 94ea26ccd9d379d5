/**
 * suggest.ts — what a misspelt name may have been meant to be: a similar one (nearest.ts), or a keyword without its
 * space.
 *
 * Callers stop asking after MAX_SUGGESTIONS: a file with that many unknown names needs something else than hints.
 */
import type { Localized } from '../diagnostics.js';
import { LIBRARY } from '../generated/library.js';

export { editDistance, nearest } from '../nearest.js';

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
  ['null', '空 或 无'], ['nil', '空 或 无'], ['None', '无'], ['undefined', '无'], ['Some', '有'], ['Ok', '成功'], ['Err', '失败'],
  ['this', '自身'], ['self', '自身'], ['True', '真'], ['False', '假'], ['not', '非'], ['super', '特性的默认方法'],
  ['console', '打印行'], ['printf', '打印'], ['puts', '打印行'], ['echo', '打印行'], ['log', '打印行'], ['input', '读取行'], ['len', '长度'],
  ['range', 'a..b'], ['sleep', '睡眠'], ['panic', '抛出 错误(…)'], ['assert', '断言'], ['Promise', '未来'], ['Error', '错误'],
  ['int', '整数'], ['i64', '整数'], ['long', '整数'], ['i32', '短整数'], ['u8', '字节'], ['byte', '字节'], ['i128', '长整数'], ['float', '浮点数'], ['double', '浮点数'],
  ['f64', '浮点数'], ['f32', '单精度浮点'], ['number', '整数 或 浮点数'], ['bool', '布尔'], ['boolean', '布尔'], ['char', '字符'], ['string', '字符串'], ['str', '字符串'], ['String', '字符串'],
  ['void', '空'], ['list', '列表'], ['List', '列表'], ['Array', '列表'], ['array', '数组'], ['Vec', '列表'], ['vector', '列表'], ['dict', '字典'], ['map', '字典'], ['Map', '字典'],
  ['set', '集合'], ['Set', '集合'], ['tuple', '(甲, 乙)'], ['any', '类型参数 <T>'], ['object', '结构体'], ['Option', '选项'], ['Optional', '选项'], ['Result', '结果'], ['Future', '未来'],
]);

/** The hint for a name that other languages have. */
export function foreign(name: string): Localized | undefined {
  const write = FOREIGN.get(name);
  return write === undefined ? undefined : { zh: `Qi 里写 ${write}`, en: `Qi writes ${write}` };
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
  message: ['消息'], msg: ['消息'], code: ['代码'], stack: ['栈'], cause: ['起因'], cancel: ['取消'], lock: ['加锁'], unlock: ['解锁'], send: ['发送'], recv: ['接收'], receive: ['接收'], close: ['关闭'],
};

/** What to write for a member that other languages have, if the type has it. */
export function foreignMember(name: string, known: Iterable<string>): Localized | undefined {
  const candidates = Object.hasOwn(FOREIGN_MEMBERS, name) ? FOREIGN_MEMBERS[name]! : [];
  if (candidates.length === 0) return undefined;
  const has = new Set(known);
  const write = candidates.find((c) => has.has(c));
  return write === undefined ? undefined : { zh: `Qi 里写 ${write}`, en: `Qi writes ${write}` };
}

/** `集合.新双端队列()` where 集合 is the type, because the module of that name is not imported. */
export function ofModule(type: string, name: string): Localized | undefined {
  const module = `标准库.${/^[^<]*/.exec(type)![0]}`;
  if (!Object.hasOwn(LIBRARY, module) || !LIBRARY[module]!.includes(`函数 ${name}`)) return undefined;
  return { zh: `${name} 在 ${module} 里：先写 导入 ${module}`, en: `${name} is in ${module}: write 导入 ${module} first` };
}

export function didYouMean(name: string): Localized {
  return { zh: `你是不是想写 ${name}`, en: `did you mean ${name}?` };
}

/** How many diagnostics of one check get a suggestion. */
export const MAX_SUGGESTIONS = 100;
