/**
 * What every clause of the language is called, so that none goes without a mutant: the folders of the specification
 * (`§6 取消`) and the headings of the reference (`4.9 泛型`). Both are read, not listed here.
 *
 * A topic is covered by a mutant whose clause has its name, under whatever number; a heading about several things by one about any of them.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { SourceMutant } from './source-mutants.js';

/** Folders below those of the numbered clauses. One with a 主.qi is a program. 9-引擎 is what the wrong instructions are for. */
async function folders(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const clause of await readdir(path.join(root, 'spec-tests'))) {
    const number = /^([1-8])-/u.exec(clause)?.[1];
    if (number === undefined) continue;
    for (const entry of await readdir(path.join(root, 'spec-tests', clause), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const inside = await readdir(path.join(root, 'spec-tests', clause, entry.name));
      if (!inside.includes('主.qi')) found.push(`§${number} ${entry.name.normalize('NFC')}`);
    }
  }
  return found.sort();
}

/** The numbered headings of the reference, in Chinese, with the file they stand in. */
async function headings(root: string): Promise<{ readonly file: string; readonly topic: string }[]> {
  const folder = 'docs/语言规范';
  const files = (await readdir(path.join(root, folder))).filter((name) => /^\d/u.test(name)).sort();
  const texts = await Promise.all(files.map((name) => readFile(path.join(root, folder, name), 'utf8')));
  return files.flatMap((name, i) => [...texts[i]!.matchAll(/^## \d+\.\d+ ([^·\n]+)/gmu)].map((match) => ({ file: `${folder}/${name}`, topic: match[1]!.trim().normalize('NFC') })));
}

/** A table of contents has no meaning of its own. */
const OVERVIEWS = new Set(['一览']);

/** Clauses, folders and headings that none of the mutants is about. */
export async function topicsWithout(root: string, mutants: readonly SourceMutant[]): Promise<string[]> {
  const clauses = new Set(mutants.map((mutant) => mutant.clause.normalize('NFC')));
  const names = new Set([...clauses].map((clause) => clause.replace(/^§\d /u, '')));
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `§${n}`).filter((n) => ![...clauses].some((clause) => clause.startsWith(`${n} `)));
  const bare = (await folders(root)).filter((topic) => !names.has(topic.replace(/^§\d /u, '')));
  const unnamed = (await headings(root)).filter(({ topic }) => !OVERVIEWS.has(topic) && ![topic, ...topic.split(/[与、]/u)].some((part) => names.has(part)));
  return [...numbers, ...bare, ...unnamed.map(({ file, topic }) => `${file}: ${topic}`)];
}
