/**
 * decoding.ts — reads a .qic module back, for tests only: what docs/字节码.md says, written a second time.
 */
export interface DecodedFunction {
  name: string; file: number; kind: number; params: number[]; result: number; self: number[]; yields: number; registers: number;
  code: [op: number, a: number, b: number, c: number][];
  maps: number[][]; safepoints: [pc: number, map: number][];
  handlers: number[][]; masked: number[][]; lines: [pc: number, line: number, column: number][];
}

export interface Decoded {
  version: number; flags: number; hash: bigint; length: number; crc: number;
  constants: bigint[]; strings: string[]; types: unknown[][]; globals: [number, string][]; natives: [number, number[], number][];
  files: string[]; functions: DecodedFunction[]; main: number; rest: number;
}

export function decode(bytes: Uint8Array): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 24;
  const u8 = (): number => bytes[at++]!;
  const u = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const b = u8();
      value += (b & 0x7f) * 2 ** shift;
      if (b < 0x80) return value;
    }
  };
  const s = (): number => {
    const n = u();
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
  };
  const str = (): string => {
    const n = u();
    at += n;
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(at - n, at));
  };
  const many = <T>(read: () => T, n = u()): T[] => Array.from({ length: n }, read);
  const type = (): unknown[] => {
    const kind = u8();
    switch (kind) {
      case 6: case 9: case 12: case 13: case 15: case 19: case 28: case 30: return [kind, u()];
      case 7: case 8: return [kind, u(), u()];
      case 10: return [kind, str(), u8(), many(() => [str(), u()])];
      case 11: return [kind, many(u), u()];
      case 14: return [kind, u(), u(), u()];
      case 16: return [kind, u8()];
      case 17: return [kind, u8(), u()];
      case 22: return [kind, str(), many(() => [str(), many(u)])];
      case 20: case 21: return [kind, many(u)];
      case 0: case 1: case 2: case 3: case 4: case 5: case 18: case 23: case 24: case 25: case 26: case 27: case 29: return [kind];
      default: throw new Error(`unknown kind of type: ${kind}`);
    }
  };
  const code = (): [number, number, number, number] => {
    at += 8;
    return [view.getUint16(at - 8, true), view.getUint16(at - 6, true), view.getUint16(at - 4, true), view.getUint16(at - 2, true)];
  };
  const func = (): DecodedFunction => {
    const head = { name: str(), file: u(), kind: u8(), params: many(u), result: u() };
    const self = head.kind === 1 ? [u(), u()] : [u()];
    const tail = { self, yields: u(), registers: u(), code: many(code) };
    const maps = many(() => many(u8).flatMap((byte, i) => [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => i * 8 + bit)));
    let pc = 0;
    const safepoints = many((): [number, number] => [(pc += u()), u()]);
    const handlers = many(() => [u(), u(), u()]);
    const masked = many(() => [u(), u()]);
    let row: [number, number, number] = [0, 1, 1];
    const lines = many(() => (row = [row[0] + u(), row[1] + s(), row[2] + s()]));
    return { ...head, ...tail, maps, safepoints, handlers, masked, lines };
  };
  const head = {
    version: view.getUint16(4, true), flags: view.getUint16(6, true), hash: view.getBigUint64(8, true),
    length: view.getUint32(16, true), crc: view.getUint32(20, true),
  };
  const constants = many(() => view.getBigUint64((at += 8) - 8, true));
  const body = {
    constants, strings: many(str), types: many(type), globals: many((): [number, string] => [u(), str()]),
    natives: many((): [number, number[], number] => [u(), many(u), u()]), files: many(str), functions: many(func), main: u(),
  };
  return { ...head, ...body, rest: bytes.length - at };
}
