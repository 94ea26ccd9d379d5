/**
 * traits.ts — 特性: declarations, implementations, bounds, and values of trait type.
 *
 * Calls on a type that is known are static: an implementation adds its methods, and the defaults it does
 * not override, to the methods of the type. A value of trait type is a value of a hidden enum with one
 * variant for each type that some place of the program turns into the trait; a call on it goes to a
 * dispatcher, a function that tests the variant and calls the method of its type.
 *
 * Invariants
 * - A variant is added where a value is turned into the trait (`traitValue`), so the enum has exactly the
 *   types that can occur; dispatchers are filled when no more can come (`fillDispatchers`).
 * - Equality, cloning and printing of such a value are those of the value inside.
 *
 * Rejected: method tables in the module. The whole program is known when it is compiled, so a switch
 * over the types that occur needs no new kind of object, and the verifier proves it like any enum.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import type { SourceFile } from '../source.js';
import { STRING, UNIT, resolve, showType, type EnumDef, type Type } from '../types.js';
import type { Arg } from './arguments.js';
import { Body, poison, type Checker } from './body.js';
import { makeFunction } from './function-symbol.js';
import { typeKey, typeScope } from './generics.js';
import { callFunction, type CallMode } from './infer-call.js';
import { variantTest } from './infer-enum.js';
import { unknownMember } from './infer-expr.js';
import { elementTypes } from './infer-stmt.js';
import { methodNode } from './infer-method.js';
import { builtinTraits } from './library.js';
import type { Scope, FunctionSymbol, MethodTable, TraitSymbol } from './scope.js';
import { isOpen, isPoison, satisfies, settleParts, unify } from './unify.js';

/** The name of the implementing type inside 特性 and 实现. */
export const SELF_TYPE: ast.Name = { kind: 'Name', text: '自身类型', span: { start: 0, end: 0 } };
const RECEIVER_NAMES: readonly string[] = ['自身', '自己', '本体'];

export const BUILTIN_TRAITS: ReadonlySet<string> = new Set(['可显示', '可比较', '可哈希', '可迭代']);

/** A method of a trait called on values of the trait's type. */
export interface Dispatcher {
  readonly trait: TraitSymbol;
  readonly name: ast.Name;
  readonly symbol: FunctionSymbol;
  readonly body: Body;
  /** What to do for each variant, as far as known. */
  readonly arms: hir.Stmt[][];
  /** Number of variants the body was made for. */
  filled: number;
}

export function makeTrait(checker: Checker, decl: ast.TraitDecl, file: SourceFile, builtin: boolean): TraitSymbol {
  const def: EnumDef = { name: decl.name.text, span: decl.name.span, file, params: [], variants: [] };
  const symbol: TraitSymbol = {
    kind: 'trait', name: def.name, span: def.span, file, decl, def, type: { kind: 'enum', def, args: [] }, builtin,
    methods: new Map(decl.methods.map((m) => [m.name.text, m])),
  };
  checker.traits.set(def, symbol);
  return symbol;
}

/** The trait a type expression names; reports and gives undefined when it is none. */
export function traitNamed(checker: Checker, t: ast.TypeExpr, scope: Scope, file: SourceFile): TraitSymbol | undefined {
  const name = t.kind === 'NamedType' ? t.path.map((n) => n.text).join('.') : '';
  const symbol = scope.lookupType(name);
  if (symbol?.kind === 'trait') return symbol;
  if (symbol === undefined && BUILTIN_TRAITS.has(name)) return builtinTraits(checker).get(name);
  if (symbol?.kind !== 'poison' && t.kind !== 'ErrorType') checker.error(symbol === undefined ? 'E3002' : 'E3110', file, t.span, { 名称: name });
  return undefined;
}

/** Whether values of `type` have the methods of `trait`. */
export function implementsTrait(checker: Checker, type: Type, trait: TraitSymbol): boolean {
  const t = resolve(type);
  if (isPoison(t)) return true;
  if (trait.builtin) {
    switch (trait.name) {
      case '可显示': return true;
      case '可哈希': return satisfies(t, 'hashable') === true;
      case '可比较': if (satisfies(t, 'ordered') === true) return true; break;
      case '可迭代': if (elementTypes(t, false) !== undefined) return true; break;
    }
  }
  if (t.kind === 'enum') {
    const object = checker.traits.get(t.def);
    if (object !== undefined && (object === trait || supertraits(checker, object).includes(trait))) return true;
  }
  return checker.implementations.of(trait, t).some((i) => fits(checker, i.type, t));
}

