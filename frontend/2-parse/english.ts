/**
 * Words that were probably meant as keywords: those of other languages (`if`), and misspelt ones of Qi (如国, 返会). They are
 * ordinary names in Qi; where a statement only makes sense when one was meant as a keyword, the parser says so and goes on as if
 * the right word stood there.
 */

import type { Localized } from '../diagnostics.js';
import { nearest } from '../nearest.js';
import { isPinyinOf } from '../pinyin.js';
import { T, W } from '../1-lex/token.js';

/** A keyword that was meant. */
export interface Meant {
  readonly write: string;
  /** The keyword it is read as, or undefined when it is a contextual one, or the error is all there is to say. */
  readonly kind: T | undefined;
  /** The contextual word it is read as. */
  readonly word: W | undefined;
  /** What to say instead of the word alone. */
  readonly hint?: Localized;
}

function reserved(write: string, kind: T): Meant {
  return { write, kind, word: undefined };
}

function contextual(write: string, word: W): Meant {
  return { write, kind: undefined, word };
}

const ENGLISH: ReadonlyMap<string, Meant> = new Map<string, Meant>([
  ['if', reserved('如果', T.If)],
  ['else', reserved('否则', T.Else)],
  ['elif', contextual('否则如果', W.ElseIf)],
  ['elseif', contextual('否则如果', W.ElseIf)],
  ['while', reserved('当', T.While)],
  ['for', reserved('对于', T.For)],
  ['foreach', reserved('对于', T.For)],
  ['in', reserved('在', T.In)],
  ['of', reserved('在', T.In)],
  ['loop', reserved('循环', T.Loop)],
  ['return', reserved('返回', T.Return)],
  ['break', reserved('跳出', T.Break)],
  ['continue', reserved('继续', T.Continue)],
  ['function', reserved('函数', T.Function)],
  ['func', reserved('函数', T.Function)],
  ['fn', reserved('函数', T.Function)],
  ['fun', reserved('函数', T.Function)],
  ['def', reserved('函数', T.Function)],
  ['var', reserved('变量', T.Var)],
  ['mut', reserved('可变', T.Mut)],
  ['const', reserved('常量', T.Const)],
  ['final', reserved('不可变', T.Immutable)],
  ['val', reserved('不可变', T.Immutable)],
  ['import', reserved('导入', T.Import)],
  ['use', reserved('导入', T.Import)],
  ['package', reserved('包', T.Package)],
  ['match', reserved('匹配', T.Match)],
  ['switch', reserved('匹配', T.Match)],
  ['try', reserved('尝试', T.Try)],
  ['catch', reserved('捕获', T.Catch)],
  ['except', reserved('捕获', T.Catch)],
  ['throw', reserved('抛出', T.Throw)],
  ['raise', reserved('抛出', T.Throw)],
  ['async', reserved('异步', T.Async)],
  ['await', reserved('等待', T.Await)],
  ['go', reserved('启动', T.Detach)],
  ['spawn', reserved('创建', T.Spawn)],
  ['yield', reserved('挂起', T.Suspend)],
  ['defer', reserved('延后', T.Defer)],
  ['public', reserved('公开', T.Public)],
  ['export', reserved('公开', T.Public)],
  ['pub', reserved('公开', T.Public)],
  ['private', reserved('私有', T.Private)],
  ['finally', contextual('最终', W.Finally)],
  ['static', contextual('静态', W.Static)],
  ['inline', contextual('内联', W.Inline)],
  ['type', contextual('类型', W.Type)],
  ['struct', contextual('结构体', W.Struct)],
  ['class', contextual('结构体', W.Struct)],
  ['record', contextual('结构体', W.Struct)],
  ['enum', contextual('枚举', W.Enum)],
  ['trait', contextual('特性', W.Trait)],
  ['interface', contextual('特性', W.Trait)],
  ['impl', contextual('实现', W.Impl)],
  ['select', contextual('选择', W.Select)],
]);

/** There are no abstract types. */
export const NO_ABSTRACT: Localized = {
  zh: '没有抽象的类型：共同的方法写 特性 名 { 函数 方法(); }，各个类型写 实现 名 对于 类型 { … }',
  en: 'there are no abstract types: what types have in common is 特性 Name { 函数 method(); }, and each has 实现 Name 对于 Type { … }',
};

