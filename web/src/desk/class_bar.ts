// What kind of document this is: its classes, said of the whole.
import type { Desk } from '../editor/desk';
import { t } from '../texts';
import { h, replace } from '../ui/dom';
import { hint } from '../ui/keymap';

export function class_bar(desk: Desk, add: () => void): HTMLElement {
  const known = (desk.palette.schema.classes ?? []).length > 0;
  const list = h('span');
  const draw = () => replace(list, desk.classes.map((a) => h('button.chip', { type: 'button',
    'aria-label': t.remove_class(desk.palette.title(a)), onclick: () => desk.classify(a.label!) },
  desk.palette.title(a), ' ✕')));
  desk.addEventListener('annotations', draw);
  draw();
  return h('p.classes', { hidden: !known }, h('span.muted', t.document_is), ' ', list, ' ',
    h('button.chip', { type: 'button', onclick: add, title: hint('classify') }, t.add_class));
}
