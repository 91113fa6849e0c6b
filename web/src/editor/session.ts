// One person's work on one document: its pages as they are here and as the server has them, what can
// be undone, and what the server does not have yet.
//
//   const session = await DocumentSession.open(journal, user, at);
//   await session.load(1);
//   session.change([{ page: 1, id, before: null, after: annotation }]);
//   session.undo();
//   session.addEventListener('change', () => draw(session.annotations(1)));
//
// Every change is written to the journal at once. Sending it is the work of keeper.ts, which alone
// calls attempt(), sent(), give_up(), adopt() and settle(). What is sent is an attempt until it is
// answered: it is journalled too, and whoever never hears the answer sends the very same again, which
// the server knows by session and stroke. So what others did since then stays, and so does what was
// taken back here. Events: 'change' when annotations differ from before, 'stroke' when a person did
// something.
import * as api from '../api';
import { apply_all, by_id, difference, reversed, same, with_verdict, type Annotation, type Annotations, type Change }
  from './annotation';
import { claim } from './claim';
import { Journal, type Attempt, type PageBase, type Stroke } from './journal';
import { UndoStack } from './undo';
import { begin_above, ulid } from './ulid';

interface PageState {
  etag: string; through: string; base: Annotations; mine: Annotations; attempt?: Attempt;
}

export class DocumentSession extends EventTarget {
  private readonly pages = new Map<number, PageState>();
  private undo_stack = new UndoStack();
  private writing: Promise<void> = Promise.resolve();
  private newest = '';
  // Strokes that no answer of the server has confirmed, for the person to know.
  unconfirmed = 0;
  private release = () => {};

  private constructor(private readonly journal: Journal, readonly at: api.DocumentAt,
    private readonly place: string, readonly id: string) {
    super();
  }

  static async open(journal: Journal, user: number, at: api.DocumentAt): Promise<DocumentSession> {
    const place = `${user} ${at.org}/${at.project} ${at.id}`;
    const own = await own_session(journal, place);
    const session = new DocumentSession(journal, at, place, own.id);
    session.release = own.release;
    await session.restore(own.id);
    for (const other of own.dead) await session.take_over(other.id, other.release);
    return session;
  }

  async close(): Promise<void> {
    await this.writing;
    this.release();
  }

  // -- pages -------------------------------------------------------------------------------------

  // `fetched`: an answer of the server that is there already.
  async load(page: number, fetched?: api.Versioned): Promise<void> {
    if (this.is_dirty(page)) return;
    const before = this.etag(page);
    const { annotations, etag } = fetched ?? await api.annotations(this.at, page);
    if (this.is_dirty(page)) return; // somebody was faster than the network
    // So was a save of mine: what has come may be from before it.
    if (!fetched && this.etag(page) !== before) return this.load(page);
    if (this.etag(page) === etag) return;
    this.rebase(page, etag, annotations, this.newest);
  }

  loaded(page: number): boolean {
    return this.pages.has(page);
  }

  annotations(page: number): Annotations {
    return this.pages.get(page)?.mine ?? new Map();
  }

  find(id: string): { page: number; annotation: Annotation } | null {
    for (const [page, { mine }] of this.pages) {
      const annotation = mine.get(id);
      if (annotation) return { page, annotation };
    }
    return null;
  }

  etag(page: number): string {
    return this.pages.get(page)?.etag ?? '';
  }

  // -- strokes -----------------------------------------------------------------------------------

  // Giving a label that is there already is no stroke; taking one back is, even if others were faster.
  change(wanted: Change[], about: Pick<Stroke, 'undoes' | 'redoes'> = {}): void {
    const is_repeat = about.undoes !== undefined || about.redoes !== undefined;
    const changes = is_repeat ? wanted : wanted.filter(({ before, after }) => !same(before, after));
    if (!changes.length) return;
    const stroke: Stroke = { id: ulid(), changes, ...about };
    this.newest = stroke.id;
    this.unconfirmed += 1;
    this.undo_stack.add(stroke);
    this.apply(changes);
    this.write(() => this.journal.add(this.place, this.id, stroke));
    this.tell('change');
    this.tell('stroke');
  }

  // What was done last, taken back; answers the page where that was. Others' work since then stays.
  // `keep_verdicts`: none that has gone comes back.
  async undo(keep_verdicts = false): Promise<number | null> {
    const stroke = this.undo_stack.last_done;
    return stroke ? this.repeat(reversed(stroke.changes), { undoes: stroke.id }, keep_verdicts) : null;
  }

