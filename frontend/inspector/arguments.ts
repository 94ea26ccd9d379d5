/*
 * JSON arguments for a function that is started from outside, as the words vm/interp/inspector.c reads. Pure.
 */
import { Problem } from './problem.js';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
/** As a word of hexadecimal digits it must fit into a request. */
const BYTES_MAX = 30_000;

function integer(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  // What JavaScript's numbers cannot hold.
  if (typeof value === 'string' && /^-?[0-9]{1,19}$/.test(value)) return BigInt(value);
  return undefined;
}

function wordFor(type: string, value: unknown): string | undefined {
  switch (type) {
    case '整数': {
      const n = integer(value);
      return n === undefined || n < MIN || n > MAX ? undefined : `i${n}`;
    }
    case '浮点数': return typeof value === 'number' ? `f${value}` : undefined;
    case '布尔': return typeof value === 'boolean' ? `b${value ? 1 : 0}` : undefined;
    case '字符串': {
      // A half of a surrogate pair is no character.
      if (typeof value !== 'string' || /\p{Cs}/u.test(value)) return undefined;
      const bytes = Buffer.from(value, 'utf8');
      return bytes.length > BYTES_MAX ? undefined : `s${bytes.toString('hex')}`;
    }
    default: return undefined;
  }
}

/** The words for `name`, whose parameters have these types (`?`: one that has no JSON form). Throws Problem. */
export function argumentsFor(name: string, types: readonly string[], values: readonly unknown[]): string[] {
  if (types.includes('?')) {
    throw new Problem(409, 'function', `${name} 有不能从 JSON 得到的参数；可以是 整数、浮点数、布尔、字符串`, `${name} has a parameter that JSON cannot give; 整数, 浮点数, 布尔 and 字符串 can`);
  }
  if (values.length !== types.length) {
    throw new Problem(400, 'arguments', `${name} 要 ${types.length} 个参数，得到 ${values.length} 个`, `${name} takes ${types.length} arguments, found ${values.length}`);
  }
  return types.map((type, i) => {
    const word = wordFor(type, values[i]);
    if (word !== undefined) return word;
    throw new Problem(400, 'arguments', `${name} 的第 ${i + 1} 个参数应当是 ${type}`, `argument ${i + 1} of ${name} should be ${type}`);
  });
}
