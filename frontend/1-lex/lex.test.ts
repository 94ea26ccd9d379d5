import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../diagnostics.js';
import { SourceFile } from '../source.js';
import { isNameContinue, isNameStart } from './chars.js';
import { lex } from './lex.js';
import { Flag, RESERVED, splitKeyword, T, W, WORDS, type Tokens } from './token.js';

interface Lexed {
  tokens: Tokens;
  diagnostics: Diagnostic[];
  errors: string;
}

function run(text: string): Lexed {
  const diagnostics: Diagnostic[] = [];
  const tokens = lex(new SourceFile('测试.qi', text), (d) => diagnostics.push(d));
  const errors = diagnostics.map((d) => `${d.code} ${d.span.start}-${d.span.end}`).join(', ');
  return { tokens, diagnostics, errors };
}

function kinds(text: string): T[] {
  const { tokens, errors } = run(text);
  assert.is(errors, '', text);
  return [...tokens.kinds.subarray(0, tokens.count - 1)];
}

/** Names, literals and texts in order. */
function values(text: string): unknown[] {
  const { tokens, errors } = run(text);
  assert.is(errors, '', text);
  const out: unknown[] = [];
  for (let i = 0; i < tokens.count; i++) {
    const kind = tokens.kinds[i]!;
    if (kind === T.Name) out.push(tokens.names[tokens.data[i]!]);
    else if (kind >= T.Int && kind <= T.InterpolationFormat && kind !== T.InterpolationStart) out.push(tokens.literals[tokens.data[i]!]);
  }
  return out;
}

/** Indices of tokens before which a statement may end. */
function lineStarts(text: string): number[] {
  const { tokens } = run(text);
  return [...tokens.flags.subarray(1, tokens.count - 1)].flatMap((f, i) => ((f & Flag.Newline) !== 0 ? [i + 1] : []));
}

test('the fixed words have the ids their enums say', () => {
  assert.is(WORDS.length, W.FirstOther);
  assert.is(WORDS[W.Type], '类型');
  assert.is(WORDS[W.AsciiFalse], 'false');
  assert.is(WORDS[W.Underscore], '_');
  assert.is(WORDS[W.Not], '非');
  assert.is(RESERVED.length, T.Defer - T.FirstKeyword + 1);
  assert.equal(kinds('延后 包 等待'), [T.Defer, T.Package, T.Await]);
});

test('every reserved word is a keyword only as a whole token', () => {
  for (const [id, word] of RESERVED.entries()) {
    assert.equal(kinds(word), [T.FirstKeyword + id], word);
    assert.equal(kinds(`${word}甲`), [T.Name], word);
    assert.equal(kinds(`甲.${word}`), [T.Name, T.Dot, T.Name], word);
    assert.equal(kinds(`甲::${word}`), [T.Name, T.ColonColon, T.Name], word);
  }
});

test('full-width signs are the tokens of their half-width ones', () => {
  const pairs: [string, string][] = [
    ['（）', '()'], ['｛｝', '{}'], ['［］', '[]'], ['【】', '{}'], ['，', ','], ['、', ','], ['；', ';'], ['：', ':'], ['：：', '::'],
    ['甲．乙', '甲.乙'], ['甲。乙', '甲.乙'], ['！', '!'], ['！＝', '!='], ['＝', '='], ['＝＝', '=='], ['＋＝', '+='], ['－', '-'], ['＊', '*'],
    ['／', '/'], ['％', '%'], ['＜', '<'], ['＞', '>'], ['｜｜', '||'], ['＆＆', '&&'], ['《甲》', '<甲>'], ['－＞', '->'], ['＝＞', '=>'],
    ['＜－', '<-'], ['．．', '..'], ['．．．', '...'], ['..＝', '..='], ['＾', '^'], ['～', '~'], ['＜＜＝', '<<='], ['：＝', ':='],
  ];
  for (const [full, half] of pairs) assert.equal(kinds(full), kinds(half), full);
  assert.equal(kinds('a\u3000b'), [T.Name, T.Name]);
  assert.equal(values('１２３＋４．５'), [123n, 4.5]);
});

test('signs are read as far as they go', () => {
  assert.equal(kinds('<<= << <= <- < << -'), [T.LtLtEq, T.LtLt, T.LtEq, T.LeftArrow, T.Lt, T.LtLt, T.Minus]);
  assert.equal(kinds('x<-1'), [T.Name, T.LeftArrow, T.Int]);
  assert.equal(kinds('>> >= >>='), [T.Gt, T.Gt, T.Gt, T.Eq, T.Gt, T.Gt, T.Eq]);
  assert.equal(kinds('... ..= .. .'), [T.Ellipsis, T.DotDotEq, T.DotDot, T.Dot]);
  assert.equal(kinds('&&= &= |= ^= %= /= *= -= +='), [
    T.AmpAmp, T.Eq, T.AmpEq, T.PipeEq, T.CaretEq, T.PercentEq, T.SlashEq, T.StarEq, T.MinusEq, T.PlusEq,
  ]);
  assert.equal(kinds('a+==b'), [T.Name, T.Plus, T.EqEq, T.Name]);
  assert.equal(kinds(':: := : => -> !='), [T.ColonColon, T.ColonEq, T.Colon, T.FatArrow, T.Arrow, T.BangEq]);
});

