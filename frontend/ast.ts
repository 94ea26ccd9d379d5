/**
 * The syntax tree of one Qi source file: what phase 2 produces and phase 3 reads.
 *
 * Invariants
 * - Every node is a member of a union discriminated by `kind` and carries the `span` it was read
 *   from. Spans are offsets into the source text in UTF-16 code units, end exclusive, and a
 *   node's span contains the spans of its children (in a file without syntax errors).
 * - The three spellings of the language give the same nodes: parameter order, result arrows,
 *   operator words, keyword synonyms and optional semicolons leave no trace here.
 * - Names are in NFC. Contextual keywords used as names are ordinary names.
 * - The tree holds no types, symbols or resolved meanings; the checker builds its own typed tree.
 * - Where the meaning depends on what a name denotes (a bare name in a pattern, `捕获 名`,
 *   `恢复 E(v)`, assignment to an unknown name) the tree keeps one neutral node and the checker decides.
 * - Broken source still gives a complete tree, with `ErrorExpr`, `ErrorType`, `ErrorPattern` or
 *   `ErrorStmt` where nothing could be read; a diagnostic has then been reported already, so
 *   later phases treat them as any type and stay silent.
 *
 * Rejected: one class per node with visitor methods (slower to build, and phases would leak into
 * the tree); a lossless tree with tokens (the formatter works from tokens and this tree instead).
 */

import type { SourceFile } from './source.js';

/** Half-open range of UTF-16 code units in the text of a source file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A name where it is written. `text` is in NFC; the span covers the original spelling. */
export interface Name {
  readonly kind: 'Name';
  readonly text: string;
  readonly span: Span;
}

export type Visibility = 'default' | 'public' | 'private';

// ---------------------------------------------------------------------------------------------
// Files

/** One file. Declarations and top-level statements stay in the order they are written. */
export interface SourceUnit {
  readonly kind: 'SourceUnit';
  readonly span: Span;
  /** Where the text came from: diagnostics and line tables need it. */
  readonly file: SourceFile;
  readonly package: PackageDecl | undefined;
  readonly imports: readonly ImportDecl[];
  /** Everything but `包` and `导入`. */
  readonly items: readonly Stmt[];
  /** Number of expression ids used: ids run from 0 to exprCount - 1. */
  readonly exprCount: number;
  /** A closing brace stood among the items: the file has a syntax error, and items may not be what they seem. */
  readonly hasStrayBrace: boolean;
}

/** `包 主程序;` */
export interface PackageDecl {
  readonly kind: 'PackageDecl';
  readonly span: Span;
  readonly path: readonly Name[];
}

/**
 * `导入 标准库.加密`, `导入 工具 作为 T`, `导入 工具 { 甲, 乙 }`, `导入 ../目录/工具`.
 * A relative path keeps its leading dots in `up`; `segments` holds the names between separators.
 */
export interface ImportDecl {
  readonly kind: 'ImportDecl';
  readonly span: Span;
  readonly visibility: Visibility;
  readonly path: ImportPath;
  readonly alias: Name | undefined;
  /** Undefined: the module itself is bound; otherwise only the listed names. */
  readonly items: readonly ImportItem[] | undefined;
}

export interface ImportPath {
  readonly kind: 'ImportPath';
  readonly span: Span;
  /** Undefined for `标准库.加密`; 0 for `./x`; n for n leading `../`. */
  readonly up: number | undefined;
  readonly segments: readonly Name[];
}

export interface ImportItem {
  readonly kind: 'ImportItem';
  readonly span: Span;
  readonly name: Name;
  readonly alias: Name | undefined;
}

// ---------------------------------------------------------------------------------------------
// Declarations

export type Decl =
  | FunctionDecl
  | StructDecl
  | EnumDecl
  | TraitDecl
  | ImplDecl
  | TypeAliasDecl
  | VarDecl;

