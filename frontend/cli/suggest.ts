/*
 * "你是不是想写": the candidate nearest to a mistyped word. Only close ones are offered; a wrong guess is worse
 * than none.
 */

/** Edits (insert, delete, replace, swap neighbours) that turn a into b, counted in code points. */
export function editDistance(a: string, b: string): number {
  const s = [...a];
  const t = [...b];
  let beforeLast: number[] = [];
  let last = t.map((_, j) => j).concat(t.length);
  for (let i = 1; i <= s.length; i++) {
    const row = [i];
    for (let j = 1; j <= t.length; j++) {
      const cost = s[i - 1] === t[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && s[i - 1] === t[j - 2] && s[i - 2] === t[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[t.length] ?? s.length;
}

/** The nearest candidate, at most a third of the word (but at least one edit) away; undefined when none is. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const length = [...word].length;
  if (length > 64) return undefined;
  let bestDistance = Math.max(1, Math.floor(length / 3)) + 1;
  let best: string | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    // A word of which nothing would remain is no likeness.
    if (distance < bestDistance && distance < Math.max(length, [...candidate].length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
