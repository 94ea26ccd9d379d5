/**
 * infer-call.ts — calls: of functions, methods, closures, tuple structs and natives.
 *
 * What a call means depends on how it is used (`CallMode`): `f(x)` of an 异步 函数 starts a task, the
 * same call directly under 等待 is a plain call, under 创建 or 启动 it is queued. The mode travels down
 * to where the callee is known.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { BOOL, NATIVE_CLASS_PARTS, STRING, UNIT, resolve, showType, type EnumType, type Type } from '../types.js';
import { type Arg, argsOf, bindArgs, type Bound, callHint, inferArgs, NO_NAMES, type Parameter, withPrelude } from './arguments.js';
import { awaitNode } from './infer-async.js';
import { checkComparing } from './own-equality.js';
import { spawnNode } from './queued.js';
import { fitsArray, poison, type Body } from './body.js';
import { instantiate, nativeFunction } from './builtins.js';
import type { NativeInfo } from '../generated/natives.js';
import { methodsOf } from './traits.js';
import { isKnown } from './deferred.js';
import { checkFunction } from './function.js';
import { builtinCall, convert, isBuiltinFunction, newChannel, newSet, unsupportedFeature, withArgs } from './infer-builtin.js';
import { checkVisible, joinQualified } from './imports.js';
import { defaultNode } from './defaults.js';
import { checkExpr, inferExpr, readName, structNamed, structOf } from './infer-expr.js';
import { callTemplate, openStruct } from './generics.js';
import { callingClosure, functionValue } from './function-values.js';
import { bareVariant, enumNamed, instance, variantCall, variantHint, variantPath } from './infer-enum.js';
import { ERROR_KINDS } from './infer-try.js';
import { inferMethodCall, inferMethodOn } from './infer-method.js';
import { futureArgs } from './infer-scope.js';
import type { FunctionSymbol, LocalSymbol, StructSymbol } from './scope.js';
import { aliasType, isBuiltinType, isLaterType, isPrimitive, typeOf } from './type-expr.js';
import { reportUndefined } from './undefined-name.js';
import { isOpen, isPoison, satisfies, unify } from './unify.js';
import { howMade, unknownMember } from './unknown-member.js';

/** How the value of a call is used where it stands. */
export type CallMode = 'value' | 'await' | 'spawn' | 'launch' | 'coroutine';

export function inferCall(b: Body, e: ast.CallExpr, expected: Type | undefined, mode: CallMode): hir.Expr {
  const callee = joinQualified(b.scope, e.callee);
  if (callee !== e.callee) e = { ...e, callee };
  switch (callee.kind) {
    case 'NameExpr': return namedCall(b, e, callee, expected, mode);
    case 'MemberExpr': {
      if (callee.object.kind === 'NameExpr') {
        const owner = b.scope.lookup(callee.object.name);
        if (owner?.kind === 'poison') return silentCall(b, e);
        const type = enumNamed(b, callee.object.name);
        if (type !== undefined) return enumCall(b, e, type, callee.name, expected, mode);
        if (owner?.kind === 'struct' || owner?.kind === 'alias' || owner?.kind === 'typeParam') return staticCall(b, e, callee.object, callee.name, expected, mode);
        if (owner === undefined && isTypeName(callee.object.name)) return typePathCall(b, e, callee.object.name, callee.name, expected, mode);
      }
      return inferMethodCall(b, e, callee, mode, expected);
    }
    case 'PathExpr': {
      if (callee.base.kind === 'NameExpr') {
        const owner = b.scope.lookupType(callee.base.name);
        if (owner?.kind === 'poison') return silentCall(b, e);
        const type = enumNamed(b, callee.base.name);
        if (type !== undefined) return enumCall(b, e, type, callee.name, expected, mode);
        if (owner?.kind === 'struct' || owner?.kind === 'alias' || owner?.kind === 'typeParam') return staticCall(b, e, callee.base, callee.name, expected, mode);
        if (owner === undefined && isTypeName(callee.base.name)) return typePathCall(b, e, callee.base.name, callee.name, expected, mode);
        if (owner === undefined) {
          inferArgs(b, argsOf(e));
          return reportUndefined(b, callee.base.name, callee.base.span, 'call');
        }
      }
      if (callee.base.kind === 'InstantiateExpr' && callee.base.callee.kind === 'NameExpr') {
        const type = writtenEnum(b, callee.base, callee.base.callee);
        if (type !== undefined) return enumCall(b, e, type, callee.name, type, mode);
        return staticCall(b, e, callee.base.callee, callee.name, expected, mode, callee.base);
      }
      return noSuchPath(b, e, callee);
    }
    case 'InstantiateExpr': return instantiatedCall(b, e, callee, expected, mode);
    default: return closureCall(b, e, inferExpr(b, callee), mode);
  }
}

