// The history of a document: who did what, and a slider through it. What was different at an earlier
// revision is drawn on the page; the page as it was then can be brought back.
//
// Everything is told from the changes of the revisions, newest first, which the list below shows anyway:
// going back means taking them away one after the other. Only bringing back asks the server.
import * as api from '../api';
import { apply_all, difference, reversed, type Annotations, type Change } from '../editor/annotation';
import type { Desk } from '../editor/desk';
import type { Stage } from '../page/stage';
import { locale, t } from '../texts';
import { error_box, h, message_of, replace, toast } from '../ui/dom';
import { story } from '../views/story';

type Show = (page: number, annotation: string) => void;

const clock = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

export class HistoryPanel {
  readonly element = h('div.history');
  private readonly tools = h('section.compare', { hidden: true, 'aria-label': t.compare });
  private readonly list = h('div');
  private readonly more = h('div.more', h('p.loading', t.loading));
  private revisions: api.Revision[] = [];
  private back = 0;        // how many revisions are taken away
  private as_it_was = false;
  private readonly stop = new AbortController();

  constructor(private readonly at: api.DocumentAt, private readonly desk: Desk, private readonly stage: Stage,
    private readonly show: Show) {
    replace(this.element, this.tools, this.list, this.more);
    for (const event of ['page', 'annotations']) {
      desk.addEventListener(event, () => this.compare(), { signal: this.stop.signal });
    }
    void this.load();
  }

  close(): void {
    this.stop.abort();
    this.stage.compare(null);
  }

  private async load(cursor?: string): Promise<void> {
    try {
      const { items, next_cursor: next } = await api.history(this.at, cursor);
      this.revisions = [...this.revisions, ...items];
      this.list.append(story(items, this.desk.palette, (change) => this.show(change.page || 1, change.id)));
      replace(this.more, next && h('button', { type: 'button', onclick: () => void this.load(next) }, t.earlier));
      this.draw_tools();
    } catch (error) {
      replace(this.more, error_box(error));
    }
  }

  // -- the slider --------------------------------------------------------------------------------

  private readonly told = h('output.muted');
  private readonly legend = h('p.legend');
  private readonly slider = h('input', { type: 'range', min: '0', step: '1', 'aria-label': t.compare,
    oninput: () => this.go(Number(this.slider.max) - Number(this.slider.value)) });
  private readonly restore = h('button', { type: 'button', onclick: () => void this.bring_back() }, t.restore);

  private draw_tools(): void {
    this.tools.hidden = this.revisions.length < 2;
    this.slider.max = String(this.revisions.length);
    const choice = (title: string, then: boolean) => h('label', h('input', { type: 'radio', name: 'compared',
      checked: then === this.as_it_was, onchange: () => { this.as_it_was = then; this.compare(); } }), ' ', title);
    replace(this.tools, h('h3', t.compare), this.slider, this.told,
      h('div.actions', this.shortcut(t.since_submitted, ['submitted']),
        this.shortcut(t.since_verdict, ['accepted', 'rejected'])),
      h('div.choices', choice(t.differences, false), choice(t.as_it_was, true)), this.legend, this.restore);
    this.go(this.back);
  }

  // To the newest revision that moved the review to one of these states.
  private shortcut(title: string, states: readonly string[]): HTMLElement | false {
    const at = this.revisions.findIndex((revision) => states.includes(revision.review ?? ''));
    return at >= 0 && h('button.chip', { type: 'button', onclick: () => this.go(at) }, title);
  }

  private go(back: number): void {
    this.back = back;
    this.slider.value = String(this.revisions.length - back);
    this.compare();
  }

  // The page as it was before the newest `back` revisions.
  private earlier(): Annotations {
    const { page, annotations } = this.desk;
    const changes = this.revisions.slice(0, this.back).flatMap((revision) => revision.changes
      .filter((change) => change.page === page).map((change): Change => ({ page, id: change.id,
        before: change.before ?? null, after: change.after ?? null })).reverse());
    return apply_all(new Map(annotations), changes.flatMap((change) => reversed([change])));
  }

  private compare(): void {
    const revision = this.revisions[this.back];
    const when = revision ? t.as_of(clock.format(new Date(revision.at))) : t.earliest;
    replace(this.told, this.back === 0 ? t.now : when);
    this.restore.hidden = this.back === 0 || !revision;
    if (this.back === 0) {
      replace(this.legend);
      return this.stage.compare(null);
    }
    const earlier = this.earlier();
    const changes = difference(this.desk.page, earlier, this.desk.annotations);
    replace(this.legend, changes.length ? h('span', '+ ', t.legend.added, ' · − ', t.legend.removed, ' · ~ ',
      t.legend.changed) : t.no_difference);
    return this.stage.compare({ changes, then: this.as_it_was ? earlier : null });
  }

  private async bring_back(): Promise<void> {
    const revision = this.revisions[this.back];
    try {
      this.desk.restore(await api.annotations_at(this.at, this.desk.page, revision.commit));
      this.go(0);
      toast(t.restored);
    } catch (error) {
      toast(message_of(error));
    }
  }
}
