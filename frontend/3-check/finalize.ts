/**
 * finalize.ts — the last pass: no type variables remain.
 *
 * Substitutes types everywhere, gives literals their kind (an integer literal that became 浮点数, a
 * character that became a 字符串) and checks that they fit, drops the formatting of strings, and
 * reports types that nothing determined (E3005), each once: at the variable if one has it.
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';
import type { SourceFile } from '../source.js';
import { INT, resolve, showType, type Type } from '../types.js';
import { fill, type Checker } from './body.js';
import { holds, isIntegral } from './numbers.js';
import type { Mutable } from './scope.js';
import { missingSpace } from './undefined-name.js';
import { didYouMean, gluedKeyword, MAX_SUGGESTIONS, nearest } from './suggest.js';
import { expandFields } from './generics.js';
import { POISON, isOpen, zonk } from './unify.js';
import { visitBlock, visitExprChildren, visitPatternChildren, visitStmtChildren, type Visitor } from './walk.js';

export function finalize(checker: Checker): void {
  // After an error a type may be open only because of it: nothing more is said then.
  const hadErrors = checker.errors > 0;
  const expanded = new Set<string>();
  /** Types with parts that are closed already: most nodes share theirs with a variable or a declaration. */
  const done = new Set<Type>();
  const isClosed = (t: Type): boolean => isPlain(t) || done.has(t);
  const close = (t: Type, file: SourceFile, span: ast.Span, what: Localized, hintOf?: () => Localized | undefined, local?: hir.Local): Type => {
    const closed = zonk(t, () => {
      if (hadErrors) return POISON;
      // The parameter of an instance: the call that made it says too little.
      const instance = local === undefined ? undefined : checker.functionSymbols.find((f) => f.context !== undefined && f.func.params.includes(local));
      const hint = instance === undefined || instance.decl.typeParams.length === 0 ? hintOf?.() : writtenArguments(instance.decl);
      checker.context = instance?.context;
      checker.error('E3005', file, span, { 对象: what }, hint === undefined ? {} : { hint });
      checker.context = undefined;
      return POISON;
    });
    expandFields(checker, closed, expanded);
    done.add(closed);
    return closed;
  };
  /** Where an error says nothing new. */
  const closeQuietly = (t: Type): Type => {
    const type = resolve(t);
    return isClosed(type) ? type : zonk(type, () => POISON);
  };
  const isParameter = (local: hir.Local): boolean => checker.functions.some((f) => f.params.includes(local));
  const openLocal = (local: hir.Local, name: string, { text }: SourceFile, { start, end }: ast.Span): [Localized, () => Localized | undefined] => {
    if (!name.startsWith(' ')) return [{ zh: name, en: name }, () => (isParameter(local) ? PARAMETER_HINT : undefined)];
    // A parameter of the closure around a built-in function that is used as a value.
    const written = text.slice(start, end);
    return [{ zh: `${written} 的参数`, en: `the parameters of ${written}` }, () => VALUE_HINT];
  };
  for (const { local, name, file, span } of checker.symbols) {
    const type = resolve(local.type);
    (local as Mutable<hir.Local>).type = isClosed(type) ? type : close(type, file, span, ...openLocal(local, name, file, span), local);
  }
  for (const { global, file, span, name } of checker.globals) {
    (global as Mutable<hir.Global>).type = close(global.type, file, span, { zh: name, en: name });
  }
  for (const local of checker.locals) (local as Mutable<hir.Local>).type = closeQuietly(local.type);
  let file: SourceFile;
  const visitor: Visitor = {
    stmt: (s) => {
      visitStmtChildren(s, visitor);
      if (s.kind === 'return' && s.value !== undefined && s.value.type.kind === 'unit') returnNothing(s);
    },
    expr: (e) => {
      const node = e as Mutable<hir.Expr>;
      const type = resolve(e.type);
      node.type = isClosed(type) ? type : close(type, file, e.span, SHOWN[e.kind] ?? THIS_EXPRESSION);
      if (e.kind === 'yield') (e as Mutable<typeof e>).coroutine = zonk(e.coroutine, () => POISON) as typeof e.coroutine;
      literal(checker, e, file);
      visitExprChildren(e, visitor);
      if (e.kind === 'format' && e.spec === undefined && e.value.type.kind === 'string') fill(e, e.value);
    },
    pattern: (p) => {
      (p as Mutable<hir.Pattern>).type = closeQuietly(p.type);
      visitPatternChildren(p, visitor);
    },
  };
  for (const func of checker.functions) {
    file = func.file;
    const result = resolve(func.result);
    func.result = isClosed(result) ? result : close(result, file, func.span, { zh: `${func.name} 的结果`, en: `the result of ${func.name}` }, () => RESULT_HINT);
    if (func.coroutine !== undefined) func.coroutine = zonk(func.coroutine, () => POISON) as typeof func.coroutine;
    visitBlock(func.body, visitor);
  }
  for (const { node, file: declared } of checker.dropped) {
    file = declared;
    if (!isOpen(node.type)) visitor.expr!(node);
  }
}

const PARAMETER_HINT: Localized = { zh: '没有使用能说明它的类型，写出来，例如 x: 整数', en: 'no use shows its type: write it, for example x: 整数' };
const VALUE_HINT: Localized = { zh: '写成闭包，例如 (x: 整数) => 函数名(x)，或写出期望的函数类型', en: 'write a closure such as (x: 整数) => name(x), or the function type that is wanted' };
const RESULT_HINT: Localized = { zh: '写出结果类型，例如 函数 名(): 整数', en: 'write the result type, for example 函数 名(): 整数' };

