import assert from 'node:assert/strict';
import test from 'node:test';
import { apply_all, by_id, difference, reversed, same, type Annotation } from '../../../web/src/editor/annotation';
import { keep_mine } from '../../../web/src/editor/keeper';

const span = (id: string, more: Partial<Annotation> = {}): Annotation =>
  ({ id, type: 'span', label: 'total', words: [1, 2], text: '12.00', ...more });
const change = (before: Annotation | null, after: Annotation | null) =>
  ({ page: 1, id: (after ?? before)!.id, before, after });

test('values are compared, not the order of keys', () => {
  assert.ok(same({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }));
  assert.ok(!same({ a: [1] }, { a: { 0: 1 } }));
  assert.ok(!same({ a: 1 }, { a: 1, b: 2 }));
});

test('the difference, applied, leads from one state to the other, and back', () => {
  const before = by_id([span('a'), span('b'), span('c')]);
  const after = by_id([span('a'), span('b', { label: 'date' }), span('d')]);
  const changes = difference(1, before, after);
  assert.deepEqual(changes.map((c) => c.id).sort(), ['b', 'c', 'd']);
  assert.ok(same([...apply_all(new Map(before), changes)].sort(), [...after].sort()));
  assert.ok(same([...apply_all(new Map(after), reversed(changes))].sort(), [...before].sort()));
});

test('a change carries only the fields that it is about', () => {
  const theirs = by_id([span('a', { text: '13.00', attributes: { currency: 'EUR' } })]);
  const mine = change(span('a'), span('a', { label: 'amount', attributes: { net: true } }));
  assert.deepEqual(apply_all(theirs, [mine]).get('a'), span('a', { label: 'amount', text: '13.00',
    attributes: { currency: 'EUR', net: true } }));
});

test('a change that arrives twice changes nothing', () => {
  const mine = [change(null, span('a')), change(span('b'), null), change(span('c'), span('c', { label: 'x' }))];
  const once = apply_all(by_id([span('b'), span('c')]), mine);
  assert.ok(same([...apply_all(new Map(once), mine)], [...once]));
});

test('after a clash the other side has the fields that were given up, and no others', () => {
  const base = span('a');
  const theirs = span('a', { label: 'date', text: 'theirs', attributes: { note: 'theirs' } });
  const mine = change(base, span('a', { label: 'amount', words: [7], attributes: { note: 'mine' } }));
  const clash = { page: 1, current: { etag: 'x', annotations: [theirs] }, conflicts: [
    { id: 'a', field: 'label', base: 'total', ours: 'amount', theirs: 'date' },
    { id: 'a', field: 'attributes.note', base: null, ours: 'mine', theirs: 'theirs' }] };
  const [kept] = keep_mine([mine], clash, (conflict) => conflict.field === 'label');
  assert.deepEqual(kept.after, span('a', { label: 'date', text: 'theirs', words: [7], attributes: { note: 'mine' } }));
});

test('what the other side changed and I removed comes back if theirs is chosen', () => {
  const theirs = span('a', { label: 'date' });
  const clash = { page: 1, current: { etag: 'x', annotations: [theirs] },
    conflicts: [{ id: 'a', field: '', base: span('a'), ours: null, theirs }] };
  assert.deepEqual(keep_mine([change(span('a'), null)], clash, () => true), []);
  assert.equal(keep_mine([change(span('a'), null)], clash, () => false)[0].after, null);
});