test('。 at the end of a line ends the statement', () => {
  assert.equal(kinds('甲。\n乙'), [T.Name, T.Semicolon, T.Name]);
  assert.equal(kinds('甲。 // 注释\n'), [T.Name, T.Semicolon]);
  assert.equal(kinds('{ 甲。}'), [T.LBrace, T.Name, T.Semicolon, T.RBrace]);
  assert.equal(kinds('甲。'), [T.Name, T.Semicolon]);
  assert.equal(kinds('甲。乙'), [T.Name, T.Dot, T.Name]);
  assert.equal(kinds('甲.\n乙'), [T.Name, T.Dot, T.Name]);
});

test('names follow Unicode and are compared in NFC', () => {
  assert.equal(values('变量计数 _a1 café Ω名 𠀀𠀁'), ['变量计数', '_a1', 'café', 'Ω名', '𠀀𠀁']);
  const { tokens } = run('cafe\u0301 caf\u00e9');
  assert.is(tokens.data[0], tokens.data[1]);
  assert.is(tokens.flags[0]! & Flag.Respelled, Flag.Respelled);
  assert.is(tokens.flags[1]! & Flag.Respelled, 0);
  assert.equal(values('甲１ 甲1 甲＿'), ['甲1', '甲1', '甲_']);
  assert.ok(isNameStart(0x4e00) && isNameStart(0x61) && isNameStart(0x5f) && isNameStart(0x3007));
  assert.not(isNameStart(0x31) || isNameStart(0x301) || isNameStart(0x2b) || isNameStart(0x3002));
  assert.ok(isNameContinue(0x31) && isNameContinue(0x301) && isNameContinue(0x20000));
  assert.not(isNameContinue(0x2d) || isNameContinue(0x1f600));
});

test('newlines count by the innermost open bracket', () => {
  assert.equal(lineStarts('a\nb'), [1]);
  assert.equal(lineStarts('(\na\n)\nb'), [3]);
  assert.equal(lineStarts('[\na\n]'), []);
  assert.equal(lineStarts('{\na\n}'), [1, 2]);
  assert.equal(lineStarts('f({\na\n})'), [3, 4]);
  assert.equal(lineStarts('{(\na\n)\nb}'), [4]);
  assert.equal(lineStarts('a /* \n */ b'), [1]);
  assert.equal(lineStarts('a\r\nb\rc'), [1, 2]);
});

test('brackets know their partners', () => {
  const { tokens } = run('f({a[1]}, (2))');
  const partner = (i: number): number => tokens.data[i]!;
  assert.is(partner(1), tokens.count - 2);
  assert.is(partner(partner(1)), 1);
  assert.is(partner(2), 7);
  assert.is(partner(4), 6);
});

test('an unclosed bracket is named where it was opened', () => {
  assert.is(run('f(1').errors, 'E2002 1-2');
  assert.is(run('{ f(1 }').errors, 'E2002 3-4');
  assert.is(run('{ ( [ }').errors, 'E2002 4-5');
  assert.is(run('( [ )').errors, 'E2002 2-3');
  assert.is(run('{').errors, 'E2002 0-1');
});

test('lines after an unclosed bracket end statements again', () => {
  const { tokens } = run('{ f(1\na\nb(\n2)\n}');
  // { f ( 1 a b ( 2 ) }
  const newline = (i: number): boolean => (tokens.flags[i]! & Flag.Newline) !== 0;
  assert.ok(newline(4) && newline(5) && newline(9));
  assert.not(newline(7));
});

test('what follows # was meant as a comment', () => {
  assert.is(run('# 说明 (未完\nx').errors, 'E1001 0-1');
});

test('a bracket closed by one of another kind is one error', () => {
  assert.is(run('(1, 2]').errors, 'E2025 5-6');
  assert.is(run('[1, 2)').errors, 'E2025 5-6');
  assert.is(run('{\n f(1}\n}').errors, 'E2025 6-7');
  assert.is(run('{\n a\n)').errors, 'E2025 5-6');
  assert.is(run('{ f(1 }').errors, 'E2002 3-4');
});

test('a file has a limited number of tokens', () => {
  const diagnostics: Diagnostic[] = [];
  lex(new SourceFile('测试.qi', 'f(1, 2, 3)'), (d) => diagnostics.push(d), 4);
  assert.equal(diagnostics.map((d) => [d.code, d.args['上限']]), [['E1010', 4]]);
});

