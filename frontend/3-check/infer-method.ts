/**
 * infer-method.ts — `x.方法(…)` on values of every type.
 *
 * Methods of structs are Qi functions; those of built-in types are rows of natives.def or one of the
 * few that have nodes of their own (添加, 长度, 获取, 取出 …). When the type of x is not known yet, the
 * arguments are inferred at once and the rest waits.
 */
import type * as ast from '../ast.js';
import type { NativeInfo } from '../generated/natives.js';
import type * as hir from '../hir.js';
import { BOOL, INT, RESULT, UNIT, payloadOf, resolve, showType, type EnumType, type Type } from '../types.js';
import { argsOf, bindArgs, inferArgs, withPrelude, type Arg, type Parameter } from './arguments.js';
import { awaitNode } from './infer-async.js';
import { fill, poison, unitValue, placeholder, type Body } from './body.js';
import { extensionKey, nativeMethod, nativeMethodNames } from './builtins.js';
import { giveUp, isKnown, whenKnown } from './deferred.js';
import { callFunction, closureCallNode, finish, nativeCall, type CallMode } from './infer-call.js';
import { payload, priorityOf, variantTest } from './infer-enum.js';
import { ERROR_FIELDS, fieldOf, inferExpr, structOf } from './infer-expr.js';
import { isErrorField, isOwnError } from './infer-try.js';
import { methodsOf, traitCall, withSupertraits } from './traits.js';
import { traitMethod } from './trait-methods.js';
import { libraryMethod, libraryMethodNames } from './library.js';
import { checkVisible } from './imports.js';
import type { FunctionSymbol, Mutable } from './scope.js';
import { pointedTo } from './infer-pointer.js';
import { isPoison, openPart, satisfies, settleParts, unify } from './unify.js';
import { methodFor, receiversOf } from './method-choice.js';
import { unknownMember } from './unknown-member.js';

export function inferMethodCall(b: Body, e: ast.CallExpr, callee: ast.MemberExpr, mode: CallMode, expected?: Type): hir.Expr {
  return inferMethodOn(b, inferExpr(b, callee.object), e, callee.name, mode, expected);
}

/** The method call `e` of an object that is inferred already. */
export function inferMethodOn(
  b: Body, object: hir.Expr, e: ast.CallExpr, name: ast.Name, mode: CallMode, expected?: Type, explicit?: readonly Type[],
): hir.Expr {
  const args = argsOf(e);
  const t = resolve(object.type);
  if (isKnown(t)) return known(b, object, t, name, args, e.span, mode, expected, explicit);
  return whenFound(b, object, object.type, args, e.span, mode, (found) => known(b, object, found, name, args, e.span, mode));
}

/** A method without user-written arguments, for 长度(x) and the like. */
export function methodNode(b: Body, object: hir.Expr, name: ast.Name, args: Arg[], span: ast.Span): hir.Expr {
  if (isKnown(object.type)) return known(b, object, resolve(object.type), name, args, span, 'value');
  const result = b.checker.fresh();
  const node = placeholder(result, span);
  if (name.text === '长度') unify(result, INT);
  whenKnown(b, object.type, object.span, { zh: '这个值', en: 'this value' }, (found) => {
    fill(node, known(b, object, found, name, args, span, 'value'));
  });
  return node;
}

/** A call of a method written in Qi; one that is private to another package is refused. */
function callMethod(
  b: Body, name: ast.Name, f: FunctionSymbol, object: hir.Expr, args: readonly Arg[], span: ast.Span, mode: CallMode,
  how: Parameters<typeof callFunction>[6],
): hir.Expr {
  const t = f.alternatives === undefined ? undefined : settleParts(object.type);
  const open = t === undefined ? undefined : openPart(t);
  // Which of several it is shows when the type is known.
  if (open !== undefined) return whenFound(b, object, open, args, span, mode, () => callMethod(b, name, f, object, args, span, mode, how));
  const chosen = t === undefined ? f : methodFor(f, t);
  if (chosen === undefined) {
    inferArgs(b, args);
    b.error('E3102', span, { 类型: showType(t!), 名称: f.name, 期望: receiversOf(f) });
    return poison(span);
  }
  checkVisible(b, chosen.shown, chosen.decl.visibility, chosen, name.span);
  return callFunction(b, chosen, object, args, span, mode, how);
}

