// The page on the screen: image, overlay, text, and what the pointer does there, bound to a desk.
//
//   const stage = new Stage(desk);
//   place.append(stage.element);
//   await stage.show(url, width, height, seen_marks);
import type { SeenMark } from '../api';
import type { Annotation, Box, Point } from '../editor/annotation';
import type { Desk } from '../editor/desk';
import { around, boxes_of } from '../editor/shapes';
import { t } from '../texts';
import { announce, h, replace } from '../ui/dom';
import { Marks } from './marks';
import { Overlay } from './overlay';
import type { Compared } from './paint_changes';
import { PointerTools, type Gestures, type Tool } from './pointer';
import { TextLayer } from './text_layer';
import { Viewer } from './viewer';
import { WordEditor } from './word_editor';

export class Stage extends EventTarget implements Gestures {
  readonly element: HTMLElement;
  readonly window: HTMLElement;
  readonly hidden = new Set<string>();
  private compared: Compared | null = null;
  private readonly tip = h('div.tip', { hidden: true });
  private readonly osd_host = h('div.image');
  private readonly text = new TextLayer();
  private readonly overlay: Overlay;
  private readonly viewer: Viewer;
  readonly pointer: PointerTools;
  readonly word_editor: WordEditor;

  // `about`: what can be told of an annotation under the pointer, if it takes a moment.
  constructor(private readonly desk: Desk, private readonly about?: (a: Annotation) => Promise<HTMLElement | null>) {
    super();
    this.window = h('div.window', { tabindex: '0', role: 'application', 'aria-label': t.page_image,
      'aria-describedby': 'page-help' }, this.osd_host, this.text.element);
    this.element = h('div.stage', this.window, this.tip,
      h('p.unseen', { id: 'page-help' }, t.page_help));
    this.viewer = new Viewer(this.osd_host, () => this.moved());
    this.overlay = new Overlay(this.window, () => this.viewer);
    this.pointer = new PointerTools(this.window, () => this.viewer, this);
    this.word_editor = new WordEditor(this.element, desk, () => this.viewer);
    desk.addEventListener('annotations', () => this.remark());
    desk.addEventListener('choice', () => this.show_choice());
    this.window.addEventListener('focus', () => this.show_choice());
    addEventListener('themechange', () => this.overlay.draw());
  }

  async show(url: string, width: number, height: number, seen_marks: readonly SeenMark[]): Promise<void> {
    this.overlay.set({ words: this.desk.words, seen_marks, pointed: -1, hovered: null });
    this.text.show(this.desk.words);
    this.remark();
    await this.viewer.show(url, width, height);
    this.moved();
  }

  close(): void {
    this.pointer.close();
    this.viewer.close();
  }

  // -- what is seen ------------------------------------------------------------------------------

  get zoom(): Viewer {
    return this.viewer;
  }

  reveal(id: string): void {
    const annotation = this.desk.annotations.get(id);
    const box = annotation && around(this.boxes(annotation));
    if (box) this.viewer.reveal(box);
  }

  hover(point: Point | null): void;
  hover(id: string | null): void;
  hover(what: Point | string | null): void {
    if (typeof what === 'string' || what === null) {
      this.overlay.set({ hovered: what, pointed: -1 });
      this.tip.hidden = true;
      this.tell_hover(what);
    } else {
      this.point_at(what);
    }
  }

  dispute(disputed: ReadonlySet<string>, ghosts: readonly { box: Box; colour: string }[]): void {
    this.overlay.set({ disputed, ghosts });
  }

  // Another state of the page above it, or nothing.
  compare(compared: Compared | null): void {
    this.compared = compared;
    this.overlay.set({ compared });
    this.remark();
  }

  point_out(boxes: readonly Box[], revealing = true): void {
    this.overlay.set({ pointed_out: boxes });
    const all = around(boxes);
    if (all && revealing) this.viewer.reveal(all);
  }

  toggle_words(): boolean {
    this.overlay.set({ all_words: !this.overlay.state.all_words });
    return this.overlay.state.all_words;
  }

  hide(label: string, hidden: boolean): void {
    this.hidden[hidden ? 'add' : 'delete'](label);
    this.remark();
  }

  choose(tool: Tool): void {
    this.pointer.choose(tool);
    this.window.dataset.tool = tool;
    if (tool !== 'polygon') this.desk.polygon = [];
    this.dispatchEvent(new CustomEvent('tool', { detail: tool }));
  }

  boxes(annotation: Annotation): Box[] {
    return boxes_of(annotation, this.desk.words);
  }

  // Where what is chosen lies on the screen, for a window beside it.
  anchor(): Point {
    const { selection, words, box } = this.desk;
    const at = box ?? (selection.empty ? null : words.box(selection.indexes[0]));
    if (!at) return [this.window.clientWidth / 3, this.window.clientHeight / 4];
    const [x, y] = this.viewer.to_host(at[0], at[3]);
    return [Math.max(8, x), Math.max(8, y + 6)];
  }

