// One document: its page with words and annotations, the list of annotations, its history.
import * as api from '../api.js';
import { Palette } from '../colours.js';
import { error_box, h, replace, time } from '../dom.js';
import { PageCanvas } from '../page_canvas.js';
import { in_reading_order, text_of } from '../shapes.js';
import { blame_line, story } from '../story.js';

export async function show_document(place, at) {
  const [document_, schema] = await Promise.all([api.document_of(at, at.id),
    api.schema(at).catch(() => null)]);
  const view = new DocumentView(at, document_, new Palette(schema));
  replace(place, view.element);
  try {
    await view.open(from_address());
  } catch (error) {
    view.close();
    throw error;
  }
  const stop = view.follow();
  return () => {
    stop();
    view.close();
  };
}

function from_address() {
  const query = new URLSearchParams(location.search);
  return { page: Number(query.get('page')) || 1, annotation: query.get('annotation') };
}

class DocumentView {
  constructor(at, about, palette) {
    this.at = at;
    this.about = about;
    this.palette = palette;
    this.page_count = Math.max(1, about.pages);
    this.page = 0;
    this.items = new Map();
    this.build();
    document.title = `${this.name()} – Glossator`;
  }

  name() {
    return this.about.file_name || this.about.sources?.[0]?.file_name || this.at.id;
  }

  // -- the parts of the page ---------------------------------------------------------------------

  build() {
    this.window = h('div.window', { tabindex: '0', role: 'img',
      'aria-label': 'Page image. Arrow keys move it, plus and minus zoom.' });
    this.tip = h('div.tip', { hidden: true });
    this.canvas = new PageCanvas(this.window, {
      on_hover: (annotation, word, point) => this.hovered(annotation, word, point),
      on_pick: (annotation) => this.pick(annotation?.id ?? null),
    });
    this.strip = h('nav.strip', { 'aria-label': 'Pages' });
    this.panel = h('div.panel', { role: 'tabpanel' });
    this.legend = h('div.legend');
    this.tabs = h('div.tabs', { role: 'tablist' });
    const button = (label, text, act) => h('button.quiet', { type: 'button', 'aria-label': label,
      title: label, onclick: act }, text);
    this.words_button = button('Show the words that were read (w)', 'Words',
      () => this.toggle_words());
    this.words_button.setAttribute('aria-pressed', 'false');
    this.element = h('div.document', this.strip,
      h('section.page', h('div.bar', h('h1', this.name()), this.words_button,
        button('Smaller (-)', '−', () => this.canvas.zoom_by(0.8)),
        button('Larger (+)', '+', () => this.canvas.zoom_by(1.25)),
        button('Whole page (0)', 'Fit', () => this.canvas.fit())),
      h('div.stage', this.window, this.tip)),
      h('aside.side', this.tabs, this.panel));
    this.on_key = (event) => this.key(event);
    document.addEventListener('keydown', this.on_key);
    this.draw_strip();
    this.draw_tabs('annotations');
  }

  draw_strip() {
    const numbers = Array.from({ length: this.page_count }, (_, i) => i + 1);
    replace(this.strip, numbers.map((n) => {
      const image = h('img', { alt: '', loading: 'lazy' });
      api.image(this.at, this.at.id, n).then((url) => image.setAttribute('src', url), () => {});
      return h('button', { type: 'button', onclick: () => this.open({ page: n }) }, image,
        h('span', String(n)));
    }));
  }

  draw_tabs(chosen) {
    this.tab = chosen;
    const tabs = { annotations: 'Annotations', history: 'History', about: 'About' };
    replace(this.tabs, Object.entries(tabs).map(([id, title]) => h('button', { type: 'button',
      role: 'tab', 'aria-selected': String(id === chosen), onclick: () => this.draw_tabs(id) },
    title)));
    ({ annotations: () => this.draw_annotations(), history: () => this.draw_history(),
      about: () => this.draw_about() })[chosen]();
  }

