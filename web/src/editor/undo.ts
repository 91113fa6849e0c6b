// What can be undone and redone, told from the strokes alone: so it survives whatever they survive.
import type { Stroke } from './journal';

export class UndoStack {
  private readonly past: Stroke[] = [];
  private readonly future: Stroke[] = [];

  constructor(strokes: readonly Stroke[] = []) {
    for (const stroke of strokes) this.add(stroke);
  }

  add(stroke: Stroke): void {
    if (stroke.undoes) {
      this.move(this.past, this.future, stroke.undoes);
    } else if (stroke.redoes) {
      this.move(this.future, this.past, stroke.redoes);
    } else {
      this.past.push(stroke);
      this.future.length = 0;
    }
  }

  get last_done(): Stroke | undefined {
    return this.past.at(-1);
  }

  get last_undone(): Stroke | undefined {
    return this.future.at(-1);
  }

  private move(from: Stroke[], to: Stroke[], id: string): void {
    if (from.at(-1)?.id === id) to.push(from.pop()!);
  }
}
