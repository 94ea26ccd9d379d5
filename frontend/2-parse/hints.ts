/**
 * What was probably meant where a sign is missing or a statement does not end: the hints of E2001 and E2003.
 *
 * They look at the tokens around the place and at nothing else, and say what to write. Forms of other languages that are
 * recognised as a whole are in foreign.ts.
 */

import type { Localized } from '../diagnostics.js';
import { Flag, T, W } from '../1-lex/token.js';
import type { Cursor } from './cursor.js';
import { isTypeName } from './english.js';

/** The hint where `sign` (or what is named in words) should stand at the current token. */
export function hintExpected(p: Cursor, sign: string): Localized | undefined {
  const word = p.nameAt(p.pos);
  if (word.startsWith('的')) return possessive(p);
  if (sign === '{') return hintBrace(p, word);
  if (sign === '=>' && p.text(p.pos) === '...') return { zh: '两端都含的范围写 ..=，不含末尾的写 ..', en: 'a range with both ends is written ..=, one without its end ..' };
  if (sign === '=>' && (p.at(T.PipePipe) || p.atWord(W.Or))) return { zh: '几个模式之间写 |：1 | 2 | 3 => …', en: 'patterns are joined by |: 1 | 2 | 3 => …' };
  const fixed = FIXED[sign];
  if (fixed !== undefined) return sign.endsWith('名') ? hintName(p, sign) ?? fixed : fixed;
  if ((sign === ']' || sign === '}') && (p.at(T.For) || word === 'for')) {
    return { zh: '由别的列表得到列表写 集.映射((x) => …)，先筛选写 集.过滤((x) => …)', en: 'a list made from another is list.映射((x) => …), some of it list.过滤((x) => …)' };
  }
  if (sign === ':') {
    return p.at(T.Comma) || p.at(T.RBrace) ? { zh: '{ } 里是字典，写 {键: 值}；列表写 [甲, 乙]，集合写 集合([甲, 乙])', en: '{ } holds a 字典: {key: value}; a list is [a, b], a 集合 is 集合([a, b])' }
      : { zh: '字典写 {键: 值}', en: 'a 字典 is written {key: value}' };
  }
  if (sign === '}') {
    if (p.kinds[p.pos - 2] === T.LBrace && p.kinds[p.pos - 3] === T.Name && p.data[p.pos - 3] === W.Select) {
      return { zh: '选择 是语句，不是值：在各个 情况 里给变量赋值', en: '选择 is a statement and no value: assign to a variable in its cases' };
    }
    return p.at(T.Name) && !p.newline ? { zh: '字段之间写逗号：{ 甲: 1, 乙: 2 }', en: 'separate fields with commas: { a: 1, b: 2 }' } : { zh: '字段写 名: 值', en: 'a field is written name: value' };
  }
  if (sign === '(') return hintParenthesis(p);
  if (sign === ')' && p.at(T.Arrow)) return { zh: '函数的类型写 函数(类型): 类型', en: 'the type of a function is 函数(Type): Type' };
  if (sign === ')' && p.at(T.Semicolon)) return { zh: '参数之间写逗号', en: 'separate parameters with commas' };
  if ((sign !== ')' && sign !== ']') || p.lineBreak() || p.pos === 0) return undefined;
  const cast = hintCast(p);
  if (cast !== undefined) return cast;
  if (p.at(T.In) || word === 'in') return WHETHER_IN;
  if (p.nameAt(p.pos - 1) === 'await' && p.at(T.Name)) return { zh: '请写 等待', en: 'write 等待' };
  const isText = p.at(T.String) || p.at(T.Char) || p.at(T.InterpolationStart);
  if (p.nameAt(p.pos - 1) === 'chan') return { zh: '通道写 通道<整数>(容量)', en: 'a channel is written 通道<整数>(capacity)' };
  if (isText && /^[fFbu]$/.test(p.nameAt(p.pos - 1)) && p.lastEnd === p.start) {
    return { zh: '插值的字符串写 $"…{值}…"', en: 'an interpolated string is written $"…{value}…"' };
  }
  return isText || p.at(T.Name) || p.at(T.Int) || p.at(T.Float)
    ? { zh: '各项之间写逗号，连接文字用 +', en: 'separate items with commas, join text with +' } : undefined;
}

