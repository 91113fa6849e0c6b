// Correcting what was read, in its place: a field above the words.
//
// Enter keeps the text, Tab keeps it and goes to the next word (Shift+Tab to the one before), Escape
// leaves it as it was. A blank within splits the word, also by Ctrl and the arrow down; Ctrl with an
// arrow to the side joins the word that stands there. What was read stays visible below.
import type { Desk } from '../editor/desk';
import { area_of } from '../editor/labelling';
import { t } from '../texts';
import { h, replace } from '../ui/dom';
import type { Viewer } from './viewer';

export class WordEditor {
  private readonly input = h('input', { type: 'text', 'aria-label': t.correct_word, spellcheck: 'false',
    autocomplete: 'off' });
  private readonly read_as = h('span.muted');
  private readonly keys = h('span.muted.word-keys', t.word_keys);
  private readonly element = h('div.word-editor', { hidden: true }, this.input, this.read_as, this.keys);
  private indexes: readonly number[] = [];

  constructor(private readonly host: HTMLElement, private readonly desk: Desk,
    private readonly viewer: () => Viewer) {
    host.append(this.element);
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('blur', () => {
      this.keep();
      this.element.hidden = true;
    });
    desk.addEventListener('page', () => this.close());
  }

  open(indexes: readonly number[]): void {
    if (!indexes.length) return;
    const { words } = this.desk;
    const old = this.desk.correction_of(indexes);
    this.input.value = old?.replacements?.map((part) => part.text).join(' ') ?? words.text(indexes);
    this.element.hidden = false;
    this.cover(indexes);
    this.input.focus();
    this.input.select();
  }

  private cover(indexes: readonly number[]): void {
    const { words } = this.desk;
    this.indexes = indexes;
    replace(this.read_as, t.read_as(words.text(indexes)));
    this.viewer().reveal(area_of(indexes, words)!);
    this.move();
  }

  // Stays above its words while the page moves.
  move(): void {
    if (this.element.hidden) return;
    const box = area_of(this.indexes, this.desk.words)!;
    const [x, y] = this.viewer().to_host(box[0], box[1]);
    const [x1, y1] = this.viewer().to_host(box[2], box[3]);
    const height = Math.max(24, Math.abs(y1 - y) + 8);
    this.element.style.left = `${Math.max(0, Math.min(x - 4, this.host.clientWidth - 220))}px`;
    this.element.style.top = `${Math.max(0, y - (height - Math.abs(y1 - y)) / 2)}px`;
    this.input.style.width = `${Math.max(120, Math.abs(x1 - x) + 24)}px`;
    this.input.style.height = `${height}px`;
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey) {
      this.reshape(event);
    } else if (event.key === 'Escape') {
      this.indexes = [];
      this.close();
    } else if (event.key === 'Enter') {
      this.close();
    } else if (event.key === 'Tab') {
      event.preventDefault();
      this.beside(event.shiftKey ? this.indexes[0] - 1 : this.indexes.at(-1)! + 1);
    }
  }

  private reshape(event: KeyboardEvent): void {
    const acts: Record<string, () => void> = { ArrowRight: () => this.join(this.indexes.at(-1)! + 1),
      ArrowLeft: () => this.join(this.indexes[0] - 1), ArrowDown: () => this.split() };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }

  // With the word beside it: one word from now on, unless a blank is left between.
  private join(i: number): void {
    const { words } = this.desk;
    if (i < 0 || i >= words.size) return;
    const behind = i > this.indexes[0];
    const seam = behind ? this.input.value.length : words.text([i]).length;
    this.input.value = behind ? this.input.value + words.text([i]) : words.text([i]) + this.input.value;
    this.cover(behind ? [...this.indexes, i] : [i, ...this.indexes]);
    this.input.setSelectionRange(seam, seam);
  }

  private split(): void {
    const at = this.input.selectionStart ?? 0;
    this.input.setRangeText(' ', at, this.input.selectionEnd ?? at, 'end');
  }

  private beside(i: number): void {
    this.keep();
    if (i < 0 || i >= this.desk.words.size) return this.close();
    this.desk.select((selection) => selection.set([i]));
    return this.open([i]);
  }

  private keep(): void {
    const { indexes } = this;
    this.indexes = [];
    if (indexes.length) this.desk.correct(indexes, this.input.value);
  }

  private close(): void {
    this.keep();
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.host.querySelector<HTMLElement>('.window')?.focus({ preventScroll: true });
  }
}
