/**
 * body.ts — the state of a check: one Checker for the program, one Body for each function body,
 * closure and spawned block.
 *
 * Invariants
 * - Everything a check writes hangs on the Checker: two checks share nothing.
 * - Constraints that cannot be decided yet wait in `pending`. An attempt returns true when it is
 *   finished; with `force` it must finish, assuming defaults or reporting what is unknown.
 * - A Local is created by exactly one Body and belongs to its Func.
 */
import type * as ast from '../ast.js';
import { diagnostic, type DiagnosticArgs, type DiagnosticDetails, type Localized, type Reporter } from '../diagnostics.js';
import { ERRORS, type ErrorCode } from '../generated/errors.js';
import type * as hir from '../hir.js';
import { IMPLICIT_MODULES, type Project } from '../project.js';
import type { SourceFile } from '../source.js';
import { INT, UNIT, resolve, showType, type EnumDef, type StructDef, type Type, type TypeVariable } from '../types.js';
import { clash } from './clashes.js';
import { instanceNotes } from './generics.js';
import { asError } from './infer-try.js';
import { Implementations } from './implementations.js';
import { traitValue, type Dispatcher } from './traits.js';
import type { MatchToCheck } from './match-check.js';
import {
  Scope, type ConstSymbol, type EnumSymbol, type FunctionSymbol, type GlobalSymbol, type LocalSymbol, type MethodTable, type Mutable, type StructSymbol,
  type Symbol, type TraitSymbol } from './scope.js';
import { isFloating, isNumeric, widens } from './numbers.js';
import { ProjectNames } from './packages.js';
import { POISON, assumedFor, isPoison, satisfies, unify, type Bound } from './unify.js';

export type Attempt = (force: boolean) => boolean;

/** `caller` may run `callee` on its own coroutine: what the callee suspends with, the caller does. */
export interface CallEdge {
  readonly caller: Body;
  readonly callee: FunctionSymbol;
  readonly span: ast.Span;
  /** The callee runs as a task of its own (创建, 启动): it is nobody's helper. */
  readonly detached: boolean;
}

/** Why an instance of a generic function is being checked: the call that first wanted it, and what that was part of. */
export interface Instantiation {
  readonly symbol: FunctionSymbol;
  readonly args: readonly Type[];
  readonly file: SourceFile;
  readonly span: ast.Span;
  readonly parent: Instantiation | undefined;
  /** The instance itself, if its arguments are open. */
  instance: FunctionSymbol | undefined;
}

const BOUND_WORDS: Record<Bound, Localized> = {
  numeric: { zh: '参与算术运算', en: 'used in arithmetic' },
  integral: { zh: '参与位运算', en: 'used in bit operations' },
  ordered: { zh: '比较大小', en: 'ordered' },
  hashable: { zh: '作为字典的键或集合的元素', en: 'a key of 字典 or an element of 集合' },
};

const BOUND_HINTS: Record<Bound, Localized> = {
  numeric: { zh: '只有数能这样运算', en: 'only numbers have this operation' },
  integral: { zh: '只有整数能这样运算', en: 'only integers have this operation' },
  ordered: { zh: '自己的类型先写 实现 可比较 对于 类型 { … }', en: 'a type of your own needs 实现 可比较 对于 Type { … }' },
  hashable: { zh: '键是整数、布尔、字符、字符串、字节串、枚举和它们的元组；结构体用它的字段组成的元组代替', en: 'keys are integers, 布尔, characters, strings, bytes, enums and tuples of these; take a tuple of the fields of a struct' },
};