/** `甲::乙::丙()` where 甲 is no module, or `(表达式)::丙()`. */
function noSuchPath(b: Body, e: ast.CallExpr, callee: ast.PathExpr): hir.Expr {
  inferArgs(b, argsOf(e));
  let first = callee.base;
  while (first.kind === 'PathExpr') first = first.base;
  if (first.kind === 'NameExpr' && b.scope.lookup(first.name) === undefined) return reportUndefined(b, first.name, first.span, 'call');
  b.error('E3034', callee.base.span, { 名称: b.file.text.slice(callee.base.span.start, callee.base.span.end) });
  return poison(e.span);
}

/** A call of something about which an error was reported: its arguments still are checked. */
function silentCall(b: Body, e: ast.CallExpr): hir.Expr {
  inferArgs(b, argsOf(e));
  b.failed = true;
  return poison(e.span);
}

function isTypeName(name: string): boolean {
  return isBuiltinType(name) || isLaterType(name);
}

function namedCall(b: Body, e: ast.CallExpr, callee: ast.NameExpr, expected: Type | undefined, mode: CallMode): hir.Expr {
  const symbol = b.scope.lookup(callee.name);
  if (symbol === undefined) {
    const wanted = bareVariant(b, callee.name, e, e.span, expected, true);
    if (wanted !== undefined) return finish(b, wanted, mode);
    const native = nativeFunction(callee.name);
    if (native !== undefined) return finish(b, nativeCall(b, native, callee.name, undefined, argsOf(e), e.span), mode);
    const library = b.checker.libraryFunction(callee.name);
    if (library !== undefined) return callFunction(b, library, undefined, futureArgs(b, callee.name, argsOf(e)), e.span, mode, { expected });
    const node = builtinCall(b, callee.name, e, expected);
    if (node !== undefined) return finish(b, node, mode);
    const variant = bareVariant(b, callee.name, e, e.span, expected);
    if (variant !== undefined) return finish(b, variant, mode);
    inferArgs(b, argsOf(e));
    if (ERROR_KINDS.has(callee.name)) {
      b.error('E3119', callee.span, { 名称: callee.name }, callee.name === '取消错误' ? { hint: { zh: '取消任务写 任务.取消()；程序自己的错误写 抛出 错误("说明")', en: 'cancel a task with task.取消(); errors of your own are 抛出 错误("text")' } } : {});
      return poison(e.span);
    }
    const feature = unsupportedFeature(callee.name);
    return feature !== undefined ? b.unsupported(callee.span, feature) : reportUndefined(b, callee.name, callee.span, 'call');
  }
  switch (symbol.kind) {
    case 'poison': return silentCall(b, e);
    case 'function': return callFunction(b, symbol, undefined, argsOf(e), e.span, mode, { expected });
    case 'native': return finish(b, nativeCall(b, symbol.native, symbol.name, undefined, argsOf(e), e.span), mode);
    case 'struct': return finish(b, tupleStruct(b, symbol, e, callee.span), mode);
    case 'enum':
      inferArgs(b, argsOf(e));
      b.error('E3030', callee.span, { 名称: callee.name, 种类: { zh: '类型', en: 'a type' } }, variantHint(symbol.def));
      return poison(e.span);
    case 'alias': {
      const type = aliasType(symbol, b.checker);
      if (type.kind === 'struct') return finish(b, tupleStruct(b, structOf(b, type), e, callee.span), mode);
      return finish(b, aliasCall(b, e, type), mode);
    }
    case 'local':
      if (symbol.signature === undefined) return closureCall(b, e, readName(b, callee), mode);
      if (symbol.signature.isCoroutine) {
        inferArgs(b, argsOf(e));
        b.error('E3026', callee.span, { 名称: callee.name });
        return poison(e.span);
      }
      return finish(b, localCall(b, symbol, callee, argsOf(e), e.span), mode);
    default: return closureCall(b, e, readName(b, callee), mode);
  }
}

/** `类型 用户号 = 整数`: `用户号(x)` converts like 整数(x), and an alias of a container makes one. */
function aliasCall(b: Body, e: ast.CallExpr, type: Type): hir.Expr {
  if (isPoison(type)) return silentCall(b, e);
  if (type.kind === 'channel') return newChannel(b, e, type.elem, undefined);
  if (type.kind === 'set') return newSet(b, e, type.elem, undefined);
  if ((type.kind === 'list' || type.kind === 'dict') && e.args.length === 0) {
    return type.kind === 'list' ? { kind: 'list', elems: [], type, span: e.span } : { kind: 'dict', entries: [], type, span: e.span };
  }
  return withArgs(b, e, e.callee.kind === 'NameExpr' ? e.callee.name : showType(type), 1, ([x]) => convert(b, inferExpr(b, x!, type), type, e.span));
}