/** `<T: 甲 + 乙>` */
export interface TypeParam {
  readonly kind: 'TypeParam';
  readonly span: Span;
  readonly name: Name;
  readonly bounds: readonly TypeExpr[];
}

/** `a: 整数 = 1`, `整数 a = 1`, `a`, `...项: T`. */
export interface Param {
  readonly kind: 'Param';
  readonly span: Span;
  readonly name: Name;
  readonly type: TypeExpr | undefined;
  readonly default: Expr | undefined;
  readonly variadic: boolean;
  /** Written 不可变. Parameters are mutable otherwise. */
  readonly immutable: boolean;
}

/** `(自身 点)`, `(变量 自身 点)` before a function's name. */
export interface Receiver {
  readonly kind: 'Receiver';
  readonly span: Span;
  readonly name: Name;
  readonly type: TypeExpr;
  /** Written with 变量/可变: fields may be assigned. */
  readonly mutable: boolean;
}

/** What a call does: run, start a child task, or make a coroutine that is not started. */
export type FunctionFlavour = 'plain' | 'async' | 'coroutine';

/** A function, method, async function or `协程 名(…) { … }` declaration. */
export interface FunctionDecl {
  readonly kind: 'FunctionDecl';
  readonly span: Span;
  readonly visibility: Visibility;
  readonly flavour: FunctionFlavour;
  /** `静态 函数` in a 方法/实现 block. */
  readonly isStatic: boolean;
  readonly isInline: boolean;
  readonly name: Name;
  readonly typeParams: readonly TypeParam[];
  /** Go-style receiver; in 方法/实现/特性 blocks it is implicit and this is undefined. */
  readonly receiver: Receiver | undefined;
  readonly params: readonly Param[];
  /** Undefined when not written. For a 协程 this is R. */
  readonly result: TypeExpr | undefined;
  /** Undefined only for a signature in a 特性. */
  readonly body: Block | undefined;
  readonly doc: string | undefined;
  /** `测试 "名" { … }`: the title. The function's name is then one that no program can write. */
  readonly test: string | undefined;
}

/** `类型 点 { 整数 x; }`, `结构体 点 { x: 整数, }`, tuple struct `结构体 坐标(浮点数, 浮点数)`. */
export interface StructDecl {
  readonly kind: 'StructDecl';
  readonly span: Span;
  readonly visibility: Visibility;
  readonly name: Name;
  readonly typeParams: readonly TypeParam[];
  readonly fields: readonly FieldDecl[];
  /** Fields are positional; their names are "0", "1", … */
  readonly isTuple: boolean;
  readonly doc: string | undefined;
}

export interface FieldDecl {
  readonly kind: 'FieldDecl';
  readonly span: Span;
  readonly visibility: Visibility;
  readonly name: Name;
  readonly type: TypeExpr;
  readonly default: Expr | undefined;
  readonly doc: string | undefined;
}

/** `枚举 颜色 { 红, 绿, 失败(整数 码, 字符串 信息) }` */
export interface EnumDecl {
  readonly kind: 'EnumDecl';
  readonly span: Span;
  readonly visibility: Visibility;
  readonly name: Name;
  readonly typeParams: readonly TypeParam[];
  readonly variants: readonly VariantDecl[];
  readonly doc: string | undefined;
}

export interface VariantDecl {
  readonly kind: 'VariantDecl';
  readonly span: Span;
  readonly name: Name;
  readonly payload: readonly VariantField[];
  /** `红 = 1` */
  readonly discriminant: Expr | undefined;
  readonly doc: string | undefined;
}

export interface VariantField {
  readonly kind: 'VariantField';
  readonly span: Span;
  readonly name: Name | undefined;
  readonly type: TypeExpr;
}

