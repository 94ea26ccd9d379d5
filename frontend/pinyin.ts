/**
 * pinyin.ts — whether two names sound alike, tones aside, and whether one is the other in pinyin.
 *
 * Invariants: the table is built on the first question, which only comes while an error or warning is being made; names of
 * other scripts, and characters nobody knows the sound of, are like themselves only.
 */
import { pinyinTable } from './generated/pinyin.js';

let table: ReadonlyMap<string, readonly string[]> | undefined;

/** Readings of each character that has some. */
function readings(): ReadonlyMap<string, readonly string[]> {
  if (table !== undefined) return table;
  const built = new Map<string, string[]>();
  for (const row of pinyinTable().split('\n')) {
    const [sound = '', group = ''] = row.split(':');
    for (const char of group) {
      const known = built.get(char);
      if (known === undefined) built.set(char, [sound]);
      else known.push(sound);
    }
  }
  return (table = built);
}

/** What many speakers do not tell apart: flat and curled initials, n and l, and the two nasal endings. */
function blurred(sound: string): string {
  const initial = sound.replace(/^([zcs])h/, '$1').replace(/^l/, 'n');
  return initial.replace(/(an|en|in)g$/, '$1');
}

/** How well two texts of the same number of characters sound alike. */
export type Likeness = 'same' | 'similar' | 'different';

/** Compares by sound. Equal texts are `same`. */
export function soundsLike(a: readonly string[], b: readonly string[]): Likeness {
  if (a.length !== b.length) return 'different';
  let result: Likeness = 'same';
  for (let i = 0; i < a.length; i++) {
    const likeness = a[i] === b[i] ? 'same' : charsLike(a[i]!, b[i]!);
    if (likeness === 'different') return likeness;
    if (likeness === 'similar') result = likeness;
  }
  return result;
}

/** Is this the pinyin of these characters, as it is typed: letters without tones, one syllable behind the other? */
export function isPinyinOf(letters: string, chars: readonly string[]): boolean {
  let ends = new Set([0]);
  for (const char of chars) {
    const next = new Set<number>();
    const sounds = char.charCodeAt(0) < 0x80 ? [char] : readings().get(char) ?? [];
    for (const end of ends) for (const sound of sounds) for (const spelling of [sound, sound.replace('v', 'u')]) if (letters.startsWith(spelling, end)) next.add(end + spelling.length);
    ends = next;
  }
  return ends.has(letters.length);
}

function charsLike(a: string, b: string): Likeness {
  const left = readings().get(a);
  const right = readings().get(b);
  if (left === undefined || right === undefined) return 'different';
  if (left.some((sound) => right.includes(sound))) return 'same';
  return left.some((x) => right.some((y) => blurred(x) === blurred(y))) ? 'similar' : 'different';
}
