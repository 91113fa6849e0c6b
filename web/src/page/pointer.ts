// What mouse, pen and fingers do on the page, told in its own terms.
//
//   drag                  select words as they are read; with Shift a further run
//   Alt, or the box tool  a free box; polygon tool: corners by clicking; link tool: from one
//                         annotation to another
//   click                 pick an annotation, or a word; Shift extends, Ctrl toggles
//   double, triple, quadruple click   word, line, block
//   Space, middle button or hand tool and drag, one finger   move the page
//   wheel, two fingers    zoom at that point; Shift and wheel moves
import type { Box, Point } from '../editor/annotation';
import type { Viewer } from './viewer';

export type Tool = 'select' | 'box' | 'polygon' | 'link' | 'pan';

export interface Gestures {
  hover(point: Point | null): void;
  drag_words(from: Point, to: Point, adding: boolean, ended: boolean): void;
  draw_box(box: Box, ended: boolean): void;
  click(point: Point, clicks: number, how: { extend: boolean; toggle: boolean }): void;
  corner(point: Point): void;
  link(from: Point, to: Point, ended: boolean): void;
}

const slack = 4;

export const box_of = ([x0, y0]: Point, [x1, y1]: Point): Box =>
  [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)].map(Math.round) as
    unknown as Box;

type Drag = { kind: 'pan' | 'words' | 'box' | 'link'; x: number; y: number; start: Point; moved: boolean };

export class PointerTools {
  tool: Tool = 'select';
  private drag: Drag | null = null;
  private space = false;
  private readonly fingers = new Map<number, { x: number; y: number }>();
  private readonly stop = new AbortController();

  constructor(private readonly host: HTMLElement, private readonly viewer: () => Viewer,
    private readonly gestures: Gestures) {
    const listen = <Type extends keyof HTMLElementEventMap>(type: Type,
      act: (event: HTMLElementEventMap[Type]) => void, options: AddEventListenerOptions = {}) =>
      host.addEventListener(type, act, { ...options, signal: this.stop.signal });
    listen('pointerdown', (event) => this.down(event));
    listen('pointermove', (event) => this.move(event));
    listen('pointerup', (event) => this.up(event));
    listen('pointercancel', (event) => this.cancel(event));
    listen('pointerleave', () => gestures.hover(null));
    listen('wheel', (event) => this.wheel(event), { passive: false });
    listen('auxclick', (event) => event.preventDefault());
    const space = (event: KeyboardEvent) => {
      if (event.key === ' ') this.space = event.type === 'keydown';
      host.classList.toggle('panning', this.space || this.tool === 'pan');
    };
    addEventListener('keydown', space, { signal: this.stop.signal });
    addEventListener('keyup', space, { signal: this.stop.signal });
  }

  close(): void {
    this.stop.abort();
  }

  choose(tool: Tool): void {
    this.tool = tool;
    this.host.classList.toggle('panning', tool === 'pan');
  }

  private kind_of(event: PointerEvent): Drag['kind'] {
    const panning = this.space || this.tool === 'pan' || event.button === 1
      || event.pointerType === 'touch';
    if (panning) return 'pan';
    if (this.tool === 'link') return 'link';
    return event.altKey || this.tool === 'box' ? 'box' : 'words';
  }

  private down(event: PointerEvent): void {
    if (event.button > 1) return;
    if (event.button === 1) event.preventDefault();
    this.host.focus({ preventScroll: true });
    this.host.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.drag = { kind: this.kind_of(event), x: event.clientX, y: event.clientY, moved: false,
      start: this.viewer().to_page(event.clientX, event.clientY) };
  }

  private move(event: PointerEvent): void {
    const point = this.viewer().to_page(event.clientX, event.clientY);
    if (!this.drag) return this.gestures.hover(point);
    if (this.fingers.size === 2) return this.pinch(event);
    const { drag } = this;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < slack) return undefined;
    drag.moved = true;
    if (drag.kind === 'pan') {
      this.viewer().pan_by(dx, dy);
      [drag.x, drag.y] = [event.clientX, event.clientY];
    } else {
      this.dragged(drag, point, event.shiftKey, false);
    }
    return undefined;
  }

  private dragged(drag: Drag, point: Point, adding: boolean, ended: boolean): void {
    if (drag.kind === 'box') this.gestures.draw_box(box_of(drag.start, point), ended);
    else if (drag.kind === 'link') this.gestures.link(drag.start, point, ended);
    else if (drag.kind === 'words') this.gestures.drag_words(drag.start, point, adding, ended);
  }

  private up(event: PointerEvent): void {
    const { drag } = this;
    this.cancel(event);
    if (!drag) return;
    const point = this.viewer().to_page(event.clientX, event.clientY);
    if (!drag.moved) this.clicked(event, point);
    else this.dragged(drag, point, event.shiftKey, true);
  }

  private clicks = 0;
  private last_click = { time: 0, x: 0, y: 0 };

  private clicked(event: PointerEvent, point: Point): void {
    const { time, x, y } = this.last_click;
    const again = event.timeStamp - time < 400
      && Math.hypot(event.clientX - x, event.clientY - y) < 2 * slack;
    this.clicks = again ? this.clicks + 1 : 1;
    this.last_click = { time: event.timeStamp, x: event.clientX, y: event.clientY };
    if (this.tool === 'polygon') return this.gestures.corner(point);
    return this.gestures.click(point, this.clicks,
      { extend: event.shiftKey, toggle: event.ctrlKey || event.metaKey });
  }

  private cancel(event: PointerEvent): void {
    this.fingers.delete(event.pointerId);
    this.drag = null;
  }

  private pinch(event: PointerEvent): void {
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)![1];
    const before = this.fingers.get(event.pointerId)!;
    const spread = (x: number, y: number) => Math.hypot(x - other.x, y - other.y) || 1;
    this.viewer().zoom_by(spread(event.clientX, event.clientY) / spread(before.x, before.y),
      (event.clientX + other.x) / 2, (event.clientY + other.y) / 2);
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 20 : 1;
    const [dx, dy] = [event.deltaX * lines, event.deltaY * lines];
    if (event.shiftKey) this.viewer().pan_by(-(dx || dy), 0);
    else this.viewer().zoom_by(Math.exp(-dy / 400), event.clientX, event.clientY);
  }
}
