/**
 * nearest.ts — the nearest known name for a misspelt one.
 *
 * Names are compared by scalar values, by edits and by sound: Chinese is typed by sound, so a name that sounds the same is
 * nearer than one that differs in a character. One edit (or a swap of neighbours) is a suggestion for names of two characters
 * and more when something is left in common; long names may be two edits away. A name of one character has homophones only.
 * Latin letters that are the pinyin of a candidate are that name typed without an input method.
 *
 * Pure; called only when an error or warning is being built, so it may look at every name.
 */
import { isPinyinOf, soundsLike } from './pinyin.js';

/** Ranks of candidates, best first; what is further away is no suggestion. */
const HOMOPHONE = 0;
const ALMOST_HOMOPHONE = 1;

/** The candidate nearest to `name`, or undefined when none is near enough. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = [...name];
  // Ranks below 2 are sounds; 2 and more are edits.
  let limit = wanted.length < 2 ? HOMOPHONE : wanted.length >= 6 ? 3 : 2;
  let best: string | undefined;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const rank = rankOf(name, wanted, candidate, limit);
    if (rank > limit) continue;
    // Among equally near ones a name of the same length is likelier meant than a longer or shorter one.
    if (best !== undefined && rank === limit && (best.length === name.length || candidate.length !== name.length)) continue;
    best = candidate;
    limit = rank;
  }
  return best;
}

function rankOf(name: string, wanted: readonly string[], candidate: string, limit: number): number {
  // A similar sound is likelier meant than an edit only when the whole is not one letter: those were excluded by `limit`.
  if (candidate.length === name.length && name.charCodeAt(0) > 0x7f && candidate.charCodeAt(0) > 0x7f) {
    const likeness = soundsLike(wanted, [...candidate]);
    if (likeness === 'same') return HOMOPHONE;
    if (likeness === 'similar') return ALMOST_HOMOPHONE;
  }
  // `dayin` for 打印.
  if (candidate.charCodeAt(0) > 0x7f && /^[a-z]{2,}$/i.test(name) && isPinyinOf(name.toLowerCase(), [...candidate])) return HOMOPHONE;
  const edits = limit - 1;
  if (edits < 1 || candidate.length < 2 || (edits === 1 && farApart(name, candidate))) return Infinity;
  return editDistance(wanted, [...candidate], edits) + 1;
}

/** Whether more than one edit or swap certainly lies between two names: a cheap test before the exact one. */
function farApart(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  if (Math.max(a.length, b.length) - shorter > 2) return true;
  let prefix = 0;
  while (prefix < shorter && a.charCodeAt(prefix) === b.charCodeAt(prefix)) prefix++;
  let suffix = 0;
  while (suffix < shorter && a.charCodeAt(a.length - 1 - suffix) === b.charCodeAt(b.length - 1 - suffix)) suffix++;
  return prefix + suffix < shorter - 2;
}

/** Damerau-Levenshtein (adjacent swaps), or a number above `limit` as soon as that is certain. */
export function editDistance(a: readonly string[], b: readonly string[], limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, older[j - 2]! + 1);
      row.push(cost);
      if (cost < least) least = cost;
    }
    if (least > limit) return limit + 1;
    older = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** Modules of other languages' libraries, and the one of Qi. */
const FOREIGN_MODULES: ReadonlyMap<string, string> = new Map([
  ['math', '数学'], ['json', 'JSON'], ['time', '时间'], ['datetime', '时间'], ['random', '随机'], ['re', '正则'], ['regex', '正则'], ['regexp', '正则'], ['string', '字符串'], ['strings', '字符串'],
  ['collections', '集合'], ['logging', '日志'], ['log', '日志'], ['testing', '测试'], ['unittest', '测试'], ['crypto', '加密'], ['hashlib', '加密'], ['base64', '编码'], ['fmt', '格式'],
]);

/** `math` where a module is meant. */
export function foreignModule(name: string): string | undefined {
  return FOREIGN_MODULES.get(name);
}
