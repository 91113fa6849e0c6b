import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Annotation } from '../../../web/src/editor/annotation';
import { Brush } from '../../../web/src/page/brush';
import type { Mark } from '../../../web/src/page/marks';
import { paint_marks } from '../../../web/src/page/paint_marks';

// Counts what a canvas is asked for.
function counting() {
  const calls: Record<string, number> = {};
  const context = new Proxy({} as Record<string, unknown>, {
    get: (kept, name: string) => kept[name] ?? ((..._: unknown[]) => { calls[name] = (calls[name] ?? 0) + 1; }),
    set: (kept, name: string, value) => { kept[name] = value; return true; },
  });
  return { calls, brush: new Brush(context as unknown as CanvasRenderingContext2D, 1, [0, 0, 100, 100]) };
}

const mark = (n: number, more: Partial<Annotation> = {}, colour = '#2563eb'): Mark => {
  const box = [n, n, n + 5, n + 5] as const;
  return { annotation: { id: String(n), type: 'span', label: 'total', ...more }, colour, boxes: [box], bounds: box };
};

test('marks of one look are one path, however many', () => {
  const { calls, brush } = counting();
  paint_marks(brush, Array.from({ length: 500 }, (_, n) => mark(n)), new Set());
  assert.equal(calls.rect, 1000);
  assert.ok(calls.stroke <= 4, `${calls.stroke} strokes`);
});

test('proposals, colours and disputes are looks of their own; verdicts and disputes have a sign', () => {
  const { calls, brush } = counting();
  paint_marks(brush, [mark(1), mark(2, { state: 'proposed' }), mark(3, {}, '#b45309'), mark(4),
    mark(5, { review: { state: 'rejected' } })], new Set(['4']));
  assert.equal(calls.fillText, 2);
  assert.ok(calls.stroke >= 5);
});

test('a correction has a wave and no frame', () => {
  const { calls, brush } = counting();
  paint_marks(brush, [mark(1, { type: 'correction', label: undefined })], new Set());
  assert.equal(calls.rect ?? 0, 0);
  assert.ok(calls.lineTo > 0);
});
