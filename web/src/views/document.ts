// One document: its page with words and annotations, what can be said of them, its history.
import * as api from '../api';
import { AnnotationList } from '../desk/annotation_list';
import { ClashPanel } from '../desk/clash_panel';
import { class_bar } from '../desk/class_bar';
import { Commands, type Flow } from '../desk/commands';
import { Discussion } from '../desk/discussion';
import { HistoryPanel } from '../desk/history_panel';
import { LabelChips } from '../desk/label_chips';
import { open_document, type Opening } from '../desk/opening';
import { PageStrip } from '../desk/page_strip';
import { PresenceLine } from '../desk/presence';
import { Queue } from '../desk/queue';
import { ReadingPanel } from '../desk/reading_panel';
import { ReviewBar } from '../desk/review_bar';
import { discussion_panel, facts_panel, SideTabs } from '../desk/side_tabs';
import { sync_chip } from '../desk/sync_chip';
import { Toolbar } from '../desk/toolbar';
import { Desk } from '../editor/desk';
import { Keeper } from '../editor/keeper';
import { DocumentSession } from '../editor/session';
import { Journal } from '../editor/journal';
import type { Tool } from '../page/pointer';
import { Stage } from '../page/stage';
import { t } from '../texts';
import { Palette } from '../ui/colours';
import { ask } from '../ui/dialog';
import { error_box, h, message_of, replace, toast } from '../ui/dom';
import type { Action } from '../ui/keymap';
import { allows, work_of } from '../ui/rights';
import { blame_line } from './story';
import type { Annotation } from '../editor/annotation';
import { follow } from '../events';
import type { View } from './view';

export const show_document: View = async (place, parameters, { go, user }) => {
  const at = parameters as unknown as api.DocumentAt;
  const page = Number(new URLSearchParams(location.search).get('page')) || 1;
  const opening = open_document(at, page);
  const [{ about, schema }, session] = await Promise.all([opening.document,
    Journal.open().then((journal) => DocumentSession.open(journal, user.id, at))]);
  const roles = user.projects.find((p) => p.project === `${at.org}/${at.project}`)?.roles ?? [];
  const reader = { roles, addresses: user.addresses };
  const view = new DocumentView(at, opening, about, new Palette(schema), session, reader, go);
  replace(place, view.element);
  try {
    await view.begin();
  } catch (error) {
    view.close();
    throw error;
  }
  return () => view.close();
};

interface Reader { roles: readonly string[]; addresses: readonly string[] }

class DocumentView implements Flow {
  readonly element: HTMLElement;
  private readonly desk: Desk;
  private readonly keeper: Keeper;
  private readonly stage: Stage;
  private readonly commands: Commands;
  private readonly toolbar: Toolbar;
  private readonly strip: PageStrip;
  private readonly queue: Queue;
  private readonly presence: PresenceLine;
  private readonly discussion: Discussion;
  private readonly review: ReviewBar;
  private readonly readings: ReadingPanel;
  private readonly tabs: SideTabs;
  private readonly problem = h('div.problem', { hidden: true });
  private readonly page_count: number;
  private readonly stop = new AbortController();
  private stop_following = () => {};

  constructor(private readonly at: api.DocumentAt, private readonly opening: Opening,
    private readonly about: api.Document, palette: Palette, private readonly session: DocumentSession, private readonly reader: Reader,
    private readonly go: (url: string) => void) {
    this.page_count = Math.max(1, about.pages);
    const { roles } = reader;
    this.desk = new Desk(session, palette, allows(roles, 'judge'));
    this.keeper = new Keeper(session);
    this.stage = new Stage(this.desk, (annotation) => this.blame(annotation));
    this.discussion = new Discussion(at, reader.addresses);
    this.review = new ReviewBar(at, about, roles, this.keeper, (done) => this.reviewed(done));
    this.readings = new ReadingPanel(at, this.desk, this.keeper, this.stage, (page) => this.turn_to(page),
      () => this.reviewed(true));
    this.commands = new Commands(this.desk, this.stage, this);
    this.strip = new PageStrip(at, this.page_count, (page) => void this.turn_to(page));
    const name = about.file_name || at.id;
    document.title = `${name} – Glossator`;
    this.queue = new Queue(at, work_of(roles), at.id);
    this.presence = new PresenceLine(at, () => this.desk.page);
    this.toolbar = new Toolbar((action) => this.commands.action(action), [h('h1', name)],
      [this.presence.element, sync_chip(this.keeper), this.review.element]);
    this.tabs = this.side();
    this.element = h('div.document', this.toolbar.element, this.strip.element,
      h('div.middle', this.stage.element, this.problem), this.tabs.element);
    this.listen();
  }

