/**
 * Forms of other languages that are more than a word: loops that count, closures, blocks by indentation, signs of comparison.
 * Each is recognised by its tokens, reported as one error whose hint is the same thing in Qi, and skipped or read as what it means.
 *
 * Invariant: no sound program holds any of them, and of one that does nothing else is reported for the same form.
 *
 * Rejected: leaving them to the errors of the grammar, which name the first token that does not fit (“应为 {”) and then the next.
 */

import type { Expr, Stmt } from '../ast.js';
import type { Localized } from '../diagnostics.js';
import { Flag, T, W } from '../1-lex/token.js';
import { Context, type Cursor } from './cursor.js';
import { meantKeyword, type Meant } from './english.js';
import { scanType } from './types.js';

/** Text of a hint that is at most this long is shown as it stands. */
const MAX_SHOWN = 40;

// --- loops --------------------------------------------------------------------------------------

/** The head of a loop in three parts: its first token, and the one behind it (the brace of the block). */
export interface CountingLoop { readonly first: number; readonly behind: number }

/** `i = 0; i < 3; i++` at token `open`, behind 对于, with or without parentheses. */
export function countingLoop(p: Cursor, open: number): CountingLoop | undefined {
  if (p.kinds[open] === T.LParen) {
    const behind = p.behind(open);
    return behind > 0 && p.kinds[behind] === T.LBrace && semicolons(p, open + 1, behind - 1) > 0 ? { first: open + 1, behind } : undefined;
  }
  let brace = open;
  while (p.kinds[brace] !== T.LBrace) {
    if (p.kinds[brace] === T.End || (brace > open && endsLine(p, brace - 1))) return undefined;
    brace++;
  }
  return semicolons(p, open, brace) > 1 ? { first: open, behind: brace } : undefined;
}

/** `for i = 0; …`, `for i := range 列`, `for i = 1, 10`: the head is wrong, too, and its error says it all. */
export function hasForeignHead(p: Cursor, i: number): boolean {
  if (countingLoop(p, i) !== undefined) return true;
  while (p.kinds[i] === T.Name && p.kinds[i + 1] === T.Comma) i += 2;
  return p.kinds[i] === T.Name && (p.kinds[i + 1] === T.ColonEq || p.kinds[i + 1] === T.Eq) && (p.kinds[i + 2] === T.Int || p.nameAt(i + 2) === 'range');
}

