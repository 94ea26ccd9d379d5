/**
 * lints.ts — warnings about code that is valid but most likely not what was meant. The last pass, over the finished typed tree
 * of a program without errors, and only when somebody will read them: `qi run` does not ask.
 *
 * Invariant: no warning about anything idiomatic. Each rule is about one statement or expression as it stands; what would take
 * guessing at intentions (dead stores, names, style) is left to the reader. A name that begins with `_` says "on purpose".
 */
import type { Span } from '../ast.js';
import type { ErrorCode } from '../generated/errors.js';
import type { DiagnosticArgs, DiagnosticDetails } from '../diagnostics.js';
import type * as hir from '../hir.js';
import type { Project } from '../project.js';
import type { SourceFile } from '../source.js';
import { resolve, showType, RESULT, type Type } from '../types.js';
import type { Body, Checker } from './body.js';
import { shownPlaceholder } from './lint-formats.js';
import { mistakenPair } from './lint-pairs.js';
import { capturedLocals, waitsBetween } from './lost-updates.js';
import { entryOf } from './main.js';
import type { FunctionSymbol } from './scope.js';
import { isTypeName } from './type-expr.js';
import { visitBlock, visitExprChildren, visitPatternChildren, visitStmtChildren, type Visitor } from './walk.js';

/** Everything this file warns about. */
export function lint(checker: Checker, project: Project): void {
  const library = new Set([...checker.library.values(), ...project.units.filter((u) => project.packages.get(u)?.library !== undefined).map((u) => u.file)]);
  const used = new Set<hir.Func>();
  const asValue = new Set<hir.Func>();
  const crowd = new Crowd();
  for (const body of checker.bodies) {
    if (!library.has(body.file)) new Lint(checker, body, used, asValue, crowd).run();
  }
  crowd.report(checker);
  for (const { symbol, outer } of checker.shadows) {
    if (symbol.name.startsWith('_') || library.has(symbol.file)) continue;
    checker.error('W3005', symbol.file, symbol.span, { 名称: symbol.name }, {
      related: [{ span: outer.span, file: outer.file, label: { zh: `外层的 ${symbol.name} 在这里`, en: `the outer ${symbol.name} is here` } }],
    });
  }
  for (const f of checker.functionSymbols) if (!library.has(f.file) && !asValue.has(f.func)) unusedParams(checker, f);
  unusedFunctions(checker, project, used);
}

/** W3006, except where something else fixes the parameters: methods of a 特性, functions used as values, empty bodies. */
function unusedParams(checker: Checker, f: FunctionSymbol): void {
  if (f.body === undefined || f.decl.body === undefined || f.decl.body.statements.length === 0) return;
  const unread = f.body.paramSymbols.filter((symbol) => symbol.reads === 0 && !symbol.name.startsWith('_'));
  if (unread.length === 0 || isOfTrait(checker, f)) return;
  for (const symbol of unread) {
    const isType = f.decl.params.some((p) => p.name.text === symbol.name && p.type === undefined) && isTypeName(f.scope, symbol.name);
    checker.error('W3006', symbol.file, symbol.span, { 名称: symbol.name }, isType ? { hint: {
      zh: `${symbol.name} 是类型：缺少参数名时写 名: ${symbol.name}`, en: `${symbol.name} is a type: write name: ${symbol.name} when the name is missing`,
    } } : {});
  }
}

/** A method that a 特性 declares or an implementation of one defines. */
function isOfTrait(checker: Checker, f: FunctionSymbol): boolean {
  const holds = (file: SourceFile, span: Span): boolean => file === f.file && span.start <= f.decl.span.start && f.decl.span.end <= span.end;
  return [...checker.implementations.all()].some((i) => holds(i.file, i.span)) || [...checker.traits.values()].some((t) => holds(t.file, t.decl.span));
}

/** W3007 for functions of the entry file that nothing can call: other files were not made to be a whole program. */
function unusedFunctions(checker: Checker, project: Project, used: ReadonlySet<hir.Func>): void {
  const { entry } = project;
  if (entry === undefined) return;
  const start = entryOf(checker, entry.file);
  if (start === undefined && entry.items.every((item) => item.kind === 'FunctionDecl')) return;
  for (const f of [...checker.functionSymbols, ...checker.templates]) {
    if (f.file !== entry.file || f === start || f.receiver !== undefined || f.shown !== f.name || f.name.startsWith('_')) continue;
    if (f.decl.visibility === 'public' || f.context !== undefined || !entry.items.includes(f.decl)) continue;
    if (f.template === undefined ? !used.has(f.func) : !f.template.used) checker.error('W3007', f.file, f.decl.name.span, { 名称: f.name });
  }
}

