/**
 * infer-operator.ts — unary and binary operators.
 *
 * Both operands of an operator have one type; a literal takes the other side's. `+` joins strings as
 * soon as one side is a string, so with an operand of unknown type it waits; every other operator
 * unifies at once and leaves a bound on the type.
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { BOOL, INT, RESULT, STRING, resolve, sameType, showType, type Type } from '../types.js';
import { fill, fitsArray, placeholder, poison, widen, type Body } from './body.js';
import { MAX_PIECE } from '../2-parse/cursor.js';
import { chainOf } from './chain.js';
import { giveUp, isKnown } from './deferred.js';
import { callFunction } from './infer-call.js';
import type { FunctionSymbol } from './scope.js';
import { ownMethod } from './traits.js';
import { formatted } from './infer-builtin.js';
import { variantOwners } from './infer-enum.js';
import { checkExpr, inferExpr, intLiteral, joined } from './infer-expr.js';
import { isFloating, isIntegral, widens } from './numbers.js';
import { equalityNode } from './own-equality.js';
import { POISON, isPoison, satisfies, settle, unify, type Bound } from './unify.js';

const ARITHMETIC: Readonly<Partial<Record<ast.BinaryOp, hir.BinaryOp>>> = {
  '+': 'add', '-': 'sub', '*': 'mul', '/': 'div', '%': 'rem',
};
const BITWISE: Readonly<Partial<Record<ast.BinaryOp, hir.BinaryOp>>> = {
  '&': 'bitAnd', '|': 'bitOr', '^': 'bitXor', '<<': 'shl', '>>': 'shr',
};
const COMPARE: Readonly<Partial<Record<ast.BinaryOp, hir.CompareOp>>> = {
  '==': 'eq', '!=': 'ne', '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge',
};

export function inferUnary(b: Body, e: ast.UnaryExpr, expected: Type | undefined): hir.Expr {
  const { span } = e;
  if (e.op === '-' && e.operand.kind === 'IntLiteral') return intLiteral(b, -e.operand.value, span, expected);
  if (e.op === '!') return { kind: 'unary', op: 'not', operand: checkExpr(b, e.operand, BOOL), type: BOOL, span };
  const operand = inferExpr(b, e.operand, expected);
  const t = resolve(operand.type);
  if (isPoison(t)) return poison(span);
  const bound: Bound = e.op === '~' ? 'integral' : 'numeric';
  if (satisfies(t, bound) === false) {
    const hint = unaryHint(b, e.op, t, operand.span);
    b.error('E3010', span, { 运算: e.op, 操作数: showType(t) }, hint === undefined ? {} : { hint });
    return poison(span);
  }
  b.checker.require(t, bound, b.file, operand.span);
  return { kind: 'unary', op: e.op === '~' ? 'bitNot' : 'neg', operand, type: operand.type, span };
}

/** What was probably meant by `-` or `~` before something that is no number. */
function unaryHint(b: Body, op: ast.UnaryOp, t: Type, span: ast.Span): Localized {
  const shown = written(b, span);
  if (op === '~') return { zh: '~ 按位取反，只用于整数；真假取反写 !', en: '~ flips the bits of an integer; a 布尔 is negated by !' };
  if (t.kind === 'bool') return { zh: `真假取反写 !${shown} 或 非 ${shown}`, en: `a 布尔 is negated by !${shown} or 非 ${shown}` };
  if (t.kind === 'string') return { zh: `先把字符串转成数：-字符串转整数(${shown})`, en: `make a number of the string first: -字符串转整数(${shown})` };
  if (t.kind === 'list' || t.kind === 'array') return { zh: `每个元素取负写 ${shown}.映射((x) => -x)`, en: `negate each element with ${shown}.映射((x) => -x)` };
  if (t.kind === 'option') return { zh: `${shown} 是 选项：用 或(默认值)、取出() 或 匹配 取得其中的值`, en: `${shown} is an 选项: take its value with 或(default), 取出() or 匹配` };
  return { zh: '取负只用于数', en: 'only numbers are negated' };
}

/** The two operands of an operator, for E3010. */
export function operands(left: Type, right: Type): Localized {
  const l = showType(left);
  const r = showType(right);
  return { zh: `${l} 和 ${r}`, en: `${l} and ${r}` };
}

