// A page image with everything that is known about it drawn above, on one canvas.
//
//   const view = new PageCanvas(host, { on_hover(annotation, word, point), on_pick(annotation) });
//   await view.show(url, words, annotations, palette);
//   view.select(id); view.reveal(id); view.zoom_by(1.25); view.fit();
//
// The image is moved and scaled by a transform; the canvas is as large as the window onto it and
// is drawn anew, at most once a frame, so that its cost follows what is seen.
import { area, around, boxes_of, inside } from './shapes.js';

const unsure_below = 600; // of 1000

export class PageCanvas {
  constructor(host, { on_hover, on_pick }) {
    this.host = host;
    this.on_hover = on_hover;
    this.on_pick = on_pick;
    this.image = new Image();
    this.image.alt = '';
    this.image.draggable = false;
    this.canvas = document.createElement('canvas');
    host.replaceChildren(this.image, this.canvas);
    this.view = { scale: 1, x: 0, y: 0 };
    this.words = new Map();
    this.marks = [];
    this.hidden = new Set();
    this.with_words = false;
    this.selected = null;
    this.hovered = null;
    this.fitted = true;
    new ResizeObserver(() => (this.fitted ? this.fit() : this.draw())).observe(host);
    this.listen();
  }

  async show(url, words, annotations, palette) {
    this.words = new Map(words.map((word) => [word.id, word]));
    this.set_annotations(annotations, palette);
    this.image.src = url;
    await this.image.decode();
    this.fit();
  }

  set_annotations(annotations, palette) {
    this.marks = annotations.map((annotation) => ({
      annotation, colour: palette.of(annotation), boxes: boxes_of(annotation, this.words),
    }));
    this.by_id = new Map(this.marks.map((mark) => [mark.annotation.id, mark]));
    this.draw();
  }

  // -- what is seen ------------------------------------------------------------------------------