/** Applies the mode to a node that is not a call of a Qi function. */
export function finish(b: Body, node: hir.Expr, mode: CallMode): hir.Expr {
  switch (mode) {
    case 'value': return node;
    case 'await': return awaitNode(b, node, node.span);
    case 'spawn': case 'launch': return spawnNode(b, node, mode);
    case 'coroutine': return noCoroutine(b, b.file.text.slice(node.span.start, node.span.end), node.span);
  }
}

/** `协程 f()` of what no 协程 declares. */
function noCoroutine(b: Body, name: string, span: ast.Span, f?: FunctionSymbol): hir.Expr {
  b.error('E3036', span, { 名称: name }, f === undefined ? {} : {
    related: [{ span: f.span, file: f.file, label: { zh: `${name} 在这里声明`, en: `${name} is declared here` } }],
  });
  return poison(span);
}

/** Before a function is mentioned: makes it part of the program, and what its body says about untyped parameters and results known, if it can be now. */
export function ensureInferred(b: Body, f: FunctionSymbol): void {
  b.checker.use(f);
  if (f.state !== 'new') return;
  if (isOpen(f.result) || f.params.some((p) => isOpen(p.type))) checkFunction(b.checker, f);
}

export function parametersOf(b: Body, f: FunctionSymbol): Parameter[] {
  return f.params.map((p) => ({
    name: p.name, type: p.type, inferred: !p.written, variadic: p.variadic,
    default: p.default === undefined ? undefined : () => defaultNode(b, p.default!, p.type, b.checker.scopeOf(p.file), p.file),
    defaultIsPure: p.default === undefined || isConstantDefault(p.default),
    declared: { span: p.span, file: p.file },
  }));
}

/** A default that can be evaluated at any time: a literal, an empty container, 无. */
function isConstantDefault(e: ast.Expr): boolean {
  switch (e.kind) {
    case 'IntLiteral': case 'FloatLiteral': case 'BoolLiteral': case 'StringLiteral': case 'CharLiteral': case 'UnitLiteral': return true;
    case 'ListLiteral': return e.elements.length === 0;
    case 'MapLiteral': return e.entries.length === 0;
    case 'UnaryExpr': return isConstantDefault(e.operand);
    case 'NameExpr': return e.name === '无';
    default: return false;
  }
}

/** What a call of a generic function may know beside its arguments. */
export interface CallAdvice {
  readonly expected?: Type | undefined;
  /** `名<整数>(…)` */
  readonly explicit?: readonly Type[] | undefined;
  /** A static function of a generic type: the type it is called on. */
  readonly owner?: Type | undefined;
}

export function callFunction(
  b: Body, f: FunctionSymbol, receiver: hir.Expr | undefined, args: readonly Arg[], span: ast.Span, mode: CallMode, advice: CallAdvice = {},
): hir.Expr {
  if (mode === 'coroutine' && f.flavour !== 'coroutine') {
    inferArgs(b, args);
    return noCoroutine(b, f.name, span, f);
  }
  if (f.template !== undefined && (f.flavour !== 'coroutine' || mode === 'coroutine')) {
    const call = { receiver, args, explicit: advice.explicit, expected: advice.expected, owner: advice.owner, span };
    return callTemplate(b, f, call, (instance, bound) => boundCall(b, instance, receiver, bound, span, mode));
  }
  if (advice.explicit !== undefined) {
    inferArgs(b, args);
    b.error('E3033', span, { 类型: f.shown, 期望: 0, 实际: advice.explicit.length });
    return poison(span);
  }
  if (receiver !== undefined && f.receiver !== undefined && !fitsArray(resolve(receiver.type), f.receiver.type) && !unify(f.receiver.type, receiver.type)) {
    inferArgs(b, args);
    b.error('E3102', span, { 类型: showType(receiver.type), 名称: f.name, 期望: showType(f.receiver.type) });
    return poison(span);
  }
  ensureInferred(b, f);
  const bound = bindArgs(b, f.shown, parametersOf(b, f), args, span);
  if (f.flavour === 'coroutine' && mode !== 'coroutine') {
    const written = receiver === undefined ? f.shown : `${b.file.text.slice(receiver.span.start, receiver.span.end)}.${f.name}`;
    b.error('E3026', span, { 名称: f.shown }, {
      ...(receiver === undefined || written.includes('\n') ? {} : { hint: { zh: `用 协程 ${written}(…) 创建它`, en: `make it with 协程 ${written}(…)` } }),
      related: [{ span: f.span, file: f.file, label: { zh: '协程在这里声明', en: 'the coroutine is declared here' } }],
    });
    return poison(span);
  }
  return bound === undefined ? poison(span) : boundCall(b, f, receiver, bound, span, mode);
}

