/**
 * infer-expr.ts — expressions: literals, names, containers, fields, indices, 如果.
 *
 * `inferExpr` gives the typed node of an expression. `expected` is advice (it lets literals, `[]` and
 * closures start from the type that is wanted); only `checkExpr` insists on it.
 */
import type * as ast from '../ast.js';
import { MAX_PIECE } from '../2-parse/cursor.js';
import type * as hir from '../hir.js';
import { defaultNode } from './defaults.js';
import { BOOL, BYTE, CHAR, ERROR, FLOAT, INT, RANGE, NEVER, STRING, UNIT, resolve, showType, type Type } from '../types.js';
import type { DiagnosticDetails, Localized } from '../diagnostics.js';
import { nativeBySymbol, nativeFunction } from './builtins.js';
import type { NativeInfo } from '../generated/natives.js';
import { nodeWhenKnown, isKnown } from './deferred.js';
import { localIn } from './capture.js';
import { constantValue } from './constants.js';
import { poison, unitValue, type Body } from './body.js';
import { inferAwait, inferCoroutine, inferDetach, inferReceive, inferResume, inferSpawn, inferSuspend } from './infer-async.js';
import { inferCall, inferInstantiated, inferPath } from './infer-call.js';
import { bareVariant, enumNamed, priorityOf, variantPath } from './infer-enum.js';
import { openStruct, structSymbol } from './generics.js';
import { branchType, coerceValue, valueOf } from './branches.js';
import { checkVisible, joinPathNames, joinQualified } from './imports.js';
import { callingClosure, expectedFunction, functionValue, methodValue } from './function-values.js';
import { inferClosure } from './infer-closure.js';
import { inferBinary, inferUnary } from './infer-operator.js';
import { convert, formatted, isBuiltinFunction, unsupportedFeature } from './infer-builtin.js';
import { ERROR_KINDS } from './infer-try.js';
import { listLiteral, mapLiteral, repeatLiteral, tupleLiteral } from './infer-collection.js';
import { inferMatch } from './infer-match.js';
import { inferScope } from './infer-scope.js';
import { inferPropagate } from './propagate.js';
import { addressOf, dereference, pointedTo } from './infer-pointer.js';
import { inferSequence, inferStatements } from './infer-stmt.js';
import { caughtError, errorMember } from './infer-try.js';
import { isFloating, isNumeric } from './numbers.js';
import type { ConstValue, StructSymbol } from './scope.js';
import { isBuiltinType, typeOf, aliasType } from './type-expr.js';
import { reportUndefined } from './undefined-name.js';
import { isPoison, POISON, unify } from './unify.js';
import { unknownMember } from './unknown-member.js';

