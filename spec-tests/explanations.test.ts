/**
 * Every code of errors.def can occur and is explained: it has a page of `qi 解释` in both languages with a wrong and a right
 * example, the wrong one gives exactly that code, the right one compiles and runs without a word.
 *
 * A page whose examples are mere text (a damaged installation, a missing tool) is only accepted for a code that another unit
 * test produces. When this fails for a new code, write its section in docs/错误码.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../frontend/compile.js';
import { diskHost } from '../frontend/embed/disk.js';
import { isWrong, pageOf, parseExplanations, type Example, type Explanation } from '../frontend/explanations.js';
import { ERRORS, type ErrorCode } from '../frontend/generated/errors.js';
import { execute } from './execute.js';
import { findQivm } from './find-qivm.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const PAGES = path.join(ROOT, 'docs/错误码');
const CODES = Object.keys(ERRORS) as ErrorCode[];
/** Nothing raises these yet: two coroutines cannot change one collection at once before there are several workers. */
const NOT_YET: readonly string[] = ['E6012'];

const files = readdirSync(PAGES).filter((name) => name.endsWith('.md'));
const pages = new Map<string, Explanation>();
const places = new Map<string, string>();
for (const file of files) {
  for (const section of parseExplanations(readFileSync(path.join(PAGES, file), 'utf8'))) {
    assert.not(pages.has(section.code), `${section.code} is explained twice`);
    pages.set(section.code, section);
    places.set(section.code, file);
  }
}

const test = suite<{ folder: string }>('explanations');

test.before((context) => {
  context.folder = mkdtempSync(path.join(tmpdir(), 'qi-explain-'));
  mkdirSync(path.join(context.folder, 'bin'));
  writeFileSync(path.join(context.folder, 'bin/qi'), `#!/bin/sh\nexec "${process.execPath}" "${path.join(ROOT, 'dist/qi.cjs')}" "$@"\n`, { mode: 0o755 });
});

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test('every code has its section, in the file of its kind and in order, in both languages', () => {
  for (const code of CODES) {
    const page = pages.get(code);
    assert.ok(page, `${code} has no section in docs/错误码/${pageOf(code)}`);
    assert.is(places.get(code), pageOf(code), code);
    assert.match(page.zh, /\p{Script=Han}.*。$/u, `${code}: the first paragraph is Chinese and ends with 。`);
    assert.match(page.en, /[a-z]{3}.*\.$/u, `${code}: the second paragraph is English and ends with a full stop`);
  }
  for (const file of files) {
    const codes = [...pages.keys()].filter((code) => places.get(code) === file);
    assert.equal(codes, [...codes].sort(), file);
    for (const code of codes) assert.ok(Object.hasOwn(ERRORS, code), `${code} in ${file} is no code`);
  }
});

test('every page has a wrong and a right example', () => {
  for (const page of pages.values()) {
    const wrong = page.examples.filter((e) => isWrong(page, e));
    assert.ok(wrong.length > 0 && wrong.length < page.examples.length, page.code);
    for (const example of wrong) if (example.kind !== 'text') assert.equal([...new Set(example.codes)], [page.code], `${page.code}, line ${example.line}`);
  }
});

test('a page without programs belongs to a code that another unit test produces', () => {
  const others = ['frontend', 'scripts', 'spec-tests']
    .flatMap((folder) => readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => path.join(ROOT, folder, name)))
    .filter((name) => name.endsWith('.test.ts') && !name.endsWith('explanations.test.ts'))
    .map((name) => readFileSync(name, 'utf8'));
  for (const page of pages.values()) {
    if (page.examples.some((e) => isWrong(page, e) && e.kind !== 'text') || NOT_YET.includes(page.code)) continue;
    assert.ok(others.some((text) => text.includes(`'${page.code}'`) || text.includes(`[${page.code}]`)), `nothing produces ${page.code}`);
  }
});

for (const page of pages.values()) {
  for (const example of page.examples) {
    if (example.kind === 'text') continue;
    const name = `${page.code}, ${places.get(page.code)!}:${example.line} ${isWrong(page, example) ? `gives ${example.outcome!}` : 'is right'}`;
    test(name, async ({ folder }) => {
      const problem = await (example.kind === 'sh' ? runCommands(example, folder) : runProgram(example, folder));
      assert.is(problem, undefined);
    });
  }
}

function place(folder: string, example: Example): string {
  const own = mkdtempSync(path.join(folder, 'p-'));
  for (const [name, text] of example.files) writeFileSync(path.join(own, name), text);
  return own;
}

/** What is wrong with an example in Qi; undefined when it does what the page says. */
async function runProgram(example: Example, folder: string): Promise<string | undefined> {
  const { outcome, codes } = example;
  const own = place(folder, example);
  const { module, diagnostics } = compile(new TextEncoder().encode(example.text), '主.qi', diskHost(own));
  const found = diagnostics.map((d) => d.code).join(' ');
  const expected = outcome === '错误' || outcome === '警告' ? codes.join(' ') : '';
  if (found !== expected) return `expected ${expected || 'no diagnostics'}, found ${found || 'none'}`;
  if (outcome === '错误') return undefined;
  const file = path.join(own, '主.qic');
  writeFileSync(file, module!);
  const result = await execute({ command: findQivm(ROOT)!, args: [file], stdin: '', timeLimit: 60_000 });
  if (outcome === '运行错误') {
    return result.exitCode !== 0 && result.stderr.includes(`[${codes[0]!}]`) ? undefined : `expected ${codes[0]!}, found ${result.exitCode} ${result.stderr}`;
  }
  return result.exitCode === 0 && result.stderr === '' ? undefined : `exit code ${result.exitCode}: ${result.stderr}`;
}

/** What is wrong with commands: the last one fails with the code, or all succeed. */
async function runCommands(example: Example, folder: string): Promise<string | undefined> {
  const own = place(folder, example);
  const script = `cd "${own}" && PATH="${path.join(folder, 'bin')}:$PATH" && set -e\n${example.text}`;
  const result = await execute({ command: '/bin/sh', args: ['-c', script], stdin: '', timeLimit: 60_000 });
  if (example.outcome === undefined) return result.exitCode === 0 ? undefined : `exit code ${result.exitCode}: ${result.stderr}`;
  const code = example.codes[0]!;
  return result.exitCode !== 0 && result.stderr.includes(`[${code}]`) ? undefined : `expected ${code}, found ${result.exitCode} ${result.stderr}`;
}

test.run();
