/**
 * infer-builtin.ts — functions of the language itself that no table row can describe: printing,
 * conversions, 长度, wrapping arithmetic, channels, sleeping, 有, 错误.
 *
 * Invariant: these names are looked up only after the user's own, so any of them may be redefined.
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { BOOL, BYTE, BYTES, CHAR, ERROR, FLOAT, FLOAT32, INT, INT128, INT32, STRING, UNIT, hasPayload, resolve, showType, type EnumType, type Type } from '../types.js';
import { fill, poison, unitValue, widen, type Body } from './body.js';
import { laterFeature } from './builtins.js';
import { nodeWhenKnown } from './deferred.js';
import { numberOf } from './enum-numbers.js';
import { checkExpr, inferExpr, joined } from './infer-expr.js';
import { binaryNode, sameOperands, text } from './infer-operator.js';
import { widens } from './numbers.js';
import { callFunction } from './infer-call.js';
import { methodNode, onceNode } from './infer-method.js';
import { displayOf, ownMethod } from './traits.js';
import { isBuiltinType, isLaterType, typeOf } from './type-expr.js';
import { isOpen, isPoison, satisfies, settle, unify } from './unify.js';
import { callHint, NO_NAMES } from './arguments.js';

type Builtin = (b: Body, e: ast.CallExpr, expected: Type | undefined) => hir.Expr;

const DEFAULT_CAPACITY = 16n;

const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['打印', (b, e) => print(b, e, 'print')],
  ['打印行', (b, e) => print(b, e, 'print_line')],
  ['长度', (b, e) => withArgs(b, e, '长度', 1, ([x]) => methodNode(b, inferExpr(b, x!), { kind: 'Name', text: '长度', span: e.callee.span }, [], e.span))],
  ['有', (b, e, expected) => withArgs(b, e, '有', 1, ([x]) => {
    const want = expected === undefined ? undefined : resolve(expected);
    const value = want?.kind === 'option' ? checkExpr(b, x!, want.elem) : inferExpr(b, x!);
    return { kind: 'some', value, type: want?.kind === 'option' ? want : { kind: 'option', elem: value.type }, span: e.span };
  })],
  ['错误', newError],
  ['同一', (b, e) => withArgs(b, e, '同一', 2, ([x, y]) => {
    const left = inferExpr(b, x!);
    return identity(b, left, checkExpr(b, y!, left.type), e.span);
  })],
  ['回绕加', (b, e) => wrapping(b, e, '回绕加', 'wrapAdd')],
  ['回绕减', (b, e) => wrapping(b, e, '回绕减', 'wrapSub')],
  ['回绕乘', (b, e) => wrapping(b, e, '回绕乘', 'wrapMul')],
  ['睡眠', sleep], ['休眠', sleep], ['设置超时', sleep],
  ['关闭通道', (b, e) => withArgs(b, e, '关闭通道', 1, ([x]) => {
    const channel = checkExpr(b, x!, { kind: 'channel', elem: b.checker.fresh() });
    return { kind: 'closeChannel', channel, type: UNIT, span: e.span };
  })],
  ['仅一次执行', (b, e) => withArgs(b, e, '仅一次执行', 2, ([x, y]) => {
    const once = checkExpr(b, x!, { kind: 'native', class: '仅一次', args: [] });
    const node = onceNode(b, once, checkExpr(b, y!, { kind: 'func', params: [], result: UNIT }), e.span);
    return { ...node, value: { kind: 'int', value: 0n, type: INT, span: e.span }, type: INT } as hir.Expr;
  })],
  ['通道', (b, e, expected) => newChannel(b, e, undefined, expected)],
  ['创建通道', createChannel],
  ['整数', (b, e) => conversion(b, e, '整数', INT)],
  ['浮点数', (b, e) => conversion(b, e, '浮点数', FLOAT)],
  ['字符串', (b, e) => conversion(b, e, '字符串', STRING)],
  ['布尔', (b, e) => conversion(b, e, '布尔', BOOL)],
  ['字符', (b, e) => conversion(b, e, '字符', CHAR)],
  ['短整数', (b, e) => conversion(b, e, '短整数', INT32)],
  ['字节', (b, e) => conversion(b, e, '字节', BYTE)],
  ['长整数', (b, e) => conversion(b, e, '长整数', INT128)],
  ['单精度浮点', (b, e) => conversion(b, e, '单精度浮点', FLOAT32)],
  ['字节串', newBytes],
  ['集合', (b, e, expected) => newSet(b, e, undefined, expected)],
  ...namedConversions(),
  ['整数转字符串', (b, e) => namedConversion(b, e, INT, STRING)],
  ['浮点数转字符串', (b, e) => namedConversion(b, e, FLOAT, STRING)],
  ['布尔转字符串', (b, e) => namedConversion(b, e, BOOL, STRING)],
  ['字符转字符串', (b, e) => namedConversion(b, e, CHAR, STRING)],
  ['整数转浮点数', (b, e) => namedConversion(b, e, INT, FLOAT)],
  ['浮点数转整数', (b, e) => namedConversion(b, e, FLOAT, INT)],
  ['字符转整数', (b, e) => namedConversion(b, e, CHAR, INT)],
  ['整数转字符', (b, e) => namedConversion(b, e, INT, CHAR)],
  ['布尔转整数', (b, e) => namedConversion(b, e, BOOL, INT)],
]);

export const SPECIAL_NAMES: readonly string[] = [...BUILTINS.keys()];

/** The call of a built-in by name; undefined when there is none of that name. */
export function builtinCall(b: Body, name: string, e: ast.CallExpr, expected: Type | undefined): hir.Expr | undefined {
  return BUILTINS.get(name)?.(b, e, expected);
}