export function inferExpr(b: Body, e: ast.Expr, expected?: Type): hir.Expr {
  const span = e.span;
  switch (e.kind) {
    case 'ErrorExpr':
      b.failed = true;
      return poison(span);
    case 'IntLiteral': return intLiteral(b, e.value, span, expected);
    case 'FloatLiteral': {
      const want = expected === undefined ? undefined : resolve(expected);
      return { kind: 'float', value: e.value, type: want !== undefined && isFloating(want) ? want : b.checker.fresh('float'), span };
    }
    case 'BoolLiteral': return { kind: 'bool', value: e.value, type: BOOL, span };
    case 'UnitLiteral': {
      const want = expected === undefined ? undefined : resolve(expected);
      return want?.kind === 'option' || want?.kind === 'pointer' ? { kind: 'none', type: want, span } : unitValue(span);
    }
    case 'StringLiteral': return { kind: 'string', value: e.value, type: STRING, span };
    case 'CharLiteral': {
      const want = expected === undefined ? undefined : resolve(expected);
      const type = want === CHAR || want === STRING ? want : b.checker.fresh('char');
      return { kind: 'char', value: e.value.codePointAt(0)!, type, span };
    }
    case 'InterpolatedString': return interpolated(b, e);
    case 'NameExpr': return readName(b, e, expected);
    case 'ListLiteral': return listLiteral(b, e, expected);
    case 'RepeatLiteral': return repeatLiteral(b, e, expected);
    case 'MapLiteral': return mapLiteral(b, e, expected);
    case 'TupleExpr': return tupleLiteral(b, e, expected);
    case 'StructLiteral': return structLiteral(b, e, expected);
    case 'MemberExpr': case 'PathExpr': {
      const joined = joinQualified(b.scope, e);
      if (joined !== e) return inferExpr(b, joined, expected);
      return e.kind === 'MemberExpr' ? inferMember(b, e, expected) : inferPath(b, e, expected);
    }
    case 'InstantiateExpr': return inferInstantiated(b, e);
    case 'CallExpr': return inferCall(b, e, expected, 'value');
    case 'IndexExpr': return inferIndex(b, e);
    case 'UnaryExpr': return inferUnary(b, e, expected);
    case 'BinaryExpr': return inferBinary(b, e);
    case 'RangeExpr': return rangeValue(b, e);
    case 'CastExpr': {
      const target = typeOf(e.type, b.checker, b.scope, b.file);
      return convert(b, inferExpr(b, e.operand, undefined), target, span);
    }
    case 'AddressOfExpr': return addressOf(b, e, expected);
    case 'DerefExpr': return dereference(b, e);
    case 'CloneExpr': {
      const operand = inferExpr(b, e.operand, expected);
      return { kind: 'callNative', native: nativeBySymbol('clone').symbol, args: [operand], type: operand.type, span };
    }
    case 'AwaitExpr': return inferAwait(b, e, expected);
    case 'SpawnExpr': return inferSpawn(b, e);
    case 'DetachExpr': return inferDetach(b, e);
    case 'CoroutineExpr': return inferCoroutine(b, e);
    case 'ResumeExpr': return inferResume(b, e);
    case 'ReceiveExpr': return inferReceive(b, e);
    case 'SuspendExpr': return inferSuspend(b, e);
    case 'PropagateExpr': return inferPropagate(b, e);
    case 'ThrowExpr':
      return { kind: 'diverge', statement: { kind: 'throw', value: thrownValue(b, e.operand), span }, type: NEVER, span };
    case 'ClosureExpr': return inferClosure(b, e, expected);
    case 'IfExpr': return ladderFits(b, e) ? ifExpr(b, e, expected) : poison(e.span);
    case 'MatchExpr': return inferMatch(b, e, expected);
    case 'ConcurrentExpr': case 'DeadlineExpr': case 'ShieldExpr': return inferScope(b, e, expected);
  }
}

/** Infers `e` and insists on its type. */
export function checkExpr(b: Body, e: ast.Expr, expected: Type, details: DiagnosticDetails = {}): hir.Expr {
  return b.coerce(inferExpr(b, e, expected), expected, details);
}

/** A condition: 布尔, with a message of its own. */
export function checkCondition(b: Body, e: ast.Expr): hir.Expr {
  const node = inferExpr(b, e, BOOL);
  const actual = resolve(node.type);
  if (actual.kind === 'never' || unify(actual, BOOL)) return node;
  const hint = CONDITION_HINTS.get(actual.kind);
  b.error('E3011', node.span, { 实际: showType(actual) }, hint === undefined ? {} : { hint });
  return poison(node.span);
}

const AWAITED: Localized = { zh: '用 等待 取得它的值', en: 'take its value with 等待' };
const EMPTY: Localized = { zh: '写 !x.是空()', en: 'write !x.是空()' };

/** How what other languages take for a condition becomes one. */
const CONDITION_HINTS: ReadonlyMap<Type['kind'], Localized> = new Map<Type['kind'], Localized>([
  ['func', { zh: '要调用它，在末尾加上 ()', en: 'call it: add () at its end' }],
  ['option', { zh: '写 x.是有()', en: 'write x.是有()' }],
  ['future', AWAITED], ['task', AWAITED],
  ['string', EMPTY], ['list', EMPTY], ['array', EMPTY], ['dict', EMPTY], ['set', EMPTY],
]);

