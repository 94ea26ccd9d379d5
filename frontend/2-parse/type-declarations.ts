/** Structs, enums, traits, 方法/实现 blocks and type aliases. */

import type {
  EnumDecl, FieldDecl, FunctionDecl, ImplDecl, Name, StructDecl, TraitDecl, TypeAliasDecl, TypeExpr, TypeParam, VariantDecl, VariantField,
  Visibility,
} from '../ast.js';
import { Flag, T } from '../1-lex/token.js';
import type { Cursor } from './cursor.js';
import { parseMethod } from './declarations.js';
import { parseExpr } from './expressions.js';
import { parseBounds, parseType, parseTypeParams, scanType, scanTypeParams } from './types.js';

const TYPE_NAME = { zh: '类型名', en: 'the name of a type' };
const FIELD_NAME = { zh: '字段名', en: 'the name of a field' };
const VARIANT_NAME = { zh: '变体名', en: 'the name of a variant' };
const METHODS_OUTSIDE = {
  zh: '方法写在类型之外：方法 类型 { 函数 名(…) { … } }；创建值写 类型 { 字段: 值 }',
  en: 'methods stand outside of the type: 方法 Type { 函数 name(…) { … } }; a value is made by Type { field: value }',
};
const SEPARATOR = { zh: '“,”、“;” 或换行', en: '`,`, `;` or a new line' };

/** `类型 名 { … }`, `类型 名(…)` or `类型 名 = 类型`, at 类型. */
export function parseTypeDecl(p: Cursor, first: number, visibility: Visibility): StructDecl | TypeAliasDecl {
  const start = p.starts[first]!;
  p.advance();
  const name = p.name(TYPE_NAME);
  const typeParams = parseTypeParams(p);
  if (!p.accept(T.Eq)) return parseStructRest(p, first, visibility, name, typeParams);
  const type = parseType(p);
  const span = p.from(start);
  p.endStatement();
  return { kind: 'TypeAliasDecl', span, visibility, name, typeParams, type, doc: p.doc(first) };
}

/** `结构体 名 { … }`, `结构体 名(…)`, at 结构体. */
export function parseStruct(p: Cursor, first: number, visibility: Visibility): StructDecl {
  p.advance();
  const name = p.name(TYPE_NAME);
  return parseStructRest(p, first, visibility, name, parseTypeParams(p));
}

function parseStructRest(p: Cursor, first: number, visibility: Visibility, name: Name, typeParams: readonly TypeParam[]): StructDecl {
  const start = p.starts[first]!;
  if (p.at(T.Eq)) {
    const hint = { zh: '结构体不写 =：结构体 名 { 字段: 类型 }', en: 'a struct has no =: 结构体 name { field: type }' };
    p.complain('E2001', p.span(), { 期望: { zh: '“{”', en: '`{`' }, 实际: p.found() }, { hint });
    p.advance();
  }
  refuseInheritance(p);
  const isTuple = p.at(T.LParen);
  let fields: FieldDecl[] = [];
  if (isTuple) {
    fields = parseTupleFields(p);
  } else if (p.at(T.LBrace)) {
    const open = p.open();
    parseItems(p, open, () => fields.push(parseField(p)));
    p.close(open, '}');
  } else {
    p.failExpected('{');
  }
  const span = p.from(start);
  if (isTuple || p.panic) p.endStatement();
  else p.accept(T.Semicolon);
  return { kind: 'StructDecl', span, visibility, name, typeParams, fields, isTuple, doc: p.doc(first) };
}

