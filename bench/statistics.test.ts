import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { median, pairedDifference, pairedRatio, quantile } from './statistics.js';

test('median of an odd and an even number of values, in any order', () => {
  assert.is(median([5, 1, 3]), 3);
  assert.is(median([4, 1, 3, 2]), 2.5);
  assert.ok(Number.isNaN(median([])));
});

test('values are compared as numbers, and the list is left as it was', () => {
  const values = [10, 9, 100];
  assert.is(median(values), 10);
  assert.equal(values, [10, 9, 100]);
});

test('quantiles interpolate', () => {
  assert.is(quantile([0, 10], 0.25), 2.5);
  assert.is(quantile([1, 2, 3, 4, 5], 1), 5);
  assert.is(quantile([1, 2, 3, 4, 5], 0), 1);
});

test('paired ratio ignores a disturbance that both runs of a round share', () => {
  assert.is(pairedRatio([1, 10, 1], [2, 20, 2]), 0.5);
  // The ratio of the medians would be 1.5 here.
  assert.is(pairedRatio([3, 1, 9], [6, 2, 1]), 0.5);
});

test('paired difference', () => {
  assert.is(pairedDifference([50, 90, 51], [40, 80, 40]), 10);
});

test.run();