/** The node of a call that `build` makes once the type `open`, of `object` or in it, is known. */
function whenFound(
  b: Body, object: hir.Expr, open: Type, args: readonly Arg[], span: ast.Span, mode: CallMode, build: (found: Type) => hir.Expr,
): hir.Expr {
  inferArgs(b, args);
  if (mode === 'spawn' || mode === 'launch' || mode === 'coroutine') {
    // The new coroutine's function must be known where it is made.
    b.error('E3005', object.span, { 对象: { zh: '这个值', en: 'this value' } });
    return poison(span);
  }
  const result = b.checker.fresh();
  const node = placeholder(result, span);
  whenKnown(b, open, object.span, { zh: '这个值', en: 'this value' }, (found) => {
    const built = build(found);
    if (isPoison(built.type)) giveUp(result);
    else if (!unify(result, built.type)) b.mismatch(span, result, built.type);
    fill(node, built);
  }, () => giveUp(result));
  return node;
}

function known(
  b: Body, object: hir.Expr, t: Type, name: ast.Name, args: readonly Arg[], span: ast.Span, mode: CallMode,
  expected?: Type, explicit?: readonly Type[],
): hir.Expr {
  if (isPoison(t)) {
    inferArgs(b, args);
    b.failed = true;
    return poison(span);
  }
  if (t.kind === 'pointer' && isKnown(t.elem)) return known(b, pointedTo(object, t), resolve(t.elem), name, args, span, mode);
  if (t.kind === 'struct') return structMethod(b, object, t, name, args, span, mode, expected, explicit);
  if (t.kind === 'enum') return enumMethod(b, object, t, name, args, span, mode, expected, explicit);
  const added = b.checker.extensionsOf(extensionKey(t)).methods.get(name.text);
  if (added !== undefined) return callMethod(b, name, added, object, args, span, mode, { expected, explicit });
  const special = specialsOf(t)?.[name.text];
  if (special !== undefined) return finish(b, special({ b, object, type: t, args, span, name }), mode);
  // The members of 错误 are methods, too: that is how generic code asks for them.
  if (t.kind === 'error' && args.length === 0 && ERROR_FIELDS.has(name.text)) return finish(b, fieldOf(b, object, name, span), mode);
  const native = nativeMethod(t, name.text);
  if (native !== undefined && !native.internal && !needsOwnOrder(t, native)) return finish(b, nativeCall(b, native, name.text, object, args, span), mode);
  const shown = traitMethod(b, object, name, args, span, mode);
  if (shown !== undefined) return shown;
  const inQi = libraryMethod(b.checker, t.kind, name.text);
  if (inQi !== undefined) return callFunction(b, inQi, object, args, span, mode, { expected, explicit });
  inferArgs(b, args);
  return unknownMember(b, t, name, [
    ...nativeMethodNames(t), ...Object.keys(specialsOf(t) ?? {}), ...b.checker.extensionsOf(extensionKey(t)).methods.keys(), ...libraryMethodNames(b.checker, t.kind),
  ], undefined, object);
}

/** Elements that only a method of the program orders (可比较): their sorting is written in Qi, too. */
function needsOwnOrder(t: Type, native: NativeInfo): boolean {
  return (t.kind === 'list' || t.kind === 'array') && native.receiver.endsWith('<O>') && satisfies(t.elem, 'ordered') === false;
}

function structMethod(
  b: Body, object: hir.Expr, t: Type & { kind: 'struct' }, name: ast.Name, args: readonly Arg[], span: ast.Span, mode: CallMode,
  expected: Type | undefined, explicit: readonly Type[] | undefined,
): hir.Expr {
  const s = structOf(b, t);
  const method = s.methods.get(name.text);
  if (method !== undefined) return callMethod(b, name, method, object, args, span, mode, { expected, explicit });
  const field = t.def.fields.findIndex((f) => f.name === name.text);
  if (field >= 0 && args.length === 0 && isErrorField(name.text, t.def.fields[field]!.type) && isOwnError(b.checker, t)) {
    return finish(b, fieldOf(b, object, name, span), mode);
  }
  if (field >= 0) {
    const callee: hir.Expr = { kind: 'field', object, field, type: t.def.fields[field]!.type, span: { start: object.span.start, end: name.span.end } };
    return closureCallNode(b, callee, args, span, mode);
  }
  const shown = traitMethod(b, object, name, args, span, mode);
  if (shown !== undefined) return shown;
  inferArgs(b, args);
  if (s.statics.has(name.text)) {
    b.error('E3008', name.span, { 类型: s.name, 名称: name.text }, {
      hint: { zh: `${name.text} 是静态函数：${s.name}::${name.text}(…)`, en: `${name.text} is static: ${s.name}::${name.text}(…)` },
    });
    return poison(span);
  }
  return unknownMember(b, t, name, [...s.methods.keys(), ...t.def.fields.map((f) => f.name)]);
}