/** The operand of 抛出: an 错误, or a string that becomes its 消息. */
export function thrownValue(b: Body, e: ast.Expr): hir.Expr {
  const node = inferExpr(b, e, ERROR);
  const t = resolve(node.type);
  if (t.kind === 'string') return { kind: 'callNative', native: 'error_new', args: [node], type: { kind: 'error' }, span: node.span };
  return b.coerce(node, { kind: 'error' }, { hint: { zh: '抛出 错误("说明")', en: 'write 抛出 错误("…")' } });
}

/** From the start of a construct to where its operand or body begins. */
export function headSpan(whole: ast.Span, part: ast.Span): ast.Span {
  return { start: whole.start, end: Math.max(part.start, whole.start + 1) };
}

export function intLiteral(b: Body, value: bigint, span: ast.Span, expected: Type | undefined): hir.Expr {
  const want = expected === undefined ? undefined : resolve(expected);
  const type = want !== undefined && isNumeric(want) ? want : b.checker.fresh('int');
  return { kind: 'int', value, type, span };
}

function interpolated(b: Body, e: ast.InterpolatedString): hir.Expr {
  const parts: hir.Expr[] = [];
  for (const part of e.parts) {
    if (part.kind === 'TextPart') {
      if (part.value !== '') parts.push({ kind: 'string', value: part.value, type: STRING, span: part.span });
    } else {
      parts.push(formatted(b, inferExpr(b, part.expr), part.format));
    }
  }
  return joined(parts, e.span);
}

/** The concatenation of strings; no node is made for fewer than two. */
export function joined(parts: readonly hir.Expr[], span: ast.Span): hir.Expr {
  if (parts.length === 0) return { kind: 'string', value: '', type: STRING, span };
  if (parts.length === 1) return parts[0]!;
  return { kind: 'concat', parts, type: STRING, span };
}

export function readName(b: Body, e: ast.NameExpr, expected?: Type): hir.Expr {
  const symbol = b.scope.lookup(e.name);
  const span = e.span;
  if (symbol === undefined) {
    if (e.name === '无') return { kind: 'none', type: { kind: 'option', elem: b.checker.fresh() }, span };
    const variant = bareVariant(b, e.name, undefined, span, expected, false, e);
    if (variant !== undefined) return variant;
    if (ERROR_KINDS.has(e.name) && e.name !== '错误') {
      b.error('E3030', span, { 名称: e.name, 种类: { zh: '错误的种类', en: 'a kind of error' } });
      return poison(span);
    }
    const feature = unsupportedFeature(e.name);
    if (feature !== undefined) return b.unsupported(span, feature);
    const builtin = builtinValue(b, e, expected);
    if (builtin !== undefined) return builtin;
    if (isBuiltinType(e.name)) {
      b.error('E3030', span, { 名称: e.name, 种类: { zh: '类型', en: 'a type' } });
      return poison(span);
    }
    return reportUndefined(b, e.name, span, 'value');
  }
  switch (symbol.kind) {
    case 'local': {
      symbol.reads++;
      if (symbol.caught !== undefined && expected !== undefined && resolve(expected) === ERROR) return caughtError(b, symbol, span)!;
      const local = localIn(b, symbol);
      return { kind: 'local', local, type: local.type, span };
    }
    case 'global': return { kind: 'global', global: symbol.global, type: symbol.global.type, span };
    case 'const': {
      symbol.reads++;
      const value = constantValue(symbol, b.checker);
      return value === null ? failedName(b, span) : constantNode(value, span, symbol.written === undefined ? undefined : typeOf(symbol.written, b.checker, symbol.scope, symbol.file));
    }
    case 'function': return functionValue(b, symbol, e, expected);
    case 'native': return callingClosure(b, e, requiredArgs(symbol.native), expected);
    case 'poison': return failedName(b, span);
    case 'struct': case 'enum': case 'alias': case 'typeParam': case 'trait':
      // `坐标` makes one of two numbers; the name of an alias converts.
      if (symbol.kind === 'struct' && symbol.def.isTuple) return callingClosure(b, e, symbol.decl.fields.length, expected);
      if (symbol.kind === 'alias' && expectedFunction(expected) !== undefined) return callingClosure(b, e, 1, expected);
      b.error('E3030', span, { 名称: e.name, 种类: { zh: '类型', en: 'a type' } });
      return poison(span);
  }
}

