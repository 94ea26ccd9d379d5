/*
 * Reads the programs of a Markdown text and what is said about them. Pure; scripts/check-docs.ts runs them.
 *
 * A fence ```qi is a whole program, ```js a module that uses the library. A fence with a name, ```qi 几何/圆.qi, is another
 * file of the program that follows. Result fences stand right after their program (blank lines do not matter), each kind
 * at most once, in any order:
 *
 *   输出       standard output, exact            退出       the exit code, when it is not 0
 *   信号       a signal, SIGINT or SIGQUIT, that the program gets when it has printed something
 *   标准错误   standard error, exact             输入       what standard input gives
 *   错误       codes of the errors, in order: the program does not compile
 *   警告       codes of the warnings, in order
 *   诊断       all errors and warnings as they are printed, exact; `诊断 en` in English
 *   测试 …     what `qi test … 程序.qi` prints, exact; the program itself is not run then
 *
 * Fragments that are no program are ```text, grammar is ```ebnf, commands are ```sh.
 */

/** What may be said of a program, and under which key of Block. */
const RESULTS = { 输出: 'output', 退出: 'exit', 标准错误: 'errorOutput', 输入: 'input', 错误: 'errors', 警告: 'warnings', 诊断: 'rendered', '诊断 en': 'renderedEn', 信号: 'signal' } as const;

const SIGNALS = /^(SIGINT|SIGQUIT)\n$/;

export interface Block {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: 'qi' | 'js';
  readonly program: string;
  /** The other files of the program by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly output?: string;
  readonly errorOutput?: string;
  readonly exit?: number;
  readonly input?: string;
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[];
  readonly rendered?: string;
  readonly renderedEn?: string;
  readonly signal?: NodeJS.Signals;
  /** Options of `qi test` and what it prints. */
  readonly tested?: { readonly options: readonly string[]; readonly output: string };
}

interface Fence {
  readonly line: number;
  readonly info: string;
  readonly text: string;
  /** Text stands between the fence before and this one. */
  readonly apart: boolean;
}

function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = [];
  let open: { line: number; info: string; text: string[] } | undefined;
  let apart = true;
  markdown.split('\n').forEach((line, i) => {
    const fence = /^```(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence === null || fence[1] !== '') {
        open.text.push(`${line}\n`);
        return;
      }
      fences.push({ line: open.line, info: open.info, text: open.text.join(''), apart });
      apart = false;
      open = undefined;
    } else if (fence !== null) {
      open = { line: i + 1, info: (fence[1] ?? '').trim(), text: [] };
    } else if (line.trim() !== '') {
      apart = true;
    }
  });
  if (open !== undefined) throw new Error(`line ${open.line}: a block without an end`);
  return fences;
}

/** The programs of a Markdown text with what is said about them. Throws on a result without a program. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let files: Record<string, string> = {};
  /** The last thing before this fence was a program or one of its results. */
  let adjacent = false;
  for (const { line, info, text, apart } of fencesOf(markdown)) {
    if (Object.hasOwn(RESULTS, info)) {
      const last = blocks.at(-1);
      if (last === undefined || !adjacent || apart) throw new Error(`line ${line}: ${info} without a program before it`);
      const key = RESULTS[info as keyof typeof RESULTS];
      if (last[key] !== undefined) throw new Error(`line ${line}: ${info} stands twice`);
      if (key === 'signal' && !SIGNALS.test(text)) throw new Error(`line ${line}: a signal is SIGINT or SIGQUIT`);
      const value = key === 'exit' ? Number(text) : key === 'signal' ? text.trim() : key === 'errors' || key === 'warnings' ? text.trim().split(/\s+/) : text;
      blocks[blocks.length - 1] = { ...last, [key]: value };
      continue;
    }
    const [kind, ...options] = info.split(/\s+/);
    if (kind === '测试') {
      const last = blocks.at(-1);
      if (last?.language !== 'qi' || !adjacent || apart) throw new Error(`line ${line}: 测试 without a program before it`);
      if (last.tested !== undefined) throw new Error(`line ${line}: 测试 stands twice`);
      blocks[blocks.length - 1] = { ...last, tested: { options, output: text } };
      continue;
    }
    const named = /^qi (\S+\.qi)$/.exec(info);
    adjacent = info === 'qi' || info === 'js';
    if (named !== null) files[named[1] ?? ''] = text;
    if (info !== 'qi' && info !== 'js') continue;
    blocks.push({ line, language: info, program: text, files });
    files = {};
  }
  if (Object.keys(files).length > 0) throw new Error('a named file without a program after it');
  return blocks;
}
