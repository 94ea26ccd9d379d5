/**
 * destructure.ts — `变量 a, b = 元组` and `a, b = 元组`.
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
import { inferExpr } from './infer-expr.js';
import { isPoison, settle, settleParts } from './unify.js';

/** Evaluates a tuple into a temporary; gives a reader of each element, or undefined after an error. */
function elementsOf(b: Body, value: ast.Expr, count: number, hints: readonly (Type | undefined)[], out: hir.Stmt[]): hir.Expr[] | undefined {
  const types = Array.from({ length: count }, (_, i): Type => hints[i] ?? b.checker.fresh());
  const node = inferExpr(b, value, { kind: 'tuple', elems: types });
  settle(node.type);
  const t = resolve(node.type);
  if (isPoison(t)) return undefined;
  if (t.kind !== 'variable' && (t.kind !== 'tuple' || t.elems.length !== count)) {
    b.error('E3031', value.span, { 左: count, 右: t.kind === 'tuple' ? t.elems.length : 1 }, t.kind === 'tuple' ? {} : {
      hint: { zh: `右边是 ${showType(t)}，不是元组`, en: `the right side is ${showType(t)}, not a tuple` },
    });
    return undefined;
  }
  const tuple = b.coerce(node, { kind: 'tuple', elems: types });
  if (isPoison(tuple.type)) return undefined;
  settleParts(tuple.type);
  const local = b.temp(node.type, value.span);
  out.push({ kind: 'let', local, value: node, span: value.span });
  return types.map((type, field): hir.Expr => ({
    kind: 'field', object: { kind: 'local', local, type: local.type, span: value.span }, field, type, span: value.span,
  }));
}

/** `变量 a, b = 元组` */
export function destructure(b: Body, d: ast.VarDecl, value: ast.Expr, types: readonly (Type | undefined)[], isGlobal: boolean, out: hir.Stmt[]): boolean {
  const hints = isGlobal ? d.bindings.map((x) => globalOf(b, x.name.text)?.global.type) : types;
  const elems = elementsOf(b, value, d.bindings.length, hints, out);
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
  const elems = elementsOf(b, value, places.length, hints, out);
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
