/**
 * infer-scope.ts — 并发 截止 屏蔽, and calls of 全部 任一 竞速 带超时.
 *
 * A block with a value becomes a statement that assigns it to a local of the compiler's own, so that later phases know
 * one form. The functions themselves are Qi (natives/标准库/并发.qi); only what no signature can say is here.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { INT, NEVER, UNIT, resolve, type Type } from '../types.js';
import { inferArgs, type Arg } from './arguments.js';
import { unitValue, type Body } from './body.js';
import { blockValue, checkExpr, inferExpr } from './infer-expr.js';
import { inferBlock } from './infer-stmt.js';

type ScopeExpr = ast.ConcurrentExpr | ast.DeadlineExpr | ast.ShieldExpr;

function head(b: Body, e: ScopeExpr): { how: hir.ScopeKind; argument: hir.Expr | undefined } {
  switch (e.kind) {
    case 'ConcurrentExpr':
      return e.limit === undefined ? { how: 'concurrent', argument: undefined } : { how: 'limit', argument: checkExpr(b, e.limit, INT) };
    case 'DeadlineExpr': return { how: 'deadline', argument: checkExpr(b, e.milliseconds, INT) };
    case 'ShieldExpr': return { how: 'shield', argument: undefined };
  }
}

/** The block as a statement: the value of its last expression is dropped. */
export function scopeStatement(b: Body, e: ScopeExpr): hir.Stmt {
  return { kind: 'scope', ...head(b, e), body: inferBlock(b, e.body), span: e.span };
}

/** The block where a value is wanted: that of its last expression, once all its tasks are over. */
export function inferScope(b: Body, e: ScopeExpr, expected: Type | undefined): hir.Expr {
  const { span } = e;
  const { how, argument } = head(b, e);
  const node = blockValue(b, e.body, expected);
  const statements: hir.Stmt[] = node.kind === 'blockExpr' ? [...node.block.statements] : [];
  const value = node.kind === 'blockExpr' ? node.value : node;
  const block: hir.Stmt = { kind: 'scope', how, argument, body: { statements, span: e.body.span }, span };
  const type = resolve(value.type);
  if (type.kind === 'never') {
    statements.push(value.kind === 'diverge' ? value.statement : { kind: 'expr', expr: value, span: value.span });
    return { kind: 'diverge', statement: block, type: NEVER, span };
  }
  if (type === UNIT) {
    if (value.kind !== 'unit') statements.push({ kind: 'expr', expr: value, span: value.span });
    return { kind: 'blockExpr', block: { statements: [block], span }, value: unitValue(span), type: UNIT, span };
  }
  const local = b.temp(value.type, value.span);
  statements.push({ kind: 'assignLocal', local, value, span: value.span });
  return {
    kind: 'blockExpr', type: value.type, span, value: { kind: 'local', local, type: value.type, span },
    block: { statements: [{ kind: 'let', local, value: undefined, span: value.span }, block], span },
  };
}

const OVER_FUTURES: ReadonlySet<string> = new Set(['全部', '任一', '竞速']);

/** What makes a list of the elements of another collection. */
const TO_LIST: Readonly<Partial<Record<Type['kind'], string>>> = { range: 'range_to_list', set: 'set_to_list', array: 'array_to_list' };

/** `并行(0..9, …)`: it maps over ranges, sets and arrays, too. */
function listArg(b: Body, first: Arg): void {
  const [node] = inferArgs(b, [first]);
  const t = resolve(node!.type);
  const native = TO_LIST[t.kind];
  if (native === undefined) return;
  const elem = t.kind === 'set' || t.kind === 'array' ? t.elem : INT;
  first.node = { kind: 'callNative', native, args: [node!], type: { kind: 'list', elem }, span: node!.span };
}

/**
 * The arguments of a library function. A list of 任务 is not a list of 未来, because lists change; these functions
 * only read theirs, so they take a copy.
 */
export function futureArgs(b: Body, name: string, args: readonly Arg[]): readonly Arg[] {
  const first = args[0];
  if (first !== undefined && name === '并行' && (first.name === undefined || first.name.text === '集')) listArg(b, first);
  if (first === undefined || !OVER_FUTURES.has(name)) return args;
  if (first.ast.kind === 'ListLiteral') {
    // Each element is one or the other.
    first.node = inferExpr(b, first.ast, { kind: 'list', elem: { kind: 'future', value: b.checker.fresh() } });
    return args;
  }
  const [node] = inferArgs(b, [first]);
  const t = resolve(node!.type);
  const elem = t.kind === 'list' || t.kind === 'array' ? resolve(t.elem) : undefined;
  if (t.kind === 'list' && elem?.kind === 'task') {
    first.node = {
      kind: 'callNative', native: 'futures_of_tasks', args: [node!], type: { kind: 'list', elem: { kind: 'future', value: elem.value } }, span: node!.span,
    };
  }
  return args;
}