/** A function of the language as a value; the name of a type is one, its conversion, only where a function is wanted. */
function builtinValue(b: Body, e: ast.NameExpr, expected: Type | undefined): hir.Expr | undefined {
  const native = nativeFunction(e.name);
  if (native !== undefined) return callingClosure(b, e, requiredArgs(native), expected);
  const library = b.checker.libraryFunction(e.name);
  if (library !== undefined) return callingClosure(b, e, library.params.length, expected);
  if (!isBuiltinFunction(e.name) || (isBuiltinType(e.name) && expectedFunction(expected) === undefined)) return undefined;
  return callingClosure(b, e, TWO_ARGUMENTS.has(e.name) ? 2 : 1, expected);
}

const TWO_ARGUMENTS: ReadonlySet<string> = new Set(['同一', '回绕加', '回绕减', '回绕乘', '仅一次执行']);

function requiredArgs(native: NativeInfo): number {
  return native.params.filter((p) => p.default === undefined).length;
}

function failedName(b: Body, span: ast.Span): hir.Expr {
  b.failed = true;
  return poison(span);
}

function constantNode(c: ConstValue, span: ast.Span, written: Type | undefined): hir.Expr {
  switch (c.kind) {
    case 'int': return { kind: 'int', value: c.value, type: written !== undefined && isNumeric(written) ? written : INT, span };
    case 'float': return { kind: 'float', value: c.value, type: written !== undefined && isFloating(written) ? written : FLOAT, span };
    case 'bool': return { kind: 'bool', value: c.value, type: BOOL, span };
    case 'string': return { kind: 'string', value: c.value, type: STRING, span };
    case 'char': return written === STRING
      ? { kind: 'string', value: c.value, type: STRING, span }
      : { kind: 'char', value: c.value.codePointAt(0)!, type: CHAR, span };
  }
}

/** The struct a name denotes, through aliases; undefined when it is none. */
export function structNamed(b: Body, name: string): StructSymbol | undefined {
  const symbol = b.scope.lookupType(name);
  if (symbol?.kind === 'struct') return symbol;
  if (symbol?.kind === 'typeParam') {
    const type = resolve(symbol.type);
    return type.kind === 'struct' ? structOf(b, type) : undefined;
  }
  if (symbol?.kind !== 'alias') return undefined;
  const type = aliasType(symbol, b.checker);
  return type.kind === 'struct' ? structOf(b, type) : undefined;
}

/** Reports a field that is private to another package. */
function checkFieldVisible(b: Body, type: Type & { kind: 'struct' }, field: number, name: ast.Name): void {
  const { decl, file } = structOf(b, type);
  const declared = decl.fields[field]!;
  checkVisible(b, `${type.def.name}.${name.text}`, declared.visibility, { span: declared.name.span, file }, name.span);
}

export function structOf(b: Body, type: Type & { kind: 'struct' }): StructSymbol {
  return structSymbol(b.checker, type);
}

/** The type of a struct literal; the arguments of a generic one may be left to inference. */
function literalType(b: Body, e: ast.StructLiteral, expected: Type | undefined): Type {
  const path = joinPathNames(b.scope, e.type.path);
  const symbol = path.length === 1 && e.type.args.length === 0 ? b.scope.lookupType(path[0]!.text) : undefined;
  if (symbol?.kind !== 'struct' || symbol.decl.typeParams.length === 0) return typeOf(e.type, b.checker, b.scope, b.file);
  const type = openStruct(b.checker, symbol, b.file, e.type.span);
  // Advice only: what it says of literals in the fields.
  if (expected !== undefined && resolve(expected).kind === 'struct') unify(type, expected);
  return type;
}

