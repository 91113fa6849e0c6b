// What lies before the annotator: one page of a session, what is chosen on it, and all that can be
// done there. Knows nothing of the screen.
//
//   const desk = new Desk(session, palette);
//   desk.open(1, words);
//   desk.select(...); desk.label('total');
//
// Events: 'page' another page lies there; 'annotations'; 'choice' what is selected, picked or pointed
// at by a tool. Every change goes through the session, so that it is journalled and can be undone.
import type { Palette } from '../ui/colours';
import { by_id, confirmed, difference, found_again, is_proposal, same, with_verdict, type Annotation, type Annotations,
  type AttributeValue, type Box, type Change, type Point, type Verdict } from './annotation';
import { correction, labelled, table } from './labelling';
import { normal_form } from './normal_form';
import { Selection } from './selection';
import type { DocumentSession } from './session';
import { covered_text, in_reading_order } from './shapes';
import { ulid } from './ulid';
import { PageWords } from './words';

const is_rejected = (annotation: Annotation): boolean => annotation.review?.state === 'rejected';

export class Desk extends EventTarget {
  page = 0;
  words = new PageWords([]);
  selection = new Selection(this.words);
  picked: string | null = null;
  box: Box | null = null;
  polygon: Point[] = [];
  relation_from: string | null = null;

  constructor(readonly session: DocumentSession, readonly palette: Palette, private readonly may_judge = false) {
    super();
    session.addEventListener('change', () => this.changed());
  }

  open(page: number, words: PageWords): void {
    this.page = page;
    this.words = words;
    this.selection = new Selection(words);
    this.picked = this.box = null;
    this.polygon = [];
    this.tell('page');
    this.changed();
  }

  get annotations(): Annotations {
    return this.session.annotations(this.page);
  }

  get classes(): Annotation[] {
    return [...this.session.annotations(0).values()].filter((a) => a.type === 'class');
  }

  // As the list shows them: proposals first, the least certain at the top; then what a reviewer called
  // wrong; the others as they are read.
  listed(): Annotation[] {
    const all = in_reading_order(this.annotations.values(), this.words);
    const doubt = (a: Annotation) => a.confidence ?? 0;
    const proposals = all.filter(is_proposal).sort((a, b) => doubt(a) - doubt(b));
    const rest = all.filter((a) => !is_proposal(a));
    return [...proposals, ...rest.filter(is_rejected), ...rest.filter((a) => !is_rejected(a))];
  }

  get picked_annotation(): Annotation | null {
    return (this.picked && this.annotations.get(this.picked)) || null;
  }

  get has_choice(): boolean {
    return !this.selection.empty || this.box !== null || this.polygon.length > 2;
  }

  // -- choosing ----------------------------------------------------------------------------------

  pick(id: string | null): void {
    if (id && this.relation_from && id !== this.relation_from) return this.relate_to(id);
    this.picked = id;
    if (id) this.drop_choice();
    return this.tell('choice');
  }

  // Runs `act` on the selection; whatever was picked no longer is, unless it is these words' label.
  select(act: (selection: Selection) => void): void {
    act(this.selection);
    this.box = null;
    if (!this.selection.empty && !this.is_lost(this.picked_annotation)) this.picked = null;
    this.tell('choice');
  }

  // Another reading did not find its words: it stays picked while they are chosen.
  private is_lost(annotation: Annotation | null): boolean {
    return annotation?.anchor?.status === 'orphaned';
  }

  choose_box(box: Box | null): void {
    this.drop_choice();
    this.box = box;
    this.picked = null;
    this.tell('choice');
  }

  // A free box becomes the words that lie in it.
  snap(): void {
    const inside = this.box && this.words.inside(this.box);
    if (inside?.length) this.select((selection) => selection.set(inside));
  }

  add_corner(point: Point): void {
    this.polygon = [...this.polygon, [Math.round(point[0]), Math.round(point[1])]];
    this.picked = null;
    this.tell('choice');
  }

  leave(): void {
    this.relation_from = null;
    this.drop_choice();
    this.pick(null);
  }

  step(direction: 1 | -1): void {
    const list = this.listed();
    if (!list.length) return;
    const at = list.findIndex((a) => a.id === this.picked);
    const next = at < 0 ? (direction > 0 ? 0 : list.length - 1)
      : (at + direction + list.length) % list.length;
    this.pick(list[next].id);
  }

  // The next word that was read with doubt and that nobody has said anything about.
  next_unsure(): boolean {
    const told = new Set([...this.annotations.values()].flatMap((a) => a.words ?? []));
    const from = this.selection.cursor;
    for (let n = 1; n <= this.words.size; n += 1) {
      const i = (from + n) % this.words.size;
      if (!this.words.unsure(i) || told.has(this.words.ids[i])) continue;
      this.select((selection) => selection.set([i]));
      return true;
    }
    return false;
  }