export function inferBinary(b: Body, e: ast.BinaryExpr): hir.Expr {
  const { first, steps } = chainOf(e);
  const innermost = steps[0]!;
  // `低 == t.优先级`: the other side says which enum is meant.
  const later = (innermost.op === '==' || innermost.op === '!=') && isOpenVariant(b, first) && !isOpenVariant(b, innermost.right)
    ? inferExpr(b, innermost.right) : undefined;
  let node = inferExpr(b, first, innermost.op === '&&' || innermost.op === '||' ? BOOL : later?.type);
  const kept: hir.Stmt[] = [];
  for (const [i, step] of steps.entries()) {
    if (i > 0 && i % MAX_PIECE === 0) node = keep(b, node, kept);
    if (step.op === '&&' || step.op === '||') {
      const left = b.coerce(node, BOOL);
      // `x && 1`: when the left side is no 布尔, the right one is the rest of that mistake.
      const right = isPoison(left.type) ? inferExpr(b, step.right, BOOL) : checkExpr(b, step.right, BOOL);
      node = isPoison(left.type) ? poison(step.span) : { kind: 'logical', op: step.op === '&&' ? 'and' : 'or', left, right, type: BOOL, span: step.span };
    } else {
      const right = i === 0 && later !== undefined ? later : inferExpr(b, step.right, operandHint(step.op, node.type));
      node = binaryNode(b, step.op, node, right, step.span);
    }
  }
  if (kept.length === 0 || isPoison(node.type)) return node;
  return { kind: 'blockExpr', block: { statements: kept, span: e.span }, value: node, type: node.type, span: e.span };
}

/** A name that nothing here has, or that several enums have as a variant. */
function isOpenVariant(b: Body, e: ast.Expr): boolean {
  return e.kind === 'NameExpr' && b.scope.lookup(e.name) === undefined && variantOwners(b, e.name).length !== 1;
}

/**
 * A chain of more than MAX_PIECE operands is evaluated in pieces, each kept in a temporary that the next begins with: all
 * later phases recurse over typed nodes. (Joined strings are flat already.)
 */
function keep(b: Body, node: hir.Expr, kept: hir.Stmt[]): hir.Expr {
  if (node.kind === 'concat' || isPoison(node.type) || resolve(node.type).kind === 'never') return node;
  const local = b.temp(node.type, node.span);
  kept.push({ kind: 'let', local, value: node, span: node.span });
  return { kind: 'local', local, type: node.type, span: node.span };
}

/** What the left operand suggests for a literal on the right. Counts of shifts are 整数. Strings suggest nothing: `"a" + 1` formats. */
export function operandHint(op: ast.BinaryOp, t: Type): Type | undefined {
  if (op === '<<' || op === '>>') return INT;
  const r = resolve(t);
  return r.kind === 'string' ? undefined : r;
}

/** The node of `left op right` for operands that are inferred already; `compound` for `left op= right`. */
export function binaryNode(b: Body, op: ast.BinaryOp, left: hir.Expr, right: hir.Expr, span: ast.Span, compound = false): hir.Expr {
  if (isPoison(left.type) || isPoison(right.type)) return poison(span);
  if (op === '+') return plus(b, left, right, span, compound);
  const compare = COMPARE[op];
  if (compare !== undefined) {
    const own = compare === 'eq' || compare === 'ne' ? undefined : ownMethod(b.checker, resolve(left.type), '可比较', '比较');
    if (own !== undefined) return comparison(b, compare, own, left, right, span);
    const bound: Bound | undefined = compare === 'eq' || compare === 'ne' ? undefined : 'ordered';
    if (bound !== undefined && !operandsAllow(b, op, left, right, bound, span)) return poison(span);
    const both = sameOperands(b, left, right);
    if (both === undefined) return poison(span);
    if (compare === 'eq' || compare === 'ne') return equalityNode(b, compare, both[0], both[1], span);
    b.checker.require(left.type, 'ordered', b.file, span);
    return { kind: 'compare', op: compare, left: both[0], right: both[1], type: BOOL, span };
  }
  const bitwise = BITWISE[op];
  const bound: Bound = bitwise === undefined ? 'numeric' : 'integral';
  if (!operandsAllow(b, op, left, right, bound, span)) return poison(span);
  // The count of a shift is a 整数 whatever is shifted.
  const both = op === '<<' || op === '>>' ? [left, b.coerce(right, INT)] as const : sameOperands(b, left, right);
  if (both === undefined || isPoison(both[1].type)) return poison(span);
  b.checker.require(both[0].type, bound, b.file, span);
  return { kind: 'binary', op: bitwise ?? ARITHMETIC[op]!, left: both[0], right: both[1], type: both[0].type, span };
}

