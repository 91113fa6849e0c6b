import assert from 'node:assert/strict';
import { test } from 'node:test';
import { area_in, between } from '../../../web/src/page/layer';
import type { Matrix } from '../../../web/src/page/viewer';

const at = ({ a, b, c, d, e, f }: Matrix, x: number, y: number) => [a * x + c * y + e, b * x + d * y + f];
const near = (one: readonly number[], two: readonly number[]) =>
  one.forEach((value, i) => assert.ok(Math.abs(value - two[i]) < 1e-6, `${one} is not ${two}`));

const plain: Matrix = { a: 0.5, b: 0, c: 0, d: 0.5, e: 30, f: -20 };
const turned: Matrix = { a: 0, b: 2, c: -2, d: 0, e: 500, f: 7 };

test('what is between two views takes a point of the first to where the second shows it', () => {
  for (const [from, to] of [[plain, turned], [turned, plain], [plain, plain]]) {
    for (const [x, y] of [[0, 0], [100, 40], [-3, 900]]) {
      const [sx, sy] = at(from, x, y);
      near(at(between(from, to), sx, sy), at(to, x, y));
    }
  }
});

test('the area in a window is that part of the page, also when it is turned', () => {
  near(area_in(plain, [30, -20, 80, 30]), [0, 0, 100, 100]);
  near(area_in(turned, [300, 7, 500, 207]), [0, 0, 100, 100]);
});
