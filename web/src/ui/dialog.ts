// A window above the page: keeps the focus within, leaves on Escape, gives the focus back.
import { h, type Child } from './dom';
import { t } from '../texts';

export function dialog(title: string, ...content: Child[]): HTMLDialogElement {
  const close = () => element.close();
  const element = h('dialog', { 'aria-label': title },
    h('header', h('h2', title), h('button.quiet', { type: 'button', 'aria-label': t.close, onclick: close },
      '✕')), h('div.body', content));
  element.addEventListener('close', () => element.remove());
  element.addEventListener('keydown', (event) => event.stopPropagation());
  element.addEventListener('click', (event) => event.target === element && close());
  document.body.append(element);
  element.showModal();
  return element;
}

// Asks whether that is meant, and does it.
export function confirm_first(question: string, action: string, act: () => void): void {
  const element = dialog(question, h('p.actions', h('button', { type: 'button', onclick: () => element.close() }, t.back),
    h('button.primary', { type: 'button', onclick: () => {
      element.close();
      act();
    } }, action)));
}

// Asks for one line of text; nothing if the person leaves.
export function ask(title: string, about: string, { type = 'text', required = true } = {}):
  Promise<string | null> {
  return new Promise((resolve) => {
    const input = h('input', { type, name: 'answer', required, 'aria-label': about, autocomplete: 'off' });
    const form = h('form', { onsubmit: (event: Event) => {
      event.preventDefault();
      resolve(input.value);
      element.close();
    } }, h('label', h('span', about), input), h('button.primary', { type: 'submit' }, title));
    const element = dialog(title, form);
    element.addEventListener('close', () => resolve(null));
    input.focus();
  });
}