function structLiteral(b: Body, e: ast.StructLiteral, expected: Type | undefined): hir.Expr {
  const type = literalType(b, e, expected);
  if (type.kind !== 'struct') {
    for (const field of e.fields) inferExpr(b, field.value);
    if (!isPoison(type)) {
      const t = showType(type);
      const hint = { zh: `${t} 不是结构体，没有字段可写；换成值本身，或 ${t}(x) 转换`, en: `${t} is no struct and has no fields: write the value itself, or convert with ${t}(x)` };
      b.error('E3008', e.fields[0]?.name.span ?? e.span, { 类型: t, 名称: e.fields[0]?.name.text ?? '{ }' }, { hint });
    }
    else b.failed = true;
    return poison(e.span);
  }
  const symbol = structOf(b, type);
  const { def } = type;
  const seen = new Map<string, ast.Span>();
  const fields: { field: number; value: hir.Expr }[] = [];
  let broken = false;
  for (const init of e.fields) {
    const index = def.fields.findIndex((f) => f.name === init.name.text);
    if (index < 0) {
      inferExpr(b, init.value);
      unknownMember(b, type, init.name, def.fields.map((f) => f.name));
      broken = true;
      continue;
    }
    const first = seen.get(init.name.text);
    if (first !== undefined) {
      b.error('E3003', init.name.span, { 名称: init.name.text }, {
        related: [{ span: first, file: b.file, label: { zh: '先前在这里给出', en: 'first given here' } }],
      });
    }
    seen.set(init.name.text, init.name.span);
    const field = def.fields[index]!;
    checkFieldVisible(b, type, index, init.name);
    fields.push({
      field: index,
      value: checkExpr(b, init.value, field.type, {
        related: [{ span: field.span, file: def.file, label: { zh: `字段 ${field.name} 在这里声明`, en: `field ${field.name} is declared here` } }],
      }),
    });
  }
  for (const [index, field] of def.fields.entries()) {
    if (seen.has(field.name)) continue;
    const initial = symbol.decl.fields[index]!.default;
    if (initial !== undefined) fields.push({ field: index, value: defaultNode(b, initial, field.type, b.checker.scopeOf(symbol.file), symbol.file) });
    else if (!broken) {
      b.error('E3019', e.type.span, { 类型: def.name, 名称: field.name }, {
        related: [{ span: field.span, file: def.file, label: { zh: '字段在这里声明', en: 'the field is declared here' } }],
      });
      broken = true;
    }
  }
  return { kind: 'struct', def, fields, type, span: e.span };
}

export const ERROR_FIELDS: ReadonlyMap<string, { native: string; type: Type }> = new Map([
  ['消息', { native: 'error_message', type: STRING }],
  ['代码', { native: 'error_code', type: STRING }],
  ['栈', { native: 'error_stack', type: STRING }],
  ['其余', { native: 'error_others', type: { kind: 'list', elem: { kind: 'error' } } }],
  ['起因', { native: 'error_cause', type: { kind: 'option', elem: { kind: 'error' } } }],
  // Of whatever result: a 任务 one cannot await for a value.
  ['任务', { native: 'error_task', type: { kind: 'option', elem: { kind: 'task', value: UNIT } } }],
]);

function inferMember(b: Body, e: ast.MemberExpr, expected: Type | undefined): hir.Expr {
  if (e.object.kind === 'NameExpr') {
    const symbol = b.scope.lookup(e.object.name);
    if (symbol?.kind === 'poison') return poison(e.span);
    const type = enumNamed(b, e.object.name);
    if (type !== undefined) return variantPath(b, type, e.name, e.span, expected, e);
    if (symbol?.kind === 'struct' || symbol?.kind === 'alias' || symbol?.kind === 'typeParam') {
      return inferPath(b, { kind: 'PathExpr', id: e.id, span: e.span, base: e.object, name: e.name }, expected);
    }
    if (symbol?.kind === 'local' && symbol.caught !== undefined && ERROR_FIELDS.has(e.name.text) && !hasField(symbol.local.type, e.name.text)) {
      return fieldOf(b, caughtError(b, symbol, e.object.span)!, e.name, e.span);
    }
  }
  return fieldOf(b, inferExpr(b, e.object), e.name, e.span, expected);
}

