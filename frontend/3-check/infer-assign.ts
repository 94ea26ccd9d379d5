/**
 * infer-assign.ts — variable declarations and assignment.
 *
 * Assigning to an unknown name declares it for the whole function: at the outermost block of the body
 * its `let` is the assignment itself, in an inner block the `let` is hoisted to the start of the body
 * and flow.ts proves that every read comes after an assignment. At the top level of a package such
 * names are package variables (declare.ts has entered them).
 *
 * Invariants: several values are all evaluated before the first target is assigned; the operands of a
 * compound target are evaluated once, through temporaries.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { INT, PRIORITY_TYPE, resolve, showType, UNIT, type Type } from '../types.js';
import { placeholder, type Body } from './body.js';
import { localIn, noteAssigned } from './capture.js';
import { assignElements, destructure } from './destructure.js';
import { isKnown, whenKnown } from './deferred.js';
import { chainOf } from './chain.js';
import { fieldOf, inferExpr, indexTypes } from './infer-expr.js';
import { priorityOf } from './infer-enum.js';
import { binaryNode, operandHint } from './infer-operator.js';
import { pointedTo, pointerOf } from './infer-pointer.js';
import { joinQualified } from './imports.js';
import { receivePair, receiver } from './receive-pair.js';
import type { LocalSymbol } from './scope.js';
import { typeOf } from './type-expr.js';
import { reportUndefined } from './undefined-name.js';
import { giveUp } from './deferred.js';
import { isPoison, settleParts } from './unify.js';

// ---------------------------------------------------------------- declarations

export function inferVarDecl(b: Body, d: ast.VarDecl, out: hir.Stmt[]): void {
  const isGlobal = b.kind === 'main' && b.scope === b.root;
  if (d.mutability === 'constant') {
    if (isGlobal) return;
    declareConstants(b, d);
    return;
  }
  const values = d.values.length === 1 && d.bindings.length > 1 && d.values[0]!.kind === 'TupleExpr' ? d.values[0].elements : d.values;
  const types = d.bindings.map((binding) =>
    isGlobal ? undefined : binding.type === undefined ? undefined : typeOf(binding.type, b.checker, b.scope, b.file));
  if (d.shape !== undefined && values.length > 0) {
    if (!destructure(b, d, together(d.values), types, isGlobal, out)) lost(b, d, isGlobal);
    return;
  }
  if (d.bindings.length === 2 && values.length === 1 && values[0]!.kind === 'ReceiveExpr') {
    receivePair(b, values[0], d.span, out, (i, type) => declared(b, d, i, type, isGlobal, out));
    return;
  }
  if (values.length === 0) {
    for (const [i, binding] of d.bindings.entries()) {
      if (isGlobal) continue;
      const type = types[i] ?? b.checker.fresh();
      // `返会 x`: what looks like a declaration of x was meant as a statement that uses it.
      if (isPoison(type)) b.failed = true;
      if (isPoison(type) && b.scope.lookup(binding.name.text) !== undefined) continue;
      const symbol = b.declareLocal(binding.name, type, { assigned: false, explicit: true });
      out.push({ kind: 'let', local: symbol.local, value: undefined, span: binding.span });
    }
    return;
  }
  if (values.length !== d.bindings.length) {
    if (values.length === 1 && destructure(b, d, values[0]!, types, isGlobal, out)) return;
    if (values.length !== 1) for (const value of values) inferExpr(b, value);
    // Else `destructure` reported it, or the parser, which counts values written without parentheses (E2023).
    if (values !== d.values) b.error('E3031', d.values[0]!.span, { 左: d.bindings.length, 右: values.length });
    lost(b, d, isGlobal);
    return;
  }
  if (isGlobal) {
    const nodes = values.flatMap((value, i) => {
      const global = globalOf(b, d.bindings[i]!.name.text)?.global;
      if (global === undefined) {
        // `变量 _ = f()`: only evaluated.
        const expr = inferExpr(b, value, types[i]);
        out.push({ kind: 'expr', expr, span: d.span });
        return [];
      }
      const node = inferExpr(b, value, global.type);
      const coerced = b.coerce(node, global.type, declaredHere(b, d.bindings[i]!));
      settleParts(global.type);
      if (isPoison(coerced.type)) giveUp(global.type);
      return [{ global, coerced }];
    });
    for (const { global, coerced } of nodes) out.push({ kind: 'assignGlobal', global, value: coerced, span: d.span });
    return;
  }
  if (values.length === 1) {
    declareOne(b, d.bindings[0]!, types[0], values[0]!, d.mutability === 'immutable', out);
    return;
  }
  // All values come first; only then do the new names exist.
  const nodes = values.map((value, i) => initial(b, value, types[i], d.bindings[i]!));
  for (const [i, node] of nodes.entries()) {
    const symbol = b.declareLocal(d.bindings[i]!.name, types[i] ?? settled(node), { explicit: true, guard: d.mutability === 'immutable' ? 'immutable' : 'none' });
    out.push({ kind: 'let', local: symbol.local, value: node, span: d.bindings[i]!.span });
  }
}

/** After an error: the names exist all the same. */
function lost(b: Body, d: ast.VarDecl, isGlobal: boolean): void {
  b.failed = true;
  for (const binding of d.bindings) if (!isGlobal) b.bindName(binding.name, { kind: 'poison', span: binding.name.span, file: b.file });
}

