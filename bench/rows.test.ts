/** Which targets a row has. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROGRAMS, ROW_NAMES, targetsOf } from './rows.js';

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
  for (const row of PROGRAMS) assert.ok(targetsOf(row).length > 0, row.name);
});

test.run();
