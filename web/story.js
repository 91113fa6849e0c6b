// What changed, told in words: for the history of a document and the blame of an annotation.
import { h, time } from './dom.js';

const verbs = { added: 'added', removed: 'removed', changed: 'changed' };
const fields = { words: 'its words', box: 'its area', polygon: 'its area', text: 'its value',
  label: 'its label', state: 'whether it is confirmed', review: 'its review',
  rows: 'its rows', columns: 'its columns', replacements: 'the correction', from: 'its ends',
  to: 'its ends', confidence: 'its confidence' };

const field_name = (name) => (name.startsWith('attributes.') ? name.slice(11)
  : fields[name] ?? name);

export function person(author) {
  return (author ?? '').replace(/\s*<[^>]*>$/, '') || 'somebody';
}

function list(parts) {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(parts);
}

function counted(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, n]) => (n > 1 ? `${n} × ${name}` : name));
}

// "added Total and 2 × Amount on page 1"
export function sentences(changes, palette) {
  const groups = new Map();
  for (const change of changes ?? []) {
    const key = `${change.kind} ${change.page}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(change);
  }
  return [...groups.values()].map((group) => {
    const { kind, page } = group[0];
    const names = group.map((c) => {
      const title = palette.title_of(c.label) || 'a correction';
      return kind === 'changed' && c.fields?.length
        ? `${title} (${list([...new Set(c.fields.map(field_name))])})` : title;
    });
    const where = page ? ` on page ${page}` : ' for the whole document';
    return `${verbs[kind] ?? kind} ${list(counted(names))}${where}`;
  });
}

const unreadable_lines = (paths) => (paths ?? []).map((path) => h('div.unreadable',
  'This version, or the one before, of ', h('code', path),
  ' cannot be read: what changed in it is not known.'));

export function story(items, palette, on_pick) {
  if (!items.length) return h('p.empty', 'Nothing has been changed yet.');
  return h('ol.story', items.map((item) => h('li',
    h('div', h('strong', person(item.author)), ' ', time(item.at)),
    sentences(item.changes, palette).map((text) => h('div', text)),
    unreadable_lines(item.unreadable),
    !item.changes.length && !item.unreadable && h('div.muted', item.message.split('\n')[0]),
    item.review && h('div', `moved the review to “${item.review.replace('_', ' ')}”`),
    pick_buttons(item, palette, on_pick),
    h('details.technical', h('summary', 'Technical details'), h('p.message', item.message),
      h('p', 'Revision ', h('code', item.commit ?? ''))))));
}

function pick_buttons(item, palette, on_pick) {
  const still = (item.changes ?? []).filter((c) => c.kind !== 'removed').slice(0, 6);
  return h('div.picks', still.map((c) => h('button.chip', { type: 'button',
    onclick: () => on_pick(c) }, palette.title_of(c.label) || 'correction')));
}

export function blame_line(blame) {
  const line = h('p.blame', 'In this form since ', time(blame.at), ' by ',
    h('strong', person(blame.author)), '.');
  const pusher = blame.pusher && person(blame.pusher);
  if (pusher && pusher !== person(blame.author)) line.append(` Brought in by ${pusher}.`);
  return line;
}
