/** Every decision in 决定.md names programs that exist. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const FOLDER = path.dirname(fileURLToPath(import.meta.url));
const TEXT = readFileSync(path.join(FOLDER, '决定.md'), 'utf8');

/** Names between backticks that have a folder: `1-词法/文` or `尚未支持/`. */
const programs = [...TEXT.matchAll(/`([^`\s]*\/[^`\n]*)`/gu)].map((match) => match[1] ?? '');

test('names programs', () => {
  assert.ok(programs.length > 40);
  for (const name of programs) {
    assert.ok(existsSync(path.join(FOLDER, name.endsWith('/') ? name : `${name}.qi`)), `no program ${name}`);
  }
});

test('gives a program for every decision', () => {
  const decisions = TEXT.split(/^- /mu).slice(1);
  for (const decision of decisions) assert.match(decision, /`[^`\s]*\/[^`\n]*`/u, `no program for: ${decision}`);
});

test.run();
