// The texts that say how to label: read, and written by whoever may change the schema.
import * as api from '../api';
import { t } from '../texts';
import { ask } from '../ui/dialog';
import { error_box, h, message_of, replace, toast } from '../ui/dom';
import { markdown } from '../ui/markdown';

export class Guidelines {
  readonly element: HTMLElement;
  private readonly names = h('select', { name: 'guideline', 'aria-label': t.guideline });
  private readonly body = h('div.guideline');
  private shown: api.Guideline | null = null;
  private text: HTMLTextAreaElement | null = null;

  constructor(private readonly at: api.ProjectAt, private readonly may_change: boolean) {
    this.names.addEventListener('change', () => void this.open(this.names.value));
    this.element = h('section.card.guidelines', { 'aria-label': t.guidelines }, h('div.heading', h('h2', t.guidelines),
      h('span.space'), this.names, may_change && h('button', { type: 'button', onclick: () => void this.create() },
        `+ ${t.new_guideline}`)), h('p.muted', t.guidelines_about), this.body);
  }

  get changed(): boolean {
    return this.text !== null && this.text.value !== this.shown?.text;
  }

  async load(wanted?: string): Promise<void> {
    try {
      const names = await api.guidelines(this.at);
      const chosen = wanted ?? names[0];
      replace(this.names, names.map((name) => h('option', { value: name, selected: name === chosen }, name)));
      this.names.hidden = names.length < 2;
      if (chosen) await this.open(chosen);
      else replace(this.body, h('p.empty', t.no_guidelines));
    } catch (error) {
      replace(this.body, error_box(error));
    }
  }

  private async open(name: string): Promise<void> {
    this.shown = await api.guideline(this.at, name);
    this.text = null;
    this.read();
  }

  private read(): void {
    const { text, name } = this.shown!;
    replace(this.body, h('article.prose', text.trim() ? markdown(text) : h('p.empty', t.empty_guideline)),
      this.may_change && h('p.actions', h('button', { type: 'button', onclick: () => this.edit() }, t.edit),
        h('button.danger', { type: 'button', onclick: () => void this.remove() }, t.remove_it(name))));
  }

  private edit(): void {
    const problem = h('div', { role: 'alert' });
    const preview = h('article.prose', { 'aria-label': t.preview });
    const show = () => replace(preview, markdown(this.text!.value));
    this.text = h('textarea', { name: 'text', rows: 16, 'aria-label': this.shown!.name, spellcheck: 'true', oninput: show });
    this.text.value = this.shown!.text;
    show();
    const save = async () => {
      try {
        this.shown = await api.write_guideline(this.at, { ...this.shown!, text: this.text!.value });
        this.text = null;
        toast(t.guideline_saved);
        await this.load(this.shown.name);
      } catch (error) {
        replace(problem, error_box(error));
      }
    };
    replace(this.body, h('div.panes', this.text, preview), problem, h('p.actions', h('span.space'), h('button', {
      type: 'button', onclick: () => { this.text = null; this.read(); } }, t.discard),
    h('button.primary', { type: 'button', onclick: () => void save() }, t.save)));
    this.text.focus();
  }

  private async create(): Promise<void> {
    const name = await ask(t.new_guideline, t.guideline_name);
    if (!name) return;
    try {
      const made = await api.write_guideline(this.at, { name: name.endsWith('.md') ? name : `${name}.md`,
        text: `# ${name.replace(/\.md$/, '')}\n`, etag: '' });
      await this.load(made.name);
      this.edit();
    } catch (error) {
      toast(message_of(error));
    }
  }

  private async remove(): Promise<void> {
    try {
      await api.remove_guideline(this.at, this.shown!);
      await this.load();
    } catch (error) {
      toast(message_of(error));
    }
  }
}