export function isBuiltinFunction(name: string): boolean {
  return BUILTINS.has(name);
}

/** The construct a name stands for, when this version refuses it. */
export function unsupportedFeature(name: string): string | undefined {
  return laterFeature(name) ?? (isLaterType(name) && !isBuiltinType(name) ? `类型 ${name}` : undefined);
}

/** Checks the number of arguments (none of them named) before `build` sees them. */
export function withArgs(
  b: Body, e: ast.CallExpr, name: string, count: number, build: (args: readonly ast.Expr[]) => hir.Expr,
): hir.Expr {
  if (!plainArgs(b, e, name, count, count)) return poison(e.span);
  return build(e.args.map((a) => a.value));
}

export function plainArgs(b: Body, e: ast.CallExpr, name: string, min: number, max: number): boolean {
  const named = e.args.find((a) => a.name !== undefined);
  if (named === undefined && e.args.length >= min && e.args.length <= max) return true;
  for (const arg of e.args) inferExpr(b, arg.value);
  if (named !== undefined) b.error('E3007', named.name!.span, { 名称: name, 参数: named.name!.text }, { hint: NO_NAMES });
  else b.error('E3006', e.span, { 名称: name, 期望: min === max ? min : `${min}–${max}`, 实际: e.args.length }, { hint: callHint(name, Array.from({ length: max }, (_, i) => ({ name: '', isOptional: i >= min }))) });
  return false;
}

/** A value as the text 打印 shows. A string without a format is itself (finalize.ts removes the node). */
export function formatted(b: Body, value: hir.Expr, spec: string | undefined): hir.Expr {
  if (spec === undefined && resolve(value.type).kind === 'string') return value;
  const node: hir.Expr = { kind: 'format', value, spec, type: STRING, span: value.span };
  shownEmpty(b, value);
  if (b.checker.implementations.isEmpty) return node;
  // What implements 可显示 says itself how it is shown.
  b.checker.defer((force) => {
    const t = resolve(value.type);
    if (t.kind === 'variable' && !isPoison(t)) return force;
    const method = ownMethod(b.checker, t, '可显示', '显示') ?? displayOf(b.checker, t);
    // Specifications of numbers stay those of numbers.
    if (method === undefined || (spec !== undefined && t.kind !== 'struct' && t.kind !== 'enum')) return true;
    const shown = callFunction(b, method, { ...value }, [], value.span, 'value');
    fill(node, spec === undefined ? shown : { ...node, value: shown });
    return true;
  });
  return node;
}

/** `打印行(无)`, `打印行([[]])`, `打印行(成功(1))`: what they could hold matters to nobody. */
function shownEmpty(b: Body, value: hir.Expr): void {
  if (!isOpen(value.type) || !isWritten(value)) return;
  b.checker.defer((force) => {
    if (!isOpen(value.type)) return true;
    if (force) supply(value.type);
    return force;
  });
}

