// Everything that is known about a page, drawn above its image on one canvas.
//
//   overlay.words = new PageWords(...); overlay.marks = new Marks(...); overlay.draw();
//
// Drawing is cheap enough to be done anew for each frame: only what the window shows is drawn, words
// only where they matter, and nothing is kept in the document tree for a box. What a mark is shows by
// form as well as by colour: a proposal is dashed, a person's label solid, a reviewed one has a tick,
// one in dispute a red frame with an exclamation mark.
import type { Box, Point } from '../editor/annotation';
import type { PageWords } from '../editor/words';
import type { SeenMark } from '../api';
import { t } from '../texts';
import type { Mark, Marks } from './marks';
import { draw_seen_marks } from './seen_marks';
import type { Matrix, Viewer } from './viewer';

export interface OverlayState {
  words: PageWords | null;
  marks: Marks | null;
  seen_marks: readonly SeenMark[];  // by the server, on the page
  picked: string | null;
  hovered: string | null;
  selection: readonly number[];     // word indexes
  cursor: number;                   // the word of the keyboard, or -1
  pointed: number;                  // the word under the pointer, or -1
  all_words: boolean;
  rubber: Box | null;               // a free box, or the area of a drag
  corners: readonly Point[];        // of a polygon that is being drawn
  relation_from: string | null;
  disputed: ReadonlySet<string>;
  ghosts: readonly { box: Box; colour: string }[]; // the other side of a dispute
}

const accent = '#1d6fd8';
const bad = '#c81e1e';

export class Overlay {
  readonly canvas = document.createElement('canvas');
  readonly state: OverlayState = {
    words: null, marks: null, seen_marks: [], picked: null, hovered: null, selection: [], cursor: -1, pointed: -1,
    all_words: false, rubber: null, corners: [], relation_from: null, disputed: new Set(), ghosts: [],
  };
  private waiting = 0;
  private unit = 1; // one screen pixel, in pixels of the page
  private cleared = '';

  constructor(private readonly host: HTMLElement, private readonly viewer: () => Viewer) {
    this.canvas.className = 'overlay';
    this.canvas.setAttribute('aria-hidden', 'true');
    host.append(this.canvas);
  }

  set(state: Partial<OverlayState>): void {
    Object.assign(this.state, state);
    this.draw();
  }

  // At most once a frame.
  draw(): void {
    this.waiting ||= requestAnimationFrame(() => this.draw_now());
  }

  draw_now(): void {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    const viewer = this.viewer();
    if (!viewer.ready) return;
    const context = this.prepare(viewer.matrix());
    const seen = this.window_on(viewer);
    draw_seen_marks(context, this.state.seen_marks, seen, this.unit, t);
    this.draw_words(context, seen);
    for (const mark of this.state.marks?.within(seen) ?? []) this.draw_mark(context, mark);
    for (const mark of this.state.marks?.all ?? []) this.draw_relation(context, mark);
    this.draw_selection(context);
    this.draw_tools(context);
  }

  private prepare({ a, b, c, d, e, f }: Matrix): CanvasRenderingContext2D {
    const ratio = devicePixelRatio || 1;
    const width = Math.round(this.host.clientWidth * ratio);
    const height = Math.round(this.host.clientHeight * ratio);
    const context = this.canvas.getContext('2d')!;
    if (this.cleared !== `${width} ${height}`) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.cleared = `${width} ${height}`;
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
    this.unit = 1 / Math.hypot(a, b);
    return context;
  }

