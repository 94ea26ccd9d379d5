/**
 * destructure.ts — `变量 a, b = 元组` and `a, b = 元组`, also of tuples in tuples.
 *
 * The tuple is evaluated once, into a temporary; then its elements go to the names or places from left
 * to right. A tuple literal on the right needs no tuple: infer-assign.ts treats it as several values.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { INT, resolve, showType, type Type } from '../types.js';
import type { Body } from './body.js';
import { giveUp } from './deferred.js';
import { declareTarget, globalOf, placesOf, store, typeOfTarget } from './infer-assign.js';
import { receivePair } from './receive-pair.js';
import { inferExpr } from './infer-expr.js';
import { typeOf } from './type-expr.js';
import { isPoison, settle, settleParts, unify } from './unify.js';

/** The shape of names that do not stand in each other. */
const flat = (count: number, span: ast.Span): ast.TupleShape => ({ span, parts: Array.from({ length: count }, () => undefined), type: undefined });

/** The type of a tuple that fits `shape`; `leaves` are the types of its leaves, taken from the front. */
function typeOfShape(b: Body, shape: ast.TupleShape, leaves: Type[]): Type & { kind: 'tuple' } {
  const elems = shape.parts.map((part): Type => (part === undefined ? leaves.shift()! : typeOfShape(b, part, leaves)));
  const tuple: Type & { kind: 'tuple' } = { kind: 'tuple', elems };
  if (shape.type === undefined) return tuple;
  const written = typeOf(shape.type, b.checker, b.scope, b.file);
  if (!isPoison(written) && !unify(written, tuple)) b.mismatch(shape.span, written, tuple);
  return tuple;
}

/** E3031 where `type` is no tuple of so many elements, there or further in. */
function fits(b: Body, shape: ast.TupleShape, type: Type, span: ast.Span): boolean {
  const t = resolve(type);
  if (isPoison(t)) return false;
  if (t.kind === 'variable') return true;
  const count = shape.parts.length;
  if (t.kind === 'tuple' && t.elems.length === count) return shape.parts.every((part, i) => part === undefined || fits(b, part, t.elems[i]!, part.span));
  b.error('E3031', span, { 左: count, 右: t.kind === 'tuple' ? t.elems.length : 1 }, t.kind === 'tuple' ? {} : {
    hint: { zh: `右边是 ${showType(t)}，不是元组`, en: `the right side is ${showType(t)}, not a tuple` },
  });
  return false;
}

/** Evaluates what is taken apart; gives a reader of each leaf, or undefined after an error. */
function elementsOf(b: Body, value: ast.Expr, shape: ast.TupleShape, hints: readonly (Type | undefined)[], out: hir.Stmt[]): hir.Expr[] | undefined {
  const types = hints.map((hint): Type => hint ?? b.checker.fresh());
  const wanted = typeOfShape(b, shape, types);
  return value.kind === 'ReceiveExpr' && shape.parts.length === 2 ? received(b, value, shape, wanted, out) : taken(b, value, shape, wanted, out);
}

/** A tuple literal gives its elements one by one; of anything else the tuple is kept. */
function taken(b: Body, value: ast.Expr, shape: ast.TupleShape, wanted: Type & { kind: 'tuple' }, out: hir.Stmt[]): hir.Expr[] | undefined {
  if (value.kind === 'TupleExpr' && value.elements.length === shape.parts.length) {
    const leaves = value.elements.map((e, i) => {
      const part = shape.parts[i];
      const type = wanted.elems[i]!;
      return part === undefined ? leaf(b, e, type, out) : taken(b, e, part, resolve(type) as Type & { kind: 'tuple' }, out);
    });
    return leaves.includes(undefined) ? undefined : (leaves as hir.Expr[][]).flat();
  }
  const node = inferExpr(b, value, value.kind === 'TupleExpr' ? undefined : wanted);
  settle(node.type);
  if (!fits(b, shape, node.type, value.span)) return undefined;
  if (resolve(node.type).kind === 'variable') unify(node.type, wanted);
  return readers(b, node, shape, wanted, out);
}

function leaf(b: Body, e: ast.Expr, type: Type, out: hir.Stmt[]): hir.Expr[] | undefined {
  const node = b.coerce(inferExpr(b, e, type), type);
  if (isPoison(node.type)) return undefined;
  settleParts(node.type);
  const local = b.temp(node.type, e.span);
  out.push({ kind: 'let', local, value: node, span: e.span });
  return [{ kind: 'local', local, type: local.type, span: e.span }];
}

