/**
 * function-symbol.ts — from a declaration of a function to its symbol, with the types it is written with.
 *
 * A plain declaration has one symbol. A generic one has a symbol with a `template`, which is never checked
 * itself, and one more for each instance (generics.ts), whose scope maps the type parameters to types.
 */
import type * as ast from '../ast.js';
import type { SourceFile } from '../source.js';
import type { Type } from '../types.js';
import { makeFunc, type Checker, type Instantiation } from './body.js';
import type { FunctionSymbol, ParamInfo, ReceiverInfo, Scope } from './scope.js';
import { typeOf } from './type-expr.js';
import { POISON } from './unify.js';

export interface FunctionPlan {
  readonly decl: ast.FunctionDecl;
  readonly file: SourceFile;
  readonly shown: string;
  readonly receiver: ReceiverInfo | undefined;
  /** Where the written types are read, and what the body sees outside itself. */
  readonly scope: Scope;
  /** Types of the parameters without a written type, in order; fresh ones when absent. */
  readonly inferred?: readonly Type[];
  readonly context?: Instantiation | undefined;
}

/** The symbol of a function that is checked and emitted. */
export function makeFunction(checker: Checker, plan: FunctionPlan): FunctionSymbol {
  const { decl: d, file, scope } = plan;
  let open = 0;
  const params = parameters(d, file, (p) =>
    (p.type === undefined ? plan.inferred?.[open++] ?? checker.fresh() : typeOf(p.type, checker, scope, file)));
  const written = d.result === undefined ? checker.fresh() : typeOf(d.result, checker, scope, file);
  // `异步 函数 f(): 未来<T>` is the same as `: T`.
  const result = d.flavour === 'async' && written.kind === 'future' ? written.value : written;
  const coroutine = d.flavour === 'coroutine'
    ? { kind: 'coroutine' as const, yields: checker.fresh(), sends: checker.fresh(), result }
    : undefined;
  const func = makeFunc(plan.shown, d.flavour === 'coroutine' ? 'coroutine' : 'plain', file, d.name.span, result);
  func.coroutine = coroutine;
  const symbol: FunctionSymbol = {
    kind: 'function', name: d.name.text, shown: plan.shown, span: d.name.span, file, decl: d, func, params, receiver: plan.receiver, result,
    flavour: d.flavour, futureOf: d.flavour === 'plain' && result.kind === 'future' ? result.value : undefined,
    coroutine, state: 'idle', body: undefined, scope, template: undefined, context: plan.context,
  };
  // A program pays for what it uses of the library, not for what it imports.
  if (!checker.isLibraryCode(file) || plan.context !== undefined || d.body === undefined) checker.use(symbol);
  return symbol;
}

/** The parameters of a declaration with types from `typed`, which sees them in order. */
export function parameters(d: ast.FunctionDecl, file: SourceFile, typed: (p: ast.Param) => Type): ParamInfo[] {
  return d.params.map((p): ParamInfo => {
    const type = typed(p);
    return {
      name: p.name.text, written: p.type !== undefined, type: p.variadic ? { kind: 'list', elem: type } : type, span: p.span, file,
      default: p.default, variadic: p.variadic, immutable: p.immutable,
    };
  });
}

/** The symbol of a generic function. `scope` has its type parameters, standing for any type: unknown names are found here, once. */
export function makeTemplate(
  checker: Checker, plan: FunctionPlan, template: NonNullable<FunctionSymbol['template']>,
): FunctionSymbol {
  const { decl: d, file, scope } = plan;
  const params = parameters(d, file, (p) => (p.type === undefined ? POISON : typeOf(p.type, checker, scope, file)));
  const result = d.result === undefined ? POISON : typeOf(d.result, checker, scope, file);
  const coroutine = d.flavour === 'coroutine' ? { kind: 'coroutine' as const, yields: POISON, sends: POISON, result } : undefined;
  const func = makeFunc(plan.shown, 'plain', file, d.name.span, result);
  const symbol: FunctionSymbol = {
    kind: 'function', name: d.name.text, shown: plan.shown, span: d.name.span, file, decl: d, func, params, receiver: plan.receiver, result,
    flavour: d.flavour, futureOf: undefined, coroutine, state: 'done', body: undefined, scope, template, context: undefined,
  };
  checker.templates.push(symbol);
  return symbol;
}