  // -- a page ------------------------------------------------------------------------------------

  async open({ page, annotation = null }) {
    this.page = Math.min(Math.max(1, page), this.page_count);
    this.strip.querySelectorAll('button').forEach((b, i) => {
      if (i + 1 === this.page) b.setAttribute('aria-current', 'page');
      else b.removeAttribute('aria-current');
    });
    this.selected = annotation;
    this.remember();
    const mine = this.page;
    try {
      const [words, annotations, url] = await Promise.all([api.words(this.at, this.at.id, mine),
        api.annotations(this.at, this.at.id, mine), api.image(this.at, this.at.id, mine)]);
      if (mine !== this.page) return;
      this.annotations = annotations;
      await this.canvas.show(url, words, annotations, this.palette);
      this.draw_tabs(this.tab);
      if (annotation) this.pick(annotation);
    } catch (error) {
      if (error.status === 401) throw error;
      replace(this.panel, error_box(this.page_failure() ?? error));
    }
  }

  page_failure() {
    const reason = this.about.page_list?.[this.page - 1]?.failure;
    return reason ? new Error(`This page could not be read: ${reason}`) : null;
  }

  async refresh() {
    const annotations = await api.annotations(this.at, this.at.id, this.page);
    this.annotations = annotations;
    this.canvas.set_annotations(annotations, this.palette);
    this.draw_tabs(this.tab);
  }

  follow() {
    return api.follow(this.at, (event) => {
      const ours = event.subject?.includes(this.at.id);
      if (ours || /pushed|schema/.test(event.type ?? '')) this.refresh().catch(() => {});
    });
  }

  close() {
    document.removeEventListener('keydown', this.on_key);
  }

  remember() {
    const query = new URLSearchParams({ page: this.page });
    if (this.selected) query.set('annotation', this.selected);
    history.replaceState(null, '', `${location.pathname}?${query}`);
  }

  // -- annotations -------------------------------------------------------------------------------

  draw_annotations() {
    const list = in_reading_order((this.annotations ?? []).filter((a) => a.type !== 'relation'),
      this.canvas.words);
    this.items = new Map(list.map((a) => [a.id, this.item(a)]));
    replace(this.panel, this.draw_legend(),
      list.length ? h('ul.annotations', [...this.items.values()])
        : h('p.empty', 'Nobody has labelled this page yet.'));
    this.mark_selected();
  }

  item(annotation) {
    const hover = (id) => () => this.canvas.hover(id);
    const text = text_of(annotation, this.canvas.words);
    const extra = Object.entries(annotation.attributes ?? {}).map(([k, v]) => `${k}: ${v}`);
    return h('li', h('button.annotation', { type: 'button', onclick: () =>
      this.pick(annotation.id, { reveal: true }), onmouseenter: hover(annotation.id),
    onmouseleave: hover(null), onfocus: hover(annotation.id), onblur: hover(null) },
    h('span.swatch', { style: { background: this.palette.of(annotation) } }),
    h('span', h('strong', this.palette.title(annotation)),
      annotation.state === 'proposed' && h('em', ' proposed'),
      h('span.covered', text), extra.length ? h('span.muted', extra.join(', ')) : null)),
    h('div.more-about'));
  }

  draw_legend() {
    const counts = new Map();
    for (const a of this.annotations ?? []) {
      counts.set(a.label, [a, (counts.get(a.label)?.[1] ?? 0) + 1]);
    }
    return replace(this.legend, [...counts].map(([label, [sample, n]]) => h('label',
      h('input', { type: 'checkbox', checked: !this.canvas.hidden.has(label),
        onchange: (event) => this.canvas.set_hidden(label, !event.target.checked) }),
      h('span.swatch', { style: { background: this.palette.of(sample) } }),
      `${this.palette.title(sample)} ${n}`)));
  }

