/**
 * walk.ts — visiting the children of typed nodes, in evaluation order. Used by flow and finalize.
 */
import * as hir from '../hir.js';

export interface Visitor {
  expr(e: hir.Expr): void;
  stmt(s: hir.Stmt): void;
  /** Called for the pattern of each arm; who wants the parts goes on with visitPatternChildren. */
  pattern?(p: hir.Pattern): void;
}

export function visitBlock(block: hir.Block, v: Visitor): void {
  for (const s of block.statements) v.stmt(s);
}

/** One loop, not `forEach` at each place: that makes a closure each time, and code V8 takes long to compile. */
function visitAll(nodes: readonly hir.Expr[], v: Visitor): void {
  for (const e of nodes) v.expr(e);
}

/** Calls the visitor for the direct children of an expression. Functions of closures are not entered. */
export function visitExprChildren(e: hir.Expr, v: Visitor): void {
  switch (e.kind) {
    case 'int': case 'float': case 'bool': case 'char': case 'string': case 'unit': case 'none': case 'local': case 'global':
    case 'closure': case 'funcRef': case 'reschedule':
      return;
    case 'unary': case 'convert': case 'len': case 'upcast':
      return v.expr(e.operand);
    case 'binary': case 'compare': case 'identical': case 'logical':
      v.expr(e.left);
      return v.expr(e.right);
    case 'concat': return visitAll(e.parts, v);
    case 'format': case 'some': case 'ready': case 'yield': return v.expr(e.value);
    case 'call': case 'callNative': case 'spawn': case 'start': case 'launch': case 'newCoroutine':
      return visitAll(e.args, v);
    case 'callClosure':
      v.expr(e.callee);
      return visitAll(e.args, v);
    case 'field': return v.expr(e.object);
    case 'index':
      v.expr(e.target);
      return v.expr(e.index);
    case 'struct':
      for (const f of e.fields) v.expr(f.value);
      return;
    case 'list': return visitAll(e.elems, v);
    case 'fill':
      v.expr(e.value);
      return v.expr(e.count);
    case 'dict':
      for (const entry of e.entries) {
        v.expr(entry.key);
        v.expr(entry.value);
      }
      return;
    case 'isSome': case 'unwrap': return v.expr(e.option);
    case 'tuple': return visitAll(e.elems, v);
    case 'enum': return visitAll(e.args, v);
    case 'enumTag': return v.expr(e.operand);
    case 'payload': return v.expr(e.object);
    case 'match':
      v.expr(e.subject);
      for (const arm of e.arms) {
        v.pattern?.(arm.pattern);
        if (arm.guard !== undefined) v.expr(arm.guard);
        v.expr(arm.body);
      }
      return;
    case 'optionOr':
      v.expr(e.option);
      return v.expr(e.fallback);
    case 'dictFind':
      v.expr(e.dict);
      return v.expr(e.key);
    case 'push':
      v.expr(e.list);
      return v.expr(e.value);
    case 'if':
      v.expr(e.condition);
      v.expr(e.then);
      return v.expr(e.otherwise);
    case 'blockExpr':
      visitBlock(e.block, v);
      return v.expr(e.value);
    case 'diverge': return v.stmt(e.statement);
    case 'await': return v.expr(e.future);
    case 'awaitCoroutine': return v.expr(e.coroutine);
    case 'resume':
      v.expr(e.coroutine);
      if (e.value !== undefined) v.expr(e.value);
      return;
    case 'newChannel': return v.expr(e.capacity);
    case 'receive': case 'receiveOption': case 'closeChannel': return v.expr(e.channel);
    case 'sleep': return v.expr(e.milliseconds);
    case 'deref': return v.expr(e.pointer);
    case 'addressOf':
      if (e.place.kind === 'field') v.expr(e.place.object);
      if (e.place.kind !== 'element') return;
      v.expr(e.place.list);
      return v.expr(e.place.index);
  }
}

/** Calls the visitor for the direct parts of a pattern: patterns, and the literals it compares with. */
export function visitPatternChildren(p: hir.Pattern, v: Visitor): void {
  switch (p.kind) {
    case 'any': case 'bind': case 'none': return;
    case 'constant': return v.expr(p.value);
    case 'range':
      if (p.from !== undefined) v.expr(p.from);
      if (p.to !== undefined) v.expr(p.to);
      return;
    case 'variant': return p.args.forEach((a) => v.pattern?.(a));
    case 'some': return v.pattern?.(p.inner);
    case 'fields': return p.parts.forEach((a) => v.pattern?.(a));
    case 'or': return p.alternatives.forEach((a) => v.pattern?.(a));
  }
}

export function visitStmtChildren(s: hir.Stmt, v: Visitor): void {
  switch (s.kind) {
    case 'let':
      if (s.value !== undefined) v.expr(s.value);
      return;
    case 'assignLocal': case 'assignGlobal': case 'throw': return v.expr(s.value);
    case 'assignField':
      v.expr(s.object);
      return v.expr(s.value);
    case 'assignIndex':
      v.expr(s.target);
      v.expr(s.index);
      return v.expr(s.value);
    case 'expr': return v.expr(s.expr);
    case 'block': return visitBlock(s.block, v);
    case 'if':
      // The branches of a ladder are visited here, without asking the visitor about each 如果: there may be thousands.
      for (let branch = s; ; ) {
        v.expr(branch.condition);
        visitBlock(branch.then, v);
        const next = hir.elseIf(branch);
        if (next === undefined) {
          if (branch.otherwise !== undefined) visitBlock(branch.otherwise, v);
          return;
        }
        branch = next;
      }
    case 'while':
      if (s.condition !== undefined) v.expr(s.condition);
      return visitBlock(s.body, v);
    case 'forRange':
      v.expr(s.from);
      v.expr(s.to);
      if (s.step !== undefined) v.expr(s.step);
      return visitBlock(s.body, v);
    case 'forEach':
      v.expr(s.over);
      return visitBlock(s.body, v);
    case 'break': case 'continue': return;
    case 'return':
      if (s.value !== undefined) v.expr(s.value);
      return;
    case 'try':
      visitBlock(s.body, v);
      for (const c of s.catches) {
        if (c.test !== undefined) v.expr(c.test.condition);
        visitBlock(c.body, v);
      }
      if (s.finally !== undefined) visitBlock(s.finally, v);
      return;
    case 'assignDeref':
      v.expr(s.pointer);
      return v.expr(s.value);
    case 'send':
      v.expr(s.channel);
      return v.expr(s.value);
    case 'scope':
      if (s.argument !== undefined) v.expr(s.argument);
      return visitBlock(s.body, v);
    case 'receiveOk':
      v.expr(s.channel);
      return v.expr(s.zero);
    case 'select':
      for (const c of s.cases) {
        if (c.kind === 'receive' || c.kind === 'send') v.expr(c.channel);
        if (c.kind === 'send') v.expr(c.value);
        if (c.kind === 'await') v.expr(c.future);
        if (c.kind === 'timeout') v.expr(c.milliseconds);
        if (c.kind === 'receive' && c.zero !== undefined) v.expr(c.zero);
      }
      for (const c of s.cases) visitBlock(c.body, v);
  }
}
