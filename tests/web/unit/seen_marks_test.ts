import assert from 'node:assert/strict';
import test from 'node:test';
import { Brush } from '../../../web/src/page/brush';
import { name_of, paint_seen_marks } from '../../../web/src/page/seen_marks';
import type { SeenMark } from '../../../web/src/api';
import { de } from '../../../web/src/texts/de';
import { en } from '../../../web/src/texts/en';

const tick: SeenMark = { kind: 'tick_box', state: 'crossed', box: [100, 100, 120, 120], confidence: 950 };
const writing: SeenMark = { kind: 'handwriting', box: [200, 100, 400, 140], confidence: 550 };

// What is drawn: how many frames in which colour, and which names.
function drawn(marks: SeenMark[], seen: [number, number, number, number], unit: number) {
  const frames: Record<string, number> = {};
  const names: string[] = [];
  let rects = 0;
  const context = {
    strokeStyle: '', beginPath() { rects = 0; }, rect() { rects += 1; }, setLineDash() {},
    stroke() { if (rects) frames[this.strokeStyle] = rects; },
    fillText(text: string) { names.push(text); },
  };
  paint_seen_marks(new Brush(context as unknown as CanvasRenderingContext2D, unit, seen), marks, en);
  return { frames, names };
}

test('a mark is named with its state', () => {
  assert.equal(name_of(tick, en), 'Tick box: crossed');
  assert.equal(name_of(tick, de), 'Kästchen: angekreuzt');
  assert.equal(name_of(writing, en), 'Handwriting');
});

test('only marks in sight are drawn', () => {
  assert.deepEqual(Object.values(drawn([tick, writing], [0, 0, 150, 150], 1).frames), [1]);
});

test('a name is written once there is room for it, and a doubtful mark is paler', () => {
  const far = drawn([tick, writing], [0, 0, 1000, 1000], 1);
  assert.deepEqual(far.names, ['Handwriting']);
  assert.deepEqual(far.frames, { '#7c3aed': 1, '#7c3aed80': 1 });
  assert.deepEqual(drawn([tick], [0, 0, 1000, 1000], 0.25).names, ['Tick box: crossed']);
});

test('what is rather not there is not drawn', () => {
  assert.deepEqual(drawn([{ ...writing, confidence: 499 }], [0, 0, 1000, 1000], 1), { frames: {}, names: [] });
});