  private moved(): void {
    if (!this.viewer?.ready) return;
    this.overlay.move();
    this.text.move(this.viewer.matrix());
    this.word_editor.move();
  }

  private remark(): void {
    const { words, palette } = this.desk;
    const annotations = this.compared?.then ?? this.desk.annotations;
    this.overlay.set({ marks: new Marks(annotations, words, palette, this.hidden) });
  }

  private show_choice(): void {
    const { selection, picked, box, polygon, relation_from, words } = this.desk;
    const focused = document.activeElement === this.window;
    this.overlay.set({ selection: selection.indexes, picked, rubber: box, corners: polygon,
      relation_from, cursor: focused ? selection.cursor : -1 });
    if (focused && selection.cursor >= 0 && !selection.empty) {
      this.viewer.reveal(words.box(selection.cursor));
      announce(selection.text);
    }
  }

  // -- pointing ----------------------------------------------------------------------------------

  private point_at([x, y]: Point): void {
    const mark = this.overlay.state.marks?.at(x, y);
    const word = this.desk.words.at(x, y);
    const id = mark?.annotation.id ?? null;
    if (id !== this.overlay.state.hovered) this.tell_hover(id);
    if (id !== this.overlay.state.hovered || word !== this.overlay.state.pointed) {
      this.overlay.set({ hovered: id, pointed: word });
      this.show_tip(mark?.annotation, word);
    }
    if (!this.tip.hidden) this.place_tip([x, y]);
  }

  private tell_hover(id: string | null): void {
    this.dispatchEvent(new CustomEvent('hover', { detail: id }));
  }

  private show_tip(annotation: Annotation | undefined, word: number): void {
    const { words, palette } = this.desk;
    this.tip.hidden = !annotation && word < 0;
    const about = h('div');
    if (annotation) this.tell_about(annotation, about);
    replace(this.tip, annotation && h('div',
      h('span.swatch', { style: { background: palette.of(annotation) } }), palette.title(annotation),
      annotation.state === 'proposed' && ` – ${t.proposed}`),
    about, word >= 0 && h('div', h('strong', words.texts[word]), ' ',
      h('span.muted', t.percent(words.confidence[word] / 10))));
  }

  private telling = 0;

  // Who made it, once the pointer rests there.
  private tell_about(annotation: Annotation, place: HTMLElement): void {
    clearTimeout(this.telling);
    this.telling = window.setTimeout(async () => {
      const line = await this.about?.(annotation);
      if (line && place.isConnected) replace(place, line);
    }, 400);
  }

  private place_tip([x, y]: Point): void {
    const [left, top] = this.viewer.to_host(x, y);
    const most = this.window.clientWidth - this.tip.offsetWidth - 4;
    this.tip.style.left = `${Math.max(0, Math.min(left + 14, most))}px`;
    this.tip.style.top = `${top + 18}px`;
  }

  // -- gestures ----------------------------------------------------------------------------------

  private get reach(): number {
    return 40 / this.viewer.scale();
  }

  drag_words(from: Point, to: Point, adding: boolean, ended: boolean): void {
    const { words } = this.desk;
    const [first, last] = [words.near(...from, this.reach), words.near(...to, this.reach)];
    this.tip.hidden = true;
    if (first < 0 || last < 0) return;
    const area: Box = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]),
      Math.max(from[1], to[1])];
    this.desk.select((selection) => selection.run(first, last, area, adding));
    if (ended) announce(this.desk.selection.text);
  }

  draw_box(box: Box, ended: boolean): void {
    this.desk.choose_box(box);
    if (ended) this.dispatchEvent(new Event('boxed'));
  }

  click([x, y]: Point, clicks: number, how: { extend: boolean; toggle: boolean }): void {
    const { words, desk } = { words: this.desk.words, desk: this.desk };
    const word = words.at(x, y);
    if (how.toggle && word >= 0) return desk.select((s) => s.toggle(word));
    if (clicks > 1 && word >= 0) return desk.select((s) => s.set(this.wider(word, clicks)));
    if (how.extend && word >= 0) return desk.select((s) => s.extend(word));
    const mark = this.overlay.state.marks?.at(x, y);
    if (mark) return desk.pick(mark.annotation.id);
    if (word >= 0) return desk.select((s) => s.set([word]));
    return desk.leave();
  }

  private wider(word: number, clicks: number): number[] {
    const { words } = this.desk;
    if (clicks === 2) return [word];
    return clicks === 3 ? words.line_around(word) : words.block_around(word);
  }

  corner(point: Point): void {
    this.desk.add_corner(point);
  }

  link(from: Point, to: Point, ended: boolean): void {
    const { marks } = this.overlay.state;
    const start = marks?.at(...from)?.annotation.id;
    const end = marks?.at(...to)?.annotation.id;
    this.overlay.set({ relation_from: start ?? null, hovered: end ?? null });
    if (!ended || !start || !end || start === end) return;
    this.desk.picked = start;
    this.desk.begin_relation();
    this.desk.pick(end);
  }
}
