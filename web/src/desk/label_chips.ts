// The labels of the project beside the page, each with its key: to see them all, and for the mouse.
import type { Desk } from '../editor/desk';
import { t } from '../texts';
import { h, replace } from '../ui/dom';
import type { Choice } from './picker';

// Labels, then tables, each with its keys: the schema's own first, and for the first ones a digit that
// the schema gives to no other.
export function label_choices(desk: Desk): Choice[] {
  const { schema } = desk.palette;
  const entries = [...schema.labels ?? [], ...schema.tables ?? []];
  const taken = new Set(entries.map((entry) => entry.hotkey));
  const digits = '123456789'.split('').map((digit) => (taken.has(digit) ? undefined : digit));
  return entries.map((entry, i) => ({ name: entry.name, title: entry.title || entry.name,
    colour: desk.palette.colour(entry.name),
    keys: [entry.hotkey, digits[i]].filter((key): key is string => Boolean(key)) }));
}

export class LabelChips {
  readonly element = h('section.chips', { 'aria-label': t.labels });

  constructor(private readonly desk: Desk, apply: (name: string) => void) {
    replace(this.element, label_choices(desk).map(({ name, title, colour, keys = [] }) =>
      h('button.label-chip', { type: 'button', 'data-label': name, onclick: () => apply(name),
        title: keys.length ? `${title} (${keys.join(', ')})` : title, style: { '--label': colour! } },
      keys[0] && h('kbd', keys[0]), h('span', title))));
    desk.addEventListener('choice', () => this.mark());
    desk.addEventListener('annotations', () => this.mark());
  }

  private mark(): void {
    const label = this.desk.picked_annotation?.label;
    for (const chip of this.element.children) {
      chip.classList.toggle('current', (chip as HTMLElement).dataset.label === label);
    }
    this.element.classList.toggle('ready', this.desk.has_choice || label !== undefined);
  }
}