/** `类型 狗 继承 动物 {`, `类型 狗: 动物 {`, `类型 狗(动物) {`: reported, and read up to the brace. */
function refuseInheritance(p: Cursor): void {
  if (!inherits(p, p.pos)) return;
  const brace = braceBehind(p, p.pos);
  p.complain('E2001', p.span(), { 期望: { zh: '“{”', en: '`{`' }, 实际: p.found() }, {
    hint: { zh: '没有继承：写 结构体 名 { … }，把那个类型的值作为字段；共同的方法写成 特性，再写 实现 特性 对于 类型 { … }', en: 'there is no inheritance: write 结构体 Name { … } and hold a value of that type as a field; methods in common are a 特性 with 实现 Trait 对于 Type { … }' },
  });
  // Methods among the fields are the rest of that mistake.
  p.noteReported('method');
  p.pos = brace;
}

/** Does a parent stand at token `i`, behind the name of a type, and the brace on the same line? */
export function inherits(p: Cursor, i: number): boolean {
  const isWord = /^(?:继承|继承自|扩展|extends|implements|实现)$/u.test(p.nameAt(i));
  return (isWord || p.kinds[i] === T.Colon || p.kinds[i] === T.LParen) && braceBehind(p, i) > 0;
}

/** Index of the brace further on in the line of token `i`, or -1. */
function braceBehind(p: Cursor, i: number): number {
  let brace = p.kinds[i] === T.LParen ? p.behind(i) : i;
  while (brace > 0 && p.kinds[brace] !== T.LBrace) {
    if (p.kinds[brace] === T.End || (p.flags[brace]! & Flag.AnyNewline) !== 0) return -1;
    brace++;
  }
  return brace > 0 && (p.flags[brace]! & Flag.AnyNewline) === 0 ? brace : -1;
}

/** Items of a braced list, separated by `,` `;` or a newline; an error in one costs only that one. */
function parseItems(p: Cursor, open: number, parseItem: () => void): void {
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    if (p.accept(T.Comma) || p.accept(T.Semicolon)) continue;
    const at = p.pos;
    p.statementStart = at;
    parseItem();
    const last = p.kinds[p.pos - 1];
    const ended = p.at(T.Comma) || p.atStatementEnd || last === T.RBrace || last === T.Semicolon;
    if (!ended && p.pos !== at) p.failExpected(SEPARATOR);
    if (p.pos === at) p.skipToken();
    if (p.panic) {
      while (!p.atStatementEnd && !p.at(T.Comma)) p.skipToken();
      p.panic = false;
    }
  }
  // A brace that was never closed has been reported.
  if (p.data[open]! < 0) p.panic = true;
}

function parseField(p: Cursor): FieldDecl {
  const { start, pos: first } = p;
  const visibility = parseVisibility(p);
  if (!p.accept(T.Var)) p.accept(T.Mut);
  if (p.at(T.Function) && p.peek(1) === T.Name && p.hasReported('method')) p.panic = true;
  else if (p.at(T.Function) && p.peek(1) === T.Name) p.fail('E2020', p.span(), { 修饰: '函数' }, { hint: METHODS_OUTSIDE });
  if (p.at(T.Name) && p.peek(1) === T.LParen && p.kinds[p.behind(p.pos + 1)] === T.LBrace) return skipMethod(p, visibility);
  const { name, type } = parseTypedName(p, FIELD_NAME);
  const value = p.accept(T.Eq) ? parseExpr(p) : undefined;
  return { kind: 'FieldDecl', span: p.from(start), visibility, name, type, default: value, doc: p.doc(first) };
}

/** `叫() { … }` among the fields, as in a class of another language: told once for all of them. */
function skipMethod(p: Cursor, visibility: Visibility): FieldDecl {
  const name: Name = { kind: 'Name', text: p.nameAt(p.pos), span: p.span() };
  const { start, pos: first } = p;
  p.advance();
  p.complainOnce('method', 'E2001', p.span(), { 期望: { zh: '“:”', en: '`:`' }, 实际: p.found() }, METHODS_OUTSIDE);
  p.skipToken();
  p.skipToken();
  const span = p.from(start);
  return { kind: 'FieldDecl', span, visibility, name, type: { kind: 'ErrorType', span }, default: undefined, doc: p.doc(first) };
}

