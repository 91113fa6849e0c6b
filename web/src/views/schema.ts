// The schema of a project: labels, relations, tables, kinds of documents; and the guidelines. What a
// change would do to the annotations that there are is shown before it is made.
import * as api from '../api';
import { named, number, t } from '../texts';
import { Palette } from '../ui/colours';
import { dialog } from '../ui/dialog';
import { error_box, h, message_of, replace, toast, type Child } from '../ui/dom';
import { allows } from '../ui/rights';
import { Guidelines } from './guidelines';
import { lists, SchemaDraft, type DraftEntry, type ListName } from './schema_model';
import type { View } from './view';

const types = ['span', 'box', 'polygon', 'value'];
const kinds = ['string', 'enum', 'number', 'boolean', 'date'] as const;
const type_of: Record<ListName, string[]> = { labels: types, relations: ['relation'], tables: ['table'],
  classes: ['class'] };

export const show_schema: View = async (place, parameters, { user }) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${t.schema} – ${at.project} – Glossator`;
  const roles = user.projects.find((p) => p.project === `${at.org}/${at.project}`)?.roles ?? [];
  const may_change = allows(roles, 'change_schema');
  const [version, overview] = await Promise.all([api.schema_version(at), api.overview(at, 1)]);
  const page = new SchemaPage(at, version, overview, may_change);
  const guidelines = new Guidelines(at, may_change);
  replace(place, h('h1', t.schema), page.element, guidelines.element);
  await guidelines.load();
  const warn = (event: BeforeUnloadEvent) => (page.changed || guidelines.changed) && event.preventDefault();
  addEventListener('beforeunload', warn);
  return () => removeEventListener('beforeunload', warn);
};

class SchemaPage {
  readonly element: HTMLElement;
  private draft: SchemaDraft;
  private list: ListName = 'labels';
  private index = 0;
  private readonly tabs = h('div.tabs', { role: 'tablist', 'aria-label': t.schema });
  private readonly names = h('ul.entries', { 'aria-label': t.entries });
  private readonly form = h('div.entry');
  private readonly bar = h('div.savebar', { role: 'status' });
  private readonly uses = new Map<string, number>();

  constructor(private readonly at: api.ProjectAt, private version: api.VersionedSchema, overview: api.Overview,
    private readonly may_change: boolean) {
    this.draft = new SchemaDraft(version.schema);
    for (const use of overview.labels) {
      const key = `${use.type}/${use.label}`;
      this.uses.set(key, (this.uses.get(key) ?? 0) + use.annotations + use.proposed);
    }
    this.element = h('section.card.schema', { 'aria-label': t.schema }, this.tabs,
      h('div.panes', h('div', this.names, may_change && h('button', { type: 'button', onclick: () => this.add() },
        `+ ${t.new_entry}`)), this.form), this.bar);
    this.draw();
  }

  get changed(): boolean {
    return this.draft.changed();
  }

  private draw(): void {
    this.draw_tabs();
    this.draw_names();
    this.draw_form();
    this.draw_bar();
  }

  private draw_tabs(): void {
    const choose = (list: ListName) => {
      this.list = list;
      this.index = 0;
      this.draw();
      this.tabs.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
    };
    const step = (event: KeyboardEvent) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by) choose(lists[(lists.indexOf(this.list) + by + lists.length) % lists.length]);
    };
    replace(this.tabs, lists.map((list) => h('button', { type: 'button', role: 'tab', 'aria-selected': list === this.list
      ? 'true' : 'false', tabindex: list === this.list ? 0 : -1, onclick: () => choose(list), onkeydown: step },
    named(t.schema_lists, list), ' ', h('span.muted', number(this.draft.entries(list).length)))));
  }

  private draw_names(): void {
    const palette = new Palette(this.draft.schema());
    const item = (entry: DraftEntry, i: number) => h('li', h('button', { type: 'button',
      'aria-current': i === this.index ? 'true' : null, onclick: () => {
        this.index = i;
        this.draw_names();
        this.draw_form();
        this.names.querySelector<HTMLElement>('[aria-current]')?.focus();
      } }, h('span.swatch', { style: { background: palette.colour(entry.name) } }),
    h('span.said', entry.title || entry.name), entry.hotkey && h('kbd', entry.hotkey),
    h('span.muted.uses', { title: t.uses }, number(this.uses_of(entry)))));
    replace(this.names, this.draft.entries(this.list).map(item));
  }

  private uses_of(entry: DraftEntry): number {
    return type_of[this.list].reduce((sum, type) => sum + (this.uses.get(`${type}/${entry.was}`) ?? 0), 0);
  }

  private add(): void {
    this.index = this.draft.add(this.list, t.new_names[this.list]);
    this.draw();
    this.form.querySelector<HTMLInputElement>('input[name=name]')?.select();
  }

  // After a change of the entry: everything but the form that is being typed into.
  private touched(): void {
    this.draw_names();
    this.draw_bar();
  }

  private draw_form(): void {
    const entry = this.draft.entries(this.list)[this.index];
    if (!entry) {
      replace(this.form, h('p.empty', t.no_entries));
      return;
    }
    const may_not = !this.may_change;
    const field = (label: string, input: HTMLElement, help?: string) => h('label', h('span', label), input,
      help && h('span.muted.help', help));
    const text = (name: 'title' | 'hotkey', more: object = {}) => h('input', { name, value: entry[name] ?? '',
      autocomplete: 'off', disabled: may_not, ...more, oninput: (event: Event) => {
        entry[name] = (event.target as HTMLInputElement).value;
        this.touched();
      } });
    const name = h('input', { name: 'name', value: entry.name, required: true, autocomplete: 'off', spellcheck: 'false',
      disabled: may_not, oninput: () => {
        this.draft.rename(this.list, this.index, name.value.trim());
        this.touched();
      } });
    replace(this.form, h('div.fields', field(t.title, text('title'), t.title_help), field(t.short_name, name, t.name_help),
      field(t.hotkey, text('hotkey', { maxlength: 1, size: 3 })), this.list !== 'classes' && this.colour(entry, may_not)),
    this.list === 'labels' && this.checks(t.for_what, types, t.annotation_types, entry, 'types', may_not),
    this.list === 'relations' && [this.ends(entry, 'from', may_not), this.ends(entry, 'to', may_not)],
    this.list === 'tables' && field(t.columns, this.words(entry.columns ?? [], may_not, (words) => {
      entry.columns = words;
    }), t.columns_help), this.attributes(entry, may_not), this.may_change && this.entry_actions(entry));
  }

  private colour(entry: DraftEntry, disabled: boolean): HTMLElement {
    const palette = new Palette({ labels: [entry] });
    return h('label', h('span', t.colour), h('input', { type: 'color', name: 'colour', disabled,
      value: palette.colour(entry.name), oninput: (event: Event) => {
        entry.colour = (event.target as HTMLInputElement).value;
        this.touched();
      } }));
  }

  // Boxes to tick; none ticked, or all: everything fits.
  private checks(title: string, values: readonly string[], names: Record<string, string>, entry: DraftEntry,
    key: 'types' | 'from' | 'to', disabled: boolean): HTMLElement {
    const fieldset = h('fieldset.checks', { disabled }, h('legend', title), values.map((value) => h('label',
      h('input', { type: 'checkbox', name: key, value, checked: !entry[key]?.length || entry[key]!.includes(value),
        onchange: () => {
          const ticked = [...fieldset.querySelectorAll<HTMLInputElement>('input:checked')].map((box) => box.value);
          entry[key] = ticked.length === values.length ? undefined : ticked;
          this.touched();
        } }), ` ${named(names, value)}`)));
    return fieldset;
  }

  private ends(entry: DraftEntry, key: 'from' | 'to', disabled: boolean): HTMLElement {
    const labels = this.draft.entries('labels');
    const names = Object.fromEntries(labels.map((label) => [label.name, label.title || label.name]));
    return this.checks(key === 'from' ? t.begins_at : t.ends_at, labels.map((label) => label.name), names, entry, key,
      disabled);
  }

  // Words with commas between them.
  private words(list: readonly string[], disabled: boolean, set: (words: string[]) => void): HTMLInputElement {
    return h('input', { value: list.join(', '), disabled, autocomplete: 'off', oninput: (event: Event) => {
      const words = (event.target as HTMLInputElement).value.split(',').map((word) => word.trim()).filter(Boolean);
      set([...new Set(words)]);
      this.touched();
    } });
  }

  private attributes(entry: DraftEntry, may_not: boolean): HTMLElement {
    const list = entry.attributes ??= [];
    const again = () => {
      this.touched();
      this.draw_form();
    };
    const row = (attribute: api.AttributeSpec, i: number) => {
      const set = (name: 'name' | 'title') => (event: Event) => {
        attribute[name] = (event.target as HTMLInputElement).value.trim();
        this.touched();
      };
      const cell = (label: string, input: HTMLElement) => h('td', { 'data-label': label }, input);
      return h('tr', cell(t.title, h('input', { value: attribute.title ?? '', 'aria-label': t.title, disabled: may_not,
        oninput: set('title') })), cell(t.short_name, h('input', { value: attribute.name, 'aria-label': t.short_name,
        disabled: may_not, required: true, oninput: set('name') })), cell(t.kind, h('select', { 'aria-label': t.kind,
        disabled: may_not, onchange: (event: Event) => {
          attribute.kind = (event.target as HTMLSelectElement).value as api.AttributeSpec['kind'];
          again();
        } }, kinds.map((kind) => h('option', { value: kind, selected: kind === attribute.kind }, t.kinds[kind])))),
      cell(t.values, attribute.kind === 'enum' ? labelled(t.values, this.words(attribute.values ?? [], may_not,
        (words) => { attribute.values = words; })) : h('span.muted', '–')),
      cell(t.required, h('input', { type: 'checkbox', checked: attribute.required, 'aria-label': t.required,
        disabled: may_not, onchange: (event: Event) => {
          attribute.required = (event.target as HTMLInputElement).checked;
          this.touched();
        } })), h('td', !may_not && h('button.quiet', { type: 'button', 'aria-label': t.remove_it(attribute.name),
        onclick: () => {
          list.splice(i, 1);
          again();
        } }, '✕')));
    };
    return h('section.attributes', h('h3', t.attributes), list.length ? h('div.scroll', h('table', h('thead', h('tr',
      [t.title, t.short_name, t.kind, t.values, t.required].map((head) => h('th', { scope: 'col' }, head)), h('td'))),
    h('tbody', list.map(row)))) : h('p.muted', t.no_attributes), !may_not && h('button', { type: 'button',
      onclick: () => {
        list.push({ name: `attribute_${list.length + 1}`, kind: 'string' });
        again();
      } }, `+ ${t.new_attribute}`));
  }

  private entry_actions(entry: DraftEntry): HTMLElement {
    const move = (by: number) => () => {
      this.index = this.draft.move(this.list, this.index, by);
      this.touched();
    };
    const uses = this.uses_of(entry);
    return h('p.actions', h('button', { type: 'button', onclick: move(-1) }, t.move_up),
      h('button', { type: 'button', onclick: move(1) }, t.move_down), h('span.space'),
      uses > 0 && h('span.muted', t.in_use(uses)), h('button.danger', { type: 'button', onclick: () => {
        this.draft.remove(this.list, this.index);
        this.index = Math.max(0, this.index - 1);
        this.draw();
      } }, t.remove));
  }

  // -- saving --------------------------------------------------------------------------------------

  private draw_bar(): void {
    const changed = this.draft.changed();
    this.bar.hidden = !changed;
    if (!changed) return;
    const problems = this.draft.problems();
    const [first] = problems;
    replace(this.bar, h('span', first ? h('span.error', `${named(t.schema_problems, first.problem)} ${first.about}`)
      : t.not_yet_saved), h('span.space'), h('button', { type: 'button', onclick: () => this.discard() }, t.discard),
    h('button.primary', { type: 'button', disabled: problems.length > 0, onclick: () => void this.check() },
      t.check_and_save));
  }

  private discard(): void {
    this.draft = new SchemaDraft(this.version.schema);
    this.index = 0;
    this.draw();
  }

  private change(renames: api.Rename[], accept_findings = false): api.SchemaChange {
    return { schema: this.draft.schema(), renames, accept_findings };
  }

  private async check(): Promise<void> {
    try {
      const effect = await api.preview_schema(this.at, this.version.etag, this.change(this.draft.renames()));
      this.ask(effect);
    } catch (error) {
      this.refused(error);
    }
  }

  // What the change does, and whether that is meant.
  private ask({ findings, renamed_documents }: api.SchemaEffect): void {
    const renames = this.draft.renames();
    const problem = h('div', { role: 'alert' });
    const sure = h('input', { type: 'checkbox', name: 'sure', required: true });
    const form = h('form.effect', { onsubmit: (event: Event) => {
      event.preventDefault();
      this.save(renames, findings.length > 0).then(() => window_.close(), (error) => {
        if (is_clash(error)) window_.close();
        replace(problem, error_box(error));
      });
    } }, renames.length > 0 && h('section', h('h3', t.new_names_title), h('ul', renames.map((one) =>
      h('li', t.renames(one.from, one.to)))), h('p.muted', t.renamed_documents(renamed_documents))),
    findings.length ? h('section', h('h3', t.would_be_invalid), h('ul.findings', findings.map((one) => h('li',
      finding_text(one)))), h('p.muted', t.invalid_stay), h('label.check', sure, ` ${t.i_mean_it}`))
      : h('p.good', t.nothing_invalid), problem, h('p.actions', h('span.space'), h('button', { type: 'button',
      onclick: () => window_.close() }, t.back), h('button.primary', { type: 'submit' }, t.save)));
    const window_ = dialog(t.what_it_does, form);
  }

  private async save(renames: api.Rename[], accept: boolean): Promise<void> {
    try {
      this.version = await api.change_schema(this.at, this.version.etag, this.change(renames, accept));
    } catch (error) {
      this.refused(error);
      throw error;
    }
    this.draft = new SchemaDraft(this.version.schema);
    const { labels } = await api.overview(this.at, 1);
    this.uses.clear();
    for (const use of labels) this.uses.set(`${use.type}/${use.label}`, use.annotations + use.proposed);
    this.draw();
    toast(t.schema_saved);
  }

  private refused(error: unknown): void {
    if (!is_clash(error)) {
      toast(message_of(error));
      return;
    }
    replace(this.bar, h('span.error', { role: 'alert' }, t.schema_clash), h('span.space'),
      h('button', { type: 'button', onclick: () => void this.take_theirs() }, t.look_at_theirs));
  }

  private async take_theirs(): Promise<void> {
    try {
      this.version = await api.schema_version(this.at);
      this.discard();
    } catch (error) {
      toast(message_of(error));
    }
  }
}

const is_clash = (error: unknown) => error instanceof api.ApiError && error.status === 412;

function labelled<E extends HTMLElement>(label: string, element: E): E {
  element.setAttribute('aria-label', label);
  return element;
}

function finding_text(f: api.Finding): Child {
  const about = f.attribute ?? '';
  const sentence = t.findings[f.problem](f.label, about, f.value ?? '');
  return [h('strong', f.certain ? t.annotations_affected(f.annotations) : t.annotations_at_most(f.annotations)), ' ',
    sentence];
}
