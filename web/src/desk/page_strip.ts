// The pages of the document as small pictures; one page needs no strip.
import * as api from '../api';
import { t } from '../texts';
import { h, replace } from '../ui/dom';

const picture_width = 128; // twice what is shown, for sharp screens

export class PageStrip {
  readonly element = h('nav.strip', { 'aria-label': t.pages });
  private readonly buttons: HTMLElement[];

  constructor(at: api.DocumentAt, count: number, open: (page: number) => void) {
    this.element.hidden = count < 2;
    const numbers = Array.from({ length: count }, (_, i) => i + 1);
    this.buttons = numbers.map((page) => h('button', { type: 'button', 'aria-label': t.page_number(page),
      onclick: () => open(page) }, this.picture(at, page), h('span', String(page))));
    if (count > 1) replace(this.element, this.buttons);
  }

  show(page: number): void {
    this.buttons.forEach((button, i) => {
      if (i + 1 === page) button.setAttribute('aria-current', 'page');
      else button.removeAttribute('aria-current');
    });
    this.buttons[page - 1]?.scrollIntoView({ block: 'nearest' });
  }

  // Loaded when it comes into sight: a small one, or what there is while the document is being read.
  private picture(at: api.DocumentAt, page: number): HTMLElement {
    const image = h('img', { alt: '', loading: 'lazy' });
    const near = new IntersectionObserver(async ([entry]) => {
      if (!entry.isIntersecting) return;
      near.disconnect();
      image.addEventListener('error', () => void api.image(at, page).then((address) => { image.src = address; }), { once: true });
      image.src = await api.small_image(at, picture_width, page).catch(() => api.image(at, page));
    });
    near.observe(image);
    return image;
  }
}
