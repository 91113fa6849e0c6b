// Everything that is known about a page, drawn above its image.
//
//   overlay.set({ words, marks });      drawn with the next frame
//   overlay.move();                     the page has moved, within the viewer's own frame
//
// Two canvases. The lower one has what stays as it is while somebody looks around: all marks, the
// words if they are wanted. While the page moves it is moved as it is (layer.ts), and drawn anew when
// the page rests. The upper one has what follows the hand, which is little, and is drawn for each
// frame. Nothing is kept in the document tree for a box, and only what the window shows is drawn.
import type { Box, Point } from '../editor/annotation';
import type { PageWords } from '../editor/words';
import type { SeenMark } from '../api';
import { t } from '../texts';
import type { Brush } from './brush';
import { Layer } from './layer';
import type { Mark, Marks } from './marks';
import { paint_changes, type Compared } from './paint_changes';
import { paint_marks, paint_relation } from './paint_marks';
import { paint_seen_marks } from './seen_marks';
import type { Viewer } from './viewer';

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
  compared: Compared | null;        // another state of the page, instead of its marks
  pointed_out: readonly Box[];      // what the panel beside the page speaks of
}

const accent = '#1d6fd8';
const resting = 120; // milliseconds without motion
const lying: readonly (keyof OverlayState)[] =
  ['words', 'marks', 'seen_marks', 'all_words', 'disputed', 'compared'];

export class Overlay {
  readonly state: OverlayState = {
    words: null, marks: null, seen_marks: [], picked: null, hovered: null, selection: [], cursor: -1, pointed: -1,
    all_words: false, rubber: null, corners: [], relation_from: null, disputed: new Set(), ghosts: [],
    compared: null, pointed_out: [],
  };
  private readonly below: Layer;
  private readonly above: Layer;
  private stale = true; // the lower canvas
  private waiting = 0;
  private rest?: ReturnType<typeof setTimeout>;

  constructor(host: HTMLElement, private readonly viewer: () => Viewer) {
    this.below = new Layer(host, 0.25);
    this.above = new Layer(host);
  }

  set(state: Partial<OverlayState>): void {
    if (lying.some((name) => name in state && state[name] !== this.state[name])) this.stale = true;
    Object.assign(this.state, state);
    this.draw();
  }

  // At most once a frame.
  draw(): void {
    this.waiting ||= requestAnimationFrame(() => this.draw_now());
  }

  move(): void {
    clearTimeout(this.rest);
    if (this.stale || !this.below.follow(this.viewer().matrix())) this.stale = true;
    else this.rest = setTimeout(() => this.draw_anew(), resting);
    this.draw_now();
  }

  private draw_anew(): void {
    this.stale = true;
    this.draw();
  }

  private draw_now(): void {
    cancelAnimationFrame(this.waiting);
    this.waiting = 0;
    const viewer = this.viewer();
    if (!viewer.ready) return;
    const view = viewer.matrix();
    const size = viewer.size();
    if (this.stale) this.paint_lying(this.below.begin(view, size));
    this.stale = false;
    this.paint_moving(this.above.begin(view, size));
  }

  // -- what lies there ---------------------------------------------------------------------------

  private paint_lying(brush: Brush): void {
    const { words, marks, all_words, disputed, compared } = this.state;
    if (words && compared && !compared.then) return paint_changes(brush, compared.changes, words);
    paint_seen_marks(brush, this.state.seen_marks, t);
    if (words && all_words) {
      const [sure, unsure] = [[] as Box[], [] as Box[]];
      for (const i of words.touched(brush.seen)) (words.unsure(i) ? unsure : sure).push(words.box(i));
      brush.boxes(sure, { stroke: '#64748b', width: 1 });
      brush.boxes(unsure, { stroke: '#d97706', width: 1 });
    }
    if (!marks) return undefined;
    paint_marks(brush, marks.within(brush.seen), disputed);
    for (const mark of marks.relations) paint_relation(brush, mark, marks, false);
    return undefined;
  }

  // -- what follows the hand ---------------------------------------------------------------------

  private paint_moving(brush: Brush): void {
    const { words, pointed, rubber, corners, ghosts, pointed_out } = this.state;
    brush.boxes(pointed_out, { stroke: accent, width: 2.5, dashed: true }, 5);
    if (words && pointed >= 0) brush.boxes([words.box(pointed)], { stroke: accent, width: 1 });
    this.paint_emphasis(brush);
    this.paint_selection(brush);
    for (const { box, colour } of ghosts) {
      brush.boxes([box], { stroke: colour, width: 1.5, dashed: true }, 4);
    }
    const look = { stroke: accent, fill: `${accent}1a`, width: 1.5 };
    if (rubber) brush.boxes([rubber], look);
    if (corners.length) brush.polygons([corners], look);
  }

  private paint_emphasis(brush: Brush): void {
    const { marks, picked, hovered, relation_from, disputed } = this.state;
    const strong = [picked, relation_from].flatMap((id) => marks?.find(id) ?? []);
    const near = [hovered].flatMap((id) => marks?.find(id) ?? []).filter((mark) => !strong.includes(mark));
    const relations = (list: Mark[]) => list.filter(({ annotation }) => annotation.type === 'relation');
    paint_marks(brush, near, disputed, 'near');
    paint_marks(brush, strong, disputed, 'strong');
    for (const mark of relations([...near, ...strong])) paint_relation(brush, mark, marks!, true);
  }

  private paint_selection(brush: Brush): void {
    const { words, selection, cursor } = this.state;
    if (!words) return;
    const boxes = words.runs(selection.map((i) => words.ids[i]));
    brush.boxes(boxes, { stroke: accent, fill: `${accent}33`, width: 2 }, 1);
    if (cursor >= 0) brush.underline(words.box(cursor), { stroke: accent, width: 3 });
  }
}
