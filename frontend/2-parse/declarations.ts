/**
 * Packages, imports, variables and functions. Type declarations are in type-declarations.ts.
 *
 * A function's head comes in three spellings: `函数 名(参: 类型): 类型`, `-> 类型`, and type-first
 * `函数 类型 名(类型 参)`; all may be mixed, and a receiver may stand before any of them.
 */

import type {
  FunctionDecl, FunctionFlavour, ImportDecl, ImportItem, ImportPath, Mutability, Name, PackageDecl, Receiver, Stmt,
  TupleShape, TypeExpr, TypeParam, VarBinding, VarDecl, Visibility,
} from '../ast.js';
import { Flag, T, W } from '../1-lex/token.js';
import type { Cursor } from './cursor.js';
import { meantKeyword } from './english.js';
import { isWordOperator, parseExpr } from './expressions.js';
import { PARAM_NAME, parseParams, withTypesAlone } from './params.js';
import { parseBlock, parseBody } from './statements.js';
import { parseEnum, parseImpl, parseStruct, parseTrait, parseTypeDecl, startsImpl } from './type-declarations.js';
import { parseResult, parseType, parseTypeParams, refuseUnion, scanType, scanTypeParams } from './types.js';

const PACKAGE_NAME = { zh: '包名', en: 'the name of a package' };
const FUNCTION_NAME = { zh: '函数名', en: 'the name of a function' };
const VARIABLE_NAME = { zh: '变量名', en: 'the name of a variable' };
const DECLARATION = { zh: '声明', en: 'a declaration' };

// --- packages and imports -----------------------------------------------------------------------

/** `包 名;`, at 包. */
export function parsePackage(p: Cursor): PackageDecl {
  const { start } = p;
  p.advance();
  const path = [p.name(PACKAGE_NAME)];
  while (p.accept(T.Dot)) path.push(p.name(PACKAGE_NAME));
  const span = p.from(start);
  p.endStatement();
  return { kind: 'PackageDecl', span, path };
}

/** `导入 …;`, at 导入. */
export function parseImport(p: Cursor, visibility: Visibility, start: number): ImportDecl {
  p.advance();
  const path = parseImportPath(p);
  let alias: Name | undefined;
  let items: ImportItem[] | undefined;
  if (p.accept(T.As) || p.acceptWord(W.AsciiAs)) alias = p.name(PACKAGE_NAME);
  else if (p.at(T.LBrace) && !p.lineBreak()) items = parseImportItems(p);
  const span = p.from(start);
  p.endStatement();
  return { kind: 'ImportDecl', span, visibility, path, alias, items };
}

function parseImportPath(p: Cursor): ImportPath {
  const { start } = p;
  let up: number | undefined;
  while ((p.at(T.Dot) || p.at(T.DotDot)) && p.peek(1) === T.Slash) {
    up = (up ?? 0) + (p.at(T.DotDot) ? 1 : 0);
    p.pos += 2;
  }
  const separator = up === undefined ? T.Dot : T.Slash;
  const segments = [parsePathSegment(p, up !== undefined)];
  while (p.accept(separator)) segments.push(parsePathSegment(p, up !== undefined));
  return { kind: 'ImportPath', span: p.from(start), up, segments };
}

/** A name; in a path of files also words joined by `-` and reserved words. */
function parsePathSegment(p: Cursor, isFile: boolean): Name {
  const { start } = p;
  if (p.at(T.String)) {
    const path = String(p.literals[p.data[p.pos]!]).replace(/\.qi$/u, '');
    p.fail('E2001', p.span(), { 期望: PACKAGE_NAME, 实际: p.found() }, { hint: { zh: `不用引号：导入 ${path}`, en: `without quotes: 导入 ${path}` } });
    return { kind: 'Name', text: '', span: p.span() };
  }
  if (p.lineBreak()) {
    p.failExpected(PACKAGE_NAME);
    return { kind: 'Name', text: '', span: { start: p.lastEnd, end: p.lastEnd } };
  }
  if (!isFile) return p.name(PACKAGE_NAME);
  while (p.at(T.Name) || p.at(T.Minus) || p.at(T.Int) || p.kind >= T.FirstKeyword) {
    p.advance();
    if (p.hasFlag(Flag.Space)) break;
  }
  if (p.lastEnd <= start) return p.name(PACKAGE_NAME);
  const span = p.from(start);
  return { kind: 'Name', text: p.file.text.slice(span.start, span.end).normalize('NFC'), span };
}

