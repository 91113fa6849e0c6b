// What leaks between the parts of a split or a release: one number, and the pairs with their pages.
import * as api from '../api';
import { number, t } from '../texts';
import { error_box, h, replace } from '../ui/dom';

const shown_at_once = 12;
const picture_width = 240;
const kinds = ['by_source', 'by_page_image', 'by_near_page', 'by_near_look', 'by_group'] as const;

export function leakage_summary(leakage: api.Leakage): HTMLElement {
  const { leaking, documents } = leakage;
  return h('div.leakage', leaking ? h('p.error', t.leakage_some(leaking, documents))
    : h('p.empty.good', t.leakage_none(documents)),
  leaking > 0 && h('ul', kinds.filter((kind) => leakage[kind]).map((kind) =>
    h('li', t.leakage_kinds[kind], ' ', h('strong', number(leakage[kind]))))));
}

// Looks for what leaks when asked to, since that compares every page.
export class LeakageReport {
  readonly element = h('div');
  private shown = 0;
  private readonly list = h('ul.pairs-of-pages');
  private readonly more = h('p');

  constructor(private readonly at: api.ProjectAt, private readonly ask: () => Promise<api.LeakageReport>,
    button = t.measure) {
    replace(this.element, h('button', { type: 'button', onclick: () => void this.load() }, button));
  }

  private async load(): Promise<void> {
    replace(this.element, h('p.muted', { role: 'status' }, t.measuring));
    try {
      const report = await this.ask();
      replace(this.element, leakage_summary(report), this.list, this.more);
      this.show(report.pairs);
    } catch (error) {
      replace(this.element, error_box(error));
    }
  }

  private show(pairs: readonly api.LeakagePair[]): void {
    this.list.append(...pairs.slice(this.shown, this.shown + shown_at_once).map((pair) => this.pair(pair)));
    this.shown = Math.min(pairs.length, this.shown + shown_at_once);
    const rest = pairs.length - this.shown;
    replace(this.more, rest > 0 && h('button', { type: 'button', onclick: () => this.show(pairs) }, t.more_pairs(rest)));
  }

  private pair(pair: api.LeakagePair): HTMLElement {
    const likeness = pair.likeness === undefined ? '' : ` (${t.alike(Math.round(pair.likeness / 10))})`;
    return h('li', h('p', t.leakage_pair[pair.kind], likeness), h('div.two', this.side(pair.a, pair.part_a, pair.page_a),
      this.side(pair.b, pair.part_b, pair.page_b)));
  }

  private side(id: string, part: string, page = 1): HTMLElement {
    const image = h('img', { alt: '', loading: 'lazy', width: picture_width });
    api.small_image({ ...this.at, id }, picture_width, page).then((address) => { image.src = address; }, () => {});
    const home = `/${encodeURIComponent(this.at.org)}/${encodeURIComponent(this.at.project)}`;
    return h('figure', image, h('figcaption', h('a', { href: `${home}/documents/${id}?page=${page}` },
      t.open_document(id.slice(0, 8))), ` ${t.document_page(page)}, `, h('strong', t.in_part(part))));
  }
}
