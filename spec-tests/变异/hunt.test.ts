/** A timeout kills a mutant only when the true VM does not take as long: VMs of shell tell what a hunt makes of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseFrontMatter } from '../front-matter.js';
import { hunt, type Verdict } from './hunt.js';
import type { Program } from './programs.js';

const source = '// 条款: §5\n// 说明: 甲\n// 期望:\n//| 甲\n打印行("甲")\n';
const program: Program = {
  name: '甲', bytes: Buffer.from(source), expected: parseFrontMatter(source), compiled: { module: undefined, errors: [], warnings: [], rendered: '' },
  file: '甲.qic', opcodes: new Set(['ADD']),
};

/** The verdict about a mutant, of a VM that is this script and gets no time to speak of. */
async function verdict(script: string): Promise<Verdict> {
  const folder = mkdtempSync(path.join(tmpdir(), 'qi-hunt-'));
  try {
    const qivm = path.join(folder, 'qivm');
    writeFileSync(qivm, `#!/bin/sh\n${script}\n`);
    chmodSync(qivm, 0o755);
    return await hunt([program], 'ADD', { qivm, mutant: 'ADD.wraps', timeLimit: 1 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a mutant that is as slow as the true VM survives', async () => {
  assert.is((await verdict('sleep 0.05; echo 甲')).killer, undefined);
});

test('a mutant that hangs where the true VM ends is killed by the timeout', async () => {
  assert.equal(await verdict('test -z "$QI_MUTANT" || exec sleep 60; echo 甲'), { killer: '甲', how: 'timeout', detail: '' });
});

test('a mutant that is wrong when it has the time is killed by that', async () => {
  assert.is((await verdict('sleep 0.05; test -z "$QI_MUTANT" && echo 甲 || echo 乙')).how, 'a wrong result');
});

test('where the true VM fails as well, nothing is killed', async () => {
  assert.is((await verdict('sleep 0.05; exit 1')).killer, undefined);
});

test.run();