/** `特性 可显示 { 函数 显示(): 字符串; }`; methods may have bodies (defaults). */
export interface TraitDecl {
  readonly kind: 'TraitDecl';
  readonly span: Span;
  readonly visibility: Visibility;
  readonly name: Name;
  readonly typeParams: readonly TypeParam[];
  /** `特性 甲: 乙 + 丙` */
  readonly supertraits: readonly TypeExpr[];
  readonly methods: readonly FunctionDecl[];
  readonly doc: string | undefined;
}

/** `方法 点 { … }`, `实现 点 { … }` (trait undefined), `实现 可显示 对于 点 { … }`. */
export interface ImplDecl {
  readonly kind: 'ImplDecl';
  readonly span: Span;
  readonly typeParams: readonly TypeParam[];
  readonly trait: TypeExpr | undefined;
  readonly target: TypeExpr;
  readonly methods: readonly FunctionDecl[];
}

/** `类型 用户号 = 整数` */
export interface TypeAliasDecl {
  readonly kind: 'TypeAliasDecl';
  readonly span: Span;
  readonly visibility: Visibility;
  readonly name: Name;
  readonly typeParams: readonly TypeParam[];
  readonly type: TypeExpr;
  readonly doc: string | undefined;
}

export type Mutability = 'mutable' | 'immutable' | 'constant';

/**
 * `变量 x: 整数 = 1`, `整数 x = 1`, `不可变 x = 1`, `常量 x = 1`, `变量 a, b = 元组`.
 * Several bindings with one value destructure a tuple; otherwise values match bindings by position.
 */
export interface VarDecl {
  readonly kind: 'VarDecl';
  readonly span: Span;
  readonly visibility: Visibility;
  readonly mutability: Mutability;
  readonly bindings: readonly VarBinding[];
  readonly shape: TupleShape | undefined;
  /** Empty: no initialiser. */
  readonly values: readonly Expr[];
  readonly doc: string | undefined;
}

export interface VarBinding {
  readonly kind: 'VarBinding';
  readonly span: Span;
  readonly name: Name;
  readonly type: TypeExpr | undefined;
}

/** How the names of `变量 a, (b, c) = …`, listed flat beside it, stand in each other; undefined is a leaf, and a flat list has no shape. `type`: `(b, c): 类型`. */
export interface TupleShape {
  readonly span: Span;
  readonly parts: readonly (TupleShape | undefined)[];
  readonly type: TypeExpr | undefined;
}

// ---------------------------------------------------------------------------------------------
// Types

export type TypeExpr = NamedType | ListType | ArrayType | TupleType | FunctionType | ErrorType;

/** `整数`, `空`, `字典<字符串, 整数>`, `模块.点`. `*T` and `&T` come out as 指针<T> and 引用<T>. */
export interface NamedType {
  readonly kind: 'NamedType';
  readonly span: Span;
  /** At least one name; more than one for `模块.点`. */
  readonly path: readonly Name[];
  readonly args: readonly TypeExpr[];
}

/** `[T]` */
export interface ListType {
  readonly kind: 'ListType';
  readonly span: Span;
  readonly element: TypeExpr;
}

/** `[T; n]` */
export interface ArrayType {
  readonly kind: 'ArrayType';
  readonly span: Span;
  readonly element: TypeExpr;
  readonly length: Expr;
}

/** `(A, B)`; `()` has no elements and means 空; `(A)` is just A and never appears here. */
export interface TupleType {
  readonly kind: 'TupleType';
  readonly span: Span;
  readonly elements: readonly TypeExpr[];
}

/** `函数(A, B): R`; without `: R` the result is 空. */
export interface FunctionType {
  readonly kind: 'FunctionType';
  readonly span: Span;
  readonly params: readonly TypeExpr[];
  readonly result: TypeExpr | undefined;
}

export interface ErrorType {
  readonly kind: 'ErrorType';
  readonly span: Span;
}

// ---------------------------------------------------------------------------------------------
// Statements