  private window_on(viewer: Viewer): Box {
    const place = this.host.getBoundingClientRect();
    const corners = [[place.left, place.top], [place.right, place.top], [place.left, place.bottom],
      [place.right, place.bottom]].map(([x, y]) => viewer.to_page(x, y));
    const xs = corners.map((corner) => corner[0]);
    const ys = corners.map((corner) => corner[1]);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  // -- words -------------------------------------------------------------------------------------

  private draw_words(context: CanvasRenderingContext2D, seen: Box): void {
    const { words, all_words, pointed } = this.state;
    if (!words) return;
    context.setLineDash([]);
    context.lineWidth = this.unit;
    if (all_words) {
      const visible = words.touched(seen);
      this.outline(context, visible.filter((i) => !words.unsure(i)), '#64748b');
      this.outline(context, visible.filter((i) => words.unsure(i)), '#d97706');
    }
    if (pointed >= 0) this.outline(context, [pointed], accent);
  }

  private outline(context: CanvasRenderingContext2D, indexes: readonly number[], colour: string): void {
    context.beginPath();
    for (const i of indexes) {
      const [x0, y0, x1, y1] = this.state.words!.box(i);
      context.rect(x0, y0, x1 - x0, y1 - y0);
    }
    context.strokeStyle = colour;
    context.stroke();
  }

  private draw_selection(context: CanvasRenderingContext2D): void {
    const { words, selection, cursor } = this.state;
    if (!words) return;
    const boxes = words.runs(selection.map((i) => words.ids[i]));
    context.setLineDash([]);
    context.fillStyle = `${accent}33`;
    context.strokeStyle = accent;
    context.lineWidth = 2 * this.unit;
    for (const box of boxes) this.frame(context, box, 1);
    if (cursor >= 0) this.draw_cursor(context, words.box(cursor));
  }

  private draw_cursor(context: CanvasRenderingContext2D, [x0, , x1, y1]: Box): void {
    context.beginPath();
    context.moveTo(x0, y1 + 3 * this.unit);
    context.lineTo(x1, y1 + 3 * this.unit);
    context.lineWidth = 3 * this.unit;
    context.stroke();
  }

  private frame(context: CanvasRenderingContext2D, [x0, y0, x1, y1]: Box, pad_: number): void {
    const pad = pad_ * this.unit;
    context.beginPath();
    context.rect(x0 - pad, y0 - pad, x1 - x0 + 2 * pad, y1 - y0 + 2 * pad);
    context.fill();
    context.stroke();
  }

  // -- annotations -------------------------------------------------------------------------------

  private draw_mark(context: CanvasRenderingContext2D, mark: Mark): void {
    const { annotation, colour, boxes } = mark;
    const strong = annotation.id === this.state.picked || annotation.id === this.state.relation_from;
    const near = strong || annotation.id === this.state.hovered;
    const proposed = annotation.state === 'proposed';
    const disputed = this.state.disputed.has(annotation.id);
    if (annotation.type !== 'correction') this.draw_halo(context, boxes, strong);
    context.strokeStyle = disputed ? bad : colour;
    context.fillStyle = colour + (near ? '48' : proposed ? '12' : '26');
    context.lineWidth = (strong ? 2.5 : 1.25) * this.unit;
    context.setLineDash(proposed ? [5 * this.unit, 4 * this.unit] : []);
    if (annotation.polygon?.length) this.draw_polygon(context, annotation.polygon);
    else if (annotation.type === 'correction') this.draw_correction(context, boxes);
    else for (const box of boxes) this.frame(context, box, 1.5);
    context.setLineDash([]);
    if (!mark.bounds) return;
    if (disputed) this.badge(context, mark.bounds, '!', bad);
    else if (annotation.review) this.badge(context, mark.bounds, verdict_sign(mark), colour);
    else if (proposed && near) this.badge(context, mark.bounds, '?', colour);
  }

  // White below the line: a dark mark is seen on a dark page, a dashed one stays dashed.
  private draw_halo(context: CanvasRenderingContext2D, boxes: readonly Box[], strong: boolean): void {
    context.setLineDash([]);
    context.strokeStyle = '#ffffffb0';
    context.fillStyle = 'transparent';
    context.lineWidth = (strong ? 5 : 3) * this.unit;
    for (const box of boxes) this.frame(context, box, 1.5);
  }

  private draw_polygon(context: CanvasRenderingContext2D, corners: readonly Point[]): void {
    context.beginPath();
    for (const [x, y] of corners) context.lineTo(x, y);
    context.closePath();
    context.fill();
    context.stroke();
  }

  // A wave below the words, as programs mark spelling.
  private draw_correction(context: CanvasRenderingContext2D, boxes: readonly Box[]): void {
    const step = 3 * this.unit;
    context.beginPath();
    for (const [x0, , x1, y1] of boxes) {
      context.moveTo(x0, y1);
      for (let x = x0, up = 1; x < x1; x += step, up = 1 - up) context.lineTo(x + step, y1 + up * step);
    }
    context.stroke();
  }

  private badge(context: CanvasRenderingContext2D, bounds: Box, sign: string, colour: string): void {
    const radius = 7 * this.unit;
    context.beginPath();
    context.arc(bounds[2], bounds[1], radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.fillStyle = '#fff';
    context.font = `bold ${10 * this.unit}px sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(sign, bounds[2], bounds[1]);
  }

  private draw_relation(context: CanvasRenderingContext2D, { annotation, colour }: Mark): void {
    if (annotation.type !== 'relation') return;
    const from = this.state.marks!.find(annotation.from ?? null)?.bounds;
    const to = this.state.marks!.find(annotation.to ?? null)?.bounds;
    if (!from || !to) return;
    const strong = annotation.id === this.state.picked || annotation.id === this.state.hovered;
    context.strokeStyle = colour;
    context.lineWidth = (strong ? 3 : 1.5) * this.unit;
    context.setLineDash(annotation.state === 'proposed' ? [5 * this.unit, 4 * this.unit] : []);
    this.arrow(context, ...joined(from, to));
  }

  private arrow(context: CanvasRenderingContext2D, start: Point, end: Point): void {
    const angle = Math.atan2(end[1] - start[1], end[0] - start[0]);
    const tip = 9 * this.unit;
    context.beginPath();
    context.moveTo(...start);
    context.lineTo(...end);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    for (const side of [-0.4, 0.4]) {
      context.moveTo(...end);
      context.lineTo(end[0] - tip * Math.cos(angle + side), end[1] - tip * Math.sin(angle + side));
    }
    context.stroke();
  }

  // -- what is under way -------------------------------------------------------------------------

  private draw_tools(context: CanvasRenderingContext2D): void {
    const { rubber, corners, ghosts } = this.state;
    context.lineWidth = 1.5 * this.unit;
    context.setLineDash([4 * this.unit, 3 * this.unit]);
    for (const { box, colour } of ghosts) {
      context.strokeStyle = colour;
      context.fillStyle = 'transparent';
      this.frame(context, box, 4);
    }
    context.setLineDash([]);
    context.strokeStyle = accent;
    context.fillStyle = `${accent}1a`;
    if (rubber) this.frame(context, rubber, 0);
    if (corners.length) this.draw_polygon(context, corners);
  }
}

const verdict_sign = (mark: Mark): string =>
  (mark.annotation.review!.state === 'accepted' ? '✓' : '✗');

// From the near edge of one box to the near edge of the other.
function joined(from: Box, to: Box): [Point, Point] {
  const middle = (box: Box): Point => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const [fx, fy] = middle(from);
  const [tx, ty] = middle(to);
  if (to[0] >= from[2]) return [[from[2], fy], [to[0], ty]];
  if (to[2] <= from[0]) return [[from[0], fy], [to[2], ty]];
  return ty > fy ? [[fx, from[3]], [tx, to[1]]] : [[fx, from[1]], [tx, to[3]]];
}