function parseImportItems(p: Cursor): ImportItem[] {
  const items: ImportItem[] = [];
  const open = p.open();
  while (!p.at(T.RBrace) && !p.at(T.End)) {
    const { start } = p;
    const name = p.name(PACKAGE_NAME);
    const alias = p.accept(T.As) || p.acceptWord(W.AsciiAs) ? p.name(PACKAGE_NAME) : undefined;
    items.push({ kind: 'ImportItem', span: p.from(start), name, alias });
    if (p.panic || (!p.accept(T.Comma) && !p.accept(T.Semicolon) && !p.newline)) break;
  }
  p.close(open, '}');
  return items;
}

// --- what begins a declaration ------------------------------------------------------------------

/** Does a declaration with a contextual keyword or modifier begin here? */
export function startsDeclaration(p: Cursor): boolean {
  if (p.at(T.Async)) return p.peek(1) === T.Function || (p.peek(1) >= T.Var && p.peek(1) <= T.Const) || isModifierWord(p.peekWord(1)) || p.peekWord(1) === W.Coroutine;
  const next = p.peek(1);
  const nameFollows = next === T.Name && !p.lineBreak(1);
  switch (p.word) {
    case W.Static:
    case W.Inline:
      return !p.lineBreak(1) && (next === T.Function || next === T.Async || next === T.Public || next === T.Private || isModifierWord(p.peekWord(1)) || (p.peekWord(1) >= W.Type && p.peekWord(1) <= W.Methods && p.peek(2) === T.Name) || (p.peekWord(1) === W.Coroutine && p.peek(2) === T.Name));
    case W.Type:
      return nameFollows && (!isWordOperator(p.peekWord(1)) || p.peek(2) === T.LBrace || p.peek(2) === T.Eq);
    case W.Struct:
    case W.Enum:
    case W.Trait:
      // `结构体 点 = { … }` is a mistake; `结构体 点 = 1` would declare a variable.
      if (p.word === W.Struct && nameFollows && p.peek(2) === T.Eq && p.peek(3) === T.LBrace) return true;
      return nameFollows && p.peek(2) !== T.Eq && (!isWordOperator(p.peekWord(1)) || p.peek(2) === T.LBrace);
    case W.Impl:
    case W.Methods:
      return startsImpl(p);
    case W.Coroutine:
      return startsCoroutineDecl(p);
    case W.Test:
      return next === T.String && p.peek(2) === T.LBrace && !p.lineBreak(1);
    default:
      return false;
  }
}

function isModifierWord(word: number): boolean {
  return word === W.Static || word === W.Inline;
}

/** `协程 名(…)` declares when `{`, `:` or `->` follows. The name may have a type or a receiver before it. */
function startsCoroutineDecl(p: Cursor): boolean {
  if (p.lineBreak(1)) return false;
  let at = p.pos + 1;
  if (p.kinds[at] === T.Lt) at = scanTypeParams(p, at);
  if (at > 0 && p.kinds[at] === T.LParen) at = p.behind(at);
  if (at < 0) return false;
  const afterType = scanType(p, at);
  if (afterType > 0 && p.kinds[afterType] === T.Name) at = afterType;
  if (p.kinds[at] !== T.Name) return false;
  at++;
  if (p.kinds[at] === T.Lt) at = scanTypeParams(p, at);
  if (at < 0 || p.kinds[at] !== T.LParen) return false;
  at = p.behind(at);
  return at > 0 && (p.kinds[at] === T.LBrace || p.kinds[at] === T.Colon || p.kinds[at] === T.Arrow);
}