/** `x in 集`. */
const WHETHER_IN: Localized = { zh: '判断有没有写 集.包含(x) 或 !集.包含(x)', en: 'whether it is there: set.包含(x) or !set.包含(x)' };

/** Hints that need no look at what is there. */
const FIXED: Readonly<Record<string, Localized>> = {
  '=>': { zh: '分支写 模式 => 值，闭包写 (x) => 值', en: 'an arm is written pattern => value, a closure (x) => value' },
  '>': { zh: '类型参数写在 < > 里：列表<整数>', en: 'type arguments stand in < >: 列表<整数>' },
  在: { zh: '遍历写 对于 x 在 列，两个变量写 对于 i, x 在 列', en: 'iterate with 对于 x 在 list, or 对于 i, x 在 list' },
  函数: { zh: '这里只能写方法：函数 名(…) { … }；字段写在 类型 里', en: 'only methods stand here: 函数 name(…) { … }; fields belong to the 类型' },
  声明: { zh: '公开、私有 之后是声明：变量 名 = 值、函数 名(…)、类型 名 { … }', en: 'behind 公开 and 私有 comes a declaration: 变量 name = value, 函数 name(…), 类型 Name { … }' },
  '“,”、“;” 或换行': { zh: '各项之间写逗号、分号或换行', en: 'separate the items with commas, semicolons or new lines' },
  '“,” 或换行': { zh: '分支之间写逗号或换行', en: 'separate arms with commas or new lines' },
  '“:” 或 “=>”': { zh: '情况 里只有一件可等的事，之后写 “:” 和要做的事', en: 'a 情况 waits for one thing; it is followed by `:` and what to do' },
  '情况 或 默认': { zh: '选择 里写 情况 v := <-通道: … 和 默认: …', en: '选择 holds 情况 v := <-channel: … and 默认: …' },
  '在、中的 或 从': { zh: '遍历写 对于 x 在 列，计数写 对于 i 从 0 到 9', en: 'iterate with 对于 x 在 list, count with 对于 i 从 0 到 9' },
  变量名: { zh: '写 变量 名 = 值', en: 'write 变量 name = value' },
  循环变量: { zh: '写 对于 i 从 0 到 9', en: 'write 对于 i 从 0 到 9' },
  函数名: { zh: '函数要有名称：函数 名(…) { … }；闭包写 变量 f = (x) => …', en: 'a function has a name: 函数 name(…) { … }; a closure is 变量 f = (x) => …' },
  协程名: { zh: '写 协程 名(…) { … }', en: 'write 协程 name(…) { … }' },
  参数名: { zh: '参数写 名: 类型，或只写 名', en: 'a parameter is written name: type, or name alone' },
  类型名: { zh: '写 类型 名 { 整数 字段; }', en: 'write 类型 Name { 整数 field; }' },
  类型参数名: { zh: '类型参数写 函数 f<T>(值: T)', en: 'type parameters are written 函数 f<T>(value: T)' },
  字段名: { zh: '字段写 类型 名 或 名: 类型，字段的值写 名: 值', en: 'a field is declared as type name or name: type, and given as name: value' },
  变体名: { zh: '变体是名称：枚举 颜色 { 红, 绿 }', en: 'variants are names: 枚举 Colour { red, green }' },
  成员名: { zh: '点之后写字段或方法的名称', en: 'a dot is followed by the name of a field or method' },
  包名: { zh: '写 导入 标准库.数学，或 导入 工具 { 甲, 乙 }', en: 'write 导入 标准库.数学, or 导入 tools { a, b }' },
  错误的名称: { zh: '写 捕获 e { … }，或 捕获 种类 作为 e { … }', en: 'write 捕获 e { … }, or 捕获 kind 作为 e { … }' },
};

/** Something that is no name stands where one is wanted. */
function hintName(p: Cursor, what: string): Localized | undefined {
  if (p.at(T.String)) return { zh: `名称不加引号：${String(p.literals[p.data[p.pos]!]).slice(0, 20)}`, en: `names have no quotes: ${String(p.literals[p.data[p.pos]!]).slice(0, 20)}` };
  if (p.at(T.Int) || p.at(T.Float)) return what === '变体名' ? undefined : { zh: '名称以字母、汉字或 _ 开头', en: 'a name begins with a letter or _' };
  if (what === '成员名' && p.at(T.LBracket)) return { zh: '下标不用点：列[0]', en: 'an index needs no dot: list[0]' };
  return undefined;
}

