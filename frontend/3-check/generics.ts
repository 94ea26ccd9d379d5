/**
 * generics.ts — generic declarations and their instances.
 *
 * A call of a generic function reads the written types anew with its type parameters as inference
 * variables, unifies them with the arguments, and then takes the instance for the types found. An
 * instance is an ordinary function: its body is checked with the parameters' names denoting those
 * types. A parameter without a written type is a type parameter without a name.
 *
 * Invariants
 * - One instance for each tuple of closed type arguments. Where the arguments stay open to the end
 *   (`f([])` with no later use) the instance belongs to that one call.
 * - An error in a body is reported once for its place, with the call that made the first instance.
 * - Type arguments in error make no instance.
 *
 * Rejected: checking generic bodies against bounds alone (Qi's untyped parameters have none, and
 * `a + b` on them must mean what it means for their types); passing types at run time (the machine's
 * registers are typed statically).
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';
import type { SourceFile } from '../source.js';
import { mapType, resolve, showType, type Instance, type StructDef, type StructField, type Type } from '../types.js';
import { bindArgs, inferArgs, type Arg, type Bound } from './arguments.js';
import { fill, fitsArray, placeholder, poison, type Body, type Checker, type Instantiation } from './body.js';
import { giveUp } from './deferred.js';
import { checkFunction } from './function.js';
import { makeFunction } from './function-symbol.js';
import { parametersOf } from './infer-call.js';
import { Scope, type FunctionSymbol, type StructSymbol, type Template } from './scope.js';
import { checkBounds, solveBounds } from './traits.js';
import { typeOf } from './type-expr.js';
import { computedTogether } from './computed-together.js';
import { POISON, isOpen, isPoison, settleParts, unify, zonk } from './unify.js';

/** Instances of one function inside each other, and levels of type arguments, that can only be endless. */
const MAX_CHAIN = 24;
const MAX_TYPE_DEPTH = 24;
/** Steps of a chain that a message names. */
const SHOWN_CHAIN = 3;

// ---------------------------------------------------------------- types

/** A scope in which the names of type parameters denote `types`. */
export function typeScope(outer: Scope, names: readonly ast.Name[], types: readonly Type[], file: SourceFile): Scope {
  const scope = new Scope(outer, undefined);
  names.forEach((name, i) => {
    scope.declare(name.text, { kind: 'typeParam', name: name.text, type: types[i]!, span: name.span, file });
  });
  return scope;
}

/** The instance of a generic struct for these arguments, which may be open. Its fields are computed when they are first wanted. */
export function instantiateStruct(checker: Checker, symbol: StructSymbol, args: readonly Type[], file: SourceFile, span: ast.Span): Type {
  if (args.some((a) => depthOf(a) > MAX_TYPE_DEPTH)) {
    checker.error('E3101', file, span, { 名称: symbol.name, 过程: `${showShort({ kind: 'struct', def: new InstanceDef(checker, symbol, args) })} → …` });
    return POISON;
  }
  return { kind: 'struct', def: new InstanceDef(checker, symbol, args) };
}

/** An instance of a generic struct. Its fields are made when somebody asks, and kept as soon as the arguments are closed. */
class InstanceDef implements StructDef {
  readonly name: string;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly isTuple: boolean;
  readonly instance: Instance<StructDef>;
  readonly #checker: Checker;
  readonly #symbol: StructSymbol;
  #fields: StructField[] | undefined;

  constructor(checker: Checker, symbol: StructSymbol, args: readonly Type[]) {
    const { def } = symbol;
    this.name = def.name;
    this.span = def.span;
    this.file = def.file;
    this.isTuple = def.isTuple;
    this.instance = { origin: def, args, remake: (others) => new InstanceDef(checker, symbol, others) };
    this.#checker = checker;
    this.#symbol = symbol;
  }

