// Starts the page and follows the address bar.
//
//   /                              the projects
//   /tokens                        one's own tokens
//   /-/<org>/people                who is in an organisation
//   /<org>/<project>               its documents
//   /<org>/<project>/overview      how it stands; likewise /schema, /members, /splits, /releases,
//                                  /settings, and /inbox: what came back to me
//   /<org>/<project>/splits/<name>, /<org>/<project>/releases/<name>/<version>
//   /<org>/<project>/documents/<id>?page=2&annotation=...
import './app.css';
import './project.css';
import * as api from './api';
import { locale, languages, t } from './texts';
import { error_box, h, replace, toast } from './ui/dom';
import { icon } from './ui/icons';
import { allows } from './ui/rights';
import { show_document } from './views/document';
import { show_documents } from './views/documents';
import { show_inbox } from './views/inbox';
import { show_members } from './views/members';
import { show_overview } from './views/overview';
import { show_projects } from './views/projects';
import { show_release } from './views/release';
import { show_releases } from './views/releases';
import { show_schema } from './views/schema';
import { show_settings } from './views/settings';
import { show_split } from './views/split';
import { show_splits } from './views/splits';
import { show_tokens } from './views/tokens';
import { show_first_password, show_sign_in } from './views/sign_in';
import type { Parameters, View } from './views/view';

const routes: [string, RegExp, View, string[]][] = [
  ['projects', /^\/$/, show_projects, []],
  ['tokens', /^\/tokens\/?$/, show_tokens, []],
  ['members', /^\/-\/([^/]+)\/people\/?$/, show_members, ['org']],
  ['documents', /^\/([^/]+)\/([^/]+)\/?$/, show_documents, ['org', 'project']],
  ['releases', /^\/([^/]+)\/([^/]+)\/releases\/?$/, show_releases, ['org', 'project']],
  ['release', /^\/([^/]+)\/([^/]+)\/releases\/([^/]+)\/([^/]+)\/?$/, show_release, ['org', 'project', 'name', 'version']],
  ['splits', /^\/([^/]+)\/([^/]+)\/splits\/?$/, show_splits, ['org', 'project']],
  ['split', /^\/([^/]+)\/([^/]+)\/splits\/([^/]+)\/?$/, show_split, ['org', 'project', 'name']],
  ['inbox', /^\/([^/]+)\/([^/]+)\/inbox\/?$/, show_inbox, ['org', 'project']],
  ['members', /^\/([^/]+)\/([^/]+)\/members\/?$/, show_members, ['org', 'project']],
  ['overview', /^\/([^/]+)\/([^/]+)\/overview\/?$/, show_overview, ['org', 'project']],
  ['schema', /^\/([^/]+)\/([^/]+)\/schema\/?$/, show_schema, ['org', 'project']],
  ['settings', /^\/([^/]+)\/([^/]+)\/settings\/?$/, show_settings, ['org', 'project']],
  ['document', /^\/([^/]+)\/([^/]+)\/documents\/([^/]+)\/?$/, show_document, ['org', 'project', 'id']],
];

const main = document.getElementById('main')!;
let user: api.User | null = null;
let leave = () => {};
let turn = 0;

function match(path: string): { name: string; view: View; parameters: Parameters } | null {
  for (const [name, pattern, view, names] of routes) {
    const found = path.match(pattern);
    if (!found) continue;
    const values = names.map((key, i) => [key, decodeURIComponent(found[i + 1])]);
    return { name, view, parameters: Object.fromEntries(values) };
  }
  return null;
}

function go(url: string): void {
  history.pushState(null, '', url);
  void show();
}

async function renew(): Promise<void> {
  user = await api.me();
}

async function show(): Promise<void> {
  leave();
  leave = () => {};
  const mine = turn += 1;
  const found = match(location.pathname);
  draw_top(found?.parameters ?? {});
  document.body.dataset.view = found?.name ?? 'none';
  if (!found) {
    replace(main, h('p', `${t.no_such_page} `, h('a', { href: '/' }, t.to_projects)));
    return;
  }
  replace(main, h('p.loading', t.loading));
  try {
    const left = await found.view(main, found.parameters, { go, user: user!, renew }) ?? (() => {});
    if (mine === turn) leave = left;
    else left();
  } catch (error) {
    if (mine === turn) refuse(error);
  }
}

