// The projects that the user may see, by organisation; making new ones, and organisations.
import * as api from '../api';
import { t } from '../texts';
import { error_box, h, replace } from '../ui/dom';
import { dialog } from '../ui/dialog';
import { percentages } from '../ui/plot';
import { allows } from '../ui/rights';
import type { View } from './view';

const part = encodeURIComponent;

export const show_projects: View = async (place, _, { go, user, renew }) => {
  const open = async (url: string) => {
    await renew();
    go(url);
  };
  document.title = 'Glossator';
  const projects = await api.projects();
  const known = new Map(user.organisations.map((one) => [one.organisation, one]));
  const slugs = [...new Set([...known.keys(), ...projects.map((project) => project.organisation)])].sort();
  const new_organisation = () => make_named({ title: t.new_organisation, action: t.make_organisation, open,
    make: async (name, slug) => {
      await api.create_organisation(slug, name);
      return '/';
    } });
  replace(place, h('div.heading', h('h1', t.projects), h('span.space'), user.owns_server
    && h('button', { type: 'button', onclick: new_organisation }, `+ ${t.new_organisation}`)),
  user.owns_server && !projects.length && welcome(), slugs.length ? slugs.map((slug) => organisation(slug, known.get(slug),
    projects.filter((project) => project.organisation === slug), open)) : h('p.empty', t.no_projects));
};

function organisation(slug: string, known: api.User['organisations'][0] | undefined, projects: api.Project[],
  open: (url: string) => Promise<void>): HTMLElement {
  const manages = allows(known?.roles ?? [], 'manage_organisation');
  return h('section.organisation', { 'aria-label': known?.name || slug }, h('div.heading', h('h2', known?.name || slug),
    h('span.space'), manages && [h('a.button', { href: `/-/${part(slug)}/people` }, t.people_of_organisation),
      h('button', { type: 'button', onclick: () => make_project(slug, open) }, `+ ${t.new_project}`)]),
  projects.length ? h('ul.cards', projects.map(card)) : h('p.empty', t.no_project_here));
}

// A new server, and whoever owns it: what comes first.
function welcome(): HTMLElement {
  return h('section.card.welcome', { 'aria-label': t.welcome }, h('h2', t.welcome), h('p', t.welcome_about),
    h('ol', t.first_steps.map((step) => h('li', step))));
}

function card(p: api.Project): HTMLElement {
  return h('li', h('a.card', { href: `/${part(p.organisation)}/${part(p.slug)}` }, h('strong', p.name || p.slug),
    h('span.muted', `${p.organisation} / ${p.slug}`), p.progress && progress(p.progress)));
}

function progress({ documents, accepted }: NonNullable<api.Project['progress']>): HTMLElement {
  const [share] = percentages([accepted, documents - accepted]);
  return h('span.muted', h('progress', { max: 100, value: share, 'aria-label': t.progress }), ' ',
    documents ? `${t.percent(share)} ${t.accepted_of(documents)}` : t.no_documents_yet);
}

function make_project(org: string, open: (url: string) => Promise<void>): void {
  make_named({ title: t.new_project, action: t.make_project, open, make: async (name, slug) => {
    const project = await api.create_project(org, slug, name);
    return `/${part(project.organisation)}/${part(project.slug)}/schema`;
  } });
}

interface Naming {
  title: string; action: string; make: (name: string, slug: string) => Promise<string>;
  open: (url: string) => Promise<void>;
}

const as_slug = (name: string): string =>
  name.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');

// Something that has a name for people, and one for addresses that follows from it; then goes there.
function make_named({ title, action, make, open }: Naming): void {
  const problem = h('div');
  const slug = h('input', { name: 'slug', required: true, pattern: '[a-z0-9][a-z0-9\\-]*', autocomplete: 'off', spellcheck: 'false' });
  const name = h('input', { name: 'name', required: true, autocomplete: 'off', oninput: () => { slug.value = as_slug(name.value); } });
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      const url = await make(name.value, slug.value);
      element.close();
      await open(url);
    } catch (error) {
      replace(problem, error_box(error));
    }
  };
  const element = dialog(title, h('form', { onsubmit: submit }, h('label', h('span', t.title), name),
    h('label', h('span', t.in_addresses), slug), problem, h('button.primary', { type: 'submit' }, action)));
  name.focus();
}
