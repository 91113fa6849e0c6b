// How a project stands: progress, throughput, who does what, failures, quality, labels.
import * as api from '../api';
import { follow } from '../events';
import { date_of, named, number, t } from '../texts';
import { h, message_of, replace, toast } from '../ui/dom';
import { bars, columns, percentages, share_bar, type Part, type Point, type Tone } from '../ui/plot';
import { allows } from '../ui/rights';
import { Palette } from '../ui/colours';
import type { View } from './view';

const spans = [14, 30, 90, 365];
const deeds: [string, Tone][] = [['submitted', 4], ['accepted', 5], ['rejected', 6]];
const day_length = 86_400_000;

const home_of = (at: api.ProjectAt) => `/${encodeURIComponent(at.org)}/${encodeURIComponent(at.project)}`;

export const show_overview: View = async (place, parameters) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${t.overview} – ${at.project} – Glossator`;
  const [project, schema] = await Promise.all([api.project(at), api.schema(at).catch(() => ({}))]);
  const page = new OverviewPage(at, project, new Palette(schema));
  await page.load();
  replace(place, page.element);
  let timer: ReturnType<typeof setTimeout>;
  const stop = follow(at, () => {
    clearTimeout(timer);
    timer = setTimeout(() => void page.load().catch(() => {}), 1500);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
};

class OverviewPage {
  readonly element: HTMLElement;
  private readonly cards = h('div.overview');
  private days = 30;

  constructor(private readonly at: api.ProjectAt, private readonly project: api.Project,
    private readonly palette: Palette) {
    const choose = (event: Event) => {
      this.days = Number((event.target as HTMLSelectElement).value);
      this.load().catch((error) => toast(message_of(error)));
    };
    this.element = h('div', h('div.heading', h('h1', project.name || at.project), h('span.space'),
      h('label.span', t.period, h('select', { name: 'days', onchange: choose }, spans.map((days) =>
        h('option', { value: days, selected: days === this.days }, t.last_days(days)))))), this.cards);
  }

  async load(): Promise<void> {
    const overview = await api.overview(this.at, this.days);
    if (this.cards.contains(document.activeElement)) return; // whoever reads here is not disturbed
    replace(this.cards, this.progress(overview), this.throughput(overview), this.people(overview),
      this.failures(overview), this.quality(overview), this.labels(overview));
  }

  private link(filter: Record<string, string>): string {
    return `${home_of(this.at)}?${new URLSearchParams(filter)}`;
  }

  private progress({ documents: { states, reviews } }: api.Overview): HTMLElement {
    const waiting = (states.uploaded ?? 0) + (states.queued ?? 0) + (states.processing ?? 0);
    const review = (name: string, tone: Tone): Part => ({ name: named(t.reviews, name), value: reviews[name] ?? 0, tone,
      href: this.link({ review: name }) });
    const parts: Part[] = [review('accepted', 5), review('submitted', 4), review('rejected', 6),
      review('in_progress', 3), review('new', 2),
      { name: t.being_read, value: waiting, tone: 1, href: this.link({ state: 'queued' }) },
      { name: t.states.failed, value: states.failed ?? 0, tone: 7, href: this.link({ state: 'failed' }) }];
    const all = parts.reduce((sum, part) => sum + part.value, 0);
    const [accepted] = percentages(parts.map((part) => part.value));
    return card(t.progress, all ? h('p.big', t.percent(accepted), h('span.muted', ` ${t.accepted_of(all)}`))
      : h('p.empty', t.no_documents_yet, ' ', h('a', { href: home_of(this.at) }, t.to_documents)),
    share_bar({ title: t.progress, about: t.progress_about(accepted, all), parts }));
  }

  private throughput({ days }: api.Overview): HTMLElement {
    const known = new Map(days.map(({ day, deeds: counts }) => [day, counts]));
    const today = Math.floor(Date.now() / day_length);
    const points: Point[] = Array.from({ length: this.days }, (_, i) => {
      const date = new Date((today - this.days + 1 + i) * day_length);
      const counts = known.get(date.toISOString().slice(0, 10)) ?? {};
      return { name: date_of(date, 'short'), long_name: date_of(date, 'long'),
        values: deeds.map(([deed]) => counts[deed] ?? 0) };
    });
    const total = points.flatMap((point) => point.values).reduce((a, b) => a + b, 0);
    return card(t.throughput, total ? columns({ title: t.throughput, about: t.throughput_about(total, this.days),
      series: deeds.map(([deed, tone]) => ({ name: named(t.deeds, deed), tone })), points, first_head: t.day })
      : h('p.empty', t.nothing_done));
  }

  private people({ people }: api.Overview): HTMLElement {
    const done = (person: api.Overview['people'][0]) => deeds.map(([deed]) => person.deeds[deed] ?? 0);
    const rows = people.map((person) => ({ name: person.name || t.somebody_gone,
      values: [person.deeds.saved ?? 0, ...done(person)] })).filter((one) => one.values.some(Boolean))
      .sort((a, b) => b.values[1] + b.values[2] - a.values[1] - a.values[2] || b.values[0] - a.values[0]);
    return card(t.who_does_what, rows.length ? bars({ title: t.who_does_what, about: t.last_days(this.days),
      first_head: t.person, rows, series: [{ name: t.deeds.saved, tone: 2 },
        ...deeds.map(([deed, tone]) => ({ name: named(t.deeds, deed), tone }))] }) : h('p.empty', t.nothing_done));
  }

  private failures({ documents: { failures } }: api.Overview): HTMLElement {
    const list = Object.entries(failures).sort(([, a], [, b]) => b - a);
    const may_retry = allows(this.project.roles ?? [], 'retry');
    const item = ([code, count]: [string, number]) => h('li', h('div', h('a', { href: this.link({ failure: code }) },
      named(t.failures, code)), h('p.muted', t.failure_help[code] ?? '')), h('strong', number(count)),
    may_retry && code !== 'pages_failed' && this.retry_button(code, count));
    return card(t.failures_title, list.length ? h('ul.failures', list.map(item)) : h('p.empty.good', t.no_failures));
  }

  private retry_button(code: string, count: number): HTMLElement {
    const button = h('button', { type: 'button', 'aria-label': `${t.retry}: ${named(t.failures, code)}` }, t.retry);
    button.addEventListener('click', () => {
      button.disabled = true;
      retry_failed(this.at, code, count).then((done) => {
        toast(t.read_again(done));
        button.blur();
        return this.load();
      }).catch((error) => {
        button.disabled = false;
        toast(message_of(error));
      });
    });
    return button;
  }

  private quality({ pages }: api.Overview): HTMLElement {
    const points = pages.confidence.map((value, i) => ({ name: t.percent(i * 5),
      long_name: t.percent_range(i * 5, i * 5 + 5), values: [value] }));
    const sure = pages.confidence.slice(18).reduce((a, b) => a + b, 0);
    const all = pages.confidence.reduce((a, b) => a + b, 0);
    const [sure_share] = percentages([sure, all - sure]);
    const tones: Record<string, Tone> = { good: 5, blurred: 6, faint: 3, small: 4, skewed: 2, blank: 1 };
    const parts = Object.entries(pages.qualities).map(([name, value]) => ({ name: named(t.qualities, name), value,
      tone: tones[name] ?? 1 as Tone }));
    return card(t.quality, all ? [h('p.muted', t.quality_about(sure_share, all)),
      columns({ title: t.confidence_of_pages, about: t.quality_about(sure_share, all), points, first_head: t.confidence,
        series: [{ name: t.pages, tone: 4 }] })] : h('p.empty', t.nothing_read),
    parts.length > 0 && [h('h3', t.scans), share_bar({ title: t.scans, about: t.scans_about, parts })],
    all > 0 && h('p', h('a', { href: this.link({ sort: 'confidence' }) }, t.least_sure_first)));
  }

  private labels({ labels }: api.Overview): HTMLElement {
    const rows = labels.map((one) => ({ name: this.palette.title_of(one.label) || t.correction,
      values: [one.annotations, one.proposed], href: one.label ? this.link({ label: one.label }) : undefined }))
      .sort((a, b) => b.values[0] + b.values[1] - a.values[0] - a.values[1]).slice(0, 20);
    return card(t.labels, rows.length ? bars({ title: t.labels, about: t.labels_about, first_head: t.label, rows,
      series: [{ name: t.confirmed, tone: 4 }, { name: t.proposed, tone: 2 }] }) : h('p.empty', t.no_labels_yet));
  }
}

function card(title: string, ...content: Parameters<typeof h>[1][]): HTMLElement {
  return h('section.card', { 'aria-label': title }, h('h2', title), ...content as []);
}

// All that failed for one reason, as many at once as the server takes. Answers how many are read again.
async function retry_failed(at: api.ProjectAt, failure: string, count: number): Promise<number> {
  let done = 0;
  for (let round = 0; round <= count / 500; round += 1) {
    const { items } = await api.documents(at, { state: 'failed', failure, limit: 500 });
    if (!items.length) break;
    const outcome = await api.retry_all(at, items.map((document) => document.id));
    done += outcome.done;
    if (!outcome.done) break;
  }
  return done;
}
