/**
 * ir.ts — register code before it has places: what 4-lower hands to 5-emit.
 *
 * A function's code is one Int32Array with STRIDE words per instruction: opcode, A, B, C, source
 * offset, aux. Operands are those of the final encoding, except that a jump operand holds a label
 * number, that an index may still be too wide for its field, and that a 32-bit operand stands in
 * B alone. `labels[n]` is the index of the instruction label n stands before.
 *
 * aux says what the opcode table cannot: bits 0–2 tell whether the operand A, B, C whose role is
 * SRCX, DSTX or DSTPAIR holds a reference; the bits above are an offset into `windows`, where a
 * count and then the numbers of the reference registers that the instruction reads through its
 * window follow. Offset 0 means none.
 *
 * Rejected: one object per instruction. It reads better, but a program of 10,000 lines makes some
 * 60,000 of them, and the passes of 5-emit walk them several times.
 */
import type { ErrorCode } from '../generated/errors.js';
import { OPCODES, type Opcode, type OpcodeInfo } from '../generated/opcodes.js';
import type { DiagnosticArgs } from '../diagnostics.js';
import type { Span } from '../ast.js';
import type { SourceFile } from '../source.js';

export const STRIDE = 6;
/** Positions within an instruction's words. */
export const W_OP = 0;
export const W_A = 1;
export const W_B = 2;
export const W_C = 3;
export const W_AT = 4;
export const W_AUX = 5;

export const REF_A = 1;
export const REF_B = 2;
export const REF_C = 4;
export const WINDOW_SHIFT = 3;

/** Rows of opcodes.def by number. */
export const OPCODE_ROWS: readonly OpcodeInfo[] = Object.values(OPCODES);
export const OPCODE_NAMES: readonly Opcode[] = Object.keys(OPCODES) as Opcode[];

export interface Module {
  /** Raw 64-bit words. */
  readonly constants: readonly bigint[];
  readonly strings: readonly string[];
  readonly types: readonly TypeEntry[];
  readonly globals: readonly { readonly type: number; readonly name: string }[];
  readonly natives: readonly NativeImport[];
  readonly files: readonly SourceFile[];
  readonly functions: readonly Function[];
  readonly main: number;
}

/** A row of the type table; numbers are indices into it. */
export type TypeEntry =
  | { readonly kind: SimpleKind }
  | { readonly kind: TypeKind.List | TypeKind.Option | TypeKind.Channel | TypeKind.Cell | TypeKind.Future | TypeKind.Task | TypeKind.Set | TypeKind.Pointer; readonly elem: number }
  | { readonly kind: TypeKind.Array; readonly elem: number; readonly length: number }
  | { readonly kind: TypeKind.Dict; readonly key: number; readonly value: number }
  | { readonly kind: TypeKind.Struct; readonly name: string; readonly isTuple: boolean;
      readonly fields: readonly { readonly name: string; readonly type: number }[] }
  | { readonly kind: TypeKind.Func; readonly params: readonly number[]; readonly result: number }
  | { readonly kind: TypeKind.Coroutine; readonly yields: number; readonly sends: number; readonly result: number }
  | { readonly kind: TypeKind.Tuple; readonly elems: readonly number[] }
  | { readonly kind: TypeKind.Enum; readonly name: string; readonly variants: readonly { readonly name: string; readonly types: readonly number[] }[] }
  /** A class of native objects by number; NativeOf with a type argument. */
  | { readonly kind: TypeKind.Native; readonly class: number }
  | { readonly kind: TypeKind.NativeOf; readonly class: number; readonly elem: number }
  | { readonly kind: TypeKind.Env; readonly captures: readonly number[] };

/** Types without parts. */
export type SimpleKind =
  | TypeKind.Int | TypeKind.Float | TypeKind.Bool | TypeKind.Char | TypeKind.Unit | TypeKind.String
  | TypeKind.Error
  | TypeKind.Int32 | TypeKind.Byte | TypeKind.Float32 | TypeKind.Int128 | TypeKind.Bytes | TypeKind.Range;

/** The length of 数组<T> in the type table. */
export const ANY_LENGTH = 0xffff_ffff;

/** Numbers of the container format (docs/字节码.md). */
export enum TypeKind {
  Int = 0, Float = 1, Bool = 2, Char = 3, Unit = 4, String = 5, List = 6, Array = 7, Dict = 8, Option = 9,
  Struct = 10, Func = 11, Future = 12, Task = 13, Coroutine = 14, Channel = 15, Native = 16, NativeOf = 17,
  Error = 18, Cell = 19, Env = 20, Tuple = 21, Enum = 22, Int32 = 23, Byte = 24, Float32 = 25, Int128 = 26, Bytes = 27, Set = 28,
  Range = 29, Pointer = 30,
}

/** A native as this module calls it: its type variables are filled in. */
export interface NativeImport { readonly native: number; readonly params: readonly number[]; readonly result: number }

export enum FunctionKind { Plain = 0, Closure = 1, Coroutine = 2 }

export interface Function {
  readonly name: string;
  readonly file: SourceFile;
  readonly fileIndex: number;
  readonly span: Span;
  readonly kind: FunctionKind;
  /** Without a closure's environment. */
  readonly params: readonly number[];
  readonly result: number;
  /** Closure: its 函数 type and its environment. Coroutine: its 协程 type. Plain: its 任务 type, if it is ever spawned. */
  readonly self: readonly number[];
  /** The 协程 type in which it may 挂起. */
  readonly yields: number | undefined;
  readonly registers: number;
  readonly code: Int32Array;
  readonly windows: readonly number[];
  readonly labels: readonly number[];
  /** In order of precedence: innermost first. */
  readonly handlers: readonly Handler[];
  readonly masked: readonly LabelRange[];
}

/** Half-open range of instructions between two labels. */
export interface LabelRange { readonly start: number; readonly end: number }
export interface Handler extends LabelRange { readonly handler: number }

export const MAX_REGISTERS = 60_000;
export const MAX_INDEX = 0xffff;
/** Instructions of one function: beyond any program, but 最终 bodies are duplicated on every way out of them. */
export const MAX_CODE = 4_000_000;

/**
 * A program outgrew the bytecode format. Thrown by 4-lower and 5-emit, turned into a diagnostic
 * at `span` of `file` by compile.ts.
 */
export class LimitError extends Error {
  readonly code: ErrorCode = 'E9006';
  readonly file: SourceFile;
  readonly span: Span;
  readonly args: DiagnosticArgs;

  constructor(what: { zh: string; en: string }, limit: number, file: SourceFile, span: Span) {
    super(`E9006: ${what.en}, limit ${limit}`);
    this.name = 'LimitError';
    this.file = file;
    this.span = span;
    this.args = { 对象: what, 上限: limit };
  }
}
