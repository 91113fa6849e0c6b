// Where an annotation lies on its page: rectangles and polygons in pixels of the page image.

function united(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

// A run of words in one line is one rectangle, not one for each word.
export function runs(ids, words) {
  const found = [];
  let last = null;
  for (const id of ids ?? []) {
    const word = words.get(id);
    if (!word) continue;
    if (last && last.line === word.line && last.block === word.block) {
      found[found.length - 1] = united(found[found.length - 1], word.box);
    } else {
      found.push(word.box);
    }
    last = word;
  }
  return found;
}

export function boxes_of(annotation, words) {
  const found = runs(annotation.words, words);
  if (annotation.box) found.push(annotation.box);
  if (annotation.polygon?.length) {
    const xs = annotation.polygon.map((p) => p[0] ?? p.x);
    const ys = annotation.polygon.map((p) => p[1] ?? p.y);
    found.push([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]);
  }
  for (const line of [...(annotation.rows ?? []), ...(annotation.columns ?? [])]) {
    const parts = runs(line.words, words);
    if (line.box) parts.push(line.box);
    if (parts.length) found.push(parts.reduce(united));
  }
  return found;
}

export function around(boxes) {
  return boxes.length ? boxes.reduce(united) : null;
}

// The page's annotations as they are read: from the top, and from the left where they share a line.
export function in_reading_order(annotations, words) {
  const placed = annotations.map((annotation) =>
    ({ annotation, box: around(boxes_of(annotation, words)) ?? [0, 0, 0, 0] }));
  const middle = (box) => (box[1] + box[3]) / 2;
  placed.sort((a, b) => middle(a.box) - middle(b.box));
  const lines = [];
  for (const each of placed) {
    const line = lines.at(-1);
    if (line && middle(each.box) < line[0].box[3]) line.push(each);
    else lines.push([each]);
  }
  return lines.flatMap((line) => line.sort((a, b) => a.box[0] - b.box[0]))
    .map((each) => each.annotation);
}

export const inside = (box, x, y) => x >= box[0] && x < box[2] && y >= box[1] && y < box[3];
export const area = (box) => (box[2] - box[0]) * (box[3] - box[1]);

// What the annotation covers, as text.
export function text_of(annotation, words) {
  if (annotation.text) return annotation.text;
  if (annotation.replacements) return annotation.replacements.map((r) => r.text).join(' ');
  return (annotation.words ?? []).map((id) => words.get(id)?.text ?? '').join(' ');
}