  pick(id, { reveal = false } = {}) {
    this.selected = id;
    this.canvas.select(id);
    if (reveal && id) this.canvas.reveal(id);
    if (id && this.tab !== 'annotations') this.draw_tabs('annotations');
    else this.mark_selected();
    this.remember();
    if (id) this.show_blame(id);
  }

  mark_selected() {
    for (const [id, item] of this.items) {
      item.classList.toggle('selected', id === this.selected);
      if (id === this.selected) item.scrollIntoView({ block: 'nearest' });
      else replace(item.querySelector('.more-about'));
    }
  }

  async show_blame(id) {
    const place = this.items.get(id)?.querySelector('.more-about');
    if (!place) return;
    try {
      const blame = await api.blame(this.at, this.at.id, id);
      if (this.selected === id) replace(place, blame_line(blame));
    } catch (error) {
      if (this.selected === id) replace(place, h('p.muted', error.message));
    }
  }

  hovered(annotation, word, point) {
    for (const [id, item] of this.items) item.classList.toggle('near', id === annotation?.id);
    this.tip.hidden = !word && !annotation;
    if (this.tip.hidden || !point) return;
    const sure = word?.confidence !== undefined ? ` ${Math.round(word.confidence / 10)} %` : '';
    replace(this.tip, annotation && h('div', h('span.swatch', { style: {
      background: this.palette.of(annotation) } }), this.palette.title(annotation)),
    word && h('div', h('strong', word.text), h('span.muted', sure)));
    const left = Math.min(point.x + 14, this.window.clientWidth - this.tip.offsetWidth - 4);
    this.tip.style.left = `${Math.max(0, left)}px`;
    this.tip.style.top = `${point.y + 18}px`;
  }

  // -- history and metadata ----------------------------------------------------------------------

  async draw_history() {
    const pick = (change) => {
      if (change.page && change.page !== this.page) {
        this.tab = 'annotations';
        this.open({ page: change.page, annotation: change.id });
      } else {
        this.pick(change.id, { reveal: true });
      }
    };
    const more = h('div.more');
    const load = async (cursor) => {
      try {
        const { items, next_cursor: next } = await api.history(this.at, this.at.id, cursor);
        if (this.tab !== 'history') return;
        more.before(story(items, this.palette, pick));
        replace(more, next && h('button', { type: 'button', onclick: () => load(next) },
          'Earlier'));
      } catch (error) {
        replace(more, error_box(error));
      }
    };
    replace(this.panel, more);
    replace(more, h('p.loading', 'Loading …'));
    await load();
  }

  draw_about() {
    const row = (name, value) => value && [h('dt', name), h('dd', value)];
    const sources = this.about.sources ?? [];
    replace(this.panel, h('dl.about', row('Review', this.about.review.replace('_', ' ')),
      row('Pages', String(this.page_count)), row('Id', this.at.id)),
    sources.map((s) => h('dl.about.card', row('File', s.file_name), row('Customer', s.customer),
      row('Claim', s.claim), row('External id', s.external_id),
      row('Received', s.received_at && time(s.received_at)))));
  }

  // -- keys --------------------------------------------------------------------------------------

  toggle_words() {
    this.words_button.setAttribute('aria-pressed', String(this.canvas.toggle_words()));
  }

  key(event) {
    if (event.target.matches?.('input, select, textarea') || event.ctrlKey || event.metaKey) return;
    const in_window = event.target === this.window;
    const step = 60;
    const actions = { '+': () => this.canvas.zoom_by(1.25), '-': () => this.canvas.zoom_by(0.8),
      0: () => this.canvas.fit(), w: () => this.toggle_words(),
      PageDown: () => this.open({ page: this.page + 1 }),
      PageUp: () => this.open({ page: this.page - 1 }), Escape: () => this.pick(null),
      ...(in_window && { ArrowLeft: () => this.canvas.pan_by(step, 0),
        ArrowRight: () => this.canvas.pan_by(-step, 0), ArrowUp: () => this.canvas.pan_by(0, step),
        ArrowDown: () => this.canvas.pan_by(0, -step) }) };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }
}
