// New annotations out of what a person has chosen. Pure: given words in, an annotation out.
import type { Annotation, Box, Point, Replacement, TableLine } from './annotation';
import { normal_form } from './normal_form';
import { ulid } from './ulid';
import { united, type PageWords } from './words';

export interface Chosen { indexes: readonly number[]; box?: Box | null; polygon?: readonly Point[] }

// `types` are those of the schema's label; none: all. Nothing if the label is not for what is chosen.
export function labelled(label: string, types: readonly string[] | undefined, chosen: Chosen,
  words: PageWords): Annotation | null {
  const allowed = (type: string) => !types?.length || types.includes(type);
  const ids = chosen.indexes.map((i) => words.ids[i]);
  const id = ulid();
  if (chosen.polygon?.length && allowed('polygon')) {
    return { id, type: 'polygon', label, polygon: [...chosen.polygon], ...(ids.length && { words: ids }) };
  }
  if (ids.length && !chosen.box && allowed('span')) {
    return { id, type: 'span', label, words: ids, ...normal_text(words.text(chosen.indexes)) };
  }
  const box = chosen.box ?? area_of(chosen.indexes, words);
  if (box && allowed('box')) return { id, type: 'box', label, box, ...(ids.length && { words: ids }) };
  if (ids.length && allowed('value')) {
    return { id, type: 'value', label, words: ids, text: words.text(chosen.indexes) };
  }
  return null;
}

function normal_text(text: string): { text: string } {
  return { text: normal_form(text) ?? text };
}

export function area_of(indexes: readonly number[], words: PageWords): Box | null {
  return indexes.length ? indexes.map((i) => words.box(i)).reduce(united) : null;
}

// -- corrections ---------------------------------------------------------------------------------

// The words should have been this text. Blanks split; several words with one text are merged.
export function correction(indexes: readonly number[], text: string, words: PageWords,
  id = ulid()): Annotation {
  const area = area_of(indexes, words)!;
  const parts = text.normalize('NFC').split(/\s+/).filter(Boolean);
  const ids = indexes.map((i) => words.ids[i]);
  const one_to_one = parts.length === indexes.length;
  const boxes = one_to_one ? indexes.map((i) => words.box(i)) : split_box(area, parts);
  const replacements: Replacement[] = parts.map((part, i) => ({ text: part, box: boxes[i] }));
  return { id, type: 'correction', words: ids, ...(replacements.length && { replacements }) };
}

// Shares of the width by the number of letters: where the words stand, nearly.
function split_box([x0, y0, x1, y1]: Box, parts: readonly string[]): Box[] {
  const letters = parts.reduce((sum, part) => sum + part.length, 0) + parts.length - 1;
  const unit = (x1 - x0) / Math.max(1, letters);
  let at = x0;
  return parts.map((part) => {
    const end = Math.min(x1, Math.max(at + 1, at + part.length * unit));
    const box: Box = [Math.floor(at), y0, Math.ceil(end), y1];
    at = Math.min(x1 - 1, end + unit);
    return box;
  });
}

// -- tables --------------------------------------------------------------------------------------

// Rows are lines of words; columns are what stays apart from left to right in all of them.
export function table(label: string, indexes: readonly number[], words: PageWords,
  columns: readonly string[] = []): Annotation {
  const groups = column_groups(indexes, words);
  return { id: ulid(), type: 'table', label, words: indexes.map((i) => words.ids[i]),
    rows: row_groups(indexes, words).map((row) => as_line(row, words)),
    columns: groups.map((group, i) => as_line(group, words, columns[i])) };
}

function as_line(indexes: readonly number[], words: PageWords, label?: string): TableLine {
  return { ...(label && { label }), words: indexes.map((i) => words.ids[i]) };
}

function row_groups(indexes: readonly number[], words: PageWords): number[][] {
  const middle = (i: number) => (words.box(i)[1] + words.box(i)[3]) / 2;
  const rows: number[][] = [];
  for (const i of [...indexes].sort((a, b) => middle(a) - middle(b))) {
    const row = rows.at(-1);
    if (row && middle(i) < words.box(row[0])[3]) row.push(i);
    else rows.push([i]);
  }
  return rows.map((row) => row.sort((a, b) => words.box(a)[0] - words.box(b)[0]));
}

function column_groups(indexes: readonly number[], words: PageWords): number[][] {
  const gap = indexes.reduce((sum, i) => sum + words.box(i)[3] - words.box(i)[1], 0)
    / Math.max(1, indexes.length) * 0.6;
  const groups: number[][] = [];
  let end = -Infinity;
  for (const i of [...indexes].sort((a, b) => words.box(a)[0] - words.box(b)[0])) {
    const [x0, , x1] = words.box(i);
    if (x0 > end + gap) groups.push([i]);
    else groups.at(-1)!.push(i);
    end = Math.max(end, x1);
  }
  return groups.map((group) => group.sort((a, b) => a - b));
}
