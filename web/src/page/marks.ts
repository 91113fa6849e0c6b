// The annotations of a page as things that are drawn and hit: their boxes, their colour, an index.
import Flatbush from 'flatbush';
import type { Annotation, Annotations, Box } from '../editor/annotation';
import { area, around, boxes_of } from '../editor/shapes';
import type { PageWords } from '../editor/words';
import type { Palette } from '../ui/colours';

export interface Mark { annotation: Annotation; colour: string; boxes: Box[]; bounds: Box | null }

export class Marks {
  readonly all: Mark[];
  private readonly by_id: Map<string, Mark>;
  private readonly placed: Mark[];
  readonly relations: Mark[];
  private readonly tree: Flatbush | null;

  constructor(annotations: Annotations, words: PageWords, palette: Palette, hidden: Set<string>) {
    this.all = [...annotations.values()].filter((a) => !hidden.has(a.label ?? '')).map((annotation) => {
      const boxes = boxes_of(annotation, words);
      return { annotation, colour: palette.of(annotation), boxes, bounds: around(boxes) };
    });
    this.by_id = new Map(this.all.map((mark) => [mark.annotation.id, mark]));
    this.placed = this.all.filter((mark) => mark.bounds);
    this.relations = this.all.filter(({ annotation }) => annotation.type === 'relation');
    this.tree = this.placed.length ? new Flatbush(this.placed.length) : null;
    for (const mark of this.placed) this.tree?.add(...mark.bounds!);
    this.tree?.finish();
  }

  find(id: string | null): Mark | undefined {
    return id === null ? undefined : this.by_id.get(id);
  }

  within(box: Box): Mark[] {
    return (this.tree?.search(...box) ?? []).sort((a, b) => a - b).map((i) => this.placed[i]);
  }

  // The smallest one under a point, so that one inside another can be reached.
  at(x: number, y: number): Mark | undefined {
    let best: Mark | undefined;
    let best_area = Infinity;
    for (const mark of this.within([x, y, x, y])) {
      for (const box of mark.boxes) {
        const hit = x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
        if (hit && area(box) < best_area) [best, best_area] = [mark, area(box)];
      }
    }
    return best;
  }
}
