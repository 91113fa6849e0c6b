// Draws on a canvas in the pixels of the page; widths are in pixels of the screen, whatever the zoom.
//
// Many boxes of one look are one path: a canvas takes a thousand boxes in a path for the price of
// ten in paths of their own.
import type { Box, Point } from '../editor/annotation';

export interface Look {
  stroke: string; fill?: string; width: number; dashed?: boolean; dotted?: boolean;
}

export class Brush {
  // `unit`: one pixel of the screen, in pixels of the page. `seen`: what lies on the canvas.
  constructor(private readonly context: CanvasRenderingContext2D, readonly unit: number,
    readonly seen: Box) {}

  boxes(boxes: Iterable<Box>, look: Look, pad = 0): void {
    const { context } = this;
    const more = pad * this.unit;
    context.beginPath();
    for (const [x0, y0, x1, y1] of boxes) {
      context.rect(x0 - more, y0 - more, x1 - x0 + 2 * more, y1 - y0 + 2 * more);
    }
    this.paint(look);
  }

  polygons(polygons: Iterable<readonly Point[]>, look: Look): void {
    const { context } = this;
    context.beginPath();
    for (const corners of polygons) {
      corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
      context.closePath();
    }
    this.paint(look);
  }

  // Below the boxes, as programs mark spelling.
  waves(boxes: Iterable<Box>, look: Look): void {
    const { context } = this;
    const step = 3 * this.unit;
    context.beginPath();
    for (const [x0, , x1, y1] of boxes) {
      context.moveTo(x0, y1);
      for (let x = x0, up = 1; x < x1; x += step, up = 1 - up) context.lineTo(x + step, y1 + up * step);
    }
    this.paint(look);
  }

  underline([x0, , x1, y1]: Box, look: Look): void {
    const { context } = this;
    context.beginPath();
    context.moveTo(x0, y1 + 3 * this.unit);
    context.lineTo(x1, y1 + 3 * this.unit);
    this.paint(look);
  }

  arrow(start: Point, end: Point, look: Look): void {
    const { context } = this;
    const angle = Math.atan2(end[1] - start[1], end[0] - start[0]);
    const tip = 9 * this.unit;
    context.beginPath();
    context.moveTo(...start);
    context.lineTo(...end);
    this.paint(look);
    context.beginPath();
    for (const side of [-0.4, 0.4]) {
      context.moveTo(...end);
      context.lineTo(end[0] - tip * Math.cos(angle + side), end[1] - tip * Math.sin(angle + side));
    }
    this.paint({ ...look, dashed: false });
  }

  // A sign in a disc on the upper right corner.
  badge(bounds: Box, sign: string, colour: string): void {
    const { context } = this;
    context.beginPath();
    context.arc(bounds[2], bounds[1], 7 * this.unit, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.fillStyle = '#fff';
    context.font = `bold ${10 * this.unit}px sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(sign, bounds[2], bounds[1]);
  }

  // Above a box, to its left.
  caption([x0, y0]: Box, text: string, colour: string): void {
    const { context } = this;
    context.fillStyle = colour;
    context.font = `${10 * this.unit}px sans-serif`;
    context.textAlign = 'left';
    context.textBaseline = 'bottom';
    context.fillText(text, x0, y0 - 2 * this.unit);
  }

  private paint({ stroke, fill, width, dashed, dotted }: Look): void {
    const { context, unit } = this;
    if (fill) {
      context.fillStyle = fill;
      context.fill();
    }
    context.strokeStyle = stroke;
    context.lineWidth = width * unit;
    context.setLineDash(dotted ? [2 * unit, 2 * unit] : dashed ? [5 * unit, 4 * unit] : []);
    context.stroke();
  }
}
