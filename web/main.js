// Starts the page and follows the address bar.
//
//   /                              the projects
//   /<org>/<project>               its documents
//   /<org>/<project>/releases
//   /<org>/<project>/documents/<id>?page=2&annotation=...
import * as api from './api.js';
import { error_box, h, replace } from './dom.js';
import { show_document } from './views/document.js';
import { show_documents } from './views/documents.js';
import { show_projects } from './views/projects.js';
import { show_releases } from './views/releases.js';
import { show_first_password, show_sign_in } from './views/sign_in.js';

const main = document.getElementById('main');
let user = null;
let leave = () => {};

const routes = [
  [/^\/$/, show_projects, []],
  [/^\/([^/]+)\/([^/]+)\/?$/, show_documents, ['org', 'project']],
  [/^\/([^/]+)\/([^/]+)\/releases\/?$/, show_releases, ['org', 'project']],
  [/^\/([^/]+)\/([^/]+)\/documents\/([^/]+)\/?$/, show_document, ['org', 'project', 'id']],
];

function match(path) {
  for (const [pattern, view, names] of routes) {
    const found = path.match(pattern);
    if (found) {
      return [view, Object.fromEntries(names.map((name, i) => [name,
        decodeURIComponent(found[i + 1])]))];
    }
  }
  return [null, {}];
}

export function go(url, { replace_entry = false } = {}) {
  history[replace_entry ? 'replaceState' : 'pushState'](null, '', url);
  show();
}

// Views are functions (place, parameters, go) -> what to do when they are left, or nothing.
async function show() {
  leave();
  leave = () => {};
  const [view, parameters] = match(location.pathname);
  draw_top(parameters);
  document.body.dataset.view = view ? view.name : 'none';
  if (!view) {
    replace(main, h('p', 'There is no such page. ', h('a', { href: '/' }, 'To the projects')));
    return;
  }
  replace(main, h('p.loading', 'Loading …'));
  const url = location.href;
  try {
    const left = await view(main, parameters, go);
    if (url.split('?')[0] === location.href.split('?')[0]) leave = left ?? (() => {});
    else left?.();
  } catch (error) {
    if (error.status === 401) ask_to_sign_in();
    else replace(main, error_box(error));
  }
}

function ask_to_sign_in() {
  user = null;
  document.body.dataset.view = 'sign_in';
  draw_top({});
  show_sign_in(main, enter);
}

async function enter() {
  await load_user();
  show();
}

// /#link=...: a new server's owner chooses a password. The secret leaves the address bar at once.
function owner_link() {
  const link = location.hash.match(/^#link=(.+)$/)?.[1];
  if (link) history.replaceState(null, '', location.pathname);
  return link && decodeURIComponent(link);
}

async function load_user() {
  user = await api.me();
}

function draw_top(at) {
  const crumbs = [h('a.brand', { href: '/' }, h('span.mark', { 'aria-hidden': 'true' }),
    'Glossator')];
  if (at.project) {
    const home = `/${encodeURIComponent(at.org)}/${encodeURIComponent(at.project)}`;
    crumbs.push(h('a', { href: home }, `${at.org} / ${at.project}`));
    crumbs.push(h('nav', { 'aria-label': 'Project' },
      link(home, 'Documents'), link(`${home}/releases`, 'Releases')));
  }
  replace(document.getElementById('top'), crumbs, h('span.space'), theme_button(),
    user && h('span.who', user.name),
    user && h('button.quiet', { type: 'button', onclick: leave_session }, 'Sign out'));
}

function link(href, text) {
  const here = location.pathname.replace(/\/$/, '') === href;
  return h('a', { href, 'aria-current': here ? 'page' : null }, text);
}

async function leave_session() {
  try {
    await api.sign_out();
  } finally {
    ask_to_sign_in();
  }
}

function theme_button() {
  const apply = (theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
  };
  apply(localStorage.getItem('theme'));
  return h('button.quiet', {
    type: 'button', 'aria-label': 'Switch between light and dark',
    onclick: () => {
      const dark = matchMedia('(prefers-color-scheme: dark)').matches;
      const now = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
      const next = now === 'dark' ? 'light' : 'dark';
      localStorage.setItem('theme', next);
      apply(next);
      dispatchEvent(new Event('themechange'));
    },
  }, '◐');
}

// Links within the page change the view without loading anew.
document.addEventListener('click', (event) => {
  const anchor = event.target.closest?.('a[href^="/"]');
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!anchor || !plain || anchor.hasAttribute('download')) return;
  if (anchor.getAttribute('href').startsWith('/api/')) return;
  event.preventDefault();
  go(anchor.getAttribute('href'));
  main.focus({ preventScroll: true });
});
addEventListener('popstate', show);

const first_link = owner_link();
try {
  if (first_link) {
    draw_top({});
    show_first_password(main, first_link, enter);
  } else {
    await load_user();
    await show();
  }
} catch (error) {
  if (error.status === 401) ask_to_sign_in();
  else replace(main, error_box(error));
}