/** `名: 类型` or `类型 名`. */
function parseTypedName(p: Cursor, what: { zh: string; en: string }): { name: Name; type: TypeExpr } {
  if (p.isSwapped) {
    const name = p.takeSwapped();
    return { name, type: parseType(p) };
  }
  const afterType = scanType(p, p.pos);
  const isWord = afterType > 0 && (p.kinds[afterType] === T.Name || p.kinds[afterType]! >= T.FirstKeyword);
  if (isWord && (p.flags[afterType]! & Flag.AnyNewline) === 0) {
    const type = parseType(p);
    return { type, name: p.name(what) };
  }
  const name = p.name(what);
  if (p.at(T.Comma) || p.at(T.Semicolon) || p.at(T.RBrace) || p.lineBreak()) {
    // Who leaves out one type leaves out all of them.
    p.complainOnce('field', 'E2001', p.errorSpan(), { 期望: { zh: '“:”', en: '`:`' }, 实际: p.found() }, {
      zh: `字段要有类型：整数 ${name.text} 或 ${name.text}: 整数`, en: `a field has a type: 整数 ${name.text} or ${name.text}: 整数`,
    });
    return { name, type: { kind: 'ErrorType', span: p.errorSpan() } };
  }
  if (!p.expect(T.Colon, ':')) return { name, type: { kind: 'ErrorType', span: p.errorSpan() } };
  return { name, type: parseType(p) };
}

function parseVisibility(p: Cursor): Visibility {
  if (p.accept(T.Public)) return 'public';
  return p.accept(T.Private) ? 'private' : 'default';
}

function parseTupleFields(p: Cursor): FieldDecl[] {
  const fields: FieldDecl[] = [];
  const open = p.open();
  while (!p.at(T.RParen) && !p.at(T.End)) {
    const { start, pos: first } = p;
    const visibility = parseVisibility(p);
    const type = parseType(p);
    const span = p.from(start);
    const name: Name = { kind: 'Name', text: String(fields.length), span };
    fields.push({ kind: 'FieldDecl', span, visibility, name, type, default: undefined, doc: p.doc(first) });
    if (!p.accept(T.Comma)) break;
  }
  p.close(open, ')');
  return fields;
}

/** `枚举 名 { 红, 失败(整数 码) }`, at 枚举. */
export function parseEnum(p: Cursor, first: number, visibility: Visibility): EnumDecl {
  const start = p.starts[first]!;
  p.advance();
  const name = p.name(TYPE_NAME);
  const typeParams = parseTypeParams(p);
  const variants: VariantDecl[] = [];
  const open = p.pos;
  if (p.expect(T.LBrace, '{')) {
    parseItems(p, open, () => variants.push(parseVariant(p)));
    p.close(open, '}');
  }
  const span = p.from(start);
  endDeclaration(p);
  return { kind: 'EnumDecl', span, visibility, name, typeParams, variants, doc: p.doc(first) };
}

function parseVariant(p: Cursor): VariantDecl {
  const { start, pos: first } = p;
  if (p.at(T.Int)) {
    // Who numbers one variant numbers all of them.
    p.complainOnce('variant', 'E2001', p.span(), { 期望: VARIANT_NAME, 实际: p.found() }, { zh: '变体是名称：枚举 颜色 { 红, 绿 }', en: 'variants are names: 枚举 Colour { red, green }' });
    p.panic = true;
  }
  const name = p.name(VARIANT_NAME);
  const payload: VariantField[] = [];
  if (p.at(T.LParen)) {
    const open = p.open();
    while (!p.at(T.RParen) && !p.at(T.End)) {
      payload.push(parseVariantField(p));
      if (!p.accept(T.Comma)) break;
    }
    p.close(open, ')');
  } else if (p.at(T.LBrace) && !p.lineBreak()) {
    refuseBracedPayload(p, name.text, payload);
  }
  const discriminant = p.accept(T.Eq) ? parseExpr(p) : undefined;
  return { kind: 'VariantDecl', span: p.from(start), name, payload, discriminant, doc: p.doc(first) };
}