  get fields(): StructField[] {
    if (this.#fields !== undefined) return this.#fields;
    const { args } = this.instance;
    const { decl, file } = this.#symbol;
    const closed = !args.some(isOpen);
    const types = closed ? args.map((a) => zonk(a, () => POISON)) : args;
    const scope = typeScope(this.#checker.scopeOf(file), decl.typeParams.map((p) => p.name), types, file);
    const fields = decl.fields.map((f) => ({ name: f.name.text, type: typeOf(f.type, this.#checker, scope, file), span: f.name.span }));
    if (closed) this.#fields = fields;
    return fields;
  }
}

/** The declaration of a struct type, also of an instance. */
export function structSymbol(checker: Checker, type: Type & { kind: 'struct' }): StructSymbol {
  return checker.structs.get(type.def.instance?.origin ?? type.def)!;
}

/** A generic struct with arguments to be inferred. */
export function openStruct(checker: Checker, symbol: StructSymbol, file: SourceFile, span: ast.Span): Type & { kind: 'struct' } {
  if (symbol.decl.typeParams.length === 0) return symbol.type;
  return instantiateStruct(checker, symbol, symbol.decl.typeParams.map(() => checker.fresh()), file, span) as Type & { kind: 'struct' };
}

/** A text that two closed types share iff they are the same type. */
export function typeKey(t: Type, checker: Checker): string {
  const r = resolve(t);
  const key = (part: Type): string => typeKey(part, checker);
  switch (r.kind) {
    case 'list': case 'option': case 'channel': case 'set': case 'pointer': return `${r.kind}<${key(r.elem)}>`;
    case 'tuple': return `(${r.elems.map(key).join(',')})`;
    case 'enum': return `#${checker.idOf(r.def)}<${r.args.map(key).join(',')}>`;
    case 'param': return `$${r.index}`;
    case 'array': return `array<${key(r.elem)};${r.length}>`;
    case 'dict': return `dict<${key(r.key)},${key(r.value)}>`;
    case 'func': return `func(${r.params.map(key).join(',')}):${key(r.result)}`;
    case 'future': case 'task': return `${r.kind}<${key(r.value)}>`;
    case 'coroutine': return `coroutine<${key(r.yields)},${key(r.sends)},${key(r.result)}>`;
    case 'struct': {
      const { instance } = r.def;
      return instance === undefined ? `#${checker.idOf(r.def)}` : `#${checker.idOf(instance.origin)}<${instance.args.map(key).join(',')}>`;
    }
    case 'variable': return '?';
    default: return r.kind;
  }
}

/** Computes the fields of all instances in `t`, so that types without end are found. */
export function expandFields(checker: Checker, t: Type, seen: Set<string>): void {
  mapType(t, (part) => {
    if (part.kind !== 'struct' || part.def.instance === undefined) return undefined;
    const key = typeKey(part, checker);
    if (seen.has(key)) return part;
    seen.add(key);
    for (const field of part.def.fields) expandFields(checker, field.type, seen);
    return part;
  });
}

/** How deeply type constructors are nested in `t`. */
function depthOf(t: Type): number {
  const r = resolve(t);
  switch (r.kind) {
    case 'list': case 'option': case 'channel': case 'array': case 'set': case 'pointer': return 1 + depthOf(r.elem);
    case 'tuple': return 1 + Math.max(...r.elems.map(depthOf));
    case 'enum': return r.args.length === 0 ? 0 : 1 + Math.max(...r.args.map(depthOf));
    case 'dict': return 1 + Math.max(depthOf(r.key), depthOf(r.value));
    case 'func': return 1 + Math.max(depthOf(r.result), ...r.params.map(depthOf));
    case 'future': case 'task': return 1 + depthOf(r.value);
    case 'coroutine': return 1 + Math.max(depthOf(r.yields), depthOf(r.sends), depthOf(r.result));
    case 'struct': return r.def.instance === undefined ? 0 : 1 + Math.max(...r.def.instance.args.map(depthOf));
    default: return 0;
  }
}

/** A type for a message that may be very long. */
function showShort(t: Type): string {
  const text = showType(t);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

// ---------------------------------------------------------------- calls

/** The types of one use of a generic function, before its arguments are known. */
export interface Use {
  /** One for each type parameter, then one for each parameter without a written type. */
  readonly args: readonly Type[];
  readonly receiver: Type | undefined;
  /** A copy of the function with these types, to bind arguments to. */
  readonly symbol: FunctionSymbol;
  /** As written; undefined when the body decides. */
  readonly result: Type | undefined;
}

/** Opens a generic function for one use, at `span`. */
export function openTemplate(b: Body, f: FunctionSymbol, span: ast.Span): Use {
  const { checker } = b;
  const template = f.template!;
  const around = checker.context;
  const named = template.params.map(() => checker.fresh());
  const scope = templateScope(f, named);
  const args: Type[] = [...named];
  // What its types demand of the arguments is told with the call.
  checker.context = { symbol: f, args, file: b.file, span, parent: around, instance: undefined };
  const params = f.params.map((p, i) => {
    const written = f.decl.params[i]!.type;
    const type: Type = written === undefined ? checker.fresh() : typeOf(written, checker, scope, f.file);
    if (written === undefined) args.push(type);
    return { ...p, type: p.variadic ? { kind: 'list' as const, elem: type } : type };
  });
  const result = f.decl.result === undefined ? undefined : typeOf(f.decl.result, checker, scope, f.file);
  const receiver = template.receiver?.(scope);
  checker.context = around;
  return { args, receiver, symbol: { ...f, params }, result };
}

/** Where the types and the code of a generic function are read, for these type arguments. */
function templateScope(f: FunctionSymbol, args: readonly Type[]): Scope {
  const { outer, params, inner } = f.template!;
  const scope = typeScope(outer, params.map((p) => p.name), args, f.file);
  return inner === undefined ? scope : inner(scope);
}

export interface TemplateCall {
  readonly receiver: hir.Expr | undefined;
  readonly args: readonly Arg[];
  readonly explicit: readonly Type[] | undefined;
  readonly expected: Type | undefined;
  /** For a static function: the type it is called on, when that is known. */
  readonly owner?: Type | undefined;
  readonly span: ast.Span;
}

/**
 * A use of a generic function: binds the arguments, then `build` makes the node of the instance, at
 * once or as soon as the type arguments are known.
 */
export function callTemplate(
  b: Body, f: FunctionSymbol, call: TemplateCall, build: (instance: FunctionSymbol, bound: Bound) => hir.Expr,
): hir.Expr {
  const { span } = call;
  const use = openTemplate(b, f, span);
  if (!explicitArgs(b, f, use, call.explicit, span)) {
    inferArgs(b, call.args);
    return poison(span);
  }
  const self = call.receiver?.type ?? call.owner;
  if (self !== undefined && use.receiver !== undefined && !fitsArray(resolve(self), use.receiver) && !unify(use.receiver, self)) {
    inferArgs(b, call.args);
    b.error('E3102', span, { 类型: showType(self), 名称: f.name, 期望: showType(use.receiver) });
    return poison(span);
  }
  const bound = bindArgs(b, f.shown, parametersOf(b, use.symbol), call.args, span);
  if (bound === undefined) return poison(span);
  if (use.result !== undefined && call.expected !== undefined && f.flavour === 'plain' && isOpen(use.result)) unify(use.result, call.expected);
  adaptLiterals(f, use);
  // Literals among the type arguments get their default types.
  use.args.forEach(settleParts);
  solveBounds(b.checker, f, use.args);
  return whenClosed(b, f, use, span, (instance) => build(instance, bound));
}

/**
 * `乘以(2.5, 2)` of a function without written types whose body computes with both: a whole literal beside a 浮点数 is one, too, as it
 * would be if the body stood at the call. (With a 整数 there the body could only be an error.)
 */
function adaptLiterals(f: FunctionSymbol, use: Use): void {
  const inferred = use.args.slice(f.template!.params.length).map(resolve);
  const isLiteral = (t: Type): boolean => t.kind === 'variable' && t.literal === 'int';
  const isFloat = (t: Type): boolean => t.kind === 'float' || t.kind === 'float32' || (t.kind === 'variable' && t.literal === 'float');
  if (f.decl.body === undefined || !inferred.some(isLiteral) || !inferred.some(isFloat)) return;
  const names = f.decl.params.filter((p) => p.type === undefined).map((p) => p.name.text);
  for (const operands of computedTogether(f.decl.body)) {
    const types = operands.map((name) => inferred[names.indexOf(name)]);
    const floating = types.find((t) => t !== undefined && isFloat(t));
    if (floating !== undefined) for (const t of types) if (t !== undefined && isLiteral(t)) unify(t, floating);
  }
}

/** A generic function as a value: its type arguments come from where the value goes. */
export function templateValue(
  b: Body, f: FunctionSymbol, span: ast.Span, expected: Type | undefined, explicit: readonly Type[] | undefined,
  build: (instance: FunctionSymbol) => hir.Expr,
): hir.Expr {
  const use = openTemplate(b, f, span);
  if (!explicitArgs(b, f, use, explicit, span)) return poison(span);
  const result = use.result ?? b.checker.fresh();
  const type: Type = { kind: 'func', params: use.symbol.params.map((p) => p.type), result };
  if (expected !== undefined) unify(type, expected);
  const node = placeholder(type, span);
  instantiateLater(b, f, use, span, (instance) => {
    const built = build(instance);
    if (!unify(type, built.type)) b.mismatch(span, type, built.type);
    fill(node, { ...built, type });
  }, () => giveUp(result));
  return node;
}

/** `名<整数>(…)`: gives the first type parameters their arguments. False after an error. */
function explicitArgs(b: Body, f: FunctionSymbol, use: Use, explicit: readonly Type[] | undefined, span: ast.Span): boolean {
  if (explicit === undefined) return true;
  const template = f.template!;
  const own = template.params.length - template.inherited;
  if (explicit.length !== own) {
    b.error('E3033', span, { 类型: f.shown, 期望: own, 实际: explicit.length });
    return false;
  }
  explicit.forEach((t, i) => unify(use.args[template.inherited + i]!, t));
  return true;
}

function whenClosed(b: Body, f: FunctionSymbol, use: Use, span: ast.Span, build: (instance: FunctionSymbol) => hir.Expr): hir.Expr {
  if (use.args.some(isPoison)) {
    b.failed = true;
    return poison(span);
  }
  if (!use.args.some(isOpen) || enclosingOpen(b.checker, f) !== undefined) {
    const instance = instanceOf(b, f, use.args, span);
    return instance === undefined ? poison(span) : build(instance);
  }
  const result = b.checker.fresh();
  const future = f.flavour === 'plain' && use.result !== undefined ? use.result : result;
  const node = placeholder(future, span);
  instantiateLater(b, f, use, span, (instance) => {
    const built = build(instance);
    if (isPoison(built.type)) giveUp(result);
    else if (!unify(future, built.type)) b.mismatch(span, future, built.type);
    fill(node, built);
  }, () => giveUp(future));
  return node;
}

function instantiateLater(
  b: Body, f: FunctionSymbol, use: Use, span: ast.Span, done: (instance: FunctionSymbol) => void, failed: () => void,
): void {
  b.checker.defer((force) => {
    solveBounds(b.checker, f, use.args);
    if (!force && use.args.some(isOpen)) return false;
    const instance = use.args.some(isPoison) ? undefined : instanceOf(b, f, use.args, span);
    if (instance === undefined) failed();
    else done(instance);
    return true;
  });
}

// ---------------------------------------------------------------- instances

/** The instance for these type arguments, with its result known if its body can say so now. */
function instanceOf(b: Body, f: FunctionSymbol, args: readonly Type[], span: ast.Span): FunctionSymbol | undefined {
  const { checker } = b;
  const template = f.template!;
  const key = args.some(isOpen) ? undefined : args.map((a) => typeKey(a, checker)).join(';');
  const known = key === undefined ? undefined : template.instances.get(key);
  if (!checkBounds(b, f, args, span)) return undefined;
  if (known !== undefined) {
    if (known.state === 'new' && isOpen(known.result)) checkFunction(checker, known);
    return known;
  }
  const parent = checker.context;
  const around = key === undefined ? enclosingOpen(checker, f) : undefined;
  if (around !== undefined) {
    args.forEach((a, i) => unify(a, around.args[i]!));
    return around.instance;
  }
  if (isEndless(f, parent)) {
    b.error('E3101', span, { 名称: f.shown, 过程: chainText(f, args, parent) }, {
      related: [{ span: f.span, file: f.file, label: { zh: `${f.shown} 在这里声明`, en: `${f.shown} is declared here` } }],
    });
    return undefined;
  }
  const context: Instantiation = { symbol: f, args, file: b.file, span, parent, instance: undefined };
  const instance = makeInstance(checker, f, args, context);
  if (key === undefined) context.instance = instance;
  template.used = true;
  if (key !== undefined) template.instances.set(key, instance);
  if (isOpen(instance.result) || key === undefined) checkFunction(checker, instance);
  return instance;
}

/** The instance with open arguments whose body is being checked: a recursive call with open arguments is of the same one. */
function enclosingOpen(checker: Checker, f: FunctionSymbol): Instantiation | undefined {
  for (let at = checker.context; at !== undefined; at = at.parent) if (at.symbol === f && at.instance !== undefined) return at;
  return undefined;
}

function makeInstance(checker: Checker, f: FunctionSymbol, args: readonly Type[], context: Instantiation | undefined): FunctionSymbol {
  const template = f.template!;
  const count = template.params.length;
  const around = checker.context;
  checker.context = context;
  const scope = templateScope(f, args.slice(0, count));
  const receiver = f.receiver === undefined ? undefined : { ...f.receiver, type: template.receiver?.(scope) ?? f.receiver.type };
  const instance = makeFunction(checker, { decl: f.decl, file: f.file, shown: f.shown, receiver, scope, inferred: args.slice(count), context });
  checker.context = around;
  return instance;
}

function isEndless(f: FunctionSymbol, parent: Instantiation | undefined): boolean {
  let same = 0;
  for (let at = parent; at !== undefined; at = at.parent) if (at.symbol === f && ++same >= MAX_CHAIN) return true;
  return false;
}

/** `甲<整数> → 甲<列表<整数>> → …`: how an endless chain begins. */
function chainText(f: FunctionSymbol, args: readonly Type[], parent: Instantiation | undefined): string {
  const steps = [instanceName(f, args)];
  for (let at = parent; at !== undefined; at = at.parent) steps.unshift(instanceName(at.symbol, at.args));
  return `${steps.slice(0, SHOWN_CHAIN).join(' → ')} → …`;
}

export function instanceName(f: FunctionSymbol, args: readonly Type[]): string {
  return `${f.shown}<${args.map(showShort).join(', ')}>`;
}

/** Which instance an error is about, to stand beside its place: the call that made it, and the one outside all generic functions that led there. */
export function instanceNotes(context: Instantiation): { span: ast.Span; file: SourceFile; label: Localized }[] {
  let outermost = context;
  // A generic function that nobody calls is checked for its own sake.
  while (outermost.parent !== undefined && outermost.parent.span !== outermost.parent.symbol.span) outermost = outermost.parent;
  return (outermost === context ? [context] : [context, outermost]).map(({ symbol, args, span, file }) => {
    const name = instanceName(symbol, args);
    return { span, file, label: { zh: `在这里用作 ${name}`, en: `used as ${name} here` } };
  });
}

/**
 * Checks the bodies of generic functions nobody used: names, and everything that does not depend on the
 * type parameters. What that adds to the program is taken away again.
 */
export function checkUnused(checker: Checker): void {
  for (const f of checker.templates) {
    if (f.template!.used || checker.isLibrary(f.file)) continue;
    checker.tentatively(() => {
      const args = [...f.template!.params.map(() => POISON), ...f.decl.params.filter((p) => p.type === undefined).map(() => checker.fresh())];
      const context: Instantiation = { symbol: f, args, file: f.file, span: f.span, parent: undefined, instance: undefined };
      const instance = makeInstance(checker, f, args, context);
      context.instance = instance;
      checkFunction(checker, instance);
    });
  }
}

export type { Template };