function boundCall(b: Body, f: FunctionSymbol, receiver: hir.Expr | undefined, bound: Bound, span: ast.Span, mode: CallMode): hir.Expr {
  if (receiver === undefined) return withPrelude(bound.prelude, modeNode(b, f, bound.nodes, span, mode));
  const [prelude, self] = receiverFirst(b, bound.prelude, receiver);
  return withPrelude(prelude, modeNode(b, f, [self, ...bound.nodes], span, mode));
}

/** A receiver is evaluated before the arguments: with a prelude it goes through a temporary, too. */
export function receiverFirst(b: Body, prelude: hir.Stmt[], receiver: hir.Expr): [hir.Stmt[], hir.Expr] {
  if (prelude.length === 0) return [prelude, receiver];
  const local = b.temp(receiver.type, receiver.span);
  return [
    [{ kind: 'let', local, value: receiver, span: receiver.span }, ...prelude],
    { kind: 'local', local, type: local.type, span: receiver.span },
  ];
}

function modeNode(b: Body, f: FunctionSymbol, args: hir.Expr[], span: ast.Span, mode: CallMode): hir.Expr {
  const isAsync = f.flavour === 'async';
  if (mode === 'spawn' || mode === 'launch') b.checker.edges.push({ caller: b, callee: f, span, detached: true });
  switch (mode) {
    case 'spawn':
      if (f.futureOf !== undefined) return spawnNode(b, call(), 'spawn');
      return { kind: 'spawn', func: f.func, args, type: { kind: 'task', value: f.result }, span };
    case 'launch':
      if (f.futureOf !== undefined) return spawnNode(b, call(), 'launch');
      return { kind: 'launch', func: f.func, args, type: UNIT, span };
    case 'await':
      return isAsync ? call() : awaitNode(b, call(), span);
    case 'coroutine':
      return { kind: 'newCoroutine', func: f.func, args, type: f.coroutine!, span };
    case 'value':
      return isAsync ? { kind: 'start', func: f.func, args, type: { kind: 'future', value: f.result }, span } : call();
  }
  function call(): hir.Expr {
    b.checker.edges.push({ caller: b, callee: f, span, detached: false });
    return { kind: 'call', func: f.func, args, type: f.result, span };
  }
}

/** A call of a native; `receiver` is its argument 0 and has been inferred. */
export function nativeCall(
  b: Body, native: NativeInfo, name: string, receiver: hir.Expr | undefined, args: readonly Arg[], span: ast.Span,
): hir.Expr {
  const use = instantiate(native, b.checker, receiver !== undefined && resolve(receiver.type).kind === 'array' ? 'array' : 'list');
  if (receiver !== undefined && use.receiver !== undefined) {
    const t = resolve(receiver.type);
    const wanted = resolve(use.receiver);
    // 任务 has the methods of 未来.
    if (t.kind === 'task' && wanted.kind === 'future') {
      unify(t.value, wanted.value);
      receiver = { kind: 'upcast', operand: receiver, type: wanted, span: receiver.span };
    } else if (!fitsArray(t, wanted)) unify(t, wanted);
  }
  const params: Parameter[] = use.params.map((p) => ({
    name: p.name, type: p.type, variadic: false, defaultIsPure: true, declared: undefined,
    default: p.default === undefined ? undefined : () => tableConstant(p.default!, p.type, span),
  }));
  const bound = bindArgs(b, name, params, args, span);
  if (bound === undefined) return poison(span);
  let { prelude } = bound;
  if (receiver !== undefined) [prelude, receiver] = receiverFirst(b, prelude, receiver);
  checkComparing(b, native.symbol, name, receiver, span);
  // A 字典 or 集合 of what cannot be a key was reported where it was made.
  const owner = receiver === undefined ? undefined : resolve(receiver.type);
  const isBroken = owner?.kind === 'dict' && satisfies(owner.key, 'hashable') === false || owner?.kind === 'set' && satisfies(owner.elem, 'hashable') === false;
  for (const { type, bound: demand } of use.bounds) if (!isBroken || demand !== 'hashable') b.checker.require(type, demand, b.file, receiver?.span ?? span);
  const all = receiver === undefined ? bound.nodes : [receiver, ...bound.nodes];
  return withPrelude(prelude, { kind: 'callNative', native: native.symbol, args: all, type: use.result, span });
}

