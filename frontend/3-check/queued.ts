/**
 * queued.ts — 创建 and 启动 of calls that are not of Qi functions: methods of channels and options, natives, function values.
 *
 * A function is made here. What the creator evaluates, in order, becomes its parameters; the rest of the node is its body.
 * Rejected: a block that captures, because it would evaluate the operands when the task runs.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { UNIT, resolve } from '../types.js';
import { poison, type Body } from './body.js';
import { awaitNode } from './infer-async.js';
import { isPoison } from './unify.js';
import { visitExprChildren, visitStmtChildren, type Visitor } from './walk.js';

/** A node taken apart: what the creator evaluates, the locals that hold it in the task, and what the task does. */
interface Work {
  readonly operands: hir.Expr[];
  readonly params: hir.Local[];
  readonly statements: readonly hir.Stmt[];
  readonly value: hir.Expr;
}

export function spawnNode(b: Body, node: hir.Expr, mode: 'spawn' | 'launch'): hir.Expr {
  if (isPoison(node.type)) return node;
  if (node.kind === 'blockExpr' && node.block.statements.every((s) => s.kind === 'let') && parts(b, node.value) !== undefined) {
    // Arguments that went through temporaries: those are the creator's.
    const inner = spawnNode(b, node.value, mode);
    return { kind: 'blockExpr', block: node.block, value: inner, type: inner.type, span: node.span };
  }
  const { span } = node;
  const work = node.kind === 'blockExpr' ? blockParts(b, node) : parts(b, node);
  if (work === undefined) return refuseOperand(b, span);
  const func = b.checker.newFunc(mode === 'spawn' ? '创建块' : '启动块', 'plain', b.file, span, UNIT);
  func.params = work.params;
  // A function that returns a 未来 gives a 任务 of its value, as an 异步 函数 does.
  const value = resolve(work.value.type).kind === 'future' ? awaitNode(b, work.value, span) : work.value;
  func.result = value.type;
  func.body = { statements: [...work.statements, { kind: 'return', value, span }], span };
  if (mode === 'launch') return { kind: 'launch', func, args: work.operands, type: UNIT, span };
  return { kind: 'spawn', func, args: work.operands, type: { kind: 'task', value: value.type }, span };
}

/** The parts of a node whose children are all evaluated before it does anything. */
function parts(b: Body, node: hir.Expr): Work | undefined {
  const operands: hir.Expr[] = [];
  const params: hir.Local[] = [];
  const taken = (operand: hir.Expr): hir.Expr => {
    const local = b.newLocal('', operand.type, operand.span);
    operands.push(operand);
    params.push(local);
    return { kind: 'local', local, type: local.type, span: operand.span };
  };
  const work = (value: hir.Expr): Work => ({ operands, params, statements: [], value });
  switch (node.kind) {
    case 'call': case 'callNative': return work({ ...node, args: node.args.map(taken) });
    case 'callClosure': return work({ ...node, callee: taken(node.callee), args: node.args.map(taken) });
    case 'push': return work({ ...node, list: taken(node.list), value: taken(node.value) });
    case 'sleep': return work({ ...node, milliseconds: taken(node.milliseconds) });
    case 'receiveOption': case 'closeChannel': return work({ ...node, channel: taken(node.channel) });
    case 'unary': case 'convert': case 'len': return work({ ...node, operand: taken(node.operand) });
    case 'format': case 'some': case 'ready': return work({ ...node, value: taken(node.value) });
    case 'enum': return work({ ...node, args: node.args.map(taken) });
    case 'await': return work({ ...node, future: taken(node.future) });
    case 'unwrap': case 'isSome': return work({ ...node, option: taken(node.option) });
    case 'optionOr': return work({ ...node, option: taken(node.option), fallback: taken(node.fallback) });
    case 'blockExpr': {
      const [only, more] = node.block.statements;
      if (only?.kind !== 'send' || more !== undefined) return undefined;
      const send: hir.Stmt = { ...only, channel: taken(only.channel), value: taken(only.value) };
      return { operands, params, statements: [send], value: node.value };
    }
    default: return undefined;
  }
}

/** A block that first keeps its operands in temporaries of its own: these become the parameters. */
function blockParts(b: Body, node: hir.Expr & { kind: 'blockExpr' }): Work | undefined {
  const { statements } = node.block;
  const operands: hir.Expr[] = [];
  const params: hir.Local[] = [];
  for (const s of statements) {
    if (s.kind !== 'let' || s.value === undefined) break;
    operands.push(s.value);
    params.push(s.local);
  }
  if (params.length === 0) return parts(b, node);
  const work = { operands, params, statements: statements.slice(params.length), value: node.value };
  return isClosed(work) ? work : undefined;
}

/** Does the body read nothing but its own locals? */
function isClosed({ params, statements, value }: Work): boolean {
  const own = new Set(params);
  let closed = true;
  const visitor: Visitor = {
    expr(e) {
      if (e.kind === 'closure' || (e.kind === 'local' && !own.has(e.local))) closed = false;
      visitExprChildren(e, visitor);
    },
    stmt(s) {
      if (s.kind === 'let') own.add(s.local);
      visitStmtChildren(s, visitor);
    },
  };
  statements.forEach((s) => visitor.stmt(s));
  visitor.expr(value);
  return closed;
}

/** What runs nothing, such as `创建 3`, is no task. */
export function refuseOperand(b: Body, span: ast.Span): hir.Expr {
  b.error('E2001', span, { 期望: { zh: '调用或 { … }', en: 'a call or { … }' }, 实际: `“${b.file.text.slice(span.start, span.end)}”` }, {
    hint: { zh: '写 启动 f(…)、创建 f(…)，或后面直接写 { … }', en: 'write 启动 f(…) or 创建 f(…), or a block { … }' },
  });
  return poison(span);
}
