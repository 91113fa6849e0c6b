// A release in each format that there is; which parts of it, and what a format cannot hold.
import * as api from '../api';
import { number, t } from '../texts';
import { error_box, h, message_of, replace, toast } from '../ui/dom';

export class Downloads {
  readonly element: HTMLElement;
  private readonly form = h('form.inline', { onsubmit: (event: Event) => event.preventDefault(), onchange: () => this.draw() });
  private readonly rows = h('tbody');

  constructor(private readonly at: api.ProjectAt, private readonly release: api.ReleaseAbout,
    private readonly formats: readonly api.ExportFormat[], others: readonly api.Release[]) {
    const parts = Object.keys(release.totals.parts);
    const tick = (name: string, value: string, title: string, checked: boolean) =>
      h('label.tick', h('input', { type: 'checkbox', name, value, checked }), h('span', title));
    replace(this.form, parts.length > 0 && h('fieldset', h('legend', t.export_parts), parts.map((part) => tick('part', part, part, false))),
      tick('images', 'yes', t.with_images, true), tick('proposals', 'yes', t.with_proposals, false),
      others.length > 0 && h('label', t.only_since, h('select', { name: 'since' }, h('option', { value: '' }, t.everything),
        others.map(({ version }) => h('option', { value: version }, version)))));
    this.draw();
    this.element = h('section.card', { 'aria-label': t.downloads }, h('h2', t.downloads), h('p.muted', t.downloads_about),
      this.form, h('div.scroll', h('table.formats', this.rows)));
  }

  private choice(): api.ExportChoice {
    const data = new FormData(this.form);
    return { parts: data.getAll('part').map(String), images: data.has('images'), proposals: data.has('proposals'),
      since: String(data.get('since') ?? '') };
  }

  private draw(): void {
    replace(this.rows, this.formats.map((format) => this.row(format)));
  }

  private row(format: api.ExportFormat): HTMLElement {
    const lost = h('div', { role: 'status' });
    const tell = () => void api.export_loss(this.at, this.release, format.name, this.choice())
      .then((loss) => replace(lost, what_is_lost(loss)), (error) => replace(lost, error_box(error)));
    return h('tr', h('th', { scope: 'row' }, this.link(format)), h('td', h('span', { lang: 'en' }, format.summary), lost),
      h('td', h('button.quiet', { type: 'button', 'aria-label': `${t.what_is_lost}: ${format.name}`, onclick: tell }, t.what_is_lost)));
  }

  private link({ name, ending }: api.ExportFormat): HTMLElement {
    const url = api.export_url(this.at, this.release, name, this.choice());
    const file_name = `${this.release.name}-${this.release.version}.${ending}`;
    return h('a.button', { href: url, download: file_name, 'aria-label': t.download(name), onclick: (event: Event) => {
      if (!api.links_need_help()) return;
      event.preventDefault();
      api.download(url, file_name).catch((error) => toast(message_of(error)));
    } }, name);
  }
}

function what_is_lost({ annotations, lost }: api.Loss): HTMLElement {
  const list = Object.entries(lost);
  return list.length ? h('ul.lost', { lang: 'en' }, list.map(([reason, count]) => h('li', `${reason}: ${number(count)}`)))
    : h('p.good', t.nothing_lost(annotations));
}