function refuse(error: unknown): void {
  if (error instanceof api.ApiError && error.status === 401) ask_to_sign_in();
  else replace(main, error_box(error));
}

function ask_to_sign_in(): void {
  user = null;
  document.body.dataset.view = 'sign_in';
  draw_top({});
  show_sign_in(main, enter);
}

async function enter(): Promise<void> {
  await renew();
  await show();
}

// /#link=...: a new server's owner chooses a password. The secret leaves the address bar at once.
function owner_link(): string | undefined {
  const link = location.hash.match(/^#link=(.+)$/)?.[1];
  if (link) history.replaceState(null, '', location.pathname);
  return link && decodeURIComponent(link);
}

// -- the top of every page -----------------------------------------------------------------------

function draw_top({ org, project }: Parameters): void {
  const roles = user?.projects.find((p) => p.project === `${org}/${project}`)?.roles ?? [];
  const home = project && `/${encodeURIComponent(org)}/${encodeURIComponent(project)}`;
  replace(document.getElementById('top')!,
    h('a.brand', { href: '/' }, h('span.mark', { 'aria-hidden': 'true' }), 'Glossator'),
    home && h('a', { href: home }, `${org} / ${project}`),
    home && h('nav', { 'aria-label': t.project }, link(home, t.documents),
      allows(roles, 'read') && [link(`${home}/overview`, t.overview), link(`${home}/schema`, t.schema)],
      allows(roles, 'submit') && link(`${home}/inbox`, t.inbox),
      allows(roles, 'see_splits') && link(`${home}/splits`, t.splits),
      allows(roles, 'see_releases') && link(`${home}/releases`, t.releases),
      allows(roles, 'manage_members') && link(`${home}/members`, t.members),
      allows(roles, 'manage_project') && link(`${home}/settings`, t.settings)),
    h('span.space'), language_choice(), theme_button(),
    user && h('a.who', { href: '/tokens', title: t.tokens }, user.name),
    user && h('button.quiet', { type: 'button', onclick: () => void leave_session() }, t.sign_out));
}

function link(href: string, text: string): HTMLElement {
  const here = location.pathname.replace(/\/$/, '') === href;
  return h('a', { href, 'aria-current': here ? 'page' : null }, text);
}

async function leave_session(): Promise<void> {
  leave();
  leave = () => {};
  try {
    await api.sign_out();
  } finally {
    ask_to_sign_in();
  }
}

function language_choice(): HTMLElement {
  const choose = (event: Event) => {
    localStorage.setItem('language', (event.target as HTMLSelectElement).value);
    location.reload();
  };
  return h('select.quiet', { 'aria-label': t.language, onchange: choose }, Object.entries(languages).map(
    ([name, texts]) => h('option', { value: name, selected: name === locale }, texts.language_name)));
}

function apply_theme(theme: string | null): void {
  if (theme) document.documentElement.dataset.theme = theme;
}

function theme_button(): HTMLElement {
  const turn_over = () => {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const now = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
    const next = now === 'dark' ? 'light' : 'dark';
    localStorage.setItem('theme', next);
    apply_theme(next);
    dispatchEvent(new Event('themechange'));
  };
  return h('button.quiet.icon', { type: 'button', 'aria-label': t.switch_theme, title: t.switch_theme,
    onclick: turn_over }, icon('theme'));
}

// Links within the page change the view without loading anew.
document.addEventListener('click', (event) => {
  const anchor = (event.target as Element).closest?.('a[href^="/"]');
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!anchor || !plain || anchor.hasAttribute('download')) return;
  if (anchor.getAttribute('href')!.startsWith('/api/')) return;
  event.preventDefault();
  go(anchor.getAttribute('href')!);
  main.focus({ preventScroll: true });
});
addEventListener('popstate', () => void show());

async function start(): Promise<void> {
  document.documentElement.lang = locale;
  document.querySelector('.skip')!.textContent = t.skip;
  apply_theme(localStorage.getItem('theme'));
  const link_ = owner_link();
  if (link_) {
    draw_top({});
    show_first_password(main, link_, async () => {
      await enter();
      if (user) toast(t.sign_in_as(user.addresses[0]));
    });
    return;
  }
  try {
    await enter();
  } catch (error) {
    refuse(error);
  }
}

void start();
