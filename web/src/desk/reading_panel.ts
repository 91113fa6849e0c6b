// Two blind readings of the document beside each other, for whoever makes one of them: first what both
// agree on is taken at once, then place by place one or the other, or neither. What is taken lies on the
// page as any other label, can be undone and corrected; finishing closes the readings.
import * as api from '../api';
import { same, type Annotation, type Change } from '../editor/annotation';
import type { Desk } from '../editor/desk';
import type { Keeper } from '../editor/keeper';
import { boxes_of, text_of } from '../editor/shapes';
import type { Stage } from '../page/stage';
import { t } from '../texts';
import { h, message_of, replace, toast } from '../ui/dom';

const sides = ['first', 'second'] as const;
type Side = typeof sides[number];

export class ReadingPanel {
  readonly element = h('section.readings', { hidden: true, 'aria-label': t.readings });
  private readings: api.Readings | null = null;
  private readonly decided = new Set<api.ReadingPair>();

  constructor(private readonly at: api.DocumentAt, private readonly desk: Desk, private readonly keeper: Keeper,
    private readonly stage: Stage, private readonly turn_to: (page: number) => Promise<void>,
    private readonly finished: () => void) {
    desk.addEventListener('annotations', () => this.draw());
  }

  async load(): Promise<void> {
    const readings = await api.readings(this.at);
    if (readings.closed || !readings.items.length) return;
    for (const page of new Set(readings.pairs.map((pair) => pair.page))) await this.desk.session.load(page);
    this.readings = readings;
    this.draw();
  }

  // -- what is on the page ---------------------------------------------------------------------

  private on_page({ page }: api.ReadingPair, side: Annotation | null): boolean {
    return side !== null && same(this.desk.session.annotations(page).get(side.id), side);
  }

  private taken(pair: api.ReadingPair): Side | null {
    return sides.find((side) => this.on_page(pair, pair[side])) ?? null;
  }

  private is_settled(pair: api.ReadingPair): boolean {
    return this.decided.has(pair) || this.taken(pair) !== null;
  }

  // The chosen side comes to the page, the other one leaves it.
  private change_to(pair: api.ReadingPair, chosen: Side | null): Change[] {
    const now = this.desk.session.annotations(pair.page);
    const wanted = chosen && pair[chosen];
    const ids = new Set(sides.flatMap((side) => pair[side]?.id ?? []));
    return [...ids].map((id) => ({ page: pair.page, id, before: now.get(id) ?? null,
      after: wanted?.id === id ? wanted : null }));
  }

  private take(pair: api.ReadingPair, chosen: Side | null): void {
    this.decided.add(pair);
    this.desk.session.change(this.change_to(pair, chosen));
    this.draw();
    const next = this.open_pairs()[0];
    if (next) void this.look_at(next);
    else this.stage.point_out([]);
  }

  // Also away with what neither of them kept: proposals that both rejected.
  private take_agreed(): void {
    const { pairs } = this.readings!;
    const said = new Set(pairs.flatMap((pair) => sides.flatMap((side) => pair[side]?.id ?? [])));
    const pages = [...new Set([0, ...pairs.map((pair) => pair.page)])];
    const gone = pages.flatMap((page) => [...this.desk.session.annotations(page).values()]
      .filter((a) => !said.has(a.id)).map((before): Change => ({ page, id: before.id, before, after: null })));
    const agreed = pairs.filter((pair) => pair.agreed).flatMap((pair) => this.change_to(pair, 'first'));
    this.desk.session.change([...gone, ...agreed]);
  }

  private open_pairs(): api.ReadingPair[] {
    return this.readings!.pairs.filter((pair) => !pair.agreed && !this.is_settled(pair));
  }

  private async look_at(pair: api.ReadingPair): Promise<void> {
    if (pair.page) await this.turn_to(pair.page);
    const boxes = sides.flatMap((side) => (pair[side] ? boxes_of(pair[side]!, this.desk.words) : []));
    this.stage.point_out(boxes);
    this.element.querySelector<HTMLElement>('.pair.open button')?.focus({ preventScroll: true });
  }

  // -- what is seen ------------------------------------------------------------------------------

  private draw(): void {
    if (!this.readings) return;
    this.element.hidden = false;
    const { agreement } = this.readings;
    replace(this.element, h('h2', t.readings), this.readers(), agreement ? this.decisions(agreement)
      : h('p.muted', t.readings_missing(this.missing())));
  }

  private missing(): number {
    return this.readings!.wanted - this.readings!.items.filter((item) => item.state === 'submitted').length;
  }

  private readers(): HTMLElement {
    return h('p.muted', this.readings!.items.map((item) => item.reader).join(' · '));
  }

  private decisions(agreement: api.Agreement): HTMLElement[] {
    const agreed = this.readings!.pairs.filter((pair) => pair.agreed);
    const untaken = agreed.filter((pair) => !this.taken(pair)).length;
    const open = this.open_pairs();
    const differing = this.readings!.pairs.filter((pair) => !pair.agreed);
    return [h('p', { title: t.agreement_about((agreement.kappa / 1000).toFixed(2)) },
      h('strong', t.agreement(t.percent(agreement.f1 / 10)))),
    h('div.actions', untaken > 0 && this.button(t.take_agreed(untaken), () => this.take_agreed(), 'primary')),
    h('p.muted', { role: 'status' }, open.length ? t.to_decide(open.length) : t.all_decided),
    h('ol.pairs', differing.map((pair) => this.pair(pair, open))),
    h('div.actions', this.button(t.close_readings, () => void this.finish(),
      open.length || untaken ? '' : 'primary', open.length > 0 || untaken > 0))];
  }

  private pair(pair: api.ReadingPair, open: readonly api.ReadingPair[]): HTMLElement {
    const taken = this.taken(pair);
    const settled = !open.includes(pair);
    const [one, two] = this.readings!.items.filter((item) => item.state === 'submitted');
    const side = (which: Side, reader: string) => pair[which] && h('button.side-of', { type: 'button',
      'aria-pressed': String(taken === which), title: t.take_first(reader), onclick: () => this.take(pair, which) },
    h('span.muted', reader), ' ', h('strong', this.desk.palette.title(pair[which]!)), ' ', this.said(pair[which]!));
    return h('li', { class: settled ? 'pair' : 'pair open', onmouseenter: () => void this.look_at_quietly(pair) },
      h('div.sides', side('first', one?.reader ?? '1'), side('second', two?.reader ?? '2'),
        h('button.side-of', { type: 'button', 'aria-pressed': String(settled && taken === null),
          onclick: () => this.take(pair, null) }, t.take_neither)));
  }

  private look_at_quietly(pair: api.ReadingPair): void {
    if (pair.page !== this.desk.page) return;
    this.stage.point_out(sides.flatMap((side) => (pair[side] ? boxes_of(pair[side]!, this.desk.words) : [])), false);
  }

  private said(annotation: Annotation): string {
    const extra = Object.entries(annotation.attributes ?? {}).map(([name, value]) => `${name}: ${value}`);
    return [text_of(annotation, this.desk.words), ...extra].filter(Boolean).join(', ');
  }

  private button(text: string, act: () => void, look = '', disabled = false): HTMLElement {
    return h('button', { type: 'button', class: look, disabled, onclick: act }, text);
  }

  private async finish(): Promise<void> {
    try {
      await this.keeper.flush();
      await api.adjudicate(this.at);
      toast(t.readings_closed);
      this.finished();
    } catch (error) {
      toast(error instanceof api.ApiError ? message_of(error) : t.not_saved_yet);
    }
  }
}
