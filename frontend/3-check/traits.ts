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
import { STRING, UNIT, resolve, showType, type EnumDef, type EnumType, type Type } from '../types.js';
import type { Arg } from './arguments.js';
import { Body, poison, type Checker } from './body.js';
import { extensionKey } from './builtins.js';
import { makeFunction } from './function-symbol.js';
import { typeKey, typeScope } from './generics.js';
import { callFunction, type CallMode } from './infer-call.js';
import { variantTest } from './infer-enum.js';

import { elementTypes } from './infer-stmt.js';
import { methodFor } from './method-choice.js';
import { methodNode } from './infer-method.js';
import { builtinTraits } from './library.js';
import type { Scope, FunctionSymbol, MethodTable, TraitSymbol } from './scope.js';
import { joinPathNames } from './imports.js';
import { didYouMean, nearest } from './suggest.js';
import { typeOf } from './type-expr.js';
import { isOpen, isPoison, satisfies, settleParts, unify } from './unify.js';
import { unknownMember } from './unknown-member.js';

/** The name of the implementing type inside 特性 and 实现. */
export const SELF_TYPE: ast.Name = { kind: 'Name', text: '自身类型', span: { start: 0, end: 0 } };
const RECEIVER_NAMES: readonly string[] = ['自身', '自己', '本体'];

export const BUILTIN_TRAITS: ReadonlySet<string> = new Set(['可显示', '可比较', '可相等', '可哈希', '可迭代', '错误']);

/** A trait with the types that stand for its parameters. */
export interface TraitUse {
  readonly trait: TraitSymbol;
  readonly args: readonly Type[];
}

/** A method of a trait called on values of the trait's type. */
export interface Dispatcher {
  readonly use: TraitUse;
  readonly name: ast.Name;
  readonly symbol: FunctionSymbol;
  readonly body: Body;
  /** What to do for each variant, as far as known. */
  readonly arms: hir.Stmt[][];
  /** Number of variants the body was made for. */
  filled: number;
}

export function makeTrait(checker: Checker, decl: ast.TraitDecl, file: SourceFile, builtin: boolean): TraitSymbol {
  const def: EnumDef = { name: decl.name.text, span: decl.name.span, file, params: decl.typeParams.map((p) => p.name.text), variants: [] };
  const symbol: TraitSymbol = {
    kind: 'trait', name: def.name, span: def.span, file, decl, def, builtin,
    methods: new Map(decl.methods.map((m) => [m.name.text, m])),
  };
  checker.traits.set(def, symbol);
  return symbol;
}

/** The type of values of a trait. */
export function traitType({ trait, args }: TraitUse): EnumType {
  return { kind: 'enum', def: trait.def, args };
}

export function showTrait(use: TraitUse): string {
  return showType(traitType(use));
}

/** The trait a type expression names; reports and gives undefined when it is none. */
export function traitNamed(checker: Checker, t: ast.TypeExpr, scope: Scope, file: SourceFile): TraitUse | undefined {
  const name = t.kind === 'NamedType' ? joinPathNames(scope, t.path).map((n) => n.text).join('.') : '';
  const symbol = scope.lookupType(name);
  const trait = symbol?.kind === 'trait' ? symbol : symbol === undefined && BUILTIN_TRAITS.has(name) ? builtinTraits(checker).get(name) : undefined;
  if (trait !== undefined) {
    const written = (t as ast.NamedType).args;
    const wanted = trait.def.params.length;
    if (written.length === wanted) return { trait, args: written.map((a) => typeOf(a, checker, scope, file)) };
    checker.error('E3033', file, t.span, { 类型: name, 期望: wanted, 实际: written.length });
  } else if (symbol?.kind !== 'poison' && t.kind !== 'ErrorType') {
    const near = symbol === undefined ? nearest(name, [...scope.visible(), ...BUILTIN_TRAITS.keys()].filter((n) => BUILTIN_TRAITS.has(n) || scope.lookupType(n)?.kind === 'trait')) : undefined;
    checker.error(symbol === undefined ? 'E3002' : 'E3110', file, t.span, { 名称: name }, near === undefined ? {} : { hint: didYouMean(near) });
  }
  return undefined;
}

