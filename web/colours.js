// The colour and title of each label, from the schema, else by its name from a fixed list.

const spare = ['#2563eb', '#b45309', '#15803d', '#be185d', '#7c3aed', '#0e7490', '#a16207',
  '#b91c1c', '#4d7c0f', '#6d28d9'];

function fallback(name) {
  let sum = 0;
  for (const c of name) sum = (sum * 31 + c.codePointAt(0)) >>> 0;
  return spare[sum % spare.length];
}

export class Palette {
  constructor(schema) {
    this.known = new Map();
    for (const list of ['labels', 'relations', 'tables', 'classes']) {
      for (const entry of schema?.[list] ?? []) this.known.set(entry.name, entry);
    }
  }

  of(annotation) {
    if (annotation.type === 'correction') return '#6b7280';
    return this.known.get(annotation.label)?.colour || fallback(annotation.label ?? '');
  }

  title(annotation) {
    if (annotation.type === 'correction') return 'Correction';
    return this.title_of(annotation.label);
  }

  title_of(label) {
    return this.known.get(label)?.title || label || '';
  }
}
