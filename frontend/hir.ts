/**
 * hir.ts — the typed tree: what 3-check hands to 4-lower.
 *
 * Every name is resolved, every type known, every implicit thing written out
 * (default and named arguments, literal adaptation, method calls, formatting in
 * string joins, captures). Lowering never looks a name up and never reports an
 * error.
 *
 * Invariants
 * - No `variable` type anywhere: the checker substitutes before it hands over.
 * - A `Local` belongs to exactly one `Func`. A closure reaches an outer variable
 *   only through its `captures` list, which pairs the outer Local with an inner
 *   one; if `boxed`, both denote the same heap cell, else the inner is a copy.
 * - Operands stand in evaluation order (left to right); lowering keeps it.
 * - Sub-trees are never shared: a value needed twice goes through a `let`.
 *
 * Rejected: annotating the syntax tree in place. Desugaring would then be split
 * over two phases, and each consumer would have to know all three spellings.
 */
import type { Span } from './ast.js';
import type { SourceFile } from './source.js';
import type { StructDef, Type } from './types.js';

export interface Program {
  readonly files: readonly SourceFile[];
  readonly structs: readonly StructDef[];
  /** All functions, closures and coroutine bodies; `Func.index` is the position here. */
  readonly functions: readonly Func[];
  readonly globals: readonly Global[];
  /** Runs package initialisers in order, then the entry point. No parameters. Its result (整数 or 空) is the exit code. */
  readonly main: Func;
  /** 测试 blocks of the entry file, in order; each runs the initialisers first. Like `main`, a program may begin with one. */
  readonly tests: readonly Test[];
}

export interface Test { readonly title: string; readonly func: Func; readonly file: SourceFile; readonly span: Span }

/** A top-level variable. Reading one before its initialiser ran throws E7011. */
export interface Global {
  readonly index: number;
  readonly name: string;
  readonly type: Type;
  readonly span: Span;
  /** A reference that is empty until the variable is set: read before it where a cell of its own type would not tell. */
  readonly guard?: Global;
}

export interface Local {
  readonly name: string;
  readonly type: Type;
  readonly span: Span;
  /** Lives in a heap cell, because a closure shares it and somebody assigns to it after the capture. */
  boxed: boolean;
  /** Assigned anywhere but at its declaration: a loop variable that is not may share the loop's counter register. */
  reassigned: boolean;
}

export type FuncKind =
  /** Called with `call`; also `异步 函数` bodies (`start`, `spawn` or a direct awaited `call`) and spawned blocks. */
  | 'plain'
  /** First-class: called through `callClosure`; its captures live in the closure object. */
  | 'closure'
  /** Body of `协程 名(…)`: instantiated with `newCoroutine`. */
  | 'coroutine';

export interface Func {
  readonly index: number;
  /** As shown in stack traces: `加`, `点.距离`, `闭包`, `启动块`. */
  readonly name: string;
  readonly kind: FuncKind;
  readonly file: SourceFile;
  readonly span: Span;
  readonly params: readonly Local[];
  readonly result: Type;
  /**
   * Closures: what is captured, in slot order. Plain functions that were a
   * block (`启动 { … }`, `创建 { … }`): captures arrive as extra leading
   * parameters, the spawning node passes `outer` values in this order.
   */
  readonly captures: readonly Capture[];
  /** The coroutine type in which this function may 挂起 a value (its own, or inferred from callers); undefined if it never does. */
  readonly coroutine: (Type & { kind: 'coroutine' }) | undefined;
  readonly body: Block;
}

export interface Capture { readonly outer: Local; readonly inner: Local }

export interface Block { readonly statements: readonly Stmt[]; readonly span: Span }

// ---------------------------------------------------------------- statements

