// The documents of a project: search and filters, order, many at once, upload.
import * as api from '../api';
import { follow } from '../events';
import { named, number, t } from '../texts';
import { copy_line, error_box, h, message_of, replace, time, toast } from '../ui/dom';
import { ask } from '../ui/dialog';
import { allows, work_of } from '../ui/rights';
import { BulkBar } from './bulk_bar';
import { DropZone } from './upload';
import type { View } from './view';

const page_size = 50;
const thumbnail_width = 96; // twice what is shown, for sharp screens
const states = ['ready', 'partly_ready', 'queued', 'processing', 'failed'];
const reviews = ['new', 'in_progress', 'submitted', 'accepted', 'rejected'];
const filters = ['q', 'state', 'review', 'label', 'key', 'assignee', 'failure', 'received_from', 'received_until',
  'confidence', 'label_confidence', 'sampled', 'anchor', 'read_otherwise', 'sort'] as const;
type FilterName = (typeof filters)[number];
type Filter = Partial<Record<FilterName, string>>;

// What people look for most, by role.
const shortcuts: [string, Filter, Parameters<typeof allows>[1]][] = [
  ['everything', {}, 'read'],
  ['mine', { assignee: 'me' }, 'submit'],
  ['to_review', { review: 'submitted' }, 'judge'],
  ['sample', { review: 'submitted', sampled: '1' }, 'judge'],
  ['sure_ones', { review: 'submitted', label_confidence: '950-1000' }, 'judge'],
  ['unassigned', { review: 'new', assignee: 'none' }, 'manage_project'],
  ['came_back', { review: 'rejected' }, 'read'],
  ['failed', { state: 'failed' }, 'retry'],
  ['lost_labels', { anchor: 'orphaned' }, 'submit'],
  ['moved_labels', { anchor: 'moved' }, 'submit'],
  ['read_otherwise', { read_otherwise: '1' }, 'retry'],
];

// Who may only upload does not see the project itself, but its documents.
async function project_for(at: api.ProjectAt, user: api.User): Promise<api.Project> {
  const roles = user.projects.find((p) => p.project === `${at.org}/${at.project}`)?.roles ?? [];
  if (allows(roles, 'read')) return api.project(at);
  return { organisation: at.org, slug: at.project, name: '', clone_url: '', roles };
}