  // -- labelling ---------------------------------------------------------------------------------

  // What is chosen gets the label; else what is picked gets another one. False: not for this label.
  label(name: string): boolean {
    const made = this.has_choice ? this.labelled(name) : this.relabelled(name);
    if (!made) return false;
    this.put(made);
    this.drop_choice();
    this.pick(made.id);
    return true;
  }

  private labelled(name: string): Annotation | null {
    const { schema } = this.palette;
    const { indexes } = this.selection;
    const as_table = schema.tables?.find((entry) => entry.name === name);
    if (as_table) return indexes.length ? table(name, indexes, this.words, as_table.columns) : null;
    const types = schema.labels?.find((entry) => entry.name === name)?.types;
    return labelled(name, types, { indexes, box: this.box, polygon: this.polygon }, this.words);
  }

  private relabelled(name: string): Annotation | null {
    const old = this.picked_annotation;
    const types = this.palette.spec(name)?.types;
    if (!old || old.type === 'correction' || (types?.length && !types.includes(old.type))) return null;
    const { attributes, ...rest } = confirmed(old);
    const known = new Set(this.palette.spec(name)?.attributes?.map((spec) => spec.name));
    const kept = Object.entries(attributes ?? {}).filter(([key]) => known.has(key));
    return { ...rest, label: name, ...(kept.length && { attributes: Object.fromEntries(kept) }) } as Annotation;
  }

  classify(name: string): void {
    const there = this.classes.find((a) => a.label === name);
    const changes: Change[] = there ? [this.removal(there, 0)]
      : [this.addition({ id: ulid(), type: 'class', label: name }, 0)];
    this.session.change(changes);
  }

  // -- what is picked ----------------------------------------------------------------------------

  // A proposal becomes a label, and the next one is picked.
  accept(): boolean {
    const old = this.picked_annotation;
    if (!old || !is_proposal(old)) return false;
    const next = this.proposal_after(old.id);
    this.put(confirmed(old));
    this.pick(next ?? old.id);
    return true;
  }

  accept_all(): number {
    const proposals = [...this.annotations.values()].filter(is_proposal);
    this.session.change(proposals.map((old) =>
      ({ page: this.page, id: old.id, before: old, after: confirmed(old) })));
    return proposals.length;
  }

  reject(): boolean {
    const old = this.picked_annotation;
    return old !== null && is_proposal(old) && this.remove();
  }

  // With the relations that would hang in the air.
  remove(): boolean {
    const old = this.picked_annotation;
    if (!old) return false;
    const next = is_proposal(old) ? this.proposal_after(old.id) : null;
    const orphans = [...this.annotations.values()].filter((a) => a.from === old.id || a.to === old.id);
    this.session.change([...orphans, old].map((each) => this.removal(each, this.page)));
    this.pick(next);
    return true;
  }

  // What a reviewer thinks of it; then the next one that nobody has looked at is picked.
  judge(verdict: Verdict): void {
    const old = this.picked_annotation;
    if (!old || is_proposal(old)) return;
    const rest = this.listed().filter((a) => !is_proposal(a) && !a.review && a.id !== old.id);
    const at = this.listed().findIndex((a) => a.id === old.id);
    const after = this.listed().slice(at + 1).find((a) => rest.includes(a)) ?? rest[0];
    this.put(with_verdict(old, verdict));
    this.pick(after?.id ?? old.id);
  }

  // All that nobody has looked at is right.
  judge_rest(): number {
    const rest = [...this.annotations.values()].filter((a) => !is_proposal(a) && !a.review);
    this.session.change(rest.map((old) => ({ page: this.page, id: old.id, before: old,
      after: with_verdict(old, { state: 'accepted' }) })));
    return rest.length;
  }

  // The page as it was in an earlier revision. Verdicts stay with what they judged.
  restore(earlier: readonly Annotation[]): void {
    const then = earlier.map((annotation) => {
      const now = this.annotations.get(annotation.id);
      const unchanged = now && same(with_verdict(now, undefined), with_verdict(annotation, undefined));
      return unchanged ? now : with_verdict(annotation, undefined);
    });
    this.session.change(difference(this.page, this.annotations, by_id(then)));
  }

  private proposal_after(id: string): string | null {
    const list = this.listed().filter(is_proposal);
    const at = list.findIndex((a) => a.id === id);
    return (list[at + 1] ?? list.find((a) => a.id !== id))?.id ?? null;
  }

