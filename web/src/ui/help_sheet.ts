// All keys on one sheet. A click on a key lets its user choose another.
import { t } from '../texts';
import { dialog } from './dialog';
import { h, replace } from './dom';
import { actions, combination, keymap, type Action } from './keymap';

const modifiers = ['Control', 'Shift', 'Alt', 'Meta'];

export function show_help(): void {
  const rows = h('tbody');
  const note = h('p.muted', { role: 'status' }, t.keys_about);
  const draw = () => replace(rows, actions.map((action) => h('tr',
    h('th', { scope: 'row' }, t.actions[action]),
    h('td', h('button.key', { type: 'button', 'aria-label': t.change_key(t.actions[action]),
      onclick: (event: Event) => listen(event.target as HTMLElement, action) },
    keymap.keys_of(action).flatMap((key, i) => [i > 0 ? ' ' : null, h('kbd', key)]))))));

  const listen = (place: HTMLElement, action: Action) => {
    const button = place.closest('button')!;
    replace(button, h('kbd', t.press_key));
    button.addEventListener('keydown', (event) => {
      if (modifiers.includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      const holder = event.key === 'Escape' ? null : keymap.set(action, combination(event));
      replace(note, holder ? t.key_taken(t.actions[holder]) : t.keys_about);
      draw();
      rows.querySelectorAll<HTMLElement>('.key')[actions.indexOf(action)].focus();
    }, { once: true });
    button.focus();
  };

  draw();
  const fixed = Object.entries(t.fixed_keys).map(([keys, what]) =>
    h('tr', h('th', { scope: 'row' }, what), h('td', h('kbd', keys))));
  dialog(t.keys, note, h('div.keys', h('table', h('tbody', fixed)), h('table', rows)),
    h('button', { type: 'button', onclick: () => { keymap.reset(); draw(); } }, t.reset_keys));
}
