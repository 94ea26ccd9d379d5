/**
 * declare.ts — pass 1 and 2: enters every top-level name, then resolves the types they are written with.
 *
 * Order does not matter to programs, so all names exist before the first type is read, and all types
 * before the first body is checked. The files of a package share its scope.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import type { Localized } from '../diagnostics.js';
import type { SourceFile } from '../source.js';
import { BOOL, FLOAT, INT, STRING, UNIT, mapType, sameType, showType, type EnumDef, type StructDef, type Type, type VariantDef } from '../types.js';
import { extensionKey, methodTable } from './builtins.js';
import type { Checker } from './body.js';
import { makeFunction, makeTemplate } from './function-symbol.js';
import { instantiateStruct, structSymbol, typeScope } from './generics.js';
import { areApart, methodsNamed } from './method-choice.js';
import type { EnumSymbol, FunctionSymbol, MethodTable, ReceiverInfo, TraitSymbol, Scope, StructSymbol, Symbol, TypeParamSymbol } from './scope.js';
import { didYouMean, nearest } from './suggest.js';
import { SELF_TYPE, makeTrait, traitNamed, traitScope, type TraitUse } from './traits.js';
import { aliasType, isTypeName, showHead, typeOf } from './type-expr.js';
import { isErrorField } from './infer-try.js';
import { POISON, unify } from './unify.js';

/** Names of the entry function, the canonical one first. */
export const ENTRY_NAMES: readonly string[] = ['入口', '主', '主函数', '主程序', '主程序入口'];

const RECEIVER_NAMES: readonly string[] = ['自身', '自己', '本体'];

/** Enters all names of a file. Functions and methods are entered by `declareFunctions`, which needs the types. */
export function declareNames(checker: Checker, unit: ast.SourceUnit): void {
  const { file } = unit;
  for (const item of unit.items) {
    switch (item.kind) {
      case 'StructDecl': {
        const def: StructDef = { name: item.name.text, span: item.name.span, file, fields: [], isTuple: item.isTuple };
        const symbol: StructSymbol = {
          kind: 'struct', name: def.name, span: def.span, file, decl: item, def, type: { kind: 'struct', def }, methods: new Map(), statics: new Map(),
        };
        checker.structs.set(def, symbol);
        enter(checker, item.name, symbol);
        break;
      }
      case 'TypeAliasDecl':
        enter(checker, item.name, {
          kind: 'alias', name: item.name.text, span: item.name.span, file, decl: item, type: undefined, resolving: false,
        });
        break;
      case 'EnumDecl':
        declareEnum(checker, item, file);
        break;
      case 'TraitDecl':
        enter(checker, item.name, makeTrait(checker, item, file, false));
        break;
      case 'VarDecl':
        if (item.mutability === 'constant') declareConstants(checker, item, file);
        break;
    }
  }
}

/** The type parameters of an enum as its payloads mention them. */
function paramTypes(item: ast.EnumDecl): Type[] {
  return item.typeParams.map((p, index) => ({ kind: 'param', index, name: p.name.text }));
}

function declareEnum(checker: Checker, item: ast.EnumDecl, file: SourceFile): void {
  const { name } = item;
  // The shape now, because it says whether values are references; types of payloads follow in resolveEnums.
  const shape = item.variants.map((v): VariantDef => ({
    name: v.name.text, span: v.name.span, first: 0, fields: v.payload.map((p) => ({ name: p.name?.text, type: POISON })),
  }));
  const def: EnumDef = { name: name.text, span: name.span, file, params: item.typeParams.map((p) => p.name.text), variants: shape };
  const args = paramTypes(item);
  const symbol: EnumSymbol = {
    kind: 'enum', name: def.name, span: def.span, file, decl: item, def, type: { kind: 'enum', def, args }, methods: new Map(), statics: new Map(),
  };
  checker.enums.set(def, symbol);
  enter(checker, name, symbol);
  if (item.variants.length === 0) checker.error('E3057', file, name.span, { 名称: name.text });
  const seen = new Map<string, ast.Span>();
  for (const v of item.variants) {
    const first = seen.get(v.name.text);
    if (first !== undefined) duplicate(checker, v.name, { span: first, file }, file);
    else {
      const others = checker.variants.get(v.name.text);
      if (others === undefined) checker.variants.set(v.name.text, [symbol]);
      else others.push(symbol);
    }
    seen.set(v.name.text, v.name.span);
  }
}

