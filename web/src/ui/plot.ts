// Pictures of numbers, drawn as SVG in the colours of the theme (plot.css), each with a title, a
// description for whoever does not see it, and its numbers as a table.
//
//   place.append(share_bar({ title, about, parts: [{ name: 'new', value: 12, tone: 1 }] }));
//   place.append(columns({ title, about, series, points: [{ name: '28.11.', values: [3, 1] }] }));
//
// A tone is one of eight colours, which differ in lightness too; 0 is no colour. What a colour means
// is always written beside it.
import { number, t } from '../texts';
import { h, type Child } from './dom';

const svg_space = 'http://www.w3.org/2000/svg';

export type Tone = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
export interface Part { name: string; value: number; tone: Tone; href?: string }
export interface Series { name: string; tone: Tone }
export interface Point { name: string; values: number[]; long_name?: string }
interface Plot { title: string; about: string }

function svg(tag: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const element = document.createElementNS(svg_space, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

// The smallest round number that is not below: where an axis ends.
export function nice_ceiling(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((step) => step >= value)!;
}

// Shares of a whole in per cent that add up to 100, by largest remainder; all 0 of nothing.
export function percentages(values: readonly number[]): number[] {
  const whole = sum(values);
  if (!whole) return values.map(() => 0);
  const exact = values.map((value) => value * 100 / whole);
  const floors = exact.map(Math.floor);
  const by_rest = exact.map((value, i) => [value - floors[i], i]).sort((a, b) => b[0] - a[0]);
  by_rest.slice(0, 100 - sum(floors)).forEach(([, i]) => { floors[i] += 1; });
  return floors;
}

let last_id = 0;

function figure({ title, about }: Plot, [width, height]: [number, number], shapes: SVGElement[],
  rows: Child[], heads: string[], ...below: Child[]): HTMLElement {
  const id = `plot${last_id += 1}`;
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-labelledby': `${id}t ${id}d`, class: 'picture' },
  svg('title', { id: `${id}t` }, title), svg('desc', { id: `${id}d` }, about), ...shapes);
  return h('figure.plot', picture, below, h('details.numbers', h('summary', t.as_table), h('table',
    h('caption.unseen', title), h('thead', h('tr', heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', rows))));
}

const row = (name: string, values: readonly (number | string)[]) => h('tr', h('th', { scope: 'row' }, name),
  values.map((value) => h('td', typeof value === 'number' ? number(value) : value)));

function legend(parts: readonly (Series & { value?: number; href?: string })[]): HTMLElement {
  return h('ul.legend', parts.map(({ name, tone, value, href }) => h('li', h('span', { class: `tone-key tone${tone}`,
    'aria-hidden': 'true' }), href ? h('a', { href }, name) : h('span', name),
  value !== undefined && h('strong', number(value)))));
}

// One bar: how a whole is made up.
export function share_bar(plot: Plot & { parts: Part[] }): HTMLElement {
  const [width, height] = [1000, 34];
  const whole = sum(plot.parts.map((part) => part.value)) || 1;
  const shares = percentages(plot.parts.map((part) => part.value));
  let x = 0;
  const shapes = plot.parts.filter((part) => part.value).map((part) => {
    const wide = part.value / whole * width;
    const shape = svg('rect', { x: x + 1, y: 0, width: Math.max(1, wide - 2), height, rx: 3,
      class: `tone${part.tone}` }, svg('title', {}, `${part.name}: ${number(part.value)}`));
    x += wide;
    return shape;
  });
  if (!shapes.length) shapes.push(svg('rect', { x: 0, y: 0, width, height, rx: 3, class: 'tone0' }));
  return figure(plot, [width, height], shapes,
    plot.parts.map((part, i) => row(part.name, [part.value, t.percent(shares[i])])),
    [t.what, t.count, t.share], legend(plot.parts));
}

// Columns side by side, each a stack of the series.
export function columns(plot: Plot & { series: Series[]; points: Point[]; first_head: string }): HTMLElement {
  const [bottom, width, height] = [22, 560, 190];
  const top = nice_ceiling(Math.max(1, ...plot.points.map((point) => sum(point.values))));
  const left = 16 + number(top).length * 7.5;
  const step = (width - left) / Math.max(1, plot.points.length);
  const high = (value: number) => value / top * (height - bottom - 8);
  const shapes: SVGElement[] = [];
  for (const share of [0, 0.5, 1]) {
    const value = top * share;
    const y = height - bottom - high(value);
    if (share && value !== Math.round(value)) continue;
    shapes.push(svg('line', { x1: left, x2: width, y1: y, y2: y, class: 'grid' }),
      svg('text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, number(value)));
  }
  const every = Math.ceil(plot.points.length / 8);
  plot.points.forEach((point, i) => {
    let y = height - bottom;
    point.values.forEach((value, n) => {
      if (!value) return;
      y -= high(value);
      shapes.push(svg('rect', { x: left + i * step + step * 0.14, y, width: step * 0.72, height: high(value),
        class: `tone${plot.series[n].tone}` }, svg('title', {},
        `${point.long_name ?? point.name}, ${plot.series[n].name}: ${number(value)}`)));
    });
    if (i % every === 0) {
      shapes.push(svg('text', { x: left + (i + 0.5) * step, y: height - 5, 'text-anchor': 'middle' }, point.name));
    }
  });
  const told = plot.points.filter((point) => sum(point.values));
  return figure(plot, [width, height], shapes, told.map((point) => row(point.long_name ?? point.name, point.values)),
    [plot.first_head, ...plot.series.map((one) => one.name)], plot.series.length > 1 && legend(plot.series));
}

// Lines of bars, one below the other, longest as long as there is room.
export function bars(plot: Plot & { series: Series[]; rows: (Point & { href?: string })[]; first_head: string }):
  HTMLElement {
  const most = Math.max(1, ...plot.rows.map((one) => sum(one.values)));
  const lines = plot.rows.map((one) => {
    let x = 0;
    const shapes = one.values.flatMap((value, n) => {
      if (!value) return [];
      const wide = value / most * 400;
      const shape = svg('rect', { x, y: 3, width: Math.max(1.5, wide - 1), height: 14, rx: 2,
        class: `tone${plot.series[n].tone}` }, svg('title', {}, `${plot.series[n].name}: ${number(value)}`));
      x += wide;
      return [shape];
    });
    const picture = svg('svg', { viewBox: '0 0 400 20', 'aria-hidden': 'true', preserveAspectRatio: 'none' }, ...shapes);
    return h('tr', h('th', { scope: 'row' }, one.href ? h('a', { href: one.href }, one.name) : one.name),
      h('td.line', picture), one.values.map((value) => h('td.number', value ? number(value) : '–')));
  });
  return h('figure.plot.bars', h('table', { 'aria-label': `${plot.title}. ${plot.about}` },
    h('thead', h('tr', h('th', { scope: 'col' }, plot.first_head), h('td'), plot.series.map((one) =>
      h('th.number', { scope: 'col' }, plot.series.length > 1 && h('span', { class: `tone-key tone${one.tone}`,
        'aria-hidden': 'true' }), one.name)))), h('tbody', lines)));
}
