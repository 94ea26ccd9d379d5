/**
 * infer-try.ts — 尝试, and errors of the program's own: structs and enums that implement 特性 错误.
 *
 * Such a value where an 错误 is wanted (抛出, a result, a list of 错误) is put into one: its 消息, 代码 and 起因 are
 * asked for then, once, and the value stays inside. `捕获 种类 作为 e` binds the value itself; what only the error has
 * (e.栈) is read from the error, and throwing e again throws that error, with the stack and 起因 it has.
 *
 * Invariant: the binding of such a 捕获 is never assigned, so the value and its error cannot part.
 * Rejected: a static type "错误 with a value of type K". Every use of K would have to know it.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { BOOL, ERROR, STRING, resolve, showType, type Type } from '../types.js';
import { type Body, type Checker } from './body.js';
import { localIn } from './capture.js';
import { methodNode } from './infer-method.js';
import { inferBlock } from './infer-stmt.js';
import { builtinTraits } from './library.js';
import type { LocalSymbol } from './scope.js';
import { implementsTrait } from './traits.js';
import { typeOf } from './type-expr.js';
import { isPoison } from './unify.js';

/** The kinds of errors that are part of the language. */
export const ERROR_KINDS: ReadonlySet<string> = new Set<hir.ErrorKind>([
  '错误', '取消错误', '超时错误', '溢出错误', '除零错误', '越界错误', '文件错误', '网络错误', '类型错误', '并发错误',
]);

/** The members that every error has, and the type that a field of that name must have to give them. */
const MEMBERS: ReadonlyMap<string, Type> = new Map<string, Type>([['消息', STRING], ['代码', STRING], ['起因', { kind: 'option', elem: ERROR }]]);

/** Whether values of this type can be thrown because it implements 特性 错误. */
export function isOwnError(checker: Checker, type: Type): boolean {
  const t = resolve(type);
  if (checker.implementations.isEmpty || (t.kind !== 'struct' && t.kind !== 'enum')) return false;
  return !(t.kind === 'enum' && checker.traits.has(t.def)) && implementsTrait(checker, t, { trait: builtinTraits(checker).get('错误')!, args: [] });
}

/** Whether a field does what a method of 特性 错误 would. */
export function isErrorField(name: string, type: Type): boolean {
  const wanted = MEMBERS.get(name);
  const t = resolve(type);
  return wanted !== undefined && (t.kind === 'option' && wanted.kind === 'option' ? resolve(t.elem) === ERROR : t === wanted);
}

/** `e.消息`, `e.代码`, `e.起因` of a value that implements 错误; undefined when the name is none of them. */
export function errorMember(b: Body, object: hir.Expr, name: ast.Name, span: ast.Span): hir.Expr | undefined {
  return MEMBERS.has(name.text) && isOwnError(b.checker, object.type) ? methodNode(b, object, name, [], span) : undefined;
}

/** A value that implements 错误 as an 错误; undefined when it does not. */
export function asError(b: Body, node: hir.Expr): hir.Expr | undefined {
  if (!isOwnError(b.checker, node.type)) return undefined;
  const { span } = node;
  const t = resolve(node.type);
  const value = b.temp(t, span);
  const read = (): hir.Expr => ({ kind: 'local', local: value, type: t, span });
  const [message, code, cause] = [...MEMBERS].map(([text, type]): hir.Expr => {
    // A field of that name is called like the method it stands for (infer-method.ts).
    return b.coerce(methodNode(b, read(), { kind: 'Name', text, span }, [], span), type);
  });
  return {
    kind: 'blockExpr', type: ERROR, span, block: { statements: [{ kind: 'let', local: value, value: node, span }], span },
    value: { kind: 'callNative', native: 'error_wrap', args: [message!, code!, cause!, read()], type: ERROR, span },
  };
}

/** The error in whose 捕获 a name was bound to the value it carries. */
export function caughtError(b: Body, symbol: LocalSymbol, span: ast.Span): hir.Expr | undefined {
  if (symbol.caught === undefined) return undefined;
  symbol.reads++;
  const local = localIn(b, symbol.caught);
  return { kind: 'local', local, type: ERROR, span };
}

// ---------------------------------------------------------------- 尝试

