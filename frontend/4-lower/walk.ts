/**
 * walk.ts — the direct operands of a typed expression, in evaluation order.
 *
 * Statements inside an expression (blockExpr, diverge) are not operands: what asks here treats
 * those nodes specially. Closures have none: their body belongs to another function.
 */
import type { Expr } from '../hir.js';

const NONE: readonly Expr[] = [];

export function operandsOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'string': case 'unit': case 'none':
    case 'local': case 'global': case 'closure': case 'funcRef': case 'reschedule': case 'blockExpr': case 'diverge':
      return NONE;
    case 'unary': case 'convert': case 'len': case 'upcast': return [e.operand];
    case 'binary': case 'compare': case 'identical': case 'logical': return [e.left, e.right];
    case 'concat': return e.parts;
    case 'format': case 'some': case 'ready': case 'yield': return [e.value];
    case 'call': case 'callNative': case 'spawn': case 'start': case 'launch': case 'newCoroutine': return e.args;
    case 'callClosure': return [e.callee, ...e.args];
    case 'field': return [e.object];
    case 'index': return [e.target, e.index];
    case 'struct': return e.fields.map((f) => f.value);
    case 'list': return e.elems;
    case 'fill': return [e.value, e.count];
    case 'dict': return e.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'isSome': case 'unwrap': return [e.option];
    case 'tuple': return e.elems;
    case 'enum': return e.args;
    case 'enumTag': return [e.operand];
    case 'payload': return [e.object];
    // Guards and arms run or not: what asks here takes 匹配 for something that runs statements.
    case 'match': return [e.subject];
    case 'optionOr': return [e.option, e.fallback];
    case 'dictFind': return [e.dict, e.key];
    case 'push': return [e.list, e.value];
    case 'if': return [e.condition, e.then, e.otherwise];
    case 'await': return [e.future];
    case 'awaitCoroutine': return [e.coroutine];
    case 'resume': return e.value === undefined ? [e.coroutine] : [e.coroutine, e.value];
    case 'newChannel': return [e.capacity];
    case 'receive': case 'receiveOption': case 'closeChannel': return [e.channel];
    case 'sleep': return [e.milliseconds];
    case 'deref': return [e.pointer];
    case 'addressOf':
      return e.place.kind === 'field' ? [e.place.object] : e.place.kind === 'element' ? [e.place.list, e.place.index] : NONE;
  }
}
