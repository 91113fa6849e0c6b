// The documents of a project: search, states, failures with their reason, upload.
import * as api from '../api.js';
import { copy_line, count, error_box, h, replace, time } from '../dom.js';
import { drop_zone } from '../upload.js';

const page_size = 50;
const states = { uploaded: 'waiting', queued: 'waiting', processing: 'being read', ready: 'ready',
  partly_ready: 'partly read', failed: 'failed' };
const reviews = { new: 'new', in_progress: 'in progress', submitted: 'submitted',
  accepted: 'accepted', rejected: 'rejected' };

export async function show_documents(place, at) {
  document.title = `${at.project} – Glossator`;
  const query = new URLSearchParams(location.search);
  const filter = { q: query.get('q') ?? '', state: query.get('state') ?? '' };
  const rows = h('tbody');
  const more = h('div.more');
  const summary = h('p.muted', { role: 'status' });
  let shown = 0;
  let turn = 0;

  async function load(cursor) {
    const mine = ++turn;
    try {
      const page = await api.documents(at, { ...filter, cursor, limit: page_size });
      if (mine !== turn) return;
      draw(page, !cursor);
    } catch (error) {
      if (error.status === 401) throw error;
      replace(more, error_box(error));
    }
  }

  function draw(page, from_start) {
    if (from_start) {
      replace(rows);
      shown = 0;
    }
    shown += page.items.length;
    rows.append(...page.items.map((d) => row(at, d)));
    const next = page.next_cursor;
    summary.textContent = shown ? `${count(shown, 'document')}${next ? ' and more' : ''}`
      : filter.q || filter.state ? 'Nothing matches.' : 'No documents yet. Drop some files above.';
    replace(more, next ? h('button', { type: 'button', onclick: () => load(next) }, 'Show more')
      : null);
  }

  const changed = (name) => (event) => {
    filter[name] = event.target.value;
    const kept = Object.entries(filter).filter(([, v]) => v);
    history.replaceState(null, '', kept.length ? `?${new URLSearchParams(kept)}`
      : location.pathname);
    clearTimeout(typing);
    typing = setTimeout(load, 200);
  };
  let typing = 0;

  const reload = debounce(() => load(), 400);
  const project = await api.project(at);
  replace(place, h('h1', project.name || at.project), clone_hint(project), drop_zone(at, reload),
    h('form.filters', { onsubmit: (e) => e.preventDefault(), role: 'search' },
      h('input', { type: 'search', placeholder: 'Search the text of all pages', value: filter.q,
        'aria-label': 'Search', oninput: changed('q') }),
      h('select', { 'aria-label': 'State', onchange: changed('state') },
        h('option', { value: '' }, 'All states'),
        ['ready', 'partly_ready', 'processing', 'failed'].map((s) => h('option', { value: s,
          selected: s === filter.state }, states[s])))),
    summary,
    h('div.scroll', h('table', h('thead', h('tr', ['Document', 'Pages', 'State', 'Review',
      'Received'].map((t) => h('th', { scope: 'col' }, t)))), rows)), more);
  await load();
  return api.follow(at, reload);
}

function row(at, d) {
  const url = `/${encodeURIComponent(at.org)}/${encodeURIComponent(at.project)}/documents/${d.id}`;
  const readable = d.state === 'ready' || d.state === 'partly_ready';
  const name = d.file_name || d.id;
  const failure = d.failure?.reason;
  return h('tr',
    h('td', readable ? h('a', { href: url }, name) : h('span', name),
      failure && h('div.failure', failure)),
    h('td', pages(d)),
    h('td', h('span', { class: `state ${d.state}` }, states[d.state] ?? d.state)),
    h('td', readable ? reviews[d.review] ?? d.review : ''),
    h('td', time(d.received_at)));
}

function pages(d) {
  if (!d.pages) return '';
  return d.state === 'processing' ? `${d.pages_done} of ${d.pages}` : String(d.pages);
}

function clone_hint(project) {
  return h('details.hint', h('summary', 'Work with git'),
    h('p', 'Clone the labels, edit them with any program, and push them back:'),
    copy_line(`git clone ${project.clone_url}`, 'clone command'));
}

function debounce(what, wait) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(what, wait);
  };
}