/** Does 函数 at an index begin a declaration, rather than a closure or a variable of function type? */
export function startsFunctionDecl(p: Cursor, index: number): boolean {
  const next = p.kinds[index + 1] as T;
  if (next === T.Name || next === T.Lt || next === T.LBracket || next >= T.FirstKeyword) return true;
  if (next !== T.LParen) return false;
  const at = p.behind(index + 1);
  if (at < 0) return false;
  if (p.kinds[at] === T.Name) return p.kinds[at + 1] !== T.Eq && !(p.flags[at]! & Flag.AnyNewline);
  // `函数 (自身 点) [整数] 列()`: a result type between receiver and name.
  const afterType = p.kinds[at] === T.LBrace ? -1 : scanType(p, at);
  return afterType > 0 && p.kinds[afterType] === T.Name && p.kinds[afterType + 1] === T.LParen;
}

/** `类型 名 = …`, `类型 名` at the start of a statement. */
export function startsTypedVar(p: Cursor): boolean {
  // `打印行 x` lacks its parentheses.
  if (/^打印行?$/u.test(p.nameAt(p.pos)) && p.kinds[p.pos + 2] !== T.Eq) return false;
  const at = scanType(p, p.pos);
  if (at < 0 || p.kinds[at] !== T.Name || (p.flags[at]! & Flag.AnyNewline) !== 0) return false;
  const next = p.kinds[at + 1];
  if (next === T.Eq) return true;
  if (isWordOperator(p.data[at]!) || (p.inCase && (p.data[at] === W.Case || p.data[at] === W.Default))) return false;
  return next === T.Semicolon || next === T.RBrace || next === T.End || next === T.Comma || (p.flags[at + 1]! & Flag.Newline) !== 0;
}

/** `公开 类 点 { … }`, `public func f()` behind the modifier. */
function readMeantDeclaration(p: Cursor): void {
  const meant = meantKeyword(p.nameAt(p.pos));
  const declares = meant?.kind === T.Function || meant?.kind === T.Var || meant?.kind === T.Const || (meant?.word !== undefined && meant.word <= W.Methods);
  if (meant === undefined || !declares || p.peek(1) !== T.Name) return;
  p.failMeant(p.pos, meant);
  p.readAs(p.pos, meant);
}

interface Modifiers {
  visibility: Visibility;
  isAsync: boolean;
  isStatic: boolean;
  isInline: boolean;
}

/** A declaration with its modifiers. */
export function parseDeclaration(p: Cursor): Stmt {
  const first = p.pos;
  const { start } = p;
  const modifiers = parseModifiers(p);
  if (p.at(T.Name) && p.word >= W.FirstOther && !startsTypedVar(p)) readMeantDeclaration(p);
  switch (p.kind) {
    case T.Function:
      // Only methods have a receiver to do without.
      if (modifiers.isStatic) p.complain('E2020', spanOf(p, first), { 修饰: '静态' });
      return parseFunction(p, first, start, modifiers, true);
    case T.Import:
      refuseModifiers(p, modifiers, first);
      return parseImport(p, modifiers.visibility, start);
    case T.Var:
    case T.Mut:
    case T.Immutable:
    case T.Const: {
      refuseModifiers(p, modifiers, first);
      const declaration = parseVar(p, modifiers.visibility, first);
      p.endStatement();
      return declaration;
    }
    default:
      break;
  }
  const { visibility } = modifiers;
  if (p.atWord(W.Coroutine) && p.peek(1) !== T.LBrace) return parseFunction(p, first, start, modifiers, true);
  refuseModifiers(p, modifiers, first);
  switch (p.word) {
    case W.Test:
      if (visibility !== 'default') p.complain('E2020', spanOf(p, first), { 修饰: p.text(first) });
      return parseTest(p, first);
    case W.Type:
      return parseTypeDecl(p, first, visibility);
    case W.Struct:
      return parseStruct(p, first, visibility);
    case W.Enum:
      return parseEnum(p, first, visibility);
    case W.Trait:
      return parseTrait(p, first, visibility);
    case W.Impl:
    case W.Methods:
      if (visibility !== 'default') p.complain('E2020', spanOf(p, first), { 修饰: p.text(first) });
      return parseImpl(p);
    default:
      break;
  }
  if (startsTypedVar(p)) {
    const declaration = parseTypedVar(p, visibility, first);
    p.endStatement();
    return declaration;
  }
  if (visibility !== 'default' && p.at(T.Name) && p.peek(1) === T.Eq) {
    // `私有 x = 1`
    const write = `${p.text(first)} 变量 ${p.text(p.pos)} = …`;
    p.fail('E2001', p.span(), { 期望: DECLARATION, 实际: p.found() }, { hint: { zh: `写 ${write}`, en: `write ${write}` } });
  }
  p.failExpected(DECLARATION);
  p.endStatement();
  return { kind: 'ErrorStmt', span: p.from(start) };
}

