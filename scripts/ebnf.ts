/*
 * Grammars in EBNF, and recognising with them: reads the rules of the language reference and tells whether a sequence of
 * tokens is a program. Pure; scripts/grammar.test.ts feeds it the documentation and the specification tests.
 *
 * Notation: `甲 = "记号" 乙 [ 可省 ] { 重复 } ( 一 | 二 ) ;`, comments (* … *), quotes " or '. A name without a rule is a terminal:
 * a kind of token, or a condition that takes none.
 *
 * Recognition is Earley's algorithm, because the grammar is written for readers: left-recursive, ambiguous, not LL(k). An
 * alternative is predicted only when the next token can begin it. Rejected: parser generators, which want the grammar in
 * their own notation and bent to their class.
 */

/** A symbol is a rule (its number) or a terminal (its number, negative). */
type Sym = number;

export interface Grammar {
  readonly start: Sym;
  readonly ruleNames: readonly string[];
  /** Terminals as written, by number; those of quotes keep their quotes. Entry 0 is not used. */
  readonly terminals: readonly string[];
  readonly alternatives: readonly (readonly (readonly Sym[])[])[];
}

const TOKEN = /\s+|\(\*[^]*?\*\)|"[^"\n]*"|'[^'\n]*'|[=;|[\]{}()]|[\p{XIDS}_][\p{XIDC}]*/uy;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`grammar: cannot read ${JSON.stringify(text.slice(at, at + 20))}`);
    if (!/^\s|^\(\*/.test(match[0])) tokens.push(match[0]);
  }
  return tokens;
}