function duplicate(checker: Checker, name: ast.Name, first: { span: ast.Span; file: SourceFile }, file: SourceFile): void {
  checker.error('E3003', file, name.span, { 名称: name.text }, {
    related: [{ ...first, label: { zh: '先前在这里定义', en: 'first defined here' } }],
  });
}

function enter(checker: Checker, name: ast.Name, symbol: Symbol): void {
  const existing = checker.packageOf(symbol.file).own(name.text);
  if (existing === undefined) checker.packageOf(symbol.file).declare(name.text, symbol);
  else if (existing.kind !== 'poison') {
    // Kinds of declarations are entered one after the other: the first in the source is the definition.
    const swapped = existing.file === symbol.file && existing.span.start > name.span.start;
    const [first, second] = swapped ? [{ span: name.span, file: symbol.file }, existing] : [existing, { span: name.span, file: symbol.file }];
    if (swapped) checker.packageOf(symbol.file).declare(name.text, symbol);
    checker.error('E3003', second.file, second.span, { 名称: name.text }, {
      related: [{ span: first.span, file: first.file, label: { zh: '先前在这里定义', en: 'first defined here' } }],
    });
  }
}

function declareConstants(checker: Checker, d: ast.VarDecl, file: SourceFile): void {
  for (const [i, binding] of d.bindings.entries()) {
    const value = d.values[i];
    if (value === undefined || d.shape !== undefined || d.values.length !== d.bindings.length) {
      checker.error('E3023', file, binding.span, { 名称: binding.name.text });
      checker.packageOf(file).declare(binding.name.text, { kind: 'poison', span: binding.name.span, file });
      continue;
    }
    const symbol = {
      kind: 'const' as const, name: binding.name.text, span: binding.name.span, file, decl: value, written: binding.type,
      scope: checker.scopeOf(file), value: undefined, evaluating: false, reads: 0,
    };
    checker.constants.push(symbol);
    enter(checker, binding.name, symbol);
  }
}

/** Resolves the fields of all structs and all aliases. */
export function resolveTypes(checker: Checker): void {
  for (const s of checker.structs.values()) {
    const seen = new Map<string, ast.Span>();
    // Of a generic struct, the parameters stand for any type here: unknown names are found once.
    const scope = anyScope(checker, s.decl.typeParams, s.file);
    s.def.fields = s.decl.fields.map((f) => {
      const first = seen.get(f.name.text);
      if (first !== undefined) {
        checker.error('E3003', s.file, f.name.span, { 名称: f.name.text }, {
          related: [{ span: first, file: s.file, label: { zh: '先前在这里定义', en: 'first defined here' } }],
        });
      }
      seen.set(f.name.text, f.name.span);
      return { name: f.name.text, type: typeOf(f.type, checker, scope, s.file), span: f.name.span };
    });
  }
}

/** What code of a file sees, and type parameters that stand for any type. */
function anyScope(checker: Checker, params: readonly ast.TypeParam[], file: SourceFile, outer = checker.scopeOf(file)): Scope {
  if (params.length === 0) return outer;
  const seen = new Map<string, ast.Span>();
  for (const { name } of params) {
    const first = seen.get(name.text);
    if (first !== undefined) {
      checker.error('E3003', file, name.span, { 名称: name.text }, {
        related: [{ span: first, file, label: { zh: '先前在这里定义', en: 'first defined here' } }],
      });
    }
    seen.set(name.text, name.span);
  }
  return typeScope(outer, params.map((p) => p.name), params.map(() => POISON), file);
}

/** The most values one variant can carry: the machine counts them in a byte. */
const MAX_PAYLOAD = 255;

/** Resolves the payloads of all enums. Types of other enums need only their names. */
export function resolveEnums(checker: Checker): void {
  for (const { def, decl, file } of checker.enums.values()) {
    let first = 0;
    const outer = checker.scopeOf(file);
    const scope = decl.typeParams.length === 0 ? outer : typeScope(outer, decl.typeParams.map((p) => p.name), paramTypes(decl), file);
    const variants = decl.variants.map((v): VariantDef => {
      const fields = v.payload.map((p) => ({ name: p.name?.text, type: typeOf(p.type, checker, scope, file) }));
      if (fields.length > MAX_PAYLOAD) checker.error('E9006', file, v.span, { 对象: { zh: '个变体的值', en: 'values of a variant' }, 上限: MAX_PAYLOAD });
      const variant = { name: v.name.text, span: v.name.span, fields, first };
      first += fields.length;
      return variant;
    });
    def.variants = variants;
  }
  checker.payloadsKnown = true;
}

