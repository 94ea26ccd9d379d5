/**
 * What was probably meant where a sign is missing or a statement does not end: the hints of E2001 and E2003.
 *
 * They look at the tokens around the place and at nothing else, and say what to write. Forms of other languages that are
 * recognised as a whole are in foreign.ts.
 */

import type { Localized } from '../diagnostics.js';
import { Flag, T, W } from '../1-lex/token.js';
import type { Cursor } from './cursor.js';

/** The hint where `sign` should stand at the current token. */
export function hintExpected(p: Cursor, sign: string): Localized | undefined {
  const word = p.nameAt(p.pos);
  if (word.startsWith('的')) return possessive(p);
  if (sign === '{') return hintBrace(p, word);
  if ((sign === ']' || sign === '}') && (p.at(T.For) || word === 'for')) {
    return { zh: '由别的列表得到列表写 集.映射((x) => …)，先筛选写 集.过滤((x) => …)', en: 'a list made from another is list.映射((x) => …), some of it list.过滤((x) => …)' };
  }
  if (sign === ':' && (p.at(T.FatArrow) || p.at(T.Eq))) return { zh: '字典写 {键: 值}', en: 'a 字典 is written {key: value}' };
  if (sign === '}' && p.at(T.Eq)) return { zh: '字段写 名: 值', en: 'a field is written name: value' };
  if ((sign !== ')' && sign !== ']') || p.lineBreak() || p.pos === 0) return undefined;
  const isText = p.at(T.String) || p.at(T.Char) || p.at(T.InterpolationStart);
  if (isText && /^[fFbu]$/.test(p.nameAt(p.pos - 1)) && p.lastEnd === p.start) {
    return { zh: '插值的字符串写 $"…{值}…"', en: 'an interpolated string is written $"…{value}…"' };
  }
  return isText || p.at(T.Name) || p.at(T.Int) || p.at(T.Float)
    ? { zh: '各项之间写逗号，连接文字用 +', en: 'separate items with commas, join text with +' } : undefined;
}

function hintBrace(p: Cursor, word: string): Localized | undefined {
  const before = p.kinds[p.pos - 1];
  if (before === T.Else && p.at(T.Comma)) return { zh: '写 否则如果 条件 { … }，不用逗号', en: 'write 否则如果 condition { … }, without a comma' };
  if (p.at(T.Colon)) return { zh: 'Qi 的块写在 { } 里，不用冒号和缩进', en: 'blocks stand in { }, without colon and indentation' };
  const head = p.kinds[p.statementStart];
  const isBody = (head === T.If || head === T.While || head === T.For || before === T.Else) && !braceFollows(p);
  if (p.at(T.In) || /^(?:in|不在)$/u.test(word)) return { zh: '判断有没有写 集.包含(x) 或 !集.包含(x)', en: 'whether it is there: set.包含(x) or !set.包含(x)' };
  return isBody || p.lineBreak() || p.at(T.End) ? { zh: '块写在 { } 里', en: 'a block stands in { }' } : undefined;
}

/** Does a `{` stand further on in this line? */
function braceFollows(p: Cursor): boolean {
  for (let i = p.pos; p.kinds[i] !== T.End && (i === p.pos || (p.flags[i]! & Flag.AnyNewline) === 0); i++) if (p.kinds[i] === T.LBrace) return true;
  return false;
}

/** The hint where a statement does not end; `word` is the name before, or empty. */
export function hintUnended(p: Cursor, word: string): Localized | undefined {
  if (p.nameAt(p.pos).startsWith('的')) return possessive(p);
  const first = p.kinds[p.statementStart];
  if (first === T.Var || first === T.Mut || first === T.Const || first === T.Immutable) {
    if (p.at(T.Comma)) return { zh: '每个变量写一句声明，用分号或换行隔开', en: 'declare each variable in a statement of its own' };
    const isValue = p.kind >= T.Name && p.kind <= T.InterpolationStart;
    if (isValue && p.pos === p.statementStart + 2) return { zh: '初值写在 = 之后：变量 x = 值', en: 'a value stands behind =: 变量 x = value' };
  }
  if ((p.at(T.If) || p.nameAt(p.pos) === 'if') && p.kinds[p.pos + 1] !== T.LBrace) return { zh: '按条件取值写 如果 条件 { 甲 } 否则 { 乙 }', en: 'a value by a condition is written 如果 condition { a } 否则 { b }' };
  const isValue = (p.kind >= T.Int && p.kind <= T.InterpolationStart) || (p.at(T.Name) && /^打印行?$/u.test(word));
  if (word === '' || p.pos - 1 !== p.statementStart || !isValue) return undefined;
  return { zh: `调用要写圆括号：${word}(…)`, en: `a call needs parentheses: ${word}(…)` };
}

/** `点 的 横`, `x 的 平方`, at 的. */
function possessive(p: Cursor): Localized {
  const glued = p.nameAt(p.pos).slice(1);
  const member = glued !== '' ? glued : p.nameAt(p.pos + 1);
  const owner = p.nameAt(p.pos - 1) || 'x';
  return possessiveHint(owner, member);
}

/** What to write for `甲 的 乙`. */
export function possessiveHint(owner: string, member: string): Localized {
  if (member === '平方') return { zh: `平方写 ${owner} * ${owner}`, en: `a square is written ${owner} * ${owner}` };
  if (member === '立方') return { zh: `立方写 ${owner} * ${owner} * ${owner}`, en: `a cube is written ${owner} * ${owner} * ${owner}` };
  const write = `${owner}.${member === '' ? '名' : member}`;
  return { zh: `“的”写成点：${write}`, en: `的 is written as a dot: ${write}` };
}

/** `对于 i 从 0 到3`: a word that lacks its space. */
export function gluedWord(p: Cursor, word: '到' | '从' | '步长'): Localized | undefined {
  const name = p.nameAt(p.pos);
  if (!name.startsWith(word) || name === word || p.data[p.pos] === W.To) return undefined;
  return { zh: `是否漏了空格：${word} ${name.slice(word.length)}`, en: `is a space missing: ${word} ${name.slice(word.length)}` };
}
