// The projects that the user may see.
import * as api from '../api';
import { t } from '../texts';
import { h, replace } from '../ui/dom';
import type { View } from '../main';

export const show_projects: View = async (place) => {
  document.title = 'Glossator';
  const list = await api.projects();
  const card = (p: api.Project) => h('li', h('a.card', {
    href: `/${encodeURIComponent(p.organisation)}/${encodeURIComponent(p.slug)}`,
  }, h('strong', p.name || p.slug), h('span.muted', `${p.organisation} / ${p.slug}`)));
  replace(place, h('h1', t.projects),
    list.length ? h('ul.cards', list.map(card)) : h('p.empty', t.no_projects));
};
