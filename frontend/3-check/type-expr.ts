/**
 * type-expr.ts — written types to types.
 *
 * User types shadow built-in ones. Types of the language that this version lacks are refused by
 * name (E2900); the result is then POISON and nothing else is said about the values of that type.
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import { keywordNames } from '../2-parse/english.js';
import type { SourceFile } from '../source.js';
import {
  BOOL, BYTE, BYTES, CHAR, ERROR, FLOAT, FLOAT32, INT, INT128, INT32, PRIORITY_TYPE, RANGE, RESULT, STRING, UNIT, NATIVE_CLASS_PARTS, nativeType, showType, type PrimitiveType, type Type,
} from '../types.js';
import type { Checker } from './body.js';
import { constantLength } from './constants.js';
import { instantiateStruct, typeScope } from './generics.js';
import { builtinTraits } from './library.js';
import { BUILTIN_TRAITS, traitNamed, traitType } from './traits.js';
import { joinPathNames, reportByImports } from './imports.js';
import type { AliasSymbol, Scope } from './scope.js';
import { didYouMean, foreign, importFirst, libraryOfferings, nearest } from './suggest.js';
import { POISON, unify } from './unify.js';

const PRIMITIVES: ReadonlyMap<string, PrimitiveType> = new Map([
  ['短整数', INT32], ['字节', BYTE], ['长整数', INT128], ['单精度浮点', FLOAT32], ['字节串', BYTES], ['范围', RANGE],
  ['整数', INT], ['浮点数', FLOAT], ['布尔', BOOL], ['字符', CHAR], ['字符串', STRING], ['空', UNIT],
  ['错误', ERROR],
]);

/** Built-in types with parameters: how many are needed, and how many may be written. */
const CONSTRUCTORS: ReadonlyMap<string, { min: number; max: number; make(args: Type[]): Type }> = new Map([
  ['列表', { min: 1, max: 1, make: ([elem]: Type[]): Type => ({ kind: 'list', elem: elem! }) }],
  ['数组', { min: 1, max: 1, make: ([elem]: Type[]): Type => ({ kind: 'array', elem: elem!, length: undefined }) }],
  ['集合', { min: 1, max: 1, make: ([elem]: Type[]): Type => ({ kind: 'set', elem: elem! }) }],
  ['指针', { min: 1, max: 1, make: ([elem]: Type[]): Type => ({ kind: 'pointer', elem: elem! }) }],
  ['引用', { min: 1, max: 1, make: ([elem]: Type[]): Type => elem! }],
  ['可变引用', { min: 1, max: 1, make: ([elem]: Type[]): Type => elem! }],
  ['字典', { min: 2, max: 2, make: ([key, value]: Type[]): Type => ({ kind: 'dict', key: key!, value: value! }) }],
  ['选项', { min: 1, max: 1, make: ([elem]: Type[]): Type => ({ kind: 'option', elem: elem! }) }],
  ['未来', { min: 1, max: 1, make: ([value]: Type[]): Type => ({ kind: 'future', value: value! }) }],
  ['任务', { min: 1, max: 1, make: ([value]: Type[]): Type => ({ kind: 'task', value: value! }) }],
  ['通道', { min: 1, max: 1, make: ([elem]: Type[]): Type => ({ kind: 'channel', elem: elem! }) }],
  ['结果', { min: 2, max: 2, make: (args: Type[]): Type => ({ kind: 'enum', def: RESULT, args }) }],
  ['优先级', { min: 0, max: 0, make: (): Type => PRIORITY_TYPE }],
  ['元组', { min: 1, max: 255, make: (elems: Type[]): Type => ({ kind: 'tuple', elems }) }],
  ['协程', {
    min: 1, max: 3,
    make: ([yields, sends, result]: Type[]): Type => ({ kind: 'coroutine', yields: yields!, sends: sends ?? UNIT, result: result ?? UNIT }),
  }],
]);

const LATER_TYPES: ReadonlySet<string> = new Set([
  '定时器', '响应',
]);

export function isBuiltinType(name: string): boolean {
  return PRIMITIVES.has(name) || CONSTRUCTORS.has(name) || NATIVE_CLASS_PARTS.has(name);
}

/** A built-in type without parameters. */
export function isPrimitive(name: string): boolean {
  return PRIMITIVES.has(name);
}