/** Reads a grammar; the first rule is the start. Throws when a rule stands twice, is never used or is broken. */
export function readGrammar(text: string): Grammar {
  const tokens = tokenize(text);
  const ruleNames: string[] = [];
  tokens.forEach((token, i) => {
    if (tokens[i + 1] !== '=' || (i > 0 && tokens[i - 1] !== ';')) return;
    if (ruleNames.includes(token)) throw new Error(`grammar: ${token} stands twice`);
    ruleNames.push(token);
  });
  const named = ruleNames.length;
  const terminals = [''];
  const used = new Set<string>(ruleNames.slice(0, 1));
  const alternatives: Sym[][][] = ruleNames.map(() => []);
  let at = 0;
  const expect = (token: string): void => {
    if (tokens[at++] !== token) throw new Error(`grammar: expected ${token}, found ${tokens.slice(at - 1, at + 4).join(' ')}`);
  };
  const fresh = (options: Sym[][]): Sym => {
    alternatives.push(options);
    ruleNames.push(`#${alternatives.length}`);
    return alternatives.length - 1;
  };
  const symbol = (token: string): Sym => {
    const rule = ruleNames.indexOf(token);
    if (rule >= 0 && rule < named) {
      used.add(token);
      return rule;
    }
    if (!/^["'\p{XIDS}_]/u.test(token)) throw new Error(`grammar: unexpected ${token}`);
    const known = terminals.indexOf(token);
    return -(known > 0 ? known : terminals.push(token) - 1);
  };
  const choice = (end: string): Sym[][] => {
    const options: Sym[][] = [[]];
    for (;;) {
      const token = tokens[at++];
      if (token === end) return options;
      const sequence = options.at(-1) ?? [];
      if (token === '|') options.push([]);
      else if (token === '(') sequence.push(fresh(choice(')')));
      else if (token === '[') sequence.push(fresh([[], ...choice(']')]));
      else if (token === '{') {
        const many = fresh([[]]);
        alternatives[many]?.push(...choice('}').map((option) => [many, ...option]));
        sequence.push(many);
      } else sequence.push(symbol(token ?? ''));
    }
  };
  for (let rule = 0; rule < named; rule++) {
    expect(ruleNames[rule] ?? '');
    expect('=');
    alternatives[rule] = choice(';');
  }
  const idle = ruleNames.slice(0, named).filter((name) => !used.has(name));
  if (idle.length > 0) throw new Error(`grammar: never used: ${idle.join(' ')}`);
  return { start: 0, ruleNames, terminals, alternatives };
}

/** What a terminal means at a token: it takes the token, it holds and takes none, or neither. */
export type Match = 'token' | 'empty' | undefined;

/** By the number of a terminal, what it means at a token. */
export type Matcher = (token: number) => readonly Match[];

/** Index of the first token that no program could have there, or -1 when the tokens are a program. */
export function firstMisfit(grammar: Grammar, length: number, matcher: Matcher): number {
  const { alternatives } = grammar;
  const first = firstSets(grammar);
  // Items are dotted rules: an alternative flattened into one numbering, with the position of the dot.
  const items: { rule: Sym; sequence: readonly Sym[]; dot: number }[] = [];
  const firstItem = alternatives.map((options, rule) =>
    options.map((sequence) => {
      for (let dot = 0; dot <= sequence.length; dot++) items.push({ rule, sequence, dot });
      return items.length - 1 - sequence.length;
    }));
  const width = length + 1;
  const waiting: Map<Sym, number[]>[] = [];
  let current = new Set<number>();
  const accepting = (firstItem[grammar.start] ?? []).map((id, i) => id + (alternatives[grammar.start]?.[i]?.length ?? 0));
  for (const id of firstItem[grammar.start] ?? []) current.add(id * width);
  for (let at = 0; ; at++) {
    const here = matcher(at);
    const parents = new Map<Sym, number[]>();
    waiting.push(parents);
    const next = new Set<number>();
    const completed = new Set<Sym>();
    // A set is iterated in insertion order and sees what is added while it runs.
    for (const key of current) {
      const id = Math.floor(key / width);
      const origin = key % width;
      const { rule, sequence, dot } = items[id] ?? { rule: 0, sequence: [], dot: 0 };
      const symbol = sequence[dot];
      if (symbol === undefined) {
        if (origin === at) completed.add(rule);
        for (const parent of waiting[origin]?.get(rule) ?? []) current.add(parent + width);
      } else if (symbol < 0) {
        const match = here[-symbol];
        if (match === 'token' && at < length) next.add(key + width);
        else if (match === 'empty') current.add(key + width);
      } else {
        const known = parents.get(symbol);
        if (known === undefined) {
          parents.set(symbol, [key]);
          firstItem[symbol]?.forEach((start, option) => {
            if (canBegin(first[symbol]?.[option], here)) current.add(start * width + at);
          });
        } else {
          known.push(key);
        }
        // A rule that was empty here already has completed before this item asked for it.
        if (completed.has(symbol)) current.add(key + width);
      }
    }
    if (at === length) return accepting.some((id) => current.has(id * width)) ? -1 : at;
    if (next.size === 0) return at;
    current = next;
  }
}

interface First {
  readonly terminals: ReadonlySet<number>;
  readonly empty: boolean;
}

function canBegin(first: First | undefined, here: readonly Match[]): boolean {
  if (first === undefined || first.empty) return true;
  for (const terminal of first.terminals) if (here[terminal] !== undefined) return true;
  return false;
}

/** By rule and alternative, the terminals that can begin it. Every terminal may turn out to take no token. */
function firstSets({ alternatives }: Grammar): First[][] {
  const sets = alternatives.map((options) => options.map(() => ({ terminals: new Set<number>(), empty: false })));
  for (let changed = true; changed; ) {
    changed = false;
    alternatives.forEach((options, rule) => options.forEach((sequence, option) => {
      const set = sets[rule]?.[option];
      if (set === undefined) return;
      const before = set.terminals.size + Number(set.empty);
      let open = true;
      for (const symbol of sequence) {
        if (symbol < 0) set.terminals.add(-symbol);
        else for (const inner of sets[symbol] ?? []) for (const t of inner.terminals) set.terminals.add(t);
        open = symbol >= 0 && (sets[symbol] ?? []).some((inner) => inner.empty);
        if (!open) break;
      }
      set.empty ||= open;
      changed ||= set.terminals.size + Number(set.empty) !== before;
    }));
  }
  return sets;
}
