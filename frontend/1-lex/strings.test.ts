import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceFile } from '../source.js';
import { lex } from './lex.js';
import { T } from './token.js';

interface Piece {
  kind: T;
  value: unknown;
}

function run(text: string): { pieces: Piece[]; errors: string } {
  const errors: string[] = [];
  const t = lex(new SourceFile('测试.qi', text), (d) => errors.push(`${d.code} ${d.span.start}-${d.span.end}`));
  const pieces: Piece[] = [];
  for (let i = 0; i < t.count - 1; i++) {
    const kind = t.kinds[i] as T;
    const literal = kind >= T.Int && kind <= T.InterpolationFormat && kind !== T.InterpolationStart;
    pieces.push({ kind, value: literal ? t.literals[t.data[i]!] : kind === T.Name ? t.names[t.data[i]!] : undefined });
  }
  return { pieces, errors: errors.join(', ') };
}

/** Value of the one string in a text. */
function text(source: string): unknown {
  const { pieces, errors } = run(source);
  assert.is(errors, '', source);
  assert.is(pieces.length, 1, source);
  assert.is(pieces[0]!.kind, T.String, source);
  return pieces[0]!.value;
}

/** Texts of an interpolated string, with expressions as `{}`. */
function texts(source: string): string {
  const { pieces, errors } = run(source);
  assert.is(errors, '', source);
  return pieces.map((p) => (p.kind === T.InterpolationText ? `<${String(p.value)}>` : p.kind === T.InterpolationOpen ? '{' : p.kind === T.InterpolationClose ? '}' : p.kind === T.Name ? String(p.value) : p.kind === T.InterpolationFormat ? `:${String(p.value)}` : '')).join('');
}

test('quotes', () => {
  for (const source of ['"甲"', '“甲”', '「甲」', '＂甲＂', 'r"甲"', 'r「甲」']) assert.is(text(source), '甲', source);
  assert.is(text('""'), '');
  assert.is(text("''"), '');
  assert.is(text('“他说"好"”'), '他说"好"');
});

test("'x' with one scalar value is a character", () => {
  for (const [source, value] of [["'a'", 'a'], ["'气'", '气'], ["'\\n'", '\n'], ["'😀'", '😀'], ["'\\u{1F600}'", '😀'], ["'\\''", "'"]] as const) {
    assert.equal(run(source).pieces, [{ kind: T.Char, value }], source);
  }
  assert.is(text("'ab'"), 'ab');
});

test('escapes', () => {
  assert.is(text('"\\n\\t\\r\\\\\\"\\\'\\0\\x41\\u{6C14}\\u{10FFFF}"'), '\n\t\r\\"\'\0A气\u{10ffff}');
  assert.is(text('“\\”\\“”'), '”“');
  assert.is(text('r"\\n"'), '\\n');
});

test('broken escapes are named', () => {
  assert.is(run('"\\q"').errors, 'E1007 1-3');
  assert.is(run('"a\\x4"').errors, 'E1007 2-4');
  assert.is(run('"\\u{110000}"').errors, 'E1007 1-11');
  assert.is(run('"\\u{D800}"').errors, 'E1007 1-9');
  assert.is(run('"\\u12"').errors, 'E1007 1-3');
  assert.is(run('"\\u{}"').errors, 'E1007 1-3');
  assert.is(run('"\\😀"').errors, 'E1007 1-4');
});

test('a string ends on its line', () => {
  assert.is(run('"abc\nx').errors, 'E1002 0-1');
  assert.is(run('"abc').errors, 'E1002 0-1');
  assert.is(run('"abc\\').errors, 'E1002 0-1');
  assert.is(run('"abc\\\nx').errors, 'E1002 0-1');
  assert.equal(run('"abc\nx').pieces.map((p) => p.kind), [T.String, T.Name]);
  assert.is(run('"""abc').errors, 'E1002 0-3');
  assert.is(run('“abc"\n').errors, 'E1011 4-5');
  assert.is(run('"abc”)').errors, 'E1011 4-5, E2004 5-6');
  assert.is(run('“他说"好吗\n').errors, 'E1002 0-1');
  assert.is(run('f("abc)\nx').errors, 'E1002 2-3');
  assert.is(run('{ f(g("abc)) }\nx').errors, 'E1002 6-7');
});

test('multi-line strings lose their common indentation', () => {
  assert.is(text('"""一\n二"""'), '一\n二');
  assert.is(text('"""\n    一\n      二\n    """'), '一\n  二');
  assert.is(text('"""\n    一\n  二\n"""'), '    一\n  二');
  assert.is(text('"""\n  一\n\n  二\n  """'), '一\n\n二');
  assert.is(text('"""\r\n  一\r\n  二\r\n  """'), '一\n二');
  assert.is(text('"""\n\t一\n\t\t二\n\t"""'), '一\n\t二');
  assert.is(text('"""\n  一\\n\\t二\\"""\n  """'), '一\n\t二"""');
  assert.is(text('"""a"b""c"""'), 'a"b""c');
  assert.is(text('""""""'), '');
  assert.is(text('"""\n"""'), '');
  assert.is(text('r"""\n  a\\n\n  """'), 'a\\n');
});

test('interpolation', () => {
  assert.is(texts('$"你好，{名}！"'), '<你好，>{名}<！>');
  assert.is(texts('$"{a}{b}"'), '{a}{b}');
  assert.is(texts('$"{{x}} {a}"'), '<{x} >{a}');
  assert.is(texts('$"{价:.2}元"'), '{价:.2}<元>');
  assert.is(texts('$"{价：.2}"'), '{价:.2}');
  assert.is(texts('$"{a::b}"'), '{ab}');
  assert.is(texts('$“{a}\\n”'), '{a}<\n>');
  assert.is(texts('$"{d["k"]}"'), '{d}');
  assert.is(texts('$"{f({a}, (b: c))}"'), '{fabc}');
  assert.is(texts('$"甲{$"乙{c}"}丙"'), '<甲>{<乙>{c}}<丙>');
  assert.is(texts('$""'), '');
});

test('multi-line interpolation loses indentation across its expressions', () => {
  assert.is(texts('$"""\n    甲{a}\n      乙\n    {b}丙\n    """'), '<甲>{a}<\n  乙\n>{b}<丙>');
  assert.is(texts('$"""\n  {\n a\n }\n  """'), '<>{a}<>');
});

test('broken interpolations cost one error', () => {
  assert.is(run('$"a}b"').errors, 'E1009 3-4');
  assert.is(run('$"a{b"\nx').errors, 'E2002 3-4');
  assert.is(run('$"a{b\nx').errors, 'E1002 0-1');
  assert.is(run('$"a{b').errors, 'E1002 0-1');
  assert.is(run('$"a{b:.2"\nx').errors, 'E2002 3-4');
  assert.is(run('$"a').errors, 'E1002 0-1');
  assert.is(run('$"{(a}"').errors, 'E2002 3-4');
  assert.is(run('$"{a)}"').errors, 'E2004 4-5');
  assert.is(run('$"a{$"b{c\nx').errors, 'E1002 0-1');
  assert.is(run('$"""a{b').errors, 'E1002 0-3');
});

test.run();