export type Stmt =
  | Decl
  | ImportDecl
  | Block
  | ExprStmt
  | AssignStmt
  | SendStmt
  | ReturnStmt
  | BreakStmt
  | ContinueStmt
  | WhileStmt
  | LoopStmt
  | ForInStmt
  | ForRangeStmt
  | TryStmt
  | DeferStmt
  | SelectStmt
  | ErrorStmt;

/** `{ … }`. Where a value is wanted it is that of the last statement if that is an ExprStmt, else 空. */
export interface Block {
  readonly kind: 'Block';
  readonly span: Span;
  readonly statements: readonly Stmt[];
}

/** An expression as a statement. 如果, 匹配, 并发, 截止, 屏蔽, 启动, 抛出 and 挂起 come as their Expr in one of these. */
export interface ExprStmt {
  readonly kind: 'ExprStmt';
  readonly span: Span;
  readonly expr: Expr;
}

/**
 * `a = 1`, `a, b = b, a`, `a += 1` (op set; one target, one value).
 * A NameExpr target that is not otherwise known declares the name in the function.
 */
export interface AssignStmt {
  readonly kind: 'AssignStmt';
  readonly span: Span;
  readonly targets: readonly Expr[];
  readonly shape: TupleShape | undefined;
  readonly op: BinaryOp | undefined;
  readonly values: readonly Expr[];
}

/** `通道 <- 值` */
export interface SendStmt {
  readonly kind: 'SendStmt';
  readonly span: Span;
  readonly channel: Expr;
  readonly value: Expr;
}

export interface ReturnStmt {
  readonly kind: 'ReturnStmt';
  readonly span: Span;
  /** `返回 a, b` gives one TupleExpr. */
  readonly value: Expr | undefined;
}

/** 跳出 or 中断, with an optional label. */
export interface BreakStmt {
  readonly kind: 'BreakStmt';
  readonly span: Span;
  readonly label: Name | undefined;
}

export interface ContinueStmt {
  readonly kind: 'ContinueStmt';
  readonly span: Span;
  readonly label: Name | undefined;
}

/** `当 条件 { … }` */
export interface WhileStmt {
  readonly kind: 'WhileStmt';
  readonly span: Span;
  readonly label: Name | undefined;
  readonly condition: Expr;
  readonly body: Block;
}

/** `循环 { … }` */
export interface LoopStmt {
  readonly kind: 'LoopStmt';
  readonly span: Span;
  readonly label: Name | undefined;
  readonly body: Block;
}

/** `对于 x 在 集 { … }`, `对于 集 中的 x { … }`, `对于 k, v 在 字典 { … }`. */
export interface ForInStmt {
  readonly kind: 'ForInStmt';
  readonly span: Span;
  readonly label: Name | undefined;
  /** One or more; `_` is a WildcardPattern. Two bind key and value (or index and element). */
  readonly bindings: readonly Pattern[];
  readonly iterable: Expr;
  readonly body: Block;
}

/** `对于 i 从 a 到 b [步长 s] { … }`; b is included. */
export interface ForRangeStmt {
  readonly kind: 'ForRangeStmt';
  readonly span: Span;
  readonly label: Name | undefined;
  readonly name: Name;
  readonly from: Expr;
  readonly to: Expr;
  readonly step: Expr | undefined;
  readonly body: Block;
}

/** `尝试 { } 捕获 … { } 最终 { }` with at least one clause. */
export interface TryStmt {
  readonly kind: 'TryStmt';
  readonly span: Span;
  readonly body: Block;
  readonly catches: readonly CatchClause[];
  readonly finally: Block | undefined;
}

/**
 * `捕获 { }`, `捕获 名 { }` (nameOrKind: the checker decides), `捕获 种类 作为 名 { }`
 * (kinds and binding), `捕获 甲 | 乙 作为 名 { }`.
 */
export interface CatchClause {
  readonly kind: 'CatchClause';
  readonly span: Span;
  readonly nameOrKind: Name | undefined;
  readonly kinds: readonly TypeExpr[];
  readonly binding: Name | undefined;
  readonly body: Block;
}