export type Stmt =
  /** Declares `local`; without `value` it is assigned later (definite assignment was proved, or it is boxed and checked at run time). */
  | { readonly kind: 'let'; readonly local: Local; readonly value: Expr | undefined; readonly span: Span }
  | { readonly kind: 'assignLocal'; readonly local: Local; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'assignGlobal'; readonly global: Global; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'assignField'; readonly object: Expr; readonly field: number; readonly value: Expr; readonly span: Span }
  /** list[i] = v, array[i] = v, dict[k] = v. Order: target, index, value. */
  | { readonly kind: 'assignIndex'; readonly target: Expr; readonly index: Expr; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'expr'; readonly expr: Expr; readonly span: Span }
  | { readonly kind: 'block'; readonly block: Block; readonly span: Span }
  | { readonly kind: 'if'; readonly condition: Expr; readonly then: Block; readonly otherwise: Block | undefined; readonly span: Span }
  /** 当; 循环 is `while` with condition undefined. */
  | { readonly kind: 'while'; readonly label: LoopLabel; readonly condition: Expr | undefined; readonly body: Block; readonly span: Span }
  /** from, to and step evaluate once, in that order. `step` undefined means 1; a zero step throws E7012. */
  | { readonly kind: 'forRange'; readonly label: LoopLabel; readonly variable: Local; readonly from: Expr; readonly to: Expr;
      readonly inclusive: boolean; readonly step: Expr | undefined; readonly body: Block; readonly span: Span }
  /** Over a list, array, string (字符), dict (keys, with `second` values), channel (until closed) or coroutine.
   *  With `second` over a list, array or string: `variable` is the index, `second` the element. */
  | { readonly kind: 'forEach'; readonly label: LoopLabel; readonly variable: Local; readonly second: Local | undefined;
      readonly over: Expr; readonly body: Block; readonly span: Span }
  | { readonly kind: 'break'; readonly target: LoopLabel; readonly span: Span }
  | { readonly kind: 'continue'; readonly target: LoopLabel; readonly span: Span }
  /** In a coroutine body, `value` is its R. Leaving through 最终 blocks is lowering's work. */
  | { readonly kind: 'return'; readonly value: Expr | undefined; readonly span: Span }
  | { readonly kind: 'throw'; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'try'; readonly body: Block; readonly catches: readonly Catch[]; readonly finally: Block | undefined; readonly span: Span }
  /** *p = v */
  | { readonly kind: 'assignDeref'; readonly pointer: Expr; readonly value: Expr; readonly span: Span }
  /** c <- v */
  | { readonly kind: 'send'; readonly channel: Expr; readonly value: Expr; readonly span: Span }
  /** v, 成 = <-c : either target may be undefined (not wanted). The value of a closed channel is T's zero value, which `zero` computes. */
  | { readonly kind: 'receiveOk'; readonly value: Local | undefined; readonly ok: Local | undefined; readonly zero: Expr; readonly channel: Expr; readonly span: Span }
  | { readonly kind: 'select'; readonly cases: readonly SelectCase[]; readonly span: Span }
  /** 并发, 并发(上限: n), 截止(ms) (`argument` is n or ms): joins its tasks on every way out. 屏蔽: masks the body from cancellation. */
  | { readonly kind: 'scope'; readonly how: ScopeKind; readonly argument: Expr | undefined; readonly body: Block; readonly span: Span };

export type ScopeKind = 'concurrent' | 'limit' | 'deadline' | 'shield';

/** Identity of a loop; 跳出 and 继续 name it. */
export interface LoopLabel { readonly name: string | undefined }

export interface Catch {
  /** Kinds to match, any of them; a plain 捕获 has 错误 (everything but 取消错误). */
  readonly errorKinds: readonly ErrorKind[];
  /** Kinds of the program's own: a condition over `subject`, the error. It matches, too. */
  readonly test: { readonly subject: Local; readonly condition: Expr } | undefined;
  readonly local: Local | undefined;
  readonly body: Block;
  readonly span: Span;
}

/** Kinds a 捕获 can name; the run-time numbers are in vm/include/qi/errors.def's code ranges (see docs/字节码.md). */
export type ErrorKind =
  | '错误' | '取消错误' | '超时错误' | '溢出错误' | '除零错误' | '越界错误' | '文件错误' | '网络错误' | '类型错误' | '并发错误';

/** Operands of all cases evaluate once, in order, before any is chosen. */
export type SelectCase =
  /** 情况 v := <-c (ok undefined: a closed channel throws E6002 when chosen without ok) */
  | { readonly kind: 'receive'; readonly channel: Expr; readonly value: Local | undefined; readonly ok: Local | undefined;
      /** true: assign an existing local; false: the case declares it */ readonly assigns: boolean;
      readonly zero: Expr | undefined; readonly body: Block; readonly span: Span }
  | { readonly kind: 'send'; readonly channel: Expr; readonly value: Expr; readonly body: Block; readonly span: Span }
  | { readonly kind: 'await'; readonly future: Expr; readonly value: Local | undefined; readonly assigns: boolean; readonly body: Block; readonly span: Span }
  | { readonly kind: 'timeout'; readonly milliseconds: Expr; readonly body: Block; readonly span: Span }
  | { readonly kind: 'default'; readonly body: Block; readonly span: Span };

// --------------------------------------------------------------- expressions

interface Node<K extends string> { readonly kind: K; readonly type: Type; readonly span: Span }