function enumMethod(
  b: Body, object: hir.Expr, t: EnumType, name: ast.Name, args: readonly Arg[], span: ast.Span, mode: CallMode,
  expected: Type | undefined, explicit: readonly Type[] | undefined,
): hir.Expr {
  const trait = b.checker.traits.get(t.def);
  const use = trait === undefined ? undefined : { trait, args: t.args };
  const declared = use !== undefined && withSupertraits(b.checker, use).some((u) => u.trait.methods.has(name.text));
  const { methods } = methodsOf(b.checker, t);
  const method = declared ? undefined : methods.get(name.text);
  if (method !== undefined) return callMethod(b, name, method, object, args, span, mode, { expected, explicit });
  if (use !== undefined) return (declared ? undefined : traitMethod(b, object, name, args, span, mode)) ?? traitCall(b, use, object, name, args, span, mode);
  const special = t.def === RESULT ? RESULT_METHODS[name.text] : undefined;
  if (special !== undefined) return finish(b, special({ b, object, type: t, args, span, name }), mode);
  const inQi = t.def === RESULT ? libraryMethod(b.checker, 'enum', name.text) : undefined;
  if (inQi !== undefined) return callFunction(b, inQi, object, args, span, mode, { expected, explicit });
  const shown = traitMethod(b, object, name, args, span, mode);
  if (shown !== undefined) return shown;
  inferArgs(b, args);
  return unknownMember(b, t, name, [...methods.keys(), ...(t.def === RESULT ? Object.keys(RESULT_METHODS) : [])], undefined, object);
}

// ------------------------------------------------- methods with nodes of their own

interface Use {
  readonly b: Body;
  readonly object: hir.Expr;
  readonly type: Type;
  readonly args: readonly Arg[];
  readonly span: ast.Span;
  readonly name: ast.Name;
}

type Special = (use: Use) => hir.Expr;

/** Binds arguments of the given types; `build` sees them in order. */
function taking(types: readonly Type[], use: Use, build: (args: readonly hir.Expr[]) => hir.Expr): hir.Expr {
  const params: Parameter[] = types.map((type, i) => ({
    name: String(i), type, variadic: false, default: undefined, defaultIsPure: true, declared: undefined,
  }));
  const bound = bindArgs(use.b, use.name.text, params, use.args, use.span);
  return bound === undefined ? poison(use.span) : withPrelude(bound.prelude, build(bound.nodes));
}

/** A statement as an expression of type 空. */
function effect(statement: hir.Stmt, span: ast.Span): hir.Expr {
  return { kind: 'blockExpr', block: { statements: [statement], span }, value: unitValue(span), type: UNIT, span };
}

const length: Special = (u) => taking([], u, () => ({ kind: 'len', operand: u.object, type: INT, span: u.span }));
const elem = (t: Type): Type => (t as Type & { elem: Type }).elem;
const take: Special = (u) => taking([], u, () => awaitNode(u.b, u.object, u.span));