function spanOf(p: Cursor, index: number): { start: number; end: number } {
  return { start: p.starts[index]!, end: p.ends[index]! };
}

function parseModifiers(p: Cursor): Modifiers {
  const modifiers: Modifiers = { visibility: 'default', isAsync: false, isStatic: false, isInline: false };
  for (;;) {
    if (p.at(T.Public) || p.at(T.Private)) {
      if (modifiers.visibility !== 'default') p.complain('E2020', p.span(), { 修饰: p.text(p.pos) });
      modifiers.visibility = p.at(T.Public) ? 'public' : 'private';
      p.advance();
    } else if (p.accept(T.Async)) modifiers.isAsync = true;
    else if (p.atWord(W.Static) && p.peek(1) !== T.Eq) modifiers.isStatic = p.acceptWord(W.Static);
    else if (p.atWord(W.Inline) && p.peek(1) !== T.Eq) modifiers.isInline = p.acceptWord(W.Inline);
    else return modifiers;
  }
}

function refuseModifiers(p: Cursor, modifiers: Modifiers, first: number): void {
  const wrong = modifiers.isAsync ? '异步' : modifiers.isStatic ? '静态' : modifiers.isInline ? '内联' : undefined;
  if (wrong !== undefined) p.complain('E2020', spanOf(p, first), { 修饰: wrong });
}

// --- variables ----------------------------------------------------------------------------------

const MUTABILITY: Partial<Record<T, Mutability>> = { [T.Immutable]: 'immutable', [T.Const]: 'constant' };

/** `变量 x: 整数 = 1`, `不可变 整数 x = 1`, `变量 a, b = 元组`, at the keyword; without its end. */
export function parseVar(p: Cursor, visibility: Visibility, first: number): VarDecl {
  const mutability = MUTABILITY[p.kind] ?? 'mutable';
  p.advance();
  return parseVarBindings(p, visibility, first, mutability);
}

/** What follows the keyword of a declaration of variables. */
export function parseVarBindings(p: Cursor, visibility: Visibility, first: number, mutability: Mutability): VarDecl {
  const bindings: VarBinding[] = [];
  let shape: TupleShape | undefined;
  const afterType = scanType(p, p.pos);
  if (p.isSwapped) {
    const at = p.start;
    const name = p.takeSwapped();
    const type = parseType(p);
    bindings.push({ kind: 'VarBinding', span: p.from(at), name, type });
  } else if (afterType > 0 && p.kinds[afterType] === T.Name && (p.flags[afterType]! & Flag.AnyNewline) === 0) {
    parseTypedBindings(p, bindings);
  } else {
    shape = parseBindings(p, bindings);
  }
  return finishVar(p, visibility, first, mutability, bindings, shape);
}

