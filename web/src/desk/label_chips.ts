// The labels of the project beside the page, each with its key: to see them all, and for the mouse.
import type { Desk } from '../editor/desk';
import { t } from '../texts';
import { h, replace } from '../ui/dom';
import type { Choice } from './picker';

// Labels, then tables; the first nine have a number, others the schema's own key.
export function label_choices(desk: Desk): Choice[] {
  const { schema } = desk.palette;
  return [...schema.labels ?? [], ...schema.tables ?? []].map((entry, i) => ({
    name: entry.name, title: entry.title || entry.name, colour: desk.palette.colour(entry.name),
    key: i < 9 ? String(i + 1) : entry.hotkey,
  }));
}

export class LabelChips {
  readonly element = h('section.chips', { 'aria-label': t.labels });

  constructor(private readonly desk: Desk, apply: (name: string) => void) {
    replace(this.element, label_choices(desk).map(({ name, title, colour, key }) =>
      h('button.label-chip', { type: 'button', 'data-label': name, onclick: () => apply(name),
        title: key ? `${title} (${key})` : title, style: { '--label': colour! } },
      key && h('kbd', key), h('span', title))));
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
