// Small helpers to build a page. Text always goes in as text, never as markup.

// h('button.primary', {onclick}, 'Send') makes an element; null and false children are left out.
export function h(what, attributes, ...children) {
  const [tag, ...classes] = what.split('.');
  const element = document.createElement(tag || 'div');
  if (classes.length) element.className = classes.join(' ');
  if (attributes instanceof Node || typeof attributes !== 'object' || attributes === null
      || Array.isArray(attributes)) {
    children.unshift(attributes);
  } else {
    set(element, attributes);
  }
  element.append(...children.flat(3).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') Object.assign(element.style, value);
    else element.setAttribute(name, value === true ? '' : value);
  }
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((c) => c !== null && c !== false));
  return element;
}

let toast_timer = 0;
export function toast(text) {
  const place = document.getElementById('status');
  place.textContent = text;
  place.classList.add('shown');
  clearTimeout(toast_timer);
  toast_timer = setTimeout(() => place.classList.remove('shown'), 5000);
}

export function error_box(error) {
  return h('p.error', { role: 'alert' }, error.message);
}

// A time as the server gives it, RFC 3339.
export function time(at) {
  const date = new Date(at);
  if (!at || Number.isNaN(date.getTime())) return h('span', '');
  const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return h('time', { datetime: date.toISOString(), title: full.format(date) }, ago(date));
}

function ago(date) {
  const seconds = (Date.now() - date) / 1000;
  const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  const steps = [[60, 'second', 1], [3600, 'minute', 60], [86400, 'hour', 3600],
    [86400 * 30, 'day', 86400]];
  for (const [below, unit, size] of steps) {
    if (Math.abs(seconds) < below) return words.format(-Math.round(seconds / size), unit);
  }
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' }).format(date);
}

export function count(number, one, many = one + 's') {
  return `${new Intl.NumberFormat().format(number)} ${number === 1 ? one : many}`;
}

// A line to copy, with a button.
export function copy_line(text, label) {
  const button = h('button.quiet', {
    type: 'button', 'aria-label': `Copy: ${label}`,
    onclick: async () => {
      try {
        await navigator.clipboard.writeText(text);
        toast('Copied.');
      } catch {
        getSelection().selectAllChildren(code);
        toast('Selected; press Ctrl+C to copy.');
      }
    },
  }, 'Copy');
  const code = h('code', text);
  return h('div.copy', code, button);
}
