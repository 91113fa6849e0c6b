// Markdown to elements: headings, paragraphs, lists, quotes, code, emphasis, links to where http leads.
// What it does not know stays text; nothing in it can become markup or script.
//
//   replace(place, ...markdown('# Totals\n\nThe *amount* to be paid.'))
import { h, type Child } from './dom';

const inline = /(`[^`]+`)|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/g;

function spans(text: string): Child[] {
  const out: Child[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    const [whole, code, strong, emphasis, words, link] = match;
    out.push(text.slice(end, match.index));
    if (code) out.push(h('code', code.slice(1, -1)));
    else if (strong) out.push(h('strong', strong));
    else if (emphasis) out.push(h('em', emphasis));
    else out.push(h('a', { href: link, rel: 'noreferrer noopener', target: '_blank' }, words));
    end = match.index! + whole.length;
  }
  return [...out, text.slice(end)];
}

const bullet = /^\s*[-*+] +/;
const numbered = /^\s*\d+[.)] +/;

// One block, as lines without an empty one between them.
function block(lines: string[]): HTMLElement {
  const heading = lines[0].match(/^(#{1,6}) +(.*)$/);
  if (heading) {
    const level = Math.min(heading[1].length + 1, 6) as 2 | 3 | 4 | 5 | 6;
    return h(`h${level}`, spans(heading[2]));
  }
  for (const [tag, mark] of [['ul', bullet], ['ol', numbered]] as const) {
    if (mark.test(lines[0])) return h(tag, items(lines, mark).map((item) => h('li', spans(item))));
  }
  if (lines[0].startsWith('>')) return h('blockquote', spans(lines.map((line) => line.replace(/^> ?/, '')).join(' ')));
  return h('p', spans(lines.join(' ')));
}

function items(lines: string[], mark: RegExp): string[] {
  const out: string[] = [];
  for (const line of lines) {
    if (mark.test(line)) out.push(line.replace(mark, ''));
    else out[out.length - 1] += ` ${line.trim()}`;
  }
  return out;
}

export function markdown(text: string): HTMLElement[] {
  const out: HTMLElement[] = [];
  let lines: string[] = [];
  let code: string[] | null = null;
  const flush = () => {
    if (lines.length) out.push(block(lines));
    lines = [];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) {
      flush();
      if (code) out.push(h('pre', h('code', code.join('\n'))));
      code = code ? null : [];
    } else if (code) {
      code.push(line);
    } else if (!line.trim()) {
      flush();
    } else {
      if (/^#{1,6} /.test(line)) flush();
      lines.push(line);
      if (/^#{1,6} /.test(line)) flush();
    }
  }
  flush();
  if (code) out.push(h('pre', h('code', code.join('\n'))));
  return out;
}