export function globalOf(b: Body, name: string) {
  const symbol = b.checker.packageOf(b.file).own(name);
  return symbol?.kind === 'global' ? symbol : undefined;
}

/** A local that a declaration of two names receives into. */
function declared(b: Body, d: ast.VarDecl, i: number, type: Type, isGlobal: boolean, out: hir.Stmt[]): Target | undefined {
  const binding = d.bindings[i]!;
  if (binding.name.text === '_') return undefined;
  if (isGlobal) {
    const { global } = globalOf(b, binding.name.text)!;
    b.coerce(placeholder(type, binding.span), global.type);
    return { kind: 'global', global };
  }
  const written = binding.type === undefined ? type : typeOf(binding.type, b.checker, b.scope, b.file);
  if (written !== type) b.coerce(placeholder(type, binding.span), written);
  const symbol = b.declareLocal(binding.name, written, { explicit: true, guard: d.mutability === 'immutable' ? 'immutable' : 'none' });
  out.push({ kind: 'let', local: symbol.local, value: undefined, span: binding.span });
  return { kind: 'local', symbol, local: symbol.local };
}

function declareConstants(b: Body, d: ast.VarDecl): void {
  for (const [i, binding] of d.bindings.entries()) {
    const value = d.values[i];
    if (value === undefined || d.shape !== undefined || d.values.length !== d.bindings.length) {
      b.error('E3023', binding.span, { 名称: binding.name.text });
      b.bindName(binding.name, { kind: 'poison', span: binding.name.span, file: b.file });
      continue;
    }
    const symbol = {
      kind: 'const' as const, name: binding.name.text, span: binding.name.span, file: b.file, decl: value, written: binding.type,
      scope: b.scope, value: undefined, evaluating: false, reads: 0,
    };
    b.checker.constants.push(symbol);
    b.bindName(binding.name, symbol);
  }
}

function declaredHere(b: Body, binding: ast.VarBinding): { related?: [{ span: ast.Span; file: Body['file']; label: { zh: string; en: string } }] } {
  return binding.type === undefined ? {} : { related: [{ span: binding.type.span, file: b.file, label: { zh: '类型在这里声明', en: 'the type is declared here' } }] };
}

function initial(b: Body, value: ast.Expr, type: Type | undefined, binding: ast.VarBinding): hir.Expr {
  const node = inferExpr(b, value, type);
  return type === undefined ? node : b.coerce(node, type, declaredHere(b, binding));
}

/** The type of a variable that takes its type from its value: literals have their default. */
function settled(node: hir.Expr): Type {
  settleParts(node.type);
  return node.type;
}

