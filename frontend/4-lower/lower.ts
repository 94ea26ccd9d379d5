/**
 * Phase 4: the typed tree to register code.
 *
 * `lower` gives every function of the program its code, in the order of the tree, then the thunks
 * made up for functions used as values. Jumps still name labels; 5-emit gives them places.
 * Pure: the program is only read. The tree is trusted: what the checker should have refused is an
 * internal error here, never a diagnostic. The one exception are limits of the format (LimitError).
 */
import type { Func, Program } from '../hir.js';
import { ERROR, STRING, UNIT, type Type } from '../types.js';
import { FunctionBuilder, type Lowering, type ModuleContext } from './builder.js';
import { thunkBody } from './calls.js';
import { branch } from './conditions.js';
import { discard, into } from './expressions.js';
import { FunctionKind, LimitError, MAX_INDEX, REF_A, STRIDE, type Function, type Module } from './ir.js';
import { box } from './locals.js';
import { statement } from './statements.js';
import { Tables } from './tables.js';

const LOWERING: Lowering = { into, discard, branch, statement };

/**
 * Lowers a whole program. Throws LimitError when it outgrows the bytecode format. allTasks: tasks may be made of every function, not only of
 * those the program makes tasks of.
 */
export function lower(program: Program, allTasks = false): Module {
  return new ProgramLowering(program, allTasks).run();
}

type Body = Pick<Function, 'handlers' | 'masked' | 'code' | 'windows' | 'labels' | 'registers'>;

interface Thunk { readonly target: Func; readonly type: Type & { kind: 'func' } }

class ProgramLowering implements ModuleContext {
  readonly tables: Tables;
  readonly lowering = LOWERING;
  codeBuffer = new Int32Array(1024 * STRIDE);
  readonly #program: Program;
  readonly #thunks: Thunk[] = [];
  readonly #thunkOf = new Map<string, number>();
  readonly #spawned = new Set<Func>();

  constructor(program: Program, readonly allTasks: boolean) {
    this.#program = program;
    this.tables = new Tables(program);
  }

  run(): Module {
    const { functions, globals, files, main, tests } = this.#program;
    // The machine makes texts and errors in modules that name neither.
    this.tables.type(STRING);
    this.tables.type(ERROR);
    this.#spawned.add(main);
    for (const { func } of tests) this.#spawned.add(func);
    const bodies = functions.map((func) => this.#body(func));
    const thunks = this.#thunks.map((thunk) => this.#thunkCode(thunk));
    if (functions.length + thunks.length > MAX_INDEX) {
      throw new LimitError({ zh: '个函数', en: 'functions' }, MAX_INDEX, main.file, main.span);
    }
    return {
      // Last: which functions run as tasks is known when all bodies are done.
      functions: [...functions.map((func, i) => this.#function(func, bodies[i]!)), ...thunks],
      globals: globals.map((g) => ({ type: this.tables.type(g.type), name: g.name })),
      constants: this.tables.constants,
      strings: this.tables.strings,
      types: this.tables.types,
      natives: this.tables.natives,
      files,
      main: main.index,
    };
  }

  thunk(func: Func, type: Type & { kind: 'func' }): number {
    const key = `${func.index}:${this.tables.type(type)}`;
    let index = this.#thunkOf.get(key);
    if (index === undefined) {
      index = this.#program.functions.length + this.#thunks.push({ target: func, type }) - 1;
      this.#thunkOf.set(key, index);
    }
    return index;
  }

  spawned(func: Func): void {
    this.#spawned.add(func);
  }

  #body(func: Func): Body {
    const f = new FunctionBuilder(this, func);
    const at = func.span.start;
    const isClosure = func.kind === 'closure';
    if (isClosure) f.alloc();
    if (!isClosure) for (const { inner } of func.captures) f.bind(inner, f.alloc());
    for (const param of func.params) f.bind(param, f.alloc());
    f.endParams();
    f.bound = f.top;
    for (const param of func.params) if (param.boxed) box(f, param, f.register(param));
    if (isClosure) {
      func.captures.forEach(({ inner }, slot) => {
        const r = f.alloc();
        f.emit(at, 'LDCAP', r, 0, slot, f.holdsReference(inner) ? REF_A : 0);
        f.bind(inner, r);
      });
    }
    f.block(func.body);
    // A function with a value never gets here: the checker proved it, and dead code is dropped.
    const end = Math.max(func.body.span.start, func.body.span.end - 1);
    if (func.result.kind === 'unit' || func.result.kind === 'never') f.emit(end, 'RET0');
    else f.emit(end, 'LOOP', 0, f.here());
    return { handlers: f.handlers, masked: f.masked, ...f.finish() };
  }

  #function(func: Func, body: Body): Function {
    const { tables } = this;
    const params = func.params.map((p) => tables.type(p.type));
    const captures = func.captures.map(({ inner }) => (inner.boxed ? tables.cell(inner.type) : tables.type(inner.type)));
    const result = tables.type(func.result);
    let kind = FunctionKind.Plain;
    let self: number[] = [];
    if (func.kind === 'closure') {
      kind = FunctionKind.Closure;
      const type: Type = { kind: 'func', params: func.params.map((p) => p.type), result: func.result };
      self = [tables.type(type), tables.env(captures)];
    } else if (func.kind === 'coroutine') {
      kind = FunctionKind.Coroutine;
      params.unshift(...captures);
      self = [tables.type(func.coroutine ?? { kind: 'coroutine', yields: UNIT, sends: UNIT, result: func.result })];
    } else {
      params.unshift(...captures);
      if (this.#spawned.has(func) || (this.allTasks && func.captures.length === 0)) self = [tables.type({ kind: 'task', value: func.result })];
    }
    return {
      name: func.name, file: func.file, fileIndex: tables.file(func.file), span: func.span, kind, params, result, self,
      yields: func.coroutine === undefined ? undefined : tables.type(func.coroutine),
      ...body,
    };
  }

  #thunkCode({ target, type }: Thunk): Function {
    const f = new FunctionBuilder(this, target);
    thunkBody(f, target, type);
    return {
      name: target.name, file: target.file, fileIndex: this.tables.file(target.file), span: target.span,
      kind: FunctionKind.Closure,
      params: type.params.map((p) => this.tables.type(p)),
      result: this.tables.type(type.result),
      self: [this.tables.type(type), this.tables.env([])],
      yields: undefined, handlers: [], masked: [], ...f.finish(),
    };
  }
}
