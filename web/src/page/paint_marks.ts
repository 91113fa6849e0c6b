// How annotations look. What a mark is shows by form as well as by colour: a proposal is dashed, a
// person's label solid, a reviewed one has a tick or a cross, one in dispute a red frame with an
// exclamation mark, a correction a wave.
import type { Box, Point } from '../editor/annotation';
import type { Brush, Look } from './brush';
import type { Mark, Marks } from './marks';

const bad = '#c81e1e';
const halo = '#ffffffb0';

export type Emphasis = 'none' | 'near' | 'strong';

function look_of({ annotation, colour }: Mark, emphasis: Emphasis, disputed: boolean): Look {
  const dashed = annotation.state === 'proposed';
  const strength = emphasis !== 'none' ? '48' : dashed ? '12' : '26';
  return { stroke: disputed ? bad : colour, fill: annotation.type === 'correction' ? undefined : colour + strength,
    width: emphasis === 'strong' ? 2.5 : 1.25, dashed };
}

// Those of one look together; white lies below the line of all of them: a dark mark is seen on a
// dark page, a dashed one stays dashed.
export function paint_marks(brush: Brush, marks: readonly Mark[], disputed: ReadonlySet<string>,
  emphasis: Emphasis = 'none'): void {
  const groups = new Map<string, { look: Look; marks: Mark[] }>();
  for (const mark of marks) {
    const look = look_of(mark, emphasis, disputed.has(mark.annotation.id));
    const key = JSON.stringify(look);
    const group = groups.get(key);
    if (group) group.marks.push(mark);
    else groups.set(key, { look, marks: [mark] });
  }
  brush.boxes(marks.filter(is_framed).flatMap((mark) => mark.boxes),
    { stroke: halo, width: emphasis === 'strong' ? 5 : 3 }, 1.5);
  for (const group of groups.values()) paint_group(brush, group.marks, group.look);
  for (const mark of marks) paint_badge(brush, mark, disputed.has(mark.annotation.id), emphasis);
}

const is_framed = ({ annotation }: Mark): boolean =>
  annotation.type !== 'correction' && !annotation.polygon?.length;

function paint_group(brush: Brush, marks: readonly Mark[], look: Look): void {
  const boxes_of = (chosen: readonly Mark[]) => chosen.flatMap((mark) => mark.boxes);
  brush.boxes(boxes_of(marks.filter(is_framed)), look, 1.5);
  brush.polygons(marks.flatMap(({ annotation }) => (annotation.polygon ? [annotation.polygon] : [])), look);
  brush.waves(boxes_of(marks.filter(({ annotation }) => annotation.type === 'correction')), look);
}

function paint_badge(brush: Brush, { annotation, bounds, colour }: Mark, disputed: boolean,
  emphasis: Emphasis): void {
  if (!bounds) return;
  if (disputed) brush.badge(bounds, '!', bad);
  else if (annotation.review) brush.badge(bounds, annotation.review.state === 'accepted' ? '✓' : '✗', colour);
  else if (annotation.state === 'proposed' && emphasis !== 'none') brush.badge(bounds, '?', colour);
}

export function paint_relation(brush: Brush, { annotation, colour }: Mark, marks: Marks, strong: boolean): void {
  const from = marks.find(annotation.from ?? null)?.bounds;
  const to = marks.find(annotation.to ?? null)?.bounds;
  if (!from || !to) return;
  brush.arrow(...joined(from, to), { stroke: colour, width: strong ? 3 : 1.5,
    dashed: annotation.state === 'proposed' });
}

// From the near edge of one box to the near edge of the other.
function joined(from: Box, to: Box): [Point, Point] {
  const middle = (box: Box): Point => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const [fx, fy] = middle(from);
  const [tx, ty] = middle(to);
  if (to[0] >= from[2]) return [[from[2], fy], [to[0], ty]];
  if (to[2] <= from[0]) return [[from[0], fy], [to[2], ty]];
  return ty > fy ? [[fx, from[3]], [tx, to[1]]] : [[fx, from[1]], [tx, to[3]]];
}
