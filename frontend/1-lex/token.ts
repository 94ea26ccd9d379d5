/**
 * Token kinds, words, and the token stream.
 *
 * Tokens are a struct of arrays, 14 bytes each: a file of 10,000 lines has about 100,000 of them,
 * and objects would cost more than the rest of the lexer together. Names are interned, so the
 * parser recognises contextual keywords by comparing numbers.
 *
 * Invariants
 * - The last token is `End`. Opening brackets know their closing one and the reverse (`data`);
 *   -1 marks a bracket without a partner, which has been reported already.
 * - A closing bracket that closes nothing is reported and not in the stream.
 * - Reserved words are keyword tokens except directly after `.` or `::`, where every word is a Name.
 */

import type { Span } from '../ast.js';
import type { SourceFile } from '../source.js';

/** Kind of a token. Ranges matter: literals, then brackets, then other signs, then keywords. */
export const enum T {
  End,
  Name,
  Int,
  Float,
  String,
  Char,
  /** `$"`; parts and InterpolationEnd follow. */
  InterpolationStart,
  /** Literal text inside an interpolated string. */
  InterpolationText,
  /** Text after the colon in `{价:.2}`. */
  InterpolationFormat,
  InterpolationEnd,
  // Brackets: data is the index of the partner.
  LParen,
  LBracket,
  LBrace,
  /** `{` of an interpolation. */
  InterpolationOpen,
  RParen,
  RBracket,
  RBrace,
  InterpolationClose,
  // Signs.
  Comma,
  Semicolon,
  Colon,
  ColonColon,
  ColonEq,
  Dot,
  DotDot,
  DotDotEq,
  Ellipsis,
  Arrow,
  FatArrow,
  LeftArrow,
  Eq,
  PlusEq,
  MinusEq,
  StarEq,
  SlashEq,
  PercentEq,
  AmpEq,
  PipeEq,
  CaretEq,
  LtLtEq,
  EqEq,
  BangEq,
  Lt,
  LtEq,
  /** Always one sign: the parser joins `>>`, `>=` and `>>=` where it wants an operator. */
  Gt,
  LtLt,
  Plus,
  Minus,
  Star,
  Slash,
  Percent,
  Amp,
  AmpAmp,
  Pipe,
  PipePipe,
  Caret,
  Bang,
  Tilde,
  // Keywords: T.FirstKeyword + id of the word.
  Package,
  Import,
  Public,
  Private,
  As,
  Function,
  Return,
  If,
  Else,
  While,
  For,
  In,
  Loop,
  Break,
  Interrupt,
  Continue,
  Match,
  Var,
  Mut,
  Immutable,
  Const,
  True,
  False,
  Unit,
  Async,
  Await,
  Detach,
  Throw,
  Try,
  Catch,
  Suspend,
  Resume,
  Spawn,
  Clone,
  AddressOf,
  Deref,
  Defer,
  FirstKeyword = Package,
}

/** Reserved words in the order of their kinds. */
export const RESERVED: readonly string[] = [
  '包', '导入', '公开', '私有', '作为', '函数', '返回', '如果', '否则', '当', '对于', '在', '循环', '跳出', '中断',
  '继续', '匹配', '变量', '可变', '不可变', '常量', '真', '假', '空', '异步', '等待', '启动', '抛出', '尝试', '捕获',
  '挂起', '恢复', '创建', '克隆', '取地址', '解引用', '延后',
];

/** Words the grammar knows in some places only; ids continue those of the reserved words. */
export const enum W {
  Type = 37,
  Struct,
  Enum,
  Trait,
  Impl,
  Methods,
  Static,
  Inline,
  Closure,
  Coroutine,
  Concurrent,
  Deadline,
  Shield,
  Select,
  Case,
  Default,
  Timeout,
  Finally,
  Lastly,
  ElseIf,
  Add,
  Sub,
  Mul,
  Div,
  Rem,
  Equal,
  NotEqual,
  Greater,
  Less,
  GreaterEqual,
  LessEqual,
  And,
  Or,
  Not,
  Within,
  From,
  To,
  Step,
  Limit,
  Test,
  Underscore,
  AsciiAs,
  AsciiLet,
  AsciiPrint,
  AsciiPrintln,
  AsciiTrue,
  AsciiFalse,
  /** First id of the names of the file itself. */
  FirstOther,
}

const CONTEXTUAL: readonly string[] = [
  '类型', '结构体', '枚举', '特性', '实现', '方法', '静态', '内联', '闭包', '协程', '并发', '截止', '屏蔽', '选择', '情况',
  '默认', '超时', '最终', '终于', '否则如果', '加', '减', '乘', '除', '取余', '等于', '不等于', '大于', '小于', '大于等于',
  '小于等于', '与', '或', '非', '中的', '从', '到', '步长', '上限', '测试', '_', 'as', 'let', 'print', 'println', 'true', 'false',
];

/** Every word with a fixed id. */
export const WORDS: readonly string[] = [...RESERVED, ...CONTEXTUAL];

/** Bits of `Tokens.flags`. */
export const enum Flag {
  /** A newline stands before the token and the innermost open bracket lets it count. */
  Newline = 1,
  /** A newline stands before the token, whether it counts or not. */
  AnyNewline = 2,
  /** Space, comment or newline stands before the token. */
  Space = 4,
  /** 【 or 】: a brace, but a square bracket where only that fits. */
  Lenticular = 8,
  /** 《 or 》: only around type arguments. */
  Angle = 16,
  /** A name that is not spelled as it is compared (NFC, full-width digits). */
  Respelled = 32,
  /** Characters before the token were reported and skipped: what follows may make no sense without them. */
  Damaged = 64,
}

/** The tokens of one file. Arrays are at least `count` long. */
export interface Tokens {
  readonly file: SourceFile;
  readonly count: number;
  readonly kinds: Uint8Array;
  readonly flags: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Names: index into `names`. Literals and texts: index into `literals`. Brackets: partner or -1. */
  readonly data: Int32Array;
  readonly names: readonly string[];
  readonly literals: readonly Literal[];
  /** Doc comments by the index of the token they stand before. */
  readonly docs: ReadonlyMap<number, string>;
  /** Closing braces without a partner. They are no tokens, and not reported yet. */
  readonly strays: readonly Span[];
}

/** Value of Int (bigint), Float (number), and of strings, characters and texts (string). */
export type Literal = bigint | number | string;

/** A name that begins with a reserved word was perhaps meant as two words: `变量计数` → 变量, 计数. */
export function splitKeyword(name: string): { keyword: string; rest: string } | undefined {
  for (let length = Math.min(3, name.length - 1); length > 0; length--) {
    const keyword = name.slice(0, length);
    if (SPLITTABLE.has(keyword)) return { keyword, rest: name.slice(length) };
  }
  return undefined;
}

/** One-character words other than 当 begin too many ordinary names (空间, 真值, 在线) to suggest a split. */
const SPLITTABLE = new Set([...RESERVED.filter((word) => word.length > 1), '当']);