function writtenArguments({ name, typeParams }: ast.FunctionDecl): Localized {
  const call = `${name.text}<${typeParams.map((p) => p.name.text).join(', ')}>(…)`;
  return { zh: `调用没有说明每个类型参数：把类型实参写出来，${call}`, en: `the call leaves a type parameter open: write the type arguments, ${call}` };
}

const THIS_EXPRESSION: Localized = { zh: '这个表达式', en: 'this expression' };
/** What an expression that is often left open is called. */
const SHOWN: Readonly<Partial<Record<hir.Expr['kind'], Localized>>> = {
  list: { zh: '空列表', en: 'the empty list' }, dict: { zh: '空字典', en: 'the empty 字典' }, none: { zh: '无', en: '无' },
  newChannel: { zh: '通道', en: 'the channel' },
};

/** `返回 f()` where f gives 空: the call, then a plain return. Lowering never sees a value of type 空 returned. */
function returnNothing(s: hir.Stmt & { kind: 'return' }): void {
  const { span } = s;
  const value = s.value!;
  const plain: hir.Stmt = { kind: 'return', value: undefined, span };
  if (value.kind === 'unit') (s as Mutable<typeof s>).value = undefined;
  else {
    const statements: hir.Stmt[] = [{ kind: 'expr', expr: value, span }, plain];
    Object.assign(s, { kind: 'block', block: { statements, span }, value: undefined });
  }
}

/** Types without parts, the great majority, need no substitution. */
function isPlain(t: Type): boolean {
  return t.kind === 'int' || t.kind === 'string' || t.kind === 'unit' || t.kind === 'bool' || t.kind === 'float' || (t.kind === 'struct' && t.def.instance === undefined) || t.kind === 'char';
}

function literal(checker: Checker, e: hir.Expr, file: SourceFile): void {
  if (e.kind === 'int') {
    const type = resolve(e.type);
    if (type.kind === 'float' || type.kind === 'float32') {
      const value = Number(e.value);
      if (!holds(type, e.value)) {
        checker.error('E3017', file, e.span, { 值: e.value, 类型: showType(type) }, {
          hint: { zh: `${showType(type)}不能精确表示它；写成带小数点的字面量`, en: `${showType(type)} cannot hold it exactly: write a literal with a point` },
        });
      }
      fill(e, { kind: 'float', value, type, span: e.span });
    } else if (isIntegral(type) && !holds(type, e.value)) checker.error('E3017', file, e.span, { 值: e.value, 类型: showType(type) });
    else if (type.kind === 'int128') fill(e, longInteger(e.value, type, e.span));
  } else if (e.kind === 'float') {
    const isSingle = e.type.kind === 'float32';
    const value = isSingle ? Math.fround(e.value) : e.value;
    if (!Number.isFinite(value)) {
      checker.error('E3017', file, e.span, { 值: file.text.slice(e.span.start, e.span.end), 类型: showType(e.type) }, { hint: isSingle && Number.isFinite(e.value) ? USE_DOUBLE : INFINITE });
    }
    (e as Mutable<typeof e>).value = value;
  } else if (e.kind === 'char' && resolve(e.type).kind === 'string') {
    fill(e, { kind: 'string', value: String.fromCodePoint(e.value), type: e.type, span: e.span });
  }
}

const USE_DOUBLE: Localized = { zh: '单精度浮点最大约 3.4e38；用 浮点数', en: '单精度浮点 goes up to about 3.4e38; use 浮点数' };
const INFINITE: Localized = { zh: '浮点数最大约 1.8e308；无穷写 1.0 / 0.0', en: '浮点数 goes up to about 1.8e308; infinity is 1.0 / 0.0' };

/** A literal of type 长整数 is made when the program comes to it. */
function longInteger(value: bigint, type: Type, span: ast.Span): hir.Expr {
  const word = (bits: bigint): hir.Expr => ({ kind: 'int', value: BigInt.asIntN(64, bits), type: INT, span });
  return BigInt.asIntN(64, value) === value
    ? { kind: 'callNative', native: 'int128_from_int', args: [word(value)], type, span }
    : { kind: 'callNative', native: 'int128_make', args: [word(value >> 64n), word(value)], type, span };
}

/** W3001 for variables that are never read, with the name that may have been meant. */
export function warnUnread(checker: Checker): void {
  let names: Set<string> | undefined;
  for (const s of checker.symbols) {
    if (s.reads > 0 || s.quiet || s.name.startsWith('_') || s.name === '') continue;
    checker.error('W3001', s.file, s.span, { 名称: s.name }, { hint: () => hintForUnread(checker, s.name, (names ??= namesInUse(checker))) });
  }
}

function namesInUse(checker: Checker): Set<string> {
  const names = new Set<string>();
  for (const s of checker.symbols) if (s.reads > 0) names.add(s.name);
  for (const g of checker.globals) names.add(g.name);
  for (const variant of checker.variants.keys()) names.add(variant);
  return names;
}

/** What a variable that is never read was perhaps meant to be. Asked only when the warning is shown. */
function hintForUnread(checker: Checker, name: string, names: Iterable<string>): Localized | undefined {
  const near = ++checker.suggestions > MAX_SUGGESTIONS ? undefined : nearest(name, names);
  if (near !== undefined) return didYouMean(near);
  const glued = gluedKeyword(name);
  return glued === undefined ? undefined : missingSpace(glued);
}
