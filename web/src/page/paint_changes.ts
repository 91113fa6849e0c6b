// What differs between two states of a page: what came is framed solid with a plus, what went is dashed
// with a minus, what became different has a tilde, at its old place dashed, at its new one solid.
import type { Annotation, Annotations, Box, Change } from '../editor/annotation';
import { around, boxes_of } from '../editor/shapes';
import type { PageWords } from '../editor/words';
import type { Brush } from './brush';

// `then`: the page is shown as it was; else the differences above what is now.
export interface Compared { changes: readonly Change[]; then: Annotations | null }

const colours = { added: '#15803d', removed: '#b91c1c', changed: '#b45309' };

function paint_side(brush: Brush, annotation: Annotation, words: PageWords, colour: string, sign: string,
  dashed: boolean): void {
  const boxes = boxes_of(annotation, words);
  const bounds: Box | null = around(boxes);
  if (!bounds) return;
  brush.boxes(boxes, { stroke: '#ffffffd0', width: 4 }, 2.5);
  brush.boxes(boxes, { stroke: colour, fill: `${colour}22`, width: 2, dashed }, 2.5);
  brush.badge(bounds, sign, colour);
}

export function paint_changes(brush: Brush, changes: readonly Change[], words: PageWords): void {
  for (const { before, after } of changes) {
    if (before && after) {
      paint_side(brush, before, words, colours.changed, '~', true);
      paint_side(brush, after, words, colours.changed, '~', false);
    } else if (after) {
      paint_side(brush, after, words, colours.added, '+', false);
    } else if (before) {
      paint_side(brush, before, words, colours.removed, '−', true);
    }
  }
}
