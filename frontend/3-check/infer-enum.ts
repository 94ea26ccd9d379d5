/**
 * infer-enum.ts — values of enums: `颜色::红`, `颜色.红`, `成功(1)`, and tests on them.
 *
 * A variant may be written without its enum where the expected type is an enum that has it, or where
 * exactly one enum of the program does; names of the user's own and built-in functions come first.
 * Invariant: an instance of a generic enum takes its type arguments from the expected type if that is
 * the same enum, else fresh variables.
 */
import type * as ast from '../ast.js';
import type { DiagnosticDetails } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { BOOL, INT, OWN_ENUMS, PRIORITY_TYPE, RESULT, payloadOf, resolve, showType, type EnumDef, type EnumType, type Type } from '../types.js';
import { argsOf, bindArgs, callHint, inferArgs, type Parameter, withPrelude } from './arguments.js';
import { poison, type Body } from './body.js';
import { callingClosure, expectedFunction, functionValue } from './function-values.js';
import type { EnumSymbol } from './scope.js';
import { didYouMean, nearest } from './suggest.js';
import { methodsOf } from './traits.js';
import { aliasType } from './type-expr.js';

/** The enum a name denotes, through aliases; 结果 and 优先级 are the language's own. */
export function enumNamed(b: Body, name: string): EnumType | undefined {
  const symbol = b.scope.lookup(name);
  if (symbol === undefined) {
    const own = OWN_ENUMS.find((def) => def.name === name);
    return own === undefined ? undefined : openInstance(b, own);
  }
  if (symbol.kind === 'enum') return openInstance(b, symbol.def);
  if (symbol.kind !== 'alias') return undefined;
  const type = resolve(aliasType(symbol, b.checker));
  return type.kind === 'enum' ? type : undefined;
}

/** `t.优先级`: the runtime gives the tag. */
export function priorityOf(task: hir.Expr, span: ast.Span): hir.Expr {
  const tag: hir.Expr = { kind: 'callNative', native: 'task_priority', args: [task], type: INT, span };
  return { kind: 'convert', op: 'intToInt', operand: tag, type: PRIORITY_TYPE, span };
}

function openInstance(b: Body, def: EnumDef): EnumType {
  return { kind: 'enum', def, args: def.params.map(() => b.checker.fresh()) };
}

/** An instance of `def`: the expected one if that fits. */
export function instance(b: Body, def: EnumDef, expected: Type | undefined): EnumType {
  const want = expected === undefined ? undefined : resolve(expected);
  return want?.kind === 'enum' && want.def === def ? want : openInstance(b, def);
}

export function variantIndex(def: EnumDef, name: string): number {
  return def.variants.findIndex((v) => v.name === name);
}

/** The enums visible here that have a variant of this name. */
export function variantOwners(b: Body, name: string): readonly EnumSymbol[] {
  return (b.checker.variants.get(name) ?? []).filter((owner) => b.scope.lookup(owner.name) === owner);
}

export function variantHint(def: EnumDef): DiagnosticDetails {
  const name = def.variants[0]?.name;
  if (name === undefined) return {};
  return { hint: { zh: `写出变体，例如 ${def.name}::${name}`, en: `name a variant, for example ${def.name}::${name}` } };
}

/** E3051, with the name that may have been meant. */
export function unknownVariant(b: Body, def: EnumDef, name: ast.Name): void {
  const names = def.variants.map((v) => v.name);
  const near = nearest(name.text, names);
  b.error('E3051', name.span, { 类型: def.name, 名称: name.text, 变体: names.join('、') }, {
    ...(near === undefined ? {} : { hint: didYouMean(near) }),
    ...(def.file === undefined ? {} : { related: [{ span: def.span, file: def.file, label: { zh: `${def.name} 在这里定义`, en: `${def.name} is defined here` } }] }),
  });
}

/** `颜色::红` that is not called. */
export function variantPath(b: Body, type: EnumType, name: ast.Name, span: ast.Span, expected: Type | undefined, e: ast.Expr): hir.Expr {
  const f = variantIndex(type.def, name.text) < 0 ? methodsOf(b.checker, type).statics.get(name.text) : undefined;
  if (f !== undefined) return functionValue(b, f, e, expected);
  return constructor(b, type.def, name.text, e, expected) ?? variantValue(b, instance(b, type.def, expected), name, span);
}