/** `a < b` of a type that implements 可比较. */
function comparison(b: Body, op: hir.CompareOp, method: FunctionSymbol, left: hir.Expr, right: hir.Expr, span: ast.Span): hir.Expr {
  const arg = { name: undefined, ast: { kind: 'ErrorExpr' as const, id: 0, span: right.span }, node: right };
  const order = b.coerce(callFunction(b, method, left, [arg], span, 'value'), INT);
  return { kind: 'compare', op, left: order, right: { kind: 'int', value: 0n, type: INT, span }, type: BOOL, span };
}

/** E3010 when one of the operands can never be used with this operator. */
function operandsAllow(b: Body, op: ast.BinaryOp, left: hir.Expr, right: hir.Expr, bound: Bound, span: ast.Span): boolean {
  if (satisfies(left.type, bound) !== false && satisfies(right.type, bound) !== false) return true;
  const waits = [left, right].some((e) => /^(future|task)$/.test(resolve(e.type).kind));
  const option = [left, right].find((e) => resolve(e.type).kind === 'option');
  const calls = [left, right].some((e) => resolve(e.type).kind === 'func');
  const joinsChars = op === '+' && resolve(left.type).kind === 'char' && resolve(right.type).kind === 'char';
  const repeats = op === '*' && resolve(left.type).kind === 'string' && satisfies(right.type, 'numeric') !== false;
  b.error('E3010', span, { 运算: op, 操作数: operands(left.type, right.type) }, waits
    ? { hint: { zh: '用 等待 取得未来的值', en: 'take the value of a 未来 with 等待' } }
    : option !== undefined ? { hint: { zh: `${written(b, option.span)} 是 选项：用 或(默认值)、取出() 或 匹配 取得其中的值`, en: `${written(b, option.span)} is an 选项: take its value with 或(default), 取出() or 匹配` } }
    : calls ? { hint: { zh: '要调用函数，在它末尾加上 ()', en: 'call a function: add () at its end' } }
    : joinsChars ? { hint: { zh: '字符不能相加；连接成字符串写 字符串(甲) + 乙，或用 "…" 写字符串', en: 'characters do not add: join them with 字符串(a) + b, or write strings with "…"' } }
    : repeats ? { hint: { zh: '重复字符串写 文.重复(次数)', en: 'repeat a string with s.重复(count)' } } : operandHints(b, op, left, right));
  return false;
}

/** What was probably meant by an operator between such operands. */
function operandHints(b: Body, op: ast.BinaryOp, left: hir.Expr, right: hir.Expr): { hint?: Localized } {
  const kinds = [resolve(left.type).kind, resolve(right.type).kind];
  const text = [left, right].find((e) => resolve(e.type).kind === 'string');
  if (op === '%' && kinds[0] === 'string') return { hint: { zh: '把值放进文字写 $"…{值}…"', en: 'put values into text with $"…{value}…"' } };
  if (op === '&' && text !== undefined) return { hint: { zh: '连接文字用 +', en: 'text is joined with +' } };
  if (op === '<<' && kinds[0] === 'list') return { hint: { zh: `加入元素写 ${written(b, left.span)}.添加(值)`, en: `add an element with ${written(b, left.span)}.添加(value)` } };
  if (op === '+' && showType(resolve(left.type)).startsWith('原子')) return { hint: { zh: `写 ${written(b, left.span)}.加(1)`, en: `write ${written(b, left.span)}.加(1)` } };
  if (op === '^') return { hint: { zh: '^ 是按位异或；乘方写 标准库.数学 的 幂(底, 次数)', en: '^ is exclusive or of bits; a power is 幂(base, exponent) of 标准库.数学' } };
  if (text !== undefined) return { hint: { zh: `文字不能这样计算；是数时先转换：字符串转整数(${written(b, text.span)})`, en: `text is not computed with; if it is a number convert it first: 字符串转整数(${written(b, text.span)})` } };
  const own = [left, right].map((e) => resolve(e.type)).find((t) => t.kind === 'struct' || (t.kind === 'enum' && t.def !== RESULT));
  return own === undefined ? {} : { hint: COMPARE[op] === undefined ? methodInstead(op) : comparable(b, own) };
}