  // A person corrects it, so it is no proposal any more.
  edit(id: string, fields: Partial<Annotation>): void {
    const old = this.annotations.get(id) ?? this.session.annotations(0).get(id);
    if (!old) return;
    const page = this.annotations.has(id) ? this.page : 0;
    const is_placed = ['words', 'box', 'polygon'].some((name) => name in fields);
    const edited = { ...(is_placed ? found_again(old) : old), ...fields } as Record<string, unknown>;
    for (const [name, value] of Object.entries(fields)) if (value === undefined) delete edited[name];
    if (same(edited, old)) return;
    this.session.change([{ page, id, before: old, after: confirmed(edited as unknown as Annotation) }]);
  }

  set_attribute(id: string, name: string, value: AttributeValue | undefined): void {
    const old = this.annotations.get(id) ?? this.session.annotations(0).get(id);
    const attributes = { ...old?.attributes } as Record<string, AttributeValue>;
    if (value === undefined) delete attributes[name];
    else attributes[name] = value;
    this.edit(id, { attributes: Object.keys(attributes).length ? attributes : undefined });
  }

  // It lies where it should, though a later reading was not sure.
  settle_anchor(id: string): void {
    this.edit(id, { anchor: undefined });
  }

  // What another reading has lost covers what is selected. False: nothing is.
  recover(id: string): boolean {
    const { ids, text } = this.selection;
    if (!ids.length) return false;
    const has_text = this.annotations.get(id)?.type === 'span';
    this.edit(id, { words: ids, ...(has_text && { text: normal_form(text) ?? text }) });
    this.pick(id);
    return true;
  }

  covered(annotation: Annotation): string {
    return covered_text(annotation, this.words);
  }

  // -- relations ---------------------------------------------------------------------------------

  begin_relation(): boolean {
    if (!this.picked) return false;
    this.relation_from = this.picked;
    this.tell('choice');
    return true;
  }

  // The kinds of relation that may lead from one to the other.
  relation_kinds(from: string, to: string): string[] {
    const label = (id: string) => this.annotations.get(id)?.label ?? '';
    const fits = (list: string[] | undefined, id: string) => !list?.length || list.includes(label(id));
    return (this.palette.schema.relations ?? []).filter((kind) => fits(kind.from, from)
      && fits(kind.to, to)).map((kind) => kind.name);
  }

  relate(from: string, to: string, kind: string): void {
    this.relation_from = null;
    const made: Annotation = { id: ulid(), type: 'relation', label: kind, from, to };
    this.put(made);
    this.pick(made.id);
  }

  private relate_to(to: string): void {
    const from = this.relation_from!;
    const kinds = this.relation_kinds(from, to);
    this.relation_from = null;
    if (kinds.length === 1) this.relate(from, to, kinds[0]);
    else this.dispatchEvent(new CustomEvent('relation', { detail: { from, to, kinds } }));
  }

  // -- words -------------------------------------------------------------------------------------

  correction_of(indexes: readonly number[]): Annotation | undefined {
    const ids = new Set(indexes.map((i) => this.words.ids[i]));
    return [...this.annotations.values()].find((a) => a.type === 'correction'
      && a.words?.some((id) => ids.has(id)));
  }

  // The words as they should be read; as they were read: no correction.
  correct(indexes: readonly number[], text: string): void {
    const old = this.correction_of(indexes);
    const as_read = text.trim() === this.words.text(indexes);
    if (as_read && !old) return;
    if (as_read) return this.session.change([this.removal(old!, this.page)]);
    const all = old ? [...new Set([...indexes, ...(old.words ?? []).map((id) => this.words.index(id))])]
      .filter((i) => i >= 0).sort((a, b) => a - b) : indexes;
    return this.put(correction(all, text, this.words, old?.id));
  }

  // -- history -----------------------------------------------------------------------------------

  // Only reviewers give verdicts, also by taking something back.
  undo(): Promise<number | null> {
    return this.session.undo(!this.may_judge);
  }

  redo(): Promise<number | null> {
    return this.session.redo(!this.may_judge);
  }

  // -- within ------------------------------------------------------------------------------------

  private put(annotation: Annotation): void {
    const before = this.annotations.get(annotation.id) ?? null;
    this.session.change([{ page: this.page, id: annotation.id, before, after: annotation }]);
  }

  private addition = (after: Annotation, page: number): Change =>
    ({ page, id: after.id, before: null, after });

  private removal = (before: Annotation, page: number): Change =>
    ({ page, id: before.id, before, after: null });

  private drop_choice(): void {
    this.selection.clear();
    this.box = null;
    this.polygon = [];
  }

  private changed(): void {
    if (this.picked && !this.annotations.has(this.picked)) this.picked = null;
    this.tell('annotations');
  }

  private tell(what: string): void {
    this.dispatchEvent(new Event(what));
  }
}