test('a lost end of the file costs one error', () => {
  assert.is(run('f(g({ /* a').errors, 'E1006 6-8');
  assert.is(run('f({ """a').errors, 'E1002 4-7');
});

test('a bracket that closes nothing is reported and dropped', () => {
  const { tokens, errors } = run('a ) ] } b');
  assert.is(errors, 'E2004 2-3, E2004 4-5');
  assert.is(tokens.count, 3);
  assert.is(run('{ a ) }').errors, 'E2004 4-5');
});

test('comments nest, and doc comments stand before a token', () => {
  assert.equal(values('a // 注释\nb /* x /* y */ z */ c'), ['a', 'b', 'c']);
  assert.equal(values('／／ 全角\na ／＊ x ＊／ b'), ['a', 'b']);
  assert.is(run('a /* b /* c */').errors, 'E1006 2-4');
  const { tokens } = run('/// 一\n///  二\n函数\n//// 不是\na\n/// 丢\n// 普通\nb');
  assert.is(tokens.docs.get(0), '一\n二');
  assert.is(tokens.docs.size, 1);
  assert.equal(values('#!/usr/bin/env qi\na'), ['a']);
});

test('integers', () => {
  assert.equal(values('0 7 1_000 0xFF 0Xff 0b1010 0o17 0xdead_beef'), [0n, 7n, 1000n, 255n, 255n, 10n, 15n, 0xdeadbeefn]);
  assert.equal(values('9223372036854775808 170141183460469231731687303715884105727'), [9223372036854775808n, 2n ** 127n - 1n]);
  assert.equal(kinds('1..5'), [T.Int, T.DotDot, T.Int]);
  assert.equal(kinds('1.绝对值'), [T.Int, T.Dot, T.Name]);
  assert.equal(kinds('a.0.1'), [T.Name, T.Dot, T.Int, T.Dot, T.Int]);
});

test('floats', () => {
  assert.equal(values('3.14 1.0e10 2.5e-3 1e3 1E+2 1_0.5'), [3.14, 1e10, 2.5e-3, 1000, 100, 10.5]);
  assert.equal(kinds('1.5.a'), [T.Float, T.Dot, T.Name]);
});

test('broken numbers are reported once, as a whole', () => {
  assert.is(run('12abc').errors, 'E1008 0-5');
  assert.is(run('100毫秒').errors, 'E1008 0-5');
  assert.is(run('0x').errors, 'E1008 0-2');
  assert.is(run('0b12').errors, 'E1008 0-4');
  assert.is(run('0xFG').errors, 'E1008 0-4');
  assert.is(run('1__2').errors, 'E1008 0-4');
  assert.is(run('1_').errors, 'E1008 0-2');
  assert.is(run('1_.5').errors, 'E1008 0-4');
  assert.is(run('1e5x').errors, 'E1008 0-4');
  assert.is(run(`${'9'.repeat(5000)}`).errors, 'E1008 0-5000');
});

test('unexpected characters are reported once a run, with their number', () => {
  const { diagnostics, errors } = run('a @@@ b ？ \u0001 😀');
  assert.is(errors, 'E1001 2-5, E1001 8-9, E1001 10-11, E1001 12-14');
  assert.is(diagnostics[0]!.args['字符'], '@ (U+0040)');
  assert.is(diagnostics[2]!.args['字符'], 'U+0001');
  assert.is(run('$ a').errors, 'E1001 0-1');
  assert.is(run('@ '.repeat(100)).diagnostics.length, 20);
});

test('spaces of Unicode separate, and a byte order mark is no text', () => {
  assert.equal(values('a\u00a0b\u2003c\u2028d'), ['a', 'b', 'c', 'd']);
  assert.equal(values('\ufeffa'), ['a']);
});

test('a missing space after a keyword is recognised', () => {
  assert.equal(splitKeyword('变量计数'), { keyword: '变量', rest: '计数' });
  assert.equal(splitKeyword('不可变甲'), { keyword: '不可变', rest: '甲' });
  assert.equal(splitKeyword('当真'), { keyword: '当', rest: '真' });
  assert.is(splitKeyword('空间'), undefined);
  assert.is(splitKeyword('变量'), undefined);
  assert.is(splitKeyword('计数'), undefined);
});

test('long inputs take linear time and no stack', () => {
  const start = performance.now();
  assert.is(run(`${'('.repeat(100_000)}${')'.repeat(100_000)}`).errors, '');
  assert.is(run('('.repeat(100_000)).errors, 'E2002 99999-100000');
  assert.is(run('a)'.repeat(100_000)).diagnostics.length, 100_000);
  run('{(['.repeat(30_000) + '}'.repeat(30_000));
  run(`"${'气'.repeat(5_000_000)}"`);
  run(`/*${'/*'.repeat(100_000)}`);
  run('a'.repeat(5_000_000));
  assert.ok(performance.now() - start < 10_000);
});

test.run();