function hintParenthesis(p: Cursor): Localized {
  if (p.at(T.LBracket) || p.at(T.Lt)) return { zh: '类型参数写 函数 f<T>(值: T)', en: 'type parameters are written 函数 f<T>(value: T)' };
  if (p.at(T.LBrace)) return { zh: '没有参数也写圆括号：函数 名() { … }', en: 'parentheses are needed without parameters, too: 函数 name() { … }' };
  return { zh: '函数写 函数 名(参数: 类型) { … }，闭包写 (x) => …', en: 'a function is written 函数 name(parameter: type) { … }, a closure (x) => …' };
}

/** The hint where an operand is missing at the current token. */
export function hintOperand(p: Cursor): Localized | undefined {
  const before = p.pos > p.statementStart ? p.kinds[p.pos - 1]! : T.End;
  const isOperator = (kind: T): boolean => kind >= T.EqEq && kind <= T.Tilde;
  if (p.at(T.Ellipsis)) return { zh: '列表不能展开成实参；参数直接用 列表<T>', en: 'a list cannot be spread into arguments: take a 列表<T> as the parameter' };
  if (p.at(T.FatArrow) || p.at(T.Arrow)) return { zh: '闭包写 (x) => …，没有参数写 () => …', en: 'a closure is written (x) => …, without parameters () => …' };
  if (p.at(T.Comma) && (before === T.Comma || before === T.LParen || before === T.LBracket)) return { zh: '多了一个逗号，或少了一项', en: 'there is a comma too many, or an item is missing' };
  if (p.at(T.Eq) && before === T.Eq) return { zh: '多了一个 =；比较相等写 ==', en: 'there is an = too many; equality is ==' };
  if (p.at(T.Eq) && isOperator(before)) return { zh: `写在一起：${p.text(p.pos - 1)}=`, en: `write it together: ${p.text(p.pos - 1)}=` };
  if (isOperator(before) && isOperator(p.kind)) return { zh: '两个运算符连在一起：删去一个', en: 'two operators in a row: leave one out' };
  if (isOperator(before)) return { zh: `${p.text(p.pos - 1)} 之后还要有一个值`, en: `${p.text(p.pos - 1)} needs a value behind it` };
  if (p.pos > p.statementStart && p.lineBreak() && before === T.Eq) return { zh: '= 之后写值', en: '= is followed by a value' };
  if (before === T.Eq || (before >= T.PlusEq && before <= T.LtLtEq)) {
    return p.kind >= T.FirstKeyword && !p.lineBreak() ? { zh: `${p.text(p.pos)} 开始一个语句，不是值`, en: `${p.text(p.pos)} begins a statement and is no value` } : { zh: `${p.text(p.pos - 1)} 之后写值`, en: `${p.text(p.pos - 1)} is followed by a value` };
  }
  if (p.at(T.RBracket) && before === T.LBracket) return { zh: '方括号里写下标：列[0]，或一段：列[0..2]', en: 'an index stands in the brackets: list[0], or a part: list[0..2]' };
  switch (before) {
    case T.If:
    case T.While:
      if (p.at(T.Var) || p.at(T.Mut) || p.at(T.Const) || p.at(T.Immutable)) return takeApart();
      return { zh: `${p.text(p.pos - 1)} 之后写条件${before === T.While ? '；没有条件的循环写 循环 { … }' : ''}`, en: `${p.text(p.pos - 1)} is followed by a condition${before === T.While ? '; a loop without one is 循环 { … }' : ''}` };
    case T.Match:
      return { zh: '匹配 之后写要比较的值：匹配 x { … }', en: '匹配 is followed by the value to compare: 匹配 x { … }' };
    case T.In:
      return { zh: '在 之后写要遍历的值：对于 x 在 列 { … }', en: '在 is followed by what to iterate over: 对于 x 在 list { … }' };
    case T.Throw:
      return { zh: '抛出 之后写错误：抛出 错误("说明")', en: '抛出 is followed by an error: 抛出 错误("why")' };
    case T.Await:
      return { zh: '等待 之后写未来：等待 f()', en: '等待 is followed by a 未来: 等待 f()' };
    case T.FatArrow:
      return { zh: '=> 之后写值或 { … }；什么也不做写 { }', en: '=> is followed by a value or { … }; to do nothing write { }' };
    case T.Async:
      if (p.at(T.Name) && p.kinds[p.pos + 1] === T.LParen) return { zh: `写 异步 函数 ${p.text(p.pos)}(…) { … }`, en: `write 异步 函数 ${p.text(p.pos)}(…) { … }` };
      break;
    default:
      break;
  }
  if (p.kind >= T.FirstKeyword && before !== T.End) return { zh: `${p.text(p.pos)} 开始一个语句，不是值`, en: `${p.text(p.pos)} begins a statement and is no value` };
  return isOperator(p.kind) ? { zh: `${p.text(p.pos)} 之前还要有一个值`, en: `${p.text(p.pos)} needs a value before it` } : { zh: '这里写一个值，或删去前面多余的符号', en: 'write a value here, or leave out the sign before' };
}