/** Declares one name with one value. A closure may refer to itself by the name. */
function declareOne(
  b: Body, binding: ast.VarBinding, type: Type | undefined, value: ast.Expr, immutable: boolean, out: hir.Stmt[], hoist = false,
): void {
  const guard = immutable ? 'immutable' as const : 'none' as const;
  const scope = hoist ? b.root : b.scope;
  // Hoisted names exist since the body began: every loop in it shares them.
  const since = hoist ? { declared: 0 } : {};
  if (value.kind !== 'ClosureExpr' || binding.name.text === '_') {
    const node = initial(b, value, type, binding);
    if (binding.name.text === '_') {
      out.push({ kind: 'expr', expr: node, span: binding.span });
      return;
    }
    const symbol = b.declareLocal(binding.name, type ?? settled(node), { explicit: !hoist, guard, scope, ...since });
    if (node.type.kind === 'never') giveUp(symbol.local.type);
    if (hoist) {
      b.hoisted.push(symbol.local);
      symbol.lastAssigned = ++b.checker.clock;
      out.push({ kind: 'assignLocal', local: symbol.local, value: node, span: binding.span });
    } else out.push({ kind: 'let', local: symbol.local, value: node, span: binding.span });
    return;
  }
  const symbol = b.declareLocal(binding.name, type ?? b.checker.fresh(), { explicit: !hoist, guard, scope, assigned: false, ...since });
  const node = b.coerce(inferExpr(b, value, symbol.local.type), symbol.local.type, declaredHere(b, binding));
  symbol.lastAssigned = ++b.checker.clock;
  if (!hoist && symbol.captured === Infinity) {
    out.push({ kind: 'let', local: symbol.local, value: node, span: binding.span });
    return;
  }
  if (hoist) b.hoisted.push(symbol.local);
  else out.push({ kind: 'let', local: symbol.local, value: undefined, span: binding.span });
  out.push({ kind: 'assignLocal', local: symbol.local, value: node, span: binding.span });
}

// ---------------------------------------------------------------- targets

export type Target =
  | { readonly kind: 'local'; readonly symbol: LocalSymbol | undefined; readonly local: hir.Local }
  | { readonly kind: 'global'; readonly global: hir.Global }
  /** `node` reads the field; while the object's type is open it is a placeholder, and the number unknown. */
  | { readonly kind: 'field'; readonly object: hir.Expr; readonly node: hir.Expr; readonly type: Type }
  | { readonly kind: 'index'; readonly target: hir.Expr; readonly index: hir.Expr; readonly type: Type }
  | { readonly kind: 'deref'; readonly pointer: hir.Expr; readonly type: Type }
  /** t.优先级 */
  | { readonly kind: 'priority'; readonly task: hir.Expr; readonly type: Type };

export function typeOfTarget(t: Target): Type {
  switch (t.kind) {
    case 'local': return t.local.type;
    case 'global': return t.global.type;
    default: return t.type;
  }
}

export function store(b: Body, t: Target, value: hir.Expr, span: ast.Span): hir.Stmt {
  switch (t.kind) {
    case 'local':
      if (t.symbol !== undefined) noteAssigned(b, t.symbol);
      return { kind: 'assignLocal', local: t.local, value, span };
    case 'global': return { kind: 'assignGlobal', global: t.global, value, span };
    case 'field': {
      const stmt = { kind: 'assignField' as const, object: t.object, field: -1, value, span };
      withField(b, t.node, span, (field) => Object.assign(stmt, { field, object: structIn(t.object) }));
      return stmt;
    }
    case 'index': return { kind: 'assignIndex', target: t.target, index: t.index, value, span };
    case 'deref': return { kind: 'assignDeref', pointer: t.pointer, value, span };
    case 'priority': return { kind: 'expr', expr: { kind: 'callNative', native: 'task_set_priority', args: [t.task, { kind: 'enumTag', operand: value, type: INT, span }], type: UNIT, span }, span };
  }
}

/** The struct whose field is assigned: `p.x = 1` goes through a pointer p. */
function structIn(object: hir.Expr): hir.Expr {
  const t = resolve(object.type);
  return t.kind === 'pointer' ? pointedTo(object, t) : object;
}

/** Gives the number of the field that `node` reads, as soon as it is known. */
function withField(b: Body, node: hir.Expr, span: ast.Span, use: (field: number) => void): void {
  b.checker.defer((force) => {
    if (node.kind === 'field') use(node.field);
    else if (node.kind === 'unit' && !force) return false;
    else if (!isPoison(node.type)) b.error('E3027', span);
    return true;
  });
}

