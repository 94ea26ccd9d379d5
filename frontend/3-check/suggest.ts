/**
 * suggest.ts — what a misspelt name may have been meant to be: a similar one (nearest.ts), or a keyword without its
 * space.
 *
 * Callers stop asking after MAX_SUGGESTIONS: a file with that many unknown names needs something else than hints.
 */
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

/** How many diagnostics of one check get a suggestion. */
export const MAX_SUGGESTIONS = 100;