/** Whether a closed type is an instance of the type of an implementation. */
function fits(checker: Checker, pattern: Type, t: Type): boolean {
  if (pattern.kind !== t.kind) return false;
  return !isOpen(t) ? unify(pattern, t) : pattern.kind === 'struct' && t.kind === 'struct'
    ? (pattern.def.instance?.origin ?? pattern.def) === (t.def.instance?.origin ?? t.def)
    : typeKey(pattern, checker).split('<')[0] === typeKey(t, checker).split('<')[0];
}

/** The traits a trait demands of its implementers, directly or not. */
export function supertraits(checker: Checker, trait: TraitSymbol, seen: TraitSymbol[] = []): TraitSymbol[] {
  for (const t of trait.decl.supertraits) {
    const symbol = traitNamed(checker, t, checker.scopeOf(trait.file), trait.file);
    if (symbol === undefined || seen.includes(symbol)) continue;
    seen.push(symbol);
    supertraits(checker, symbol, seen);
  }
  return seen;
}

/** E3103 for each bound of a type parameter that its argument does not fulfil. */
export function checkBounds(b: Body, f: FunctionSymbol, args: readonly Type[], span: ast.Span): boolean {
  const template = f.template!;
  let fine = true;
  for (const [i, param] of template.params.entries()) {
    for (const bound of param.bounds) {
      const trait = traitNamed(b.checker, bound, template.outer, f.file);
      if (trait === undefined || implementsTrait(b.checker, args[i]!, trait)) continue;
      b.error('E3103', span, { 类型: showType(args[i]!), 特性: trait.name }, {
        related: [{ span: bound.span, file: f.file, label: { zh: `${f.shown} 在这里要求 ${trait.name}`, en: `${f.shown} demands ${trait.name} here` } }],
      });
      fine = false;
    }
  }
  return fine;
}

// ---------------------------------------------------------------- values of trait type

/** `node` as a value of the trait `wanted`; undefined when its type does not implement that. */
export function traitValue(b: Body, node: hir.Expr, wanted: Type): hir.Expr | undefined {
  if (wanted.kind !== 'enum') return undefined;
  const trait = b.checker.traits.get(wanted.def);
  const type = settleParts(node.type);
  if (trait === undefined || isOpen(type) || isPoison(type) || !implementsTrait(b.checker, type, trait)) return undefined;
  const key = typeKey(type, b.checker);
  const { variants } = trait.def;
  let variant = variants.findIndex((v) => typeKey(v.fields[0]!.type, b.checker) === key);
  if (variant < 0) {
    variant = variants.length;
    variants.push({ name: '', span: trait.span, fields: [{ name: undefined, type }], first: variant });
  }
  return { kind: 'enum', variant, args: [node], type: wanted, span: node.span };
}

/** A method call on a value of trait type. */
export function traitCall(
  b: Body, trait: TraitSymbol, object: hir.Expr, name: ast.Name, args: readonly Arg[], span: ast.Span, mode: CallMode,
): hir.Expr {
  const all = [trait, ...supertraits(b.checker, trait)];
  const owner = all.find((t) => t.methods.has(name.text));
  if (owner === undefined) return unknownMember(b, trait.type, name, all.flatMap((t) => [...t.methods.keys()]));
  const decl = owner.methods.get(name.text)!;
  const generic = decl.typeParams.length > 0 || decl.isStatic || decl.flavour !== 'plain' || decl.params.some((p) => p.type === undefined || mentionsSelf(p.type))
    || (decl.result === undefined && owner.builtin);
  if (generic) {
    b.error('E3108', name.span, { 特性: owner.name, 名称: name.text }, {
      related: [{ span: decl.name.span, file: owner.file, label: { zh: `${name.text} 在这里声明`, en: `${name.text} is declared here` } }],
    });
    return poison(span);
  }
  return callFunction(b, dispatcher(b.checker, trait, owner, decl).symbol, object, args, span, mode);
}

function mentionsSelf(t: ast.TypeExpr): boolean {
  return JSON.stringify(t, (key, value: unknown) => (key === 'span' ? undefined : value)).includes(`"${SELF_TYPE.text}"`);
}