  async redo(keep_verdicts = false): Promise<number | null> {
    const stroke = this.undo_stack.last_undone;
    return stroke ? this.repeat(stroke.changes, { redoes: stroke.id }, keep_verdicts) : null;
  }

  get can_undo(): boolean {
    return this.undo_stack.last_done !== undefined;
  }

  get can_redo(): boolean {
    return this.undo_stack.last_undone !== undefined;
  }

  private async repeat(wanted: Change[], about: Pick<Stroke, 'undoes' | 'redoes'>, keep_verdicts: boolean) {
    for (const { page } of wanted) if (!this.loaded(page)) await this.load(page);
    const changes = keep_verdicts ? wanted.map((change) => this.with_known_verdict(change)) : wanted;
    const real = this.real(changes);
    this.change(real.length ? real : changes, about);
    return changes[0].page;
  }

  // -- for the keeper ----------------------------------------------------------------------------

  pending(page: number): Change[] {
    const state = this.pages.get(page);
    return state ? difference(page, state.base, state.mine) : [];
  }

  // What it holds is not known to be on the server; or the server may hold what was taken back here.
  private is_dirty(page: number): boolean {
    return this.pages.get(page)?.attempt !== undefined || this.pending(page).length > 0;
  }

  dirty_pages(): number[] {
    return [...this.pages.keys()].filter((page) => this.is_dirty(page));
  }

  get last_stroke(): string {
    return this.newest;
  }

  // The journal has everything up to now.
  written(): Promise<void> {
    return this.writing;
  }

  // What is to be sent: what was sent already and not answered, else all that is here now.
  attempt(page: number): Attempt {
    const state = this.pages.get(page)!;
    if (!state.attempt) {
      state.attempt = { through: this.newest, annotations: [...state.mine.values()] };
      this.journal_base(page, state);
    }
    return state.attempt;
  }

  // The server has answered it.
  sent(page: number, { through, annotations }: Attempt, answer: api.Versioned): void {
    const since = difference(page, by_id(annotations), this.annotations(page));
    this.rebase(page, answer.etag, answer.annotations, through, since);
  }

  // The server has refused it, so it will never be there.
  give_up(page: number): void {
    const state = this.pages.get(page);
    if (!state?.attempt) return;
    delete state.attempt;
    this.journal_base(page, state);
  }

  // Changes from elsewhere that the server does not have: a draft, a session that died.
  adopt(changes: Change[]): void {
    this.change(this.real(changes.filter(({ page }) => this.loaded(page))));
  }

  // After a clash: the server's state with what is kept of mine above it.
  settle(page: number, current: api.Versioned, kept: Change[]): void {
    this.rebase(page, current.etag, current.annotations, this.newest);
    this.change(kept.filter(({ before, after }) => !same(before, after)));
  }

  // -- within ------------------------------------------------------------------------------------

  private rebase(page: number, etag: string, annotations: Annotation[], through: string,
    since: Change[] = []): void {
    const known = this.annotations(page);
    const base = by_id(annotations.map((now) => unless_same(known.get(now.id), now)));
    const state = { etag, through, base, mine: apply_all(new Map(base), since) };
    this.pages.set(page, state);
    this.journal_base(page, state);
    this.tell('change');
  }

  private journal_base(page: number, { etag, through, base, attempt }: PageState): void {
    const record: PageBase = { page, etag, annotations: [...base.values()], through, ...(attempt && { attempt }) };
    this.write(() => this.journal.set_base(this.place, this.id, record));
  }

  // What the changes, one after the other, come to.
  private real(changes: readonly Change[]): Change[] {
    return [...new Set(changes.map(({ page }) => page))].flatMap((page) => difference(page,
      this.annotations(page), apply_all(new Map(this.annotations(page)),
        changes.filter((change) => change.page === page))));
  }

  // With the verdict that the server has on just this, for leaving it out would be taking it away;
  // else with none. What is on its way counts as there: whatever it changed has lost its verdict.
  private with_known_verdict(change: Change): Change {
    const { page, id, after } = change;
    if (!after) return change;
    const state = this.pages.get(page);
    const saved = state?.attempt ? by_id(state.attempt.annotations).get(id) : state?.base.get(id);
    const is_saved = saved && same(with_verdict(saved, undefined), with_verdict(after, undefined));
    return { ...change, after: with_verdict(after, is_saved ? saved.review : undefined) };
  }