/** The place `e` denotes; undefined after an error. An unknown name is not a target (see inferAssign). */
export function targetOf(b: Body, written: ast.Expr): Target | undefined {
  const e = joinQualified(b.scope, written);
  switch (e.kind) {
    case 'NameExpr': return namedTarget(b, e);
    case 'MemberExpr': {
      const object = inferExpr(b, e.object);
      const node = fieldOf(b, object, e.name, e.span);
      if (isPoison(node.type)) return undefined;
      if (e.object.kind === 'NameExpr') {
        const root = b.scope.lookup(e.object.name);
        if (root?.kind === 'local' && root.guard === 'receiver') {
          b.error('E3009', e.span, { 名称: `${e.object.name}.${e.name.text}` }, {
            hint: { zh: `要给字段赋值，把接收者写成 (变量 ${root.name} ${showType(root.local.type)})`, en: `to assign fields, write the receiver as (变量 ${root.name} ${showType(root.local.type)})` },
            related: [{ span: root.span, file: root.file, label: { zh: '接收者在这里声明', en: 'the receiver is declared here' } }],
          });
          return undefined;
        }
      }
      if (node.kind === 'convert' && node.operand.kind === 'callNative' && node.operand.native === 'task_priority') return { kind: 'priority', task: object, type: PRIORITY_TYPE };
      if (resolve(object.type).kind === 'tuple') {
        b.error('E3009', e.span, { 名称: { zh: '元组', en: 'tuple' } }, { hint: { zh: '元组不可变，写一个新的', en: 'tuples are immutable: make a new one' } });
        return undefined;
      }
      if (node.kind === 'field' || !isKnown(object.type)) return { kind: 'field', object, node, type: node.type };
      b.error('E3009', e.span, { 名称: e.name.text });
      return undefined;
    }
    case 'IndexExpr': {
      if (e.index.kind === 'RangeExpr') {
        inferExpr(b, e);
        b.error('E3027', e.span);
        return undefined;
      }
      return indexTarget(b, e);
    }
    case 'DerefExpr': {
      const pointer = pointerOf(b, e);
      return pointer === undefined ? undefined : { kind: 'deref', pointer: pointer.node, type: pointer.elem };
    }
    case 'ErrorExpr':
      b.failed = true;
      return undefined;
    default:
      // The parser has refused it (E2012).
      inferExpr(b, e);
      b.failed = true;
      return undefined;
  }
}

function indexTarget(b: Body, e: ast.IndexExpr): Target | undefined {
  const target = inferExpr(b, e.object);
  const t = resolve(target.type);
  if (isKnown(t)) {
    const types = indexTypes(b, t, target.span);
    if (types === undefined || isPoison(t)) {
      inferExpr(b, e.index);
      return undefined;
    }
    if (t.kind === 'string' || t.kind === 'bytes') {
      inferExpr(b, e.index);
      b.error('E3009', e.span, { 名称: showType(t) }, t.kind === 'bytes' ? { hint: { zh: '字节串不可变，用 转列表() 得到能修改的', en: '字节串 is immutable: 转列表() gives a list' } } : { hint: { zh: '字符串不可变，用 替换 或 + 得到新的', en: 'strings are immutable: make a new one' } });
      return undefined;
    }
    return { kind: 'index', target, index: b.coerce(inferExpr(b, e.index, types.index), types.index), type: types.value };
  }
  const index = inferExpr(b, e.index);
  const type = b.checker.fresh();
  whenKnown(b, t, target.span, { zh: '这个值', en: 'this value' }, (known) => {
    const immutable = known.kind === 'string' || known.kind === 'bytes';
    const types = immutable ? undefined : indexTypes(b, known, target.span);
    if (types === undefined) {
      if (immutable) b.error('E3009', e.span, { 名称: showType(known) });
      giveUp(type);
      return;
    }
    b.coerce(index, types.index);
    b.coerce(placeholder(types.value, e.span), type);
  }, () => giveUp(type));
  return { kind: 'index', target, index, type };
}

function namedTarget(b: Body, e: ast.NameExpr): Target | undefined {
  const symbol = b.scope.lookup(e.name);
  if (symbol === undefined) {
    reportUndefined(b, e.name, e.span, 'value');
    return undefined;
  }
  switch (symbol.kind) {
    case 'local':
      if (symbol.guard === 'none') return { kind: 'local', symbol, local: localIn(b, symbol) };
      break;
    case 'global':
      if (!symbol.immutable) return { kind: 'global', global: symbol.global };
      break;
    case 'const': break;
    case 'poison':
      b.failed = true;
      return undefined;
    default: {
      const what = symbol.kind === 'function' ? { zh: '函数', en: 'a function' } : { zh: '类型', en: 'a type' };
      b.error('E3027', e.span, {}, {
        hint: {
          zh: `${e.name} 是${what.zh}；用 变量 ${e.name} = … 声明同名的变量`,
          en: `${e.name} is ${what.en}; declare a variable of that name with 变量 ${e.name} = …`,
        },
        related: [{ span: symbol.span, file: symbol.file, label: { zh: `${e.name} 在这里声明`, en: `${e.name} is declared here` } }],
      });
      return undefined;
    }
  }
  b.error('E3009', e.span, { 名称: e.name }, {
    related: [{ span: symbol.span, file: symbol.file, label: { zh: `${e.name} 在这里声明`, en: `${e.name} is declared here` } }],
  });
  return undefined;
}