/** Resolves aliases nobody used, so that their errors are found. */
export function resolveAliases(checker: Checker, unit: ast.SourceUnit): void {
  for (const item of unit.items) {
    if (item.kind !== 'TypeAliasDecl') continue;
    const symbol = checker.packageOf(unit.file).own(item.name.text);
    if (symbol?.kind === 'alias') aliasType(symbol, checker);
  }
}

/** Enters the package variables of a file: declared ones, and those that a top-level assignment declares. */
export function declareGlobals(checker: Checker, unit: ast.SourceUnit): void {
  const { file } = unit;
  const add = (name: ast.Name, type: Type, immutable: boolean): void => {
    if (name.text === '_') return;
    const global: hir.Global = { index: checker.globals.length, name: name.text, type, span: name.span };
    const symbol = { kind: 'global' as const, name: name.text, global, span: name.span, file, immutable };
    if (checker.packageOf(file).own(name.text) === undefined) checker.globals.push(symbol);
    enter(checker, name, symbol);
  };
  for (const item of unit.items) {
    if (item.kind === 'VarDecl' && item.mutability !== 'constant') {
      for (const [i, binding] of item.bindings.entries()) {
        const type = binding.type === undefined
          ? literalType(item.shape === undefined && item.values.length === item.bindings.length ? item.values[i] : undefined) ?? checker.fresh()
          : typeOf(binding.type, checker, checker.scopeOf(file), file);
        add(binding.name, type, item.mutability === 'immutable');
      }
    } else if (item.kind === 'AssignStmt' && item.op === undefined) {
      for (const [i, target] of item.targets.entries()) {
        if (target.kind !== 'NameExpr' || checker.packageOf(file).own(target.name) !== undefined || checker.names.fileOf(file).bindsItem(target.name)) continue;
        const value = item.shape === undefined && item.values.length === item.targets.length ? item.values[i] : undefined;
        add({ kind: 'Name', text: target.name, span: target.span }, literalType(value) ?? checker.fresh(), false);
      }
    }
  }
}

/** The type of a variable whose initialiser shows it: functions that use it need not wait. */
function literalType(e: ast.Expr | undefined): Type | undefined {
  switch (e?.kind) {
    case 'IntLiteral': return INT;
    case 'FloatLiteral': return FLOAT;
    case 'BoolLiteral': return BOOL;
    case 'StringLiteral': case 'InterpolatedString': return STRING;
    default: return undefined;
  }
}

/** Enters functions and methods with the types of their parameters and results; an entry that does not count is left out. */
export function declareFunctions(checker: Checker, unit: ast.SourceUnit, ignoresEntry: boolean): void {
  for (const item of unit.items) {
    if (ignoresEntry && item.kind === 'FunctionDecl' && item.receiver === undefined && ENTRY_NAMES.includes(item.name.text)) continue;
    if (item.kind === 'FunctionDecl') declareFunction(checker, item, unit.file);
    else if (item.kind === 'ImplDecl') declareImpl(checker, item, unit.file);
  }
}

function declareImpl(checker: Checker, d: ast.ImplDecl, file: SourceFile): void {
  const target = ownerOf(checker, d.target, d.typeParams, file);
  const named = (scope: Scope): TraitUse | undefined => traitNamed(checker, d.trait!, scope, file);
  const trait = d.trait === undefined || target === undefined ? undefined : named(anyScope(checker, target.params, file));
  if (target === undefined || (d.trait !== undefined && trait === undefined)) return;
  // Read anew for the arguments of each instance of the type.
  const traitArgs = (scope: Scope): readonly Type[] => (trait!.args.length === 0 ? [] : named(target.scope(scope))!.args);
  const owner: Owner = trait === undefined ? target : { ...target, trait: { symbol: trait.trait, args: traitArgs } };
  if (trait !== undefined && !enterImplementation(checker, d, trait, owner, file)) return;
  for (const method of d.methods) {
    const receiver: ReceiverInfo | undefined = method.isStatic ? undefined
      : { names: RECEIVER_NAMES, type: owner.type, span: d.target.span, mutable: true };
    addMethod(checker, owner, method, receiver, file, false);
  }
  if (trait !== undefined) takeDefaults(checker, d, trait, owner, file);
}

