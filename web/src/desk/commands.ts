// What each key and button does at the desk.
//
//   const run = commands(desk, stage, flow);
//   run.action('undo');  run.key(event);
//
// With words selected, letters are for the label: the schema's own key labels at once, any other
// letter begins to type a name. Without, they are commands. Nothing here hears keys while somebody
// types into a field.
import type { Desk } from '../editor/desk';
import type { Stage } from '../page/stage';
import { t } from '../texts';
import { ask } from '../ui/dialog';
import { announce, toast } from '../ui/dom';
import { show_help } from '../ui/help_sheet';
import { keymap, type Action } from '../ui/keymap';
import { label_choices } from './label_chips';
import { pick_one, type Choice } from './picker';

// What goes beyond the page that lies there.
export interface Flow {
  turn_to(page: number): Promise<void>;
  submit(): Promise<void>;
  next_document(): Promise<void>;
  skip(): Promise<void>;
  show_words(shown: boolean): void;
  judging(): boolean; // labels of others are looked at, not made
}

const cursor_keys = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'];

export class Commands {
  private readonly labels: Choice[];

  constructor(private readonly desk: Desk, private readonly stage: Stage, private readonly flow: Flow) {
    this.labels = label_choices(desk);
    stage.addEventListener('boxed', () => this.pick_label());
    desk.addEventListener('relation', (event) => this.pick_relation((event as CustomEvent).detail));
  }

  // -- keys --------------------------------------------------------------------------------------

