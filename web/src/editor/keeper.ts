// Brings what a session holds to the server, and tells how far that is.
//
//   const keeper = new Keeper(session);
//   keeper.addEventListener('state', () => show(keeper.state));
//   await keeper.flush();                       // before a submit
//
// A stroke is in the server's draft within a second and becomes a version of the page when the hand
// rests. Without the server everything stays in the journal and is tried again, sooner when the
// browser says that the network is back. What two people did to one annotation waits in `clashes`
// until somebody has chosen; everything else is saved meanwhile no less.
import * as api from '../api';
import { apply_all, by_id, type Annotation, type Change } from './annotation';
import type { Attempt } from './journal';
import type { DocumentSession } from './session';

export type KeeperState =
  | { kind: 'saved'; at: Date | null }
  | { kind: 'saving' }
  | { kind: 'offline'; changes: number }
  | { kind: 'clash'; count: number }
  | { kind: 'refused'; reasons: string[] };

export interface Clash { page: number; conflicts: api.Conflict[]; current: api.Versioned }

const draft_after = 350;
const save_after = 2500;
const longest_wait = 15_000;

type Timer = ReturnType<typeof setTimeout>;

export class Keeper extends EventTarget {
  readonly clashes = new Map<number, Clash>();
  private refusals = new Map<number, string[]>();
  private state_: KeeperState = { kind: 'saved', at: null };
  private draft_timer?: Timer;
  private save_timer?: Timer;
  private retry_timer?: Timer;
  private wait = 1000;
  private drafted = '';
  private has_draft = false;
  private saving: Promise<void> | null = null;
  private foreign: string[] = [];
  private readonly off: (() => void)[] = [];

  constructor(private readonly session: DocumentSession) {
    super();
    this.listen(session, 'stroke', () => this.touch());
    this.listen(window, 'online', () => this.retry());
    this.listen(window, 'pagehide', () => this.hurry());
    this.listen(session, 'trouble', () => this.touch());
    if (session.dirty_pages().length) this.touch();
  }

  get state(): KeeperState {
    return this.state_;
  }

  close(): void {
    this.off.forEach((stop) => stop());
    [this.draft_timer, this.save_timer, this.retry_timer].forEach(clearTimeout);
  }

  // What this person did in another browser that went away before it was saved.
  async adopt_drafts(): Promise<void> {
    const drafts = await api.drafts(this.session.at);
    for (const draft of drafts.filter((d) => d.session !== this.session.id)) {
      const pages = Object.entries(draft.content.pages ?? {}).filter(([page, { through }]) =>
        !through || !(through <= draft.saved?.[page])); // else it was saved, and not heard of
      for (const [page] of pages) await this.session.load(Number(page));
      this.session.adopt(pages.flatMap(([, { changes }]) => changes));
      this.foreign.push(draft.session);
    }
    if (drafts.some((draft) => draft.session === this.session.id)) this.has_draft = true;
    if (drafts.length) this.touch();
  }

  // Resolves when everything is a version on the server; throws if that cannot be.
  async flush(): Promise<void> {
    clearTimeout(this.save_timer);
    await this.save();
    if (this.session.dirty_pages().length) throw new Error(this.state_.kind);
  }

  // Somebody else has changed the document: take it in, or merge it with what waits here.
  async refresh(): Promise<void> {
    if (this.session.dirty_pages().length) return this.save();
    return undefined;
  }

  // The choices of a person: which of the conflicting fields take the other side's value.
  settle(page: number, theirs: (conflict: api.Conflict) => boolean): void {
    const clash = this.clashes.get(page);
    if (!clash) return;
    this.clashes.delete(page);
    const kept = keep_mine(this.session.pending(page), clash, theirs);
    this.session.settle(page, clash.current, kept);
    this.update();
    this.touch();
  }

  // -- when --------------------------------------------------------------------------------------

  private touch(): void {
    this.set({ kind: 'saving' });
    clearTimeout(this.draft_timer);
    this.draft_timer = setTimeout(() => void this.draft(), draft_after);
    clearTimeout(this.save_timer);
    this.save_timer = setTimeout(() => void this.save(), save_after);
  }

  private retry(): void {
    clearTimeout(this.retry_timer);
    if (this.session.dirty_pages().length) void this.save();
  }

  private away(): void {
    this.set({ kind: 'offline', changes: this.session.unconfirmed });
    clearTimeout(this.retry_timer);
    this.retry_timer = setTimeout(() => this.retry(), this.wait);
    this.wait = Math.min(this.wait * 2, longest_wait);
  }

  // -- the draft ---------------------------------------------------------------------------------

  private content(): api.Draft['content'] {
    const pages = this.session.dirty_pages().map((page) =>
      [page, { etag: this.session.etag(page), changes: this.session.pending(page), through: this.session.last_stroke }]);
    return { pages: Object.fromEntries(pages) };
  }

  // What is counted as kept here after a failure must lie in the journal by then.
  private async draft(closing = false): Promise<void> {
    if (!closing) await this.session.written();
    const through = this.session.last_stroke;
    if (through === this.drafted || !this.session.dirty_pages().length) return;
    try {
      this.has_draft = true;
      await api.put_draft(this.session.at, this.session.id, this.content(), closing);
      this.drafted = through;
      this.confirm(through);
      this.update();
    } catch (error) {
      this.failed(error);
    }
  }

