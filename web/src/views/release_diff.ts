// What differs between two versions of a dataset: sums, labels, people, and the documents.
import * as api from '../api';
import { number, t } from '../texts';
import type { Palette } from '../ui/colours';
import { error_box, h, replace } from '../ui/dom';
import { change_plot, label_changes } from './dataset_plots';

const most_documents = 200;

export class DifferenceCard {
  readonly element: HTMLElement;
  private readonly answer = h('div', { role: 'status' });

  constructor(private readonly at: api.ProjectAt, private readonly release: api.ReleaseId, others: readonly api.Release[],
    private readonly palette: Palette) {
    const earlier = others.filter(({ version }) => is_before(version, release.version));
    const choose = (event: Event) => void this.load((event.target as HTMLSelectElement).value);
    this.element = h('section.card', { 'aria-label': t.changes, hidden: !earlier.length }, h('h2', t.changes), h('label.span', t.compare_versions,
      h('select', { name: 'since', onchange: choose }, h('option', { value: '' }, '–'), earlier.map(({ version }) => h('option', { value: version }, version)))),
    this.answer);
  }

  private async load(since: string): Promise<void> {
    if (!since) return void replace(this.answer);
    replace(this.answer, h('p.muted', t.measuring));
    try {
      this.show(await api.release_diff(this.at, this.release, since));
    } catch (error) {
      replace(this.answer, error_box(error));
    }
    return undefined;
  }

  private show({ change, labels, documents, annotators }: api.ReleaseDiff): void {
    const people = Object.entries(annotators ?? {});
    replace(this.answer, change_plot({ ...change }), h('h3', t.label_changes), label_changes(labels, (name) => this.palette.title_of(name)),
      people.length > 0 && [h('h3', t.people_who_changed), h('ul', people.map(([mail, work]) => h('li', mail, ': ',
        ['added', 'changed', 'removed'].map((deed) => `${t.change_names[deed]} ${number(work[deed as 'added'])}`).join(', '))))],
      h('h3', t.documents), documents.length ? this.documents(documents) : h('p.muted', t.no_change));
  }

  private documents(list: readonly api.DocumentChange[]): HTMLElement {
    const home = `/${encodeURIComponent(this.at.org)}/${encodeURIComponent(this.at.project)}`;
    const part = ({ from, to }: api.DocumentChange) => (from && to && from !== to ? t.from_part(from, to) : to ?? from ?? '');
    return h('div.scroll', list.length > most_documents && h('p.muted', t.first_documents(most_documents, list.length)),
      h('table', h('tbody', list.slice(0, most_documents).map((one) => h('tr',
        h('td', h('a', { href: `${home}/documents/${one.document}` }, t.open_document(one.document.slice(0, 8)))),
        h('td', t.change_names[one.change]), h('td', part(one)), h('td', label_changes(one.labels ?? {}, (name) => this.palette.title_of(name))))))));
  }
}

// Versions as 1.10.0: number by number.
export function is_before(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const at = left.findIndex((value, i) => value !== right[i]);
  return at >= 0 && left[at] < right[at];
}
