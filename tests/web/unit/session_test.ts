import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply_all, by_id, difference, type Annotation, type Change } from '../../../web/src/editor/annotation';
import type { Attempt, Journal, PageBase, Stroke } from '../../../web/src/editor/journal';
import { DocumentSession } from '../../../web/src/editor/session';

const label: Annotation = { id: 'A', type: 'span', label: 'total', words: ['w1'] };
const other: Annotation = { ...label, id: 'B' };
const at = { org: 'acme', project: 'claims', id: 'D' };
const added: Change = { page: 1, id: 'A', before: null, after: label };
const removed: Change = { page: 1, id: 'A', before: label, after: null };

const strokes_of = (...changes: Change[]): Stroke[] =>
  changes.map((change, i) => ({ id: `0${i + 1}`, changes: [change] }));

// What tabs that have gone left in the browser: the base that the strokes lie above, and what of it
// was sent and not answered.
interface Left { base: Annotation[]; strokes: Stroke[]; attempt?: Attempt }

function journal_of(sessions: Record<string, Left>): Journal {
  const base_of = ({ base, attempt }: Left): PageBase =>
    ({ page: 1, etag: 'old', annotations: base, through: '', attempt });
  return {
    sessions: async () => Object.keys(sessions),
    strokes: async (_: string, id: string) => sessions[id].strokes,
    bases: async (_: string, id: string) => [base_of(sessions[id])],
    add: async () => {}, set_base: async () => {}, trim: async () => {}, forget: async () => {},
  } as unknown as Journal;
}

// As the server merges and remembers: `saved` has, by session, the stroke that a version has.
interface Server { now: Annotation[]; old: Annotation[]; saved?: Record<string, string> }

const answer = (annotations: Annotation[]) =>
  new Response(JSON.stringify({ annotations }), { headers: { ETag: '"new"' } });

function fetch_from(server: Server) {
  return async (url: string, options: RequestInit = {}) => {
    if (options.method !== 'PUT') return answer(server.now);
    const query = new URL(url, 'http://localhost').searchParams;
    const session = query.get('session')!;
    if (query.get('stroke')! <= (server.saved?.[session] ?? '')) return answer(server.old);
    const sent = JSON.parse(options.body as string).annotations as Annotation[];
    const mine = difference(1, by_id(server.old), by_id(sent));
    server.now = [...apply_all(by_id(server.now), mine).values()];
    server.saved = { ...server.saved, [session]: query.get('stroke')! };
    return answer(server.now);
  };
}

async function opened(server: Annotation[] | Server, sessions: Record<string, Left>): Promise<DocumentSession> {
  const locks = { request: async (_: string, __: object, got: (lock: object) => unknown) => void got({}) };
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  globalThis.fetch = fetch_from(Array.isArray(server) ? { now: server, old: [] } : server) as typeof fetch;
  const session = await DocumentSession.open(journal_of(sessions), 1, at);
  if (!session.loaded(1)) await session.load(1); // as a page is turned to
  return session;
}

const shown = (session: DocumentSession) => [...session.annotations(1).keys()];

test('what was not sent is there again', async () => {
  const session = await opened([other], { own: { base: [], strokes: strokes_of(added) } });
  assert.deepEqual(shown(session), ['A']);
  assert.deepEqual(session.dirty_pages(), [1]);
  assert.equal(session.unconfirmed, 1);
});

test('strokes that come to nothing do not hide what the server has', async () => {
  const same_again: Change = { page: 1, id: 'A', before: label, after: { ...label } };
  for (const left of [{ base: [label], strokes: strokes_of(same_again) },
    { base: [], strokes: strokes_of(added, removed) }]) {
    const session = await opened([other], { own: left });
    assert.deepEqual(shown(session), ['B']);
    assert.equal(session.etag(1), 'new');
    assert.equal(session.unconfirmed, 0);
    assert.deepEqual(session.dirty_pages(), []);
  }
});

test('of a tab that has gone only what its strokes come to is taken over', async () => {
  const own: Left = { base: [], strokes: [] };
  const taken_back = await opened([], { own, gone: { base: [], strokes: strokes_of(added, removed) } });
  assert.deepEqual(shown(taken_back), []);
  const put_back = await opened({ now: [label], old: [label] },
    { own, gone: { base: [label], strokes: strokes_of(removed, added) } });
  assert.deepEqual(shown(put_back), ['A']);
  const kept = await opened([other], { own, gone: { base: [], strokes: strokes_of(added) } });
  assert.deepEqual(shown(kept), ['B', 'A']);
});

// The tab saved A, did not hear so, and was left: the version `old` has A.
const unheard: Attempt = { through: '01', annotations: [label] };

test('what was taken back before the answer was heard is taken back', async () => {
  const session = await opened([label], { own: { base: [], strokes: strokes_of(added, removed), attempt: unheard } });
  assert.deepEqual(session.dirty_pages(), [1]);
  assert.deepEqual(session.attempt(1), unheard);
  session.sent(1, unheard, { etag: 'new', annotations: [label] });
  assert.deepEqual(shown(session), []);
  assert.deepEqual(session.pending(1), [{ page: 1, id: 'A', before: label, after: null }]);
});

test('what others removed before the answer was heard does not come back', async () => {
  const session = await opened([], { own: { base: [], strokes: strokes_of(added), attempt: unheard } });
  session.sent(1, session.attempt(1), { etag: 'then', annotations: [label] }); // what that save made
  assert.deepEqual(session.dirty_pages(), []);
  await session.load(1);
  assert.deepEqual(shown(session), []);
});

