// A schema while it is being edited: what was changed against the version on the server, and which
// names were given up for others. Knows nothing of the screen.
//
//   const draft = new SchemaDraft(schema);
//   draft.entry('labels', 2).name = 'amount';
//   draft.renames();                             // [{ list: 'labels', from: 'total', to: 'amount' }]
//   draft.problems();                            // what the server would refuse
import type { AttributeSpec, Rename, Schema, SchemaEntry } from '../api';

export const lists = ['labels', 'relations', 'tables', 'classes'] as const;
export type ListName = (typeof lists)[number];

// `was`: the name that it has on the server; nothing for a new one.
export interface DraftEntry extends SchemaEntry { was?: string }
export type Problem = 'no_name' | 'bad_name' | 'name_twice' | 'key_twice' | 'no_values';
export interface FoundProblem { list: ListName; index: number; problem: Problem; about: string }

const good_name = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

const copy = <Value>(value: Value): Value => structuredClone(value);

export class SchemaDraft {
  private readonly lists: Record<ListName, DraftEntry[]>;
  private readonly rest: Record<string, unknown>;
  private readonly before: string;

  constructor(schema: Schema) {
    const entries = (list: ListName) => copy(schema[list] ?? []).map((entry) => ({ ...entry, was: entry.name }));
    this.lists = { labels: entries('labels'), relations: entries('relations'), tables: entries('tables'),
      classes: entries('classes') };
    this.rest = Object.fromEntries(Object.entries(schema).filter(([key]) => !lists.includes(key as ListName)));
    this.before = JSON.stringify(this.schema());
  }

  entries(list: ListName): readonly DraftEntry[] {
    return this.lists[list];
  }

  entry(list: ListName, index: number): DraftEntry {
    return this.lists[list][index];
  }

  // A new entry at the end of its list, with a name that nobody has.
  add(list: ListName, stem: string): number {
    const taken = new Set(this.lists[list].map((entry) => entry.name));
    let name = stem;
    for (let n = 2; taken.has(name); n += 1) name = `${stem}_${n}`;
    return this.lists[list].push({ name }) - 1;
  }

  remove(list: ListName, index: number): void {
    this.lists[list].splice(index, 1);
  }

  move(list: ListName, index: number, by: number): number {
    const to = Math.max(0, Math.min(this.lists[list].length - 1, index + by));
    const [entry] = this.lists[list].splice(index, 1);
    this.lists[list].splice(to, 0, entry);
    return to;
  }

  // A label's new name is followed by the relations that begin or end at it.
  rename(list: ListName, index: number, name: string): void {
    const entry = this.lists[list][index];
    if (list === 'labels') {
      for (const relation of this.lists.relations) {
        for (const ends of [relation.from, relation.to]) {
          const at = ends?.indexOf(entry.name) ?? -1;
          if (at >= 0) ends![at] = name;
        }
      }
    }
    entry.name = name;
  }

  // As the server takes it: no empty members.
  schema(): Schema {
    const tidy = ({ was, ...entry }: DraftEntry): SchemaEntry => without_empty({ ...entry,
      attributes: entry.attributes?.map((attribute) => without_empty({ ...attribute,
        values: attribute.kind === 'enum' ? attribute.values : undefined })) as AttributeSpec[] }) as SchemaEntry;
    return { ...this.rest, ...Object.fromEntries(lists.map((list) => [list, this.lists[list].map(tidy)])) };
  }

  renames(): Rename[] {
    return lists.flatMap((list) => this.lists[list].filter((entry) => entry.was && entry.was !== entry.name)
      .map((entry) => ({ list, from: entry.was!, to: entry.name })));
  }

  changed(): boolean {
    return JSON.stringify(this.schema()) !== this.before;
  }

  problems(): FoundProblem[] {
    const found: FoundProblem[] = [];
    const keys = new Map<string, string>();
    for (const list of lists) {
      const names = new Set<string>();
      this.lists[list].forEach((entry, index) => {
        const note = (problem: Problem, about: string) => found.push({ list, index, problem, about });
        check_name(entry.name, names, note);
        if (entry.hotkey && keys.has(entry.hotkey)) note('key_twice', entry.hotkey);
        if (entry.hotkey) keys.set(entry.hotkey, entry.name);
        const attributes = new Set<string>();
        for (const attribute of entry.attributes ?? []) {
          check_name(attribute.name, attributes, note);
          if (attribute.kind === 'enum' && !attribute.values?.length) note('no_values', attribute.name);
        }
      });
    }
    return found;
  }
}

function check_name(name: string, taken: Set<string>, note: (problem: Problem, about: string) => void): void {
  if (!name) note('no_name', '');
  else if (!good_name.test(name)) note('bad_name', name);
  else if (taken.has(name)) note('name_twice', name);
  taken.add(name);
}

function without_empty(entry: object): object {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) =>
    value !== undefined && value !== '' && value !== false && !(Array.isArray(value) && !value.length)));
}