  private side(): SideTabs {
    const around = { discussion: this.discussion, judging: () => this.judging(),
      run: (action: Action) => this.commands.action(action) };
    const labels = h('div.labels', new ClashPanel(this.desk, this.keeper, this.stage).element, this.readings.element,
      class_bar(this.desk, () => this.commands.action('classify')),
      new LabelChips(this.desk, (name) => this.commands.label(name)).element,
      new AnnotationList(this.desk, this.stage, around).element);
    const show = (page: number, id: string) => void this.turn_to(page, id);
    return new SideTabs({ labels: () => ({ element: labels }),
      history: () => new HistoryPanel(this.at, this.desk, this.stage, show),
      discussion: () => discussion_panel(this.discussion, this.desk, (id) => show(this.session.find(id)!.page || 1, id)),
      about: () => facts_panel(this.at, this.about, allows(this.reader.roles, 'retry')) });
  }

  private listen(): void {
    const { signal } = this.stop;
    document.addEventListener('keydown', (event) => this.commands.key(event), { signal });
    this.stage.addEventListener('tool', (event) => this.toolbar.choose((event as CustomEvent<Tool>).detail));
    this.desk.addEventListener('annotations', () => this.toolbar.can(this.session.can_undo, this.session.can_redo));
    this.desk.addEventListener('choice', () => this.chosen());
    this.review.addEventListener('moved', () => this.desk.dispatchEvent(new Event('choice')));
    this.keeper.addEventListener('failure', (event) => this.failed((event as CustomEvent).detail));
  }

  private chosen(): void {
    this.remember();
    if (this.desk.picked && this.tabs.opened !== 'history') this.tabs.open('labels');
  }

  judging(): boolean {
    return this.review.judging;
  }

  private readonly blamed = new Map<string, Promise<HTMLElement | null>>();

  private blame(annotation: Annotation): Promise<HTMLElement | null> {
    const is_new = this.session.pending(this.desk.page).some((change) => change.id === annotation.id);
    if (is_new) return Promise.resolve(null);
    const key = `${annotation.id} ${this.session.etag(this.desk.page)}`;
    const known = this.blamed.get(key) ?? api.blame(this.at, annotation.id).then(blame_line, () => null);
    this.blamed.set(key, known);
    return known;
  }

  async begin(): Promise<void> {
    const query = new URLSearchParams(location.search);
    await this.turn_to(Number(query.get('page')) || 1, query.get('annotation'));
    this.stage.window.focus({ preventScroll: true });
    void this.settle_in();
  }

  // What may come after the page can be used: the classes, work from elsewhere, what others do.
  private async settle_in(): Promise<void> {
    try {
      await this.session.load(0);
      if (allows(this.reader.roles, 'annotate')) await this.keeper.adopt_drafts();
      await this.discussion.load();
      if (this.about.readings && allows(this.reader.roles, 'judge')) await this.readings.load();
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
    }
    if (allows(this.reader.roles, 'annotate')) this.queue.prefetch();
    this.stop_following = follow(this.at, (event) => {
      const ours = event.subject.includes(this.at.id);
      if (ours && event.type.endsWith('document.reread')) void this.open_anew();
      else if (ours && event.type.endsWith('comments.changed')) void this.discussion.load().catch(() => {});
      else if (ours || /pushed|schema/.test(event.type)) void this.refresh();
    });
  }