/** Other Chinese words for the same. */
const EVERYDAY: ReadonlyMap<string, Meant> = new Map<string, Meant>([
  ['若', reserved('如果', T.If)],
  ['假如', reserved('如果', T.If)],
  ['否则若', contextual('否则如果', W.ElseIf)],
  ['倘若', reserved('如果', T.If)],
  ['要是', reserved('如果', T.If)],
  ['若是', reserved('如果', T.If)],
  ['不然', reserved('否则', T.Else)],
  ['要不然', reserved('否则', T.Else)],
  ['其他', reserved('否则', T.Else)],
  ['其它', reserved('否则', T.Else)],
  ['否则的话', reserved('否则', T.Else)],
  ['不然如果', contextual('否则如果', W.ElseIf)],
  ['要不然如果', contextual('否则如果', W.ElseIf)],
  ['或者如果', contextual('否则如果', W.ElseIf)],
  ['或如果', contextual('否则如果', W.ElseIf)],
  ['另外如果', contextual('否则如果', W.ElseIf)],
  ['又如果', contextual('否则如果', W.ElseIf)],
  ['再如果', contextual('否则如果', W.ElseIf)],
  ['而如果', contextual('否则如果', W.ElseIf)],
  ['遍历', reserved('对于', T.For)],
  ['每个', reserved('对于', T.For)],
  ['对每个', reserved('对于', T.For)],
  ['对', reserved('对于', T.For)],
  ['只要', reserved('当', T.While)],
  ['返还', reserved('返回', T.Return)],
  ['返回值', reserved('返回', T.Return)],
  ['退出循环', reserved('跳出', T.Break)],
  ['结束循环', reserved('跳出', T.Break)],
  ['函式', reserved('函数', T.Function)],
  ['捕捉', reserved('捕获', T.Catch)],
  ['接住', reserved('捕获', T.Catch)],
  ['出错', reserved('捕获', T.Catch)],
  ['定义', reserved('函数', T.Function)],
  ['类', contextual('结构体', W.Struct)],
  ['接口', contextual('特性', W.Trait)],
  ['抽象类', { ...contextual('特性', W.Struct), hint: NO_ABSTRACT }],
]);

/** Operator words of other languages. */
const ENGLISH_OPERATORS: ReadonlyMap<string, Meant> = new Map<string, Meant>([
  ['and', contextual('与', W.And)],
  ['or', contextual('或', W.Or)],
  ['mod', contextual('取余', W.Rem)],
  ['equals', contextual('等于', W.Equal)],
  // Qi's own words have other forms in everyday Chinese.
  ['且', contextual('与', W.And)],
  ['并且', contextual('与', W.And)],
  ['而且', contextual('与', W.And)],
  ['或者', contextual('或', W.Or)],
  ['是', contextual('等于', W.Equal)],
  ['不是', contextual('不等于', W.NotEqual)],
  ['加上', contextual('加', W.Add)],
  ['减去', contextual('减', W.Sub)],
  ['乘以', contextual('乘', W.Mul)],
  ['除以', contextual('除', W.Div)],
  ['模', contextual('取余', W.Rem)],
]);

