/**
 * flow.ts — what happens on every path: definite assignment, missing 返回, unreachable code.
 *
 * One forward walk over the typed body. The state is the set of locals assigned so far (only those
 * declared without a value are tracked, as bits) or DEAD after a statement that never completes.
 * Loops need no iteration: assignments only add to the set, so what holds at the entry holds in
 * every round.
 *
 * 尝试: an error may leave the body anywhere, so 捕获 and 最终 start from the state before it.
 * Rejected: a control-flow graph. Qi's control flow is structured and bodies are walked once.
 */
import * as hir from '../hir.js';
import { resolve, showType } from '../types.js';
import type { Body } from './body.js';
import { isEmptyUntilSet } from './early-reads.js';
import { isPoison } from './unify.js';
import { visitBlock, visitExprChildren, visitStmtChildren, type Visitor } from './walk.js';

/** Assigned locals as bits; undefined when this point is never reached. */
type State = bigint | undefined;

class Flow implements Visitor {
  state: State = 0n;
  /** Reports only once for each local and each stretch of dead code. */
  readonly #body: Body | undefined;
  readonly #bits = new Map<hir.Local, bigint>();
  readonly #reported = new Set<hir.Local>();
  readonly #breaks = new Map<hir.LoopLabel, State>();

  constructor(body: Body | undefined) {
    this.#body = body;
  }

  block(block: hir.Block): void {
    let warned = false;
    for (const s of block.statements) {
      if (this.state === undefined && !warned) {
        warned = true;
        if (!isImplicit(s)) this.#body?.error('W3002', s.span);
      }
      this.stmt(s);
    }
  }

  expr(e: hir.Expr): void {
    switch (e.kind) {
      case 'local': return this.#read(e.local, e.span);
      case 'closure': return this.#captures(e.func, e.span);
      case 'logical': {
        this.expr(e.left);
        const before = this.state;
        this.expr(e.right);
        this.state = before === undefined ? undefined : join(before, this.state);
        return;
      }
      case 'if': {
        this.expr(e.condition);
        const before = this.state;
        this.expr(e.then);
        const then = this.state;
        this.state = before;
        this.expr(e.otherwise);
        this.state = join(then, this.state);
        return;
      }
      case 'blockExpr':
        this.block(e.block);
        return this.expr(e.value);
      case 'match': {
        this.expr(e.subject);
        const before = this.state;
        let end: State;
        for (const arm of e.arms) {
          this.state = before;
          if (arm.guard !== undefined) this.expr(arm.guard);
          this.expr(arm.body);
          end = join(end, this.state);
        }
        this.state = end;
        return;
      }
      case 'diverge': return this.stmt(e.statement);
      case 'spawn': case 'launch': case 'start': case 'newCoroutine':
        this.#captures(e.func, e.span);
        break;
    }
    visitExprChildren(e, this);
  }

  stmt(s: hir.Stmt): void {
    switch (s.kind) {
      case 'let':
        if (s.value === undefined) {
          const bit = this.#bits.get(s.local) ?? 1n << BigInt(this.#bits.size);
          this.#bits.set(s.local, bit);
          if (this.state !== undefined) this.state &= ~bit;
        } else this.expr(s.value);
        return;
      case 'assignLocal':
        this.expr(s.value);
        return this.#assign(s.local);
      case 'assignGlobal': return this.expr(s.value);
      case 'assignField':
        this.expr(s.object);
        return this.expr(s.value);
      case 'assignIndex':
        this.expr(s.target);
        this.expr(s.index);
        return this.expr(s.value);
      case 'assignDeref':
        this.expr(s.pointer);
        return this.expr(s.value);
      case 'expr': return this.expr(s.expr);
      case 'block': return this.block(s.block);
      case 'if': {
        let end: State;
        let branch = s;
        for (let next: typeof s | undefined = s; next !== undefined; next = hir.elseIf(branch)) {
          branch = next;
          this.expr(branch.condition);
          const before = this.state;
          this.block(branch.then);
          end = join(end, this.state);
          this.state = before;
        }
        if (branch.otherwise !== undefined) this.block(branch.otherwise);
        this.state = join(end, this.state);
        return;
      }
      case 'while': {
        if (s.condition !== undefined) this.expr(s.condition);
        const endless = s.condition === undefined || (s.condition.kind === 'bool' && s.condition.value);
        const exit = this.state;
        this.#loop(s.label, s.body, endless ? undefined : exit);
        return;
      }
      case 'forRange':
        this.expr(s.from);
        this.expr(s.to);
        if (s.step !== undefined) this.expr(s.step);
        return this.#loop(s.label, s.body, this.state);
      case 'forEach':
        this.expr(s.over);
        return this.#loop(s.label, s.body, this.state);
      case 'break':
        this.#breaks.set(s.target, this.#breaks.has(s.target) ? join(this.#breaks.get(s.target), this.state) : this.state);
        this.state = undefined;
        return;
      case 'continue':
        this.state = undefined;
        return;
      case 'return':
        if (s.value !== undefined) this.expr(s.value);
        this.state = undefined;
        return;
      case 'throw':
        this.expr(s.value);
        this.state = undefined;
        return;
      case 'try': return this.#try(s);
      case 'send':
        this.expr(s.channel);
        return this.expr(s.value);
      case 'receiveOk':
        this.expr(s.channel);
        if (s.value !== undefined) this.#assign(s.value);
        if (s.ok !== undefined) this.#assign(s.ok);
        return;
      case 'select': return this.#select(s);
      case 'scope':
        if (s.argument !== undefined) this.expr(s.argument);
        return this.block(s.body);
    }
  }

