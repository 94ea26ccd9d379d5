/**
 * arguments.ts — matching the arguments of a call with parameters: positional, named, default and
 * variadic.
 *
 * Invariants: arguments are evaluated in the order they are written, defaults after them; where that
 * is not the order of the parameters, values go through temporaries (`prelude`). An argument is
 * inferred once, with its parameter's type as advice.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import type { SourceFile } from '../source.js';
import { resolve, type Type } from '../types.js';
import type { Body } from './body.js';
import { inferExpr } from './infer-expr.js';
import { didYouMean, nearest } from './suggest.js';
import { POISON, isPoison } from './unify.js';
import type { Localized } from '../diagnostics.js';

/** An argument as written; `node` is set once it is inferred. */
export interface Arg {
  readonly name: ast.Name | undefined;
  readonly ast: ast.Expr;
  node: hir.Expr | undefined;
}

export interface Parameter {
  readonly name: string;
  readonly type: Type;
  readonly variadic: boolean;
  /** Makes the default value where the call stands; undefined when the argument is required. */
  readonly default: (() => hir.Expr) | undefined;
  /** Whether the default has no effect and depends on nothing: its place in the order is free. */
  readonly defaultIsPure: boolean;
  /** The type is inferred from the uses: after one that does not fit, the others of a call say nothing new. */
  readonly inferred?: boolean;
  readonly declared: { readonly span: ast.Span; readonly file: SourceFile } | undefined;
}

export interface Bound {
  /** One for each parameter, in their order. */
  readonly nodes: hir.Expr[];
  /** Statements to run before the call. */
  readonly prelude: hir.Stmt[];
}

export function argsOf(e: ast.CallExpr): Arg[] {
  return e.args.map((a) => ({ name: a.name, ast: a.value, node: undefined }));
}

/** Infers all arguments for their own errors, when the callee is unknown. */
export function inferArgs(b: Body, args: readonly Arg[]): hir.Expr[] {
  return args.map((a) => (a.node ??= inferExpr(b, a.ast)));
}

/** Undefined after an error (reported; the arguments were inferred all the same). */
export function bindArgs(b: Body, callee: string, params: readonly Parameter[], args: readonly Arg[], span: ast.Span): Bound | undefined {
  if (isPlainCall(params, args)) {
    const nodes: hir.Expr[] = [];
    let silent = false;
    for (let i = 0; i < args.length; i++) {
      const node = argument(b, args[i]!, params[i]!, silent ? POISON : params[i]!.type);
      if (params[i]!.inferred === true && isPoison(node.type)) silent = true;
      nodes.push(node);
    }
    return { nodes, prelude: [] };
  }
  const slots = assign(b, callee, params, args, span);
  if (slots === undefined) {
    inferArgs(b, args);
    return undefined;
  }
  // In the order written: inference, like evaluation, goes from left to right.
  const values = new Map<Arg, hir.Expr>();
  const order: number[] = [];
  for (const arg of args) {
    const index = slots.findIndex((slot) => slot.includes(arg));
    const param = params[index]!;
    const type = param.variadic ? elemOf(param.type) : param.type;
    values.set(arg, argument(b, arg, param, type));
    order.push(index);
  }
  const nodes = params.map((param, i): hir.Expr | undefined => {
    const slot = slots[i]!;
    if (param.variadic) return { kind: 'list', elems: slot.map((a) => values.get(a)!), type: param.type, span: slot[0]?.ast.span ?? span };
    return slot.length > 0 ? values.get(slot[0]!) : undefined;
  });
  const lastGiven = order.length === 0 ? -1 : Math.max(...order);
  const inOrder = order.every((index, i) => i === 0 || index >= order[i - 1]!)
    && params.every((p, i) => nodes[i] !== undefined || i > lastGiven || p.defaultIsPure);
  const prelude: hir.Stmt[] = [];
  if (!inOrder) {
    for (const index of order) {
      const value = nodes[index]!;
      const local = b.temp(value.type, value.span);
      prelude.push({ kind: 'let', local, value, span: value.span });
      nodes[index] = { kind: 'local', local, type: local.type, span: value.span };
    }
  }
  return { nodes: nodes.map((node, i) => node ?? params[i]!.default!()), prelude };
}

/** One positional argument for each parameter: nothing to match. */
function isPlainCall(params: readonly Parameter[], args: readonly Arg[]): boolean {
  if (params.length !== args.length) return false;
  for (const arg of args) if (arg.name !== undefined) return false;
  return params.length === 0 || !params.at(-1)!.variadic;
}

function argument(b: Body, arg: Arg, param: Parameter, type: Type): hir.Expr {
  arg.node ??= inferExpr(b, arg.ast, type);
  const { declared } = param;
  return b.coerce(arg.node, type, declared === undefined ? undefined : () => ({
    related: [{ ...declared, label: { zh: `参数 ${param.name} 在这里声明`, en: `parameter ${param.name} is declared here` } }],
    ...(param.inferred === true ? { hint: INFERRED_HINT } : isComparison(arg, param, type) ? { hint: COMPARISON_HINT } : {}),
  }));
}

/** `列.排序按((a, b) => a - b)`: a comparison where the key of one element is wanted. */
function isComparison(arg: Arg, param: Parameter, type: Type): boolean {
  const wanted = resolve(type);
  return param.name === '键' && arg.ast.kind === 'ClosureExpr' && arg.ast.params.length === 2 && wanted.kind === 'func' && wanted.params.length === 1;
}

