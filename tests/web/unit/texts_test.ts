import assert from 'node:assert/strict';
import { test } from 'node:test';
import { de } from '../../../web/src/texts/de';
import { en } from '../../../web/src/texts/en';

// The same in both languages, and rightly so.
const alike = new Set(['label', 'labels', 'revision', 'scans', 'schema', 'schema_lists.labels', 'new_names.labels',
  'kinds.string', 'fields.text', 'version']);

type Leaf = string | ((...values: never[]) => string);

function leaves(texts: object, prefix = ''): Map<string, Leaf> {
  const out = new Map<string, Leaf>();
  for (const [name, value] of Object.entries(texts)) {
    if (value !== null && typeof value === 'object') leaves(value, `${prefix}${name}.`).forEach((leaf, key) => out.set(key, leaf));
    else out.set(prefix + name, value);
  }
  return out;
}

// What a text says, with something for each of its blanks.
function said(leaf: Leaf): string {
  if (typeof leaf === 'string') return leaf;
  for (const values of [[3, 5, 7], ['A', 'B', 'C'], [['A', 'B']]]) {
    try {
      return String((leaf as (...v: unknown[]) => unknown)(...values));
    } catch {
      // it wants something else
    }
  }
  return '';
}

const english = leaves(en);
const german = leaves(de);

test('both languages have the same texts, however deep', () => {
  // The keys of fixed_keys are what is read, so they differ.
  const names = (texts: Map<string, Leaf>) => [...texts.keys()].filter((name) => !name.startsWith('fixed_keys.')).sort();
  assert.deepEqual(names(german), names(english));
});

test('no text is empty or says undefined', () => {
  for (const texts of [english, german]) {
    for (const [name, leaf] of texts) {
      if (name === 'nothing') continue;
      assert.ok(said(leaf).trim(), name);
      assert.doesNotMatch(said(leaf), /undefined|NaN|\[object/, name);
    }
  }
});

test('nothing in German is left in English', () => {
  const left = [...german].filter(([name, leaf]) => /[a-z]{3}/.test(said(leaf)) && english.has(name)
    && said(leaf) === said(english.get(name)!) && !alike.has(name)).map(([name]) => name);
  assert.deepEqual(left, ['language_name'].filter((name) => left.includes(name)));
});