/** Updates that several tasks may make at once: which functions run many times is known when all bodies were seen. */
class Crowd {
  readonly updates: { readonly body: Body; readonly span: Span; readonly name: string }[] = [];
  /** Functions that a loop makes tasks of. */
  readonly many = new Set<hir.Func>();

  report(checker: Checker): void {
    for (const { body, span, name } of this.updates) if (this.many.has(body.func)) checker.error('W3017', body.file, span, { 名称: name });
  }
}

class Lint implements Visitor {
  readonly #checker: Checker;
  readonly #body: Body;
  readonly #used: Set<hir.Func>;
  readonly #asValue: Set<hir.Func>;
  readonly #crowd: Crowd;
  readonly #captured: ReadonlySet<hir.Local>;
  /** Blocks around that join the tasks begun in them. */
  readonly #joining: hir.ScopeKind[] = [];
  /** Loops around. */
  #loops = 0;
  readonly #labels = new Map<hir.LoopLabel, Span>();
  /** The file's variables, and those declared so far. */
  readonly #names = new Set<string>();

  constructor(checker: Checker, body: Body, used: Set<hir.Func>, asValue: Set<hir.Func>, crowd: Crowd) {
    this.#checker = checker;
    this.#body = body;
    this.#used = used;
    this.#asValue = asValue;
    this.#crowd = crowd;
    this.#captured = capturedLocals(body.func);
  }

