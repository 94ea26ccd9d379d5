/**
 * Makes a program smaller as long as it keeps its fault: whole runs of lines are left out, then runs of tokens. Delta
 * debugging without its finer points: a program of fifty lines needs no more.
 */
import { tokensOf } from './mutate.js';

/** `keeps` says whether a text still has the fault. At most `budget` texts are tried. */
export async function shrink(text: string, keeps: (text: string) => Promise<boolean>, budget = 600): Promise<string> {
  let tries = budget;
  const reduce = async (pieces: readonly string[]): Promise<string[]> => {
    let kept = [...pieces];
    for (let size = Math.max(1, kept.length >> 1); size >= 1; size >>= 1) {
      for (let at = 0; at < kept.length && tries > 0;) {
        const without = [...kept.slice(0, at), ...kept.slice(at + size)];
        tries--;
        if (await keeps(without.join(''))) kept = without;
        else at += size;
      }
    }
    return kept;
  };
  const lines = await reduce(text.split(/(?<=\n)/));
  const joined = lines.join('');
  const tokens = tokensOf(joined);
  const pieces = tokens.map((t, i) => joined.slice(i === 0 ? 0 : tokens[i - 1]!.end, t.end));
  const rest = joined.slice(tokens.at(-1)?.end ?? 0);
  return (await reduce([...pieces, rest])).join('');
}
