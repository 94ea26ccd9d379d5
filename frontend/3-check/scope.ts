/**
 * scope.ts — names and what they denote.
 *
 * A scope is one block; lookups walk outwards. Function bodies chain to the body they are written
 * in, and the outermost scope is the package. A scope gives a name one meaning, type or value; where a
 * type is wanted, values of inner scopes do not hide it (`变量 点 = 点 { … }` leaves the type usable).
 *
 * Invariant: a scope's map is created on its first declaration, so a block without declarations
 * costs one small object and entering it copies nothing.
 */
import type * as ast from '../ast.js';
import type * as hir from '../hir.js';
import type { NativeInfo } from '../generated/natives.js';
import type { SourceFile } from '../source.js';
import type { EnumDef, EnumType, StructDef, Type } from '../types.js';
import type { Body, Instantiation } from './body.js';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type Symbol =
  | LocalSymbol
  | GlobalSymbol
  | FunctionSymbol
  | StructSymbol
  | EnumSymbol
  | AliasSymbol
  | ConstSymbol
  | TypeParamSymbol
  | TraitSymbol
  | NativeSymbol
  | { readonly kind: 'poison'; readonly span: ast.Span; readonly file: SourceFile };

/** A parameter or variable of a function body, with what capture analysis and warnings need. */
export interface LocalSymbol {
  readonly kind: 'local';
  readonly name: string;
  readonly local: hir.Local;
  readonly owner: Body;
  readonly span: ast.Span;
  readonly file: SourceFile;
  /** Written 不可变, or a receiver without 变量 (`receiver`), whose fields may not be assigned either. */
  readonly guard: 'none' | 'immutable' | 'receiver';
  /** Parameters, loop variables and the like are never reported as unread. */
  readonly quiet: boolean;
  /** Time of declaration (see capture.ts). */
  readonly declared: number;
  reads: number;
  lastAssigned: number;
  /** The earliest time from which a closure may share it. */
  captured: number;
  /** 取地址 was used on it. */
  addressed: boolean;
  /** A local function: how it is called by its name. */
  signature?: { readonly params: readonly ast.Param[]; readonly scope: Scope; readonly isCoroutine: boolean };
  /** Bound by `捕获 种类 作为 e` to a value that was thrown: the error it came in. */
  caught?: LocalSymbol;
  /** The locals that stand for it inside closures. */
  inner: hir.Local[] | undefined;
}

export interface GlobalSymbol {
  readonly kind: 'global';
  readonly name: string;
  readonly global: hir.Global;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly immutable: boolean;
}

export interface ParamInfo {
  readonly name: string;
  readonly type: Type;
  /** False when the type is inferred. */
  readonly written: boolean;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly default: ast.Expr | undefined;
  readonly variadic: boolean;
  readonly immutable: boolean;
}

/** A named function, method or 协程 declaration. */
export interface FunctionSymbol {
  readonly kind: 'function';
  readonly name: string;
  /** `加`, `点.距离`: as stack traces show it. */
  readonly shown: string;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly decl: ast.FunctionDecl;
  readonly func: Mutable<hir.Func>;
  /** Without the receiver. */
  readonly params: readonly ParamInfo[];
  /** The struct or enum whose method this is; static functions have none. */
  readonly receiver: ReceiverInfo | undefined;
  /** What the body returns (T of an 异步 函数). */
  readonly result: Type;
  readonly flavour: ast.FunctionFlavour;
  /** A plain function declared `: 未来<T>`: T. Its `返回 v` wraps v. */
  readonly futureOf: Type | undefined;
  /** 协程 declarations: what an instance is. */
  readonly coroutine: (Type & { kind: 'coroutine' }) | undefined;
  /** `idle`: a function of the library that nothing of the program has mentioned; it is no part of the program (Checker.use). */
  state: 'idle' | 'new' | 'checking' | 'done';
  body: Body | undefined;
  /** What the body sees outside itself: the package, and the type arguments of an instance. */
  readonly scope: Scope;
  /** A generic function: never checked itself, only its instances are. */
  readonly template: Template | undefined;
  /** Instances: the call they were first made for. */
  readonly context: Instantiation | undefined;
  /** Methods of the same name for other instances of the type (method-choice.ts). */
  alternatives?: FunctionSymbol[];
}

/** What makes a function generic. */
export interface Template {
  /** Those of the type whose method it is first (`inherited` many), then its own. */
  readonly params: readonly ast.TypeParam[];
  readonly inherited: number;
  /** Where the declaration stands. */
  readonly outer: Scope;
  /** The receiver's type, read in a scope with the type parameters. */
  readonly receiver: ((scope: Scope) => Type) | undefined;
  /** Of methods that implement a trait: adds 自身类型, and what else their code sees, to a scope with the type parameters. */
  readonly inner: ((scope: Scope) => Scope) | undefined;
  /** By the keys of their type arguments. */
  readonly instances: Map<string, FunctionSymbol>;
  /** An instance was made. */
  used: boolean;
}

/** A 特性. As a type it is a hidden enum of the types that are turned into it (traits.ts). */
export interface TraitSymbol {
  readonly kind: 'trait';
  readonly name: string;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly decl: ast.TraitDecl;
  readonly def: EnumDef;
  /** One of the language's own. */
  readonly builtin: boolean;
  readonly methods: ReadonlyMap<string, ast.FunctionDecl>;
}