export type Expr =
  | (Node<'int'> & { readonly value: bigint })
  | (Node<'float'> & { readonly value: number })
  | (Node<'bool'> & { readonly value: boolean })
  /** A Unicode scalar value. */
  | (Node<'char'> & { readonly value: number })
  | (Node<'string'> & { readonly value: string })
  | Node<'unit'>
  /** 无, and 空 where an option or a pointer is expected. */
  | Node<'none'>
  | (Node<'local'> & { readonly local: Local })
  | (Node<'global'> & { readonly global: Global })
  | (Node<'unary'> & { readonly op: UnaryOp; readonly operand: Expr })
  /** Both operands have the same type; result type is theirs. 整数 checks overflow; wrap… do not. */
  | (Node<'binary'> & { readonly op: BinaryOp; readonly left: Expr; readonly right: Expr })
  /** Operands of equal type; `<` etc. on int float char string; `==` `!=` on everything (contents). */
  | (Node<'compare'> & { readonly op: CompareOp; readonly left: Expr; readonly right: Expr })
  /** 同一(a, b) */
  | (Node<'identical'> & { readonly left: Expr; readonly right: Expr })
  | (Node<'logical'> & { readonly op: 'and' | 'or'; readonly left: Expr; readonly right: Expr })
  /** String join of two or more strings. */
  | (Node<'concat'> & { readonly parts: readonly Expr[] })
  /** Any value to the text 打印 shows at top level. `spec` is the part after the colon in `{价:.2}`. */
  | (Node<'format'> & { readonly value: Expr; readonly spec: string | undefined })
  | (Node<'convert'> & { readonly op: ConvertOp; readonly operand: Expr })
  | (Node<'call'> & { readonly func: Func; readonly args: readonly Expr[] })
  | (Node<'callClosure'> & { readonly callee: Expr; readonly args: readonly Expr[] })
  /** A function of natives.def by its symbol; `args` includes the receiver first. Lists of variadic arguments are already built. */
  | (Node<'callNative'> & { readonly native: string; readonly args: readonly Expr[] })
  | (Node<'closure'> & { readonly func: Func })
  /** A named function as a value. */
  | (Node<'funcRef'> & { readonly func: Func })
  | (Node<'field'> & { readonly object: Expr; readonly field: number })
  /** list[i], array[i], string[i] (字符), dict[k] (E7005 when missing). */
  | (Node<'index'> & { readonly target: Expr; readonly index: Expr })
  /** Fields in source order, each exactly once. */
  | (Node<'struct'> & { readonly def: StructDef; readonly fields: readonly { readonly field: number; readonly value: Expr }[] })
  /** `type` is list or array. */
  | (Node<'list'> & { readonly elems: readonly Expr[] })
  /** [v; n] and 列表 of n copies; for an array `count` is a constant equal to its length. */
  | (Node<'fill'> & { readonly value: Expr; readonly count: Expr })
  /** `type` is dict, or set (then without entries). */
  | (Node<'dict'> & { readonly entries: readonly { readonly key: Expr; readonly value: Expr }[] })
  | (Node<'some'> & { readonly value: Expr })
  | (Node<'isSome'> & { readonly option: Expr })
  /** 取出(): E7006 on 无. */
  | (Node<'unwrap'> & { readonly option: Expr })
  /** 或(默认): the default was evaluated already (it is an argument). */
  | (Node<'optionOr'> & { readonly option: Expr; readonly fallback: Expr })
  /** dict.获取(k) → 选项<V> */
  | (Node<'dictFind'> & { readonly dict: Expr; readonly key: Expr })
  | (Node<'len'> & { readonly operand: Expr })
  | (Node<'push'> & { readonly list: Expr; readonly value: Expr })
  | (Node<'tuple'> & { readonly elems: readonly Expr[] })
  /** A value of an enum: variant by number, its payload. `type` is the enum. */
  | (Node<'enum'> & { readonly variant: number; readonly args: readonly Expr[] })
  /** Number of the variant, 整数. */
  | (Node<'enumTag'> & { readonly operand: Expr })
  /** Value `index` of the payload of `variant`: E7013 when the object is of another one. */
  | (Node<'payload'> & { readonly object: Expr; readonly variant: number; readonly index: number })
  /** 匹配: the first arm whose pattern fits and whose guard holds. The checker proved that one fits. A statement's arms are 空. */
  | (Node<'match'> & { readonly subject: Expr; readonly arms: readonly MatchArm[] })
  /** 如果 as an expression; both branches have `type`, or are `never`. */
  | (Node<'if'> & { readonly condition: Expr; readonly then: Expr; readonly otherwise: Expr })
  /** Statements, then a value. */
  | (Node<'blockExpr'> & { readonly block: Block; readonly value: Expr })
  /** 抛出 / 返回 in operand position: the statement never completes. */
  | (Node<'diverge'> & { readonly statement: Stmt })
  // --- async
  /** 创建: `type` is 任务<T>. */
  | (Node<'spawn'> & { readonly func: Func; readonly args: readonly Expr[] })
  /** A call of an 异步 函数 that is not awaited at once: the child runs first. `type` is 未来<T>. */
  | (Node<'start'> & { readonly func: Func; readonly args: readonly Expr[] })
  /** 启动, 协程 { } statements: detached, `type` 空. For a block `args` is empty and captures are passed. */
  | (Node<'launch'> & { readonly func: Func; readonly args: readonly Expr[] })
  | (Node<'newCoroutine'> & { readonly func: Func; readonly args: readonly Expr[] })
  /** 等待 on 未来 or 任务. (等待 f() written directly is a plain `call`.) */
  | (Node<'await'> & { readonly future: Expr })
  /** 等待 on a 协程: drives it to its end, `type` R. */
  | (Node<'awaitCoroutine'> & { readonly coroutine: Expr })
  /** A value as a settled 未来 (返回 v in `函数 f(): 未来<T>`, 未来::就绪). */
  | (Node<'ready'> & { readonly value: Expr })
  /** 任务<T> where 未来<T> is expected. */
  | (Node<'upcast'> & { readonly operand: Expr })
  /** 恢复 c / 恢复 c(v): `type` 选项<Y>. */
  | (Node<'resume'> & { readonly coroutine: Expr; readonly value: Expr | undefined })
  /** 挂起 v in a coroutine (`type` S), `coroutine` its type. */
  | (Node<'yield'> & { readonly value: Expr; readonly coroutine: Type & { kind: 'coroutine' } })
  /** Bare 挂起: to the resumer when in a coroutine with Y = 空, else to the scheduler. */
  | Node<'reschedule'>
  | (Node<'newChannel'> & { readonly capacity: Expr })
  /** <-c : throws E6002 when closed and empty. */
  | (Node<'receive'> & { readonly channel: Expr })
  /** c.接收() → 选项<T> */
  | (Node<'receiveOption'> & { readonly channel: Expr })
  | (Node<'closeChannel'> & { readonly channel: Expr })
  | (Node<'sleep'> & { readonly milliseconds: Expr })
  // --- pointers
  /** 取地址 x: `type` 指针<T>. A local here is boxed. */
  | (Node<'addressOf'> & { readonly place: Place })
  /** 解引用 p: E5001 when it points to nothing. */
  | (Node<'deref'> & { readonly pointer: Expr });