/** Notes that a type implements a trait. False after an error that makes its methods useless. */
function enterImplementation(checker: Checker, d: ast.ImplDecl, { trait }: TraitUse, owner: Owner, file: SourceFile): boolean {
  if (trait.builtin && trait.name === '可哈希') {
    checker.error('E3109', file, d.trait!.span);
    return false;
  }
  if (trait.builtin && trait.name === '错误' && owner.type.kind !== 'struct' && owner.type.kind !== 'enum') {
    checker.error('E3111', file, d.target.span, { 类型: owner.name });
    return false;
  }
  const earlier = checker.implementations.of(trait, owner.type).find((i) => sameType(i.type, owner.type));
  if (earlier !== undefined) {
    checker.error('E3107', file, d.target.span, { 类型: owner.name, 特性: trait.name }, {
      related: [{ span: earlier.span, file: earlier.file, label: { zh: '先前在这里实现', en: 'first implemented here' } }],
    });
    return false;
  }
  const open = (): { type: Type; args: readonly Type[] } => {
    const scope = typeScope(checker.scopeOf(file), owner.params.map((p) => p.name), owner.params.map(() => checker.fresh()), file);
    return { type: owner.receiver(scope), args: owner.trait!.args(scope) };
  };
  checker.implementations.add({ trait, type: owner.type, open, span: d.target.span, file });
  for (const method of d.methods) {
    if (trait.methods.has(method.name.text)) continue;
    const near = nearest(method.name.text, trait.methods.keys());
    checker.error('E3106', file, method.name.span, { 特性: trait.name, 名称: method.name.text }, { hint: near !== undefined ? didYouMean(near) : { zh: `它的方法有 ${[...trait.methods.keys()].join('、')}；别的方法写在 方法 类型 { … } 里`, en: `it has ${[...trait.methods.keys()].join(', ')}; other methods stand in 方法 Type { … }` } });
  }
  return true;
}

/** Gives the type the defaults it does not override, and checks the methods it has against the trait. */
function takeDefaults(checker: Checker, d: ast.ImplDecl, use: TraitUse, owner: Owner, file: SourceFile): void {
  const { trait } = use;
  const receiver = { names: RECEIVER_NAMES, type: owner.type, span: d.target.span, mutable: true };
  const scope = traitScope(checker.scopeOf(trait.file), use, owner.type);
  for (const [name, decl] of trait.methods) {
    const own = d.methods.find((m) => m.name.text === name);
    if (own === undefined) {
      // A field may stand for a method of 错误.
      if (trait.builtin && owner.type.kind === 'struct' && owner.type.def.fields.some((f) => f.name === name && isErrorField(name, f.type))) continue;
      if (decl.body !== undefined) addMethod(checker, owner, decl, receiver, trait.file, true);
      else if (!d.methods.some((m) => !trait.methods.has(m.name.text))) {
        checker.lacking.add(decl.name);
        checker.error('E3104', file, d.target.span, { 类型: owner.name, 特性: trait.name, 名称: name }, {
          related: [{ span: decl.name.span, file: trait.file, label: { zh: `${name} 在这里声明`, en: `${name} is declared here` } }],
        });
      }
      continue;
    }
    const named = owner.methods.methods.get(name);
    const f = named === undefined ? undefined : methodsNamed(named).find((m) => m.decl === own);
    if (f === undefined || decl.typeParams.length > 0) continue;
    const wanted = decl.params.map((p) => (p.type === undefined ? POISON : typeOf(p.type, checker, scope, trait.file)));
    const result = decl.result === undefined ? (decl.body !== undefined || trait.builtin ? POISON : UNIT) : typeOf(decl.result, checker, scope, trait.file);
    const found = f.params.map((p) => (p.written ? p.type : POISON));
    // A result that is not written is the trait's.
    if (own.result === undefined && f.template === undefined) unify(f.result, result);
    const foundResult = f.template === undefined || own.result !== undefined ? f.result : POISON;
    if (wanted.length === found.length && wanted.every((t, i) => unify(t, found[i]!)) && unify(result, foundResult)) continue;
    const shown = (params: readonly Type[], r: Type): string => showType({ kind: 'func', params, result: r });
    checker.error('E3105', file, own.name.span, { 名称: name, 特性: trait.name, 期望: shown(wanted, result), 实际: shown(found, foundResult) }, {
      related: [{ span: decl.name.span, file: trait.file, label: { zh: `${name} 在这里声明`, en: `${name} is declared here` } }],
    });
  }
}

