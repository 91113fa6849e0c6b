// What the server has seen on a page besides words: tick boxes and how they are marked, handwriting,
// signatures or their places, stamps. Drawn below the annotations, dotted, each with its name, so that
// nobody takes it for somebody's label.
import type { Box } from '../editor/annotation';
import type { SeenMark } from '../api';
import type { Texts } from '../texts';

const colour = '#7c3aed';
const doubtful = 600; // of 1000; below it a mark is drawn paler
const legible = 26;   // screen pixels that a mark is wide at least, to have its name written to it

export function name_of({ kind, state }: SeenMark, texts: Pick<Texts, 'seen_marks' | 'seen_states'>): string {
  const name = texts.seen_marks[kind];
  return state ? `${name}: ${texts.seen_states[state]}` : name;
}

function touches(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

// `unit` is a pixel of the screen in pixels of the page, `seen` what of the page the window shows.
export function draw_seen_marks(context: CanvasRenderingContext2D, marks: readonly SeenMark[], seen: Box,
  unit: number, texts: Texts): void {
  context.save();
  context.setLineDash([2 * unit, 2 * unit]);
  context.lineWidth = 1.5 * unit;
  context.strokeStyle = context.fillStyle = colour;
  context.font = `${10 * unit}px sans-serif`;
  context.textBaseline = 'bottom';
  for (const mark of marks) {
    const [x0, y0, x1, y1] = mark.box;
    if (!touches(mark.box, seen)) continue;
    context.globalAlpha = mark.confidence < doubtful ? 0.5 : 0.9;
    context.strokeRect(x0 - unit, y0 - unit, x1 - x0 + 2 * unit, y1 - y0 + 2 * unit);
    if ((x1 - x0) / unit >= legible) context.fillText(name_of(mark, texts), x0, y0 - 2 * unit);
  }
  context.restore();
}
