import assert from 'node:assert/strict';
import test from 'node:test';
import { correction, labelled, table } from '../../../web/src/editor/labelling';
import { Selection } from '../../../web/src/editor/selection';
import { PageWords, type Word } from '../../../web/src/editor/words';

// Two columns of two lines with three words each: block 0 on the left, block 1 on the right.
const word = (id: number, block: number, line: number, nth: number): Word => {
  const x = block * 500 + nth * 100;
  return { id, block, line: block * 2 + line, box: [x, line * 50, x + 80, line * 50 + 20], confidence: 900,
    text: `w${id}` };
};
const words = new PageWords([0, 1].flatMap((block) => [0, 1].flatMap((line) => [0, 1, 2].map((nth) =>
  word(100 + block * 6 + line * 3 + nth, block, line, nth)))));

test('a word is found where it is', () => {
  assert.equal(words.at(10, 10), 0);
  assert.equal(words.at(90, 10), -1);
  assert.equal(words.near(90, 10, 20), 0);
  assert.equal(words.index(105), 5);
});

test('a drag within a column follows the reading order', () => {
  assert.deepEqual(words.between(1, 4, [100, 0, 200, 70]), [1, 2, 3, 4]);
  assert.deepEqual(words.between(4, 1, [100, 0, 200, 70]), [1, 2, 3, 4]);
});

test('a drag across columns takes what it touches, not what is read between', () => {
  assert.deepEqual(words.between(0, 6, [0, 0, 600, 20]), [0, 1, 2, 6]);
});

test('words of a line are one rectangle', () => {
  assert.deepEqual(words.runs([100, 101, 103]), [[0, 0, 180, 20], [0, 50, 80, 70]]);
});

test('the arrow keys find the line above and below', () => {
  assert.equal(words.vertical(1, 1), 4);
  assert.equal(words.vertical(4, -1), 1);
  assert.equal(words.vertical(1, -1), -1);
});

test('a selection extends, gathers and lets go', () => {
  const selection = new Selection(words);
  selection.set([1]);
  selection.extend(3);
  assert.deepEqual(selection.indexes, [1, 2, 3]);
  selection.extend(0);
  assert.deepEqual(selection.indexes, [0, 1]);
  selection.run(6, 7, [500, 0, 700, 20], true);
  assert.deepEqual(selection.indexes, [0, 1, 6, 7]);
  selection.toggle(1);
  assert.deepEqual(selection.ids, [100, 106, 107]);
});

test('what is selected becomes an annotation of a type that the label is for', () => {
  const span = labelled('total', ['span'], { indexes: [0, 1] }, words)!;
  assert.deepEqual([span.type, span.words, span.text], ['span', [100, 101], 'w100 w101']);
  const box = labelled('tick', ['box'], { indexes: [0, 1] }, words)!;
  assert.deepEqual([box.type, box.box, box.words], ['box', [0, 0, 180, 20], [100, 101]]);
  assert.equal(labelled('tick', ['polygon'], { indexes: [0] }, words), null);
});

test('a correction splits at blanks and merges several words', () => {
  const split = correction([0], 'ab cdef', words);
  assert.deepEqual(split.replacements!.map((r) => r.text), ['ab', 'cdef']);
  const [first, second] = split.replacements!.map((r) => r.box!);
  assert.ok(first[0] === 0 && first[2] <= second[0] && second[2] === 80);
  assert.deepEqual(correction([0, 1], 'one', words).replacements, [{ text: 'one', box: [0, 0, 180, 20] }]);
  assert.equal(correction([0], '', words).replacements, undefined);
});

test('a table has lines as rows and what stays apart as columns', () => {
  const made = table('positions', [0, 1, 2, 3, 4, 5], words, ['a', 'b']);
  assert.deepEqual(made.rows!.map((row) => row.words), [[100, 101, 102], [103, 104, 105]]);
  assert.deepEqual(made.columns!.map((c) => [c.label, c.words]),
    [['a', [100, 103]], ['b', [101, 104]], [undefined, [102, 105]]]);
});
