// Small helpers to build a page. Text always goes in as text, never as markup.
import { locale, t } from '../texts';

export type Child = Node | string | null | undefined | false | readonly Child[];
type Attributes = Record<string, unknown>;

// h('button.primary', {onclick}, 'Send') makes an element; null and false children are left out.
export function h<Tag extends keyof HTMLElementTagNameMap>(what: `${Tag}.${string}` | Tag,
  ...rest: [Attributes, ...Child[]] | Child[]): HTMLElementTagNameMap[Tag];
export function h(what: string, ...rest: unknown[]): HTMLElement {
  const [tag, ...classes] = what.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  const [first] = rest;
  const has_attributes = typeof first === 'object' && first !== null && !Array.isArray(first)
    && !(first instanceof Node);
  if (has_attributes) set(element, first as Attributes);
  element.append(...flat((has_attributes ? rest.slice(1) : rest) as Child[]));
  return element;
}

function flat(children: readonly Child[]): (Node | string)[] {
  return (children as unknown[]).flat(4).filter((child) => child !== null && child !== undefined
    && child !== false) as (Node | string)[];
}

function set(element: HTMLElement, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value as EventListener);
    else if (name === 'style') set_style(element, value as Record<string, string>);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

function set_style(element: HTMLElement, style: Record<string, string>): void {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
}

export function replace<E extends Element>(element: E, ...children: Child[]): E {
  element.replaceChildren(...flat(children));
  return element;
}

// As replace(), but what is in its place already is not touched, which counts in long lists.
export function arrange(parent: Element, children: readonly Element[]): void {
  children.forEach((child, i) => {
    if (parent.children[i] !== child) parent.insertBefore(child, parent.children[i] ?? null);
  });
  while (parent.children.length > children.length) parent.lastElementChild!.remove();
}

let toast_timer: ReturnType<typeof setTimeout>;
export function toast(text: string): void {
  const place = document.getElementById('status')!;
  place.textContent = text;
  place.classList.add('shown');
  clearTimeout(toast_timer);
  toast_timer = setTimeout(() => place.classList.remove('shown'), 5000);
}

// A sentence for whoever listens instead of looking.
export function announce(text: string): void {
  document.getElementById('spoken')!.textContent = text;
}

export function message_of(error: unknown): string {
  const { message, code, status } = error as { message?: string; code?: string; status?: number };
  if (code === 'offline') return t.unreachable;
  return message || t.server_answered(status ?? 0);
}

export function error_box(error: unknown): HTMLElement {
  return h('p.error', { role: 'alert' }, message_of(error));
}

// A time as the server gives it, RFC 3339.
export function time(at: string | undefined): HTMLElement {
  const date = new Date(at ?? '');
  if (!at || Number.isNaN(date.getTime())) return h('span', '');
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return h('time', { datetime: date.toISOString(), title: full.format(date) }, ago(date));
}

const steps: [number, Intl.RelativeTimeFormatUnit, number][] = [[60, 'second', 1],
  [3600, 'minute', 60], [86400, 'hour', 3600], [86400 * 30, 'day', 86400]];

function ago(date: Date): string {
  const seconds = (Date.now() - date.getTime()) / 1000;
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [below, unit, size] of steps) {
    if (Math.abs(seconds) < below) return words.format(-Math.round(seconds / size), unit);
  }
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(date);
}

// A line to copy, with a button.
export function copy_line(text: string, label: string): HTMLElement {
  const code = h('code', text);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t.copied);
    } catch {
      getSelection()?.selectAllChildren(code);
      toast(t.copy_by_hand);
    }
  };
  return h('div.copy', code, h('button.quiet', { type: 'button', 'aria-label': `${t.copy}: ${label}`,
    onclick: copy }, t.copy));
}
