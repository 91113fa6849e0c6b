// What came back to me from review, each with the reason and a way to it.
import * as api from '../api';
import { t } from '../texts';
import { h, replace } from '../ui/dom';
import type { View } from './view';

export const show_inbox: View = async (place, parameters) => {
  const at = parameters as unknown as api.ProjectAt;
  const items = await api.inbox(at);
  document.title = `${t.inbox} – Glossator`;
  replace(place, h('h1', t.inbox), h('p.muted', t.inbox_about),
    items.length ? h('ul.inbox', items.map((item) => entry(at, item))) : h('p.empty', t.inbox_empty));
};

function entry(at: api.ProjectAt, { document: about, reviewer, reason, rejected }: api.Returned): HTMLElement {
  const address = `/${encodeURIComponent(at.org)}/${encodeURIComponent(at.project)}/documents/${about.id}`;
  return h('li', h('a.card', { href: address }, h('strong', about.file_name || about.id),
    reason && h('span.failure', reason),
    h('span.muted', reviewer, rejected > 0 && ` · ${t.wrong_labels(rejected)}`)));
}
