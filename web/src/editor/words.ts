// The words of a page: where they are, and in which order they are read.
//
//   const words = new PageWords(await api.words(...));
//   words.at(x, y);                      index of the word there, or -1
//   words.between(words.at(...), words.at(...), area);   a drag from one word to another
//
// Words are named by their index in reading order; `ids` holds the names that annotations use. Kept
// in typed arrays with a box index above, so that thousands of them cost nothing while unseen.
import Flatbush from 'flatbush';
import type { Box } from './annotation';

export interface Word {
  id: number; block: number; line: number; box: Box; confidence: number; text: string;
}

const unsure_below = 600; // of 1000

export class PageWords {
  readonly size: number;
  readonly ids: Int32Array;
  readonly texts: string[];
  readonly confidence: Int16Array;
  private readonly boxes: Int32Array;
  private readonly blocks: Int32Array;
  private readonly lines: Int32Array;
  private readonly index_of = new Map<number, number>();
  private readonly tree: Flatbush | null;

  constructor(words: readonly Word[]) {
    this.size = words.length;
    this.ids = Int32Array.from(words, (word) => word.id);
    this.texts = words.map((word) => word.text);
    this.confidence = Int16Array.from(words, (word) => word.confidence);
    this.blocks = Int32Array.from(words, (word) => word.block);
    this.lines = Int32Array.from(words, (word) => word.line);
    this.boxes = new Int32Array(words.length * 4);
    this.tree = words.length ? new Flatbush(words.length) : null;
    words.forEach((word, i) => {
      this.boxes.set(word.box, i * 4);
      this.index_of.set(word.id, i);
      this.tree?.add(...word.box);
    });
    this.tree?.finish();
  }

  index(id: number): number {
    return this.index_of.get(id) ?? -1;
  }

  box(i: number): Box {
    const at = i * 4;
    const { boxes } = this;
    return [boxes[at], boxes[at + 1], boxes[at + 2], boxes[at + 3]];
  }

  unsure(i: number): boolean {
    return this.confidence[i] < unsure_below;
  }

  // -- by place ----------------------------------------------------------------------------------

  at(x: number, y: number): number {
    return this.tree?.search(x, y, x, y)[0] ?? -1;
  }

  // The nearest word within reach, so that a drag may begin in the white between lines.
  near(x: number, y: number, reach: number): number {
    const hit = this.at(x, y);
    return hit >= 0 ? hit : this.tree?.neighbors(x, y, 1, reach)[0] ?? -1;
  }

  touched(area: Box): number[] {
    return (this.tree?.search(...area) ?? []).sort((a, b) => a - b);
  }

  // Words of which at least half lies in the area.
  inside(area: Box): number[] {
    return this.touched(area).filter((i) => {
      const [x0, y0, x1, y1] = this.box(i);
      const width = Math.min(x1, area[2]) - Math.max(x0, area[0]);
      const height = Math.min(y1, area[3]) - Math.max(y0, area[1]);
      return width * height * 2 >= (x1 - x0) * (y1 - y0);
    });
  }

  // -- by reading order --------------------------------------------------------------------------

  // Within one column the words between the two, as they are read; across columns those that the
  // area of the drag touches, since what is read between them may be half the page.
  between(from: number, to: number, area: Box): number[] {
    if (this.blocks[from] === this.blocks[to]) {
      const [first, last] = from < to ? [from, to] : [to, from];
      return this.range(first, last);
    }
    return [...new Set([...this.inside(area), from, to])].sort((a, b) => a - b);
  }

  range(first: number, last: number): number[] {
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }

  line_around(i: number): number[] {
    return this.stretch(i, (a, b) => this.same_line(a, b));
  }

  block_around(i: number): number[] {
    return this.stretch(i, (a, b) => this.blocks[a] === this.blocks[b]);
  }

  same_line(a: number, b: number): boolean {
    return this.blocks[a] === this.blocks[b] && this.lines[a] === this.lines[b];
  }

  private stretch(i: number, together: (a: number, b: number) => boolean): number[] {
    let first = i;
    let last = i;
    while (first > 0 && together(first - 1, i)) first -= 1;
    while (last + 1 < this.size && together(last + 1, i)) last += 1;
    return this.range(first, last);
  }

  // The word above or below, for the arrow keys: the nearest line that way, nearest in x.
  vertical(i: number, direction: 1 | -1): number {
    const [x0, y0, x1, y1] = this.box(i);
    const middle = (x0 + x1) / 2;
    let best = -1;
    let best_cost = Infinity;
    for (let other = 0; other < this.size; other += 1) {
      const [a0, b0, a1, b1] = this.box(other);
      const away = direction > 0 ? (b0 + b1) / 2 - y1 : y0 - (b0 + b1) / 2;
      if (away <= 0) continue;
      const aside = Math.max(0, Math.max(a0 - middle, middle - a1));
      const cost = away * 3 + aside;
      if (cost < best_cost) [best, best_cost] = [other, cost];
    }
    return best;
  }

  text(indexes: Iterable<number>): string {
    return Array.from(indexes, (i) => this.texts[i]).join(' ');
  }

  // Consecutive words of a line become one rectangle.
  runs(ids: readonly number[] | undefined): Box[] {
    const found: Box[] = [];
    let last = -1;
    for (const id of ids ?? []) {
      const i = this.index(id);
      if (i < 0) continue;
      const box = this.box(i);
      if (last >= 0 && this.same_line(last, i)) found.push(united(found.pop()!, box));
      else found.push(box);
      last = i;
    }
    return found;
  }
}

export function united(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
