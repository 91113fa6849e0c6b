// What changed, told in words: for the history of a document and the blame of an annotation.
import type { HistoryChange, Revision } from '../api';
import { list_of, named, t } from '../texts';
import type { Palette } from '../ui/colours';
import { h, time } from '../ui/dom';

const field_name = (name: string): string =>
  (name.startsWith('attributes.') ? name.slice(11) : named(t.fields, name));

export function person(author = ''): string {
  return author.replace(/\s*<[^>]*>$/, '') || t.somebody;
}

function counted(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, n]) => (n > 1 ? `${n} × ${name}` : name));
}

// "added Total and 2 × Amount on page 1"
export function sentences(changes: readonly HistoryChange[], palette: Palette): string[] {
  const groups = new Map<string, HistoryChange[]>();
  for (const change of changes) {
    const key = `${change.kind} ${change.page}`;
    groups.set(key, [...groups.get(key) ?? [], change]);
  }
  return [...groups.values()].map((group) => {
    const { kind, page } = group[0];
    const names = group.map((c) => {
      const title = palette.title_of(c.label) || t.correction;
      return kind === 'changed' && c.fields?.length
        ? `${title} (${list_of([...new Set(c.fields.map(field_name))])})` : title;
    });
    return t.did[kind](list_of(counted(names)), page);
  });
}

export function story(items: readonly Revision[], palette: Palette,
  on_pick: (change: HistoryChange) => void): HTMLElement {
  if (!items.length) return h('p.empty', t.nothing_changed);
  return h('ol.story', items.map((item) => h('li',
    h('div', h('strong', person(item.author)), ' ', time(item.at)),
    sentences(item.changes, palette).map((text) => h('div', text)),
    (item.unreadable ?? []).map((path) => h('div.unreadable', t.unreadable(path))),
    !item.changes.length && !item.unreadable && !item.review
      && h('div.muted', item.message.split('\n')[0]),
    item.review && h('div', t.review_moved(named(t.reviews, item.review))),
    pick_buttons(item, palette, on_pick),
    h('details.technical', h('summary', t.technical), h('p.message', item.message),
      h('p', `${t.revision} `, h('code', item.commit ?? ''))))));
}

function pick_buttons(item: Revision, palette: Palette, on_pick: (change: HistoryChange) => void) {
  const still = item.changes.filter((c) => c.kind !== 'removed').slice(0, 6);
  return h('div.picks', still.map((c) => h('button.chip', { type: 'button',
    onclick: () => on_pick(c) }, palette.title_of(c.label) || t.correction)));
}

export function blame_line(blame: Revision): HTMLElement {
  const line = h('p.blame', `${t.in_this_form_since} `, time(blame.at), ` ${t.by} `,
    h('strong', person(blame.author)), '.');
  const pusher = blame.pusher && person(blame.pusher);
  if (pusher && pusher !== person(blame.author)) line.append(` ${t.brought_by(pusher)}`);
  return line;
}