function hasField(t: Type, name: string): boolean {
  const type = resolve(t);
  return type.kind === 'struct' && type.def.fields.some((f) => f.name === name);
}

export function fieldOf(b: Body, object: hir.Expr, name: ast.Name, span: ast.Span, expected?: Type): hir.Expr {
  return nodeWhenKnown(b, object, object.span, { zh: '这个值', en: 'this value' }, (t) => {
    if (t.kind === 'pointer') return fieldOf(b, pointedTo(object, t), name, span, expected);
    const method = (): hir.Expr | undefined => methodValue(b, object, t, name, span, expected);
    if (t.kind === 'struct') {
      const field = t.def.fields.findIndex((f) => f.name === name.text);
      if (field >= 0) {
        checkFieldVisible(b, t, field, name);
        return { kind: 'field', object, field, type: t.def.fields[field]!.type, span };
      }
      const ofError = errorMember(b, object, name, span);
      if (ofError !== undefined) return ofError;
      const symbol = structOf(b, t);
      return method() ?? unknownMember(b, t, name, [...t.def.fields.map((f) => f.name), ...symbol.methods.keys()]);
    }
    if (t.kind === 'tuple') {
      const index = /^(0|[1-9][0-9]*)$/.test(name.text) ? Number(name.text) : t.elems.length;
      if (index < t.elems.length) return { kind: 'field', object, field: index, type: t.elems[index]!, span };
      return unknownMember(b, t, name, []);
    }
    if (t.kind === 'error') {
      const known = ERROR_FIELDS.get(name.text);
      if (known !== undefined) return { kind: 'callNative', native: known.native, args: [object], type: known.type, span };
      return method() ?? unknownMember(b, t, name, ERROR_FIELDS.keys());
    }
    if (t.kind === 'task' && name.text === '优先级') return priorityOf(object, span);
    return errorMember(b, object, name, span) ?? method() ?? unknownMember(b, t, name, [], undefined, object);
  });
}

function inferIndex(b: Body, e: ast.IndexExpr): hir.Expr {
  const target = inferExpr(b, e.object);
  if (e.index.kind === 'RangeExpr') return writtenSlice(b, target, e.index, e.span);
  const t = resolve(target.type);
  if (isKnown(t)) {
    const types = indexTypes(b, t, target.span);
    if (types === undefined) {
      inferExpr(b, e.index);
      return poison(e.span);
    }
    const index = inferExpr(b, e.index, types.index);
    if (types.index === INT && t.kind !== 'dict' && resolve(index.type) === RANGE) return sliceByValue(b, target, index, e.span);
    return { kind: 'index', target, index: b.coerce(index, types.index), type: types.value, span: e.span };
  }
  const index = inferExpr(b, e.index);
  return nodeWhenKnown(b, target, target.span, { zh: '这个值', en: 'this value' }, (known) => {
    const types = indexTypes(b, known, target.span);
    if (types === undefined) return poison(e.span);
    return { kind: 'index', target, index: b.coerce(index, types.index), type: types.value, span: e.span };
  });
}

/** What an index of `t` is and gives; reports when it has none. */
export function indexTypes(b: Body, t: Type, span: ast.Span): { index: Type; value: Type } | undefined {
  t = resolve(t);
  switch (t.kind) {
    case 'list': case 'array': return { index: INT, value: t.elem };
    case 'dict': return { index: t.key, value: t.value };
    case 'string': return { index: INT, value: CHAR };
    case 'bytes': return { index: INT, value: BYTE };
    default:
      if (t === POISON) return { index: POISON, value: POISON };
      b.error('E3028', span, { 类型: showType(t) });
      return undefined;
  }
}

