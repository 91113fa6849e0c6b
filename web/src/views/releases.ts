// The released datasets of a project, newest first; and making a new one.
import * as api from '../api';
import { number, t } from '../texts';
import { Palette } from '../ui/colours';
import { h, replace, time } from '../ui/dom';
import { allows } from '../ui/rights';
import { make_release } from './release_form';
import type { View } from './view';

const part = encodeURIComponent;

export const release_url = (at: api.ProjectAt, { name, version }: api.ReleaseId): string =>
  `/${part(at.org)}/${part(at.project)}/releases/${part(name)}/${part(version)}`;

export const show_releases: View = async (place, parameters, { go, user }) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${t.releases} – ${at.project} – Glossator`;
  const roles = user.projects.find((p) => p.project === `${at.org}/${at.project}`)?.roles ?? [];
  const may_release = allows(roles, 'release');
  const split = new URLSearchParams(location.search).get('split') ?? '';
  const [list, splits, schema] = await Promise.all([api.releases(at), may_release ? api.splits(at) : [],
    may_release ? api.schema(at) : {}]);
  const make = () => make_release({ at, splits: splits.map(({ name }) => name), split, palette: new Palette(schema),
    names: [...new Set(list.map(({ name }) => name))], made: (made) => go(release_url(at, made)) });
  replace(place, h('div.heading', h('h1', t.releases), h('span.space'),
    may_release && h('button.primary', { type: 'button', onclick: make }, `+ ${t.new_release}`)),
  h('p.muted', t.releases_about), list.length ? h('div.scroll', table(at, list)) : h('p.empty', t.no_releases));
  if (split && may_release) {
    history.replaceState(null, '', location.pathname);
    make();
  }
};

function table(at: api.ProjectAt, list: readonly api.Release[]): HTMLElement {
  return h('table.releases', h('thead', h('tr', [t.name_of_thing, t.version, t.documents, t.released].map((head) =>
    h('th', { scope: 'col' }, head)), h('td'))), h('tbody', list.map((release) => row(at, release))));
}

// A withdrawn one has no page any more: it says why.
function row(at: api.ProjectAt, release: api.Release): HTMLElement {
  const { name, version, documents, created_at, withdrawn } = release;
  return h('tr', { class: withdrawn ? 'withdrawn' : null },
    h('td', withdrawn ? name : h('a', { href: release_url(at, release) }, name)), h('td', version),
    h('td.number', number(documents)), h('td', time(created_at)),
    h('td', withdrawn && [h('span.tag.rejected', t.withdrawn), ' ', withdrawn.reason]));
}
