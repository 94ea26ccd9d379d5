import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceFile } from '../frontend/source.js';
import { STAGES } from './frontend-stages.js';
import { generateProgram } from './generate.js';

for (const { name, run } of STAGES) {
  test(`${name} takes a generated program without an error`, () => {
    const errors: string[] = [];
    run(new SourceFile('生成.qi', generateProgram(300, 1)), (d) => {
      if (d.severity === 'error') errors.push(d.code);
    });
    assert.equal(errors, []);
  });
}

test.run();
