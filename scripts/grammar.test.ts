/*
 * The grammar of the language reference is the grammar of Qi: it recognises every program of the specification tests that the
 * compiler's parser takes, refuses broken ones, and names every keyword.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lex } from '../frontend/1-lex/lex.js';
import { Flag, RESERVED, T, WORDS, type Tokens } from '../frontend/1-lex/token.js';
import { parseTokens } from '../frontend/2-parse/parse.js';
import { SourceFile } from '../frontend/source.js';
import { firstMisfit, readGrammar, type Grammar, type Match, type Matcher } from './ebnf.js';
import { ROOT } from './run-command.js';

function grammarOfReference(): Grammar {
  const page = readFileSync(join(ROOT, 'docs/语言规范/附录-语法.md'), 'utf8');
  return readGrammar([...page.matchAll(/^```ebnf\n([^]*?)^```$/gm)].map((m) => m[1]).join('\n'));
}

const grammar = grammarOfReference();

const SIGNS: Partial<Record<T, string>> = {
  [T.LParen]: '(', [T.RParen]: ')', [T.LBracket]: '[', [T.RBracket]: ']', [T.LBrace]: '{', [T.RBrace]: '}',
  [T.InterpolationStart]: '$"', [T.InterpolationEnd]: '"', [T.InterpolationOpen]: '{', [T.InterpolationClose]: '}',
  [T.Comma]: ',', [T.Semicolon]: ';', [T.Colon]: ':', [T.ColonColon]: '::', [T.ColonEq]: ':=', [T.Dot]: '.', [T.DotDot]: '..', [T.DotDotEq]: '..=',
  [T.Ellipsis]: '...', [T.Arrow]: '->', [T.FatArrow]: '=>', [T.LeftArrow]: '<-', [T.Eq]: '=', [T.PlusEq]: '+=', [T.MinusEq]: '-=', [T.StarEq]: '*=',
  [T.SlashEq]: '/=', [T.PercentEq]: '%=', [T.AmpEq]: '&=', [T.PipeEq]: '|=', [T.CaretEq]: '^=', [T.LtLtEq]: '<<=', [T.EqEq]: '==', [T.BangEq]: '!=',
  [T.Lt]: '<', [T.LtEq]: '<=', [T.Gt]: '>', [T.LtLt]: '<<', [T.Plus]: '+', [T.Minus]: '-', [T.Star]: '*', [T.Slash]: '/', [T.Percent]: '%', [T.Amp]: '&',
  [T.AmpAmp]: '&&', [T.Pipe]: '|', [T.PipePipe]: '||', [T.Caret]: '^', [T.Bang]: '!', [T.Tilde]: '~',
};
const KINDS: Partial<Record<T, string>> = {
  [T.Name]: '名称', [T.Int]: '整数字面量', [T.Float]: '浮点字面量', [T.String]: '字符串字面量', [T.Char]: '字符字面量',
  [T.InterpolationText]: '插值文字', [T.InterpolationFormat]: '格式',
};

function matchOf(terminal: string, kind: T, flags: number, word: string | undefined): Match {
  if (terminal === '换行') return (flags & Flag.Newline) !== 0 ? 'empty' : undefined;
  if (terminal === '末') return kind === T.End || kind === T.RBrace ? 'empty' : undefined;
  if (terminal === '任意词') return kind === T.Name || kind === T.Int || kind >= T.FirstKeyword ? 'token' : undefined;
  if (KINDS[kind] === terminal) return 'token';
  if (!/^["']/.test(terminal)) return undefined;
  const text = terminal.slice(1, -1);
  if (word === text) return 'token';
  // 【 and 】 are braces that also read as square brackets.
  const square = kind === T.LBrace ? '[' : kind === T.RBrace ? ']' : '';
  return (flags & Flag.Lenticular) !== 0 && square === text ? 'token' : undefined;
}

const matches = new Map<string, readonly Match[]>();

function matcherOf(tokens: Tokens): Matcher {
  return (at) => {
    const kind = tokens.kinds[at] as T;
    const flags = (tokens.flags[at] ?? 0) & (Flag.Newline | Flag.Lenticular);
    const word = kind === T.Name ? tokens.names[tokens.data[at] ?? 0] : kind >= T.FirstKeyword ? RESERVED[kind - T.FirstKeyword] : SIGNS[kind];
    const key = `${kind} ${flags} ${word}`;
    const known = matches.get(key) ?? grammar.terminals.map((terminal) => matchOf(terminal, kind, flags, word));
    matches.set(key, known);
    return known;
  };
}

/** The line where a text stops being a program, or 0 when it is one; undefined when the parser refuses it. */
function misfitLine(text: string): number | undefined {
  const file = new SourceFile('x.qi', text);
  let refused = false;
  const report = (d: { severity: string }): void => {
    refused ||= d.severity === 'error';
  };
  const tokens = lex(file, report);
  const last = tokens.count - 1;
  const at = firstMisfit(grammar, last, matcherOf(tokens));
  parseTokens(lex(file, report), report);
  if (refused) return undefined;
  return at < 0 ? 0 : file.position(tokens.starts[at] ?? 0).line;
}

test('every word the parser knows stands in the grammar', () => {
  const written = new Set(grammar.terminals.map((t) => t.slice(1, -1)));
  const missing = WORDS.filter((word) => !written.has(word) && word !== 'print' && word !== 'println');
  assert.equal(missing, []);
});

test('every specification test that parses is a program of the grammar', () => {
  const faults: string[] = [];
  let count = 0;
  for (const folder of ['spec-tests', '示例']) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.qi')) continue;
      const line = misfitLine(readFileSync(join(ROOT, folder, name), 'utf8').replace(/^\uFEFF/, ''));
      if (line === undefined) continue;
      count++;
      if (line > 0) faults.push(`${folder}/${name}:${line}`);
    }
  }
  assert.equal(faults, []);
  assert.ok(count > 800, `only ${count} programs`);
});

test('what is no program is refused', () => {
  const broken = [
    '变量 = 1', '如果 { }', '如果 真', '1 +', '(1', '[1, 2', '函数 f { }', '匹配 x { 1 2 }', '匹配 x { => 1 }', '对于 在 x { }', '对于 i 从 1 { }', '当 { }',
    '尝试 1 捕获 { }', '类型 = 整数 整数', '枚举 甲 红', '1 2', '返回 返回', 'a < b < c', '导入', '导入 ./', '包 1', 'f(1 2)', '{1: }', '[1; 2; 3]', '选择 { 1 }', '情况 1: 2',
    '= 1', 'a += ', '变量 a b = 1 2', '$"{}"', '$"{1 2}"', '捕获 e { }', '否则 { }', '点 { x 1 }', '函数 f(1) { }', '创建', '等待', 'x.', 'x::', '<- ', 'a <- ', '作为 整数', '外: 1',
  ];
  const accepted = broken.filter((text) => {
    const tokens = lex(new SourceFile('x.qi', text), () => undefined);
    return firstMisfit(grammar, tokens.count - 1, matcherOf(tokens)) < 0;
  });
  assert.equal(accepted, []);
});

test.run();