/** A scope in which the trait's parameters and 自身类型 have their meaning for one use. */
export function traitScope(outer: Scope, { trait, args }: TraitUse, self: Type): Scope {
  return typeScope(outer, [SELF_TYPE, ...trait.decl.typeParams.map((p) => p.name)], [self, ...args], trait.file);
}

/**
 * Whether values of `type` have the methods of a trait. Where the trait's arguments are open and the type is not, they are
 * found from its implementation.
 */
export function implementsTrait(checker: Checker, type: Type, { trait, args }: TraitUse): boolean {
  const t = resolve(type);
  if (isPoison(t)) return true;
  if (trait.builtin) {
    switch (trait.name) {
      case '可显示': return true;
      case '可哈希': return satisfies(t, 'hashable') === true;
      case '可比较': if (satisfies(t, 'ordered') === true) return true; break;
      case '错误': if (t.kind === 'error') return true; break;
      case '可迭代': if (elementTypes(t, false) !== undefined) return true; break;
    }
  }
  const same = (others: readonly Type[]): boolean => args.every((a, i) => unify(a, others[i]!));
  if (t.kind === 'enum') {
    const object = checker.traits.get(t.def);
    if (object !== undefined && withSupertraits(checker, { trait: object, args: t.args }).some((u) => u.trait === trait && same(u.args))) return true;
  }
  return checker.implementations.of(trait, t).some((i) => {
    if (!fits(checker, i.type, t)) return false;
    if (args.length === 0) return true;
    const opened = i.open();
    if (!isOpen(t)) unify(opened.type, t);
    return same(opened.args);
  });
}

/** Whether a closed type is an instance of the type of an implementation. */
function fits(checker: Checker, pattern: Type, t: Type): boolean {
  if (pattern.kind !== t.kind) return false;
  return !isOpen(t) ? unify(pattern, t) : pattern.kind === 'struct' && t.kind === 'struct'
    ? (pattern.def.instance?.origin ?? pattern.def) === (t.def.instance?.origin ?? t.def)
    : typeKey(pattern, checker).split('<')[0] === typeKey(t, checker).split('<')[0];
}

/** A trait and the traits it demands of its implementers, directly or not. */
export function withSupertraits(checker: Checker, use: TraitUse, seen: TraitUse[] = []): TraitUse[] {
  seen.push(use);
  const { trait } = use;
  const scope = trait.decl.supertraits.length === 0 ? undefined : traitScope(checker.scopeOf(trait.file), use, traitType(use));
  for (const t of trait.decl.supertraits) {
    const next = traitNamed(checker, t, scope!, trait.file);
    if (next !== undefined && !seen.some((s) => s.trait === next.trait)) withSupertraits(checker, next, seen);
  }
  return seen;
}

/** Finds type arguments that only the bounds of others determine: T of `<T, C: 容器<T>>` from C. */
export function solveBounds(checker: Checker, f: FunctionSymbol, args: readonly Type[]): void {
  const template = f.template!;
  for (const [i, param] of template.params.entries()) {
    for (const bound of param.bounds) {
      if (bound.kind !== 'NamedType' || bound.args.length === 0 || isOpen(args[i]!)) continue;
      checker.muted++;
      const use = traitNamed(checker, bound, boundScope(f, args), f.file);
      checker.muted--;
      if (use !== undefined && use.args.some(isOpen)) implementsTrait(checker, args[i]!, use);
    }
  }
}

/** Where the bounds of a function are read: its type parameters denote `args`. */
function boundScope(f: FunctionSymbol, args: readonly Type[]): Scope {
  const { outer, params } = f.template!;
  return typeScope(outer, params.map((p) => p.name), args.slice(0, params.length), f.file);
}