/** `a..b` as a value. */
function rangeValue(b: Body, e: ast.RangeExpr): hir.Expr {
  const { span } = e;
  if (e.from === undefined || e.to === undefined) {
    for (const part of [e.from, e.to]) if (part !== undefined) inferExpr(b, part);
    b.error('E3070', span);
    return poison(span);
  }
  const included: hir.Expr = { kind: 'bool', value: e.inclusive, type: BOOL, span };
  return { kind: 'callNative', native: 'range_new', args: [checkExpr(b, e.from, INT), checkExpr(b, e.to, INT), included], type: RANGE, span };
}

/** `文[a..b]`, `列[..=b]`: a missing start is 0, a missing end the length. */
function writtenSlice(b: Body, target: hir.Expr, range: ast.RangeExpr, span: ast.Span): hir.Expr {
  const held = range.to === undefined && target.kind !== 'local' ? hold(b, target) : undefined;
  const from: hir.Expr = range.from === undefined ? { kind: 'int', value: 0n, type: INT, span } : checkExpr(b, range.from, INT);
  let to: hir.Expr | undefined;
  if (range.to !== undefined) {
    to = checkExpr(b, range.to, INT);
    if (range.inclusive) to = plusOne(b, to, span);
  }
  const node = slice(b, held?.read() ?? target, from, to, span);
  return held === undefined ? node : { kind: 'blockExpr', block: { statements: [held.statement], span }, value: node, type: node.type, span };
}

/** `文[r]`, where r is a 范围. */
function sliceByValue(b: Body, target: hir.Expr, index: hir.Expr, span: ast.Span): hir.Expr {
  const object = hold(b, target);
  const range = hold(b, index);
  const part = (native: string, type: Type): hir.Expr => ({ kind: 'callNative', native, args: [range.read()], type, span });
  const end: hir.Expr = {
    kind: 'if', condition: part('range_includes_end', BOOL), then: plusOne(b, part('range_end', INT), span), otherwise: part('range_end', INT), type: INT, span,
  };
  const value = slice(b, object.read(), part('range_start', INT), end, span);
  return { kind: 'blockExpr', block: { statements: [object.statement, range.statement], span }, value, type: value.type, span };
}

/** A value kept in a variable of its own, to be read more than once. */
function hold(b: Body, value: hir.Expr): { statement: hir.Stmt; read: () => hir.Expr } {
  const local = b.temp(value.type, value.span);
  return { statement: { kind: 'let', local, value, span: value.span }, read: () => ({ kind: 'local', local, type: local.type, span: value.span }) };
}

/** The end behind an included one. The greatest 整数 stays: it is beyond every length, which is what is to be said then. */
function plusOne(b: Body, e: hir.Expr, span: ast.Span): hir.Expr {
  const int = (value: bigint): hir.Expr => ({ kind: 'int', value, type: INT, span });
  const add = (left: hir.Expr): hir.Expr => ({ kind: 'binary', op: 'add', left, right: int(1n), type: INT, span });
  const greatest = (1n << 63n) - 1n;
  if (e.kind === 'int') return e.value === greatest ? e : add(e);
  const end = hold(b, e);
  const isGreatest: hir.Expr = { kind: 'compare', op: 'eq', left: end.read(), right: int(greatest), type: BOOL, span };
  const value: hir.Expr = { kind: 'if', condition: isGreatest, then: int(greatest), otherwise: add(end.read()), type: INT, span };
  return { kind: 'blockExpr', block: { statements: [end.statement], span }, value, type: INT, span };
}