/** The type that methods are declared for, and its type parameters as the methods name them. */
interface Owner {
  readonly methods: MethodTable;
  readonly name: string;
  /** POISON in the place of parameters. */
  readonly type: Type;
  readonly params: readonly ast.TypeParam[];
  readonly receiver: (scope: Scope) => Type;
  /** What the file of the declaration sees, with the parameters as they are in a scope. */
  readonly scope: (scope: Scope) => Scope;
  /** When its methods implement a trait: that, and its arguments for the parameters in a scope. */
  readonly trait?: { readonly symbol: TraitSymbol; readonly args: (scope: Scope) => readonly Type[] };
}

/**
 * What `方法 栈<T> { … }` and the like are methods of; undefined after an error. Names among the type
 * arguments that are no types are the parameters; a generic type without arguments has those of its declaration.
 */
function ownerOf(checker: Checker, t: ast.TypeExpr, written: readonly ast.TypeParam[], file: SourceFile): Owner | undefined {
  const outer = checker.scopeOf(file);
  const params = [...written];
  const named = t.kind === 'NamedType' && t.path.length === 1 ? t : undefined;
  if (written.length === 0) {
    for (const arg of named?.args ?? []) {
      if (arg.kind !== 'NamedType' || arg.args.length > 0 || arg.path.length > 1 || isTypeName(outer, arg.path[0]!.text)) continue;
      params.push({ kind: 'TypeParam', span: arg.span, name: arg.path[0]!, bounds: [] });
    }
  }
  const symbol = named === undefined ? undefined : outer.lookupType(named.path[0]!.text);
  // Read here, not where the method stands: a default method's file may not know this type.
  const argument = (scope: Scope, name: string): Type => (scope.lookupType(name) as TypeParamSymbol).type;
  const here = (scope: Scope): Scope =>
    (params.length === 0 ? outer : typeScope(outer, params.map((p) => p.name), params.map((p) => argument(scope, p.name.text)), file));
  let receiver = (scope: Scope): Type => typeOf(t, checker, here(scope), file);
  if ((symbol?.kind === 'struct' || symbol?.kind === 'enum') && symbol.decl.typeParams.length > 0 && named!.args.length === 0) {
    params.push(...symbol.decl.typeParams);
    receiver = (scope) => {
      const args = symbol.decl.typeParams.map((p) => argument(scope, p.name.text));
      return symbol.kind === 'enum' ? { kind: 'enum', def: symbol.def, args } : instantiateStruct(checker, symbol, args, file, t.span);
    };
  }
  const type = receiver(anyScope(checker, params, file));
  if (type.kind === 'struct') {
    const owner = structSymbol(checker, type);
    return { methods: owner, name: owner.name, type, params, receiver, scope: here };
  }
  const ofEnum = type.kind === 'enum' ? checker.enums.get(type.def) : undefined;
  if (ofEnum !== undefined) return { methods: ofEnum, name: ofEnum.name, type, params, receiver, scope: here };
  if (type.kind === 'variable') return undefined;
  const inLibrary = checker.isLibrary(file);
  return { methods: checker.extensionsOf(inLibrary ? methodTable(type) : extensionKey(type), inLibrary), name: showHead(type), type, params, receiver, scope: here };
}