/** E3103 for each bound of a type parameter that its argument does not fulfil. */
export function checkBounds(b: Body, f: FunctionSymbol, args: readonly Type[], span: ast.Span): boolean {
  const { params } = f.template!;
  let fine = true;
  for (const [i, param] of params.entries()) {
    for (const bound of param.bounds) {
      const use = traitNamed(b.checker, bound, boundScope(f, args), f.file);
      if (use === undefined || implementsTrait(b.checker, args[i]!, use)) continue;
      fine = false;
      const open = resolve(args[i]!);
      if (open.kind === 'variable' && open.literal === 'none' && b.checker.errors > 0) {
        // What would have decided it has been reported.
        b.failed = true;
        continue;
      }
      const name = showTrait(use);
      b.error('E3103', span, { 类型: showType(args[i]!), 特性: name }, {
        related: [{ span: bound.span, file: f.file, label: { zh: `${f.shown} 在这里要求 ${name}`, en: `${f.shown} demands ${name} here` } }],
      });
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
  if (trait === undefined || isOpen(type) || isPoison(type) || !implementsTrait(b.checker, type, { trait, args: wanted.args })) return undefined;
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
  b: Body, use: TraitUse, object: hir.Expr, name: ast.Name, args: readonly Arg[], span: ast.Span, mode: CallMode,
): hir.Expr {
  const all = withSupertraits(b.checker, use);
  const found = all.find((u) => u.trait.methods.has(name.text));
  if (found === undefined) return unknownMember(b, traitType(use), name, all.flatMap((u) => [...u.trait.methods.keys()]));
  const owner = found.trait;
  const decl = owner.methods.get(name.text)!;
  const generic = decl.typeParams.length > 0 || decl.isStatic || decl.flavour === 'coroutine' || decl.params.some((p) => p.type === undefined || mentionsSelf(p.type))
    || (decl.result === undefined && owner.builtin);
  if (generic) {
    b.error('E3108', name.span, { 特性: owner.name, 名称: name.text }, {
      related: [{ span: decl.name.span, file: owner.file, label: { zh: `${name.text} 在这里声明`, en: `${name.text} is declared here` } }],
    });
    return poison(span);
  }
  return callFunction(b, dispatcher(b.checker, use, found, decl).symbol, object, args, span, mode);
}

function mentionsSelf(t: ast.TypeExpr): boolean {
  return JSON.stringify(t, (key, value: unknown) => (key === 'span' ? undefined : value)).includes(`"${SELF_TYPE.text}"`);
}

/** The function that a call on a value of the trait `use` goes to; `owner` is that or the supertrait that declares the method. */
function dispatcher(checker: Checker, use: TraitUse, owner: TraitUse, decl: ast.FunctionDecl): Dispatcher {
  const type = traitType(use);
  // One for each use whose types are known; an open one has its own.
  const key = isOpen(type) ? undefined : `${typeKey(type, checker)}.${decl.name.text}`;
  const known = key === undefined ? undefined : checker.dispatchers.get(key);
  if (known !== undefined) return known;
  const { trait } = use;
  const { file } = owner.trait;
  const scope = traitScope(checker.scopeOf(file), owner, type);
  const receiver = { names: RECEIVER_NAMES, type, span: trait.span, mutable: true };
  // A call of an 异步 method is passed on: the method starts the task, and its 未来 is the dispatcher's result.
  const isAsync = decl.flavour === 'async';
  const symbol = makeFunction(checker, { decl: { ...decl, flavour: 'plain', body: undefined }, file, shown: `${trait.name}.${decl.name.text}`, receiver, scope });
  if (decl.result === undefined && decl.body === undefined) unify(symbol.result, UNIT);
  if (isAsync) {
    const value = symbol.futureOf ?? symbol.result;
    const result: Type = { kind: 'future', value };
    Object.assign(symbol, { result, futureOf: value });
    symbol.func.result = result;
  }
  const body = new Body(checker, symbol.func, 'function', undefined, scope);
  body.symbol = symbol;
  symbol.body = body;
  symbol.state = 'done';
  const self = body.declareLocal({ kind: 'Name', text: RECEIVER_NAMES[0]!, span: decl.name.span }, type, { quiet: true });
  const params = symbol.params.map((p) => body.declareLocal({ kind: 'Name', text: p.name, span: p.span }, p.type, { quiet: true }).local);
  symbol.func.params = [self.local, ...params];
  const made: Dispatcher = { use, name: decl.name, symbol, body, arms: [], filled: -1 };
  checker.dispatchers.set(key ?? made, made);
  return made;
}

/** What shows a value of a trait: the value inside does. Undefined where `t` is no trait, or one with a method 显示 of its own. */
export function displayOf(checker: Checker, t: Type): FunctionSymbol | undefined {
  const trait = t.kind === 'enum' ? checker.traits.get(t.def) : undefined;
  if (trait === undefined) return undefined;
  const use: TraitUse = { trait, args: (t as EnumType).args };
  if (withSupertraits(checker, use).some((u) => u.trait.methods.has('显示'))) return undefined;
  const shown = builtinTraits(checker).get('可显示')!;
  return dispatcher(checker, use, { trait: shown, args: [] }, shown.methods.get('显示')!).symbol;
}

/** Makes the calls for variants that came since the last time, and says whether there were any. */
export function fillDispatchers(checker: Checker): boolean {
  let any = false;
  for (const d of checker.dispatchers.values()) {
    if (d.use.args.some(isOpen) || d.filled === d.use.trait.def.variants.length) continue;
    d.filled = d.use.trait.def.variants.length;
    any = true;
    const { body, symbol, name } = d;
    const { func } = symbol;
    const span = name.span;
    const read = (local: hir.Local): hir.Expr => ({ kind: 'local', local, type: local.type, span });
    const [self, ...params] = func.params;
    const { def } = d.use.trait;
    for (let v = d.arms.length; v < def.variants.length; v++) {
      const type = def.variants[v]!.fields[0]!.type;
      if (checker.lacking.has(name) || (d.use.args.length > 0 && !implementsTrait(checker, type, d.use))) {
        // Turned into the trait with other arguments: no value of this type has it. Or E3104 said that it is missing.
        d.arms.push([unreachable(d.use, span)]);
        continue;
      }
      const object: hir.Expr = { kind: 'payload', object: read(self!), variant: v, index: 0, type, span };
      const args = params.map((p): Arg => ({ name: undefined, ast: { kind: 'ErrorExpr', id: 0, span }, node: read(p) }));
      const call = methodNode(body, object, name, args, span);
      const value = body.coerce(call, symbol.result);
      d.arms.push(resolve(symbol.result) === UNIT
        ? [{ kind: 'expr', expr: value, span }, { kind: 'return', value: undefined, span }]
        : [{ kind: 'return', value, span }]);
    }
    const { arms } = d;
    const last = arms.at(-1) ?? [unreachable(d.use, span)];
    const tests = arms.slice(0, -1).map((statements, v): hir.Stmt => ({
      kind: 'if', span, otherwise: undefined, then: { statements, span },
      condition: variantTest(read(self!), v, span),
    }));
    func.body = { statements: [...tests, ...last], span };
  }
  return any;
}

function unreachable({ trait }: TraitUse, span: ast.Span): hir.Stmt {
  const name: hir.Expr = { kind: 'string', value: trait.name, type: STRING, span };
  return { kind: 'throw', span, value: { kind: 'callNative', native: 'error_new', type: { kind: 'error' }, span, args: [name] } };
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
  const f = methodsOf(checker, t).methods.get(method);
  return f === undefined ? undefined : methodFor(f, t);
}

/** The methods the program gives a type. */
export function methodsOf(checker: Checker, t: Type): MethodTable {
  const own = t.kind === 'struct' ? checker.structs.get(t.def.instance?.origin ?? t.def) : t.kind === 'enum' ? checker.enums.get(t.def) : undefined;
  return own ?? checker.extensionsOf(extensionKey(t));
}
