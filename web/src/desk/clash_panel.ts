// What two people did to the same annotation, side by side: mine, theirs, and what it was. Nothing is
// decided until somebody decides it here.
import type { Conflict } from '../api';
import type { Annotation, Box } from '../editor/annotation';
import type { Desk } from '../editor/desk';
import type { Clash, Keeper } from '../editor/keeper';
import { boxes_of } from '../editor/shapes';
import type { Stage } from '../page/stage';
import { named, t } from '../texts';
import { h, replace } from '../ui/dom';

type Side = 'mine' | 'theirs';

export class ClashPanel {
  readonly element = h('section.clash', { hidden: true, 'aria-label': t.clash_title });

  constructor(private readonly desk: Desk, private readonly keeper: Keeper,
    private readonly stage: Stage) {
    keeper.addEventListener('clash', () => this.draw());
    keeper.addEventListener('state', () => this.draw());
    desk.addEventListener('page', () => this.draw());
  }

  private shown: Clash | null = null;

  private draw(): void {
    const [clash] = this.keeper.clashes.values();
    if ((clash ?? null) === this.shown) return;
    this.shown = clash ?? null;
    this.element.hidden = !clash;
    this.mark();
    if (clash) replace(this.element, h('h2', t.clash_title), h('p', t.clash_about(clash.page)), this.form(clash));
    else replace(this.element);
  }

  // On the page: the annotations in question in red, the other side's place beside mine.
  private mark(): void {
    const conflicts = this.shown?.page === this.desk.page ? this.shown.conflicts : [];
    const theirs = this.shown?.current.annotations ?? [];
    const ghosts = conflicts.flatMap(({ id }) => theirs.filter((a) => a.id === id))
      .flatMap((a) => boxes_of(a, this.desk.words)).map((box: Box) => ({ box, colour: '#c81e1e' }));
    this.stage.dispute(new Set(conflicts.map((c) => c.id)), ghosts);
  }

  private form(clash: Clash): HTMLElement {
    const chosen = new Map<Conflict, Side>(clash.conflicts.map((c) => [c, 'mine']));
    const settle = (event: Event) => {
      event.preventDefault();
      this.keeper.settle(clash.page, (conflict) => {
        const own = [...chosen].find(([c]) => c.id === conflict.id && c.field === conflict.field);
        return own?.[1] === 'theirs';
      });
    };
    return h('form', { onsubmit: settle }, clash.conflicts.map((conflict, i) =>
      this.question(conflict, i, (side) => chosen.set(conflict, side))),
    h('button.primary', { type: 'submit' }, t.settle));
  }

  private question(conflict: Conflict, i: number, choose: (side: Side) => void): HTMLElement {
    const annotation = this.desk.session.find(conflict.id)?.annotation
      ?? this.shown?.current.annotations.find((a) => a.id === conflict.id);
    const row = (side: Side, title: string, value: unknown) => h('label',
      h('input', { type: 'radio', name: `clash-${i}`, value: side, checked: side === 'mine',
        onchange: () => choose(side) }), h('strong', title), ' ', h('span', this.say(value, conflict.field)));
    return h('fieldset', h('legend', annotation ? this.desk.palette.title(annotation) : conflict.id,
      conflict.field && ` – ${named(t.fields, conflict.field)}`),
    row('mine', t.mine, conflict.ours), row('theirs', t.theirs, conflict.theirs),
    h('p.muted', `${t.was} `, this.say(conflict.base, conflict.field)));
  }

  private say(value: unknown, field = ''): string {
    if (value === null || value === undefined) return t.nothing;
    if (field === 'label') return this.desk.palette.title_of(String(value));
    if (typeof value === 'string') return value;
    if (Array.isArray(value) && value.every((id) => this.desk.words.index(id as number) >= 0)) {
      return this.desk.words.text(value.map((id) => this.desk.words.index(id as number)));
    }
    if (typeof value === 'object' && 'type' in value) {
      const annotation = value as Annotation;
      return `${this.desk.palette.title(annotation)}: ${annotation.text ?? this.desk.covered(annotation)}`;
    }
    return JSON.stringify(value);
  }
}