test('a tab that closes sends what the next one will send as the very same', async () => {
  const session = await opened([], { own: { base: [], strokes: strokes_of(added) } });
  assert.deepEqual(session.attempt(1), unheard);
});

test('of a tab that has gone nothing is saved twice', async () => {
  const own: Left = { base: [], strokes: [] };
  const gone: Left = { base: [], strokes: strokes_of(added, { page: 1, id: 'B', before: null, after: other }), attempt: unheard };
  const session = await opened({ now: [], old: [label], saved: { gone: '01' } }, { own, gone });
  assert.deepEqual(shown(session), ['B']); // A was saved, and removed by somebody
});

test('what is refused is sent no more', async () => {
  const session = await opened([], { own: { base: [], strokes: strokes_of(added), attempt: unheard } });
  session.give_up(1);
  session.change([{ page: 1, id: 'B', before: null, after: other }]);
  assert.deepEqual(session.attempt(1).annotations.map(({ id }) => id), ['A', 'B']);
});

test('strokes go on above earlier ones, even if the clock was put back', async () => {
  const late: Stroke = { id: '7ZZZZZZZZZ0000000000000000', changes: [added] };
  const session = await opened([], { own: { base: [], strokes: [late] } });
  session.change([{ page: 1, id: 'B', before: null, after: other }]);
  assert.ok(session.last_stroke > late.id);
});

test('what changes nothing is no stroke', async () => {
  const session = await opened([label], { own: { base: [], strokes: [] } });
  session.change([{ page: 1, id: 'A', before: label, after: { ...label } }]);
  assert.equal(session.can_undo, false);
  assert.equal(session.unconfirmed, 0);
  session.change([removed, { page: 1, id: 'A', before: label, after: { ...label } }]);
  assert.deepEqual(shown(session), []);
  assert.equal(session.can_undo, true);
});

test('taking back what a person changed brings no verdict back that has fallen', async () => {
  const judged: Annotation = { ...label, review: { state: 'rejected', reason: 'net' } };
  const session = await opened([judged], { own: { base: [], strokes: [] } });
  const date: Annotation = { ...label, label: 'date' };
  session.change([{ page: 1, id: 'A', before: judged, after: date }]);
  const saved = new Map(session.annotations(1));
  session.sent(1, { through: '', annotations: [...saved.values()] }, { etag: 'newer', annotations: [date] });
  await session.undo(true);
  assert.deepEqual(session.annotations(1).get('A'), label);
  await session.redo(true);
  await session.undo();                       // a reviewer's undo takes back everything
  assert.deepEqual(session.annotations(1).get('A'), judged);
});

test('taking back what the server has not heard of leaves its verdicts where they are', async () => {
  const judged: Annotation = { ...label, review: { state: 'accepted' } };
  const session = await opened([judged], { own: { base: [], strokes: [] } });
  for (const after of [null, { ...label, label: 'date' }]) {
    session.change([{ page: 1, id: 'A', before: judged, after }]);
    await session.undo(true);
    assert.deepEqual(session.pending(1), []);
    await session.redo(true);
    assert.deepEqual(session.annotations(1).get('A') ?? null, after);
    await session.undo(true);
  }
});

test('an answer of the server leaves values alone that it did not change', async () => {
  const session = await opened([label, other], { own: { base: [], strokes: [] } });
  const before = session.annotations(1).get('B');
  const sent = new Map(session.annotations(1));
  session.sent(1, { through: '', annotations: [...sent.values()] }, { etag: 'newer', annotations: [{ ...label, label: 'date' }, { ...other }] });
  assert.equal(session.annotations(1).get('B'), before);
  assert.equal(session.annotations(1).get('A')?.label, 'date');
});

test('an answer that was asked for before a save and comes after it changes nothing', async () => {
  const server: Server = { now: [label], old: [label] };
  const session = await opened(server, { own: { base: [], strokes: [] } });
  const fetch_now = globalThis.fetch;
  let arrive = () => {};
  const late = new Promise<void>((resolve) => { arrive = resolve; });
  let asked = 0;
  globalThis.fetch = (async (url: string, options?: RequestInit) => {
    if (asked++) return fetch_now(url, options);
    await late;
    return new Response(JSON.stringify({ annotations: [label] }), { headers: { ETag: '"older"' } });
  }) as typeof fetch;
  const loading = session.load(1);
  session.change([{ page: 1, id: 'B', before: null, after: other }]);
  const attempt = session.attempt(1);
  server.now = [label, other];
  session.sent(1, attempt, { etag: 'newest', annotations: server.now });
  arrive();
  await loading;
  assert.deepEqual(shown(session), ['A', 'B']);
});

test('a label taken back while its change is on the way has no verdict any more', async () => {
  const rejected: Annotation = { ...label, review: { state: 'rejected', reason: 'net' } };
  const changed: Annotation = { ...label, label: 'name' };
  const session = await opened([rejected], { own: { base: [], strokes: [] } });
  session.change([{ page: 1, id: 'A', before: rejected, after: changed }]);
  const attempt = session.attempt(1);
  await session.undo(true);
  session.sent(1, attempt, { etag: 'newest', annotations: [changed] });
  assert.deepEqual(session.pending(1), [{ page: 1, id: 'A', before: changed, after: label }]);
});