/** The hint where a type is missing at the current token. */
export function hintType(p: Cursor): Localized | undefined {
  if (p.at(T.LBrace)) return { zh: '没有结果类型时不写冒号：函数 f() { … }', en: 'without a result type there is no colon: 函数 f() { … }' };
  if (p.at(T.As)) return { zh: '写 捕获 e { … }，或 捕获 种类 作为 e { … }', en: 'write 捕获 e { … }, or 捕获 kind 作为 e { … }' };
  if (p.at(T.Eq)) return { zh: '冒号之后写类型；由值推断时不写冒号：变量 x = 值', en: 'a colon is followed by a type; without one it is inferred: 变量 x = value' };
  return p.kind >= T.Int && p.kind <= T.InterpolationStart ? { zh: '类型写名称，例如 整数、字符串、列表<整数>；初值写 变量 x = 值', en: 'a type is a name such as 整数, 字符串 or 列表<整数>; a value is given by 变量 x = value' } : undefined;
}

function hintBrace(p: Cursor, word: string): Localized | undefined {
  const before = p.kinds[p.pos - 1];
  if (before === T.Else && p.at(T.Comma)) return { zh: '写 否则如果 条件 { … }，不用逗号', en: 'write 否则如果 condition { … }, without a comma' };
  if (p.at(T.Colon)) return { zh: 'Qi 的块写在 { } 里，不用冒号和缩进', en: 'blocks stand in { }, without colon and indentation' };
  const head = p.kinds[p.statementStart];
  if ((head === T.If || head === T.While) && /^(?:让|令|若)$/u.test(p.nameAt(p.pos - 1))) return takeApart();
  const isHead = head === T.If || head === T.While || head === T.For || head === T.Match || before === T.Else;
  if (p.at(T.In) || /^(?:in|不在)$/u.test(word)) return WHETHER_IN;
  if (isHead && !p.lineBreak() && braceFollows(p)) return { zh: `头部在 ${p.text(p.pos)} 之前已经完整：少了运算符，或多了 ${p.text(p.pos)}`, en: `the head is complete before ${p.text(p.pos)}: an operator is missing, or ${p.text(p.pos)} is too much` };
  return { zh: '块写在 { } 里', en: 'a block stands in { }' };
}

/** `如果 让 有(x) = 值 { … }`. */
function takeApart(): Localized {
  return { zh: '条件里不能拆开值：写 匹配 值 { 有(x) => { … } 无 => { } }', en: 'a condition takes nothing apart: write 匹配 value { 有(x) => { … } 无 => { } }' };
}

/** Does a `{` stand further on in this line? */
function braceFollows(p: Cursor): boolean {
  for (let i = p.pos; p.kinds[i] !== T.End && (i === p.pos || (p.flags[i]! & Flag.AnyNewline) === 0); i++) if (p.kinds[i] === T.LBrace) return true;
  return false;
}