  // The tab closes: what can still be sent is sent. Whether it arrived, the next one to open the
  // document finds out by sending the same once more.
  private hurry(): void {
    void this.draft(true);
    const { session } = this;
    for (const page of session.dirty_pages().filter((dirty) => !this.clashes.has(dirty))) {
      void api.save_annotations(session.at, page, session.etag(page), session.attempt(page), session.id, true)
        .catch(() => {});
    }
  }

  private async drop_drafts(): Promise<void> {
    const mine = this.has_draft ? [this.session.id] : [];
    for (const id of [...mine, ...this.foreign]) await api.drop_draft(this.session.at, id);
    this.has_draft = false;
    this.foreign = [];
  }

  // -- the save ----------------------------------------------------------------------------------

  private async save(): Promise<void> {
    while (this.saving) await this.saving;
    this.saving = this.save_pages().finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  private async save_pages(): Promise<void> {
    try {
      await this.session.written();
      for (const page of this.session.dirty_pages()) {
        if (!this.clashes.has(page)) await this.save_page(page);
      }
      this.wait = 1000;
      if (!this.session.dirty_pages().length) {
        // Also when a stroke was taken back before it was sent: then there is nothing to confirm.
        this.session.unconfirmed = 0;
        await this.drop_drafts();
      }
      this.update();
    } catch (error) {
      this.failed(error);
    }
  }

  // What nobody has heard the answer to goes first, as it was; then what was done since.
  private async save_page(page: number): Promise<void> {
    const attempt = this.session.attempt(page);
    await this.session.written();
    let refusal = await this.send(page, attempt);
    if (attempt.through !== this.session.last_stroke && this.session.pending(page).length) {
      const later = this.session.attempt(page);
      await this.session.written();
      refusal = await this.send(page, later);
    }
    this.refusals.delete(page);
    if (!refusal || !this.session.pending(page).length) return; // or it was taken back meanwhile
    if (refusal.code === 'conflict') this.note_clash(page, refusal);
    else this.refusals.set(page, reasons_of(refusal));
  }

  // Answers what the server has against it, if that is something in the annotations.
  private async send(page: number, attempt: Attempt): Promise<api.ApiError | null> {
    const { session } = this;
    try {
      const answer = await api.save_annotations(session.at, page, session.etag(page), attempt, session.id);
      session.sent(page, attempt, answer);
      this.confirm(attempt.through);
      return null;
    } catch (error) {
      if (!(error instanceof api.ApiError) || error.passing) throw error;
      session.give_up(page);
      if (error.code === 'conflict' || error.status === 422) return error;
      throw error;
    }
  }

  private note_clash(page: number, error: api.ApiError): void {
    const { conflicts, current } = error.body as
      { conflicts: api.Conflict[]; current: { etag: string; annotations: Annotation[] } };
    this.clashes.set(page, { page, conflicts, current });
    this.dispatchEvent(new Event('clash'));
  }

  private failed(error: unknown): void {
    if (!(error instanceof api.ApiError)) throw error;
    if (error.passing) this.away();
    else this.set({ kind: 'refused', reasons: [error.message] });
    this.dispatchEvent(new CustomEvent('failure', { detail: error }));
  }

  private confirm(through: string): void {
    if (through === this.session.last_stroke) this.session.unconfirmed = 0;
  }

  // -- what is told ------------------------------------------------------------------------------

  private update(): void {
    const count = [...this.clashes.values()].reduce((sum, c) => sum + c.conflicts.length, 0);
    if (count) this.set({ kind: 'clash', count });
    else if (this.refusals.size) this.set({ kind: 'refused', reasons: [...this.refusals.values()].flat() });
    else if (this.session.unconfirmed) this.set({ kind: 'saving' });
    else this.set({ kind: 'saved', at: new Date() });
  }

  private set(state: KeeperState): void {
    this.state_ = state;
    this.dispatchEvent(new Event('state'));
  }

  private listen(target: EventTarget, what: string, act: () => void): void {
    target.addEventListener(what, act);
    this.off.push(() => target.removeEventListener(what, act));
  }
}

function reasons_of(error: api.ApiError): string[] {
  const errors = error.body.errors as { detail: string }[] | undefined;
  return errors?.map((each) => each.detail) ?? [error.message];
}

// My changes above the server's state, but for the fields where the other side was chosen.
export function keep_mine(mine: readonly Change[], { conflicts, current }: Clash,
  theirs: (conflict: api.Conflict) => boolean): Change[] {
  const now = by_id(current.annotations);
  return mine.flatMap((change) => {
    const given_up = conflicts.filter((c) => c.id === change.id && theirs(c)).map((c) => c.field);
    if (given_up.includes('')) return [];
    const before = now.get(change.id) ?? null;
    const carried = apply_all(new Map(now), [change]).get(change.id) ?? null;
    const after = carried && before ? with_fields_of(before, carried, given_up) : carried;
    return [{ ...change, before, after }];
  });
}

function with_fields_of(theirs: Annotation, mine: Annotation, fields: string[]): Annotation {
  const result = structuredClone(mine) as unknown as Record<string, Record<string, unknown>>;
  const source = theirs as unknown as Record<string, Record<string, unknown>>;
  for (const field of fields) {
    const [name, inner] = field.split(/\.(.*)/s);
    if (inner) put(result[name] ??= {}, inner, source[name]?.[inner]);
    else put(result, name, source[name]);
  }
  return result as unknown as Annotation;
}

function put(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) delete fields[name];
  else fields[name] = value;
}