export class Checker {
  readonly #report: Reporter;
  errors = 0;
  /** Above 0 while something is inferred that is reported elsewhere. */
  muted = 0;
  /** Packages and imports. */
  readonly names: ProjectNames;
  readonly functions: Mutable<hir.Func>[] = [];
  /** Defaults where they are declared: checked to the end, but no part of the program. */
  readonly dropped: { readonly node: hir.Expr; readonly file: SourceFile }[] = [];
  readonly bodies: Body[] = [];
  readonly functionSymbols: FunctionSymbol[] = [];
  /** Generic functions. */
  readonly templates: FunctionSymbol[] = [];
  readonly structs = new Map<StructDef, StructSymbol>();
  readonly traits = new Map<EnumDef, TraitSymbol>();
  readonly implementations = new Implementations();
  /** Methods of traits, by the name in the declaration, that an implementation lacks (E3104). */
  readonly lacking = new Set<ast.Name>();
  /** By the number of the trait and the name of the method. */
  readonly dispatchers = new Map<unknown, Dispatcher>();
  readonly enums = new Map<EnumDef, EnumSymbol>();
  /** Enums of the program by the names of their variants. */
  readonly variants = new Map<string, EnumSymbol[]>();
  readonly globals: GlobalSymbol[] = [];
  /** Hidden variables of those that may be read too early. */
  readonly guards: hir.Global[] = [];
  readonly constants: ConstSymbol[] = [];
  readonly locals: hir.Local[] = [];
  readonly symbols: LocalSymbol[] = [];
  readonly edges: CallEdge[] = [];
  /** Variables declared where a local variable of the same name was visible already. */
  readonly shadows: { readonly symbol: LocalSymbol; readonly outer: LocalSymbol }[] = [];
  /** Every 匹配 (and pattern that must always fit), for the checks that need all types. */
  readonly matches: MatchToCheck[] = [];
  /** Default values that are being made: one that comes up again would be made without end. */
  readonly defaults = new Set<ast.Expr>();
  /** Order of events in the source; capture analysis compares times. */
  clock = 0;
  /** Suggestions made so far (see MAX_SUGGESTIONS). */
  suggestions = 0;
  /** Nesting of bodies checked on demand. */
  depth = 0;
  /** The instance whose body is being checked, if it is one. */
  context: Instantiation | undefined;
  /** Whether the types in enums were resolved (declare.ts). */
  payloadsKnown = false;
  #pending: { readonly attempt: Attempt; readonly context: Instantiation | undefined }[] = [];
  #variables = 0;
  readonly builtinTraits = new Map<string, TraitSymbol>();
  /** Files of the library in Qi that were read, by name. */
  readonly library = new Map<string, SourceFile>();
  readonly #extensions = new Map<string | EnumDef, MethodTable>();
  readonly #libraryExtensions = new Map<string | EnumDef, MethodTable>();
  readonly #ids = new Map<object, number>();
  readonly #reported = new Map<SourceFile, Set<string>>();
  readonly #refused = new Map<SourceFile, Set<string>>();

  constructor(project: Project, report: Reporter) {
    this.#report = report;
    this.names = new ProjectNames(project);
  }

  /** The scope of the package a file belongs to: where its top-level names are entered. */
  packageOf(file: SourceFile): Scope {
    return this.names.packageOf(file).scope;
  }

  /** What code at the top level of a file sees: its imports and the names of its package. */
  scopeOf(file: SourceFile): Scope {
    return this.names.scopeOf(file);
  }

  /** A function of the language that is written in Qi; its module is part of the program when the name is used. */
  libraryFunction(name: string): FunctionSymbol | undefined {
    const module = IMPLICIT_MODULES.get(name);
    const symbol = module === undefined ? undefined : this.names.library(module)?.scope.own(name);
    return symbol?.kind === 'function' ? symbol : undefined;
  }