/** `延后 语句` */
export interface DeferStmt {
  readonly kind: 'DeferStmt';
  readonly span: Span;
  readonly statement: Stmt;
}

/** `选择 { 情况 …: … 默认: … }` */
export interface SelectStmt {
  readonly kind: 'SelectStmt';
  readonly span: Span;
  readonly cases: readonly SelectCase[];
}

export interface SelectCase {
  readonly kind: 'SelectCase';
  readonly span: Span;
  readonly operation: SelectOperation;
  readonly body: Block;
}

export type SelectOperation =
  | ReceiveOperation
  | SendOperation
  | AwaitOperation
  | TimeoutOperation
  | DefaultOperation;

/** `v := <-c`, `v = <-c`, `v, 成 := <-c`, `<-c`. */
export interface ReceiveOperation {
  readonly kind: 'ReceiveOperation';
  readonly span: Span;
  /** Zero, one (value) or two (value, ok) targets; a NameExpr named `_` discards. */
  readonly targets: readonly Expr[];
  /** Written `:=` (or 变量): the targets are new names of this case. With `=` they are assigned as AssignStmt does. */
  readonly declares: boolean;
  readonly channel: Expr;
}

/** `c <- x` */
export interface SendOperation {
  readonly kind: 'SendOperation';
  readonly span: Span;
  readonly channel: Expr;
  readonly value: Expr;
}

/** `v := 等待 f`, `等待 f`. */
export interface AwaitOperation {
  readonly kind: 'AwaitOperation';
  readonly span: Span;
  /** Zero or one target. */
  readonly targets: readonly Expr[];
  readonly declares: boolean;
  readonly future: Expr;
}

/** `超时(毫秒)` */
export interface TimeoutOperation {
  readonly kind: 'TimeoutOperation';
  readonly span: Span;
  readonly milliseconds: Expr;
}

export interface DefaultOperation {
  readonly kind: 'DefaultOperation';
  readonly span: Span;
}

export interface ErrorStmt {
  readonly kind: 'ErrorStmt';
  readonly span: Span;
}

// ---------------------------------------------------------------------------------------------
// Expressions

export type Expr =
  | IntLiteral
  | FloatLiteral
  | BoolLiteral
  | UnitLiteral
  | StringLiteral
  | CharLiteral
  | InterpolatedString
  | NameExpr
  | ListLiteral
  | RepeatLiteral
  | MapLiteral
  | TupleExpr
  | StructLiteral
  | MemberExpr
  | PathExpr
  | InstantiateExpr
  | CallExpr
  | IndexExpr
  | UnaryExpr
  | BinaryExpr
  | RangeExpr
  | CastExpr
  | AddressOfExpr
  | DerefExpr
  | CloneExpr
  | AwaitExpr
  | SpawnExpr
  | DetachExpr
  | CoroutineExpr
  | ResumeExpr
  | ReceiveExpr
  | PropagateExpr
  | ThrowExpr
  | SuspendExpr
  | ClosureExpr
  | IfExpr
  | MatchExpr
  | ConcurrentExpr
  | DeadlineExpr
  | ShieldExpr
  | ErrorExpr;

/** Common to all expressions. `id` is dense and unique in the file: side tables may be arrays. */
export interface ExprBase {
  readonly id: number;
  readonly span: Span;
}

/** `text` is as written, with half-width digits; `value` is exact and not negative. */
export interface IntLiteral extends ExprBase {
  readonly kind: 'IntLiteral';
  readonly text: string;
  readonly value: bigint;
}

export interface FloatLiteral extends ExprBase {
  readonly kind: 'FloatLiteral';
  readonly text: string;
  readonly value: number;
}

export interface BoolLiteral extends ExprBase {
  readonly kind: 'BoolLiteral';
  readonly value: boolean;
}

/** 空 or `()`. */
export interface UnitLiteral extends ExprBase {
  readonly kind: 'UnitLiteral';
}

