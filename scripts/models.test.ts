/*
 * What scripts/models.ts reads: the mistakes a model lists, and the outcome of a search. That the models hold is the stage `models`.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listedMistakes, verdict } from './models.js';

const test = suite('models');

test('finds the mistakes that a model lists, two of them in a line', () => {
  assert.equal(listedMistakes('/* a model of 2 workers\n * Seeded mistakes:\n *  1 one thing    2 another\n * 13 a third\n */\nbyte x = 4 + 5;'), [1, 2, 13]);
});

test('a search that was cut off is not complete', () => {
  const whole = 'State-vector 144 byte, depth reached 9, errors: 0\n   130237 states, stored\n';
  assert.equal(verdict(whole), { complete: true, errors: 0, states: 130237 });
  assert.is(verdict(`error: max search depth too small\n${whole}`).complete, false);
  assert.is(verdict(`${whole}Warning: Search not completed`).complete, false);
  assert.is(verdict('').complete, false);
});

test.run();
