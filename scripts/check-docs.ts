/*
 * Runs the programs in README.md and docs/: what the documentation shows is what Qi does.
 *
 * Every ```qi block is a whole program and must run with exit code 0; a block ```输出 right after it (blank lines
 * between do not matter) is its exact standard output. A ```qi block followed by ```错误 must not compile; the block
 * lists the codes, in order. A ```js block is a module that uses the library, with its ```输出. Fragments that are no
 * program are written as ```text; the commands in ```sh are what a continuous-integration run executes.
 *
 * Uses the bundled command, as a reader would. Prints `N passed, N failed`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, runCommand } from './run-command.js';

export interface Block {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: 'qi' | 'js';
  readonly program: string;
  readonly output: string | undefined;
  readonly errors: readonly string[] | undefined;
}

/** The programs of a Markdown text with what is said about them. Throws on a result without a program. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  let open: { line: number; info: string; text: string[] } | undefined;
  /** The last thing before this fence was a program. */
  let adjacent = false;
  lines.forEach((line, i) => {
    const fence = /^```(.*)$/.exec(line);
    if (open !== undefined) {
      if (fence === null || fence[1] !== '') {
        open.text.push(line);
        return;
      }
      const text = open.text.map((l) => `${l}\n`).join('');
      const last = blocks.at(-1);
      if (open.info === 'qi' || open.info === 'js') {
        blocks.push({ line: open.line, language: open.info, program: text, output: undefined, errors: undefined });
        adjacent = true;
      } else if (open.info === '输出' || open.info === '错误') {
        if (last === undefined || !adjacent) throw new Error(`line ${open.line}: ${open.info} without a program before it`);
        blocks[blocks.length - 1] =
          open.info === '输出' ? { ...last, output: text } : { ...last, errors: text.trim().split(/\s+/) };
        adjacent = false;
      } else {
        adjacent = false;
      }
      open = undefined;
    } else if (fence !== null) {
      open = { line: i + 1, info: (fence[1] ?? '').trim(), text: [] };
    } else if (line.trim() !== '') {
      adjacent = false;
    }
  });
  if (open !== undefined) throw new Error(`line ${open.line}: a block without an end`);
  return blocks;
}

async function problemOf(block: Block): Promise<string | undefined> {
  // A module read from standard input resolves `qi-lang` from the working folder: to this package itself.
  const command = block.language === 'js' ? ['--input-type=module', '-'] : [join(ROOT, 'dist/qi.cjs'), ...(block.errors === undefined ? ['run', '-'] : ['check', '--json', '-'])];
  const result = await runCommand(process.execPath, command, { input: block.program, timeout: 20_000 });
  if (result.signal !== null) return `killed by ${result.signal}`;
  if (block.errors !== undefined) {
    const found = result.stdout.split('\n').filter((l) => l !== '').map((l) => JSON.parse(l) as { code: string; severity: string });
    const codes = found.filter((d) => d.severity === 'error').map((d) => d.code);
    return codes.join(' ') === block.errors.join(' ') ? undefined : `expected errors ${block.errors.join(' ')}, found ${codes.join(' ') || 'none'}`;
  }
  if (result.code !== 0) return `exit code ${result.code}\n${result.stderr}`;
  if (block.output !== undefined && result.stdout !== block.output) return `expected\n${block.output}found\n${result.stdout}`;
  return undefined;
}

async function main(): Promise<number> {
  const docs = existsSync(join(ROOT, 'docs')) ? readdirSync(join(ROOT, 'docs')).filter((n) => n.endsWith('.md')).map((n) => `docs/${n}`) : [];
  let passed = 0;
  let failed = 0;
  for (const path of ['README.md', ...docs]) {
    for (const block of blocksOf(readFileSync(join(ROOT, path), 'utf8'))) {
      const problem = await problemOf(block);
      if (problem === undefined) {
        passed++;
      } else {
        failed++;
        console.error(`${path}:${block.line}: ${problem}`);
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) process.exitCode = await main();