function dispatcher(checker: Checker, trait: TraitSymbol, owner: TraitSymbol, decl: ast.FunctionDecl): Dispatcher {
  const key = `${checker.idOf(trait)}.${decl.name.text}`;
  const known = checker.dispatchers.get(key);
  if (known !== undefined) return known;
  const scope = typeScope(checker.scopeOf(owner.file), [SELF_TYPE], [trait.type], owner.file);
  const receiver = { names: RECEIVER_NAMES, type: trait.type, span: trait.span, mutable: true };
  const symbol = makeFunction(checker, { decl: { ...decl, body: undefined }, file: owner.file, shown: `${trait.name}.${decl.name.text}`, receiver, scope });
  if (decl.result === undefined && decl.body === undefined) unify(symbol.result, UNIT);
  const body = new Body(checker, symbol.func, 'function', undefined, scope);
  body.symbol = symbol;
  symbol.body = body;
  symbol.state = 'done';
  const self = body.declareLocal({ kind: 'Name', text: RECEIVER_NAMES[0]!, span: decl.name.span }, trait.type, { quiet: true });
  const params = symbol.params.map((p) => body.declareLocal({ kind: 'Name', text: p.name, span: p.span }, p.type, { quiet: true }).local);
  symbol.func.params = [self.local, ...params];
  const made: Dispatcher = { trait, name: decl.name, symbol, body, arms: [], filled: -1 };
  checker.dispatchers.set(key, made);
  return made;
}

/** Makes the calls for variants that came since the last time. */
export function fillDispatchers(checker: Checker): void {
  for (const d of checker.dispatchers.values()) {
    if (d.filled === d.trait.def.variants.length) continue;
    d.filled = d.trait.def.variants.length;
    const { body, symbol, name } = d;
    const { func } = symbol;
    const span = name.span;
    const read = (local: hir.Local): hir.Expr => ({ kind: 'local', local, type: local.type, span });
    const [self, ...params] = func.params;
    for (let v = d.arms.length; v < d.trait.def.variants.length; v++) {
      const type = d.trait.def.variants[v]!.fields[0]!.type;
      const object: hir.Expr = { kind: 'payload', object: read(self!), variant: v, index: 0, type, span };
      const args = params.map((p): Arg => ({ name: undefined, ast: { kind: 'ErrorExpr', id: 0, span }, node: read(p) }));
      const call = methodNode(body, object, name, args, span);
      const value = body.coerce(call, symbol.result);
      d.arms.push(resolve(symbol.result) === UNIT
        ? [{ kind: 'expr', expr: value, span }, { kind: 'return', value: undefined, span }]
        : [{ kind: 'return', value, span }]);
    }
    const { arms } = d;
    const last = arms.at(-1) ?? [{ kind: 'throw' as const, span, value: {
      kind: 'callNative' as const, native: 'error_new', type: { kind: 'error' as const }, span, args: [{ kind: 'string' as const, value: d.trait.name, type: STRING, span }],
    } }];
    const tests = arms.slice(0, -1).map((statements, v): hir.Stmt => ({
      kind: 'if', span, otherwise: undefined, then: { statements, span },
      condition: variantTest(read(self!), v, span),
    }));
    func.body = { statements: [...tests, ...last], span };
  }
}

/** A trait nobody is turned into still needs a value to be a type of the machine. */
export function finishTraits(checker: Checker): void {
  for (const { def } of checker.traits.values()) {
    if (def.variants.length === 0) def.variants.push({ name: def.name, span: def.span, fields: [], first: 0 });
  }
}

// ---------------------------------------------------------------- uses of the language's own traits

/** The method of a built-in trait that the program implements for `t`. */
export function ownMethod(checker: Checker, t: Type, trait: string, method: string): FunctionSymbol | undefined {
  if (checker.implementations.isEmpty || t.kind === 'variable') return undefined;
  const symbol = builtinTraits(checker).get(trait)!;
  if (!checker.implementations.of(symbol, t).some((i) => fits(checker, i.type, t))) return undefined;
  return methodTable(checker, t).methods.get(method);
}

/** The methods the program gives a type. */
export function methodTable(checker: Checker, t: Type): MethodTable {
  const own = t.kind === 'struct' ? checker.structs.get(t.def.instance?.origin ?? t.def) : t.kind === 'enum' ? checker.enums.get(t.def) : undefined;
  return own ?? checker.extensionsOf(t.kind);
}
