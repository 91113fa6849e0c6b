// An annotation as the API speaks of it (docs/formats/annotations.md), and what it takes to tell two
// states of a page apart and to carry changes from one to another. Plain values, pure functions.

export type Box = readonly [number, number, number, number];
export type Point = readonly [number, number];
export type AnnotationType =
  'span' | 'box' | 'polygon' | 'relation' | 'value' | 'table' | 'correction' | 'class';
export type AttributeValue = string | number | boolean;

export interface TableLine { label?: string; words?: number[]; box?: Box }
export interface Replacement { text: string; box?: Box }

// How it was found again when the page was read once more.
export interface Anchor {
  quote: string; prefix?: string; suffix?: string; box?: Box; status: 'exact' | 'moved' | 'orphaned';
}

export interface Annotation {
  id: string;
  type: AnnotationType;
  label?: string;
  words?: number[];
  box?: Box;
  polygon?: Point[];
  text?: string;
  attributes?: Record<string, AttributeValue>;
  from?: string;
  to?: string;
  rows?: TableLine[];
  columns?: TableLine[];
  replacements?: Replacement[];
  origin?: { model: string; version?: string };
  confidence?: number;
  state?: 'proposed';
  review?: { state: 'accepted' | 'rejected'; reason?: string };
  anchor?: Anchor;
  [extra: `x-${string}`]: unknown;
}

export type Annotations = Map<string, Annotation>;

// One annotation of one page before and after; null: it is not there.
export interface Change { page: number; id: string; before: Annotation | null; after: Annotation | null }

export const by_id = (list: readonly Annotation[]): Annotations =>
  new Map(list.map((annotation) => [annotation.id, annotation]));

// Values are compared, not spellings: the order of keys says nothing.
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  for (const name of names) if (!same(left[name], right[name])) return false;
  return true;
}

export function difference(page: number, before: Annotations, after: Annotations): Change[] {
  const changes: Change[] = [];
  for (const [id, old] of before) {
    const now = after.get(id) ?? null;
    if (!same(old, now)) changes.push({ page, id, before: old, after: now });
  }
  for (const [id, now] of after) {
    if (!before.has(id)) changes.push({ page, id, before: null, after: now });
  }
  return changes;
}

export const reversed = (changes: readonly Change[]): Change[] =>
  changes.map(({ page, id, before, after }) => ({ page, id, before: after, after: before })).reverse();

type Fields = Record<string, unknown>;

function set(fields: Fields, name: string, value: unknown): void {
  if (value === undefined) delete fields[name];
  else fields[name] = value;
}

function carry(onto: Fields, before: Fields, after: Fields): Fields {
  const result = { ...onto };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[name], after[name])) continue;
    if (name === 'attributes') {
      const merged = carry((onto[name] ?? {}) as Fields, (before[name] ?? {}) as Fields,
        (after[name] ?? {}) as Fields);
      set(result, name, Object.keys(merged).length ? merged : undefined);
    } else {
      set(result, name, after[name]);
    }
  }
  return result;
}

// Makes the change in a state that may have moved on: only the fields that it is about.
export function apply(annotations: Annotations, { id, before, after }: Change): void {
  const now = annotations.get(id);
  if (!after) annotations.delete(id);
  else if (!before || !now || same(now, before)) annotations.set(id, after);
  else annotations.set(id, carry(now as unknown as Fields, before as unknown as Fields,
    after as unknown as Fields) as unknown as Annotation);
}

export function apply_all(annotations: Annotations, changes: readonly Change[]): Annotations {
  for (const change of changes) apply(annotations, change);
  return annotations;
}

export const is_proposal = (annotation: Annotation): boolean => annotation.state === 'proposed';

// A person stands behind it from now on. Where it came from stays; a verdict on what it was does not.
export function confirmed(annotation: Annotation): Annotation {
  const { state: _, review: __, ...rest } = annotation;
  return rest as Annotation;
}

// Somebody has looked at where it lies now.
export function found_again(annotation: Annotation): Annotation {
  const { anchor: _, ...rest } = annotation;
  return rest as Annotation;
}

export type Verdict = NonNullable<Annotation['review']>;

export function with_verdict(annotation: Annotation, verdict: Verdict | undefined): Annotation {
  const { review: _, ...rest } = annotation;
  return (verdict ? { ...rest, review: verdict } : rest) as Annotation;
}
