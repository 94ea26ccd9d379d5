/**
 * Phase 5: register code to the bytes of a .qic module (docs/字节码.md).
 *
 * Per function: peephole, layout, live-reference maps, line table; then everything is written down
 * in one pass. Pure: the same module gives the same bytes.
 */
import { OPCODE_ROWS, STRIDE, TypeKind, W_A, W_B, W_C, W_OP, type Function, type Module, type TypeEntry } from '../4-lower/ir.js';
import { FORMAT_VERSION, TABLES_HASH } from '../generated/opcodes.js';
import { Arena } from './arena.js';
import { crc32, Writer } from './encode.js';
import { place, type Placed } from './layout.js';
import { lineTable } from './lines.js';
import { liveMaps } from './liveness.js';
import { optimise } from './peephole.js';

export interface EmitOptions {
  /** Leave out names and lines: stack traces then show only numbers. */
  readonly strip?: boolean;
}

const FLAG_STRIPPED = 1;
const HEADER_SIZE = 24;

/** Opcodes whose operand B takes the upper half of the word too. */
const WIDE = Uint8Array.from(OPCODE_ROWS, (row) => (row.c === 'WIDE' ? 1 : 0));

/** Writes a module as a .qic file. It fits the format: what does not, 4-lower refused. */
export function emit(module: Module, options: EmitOptions = {}): Uint8Array {
  const strip = options.strip ?? false;
  const w = new Writer();
  w.raw(Uint8Array.from('QIC1', (c) => c.charCodeAt(0)));
  w.u16(FORMAT_VERSION);
  w.u16(strip ? FLAG_STRIPPED : 0);
  w.u64(TABLES_HASH);
  // Total length and checksum, known at the end.
  w.u32(0);
  w.u32(0);
  w.u(module.constants.length);
  for (const bits of module.constants) w.u64(bits);
  w.u(module.strings.length);
  for (const text of module.strings) w.str(text);
  w.u(module.types.length);
  for (const type of module.types) writeType(w, type);
  w.u(module.globals.length);
  for (const { type, name } of module.globals) {
    w.u(type);
    w.str(strip ? '' : name);
  }
  w.u(module.natives.length);
  for (const { native, params, result } of module.natives) {
    w.u(native);
    writeList(w, params);
    w.u(result);
  }
  w.u(module.files.length);
  for (const file of module.files) w.str(strip ? '' : file.path);
  w.u(module.functions.length);
  const arena = new Arena();
  for (const f of module.functions) writeFunction(w, f, strip, arena);
  w.u(module.main);
  const bytes = w.bytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(16, bytes.length, true);
  view.setUint32(20, crc32(bytes.subarray(HEADER_SIZE)), true);
  return bytes;
}

function writeList(w: Writer, list: readonly number[]): void {
  w.u(list.length);
  for (const n of list) w.u(n);
}

function writeType(w: Writer, t: TypeEntry): void {
  w.u8(t.kind);
  switch (t.kind) {
    case TypeKind.List: case TypeKind.Option: case TypeKind.Channel: case TypeKind.Cell: case TypeKind.Future: case TypeKind.Task:
    case TypeKind.Set: case TypeKind.Pointer:
      return w.u(t.elem);
    case TypeKind.Array:
      w.u(t.elem);
      return w.u(t.length);
    case TypeKind.Dict:
      w.u(t.key);
      return w.u(t.value);
    case TypeKind.Struct:
      w.str(t.name);
      w.u8(t.isTuple ? 1 : 0);
      w.u(t.fields.length);
      for (const field of t.fields) {
        w.str(field.name);
        w.u(field.type);
      }
      return;
    case TypeKind.Func:
      writeList(w, t.params);
      return w.u(t.result);
    case TypeKind.Coroutine:
      w.u(t.yields);
      w.u(t.sends);
      return w.u(t.result);
    case TypeKind.Tuple:
      return writeList(w, t.elems);
    case TypeKind.Enum:
      w.str(t.name);
      w.u(t.variants.length);
      for (const variant of t.variants) {
        w.str(variant.name);
        writeList(w, variant.types);
      }
      return;
    case TypeKind.Native:
      return w.u8(t.class);
    case TypeKind.NativeOf:
      w.u8(t.class);
      return w.u(t.elem);
    case TypeKind.Env:
      return writeList(w, t.captures);
    default:
      return;
  }
}

function writeFunction(w: Writer, f: Function, strip: boolean, arena: Arena): void {
  arena.reset();
  const placed = place(optimise(f, arena), f, arena);
  w.str(strip ? '' : f.name);
  w.u(f.fileIndex);
  w.u8(f.kind);
  writeList(w, f.params);
  w.u(f.result);
  writeSelf(w, f);
  w.u(f.yields === undefined ? 0 : f.yields + 1);
  w.u(f.registers);
  writeCode(w, placed, arena);
  const { maps, safepoints } = liveMaps(placed, f.windows, arena);
  w.u(maps.length);
  for (const map of maps) {
    w.u(map.length);
    w.raw(map);
  }
  w.u(safepoints.length / 2);
  for (let i = 0, last = 0; i < safepoints.length; i += 2) {
    w.u(safepoints[i]! - last);
    w.u(safepoints[i + 1]!);
    last = safepoints[i]!;
  }
  w.u(placed.handlers.length);
  for (const h of placed.handlers) {
    w.u(h.start);
    w.u(h.end);
    w.u(h.handler);
  }
  w.u(placed.masked.length);
  for (const m of placed.masked) {
    w.u(m.start);
    w.u(m.end);
  }
  writeLines(w, placed, f, strip);
}

function writeSelf(w: Writer, f: Function): void {
  if (f.kind === 0) return w.u(f.self.length === 0 ? 0 : f.self[0]! + 1);
  for (const type of f.self) w.u(type);
}

function writeCode(w: Writer, { code, count }: Placed, arena: Arena): void {
  w.u(count);
  const words = arena.ints(count * 2);
  for (let pc = 0; pc < count; pc++) {
    const at = pc * STRIDE;
    const op = code[at + W_OP]!;
    words[pc * 2] = op | (code[at + W_A]! << 16);
    words[pc * 2 + 1] = WIDE[op] === 1 ? code[at + W_B]! : (code[at + W_B]! & 0xffff) | (code[at + W_C]! << 16);
  }
  w.words(words);
}

function writeLines(w: Writer, placed: Placed, f: Function, strip: boolean): void {
  const rows = strip ? [] : lineTable(placed, f);
  w.u(rows.length);
  let pc = 0;
  let line = 1;
  let column = 1;
  for (const row of rows) {
    w.u(row.pc - pc);
    w.s(row.line - line);
    w.s(row.column - column);
    ({ pc, line, column } = row);
  }
}