/** A default value as natives.def writes it: a string, 真 or 假, or an integer. */
function tableConstant(literal: string, type: Type, span: ast.Span): hir.Expr {
  if (literal.startsWith('"')) return { kind: 'string', value: JSON.parse(literal) as string, type: STRING, span };
  if (literal === '真' || literal === '假') return { kind: 'bool', value: literal === '真', type: BOOL, span };
  return { kind: 'int', value: BigInt(literal), type, span };
}

/** A call of a local function by its name: with named arguments and defaults, which see what its declaration saw. */
export function localCall(b: Body, symbol: LocalSymbol, name: ast.NameExpr, args: readonly Arg[], span: ast.Span): hir.Expr {
  const callee = readName(b, name);
  const t = resolve(callee.type) as Type & { kind: 'func' };
  const { params, scope } = symbol.signature!;
  const bound = bindArgs(b, name.name, params.map((p, i): Parameter => ({
    name: p.name.text, type: t.params[i]!, inferred: p.type === undefined, variadic: p.variadic,
    default: p.default === undefined ? undefined : () => defaultNode(b, p.default!, t.params[i]!, scope, symbol.file),
    defaultIsPure: p.default === undefined || isConstantDefault(p.default),
    declared: { span: p.span, file: symbol.file },
  })), args, span);
  return bound === undefined ? poison(span) : withPrelude(bound.prelude, { kind: 'callClosure', callee, args: bound.nodes, type: t.result, span });
}

export function closureCall(b: Body, e: ast.CallExpr, callee: hir.Expr, mode: CallMode): hir.Expr {
  return closureCallNode(b, callee, argsOf(e), e.span, mode);
}

export function closureCallNode(b: Body, callee: hir.Expr, args: readonly Arg[], span: ast.Span, mode: CallMode): hir.Expr {
  const named = args.find((a) => a.name !== undefined);
  if (named !== undefined) b.error('E3007', named.name!.span, { 名称: '闭包', 参数: named.name!.text }, { hint: NO_NAMES });
  const t = resolve(callee.type);
  if (isPoison(t) || named !== undefined) {
    inferArgs(b, args);
    b.failed = true;
    return poison(span);
  }
  if (t.kind === 'func') {
    const params: Parameter[] = t.params.map((type, i) => ({
      name: String(i), type, variadic: false, default: undefined, defaultIsPure: true, declared: undefined,
    }));
    const bound = bindArgs(b, showType(t), params, args, span);
    if (bound === undefined) return poison(span);
    return finish(b, withPrelude(bound.prelude, { kind: 'callClosure', callee, args: bound.nodes, type: t.result, span }), mode);
  }
  const nodes = inferArgs(b, args);
  // A literal is no function, whichever number it will be.
  if (isKnown(t) || (t.kind === 'variable' && t.literal !== 'none')) {
    b.error('E3016', callee.span, { 类型: showType(t) });
    return poison(span);
  }
  const result = b.checker.fresh();
  unify(t, { kind: 'func', params: nodes.map((n) => n.type), result });
  return finish(b, { kind: 'callClosure', callee, args: nodes, type: result, span }, mode);
}

function tupleStruct(b: Body, s: StructSymbol, e: ast.CallExpr, span: ast.Span, written?: Type): hir.Expr {
  if (!s.def.isTuple) {
    inferArgs(b, argsOf(e));
    b.error('E3016', span, { 类型: s.name }, { hint: { zh: `用 ${s.name} { … } 创建`, en: `make one with ${s.name} { … }` } });
    return poison(e.span);
  }
  const type = written?.kind === 'struct' ? written : openStruct(b.checker, s, b.file, span);
  const params: Parameter[] = type.def.fields.map((field) => ({
    name: field.name, type: field.type, variadic: false, default: undefined, defaultIsPure: true,
    declared: { span: field.span, file: s.file },
  }));
  const bound = bindArgs(b, s.name, params, argsOf(e), e.span);
  if (bound === undefined) return poison(e.span);
  const fields = bound.nodes.map((value, field) => ({ field, value }));
  return withPrelude(bound.prelude, { kind: 'struct', def: type.def, fields, type, span: e.span });
}

/** The instance `结果<整数, 字符串>` before `::`; undefined when the name is no enum's. */
function writtenEnum(b: Body, e: ast.InstantiateExpr, name: ast.NameExpr): EnumType | undefined {
  if (enumNamed(b, name.name) === undefined) return undefined;
  const path: ast.Name[] = [{ kind: 'Name', text: name.name, span: name.span }];
  const type = resolve(typeOf({ kind: 'NamedType', span: e.span, path, args: e.typeArgs }, b.checker, b.scope, b.file));
  return type.kind === 'enum' ? type : undefined;
}

