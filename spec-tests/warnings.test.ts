/** The examples are what people copy: no warning about any of them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileProgram } from './compile-program.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

for (const folder of ['示例', 'bench']) {
  const names = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.qi'));
  test(`programs in ${folder} give no warnings`, () => {
    assert.ok(names.length > 0);
    for (const name of names) {
      const file = path.join(folder, name);
      assert.equal(compileProgram(readFileSync(path.join(ROOT, file)), file).warnings, [], file);
    }
  });
}

test.run();