/** `对于 i = 0 到 3`, at the `=`. */
export function assignedRangeHint(p: Cursor, name: string): Localized | undefined {
  if (!p.at(T.Eq) && !p.at(T.ColonEq)) return undefined;
  const line = /^[^{}\n]*/.exec(p.file.text.slice(p.ends[p.pos]))![0];
  const [, from = '0', to = '9'] = /^\s*(\S+?)\s*(?:到|至|to|,|，|\.\.)\s*([^\s{,，]+)/u.exec(line) ?? [];
  return { zh: `写 对于 ${name} 从 ${from} 到 ${to}`, en: `write 对于 ${name} 从 ${from} 到 ${to}` };
}

/** Does the line end behind this token? A brace that opens the next line belongs to the head. */
function endsLine(p: Cursor, i: number): boolean {
  return (p.flags[i + 1]! & Flag.AnyNewline) !== 0 && p.kinds[i + 1] !== T.LBrace;
}

/** How many semicolons stand there, not inside further brackets. */
function semicolons(p: Cursor, first: number, end: number): number {
  let count = 0;
  for (let i = first; i < end; i++) {
    if (p.kinds[i] === T.Semicolon) count++;
    if ((p.kinds[i] === T.LParen || p.kinds[i] === T.LBrace || p.kinds[i] === T.LBracket) && p.behind(i) > 0) i = p.behind(i) - 1;
  }
  return count;
}

const COUNTING = /^(?:[\p{XID_Start}_][\p{XID_Continue}]* +)?([\p{XID_Start}_][\p{XID_Continue}]*)\s*:?=\s*([^;；]+?)\s*[;；]\s*\1\s*(<=?|>=?)\s*([^;；]+?)\s*[;；]\s*(?:\1\s*(\+\+|--)|(\+\+|--)\s*\1|\1\s*([+-])=\s*(\S+))\s*$/u;

/** The same loop in Qi, for the text of a head. */
export function countingHint(head: string): Localized {
  const [, name, from = '', sign = '', to = '', after, before, adds, amount] = COUNTING.exec(head.trim()) ?? [];
  const step = after ?? before;
  const up = (step === '++' || adds === '+') && sign.startsWith('<');
  const down = (step === '--' || adds === '-') && sign.startsWith('>');
  let loop = '对于 i 在 0..3';
  if (name !== undefined && up && step !== undefined) loop = `对于 ${name} 在 ${from}..${sign === '<=' ? '=' : ''}${to}`;
  else if (name !== undefined && (up || down)) {
    const last = sign.endsWith('=') ? to : /^\d+$/.test(to) ? String(BigInt(to) + (up ? -1n : 1n)) : `${to} ${up ? '-' : '+'} 1`;
    loop = `对于 ${name} 从 ${from} 到 ${last} 步长 ${down ? '-' : ''}${amount ?? '1'}`;
  }
  if (loop.length > 2 * MAX_SHOWN || loop.includes('\n')) loop = '对于 i 在 0..3';
  return { zh: `计数的循环写 ${loop} { … }；别的循环写 当 条件 { … }`, en: `a counting loop is written ${loop} { … }, any other 当 condition { … }` };
}

const RANGE = /^([\p{XID_Start}_][\p{XID_Continue}]*)\s+(?:in|of|在)\s+range\s*\(\s*([^(),]+?)\s*(?:,\s*([^(),]+?)\s*)?(?:,\s*([^(),]+?)\s*)?\)/u;

/** `循环 3 次 {`, `循环(3) {`, `循环 x < 3 {`, behind 循环: reported, and read up to the brace. */
export function refuseLoopHead(p: Cursor): void {
  const brace = braceOnLine(p, p.pos);
  if (brace < 0 || p.panic) return;
  const head = p.file.text.slice(p.start, p.starts[brace]).trim().replace(/^当\s*/u, '');
  let compares = p.at(T.While);
  for (let i = p.pos; i < brace; i++) if (p.kinds[i]! >= T.EqEq && p.kinds[i]! <= T.Gt) compares = true;
  const loop = compares ? `当 ${head} { … }` : timesLoop(head);
  p.fail('E2001', p.span(), { 期望: { zh: '“{”', en: '`{`' }, 实际: p.found() }, { hint: { zh: `循环 { … } 没有尽头；写 ${loop}`, en: `循环 { … } has no end; write ${loop}` } });
  p.pos = brace;
}

/** `对于 i 在 0..3 { … }` for `3 次`, `(3)`. */
function timesLoop(head: string): string {
  const count = head.replace(/^[(（]|[)）]$|\s*[次遍回]$/gu, '').trim();
  return `对于 i 在 0..${count === '' || count.length > MAX_SHOWN / 2 || /\s/.test(count) ? 'n' : count} { … }`;
}

/** Index of the brace that opens a block on this line, or -1. */
function braceOnLine(p: Cursor, from: number): number {
  for (let i = from; p.kinds[i] !== T.End && (i === from || (p.flags[i]! & Flag.AnyNewline) === 0); i++) {
    if (p.kinds[i] === T.LBrace) return i;
    if ((p.kinds[i] === T.LParen || p.kinds[i] === T.LBracket) && p.behind(i) > 0) i = p.behind(i) - 1;
  }
  return -1;
}

/** Loops that begin with 从 or 重复: `从 0 到 3 {`, `重复 3 次 {`. Index of the brace, or -1. */
export function loopWithoutHead(p: Cursor): number {
  const word = p.nameAt(p.pos);
  const next = p.peek(1);
  if ((word !== '从' && word !== '重复') || p.lineBreak(1) || next > T.InterpolationStart || next === T.End) {
    const behind = word === '重复' && next === T.LParen ? p.behind(p.pos + 1) : -1;
    return behind > 0 && p.kinds[behind] === T.LBrace && (p.flags[behind]! & Flag.AnyNewline) === 0 ? behind : -1;
  }
  const brace = braceOnLine(p, p.pos + 1);
  for (let i = p.pos + 1; i < brace; i++) if (p.kinds[i] === T.Eq && word === '重复') return -1;
  return brace;
}

/** Reports such a loop, and goes on at its block. */
export function refuseLoopWithoutHead(p: Cursor, brace: number): void {
  const word = p.text(p.pos);
  const head = p.file.text.slice(p.ends[p.pos]!, p.starts[brace]!).trim();
  const [, name = 'i', from, to] = /^(?:(\S+)\s*=\s*)?(\S+?)\s*[到至]\s*(\S+)$/u.exec(head) ?? [];
  const loop = from === undefined ? timesLoop(head) : `对于 ${name} 从 ${from} 到 ${to!} { … }`;
  p.fail('E2001', p.span(), { 期望: { zh: '“对于”', en: '`对于`' }, 实际: { zh: `“${word}”`, en: `\`${word}\`` } }, { hint: { zh: `写 ${loop}`, en: `write ${loop}` } });
  p.pos = brace;
}

/** `做 { … } 当 (条件)` and its like behind the block: index behind the whole. */
export function doLoop(p: Cursor): number {
  if (!/^(?:do|做|重复|执行|repeat)$/u.test(p.nameAt(p.pos)) || p.peek(1) !== T.LBrace) return -1;
  const behind = p.behind(p.pos + 1);
  if (behind < 0) return -1;
  if ((p.flags[behind]! & Flag.AnyNewline) !== 0) return -1;
  return p.kinds[behind] === T.While || /^(?:while|until|直到)$/u.test(p.nameAt(behind)) ? behind : -1;
}

/** Reports it, and skips it with its condition. */
export function refuseDoLoop(p: Cursor, behind: number): Stmt {
  const { start } = p;
  const word = p.text(p.pos);
  const until = /^(?:until|直到)$/u.test(p.text(behind));
  const condition = until ? '条件' : '非 条件';
  p.complain('E2010', p.span(), { 写法: word, 建议: '' }, {
    hint: { zh: `写 循环 { …; 如果 ${condition} { 跳出 } }`, en: `write 循环 { …; 如果 ${until ? 'condition' : '非 condition'} { 跳出 } }` },
  });
  p.pos = behind + 1;
  p.skipStatement();
  p.accept(T.Semicolon);
  return { kind: 'ErrorStmt', span: p.from(start) };
}

/** The keyword that `for` of another language stands for, with what its hint shows. */
export function meantLoop(p: Cursor, meant: Meant): Meant {
  if (meant.kind !== T.For) return meant;
  const first = p.pos + 1;
  if (p.kinds[first] === T.LBrace) return { write: '循环', kind: T.Loop, word: undefined };
  let isLoop = false;
  let compares = false;
  let i = first;
  for (; p.kinds[i] !== T.LBrace && p.kinds[i] !== T.End && (p.flags[i]! & Flag.AnyNewline) === 0; i++) {
    const kind = p.kinds[i]!;
    if (kind === T.In || kind === T.Semicolon || kind === T.Colon || kind === T.ColonEq || kind === T.Eq || p.data[i] === W.From || p.data[i] === W.Within || /^(?:in|of|range)$/.test(p.nameAt(i))) isLoop = true;
    else if (kind >= T.EqEq && kind <= T.PipePipe) compares = true;
  }
  if (!isLoop && compares && p.kinds[i] === T.LBrace) return { write: '当', kind: T.While, word: undefined };
  return { ...meant, write: loopText(p.file.text.slice(p.starts[first]!, p.starts[i])) ?? meant.write };
}

/** `对于 i 在 0..n` for `i in range(n)`, `对于 … 在 …` for other `in` and `of`. */
function loopText(head: string): string | undefined {
  const [, name, first, second, step] = RANGE.exec(head.replace(/^\(/, '')) ?? [];
  if (name === undefined || first === undefined) return /\s(?:in|of)\s/.test(head) ? '对于 … 在 …' : undefined;
  if (second === undefined) return `对于 ${name} 在 0..${first}`;
  return step === undefined ? `对于 ${name} 在 ${first}..${second}` : `对于 ${name} 从 ${first} 到 ${second} 步长 ${step}`;
}

/** `impl 可描述 for 整数 {`: the whole head is told at its first word, and `for` read as 对于. */
export function meantImpl(p: Cursor, meant: Meant): Meant {
  const at = scanType(p, p.pos + 1);
  if (at < 0 || p.nameAt(at) !== 'for') return meant;
  p.kinds[at] = T.For;
  const behind = scanType(p, at + 1);
  const head = behind < 0 ? '特性 对于 类型' : `${p.file.text.slice(p.starts[p.pos + 1], p.ends[at - 1])} 对于 ${p.file.text.slice(p.starts[at + 1], p.ends[behind - 1])}`;
  return { ...meant, hint: { zh: `请写 实现 ${head} { … }`, en: `write 实现 ${head} { … }` } };
}

// --- values ---------------------------------------------------------------------------------------

/** `switch (x) {`, `match x {` where a value is wanted: index of the brace, or -1. */
export function matchAsValue(p: Cursor): number {
  if (!/^(?:switch|match|切换)$/u.test(p.nameAt(p.pos)) || p.lineBreak(1) || (p.context & (Context.NoStruct | Context.NoClosure)) !== 0) return -1;
  const next = p.peek(1);
  const brace = next === T.LParen ? p.behind(p.pos + 1) : next === T.Name ? p.pos + 2 : -1;
  return brace > 0 && p.kinds[brace] === T.LBrace && (p.flags[brace]! & Flag.AnyNewline) === 0 && p.behind(brace) > 0 ? brace : -1;
}

// --- blocks by indentation ----------------------------------------------------------------------

/** Words a block begins with where blocks are written by a colon and indentation. */
const COLON_HEADS: ReadonlySet<string> = new Set(['def', 'class', 'if', 'elif', 'else', 'for', 'while', 'try', 'except', 'finally', 'with', 'async', 'match']);

/** Index of the colon that ends such a head at the current token, or -1. */
export function colonHead(p: Cursor): number {
  const word = p.nameAt(p.pos);
  if (!COLON_HEADS.has(word)) return -1;
  // `with: 整数 = 1` declares, and `for: 循环 { … }` is a label.
  if (p.peek(1) === T.Colon && (!/^(?:else|try|except|finally)$/.test(word) || !p.lineBreak(2))) return -1;
  for (let i = p.pos + 1; p.kinds[i] !== T.End && (p.flags[i]! & Flag.AnyNewline) === 0; i++) {
    const kind = p.kinds[i]!;
    // `def 加(x: 整数): 整数 {`: the colon of a result type.
    if (kind === T.Colon) return (word === 'def' || word === 'async') && braceInLine(p, i + 1) ? -1 : i;
    if (kind === T.LBrace || kind === T.Semicolon || kind === T.Eq || kind === T.Dot) return -1;
    if ((kind === T.LParen || kind === T.LBracket) && p.behind(i) > 0) i = p.behind(i) - 1;
  }
  return -1;
}

/** Does a `{` stand in this line, from token `i` on? */
function braceInLine(p: Cursor, i: number): boolean {
  for (let at = i; p.kinds[at] !== T.End && (p.flags[at]! & Flag.AnyNewline) === 0; at++) if (p.kinds[at] === T.LBrace) return true;
  return false;
}

/** Reports the first such head of a file, and goes on with what its block holds. */
export function refuseColonHead(p: Cursor, colon: number): Stmt {
  const { start } = p;
  const word = p.text(p.pos);
  const head = p.file.text.slice(p.starts[p.pos + 1]!, p.starts[colon]!).trim();
  if (!p.usesColonHeads) p.complain('E2010', p.span(), { 写法: word, 建议: '' }, { hint: colonHint(word, head) });
  p.usesColonHeads = true;
  p.missBrace();
  p.pos = colon + 1;
  p.panic = false;
  return { kind: 'ErrorStmt', span: p.from(start) };
}

function colonHint(word: string, head: string): Localized {
  const shown = (text: string, otherwise: string): string => (text === '' || text.length > MAX_SHOWN || /[\n:"']|->/.test(text) ? otherwise : text);
  const write = (zh: string, en: string): Localized => ({ zh: `写 ${zh}，块写在 { } 里`, en: `write ${en}; blocks stand in { }` });
  switch (word) {
    case 'def':
    case 'async': {
      const keyword = word === 'async' ? '异步 函数' : '函数';
      const name = head.replace(/^def\s+/, '');
      return write(`${keyword} ${shown(name, '名(参数: 类型): 类型')} { … }`, `${keyword} ${shown(name, 'name(parameter: type): type')} { … }`);
    }
    case 'class':
      return write('结构体 名 { 字段: 类型 } 和 方法 名 { … }', '结构体 Name { field: type } and 方法 Name { … }');
    case 'for': {
      const loop = loopText(head);
      const [, name, from] = /^(\S+) in (.+)$/u.exec(head) ?? [];
      const text = loop !== undefined && !loop.includes('…') ? loop : name === undefined ? '对于 x 在 列' : `对于 ${name} 在 ${shown(from!, '列')}`;
      return write(`${text} { … }`, `${text} { … }`);
    }
    case 'with':
      return { zh: '没有 with：打开之后写 延后 和关闭它的调用', en: 'there is no with: write 延后 and the call that closes it behind the one that opens it' };
    default: {
      const meant = meantKeyword(word)?.write ?? word;
      const condition = word === 'if' || word === 'while' || word === 'elif' ? ` ${shown(head, '条件')}` : '';
      return write(`${meant}${condition} { … }`, `${meant}${condition} { … }`);
    }
  }
}

// --- closures -----------------------------------------------------------------------------------

/** Words that begin a closure elsewhere: `function(x) { … }`. */
const CLOSURE_WORDS: ReadonlySet<string> = new Set(['function', 'func', 'fn', 'fun', 'def', '匿名函数', '匿名', 'lambda']);

/** `lambda x: …`, `function(x) { … }`, `x -> …`, `闭包 x => …` at a name; undefined when none of them is here. */
export function refuseNamedClosure(p: Cursor): Expr | undefined {
  const next = p.peek(1);
  const { start, pos } = p;
  if (next === T.Arrow && (p.context & Context.NoClosure) === 0 && !p.lineBreak(1) && !p.lineBreak(2)) return refuseArrow(p, p.text(pos), pos + 1);
  const word = p.nameAt(pos);
  if (word === '闭包' && next === T.Name && p.peek(2) === T.FatArrow) return skipClosure(p, start, p.text(pos + 1), pos + 3, word);
  if (!CLOSURE_WORDS.has(word) || p.lineBreak(1)) return undefined;
  if (word === 'lambda') {
    let colon = pos + 1;
    while (p.kinds[colon] === T.Name || p.kinds[colon] === T.Comma) colon++;
    return p.kinds[colon] === T.Colon ? skipClosure(p, start, p.file.text.slice(p.ends[pos]!, p.starts[colon]!).trim(), colon + 1, word) : undefined;
  }
  // `如果 fn(x) {` calls a function of that name.
  const inHead = (p.context & (Context.NoStruct | Context.NoClosure)) !== 0;
  const behind = next === T.LParen && !inHead ? p.behind(pos + 1) : -1;
  if (behind < 0 || (p.flags[behind]! & Flag.AnyNewline) !== 0) return undefined;
  const params = p.file.text.slice(p.ends[pos + 1]!, p.starts[behind - 1]!).trim();
  const afterType = p.kinds[behind] === T.LBrace ? behind : scanType(p, p.kinds[behind] === T.Colon || p.kinds[behind] === T.Arrow ? behind + 1 : behind);
  if (p.kinds[behind] === T.FatArrow || p.kinds[behind] === T.Arrow) return skipClosure(p, start, params, behind + 1, word);
  return afterType > 0 && p.kinds[afterType] === T.LBrace ? skipClosure(p, start, params, afterType, word) : undefined;
}

/** `(x) -> …`, `(x: 整数): 整数 -> …` at the parenthesis; undefined when none of them is here. */
export function refuseThinArrow(p: Cursor): Expr | undefined {
  const behind = p.behind(p.pos);
  if (behind < 0 || (p.context & Context.NoClosure) !== 0) return undefined;
  const arrow = p.kinds[behind] === T.Colon ? scanType(p, behind + 1) : behind;
  return arrow > 0 && p.kinds[arrow] === T.Arrow ? refuseArrow(p, p.file.text.slice(p.start, p.ends[behind - 1]), arrow) : undefined;
}

/** `(x) -> …` at the parenthesis, `x -> …` at the name: the arrow is at `arrow`. `点->横` takes a member in other languages. */
function refuseArrow(p: Cursor, params: string, arrow: number): Expr {
  const { start } = p;
  const span = { start: p.starts[arrow]!, end: p.ends[arrow]! };
  if (p.kinds[arrow + 1] === T.Name && p.ends[arrow - 1] === span.start && p.starts[arrow + 1] === span.end) {
    p.complain('E2017', span, { 写法: '->', 建议: '.' });
    p.pos = arrow + 2;
    return { kind: 'ErrorExpr', id: p.newId(), span: p.from(start) };
  }
  p.pos = arrow + 1;
  const body = skipBody(p);
  p.complain('E2017', span, { 写法: '->', 建议: arrowText(params, body) });
  return { kind: 'ErrorExpr', id: p.newId(), span: p.from(start) };
}

/** `|x| x * 2`, `|| 2` at the first bar; undefined when it is none. */
export function refuseBarClosure(p: Cursor): Expr | undefined {
  const { start, pos } = p;
  let bar = pos;
  if (p.at(T.Pipe)) {
    do bar++; while (p.kinds[bar] !== T.Pipe && p.kinds[bar] !== T.End && p.kinds[bar] !== T.RBrace && p.kinds[bar] !== T.Eq && (p.flags[bar]! & Flag.Newline) === 0);
    if (p.kinds[bar] !== T.Pipe) return undefined;
  }
  const params = p.at(T.Pipe) ? p.file.text.slice(p.ends[pos]!, p.starts[bar]!).trim() : '';
  const found = p.found();
  const span = { start, end: p.ends[bar]! };
  p.pos = bar + 1;
  const body = skipBody(p);
  p.complain('E2005', span, { 实际: found }, { hint: closureHint(params, body) });
  return { kind: 'ErrorExpr', id: p.newId(), span: p.from(start) };
}

/** `函数(x) -> x * 2`, `函数(x) x * 2` behind the parameters: a body without braces is written behind `=>`. */
export function refuseBareBody(p: Cursor, start: number): Expr | undefined {
  if (p.at(T.LBrace) || p.at(T.FatArrow) || p.lineBreak() || p.panic) return undefined;
  const hasSign = p.at(T.Arrow) || p.at(T.Colon);
  const first = hasSign ? p.pos + 1 : p.pos;
  const afterType = scanType(p, first);
  const ends = afterType > 0 && (p.kinds[afterType] === T.End || p.kinds[afterType] === T.Semicolon || (p.flags[afterType]! & Flag.AnyNewline) !== 0);
  if (p.kinds[afterType] === T.FatArrow || (hasSign && (p.kinds[afterType] === T.LBrace || ends))) return undefined;
  if (p.kinds[first]! > T.InterpolationStart && p.kinds[first] !== T.LParen && p.kinds[first] !== T.LBracket && p.kinds[first] !== T.LBrace && p.kinds[first] !== T.Minus && p.kinds[first] !== T.Return) return undefined;
  const close = p.pos - 1;
  const params = p.kinds[close] === T.RParen ? p.file.text.slice(p.ends[p.data[close]!]!, p.starts[close]!).trim() : '';
  const span = p.span();
  const found = p.found();
  if (afterType > 0 && p.kinds[afterType] === T.LBrace) {
    p.complain('E2001', span, { 期望: { zh: '“:”', en: '`:`' }, 实际: found }, {
      hint: { zh: '结果类型写在冒号之后：函数(…): 类型 { … }', en: 'the result type stands behind a colon: 函数(…): type { … }' },
    });
    p.pos = p.behind(afterType) > 0 ? p.behind(afterType) : afterType + 1;
  } else {
    p.pos = first;
    const body = skipBody(p);
    p.complain('E2001', span, { 期望: { zh: '“{”', en: '`{`' }, 实际: found }, { hint: closureHint(params, body.replace(/^(?:返回|return)\s+/u, '')) });
  }
  return { kind: 'ErrorExpr', id: p.newId(), span: p.from(start) };
}

/** `{ x -> x * 2 }` at the brace. */
export function refuseBraceClosure(p: Cursor): Expr | undefined {
  let arrow = p.pos + 1;
  while (p.kinds[arrow] === T.Name || p.kinds[arrow] === T.Comma) arrow++;
  const behind = p.behind(p.pos);
  if (arrow === p.pos + 1 || p.kinds[arrow] !== T.Arrow || behind < 0) return undefined;
  const { start } = p;
  const params = p.file.text.slice(p.ends[p.pos]!, p.starts[arrow]!).trim();
  const body = p.file.text.slice(p.ends[arrow]!, p.starts[behind - 1]!).trim();
  p.complain('E2017', { start: p.starts[arrow]!, end: p.ends[arrow]! }, { 写法: '->', 建议: arrowText(params, body) });
  p.pos = behind;
  return { kind: 'ErrorExpr', id: p.newId(), span: p.from(start) };
}

function skipClosure(p: Cursor, start: number, params: string, bodyAt: number, word: string): Expr {
  const span = p.span();
  p.pos = bodyAt;
  const body = skipBody(p);
  if (word === '闭包') p.complain('E2001', span, { 期望: { zh: '“闭包 (”', en: '`闭包 (`' }, 实际: { zh: `“闭包 ${params}”`, en: `\`闭包 ${params}\`` } }, { hint: closureHint(params, body) });
  else p.complain('E2010', span, { 写法: word, 建议: '' }, { hint: closureHint(params, body) });
  return { kind: 'ErrorExpr', id: p.newId(), span: p.from(start) };
}

/** Skips the body of a closure, and gives its text. */
function skipBody(p: Cursor): string {
  const from = p.pos;
  if (p.at(T.LBrace)) p.skipToken();
  else while (!p.atStatementEnd && !p.at(T.Comma) && !p.atClosing) p.skipToken();
  return p.pos === from ? '' : p.file.text.slice(p.starts[from]!, p.lastEnd);
}

function closureHint(params: string, body: string): Localized {
  const text = arrowText(params, body);
  return { zh: `闭包写 ${text}`, en: `a closure is written ${text}` };
}

function arrowText(params: string, body: string): string {
  const list = params.startsWith('(') ? params.slice(1, -1) : params;
  // Types in the form of another language are left out: they are inferred.
  const names = /^[\p{XID_Continue}, ，、]*$/u.test(list) && !/[\p{XID_Continue}] +[\p{XID_Continue}]/u.test(list) ? list : '…';
  const inside = body.startsWith('{') ? '{ … }' : body === '' || body.length > MAX_SHOWN || body.includes('\n') ? '…' : body;
  return `(${names}) => ${inside}`;
}

// --- signs --------------------------------------------------------------------------------------

/** `=<`, `=!`, `=>` where a comparison was meant, at the `=`: the whole sign, and what Qi writes. */
export function meantComparison(p: Cursor): { readonly length: number; readonly write: string } | undefined {
  if (p.at(T.FatArrow)) return { length: 1, write: '>=' };
  if (!p.at(T.Eq) || !p.adjacent) return undefined;
  if (p.peek(1) === T.Lt) return { length: 2, write: '<=' };
  return p.peek(1) === T.Bang && (p.flags[p.pos + 2]! & Flag.Space) !== 0 ? { length: 2, write: '!=' } : undefined;
}