export function inferTry(b: Body, s: ast.TryStmt, out: hir.Stmt[]): void {
  const body = inferBlock(b, s.body);
  const catches = s.catches.map((clause) => catchClause(b, clause));
  let last: hir.Block | undefined;
  if (s.finally !== undefined) {
    b.loops.push({ label: { name: undefined }, start: 0, isFinally: true });
    last = inferBlock(b, s.finally);
    b.loops.pop();
  }
  out.push({ kind: 'try', body, catches, finally: last, span: s.span });
}

/** What a 捕获 names: a kind of the language, a type of the program, or (undefined) nothing known. */
function kindNamed(b: Body, written: ast.TypeExpr): hir.ErrorKind | Type | undefined {
  const name = written.kind === 'NamedType' && written.path.length === 1 && written.args.length === 0 ? written.path[0]!.text : undefined;
  if (name !== undefined && ERROR_KINDS.has(name) && b.scope.lookupType(name) === undefined) return name as hir.ErrorKind;
  const type = resolve(typeOf(written, b.checker, b.scope, b.file));
  if (isPoison(type)) b.failed = true;
  else if (isOwnError(b.checker, type)) return type;
  else b.error('E3103', written.span, { 类型: showType(type), 特性: '错误' });
  return undefined;
}

function catchClause(b: Body, clause: ast.CatchClause): hir.Catch {
  const { nameOrKind, span } = clause;
  const written = [...clause.kinds];
  let { binding } = clause;
  if (nameOrKind !== undefined) {
    if (namesKind(b, nameOrKind.text)) written.push({ kind: 'NamedType', span: nameOrKind.span, path: [nameOrKind], args: [] });
    else binding = nameOrKind;
  }
  const kinds = written.map((w) => kindNamed(b, w)).filter((k) => k !== undefined);
  const errorKinds = kinds.filter((k): k is hir.ErrorKind => typeof k === 'string');
  const own = kinds.filter((k): k is Type => typeof k !== 'string');
  const only = written.length === 1 ? own[0] : undefined;
  return b.inScope(() => {
    const test = own.length === 0 ? undefined : testFor(b, own, span);
    const named = binding === undefined || binding.text === '_' ? undefined : binding;
    const statements: hir.Stmt[] = [];
    let local: hir.Local | undefined;
    if (named !== undefined && only !== undefined) {
      const error = b.declareLocal({ kind: 'Name', text: '_', span: named.span }, ERROR, { quiet: true });
      local = error.local;
      const value = b.declareLocal(named, only, { quiet: true, guard: 'immutable' });
      value.caught = error;
      statements.push({ kind: 'let', local: value.local, value: { kind: 'unwrap', option: valueIn(local, only, span), type: only, span }, span: named.span });
    } else if (named !== undefined) local = b.declareLocal(named, ERROR, { quiet: true }).local;
    const inner = inferBlock(b, clause.body);
    const body = statements.length === 0 ? inner : { statements: [...statements, { kind: 'block' as const, block: inner, span: inner.span }], span: inner.span };
    return { errorKinds: written.length === 0 ? ['错误'] : errorKinds, test, local, body, span };
  });
}

/** Whether the one name of a 捕获 names a kind: one of the language's, or a type that the program declares. */
function namesKind(b: Body, name: string): boolean {
  const symbol = b.scope.lookupType(name);
  return symbol === undefined ? ERROR_KINDS.has(name) : symbol.kind === 'struct' || symbol.kind === 'enum' || symbol.kind === 'alias' || symbol.kind === 'typeParam';
}

/** 选项<K>: the value in an error if it is a K. */
function valueIn(error: hir.Local, type: Type, span: ast.Span): hir.Expr {
  return {
    kind: 'callNative', native: 'error_value', args: [{ kind: 'local', local: error, type: ERROR, span }], type: { kind: 'option', elem: type }, span,
  };
}

function testFor(b: Body, types: readonly Type[], span: ast.Span): hir.Catch['test'] {
  const subject = b.temp(ERROR, span);
  const tests = types.map((type): hir.Expr => ({ kind: 'isSome', option: valueIn(subject, type, span), type: BOOL, span }));
  const condition = tests.reduce((left, right): hir.Expr => ({ kind: 'logical', op: 'or', left, right, type: BOOL, span }));
  return { subject, condition };
}
