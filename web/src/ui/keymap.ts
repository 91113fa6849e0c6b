// Which key does what: one table for the listener, the sheet on `?`, and each user's own choices.
//
//   keymap.action_of(event)        'undo', or nothing
//   keymap.set('undo', 'Ctrl+U')   kept in this browser
//
// A combination is written as people say it: 'Ctrl+Shift+Z', 'PageDown', '?'. The command key of a
// Mac counts as Ctrl. A sign that itself needs Shift is written without it.
import { t } from '../texts';

const defaults = {
  help: ['?'],
  undo: ['Ctrl+Z'],
  redo: ['Ctrl+Shift+Z', 'Ctrl+Y'],
  label: ['/'],
  remove: ['Delete', 'Backspace'],
  leave: ['Escape'],
  accept: ['Enter'],
  accept_all: ['Shift+A'],
  reject: ['X'],
  next_annotation: ['.', 'Alt+.'],
  previous_annotation: [','],
  next_unsure: ['U'],
  correct: ['F2'],
  relation: ['R', 'Alt+R'],
  value: ['E'],
  classify: ['C'],
  box_tool: ['B'],
  polygon_tool: ['P'],
  pan_tool: ['H'],
  select_tool: ['V'],
  words: ['W'],
  hide: ['Alt+H'],
  zoom_in: ['+', 'Ctrl++', '='],
  zoom_out: ['-', 'Ctrl+-'],
  fit: ['0', 'Ctrl+0'],
  fit_width: ['Shift+W'],
  rotate: ['Shift+R'],
  next_page: ['PageDown'],
  previous_page: ['PageUp'],
  submit: ['Ctrl+Enter'],
  next_document: ['N', 'Shift+PageDown'],
  skip: ['Shift+N'],
  comment: ['M', 'Alt+M'], // with words selected M may be a label's
} as const;

export type Action = keyof typeof defaults;
export const actions = Object.keys(defaults) as Action[];

export function combination(event: KeyboardEvent): string {
  const letter = event.key.length === 1;
  const key = letter ? event.key.toUpperCase() : event.key;
  const shifted = event.shiftKey && (!letter || key !== key.toLowerCase());
  return [event.ctrlKey || event.metaKey ? 'Ctrl' : '', event.altKey ? 'Alt' : '',
    shifted ? 'Shift' : '', key === ' ' ? 'Space' : key].filter(Boolean).join('+');
}

class Keymap {
  private own: Partial<Record<Action, string>> = {};

  constructor() {
    try {
      this.own = JSON.parse(localStorage.getItem('keys') ?? '{}');
    } catch {
      // a broken choice is no choice
    }
  }

  keys_of(action: Action): readonly string[] {
    return this.own[action] ? [this.own[action]!] : defaults[action];
  }

  action_of(event: KeyboardEvent): Action | undefined {
    const pressed = combination(event);
    return actions.find((action) => this.keys_of(action).includes(pressed));
  }

  // The action that has the key already, if another one has.
  set(action: Action, keys: string): Action | null {
    const holder = actions.find((other) => other !== action && this.keys_of(other).includes(keys));
    if (holder) return holder;
    this.own[action] = keys;
    localStorage.setItem('keys', JSON.stringify(this.own));
    return null;
  }

  reset(): void {
    this.own = {};
    localStorage.removeItem('keys');
  }
}

export const keymap = new Keymap();

// 'Undo (Ctrl+Z)': what a button's tooltip says.
export const hint = (action: Action): string =>
  `${t.actions[action]} (${keymap.keys_of(action)[0]})`;