/** Is every part whose type is open written here? A variable with such a type is an error of its own. */
function isWritten(e: hir.Expr): boolean {
  switch (e.kind) {
    case 'none': return true;
    case 'list': case 'tuple': return e.elems.every(isWritten);
    case 'dict': return e.entries.every((entry) => isWritten(entry.key) && isWritten(entry.value));
    case 'enum': return e.args.every(isWritten);
    case 'some': return isWritten(e.value);
    default: return !isOpen(e.type) || e.kind === 'int' || e.kind === 'float' || e.kind === 'char';
  }
}

/** Types for what nothing determines. */
function supply(t: Type): void {
  const r = resolve(t);
  if (r.kind === 'variable') {
    if (r.literal === 'none') unify(r, UNIT);
    return;
  }
  const key = r.kind === 'dict' ? resolve(r.key) : r.kind === 'set' ? resolve(r.elem) : undefined;
  if (key?.kind === 'variable' && key.literal === 'none') unify(key, STRING);
  partsOf(r).forEach(supply);
}

function partsOf(t: Type): readonly Type[] {
  switch (t.kind) {
    case 'list': case 'array': case 'option': case 'set': return [t.elem];
    case 'dict': return [t.key, t.value];
    case 'tuple': return t.elems;
    case 'enum': return t.args;
    default: return [];
  }
}

function print(b: Body, e: ast.CallExpr, native: string): hir.Expr {
  if (!plainArgs(b, e, native === 'print' ? '打印' : '打印行', 0, Infinity)) return poison(e.span);
  const values = e.args.map((a) => a.value);
  const first = values[0];
  const pieces = first?.kind === 'StringLiteral' && values.length > 1 ? first.value.split('{}') : undefined;
  const parts: hir.Expr[] = [];
  if (first !== undefined && pieces !== undefined && pieces.length === values.length) {
    pieces.forEach((piece, i) => {
      if (i > 0) parts.push(formatted(b, inferExpr(b, values[i]!), undefined));
      if (piece !== '') parts.push(text(piece, first.span));
    });
  } else {
    values.forEach((value, i) => {
      if (i > 0) parts.push(text(' ', value.span));
      parts.push(formatted(b, inferExpr(b, value), undefined));
    });
  }
  for (const part of parts) {
    if (part.kind === 'format' && isPoison(part.value.type)) return poison(e.span);
  }
  return { kind: 'callNative', native, args: [joined(parts, e.span)], type: UNIT, span: e.span };
}

/** `错误("说明")`, `错误("说明", 起因: e)`. */
function newError(b: Body, e: ast.CallExpr): hir.Expr {
  const cause = e.args.find((a) => a.name?.text === '起因');
  if (cause === undefined) {
    return withArgs(b, e, '错误', 1, ([x]) => ({ kind: 'callNative', native: 'error_new', args: [checkExpr(b, x!, STRING)], type: ERROR, span: e.span }));
  }
  const rest = { ...e, args: e.args.filter((a) => a !== cause) };
  return withArgs(b, rest, '错误', 1, ([x]) => {
    const message = (): hir.Expr => checkExpr(b, x!, STRING);
    const reason = (): hir.Expr => checkExpr(b, cause.value, ERROR);
    // In the order in which they are written.
    if (e.args[0] !== cause) return { kind: 'callNative', native: 'error_because', args: [message(), reason()], type: ERROR, span: e.span };
    const local = b.temp(ERROR, cause.span);
    return {
      kind: 'blockExpr', type: ERROR, span: e.span, block: { statements: [{ kind: 'let', local, value: reason(), span: cause.span }], span: e.span },
      value: { kind: 'callNative', native: 'error_because', args: [message(), { kind: 'local', local, type: ERROR, span: cause.span }], type: ERROR, span: e.span },
    };
  });
}

/** Kinds of types whose values are objects with an identity. */
const OBJECTS: ReadonlySet<Type['kind']> = new Set(['list', 'array', 'dict', 'set', 'struct', 'error', 'channel', 'future', 'task', 'coroutine', 'native'] as const);

