// The annotations of the page beside it: proposals first, the least certain at the top. Linked both
// ways: what is picked or pointed at there is marked here, and the other way round.
import type { Annotation } from '../editor/annotation';
import type { Desk } from '../editor/desk';
import { text_of } from '../editor/shapes';
import type { Stage } from '../page/stage';
import { t } from '../texts';
import { arrange, h, replace } from '../ui/dom';
import { inspector, type Around } from './inspector';

export class AnnotationList {
  readonly element = h('div.list');
  private readonly items = new Map<string, { element: HTMLElement; shown: Annotation }>();
  private readonly list = h('ul.annotations', { 'aria-label': t.annotations });
  private readonly heading = h('p.muted.summary', { role: 'status' });
  private open: string | null = null;

  constructor(private readonly desk: Desk, private readonly stage: Stage, private readonly around: Around) {
    replace(this.element, this.heading, this.list);
    desk.addEventListener('annotations', () => this.draw());
    desk.addEventListener('choice', () => this.mark());
    desk.addEventListener('page', () => this.items.clear());
    around.discussion.addEventListener('change', () => this.count_comments());
    stage.addEventListener('hover', (event) => this.near((event as CustomEvent<string>).detail));
    this.draw();
  }

  private draw(): void {
    const listed = this.desk.listed();
    const focused = document.activeElement?.closest('.inspector') && document.activeElement.getAttribute('name');
    const relations = listed.filter((a) => a.type === 'relation');
    const rest = listed.filter((a) => a.type !== 'relation');
    arrange(this.list, [...rest, ...relations].map((annotation) => this.item(annotation)));
    const proposals = listed.filter((a) => a.state === 'proposed').length;
    const people = listed.length - proposals;
    const judged = listed.filter((a) => a.review).length;
    replace(this.heading, listed.length ? [t.annotation_count(listed.length),
      (judged > 0 || this.around.judging()) && ` · ${t.looked_at(judged, people)}`,
      proposals > 0 && ` · ${t.proposal_count(proposals)}`] : t.nothing_labelled);
    this.count_comments();
    for (const id of this.items.keys()) if (!this.desk.annotations.has(id)) this.items.delete(id);
    this.mark();
    // The fields were made anew: whoever goes through them with the keyboard stays where they are.
    if (focused) this.list.querySelector<HTMLElement>(`.inspector [name="${CSS.escape(focused)}"]`)?.focus();
  }

  private count_comments(): void {
    for (const [id, { element }] of this.items) {
      const count = this.around.discussion.unsettled(id);
      const place = element.querySelector<HTMLElement>('.talk')!;
      place.hidden = !count;
      replace(place, count ? String(count) : null);
      if (count) place.setAttribute('aria-label', t.comment_count(count));
    }
  }

  private item(annotation: Annotation): HTMLElement {
    const old = this.items.get(annotation.id);
    if (old?.shown === annotation) return old.element;
    const { palette } = this.desk;
    const proposed = annotation.state === 'proposed';
    const element = h('li', { 'data-id': annotation.id, class: proposed ? 'proposed' : null },
      h('button.annotation', { type: 'button', onclick: () => this.choose(annotation.id),
        onmouseenter: () => this.stage.hover(annotation.id), onmouseleave: () => this.stage.hover(null),
        onfocus: () => this.stage.hover(annotation.id), onblur: () => this.stage.hover(null) },
      h('span.swatch', { style: { background: palette.of(annotation) } }),
      h('span.said', h('strong', palette.title(annotation)), this.state_of(annotation),
        h('span.covered', this.text(annotation)), this.extras(annotation)),
      h('span.talk', { hidden: true, role: 'img' })),
      h('div.more-about'));
    if (annotation.id === this.open) this.open = null;
    this.items.set(annotation.id, { element, shown: annotation });
    return element;
  }

  private text(annotation: Annotation): string {
    if (annotation.type !== 'relation') return text_of(annotation, this.desk.words);
    const end = (id: string | undefined) => {
      const found = id ? this.desk.annotations.get(id) : undefined;
      return found ? text_of(found, this.desk.words) || this.desk.palette.title(found) : '…';
    };
    return `${end(annotation.from)} → ${end(annotation.to)}`;
  }

  private state_of({ state, confidence, review }: Annotation): HTMLElement | null {
    if (state === 'proposed') {
      return h('em.tag', confidence === undefined ? t.proposed
        : `${t.proposed} ${t.percent(confidence / 10)}`);
    }
    return review ? h('em.tag', { class: `tag ${review.state}` }, t.verdicts[review.state]) : null;
  }

  private extras(annotation: Annotation): HTMLElement | null {
    const extra = Object.entries(annotation.attributes ?? {}).map(([name, value]) => `${name}: ${value}`);
    return extra.length ? h('span.muted', extra.join(', ')) : null;
  }

  private choose(id: string): void {
    this.desk.pick(id);
    this.stage.reveal(id);
  }

  private near(id: string | null): void {
    for (const [other, { element }] of this.items) element.classList.toggle('near', other === id);
  }

  private mark(): void {
    const { picked } = this.desk;
    for (const [id, { element }] of this.items) {
      element.classList.toggle('selected', id === picked);
      element.querySelector('.annotation')!.setAttribute('aria-pressed', String(id === picked));
    }
    if (this.open !== picked) this.unfold(picked);
  }

  private unfold(id: string | null): void {
    const place = (of: string | null) => (of && this.items.get(of)?.element.querySelector('.more-about')) || null;
    const old = place(this.open);
    if (old) replace(old);
    this.open = id;
    const now = place(id);
    const annotation = this.desk.picked_annotation;
    if (!now || !annotation) return;
    replace(now, inspector(this.desk, annotation, this.around));
    this.items.get(id!)!.element.scrollIntoView({ block: 'nearest' });
  }
}