// ---------------------------------------------------------------- assignment

export function inferAssign(b: Body, s: ast.AssignStmt, out: hir.Stmt[]): void {
  if (s.op !== undefined) {
    compound(b, s, s.op, out);
    return;
  }
  if (s.shape !== undefined) {
    assignElements(b, s, together(s.values), out);
    return;
  }
  const values = s.values.length === 1 && s.targets.length > 1 && s.values[0]!.kind === 'TupleExpr' ? s.values[0].elements : s.values;
  if (s.targets.length === 1 && values.length === 1) {
    single(b, s.targets[0]!, values[0]!, s.span, out);
    return;
  }
  if (s.targets.length === 2 && values.length === 1 && values[0]!.kind === 'ReceiveExpr') {
    const targets = s.targets;
    receivePair(b, values[0], s.span, out, (i, type) => receiver(b, targets[i]!, type, out));
    return;
  }
  if (values.length !== s.targets.length) {
    if (values.length === 1) {
      assignElements(b, s, values[0]!, out);
      return;
    }
    for (const value of values) inferExpr(b, value);
    // The parser counts values written without parentheses (E2023).
    if (values !== s.values) b.error('E3031', s.values[0]!.span, { 左: s.targets.length, 右: values.length });
    b.failed = true;
    for (const target of s.targets) {
      if (target.kind === 'NameExpr' && b.scope.lookupTarget(target.name) === undefined) {
        b.root.declare(target.name, { kind: 'poison', span: target.span, file: b.file });
      }
    }
    return;
  }
  parallel(b, s, values, out);
}

function single(b: Body, target: ast.Expr, value: ast.Expr, span: ast.Span, out: hir.Stmt[]): void {
  if (target.kind === 'NameExpr' && (target.name === '_' || b.scope.lookupTarget(target.name) === undefined)) {
    const name: ast.Name = { kind: 'Name', text: target.name, span: target.span };
    const binding: ast.VarBinding = { kind: 'VarBinding', span, name, type: undefined };
    declareOne(b, binding, undefined, value, false, out, b.scope !== b.root && target.name !== '_');
    return;
  }
  const place = targetOf(b, target);
  if (place === undefined) {
    inferExpr(b, value);
    return;
  }
  const type = typeOfTarget(place);
  const node = b.coerce(inferExpr(b, value, type), type);
  if (place.kind === 'global') settleParts(type);
  out.push(store(b, place, node, span));
}

function compound(b: Body, s: ast.AssignStmt, op: ast.BinaryOp, out: hir.Stmt[]): void {
  const place = targetOf(b, s.targets[0]!);
  if (place === undefined) {
    inferExpr(b, s.values[0]!);
    return;
  }
  const { span } = s;
  const once = held(b, place, out, !isPure(s.values[0]!));
  const type = typeOfTarget(once);
  const current = readTarget(b, once, s.targets[0]!.span);
  const right = inferExpr(b, s.values[0]!, operandHint(op, type));
  const value = binaryNode(b, op, current, right, span, true);
  out.push(store(b, again(once), b.coerce(value, type), span));
}

/** Whether evaluating `e` can change no variable: names, literals and arithmetic on them. */
function isPure(e: ast.Expr): boolean {
  switch (e.kind) {
    case 'IntLiteral': case 'FloatLiteral': case 'BoolLiteral': case 'StringLiteral': case 'CharLiteral': case 'NameExpr': return true;
    case 'UnaryExpr': return isPure(e.operand);
    case 'BinaryExpr': {
      const { first, steps } = chainOf(e);
      return isPure(first) && steps.every((step) => isPure(step.right));
    }
    case 'IndexExpr': return isPure(e.object) && isPure(e.index);
    case 'MemberExpr': return isPure(e.object);
    default: return false;
  }
}

/**
 * The target with its operands in locals, so that it can be read and then written. With `copies` also
 * variables are copied, because what comes between may assign them.
 */
function held(b: Body, t: Target, out: hir.Stmt[], copies: boolean): Target {
  const hold = (e: hir.Expr): hir.Expr => {
    if ((e.kind === 'local' && !copies) || e.kind === 'int' || e.kind === 'string') return e;
    const local = b.temp(e.type, e.span);
    out.push({ kind: 'let', local, value: e, span: e.span });
    return { kind: 'local', local, type: e.type, span: e.span };
  };
  switch (t.kind) {
    case 'field': {
      return { kind: 'field', object: hold(t.object), node: t.node, type: t.type };
    }
    case 'index': {
      const target = hold(t.target);
      return { kind: 'index', target, index: hold(t.index), type: t.type };
    }
    case 'deref': return { kind: 'deref', pointer: hold(t.pointer), type: t.type };
    case 'priority': return { kind: 'priority', task: hold(t.task), type: t.type };
    default: return t;
  }
}

