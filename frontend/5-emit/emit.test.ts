/** The container: what is written can be read back and says the same. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BOOL, INT, STRING, UNIT } from '../types.js';
import { FORMAT_VERSION, OPCODES, TABLES_HASH } from '../generated/opcodes.js';
import { NATIVE_INDEX } from '../generated/natives.js';
import { lower } from '../4-lower/lower.js';
import { sampleProgram } from '../4-lower/samples.js';
import * as t from '../4-lower/testing.js';
import { decode } from './decoding.js';
import { assemble } from './dump.js';
import { emit } from './emit.js';
import { crc32, Writer } from './encode.js';

const module = lower(sampleProgram());

test('header: magic, version, tables hash, length, checksum', () => {
  const bytes = emit(module);
  const d = decode(bytes);
  assert.is(new TextDecoder().decode(bytes.subarray(0, 4)), 'QIC1');
  assert.is(d.version, FORMAT_VERSION);
  assert.is(d.flags, 0);
  assert.is(d.hash, TABLES_HASH);
  assert.is(d.length, bytes.length);
  assert.is(d.crc, crc32(bytes.subarray(24)));
  assert.is(d.rest, 0);
});

test('crc32 is the one of IEEE 802.3', () => {
  assert.is(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
});

test('every table and function comes back', () => {
  const d = decode(emit(module));
  assert.equal(d.constants, [...module.constants]);
  assert.equal(d.strings, [...module.strings]);
  assert.is(d.types.length, module.types.length);
  assert.equal(d.natives, module.natives.map((n) => [n.native, [...n.params], n.result]));
  assert.equal(d.files, ['试.qi']);
  assert.equal(d.functions.map((f) => f.name), module.functions.map((f) => f.name));
  module.functions.forEach((f, i) => {
    const back = d.functions[i]!;
    const placed = assemble(f);
    assert.is(back.code.length, placed.count);
    assert.is(back.registers, f.registers);
    assert.equal(back.handlers, placed.handlers.map((h) => [h.start, h.end, h.handler]));
    back.code.forEach(([op], pc) => assert.is(op, placed.code[pc * 6]));
  });
});

test('no structural type stands twice', () => {
  const d = decode(emit(module));
  const structural = d.types.filter(([kind]) => kind !== 10).map((type) => JSON.stringify(type));
  assert.is(new Set(structural).size, structural.length);
});

test('every instruction with a safepoint effect has a map, and nothing else', () => {
  const rows = Object.values(OPCODES);
  for (const f of decode(emit(module)).functions) {
    const expected = f.code.flatMap(([op], pc) => ((rows[op]!.effects & (4 | 8 | 16)) !== 0 ? [pc] : []));
    assert.equal(f.safepoints.map(([pc]) => pc), expected, f.name);
  }
});

test('a recursive struct refers to itself, two structs of one name stay two', () => {
  const p = new t.TestProgram();
  const node = t.structDef('节点');
  node.fields = [{ name: '下', type: t.option(t.struct(node)), span: t.span }];
  const other = t.structDef('节点');
  p.func([], UNIT, () => [t.let_(t.local('a', t.struct(node)), t.node({ kind: 'struct', def: node, type: t.struct(node), fields: [{ field: 0, value: t.node({ kind: 'none', type: t.option(t.struct(node)) }) }] })),
    t.let_(t.local('b', t.struct(other)), t.node({ kind: 'struct', def: other, type: t.struct(other), fields: [] }))]);
  const d = decode(emit(lower(p.build())));
  const at = d.types.findIndex(([kind]) => kind === 10);
  const option = d.types.findIndex(([kind, elem]) => kind === 9 && elem === at);
  assert.equal(d.types[at], [10, '节点', 0, [['下', option]]]);
  assert.is(d.types.filter(([kind]) => kind === 10).length, 2);
});

test('lines: places of instructions that can throw, also on supplementary columns', () => {
  const p = new t.TestProgram();
  const a = t.local('a', INT);
  const at = (start: number): { start: number; end: number } => ({ start, end: start + 1 });
  // Line 3 of 「第n行\n」 starts at offset 8.
  const body = [t.ret({ ...t.add(t.get(a), t.node({ ...t.binary('mul', t.get(a), t.get(a)), span: at(9) })), span: at(4) })];
  p.func([a], INT, () => body);
  // Where a task returns is told as well: 入口 is one.
  const entry = p.func([], INT, () => [t.ret(t.int(1))]);
  const [f, main] = decode(emit(lower(p.build(entry)))).functions;
  assert.equal(f!.lines, [[0, 3, 2], [1, 2, 1]]);
  assert.equal(main!.lines, [[1, 1, 1]]);
});

test('lines: a loop in which nothing can throw has a place', () => {
  const p = new t.TestProgram();
  const at = { start: 9, end: 10 };
  p.func([], UNIT, () => [{ ...t.while_(t.node({ kind: 'bool', value: true, type: BOOL, span: at }), []), span: at }]);
  const [f] = decode(emit(lower(p.build()))).functions;
  assert.equal(f!.lines.map(([, line]) => line), [3]);
});

test('strip leaves out names, paths and lines, and says so', () => {
  const d = decode(emit(module, { strip: true }));
  assert.is(d.flags, 1);
  assert.ok(d.functions.every((f) => f.name === '' && f.lines.length === 0));
  assert.equal(d.files, ['']);
  assert.ok(d.types.some(([kind, name]) => kind === 10 && name === '点'), 'structs keep their names: printing shows them');
});

test('self types: tasks of what is spawned, closures with their environment, coroutines', () => {
  const d = decode(emit(module));
  const main = d.functions[d.main]!;
  assert.equal(d.types[main.self[0]! - 1]![0], 13);
  const closure = d.functions.find((f) => f.kind === 1)!;
  assert.is(d.types[closure.self[0]!]![0], 11);
  assert.is(d.types[closure.self[1]!]![0], 20);
  const coroutine = d.functions.find((f) => f.kind === 2)!;
  assert.is(d.types[coroutine.self[0]!]![0], 14);
  assert.is(coroutine.yields, coroutine.self[0]! + 1);
});

test('natives are imported once per instantiation', () => {
  const p = new t.TestProgram();
  const length = (elem: typeof INT): ReturnType<typeof t.run> => t.run(t.native('list_first', t.option(elem), t.node({ kind: 'list', elems: [], type: t.list(elem) })));
  p.func([], UNIT, () => [length(INT), length(INT), length(STRING)]);
  const d = decode(emit(lower(p.build())));
  assert.equal(d.natives.map(([n]) => n), [NATIVE_INDEX.list_first, NATIVE_INDEX.list_first]);
});

test('numbers of all sizes', () => {
  const w = new Writer();
  for (const n of [0, 127, 128, 16384, 0xffff_ffff]) w.u(n);
  for (const n of [0, -1, 1, -64, 64, 0x7fff_ffff, -0x8000_0000]) w.s(n);
  assert.equal([...w.bytes()], [
    0, 127, 128, 1, 128, 128, 1, 255, 255, 255, 255, 15,
    0, 1, 2, 127, 128, 1, 254, 255, 255, 255, 15, 255, 255, 255, 255, 15,
  ]);
  const large = new Writer();
  large.raw(new Uint8Array(5000).fill(7));
  large.u64(0x0102_0304_0506_0708n);
  assert.is(large.length, 5008);
  assert.equal([...large.bytes().subarray(5000)], [8, 7, 6, 5, 4, 3, 2, 1]);
});

test.run();
