// The documents of a project: search, states, failures with their reason, upload.
import * as api from '../api';
import { follow } from '../events';
import { named, t } from '../texts';
import { copy_line, error_box, h, message_of, replace, time, toast } from '../ui/dom';
import { ask } from '../ui/dialog';
import { allows, work_of } from '../ui/rights';
import { drop_zone } from './upload';
import type { View } from '../main';

const page_size = 50;
const states = ['ready', 'partly_ready', 'processing', 'failed'];
const reviews = ['new', 'in_progress', 'submitted', 'accepted', 'rejected'];
const filters = ['q', 'state', 'review', 'label', 'key'] as const;
type Filter = Partial<Record<(typeof filters)[number], string>>;

export const show_documents: View = async (place, parameters, { go }) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${at.project} – Glossator`;
  const [project, schema] = await Promise.all([api.project(at), api.schema(at).catch(() => ({}))]);
  const list = new DocumentList(at, schema);
  const roles = project.roles ?? [];
  replace(place, h('div.heading', h('h1', project.name || at.project), h('span.space'),
    work_button(at, roles, go)), clone_hint(project),
    allows(roles, 'upload') && drop_zone(at, () => list.reload_soon()), list.element);
  await list.load();
  return follow(at, () => list.reload_soon());
};

class DocumentList {
  readonly element: HTMLElement;
  private readonly filter: Filter;
  private readonly rows = h('tbody');
  private readonly more = h('div.more');
  private readonly summary = h('p.muted', { role: 'status' });
  private shown = 0;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly at: api.ProjectAt, schema: api.Schema) {
    const query = new URLSearchParams(location.search);
    this.filter = Object.fromEntries(filters.map((name) => [name, query.get(name) ?? '']));
    this.element = h('section', { 'aria-label': t.documents }, this.form(schema), this.summary,
      h('div.scroll', h('table.documents', h('thead', h('tr',
        [t.document, t.pages, t.state, t.review, t.received].map((text) => h('th', { scope: 'col' }, text)))),
      this.rows)), this.more);
  }

  private form(schema: api.Schema): HTMLElement {
    const select = (name: keyof Filter, title: string, options: [string, string][]) =>
      h('select', { 'aria-label': title, onchange: (event: Event) => this.change(name, event) },
        h('option', { value: '' }, title), options.map(([value, text]) =>
          h('option', { value, selected: value === this.filter[name] }, text)));
    const labels = [...schema.labels ?? [], ...schema.tables ?? [], ...schema.classes ?? []];
    return h('form.filters', { onsubmit: (event: Event) => event.preventDefault(), role: 'search' },
      h('input', { type: 'search', placeholder: t.search_text, value: this.filter.q, 'aria-label': t.search,
        oninput: (event: Event) => this.change('q', event) }),
      select('state', t.all_states, states.map((name) => [name, named(t.states, name)])),
      select('review', t.all_reviews, reviews.map((name) => [name, named(t.reviews, name)])),
      select('label', t.all_labels, labels.map((entry) => [entry.name, entry.title || entry.name])),
      h('input.key', { type: 'text', placeholder: 'claim=C-7', value: this.filter.key,
        'aria-label': t.metadata, oninput: (event: Event) => this.change('key', event) }));
  }

  private change(name: keyof Filter, event: Event): void {
    this.filter[name] = (event.target as HTMLInputElement).value;
    const kept = Object.entries(this.filter).filter(([, value]) => value);
    history.replaceState(null, '', kept.length ? `?${new URLSearchParams(kept)}` : location.pathname);
    this.reload_soon(200);
  }

  reload_soon(wait = 400): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), wait);
  }

  async load(cursor?: string): Promise<void> {
    const mine = this.turn += 1;
    const key = this.filter.key?.includes('=') ? this.filter.key : '';
    try {
      const page = await api.documents(this.at, { ...this.filter, key, cursor, limit: page_size });
      if (mine === this.turn) this.draw(page, !cursor);
    } catch (error) {
      if (error instanceof api.ApiError && error.status === 401) throw error;
      replace(this.more, error_box(error));
    }
  }

  private draw(page: api.Page<api.Document>, from_start: boolean): void {
    if (from_start) {
      replace(this.rows);
      this.shown = 0;
    }
    this.shown += page.items.length;
    this.rows.append(...page.items.map((document) => this.row(document)));
    const next = page.next_cursor;
    const filtered = Object.values(this.filter).some(Boolean);
    replace(this.summary, this.shown ? `${t.document_count(this.shown)}${next ? ` ${t.and_more}` : ''}`
      : filtered ? t.nothing_matches : t.no_documents);
    replace(this.more, next && h('button', { type: 'button', onclick: () => void this.load(next) }, t.show_more));
  }

  private row(d: api.Document): HTMLElement {
    const { at } = this;
    const url = `/${encodeURIComponent(at.org)}/${encodeURIComponent(at.project)}/documents/${d.id}`;
    const readable = d.state === 'ready' || d.state === 'partly_ready';
    const name = d.file_name || d.id;
    return h('tr',
      h('td', readable ? h('a', { href: url }, name) : h('span', name),
        d.failure && h('div.failure', d.failure.reason), d.state === 'failed' && this.retry(d)),
      h('td', pages(d)),
      h('td', h('span', { class: `state ${d.state}` }, named(t.states, d.state))),
      h('td', readable ? h('span', { class: `state ${d.review}` }, named(t.reviews, d.review)) : ''),
      h('td', time(d.received_at)));
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

function pages(d: api.Document): string {
  if (!d.pages) return '';
  return d.state === 'processing' ? t.pages_done(d.pages_done, d.pages) : String(d.pages);
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