  // Words and images are others now. What was done here is saved first, or lies in the journal.
  private async open_anew(): Promise<void> {
    await this.keeper.flush().catch(() => {});
    if (this.stop.signal.aborted) return;
    toast(t.was_reread);
    this.go(`${location.pathname}?page=${this.desk.page}`);
  }

  private async refresh(): Promise<void> {
    try {
      await this.keeper.refresh();
      await this.review.refresh();
      for (const page of [0, this.desk.page]) await this.session.load(page);
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
    }
  }

  close(): void {
    this.stop.abort();
    this.stop_following();
    this.presence.close();
    this.tabs.close();
    this.stage.close();
    void this.keeper.flush().catch(() => {}).then(() => {
      this.keeper.close();
      return this.session.close();
    });
  }

  private failed(error: api.ApiError): void {
    if (error.status === 401) location.reload();
    if (error.status === 403) toast(message_of(error));
  }

  // -- pages -------------------------------------------------------------------------------------

  async turn_to(page: number, annotation: string | null = null): Promise<void> {
    const wanted = Math.min(Math.max(1, page), this.page_count);
    if (wanted !== this.desk.page) await this.show(wanted);
    if (!annotation) return;
    this.desk.pick(annotation);
    this.stage.reveal(annotation);
  }

  private turning = 0;

  private async show(page: number): Promise<void> {
    const turn = this.turning += 1;
    this.strip.show(page);
    this.problem.hidden = true;
    try {
      const { words, annotations, image, is_early } = await this.opening.page(page);
      if (turn !== this.turning) return;
      if (!this.session.loaded(page)) await this.session.load(page, annotations);
      this.desk.open(page, words);
      const { width, height, marks = [] } = this.about.page_list?.[page - 1] ?? { width: 1, height: 1 };
      await this.stage.show(image, width, height, marks);
      performance.mark('desk-ready'); // what ./dev bench ui waits for
      this.remember();
      if (is_early) await this.session.load(page);
      if (page < this.page_count) this.opening.prepare(page + 1);
    } catch (error) {
      if (error instanceof api.ApiError && error.status === 401) throw error;
      const reason = this.about.page_list?.[page - 1]?.failure;
      replace(this.problem, error_box(reason ? new Error(t.page_failed(reason)) : error));
      this.problem.hidden = false;
    }
  }

  private remembering = 0;

  // The address follows what is looked at a moment later: a browser ignores whoever changes it some
  // 200 times in ten seconds, also when the next document is to be shown, and a held key does.
  private remember(): void {
    clearTimeout(this.remembering);
    this.remembering = window.setTimeout(() => this.write_address(), 200);
  }

  private write_address(): void {
    if (!this.desk.page || this.stop.signal.aborted) return;
    const query = new URLSearchParams({ page: String(this.desk.page) });
    if (this.desk.picked) query.set('annotation', this.desk.picked);
    history.replaceState(null, '', `${location.pathname}?${query}`);
  }

  show_words(shown: boolean): void {
    this.toolbar.show_words(shown);
  }

  // -- from document to document -----------------------------------------------------------------

  async submit(): Promise<void> {
    this.review.step();
  }

  private reviewed(done: boolean): void {
    if (done) void this.next_document();
  }

  async next_document(): Promise<void> {
    const next = await this.queue.next();
    const home = `/${encodeURIComponent(this.at.org)}/${encodeURIComponent(this.at.project)}`;
    if (!next) toast(t.queue_empty);
    this.go(next ? `${home}/documents/${next.id}` : home);
  }

  async skip(): Promise<void> {
    const reason = await ask(t.skip_document, t.why_skipped);
    if (!reason) return;
    await api.skip(this.at, reason);
    await this.next_document();
  }
}
