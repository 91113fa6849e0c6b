// Which words are chosen, in reading order, and where the keyboard's cursor stands.
//
// Words are indexes into PageWords. A new run replaces the old ones unless it is added (Shift); the
// word where the last run began is its anchor, from where Shift extends.
import type { Box } from './annotation';
import type { PageWords } from './words';

export class Selection {
  indexes: number[] = [];
  cursor = -1;
  private anchor = -1;
  private kept: number[] = []; // the runs before the one that is being made

  constructor(private readonly words: PageWords) {}

  get empty(): boolean {
    return this.indexes.length === 0;
  }

  get ids(): number[] {
    return this.indexes.map((i) => this.words.ids[i]);
  }

  get text(): string {
    return this.words.text(this.indexes);
  }

  clear(): void {
    this.indexes = [];
    this.kept = [];
    this.anchor = -1;
  }

  set(indexes: readonly number[]): void {
    this.kept = [];
    this.take(indexes);
    this.anchor = indexes[0] ?? -1;
    this.cursor = indexes.at(-1) ?? this.cursor;
  }

  // A drag from one word to another.
  run(from: number, to: number, area: Box, adding: boolean): void {
    if (this.anchor !== from || !adding) this.kept = adding ? this.indexes : [];
    this.anchor = from;
    this.cursor = to;
    this.take(this.words.between(from, to, area));
  }

  // The run that was made last now ends here.
  extend(to: number): void {
    if (this.anchor < 0) return this.set([to]);
    this.cursor = to;
    const [first, last] = this.anchor < to ? [this.anchor, to] : [to, this.anchor];
    return this.take(this.words.range(first, last));
  }

  toggle(i: number): void {
    const rest = this.indexes.filter((other) => other !== i);
    this.kept = [];
    this.take(rest.length === this.indexes.length ? [...rest, i] : rest);
    this.anchor = this.cursor = i;
  }

  // -- by keyboard -------------------------------------------------------------------------------

  move(key: string, extending: boolean): boolean {
    const to = this.destination(key);
    if (to < 0 || to >= this.words.size) return false;
    if (extending) {
      if (this.empty) this.set([this.cursor < 0 ? to : this.cursor]);
      this.extend(to);
    } else {
      this.clear();
      this.cursor = to;
      this.set([to]);
    }
    return true;
  }

  private destination(key: string): number {
    const { cursor, words } = this;
    if (cursor < 0) return words.size ? 0 : -1;
    switch (key) {
      case 'ArrowRight': return cursor + 1;
      case 'ArrowLeft': return cursor - 1;
      case 'ArrowDown': return words.vertical(cursor, 1);
      case 'ArrowUp': return words.vertical(cursor, -1);
      case 'Home': return words.line_around(cursor)[0];
      case 'End': return words.line_around(cursor).at(-1)!;
      default: return -1;
    }
  }

  private take(indexes: readonly number[]): void {
    this.indexes = [...new Set([...this.kept, ...indexes])].sort((a, b) => a - b);
  }
}
