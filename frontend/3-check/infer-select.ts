/**
 * infer-select.ts — 选择 and its 情况.
 *
 * Operands of all cases are evaluated before one is chosen, so they are inferred in the scope around
 * the statement; targets exist only in their case. A target that is assigned (`=`) receives into a
 * temporary first: any place may stand there.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import { BOOL, INT, type Type } from '../types.js';
import type { Body } from './body.js';
import { channelOf } from './infer-async.js';
import { storeReceived, zeroOf } from './receive-pair.js';
import { checkExpr, inferExpr } from './infer-expr.js';
import { inferStatements } from './infer-stmt.js';

export function inferSelect(b: Body, s: ast.SelectStmt, out: hir.Stmt[]): void {
  // First all operands, in order; then the bodies.
  const operands = s.cases.map(({ operation: op }) => {
    switch (op.kind) {
      case 'ReceiveOperation': return channelOf(b, op.channel);
      case 'SendOperation': {
        const { channel, elem } = channelOf(b, op.channel);
        return { channel, elem, value: checkExpr(b, op.value, elem) };
      }
      case 'AwaitOperation': {
        const value = b.checker.fresh();
        const future = checkExpr(b, op.future, { kind: 'future', value });
        return { future, value };
      }
      case 'TimeoutOperation': return { milliseconds: checkExpr(b, op.milliseconds, INT) };
      case 'DefaultOperation': return {};
    }
  });
  const cases = s.cases.map((c, i): hir.SelectCase => b.inScope(() => {
    const { operation: op, span } = c;
    const operand = operands[i] as { channel: hir.Expr; elem: Type; value: hir.Expr; future: hir.Expr; milliseconds: hir.Expr };
    switch (op.kind) {
      case 'ReceiveOperation': {
        const first: hir.Stmt[] = [];
        const value = caseTarget(b, op.targets[0], op.declares, operand.elem, first);
        const ok = caseTarget(b, op.targets[1], op.declares, BOOL, first);
        const zero = op.targets.length > 1 ? zeroOf(b, operand.elem, op.span) : undefined;
        return { kind: 'receive', channel: operand.channel, value, ok, assigns: false, zero, body: caseBody(b, c, first), span };
      }
      case 'SendOperation':
        return { kind: 'send', channel: operand.channel, value: operand.value, body: caseBody(b, c, []), span };
      case 'AwaitOperation': {
        const first: hir.Stmt[] = [];
        const value = caseTarget(b, op.targets[0], op.declares, operand.value as unknown as Type, first);
        return { kind: 'await', future: operand.future, value, assigns: false, body: caseBody(b, c, first), span };
      }
      case 'TimeoutOperation':
        return { kind: 'timeout', milliseconds: operand.milliseconds, body: caseBody(b, c, []), span };
      case 'DefaultOperation':
        return { kind: 'default', body: caseBody(b, c, []), span };
    }
  }));
  out.push({ kind: 'select', cases, span: s.span });
}

function caseTarget(b: Body, e: ast.Expr | undefined, declares: boolean, type: Type, first: hir.Stmt[]): hir.Local | undefined {
  if (e === undefined || (e.kind === 'NameExpr' && e.name === '_')) return undefined;
  if (declares) {
    if (e.kind === 'NameExpr') return b.declareLocal({ kind: 'Name', text: e.name, span: e.span }, type).local;
    inferExpr(b, e);
    b.error('E3027', e.span);
    return undefined;
  }
  const local = b.temp(type, e.span);
  storeReceived(b, e, local, first);
  return local;
}

function caseBody(b: Body, c: ast.SelectCase, first: readonly hir.Stmt[]): hir.Block {
  const statements = b.inScope(() => inferStatements(b, c.body.statements));
  return { statements: [...first, ...statements], span: c.body.span };
}
