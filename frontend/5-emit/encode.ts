/**
 * encode.ts — bytes of the container (docs/字节码.md): a growing buffer, LEB128 numbers, CRC-32.
 */
const UTF8 = new TextEncoder();

/** Strings below so many code units take less than 128 bytes, hence one byte for their length. */
const SHORT = 43;

/** Writes little-endian values and LEB128 numbers one after another. */
export class Writer {
  #bytes = new Uint8Array(1 << 16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  u16(value: number): void {
    this.u8(value & 0xff);
    this.u8((value >> 8) & 0xff);
  }

  u32(value: number): void {
    this.u16(value & 0xffff);
    this.u16(value >>> 16);
  }

  u64(value: bigint): void {
    this.u32(Number(BigInt.asUintN(32, value)));
    this.u32(Number(BigInt.asUintN(32, value >> 32n)));
  }

  /** Unsigned number below 2^32 in LEB128. */
  u(value: number): void {
    this.#room(5);
    while (value >= 0x80) {
      this.#bytes[this.#length++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    this.#bytes[this.#length++] = value;
  }

  /** Signed number of 32 bits, zigzag. */
  s(value: number): void {
    this.u(((value << 1) ^ (value >> 31)) >>> 0);
  }

  str(text: string): void {
    if (text.length < SHORT) return this.#short(text);
    const bytes = UTF8.encode(text);
    this.u(bytes.length);
    this.raw(bytes);
  }

  /** Names are short and many: written in place, where the encoder would make an array of bytes for each. */
  #short(text: string): void {
    this.#room(1 + 3 * SHORT);
    const bytes = this.#bytes;
    let at = this.#length + 1;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c < 0x80) bytes[at++] = c;
      else if (c < 0x800) {
        bytes[at++] = 0xc0 | (c >> 6);
        bytes[at++] = 0x80 | (c & 0x3f);
      } else if (c >= 0xd800 && c < 0xe000) {
        // Pairs, and halves without the other, are the encoder's.
        const encoded = UTF8.encode(text);
        this.u(encoded.length);
        return this.raw(encoded);
      } else {
        bytes[at++] = 0xe0 | (c >> 12);
        bytes[at++] = 0x80 | ((c >> 6) & 0x3f);
        bytes[at++] = 0x80 | (c & 0x3f);
      }
    }
    bytes[this.#length] = at - this.#length - 1;
    this.#length = at;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** 32-bit words, little-endian whatever the machine is. */
  words(words: Int32Array): void {
    this.#room(words.length * 4);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      bytes[at] = word;
      bytes[at + 1] = word >> 8;
      bytes[at + 2] = word >> 16;
      bytes[at + 3] = word >> 24;
      at += 4;
    }
    this.#length = at;
  }

  /** The bytes written; the writer is done then. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** CRC-32 (IEEE 802.3, reflected) of each byte. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) !== 0 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