  fit() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this.image.naturalWidth || !width) return;
    const scale = Math.min(width / this.image.naturalWidth, height / this.image.naturalHeight);
    this.view = { scale, x: (width - this.image.naturalWidth * scale) / 2,
      y: (height - this.image.naturalHeight * scale) / 2 };
    this.fitted = true;
    this.draw();
  }

  zoom_by(factor, x = this.host.clientWidth / 2, y = this.host.clientHeight / 2) {
    const scale = Math.min(8, Math.max(0.05, this.view.scale * factor));
    const ratio = scale / this.view.scale;
    this.view = { scale, x: x - (x - this.view.x) * ratio, y: y - (y - this.view.y) * ratio };
    this.fitted = false;
    this.draw();
  }

  pan_by(dx, dy) {
    this.view.x += dx;
    this.view.y += dy;
    this.fitted = false;
    this.draw();
  }

  // Brings an annotation into sight without moving more than needed.
  reveal(id) {
    const box = around(this.by_id?.get(id)?.boxes ?? []);
    if (!box) return;
    const { scale, x, y } = this.view;
    const margin = 40;
    const shift = (low, high, size) => {
      if (low < margin) return margin - low;
      return high > size - margin ? Math.max(size - margin - high, margin - low) : 0;
    };
    this.pan_by(shift(box[0] * scale + x, box[2] * scale + x, this.host.clientWidth),
      shift(box[1] * scale + y, box[3] * scale + y, this.host.clientHeight));
  }

  select(id) {
    this.selected = id;
    this.draw();
  }

  hover(id) {
    if (this.hovered === id) return;
    this.hovered = id;
    this.draw();
  }

  toggle_words() {
    this.with_words = !this.with_words;
    this.draw();
    return this.with_words;
  }

  set_hidden(label, hidden) {
    this.hidden[hidden ? 'add' : 'delete'](label);
    this.draw();
  }

  visible() {
    return this.marks.filter((mark) => !this.hidden.has(mark.annotation.label));
  }

  // -- drawing -----------------------------------------------------------------------------------

  draw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw_now();
    });
  }

  draw_now() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.host;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    const { scale, x, y } = this.view;
    this.image.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    const context = this.canvas.getContext('2d');
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
    if (this.with_words) this.draw_words(context);
    for (const mark of this.visible()) this.draw_mark(context, mark);
    for (const mark of this.visible()) this.draw_relation(context, mark);
  }

  draw_words(context) {
    context.lineWidth = 1 / this.view.scale;
    for (const word of this.words.values()) {
      const [x0, y0, x1, y1] = word.box;
      context.strokeStyle = word.confidence < unsure_below ? '#d97706' : '#64748b';
      context.strokeRect(x0, y0, x1 - x0, y1 - y0);
    }
  }

  draw_mark(context, { annotation, colour, boxes }) {
    const strong = annotation.id === this.selected;
    const near = strong || annotation.id === this.hovered;
    context.strokeStyle = colour;
    context.fillStyle = colour + (near ? '55' : '26');
    context.lineWidth = (strong ? 3 : 1.5) / this.view.scale;
    context.setLineDash(annotation.state === 'proposed' ? [6 / this.view.scale,
      4 / this.view.scale] : []);
    if (annotation.polygon?.length) {
      context.beginPath();
      for (const p of annotation.polygon) context.lineTo(p[0] ?? p.x, p[1] ?? p.y);
      context.closePath();
      context.fill();
      context.stroke();
      return;
    }
    const pad = 2 / this.view.scale;
    for (const [x0, y0, x1, y1] of boxes) {
      context.fillRect(x0 - pad, y0 - pad, x1 - x0 + 2 * pad, y1 - y0 + 2 * pad);
      context.strokeRect(x0 - pad, y0 - pad, x1 - x0 + 2 * pad, y1 - y0 + 2 * pad);
    }
  }

  draw_relation(context, { annotation, colour }) {
    const from = around(this.by_id.get(annotation.from)?.boxes ?? []);
    const to = around(this.by_id.get(annotation.to)?.boxes ?? []);
    if (!from || !to) return;
    const right = to[0] >= from[2];
    const start = [right ? from[2] : (from[0] + from[2]) / 2, (from[1] + from[3]) / 2];
    const end = [right ? to[0] : (to[0] + to[2]) / 2, (to[1] + to[3]) / 2];
    const angle = Math.atan2(end[1] - start[1], end[0] - start[0]);
    const tip = 9 / this.view.scale;
    context.setLineDash([]);
    context.strokeStyle = colour;
    context.lineWidth = (annotation.id === this.selected ? 3 : 1.5) / this.view.scale;
    context.beginPath();
    context.moveTo(...start);
    context.lineTo(...end);
    for (const side of [-0.4, 0.4]) {
      context.moveTo(...end);
      context.lineTo(end[0] - tip * Math.cos(angle + side), end[1] - tip * Math.sin(angle + side));
    }
    context.stroke();
  }

  // -- the pointer -------------------------------------------------------------------------------

  at(event) {
    const place = this.host.getBoundingClientRect();
    const x = event.clientX - place.left;
    const y = event.clientY - place.top;
    return { x, y, page_x: (x - this.view.x) / this.view.scale,
      page_y: (y - this.view.y) / this.view.scale };
  }

  // The smallest annotation under a point, so that one inside another can be reached.
  mark_at({ page_x, page_y }) {
    const hits = this.visible().flatMap((mark) => mark.boxes
      .filter((box) => inside(box, page_x, page_y)).map((box) => [area(box), mark]));
    hits.sort((a, b) => a[0] - b[0]);
    return hits[0]?.[1].annotation ?? null;
  }

  word_at({ page_x, page_y }) {
    for (const word of this.words.values()) if (inside(word.box, page_x, page_y)) return word;
    return null;
  }

  listen() {
    let drag = null;
    const { host } = this;
    host.addEventListener('pointerdown', (event) => {
      drag = { x: event.clientX, y: event.clientY, moved: false };
      host.setPointerCapture(event.pointerId);
    });
    host.addEventListener('pointermove', (event) => {
      if (!drag) return this.point_at(event);
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.moved && Math.hypot(dx, dy) < 4) return undefined;
      drag = { x: event.clientX, y: event.clientY, moved: true };
      return this.pan_by(dx, dy);
    });
    host.addEventListener('pointerup', (event) => {
      if (drag && !drag.moved) this.on_pick(this.mark_at(this.at(event)));
      drag = null;
    });
    host.addEventListener('pointercancel', () => {
      drag = null;
    });
    host.addEventListener('pointerleave', () => {
      this.hover(null);
      this.on_hover(null, null, null);
    });
    host.addEventListener('wheel', (event) => {
      event.preventDefault();
      const point = this.at(event);
      if (event.ctrlKey) this.zoom_by(Math.exp(-event.deltaY / 300), point.x, point.y);
      else this.pan_by(-event.deltaX, -event.deltaY);
    }, { passive: false });
  }

  point_at(event) {
    const point = this.at(event);
    const annotation = this.mark_at(point);
    this.hover(annotation?.id ?? null);
    this.on_hover(annotation, this.word_at(point), point);
  }
}