  fresh(literal: TypeVariable['literal'] = 'none'): TypeVariable {
    return { kind: 'variable', id: this.#variables++, literal, bound: undefined };
  }

  error(code: ErrorCode, file: SourceFile, span: ast.Span, args: DiagnosticArgs = {}, details: DiagnosticDetails = {}): void {
    if (this.muted > 0) return;
    // What is wrong inside the library follows from a mistake of the program, which was reported where it stands.
    if (this.errors > 0 && this.isLibrary(file)) return;
    // Instances of one body make the same mistake again.
    let reported = this.#reported.get(file);
    if (reported === undefined) this.#reported.set(file, (reported = new Set()));
    const key = `${code} ${span.start} ${span.end}`;
    if (reported.has(key)) return;
    reported.add(key);
    if (ERRORS[code].severity === 'error') this.errors++;
    const within = this.context;
    if (within !== undefined && within.span !== within.symbol.span && within.symbol.file === file && contains(within.symbol.decl.span, span)) {
      details = { ...details, related: [...(details.related ?? []), ...instanceNotes(within)] };
    }
    this.#report(diagnostic(code, file, span, args, details));
  }

  /** Reports what is reported nowhere else, although the place is muted. */
  aloud(action: () => void): void {
    const { muted } = this;
    this.muted = 0;
    action();
    this.muted = muted;
  }

  /** Whether a file is one of those the library's methods are written in. */
  isLibrary(file: SourceFile): boolean {
    for (const known of this.library.values()) if (known === file) return true;
    return false;
  }

  /** Whether a file is one of the library, its modules included. */
  isLibraryCode(file: SourceFile): boolean {
    return this.names.isLibraryModule(file) || this.isLibrary(file);
  }

  /** Methods that programs and the library in Qi add to built-in types, by `extensionKey`. */
  extensionsOf(kind: string | EnumDef, library = false): MethodTable {
    const tables = library ? this.#libraryExtensions : this.#extensions;
    let table = tables.get(kind);
    if (table === undefined) tables.set(kind, (table = { methods: new Map(), statics: new Map() }));
    return table;
  }

  /** A number for a definition, to build keys from. */
  idOf(definition: object): number {
    let id = this.#ids.get(definition);
    if (id === undefined) this.#ids.set(definition, (id = this.#ids.size));
    return id;
  }

  /** Whether a file names this unknown type for the first time: one misspelling, one error. */
  firstUnknownType(file: SourceFile, name: string): boolean {
    const key = `?${name}`;
    let refused = this.#refused.get(file);
    if (refused === undefined) this.#refused.set(file, (refused = new Set()));
    if (refused.has(key)) {
      this.errors++;
      return false;
    }
    if (this.muted === 0) refused.add(key);
    return true;
  }

  /** Runs `action` for its errors only: functions, variables and constraints that it adds are dropped. */
  tentatively(action: () => void): void {
    const lists: unknown[][] = [
      this.functions, this.bodies, this.functionSymbols, this.constants, this.locals, this.symbols, this.edges, this.matches, this.#pending,
    ];
    const lengths = lists.map((list) => list.length);
    action();
    lists.forEach((list, i) => { list.length = lengths[i]!; });
  }

  /** Reports a construct that later versions will have: each once in a file, so that its parts make no cascade. */
  unsupported(file: SourceFile, span: ast.Span, zh: string, en: string = zh): void {
    let refused = this.#refused.get(file);
    if (refused === undefined) this.#refused.set(file, (refused = new Set()));
    if (refused.has(zh)) return;
    if (this.muted === 0) refused.add(zh);
    this.error('E2900', file, span, { 功能: { zh, en } });
  }

  /** Tries at once; what cannot be decided waits. */
  defer(attempt: Attempt): void {
    if (!attempt(false)) this.#pending.push({ attempt, context: this.context });
  }

  /** Number of waiting constraints: `settleSince(mark)` looks only at later ones. */
  get mark(): number {
    return this.#pending.length;
  }

  /** Retries the constraints added since `mark` until none makes progress. */
  settleSince(mark: number): void {
    for (;;) {
      const waiting = this.#pending.splice(mark);
      if (waiting.length === 0) return;
      let progress = false;
      for (const entry of waiting) {
        if (this.#try(entry, false)) progress = true;
        else this.#pending.push(entry);
      }
      if (!progress) return;
    }
  }

  /**
   * Decides everything that waits: first what follows, then by assuming defaults, oldest first. `onward` checks what that
   * brings to light, and says whether there was anything.
   */
  settleAll(onward: () => boolean): void {
    for (;;) {
      do this.settleSince(0);
      while (onward());
      // After an error nothing more is said about unknown types: the order no longer matters.
      const forced = this.#pending.splice(0, this.errors > 0 ? this.#pending.length : 1);
      if (forced.length === 0) return;
      for (const entry of forced) this.#try(entry, true);
    }
  }

  #try(entry: { readonly attempt: Attempt; readonly context: Instantiation | undefined }, force: boolean): boolean {
    const { context } = this;
    this.context = entry.context;
    const done = entry.attempt(force);
    this.context = context;
    return done;
  }

  /** Demands `bound` of `type`, now or when it is known: not before enums have their payloads. */
  require(type: Type, bound: Bound, file: SourceFile, span: ast.Span): void {
    this.defer((force) => {
      if (!this.payloadsKnown) return false;
      let known = satisfies(type, bound);
      if (known === undefined && force) {
        unify(type, assumedFor(bound));
        known = satisfies(type, bound);
      }
      if (known === undefined) return false;
      if (!known) this.error('E3018', file, span, { 类型: showType(type), 用途: BOUND_WORDS[bound] }, { hint: BOUND_HINTS[bound] });
      return true;
    });
  }

  newFunc(name: string, kind: hir.FuncKind, file: SourceFile, span: ast.Span, result: Type): Mutable<hir.Func> {
    const func = makeFunc(name, kind, file, span, result);
    this.functions.push(func);
    return func;
  }

  /** Makes sure that a declared function, which something mentions, is part of the program: checked and emitted. */
  use(f: FunctionSymbol): void {
    if (f.state !== 'idle') return;
    f.state = 'new';
    this.functions.push(f.func);
    this.functionSymbols.push(f);
  }
}

/** A function without parameters and body yet; it has no number before the check is over. */
export function makeFunc(name: string, kind: hir.FuncKind, file: SourceFile, span: ast.Span, result: Type): Mutable<hir.Func> {
  return { index: -1, name, kind, file, span, params: [], result, captures: [], coroutine: undefined, body: { statements: [], span } };
}

function contains(outer: ast.Span, inner: ast.Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

export interface Loop {
  readonly label: hir.LoopLabel;
  /** Time at which the loop began. */
  readonly start: number;
  /** A 最终 block or the statement of a 延后: a jump may not cross it. */
  readonly isFinally: boolean;
  readonly word?: '延后';
}

export type BodyKind = 'function' | 'async' | 'coroutine' | 'closure' | 'block' | 'main';

export class Body {
  readonly checker: Checker;
  readonly func: Mutable<hir.Func>;
  readonly kind: BodyKind;
  readonly parent: Body | undefined;
  readonly file: SourceFile;
  readonly root: Scope;
  scope: Scope;
  readonly loops: Loop[] = [];
  /** Locals that an assignment in an inner block declared: their `let` stands at the start of the body. */
  readonly hoisted: hir.Local[] = [];
  readonly captures = new Map<LocalSymbol, hir.Local>();
  /** T when `返回 v` wraps v as a settled 未来. */
  futureOf: Type | undefined;
  /** A 返回 with a value was seen. */
  returnsValue = false;
  /**
   * Y and S of the 挂起 in this plain function, and where they come from. R is that of the first 协程 found to
   * call it: the runtime compares whole coroutine types before it compares their Y and S.
   */
  yields: { readonly yields: Type; readonly sends: Type; readonly result: Type; readonly span: ast.Span } | undefined;
  /** Bare 挂起 of a 协程 body, decided when its Y is known. */
  readonly bareSuspends: hir.Expr[] = [];
  /** 挂起 with a value was seen in a 协程 body. */
  yieldsValue = false;
  /** Errors reported so far when this body began: flow analysis is skipped for a body with errors. */
  failed = false;
  symbol: FunctionSymbol | undefined;
  /** The parameters of a declared function, without the receiver. */
  paramSymbols: readonly LocalSymbol[] = [];

  constructor(checker: Checker, func: Mutable<hir.Func>, kind: BodyKind, parent: Body | undefined, outer: Scope) {
    this.checker = checker;
    this.func = func;
    this.kind = kind;
    this.parent = parent;
    this.file = func.file;
    this.root = new Scope(outer, this);
    this.scope = this.root;
    checker.bodies.push(this);
  }

  error(code: ErrorCode, span: ast.Span, args: DiagnosticArgs = {}, details: DiagnosticDetails = {}): void {
    if (ERRORS[code].severity === 'error') this.failed = true;
    this.checker.error(code, this.file, span, args, details);
  }

  /** Reports a construct that later versions will have, and gives the node to go on with. */
  unsupported(span: ast.Span, zh: string, en: string = zh): hir.Expr {
    this.failed = true;
    this.checker.unsupported(this.file, span, zh, en);
    return poison(span);
  }

  newLocal(name: string, type: Type, span: ast.Span): Mutable<hir.Local> {
    const local: Mutable<hir.Local> = { name, type, span, boxed: false, reassigned: false };
    this.checker.locals.push(local);
    return local;
  }

  /** A local of the compiler's own, for a value that is needed twice. */
  temp(type: Type, span: ast.Span): hir.Local {
    return this.newLocal('', type, span);
  }

  /** Declares a name in `scope`, reporting a second declaration in the same block. */
  declareLocal(
    name: ast.Name, type: Type,
    options: { guard?: LocalSymbol['guard']; quiet?: boolean; scope?: Scope; declared?: number; assigned?: boolean; explicit?: boolean } = {},
  ): LocalSymbol {
    const scope = options.scope ?? this.scope;
    const local = this.newLocal(name.text, type, name.span);
    const declared = options.declared ?? ++this.checker.clock;
    const symbol: LocalSymbol = {
      kind: 'local', name: name.text, local, owner: this, span: name.span, file: this.file,
      guard: options.guard ?? 'none', quiet: options.quiet ?? false, declared, reads: 0,
      lastAssigned: options.assigned === false ? 0 : declared, captured: Infinity, addressed: false, inner: undefined,
    };
    this.checker.symbols.push(symbol);
    const outer = options.explicit === true ? scope.parent?.lookup(name.text) : undefined;
    if (outer?.kind === 'local') this.checker.shadows.push({ symbol, outer });
    this.bindName(name, symbol, scope);
    return symbol;
  }

  bindName(name: ast.Name, symbol: Symbol, scope: Scope = this.scope): void {
    if (name.text === '_') return;
    const existing = scope.own(name.text);
    if (existing !== undefined) this.duplicate(name, existing);
    scope.declare(name.text, symbol);
  }

  duplicate(name: ast.Name, existing: Symbol): void {
    if (existing.kind === 'poison') return;
    this.error('E3003', name.span, { 名称: name.text }, {
      related: [{ span: existing.span, file: existing.file, label: { zh: '先前在这里定义', en: 'first defined here' } }],
      ...(/^(?:自身|自己|本体)$/u.test(name.text) ? { hint: { zh: '方法 与 实现 块里的接收者 自身 不必写成参数', en: 'the receiver 自身 of a 方法 or 实现 block is no parameter to write' } } : {}),
    });
  }

  /** Runs `action` in a new block scope. */
  inScope<T>(action: () => T): T {
    const outer = this.scope;
    this.scope = new Scope(outer, this);
    try {
      return action();
    } finally {
      this.scope = outer;
    }
  }

  /**
   * Makes the value of `node` have the type `expected`, or reports E3001 at it. 任务<T> fits 未来<T>,
   * and an expression that never completes fits anything. `details` that cost something to make are given as a function.
   */
  coerce(node: hir.Expr, expected: Type, details?: DiagnosticDetails | (() => DiagnosticDetails)): hir.Expr {
    const actual = resolve(node.type);
    const wanted = resolve(expected);
    if (actual.kind === 'never') return node;
    if (actual.kind === 'task' && wanted.kind === 'future') {
      if (unify(actual.value, wanted.value)) return { kind: 'upcast', operand: node, type: wanted, span: node.span };
    } else if (widens(actual, wanted)) return widen(node, wanted);
    else if (fitsArray(actual, wanted) || unify(actual, wanted)) return node;
    const converted = wanted.kind === 'error' ? asError(this, node) : traitValue(this, node, wanted);
    if (converted !== undefined) return converted;
    this.mismatch(node.span, wanted, actual, typeof details === 'function' ? details() : details);
    return poison(node.span);
  }

  mismatch(span: ast.Span, expected: Type, actual: Type, details: DiagnosticDetails = {}): void {
    if (isPoison(expected) || isPoison(actual)) return;
    const found = showType(actual);
    const clashing = clash(this.checker, showType(expected), found);
    if (clashing === 'told') {
      this.failed = true;
      return;
    }
    const isNumbers = isNumeric(resolve(expected)) && isNumeric(resolve(actual));
    const hint = (isNumbers ? undefined : clashing) ?? details.hint ?? writtenHint(this.file.text.slice(span.start, span.end), expected) ?? conversionHint(expected, actual);
    this.error('E3001', span, { 期望: showType(expected), 实际: found }, {
      label: { zh: `这里是 ${found}`, en: `this is ${found}` },
      ...details,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** `[T; n]` where 数组<T> is wanted. */
export function fitsArray(actual: Type, wanted: Type): boolean {
  return actual.kind === 'array' && wanted.kind === 'array' && wanted.length === undefined && unify(actual.elem, wanted.elem);
}

/** The value of `node` as the wider number type `to`. */
export function widen(node: hir.Expr, to: Type): hir.Expr {
  const { span } = node;
  const from = resolve(node.type);
  if (to.kind !== 'int128') return { kind: 'convert', op: to.kind === 'float' ? 'floatToFloat' : 'intToInt', operand: node, type: to, span };
  const word = from.kind === 'int' ? node : widen(node, INT);
  return { kind: 'callNative', native: 'int128_from_int', args: [word], type: to, span };
}

/** 空 where a value is needed. */
function noneHint(expected: Type): Localized {
  const t = showType(expected);
  return { zh: `${t} 总有值；可能没有值时用 选项<${t}>，没有写作 无`, en: `a ${t} always has a value; use 选项<${t}> where there may be none, and 无 for none` };
}

/** What the text of the expression says: 空 where there is a value, a number in quotes. */
function writtenHint(text: string, expected: Type): Localized | undefined {
  if (text === '空') return noneHint(expected);
  const number = /^["“「](-?[0-9]+(\.[0-9]+)?)["”」]$/u.exec(text);
  const to = resolve(expected);
  const quoted = to.kind === 'enum' ? to.def.variants.find((v) => v.fields.length === 0 && text.slice(1, -1) === v.name && /^["“「']/u.test(text)) : undefined;
  if (quoted !== undefined) return { zh: `去掉引号：${quoted.name}`, en: `leave out the quotes: ${quoted.name}` };
  if (number === null || !(isFloating(to) || (isNumeric(to) && number[2] === undefined))) return undefined;
  return { zh: `去掉引号：${number[1]!}`, en: `leave out the quotes: ${number[1]!}` };
}

function conversionHint(expected: Type, actual: Type): Localized | undefined {
  const to = resolve(expected);
  const from = resolve(actual);
  const isNumber = (t: Type): boolean => isNumeric(t) || (t.kind === 'variable' && t.literal !== 'none' && t.literal !== 'char');
  if (from.kind === 'func' && from.params.length === 0 && to.kind !== 'func') return { zh: '要调用它，在末尾加上 ()', en: 'to call it, add () at its end' };
  if (from.kind === 'unit') return { zh: '它不给出值；函数要有结果，写出结果类型并 返回 值', en: 'it gives no value; a function has a result when it declares one and uses 返回 value' };
  if (to.kind === 'string' && (isNumber(from) || from.kind === 'bool' || from.kind === 'char')) {
    return { zh: '用 字符串(x) 转换', en: 'convert with 字符串(x)' };
  }
  if (to.kind === 'list' && /^(?:range|set|array|bytes)$/.test(from.kind)) return { zh: '用 x.转列表() 转换', en: 'convert with x.转列表()' };
  if (to.kind === 'list' && from.kind === 'dict') return { zh: '用 x.键列表()、x.值列表() 或 x.项列表() 取得列表', en: 'x.键列表(), x.值列表() and x.项列表() give lists' };
  if (to.kind === 'channel' && from.kind === 'coroutine') return { zh: '从协程取值写 恢复 c', en: 'a value of a 协程 is 恢复 c' };
  if (to.kind === 'coroutine') return { zh: '先创建协程：c = 协程 名(…)，再 恢复 c', en: 'make a 协程 first: c = 协程 name(…), then 恢复 c' };
  if (to.kind === 'float' && from.kind === 'int') return { zh: '用 浮点数(x) 转换', en: 'convert with 浮点数(x)' };
  if (to.kind === 'int' && (from.kind === 'float' || from.kind === 'float32' || (from.kind === 'variable' && from.literal === 'float'))) return { zh: '用 整数(x) 转换（向零截断）', en: 'convert with 整数(x), which truncates' };
  if (isNumeric(to) && isNumeric(from)) return { zh: `用 ${showType(to)}(x) 转换，放不下时抛出 E7002`, en: `convert with ${showType(to)}(x), which throws E7002 when it does not fit` };
  if (to.kind === 'bytes' && from.kind === 'string') return { zh: '用 文.转字节串() 取得它的 UTF-8 编码', en: 'take its UTF-8 with 转字节串()' };
  if (to.kind === 'string' && from.kind === 'bytes') return { zh: '用 转字符串() 按 UTF-8 解码', en: 'decode it as UTF-8 with 转字符串()' };
  if (from.kind === 'pointer' && to.kind !== 'pointer') return { zh: '用 解引用 取得它指向的值', en: 'take what it points to with 解引用' };
  if (to.kind === 'pointer' && from.kind !== 'pointer') return { zh: '用 取地址 取得指针', en: 'make a pointer with 取地址' };
  if (to.kind === 'char' && from.kind === 'string') return { zh: "字符写在单引号里，例如 'a'；取字符串的一个字符写 文[i]", en: "a 字符 stands in single quotes: 'a'; s[i] takes one from a string" };
  if (to.kind === 'bool' && /^(?:string|list|array|dict|set|bytes)$/.test(from.kind)) return { zh: '判断有没有内容写 !x.是空()', en: 'whether it holds anything is !x.是空()' };
  if (to.kind === 'bool' && from.kind === 'option') return { zh: '判断有没有值写 x.是有() 或 x.是无()', en: 'whether there is a value is x.是有() or x.是无()' };
  if (to.kind === 'bool' && isNumber(from)) return { zh: '写成比较，例如 x 不等于 0', en: 'write a comparison such as x != 0' };
  if (isNumber(to) && from.kind === 'string') {
    const [plain, method] = isFloating(to) || (to.kind === 'variable' && to.literal === 'float') ? ['字符串转浮点数(x)', 'x.转浮点数()'] : ['字符串转整数(x)', 'x.转整数()'];
    return { zh: `用 ${plain} 转换；不一定是数时用 ${method}，它给出 选项`, en: `convert with ${plain}; where it may be no number ${method} gives an 选项` };
  }
  if (to.kind === 'func' && from.kind === 'func' && to.params.length !== from.params.length) return { zh: `这里的函数取 ${to.params.length} 个参数`, en: `the function here takes ${to.params.length} parameters` };
  if (from.kind === 'future' || from.kind === 'task') {
    if (to.kind === 'option' && resolve(to.elem).kind === from.kind) return { zh: '用 有(x) 包起来', en: 'wrap it with 有(x)' };
    if (to.kind !== 'future' && to.kind !== 'task') return { zh: '用 等待 取得它的值', en: 'take its value with 等待' };
  }
  if (from.kind === 'option' && to.kind !== 'option') return { zh: '用 取出() 或 或(默认值) 取得其中的值', en: 'take the value with 取出() or 或(默认值)' };
  if (to.kind === 'option' && from.kind !== 'option') return { zh: '用 有(x) 包起来', en: 'wrap it with 有(x)' };
  return undefined;
}

/** The node in place of an expression about which an error was reported. */
export function poison(span: ast.Span): hir.Expr {
  return { kind: 'unit', type: POISON, span };
}

export function unitValue(span: ast.Span): hir.Expr {
  return { kind: 'unit', type: UNIT, span };
}

/**
 * Turns a node that others hold already into `node`: a placeholder gets its meaning, a literal its
 * final kind. The caller has unified their types; `node` itself must not be used any more.
 */
export function fill(target: hir.Expr, node: hir.Expr): void {
  for (const key of Object.keys(target)) delete (target as unknown as Record<string, unknown>)[key];
  Object.assign(target, node);
}

/** A node whose kind is decided later by `fill`. */
export function placeholder(type: Type, span: ast.Span): hir.Expr {
  return { kind: 'unit', type, span };
}