/** What a pointer can point to. */
export type Place =
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'global'; readonly global: Global }
  | { readonly kind: 'field'; readonly object: Expr; readonly field: number }
  | { readonly kind: 'element'; readonly list: Expr; readonly index: Expr };

export interface MatchArm {
  readonly pattern: Pattern;
  readonly guard: Expr | undefined;
  readonly body: Expr;
  readonly span: Span;
}

interface PatternNode<K extends string> { readonly kind: K; readonly type: Type; readonly span: Span }

/** `type` is that of the value looked at. Alternatives of an `or` bind the same locals. */
export type Pattern =
  | PatternNode<'any'>
  | (PatternNode<'bind'> & { readonly local: Local })
  /** A literal of a type with `==`. */
  | (PatternNode<'constant'> & { readonly value: Expr })
  /** Literals of 整数, 浮点数, 字符; a missing end is unbounded. */
  | (PatternNode<'range'> & { readonly from: Expr | undefined; readonly to: Expr | undefined; readonly inclusive: boolean })
  | (PatternNode<'variant'> & { readonly variant: number; readonly args: readonly Pattern[] })
  | (PatternNode<'some'> & { readonly inner: Pattern })
  | PatternNode<'none'>
  /** Every field of a struct or element of a tuple, in order. */
  | (PatternNode<'fields'> & { readonly parts: readonly Pattern[] })
  | (PatternNode<'or'> & { readonly alternatives: readonly Pattern[] });

export type UnaryOp = 'neg' | 'not' | 'bitNot';
export type BinaryOp =
  | 'add' | 'sub' | 'mul' | 'div' | 'rem'
  | 'bitAnd' | 'bitOr' | 'bitXor' | 'shl' | 'shr'
  | 'wrapAdd' | 'wrapSub' | 'wrapMul';
export type CompareOp = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
/**
 * floatToInt truncates and throws E7002 when the value does not fit; charToInt is the code point; intToChar throws E7010.
 * toInt32 and toByte take any raw integer and throw E7002; intToInt and floatToFloat widen, which changes no bit.
 */
export type ConvertOp =
  | 'intToFloat' | 'floatToInt' | 'charToInt' | 'intToChar' | 'boolToInt' | 'toInt32' | 'toByte' | 'intToInt' | 'floatToFloat';

/** The 如果 of `否则 如果`: the only statement of the other block. Ladders are thousands of branches long, so who walks them loops. */
export function elseIf(s: Stmt & { readonly kind: 'if' }): (Stmt & { readonly kind: 'if' }) | undefined {
  const only = s.otherwise?.statements.length === 1 ? s.otherwise.statements[0] : undefined;
  return only?.kind === 'if' ? only : undefined;
}
