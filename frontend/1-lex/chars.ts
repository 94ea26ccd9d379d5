/**
 * Characters: which begin and continue names, and which full-width signs stand for ASCII ones.
 *
 * The common ranges (ASCII, Han) are decided by comparisons; the rest asks Unicode tables of the
 * host once per character and remembers the answer.
 */

/** What a sign outside strings and comments counts as: the ASCII code of the half-width sign, or itself. */
export function halfWidth(code: number): number {
  if (code < 0x80) return code;
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0;
  switch (code) {
    case 0x3001: // 、
      return 0x2c;
    case 0x3002: // 。
      return 0x2e;
    case 0x3010: // 【
      return 0x7b;
    case 0x3011: // 】
      return 0x7d;
    case 0x300a: // 《
      return 0x3c;
    case 0x300b: // 》
      return 0x3e;
    case 0x3000:
    case 0xa0:
      return 0x20;
    default:
      return code;
  }
}

const enum Class {
  Unknown,
  None,
  Continue,
  Start,
}

const bmpClasses = new Uint8Array(0x10000);

/** May a name begin with this code point? */
export function isNameStart(code: number): boolean {
  if (code < 0x80) return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
  if (code >= 0x4e00 && code <= 0x9fff) return true;
  return classOf(code) === Class.Start;
}

/** May a name go on with this code point? */
export function isNameContinue(code: number): boolean {
  if (code < 0x80) {
    return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
  }
  if (code >= 0x4e00 && code <= 0x9fff) return true;
  return classOf(code) >= Class.Continue;
}

function classOf(code: number): Class {
  if (code > 0xffff) return classify(code);
  const known = bmpClasses[code]!;
  if (known !== Class.Unknown) return known;
  return (bmpClasses[code] = classify(code));
}

function classify(code: number): Class {
  // The full-width low line is the low line.
  if (code === 0xff3f) return Class.Start;
  const char = String.fromCodePoint(code);
  if (/\p{XID_Start}/u.test(char)) return Class.Start;
  return /\p{XID_Continue}/u.test(char) ? Class.Continue : Class.None;
}

/** The spelling by which names are compared: NFC, with full-width digits and low line made half-width. */
export function canonicalName(spelling: string): string {
  return spelling.normalize('NFC').replace(/[０-９＿]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Controls that change the direction of the text after them. */
export function isBidiControl(code: number): boolean {
  return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}
