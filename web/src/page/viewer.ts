// The page image, and the way from its pixels to the screen's. OpenSeadragon knows where the page is while
// it is zoomed, moved and turned; the image itself is one element that follows by a CSS transform: the
// browser's compositor moves it, where a canvas would be painted anew for each frame.
//
//   const viewer = new Viewer(host, () => overlay.draw());
//   viewer.show(url, width, height);          interactive at once; the image follows when it has come
//   const [x, y] = viewer.to_page(event.clientX, event.clientY);
//
// `moved` is called within the frame in which the image is drawn, so that what lies above it keeps up.
import OpenSeadragon from 'openseadragon';
import type { Box, Point } from '../editor/annotation';

// x on screen = a x + c y + e, y on screen = b x + d y + f, in CSS pixels of the host.
export interface Matrix { a: number; b: number; c: number; d: number; e: number; f: number }

// OpenSeadragon puts a style sheet of its own into the page, which our content policy forbids, unless it
// finds one that bears this mark. app.css has what is needed of it.
function forestall_style(): void {
  const mark = 'data-openseadragon-mobile-css';
  if (document.querySelector(`style[${mark}]`)) return;
  const nothing = document.createElementNS('urn:glossator', 'style'); // no browser takes it for one
  nothing.setAttribute(mark, 'true');
  document.head.append(nothing);
}

const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;

export class Viewer {
  private readonly osd: OpenSeadragon.Viewer;
  private readonly picture = document.createElement('img');
  private width = 1;
  private height = 1;

  constructor(private readonly host: HTMLElement, private readonly moved: () => void) {
    forestall_style();
    this.osd = new OpenSeadragon.Viewer({
      element: host, drawer: 'canvas', showNavigationControl: false, showNavigator: false,
      animationTime: calm ? 0 : 0.3, springStiffness: 8, blendTime: 0, immediateRender: true,
      visibilityRatio: 0.2, minZoomImageRatio: 0.5, maxZoomPixelRatio: 8, autoResize: true,
      homeFillsViewer: false, keyboardNavEnabled: false, imageLoaderLimit: 2, silenceMultiImageWarnings: true,
    });
    this.osd.setMouseNavEnabled(false);
    for (const name of ['update-viewport', 'resize', 'rotate'] as const) {
      this.osd.addHandler(name, () => this.follow());
    }
    this.picture.alt = '';
    this.picture.draggable = false;
    host.append(this.picture);
    for (const part of host.querySelectorAll('[tabindex]')) part.removeAttribute('tabindex');
  }

  show(url: string, width: number, height: number): Promise<void> {
    [this.width, this.height] = [width, height];
    const source = new OpenSeadragon.TileSource({ width, height, tileSize: Math.max(width, height),
      minLevel: 0, maxLevel: 0 });
    source.getTileUrl = () => url;
    source.tileExists = () => false; // it has a place and nothing to draw
    this.picture.removeAttribute('src'); // a white page sooner than another page's image
    this.picture.src = url;
    Object.assign(this.picture.style, { width: `${width}px`, height: `${height}px` });
    return new Promise((resolve) => {
      this.osd.addOnceHandler('open', () => {
        // It was made before it had a place on the page.
        this.osd.viewport.resize(new OpenSeadragon.Point(this.host.clientWidth, this.host.clientHeight));
        this.fit_width(true);
        resolve();
      });
      this.osd.open({ tileSource: source });
    });
  }

  close(): void {
    clearTimeout(this.rest);
    this.osd.destroy();
  }

  private rest?: ReturnType<typeof setTimeout>;

  // While it moves the image is the compositor's, which scales it fast; at rest the browser draws it well.
  private follow(): void {
    if (!this.ready) return;
    const { a, b, c, d, e, f } = this.matrix();
    this.picture.style.transform = `matrix(${a}, ${b}, ${c}, ${d}, ${e}, ${f})`;
    this.picture.style.willChange = 'transform';
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.picture.style.willChange = 'auto';
    }, 120);
    this.moved();
  }

  // -- where things are --------------------------------------------------------------------------

  get ready(): boolean {
    return this.osd.world.getItemCount() > 0;
  }

  matrix(): Matrix {
    const at = (x: number, y: number) =>
      this.osd.viewport.imageToViewerElementCoordinates(new OpenSeadragon.Point(x, y));
    const origin = at(0, 0);
    const right = at(this.width, 0);
    const down = at(0, this.height);
    return { a: (right.x - origin.x) / this.width, b: (right.y - origin.y) / this.width,
      c: (down.x - origin.x) / this.height, d: (down.y - origin.y) / this.height,
      e: origin.x, f: origin.y };
  }

  // Of the window, in CSS pixels; as it was when it last changed, so that asking costs no layout.
  size(): { width: number; height: number } {
    const { x, y } = this.osd.viewport.getContainerSize();
    return { width: x, height: y };
  }

  // Screen pixels for one pixel of the page.
  scale(): number {
    const { a, b } = this.matrix();
    return Math.hypot(a, b);
  }

  to_page(client_x: number, client_y: number): Point {
    const place = this.host.getBoundingClientRect();
    const point = this.osd.viewport.viewerElementToImageCoordinates(
      new OpenSeadragon.Point(client_x - place.left, client_y - place.top));
    return [point.x, point.y];
  }

  to_host(x: number, y: number): Point {
    const { a, b, c, d, e, f } = this.matrix();
    return [a * x + c * y + e, b * x + d * y + f];
  }

  // -- moving ------------------------------------------------------------------------------------

  zoom_by(factor: number, client_x?: number, client_y?: number): void {
    const place = this.host.getBoundingClientRect();
    const point = client_x === undefined ? undefined : this.osd.viewport.pointFromPixel(
      new OpenSeadragon.Point(client_x - place.left, client_y! - place.top), true);
    this.osd.viewport.zoomBy(factor, point);
    this.osd.viewport.applyConstraints();
  }

  pan_by(dx: number, dy: number, at_once = true): void {
    const delta = this.osd.viewport.deltaPointsFromPixels(new OpenSeadragon.Point(-dx, -dy), true);
    this.osd.viewport.panBy(delta, at_once);
    this.osd.viewport.applyConstraints(at_once);
  }

  fit(): void {
    this.osd.viewport.goHome();
  }

  // The whole width from the top: letters are as large as the window allows.
  fit_width(at_once = false): void {
    const { viewport } = this.osd;
    const { width, height } = this.host.getBoundingClientRect();
    const tall = height / width;
    const page = this.height / this.width;
    const bounds = new OpenSeadragon.Rect(-0.01, -0.01, 1.02, Math.min(tall, page) * 1.02);
    if (page > tall && viewport.getRotation() % 180 === 0) viewport.fitBounds(bounds, at_once);
    else viewport.goHome(at_once);
  }

  rotate(): void {
    this.osd.viewport.setRotation((this.osd.viewport.getRotation() + 90) % 360, calm);
  }

  // Brings an area into sight without moving more than needed.
  reveal(box: Box): void {
    const margin = 48;
    const [x0, y0] = this.to_host(box[0], box[1]);
    const [x1, y1] = this.to_host(box[2], box[3]);
    const shift = (from: number, to: number, size: number): number => {
      const [low, high] = from < to ? [from, to] : [to, from];
      if (low < margin) return margin - low;
      return high > size - margin ? Math.max(size - margin - high, margin - low) : 0;
    };
    const dx = shift(x0, x1, this.host.clientWidth);
    const dy = shift(y0, y1, this.host.clientHeight);
    if (dx || dy) this.pan_by(dx, dy, false);
  }
}
