// The projects that the user may see.
import * as api from '../api.js';
import { h, replace } from '../dom.js';

export async function show_projects(place) {
  document.title = 'Glossator';
  const list = await api.projects();
  const card = (p) => h('li', h('a.card', {
    href: `/${encodeURIComponent(p.org)}/${encodeURIComponent(p.project)}`,
  }, h('strong', p.name || p.project), h('span.muted', `${p.org} / ${p.project}`)));
  replace(place, h('h1', 'Projects'),
    list.length ? h('ul.cards', list.map(card))
      : h('p.empty', 'You cannot see any project yet. Ask an administrator to add you to one.'));
}