/** Any string form without interpolation, escapes resolved. */
export interface StringLiteral extends ExprBase {
  readonly kind: 'StringLiteral';
  readonly value: string;
}

/** `'x'` with exactly one scalar value; a 字符串 where one is expected. */
export interface CharLiteral extends ExprBase {
  readonly kind: 'CharLiteral';
  readonly value: string;
}

export interface InterpolatedString extends ExprBase {
  readonly kind: 'InterpolatedString';
  readonly parts: readonly InterpolatedPart[];
}

export type InterpolatedPart = TextPart | ExprPart;

export interface TextPart {
  readonly kind: 'TextPart';
  readonly span: Span;
  readonly value: string;
}

/** `{expr}` or `{expr:格式}`. */
export interface ExprPart {
  readonly kind: 'ExprPart';
  readonly span: Span;
  readonly expr: Expr;
  /** The text after the colon, e.g. ".2". */
  readonly format: string | undefined;
}

/** Any name: variable, function, type, module, variant. `print`/`println` come as 打印/打印行 (with a warning). */
export interface NameExpr extends ExprBase {
  readonly kind: 'NameExpr';
  readonly name: string;
}

/** `[1, 2]` */
export interface ListLiteral extends ExprBase {
  readonly kind: 'ListLiteral';
  readonly elements: readonly Expr[];
}

/** `[0; 8]`: a fixed array of `count` times `value`. */
export interface RepeatLiteral extends ExprBase {
  readonly kind: 'RepeatLiteral';
  readonly value: Expr;
  readonly count: Expr;
}

/** `{}` or `{键: 值}` */
export interface MapLiteral extends ExprBase {
  readonly kind: 'MapLiteral';
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly kind: 'MapEntry';
  readonly span: Span;
  readonly key: Expr;
  readonly value: Expr;
}

/** `(1, 真)`, `(1,)`. Parentheses around one expression leave no node. */
export interface TupleExpr extends ExprBase {
  readonly kind: 'TupleExpr';
  readonly elements: readonly Expr[];
}

/** `点 { x: 1, y: 2 }`, `对<整数> { … }`. */
export interface StructLiteral extends ExprBase {
  readonly kind: 'StructLiteral';
  readonly type: NamedType;
  readonly fields: readonly FieldInit[];
}

/** `x: 1`; `x` alone is short for `x: x` and has that NameExpr as its value. */
export interface FieldInit {
  readonly kind: 'FieldInit';
  readonly span: Span;
  readonly name: Name;
  readonly value: Expr;
}

/** `a.b`; tuple elements are `a.0`. May turn out to be `模块.名` or `颜色.红`. */
export interface MemberExpr extends ExprBase {
  readonly kind: 'MemberExpr';
  readonly object: Expr;
  readonly name: Name;
}

/** `颜色::红`, `未来::就绪`, `栈<整数>::新建`. */
export interface PathExpr extends ExprBase {
  readonly kind: 'PathExpr';
  readonly base: Expr;
  readonly name: Name;
}

/** `名<类型…>` before a call, `::`, or as a type passed to 创建通道(列表<整数>, 3). */
export interface InstantiateExpr extends ExprBase {
  readonly kind: 'InstantiateExpr';
  readonly callee: Expr;
  readonly typeArgs: readonly TypeExpr[];
}

export interface CallExpr extends ExprBase {
  readonly kind: 'CallExpr';
  readonly callee: Expr;
  readonly args: readonly Argument[];
}

/** `值` or `名: 值`. */
export interface Argument {
  readonly kind: 'Argument';
  readonly span: Span;
  readonly name: Name | undefined;
  readonly value: Expr;
}

/** `a[i]`, slices have a RangeExpr as index. */
export interface IndexExpr extends ExprBase {
  readonly kind: 'IndexExpr';
  readonly object: Expr;
  readonly index: Expr;
}

