/**
 * testing.ts — compact ways to write typed trees by hand, for the tests of 4-lower and 5-emit only.
 *
 * Every node gets the same one-character span unless `at` moves on; a program has one file.
 */
import type { Block, Catch, CompareOp, BinaryOp, ErrorKind, Expr, Func, Global, Local, LoopLabel, Program, SelectCase, Stmt } from '../hir.js';
import { SourceFile } from '../source.js';
import { BOOL, CHAR, ERROR, FLOAT, INT, NEVER, STRING, UNIT, type StructDef, type Type } from '../types.js';

export const FILE = new SourceFile('试.qi', Array.from({ length: 40 }, (_, i) => `第${i + 1}行`).join('\n'));
export const span = { start: 0, end: 1 };

export const list = (elem: Type): Type & { kind: 'list' } => ({ kind: 'list', elem });
export const option = (elem: Type): Type => ({ kind: 'option', elem });
export const channel = (elem: Type): Type => ({ kind: 'channel', elem });
export const future = (value: Type): Type => ({ kind: 'future', value });
export const task = (value: Type): Type => ({ kind: 'task', value });
export const dictOf = (key: Type, value: Type): Type => ({ kind: 'dict', key, value });
export const arrayOf = (elem: Type, length: number): Type => ({ kind: 'array', elem, length });
export const funcType = (params: Type[], result: Type): Type & { kind: 'func' } => ({ kind: 'func', params, result });
export const coroutineType = (yields: Type, sends: Type = UNIT, result: Type = UNIT): Type & { kind: 'coroutine' } =>
  ({ kind: 'coroutine', yields, sends, result });
export const structDef = (name: string, ...fields: [string, Type][]): StructDef =>
  ({ name, span, file: FILE, isTuple: false, fields: fields.map(([n, type]) => ({ name: n, type, span })) });
export const struct = (def: StructDef): Type => ({ kind: 'struct', def });

export const local = (name: string, type: Type, more: Partial<Local> = {}): Local => ({ name, type, span, boxed: false, reassigned: false, ...more });
export const int = (value: number | bigint): Expr => ({ kind: 'int', value: BigInt(value), type: INT, span });
export const float = (value: number): Expr => ({ kind: 'float', value, type: FLOAT, span });
export const bool = (value: boolean): Expr => ({ kind: 'bool', value, type: BOOL, span });
export const char = (text: string): Expr => ({ kind: 'char', value: text.codePointAt(0)!, type: CHAR, span });
export const str = (value: string): Expr => ({ kind: 'string', value, type: STRING, span });
export const unit: Expr = { kind: 'unit', type: UNIT, span };
export const get = (l: Local): Expr => ({ kind: 'local', local: l, type: l.type, span });
export const node = (e: Omit<Expr, 'span'> & Record<string, unknown>): Expr => ({ span, ...e }) as Expr;
export const binary = (op: BinaryOp, left: Expr, right: Expr): Expr => ({ kind: 'binary', op, left, right, type: left.type, span });
export const add = (left: Expr, right: Expr): Expr => binary('add', left, right);
export const compare = (op: CompareOp, left: Expr, right: Expr): Expr => ({ kind: 'compare', op, left, right, type: BOOL, span });
export const and = (left: Expr, right: Expr): Expr => ({ kind: 'logical', op: 'and', left, right, type: BOOL, span });
export const or = (left: Expr, right: Expr): Expr => ({ kind: 'logical', op: 'or', left, right, type: BOOL, span });
export const not = (operand: Expr): Expr => ({ kind: 'unary', op: 'not', operand, type: BOOL, span });
export const call = (func: Func, ...args: Expr[]): Expr => ({ kind: 'call', func, args, type: func.result, span });
export const native = (symbol: string, type: Type, ...args: Expr[]): Expr => ({ kind: 'callNative', native: symbol, args, type, span });
export const printLine = (e: Expr): Stmt => run(native('print_line', UNIT, e));

export const block = (...statements: Stmt[]): Block => ({ statements, span });
export const stmt = (s: Omit<Stmt, 'span'> & Record<string, unknown>): Stmt => ({ span, ...s }) as Stmt;
export const run = (expr: Expr): Stmt => ({ kind: 'expr', expr, span });
export const let_ = (l: Local, value?: Expr): Stmt => ({ kind: 'let', local: l, value, span });
export const set = (l: Local, value: Expr): Stmt => ({ kind: 'assignLocal', local: l, value, span });
export const if_ = (condition: Expr, then: Stmt[], otherwise?: Stmt[]): Stmt =>
  ({ kind: 'if', condition, then: block(...then), otherwise: otherwise === undefined ? undefined : block(...otherwise), span });
export const ret = (value?: Expr): Stmt => ({ kind: 'return', value, span });
export const throw_ = (value: Expr): Stmt => ({ kind: 'throw', value, span });
export const label = (): LoopLabel => ({ name: undefined });
export const while_ = (condition: Expr | undefined, body: Stmt[], target: LoopLabel = label()): Stmt =>
  ({ kind: 'while', label: target, condition, body: block(...body), span });
export const range = (variable: Local, from: Expr, to: Expr, body: Stmt[], more: Partial<Extract<Stmt, { kind: 'forRange' }>> = {}): Stmt =>
  ({ kind: 'forRange', label: label(), variable, from, to, inclusive: true, step: undefined, body: block(...body), span, ...more });
export const each = (variable: Local, over: Expr, body: Stmt[], second?: Local): Stmt =>
  ({ kind: 'forEach', label: label(), variable, second, over, body: block(...body), span });
export const break_ = (target: LoopLabel): Stmt => ({ kind: 'break', target, span });
export const continue_ = (target: LoopLabel): Stmt => ({ kind: 'continue', target, span });
export const try_ = (body: Stmt[], catches: Catch[], final?: Stmt[]): Stmt =>
  ({ kind: 'try', body: block(...body), catches, finally: final === undefined ? undefined : block(...final), span });
export const catch_ = (errorKind: ErrorKind, l: Local | undefined, ...body: Stmt[]): Catch => ({ errorKinds: [errorKind], test: undefined, local: l, body: block(...body), span });
export const select_ = (...cases: SelectCase[]): Stmt => ({ kind: 'select', cases, span });
export const error = (text: string): Expr => native('error_new', ERROR, str(text));
export const diverge = (statement: Stmt): Expr => ({ kind: 'diverge', statement, type: NEVER, span });

/** A program under construction: functions get their numbers as they are made. */
export class TestProgram {
  readonly functions: Func[] = [];
  readonly globals: Global[] = [];

  /** `body` gets the function itself, for recursion. */
  func(params: Local[], result: Type, body: (self: Func) => Stmt[], more: Partial<Func> = {}): Func {
    const func = {
      index: this.functions.length, name: `f${this.functions.length}`, kind: 'plain' as const, file: FILE, span, params, result,
      captures: [], coroutine: undefined, body: block(), ...more,
    };
    this.functions.push(func);
    func.body = block(...body(func));
    return func;
  }

  global(name: string, type: Type): Global {
    const global = { index: this.globals.length, name, type, span };
    this.globals.push(global);
    return global;
  }

  build(main: Func = this.functions[0]!): Program {
    return { files: [FILE], structs: [], functions: this.functions, globals: this.globals, main, tests: [] };
  }
}
