/**
 * infer-collection.ts — the literals of lists, dictionaries and tuples.
 *
 * Elements take the expected type; where none is expected they have one type, that of the first, except that numbers widen to the
 * widest (`[字节值, 整数值]`), as the branches of 如果 do. Rejected: widening an element type that is known but open (`变量 列 = []`): what
 * was put in before may already rely on it.
 */
import { isBuiltinName } from './builtin-names.js';
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { INT, resolve, type Type } from '../types.js';
import type { Body } from './body.js';
import { evaluate } from './constants.js';
import { checkExpr, inferExpr } from './infer-expr.js';
import { isNumeric, widens } from './numbers.js';

export function listLiteral(b: Body, e: ast.ListLiteral, expected: Type | undefined): hir.Expr {
  const want = expected === undefined ? undefined : resolve(expected);
  const fixed = want?.kind === 'array' ? want : undefined;
  const given = want?.kind === 'list' || fixed !== undefined ? (want as { elem: Type }).elem : undefined;
  const all = new OneType(b, given, { zh: '元素的类型由这里确定', en: 'the element type comes from here' }, ONE_TYPE);
  for (const element of e.elements) all.add(element);
  const { nodes: elems, type: elem } = all;
  if (fixed !== undefined && (fixed.length === undefined || fixed.length === elems.length)) return { kind: 'list', elems, type: fixed, span: e.span };
  return { kind: 'list', elems, type: { kind: 'list', elem }, span: e.span };
}

export function tupleLiteral(b: Body, e: ast.TupleExpr, expected: Type | undefined): hir.Expr {
  const want = expected === undefined ? undefined : resolve(expected);
  const hints = want?.kind === 'tuple' && want.elems.length === e.elements.length ? want.elems : undefined;
  const elems = e.elements.map((element, i) => (hints === undefined ? inferExpr(b, element) : checkExpr(b, element, hints[i]!)));
  return { kind: 'tuple', elems, type: { kind: 'tuple', elems: hints ?? elems.map((x) => x.type) }, span: e.span };
}

const ONE_TYPE: Localized = {
  zh: '一个列表里的元素类型相同；不同类型的值用元组 (甲, 乙) 或枚举', en: 'the elements of a list have one type; use a tuple (a, b) or an enum for values of different types',
};

/** Expressions that have one type: `given`, else that of the first, widened to the widest number among them. */
class OneType {
  readonly nodes: hir.Expr[] = [];
  type: Type;
  #first: ast.Span | undefined;

  constructor(
    readonly b: Body,
    readonly given: Type | undefined,
    readonly decides: Localized,
    readonly hint?: Localized,
  ) {
    this.type = given ?? b.checker.fresh();
  }

  add(e: ast.Expr): void {
    const { b, nodes } = this;
    // 任务 beside 未来, as an element type that is still open, must stay what the first one is.
    const node = inferExpr(b, e, this.type);
    if (this.given === undefined && widens(resolve(this.type), resolve(node.type))) {
      this.type = node.type;
      for (const [i, before] of nodes.entries()) nodes[i] = b.coerce(before, this.type);
    }
    const first = this.#first;
    nodes.push(b.coerce(node, this.type, first === undefined ? undefined : () => ({
      ...(this.hint === undefined || (isNumeric(resolve(this.type)) && isNumeric(resolve(node.type))) ? {} : { hint: this.hint }),
      related: [{ span: first, file: b.file, label: this.decides }],
    })));
    this.#first ??= e.span;
  }
}

export function repeatLiteral(b: Body, e: ast.RepeatLiteral, expected: Type | undefined): hir.Expr {
  const want = expected === undefined ? undefined : resolve(expected);
  const elemHint = want?.kind === 'array' || want?.kind === 'list' ? want.elem : undefined;
  const value = inferExpr(b, e.value, elemHint);
  const elem = elemHint === undefined ? value.type : elemHint;
  const element = elemHint === undefined ? value : b.coerce(value, elemHint);
  const constant = want?.kind === 'list' ? undefined : evaluate(e.count, b.checker, b.scope);
  const count = checkExpr(b, e.count, INT);
  if (constant?.kind === 'int' && constant.value >= 0n && constant.value <= 0x7fffffffn) {
    return {
      kind: 'fill', value: element, count: { kind: 'int', value: constant.value, type: INT, span: e.count.span },
      type: { kind: 'array', elem, length: Number(constant.value) }, span: e.span,
    };
  }
  if (want?.kind === 'array' && want.length === undefined) return { kind: 'fill', value: element, count, type: want, span: e.span };
  // A length known only at run time makes a list.
  return { kind: 'fill', value: element, count, type: { kind: 'list', elem }, span: e.span };
}

/** `{横: 1, 纵: 2}` of another language, where no variable has the name of a key: one error for all of them. */
function quotedKeys(b: Body, e: ast.MapLiteral): void {
  const unknown = e.entries.flatMap(({ key }) => (key.kind === 'NameExpr' && b.scope.lookup(key.name) === undefined && !isBuiltinName(key.name) && !b.checker.variants.has(key.name) ? [key] : []));
  const first = unknown[0];
  if (first === undefined || unknown.length < e.entries.length) return;
  b.error('E3002', first.span, { 名称: first.name }, {
    hint: { zh: `键是文字时加引号：{"${first.name}": …}；结构体写 类型 { ${first.name}: … }`, en: `a key that is text has quotes: {"${first.name}": …}; a struct is Type { ${first.name}: … }` },
  });
  for (const { name, span } of unknown) b.root.declare(name, { kind: 'poison', span, file: b.file });
}

export function mapLiteral(b: Body, e: ast.MapLiteral, expected: Type | undefined): hir.Expr {
  const want = expected === undefined ? undefined : resolve(expected);
  if (want?.kind === 'set' && e.entries.length === 0) return { kind: 'dict', entries: [], type: want, span: e.span };
  const given = want?.kind === 'dict' ? want : undefined;
  const keys = new OneType(b, given?.key, { zh: '键的类型由这里确定', en: 'the type of the keys comes from here' });
  const values = new OneType(b, given?.value, { zh: '值的类型由这里确定', en: 'the type of the values comes from here' });
  if (given === undefined || resolve(given.key).kind !== 'enum') quotedKeys(b, e);
  for (const entry of e.entries) {
    keys.add(entry.key);
    values.add(entry.value);
  }
  const entries = keys.nodes.map((key, i) => ({ key, value: values.nodes[i]! }));
  if (given === undefined) b.checker.require(keys.type, 'hashable', b.file, e.entries[0]?.key.span ?? e.span);
  return { kind: 'dict', entries, type: { kind: 'dict', key: keys.type, value: values.type }, span: e.span };
}