/** Keywords a statement or its part begins with, for misspelt ones. */
const HEADS: ReadonlyMap<string, Meant> = new Map<string, Meant>([
  ['如果', reserved('如果', T.If)],
  ['否则', reserved('否则', T.Else)],
  ['否则如果', contextual('否则如果', W.ElseIf)],
  ['对于', reserved('对于', T.For)],
  ['循环', reserved('循环', T.Loop)],
  ['跳出', reserved('跳出', T.Break)],
  ['中断', reserved('中断', T.Interrupt)],
  ['继续', reserved('继续', T.Continue)],
  ['返回', reserved('返回', T.Return)],
  ['函数', reserved('函数', T.Function)],
  ['变量', reserved('变量', T.Var)],
  ['可变', reserved('可变', T.Mut)],
  ['不可变', reserved('不可变', T.Immutable)],
  ['常量', reserved('常量', T.Const)],
  ['导入', reserved('导入', T.Import)],
  ['公开', reserved('公开', T.Public)],
  ['私有', reserved('私有', T.Private)],
  ['匹配', reserved('匹配', T.Match)],
  ['尝试', reserved('尝试', T.Try)],
  ['捕获', reserved('捕获', T.Catch)],
  ['抛出', reserved('抛出', T.Throw)],
  ['异步', reserved('异步', T.Async)],
  ['等待', reserved('等待', T.Await)],
  ['启动', reserved('启动', T.Detach)],
  ['创建', reserved('创建', T.Spawn)],
  ['挂起', reserved('挂起', T.Suspend)],
  ['恢复', reserved('恢复', T.Resume)],
  ['延后', reserved('延后', T.Defer)],
  ['最终', contextual('最终', W.Finally)],
  ['类型', contextual('类型', W.Type)],
  ['结构体', contextual('结构体', W.Struct)],
  ['枚举', contextual('枚举', W.Enum)],
  ['特性', contextual('特性', W.Trait)],
  ['实现', contextual('实现', W.Impl)],
  ['方法', contextual('方法', W.Methods)],
  ['协程', contextual('协程', W.Coroutine)],
  ['选择', contextual('选择', W.Select)],
]);

/** Operator words of more than one character, for misspelt ones. */
const OPERATORS: ReadonlyMap<string, Meant> = new Map<string, Meant>([
  ['等于', contextual('等于', W.Equal)],
  ['不等于', contextual('不等于', W.NotEqual)],
  ['大于', contextual('大于', W.Greater)],
  ['小于', contextual('小于', W.Less)],
  ['大于等于', contextual('大于等于', W.GreaterEqual)],
  ['小于等于', contextual('小于等于', W.LessEqual)],
  ['取余', contextual('取余', W.Rem)],
]);

/** The keyword that a name at the head of a statement was meant to be; undefined for any other name. */
export function meantKeyword(name: string): Meant | undefined {
  return ENGLISH.get(name) ?? EVERYDAY.get(name) ?? misspelt(name, HEADS);
}

/** The same for a keyword in pinyin, `ruguo`: to be asked where nothing but a keyword makes sense. */
export function pinyinKeyword(name: string): Meant | undefined {
  if (!/^[a-z]{3,}$/i.test(name)) return undefined;
  for (const [word, meant] of HEADS) if (isPinyinOf(name.toLowerCase(), [...word])) return { ...meant, hint: { zh: `你是不是想写 ${word}`, en: `did you mean ${word}` } };
  return undefined;
}

/** The operator that a name behind an operand was meant to be. */
export function meantOperator(name: string): Meant | undefined {
  return ENGLISH_OPERATORS.get(name) ?? misspelt(name, OPERATORS);
}

/** Words with which a statement begins, for tools and suggestions. */
export function keywordNames(): Iterable<string> {
  return HEADS.keys();
}

/** Names of types that are one character from a keyword: 整数 is not a misspelt 函数. */
const TYPE_NAMES: ReadonlySet<string> = new Set(['整数', '短整数', '长整数', '浮点数', '字符', '字节', '布尔', '字符串', '字节串', '列表', '数组', '字典', '集合', '选项', '结果', '通道', '未来', '任务', '指针', '引用']);

/** Types that nobody would name a variable after. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(['整数', '短整数', '长整数', '浮点数', '单精度浮点', '布尔', '字符串', '字节串']);

export function isTypeName(name: string): boolean {
  return PLAIN_TYPES.has(name);
}

/** A Chinese word of the same length that sounds like one of the table or differs from it in one character. */
function misspelt(name: string, table: ReadonlyMap<string, Meant>): Meant | undefined {
  if (name.length < 2 || name.length > 4 || name.charCodeAt(0) < 0x80 || table.has(name) || TYPE_NAMES.has(name)) return undefined;
  const near = nearest(name, [...table.keys()].filter((word) => word.length === name.length));
  return near === undefined ? undefined : table.get(near);
}

/** The hint that goes with the error about such a word. */
export function hintFor(name: string, meant: Meant): Localized {
  const english = name.charCodeAt(0) < 0x80;
  const { write } = meant;
  if (meant.hint !== undefined) return meant.hint;
  return english ? { zh: `请写 ${write}`, en: `write ${write}` } : { zh: `你是不是想写 ${write}`, en: `did you mean ${write}` };
}