/** The hint where a statement does not end; `word` is the name before, or empty. */
export function hintUnended(p: Cursor, word: string): Localized | undefined {
  if (p.nameAt(p.pos).startsWith('的')) return possessive(p);
  if (p.pos - 1 === p.statementStart && /^(?:加|减|乘|除|取余|等于|不等于|大于|小于|大于等于|小于等于|与|或)$/u.test(word) && p.statementStart > 0 && !p.lineBreak()) {
    return { zh: `运算词 ${word} 不能在行首：写在上一行的末尾`, en: `the operator word ${word} cannot begin a line: write it at the end of the one before` };
  }
  if (p.at(T.Name) && p.data[p.pos - 1] === W.Coroutine && p.kinds[p.pos - 1] === T.Name && !p.lineBreak()) {
    return { zh: `写 协程 ${p.text(p.pos)}(…)，没有参数也写圆括号`, en: `write 协程 ${p.text(p.pos)}(…), with parentheses even without arguments` };
  }
  const special = hintCast(p) ?? hintStatic(p);
  if (special !== undefined) return special;
  const first = p.kinds[p.statementStart];
  if (first === T.Var || first === T.Mut || first === T.Const || first === T.Immutable) {
    if (p.at(T.Comma)) return { zh: '每个变量写一句声明，用分号或换行隔开', en: 'declare each variable in a statement of its own' };
    const isValue = p.kind >= T.Name && p.kind <= T.InterpolationStart;
    if (p.at(T.Minus) && p.pos === p.statementStart + 2) return { zh: '名称里不能有 -，写 _', en: 'names hold no -, write _' };
    if (isValue && p.pos === p.statementStart + 2) return { zh: '初值写在 = 之后：变量 x = 值', en: 'a value stands behind =: 变量 x = value' };
  }
  if ((p.at(T.If) || p.nameAt(p.pos) === 'if') && p.kinds[p.pos + 1] !== T.LBrace) return { zh: '按条件取值写 如果 条件 { 甲 } 否则 { 乙 }', en: 'a value by a condition is written 如果 condition { a } 否则 { b }' };
  const isValue = (p.kind >= T.Int && p.kind <= T.InterpolationStart) || (p.at(T.Name) && /^打印行?$/u.test(word));
  if (word === '' || p.pos - 1 !== p.statementStart || !isValue) return undefined;
  return { zh: `调用要写圆括号：${word}(…)`, en: `a call needs parentheses: ${word}(…)` };
}

/** What Qi writes for the types that casts of other languages name. */
const CAST_TYPES: ReadonlyMap<string, string> = new Map([
  ['int', '整数'], ['long', '整数'], ['float', '浮点数'], ['double', '浮点数'], ['string', '字符串'], ['String', '字符串'], ['char', '字符'], ['byte', '字节'],
]);

/** `(float)3`, `(整数)x` behind the parenthesis. */
function hintCast(p: Cursor): Localized | undefined {
  const at = p.pos;
  if (p.kinds[at - 1] !== T.RParen || p.kinds[at - 3] !== T.LParen || !(p.kind >= T.Name && p.kind <= T.InterpolationStart)) return undefined;
  const name = p.nameAt(at - 2);
  const type = CAST_TYPES.get(name) ?? (isTypeName(name) ? name : undefined);
  if (type === undefined) return undefined;
  const isWhole = p.kinds[at + 1] !== T.Dot && p.kinds[at + 1] !== T.LParen && p.kinds[at + 1] !== T.LBracket;
  const write = `${type}(${isWhole && p.text(at).length <= 20 ? p.text(at) : 'x'})`;
  return { zh: `转换写 ${write}`, en: `a conversion is written ${write}` };
}

/** `静态 整数 步数 = 0`: variables of a file are just declared. */
function hintStatic(p: Cursor): Localized | undefined {
  const first = p.statementStart;
  if (p.kinds[first] !== T.Name || p.data[first] !== W.Static || p.pos !== first + 1) return undefined;
  const [, name, value = ''] = /^[^=;；\n]*?([\p{XID_Start}_][\p{XID_Continue}]*)\s*=\s*([^;；\n]+)/u.exec(p.file.text.slice(p.start)) ?? [];
  if (name === undefined) return undefined;
  const write = `变量 ${name} = ${value.length <= 30 ? value.trim() : '…'}`;
  return { zh: `变量没有 静态：写 ${write}`, en: `no variable is 静态: write ${write}` };
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
