/**
 * infer-stmt.ts — statements, except assignment (infer-assign.ts) and 选择 (infer-select.ts).
 */
import type * as ast from '../ast.js';
import type { Localized } from '../diagnostics.js';
import type * as hir from '../hir.js';
import { BYTE, CHAR, INT, UNIT, resolve, showType, type Type } from '../types.js';
import { unitValue, type Body } from './body.js';
import { giveUp, whenKnown } from './deferred.js';
import { channelOf, inferSpawn } from './infer-async.js';
import { inferAssign, inferVarDecl } from './infer-assign.js';
import { localFunction } from './infer-closure.js';
import { checkCondition, checkExpr, inferExpr, thrownValue } from './infer-expr.js';
import { inferMatchStatement } from './infer-match.js';
import { inferTry } from './infer-try.js';
import { takeApart } from './infer-pattern.js';
import { scopeStatement } from './infer-scope.js';
import { inferSelect } from './infer-select.js';
import { callFunction } from './infer-call.js';
import { ownMethod } from './traits.js';
import { isPoison, unify } from './unify.js';
import { positionBeside } from './unknown-member.js';

export function inferStatements(b: Body, statements: readonly ast.Stmt[]): hir.Stmt[] {
  return inferSequence(b, statements).statements;
}

/** The statements of a block, and where what follows them belongs: inside the innermost 延后. */
export function inferSequence(b: Body, statements: readonly ast.Stmt[]): { readonly statements: hir.Stmt[]; readonly sink: hir.Stmt[] } {
  const out: hir.Stmt[] = [];
  let sink = out;
  for (const s of statements) {
    inferStatement(b, s, sink);
    sink = sinkAfter(s, sink);
  }
  return { statements: out, sink };
}

/** `延后 s` is 尝试 around the rest of its block with s as 最终: the list that takes the rest. */
export function sinkAfter(s: ast.Stmt, sink: hir.Stmt[]): hir.Stmt[] {
  if (s.kind !== 'DeferStmt') return sink;
  return (sink.at(-1) as hir.Stmt & { kind: 'try' }).body.statements as hir.Stmt[];
}

export function inferBlock(b: Body, block: ast.Block): hir.Block {
  return b.inScope(() => ({ statements: inferStatements(b, block.statements), span: block.span }));
}

export function inferStatement(b: Body, s: ast.Stmt, out: hir.Stmt[]): void {
  switch (s.kind) {
    case 'ErrorStmt':
      b.failed = true;
      return;
    case 'VarDecl': return inferVarDecl(b, s, out);
    case 'AssignStmt': return inferAssign(b, s, out);
    case 'FunctionDecl':
      if (s.test !== undefined) b.error('E2040', s.name.span);
      out.push(...localFunction(b, s));
      return;
    case 'StructDecl': case 'EnumDecl': case 'TraitDecl': case 'TypeAliasDecl':
      b.error('E3117', s.name.span, { 名称: s.name.text });
      b.bindName(s.name, { kind: 'poison', span: s.name.span, file: b.file });
      return;
    case 'ImplDecl':
      b.error('E3117', s.target.span, { 名称: '实现' });
      return;
    case 'ImportDecl':
      b.error('E4007', s.span);
      return;
    case 'Block':
      out.push({ kind: 'block', block: inferBlock(b, s), span: s.span });
      return;
    case 'ExprStmt': return exprStatement(b, s, out);
    case 'SendStmt': {
      const { channel, elem } = channelOf(b, s.channel);
      out.push({ kind: 'send', channel, value: checkExpr(b, s.value, elem), span: s.span });
      return;
    }
    case 'ReturnStmt': return returnStatement(b, s, out);
    case 'BreakStmt': case 'ContinueStmt': {
      const target = jumpTarget(b, s.label, s.kind === 'BreakStmt' ? '跳出' : '继续', s.span);
      if (target !== undefined) out.push({ kind: s.kind === 'BreakStmt' ? 'break' : 'continue', target, span: s.span });
      return;
    }
    case 'WhileStmt': {
      const label = loopLabel(s.label);
      // The condition belongs to the loop: it runs again in every round.
      b.loops.push({ label, start: ++b.checker.clock, isFinally: false });
      const condition = checkCondition(b, s.condition);
      const body = inferBlock(b, s.body);
      b.loops.pop();
      out.push({ kind: 'while', label, condition, body, span: s.span });
      return;
    }
    case 'LoopStmt': {
      const label = loopLabel(s.label);
      out.push({ kind: 'while', label, condition: undefined, body: inLoop(b, label, () => inferBlock(b, s.body)), span: s.span });
      return;
    }
    case 'ForInStmt': return forIn(b, s, out);
    case 'ForRangeStmt': {
      const from = checkExpr(b, s.from, INT);
      const to = checkExpr(b, s.to, INT);
      const step = s.step === undefined ? undefined : checkExpr(b, s.step, INT);
      forRange(b, s, s.name, { from, to, step, inclusive: true }, out);
      return;
    }
    case 'TryStmt': return inferTry(b, s, out);
    case 'SelectStmt': return inferSelect(b, s, out);
    case 'DeferStmt': {
      b.loops.push({ label: { name: undefined }, start: 0, isFinally: true, word: '延后' });
      const last = b.inScope((): hir.Block => {
        const statements: hir.Stmt[] = [];
        inferStatement(b, s.statement, statements);
        return { statements, span: s.statement.span };
      });
      b.loops.pop();
      out.push({ kind: 'try', body: { statements: [], span: s.span }, catches: [], finally: last, span: s.span });
      return;
    }
  }
}

