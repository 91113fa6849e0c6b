// One canvas above the page, in the page's own pixels.
//
//   const brush = layer.begin(viewer.matrix(), viewer.size());      cleared, as large as the window and its margin
//   brush.boxes(...);
//   layer.follow(viewer.matrix());                   later: moved as it is, without drawing anew
//
// Following costs the page's script nothing: the browser moves the finished picture. Lines are a
// little too thick or too thin meanwhile, and beyond the margin nothing is drawn.
import type { Box } from '../editor/annotation';
import { Brush } from './brush';
import type { Matrix } from './viewer';

// What takes a point of the first view to where the second one shows it.
export function between({ a, b, c, d, e, f }: Matrix, to: Matrix): Matrix {
  const size = a * d - b * c;
  const [ia, ib, ic, id] = [d / size, -b / size, -c / size, a / size];
  const [ie, if_] = [(c * f - d * e) / size, (b * e - a * f) / size];
  return { a: to.a * ia + to.c * ib, b: to.b * ia + to.d * ib, c: to.a * ic + to.c * id,
    d: to.b * ic + to.d * id, e: to.a * ie + to.c * if_ + to.e, f: to.b * ie + to.d * if_ + to.f };
}

// The part of the page that is seen in a rectangle of the screen.
export function area_in({ a, b, c, d, e, f }: Matrix, [x0, y0, x1, y1]: Box): Box {
  const size = a * d - b * c;
  const at = (x: number, y: number) => [(d * (x - e) - c * (y - f)) / size, (a * (y - f) - b * (x - e)) / size];
  const corners = [at(x0, y0), at(x1, y0), at(x0, y1), at(x1, y1)];
  const [xs, ys] = [corners.map((corner) => corner[0]), corners.map((corner) => corner[1])];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

interface Size { width: number; height: number }

export class Layer {
  readonly canvas = document.createElement('canvas');
  private drawn: Matrix | null = null;
  private size: Size = { width: 0, height: 0 };
  private before = '';

  // `margin`: a share of the window that is drawn beyond each of its edges.
  constructor(host: HTMLElement, private readonly margin = 0) {
    this.canvas.className = 'overlay';
    this.canvas.setAttribute('aria-hidden', 'true');
    host.append(this.canvas);
  }

  begin(view: Matrix, size: Size): Brush {
    const ratio = devicePixelRatio || 1;
    const [left, top] = this.fit(size, ratio);
    const context = this.canvas.getContext('2d')!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(view.a * ratio, view.b * ratio, view.c * ratio, view.d * ratio,
      (view.e + left) * ratio, (view.f + top) * ratio);
    this.drawn = view;
    this.canvas.style.transform = '';
    const { width, height } = this.size;
    return new Brush(context, 1 / Math.hypot(view.a, view.b),
      area_in(view, [-left, -top, width + left, height + top]));
  }

  // False if it has to be drawn anew: what is seen was not drawn, or is too coarse by now.
  follow(view: Matrix): boolean {
    if (!this.drawn) return false;
    const { a, b, c, d, e, f } = between(this.drawn, view);
    const grown = Math.hypot(a, b);
    const [left, top] = this.edges();
    const { width, height } = this.size;
    const seen = area_in({ a, b, c, d, e, f }, [0, 0, width, height]);
    const inside = seen[0] >= -left && seen[1] >= -top && seen[2] <= width + left && seen[3] <= height + top;
    if (!inside || grown > 1.6 || grown < 0.6) return false;
    // The canvas turns about its own corner, which lies beyond the window's.
    this.canvas.style.transform =
      `matrix(${a}, ${b}, ${c}, ${d}, ${e + left - a * left - c * top}, ${f + top - b * left - d * top})`;
    return true;
  }

  private edges(): [number, number] {
    return [Math.round(this.size.width * this.margin), Math.round(this.size.height * this.margin)];
  }

  private fit({ width, height }: Size, ratio: number): [number, number] {
    this.size = { width, height };
    const [left, top] = this.edges();
    if (this.before !== `${width} ${height} ${ratio}`) {
      this.before = `${width} ${height} ${ratio}`;
      const [full_width, full_height] = [width + 2 * left, height + 2 * top];
      this.canvas.width = Math.round(full_width * ratio);
      this.canvas.height = Math.round(full_height * ratio);
      Object.assign(this.canvas.style, { left: `${-left}px`, top: `${-top}px`, width: `${full_width}px`,
        height: `${full_height}px` });
    }
    return [left, top];
  }
}
