/**
 * infer-pattern.ts — patterns: what each name in them means, and the types they demand.
 *
 * A bare name is a variant of the enum that is matched, a 常量, or else a new variable. Where the type
 * of the value is not known yet, a pattern may decide it, as any other use does.
 *
 * Invariants
 * - A variable is declared by the first alternative that binds it; the others assign the same one, so
 *   an arm sees one variable whichever alternative fitted.
 * - Errors give `any`: the arm's body is still checked.
 */
import type * as ast from '../ast.js';
import type { DiagnosticDetails } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { CHAR, RESULT, UNIT, payloadOf, resolve, showType, type EnumDef, type EnumType, type Type } from '../types.js';
import { isKnown } from './deferred.js';
import { constantValue } from './constants.js';
import type { Body } from './body.js';
import { joinPathNames } from './imports.js';
import { openStruct } from './generics.js';
import { ambiguous, declaredAt, enumNamed, instance, unknownVariant, variantIndex, variantOwners } from './infer-enum.js';
import { inferExpr, readName, structNamed } from './infer-expr.js';
import type { ConstSymbol, LocalSymbol } from './scope.js';
import { isNumeric } from './numbers.js';
import { didYouMean, foreign, nearest } from './suggest.js';
import { aliasType, unknownModule } from './type-expr.js';
import { isPoison, unify } from './unify.js';

/** The variables of one pattern. */
export class Bindings {
  readonly #known = new Map<string, LocalSymbol>();
  /** Bound on the way through the alternatives taken so far. */
  #current = new Set<string>();
  readonly #b: Body;

  constructor(b: Body) {
    this.#b = b;
  }