/** An expression whose value is not wanted. */
export function exprStatement(b: Body, s: ast.ExprStmt, out: hir.Stmt[]): void {
  const e = s.expr;
  if (e.kind === 'IfExpr') {
    out.push(ifStatement(b, e));
    return;
  }
  if (e.kind === 'MatchExpr') {
    out.push({ kind: 'expr', expr: inferMatchStatement(b, e), span: s.span });
    return;
  }
  if (e.kind === 'ConcurrentExpr' || e.kind === 'DeadlineExpr' || e.kind === 'ShieldExpr') {
    out.push(scopeStatement(b, e));
    return;
  }
  if (e.kind === 'ThrowExpr') {
    out.push({ kind: 'throw', value: thrownValue(b, e.operand), span: s.span });
    return;
  }
  const expr = e.kind === 'SpawnExpr' ? inferSpawn(b, e, false) : inferExpr(b, e);
  if ((e.kind === 'NameExpr' || e.kind === 'MemberExpr' || e.kind === 'PathExpr') && resolve(expr.type).kind === 'func') {
    b.error('E3113', e.span, { 名称: b.file.text.slice(e.span.start, e.span.end) });
    return;
  }
  if (expr.kind === 'diverge') out.push(expr.statement);
  else if (expr.kind === 'blockExpr' && expr.value.kind === 'unit') out.push({ kind: 'block', block: expr.block, span: s.span });
  else if (!(expr.kind === 'unit' && isPoison(expr.type))) out.push({ kind: 'expr', expr, span: s.span });
}

function ifStatement(b: Body, e: ast.IfExpr): hir.Stmt {
  // A loop, because a ladder of 否则 如果 may have thousands of branches.
  const branches: hir.Stmt[] = [];
  let at: ast.IfExpr | ast.Block | undefined = e;
  for (; at?.kind === 'IfExpr'; at = at.else) {
    const condition = checkCondition(b, at.condition);
    branches.push({ kind: 'if', condition, then: inferBlock(b, at.then), otherwise: undefined, span: at.span });
  }
  let otherwise = at === undefined ? undefined : inferBlock(b, at);
  for (;;) {
    const branch = { ...(branches.pop() as hir.Stmt & { kind: 'if' }), otherwise };
    if (branches.length === 0) return branch;
    otherwise = { statements: [branch], span: branch.span };
  }
}

function returnStatement(b: Body, s: ast.ReturnStmt, out: hir.Stmt[]): void {
  if (b.kind === 'main') {
    b.error('E3035', s.span);
    return;
  }
  const barrier = b.loops.findLast((l) => l.isFinally);
  if (barrier !== undefined) {
    if (s.value !== undefined) inferExpr(b, s.value);
    b.error('E3013', s.span, { 语句: '返回', 块: barrier.word ?? '最终' });
    return;
  }
  const { result } = b.func;
  const written = b.symbol?.decl.result;
  const details = written === undefined ? {} : {
    related: [{ span: written.span, file: b.file, label: { zh: '结果类型在这里声明', en: 'the result type is declared here' } }],
  };
  if (b.futureOf !== undefined) {
    out.push({ kind: 'return', value: wrappedResult(b, s, b.futureOf, details), span: s.span });
    return;
  }
  if (s.value === undefined) {
    const t = resolve(result);
    if (!unify(t, UNIT)) b.mismatch(s.span, t, UNIT, details);
    out.push({ kind: 'return', value: undefined, span: s.span });
    return;
  }
  const node = inferExpr(b, s.value, result);
  if (node.kind === 'diverge') {
    out.push(node.statement);
    return;
  }
  const value = b.coerce(node, result, details);
  b.returnsValue = true;
  if (resolve(result) === UNIT && !isPoison(value.type)) {
    if (value.kind !== 'unit') out.push({ kind: 'expr', expr: value, span: s.span });
    out.push({ kind: 'return', value: undefined, span: s.span });
  } else out.push({ kind: 'return', value, span: s.span });
}