  #loop(label: hir.LoopLabel, body: hir.Block, exit: State): void {
    this.block(body);
    this.state = join(exit, this.#breaks.get(label));
  }

  #try(s: hir.Stmt & { kind: 'try' }): void {
    const before = this.state;
    this.block(s.body);
    let end = this.state;
    for (const c of s.catches) {
      this.state = before;
      this.block(c.body);
      end = join(end, this.state);
    }
    if (s.finally !== undefined) {
      this.state = before;
      this.block(s.finally);
      const last = this.state;
      end = end === undefined || last === undefined ? undefined : end | last;
    }
    this.state = end;
  }

  #select(s: hir.Stmt & { kind: 'select' }): void {
    for (const c of s.cases) {
      if (c.kind === 'receive' || c.kind === 'send') this.expr(c.channel);
      if (c.kind === 'send') this.expr(c.value);
      if (c.kind === 'await') this.expr(c.future);
      if (c.kind === 'timeout') this.expr(c.milliseconds);
    }
    const before = this.state;
    let end: State;
    for (const c of s.cases) {
      this.state = before;
      this.block(c.body);
      end = join(end, this.state);
    }
    this.state = end;
  }

  #assign(local: hir.Local): void {
    const bit = this.#bits.size === 0 ? undefined : this.#bits.get(local);
    if (bit !== undefined && this.state !== undefined) this.state |= bit;
  }

  #read(local: hir.Local, span: hir.Local['span']): void {
    const bit = this.#bits.size === 0 ? undefined : this.#bits.get(local);
    if (bit === undefined || this.state === undefined || (this.state & bit) !== 0n || this.#reported.has(local)) return;
    this.#reported.add(local);
    this.#body?.error('E3004', span, { 名称: local.name }, {
      related: [{ span: local.span, file: this.#body.file, label: { zh: `${local.name} 在这里声明`, en: `${local.name} is declared here` } }],
    });
  }

  /**
   * A copy is taken when the closure is made; a shared cell is checked when it is read, if that shows whether it was set:
   * otherwise it has to be set by now.
   */
  #captures(func: hir.Func, span: hir.Local['span']): void {
    for (const { outer, inner } of func.captures) {
      if (!outer.boxed || (this.#isOpen(outer) && !isEmptyUntilSet(outer.type) && reads(func, inner))) this.#read(outer, span);
    }
  }

  #isOpen(local: hir.Local): boolean {
    const bit = this.#bits.get(local);
    return bit !== undefined && this.state !== undefined && (this.state & bit) === 0n;
  }
}

/** Whether the body of a closure, or a closure inside, takes the value of a local it captured. */
function reads(func: hir.Func, local: hir.Local): boolean {
  let found = false;
  const visitor: Visitor = {
    stmt: (s) => visitStmtChildren(s, visitor),
    expr: (e) => {
      if (e.kind === 'local' && e.local === local) found = true;
      const inside = 'func' in e ? e.func : undefined;
      if (inside !== undefined && inside !== func && inside.captures.some((c) => c.outer === local && reads(inside, c.inner))) found = true;
      if (!found) visitExprChildren(e, visitor);
    },
  };
  visitBlock(func.body, visitor);
  return found;
}

function join(a: State, b: State): State {
  if (a === undefined) return b;
  return b === undefined ? a : a & b;
}

/** Code the checker added has nobody to warn. */
function isImplicit(s: hir.Stmt): boolean {
  return s.kind === 'return' && s.value === undefined;
}

/** Whether control can reach the end of a block. */
export function endReachable(block: hir.Block): boolean {
  const flow = new Flow(undefined);
  flow.block(block);
  return flow.state !== undefined;
}

/** Checks the paths of a finished body. Types and captures are known by now. */
export function checkFlow(b: Body): void {
  const flow = new Flow(b);
  flow.block(b.func.body);
  if (flow.state === undefined) return;
  const result = resolve(b.func.result);
  if (result.kind === 'unit' || isPoison(result) || b.kind === 'main') return;
  const { span } = b.func.body;
  const ofCoroutine = { zh: '协程的结果由 返回 给出；产出的类型由 挂起 推断，不写在这里', en: 'the result of a 协程 is what it gives by 返回; the type that it yields is inferred from 挂起 and not written' };
  const last = b.symbol?.decl.body?.statements.at(-1);
  const hint = b.kind === 'coroutine' ? { hint: ofCoroutine } : last?.kind !== 'ExprStmt' || last.expr.kind === 'IfExpr' || last.expr.kind === 'MatchExpr' || last.span.end - last.span.start > 40 ? {} : {
    hint: {
      zh: `最后的表达式不会自动返回：写 返回 ${b.file.text.slice(last.expr.span.start, last.expr.span.end)}`,
      en: `the last expression is not returned by itself: write 返回 ${b.file.text.slice(last.expr.span.start, last.expr.span.end)}`,
    },
  };
  b.error('E3012', { start: Math.max(span.start, span.end - 1), end: span.end }, { 名称: b.func.name, 类型: showType(result) }, b.symbol?.decl.result === undefined
    ? hint
    : { ...hint, related: [{ span: b.symbol.decl.result.span, file: b.file, label: { zh: '结果类型在这里声明', en: 'the result type is declared here' } }] });
}