/** 同一(a, b): the same object; values without parts have no identity but their content. Others are refused. */
function identity(b: Body, left: hir.Expr, right: hir.Expr, span: ast.Span): hir.Expr {
  return nodeWhenKnown(b, left, left.span, { zh: '这个值', en: 'this value' }, (t) => {
    // 有(x) is x itself where x is an object.
    if (OBJECTS.has(t.kind === 'option' ? resolve(t.elem).kind : t.kind)) return { kind: 'identical', left, right, type: BOOL, span };
    const hasParts = t.kind === 'option' || t.kind === 'tuple' || (t.kind === 'enum' && hasPayload(t.def));
    if (!hasParts) return binaryNode(b, '==', left, right, span);
    b.error('E3010', span, { 运算: '同一', 操作数: { zh: `${showType(t)} 和 ${showType(right.type)}`, en: `${showType(t)} and ${showType(right.type)}` } }, { hint: NO_IDENTITY });
    return poison(span);
  });
}

const NO_IDENTITY: Localized = {
  zh: '它是值，没有同一性：比较内容写 ==，比较其中的引用先取出它们', en: 'it is a value without identity: compare contents with ==, or take out the references in it',
};

function wrapping(b: Body, e: ast.CallExpr, name: string, op: hir.BinaryOp): hir.Expr {
  return withArgs(b, e, name, 2, ([x, y]) => {
    const first = inferExpr(b, x!);
    const both = sameOperands(b, first, inferExpr(b, y!, first.type));
    if (both === undefined) return poison(e.span);
    const [left, right] = both;
    if (isPoison(left.type)) return poison(e.span);
    b.checker.require(left.type, 'integral', b.file, left.span);
    return { kind: 'binary', op, left, right, type: left.type, span: e.span };
  });
}

function sleep(b: Body, e: ast.CallExpr): hir.Expr {
  return withArgs(b, e, '睡眠', 1, ([x]) => ({ kind: 'sleep', milliseconds: checkExpr(b, x!, INT), type: UNIT, span: e.span }));
}

/** `通道<T>(n)`, `通道(n)`; without n the buffer holds 16. */
export function newChannel(b: Body, e: ast.CallExpr, elem: Type | undefined, expected: Type | undefined): hir.Expr {
  if (!plainArgs(b, e, '通道', 0, 1)) return poison(e.span);
  const want = expected === undefined ? undefined : resolve(expected);
  const type: Type = { kind: 'channel', elem: elem ?? (want?.kind === 'channel' ? want.elem : b.checker.fresh()) };
  const capacity = e.args[0];
  return {
    kind: 'newChannel', type, span: e.span,
    capacity: capacity === undefined ? { kind: 'int', value: DEFAULT_CAPACITY, type: INT, span: e.span } : checkExpr(b, capacity.value, INT),
  };
}

/** `创建通道(T, n)`, `创建通道(T)`, `创建通道(n)`, `创建通道()`. */
function createChannel(b: Body, e: ast.CallExpr, expected: Type | undefined): hir.Expr {
  const first = e.args[0]?.value;
  const written = first === undefined ? undefined : typeArgument(b, first);
  if (written === undefined) return newChannel(b, e, undefined, expected);
  return newChannel(b, { ...e, args: e.args.slice(1) }, typeOf(written, b.checker, b.scope, b.file), expected);
}

/** An expression that names a type (`整数`, `列表<整数>`) as a type; undefined when it is a value. */
function typeArgument(b: Body, e: ast.Expr): ast.TypeExpr | undefined {
  if (e.kind === 'InstantiateExpr' && e.callee.kind === 'NameExpr') {
    return { kind: 'NamedType', span: e.span, path: [{ kind: 'Name', text: e.callee.name, span: e.callee.span }], args: e.typeArgs };
  }
  if (e.kind !== 'NameExpr') return undefined;
  const symbol = b.scope.lookup(e.name);
  const isType = symbol === undefined ? isBuiltinType(e.name) || isLaterType(e.name) : symbol.kind === 'struct' || symbol.kind === 'enum' || symbol.kind === 'alias';
  return isType ? { kind: 'NamedType', span: e.span, path: [{ kind: 'Name', text: e.name, span: e.span }], args: [] } : undefined;
}

// ---------------------------------------------------------------- conversions

function conversion(b: Body, e: ast.CallExpr, name: string, target: Type): hir.Expr {
  return withArgs(b, e, name, 1, ([x]) => convert(b, inferExpr(b, x!), target, e.span));
}

function namedConversion(b: Body, e: ast.CallExpr, from: Type, target: Type): hir.Expr {
  const name = e.callee.kind === 'NameExpr' ? e.callee.name : '';
  return withArgs(b, e, name, 1, ([x]) => convert(b, checkExpr(b, x!, from), target, e.span));
}