const SPECIAL: Readonly<Partial<Record<Type['kind'], Readonly<Record<string, Special>>>>> = {
  list: {
    长度: length,
    添加: (u) => taking([elem(u.type)], u, ([value]) => ({ kind: 'push', list: u.object, value: value!, type: UNIT, span: u.span })),
  },
  array: { 长度: length },
  set: { 长度: length },
  bytes: { 长度: length },
  dict: {
    长度: length,
    获取: (u) => {
      const t = u.type as Type & { kind: 'dict' };
      return taking([t.key], u, ([key]) => ({ kind: 'dictFind', dict: u.object, key: key!, type: { kind: 'option', elem: t.value }, span: u.span }));
    },
    插入: (u) => {
      const t = u.type as Type & { kind: 'dict' };
      return taking([t.key, t.value], u, ([index, value]) =>
        effect({ kind: 'assignIndex', target: u.object, index: index!, value: value!, span: u.span }, u.span));
    },
  },
  option: {
    是有: (u) => taking([], u, () => ({ kind: 'isSome', option: u.object, type: BOOL, span: u.span })),
    是无: (u) => taking([], u, () => ({
      kind: 'unary', op: 'not', operand: { kind: 'isSome', option: u.object, type: BOOL, span: u.span }, type: BOOL, span: u.span,
    })),
    取出: (u) => taking([], u, () => ({ kind: 'unwrap', option: u.object, type: elem(u.type), span: u.span })),
    或: (u) => taking([elem(u.type)], u, ([fallback]) =>
      ({ kind: 'optionOr', option: u.object, fallback: fallback!, type: elem(u.type), span: u.span })),
    映射: mapOption,
  },
  future: { 获取: take },
  task: { 获取: take, 优先级: (u) => taking([], u, () => priorityOf(u.object, u.span)) },
  channel: {
    发送: (u) => taking([elem(u.type)], u, ([value]) => effect({ kind: 'send', channel: u.object, value: value!, span: u.span }, u.span)),
    接收: (u) => taking([], u, () => ({ kind: 'receiveOption', channel: u.object, type: { kind: 'option', elem: elem(u.type) }, span: u.span })),
    关闭: (u) => taking([], u, () => ({ kind: 'closeChannel', channel: u.object, type: UNIT, span: u.span })),
  },
};

function specialsOf(t: Type): Readonly<Record<string, Special>> | undefined {
  return t.kind === 'native' ? NATIVE_SPECIAL[t.class] : SPECIAL[t.kind];
}

const NATIVE_SPECIAL: Readonly<Record<string, Readonly<Record<string, Special>>>> = {
  仅一次: {
    执行: (u) => {
      const body: Type = { kind: 'func', params: [], result: UNIT };
      return taking([body], u, ([f]) => onceNode(u.b, u.object, f!, u.span));
    },
  },
};

/**
 * `一次.执行(体)`: calls the body unless it returned before, or waits for whoever calls it now. A body that fails did not
 * happen: the next one tries. Natives never call back, so the call stands here, between its beginning and its end.
 */
export function onceNode(b: Body, object: hir.Expr, f: hir.Expr, span: ast.Span): hir.Expr {
  const once = b.temp(object.type, span);
  const body = b.temp(f.type, span);
  const succeeded = b.temp(BOOL, span);
  const read = (local: hir.Local): hir.Expr => ({ kind: 'local', local, type: local.type, span });
  const flag = (value: boolean): hir.Expr => ({ kind: 'bool', value, type: BOOL, span });
  const block = (...statements: hir.Stmt[]): hir.Block => ({ statements, span });
  const statement = (expr: hir.Expr): hir.Stmt => ({ kind: 'expr', expr, span });
  (succeeded as Mutable<hir.Local>).reassigned = true;
  return {
    kind: 'blockExpr', value: unitValue(span), type: UNIT, span,
    block: block(
      { kind: 'let', local: once, value: object, span },
      { kind: 'let', local: body, value: f, span },
      {
        kind: 'if', condition: { kind: 'callNative', native: 'once_begin', args: [read(once)], type: BOOL, span }, otherwise: undefined, span,
        then: block(
          { kind: 'let', local: succeeded, value: flag(false), span },
          {
            kind: 'try', catches: [], span,
            body: block(
              statement({ kind: 'callClosure', callee: read(body), args: [], type: UNIT, span }),
              { kind: 'assignLocal', local: succeeded, value: flag(true), span },
            ),
            finally: block(statement({ kind: 'callNative', native: 'once_end', args: [read(once), read(succeeded)], type: UNIT, span })),
          },
        ),
      },
    ),
  };
}

const [SUCCESS, FAILURE] = [0, 1];

/** Whether a 结果 is of this variant. */
function isVariant(variant: number): Special {
  return (u) => taking([], u, () => variantTest(u.object, variant, u.span));
}

/** The value of a variant: E7013 when the 结果 is of the other. */
function valueOf(variant: number): Special {
  return (u) => taking([], u, () => payload(u.object, variant, u.span));
}

