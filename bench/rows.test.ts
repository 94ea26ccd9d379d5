/** Which targets a row has. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONCURRENCY, PROGRAMS, ROW_NAMES, rowsCalled, targetsOf } from './rows.js';

test('a row that names no Lua must keep up with the interpreter of LuaJIT', () => {
  assert.equal(targetsOf({ targets: [] }), [{ peer: 'luajit', atMost: 1 }]);
  assert.equal(targetsOf({ targets: [{ peer: 'go', atMost: 0.15 }] }), [{ peer: 'go', atMost: 0.15 }, { peer: 'luajit', atMost: 1 }]);
});

test('a row that names a Lua says all that is asked', () => {
  assert.equal(targetsOf({ targets: [{ peer: 'lua', atMost: 1 }] }), [{ peer: 'lua', atMost: 1 }]);
  assert.equal(targetsOf({ targets: [{ peer: 'luajit', atMost: 0.55 }] }), [{ peer: 'luajit', atMost: 0.55 }]);
});

test('every row has a name of its own and a target', () => {
  assert.is(new Set(ROW_NAMES).size, ROW_NAMES.length);
  for (const row of [...PROGRAMS, ...CONCURRENCY]) assert.ok(targetsOf(row).length > 0, row.name);
});

test('a row that is compared with Go alone asks nothing of a Lua', () => {
  const target = { peer: 'go', atMost: 0.95 } as const;
  assert.equal(targetsOf({ targets: [target], peers: ['go'] }), [target]);
});

test('every concurrent program has a row with one worker and one with two', () => {
  const names = CONCURRENCY.map((row) => row.name);
  for (const row of CONCURRENCY) assert.equal(names.filter((name) => name.startsWith(`${row.program}@`)), [`${row.program}@1`, `${row.program}@2`]);
});

test('names and aliases of rows', () => {
  assert.equal(rowsCalled('fib'), ['fib']);
  assert.equal(rowsCalled('编译'), ['compile']);
  assert.equal(rowsCalled('并发'), rowsCalled('concurrency'));
  assert.ok(rowsCalled('并发').includes('select@2'));
  assert.equal(rowsCalled('没有'), []);
});

test.run();