/** Operators are not for types of the program. */
function methodInstead(op: ast.BinaryOp): Localized {
  const name = METHOD_NAMES[op] ?? '算';
  return { zh: `运算只用于数，写成方法，例如 a.${name}(b)`, en: `operators are for numbers: write a method, as in a.${name}(b)` };
}

const METHOD_NAMES: Readonly<Partial<Record<ast.BinaryOp, string>>> = { '+': '加', '-': '减', '*': '乘', '/': '除' };

/** How values of a type of the program are ordered, and how a generic function says that it orders. */
function comparable(b: Body, t: Type): Localized {
  const shown = showType(t);
  const within = b.checker.context;
  const param = within?.symbol.template?.params.find((p, i) => p.bounds.length === 0 && sameType(resolve(within.args[i]!), t))?.name.text;
  return {
    zh: `先写 实现 可比较 对于 ${shown} { 函数 比较(别: ${shown}): 整数 { … } }${param === undefined ? '' : `；函数写 <${param}: 可比较> 时，不合的类型在调用处报告`}`,
    en: `write 实现 可比较 对于 ${shown} { 函数 比较(别: ${shown}): 整数 { … } } first${param === undefined ? '' : `; with <${param}: 可比较> the function refuses other types where it is called`}`,
  };
}

/** Both operands with one type, the narrower number widened; undefined after an error. */
export function sameOperands(b: Body, left: hir.Expr, right: hir.Expr): readonly [hir.Expr, hir.Expr] | undefined {
  const l = resolve(left.type);
  const r = resolve(right.type);
  if (l.kind === 'never' || r.kind === 'never') return [left, right];
  if (widens(l, r)) return [widen(left, r), right];
  if (widens(r, l)) return [left, widen(right, l)];
  if (fitsArray(l, r) || fitsArray(r, l) || unify(l, r)) return [left, right];
  const whole = [left, right].find((e) => isIntegral(resolve(e.type)));
  const floating = [l, r].some((t) => isFloating(t) || (t.kind === 'variable' && t.literal === 'float'));
  const numeric = [left, right].some((e) => satisfies(e.type, 'numeric') === true || isFloating(resolve(e.type)));
  const text = numeric ? [left, right].find((e) => resolve(e.type).kind === 'string') : undefined;
  const waits = [l, r].filter((t) => t.kind === 'future' || t.kind === 'task').length === 1 && l.kind !== 'option' && r.kind !== 'option';
  b.mismatch(right.span, l, r, {
    ...(waits ? { hint: { zh: '用 等待 取得未来的值', en: 'take the value of a 未来 with 等待' } } : whole !== undefined && floating ? { hint: asFloat(b, whole.span) } : text === undefined ? {} : { hint: asNumber(b, text.span, floating) }),
    related: [{ span: left.span, file: b.file, label: { zh: `左边是 ${showType(l)}`, en: `the left side is ${showType(l)}` } }],
  });
  return undefined;
}

/** A string compared with a number: most likely it was read. */
function asNumber(b: Body, span: ast.Span, floating: boolean): Localized {
  const call = `${floating ? '字符串转浮点数' : '字符串转整数'}(${written(b, span)})`;
  return { zh: `把字符串转成数：${call}`, en: `make a number of the string: ${call}` };
}

/** An expression as it is written, for a hint. */
function written(b: Body, span: ast.Span): string {
  const text = b.file.text.slice(span.start, span.end);
  return text.length > 24 || text.includes('\n') ? 'x' : text;
}

