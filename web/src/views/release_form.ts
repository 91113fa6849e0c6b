// Making a release: which documents, what it would be, and then it is made.
//
//   make_release({ at, splits, split, names, palette, made: (release) => go(...) });
//
// The version and the changes are shown before; what was shown is asked for anew when it is made,
// since others go on working.
import * as api from '../api';
import { ulid } from '../editor/ulid';
import { named, t } from '../texts';
import type { Palette } from '../ui/colours';
import { error_box, h, replace, toast } from '../ui/dom';
import { dialog } from '../ui/dialog';
import { change_plot, counts_plot, label_changes, part_names, parts_plot } from './dataset_plots';

const states = ['accepted', 'submitted', 'rejected', 'in_progress', 'new'];

interface Wanted {
  at: api.ProjectAt; splits: readonly string[]; split: string; names: readonly string[]; palette: Palette;
  made: (release: api.Release) => void;
}

const day = (data: FormData, name: string): string | undefined =>
  (data.get(name) ? new Date(`${data.get(name)}T00:00:00Z`).toISOString() : undefined);

function wanted_in(form: HTMLFormElement): api.NewRelease {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? '').trim() || undefined;
  const list = (name: string) => (data.getAll(name).length ? data.getAll(name).map(String) : undefined);
  const keys = text('keys')?.split(',').map((key) => key.trim()).filter(Boolean);
  const wanted = { name: text('name') ?? '', split: text('split'), states: list('state'), labels: list('label'), keys,
    received_from: day(data, 'received_from'), received_before: day(data, 'received_before'),
    description: text('description'), licence: text('licence') };
  return JSON.parse(JSON.stringify(wanted)) as api.NewRelease; // without what is undefined
}

export function make_release({ at, splits, split, names, palette, made }: Wanted): void {
  const effect = h('div.effect', { role: 'status' });
  const submit = h('button.primary', { type: 'submit', disabled: true });
  const say = (version = '') => replace(submit, t.make_release(version).trim());
  const unseen = () => {
    submit.disabled = true;
    say();
    replace(effect);
  };
  let key = ulid();
  const look = async () => {
    if (!form.reportValidity()) return;
    unseen();
    replace(effect, h('p.muted', t.measuring));
    try {
      const preview = await api.preview_release(at, wanted_in(form));
      replace(effect, release_preview(preview, palette));
      say(preview.version);
      submit.disabled = false;
    } catch (error) {
      replace(effect, error_box(error));
    }
  };
  const make = async (event: Event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      const release = await api.make_release(at, wanted_in(form), key);
      element.close();
      toast(t.release_made(release.name, release.version));
      made(release);
    } catch (error) {
      if (error instanceof api.ApiError && !error.passing) key = ulid();
      submit.disabled = false;
      effect.append(error_box(error));
    }
  };
  const form = h('form.new-release', { onsubmit: make, oninput: unseen }, h('p.muted', t.release_about),
    h('div.two-panes', h('div', fields(splits, split, names, palette)), effect),
    h('p.actions', h('button', { type: 'button', onclick: () => void look() }, t.look_at_release), submit));
  const element = dialog(t.new_release, form);
  say();
  form.querySelector('input')!.focus();
}

function fields(splits: readonly string[], split: string, names: readonly string[], palette: Palette): HTMLElement[] {
  const tick = (name: string, value: string, title: string, checked = false) =>
    h('label.tick', h('input', { type: 'checkbox', name, value, checked }), h('span', title));
  const { labels = [], tables = [], classes = [] } = palette.schema;
  return [
    h('label', h('span', t.dataset_name), h('input', { name: 'name', required: true, pattern: '[a-z0-9][a-z0-9\\-]*', autocomplete: 'off',
      spellcheck: 'false', list: 'dataset-names', value: names[0] ?? '' })),
    h('datalist', { id: 'dataset-names' }, names.map((name) => h('option', { value: name }))),
    h('p.muted', t.dataset_name_help),
    h('label', h('span', t.with_split), h('select', { name: 'split' }, h('option', { value: '' }, t.without_split),
      splits.map((name) => h('option', { value: name, selected: name === (split || splits[0]) }, name)))),
    h('fieldset', h('legend', t.by_review), states.map((name) => tick('state', name, named(t.reviews, name), name === 'accepted')),
      h('p.muted', t.all_documents)),
    h('details', h('summary', t.further_conditions),
      h('fieldset', h('legend', t.with_any_label), [...labels, ...tables, ...classes].map((entry) =>
        tick('label', entry.name, entry.title || entry.name))),
      h('label', h('span', t.metadata), h('input', { name: 'keys', autocomplete: 'off', spellcheck: 'false' })),
      h('div.inline', h('label', t.received_from, h('input', { name: 'received_from', type: 'date' })),
        h('label', t.received_until, h('input', { name: 'received_before', type: 'date' })))),
    h('label', h('span', t.description), h('textarea', { name: 'description', rows: 2 })),
    h('label', h('span', t.licence), h('input', { name: 'licence', autocomplete: 'off' })),
  ];
}

function release_preview(preview: api.ReleasePreview, palette: Palette): HTMLElement {
  const { version, since, totals, change, unreadable } = preview;
  const title_of = (name: string) => palette.title_of(name);
  return h('div', h('p.big', since ? t.next_version(since, version) : t.first_version(version)),
    since && h('p.muted', t.bumps[change.bump]),
    h('p', t.document_count(totals.documents), ' · ', t.page_count(totals.pages)),
    unreadable > 0 && h('p.error', t.unreadable_left_out(unreadable)),
    Object.keys(totals.parts).length > 0 && parts_plot(totals.parts, part_names(totals.parts)),
    since && [h('h3', t.changes_since(since)), change_plot({ ...change }), h('h3', t.label_changes),
      label_changes(change.labels ?? {}, title_of)],
    h('h3', t.labels), counts_plot(t.labels, totals.labels, title_of));
}