function addMethod(checker: Checker, owner: Owner, d: ast.FunctionDecl, receiver: ReceiverInfo | undefined, file: SourceFile, isDefault: boolean): void {
  const f = functionSymbol(checker, d, file, `${owner.name}.${d.name.text}`, receiver, owner, isDefault);
  if (f === undefined) return;
  const { methods, statics } = owner.methods;
  const table = receiver === undefined ? statics : methods;
  const existing = methods.get(d.name.text) ?? statics.get(d.name.text);
  if (existing !== undefined) {
    const clashing = methodsNamed(existing).find((m) => receiver === undefined || m.receiver === undefined || !areApart(m.receiver.type, receiver.type));
    if (clashing === undefined) {
      (existing.alternatives ??= []).push(f);
      return;
    }
    checker.error('E3003', file, d.name.span, { 名称: f.shown }, {
      related: [{ span: clashing.span, file: clashing.file, label: { zh: '先前在这里定义', en: 'first defined here' } }],
      ...clashHint(owner.type, clashing, receiver),
    });
    return;
  }
  const named: { span: ast.Span } | undefined = owner.type.kind === 'struct' ? owner.type.def.fields.find((x) => x.name === d.name.text)
    : owner.type.kind === 'enum' && receiver === undefined ? owner.type.def.variants.find((x) => x.name === d.name.text) : undefined;
  const place = owner.type.kind === 'struct' || owner.type.kind === 'enum' ? owner.type.def.file : undefined;
  if (named !== undefined && place !== undefined) {
    checker.error('E3003', file, d.name.span, { 名称: f.shown }, {
      related: [{ span: named.span, file: place, label: owner.type.kind === 'struct'
        ? { zh: '同名的字段在这里', en: 'the field of that name is here' } : { zh: '同名的变体在这里', en: 'the variant of that name is here' } }],
    });
  }
  table.set(d.name.text, f);
}

/** Why two methods for different instances of a generic type cannot have one name. */
function clashHint(type: Type, earlier: FunctionSymbol, receiver: ReceiverInfo | undefined): { hint?: Localized } {
  if (receiver !== undefined && earlier.receiver !== undefined) {
    if (sameType(earlier.receiver.type, receiver.type)) return {};
    const [a, b] = [showType(earlier.receiver.type), showType(receiver.type)];
    return { hint: { zh: `${a} 与 ${b} 有共同的值：同名的方法只能属于没有共同值的实例`, en: `${a} and ${b} have values in common: methods of one name belong to instances that have none` } };
  }
  let parts = 0;
  mapType(type, () => void parts++);
  return receiver !== earlier.receiver || parts === 1 ? {} : { hint: { zh: '静态函数不按实例分开：换一个名字', en: 'static functions are not told apart by instances: choose another name' } };
}

function declareFunction(checker: Checker, d: ast.FunctionDecl, file: SourceFile): void {
  if (d.receiver !== undefined) {
    const owner = ownerOf(checker, d.receiver.type, [], file);
    if (owner === undefined) return;
    const { name, mutable } = d.receiver;
    addMethod(checker, owner, d, { names: [name.text], type: owner.type, span: name.span, mutable }, file, false);
    return;
  }
  const f = functionSymbol(checker, d, file, d.name.text, undefined, undefined);
  if (f === undefined) checker.packageOf(file).declare(d.name.text, { kind: 'poison', span: d.name.span, file });
  else enter(checker, d.name, f);
}

/** Undefined when the declaration is of a kind this version refuses (reported). */
function functionSymbol(
  checker: Checker, d: ast.FunctionDecl, file: SourceFile, shown: string, receiver: ReceiverInfo | undefined, owner: Owner | undefined, isDefault = false,
): FunctionSymbol | undefined {
  // The parser has reported it (E2019).
  if (d.body === undefined) return undefined;
  const inherited = owner?.params ?? [];
  const params = [...inherited, ...d.typeParams.filter((p) => !inherited.some((q) => q.name.text === p.name.text))];
  const trait = owner?.trait;
  // The trait's own parameters are names of its code, so only its defaults see them.
  const inner = trait === undefined ? undefined : (scope: Scope): Scope =>
    (isDefault ? traitScope(scope, { trait: trait.symbol, args: trait.args(scope) }, owner!.receiver(scope)) : typeScope(scope, [SELF_TYPE], [owner!.receiver(scope)], file));
  const outer = checker.scopeOf(file);
  const within = (scope: Scope): Scope => (inner === undefined ? scope : inner(scope));
  if (params.length === 0 && d.params.every((p) => p.type !== undefined)) return makeFunction(checker, { decl: d, file, shown, receiver, scope: within(outer) });
  return makeTemplate(checker, { decl: d, file, shown, receiver, scope: within(anyScope(checker, params, file, outer)) }, {
    params, inherited: inherited.length, outer, inner, receiver: owner?.receiver, instances: new Map(), used: false,
  });
}
