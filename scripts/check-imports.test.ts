import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cIncludes, findCycles, tsImports } from './check-imports.js';

test('imports: static, type, re-export, dynamic, over several lines', () => {
  const text = [
    "import { a } from './a.js';",
    "import type { B } from './b.js';",
    "import {\n  c,\n} from './c.js';",
    "export * from './d.js';",
    "const e = await import('./e.js');",
    "export const name = 'not an import';",
    "import './f.js';",
  ].join('\n');
  assert.equal(tsImports(text).map((i) => [i.target, i.line, i.typeOnly]), [
    ['./a.js', 1, false],
    ['./b.js', 2, true],
    ['./c.js', 3, false],
    ['./d.js', 6, false],
    ['./e.js', 7, false],
    ['./f.js', 9, false],
  ]);
});

test('includes: own and system', () => {
  assert.equal(cIncludes('#include <stdio.h>\n# include "heap/heap.h"\n').map((i) => [i.target, i.system]), [
    ['stdio.h', true],
    ['heap/heap.h', false],
  ]);
});

test('cycles are found, diamonds are none', () => {
  assert.equal(findCycles(new Map([['a', ['b', 'c']], ['b', ['d']], ['c', ['d']], ['d', []]])), []);
  assert.equal(findCycles(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]])), ['b:1: import cycle: b → c → b']);
  const recursion = (dir: string) => new Map([[`${dir}/a.ts`, [`${dir}/b.ts`]], [`${dir}/b.ts`, [`${dir}/a.ts`]]]);
  assert.equal(findCycles(recursion('frontend/2-parse')), []);
  assert.is(findCycles(recursion('frontend/cli')).length, 1);
});

test.run();
