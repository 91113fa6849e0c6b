// What the server has seen on a page besides words: tick boxes and how they are marked, handwriting,
// signatures or their places, stamps. Drawn below the annotations, dotted, each with its name, so that
// nobody takes it for somebody's label. What is rather not there stays undrawn: bold print that may be
// handwriting, on every second line, hides the page.
import type { Box } from '../editor/annotation';
import type { SeenMark } from '../api';
import type { Texts } from '../texts';
import type { Brush } from './brush';

const colour = '#7c3aed';
const pale = '#7c3aed80';
const likely = 500;   // of 1000; below it a mark is not drawn
const doubtful = 600; // below it a mark is drawn paler
const legible = 26;   // screen pixels that a mark is wide at least, to have its name written to it

export function name_of({ kind, state }: SeenMark, texts: Pick<Texts, 'seen_marks' | 'seen_states'>): string {
  const name = texts.seen_marks[kind];
  return state ? `${name}: ${texts.seen_states[state]}` : name;
}

function touches(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

export function paint_seen_marks(brush: Brush, marks: readonly SeenMark[], texts: Texts): void {
  const seen = marks.filter((mark) => mark.confidence >= likely && touches(mark.box, brush.seen));
  const boxes = (sure: boolean) =>
    seen.filter(({ confidence }) => (confidence >= doubtful) === sure).map(({ box }) => box);
  brush.boxes(boxes(true), { stroke: colour, width: 1.5, dotted: true }, 1);
  brush.boxes(boxes(false), { stroke: pale, width: 1.5, dotted: true }, 1);
  for (const mark of seen) {
    const width = (mark.box[2] - mark.box[0]) / brush.unit;
    if (width >= legible) brush.caption(mark.box, name_of(mark, texts), colour);
  }
}
