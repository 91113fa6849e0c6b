import assert from 'node:assert/strict';
import test from 'node:test';
import { ulid } from '../../../web/src/editor/ulid';
import { UndoStack } from '../../../web/src/editor/undo';

const stroke = (id: string, more = {}) => ({ id, changes: [], ...more });

test('undo and redo are told from the strokes alone', () => {
  const stack = new UndoStack([stroke('1'), stroke('2'), stroke('3', { undoes: '2' })]);
  assert.equal(stack.last_done?.id, '1');
  assert.equal(stack.last_undone?.id, '2');
  stack.add(stroke('4', { redoes: '2' }));
  assert.equal(stack.last_done?.id, '2');
  assert.equal(stack.last_undone, undefined);
});

test('a new stroke ends what could be redone', () => {
  const stack = new UndoStack([stroke('1'), stroke('2', { undoes: '1' }), stroke('3')]);
  assert.equal(stack.last_undone, undefined);
  assert.equal(stack.last_done?.id, '3');
});

test('ids sort as they were made, also within a millisecond', () => {
  const ids = Array.from({ length: 200 }, () => ulid(1_750_000_000_000));
  assert.deepEqual([...ids].sort(), ids);
  assert.match(ids[0], /^[0-9A-HJKMNP-TV-Z]{26}$/);
});
