import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SchemaDraft } from '../../../web/src/views/schema_model';

const schema = {
  labels: [{ name: 'total', title: 'Total', attributes: [{ name: 'currency', kind: 'enum' as const, values: ['EUR'] }] },
    { name: 'date' }],
  relations: [{ name: 'answers', from: ['date'], to: ['total'] }],
  'x-note': 'kept',
};

test('what nobody touched is unchanged and comes back the same', () => {
  const draft = new SchemaDraft(schema);
  assert.equal(draft.changed(), false);
  assert.deepEqual(draft.schema(), { ...schema, tables: [], classes: [] });
  assert.deepEqual(draft.problems(), []);
});

test('a new name is a rename, and relations follow it', () => {
  const draft = new SchemaDraft(schema);
  draft.rename('labels', 0, 'amount');
  assert.deepEqual(draft.renames(), [{ list: 'labels', from: 'total', to: 'amount' }]);
  assert.deepEqual(draft.schema().relations![0].to, ['amount']);
  draft.rename('labels', 0, 'total');
  assert.equal(draft.changed(), false);
});

test('a new entry has a name that nobody has, and is no rename', () => {
  const draft = new SchemaDraft(schema);
  const index = draft.add('labels', 'total');
  assert.equal(draft.entry('labels', index).name, 'total_2');
  draft.rename('labels', index, 'tax');
  assert.deepEqual(draft.renames(), []);
  assert.equal(draft.changed(), true);
});

test('removing and moving keep the others', () => {
  const draft = new SchemaDraft(schema);
  assert.equal(draft.move('labels', 0, 1), 1);
  assert.equal(draft.move('labels', 1, 5), 1);
  assert.deepEqual(draft.entries('labels').map((entry) => entry.name), ['date', 'total']);
  draft.remove('labels', 0);
  assert.deepEqual(draft.schema().labels!.map((entry) => entry.name), ['total']);
});

test('empty members are left out, values only where there is a choice', () => {
  const draft = new SchemaDraft(schema);
  const entry = draft.entry('labels', 0);
  entry.title = '';
  entry.attributes![0].kind = 'string';
  entry.attributes![0].required = false;
  assert.deepEqual(draft.schema().labels![0], { name: 'total', attributes: [{ name: 'currency', kind: 'string' }] });
});

test('what the server would refuse is found here', () => {
  const draft = new SchemaDraft(schema);
  draft.rename('labels', 1, 'total');
  draft.entry('labels', 0).attributes![0].values = [];
  draft.rename('relations', 0, 'to pay');
  draft.entry('labels', 0).hotkey = 't';
  draft.entry('labels', 1).hotkey = 't';
  assert.deepEqual(draft.problems().map((found) => found.problem),
    ['no_values', 'name_twice', 'key_twice', 'bad_name']);
  draft.rename('relations', 0, '');
  assert.ok(draft.problems().some((found) => found.problem === 'no_name'));
});
