/**
 * The pages of `qi 解释`: Markdown under docs/错误码, one section for each code, written by hand and read as it is.
 *
 *   ## E3001
 *   Chinese: what it is and why.
 *
 *   English: the same.
 *
 *   ```qi        the wrong program … followed by the block that says what comes of it:
 *   ```错误       it must not compile, and gives exactly these codes
 *   ```警告       it compiles with these warnings
 *   ```运行错误    it compiles without a word and ends with this code
 *   ```qi        a right program: compiles and runs without a word
 *
 * ```qi 工具.qi is a file beside the programs that follow; ```sh are commands; ```text is for what no test can do here.
 *
 * Pure. One home for text and examples, so that the page a user reads, the page on the web and what the test runs are the same;
 * nothing of it is in the bundle, because only somebody who asks for it should pay. Rejected: texts in errors.def, which C would
 * have to skip, and a file for each code, two hundred of which nobody reads through.
 */

export type Outcome = '错误' | '警告' | '运行错误';

export interface Example {
  readonly kind: 'qi' | 'sh' | 'text';
  readonly text: string;
  /** Files that stand beside it, by name. */
  readonly files: ReadonlyMap<string, string>;
  /** What it must lead to; undefined for a right example. */
  readonly outcome: Outcome | undefined;
  readonly codes: readonly string[];
  /** Line of its fence in the file, from 1. */
  readonly line: number;
}

export interface Explanation {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly examples: readonly Example[];
}

/** The file that has the section of a code: E3.md, W.md. */
export function pageOf(code: string): string {
  return `${code.startsWith('W') ? 'W' : code.slice(0, 2)}.md`;
}

const OUTCOMES: readonly string[] = ['错误', '警告', '运行错误'] satisfies Outcome[];

/** The sections of one file, in order. Throws on a block that means nothing. */
export function parseExplanations(markdown: string): Explanation[] {
  const lines = markdown.split('\n');
  const sections: Explanation[] = [];
  for (let i = 0; i < lines.length; i++) {
    const code = /^## ([EW]\d{4})$/.exec(lines[i]!)?.[1];
    if (code === undefined) continue;
    let end = i + 1;
    while (end < lines.length && !lines[end]!.startsWith('## ')) end++;
    sections.push(parseSection(code, lines.slice(0, end), i + 1));
    i = end - 1;
  }
  return sections;
}

function parseSection(code: string, lines: readonly string[], start: number): Explanation {
  const prose: string[] = [];
  const examples: Example[] = [];
  let files = new Map<string, string>();
  for (let i = start; i < lines.length; i++) {
    const fence = /^```(.*)$/.exec(lines[i]!);
    if (fence === null) {
      if (examples.length === 0 && files.size === 0) prose.push(lines[i]!);
      continue;
    }
    const from = i + 1;
    for (i = from; i < lines.length && lines[i] !== '```'; i++);
    const text = `${lines.slice(from, i).join('\n')}\n`;
    const [kind = '', file] = fence[1]!.trim().split(/\s+/);
    if (OUTCOMES.includes(kind)) {
      const last = examples.at(-1);
      if (last === undefined || last.outcome !== undefined) throw new Error(`line ${from}: ${kind} without a program before it`);
      examples[examples.length - 1] = { ...last, outcome: kind as Outcome, codes: text.trim().split(/\s+/) };
    } else if (kind === 'qi' && file !== undefined) {
      files = new Map(files).set(file, text);
    } else if (kind === 'qi' || kind === 'sh' || kind === 'text') {
      examples.push({ kind, text, files, outcome: undefined, codes: [], line: from });
    } else {
      throw new Error(`line ${from}: unknown kind of block ${kind}`);
    }
  }
  const [zh = '', en = ''] = prose.join('\n').trim().split(/\n\n+/);
  return { code, zh: zh.replaceAll('\n', ''), en: en.replaceAll('\n', ' '), examples };
}

/** Is this an example of what is wrong? Of texts, which cannot be run, the first is. */
export function isWrong(explanation: Explanation, example: Example): boolean {
  return example.outcome !== undefined || (example.kind === 'text' && example === explanation.examples[0]);
}