const COMPARISON_HINT = {
  zh: '这里的函数取一个元素，给出用来比较的键：(x) => x.年龄；比较两个元素的函数用于 比较排序，从大到小写 降序: 真',
  en: 'the function here takes one element and gives the key to compare: (x) => x.年龄; a comparison of two is for 比较排序, and 降序: 真 sorts downwards',
};

const INFERRED_HINT = {
  zh: '参数没有写类型，由先前的使用确定；一个函数用于几种类型（泛型）尚未支持',
  en: 'the parameter has no written type: an earlier use decided it; one function for several types (generics) is not supported yet',
};

function elemOf(t: Type): Type {
  const r = resolve(t);
  return r.kind === 'list' ? r.elem : r;
}

/** Which arguments go to each parameter. */
function assign(b: Body, callee: string, params: readonly Parameter[], args: readonly Arg[], span: ast.Span): Arg[][] | undefined {
  const slots: Arg[][] = params.map(() => []);
  const declared = (index: number): { related?: [{ span: ast.Span; file: SourceFile; label: { zh: string; en: string } }] } => {
    const place = params[index]?.declared;
    return place === undefined ? {} : { related: [{ ...place, label: { zh: '参数在这里声明', en: 'the parameter is declared here' } }] };
  };
  let position = 0;
  for (const arg of args) {
    if (arg.name === undefined) {
      if (position >= params.length) {
        countError(b, callee, params, args.length, span);
        return undefined;
      }
      slots[position]!.push(arg);
      if (!params[position]!.variadic) position++;
      continue;
    }
    const index = params.findIndex((p) => p.name === arg.name!.text);
    if (index < 0) {
      const near = nearest(arg.name.text, params.map((p) => p.name));
      b.error('E3007', arg.name.span, { 名称: callee, 参数: arg.name.text }, { hint: near === undefined ? paramsHint(params) : didYouMean(near) });
      return undefined;
    }
    if (slots[index]!.length > 0) {
      const hint = { zh: '这个参数已经给出，删去其中一个', en: 'this parameter is given already: leave one out' };
      b.error('E3003', arg.name.span, { 名称: arg.name.text }, { ...declared(index), hint });
      return undefined;
    }
    slots[index]!.push(arg);
  }
  const missing = params.findIndex((p, i) => !p.variadic && p.default === undefined && slots[i]!.length === 0);
  if (missing >= 0) {
    countError(b, callee, params, args.length, span, declared(missing));
    return undefined;
  }
  return slots;
}

function countError(b: Body, callee: string, params: readonly Parameter[], actual: number, span: ast.Span, details: object = {}): void {
  const min = params.filter((p) => !p.variadic && p.default === undefined).length;
  const max = params.some((p) => p.variadic) ? Infinity : params.length;
  const wanted = max === min ? String(min) : max === Infinity ? `≥ ${min}` : `${min}–${max}`;
  const ofList = params.length === 1 && params[0]!.name === '未来们' && actual > 1;
  const hint = ofList ? { zh: `放进一个列表：${callee}([甲, 乙])；类型不同的各自 等待`, en: `put them into a list: ${callee}([a, b]); those of different types are awaited one by one` } : callHint(written(b, callee, span), params.map((p) => ({ name: p.name, isOptional: p.variadic || p.default !== undefined })));
  b.error('E3006', span, { 名称: callee, 期望: wanted, 实际: actual }, { hint, ...details });
}

/** `仓.出库` for a call of the method 仓库.出库: its receiver as it stands there. */
function written(b: Body, callee: string, span: ast.Span): string {
  const head = /^[\p{XID_Continue}.]+/u.exec(b.file.text.slice(span.start, span.end))?.[0] ?? '';
  const at = callee.lastIndexOf('.');
  return at > 0 && head.endsWith(callee.slice(at)) && head.length <= 40 ? head : callee;
}

/** How a call is written: `写 加(a, b)`, what may be left out in brackets. */
export function callHint(callee: string, params: readonly { readonly name: string; readonly isOptional?: boolean }[]): Localized {
  // A closure has no name of its own, and is shown by its type.
  const name = /[<>():]/.test(callee.replace('::', '')) ? 'f' : callee;
  const nameOf = (p: string, i: number): string => (p !== '' && !/^\d+$/.test(p) ? p : ['x', 'y', 'z'][i] ?? '…');
  const text = params.slice(0, 8).map((p, i) => {
    const part = `${i > 0 ? ', ' : ''}${nameOf(p.name, i)}`;
    return p.isOptional === true ? `[${part}]` : part;
  }).join('');
  return params.length === 0 ? { zh: `它没有参数：写 ${name}()`, en: `it has no parameters: write ${name}()` } : { zh: `写 ${name}(${text})`, en: `write ${name}(${text})` };
}

/** The hint for a name that no parameter has. */
function paramsHint(params: readonly Parameter[]): Localized {
  const names = params.map((p) => p.name).filter((n) => n !== '');
  return names.length === 0 ? NO_NAMES : { zh: `它的参数是 ${names.join('、')}`, en: `its parameters are ${names.join(', ')}` };
}

/** Arguments of these have no names. */
export const NO_NAMES: Localized = { zh: '这里的实参不写名称，按次序给出', en: 'arguments have no names here: give them in their order' };

/** Puts the prelude in front of the node that uses its temporaries. */
export function withPrelude(prelude: readonly hir.Stmt[], node: hir.Expr): hir.Expr {
  if (prelude.length === 0) return node;
  return { kind: 'blockExpr', block: { statements: prelude, span: node.span }, value: node, type: node.type, span: node.span };
}