const RESULT_METHODS: Readonly<Record<string, Special>> = {
  是成功: isVariant(SUCCESS),
  是失败: isVariant(FAILURE),
  取出: valueOf(SUCCESS),
  取出失败: valueOf(FAILURE),
  /** `r.或(默认)`: both are evaluated first. */
  或: (u) => {
    const { b, span } = u;
    const type = payloadOf(u.type as EnumType, SUCCESS)[0]!;
    return taking([type], u, ([fallback]) => {
      const result = b.temp(u.type, span);
      const other = b.temp(type, span);
      const read = (local: hir.Local): hir.Expr => ({ kind: 'local', local, type: local.type, span });
      return {
        kind: 'blockExpr', type, span,
        block: { span, statements: [{ kind: 'let', local: result, value: u.object, span }, { kind: 'let', local: other, value: fallback, span }] },
        value: {
          kind: 'if', condition: variantTest(read(result), SUCCESS, span), then: payload(read(result), SUCCESS, span), otherwise: read(other), type, span,
        },
      };
    });
  },
};

/** `o.映射(f)`: 有(f(v)) for 有(v), else 无. Both are evaluated first. */
function mapOption(u: Use): hir.Expr {
  const { b, span } = u;
  const result = b.checker.fresh();
  const callee: Type = { kind: 'func', params: [elem(u.type)], result };
  return taking([callee], u, ([f]) => {
    const option = b.temp(u.type, span);
    const mapper = b.temp(callee, span);
    const read = (local: hir.Local): hir.Expr => ({ kind: 'local', local, type: local.type, span });
    const type: Type = { kind: 'option', elem: result };
    const call: hir.Expr = {
      kind: 'callClosure', callee: read(mapper), type: result, span,
      args: [{ kind: 'unwrap', option: read(option), type: elem(u.type), span }],
    };
    return {
      kind: 'blockExpr', type, span,
      block: {
        span,
        statements: [
          { kind: 'let', local: option, value: u.object, span },
          { kind: 'let', local: mapper, value: f, span },
        ],
      },
      value: {
        kind: 'if', condition: { kind: 'isSome', option: read(option), type: BOOL, span },
        then: { kind: 'some', value: call, type, span }, otherwise: { kind: 'none', type, span }, type, span,
      },
    };
  });
}

/** The parameters of a method; `types` are undefined when only its call shows them. */
export interface MethodShape {
  readonly count: number;
  readonly types: readonly Type[] | undefined;
}

/** How many arguments those of the special methods take that take any. */
const SPECIAL_ARGS: Readonly<Record<string, number>> = { 添加: 1, 插入: 2, 或: 1, 映射: 1, 发送: 1, 执行: 1 };

/** A method that the program gives a type. */
export function ownMethodOf(b: Body, t: Type, name: string): FunctionSymbol | undefined {
  const f = methodsOf(b.checker, t).methods.get(name);
  return f === undefined ? undefined : methodFor(f, t) ?? f;
}

/** The method of `t` with this name, for its use as a value; undefined when there is none. */
export function methodShape(b: Body, t: Type, name: string): MethodShape | undefined {
  const own = ownMethodOf(b, t, name);
  if (own !== undefined) return shapeOf(own);
  const trait = t.kind === 'enum' ? b.checker.traits.get(t.def) : undefined;
  const declared = trait === undefined ? undefined : withSupertraits(b.checker, { trait, args: (t as EnumType).args }).find((u) => u.trait.methods.has(name));
  if (declared !== undefined) return { count: declared.trait.methods.get(name)!.params.length, types: undefined };
  if (t.kind === 'struct' || (t.kind === 'enum' && t.def !== RESULT)) return undefined;
  const special = t.kind === 'enum' ? RESULT_METHODS[name] : specialsOf(t)?.[name];
  if (special !== undefined) return { count: name === '获取' ? (t.kind === 'dict' ? 1 : 0) : SPECIAL_ARGS[name] ?? 0, types: undefined };
  const native = nativeMethod(t, name);
  if (native !== undefined && !native.internal) return { count: native.params.filter((p) => p.default === undefined).length, types: undefined };
  const inQi = libraryMethod(b.checker, t.kind, name);
  return inQi === undefined ? undefined : shapeOf(inQi);
}

function shapeOf(f: FunctionSymbol): MethodShape {
  const required = f.params.filter((p) => p.default === undefined && !p.variadic).length;
  return { count: f.params.some((p) => p.variadic) ? required : f.params.length, types: f.template !== undefined || f.params.some((p) => p.variadic) ? undefined : f.params.map((p) => p.type) };
}