/** `甲 { x: 整数 }`, at the brace: reported, and its fields read. */
function refuseBracedPayload(p: Cursor, variant: string, payload: VariantField[]): void {
  const span = p.span();
  const found = p.found();
  const open = p.open();
  const parts: string[] = [];
  while (!p.at(T.RBrace) && !p.at(T.End) && !p.panic) {
    const field = parseVariantField(p);
    payload.push(field);
    const type = p.file.text.slice(field.type.span.start, field.type.span.end);
    parts.push(field.name === undefined ? type : `${type} ${field.name.text}`);
    if (!p.accept(T.Comma) && !p.accept(T.Semicolon) && !p.newline) break;
  }
  const write = `${variant}(${parts.length > 4 ? '…' : parts.join(', ')})`;
  p.complain('E2001', span, { 期望: { zh: '“(”', en: '`(`' }, 实际: found }, { hint: { zh: `变体的值写在圆括号里：${write}`, en: `the values of a variant stand in parentheses: ${write}` } });
  p.close(open, '}');
}

/** `整数`, `整数 码` or `码: 整数`. */
function parseVariantField(p: Cursor): VariantField {
  const { start } = p;
  if (p.at(T.Name) && p.peek(1) === T.Colon) {
    const name = p.takeName();
    p.advance();
    const type = parseType(p);
    return { kind: 'VariantField', span: p.from(start), name, type };
  }
  const type = parseType(p);
  const name = p.at(T.Name) ? p.takeName() : undefined;
  return { kind: 'VariantField', span: p.from(start), name, type };
}

/** `特性 名 { 函数 显示(): 字符串; }`, at 特性. */
export function parseTrait(p: Cursor, first: number, visibility: Visibility): TraitDecl {
  const start = p.starts[first]!;
  p.advance();
  const name = p.name(TYPE_NAME);
  const typeParams = parseTypeParams(p);
  const supertraits = p.accept(T.Colon) ? parseBounds(p) : [];
  const methods = parseMethods(p, false);
  const span = p.from(start);
  endDeclaration(p);
  return { kind: 'TraitDecl', span, visibility, name, typeParams, supertraits, methods, doc: p.doc(first) };
}

/** Do 实现 or 方法 here begin a block of methods? */
export function startsImpl(p: Cursor): boolean {
  if (p.lineBreak(1)) return false;
  let at = p.pos + 1;
  if (p.kinds[at] === T.Lt) at = scanTypeParams(p, at);
  if (at < 0) return false;
  const behind = scanType(p, at);
  return behind > 0 && p.kinds[at] !== T.LParen && (p.kinds[behind] === T.LBrace || p.kinds[behind] === T.For);
}

/** `方法 点 { … }`, `实现 点 { … }`, `实现 可显示 对于 点 { … }`, at the word. */
export function parseImpl(p: Cursor): ImplDecl {
  const { start } = p;
  p.advance();
  const typeParams = parseTypeParams(p);
  const type = parseType(p);
  const target = p.accept(T.For) ? parseType(p) : undefined;
  const methods = parseMethods(p, true);
  const span = p.from(start);
  endDeclaration(p);
  return { kind: 'ImplDecl', span, typeParams, trait: target === undefined ? undefined : type, target: target ?? type, methods };
}

function parseMethods(p: Cursor, needBodies: boolean): FunctionDecl[] {
  const methods: FunctionDecl[] = [];
  const open = p.pos;
  if (!p.expect(T.LBrace, '{')) return methods;
  parseItems(p, open, () => {
    const method = parseMethod(p, needBodies);
    if (method !== undefined) methods.push(method);
  });
  p.close(open, '}');
  return methods;
}

function endDeclaration(p: Cursor): void {
  if (p.panic) p.skipStatement();
  p.accept(T.Semicolon);
}
