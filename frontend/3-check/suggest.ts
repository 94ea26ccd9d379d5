/**
 * suggest.ts — what a misspelt name may have been meant to be: a similar one (nearest.ts), or a keyword without its
 * space.
 *
 * Callers stop asking after MAX_SUGGESTIONS: a file with that many unknown names needs something else than hints.
 */
import type { Localized } from '../diagnostics.js';

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

export function didYouMean(name: string): Localized {
  return { zh: `你是不是想写 ${name}`, en: `did you mean ${name}?` };
}

/** How many diagnostics of one check get a suggestion. */
export const MAX_SUGGESTIONS = 100;