/** `整数 x = 1`, `列表<整数> 表`, without its end. */
export function parseTypedVar(p: Cursor, visibility: Visibility = 'default', first: number = p.pos): VarDecl {
  const bindings: VarBinding[] = [];
  parseTypedBindings(p, bindings);
  return finishVar(p, visibility, first, 'mutable', bindings);
}

function parseTypedBindings(p: Cursor, bindings: VarBinding[]): void {
  const { start } = p;
  const type = parseType(p);
  do {
    const name = p.name(VARIABLE_NAME);
    bindings.push({ kind: 'VarBinding', span: bindings.length === 0 ? p.from(start) : name.span, name, type });
  } while (p.accept(T.Comma));
}

/** `a, (b, c)`, up to what no comma goes on. Undefined: plain names. */
function parseBindings(p: Cursor, bindings: VarBinding[]): TupleShape | undefined {
  const { start } = p;
  const parts: (TupleShape | undefined)[] = [];
  do {
    if (p.at(T.RParen) && parts.length > 0) break;
    if (p.at(T.LParen)) parts.push(parseNested(p, bindings));
    else {
      bindings.push(parseBinding(p));
      parts.push(undefined);
    }
  } while (p.accept(T.Comma));
  // Parentheses around everything are no level of their own.
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only !== undefined) return only.type !== undefined || only.parts.some((part) => part !== undefined) ? only : undefined;
  return parts.some((part) => part !== undefined) ? { span: p.from(start), parts, type: undefined } : undefined;
}

/** `(b, c)` or `(b, c): (整数, 整数)`, at the parenthesis; undefined for `(b)`. */
function parseNested(p: Cursor, bindings: VarBinding[]): TupleShape | undefined {
  const { start } = p;
  const first = bindings.length;
  if (!p.enter()) {
    p.leave();
    bindings.push(parseBinding(p));
    return undefined;
  }
  const open = p.open();
  const inner = parseBindings(p, bindings);
  p.close(open, ')');
  p.leave();
  const type = p.accept(T.Colon) ? parseType(p) : undefined;
  const names = bindings.slice(first);
  if (inner === undefined && names.length === 1) {
    if (type !== undefined) bindings[first] = { ...names[0]!, type };
    return undefined;
  }
  return { span: p.from(start), parts: inner?.parts ?? names.map(() => undefined), type: type ?? inner?.type };
}

function parseBinding(p: Cursor): VarBinding {
  const { start } = p;
  const name = p.name(VARIABLE_NAME);
  const type = p.accept(T.Colon) ? parseType(p) : undefined;
  if (type !== undefined) refuseUnion(p);
  return { kind: 'VarBinding', span: p.from(start), name, type };
}

function finishVar(p: Cursor, visibility: Visibility, first: number, mutability: Mutability, bindings: VarBinding[], shape?: TupleShape): VarDecl {
  const values = [];
  if (p.at(T.ColonEq)) p.complain('E2018', p.span());
  if (p.accept(T.Eq) || p.accept(T.ColonEq)) {
    do values.push(parseExpr(p));
    while (bindings.length > 1 && p.accept(T.Comma));
  }
  const count = shape?.parts.length ?? bindings.length;
  const span = p.from(p.starts[first]!);
  const untyped = bindings.find((b) => b.type === undefined);
  if (values.length > 1 && values.length !== count) p.complain('E2023', span, { 左边: count, 右边: values.length });
  else if (values.length === 0 && untyped !== undefined && untyped.name.text !== '' && (p.atStatementEnd || p.at(T.Comma))) p.complain('E2024', untyped.span, { 名称: untyped.name.text });
  return { kind: 'VarDecl', span, visibility, mutability, bindings, shape, values, doc: p.doc(first) };
}

// --- functions ----------------------------------------------------------------------------------

