/** Literals: the ones patterns may use too, and interpolated strings. */

import type { Expr, InterpolatedPart, InterpolatedString } from '../ast.js';
import { Flag, T, W } from '../1-lex/token.js';
import { Context, type Cursor } from './cursor.js';
import { parseExpr } from './expressions.js';
import { hintOperand } from './hints.js';

/** Reads a literal; gives an ErrorExpr, with E2005, when there is none. */
export function parseLiteral(p: Cursor): Expr {
  const at = p.pos;
  const span = p.span();
  switch (p.kind) {
    case T.Int:
      p.pos++;
      return { kind: 'IntLiteral', id: p.newId(), span, text: numberText(p, at), value: p.literals[p.data[at]!] as bigint };
    case T.Float:
      p.pos++;
      return { kind: 'FloatLiteral', id: p.newId(), span, text: numberText(p, at), value: p.literals[p.data[at]!] as number };
    case T.String:
      p.pos++;
      return { kind: 'StringLiteral', id: p.newId(), span, value: p.literals[p.data[at]!] as string };
    case T.Char:
      p.pos++;
      return { kind: 'CharLiteral', id: p.newId(), span, value: p.literals[p.data[at]!] as string };
    case T.True:
    case T.False:
      p.pos++;
      return { kind: 'BoolLiteral', id: p.newId(), span, value: p.kinds[at] === T.True };
    case T.Unit:
      p.pos++;
      return { kind: 'UnitLiteral', id: p.newId(), span };
    case T.Name:
      if (p.atWord(W.AsciiTrue) || p.atWord(W.AsciiFalse)) {
        const value = p.atWord(W.AsciiTrue);
        p.warn('W2001', span, { 写法: p.text(at), 建议: value ? '真' : '假' });
        p.pos++;
        return { kind: 'BoolLiteral', id: p.newId(), span, value };
      }
      return errorExpr(p);
    default:
      return errorExpr(p);
  }
}

function numberText(p: Cursor, at: number): string {
  const text = p.text(at);
  // Numbers are short and nearly always ASCII; a loop over them is cheaper than a regular expression.
  let i = 0;
  while (i < text.length && text.charCodeAt(i) < 0x80) i++;
  if (i === text.length) return text;
  return text.replace(/[\uff01-\uff5e。]/g, (c) => (c === '。' ? '.' : String.fromCharCode(c.charCodeAt(0) - 0xfee0)));
}

export function errorExpr(p: Cursor): Expr {
  const span = p.errorSpan();
  const before = p.kinds[p.pos - 1];
  if (p.at(T.Eq) && p.pos > p.statementStart + 1 && (before === T.AmpAmp || before === T.PipePipe)) {
    const sign = p.text(p.pos - 1);
    const target = p.file.text.slice(p.starts[p.statementStart], p.ends[p.pos - 2]);
    p.fail('E2017', { start: p.starts[p.pos - 1]!, end: p.ends[p.pos]! }, { 写法: `${sign}=`, 建议: `${target} = ${target} ${sign} …` });
  }
  p.fail('E2005', span, { 实际: p.found() }, { hint: hintOperand(p) });
  return { kind: 'ErrorExpr', id: p.newId(), span };
}

/** `$"…{值:.2}…"`, at its start. */
export function parseInterpolated(p: Cursor): InterpolatedString {
  const { start } = p;
  p.advance();
  const parts: InterpolatedPart[] = [];
  for (;;) {
    const at = p.pos;
    const span = p.span();
    if (p.accept(T.InterpolationText)) {
      const value = p.literals[p.data[at]!] as string;
      if (value !== '') parts.push({ kind: 'TextPart', span, value });
    } else if (p.at(T.InterpolationOpen)) {
      parts.push(parseInterpolation(p));
    } else {
      p.expect(T.InterpolationEnd, '"');
      return { kind: 'InterpolatedString', id: p.newId(), span: p.from(start), parts };
    }
  }
}

function parseInterpolation(p: Cursor): InterpolatedPart {
  const { start, context } = p;
  const open = p.open();
  p.context = Context.Any;
  const expr = parseExpr(p);
  p.context = context;
  const format = p.at(T.InterpolationFormat) ? (p.literals[p.data[p.pos++]!] as string) : undefined;
  p.close(open, '}');
  return { kind: 'ExprPart', span: p.from(start), expr, format };
}

/** Is the bracket here one that reads as `[`? */
export function atLenticular(p: Cursor): boolean {
  return p.at(T.LBrace) && p.hasFlag(Flag.Lenticular);
}
