import assert from 'node:assert/strict';
import { test } from 'node:test';

// The page's texts ask the browser for its language; Node has neither.
Object.assign(globalThis, { localStorage: { getItem: () => 'en', setItem: () => {} } });
Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en'] }, configurable: true });
const { nice_ceiling, percentages } = await import('../../../web/src/ui/plot');

test('an axis ends at a round number that is not below', () => {
  assert.deepEqual([0, 1, 1.5, 3, 7, 10, 11, 21, 51, 999].map(nice_ceiling), [1, 1, 2, 3, 8, 10, 20, 30, 60, 1000]);
});

test('shares add up to a hundred, and nothing is nothing', () => {
  assert.deepEqual(percentages([1, 1, 1]), [34, 33, 33]);
  assert.deepEqual(percentages([0, 0]), [0, 0]);
  for (const values of [[3, 5, 7, 11], [1, 999999], [2, 2, 2, 2, 2, 2, 2]]) {
    assert.equal(percentages(values).reduce((a, b) => a + b, 0), 100);
  }
});