/** A method in a 方法, 实现 or 特性 block, with its modifiers; a body may be missing in a 特性. */
export function parseMethod(p: Cursor, needsBody: boolean): FunctionDecl | undefined {
  const first = p.pos;
  const { start } = p;
  readMeantModifiers(p);
  const modifiers = parseModifiers(p);
  if (!p.at(T.Function) && !p.atWord(W.Coroutine)) {
    p.failExpected('函数');
    return undefined;
  }
  return parseFunction(p, first, start, modifiers, needsBody);
}

/** `static 函数 新建()`, `public 函数 走()` in a block of methods: each is reported, and read as the modifier of Qi. */
function readMeantModifiers(p: Cursor): void {
  for (let i = p.pos; p.kinds[i] !== T.Function && (i === p.pos || (p.flags[i]! & Flag.AnyNewline) === 0); i++) {
    const name = p.nameAt(i);
    if (!/^(?:static|inline|async|public|pub|export|private)$/.test(name)) {
      if (p.kinds[i] === T.Public || p.kinds[i] === T.Private || p.kinds[i] === T.Async || isModifierWord(p.data[i]!)) continue;
      return;
    }
    const meant = meantKeyword(name)!;
    p.failMeant(i, meant);
    p.readAs(i, meant);
  }
}

/** At 函数 or 协程, behind the modifiers. */
function parseFunction(p: Cursor, first: number, start: number, modifiers: Modifiers, needsBody: boolean): FunctionDecl {
  const isCoroutine = p.atWord(W.Coroutine);
  if (isCoroutine && modifiers.isAsync) p.complain('E2020', spanOf(p, first), { 修饰: '异步' });
  const flavour: FunctionFlavour = isCoroutine ? 'coroutine' : modifiers.isAsync ? 'async' : 'plain';
  p.advance();
  let typeParams: TypeParam[] = parseTypeParams(p);
  const receiver = startsReceiver(p) ? parseReceiver(p) : undefined;
  let result: TypeExpr | undefined;
  const afterType = scanType(p, p.pos);
  const isTypeFirst = afterType > 0 && p.kinds[afterType] === T.Name && (p.kinds[afterType + 1] === T.LParen || p.kinds[afterType + 1] === T.Lt);
  if (isTypeFirst) result = parseType(p);
  let name = p.name(FUNCTION_NAME);
  if (receiver === undefined && (p.at(T.Dot) || p.at(T.ColonColon)) && p.peek(1) === T.Name) name = methodOutside(p, name);
  if (p.at(T.Lt)) typeParams = [...typeParams, ...parseTypeParams(p)];
  const written = p.at(T.LParen) ? parseParams(p) : (p.failExpected('('), []);
  result = parseResult(p) ?? bareResult(p, result) ?? result;
  if (result !== undefined && p.at(T.Comma)) skipResults(p);
  const doc = p.doc(first);
  let body: FunctionDecl['body'];
  if (p.at(T.LBrace) || p.panic) {
    body = parseBlock(p);
    if (p.panic) p.skipStatement();
    p.accept(T.Semicolon);
  } else if (p.accept(T.FatArrow)) {
    const bodyStart = p.start;
    const value = parseBody(p);
    const span = p.from(bodyStart);
    body = value.kind === 'Block' ? value : { kind: 'Block', span, statements: [{ kind: 'ReturnStmt', span, value }] };
    p.endStatement();
  } else {
    if (needsBody) {
      p.missBrace();
      p.complain('E2019', name.span, { 名称: name.text });
    }
    p.endStatement();
  }
  const { visibility, isStatic, isInline } = modifiers;
  const params = withTypesAlone(p, written, body, true);
  return { kind: 'FunctionDecl', span: p.from(start), visibility, flavour, isStatic, isInline, name, typeParams, receiver, params, result, body, doc, test: undefined };
}