/** `颜色::红(…)`, or a static function of the enum. */
function enumCall(b: Body, e: ast.CallExpr, type: EnumType, name: ast.Name, expected: Type | undefined, mode: CallMode): hir.Expr {
  const f = methodsOf(b.checker, type).statics.get(name.text);
  if (f !== undefined) return callFunction(b, f, undefined, argsOf(e), e.span, mode, { expected, owner: type });
  return finish(b, variantCall(b, instance(b, type.def, expected), name, e), mode);
}

/** `点::新建(…)`; `点.新建(…)` is the same. */
function staticCall(
  b: Body, e: ast.CallExpr, owner: ast.NameExpr, name: ast.Name, expected: Type | undefined, mode: CallMode, written?: ast.InstantiateExpr,
): hir.Expr {
  const s = structNamed(b, owner.name);
  if (s === undefined) {
    const statics = staticsOf(b, owner);
    const f = statics?.table.get(name.text);
    if (f !== undefined) return callFunction(b, f, undefined, argsOf(e), e.span, mode, { expected, owner: statics!.type });
    inferArgs(b, argsOf(e));
    if (statics !== undefined) return unknownMember(b, statics.type, name, statics.table.keys(), howMade(statics.type, name.text));
    b.failed = true;
    return poison(e.span);
  }
  const f = s.statics.get(name.text);
  if (f !== undefined) {
    checkVisible(b, f.shown, f.decl.visibility, f, name.span);
    return callFunction(b, f, undefined, argsOf(e), e.span, mode, { expected, owner: ownerType(b, s, owner, written) });
  }
  inferArgs(b, argsOf(e));
  if (s.methods.has(name.text)) {
    b.error('E3008', name.span, { 类型: s.name, 名称: name.text }, {
      hint: { zh: `${name.text} 是方法，要在一个值上调用：值.${name.text}(…)`, en: `${name.text} is a method: call it on a value` },
    });
    return poison(e.span);
  }
  return unknownMember(b, s.type, name, s.statics.keys(), howMade(s.type, name.text));
}

/** The static functions of the type a name denotes, an alias or a type parameter included; undefined when it is no type. */
function staticsOf(b: Body, owner: ast.NameExpr): { readonly type: Type; readonly table: ReadonlyMap<string, FunctionSymbol> } | undefined {
  const s = structNamed(b, owner.name);
  if (s !== undefined) return { type: s.type, table: s.statics };
  const symbol = b.scope.lookupType(owner.name);
  if (symbol !== undefined && symbol.kind !== 'alias' && symbol.kind !== 'typeParam') return undefined;
  const path: ast.Name[] = [{ kind: 'Name', text: owner.name, span: owner.span }];
  const type = symbol?.kind === 'alias' ? aliasType(symbol, b.checker) : symbol?.kind === 'typeParam' ? resolve(symbol.type)
    : isPrimitive(owner.name) ? typeOf({ kind: 'NamedType', span: owner.span, path, args: [] }, b.checker, b.scope, b.file) : undefined;
  if (type === undefined || isPoison(type)) return undefined;
  return { type, table: methodsOf(b.checker, type).statics };
}

/** The type a static function is called on; undefined when it is generic and has no arguments written. */
function ownerType(b: Body, s: StructSymbol, owner: ast.NameExpr, written: ast.InstantiateExpr | undefined): Type | undefined {
  const symbol = b.scope.lookupType(owner.name);
  if (symbol?.kind === 'typeParam') return symbol.type;
  if (symbol?.kind === 'struct' && s.decl.typeParams.length > 0 && written === undefined) return undefined;
  return typeOf(
    { kind: 'NamedType', span: written?.span ?? owner.span, path: [{ kind: 'Name', text: owner.name, span: owner.span }], args: written?.typeArgs ?? [] },
    b.checker, b.scope, b.file,
  );
}