/** `整数(x)`, `x 作为 浮点数`, …: an explicit conversion of a value. */
export function convert(b: Body, value: hir.Expr, target: Type, span: ast.Span): hir.Expr {
  if (isPoison(target) || isPoison(value.type)) return poison(span);
  if (resolve(target).kind === 'string') return formatted(b, value, undefined);
  const from = resolve(value.type);
  // A literal of another type than the target's is converted like a variable would be.
  if (from.kind === 'variable' && from.literal !== 'none') settle(from);
  const converted = nodeWhenKnown(b, value, value.span, { zh: '要转换的值', en: 'the value to convert' }, (t) =>
    conversionNode(b, value, t, resolve(target), span) ?? refuseConversion(b, t, target, span));
  unify(converted.type, target);
  return converted;
}

function refuseConversion(b: Body, from: Type, target: Type, span: ast.Span): hir.Expr {
  b.error('E3022', span, { 来源: showType(from), 目标: showType(target) });
  return poison(span);
}

function conversionNode(b: Body, value: hir.Expr, from: Type, to: Type, span: ast.Span): hir.Expr | undefined {
  if (from.kind === to.kind && unify(from, to)) return value;
  if (widens(from, to)) return widen(value, to);
  // Narrow numbers convert like the wider ones that hold them.
  if (from.kind === 'byte' || from.kind === 'int32') return conversionNode(b, widen(value, INT), INT, to, span);
  if (from.kind === 'float32') return conversionNode(b, widen(value, FLOAT), FLOAT, to, span);
  const op = (name: hir.ConvertOp): hir.Expr => ({ kind: 'convert', op: name, operand: value, type: to, span });
  const native = (symbol: string): hir.Expr => ({ kind: 'callNative', native: symbol, args: [value], type: to, span });
  switch (`${from.kind}>${to.kind}`) {
    case 'int>float': return op('intToFloat');
    case 'float>int': return op('floatToInt');
    case 'char>int': return op('charToInt');
    case 'int>char': return op('intToChar');
    case 'bool>int': return op('boolToInt');
    case 'enum>int': return numberOf(b.checker, value, from as EnumType, span);
    case 'int>int32': return op('toInt32');
    case 'int>byte': return op('toByte');
    case 'int>float32': return native('int_to_float32');
    case 'float>float32': return native('float_to_float32');
    case 'float>int128': return native('int128_from_float');
    case 'int128>int': return native('int128_to_int');
    case 'int128>float': return native('int128_to_float');
    case 'int>bool': return { kind: 'compare', op: 'ne', left: value, right: { kind: 'int', value: 0n, type: INT, span }, type: BOOL, span };
    case 'string>int': return native('parse_int');
    case 'string>int128': return native('parse_int128');
    case 'string>float': return native('parse_float');
    case 'string>bytes': return native('string_to_bytes');
    case 'list>bytes': return (from as Type & { kind: 'list' }).elem.kind === 'byte' || unify((from as Type & { kind: 'list' }).elem, BYTE) ? native('bytes_from_list') : undefined;
    case 'list>set': return unify((from as Type & { kind: 'list' }).elem, (to as Type & { kind: 'set' }).elem) ? native('set_from_list') : undefined;
  }
  // The rest goes in two steps.
  const middle = MIDDLE[to.kind]?.find((t) => t.kind !== from.kind && t.kind !== to.kind);
  if (middle === undefined || (to.kind === 'float' && from.kind !== 'bool') || TARGETS_OF[from.kind]?.includes(middle.kind) !== true) return undefined;
  const half = conversionNode(b, value, from, middle, span);
  return half === undefined ? undefined : conversionNode(b, half, middle, to, span);
}

/** By what a conversion without an instruction of its own goes. */
const MIDDLE: Readonly<Partial<Record<Type['kind'], readonly Type[]>>> = {
  int32: [INT], byte: [INT], int128: [INT], float32: [FLOAT], float: [INT],
};
const TARGETS_OF: Readonly<Partial<Record<Type['kind'], readonly Type['kind'][]>>> = {
  float: ['int'], char: ['int'], bool: ['int'], string: ['int', 'float'], int128: ['int', 'float'], enum: ['int'],
};

