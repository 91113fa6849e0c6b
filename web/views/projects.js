// The projects that the user may see.
import * as api from '../api.js';
import { count, h, replace } from '../dom.js';

export async function show_projects(place) {
  document.title = 'Glossator';
  const list = await api.projects();
  const card = (p) => h('li', h('a.card', {
    href: `/${encodeURIComponent(p.org)}/${encodeURIComponent(p.name ?? p.project)}`,
  }, h('strong', p.title || p.name || p.project), h('span.muted', p.org),
  p.documents !== undefined && h('span.muted', count(p.documents, 'document'))));
  replace(place, h('h1', 'Projects'),
    list.length ? h('ul.cards', list.map(card))
      : h('p.empty', 'You cannot see any project yet. Ask an administrator to add you to one.'));
}
