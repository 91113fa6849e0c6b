// Pictures of datasets, as splits and releases show them: parts, labels by part, what changed.
import type { Counts } from '../api';
import { number, t } from '../texts';
import type { Palette } from '../ui/colours';
import { h } from '../ui/dom';
import { bars, percentages, share_bar, type Tone } from '../ui/plot';

const tones: Tone[] = [4, 3, 6, 5, 2, 7, 1];
const tone_of = (i: number): Tone => tones[i % tones.length];

export const sum_of = (counts: Counts): number => Object.values(counts).reduce((sum, value) => sum + value, 0);

// In the order of the rule where there is one; further ones follow.
export const part_names = (counts: Counts, order: readonly string[] = []): string[] =>
  [...new Set([...order, ...Object.keys(counts)])];

export function parts_plot(counts: Counts, parts: readonly string[]): HTMLElement {
  return share_bar({ title: t.parts, about: t.split_counts_about(sum_of(counts)),
    parts: parts.map((name, i) => ({ name, value: counts[name] ?? 0, tone: tone_of(i) })) });
}

export function labels_plot(labels: Record<string, Counts>, parts: readonly string[], palette: Palette): HTMLElement {
  const rows = Object.entries(labels).sort(([, a], [, b]) => sum_of(b) - sum_of(a)).slice(0, 40)
    .map(([name, counts]) => ({ name: palette.title_of(name), values: parts.map((part) => counts[part] ?? 0) }));
  if (!rows.length) return h('p.empty', t.no_labels_yet);
  return bars({ title: t.labels_by_part, about: t.labels_by_part_about, first_head: t.label, rows,
    series: parts.map((name, i) => ({ name, tone: tone_of(i) })) });
}

export function counts_plot(title: string, counts: Counts, name_of: (name: string) => string): HTMLElement {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a).slice(0, 40);
  const shares = percentages(sorted.map(([, value]) => value));
  const rows = sorted.map(([name, value]) => ({ name: name_of(name), values: [value] }));
  if (!rows.length) return h('p.empty', t.no_labels_yet);
  return bars({ title, about: t.of_all(shares[0]), first_head: t.label, rows, series: [{ name: t.count, tone: 4 }] });
}

const change_tones: [string, Tone][] = [['added', 5], ['changed', 3], ['moved', 4], ['removed', 6], ['unchanged', 1]];

export function change_plot(change: Record<string, unknown> & { added: number; removed: number; changed: number }): HTMLElement {
  return share_bar({ title: t.changes, about: t.change_about(change.added, change.removed, change.changed),
    parts: change_tones.map(([name, tone]) => ({ name: t.change_names[name], value: Number(change[name] ?? 0), tone })) });
}

// "total +3": a label with the annotations that it has more or fewer.
export function label_changes(labels: Counts, name_of: (name: string) => string): HTMLElement {
  const list = Object.entries(labels).filter(([, value]) => value)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  return list.length ? h('ul.label-changes', list.map(([name, value]) => h('li', name_of(name), ' ',
    h('strong', { class: value > 0 ? 'more' : 'fewer' }, signed(value))))) : h('p.muted', t.nothing_else);
}

const signed = (value: number): string => `${value > 0 ? '+' : '−'}${number(Math.abs(value))}`;