export type UnaryOp = '-' | '!' | '~';

export interface UnaryExpr extends ExprBase {
  readonly kind: 'UnaryExpr';
  readonly op: UnaryOp;
  readonly operand: Expr;
}

export type BinaryOp =
  | '+' | '-' | '*' | '/' | '%'
  | '<<' | '>>' | '&' | '^' | '|'
  | '==' | '!=' | '<' | '<=' | '>' | '>='
  | '&&' | '||';

export interface BinaryExpr extends ExprBase {
  readonly kind: 'BinaryExpr';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
}

/** `a..b`, `a..=b`; an end may be missing (`文[..b]`). */
export interface RangeExpr extends ExprBase {
  readonly kind: 'RangeExpr';
  readonly from: Expr | undefined;
  readonly to: Expr | undefined;
  readonly inclusive: boolean;
}

/** `x 作为 整数` */
export interface CastExpr extends ExprBase {
  readonly kind: 'CastExpr';
  readonly operand: Expr;
  readonly type: TypeExpr;
}

/** `取地址 x`, `&x` */
export interface AddressOfExpr extends ExprBase {
  readonly kind: 'AddressOfExpr';
  readonly operand: Expr;
}

/** `解引用 p`, `*p` */
export interface DerefExpr extends ExprBase {
  readonly kind: 'DerefExpr';
  readonly operand: Expr;
}

/** `克隆 x` */
export interface CloneExpr extends ExprBase {
  readonly kind: 'CloneExpr';
  readonly operand: Expr;
}

/** `等待 f` */
export interface AwaitExpr extends ExprBase {
  readonly kind: 'AwaitExpr';
  readonly operand: Expr;
}

/** `创建 f(x)`: queues a child task. */
export interface SpawnExpr extends ExprBase {
  readonly kind: 'SpawnExpr';
  readonly body: Expr | Block;
}

/** `启动 f(x)`, `启动 { … }`, `协程 { … }`: a detached task. */
export interface DetachExpr extends ExprBase {
  readonly kind: 'DetachExpr';
  readonly body: Expr | Block;
}

/** `协程 名(1, 5)`: makes a coroutine that is not started. `call` is a CallExpr unless the source is broken. */
export interface CoroutineExpr extends ExprBase {
  readonly kind: 'CoroutineExpr';
  readonly call: Expr;
}

/** `恢复 c`, `恢复 c(v)`. The operand of the latter is the CallExpr; the checker decides what it means. */
export interface ResumeExpr extends ExprBase {
  readonly kind: 'ResumeExpr';
  readonly operand: Expr;
}

/** `<-c` */
export interface ReceiveExpr extends ExprBase {
  readonly kind: 'ReceiveExpr';
  readonly channel: Expr;
}

/** `尝试 表达式` */
export interface PropagateExpr extends ExprBase {
  readonly kind: 'PropagateExpr';
  readonly operand: Expr;
}

/** `抛出 错误("…")` */
export interface ThrowExpr extends ExprBase {
  readonly kind: 'ThrowExpr';
  readonly operand: Expr;
}

/** `挂起`, `挂起 值` */
export interface SuspendExpr extends ExprBase {
  readonly kind: 'SuspendExpr';
  readonly value: Expr | undefined;
}

/**
 * `函数(x: 整数): 整数 { … }`, `闭包 (x) { … }`, `(x) => x * 2`.
 * An assignment or send as the sole body of an arrow comes as a Block of that statement.
 */
export interface ClosureExpr extends ExprBase {
  readonly kind: 'ClosureExpr';
  readonly flavour: FunctionFlavour;
  readonly params: readonly Param[];
  readonly result: TypeExpr | undefined;
  readonly body: Expr | Block;
}

/** `如果 … { } 否则 如果 … { } 否则 { }`; an `否则 如果` is an IfExpr in `else`. */
export interface IfExpr extends ExprBase {
  readonly kind: 'IfExpr';
  readonly condition: Expr;
  readonly then: Block;
  readonly else: Block | IfExpr | undefined;
}