  private apply(changes: Change[]): void {
    for (const change of changes) {
      const state = this.pages.get(change.page);
      if (state) state.mine = apply_all(new Map(state.mine), [change]);
    }
  }

  private async restore(session: string): Promise<void> {
    const strokes = await this.journal.strokes(this.place, session);
    this.undo_stack = new UndoStack(strokes);
    this.newest = strokes.at(-1)?.id ?? '';
    begin_above(this.newest);
    const unsaved = new Set<string>();
    for (const record of await this.journal.bases(this.place, session)) {
      const left = left_on_page(record, strokes);
      // Strokes that come to nothing are never sent: the server may have moved on, so it is asked.
      if (!left) continue;
      left.late.forEach((stroke) => unsaved.add(stroke.id));
      const { page, etag, through } = record;
      this.pages.set(page, { etag, through, base: left.base, mine: left.mine, attempt: left.attempt });
    }
    this.unconfirmed = unsaved.size;
    if (!unsaved.size) await this.journal.trim(this.place, session);
  }

  private async take_over(other: string, release: () => void): Promise<void> {
    try {
      const strokes = await this.journal.strokes(this.place, other);
      for (const record of await this.journal.bases(this.place, other)) {
        const left = left_on_page(record, strokes);
        if (left) await this.finish(other, record, left);
      }
      await this.writing;
      await this.journal.forget(this.place, other);
    } finally {
      release();
    }
  }

  // What the other one sent is answered first, in its name; what it did since then becomes mine.
  private async finish(other: string, { page, etag }: PageBase, { late, attempt }: LeftOnPage): Promise<void> {
    let through = attempt.through;
    try {
      await api.save_annotations(this.at, page, etag, attempt, other);
    } catch (error) {
      if (!(error instanceof api.ApiError) || error.passing) throw error;
      through = ''; // refused: as mine it is merged, or shown
    }
    if (!this.loaded(page)) await this.load(page);
    const since = late.filter((stroke) => stroke.id > through).flatMap((stroke) => stroke.changes);
    this.adopt(since.filter((change) => change.page === page));
  }

  private write(record: () => Promise<void>): void {
    this.writing = this.writing.then(record).catch((error) => {
      this.dispatchEvent(new CustomEvent('trouble', { detail: error }));
    });
  }

  private tell(what: string): void {
    this.dispatchEvent(new Event(what));
  }
}

// What did not change stays the same value, so that nobody draws it anew.
const unless_same = (before: Annotation | undefined, now: Annotation): Annotation =>
  (before && same(before, now) ? before : now);

interface LeftOnPage { late: Stroke[]; base: Annotations; mine: Annotations; attempt: Attempt }

// What of a page the server may not have, as the journal tells; nothing if it comes to nothing. As a
// tab closes it sends all that it has, which the journal may not know.
function left_on_page({ page, annotations, through, attempt }: PageBase, strokes: readonly Stroke[]): LeftOnPage | null {
  const late = strokes.filter((stroke) => stroke.id > through && stroke.changes.some((c) => c.page === page));
  const base = by_id(annotations);
  const mine = apply_all(new Map(base), late.flatMap((stroke) => stroke.changes).filter((c) => c.page === page));
  if (!attempt && !difference(page, base, mine).length) return null;
  return { late, base, mine,
    attempt: attempt ?? { through: strokes.at(-1)!.id, annotations: [...mine.values()] } };
}

interface Claimed { id: string; release: () => void }

const patience = 3000; // milliseconds that the page before may take to go

// The session that this tab had before it was loaded again, else the newest that no living tab has,
// else a new one; and the other dead ones.
async function own_session(journal: Journal, place: string) {
  const before = globalThis.sessionStorage?.getItem(place);
  const claimed: Claimed[] = [];
  for (const id of await journal.sessions(place)) {
    const release = await claim(id, id === before ? patience : 0);
    if (release) claimed.push({ id, release });
  }
  const own = claimed.find(({ id }) => id === before) ?? claimed[0] ?? await new_session();
  globalThis.sessionStorage?.setItem(place, own.id);
  return { ...own, dead: claimed.filter(({ id }) => id !== own.id) };
}

async function new_session(): Promise<Claimed> {
  const id = ulid();
  return { id, release: await claim(id) ?? (() => {}) };
}