  run(): void {
    for (const g of this.#checker.globals) if (g.file === this.#file) this.#names.add(g.name);
    for (const p of this.#body.func.params) this.#names.add(p.name);
    for (const c of this.#body.func.captures) this.#names.add(c.inner.name);
    visitBlock(this.#body.func.body, this);
    for (const [label, span] of this.#labels) this.#warn('W3014', { start: span.start, end: span.start + label.name!.length }, { 名称: label.name! });
  }

  #warn(code: ErrorCode, span: Span, args: DiagnosticArgs = {}, details: DiagnosticDetails = {}): void {
    this.#checker.error(code, this.#file, span, args, details);
  }

  get #file(): SourceFile {
    return this.#body.file;
  }

  stmt(s: hir.Stmt): void {
    switch (s.kind) {
      case 'expr':
        // `_ = f()` says that the value is not wanted.
        if (s.span.start === s.expr.span.start) this.#discarded(s.expr);
        break;
      case 'let':
        this.#names.add(s.local.name);
        if (s.value !== undefined) this.#braces([s.value]);
        break;
      case 'assignLocal':
        this.#braces([s.value]);
        this.#update(s, this.#captured.has(s.local));
        if (s.value.kind === 'local' && s.value.local === s.local) this.#warn('W3009', s.span, { 说明: { zh: '把变量赋给它自己', en: 'a variable is assigned to itself' } });
        break;
      case 'assignGlobal':
        this.#update(s, true);
        break;
      case 'while':
        this.#label(s.label, s.span);
        this.#loop(s);
        return;
      case 'forEach':
        this.#names.add(s.variable.name);
        if (s.second !== undefined) this.#names.add(s.second.name);
        this.#pair(s);
        this.#label(s.label, s.span);
        this.#loop(s);
        return;
      case 'forRange':
        this.#names.add(s.variable.name);
        this.#label(s.label, s.span);
        this.#emptyRange(s);
        this.#loop(s);
        return;
      case 'break': case 'continue':
        // A plain 跳出 has the same target, but does not use the name.
        if (s.target.name !== undefined && this.#textOf(s.span).endsWith(s.target.name)) this.#labels.delete(s.target);
        return;
      case 'scope':
        if (s.how !== 'shield') this.#joining.push(s.how);
        visitStmtChildren(s, this);
        if (s.how !== 'shield') this.#joining.pop();
        return;
    }
    visitStmtChildren(s, this);
  }

  expr(e: hir.Expr): void {
    switch (e.kind) {
      case 'call': case 'spawn': case 'start': case 'launch': case 'newCoroutine':
        if (e.func !== this.#body.func) this.#used.add(e.func);
        if (e.kind === 'launch') this.#detached(e);
        if (this.#loops > 0 && (e.kind === 'spawn' || e.kind === 'launch')) this.#crowd.many.add(e.func);
        break;
      case 'funcRef':
        this.#used.add(e.func);
        this.#asValue.add(e.func);
        break;
      case 'compare': this.#comparison(e); break;
      case 'callNative':
        if (e.native === 'print' || e.native === 'print_line') {
          this.#braces(e.args);
          this.#placeholder(e);
        }
        break;
      case 'concat': this.#braces(e.parts); break;
      case 'binary':
        if ((e.op === 'div' || e.op === 'rem') && e.right.kind === 'int' && e.right.value === 0n) this.#warn('W3012', e.right.span);
        break;
      case 'dict': this.#keys(e); break;
      case 'format':
        if (resolve(e.value.type).kind === 'func') this.#warn('W3015', e.value.span);
        break;
    }
    visitExprChildren(e, this);
  }

  pattern(p: hir.Pattern): void {
    visitPatternChildren(p, this);
  }

  #loop(s: hir.Stmt): void {
    this.#loops++;
    visitStmtChildren(s, this);
    this.#loops--;
  }

  #update(s: hir.Stmt & { kind: 'assignLocal' | 'assignGlobal' }, foreign: boolean): void {
    if (foreign && waitsBetween(s, this.#file)) this.#crowd.updates.push({ body: this.#body, span: s.span, name: s.kind === 'assignLocal' ? s.local.name : s.global.name });
  }

  /** 启动 where everything else belongs to the block. */
  #detached(e: hir.Expr & { kind: 'launch' }): void {
    const how = this.#joining.at(-1);
    if (how !== undefined) this.#warn('W3018', { start: e.span.start, end: e.span.start + 2 }, { 块: how === 'deadline' ? '截止' : '并发' });
  }

  #textOf(span: Span): string {
    return this.#file.text.slice(span.start, span.end).normalize('NFC');
  }

  #label(label: hir.LoopLabel, span: Span): void {
    // A loop the checker made of another form may share the label; the first one is what was written.
    if (label.name !== undefined && !label.name.startsWith('_') && !this.#labels.has(label)) this.#labels.set(label, span);
  }

  /** The value of an expression that is a statement. */
  #discarded(e: hir.Expr): void {
    if (hasNoEffect(e)) {
      const hint = e.kind === 'compare' && e.op === 'eq' ? { zh: '赋值写一个 =', en: 'a single = assigns' } : undefined;
      this.#warn('W3004', e.span, {}, hint === undefined ? {} : { hint });
    } else if (isPureText(e, this.#checker)) {
      this.#warn('W3004', e.span, {}, { hint: { zh: '字符串不会改变，方法给出新的字符串：写 文 = 文.…()', en: 'strings never change, the method gives a new one: write s = s.…()' } });
    } else if (e.kind === 'start' && this.#joining.length === 0 && e.func.file === this.#file) {
      this.#warn('W3010', e.span, { 类型: '未来' }, { hint: { zh: '写 等待 取得结果；不关心结果时写 启动', en: 'write 等待 to take its result, or 启动 when it does not matter' } });
    } else if (isResult(e.type) && (e.kind === 'call' || e.kind === 'callClosure')) {
      this.#warn('W3010', e.span, { 类型: '结果' }, { hint: { zh: '用 匹配 或 尝试 处理失败；有意忽略时写 _ = …', en: 'handle the failure with 匹配 or 尝试, or write _ = … to ignore it' } });
    }
  }

  /** `"你好 {名}"`: a text that shows the braces. Only where texts are made to be read: elsewhere it may be a template. */
  #braces(texts: readonly hir.Expr[]): void {
    for (const e of texts) {
      if (e.kind !== 'string' || !e.value.includes('{') || !/^["“「]/u.test(this.#textOf(e.span))) continue;
      const name = [...e.value.matchAll(/\{([\p{L}_][\p{L}\p{N}_]*)\}/gu)].find(([, word]) => this.#names.has(word!))?.[1];
      if (name !== undefined) this.#warn('W3016', e.span, { 名称: name });
    }
  }

  #placeholder(e: hir.Expr & { kind: 'callNative' }): void {
    const found = shownPlaceholder(e, (part) => this.#textOf(part.span));
    if (found !== undefined) this.#warn('W3020', found.literal.span, { 写法: found.shown }, { hint: found.hint });
  }

  #pair(s: hir.Stmt & { kind: 'forEach' }): void {
    const pair = mistakenPair(s);
    if (pair === undefined) return;
    const [甲, 乙] = [pair.first.name, pair.second.name];
    this.#warn('W3019', { start: pair.first.span.start, end: pair.second.span.end }, { 甲, 乙, 类型: showType(pair.elem) });
  }

  #comparison(e: hir.Expr & { kind: 'compare' }): void {
    const { left, right } = e;
    if (isLiteral(left) && isLiteral(right)) this.#warn('W3008', e.span);
    else if (samePlace(left, right) && resolve(left.type).kind !== 'float' && resolve(left.type).kind !== 'float32') {
      this.#warn('W3009', e.span, { 说明: { zh: '拿一个值与它自己比较', en: 'a value is compared with itself' } });
    }
  }

  #emptyRange(s: hir.Stmt & { kind: 'forRange' }): void {
    const from = intOf(s.from);
    const to = intOf(s.to);
    const step = s.step === undefined ? 1n : intOf(s.step);
    if (from === undefined || to === undefined || step === undefined || step === 0n) return;
    const upward = step > 0n;
    if (upward ? from > to : from < to) {
      const span = { start: s.from.span.start, end: s.to.span.end };
      this.#warn('W3011', span, {}, { hint: upward ? { zh: '倒着数写 步长 -1', en: 'count down with 步长 -1' } : { zh: '正着数不写负的步长', en: 'count up without a negative step' } });
    }
  }

  #keys(e: hir.Expr & { kind: 'dict' }): void {
    const seen = new Map<string, Span>();
    for (const { key } of e.entries) {
      if (!isLiteral(key)) continue;
      const text = `${key.kind} ${String(key.value)}`;
      const first = seen.get(text);
      if (first === undefined) seen.set(text, key.span);
      else this.#warn('W3013', key.span, {}, { related: [{ span: first, file: this.#file, label: { zh: '先前在这里', en: 'first here' } }] });
    }
  }
}

type Literal = hir.Expr & { kind: 'int' | 'float' | 'bool' | 'char' | 'string' };

function isLiteral(e: hir.Expr): e is Literal {
  return e.kind === 'int' || e.kind === 'float' || e.kind === 'bool' || e.kind === 'char' || e.kind === 'string';
}

function intOf(e: hir.Expr): bigint | undefined {
  if (e.kind === 'int') return e.value;
  return e.kind === 'unary' && e.op === 'neg' && e.operand.kind === 'int' ? -e.operand.value : undefined;
}

/** The same variable, or the same field of the same variable. */
function samePlace(a: hir.Expr, b: hir.Expr): boolean {
  if (a.kind === 'local') return b.kind === 'local' && a.local === b.local;
  if (a.kind === 'global') return b.kind === 'global' && a.global === b.global;
  return a.kind === 'field' && b.kind === 'field' && a.field === b.field && samePlace(a.object, b.object);
}

/** Expressions that cannot do anything but give a value. (Indexing and arithmetic may raise errors, and programs do that on purpose.) */
function hasNoEffect(e: hir.Expr): boolean {
  switch (e.kind) {
    case 'local': case 'global': case 'closure': case 'funcRef': case 'int': case 'float': case 'bool': case 'char': case 'string':
    case 'compare': case 'concat': case 'list': case 'tuple': case 'field':
      return true;
    // It may overflow; nobody computes for that.
    case 'binary':
      return hasNoEffect(e.left) && hasNoEffect(e.right);
    case 'unary':
      return hasNoEffect(e.operand);
    default:
      return false;
  }
}

/** A method of a 字符串 that gives another one. */
function isPureText(e: hir.Expr, checker: Checker): boolean {
  if (e.kind === 'callNative' || (e.kind === 'call' && [...checker.library.values()].includes(e.func.file))) {
    const first = e.args[0];
    return resolve(e.type).kind === 'string' && first !== undefined && resolve(first.type).kind === 'string';
  }
  return false;
}

function isResult(type: Type): boolean {
  const t = resolve(type);
  return t.kind === 'enum' && t.def === RESULT;
}