export interface MatchExpr extends ExprBase {
  readonly kind: 'MatchExpr';
  readonly subject: Expr;
  readonly arms: readonly MatchArm[];
}

export interface MatchArm {
  readonly kind: 'MatchArm';
  readonly span: Span;
  readonly pattern: Pattern;
  readonly guard: Expr | undefined;
  /** A statement that is no expression (返回, assignment …) comes as a Block of it. */
  readonly body: Expr | Block;
}

/** `并发 { … }`, `并发(上限: n) { … }` */
export interface ConcurrentExpr extends ExprBase {
  readonly kind: 'ConcurrentExpr';
  readonly limit: Expr | undefined;
  readonly body: Block;
}

/** `截止(ms) { … }` */
export interface DeadlineExpr extends ExprBase {
  readonly kind: 'DeadlineExpr';
  readonly milliseconds: Expr;
  readonly body: Block;
}

/** `屏蔽 { … }` */
export interface ShieldExpr extends ExprBase {
  readonly kind: 'ShieldExpr';
  readonly body: Block;
}

export interface ErrorExpr extends ExprBase {
  readonly kind: 'ErrorExpr';
}

// ---------------------------------------------------------------------------------------------
// Patterns

export type Pattern =
  | WildcardPattern
  | NamePattern
  | LiteralPattern
  | RangePattern
  | VariantPattern
  | TuplePattern
  | StructPattern
  | OrPattern
  | ErrorPattern;

/** `_` */
export interface WildcardPattern {
  readonly kind: 'WildcardPattern';
  readonly span: Span;
}

/** A bare name: a variant or 常量 of that name if there is one, otherwise a binding. */
export interface NamePattern {
  readonly kind: 'NamePattern';
  readonly span: Span;
  readonly name: Name;
}

/** A literal, possibly with a leading `-` (then a UnaryExpr). */
export interface LiteralPattern {
  readonly kind: 'LiteralPattern';
  readonly span: Span;
  readonly value: Expr;
}

/** `1..5`, `'a'..='z'`; ends are literals or names of constants. */
export interface RangePattern {
  readonly kind: 'RangePattern';
  readonly span: Span;
  readonly from: Expr | undefined;
  readonly to: Expr | undefined;
  readonly inclusive: boolean;
}

/** `成功(x)`, `颜色::红`, `颜色.红`, `结果::失败(码, _)`; also tuple structs. */
export interface VariantPattern {
  readonly kind: 'VariantPattern';
  readonly span: Span;
  readonly path: readonly Name[];
  /** Undefined when there are no parentheses. */
  readonly args: readonly Pattern[] | undefined;
  /** `失败(码: 500)`: the names before the parts, where there are any. Parts that are not named do not matter then. */
  readonly names?: readonly (Name | undefined)[] | undefined;
}

export interface TuplePattern {
  readonly kind: 'TuplePattern';
  readonly span: Span;
  readonly elements: readonly Pattern[];
}

/** `点 { x: 0, y }`, `点 { x, .. }` */
export interface StructPattern {
  readonly kind: 'StructPattern';
  readonly span: Span;
  readonly path: readonly Name[];
  readonly fields: readonly FieldPattern[];
  /** Ends with `..`: the other fields are not looked at. */
  readonly rest: boolean;
}

/** `x: 模式`; `x` alone binds x and has that NamePattern. */
export interface FieldPattern {
  readonly kind: 'FieldPattern';
  readonly span: Span;
  readonly name: Name;
  readonly pattern: Pattern;
}

/** `甲 | 乙` */
export interface OrPattern {
  readonly kind: 'OrPattern';
  readonly span: Span;
  readonly alternatives: readonly Pattern[];
}

export interface ErrorPattern {
  readonly kind: 'ErrorPattern';
  readonly span: Span;
}
