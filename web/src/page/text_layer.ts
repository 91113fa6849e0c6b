// The words of the page as text in the document, line by line above the image but unseen: for screen
// readers, for the browser's search and for copying. Made when the browser has nothing better to do.
import type { PageWords } from '../editor/words';
import { h, replace } from '../ui/dom';
import { t } from '../texts';
import type { Matrix } from './viewer';

export class TextLayer {
  readonly element = h('div.text-layer', { role: 'region', 'aria-label': t.page_text });
  private made = 0;

  show(words: PageWords): void {
    replace(this.element);
    const turn = this.made += 1;
    const idle = window.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 50));
    idle(() => {
      if (turn === this.made) replace(this.element, lines_of(words));
    }, { timeout: 1000 }); // a browser that is never idle must not hide the text for ever
  }

  move({ a, b, c, d, e, f }: Matrix): void {
    this.element.style.transform = `matrix(${a}, ${b}, ${c}, ${d}, ${e}, ${f})`;
  }
}

function lines_of(words: PageWords): HTMLElement[] {
  const lines: HTMLElement[] = [];
  for (let i = 0; i < words.size;) {
    const line = words.line_around(i);
    const first = words.box(line[0]);
    lines.push(h('p', { style: { left: `${first[0]}px`, top: `${first[1]}px`,
      'font-size': `${Math.max(6, (first[3] - first[1]) * 0.8)}px` } }, words.text(line)));
    i = line.at(-1)! + 1;
  }
  return lines;
}