export const show_documents: View = async (place, parameters, { go, user }) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${at.project} – Glossator`;
  const project = await project_for(at, user);
  const roles = project.roles ?? [];
  const reads = allows(roles, 'read');
  const [schema, members] = await Promise.all([reads ? api.schema(at).catch(() => ({})) : {},
    allows(roles, 'manage_members') ? api.members(at).catch(() => []) : []]);
  const list = new DocumentList(at, roles, schema, members);
  const zone = allows(roles, 'upload') ? new DropZone(at, () => list.reload_soon()) : null;
  replace(place, h('div.heading', h('h1', project.name || at.project), h('span.space'),
    reads && work_button(at, roles, go)),
  zone?.element, list.element, reads && clone_hint(project));
  await list.load();
  const leave = [follow(at, () => list.reload_soon()), zone?.listen()];
  return () => leave.forEach((end) => end?.());
};

class DocumentList {
  readonly element: HTMLElement;
  private filter: Filter;
  private readonly rows = h('tbody');
  private readonly more = h('div.more');
  private readonly summary = h('p.muted', { role: 'status' });
  private readonly chips = h('nav.shortcuts', { 'aria-label': t.shortcuts });
  private readonly fields = h('form.filters', { onsubmit: (event: Event) => event.preventDefault(), role: 'search' });
  private readonly head = h('thead');
  private readonly bulk: BulkBar;
  private shown: api.Document[] = [];
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly at: api.ProjectAt, private readonly roles: readonly string[],
    private readonly schema: api.Schema, private readonly members: readonly api.Member[]) {
    const query = new URLSearchParams(location.search);
    this.filter = Object.fromEntries(filters.map((name) => [name, query.get(name) ?? '']));
    this.bulk = new BulkBar(at, roles, members, () => this.query(), () => this.load());
    this.draw_filters();
    this.element = h('section.list', { 'aria-label': t.documents }, this.chips, this.fields, h('div.summary-line',
      this.summary, h('span.space')), this.bulk.element, h('div.scroll', h('table.documents', this.head, this.rows)),
    this.more);
  }

  // -- what is looked for ----------------------------------------------------------------------------

  private draw_filters(): void {
    const set = (name: FilterName) => (event: Event) =>
      this.change({ [name]: (event.target as HTMLInputElement).value });
    const select = (name: FilterName, title: string, options: [string, string][]) =>
      h('select', { 'aria-label': title, name, onchange: set(name) }, h('option', { value: '' }, title),
        options.map(([value, text]) => h('option', { value, selected: value === this.filter[name] }, text)));
    const input = (name: FilterName, label: string, attributes: object) => h('label', h('span', label), h('input',
      { name, value: this.filter[name] ?? '', oninput: set(name), ...attributes }));
    const labels = [...this.schema.labels ?? [], ...this.schema.tables ?? [], ...this.schema.classes ?? []];
    const people: [string, string][] = [['me', t.assigned_to_me], ['none', t.assigned_to_nobody],
      ...this.members.map((member): [string, string] => [member.address, member.name])];
    const reads = allows(this.roles, 'read');
    const further: FilterName[] = ['key', 'received_from', 'received_until', 'confidence', 'assignee'];
    replace(this.fields, reads && h('input', { type: 'search', name: 'q', placeholder: t.search_text, value: this.filter.q,
      'aria-label': t.search, oninput: set('q') }), select('state', t.all_states, states.map((name) =>
      [name, named(t.states, name)])), reads && [select('review', t.all_reviews, reviews.map((name) =>
      [name, named(t.reviews, name)])), select('label', t.all_labels, labels.map((entry) =>
      [entry.name, entry.title || entry.name])), h('details.further', { open: further.some((name) => this.filter[name]) },
    h('summary', t.more_filters), h('div.fields', h('label', h('span', t.assignee), select('assignee', t.anybody, people)),
      input('key', t.metadata, { placeholder: 'claim=C-7', autocomplete: 'off' }),
      input('received_from', t.received_from, { type: 'date' }), input('received_until', t.received_until, { type: 'date' }),
      h('label', h('span', t.confidence), select('confidence', t.any_confidence,
        [['-699', t.below_percent(70)], ['-849', t.below_percent(85)], ['950-', t.from_percent(95)]]))))]);
    const same = (filter: Filter) => filters.every((name) => (filter[name] ?? '') === (this.filter[name] ?? '')
      || name === 'sort');
    replace(this.chips, shortcuts.filter(([, , right]) => allows(this.roles, right)).map(([name, filter]) =>
      h('button.chip', { type: 'button', 'aria-pressed': same(filter) ? 'true' : 'false', onclick: () => {
        this.filter = { ...filter, sort: this.filter.sort };
        this.draw_filters();
        this.change({}, 0);
      } }, named(t.shortcut_names, name))));
    this.draw_head();
  }

  private draw_head(): void {
    const [by, down] = [(this.filter.sort || '-received').replace('-', ''), (this.filter.sort || '-').startsWith('-')];
    const sorted = (name: string, title: string, first_down = false) => h('th', { scope: 'col', 'aria-sort': by !== name ? null
      : down ? 'descending' : 'ascending' }, h('button.sort', { type: 'button', onclick: () => {
      this.filter.sort = `${(by === name ? !down : first_down) ? '-' : ''}${name}`;
      this.draw_head();
      this.change({}, 0);
    } }, title, h('span', { 'aria-hidden': 'true' }, by === name ? (down ? ' ↓' : ' ↑') : '')));
    const reads = allows(this.roles, 'read');
    replace(this.head, h('tr', this.bulk.offers_anything && h('th.pick', { scope: 'col' }, this.bulk.all_box),
      reads && h('th.small', { scope: 'col' }, h('span.unseen', t.preview)), sorted('name', t.document), h('th', { scope: 'col' },
        t.pages), reads && sorted('confidence', t.confidence), h('th', { scope: 'col' }, t.state),
      reads && h('th', { scope: 'col' }, t.assignee), sorted('received', t.received, true)));
  }

  private change(values: Filter, wait = 200): void {
    Object.assign(this.filter, values);
    const kept = Object.entries(this.filter).filter(([, value]) => value) as [string, string][];
    history.replaceState(null, '', kept.length ? `?${new URLSearchParams(kept)}` : location.pathname);
    this.reload_soon(wait);
  }

  private query(): api.DocumentFilter {
    const key = this.filter.key?.includes('=') ? this.filter.key : '';
    // The day named last is part of what is looked for.
    const last = this.filter.received_until;
    const received_until = last && new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10);
    return { ...this.filter, key, received_until };
  }

  // -- what was found ----------------------------------------------------------------------------------

  reload_soon(wait = 400): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), wait);
  }

  async load(cursor?: string): Promise<void> {
    const mine = this.turn += 1;
    // What is there already is looked at again in one go, so that nobody loses their place.
    const limit = cursor ? page_size : Math.min(500, Math.max(page_size, this.shown.length));
    try {
      const page = await api.documents(this.at, { ...this.query(), cursor, limit });
      if (mine === this.turn) this.draw(page, !cursor);
    } catch (error) {
      if (error instanceof api.ApiError && error.status === 401) throw error;
      replace(this.more, error_box(error));
    }
  }

  private draw(page: api.Page<api.Document>, from_start: boolean): void {
    if (from_start) {
      this.shown = [];
      replace(this.rows);
    }
    this.shown.push(...page.items);
    this.rows.append(...page.items.map((document) => this.row(document)));
    const next = page.next_cursor;
    const filtered = filters.some((name) => name !== 'sort' && this.filter[name]);
    replace(this.summary, this.shown.length
      ? `${t.document_count(this.shown.length)}${next ? ` ${t.and_more}` : ''}` : '');
    this.bulk.show(this.shown, Boolean(next));
    replace(this.more, !this.shown.length && h('div.nothing', h('p', filtered ? t.nothing_matches : t.no_documents),
      filtered && h('button', { type: 'button', onclick: () => {
        this.filter = {};
        this.draw_filters();
        this.change({}, 0);
      } }, t.show_everything)),
    next && h('button', { type: 'button', onclick: () => void this.load(next) }, t.show_more));
  }

  private row(d: api.Document): HTMLElement {
    const { at } = this;
    const url = `/${encodeURIComponent(at.org)}/${encodeURIComponent(at.project)}/documents/${d.id}`;
    const reads = allows(this.roles, 'read');
    const readable = reads && (d.state === 'ready' || d.state === 'partly_ready');
    const name = d.file_name || d.id;
    return h('tr', { 'data-id': d.id }, this.bulk.offers_anything && h('td.pick', this.bulk.box_for(d)),
      reads && h('td.small', readable && picture(at, d)),
      h('td', readable ? h('a', { href: url }, name) : h('span', name), d.sampled && h('span.tag', t.drawn),
        d.labels?.length ? h('div.labels', d.labels.slice(0, 6).map((label) => h('span.label', this.title_of(label))),
          d.labels.length > 6 && h('span.muted', `+${number(d.labels.length - 6)}`)) : null,
        d.failure && failure(d.failure), d.state === 'failed' && allows(this.roles, 'retry')
          && this.retry(d)),
      h('td', pages(d)), reads && h('td', d.confidence !== undefined && sureness(d.confidence)),
      h('td', readable ? h('span', { class: `state ${d.review}` }, named(t.reviews, d.review))
        : h('span', { class: `state ${d.state}` }, named(t.states, d.state)), d.state === 'partly_ready'
        && h('div', h('span.state.partly_ready', named(t.states, d.state)))),
      reads && h('td', d.assignee ?? ''), h('td', time(d.received_at)));
  }

  private title_of(label: string): string {
    const { labels, tables, classes, relations } = this.schema;
    const entry = [labels, tables, classes, relations].flatMap((list) => list ?? []).find((one) => one.name === label);
    return entry?.title || label;
  }

  private retry(d: api.Document): HTMLElement {
    const encrypted = d.failure?.code === 'encrypted';
    const act = async () => {
      const password = encrypted ? await ask(t.retry, t.document_password, { type: 'password' }) : '';
      if (password === null) return;
      try {
        await api.retry({ ...this.at, id: d.id }, password);
        this.reload_soon(0);
      } catch (error) {
        toast(message_of(error));
      }
    };
    return h('button.quiet', { type: 'button', onclick: () => void act() }, t.retry);
  }
}

// What it is in the reader's language, and what the server found in its own.
function failure({ code, reason }: { code: string; reason: string }): HTMLElement {
  return h('div.failure', named(t.failures, code), ' ', h('span.muted', { lang: 'en' }, reason));
}

function pages(d: api.Document): string {
  if (!d.pages) return '';
  return d.state === 'processing' ? t.pages_done(d.pages_done, d.pages) : String(d.pages);
}

// A small page image; a blank sheet until it is there, or if there is none.
function picture(at: api.ProjectAt, d: api.Document): HTMLElement {
  const image = h('img', { alt: '', loading: 'lazy', decoding: 'async', width: 36, height: 48 });
  image.addEventListener('error', () => image.removeAttribute('src'), { once: true });
  void api.small_image({ ...at, id: d.id }, thumbnail_width).then((address) => { image.src = address; }, () => {});
  return h('span.sheet', image);
}

function sureness(confidence: number): HTMLElement {
  const level = confidence >= 900 ? 'high' : confidence >= 750 ? 'fair' : 'low';
  return h('span', { class: `sureness ${level}` }, t.percent(confidence / 10));
}

// To the first document that waits for whoever looks.
function work_button(at: api.ProjectAt, roles: readonly string[], go: (url: string) => void): HTMLElement {
  const work = work_of(roles);
  const start = async () => {
    try {
      const { document: next } = await api.take_next(at, work);
      if (next) go(`/${encodeURIComponent(at.org)}/${encodeURIComponent(at.project)}/documents/${next.id}`);
      else toast(t.queue_empty);
    } catch (error) {
      toast(message_of(error));
    }
  };
  return h('button.primary', { type: 'button', onclick: () => void start() },
    work === 'review' ? t.start_review : t.start_labelling);
}

function clone_hint(project: api.Project): HTMLElement {
  return h('details.hint', h('summary', t.with_git), h('p', t.clone_about),
    copy_line(`git clone ${project.clone_url}`, t.clone_command));
}