/** `函数 点.长() { … }`, at the `.`: methods name their receiver otherwise. */
function methodOutside(p: Cursor, type: Name): Name {
  const method = p.nameAt(p.pos + 1);
  p.complain('E2001', p.span(), { 期望: { zh: '“(”', en: '`(`' }, 实际: p.found() }, {
    hint: {
      zh: `方法写 函数 (自身 ${type.text}) ${method}(…)，或写在 方法 ${type.text} { … } 里`,
      en: `a method is written 函数 (自身 ${type.text}) ${method}(…), or inside 方法 ${type.text} { … }`,
    },
  });
  p.advance();
  return p.takeName();
}

/** `函数 f(): 整数, 整数 { … }`: several results are a tuple. */
function skipResults(p: Cursor): void {
  let at = p.pos;
  while (p.kinds[at] === T.Comma) at = scanType(p, at + 1);
  if (p.kinds[at] !== T.LBrace || p.panic) return;
  const hint = { zh: '几个结果写成元组：函数 名(…): (类型, 类型) { … }', en: 'several results are a tuple: 函数 name(…): (type, type) { … }' };
  p.complain('E2001', p.span(), { 期望: { zh: '“{”', en: '`{`' }, 实际: p.found() }, { hint });
  p.pos = at;
}

/** `函数 f() 整数 { … }`, as in Go: the colon is missing. */
function bareResult(p: Cursor, known: TypeExpr | undefined): TypeExpr | undefined {
  // `函数 f() 返回 整数 {`
  const first = p.at(T.Return) ? p.pos + 1 : p.pos;
  const behind = known === undefined && !p.lineBreak() && !p.at(T.LBrace) ? scanType(p, first) : -1;
  if (behind < 0 || p.kinds[behind] !== T.LBrace || p.panic) return undefined;
  const hint = { zh: '结果类型写在冒号之后：函数 名(…): 类型 { … }', en: 'the result type stands behind a colon: 函数 name(…): type { … }' };
  // Behind parameters as in Go it is the rest of that mistake.
  if (!p.hasReported('swapped')) p.complain('E2001', p.span(), { 期望: { zh: '“:”', en: '`:`' }, 实际: p.found() }, { hint });
  p.pos = first;
  return parseType(p);
}

/** `测试 "名" { … }`, at 测试: a function without parameters or value, named as it is written. */
function parseTest(p: Cursor, first: number): FunctionDecl {
  const { start } = p;
  p.advance();
  const test = p.literals[p.data[p.pos]!] as string;
  p.advance();
  const name: Name = { kind: 'Name', text: `测试 "${test}"`, span: p.from(start) };
  const doc = p.doc(first);
  const body = parseBlock(p);
  if (p.panic) p.skipStatement();
  p.accept(T.Semicolon);
  const result: TypeExpr = { kind: 'NamedType', span: name.span, path: [{ kind: 'Name', text: '空', span: name.span }], args: [] };
  return {
    kind: 'FunctionDecl', span: p.from(start), visibility: 'private', flavour: 'plain', isStatic: false, isInline: false, name,
    typeParams: [], receiver: undefined, params: [], result, body, doc, test,
  };
}

/** One comma-free `[变量] 名 类型` in parentheses before the name of a function; otherwise it is a tuple result type. */
function startsReceiver(p: Cursor): boolean {
  if (!p.at(T.LParen)) return false;
  const behind = p.behind(p.pos);
  if (behind < 0) return false;
  let at = p.pos + 1;
  if (p.kinds[at] === T.Var || p.kinds[at] === T.Mut) at++;
  if (p.kinds[at] !== T.Name) return false;
  at++;
  if (p.kinds[at] === T.Colon) at++;
  return scanType(p, at) === behind - 1;
}

function parseReceiver(p: Cursor): Receiver {
  const { start } = p;
  const open = p.open();
  const mutable = p.accept(T.Var) || p.accept(T.Mut);
  const name = p.name(PARAM_NAME);
  p.accept(T.Colon);
  const type = parseType(p);
  p.close(open, ')');
  return { kind: 'Receiver', span: p.from(start), name, type, mutable };
}
