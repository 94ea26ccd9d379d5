/*
 * Runs the programs in README.md and docs/: what the documentation shows is what Qi does. scripts/doc-blocks.ts tells how
 * programs and their results are written down.
 *
 * Every program must do exactly what stands below it: what it prints, the exit code (0 unless stated), its errors. A
 * program that prints something nobody stated fails too.
 *
 *   npm run docs                 everything
 *   npm run docs -- 语言规范      only files whose path contains one of the words
 *
 * Programs are compiled in this process and run by qivm, one process each, so that hundreds take seconds (those whose tests are shown, by the command); in deterministic
 * mode, so that what they print cannot depend on the load and waiting takes no time, but for those that get a signal. Relative links count as one test for
 * each document. Prints `N passed, N failed`. Rejected: the bundled command for each block; its start-up was most of the time.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from '../frontend/compile.js';
import { renderDiagnostic, type Diagnostic } from '../frontend/diagnostics.js';
import { memoryHost } from '../frontend/project.js';
import { findQivm } from '../spec-tests/find-qivm.js';
import { blocksOf, type Block } from './doc-blocks.js';
import { checkLinks } from './doc-links.js';
import { ROOT, runCommand, type CommandResult } from './run-command.js';
import { endWith, ScriptError } from './script-error.js';

/** How diagnostics and stack traces name a program. */
const PROGRAM = '程序.qi';
const TIME_LIMIT = 20_000;

/** Says how two texts differ, or nothing when they do not. */
function difference(what: string, expected: string, found: string): string[] {
  return expected === found ? [] : [`${what}: expected\n${expected}found\n${found}`];
}

/** What a dump of a living program says differently each time. */
function normalised(text: string): string {
  return text.replaceAll(/进程 \d+/g, '进程 1000').replaceAll(/还有 \d+ 毫秒/g, '还有 1000 毫秒');
}

function compareRun(block: Block, run: CommandResult): string[] {
  const result = block.signal === undefined ? run : { ...run, stderr: normalised(run.stderr) };
  if (result.signal !== null) return [`killed by ${result.signal}`];
  const problems = difference('standard output', block.output ?? '', result.stdout);
  const exit = block.exit ?? 0;
  if (result.code !== exit) problems.push(`expected exit code ${exit}, found ${result.code}\n${result.stderr}`);
  if (block.errorOutput !== undefined || exit === 0) problems.push(...difference('standard error', block.errorOutput ?? '', result.stderr));
  return problems;
}

function compareDiagnostics(block: Block, diagnostics: readonly Diagnostic[]): string[] {
  const codes = (severity: Diagnostic['severity']): string => diagnostics.filter((d) => d.severity === severity).map((d) => d.code).join(' ');
  const rendered = (language: 'zh' | 'en'): string => diagnostics.map((d) => `${renderDiagnostic(d, language)}\n`).join('\n');
  const problems: string[] = [];
  if (block.rendered !== undefined) problems.push(...difference('diagnostics', block.rendered, rendered('zh')));
  if (block.renderedEn !== undefined) problems.push(...difference('diagnostics', block.renderedEn, rendered('en')));
  const shown = block.rendered ?? block.renderedEn;
  const expected = block.errors?.join(' ') ?? (shown === undefined ? '' : codes('error'));
  if (codes('error') !== expected) problems.push(`expected errors ${expected || 'none'}, found ${codes('error') || 'none'}`, rendered('zh'));
  if (block.warnings !== undefined && codes('warning') !== block.warnings.join(' ')) {
    problems.push(`expected warnings ${block.warnings.join(' ')}, found ${codes('warning') || 'none'}`);
  }
  return problems;
}

/** Runs the 测试 blocks of a program as a user does, in a folder of their own. */
async function compareTests(block: Block, { options, output }: NonNullable<Block['tested']>, folder: string): Promise<string[]> {
  for (const [name, text] of [...Object.entries(block.files), [PROGRAM, block.program] as const]) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const result = await runCommand(process.execPath, [join(ROOT, 'dist/qi.cjs'), 'test', ...options, PROGRAM], { cwd: folder, timeout: TIME_LIMIT });
  return [...difference('standard output of qi test', output, result.stdout), ...difference('standard error of qi test', '', result.stderr)];
}

async function problemsOf(block: Block, qivm: string, file: string): Promise<string[]> {
  if (block.language === 'js') {
    // A module read from standard input resolves `qi-lang` from the working folder: to this package itself.
    return compareRun(block, await runCommand(process.execPath, ['--input-type=module', '-'], { input: block.program, timeout: TIME_LIMIT }));
  }
  if (block.tested !== undefined) return compareTests(block, block.tested, `${file}.d`);
  const { module, diagnostics } = compile(new TextEncoder().encode(block.program), PROGRAM, memoryHost(block.files));
  const problems = compareDiagnostics(block, diagnostics);
  if (module === undefined || problems.length > 0) return problems;
  await writeFile(file, module);
  // With a seed time is virtual: a program that waits for a signal would be over before it comes.
  const mode = block.signal === undefined ? ['--seed', '1'] : ['--workers', '1'];
  return compareRun(block, await runCommand(qivm, [...mode, file], { input: block.input ?? '', signal: block.signal, timeout: TIME_LIMIT }));
}

/**
 * README.md and every Markdown file below docs/, whose path contains one of the words. The pages of `qi 解释` have rules and a
 * test of their own, spec-tests/explanations.test.ts.
 */
function documents(words: readonly string[]): string[] {
  const docs = existsSync(join(ROOT, 'docs')) ? readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }) : [];
  const all = ['README.md', ...docs.filter((n) => n.endsWith('.md') && !n.startsWith('错误码/')).sort().map((n) => `docs/${n}`)];
  return all.filter((path) => words.length === 0 || words.some((word) => path.includes(word)));
}

async function main(words: readonly string[]): Promise<number> {
  const qivm = findQivm(ROOT);
  if (qivm === undefined) throw new ScriptError('E9908', { 路径: 'build/Release/qivm' });
  const folder = await mkdtemp(join(tmpdir(), 'qi-docs-'));
  let passed = 0;
  let failed = 0;
  for (const path of documents(words)) {
    const { count, faults } = checkLinks(join(ROOT, path));
    if (faults.length > 0) failed++;
    else if (count > 0) passed++;
    for (const fault of faults) console.error(`${path}:${fault}`);
  }
  const queue = documents(words).flatMap((path) => blocksOf(readFileSync(join(ROOT, path), 'utf8')).map((block) => ({ path, block }))).entries();
  const lane = async (): Promise<void> => {
    // The lanes share one iterator: each takes the next block when it is free.
    for (const [id, { path, block }] of queue) {
      const problems = await problemsOf(block, qivm, join(folder, `${id}.qic`));
      if (problems.length === 0) passed++;
      else failed++;
      for (const problem of problems) console.error(`${path}:${block.line}: ${problem}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: availableParallelism() + 1 }, lane));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) await endWith(() => main(process.argv.slice(2)));