/** The name of a type parameter inside an instance: the type it stands for there. */
export interface TypeParamSymbol {
  readonly kind: 'typeParam';
  readonly name: string;
  readonly type: Type;
  readonly span: ast.Span;
  readonly file: SourceFile;
}

export interface ReceiverInfo {
  /** Every name the receiver has in the body. */
  readonly names: readonly string[];
  readonly type: Type;
  readonly span: ast.Span;
  readonly mutable: boolean;
}

/** The functions that belong to a type. */
export interface MethodTable {
  readonly methods: Map<string, FunctionSymbol>;
  readonly statics: Map<string, FunctionSymbol>;
}

export interface StructSymbol extends MethodTable {
  readonly kind: 'struct';
  readonly name: string;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly decl: ast.StructDecl;
  /** Of a generic struct: only what its instances are made from. */
  readonly def: StructDef;
  readonly type: Type & { kind: 'struct' };
}

export interface EnumSymbol {
  readonly kind: 'enum';
  readonly name: string;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly decl: ast.EnumDecl;
  readonly def: EnumDef;
  /** Of an enum without type parameters. */
  readonly type: EnumType;
  /** The number of each variant (enum-numbers.ts). */
  numbers?: readonly bigint[];
  readonly methods: Map<string, FunctionSymbol>;
  readonly statics: Map<string, FunctionSymbol>;
}

export interface AliasSymbol {
  readonly kind: 'alias';
  readonly name: string;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly decl: ast.TypeAliasDecl;
  type: Type | undefined;
  resolving: boolean;
}

export type ConstValue =
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'char'; readonly value: string }
  | { readonly kind: 'string'; readonly value: string };

export interface ConstSymbol {
  readonly kind: 'const';
  readonly name: string;
  readonly span: ast.Span;
  readonly file: SourceFile;
  readonly decl: ast.Expr;
  readonly written: ast.TypeExpr | undefined;
  readonly scope: Scope;
  /** Undefined until evaluated, null when it is no constant (reported). */
  value: ConstValue | null | undefined;
  evaluating: boolean;
  reads: number;
}

/** A function of a library module that the runtime has (`数学.正弦`). */
export interface NativeSymbol {
  readonly kind: 'native';
  readonly name: string;
  readonly native: NativeInfo;
  readonly span: ast.Span;
  readonly file: SourceFile;
}

/** What a file sees of its imports (packages.ts). */
export interface FileView {
  /** Whether a name, dots included, is a module here. */
  isModule(name: string): boolean;
  /** What `导入 工具 { 名 }` binds. */
  imported(name: string): Symbol | undefined;
  /** A qualified name, or one of a module imported whole that nothing nearer has. */
  opened(name: string): Symbol | undefined;
}

export class Scope {
  readonly parent: Scope | undefined;
  /** The function body this block belongs to; undefined for the package. */
  readonly body: Body | undefined;
  /** Of the scope of a file, its imports. */
  readonly #view: FileView | undefined;
  #names: Map<string, Symbol> | undefined;

  constructor(parent: Scope | undefined, body: Body | undefined, view?: FileView) {
    this.parent = parent;
    this.body = body;
    this.#view = view;
  }

  /** The symbol of exactly this scope. */
  own(name: string): Symbol | undefined {
    return this.#names?.get(name);
  }

  lookup(name: string): Symbol | undefined {
    let view: FileView | undefined;
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      view = scope.#view ?? view;
      const found = scope.#names?.get(name) ?? scope.#view?.imported(name);
      if (found !== undefined) return found;
    }
    return view?.opened(name);
  }

  /** Like `lookup`, for a name that an assignment declares unless it exists: modules imported whole do not count. */
  lookupTarget(name: string): Symbol | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const found = scope.#names?.get(name) ?? scope.#view?.imported(name);
      if (found !== undefined) return found;
    }
    return name.includes('.') ? this.lookup(name) : undefined;
  }

  /** Whether a name, dots included, is a module here that no variable hides. */
  isModule(name: string): boolean {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      if (scope.#view?.isModule(name) === true) return true;
      if (scope.#names?.has(name) === true) return false;
    }
    return false;
  }

  /** The type of that name; a variable or function of the same name does not hide it. */
  lookupType(name: string): Symbol | undefined {
    let hiding: Symbol | undefined;
    let view: FileView | undefined;
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      view = scope.#view ?? view;
      const found = scope.#names?.get(name) ?? scope.#view?.imported(name);
      if (found === undefined) continue;
      if (found.kind === 'struct' || found.kind === 'enum' || found.kind === 'alias' || found.kind === 'typeParam' || found.kind === 'trait' || found.kind === 'poison') return found;
      hiding ??= found;
    }
    return hiding ?? view?.opened(name);
  }

  declare(name: string, symbol: Symbol): void {
    (this.#names ??= new Map()).set(name, symbol);
  }

  /** Every name visible here, innermost first (for suggestions). */
  *visible(): Iterable<string> {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      if (scope.#names === undefined) continue;
      for (const [name, symbol] of scope.#names) if (symbol.kind !== 'poison') yield name;
    }
  }
}
