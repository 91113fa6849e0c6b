// The panel beside the page: labels, history, what is known of the document.
import * as api from '../api';
import type { Desk } from '../editor/desk';
import { named, t } from '../texts';
import { error_box, h, replace, time } from '../ui/dom';
import { story } from '../views/story';

type Show = (page: number, annotation: string) => void;

export function side_tabs(at: api.DocumentAt, about: api.Document, desk: Desk, labels: HTMLElement,
  show: Show): HTMLElement {
  const panel = h('div.panel', { role: 'tabpanel', id: 'side-panel', 'aria-labelledby': 'tab-labels' });
  const tabs: [string, string, () => HTMLElement][] = [
    ['labels', t.labels, () => labels],
    ['history', t.history, () => history(at, desk, show)],
    ['about', t.about, () => facts(at, about)],
  ];
  const open = (name: string) => {
    for (const button of list.children) {
      const chosen = button.id === `tab-${name}`;
      button.setAttribute('aria-selected', String(chosen));
      button.setAttribute('tabindex', chosen ? '0' : '-1');
    }
    panel.setAttribute('aria-labelledby', `tab-${name}`);
    replace(panel, tabs.find(([id]) => id === name)![2]());
  };
  const beside = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at_ = [...list.children].indexOf(event.target as Element);
    const [name] = tabs[(at_ + step + tabs.length) % tabs.length];
    open(name);
    list.querySelector<HTMLElement>(`#tab-${name}`)!.focus();
  };
  const list = h('div.tabs', { role: 'tablist', onkeydown: beside }, tabs.map(([name, title]) =>
    h('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'side-panel',
      onclick: () => open(name) }, title)));
  desk.addEventListener('choice', () => desk.picked && panel.firstChild !== labels && open('labels'));
  open('labels');
  return h('aside.side', { 'aria-label': t.labels }, list, panel);
}

function history(at: api.DocumentAt, desk: Desk, show: Show): HTMLElement {
  const element = h('div');
  const more = h('div.more', h('p.loading', t.loading));
  const load = async (cursor?: string) => {
    try {
      const { items, next_cursor: next } = await api.history(at, cursor);
      more.before(story(items, desk.palette, (change) => show(change.page || 1, change.id)));
      replace(more, next && h('button', { type: 'button', onclick: () => void load(next) }, t.earlier));
    } catch (error) {
      replace(more, error_box(error));
    }
  };
  element.append(more);
  void load();
  return element;
}

function facts(at: api.DocumentAt, about: api.Document): HTMLElement {
  const row = (name: string, value: string | HTMLElement | undefined) =>
    value && [h('dt', name), h('dd', value)];
  return h('div', h('dl.about', row(t.review, named(t.reviews, about.review)),
    row(t.pages, String(about.pages)), row('Id', at.id)),
  (about.sources ?? []).map((s) => h('dl.about.card', row(t.file, s.file_name),
    row(t.customer, s.customer), row(t.claim, s.claim), row(t.external_id, s.external_id),
    row(t.received, s.received_at && time(s.received_at)))));
}