/** `计数 / 2.5`: the whole number becomes a 浮点数. */
function asFloat(b: Body, span: ast.Span): Localized {
  const shown = written(b, span);
  return { zh: `整数与浮点数要写明转换：浮点数(${shown})`, en: `convert explicitly between integers and floats: 浮点数(${shown})` };
}

function plus(b: Body, left: hir.Expr, right: hir.Expr, span: ast.Span, compound: boolean): hir.Expr {
  const decided = plusNode(b, left, right, span, compound);
  if (decided !== undefined) return decided;
  const result = b.checker.fresh();
  const node = placeholder(result, span);
  b.checker.defer((force) => {
    let built = plusNode(b, left, right, span, compound);
    if (built === undefined) {
      if (!force) return false;
      // Nothing says otherwise: `+` adds.
      unify(left.type, right.type);
      settle(left.type);
      settle(right.type);
      if (!isKnown(left.type)) unify(left.type, INT);
      built = plusNode(b, left, right, span, compound) ?? poison(span);
    }
    if (isPoison(built.type)) giveUp(result);
    else if (!unify(result, built.type)) b.mismatch(span, result, built.type);
    fill(node, built);
    return true;
  });
  return node;
}

/** The sum or the join; undefined while it is not known which. */
function plusNode(b: Body, left: hir.Expr, right: hir.Expr, span: ast.Span, compound: boolean): hir.Expr | undefined {
  const l = resolve(left.type);
  const r = resolve(right.type);
  if (l === POISON || r === POISON) return poison(span);
  if (l.kind === 'string' || r.kind === 'string') {
    const parts = left.kind === 'concat' ? [...left.parts, formatted(b, right, undefined)] : [formatted(b, left, undefined), formatted(b, right, undefined)];
    if (right.kind === 'concat') parts.splice(-1, 1, ...right.parts);
    return joined(parts, span);
  }
  // A character literal may yet become a string.
  if (mayBeString(l) || mayBeString(r)) return undefined;
  if (l.kind === 'bytes' && r.kind === 'bytes') return { kind: 'callNative', native: 'bytes_concat', args: [left, right], type: l, span };
  if (isSequence(l) || isSequence(r)) return joinedLists(b, left, right, span, compound);
  if (!operandsAllow(b, '+', left, right, 'numeric', span)) return poison(span);
  const both = sameOperands(b, left, right);
  if (both === undefined) return poison(span);
  return { kind: 'binary', op: 'add', left: both[0], right: both[1], type: both[0].type, span };
}

function isSequence(t: Type): t is Type & { kind: 'list' | 'array' } {
  return t.kind === 'list' || t.kind === 'array';
}

/** A new list of the elements of both; undefined while one side is open. `列 += 另一个` appends to the list that is there. */
function joinedLists(b: Body, left: hir.Expr, right: hir.Expr, span: ast.Span, compound: boolean): hir.Expr | undefined {
  const l = resolve(left.type);
  const r = resolve(right.type);
  if (l.kind === 'never' || r.kind === 'never') return poison(span);
  if (isSequence(l) && isSequence(r)) {
    if (!unify(l.elem, r.elem)) {
      b.mismatch(right.span, l, r);
      return poison(span);
    }
    const type: Type = { kind: 'list', elem: l.elem };
    const asList = (e: hir.Expr): hir.Expr =>
      resolve(e.type).kind === 'list' ? e : { kind: 'callNative', native: 'array_to_list', args: [e], type, span: e.span };
    const native = compound && l.kind === 'list' ? 'list_append_all' : 'list_concat';
    return { kind: 'callNative', native, args: [asList(left), asList(right)], type, span };
  }
  if ([l, r].some((t) => t.kind === 'variable' && t.literal === 'none')) return undefined;
  b.error('E3010', span, { 运算: '+', 操作数: operands(l, r) }, {
    hint: { zh: '两边都是列表才能相加；一个元素用 添加(值) 加入，或写成 [值]', en: 'both sides must be lists; add one element with 添加(value), or write [value]' },
  });
  return poison(span);
}

function mayBeString(t: Type): boolean {
  return t.kind === 'variable' && (t.literal === 'none' || t.literal === 'char');
}

/** A string constant. */
export function text(value: string, span: ast.Span): hir.Expr {
  return { kind: 'string', value, type: STRING, span };
}
