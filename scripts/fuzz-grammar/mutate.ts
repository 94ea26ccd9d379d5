/**
 * A program with one token changed: deleted, written twice, replaced by another, or swapped with its neighbour. Tokens are
 * those of the lexer, so a change is the smallest mistake a programmer makes.
 */
import { lex } from '../../frontend/1-lex/lex.js';
import { SourceFile } from '../../frontend/source.js';
import type { Random } from './random.js';

/** Tokens that stand for others besides those of the program. */
const POOL = [
  '(', ')', '[', ']', '{', '}', '<', '>', ',', ';', ':', '.', '::', '..', '..=', '=', '==', '=>', '->', '<-', '+', '-', '*', '/', '%', '&', '|', '!', '&&', '？', '#',
  '如果', '否则', '当', '对于', '在', '从', '到', '循环', '跳出', '继续', '匹配', '变量', '不可变', '常量', '函数', '返回', '抛出', '尝试', '捕获', '最终', '延后', '克隆', '取地址',
  '解引用', '挂起', '恢复', '等待', '异步', '协程', '类型', '结构体', '枚举', '特性', '实现', '方法', '静态', '公开', '私有', '包', '导入', '作为', '真', '假', '空', '无', '有', '成功',
  '失败', '自身', '与', '或', '非', '加', '整数', '字符串', '列表', '字典', '选项', '_', '0', '1', '-1', '9223372036854775807', '1.5', '"文"', "'字'", '$"{', '"""', 'r"', '/*', '//', '\n',
];

interface Token {
  readonly start: number;
  readonly end: number;
}

/** Where the tokens of a text stand. */
export function tokensOf(text: string): Token[] {
  const tokens = lex(new SourceFile('程序.qi', text), () => {});
  const list: Token[] = [];
  for (let i = 0; i < tokens.starts.length; i++) {
    const [start, end] = [tokens.starts[i]!, tokens.ends[i]!];
    if (end > start && end <= text.length) list.push({ start, end });
  }
  return list;
}

/** The text with one token changed. */
export function mutate(text: string, tokens: readonly Token[], r: Random): string {
  if (tokens.length < 2) return text;
  const at = r.below(tokens.length);
  const { start, end } = tokens[at]!;
  const own = text.slice(start, end);
  const replaced = (by: string): string => text.slice(0, start) + by + text.slice(end);
  switch (r.below(5)) {
    case 0: return replaced('');
    case 1: return replaced(`${own} ${own}`);
    case 2: return replaced(r.pick(POOL));
    case 3: {
      const other = r.pick(tokens);
      return replaced(text.slice(other.start, other.end));
    }
    default: {
      const next = tokens[at + 1];
      return next === undefined ? replaced('') : `${text.slice(0, start)}${text.slice(next.start, next.end)}${text.slice(end, next.start)}${own}${text.slice(next.end)}`;
    }
  }
}