/** The part from `from` to before `to`, or to the end; then `object` is a variable, which is read twice. */
function slice(b: Body, object: hir.Expr, from: hir.Expr, to: hir.Expr | undefined, span: ast.Span): hir.Expr {
  const native = (name: string, length: () => hir.Expr, type: Type): hir.Expr => ({ kind: 'callNative', native: name, args: [object, from, to ?? length()], type, span });
  const again = (): hir.Expr => ({ ...object });
  const len = (): hir.Expr => ({ kind: 'len', operand: again(), type: INT, span });
  return nodeWhenKnown(b, object, object.span, { zh: '这个值', en: 'this value' }, (t) => {
    if (t.kind === 'string') return native('string_slice', () => ({ kind: 'callNative', native: 'string_len', args: [again()], type: INT, span }), STRING);
    if (t.kind === 'list') return native('list_slice', len, t);
    if (t.kind === 'array') return native('list_slice', len, { kind: 'array', elem: t.elem, length: undefined });
    if (t.kind === 'bytes') return native('bytes_slice', len, t);
    b.error('E3028', object.span, { 类型: showType(t) });
    return poison(span);
  });
}

/** As a value a ladder is a tree of nodes, whose height is limited; as a statement it may be longer. E2008 otherwise. */
function ladderFits(b: Body, e: ast.IfExpr): boolean {
  let branches = 0;
  for (let at: ast.IfExpr | ast.Block | undefined = e; at?.kind === 'IfExpr'; at = at.else) {
    if (++branches <= MAX_PIECE) continue;
    b.error('E2008', at.condition.span, { 上限: MAX_PIECE });
    return false;
  }
  return true;
}

function ifExpr(b: Body, e: ast.IfExpr, expected: Type | undefined): hir.Expr {
  const condition = checkCondition(b, e.condition);
  if (e.else === undefined) {
    const block = blockOf(b, e.then);
    return {
      kind: 'blockExpr', type: UNIT, span: e.span, value: unitValue(e.span),
      block: { statements: [{ kind: 'if', condition, then: block, otherwise: undefined, span: e.span }], span: e.span },
    };
  }
  const first = blockValue(b, e.then, expected);
  const hint = expected ?? first.type;
  const second = e.else.kind === 'IfExpr' ? ifExpr(b, e.else, hint) : blockValue(b, e.else, hint);
  const type = branchType(b, [first, second], expected);
  const then = coerceValue(b, first, type, undefined);
  const otherwise = coerceValue(b, second, type, valueOf(first).span);
  return { kind: 'if', condition, then, otherwise, type, span: e.span };
}

function blockOf(b: Body, block: ast.Block): hir.Block {
  return b.inScope(() => ({ statements: inferStatements(b, block.statements), span: block.span }));
}

/** A block where a value is wanted: that of its last statement if that is an expression, else 空. */
export function blockValue(b: Body, block: ast.Block, expected: Type | undefined): hir.Expr {
  return b.inScope(() => {
    const last = block.statements.at(-1);
    const isValue = last?.kind === 'ExprStmt' && last.expr.kind !== 'ThrowExpr';
    const { statements, sink } = inferSequence(b, isValue ? block.statements.slice(0, -1) : block.statements);
    let value: hir.Expr;
    if (isValue) {
      value = inferExpr(b, (last as ast.ExprStmt).expr, expected);
      if (sink !== statements && resolve(value.type).kind !== 'never') {
        // The value is taken before what 延后 runs at the end of the block.
        const local = b.temp(value.type, value.span);
        sink.push({ kind: 'assignLocal', local, value, span: value.span });
        statements.unshift({ kind: 'let', local, value: undefined, span: value.span });
        value = { kind: 'local', local, type: local.type, span: value.span };
      } else if (sink !== statements) {
        sink.push({ kind: 'expr', expr: value, span: value.span });
        value = unitValue(block.span);
      }
    } else {
      const end = statements.at(-1);
      if (end !== undefined && (end.kind === 'return' || end.kind === 'throw' || end.kind === 'break' || end.kind === 'continue')) {
        statements.pop();
        value = { kind: 'diverge', statement: end, type: NEVER, span: end.span };
      } else value = unitValue(block.span);
    }
    if (statements.length === 0) return value;
    return { kind: 'blockExpr', block: { statements, span: block.span }, value, type: value.type, span: block.span };
  });
}