/** Puts the tuple into a temporary, and those in it into further ones; each leaf may be widened. Undefined after an error. */
function readers(b: Body, tuple: hir.Expr, shape: ast.TupleShape, wanted: Type & { kind: 'tuple' }, out: hir.Stmt[]): hir.Expr[] | undefined {
  const { span } = tuple;
  settleParts(tuple.type);
  const local = b.temp(tuple.type, span);
  out.push({ kind: 'let', local, value: tuple, span });
  const { elems } = resolve(tuple.type) as Type & { kind: 'tuple' };
  const leaves = shape.parts.map((part, field) => {
    const node: hir.Expr = { kind: 'field', object: { kind: 'local', local, type: local.type, span }, field, type: elems[field]!, span };
    const type = wanted.elems[field]!;
    if (part !== undefined) return readers(b, node, part, resolve(type) as Type & { kind: 'tuple' }, out);
    const coerced = b.coerce(node, type);
    return isPoison(coerced.type) ? undefined : [coerced];
  });
  return leaves.includes(undefined) ? undefined : (leaves as hir.Expr[][]).flat();
}

/** `变量 (a, b), 成 = <-c`: the received tuple, and whether there was one. */
function received(b: Body, e: ast.ReceiveExpr, shape: ast.TupleShape, wanted: Type & { kind: 'tuple' }, out: hir.Stmt[]): hir.Expr[] | undefined {
  const nodes: hir.Expr[] = [];
  receivePair(b, e, shape.span, out, (_, type) => {
    const local = b.temp(type, shape.span);
    out.push({ kind: 'let', local, value: undefined, span: shape.span });
    nodes.push({ kind: 'local', local, type: local.type, span: shape.span });
    return { kind: 'local', symbol: undefined, local };
  });
  const leaves = nodes.map((node, i) => {
    const part = shape.parts[i];
    const type = wanted.elems[i]!;
    settle(node.type);
    if (part === undefined) return [b.coerce(node, type)];
    if (!fits(b, part, node.type, part.span)) return undefined;
    if (resolve(node.type).kind === 'variable') unify(node.type, type);
    return readers(b, node, part, resolve(type) as Type & { kind: 'tuple' }, out);
  });
  return leaves.includes(undefined) ? undefined : (leaves as hir.Expr[][]).flat();
}

/** `变量 a, b = 元组` */
export function destructure(b: Body, d: ast.VarDecl, value: ast.Expr, types: readonly (Type | undefined)[], isGlobal: boolean, out: hir.Stmt[]): boolean {
  const hints = isGlobal ? d.bindings.map((x) => globalOf(b, x.name.text)?.global.type) : types;
  const elems = elementsOf(b, value, d.shape ?? flat(d.bindings.length, d.span), hints, out);
  if (elems === undefined) {
    if (isGlobal) d.bindings.forEach((x) => giveUp(globalOf(b, x.name.text)?.global.type ?? INT));
    return false;
  }
  for (const [i, binding] of d.bindings.entries()) {
    const node = elems[i]!;
    if (binding.name.text === '_') continue;
    if (isGlobal) out.push({ kind: 'assignGlobal', global: globalOf(b, binding.name.text)!.global, value: node, span: binding.span });
    else {
      const symbol = b.declareLocal(binding.name, node.type, { guard: d.mutability === 'immutable' ? 'immutable' : 'none' });
      out.push({ kind: 'let', local: symbol.local, value: node, span: binding.span });
    }
  }
  return true;
}

/** `a, b = 元组`: operands of targets first, then the tuple, then the stores from left to right. */
export function assignElements(b: Body, s: ast.AssignStmt, value: ast.Expr, out: hir.Stmt[]): void {
  const places = placesOf(b, s, true, out);
  const hints = places.map((place) => (place === undefined || place === 'new' ? undefined : typeOfTarget(place)));
  const elems = elementsOf(b, value, s.shape ?? flat(places.length, s.span), hints, out);
  for (const [i, place] of places.entries()) {
    const target = s.targets[i]!;
    const node = elems?.[i];
    if (node === undefined) {
      b.failed = true;
      if (place === 'new') b.root.declare((target as ast.NameExpr).name, { kind: 'poison', span: target.span, file: b.file });
    } else if (place === 'new') {
      if ((target as ast.NameExpr).name !== '_') out.push(store(b, declareTarget(b, target as ast.NameExpr, node.type, out), node, s.span));
    } else if (place !== undefined) out.push(store(b, place, node, s.span));
  }
}
