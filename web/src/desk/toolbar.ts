// The buttons above the page. Each says its key; all of them only call a command.
import type { Tool } from '../page/pointer';
import { t } from '../texts';
import { h, replace, type Child } from '../ui/dom';
import { hint, type Action } from '../ui/keymap';
import { icon, type IconName } from '../ui/icons';

export type Run = (action: Action) => void;

const tools: [Tool, Action, IconName][] = [['select', 'select_tool', 'select'], ['box', 'box_tool', 'box'],
  ['polygon', 'polygon_tool', 'polygon'], ['pan', 'pan_tool', 'hand']];

export class Toolbar {
  readonly element = h('div.bar', { role: 'toolbar', 'aria-label': t.tools });
  private readonly tool_buttons = new Map<Tool, HTMLElement>();
  private readonly words: HTMLElement;
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;

  constructor(run: Run, heading: Child[], ending: Child[]) {
    const button = (action: Action, picture: IconName) => h('button.quiet.icon', { type: 'button',
      'aria-label': t.actions[action], title: hint(action), onclick: () => run(action) }, icon(picture));
    const group = (...children: Child[]) => h('div.group', children);
    for (const [tool, action, picture] of tools) this.tool_buttons.set(tool, button(action, picture));
    this.words = button('words', 'words');
    this.undo = button('undo', 'undo');
    this.redo = button('redo', 'redo');
    replace(this.element, heading, group([...this.tool_buttons.values()]), group(this.undo, this.redo),
      group(button('zoom_out', 'minus'), button('zoom_in', 'plus'), button('fit', 'fit'),
        button('rotate', 'rotate'), this.words), group(button('help', 'keyboard')),
      h('span.space'), ending);
    this.choose('select');
    this.show_words(false);
  }

  choose(tool: Tool): void {
    for (const [other, button] of this.tool_buttons) {
      button.setAttribute('aria-pressed', String(other === tool));
    }
  }

  show_words(shown: boolean): void {
    this.words.setAttribute('aria-pressed', String(shown));
  }

  can(undo: boolean, redo: boolean): void {
    this.undo.disabled = !undo;
    this.redo.disabled = !redo;
  }
}