  key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest('input, select, textarea, dialog')) return;
    if (this.on_page(event, target) || this.label_key(event) || this.command_key(event, target)) {
      event.preventDefault();
    }
  }

  private on_page(event: KeyboardEvent, target: HTMLElement): boolean {
    if (target !== this.stage.window || !cursor_keys.includes(event.key) || event.altKey) return false;
    if (event.ctrlKey || event.metaKey) return this.pan(event.key);
    this.desk.select((selection) => selection.move(event.key, event.shiftKey));
    return true;
  }

  private pan(key: string): boolean {
    const step = 80;
    const ways: Record<string, [number, number]> = { ArrowLeft: [step, 0], ArrowRight: [-step, 0],
      ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (ways[key]) this.stage.zoom.pan_by(...ways[key], false);
    return key in ways;
  }

  private label_key(event: KeyboardEvent): boolean {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1;
    if (!plain || (!this.desk.has_choice && !this.desk.picked)) return false;
    const is_letter = /^\p{L}$/u.test(event.key);
    if (is_letter && (!this.desk.has_choice || event.shiftKey)) return false;
    const known = this.labels.find((choice) => choice.keys?.includes(event.key));
    if (known) return this.label(known.name);
    if (is_letter) this.pick_label(event.key);
    return is_letter;
  }

  private command_key(event: KeyboardEvent, target: HTMLElement): boolean {
    const action = keymap.action_of(event);
    const presses = event.key === 'Enter' || event.key === ' ';
    if (!action || (presses && !event.ctrlKey && target.closest('button, a, summary'))) return false;
    this.action(action);
    return true;
  }

  // -- actions -----------------------------------------------------------------------------------

  action(action: Action): void {
    const { desk, stage, flow } = this;
    const { zoom } = stage;
    const actions: Record<Action, () => unknown> = {
      help: show_help,
      undo: () => this.repeat(desk.undo()),
      redo: () => this.repeat(desk.redo()),
      label: () => this.pick_label(),
      remove: () => desk.remove(),
      leave: () => this.leave(),
      accept: () => this.accept(),
      accept_all: () => toast(flow.judging() ? t.judged_count(desk.judge_rest()) : t.accepted_count(desk.accept_all())),
      reject: () => this.reject(),
      next_annotation: () => { desk.step(1); this.reveal_picked(); },
      previous_annotation: () => { desk.step(-1); this.reveal_picked(); },
      next_unsure: () => { stage.window.focus(); if (!desk.next_unsure()) toast(t.no_unsure); },
      correct: () => this.correct(),
      relation: () => this.relate(),
      value: () => this.edit_value(),
      classify: () => this.pick_class(),
      box_tool: () => stage.choose('box'),
      polygon_tool: () => stage.choose('polygon'),
      pan_tool: () => stage.choose('pan'),
      select_tool: () => stage.choose('select'),
      words: () => flow.show_words(stage.toggle_words()),
      hide: () => this.hide_label(),
      zoom_in: () => zoom.zoom_by(1.25),
      zoom_out: () => zoom.zoom_by(0.8),
      fit: () => zoom.fit(),
      fit_width: () => zoom.fit_width(),
      rotate: () => zoom.rotate(),
      next_page: () => flow.turn_to(desk.page + 1),
      previous_page: () => flow.turn_to(desk.page - 1),
      submit: () => flow.submit(),
      next_document: () => flow.next_document(),
      skip: () => flow.skip(),
      comment: () => this.comment(),
    };
    actions[action]();
  }

  label(name: string): boolean {
    const { desk } = this;
    if (desk.label(name)) {
      announce(t.labelled_as(desk.palette.title_of(name)));
      this.stage.choose('select');
      return true;
    }
    if (desk.has_choice || desk.picked) toast(t.label_does_not_fit(desk.palette.title_of(name)));
    else toast(t.choose_first);
    return true;
  }

  private async repeat(what: Promise<number | null>): Promise<void> {
    const page = await what;
    if (page && page !== this.desk.page) await this.flow.turn_to(page);
  }

  private leave(): void {
    this.stage.choose('select');
    this.desk.leave();
  }

  private reveal_picked(): void {
    if (this.desk.picked) this.stage.reveal(this.desk.picked);
  }

  // Enter: the polygon is whole; the selection wants a label; a proposal is right.
  private accept(): void {
    if (this.desk.has_choice) return this.pick_label();
    if (!this.desk.picked) this.desk.step(1);
    else if (!this.desk.accept() && this.flow.judging()) this.desk.judge({ state: 'accepted' });
    return this.reveal_picked();
  }

  private async reject(): Promise<void> {
    const { desk } = this;
    if (!desk.picked) return;
    if (!desk.reject() && this.flow.judging()) {
      const reason = await ask(t.reject_label, t.why_wrong, { required: false });
      if (reason !== null) desk.judge({ state: 'rejected', ...(reason && { reason }) });
      this.stage.window.focus({ preventScroll: true });
    }
    this.reveal_picked();
  }

  private comment(): void {
    if (!this.desk.picked) return toast(t.choose_first);
    return document.querySelector<HTMLTextAreaElement>('.inspector .thread > .say textarea')?.focus();
  }

  private correct(): void {
    const { selection, picked_annotation: picked, words } = this.desk;
    const covered = (picked?.words ?? []).map((id) => words.index(id)).filter((i) => i >= 0);
    const indexes = selection.empty ? covered : selection.indexes;
    if (indexes.length) this.stage.word_editor.open(indexes);
    else toast(t.choose_first);
  }

  private relate(): void {
    if (this.desk.begin_relation()) return announce(t.choose_other_end);
    return this.stage.choose('link');
  }

  private edit_value(): void {
    document.querySelector<HTMLInputElement>('.inspector input[name=value]')?.focus();
  }

  private hide_label(): void {
    const label = this.desk.picked_annotation?.label;
    if (label) this.stage.hide(label, true);
    else [...this.stage.hidden].forEach((name) => this.stage.hide(name, false));
  }

  // -- choosing from a list ----------------------------------------------------------------------

  private pick(title: string, choices: Choice[], chosen: (name: string) => void, typed = ''): void {
    pick_one({ title, choices, typed, at: this.stage.anchor(), host: this.stage.element, chosen,
      left: () => this.stage.window.focus({ preventScroll: true }) });
  }

  private pick_label(typed = ''): void {
    if (!this.desk.has_choice && !this.desk.picked) return toast(t.choose_first);
    return this.pick(t.choose_label, this.labels, (name) => this.label(name), typed);
  }

  private pick_relation({ from, to, kinds }: { from: string; to: string; kinds: string[] }): void {
    if (!kinds.length) return toast(t.no_relation);
    return this.pick(t.choose_relation, this.named(kinds), (kind) => this.desk.relate(from, to, kind));
  }

  private pick_class(): void {
    const names = (this.desk.palette.schema.classes ?? []).map((entry) => entry.name);
    if (names.length) this.pick(t.choose_class, this.named(names), (name) => this.desk.classify(name));
  }

  private named(names: string[]): Choice[] {
    const { palette } = this.desk;
    return names.map((name) => ({ name, title: palette.title_of(name), colour: palette.colour(name) }));
  }
}