/** `返回 v` in a plain function declared 未来<T>: a 未来 passes, anything else is wrapped. */
function wrappedResult(b: Body, s: ast.ReturnStmt, of: Type, details: object): hir.Expr {
  const type: Type = { kind: 'future', value: of };
  if (s.value === undefined) {
    if (!unify(of, UNIT)) b.mismatch(s.span, of, UNIT, details);
    return { kind: 'ready', value: unitValue(s.span), type, span: s.span };
  }
  b.returnsValue = true;
  // A call that gives a 未来 (未来::失败) takes its type from T, a literal from T itself.
  const node = inferExpr(b, s.value, s.value.kind === 'CallExpr' ? type : of);
  const t = resolve(node.type);
  if (t.kind === 'future' || t.kind === 'task') return b.coerce(node, type, details);
  if (t.kind === 'never' || isPoison(t)) return node;
  if (t.kind !== 'variable' || t.literal !== 'none') {
    return { kind: 'ready', value: b.coerce(node, of, details), type, span: node.span };
  }
  const holder = { kind: 'ready', value: node, type, span: node.span } as { -readonly [K in keyof hir.Expr]: hir.Expr[K] };
  whenKnown(b, t, node.span, { zh: '返回的值', en: 'the returned value' }, (known) => {
    if (known.kind === 'future' || known.kind === 'task') Object.assign(holder, b.coerce({ ...node }, type, details));
    else b.coerce(node, of, details);
  }, () => unify(t, of));
  return holder as hir.Expr;
}

function jumpTarget(b: Body, label: ast.Name | undefined, word: string, span: ast.Span): hir.LoopLabel | undefined {
  let crossed: '最终' | '延后' | undefined;
  let inLoop = false;
  for (let i = b.loops.length - 1; i >= 0; i--) {
    const loop = b.loops[i]!;
    if (loop.isFinally) {
      crossed ??= loop.word ?? '最终';
      continue;
    }
    inLoop = true;
    if (label !== undefined && loop.label.name !== label.text) continue;
    if (crossed === undefined) return loop.label;
    b.error('E3013', span, { 语句: word, 块: crossed });
    return undefined;
  }
  if (label !== undefined && inLoop) b.error('E3015', label.span, { 名称: label.text });
  else if (crossed !== undefined) b.error('E3013', span, { 语句: word, 块: crossed });
  else b.error('E3014', span, { 语句: word });
  return undefined;
}

function loopLabel(name: ast.Name | undefined): hir.LoopLabel {
  return { name: name?.text };
}

function inLoop<T>(b: Body, label: hir.LoopLabel, action: () => T): T {
  b.loops.push({ label, start: ++b.checker.clock, isFinally: false });
  const result = action();
  b.loops.pop();
  return result;
}

interface RangeParts {
  readonly from: hir.Expr;
  readonly to: hir.Expr;
  readonly step: hir.Expr | undefined;
  readonly inclusive: boolean;
}

function forRange(
  b: Body, s: { readonly label: ast.Name | undefined; readonly body: ast.Block; readonly span: ast.Span }, name: ast.Name | undefined, range: RangeParts, out: hir.Stmt[],
): void {
  const label = loopLabel(s.label);
  inLoop(b, label, () => b.inScope(() => {
    const variable = name === undefined ? b.temp(INT, s.span) : b.declareLocal(name, INT, { quiet: true }).local;
    const body = inferBlock(b, s.body);
    out.push({ kind: 'forRange', label, variable, ...range, body, span: s.span });
  }));
}