/** `未来::就绪(v)`, `未来::失败("…")`, `选项::有(v)`. */
function typePathCall(b: Body, e: ast.CallExpr, owner: string, name: ast.Name, expected: Type | undefined, mode: CallMode): hir.Expr {
  const want = expected === undefined ? undefined : resolve(expected);
  const one = e.args.length === 1 && e.args[0]!.name === undefined ? e.args[0]!.value : undefined;
  if (owner === '未来' && (name.text === '就绪' || name.text === '失败')) {
    if (one === undefined) {
      if (name.text === '就绪' && e.args.length === 0) {
        return finish(b, { kind: 'ready', value: { kind: 'unit', type: UNIT, span: e.span }, type: { kind: 'future', value: UNIT }, span: e.span }, mode);
      }
      inferArgs(b, argsOf(e));
      b.error('E3006', e.span, { 名称: `未来::${name.text}`, 期望: 1, 实际: e.args.length }, { hint: callHint(`未来::${name.text}`, [{ name: '值' }]) });
      return poison(e.span);
    }
    if (name.text === '失败') {
      const type: Type = want?.kind === 'future' ? want : { kind: 'future', value: b.checker.fresh() };
      return finish(b, { kind: 'callNative', native: 'future_failed', args: [checkExpr(b, one, STRING)], type, span: e.span }, mode);
    }
    const value = want?.kind === 'future' ? checkExpr(b, one, want.value) : inferExpr(b, one);
    return finish(b, { kind: 'ready', value, type: want?.kind === 'future' ? want : { kind: 'future', value: value.type }, span: e.span }, mode);
  }
  if (owner === '选项' && name.text === '有') {
    return finish(b, builtinCall(b, '有', e, expected)!, mode);
  }
  if (isPrimitive(owner)) return staticCall(b, e, { kind: 'NameExpr', id: e.id, span: e.callee.span, name: owner }, name, expected, mode);
  inferArgs(b, argsOf(e));
  b.error('E3008', name.span, { 类型: owner, 名称: name.text }, { hint: howMade(owner, name.text) });
  return poison(e.span);
}

/** Functions that the language has in its types. */
const TYPE_PATHS: ReadonlyMap<string, readonly string[]> = new Map([['未来', ['就绪', '失败']], ['选项', ['有']]]);

/** A path that is not called: `选项::无`; static functions as values and enums come later. */
export function inferPath(b: Body, e: ast.PathExpr, expected?: Type): hir.Expr {
  if (e.base.kind === 'NameExpr') {
    const owner = b.scope.lookup(e.base.name);
    if (owner?.kind === 'poison') {
      b.failed = true;
      return poison(e.span);
    }
    if (owner === undefined && e.base.name === '选项' && e.name.text === '无') {
      return { kind: 'none', type: { kind: 'option', elem: b.checker.fresh() }, span: e.span };
    }
    const type = enumNamed(b, e.base.name);
    if (type !== undefined) return variantPath(b, type, e.name, e.span, expected, e);
    if (owner === undefined && !isTypeName(e.base.name)) return reportUndefined(b, e.base.name, e.base.span, 'value');
    if (owner === undefined && TYPE_PATHS.get(e.base.name)?.includes(e.name.text) === true) return callingClosure(b, e, 1, expected);
    const statics = staticsOf(b, e.base);
    const f = statics?.table.get(e.name.text);
    if (f !== undefined) {
      checkVisible(b, f.shown, f.decl.visibility, f, e.name.span);
      return functionValue(b, f, e, expected);
    }
    if (statics !== undefined) return unknownMember(b, statics.type, e.name, statics.table.keys(), howMade(statics.type, e.name.text));
  } else if (e.base.kind === 'InstantiateExpr' && e.base.callee.kind === 'NameExpr') {
    const type = writtenEnum(b, e.base, e.base.callee);
    if (type !== undefined) return variantPath(b, type, e.name, e.span, type, e);
    const f = staticsOf(b, e.base.callee)?.table.get(e.name.text);
    if (f !== undefined) return functionValue(b, f, e, expected);
  }
  b.error('E3030', e.span, { 名称: b.file.text.slice(e.span.start, e.span.end), 种类: { zh: '类型', en: 'a type' } });
  return poison(e.span);
}

/** `通道<T>(n)`, `创建通道<T>(n)`, `列表<T>()`, `字典<K, V>()`. */
function instantiatedCall(b: Body, e: ast.CallExpr, callee: ast.InstantiateExpr, expected: Type | undefined, mode: CallMode): hir.Expr {
  const inner = callee.callee;
  const symbol = inner.kind === 'NameExpr' ? b.scope.lookup(inner.name) : undefined;
  if (symbol?.kind === 'function') return callFunction(b, symbol, undefined, argsOf(e), e.span, mode, { expected, explicit: writtenArgs(b, callee) });
  if (symbol?.kind === 'poison') return silentCall(b, e);
  if (symbol?.kind === 'struct') {
    const type = typeOf({ kind: 'NamedType', span: callee.span, path: [{ kind: 'Name', text: symbol.name, span: inner.span }], args: callee.typeArgs }, b.checker, b.scope, b.file);
    return isPoison(type) ? silentCall(b, e) : finish(b, tupleStruct(b, symbol, e, callee.span, type), mode);
  }
  if (inner.kind === 'MemberExpr') {
    return inferMethodOn(b, inferExpr(b, inner.object), e, inner.name, mode, expected, writtenArgs(b, callee));
  }
  return finish(b, constructorCall(b, e, callee, expected), mode);
}

