import assert from 'node:assert/strict';
import test from 'node:test';
import { draw_seen_marks, name_of } from '../../../web/src/page/seen_marks';
import type { SeenMark } from '../../../web/src/api';
import { de } from '../../../web/src/texts/de';
import { en } from '../../../web/src/texts/en';

const tick: SeenMark = { kind: 'tick_box', state: 'crossed', box: [100, 100, 120, 120], confidence: 950 };
const writing: SeenMark = { kind: 'handwriting', box: [200, 100, 400, 140], confidence: 500 };

// What is drawn, as a list of calls.
function drawn(marks: SeenMark[], seen: [number, number, number, number], unit: number): unknown[][] {
  const calls: unknown[][] = [];
  const context = {
    save() {}, restore() {}, setLineDash() {}, globalAlpha: 1,
    strokeRect(...box: number[]) { calls.push(['frame', this.globalAlpha, ...box]); },
    fillText(text: string) { calls.push(['name', text]); },
  };
  draw_seen_marks(context as unknown as CanvasRenderingContext2D, marks, seen, unit, en);
  return calls;
}

test('a mark is named with its state', () => {
  assert.equal(name_of(tick, en), 'Tick box: crossed');
  assert.equal(name_of(tick, de), 'Kästchen: angekreuzt');
  assert.equal(name_of(writing, en), 'Handwriting');
});

test('only marks in sight are drawn', () => {
  assert.equal(drawn([tick, writing], [0, 0, 150, 150], 1).filter((c) => c[0] === 'frame').length, 1);
});

test('a name is written once there is room for it, and a doubtful mark is paler', () => {
  const far = drawn([tick, writing], [0, 0, 1000, 1000], 1);
  assert.deepEqual(far.map((call) => call[0]), ['frame', 'frame', 'name']);
  assert.ok(Number(far[1][1]) < Number(far[0][1]));
  const near = drawn([tick], [0, 0, 1000, 1000], 0.25);
  assert.deepEqual(near.map((call) => call[0]), ['frame', 'name']);
});