/** A second use of a held target: its operands are leaves, copied because trees share nothing. */
function again(t: Target): Target {
  switch (t.kind) {
    case 'field': return { kind: 'field', object: { ...t.object }, node: t.node, type: t.type };
    case 'index': return { kind: 'index', target: { ...t.target }, index: { ...t.index }, type: t.type };
    case 'deref': return { kind: 'deref', pointer: { ...t.pointer }, type: t.type };
    case 'priority': return { kind: 'priority', task: { ...t.task }, type: t.type };
    default: return t;
  }
}

function readTarget(b: Body, t: Target, span: ast.Span): hir.Expr {
  switch (t.kind) {
    case 'local': return { kind: 'local', local: t.local, type: t.local.type, span };
    case 'global': return { kind: 'global', global: t.global, type: t.global.type, span };
    case 'field': {
      const read = placeholder(t.type, span);
      withField(b, t.node, span, (field) => Object.assign(read, { kind: 'field', object: structIn(t.object), field }));
      return read;
    }
    case 'index': return { kind: 'index', target: t.target, index: t.index, type: t.type, span };
    case 'deref': return { kind: 'deref', pointer: t.pointer, type: t.type, span };
    case 'priority': return priorityOf(t.task, span);
  }
}

/** The values of a nested taking apart as the one tuple they are. */
function together(values: readonly ast.Expr[]): ast.Expr {
  return values.length === 1 ? values[0]! : { kind: 'TupleExpr', id: -1, span: { start: values[0]!.span.start, end: values.at(-1)!.span.end }, elements: values };
}

/** `a, b = b, a`: operands of targets, then all values, then the stores from left to right. */
function parallel(b: Body, s: ast.AssignStmt, values: readonly ast.Expr[], out: hir.Stmt[]): void {
  const copies = s.targets.some((t) => t.kind === 'NameExpr') || !values.every(isPure);
  const places = placesOf(b, s, copies, out);
  const locals = values.map((value, i): hir.Local => {
    const place = places[i];
    const type = place === undefined || place === 'new' ? undefined : typeOfTarget(place);
    const raw = inferExpr(b, value, type);
    const node = type === undefined ? raw : b.coerce(raw, type);
    const local = b.temp(type ?? settled(node), node.span);
    out.push({ kind: 'let', local, value: node, span: node.span });
    return local;
  });
  for (const [i, local] of locals.entries()) {
    const place = places[i];
    const target = s.targets[i]!;
    if (place === undefined) continue;
    const value: hir.Expr = { kind: 'local', local, type: local.type, span: target.span };
    if (place !== 'new') {
      out.push(store(b, place, value, s.span));
    } else if ((target as ast.NameExpr).name !== '_') {
      out.push(store(b, declareTarget(b, target as ast.NameExpr, local.type, out), value, s.span));
    }
  }
}

/** The places of several targets with their operands evaluated; 'new' for a name that the assignment declares. */
export function placesOf(b: Body, s: ast.AssignStmt, copies: boolean, out: hir.Stmt[]): (Target | 'new' | undefined)[] {
  return s.targets.map((target) => {
    if (target.kind === 'NameExpr' && (target.name === '_' || b.scope.lookupTarget(target.name) === undefined)) return 'new';
    const place = targetOf(b, target);
    return place === undefined ? undefined : held(b, place, out, copies);
  });
}

/** Declares the name of an assignment target: its `let` is at the start of the body or right here. */
export function declareTarget(b: Body, e: ast.NameExpr, type: Type, out: hir.Stmt[]): Target {
  const name: ast.Name = { kind: 'Name', text: e.name, span: e.span };
  const atRoot = b.scope === b.root;
  const symbol = b.declareLocal(name, type, { scope: b.root, assigned: false, ...(atRoot ? {} : { declared: 0 }) });
  if (atRoot) out.push({ kind: 'let', local: symbol.local, value: undefined, span: e.span });
  else b.hoisted.push(symbol.local);
  symbol.lastAssigned = ++b.checker.clock;
  return { kind: 'local', symbol: undefined, local: symbol.local };
}
