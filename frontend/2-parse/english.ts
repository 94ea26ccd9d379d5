/**
 * English keywords of other languages, and what to write instead. They are ordinary names in Qi; where a statement only makes
 * sense when one was meant as a keyword, the parser says so and goes on as if the right word stood there.
 */

import { T, W } from '../1-lex/token.js';

interface English {
  readonly write: string;
  /** The keyword it is read as, or undefined when the error is all there is to say. */
  readonly kind: T | undefined;
  /** The contextual word it is read as. */
  readonly word: W | undefined;
}

function reserved(write: string, kind: T): English {
  return { write, kind, word: undefined };
}

function contextual(write: string, word: W): English {
  return { write, kind: undefined, word };
}

const ENGLISH: ReadonlyMap<string, English> = new Map<string, English>([
  ['if', reserved('如果', T.If)],
  ['else', reserved('否则', T.Else)],
  ['while', reserved('当', T.While)],
  ['for', reserved('对于', T.For)],
  ['loop', reserved('循环', T.Loop)],
  ['return', reserved('返回', T.Return)],
  ['break', reserved('跳出', T.Break)],
  ['continue', reserved('继续', T.Continue)],
  ['function', reserved('函数', T.Function)],
  ['func', reserved('函数', T.Function)],
  ['fn', reserved('函数', T.Function)],
  ['def', reserved('函数', T.Function)],
  ['var', reserved('变量', T.Var)],
  ['const', reserved('常量', T.Const)],
  ['import', reserved('导入', T.Import)],
  ['package', reserved('包', T.Package)],
  ['match', reserved('匹配', T.Match)],
  ['switch', reserved('匹配', T.Match)],
  ['try', reserved('尝试', T.Try)],
  ['catch', reserved('捕获', T.Catch)],
  ['throw', reserved('抛出', T.Throw)],
  ['async', reserved('异步', T.Async)],
  ['await', reserved('等待', T.Await)],
  ['go', reserved('启动', T.Detach)],
  ['spawn', reserved('创建', T.Spawn)],
  ['yield', reserved('挂起', T.Suspend)],
  ['defer', reserved('延后', T.Defer)],
  ['public', reserved('公开', T.Public)],
  ['private', reserved('私有', T.Private)],
  ['finally', contextual('最终', W.Finally)],
  ['struct', contextual('结构体', W.Struct)],
  ['class', contextual('结构体', W.Struct)],
  ['enum', contextual('枚举', W.Enum)],
  ['trait', contextual('特性', W.Trait)],
  ['interface', contextual('特性', W.Trait)],
  ['impl', contextual('实现', W.Impl)],
  ['select', contextual('选择', W.Select)],
]);

/** What to write instead of an English keyword; undefined for any other name. */
export function englishKeyword(name: string): string | undefined {
  return ENGLISH.get(name)?.write;
}

export function lookUpEnglish(name: string): English | undefined {
  return ENGLISH.get(name);
}