function writtenArgs(b: Body, callee: ast.InstantiateExpr): Type[] {
  return callee.typeArgs.map((t) => typeOf(t, b.checker, b.scope, b.file));
}

/** `名<整数>` that is not called: an instance of a generic function as a value. */
export function inferInstantiated(b: Body, e: ast.InstantiateExpr): hir.Expr {
  const symbol = e.callee.kind === 'NameExpr' ? b.scope.lookup(e.callee.name) : undefined;
  if (symbol?.kind === 'function' && symbol.template !== undefined) return functionValue(b, symbol, e, undefined, writtenArgs(b, e));
  if (e.callee.kind === 'NameExpr' && symbol === undefined && !isTypeName(e.callee.name)) return reportUndefined(b, e.callee.name, e.callee.span, 'value');
  if (symbol?.kind === 'poison') b.failed = true;
  else b.error('E3030', e.span, { 名称: b.file.text.slice(e.span.start, e.span.end), 种类: { zh: '类型', en: 'a type' } });
  return poison(e.span);
}

function constructorCall(b: Body, e: ast.CallExpr, callee: ast.InstantiateExpr, expected: Type | undefined): hir.Expr {
  const name = callee.callee.kind === 'NameExpr' && !namesCallable(b, callee.callee.name) ? callee.callee.name : undefined;
  const typeName = name === '创建通道' ? '通道' : name;
  if (typeName === '通道' || typeName === '列表' || typeName === '字典' || typeName === '集合') {
    const type = typeOf(
      { kind: 'NamedType', span: callee.span, path: [{ kind: 'Name', text: typeName, span: callee.callee.span }], args: callee.typeArgs },
      b.checker, b.scope, b.file,
    );
    if (type.kind === 'channel') return newChannel(b, e, type.elem, expected);
    if (type.kind === 'set') return newSet(b, e, type.elem, expected);
    if ((type.kind === 'list' || type.kind === 'dict') && e.args.length === 0) {
      return type.kind === 'list' ? { kind: 'list', elems: [], type, span: e.span } : { kind: 'dict', entries: [], type, span: e.span };
    }
    inferArgs(b, argsOf(e));
    if (isPoison(type)) {
      b.failed = true;
      return poison(e.span);
    }
    b.error('E3006', e.span, { 名称: typeName, 期望: 0, 实际: e.args.length }, { hint: howMade(typeName, '') });
    return poison(e.span);
  }
  const className = name?.startsWith('创建') === true ? name.slice('创建'.length) : name;
  if (className !== undefined && NATIVE_CLASS_PARTS.has(className)) {
    const type = typeOf(
      { kind: 'NamedType', span: callee.span, path: [{ kind: 'Name', text: className, span: callee.callee.span }], args: callee.typeArgs },
      b.checker, b.scope, b.file,
    );
    const made = inferCall(b, { ...e, callee: callee.callee }, type, 'value');
    if (!isPoison(type) && !isPoison(made.type) && !unify(made.type, type)) b.mismatch(e.span, type, made.type);
    return made;
  }
  inferArgs(b, argsOf(e));
  const feature = name === undefined ? undefined : unsupportedFeature(name);
  if (feature !== undefined) return b.unsupported(callee.span, feature);
  if (name !== undefined && b.scope.lookup(name) === undefined && nativeFunction(name) === undefined && !isBuiltinFunction(name)) {
    return reportUndefined(b, name, callee.callee.span, 'call');
  }
  const shown = b.file.text.slice(callee.callee.span.start, callee.callee.span.end);
  const variable = name !== undefined && /^(?:local|global)$/.test(b.scope.lookup(name)?.kind ?? '');
  b.error('E3033', callee.span, { 类型: shown, 期望: 0, 实际: callee.typeArgs.length }, variable
    ? { hint: { zh: `${shown} 是变量，这里却读作类型参数；要比较就加括号：(${shown} < …)`, en: `${shown} is a variable, but this reads as type arguments; to compare, write (${shown} < …)` } } : {});
  return poison(e.span);
}

/** Whether a name with type arguments is something of the user's own. A variable takes none: the built-in is meant. */
function namesCallable(b: Body, name: string): boolean {
  const symbol = b.scope.lookup(name);
  return symbol !== undefined && symbol.kind !== 'local' && symbol.kind !== 'global';
}