function forIn(b: Body, s: ast.ForInStmt, out: hir.Stmt[]): void {
  const names = s.bindings.map((pattern) => (pattern.kind === 'NamePattern' ? pattern.name : undefined));
  if (s.iterable.kind === 'RangeExpr' && s.iterable.from !== undefined && s.iterable.to !== undefined && names.length === 1) {
    const { inclusive } = s.iterable;
    const from = checkExpr(b, s.iterable.from, INT);
    const to = checkExpr(b, s.iterable.to, INT);
    forRange(b, s, names[0], { from, to, step: undefined, inclusive }, out);
    return;
  }
  const over = iterated(b, inferExpr(b, s.iterable));
  const label = loopLabel(s.label);
  const first: Type = b.checker.fresh();
  const second: Type | undefined = names.length > 1 ? b.checker.fresh() : undefined;
  const what = { zh: '要遍历的值', en: 'the value to iterate over' };
  const skip = (): void => {
    giveUp(first);
    if (second !== undefined) giveUp(second);
  };
  whenKnown(b, over.type, over.span, what, (t) => {
    const types = names.length > 2 ? undefined : elementTypes(t, second !== undefined);
    if (types === undefined) {
      if (!isPoison(t)) {
        const single = elementTypes(t, false);
        if (single !== undefined) b.error('E3031', s.bindings[1]!.span, { 左: names.length, 右: 1 }, apartHint(single[0]!, names));
        else b.error('E3020', over.span, { 类型: showType(t) }, iterableHint(t));
      } else b.failed = true;
      skip();
      return;
    }
    // The body may already demand other types of its variables.
    [first, second].forEach((variable, i) => {
      if (variable !== undefined && !unify(variable, types[i]!)) b.mismatch(s.bindings[i]!.span, variable, types[i]!);
    });
  }, skip);
  inLoop(b, label, () => b.inScope(() => {
    const declare = (i: number, type: Type): hir.Local => {
      const name = names[i];
      return name === undefined ? b.temp(type, s.bindings[i]?.span ?? s.span) : b.declareLocal(name, type, { quiet: true }).local;
    };
    const variable = declare(0, first);
    const other = second === undefined ? undefined : declare(1, second);
    if (other !== undefined && names[0] !== undefined) positionBeside.set(other, variable);
    const taken = s.bindings.map((pattern, i) => takeApart(b, pattern, i === 0 ? variable : other));
    const inner = inferBlock(b, s.body);
    const body = taken.reduceRight((block, take) => take(block), inner);
    out.push({ kind: 'forEach', label, variable, second: other, over, body, span: s.span });
  }));
}

/** What 对于 really goes over: for a type that implements 可迭代, what its 迭代 gives. */
function iterated(b: Body, over: hir.Expr): hir.Expr {
  const method = ownMethod(b.checker, resolve(over.type), '可迭代', '迭代');
  return method === undefined ? over : callFunction(b, method, over, [], over.span, 'value');
}

/** What 对于 binds; undefined when `t` cannot be iterated (with that many variables). */
export function elementTypes(t: Type, two: boolean): readonly Type[] | undefined {
  t = resolve(t);
  switch (t.kind) {
    case 'list': case 'array': return two ? [INT, t.elem] : [t.elem];
    case 'bytes': return two ? [INT, BYTE] : [BYTE];
    case 'set': return two ? undefined : [t.elem];
    case 'range': return two ? undefined : [INT];
    case 'string': return two ? [INT, CHAR] : [CHAR];
    case 'dict': return two ? [t.key, t.value] : [t.key];
    case 'channel': return two ? undefined : [t.elem];
    case 'coroutine': return two ? undefined : [t.yields];
    default: return undefined;
  }
}

/** How the names take the tuple apart that is the element. */
function apartHint(elem: Type, names: readonly (ast.Name | undefined)[]): { hint?: Localized } {
  const t = resolve(elem);
  if (t.kind !== 'tuple' || t.elems.length !== names.length) return {};
  const shown = names.map((name) => name?.text ?? '_').join(', ');
  return { hint: { zh: `要拆开元组，写 对于 (${shown}) 在 …`, en: `to take the tuple apart write 对于 (${shown}) 在 …` } };
}

/** What makes a number or a struct something to iterate over. */
function iterableHint(t: Type): { hint?: Localized } {
  if (t.kind === 'int') return { hint: { zh: '数着循环写 对于 i 在 0..n，或 对于 i 从 1 到 n', en: 'a counting loop is written 对于 i 在 0..n, or 对于 i 从 1 到 n' } };
  return t.kind === 'struct' ? { hint: { zh: '自己的类型先写 实现 可迭代 对于 类型 { … }', en: 'a type of your own needs 实现 可迭代 对于 Type { … }' } } : {};
}
