// Where an annotation lies on its page, and what it says: in pixels of the page image, as text.
import type { Annotation, Box } from './annotation';
import { united, type PageWords } from './words';

export function boxes_of(annotation: Annotation, words: PageWords): Box[] {
  const { anchor } = annotation;
  if (anchor?.status === 'orphaned' && anchor.box) return [anchor.box];
  const found = words.runs(annotation.words);
  if (annotation.box) found.push(annotation.box);
  if (annotation.polygon?.length) found.push(bounds(annotation.polygon));
  for (const line of [...(annotation.rows ?? []), ...(annotation.columns ?? [])]) {
    const parts = words.runs(line.words);
    if (line.box) parts.push(line.box);
    if (parts.length) found.push(parts.reduce(united));
  }
  for (const part of annotation.replacements ?? []) {
    if (!annotation.words?.length && part.box) found.push(part.box);
  }
  return found;
}

export function bounds(points: readonly (readonly [number, number])[]): Box {
  const xs = points.map((point) => point[0]);
  const ys = points.map((point) => point[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

export const around = (boxes: readonly Box[]): Box | null =>
  (boxes.length ? boxes.reduce(united) : null);

export const inside = (box: Box, x: number, y: number): boolean =>
  x >= box[0] && x < box[2] && y >= box[1] && y < box[3];

export const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);

// As they are read: from the top, and from the left where they share a line.
export function in_reading_order(annotations: Iterable<Annotation>, words: PageWords): Annotation[] {
  const placed = Array.from(annotations, (annotation) =>
    ({ annotation, box: around(boxes_of(annotation, words)) ?? [0, 0, 0, 0] as Box }));
  const middle = (box: Box) => (box[1] + box[3]) / 2;
  placed.sort((a, b) => middle(a.box) - middle(b.box));
  const lines: typeof placed[] = [];
  for (const each of placed) {
    const line = lines.at(-1);
    if (line && middle(each.box) < line[0].box[3]) line.push(each);
    else lines.push([each]);
  }
  return lines.flatMap((line) => line.sort((a, b) => a.box[0] - b.box[0]))
    .map((each) => each.annotation);
}

// What it covers, as it was read.
export function covered_text(annotation: Annotation, words: PageWords): string {
  if (annotation.anchor?.status === 'orphaned') return annotation.anchor.quote;
  return (annotation.words ?? []).map((id) => words.texts[words.index(id)] ?? '').join(' ').trim();
}

// What it says: its value in normal form, else what it covers.
export function text_of(annotation: Annotation, words: PageWords): string {
  if (annotation.text !== undefined) return annotation.text;
  if (annotation.replacements) return annotation.replacements.map((part) => part.text).join(' ');
  return covered_text(annotation, words);
}
