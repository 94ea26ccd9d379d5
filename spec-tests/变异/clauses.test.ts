/** The source mutants fit the source they change: found out here, before the long run that uses them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLAUSES } from './clauses.js';
import { MisfitError, mutate, mutantsOf } from './source-mutants.js';
import { topicsWithout } from './topics.js';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

test('every source mutant stands exactly once in its file and changes it', async () => {
  const misfits: string[] = [];
  for (const mutant of CLAUSES) {
    try {
      await mutate(ROOT, mutant);
      if (mutant.find === mutant.replace) misfits.push(`${mutant.clause} (${mutant.note}) changes nothing`);
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      misfits.push(error.message);
    }
  }
  assert.equal(misfits, []);
});

test('no mutant is there twice, and each names its clause', () => {
  const names = CLAUSES.map(({ clause, file, note }) => `${clause} ${file} ${note}`);
  assert.equal(names.filter((name, i) => names.indexOf(name) !== i), []);
  assert.equal(CLAUSES.map(({ clause }) => clause).filter((clause) => !/^§[1-8] \S/u.test(clause)), []);
});

test('a text that is not there, or twice, is a misfit', async () => {
  const scope = mutantsOf('vm/sched/scope.c');
  for (const find of ['no such text', 'return']) {
    try {
      await mutate(ROOT, scope('§6 某', find, '', '某'));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, MisfitError);
    }
  }
});

test('topics without a mutant are named: clauses, folders of the specification, headings of the reference', async () => {
  const all = await topicsWithout(ROOT, []);
  for (const topic of ['§5', '§6 取消', '§4 泛型', 'docs/语言规范/5-语句与表达式.md: 匹配']) assert.ok(all.includes(topic), topic);
  const one = await topicsWithout(ROOT, [mutantsOf('甲')('§6 取消', '甲', '乙', '丙')]);
  assert.equal(all.filter((topic) => !one.includes(topic)), ['§6', '§6 取消', 'docs/语言规范/6-异步.md: 取消']);
});

test.run();