/** `整数转短整数`, `字节转字符串` …: a name for each explicit conversion between numbers, characters and text. */
function namedConversions(): [string, Builtin][] {
  const types: readonly [string, Type][] = [
    ['整数', INT], ['短整数', INT32], ['字节', BYTE], ['长整数', INT128], ['浮点数', FLOAT], ['单精度浮点', FLOAT32],
  ];
  const made: [string, Builtin][] = [];
  for (const [name, from] of types) {
    for (const [target, to] of types) if (to !== from) made.push([`${name}转${target}`, (b, e) => namedConversion(b, e, from, to)]);
    made.push([`${name}转字符串`, (b, e) => namedConversion(b, e, from, STRING)]);
  }
  for (const [name, to] of [['短整数', INT32], ['字节', BYTE], ['单精度浮点', FLOAT32], ['字节串', BYTES]] as const) {
    made.push([`字符串转${name}`, (b, e) => namedConversion(b, e, STRING, to)]);
  }
  return made;
}

/** `字节串()`, `字节串("文")` (UTF-8), `字节串([1, 2])`. */
function newBytes(b: Body, e: ast.CallExpr): hir.Expr {
  if (!plainArgs(b, e, '字节串', 0, 1)) return poison(e.span);
  const source = e.args[0]?.value;
  if (source === undefined) return zeroValue(BYTES, e.span)!;
  const literal = source.kind === 'ListLiteral' || source.kind === 'RepeatLiteral';
  return convert(b, inferExpr(b, source, literal ? { kind: 'list', elem: BYTE } : undefined), BYTES, e.span);
}

/** `集合<T>()`, `集合<T>(列)`, `集合(列)`. */
export function newSet(b: Body, e: ast.CallExpr, elem: Type | undefined, expected: Type | undefined): hir.Expr {
  if (!plainArgs(b, e, '集合', 0, 1)) return poison(e.span);
  const want = expected === undefined ? undefined : resolve(expected);
  const given = elem ?? (want?.kind === 'set' ? want.elem : undefined);
  const type: Type = { kind: 'set', elem: given ?? b.checker.fresh() };
  const source = e.args[0]?.value;
  // A written type has been checked where it stands.
  if (given === undefined) b.checker.require(type.elem, 'hashable', b.file, source?.span ?? e.span);
  if (source === undefined) return { kind: 'dict', entries: [], type, span: e.span };
  return { kind: 'callNative', native: 'set_from_list', args: [checkExpr(b, source, { kind: 'list', elem: type.elem })], type, span: e.span };
}

/** The zero value of a type, for `v, 成 = <-c` on a closed channel; undefined when it has none. */
export function zeroValue(t: Type, span: ast.Span): hir.Expr | undefined {
  t = resolve(t);
  switch (t.kind) {
    case 'int': return { kind: 'int', value: 0n, type: INT, span };
    case 'float': return { kind: 'float', value: 0, type: FLOAT, span };
    case 'bool': return { kind: 'bool', value: false, type: BOOL, span };
    case 'char': return { kind: 'char', value: 0, type: CHAR, span };
    case 'string': return { kind: 'string', value: '', type: STRING, span };
    case 'unit': return unitValue(span);
    case 'option': return { kind: 'none', type: t, span };
    case 'list': return { kind: 'list', elems: [], type: t, span };
    case 'dict': return { kind: 'dict', entries: [], type: t, span };
    case 'int32': case 'byte': case 'int128': return { kind: 'int', value: 0n, type: t, span };
    case 'float32': return { kind: 'float', value: 0, type: t, span };
    case 'bytes': return { kind: 'callNative', native: 'bytes_empty', args: [], type: t, span };
    case 'set': return { kind: 'dict', entries: [], type: t, span };
    case 'pointer': return { kind: 'none', type: t, span };
    case 'tuple': {
      const elems = t.elems.map((elem) => zeroValue(elem, span));
      return elems.every((e) => e !== undefined) ? { kind: 'tuple', elems, type: t, span } : undefined;
    }
    case 'array': {
      if (t.length === undefined) return { kind: 'list', elems: [], type: t, span };
      const value = zeroValue(t.elem, span);
      // Elements that are references would all be the same object.
      if (value === undefined || satisfies(t.elem, 'hashable') !== true && resolve(t.elem).kind !== 'float') return undefined;
      return { kind: 'fill', value, count: { kind: 'int', value: BigInt(t.length), type: INT, span }, type: t, span };
    }
    default: return undefined;
  }
}
