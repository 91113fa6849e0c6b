// The colour and title of each label, from the schema, else by its name from a fixed list.
import type { Schema, SchemaEntry } from '../api';
import type { Annotation } from '../editor/annotation';
import { t } from '../texts';

const spare = ['#2563eb', '#b45309', '#15803d', '#be185d', '#7c3aed', '#0e7490', '#a16207',
  '#b91c1c', '#4d7c0f', '#6d28d9'];

function fallback(name: string): string {
  let sum = 0;
  for (const c of name) sum = (sum * 31 + c.codePointAt(0)!) >>> 0;
  return spare[sum % spare.length];
}

export class Palette {
  private readonly known = new Map<string, SchemaEntry>();

  constructor(readonly schema: Schema) {
    for (const list of [schema.classes, schema.tables, schema.relations, schema.labels]) {
      for (const entry of list ?? []) this.known.set(entry.name, entry);
    }
  }

  of(annotation: Pick<Annotation, 'type' | 'label'>): string {
    if (annotation.type === 'correction') return '#6b7280';
    return this.colour(annotation.label ?? '');
  }

  colour(label: string): string {
    return this.known.get(label)?.colour || fallback(label);
  }

  title(annotation: Pick<Annotation, 'type' | 'label'>): string {
    return annotation.type === 'correction' ? t.correction : this.title_of(annotation.label);
  }

  title_of(label = ''): string {
    return this.known.get(label)?.title || label;
  }

  spec(label = ''): SchemaEntry | undefined {
    return this.known.get(label);
  }
}