  /** The variable `name` of type `type`, declared now or by an earlier alternative. */
  bind(name: ast.Name, type: Type, quiet: boolean): hir.Local {
    const known = this.#known.get(name.text);
    if (known === undefined) {
      const symbol = this.#b.declareLocal(name, type, { quiet });
      this.#known.set(name.text, symbol);
      this.#current.add(name.text);
      return symbol.local;
    }
    if (this.#current.has(name.text)) this.#b.duplicate(name, known);
    else if (!unify(known.local.type, type)) this.#b.mismatch(name.span, known.local.type, type);
    this.#current.add(name.text);
    return known.local;
  }

  /** Runs each alternative from the same start; E3055 unless all bind the same names. */
  alternatives<T>(count: number, span: ast.Span, one: (i: number) => T): T[] {
    const before = this.#current;
    const bound: Set<string>[] = [];
    const results = Array.from({ length: count }, (_, i) => {
      this.#current = new Set(before);
      const result = one(i);
      bound.push(this.#current);
      return result;
    });
    const all = new Set(bound.flatMap((names) => [...names]));
    const odd = [...all].filter((name) => bound.some((names) => !names.has(name)));
    if (odd.length > 0) this.#b.error('E3055', span, { 名称: odd.join('、') });
    this.#current = all;
    return results;
  }
}

/** The typed pattern for a value of `type`. */
export function inferPattern(b: Body, p: ast.Pattern, type: Type, bindings: Bindings, isWhole = false): hir.Pattern {
  const { span } = p;
  const any: hir.Pattern = { kind: 'any', type, span };
  switch (p.kind) {
    case 'WildcardPattern': return any;
    case 'ErrorPattern':
      b.failed = true;
      return any;
    case 'NamePattern': return namePattern(b, p, type, bindings, isWhole);
    case 'LiteralPattern': return literalPattern(b, p.value, type, span);
    case 'RangePattern': return rangePattern(b, p, type);
    case 'VariantPattern': return variantPattern(b, p, type, bindings);
    case 'TuplePattern': {
      const t = demand(b, type, () => ({ kind: 'tuple', elems: p.elements.map(() => b.checker.fresh()) }));
      if (t.kind !== 'tuple' || t.elems.length !== p.elements.length) return misfit(b, p.elements, t, span, bindings);
      return { kind: 'fields', type, span, parts: p.elements.map((e, i) => inferPattern(b, e, t.elems[i]!, bindings)) };
    }
    case 'StructPattern': return structPattern(b, p, type, bindings);
    case 'OrPattern':
      return { kind: 'or', type, span, alternatives: bindings.alternatives(p.alternatives.length, span, (i) => inferPattern(b, p.alternatives[i]!, type, bindings, isWhole)) };
  }
}

/** The type of the value; one that is still open becomes what the pattern needs. */
function demand(b: Body, type: Type, make: () => Type): Type {
  if (!isKnown(type)) {
    b.checker.settleSince(0);
    if (!isKnown(type)) unify(type, make());
  }
  return resolve(type);
}

/** A pattern of another shape than the value: its parts still declare their names. */
function misfit(b: Body, parts: readonly ast.Pattern[], t: Type, span: ast.Span, bindings: Bindings): hir.Pattern {
  const inLoop = parts.length === 2 && b.file.text.slice(Math.max(0, span.start - 4), span.start).trimEnd().endsWith('对于');
  if (!isPoison(t)) {
    b.error('E3058', span, { 类型: showType(t) }, inLoop ? { hint: { zh: '键和值、位置和值不写圆括号：对于 甲, 乙 在 …', en: 'key and value, or index and value, stand without parentheses: 对于 a, b 在 …' } } : {});
  }
  else b.failed = true;
  for (const part of parts) inferPattern(b, part, b.checker.fresh(), bindings);
  return { kind: 'any', type: t, span };
}

// ---------------------------------------------------------------- names

/** What other languages call the values of a type; in a pattern that is no variable. */
const FOREIGN_VALUES: Readonly<Partial<Record<Type['kind'], RegExp>>> = { option: /^(?:None|nil|null|undefined)$/, bool: /^(?:True|False)$/ };

function namePattern(b: Body, p: ast.NamePattern, type: Type, bindings: Bindings, isWhole: boolean): hir.Pattern {
  const { name, span } = p;
  let t = resolve(type);
  if (!isKnown(t)) {
    b.checker.settleSince(0);
    t = resolve(type);
    if (!isKnown(t)) {
      const def = ownerOf(b, name.text);
      if (def !== undefined) unify(t, instance(b, def, undefined));
      else if (name.text === '无' && b.scope.lookup('无') === undefined) unify(t, { kind: 'option', elem: b.checker.fresh() });
      t = resolve(type);
    }
  }
  if (t.kind === 'enum' && variantIndex(t.def, name.text) >= 0) return variant(b, t, name, undefined, span, bindings);
  if (t.kind === 'option' && name.text === '无') return { kind: 'none', type, span };
  const symbol = b.scope.lookup(name.text);
  if (symbol?.kind === 'const') return constantPattern(b, symbol, name, type);
  if (symbol?.kind === 'poison') b.failed = true;
  // `None =>` would take every value without a word.
  const meant = FOREIGN_VALUES[t.kind]?.test(name.text) === true ? foreign(name.text) : undefined;
  if (meant !== undefined && symbol === undefined) b.error('E3002', span, { 名称: name.text }, { hint: meant });
  // A whole enum bound to a name nobody reads was meant to be one of its variants: say so.
  return { kind: 'bind', local: bindings.bind(name, type, !(isWhole && t.kind === 'enum')), type, span };
}

/** The value of a 常量. */
function constantPattern(b: Body, symbol: ConstSymbol, name: ast.Name, type: Type): hir.Pattern {
  const { span } = name;
  symbol.reads++;
  if (constantValue(symbol, b.checker) === null) {
    b.failed = true;
    return { kind: 'any', type, span };
  }
  return literalNode(b, readName(b, { kind: 'NameExpr', id: -1, span, name: name.text }), type, span);
}

/** The one enum with a variant of this name. */
function ownerOf(b: Body, name: string): EnumDef | undefined {
  const owners = variantOwners(b, name);
  return owners.length === 1 ? owners[0]!.def : owners.length === 0 && variantIndex(RESULT, name) >= 0 ? RESULT : undefined;
}

// ---------------------------------------------------------------- variants

function variantPattern(b: Body, p: ast.VariantPattern, type: Type, bindings: Bindings): hir.Pattern {
  const path = joinPathNames(b.scope, p.path);
  if (path !== p.path) {
    p = { ...p, path };
    const symbol = path.length === 1 && p.args === undefined ? b.scope.lookup(path[0]!.text) : undefined;
    if (symbol?.kind === 'const') return constantPattern(b, symbol, path[0]!, type);
  }
  const name = p.path.at(-1)!;
  const args = p.args === undefined ? undefined : { list: p.args, names: p.names };
  const { span } = p;
  if (p.path.length > 2) return refuse(b, p, type, bindings);
  if (p.path.length === 2) {
    const base = p.path[0]!;
    if (base.text === '选项' && b.scope.lookup('选项') === undefined) return optionPattern(b, name, args, type, span, bindings);
    const named = enumNamed(b, base.text);
    if (named === undefined) {
      b.error('E3034', base.span, { 名称: base.text });
      return parts(b, args, type, span, bindings);
    }
    const t = demand(b, type, () => named);
    if (isPoison(t)) return parts(b, args, type, span, bindings);
    if (t.kind !== 'enum' || t.def !== named.def) {
      b.mismatch(span, t, named);
      return parts(b, args, named, span, bindings);
    }
    return variant(b, t, name, args, span, bindings);
  }
  const t = demand(b, type, () => {
    const owners = variantOwners(b, name.text);
    if (owners.length > 1) ambiguous(b, name.text, owners.map((o) => o.name), name.span);
    if (name.text === '有') return { kind: 'option', elem: b.checker.fresh() };
    const struct = structDemanded(b, name);
    if (struct !== undefined) return struct;
    const def = owners[0]?.def ?? ownerOf(b, name.text);
    return def === undefined ? b.checker.fresh() : instance(b, def, undefined);
  });
  if (t.kind === 'option') return optionPattern(b, name, args, type, span, bindings);
  if (t.kind === 'enum') return variant(b, t, name, args, span, bindings);
  if (t.kind === 'struct' && t.def.isTuple && args !== undefined && isOf(t, structDemanded(b, name))) {
    const inOrder = placed(b, name, args, t.def.fields.map(() => undefined), span);
    if (inOrder === undefined) return parts(b, args, type, span, bindings);
    return { kind: 'fields', type, span, parts: inOrder.map((a, i) => inferPattern(b, a, t.def.fields[i]!.type, bindings)) };
  }
  return misfit(b, args?.list ?? [], t, span, bindings);
}

/** `甲.乙::丙` where 甲 is no module. */
function refuse(b: Body, p: ast.VariantPattern, type: Type, bindings: Bindings): hir.Pattern {
  const first = p.path[0]!;
  const symbol = b.scope.lookup(first.text);
  if (symbol === undefined) unknownModule(b.checker, b.file, first);
  else if (symbol.kind !== 'poison') b.error('E3034', p.span, { 名称: p.path.slice(0, -1).map((n) => n.text).join('.') });
  return parts(b, p.args === undefined ? undefined : { list: p.args, names: p.names }, type, p.span, bindings);
}

/** The parts of a pattern as they are written: `(404, 信息: m)`. */
interface Args {
  readonly list: readonly ast.Pattern[];
  readonly names: readonly (ast.Name | undefined)[] | undefined;
}

/**
 * The parts in the order of the values they stand for. Without names there is one for each value; beside a name, values without a
 * part may be anything. Undefined after an error.
 */
function placed(
  b: Body, owner: ast.Name, args: Args, fields: readonly (string | undefined)[], span: ast.Span, details: DiagnosticDetails = {},
): readonly ast.Pattern[] | undefined {
  const { list, names } = args;
  if (names === undefined && list.length === fields.length) return list;
  if (names === undefined || list.length > fields.length) {
    b.error('E3052', span, { 名称: owner.text, 期望: fields.length, 实际: list.length }, details);
    return undefined;
  }
  const inOrder: ast.Pattern[] = fields.map(() => ({ kind: 'WildcardPattern', span }));
  const taken = new Set<number>();
  for (const [i, pattern] of list.entries()) {
    const name = names[i];
    const at = name === undefined ? i : fields.indexOf(name.text);
    if (name !== undefined && at < 0) {
      const near = nearest(name.text, fields.filter((f) => f !== undefined));
      b.error('E3007', name.span, { 名称: owner.text, 参数: name.text }, { ...details, ...(near === undefined ? {} : { hint: didYouMean(near) }) });
      return undefined;
    }
    if (taken.has(at) || at < 0) {
      b.error('E3003', pattern.span, { 名称: fields[at] ?? owner.text });
      return undefined;
    }
    taken.add(at);
    inOrder[at] = pattern;
  }
  return inOrder;
}

/** After an error: the names in the parts exist all the same. */
function parts(b: Body, args: Args | undefined, type: Type, span: ast.Span, bindings: Bindings): hir.Pattern {
  b.failed = true;
  for (const arg of args?.list ?? []) inferPattern(b, arg, b.checker.fresh(), bindings);
  return { kind: 'any', type, span };
}

function variant(
  b: Body, t: EnumType, name: ast.Name, args: Args | undefined, span: ast.Span, bindings: Bindings,
): hir.Pattern {
  const index = variantIndex(t.def, name.text);
  if (index < 0) {
    unknownVariant(b, t.def, name);
    return parts(b, args, t, span, bindings);
  }
  const types = payloadOf(t, index);
  const inOrder = placed(b, name, args ?? { list: [], names: undefined }, t.def.variants[index]!.fields.map((f) => f.name), span, declaredAt(t.def, index));
  if (inOrder === undefined) return parts(b, args, t, span, bindings);
  return { kind: 'variant', variant: index, args: types.map((type, i) => inferPattern(b, inOrder[i]!, type, bindings)), type: t, span };
}

function optionPattern(
  b: Body, name: ast.Name, args: Args | undefined, type: Type, span: ast.Span, bindings: Bindings,
): hir.Pattern {
  const t = demand(b, type, () => ({ kind: 'option', elem: b.checker.fresh() }));
  if (t.kind !== 'option') return misfit(b, args?.list ?? [], t, span, bindings);
  const wanted = name.text === '有' ? 1 : name.text === '无' ? 0 : undefined;
  if (wanted === undefined) {
    b.error('E3051', name.span, { 类型: showType(t), 名称: name.text, 变体: '有、无' });
    return parts(b, args, type, span, bindings);
  }
  const inOrder = placed(b, name, args ?? { list: [], names: undefined }, wanted === 1 ? [undefined] : [], span);
  if (inOrder === undefined) return parts(b, args, type, span, bindings);
  return wanted === 0 ? { kind: 'none', type, span } : { kind: 'some', inner: inferPattern(b, inOrder[0]!, t.elem, bindings), type, span };
}

// ---------------------------------------------------------------- structs

function structPattern(b: Body, p: ast.StructPattern, type: Type, bindings: Bindings): hir.Pattern {
  const path = joinPathNames(b.scope, p.path);
  if (path !== p.path) p = { ...p, path };
  const { span } = p;
  const name = p.path.at(-1)!;
  const inner = p.fields.map((f) => f.pattern);
  const struct = p.path.length === 1 ? structDemanded(b, name) : undefined;
  const t = demand(b, type, () => struct ?? b.checker.fresh());
  if (t.kind === 'enum') return variantFields(b, p, t, name, bindings);
  if (struct === undefined) {
    if (b.scope.lookup(name.text)?.kind !== 'poison') b.error('E3034', name.span, { 名称: name.text });
    return parts(b, { list: inner, names: undefined }, type, span, bindings);
  }
  if (t.kind !== 'struct' || !isOf(t, struct)) {
    b.mismatch(span, t, struct);
    return parts(b, { list: inner, names: undefined }, type, span, bindings);
  }
  const found = fieldParts(b, p, showType(t), t.def.fields, bindings);
  return found === undefined ? { kind: 'any', type, span } : { kind: 'fields', type, span, parts: found };
}

/** The struct a pattern names; the arguments of a generic one are those of the value. */
function structDemanded(b: Body, name: ast.Name): (Type & { kind: 'struct' }) | undefined {
  const symbol = b.scope.lookupType(name.text);
  if (symbol?.kind === 'alias') {
    const type = resolve(aliasType(symbol, b.checker));
    return type.kind === 'struct' ? type : undefined;
  }
  const struct = structNamed(b, name.text);
  return struct === undefined ? undefined : openStruct(b.checker, struct, b.file, name.span);
}

function isOf(t: Type, struct: Type | undefined): boolean {
  return struct !== undefined && unify(t, struct);
}

/** `失败 { 码, .. }` for a variant whose values have names. */
function variantFields(b: Body, p: ast.StructPattern, t: EnumType, name: ast.Name, bindings: Bindings): hir.Pattern {
  const index = variantIndex(t.def, name.text);
  if (index < 0 || (p.path.length === 2 && enumNamed(b, p.path[0]!.text)?.def !== t.def)) {
    unknownVariant(b, t.def, name);
    return parts(b, { list: p.fields.map((f) => f.pattern), names: undefined }, t, p.span, bindings);
  }
  const types = payloadOf(t, index);
  const fields = t.def.variants[index]!.fields.map((f, i) => ({ name: f.name ?? String(i), type: types[i]! }));
  const args = fieldParts(b, p, name.text, fields, bindings);
  return args === undefined ? { kind: 'any', type: t, span: p.span } : { kind: 'variant', variant: index, args, type: t, span: p.span };
}

/** One pattern for each field; undefined after an error. */
function fieldParts(
  b: Body, p: ast.StructPattern, owner: string, fields: readonly { readonly name: string; readonly type: Type }[], bindings: Bindings,
): hir.Pattern[] | undefined {
  const found = new Map<string, hir.Pattern>();
  let broken = false;
  for (const f of p.fields) {
    const field = fields.find((x) => x.name === f.name.text);
    const pattern = inferPattern(b, f.pattern, field?.type ?? b.checker.fresh(), bindings);
    if (field === undefined) {
      const near = nearest(f.name.text, fields.map((x) => x.name));
      b.error('E3008', f.name.span, { 类型: owner, 名称: f.name.text }, { hint: near !== undefined ? didYouMean(near) : { zh: `它的字段有 ${fields.map((x) => x.name).join('、')}`, en: `its fields are ${fields.map((x) => x.name).join(', ')}` } });
      broken = true;
    } else if (found.has(f.name.text)) b.error('E3003', f.name.span, { 名称: f.name.text });
    found.set(f.name.text, pattern);
  }
  if (broken) return undefined;
  const missing = p.rest ? undefined : fields.find((f) => !found.has(f.name));
  if (missing !== undefined) b.error('E3059', p.span, { 名称: missing.name });
  return fields.map((f): hir.Pattern => found.get(f.name) ?? { kind: 'any', type: f.type, span: p.span });
}

// ---------------------------------------------------------------- literals

function literalPattern(b: Body, value: ast.Expr, type: Type, span: ast.Span): hir.Pattern {
  return literalNode(b, inferExpr(b, value, type), type, span);
}

function literalNode(b: Body, node: hir.Expr, type: Type, span: ast.Span): hir.Pattern {
  const literal = b.coerce(node, type);
  if (isPoison(literal.type)) {
    b.failed = true;
    return { kind: 'any', type, span };
  }
  if (literal.kind === 'none') return { kind: 'none', type, span };
  if (resolve(literal.type) === UNIT) return { kind: 'any', type, span };
  const value = literal.kind === 'unary' && literal.op === 'neg' && literal.operand.kind === 'float'
    ? { ...literal.operand, value: -literal.operand.value, span } : literal;
  if (!/^(int|float|bool|char|string)$/.test(value.kind)) {
    b.error('E3023', span, { 名称: { zh: '模式', en: 'the pattern' } });
    return { kind: 'any', type, span };
  }
  return { kind: 'constant', value, type, span };
}

function rangePattern(b: Body, p: ast.RangePattern, type: Type): hir.Pattern {
  const { span } = p;
  const end = (e: ast.Expr | undefined): hir.Expr | undefined => {
    if (e === undefined) return undefined;
    const pattern = literalPattern(b, e, type, e.span);
    return pattern.kind === 'constant' ? pattern.value : undefined;
  };
  const from = end(p.from);
  const to = end(p.to);
  const t = resolve(type);
  if ((p.from !== undefined && from === undefined) || (p.to !== undefined && to === undefined)) return { kind: 'any', type, span };
  if (isKnown(t) && t !== CHAR && !isNumeric(t)) return misfit(b, [], t, span, new Bindings(b));
  return { kind: 'range', from, to, inclusive: p.inclusive, type, span };
}

// ---------------------------------------------------------------- 对于 (a, b) 在 …

/**
 * A pattern in the head of 对于, which must fit every element: gives what puts the loop's body around
 * the taking apart of `local`.
 */
export function takeApart(b: Body, p: ast.Pattern, local: hir.Local | undefined): (body: hir.Block) => hir.Block {
  if (local === undefined || p.kind === 'NamePattern' || p.kind === 'WildcardPattern') return (body) => body;
  const pattern = inferPattern(b, p, local.type, new Bindings(b));
  return (body) => {
    const node: hir.Expr & { kind: 'match' } = {
      kind: 'match', subject: { kind: 'local', local, type: local.type, span: p.span }, type: UNIT, span: p.span,
      arms: [{ pattern, guard: undefined, span: p.span, body: { kind: 'blockExpr', block: body, value: { kind: 'unit', type: UNIT, span: p.span }, type: UNIT, span: body.span } }],
    };
    b.checker.matches.push({ body: b, node, head: p.span, isIrrefutable: true });
    return { statements: [{ kind: 'expr', expr: node, span: p.span }], span: body.span };
  };
}