export function isLaterType(name: string): boolean {
  return LATER_TYPES.has(name);
}

/** Whether a name means a type where it stands in `scope`. */
export function isTypeName(scope: Scope, name: string): boolean {
  const symbol = scope.lookupType(name);
  return isBuiltinType(name) || isLaterType(name)
    || symbol?.kind === 'struct' || symbol?.kind === 'alias' || symbol?.kind === 'typeParam' || symbol?.kind === 'trait' || BUILTIN_TRAITS.has(name) || symbol?.kind === 'poison';
}

/** A type without its arguments: `列表`, `点`. */
export function showHead(t: Type): string {
  return /^[^<([]*/.exec(showType(t))![0] || showType(t);
}

/** The type a type expression denotes; POISON after an error. */
export function typeOf(t: ast.TypeExpr, checker: Checker, scope: Scope, file: SourceFile): Type {
  switch (t.kind) {
    case 'ErrorType': return POISON;
    case 'ListType': return { kind: 'list', elem: typeOf(t.element, checker, scope, file) };
    case 'ArrayType': {
      const elem = typeOf(t.element, checker, scope, file);
      const length = constantLength(t.length, checker, scope, file);
      return length === undefined ? POISON : { kind: 'array', elem, length };
    }
    case 'TupleType':
      if (t.elements.length === 0) return UNIT;
      return { kind: 'tuple', elems: t.elements.map((e) => typeOf(e, checker, scope, file)) };
    case 'FunctionType':
      return {
        kind: 'func',
        params: t.params.map((p) => typeOf(p, checker, scope, file)),
        result: t.result === undefined ? UNIT : typeOf(t.result, checker, scope, file),
      };
    case 'NamedType': return namedType(t, checker, scope, file);
  }
}

function namedType(t: ast.NamedType, checker: Checker, scope: Scope, file: SourceFile): Type {
  const path = joinPathNames(scope, t.path);
  if (path !== t.path) t = { ...t, path };
  const first = t.path[0]!;
  const symbol = scope.lookupType(first.text);
  if (t.path.length > 1) {
    if (symbol === undefined) unknownModule(checker, file, first);
    else if (symbol.kind !== 'poison') checker.error('E3034', file, t.span, { 名称: t.path.map((n) => n.text).join('.') });
    return POISON;
  }
  const name = first.text;
  if (symbol !== undefined) {
    switch (symbol.kind) {
      case 'poison': return POISON;
      case 'trait': {
        const use = traitNamed(checker, t, scope, file);
        return use === undefined ? POISON : traitType(use);
      }
      case 'typeParam': return arity(t, name, 0, 0, checker, file) ? symbol.type : POISON;
      case 'struct': {
        const count = symbol.decl.typeParams.length;
        if (!arity(t, name, count, count, checker, file)) return POISON;
        if (count === 0) return symbol.type;
        return instantiateStruct(checker, symbol, t.args.map((a) => typeOf(a, checker, scope, file)), file, t.span);
      }
      case 'enum': {
        const count = symbol.def.params.length;
        if (!arity(t, name, count, count, checker, file)) return POISON;
        return count === 0 ? symbol.type : { kind: 'enum', def: symbol.def, args: t.args.map((a) => typeOf(a, checker, scope, file)) };
      }
      case 'alias': {
        const params = symbol.decl.typeParams;
        if (!arity(t, name, params.length, params.length, checker, file)) return POISON;
        return params.length === 0 ? aliasType(symbol, checker) : aliasInstance(symbol, checker, t.args.map((a) => typeOf(a, checker, scope, file)));
      }
      default:
        if (!isBuiltinType(name) && !LATER_TYPES.has(name)) {
          checker.error('E3034', file, first.span, { 名称: name }, {
            related: [{ span: symbol.span, file: symbol.file, label: { zh: `${name} 在这里定义`, en: `${name} is defined here` } }],
          });
          return POISON;
        }
        // A function or variable named like a built-in type does not hide the type.
    }
  }
  if (symbol === undefined && BUILTIN_TRAITS.has(name) && !PRIMITIVES.has(name)) return traitType(traitNamed(checker, t, scope, file) ?? { trait: builtinTraits(checker).get(name)!, args: [] });
  const primitive = PRIMITIVES.get(name);
  if (primitive !== undefined) return arity(t, name, 0, 0, checker, file) ? primitive : POISON;
  const constructor = CONSTRUCTORS.get(name);
  if (constructor !== undefined) {
    if (!arity(t, name, constructor.min, constructor.max, checker, file)) return POISON;
    const made = constructor.make(t.args.map((a) => typeOf(a, checker, scope, file)));
    if (name === '字典' && made.kind === 'dict') checker.require(made.key, 'hashable', file, t.args[0]!.span);
    if (name === '集合' && made.kind === 'set') checker.require(made.elem, 'hashable', file, t.args[0]!.span);
    return made;
  }
  const parts = NATIVE_CLASS_PARTS.get(name);
  if (parts !== undefined) {
    if (!arity(t, name, parts, parts, checker, file)) return POISON;
    const args = t.args.map((a) => typeOf(a, checker, scope, file));
    if (name === '原子' && !unify(args[0]!, INT)) {
      checker.error('E3001', file, t.args[0]!.span, { 期望: '整数', 实际: showType(args[0]!) }, {
        hint: { zh: '原子 里只能是 整数', en: 'an 原子 holds an 整数' },
      });
      return POISON;
    }
    return nativeType(name, args)!;
  }
  if (LATER_TYPES.has(name)) {
    checker.unsupported(file, t.span, `类型 ${name}`, `type ${name}`);
    return POISON;
  }
  if (reportByImports(checker, file, name, first.span)) return POISON;
  if (!checker.firstUnknownType(file, name)) return POISON;
  const near = nearest(name, [...scope.visible(), ...PRIMITIVES.keys(), ...CONSTRUCTORS.keys(), ...NATIVE_CLASS_PARTS.keys(), ...keywordNames()]);
  const module = libraryOfferings('type').get(name);
  const hint = foreign(name) ?? (module !== undefined ? importFirst(name, module) : near !== undefined ? didYouMean(near) : undefined);
  checker.error('E3002', file, first.span, { 名称: name }, hint === undefined ? {} : { hint });
  return POISON;
}

/** `导入 汇总 { 和 }` and then 汇总.和. */
export function selectedOnly(checker: Checker, file: SourceFile, name: string): Localized | undefined {
  const path = checker.names.fileOf(file).selectsFrom(name);
  if (path === undefined) return undefined;
  return { zh: `导入 ${path} { … } 只带入列出的名称：直接写那个名称，或改写 导入 ${path}`, en: `导入 ${path} { … } brings only the names it lists: write the name alone, or 导入 ${path}` };
}

/** E3002 for the first name of `工具.点` when nothing of that name is imported. */
export function unknownModule(checker: Checker, file: SourceFile, name: ast.Name): void {
  checker.error('E3002', file, name.span, { 名称: name.text }, {
    hint: selectedOnly(checker, file, name.text) ?? { zh: `${name.text} 若是模块，要先导入：导入 ${name.text};`, en: `if ${name.text} is a module, import it first: 导入 ${name.text};` },
  });
}

/** Resolves an alias once; a definition by itself is an error. */
export function aliasType(symbol: AliasSymbol, checker: Checker): Type {
  if (symbol.type !== undefined) return symbol.type;
  if (symbol.resolving) {
    checker.error('E3032', symbol.file, symbol.span, { 名称: symbol.name });
    return (symbol.type = POISON);
  }
  return (symbol.type ??= aliasInstance(symbol, checker, symbol.decl.typeParams.map(() => POISON)));
}

/** What a generic alias means for these arguments. */
function aliasInstance(symbol: AliasSymbol, checker: Checker, args: readonly Type[]): Type {
  if (symbol.resolving) {
    checker.error('E3032', symbol.file, symbol.span, { 名称: symbol.name });
    return POISON;
  }
  symbol.resolving = true;
  const params = symbol.decl.typeParams;
  const outer = checker.scopeOf(symbol.file);
  const scope = params.length === 0 ? outer : typeScope(outer, params.map((p) => p.name), args, symbol.file);
  const type = typeOf(symbol.decl.type, checker, scope, symbol.file);
  symbol.resolving = false;
  return type;
}

function arity(t: ast.NamedType, name: string, min: number, max: number, checker: Checker, file: SourceFile): boolean {
  if (t.args.length >= min && t.args.length <= max) return true;
  checker.error('E3033', file, t.span, { 类型: name, 期望: min === max ? min : `${min}–${max}`, 实际: t.args.length });
  return false;
}