/** A variant that carries values, where a function is wanted: `列.映射(成功)`. */
function constructor(b: Body, def: EnumDef, name: string, e: ast.Expr | undefined, expected: Type | undefined): hir.Expr | undefined {
  const variant = def.variants.find((v) => v.name === name);
  if (e === undefined || variant === undefined || variant.fields.length === 0 || expectedFunction(expected) === undefined) return undefined;
  return callingClosure(b, e, variant.fields.length, expected);
}

function variantValue(b: Body, type: EnumType, name: ast.Name, span: ast.Span): hir.Expr {
  const variant = variantIndex(type.def, name.text);
  if (variant < 0) {
    unknownVariant(b, type.def, name);
    return poison(span);
  }
  const { fields } = type.def.variants[variant]!;
  if (fields.length > 0) {
    b.error('E3006', span, { 名称: name.text, 期望: fields.length, 实际: 0 }, { ...declaredAt(type.def, variant), hint: callHint(name.text, fields.map((f) => ({ name: f.name ?? '' }))) });
    return poison(span);
  }
  return { kind: 'enum', variant, args: [], type, span };
}

export function declaredAt(def: EnumDef, variant: number): DiagnosticDetails {
  return def.file === undefined ? {} : {
    related: [{ span: def.variants[variant]!.span, file: def.file, label: { zh: '变体在这里声明', en: 'the variant is declared here' } }],
  };
}

/** `成功(1)`, `失败(码: 404, 信息: "x")`. */
export function variantCall(b: Body, type: EnumType, name: ast.Name, e: ast.CallExpr): hir.Expr {
  const variant = variantIndex(type.def, name.text);
  if (variant < 0) {
    inferArgs(b, argsOf(e));
    unknownVariant(b, type.def, name);
    return poison(e.span);
  }
  const { def } = type;
  const types = payloadOf(type, variant);
  const params: Parameter[] = def.variants[variant]!.fields.map((field, i) => ({
    name: field.name ?? String(i), type: types[i]!, variadic: false, default: undefined, defaultIsPure: true,
    declared: def.file === undefined ? undefined : { span: def.variants[variant]!.span, file: def.file },
  }));
  const bound = bindArgs(b, name.text, params, argsOf(e), e.span);
  if (bound === undefined) return poison(e.span);
  return withPrelude(bound.prelude, { kind: 'enum', variant, args: bound.nodes, type, span: e.span });
}

/**
 * A variant written without its enum; undefined when the name is none. With `onlyExpected` only the
 * expected type decides: a built-in function of that name comes before other enums.
 */
export function bareVariant(
  b: Body, name: string, call: ast.CallExpr | undefined, span: ast.Span, expected: Type | undefined, onlyExpected = false, e?: ast.Expr,
): hir.Expr | undefined {
  const want = expected === undefined ? undefined : resolve(expected);
  let def = want?.kind === 'enum' && variantIndex(want.def, name) >= 0 ? want.def : undefined;
  if (def === undefined) {
    if (onlyExpected) return undefined;
    const owners = variantOwners(b, name);
    if (owners.length > 1) {
      if (call !== undefined) inferArgs(b, argsOf(call));
      ambiguous(b, name, owners.map((o) => o.name), call?.callee.span ?? span);
      return poison(span);
    }
    def = owners[0]?.def ?? (variantIndex(RESULT, name) >= 0 ? RESULT : undefined);
    if (def === undefined) return undefined;
  }
  const made = constructor(b, def, name, e, expected);
  if (made !== undefined) return made;
  const type = instance(b, def, expected);
  const written: ast.Name = { kind: 'Name', text: name, span: call?.callee.span ?? span };
  return call === undefined ? variantValue(b, type, written, span) : variantCall(b, type, written, call);
}

export function ambiguous(b: Body, name: string, owners: readonly string[], span: ast.Span): void {
  b.error('E3056', span, { 名称: name, 枚举: owners.join('、'), 枚举名: owners[0]! });
}

/** Whether `object` is of a variant. */
export function variantTest(object: hir.Expr, variant: number, span: ast.Span): hir.Expr {
  return {
    kind: 'compare', op: 'eq', left: { kind: 'enumTag', operand: object, type: INT, span }, right: { kind: 'int', value: BigInt(variant), type: INT, span },
    type: BOOL, span,
  };
}

/** The only value of a variant's payload. */
export function payload(object: hir.Expr, variant: number, span: ast.Span): hir.Expr {
  const t = resolve(object.type);
  if (t.kind !== 'enum') throw new Error(`payload of ${showType(t)}`);
  return { kind: 'payload', object, variant, index: 0, type: payloadOf(t, variant)[0]!, span };
}
