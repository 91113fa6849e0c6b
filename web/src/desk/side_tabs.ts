// The panel beside the page: labels, history, the discussion, what is known of the document.
//
//   const tabs = new SideTabs({ labels, history: () => new HistoryPanel(...), ... });
//   tabs.open('labels');
//
// A panel is made when it is opened, and closed when another one is.
import * as api from '../api';
import type { Desk } from '../editor/desk';
import { named, t } from '../texts';
import { h, message_of, replace, time, toast } from '../ui/dom';
import { thread, type Discussion } from './discussion';

export interface Panel { element: HTMLElement; close?: () => void }
export type TabName = 'labels' | 'history' | 'discussion' | 'about';

const names: readonly TabName[] = ['labels', 'history', 'discussion', 'about'];

export class SideTabs {
  readonly element: HTMLElement;
  private readonly panel = h('div.panel', { role: 'tabpanel', id: 'side-panel' });
  private readonly list: HTMLElement;
  private current: Panel | null = null;
  opened: TabName | null = null;

  constructor(private readonly panels: Record<TabName, () => Panel>) {
    const titles: Record<TabName, string> =
      { labels: t.labels, history: t.history, discussion: t.discussion, about: t.about };
    this.list = h('div.tabs', { role: 'tablist', onkeydown: (event: KeyboardEvent) => this.beside(event) },
      names.map((name) => h('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'side-panel',
        onclick: () => this.open(name) }, titles[name])));
    this.element = h('aside.side', { 'aria-label': t.labels }, this.list, this.panel);
    this.open('labels');
  }

  open(name: TabName): void {
    if (name === this.opened) return;
    this.close();
    this.opened = name;
    for (const button of this.list.children) {
      const chosen = button.id === `tab-${name}`;
      button.setAttribute('aria-selected', String(chosen));
      button.setAttribute('tabindex', chosen ? '0' : '-1');
    }
    this.panel.setAttribute('aria-labelledby', `tab-${name}`);
    this.current = this.panels[name]();
    replace(this.panel, this.current.element);
  }

  close(): void {
    this.current?.close?.();
    this.current = null;
  }

  private beside(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = [...this.list.children].indexOf(event.target as Element);
    const name = names[(at + step + names.length) % names.length];
    this.open(name);
    this.list.querySelector<HTMLElement>(`#tab-${name}`)!.focus();
  }
}

// All that was said, by what it is about; what is about a label leads to it.
export function discussion_panel(discussion: Discussion, desk: Desk, pick: (id: string) => void): Panel {
  const element = h('div');
  const subjects = () => [...new Set(discussion.openings((c) => c.annotation !== undefined).map((c) => c.annotation!))];
  let shown = '';
  const draw = () => {
    const now = subjects();
    if (now.join() === shown && element.firstChild) return;
    shown = now.join();
    replace(element, h('h3', t.whole_document), thread(discussion, {}), now.map((id) => {
      const found = desk.session.find(id)?.annotation;
      return [h('h3', h('button.chip', { type: 'button', disabled: !found, onclick: () => pick(id) },
        found ? `${desk.palette.title(found)} ${desk.covered(found)}` : t.gone_annotation)),
      thread(discussion, { annotation: id })];
    }));
  };
  draw();
  discussion.addEventListener('change', draw);
  return { element, close: () => discussion.removeEventListener('change', draw) };
}

export function facts_panel(at: api.DocumentAt, about: api.Document, may_retry: boolean): Panel {
  const row = (name: string, value: string | HTMLElement | undefined) =>
    value && [h('dt', name), h('dd', value)];
  return { element: h('div', h('dl.about', row(t.review, named(t.reviews, about.review)),
    row(t.pages, String(about.pages)), row('Id', at.id)),
  (about.sources ?? []).map((s) => h('dl.about.card', row(t.file, s.file_name),
    row(t.customer, s.customer), row(t.claim, s.claim), row(t.external_id, s.external_id),
    row(t.received, s.received_at && time(s.received_at)))), may_retry && read_again(at)) };
}

function read_again(at: api.DocumentAt): HTMLElement {
  const button = h('button', { type: 'button', onclick: () => {
    button.disabled = true;
    api.retry(at, '').then(() => toast(t.will_be_reread), (error) => {
      button.disabled = false;
      toast(message_of(error));
    });
  } }, t.retry) as HTMLButtonElement;
  return h('div.actions', button, h('p.muted', t.about_rereading));
}
