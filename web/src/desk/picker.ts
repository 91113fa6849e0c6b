// Choosing one of many names by typing a part of it: labels, kinds of relation, classes.
//
//   pick_one({ title, choices, typed: 'to', at: stage.anchor(), host, chosen: (name) => ... });
//
// A combobox: arrows move, Enter takes, Escape leaves; a digit that is nobody's name takes what it is
// the key of, as it would without the list.
import { t } from '../texts';
import { h, replace } from '../ui/dom';

export interface Choice { name: string; title: string; colour?: string; keys?: readonly string[] }

export interface Picking {
  title: string;
  choices: readonly Choice[];
  typed?: string;
  at: readonly [number, number];
  host: HTMLElement;
  chosen: (name: string) => void;
  left?: () => void;
}

const rank = (choice: Choice, typed: string): number => {
  const [title, name] = [choice.title.toLowerCase(), choice.name.toLowerCase()];
  if (title.startsWith(typed)) return 0;
  if (name.startsWith(typed)) return 1;
  if (title.split(/\s/).some((word) => word.startsWith(typed))) return 2;
  return title.includes(typed) || name.includes(typed) ? 3 : 4;
};

export function matching(choices: readonly Choice[], typed: string): Choice[] {
  const wanted = typed.trim().toLowerCase();
  return choices.map((choice) => ({ choice, rank: rank(choice, wanted) })).filter((c) => c.rank < 4)
    .sort((a, b) => a.rank - b.rank).map(({ choice }) => choice);
}

export function pick_one(picking: Picking): void {
  const list = h('ul', { role: 'listbox', id: 'picker-list', 'aria-label': picking.title });
  const input = h('input', { type: 'text', role: 'combobox', 'aria-expanded': 'true',
    'aria-controls': 'picker-list', 'aria-label': picking.title, placeholder: picking.title,
    autocomplete: 'off', spellcheck: 'false' });
  const element = h('div.picker', input, list);
  let found: Choice[] = [];
  let at = 0;

  const draw = () => {
    found = matching(picking.choices, input.value);
    at = Math.min(at, Math.max(0, found.length - 1));
    replace(list, found.length ? found.map((choice, i) => option(choice, i === at, () => take(i)))
      : h('li.empty', t.nothing_matches));
    input.setAttribute('aria-activedescendant', found.length ? `pick-${found[at].name}` : '');
    list.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  };
  let closed = false;
  const close = () => {
    // Removing what has the focus takes the focus away, which would close again.
    if (closed) return;
    closed = true;
    element.remove();
    picking.left?.();
  };
  const take = (i: number) => {
    const choice = found[i];
    if (!choice) return;
    close();
    picking.chosen(choice.name);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => { at = (at + 1) % Math.max(1, found.length); draw(); },
    ArrowUp: () => { at = (at + found.length - 1) % Math.max(1, found.length); draw(); },
    Enter: () => take(at), Tab: () => take(at), Escape: close,
  };
  input.addEventListener('keydown', (event) => {
    event.stopPropagation();
    const by_digit = /^\d$/.test(event.key) && !input.value
      ? found.findIndex((choice) => choice.keys?.includes(event.key)) : -1;
    const act = by_digit >= 0 ? () => take(by_digit) : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  input.addEventListener('input', () => { at = 0; draw(); });
  input.addEventListener('blur', close);
  input.value = picking.typed ?? '';
  draw();
  picking.host.append(element);
  place(element, picking);
  input.focus();
}

function option({ name, title, colour, keys = [] }: Choice, selected: boolean, take: () => void) {
  return h('li', { role: 'option', id: `pick-${name}`, 'aria-selected': String(selected),
    onpointerdown: (event: Event) => { event.preventDefault(); take(); } },
  colour && h('span.swatch', { style: { background: colour } }), h('span', title),
  keys.map((key) => h('kbd', key)));
}

function place(element: HTMLElement, { at: [x, y], host }: Picking): void {
  element.style.left = `${Math.max(4, Math.min(x, host.clientWidth - element.offsetWidth - 4))}px`;
  element.style.top = `${Math.max(4, Math.min(y, host.clientHeight - element.offsetHeight - 4))}px`;
}
