// What can be done to many documents at once: to those that are ticked, or to all that match.
import * as api from '../api';
import { t } from '../texts';
import { ask } from '../ui/dialog';
import { h, message_of, replace, toast } from '../ui/dom';
import { allows } from '../ui/rights';

const most_at_once = 500;

type Act = (documents: readonly string[]) => Promise<api.BulkOutcome>;

export class BulkBar {
  readonly element = h('div.bulk', { role: 'region', 'aria-label': t.many_at_once });
  readonly all_box = h('input', { type: 'checkbox', 'aria-label': t.tick_all_shown });
  private readonly ticked = new Set<string>();
  private shown: readonly api.Document[] = [];
  private there_is_more = false;
  private everything = false; // all that match, shown or not

  constructor(private readonly at: api.ProjectAt, private readonly roles: readonly string[],
    private readonly members: readonly api.Member[], private readonly query: () => api.DocumentFilter,
    private readonly changed: () => Promise<void>) {
    this.all_box.addEventListener('change', () => {
      this.everything = false;
      this.ticked.clear();
      if (this.all_box.checked) this.shown.forEach((document) => this.ticked.add(document.id));
      this.draw();
    });
  }

  get offers_anything(): boolean {
    return (['manage_project', 'judge', 'retry'] as const).some((right) => allows(this.roles, right));
  }

  box_for(document: api.Document): HTMLInputElement {
    return h('input', { type: 'checkbox', 'aria-label': t.tick(document.file_name || document.id),
      checked: this.ticked.has(document.id), onchange: (event: Event) => {
        this.everything = false;
        if ((event.target as HTMLInputElement).checked) this.ticked.add(document.id);
        else this.ticked.delete(document.id);
        this.draw();
      } });
  }

  show(documents: readonly api.Document[], more: boolean): void {
    this.shown = documents;
    this.there_is_more = more;
    const there = new Set(documents.map((document) => document.id));
    for (const id of this.ticked) if (!there.has(id)) this.ticked.delete(id);
    this.draw();
  }

  private draw(): void {
    const count = this.ticked.size;
    this.all_box.checked = count > 0 && count === this.shown.length;
    this.all_box.indeterminate = count > 0 && count < this.shown.length;
    for (const row of document.querySelectorAll<HTMLElement>('tr[data-id]')) {
      const box = row.querySelector<HTMLInputElement>('.pick input');
      if (box) box.checked = this.ticked.has(row.dataset.id!);
    }
    this.element.hidden = count === 0;
    if (!count) return;
    replace(this.element, h('strong', this.everything ? t.all_that_match : t.ticked(count)),
      this.all_box.checked && this.there_is_more && !this.everything && h('button.quiet', { type: 'button',
        onclick: () => {
          this.everything = true;
          this.draw();
        } }, t.take_all_that_match),
      h('span.space'), this.assign_choice(), allows(this.roles, 'judge') && [
        this.button(t.accept_document, () => this.run((ids) => api.move_reviews(this.at, ids, 'accepted'))),
        this.button(t.reject_document, () => this.reject())],
      allows(this.roles, 'retry') && this.button(t.retry, () => this.run((ids) => api.retry_all(this.at, ids))));
  }

  private button(text: string, act: () => Promise<void>): HTMLElement {
    return h('button', { type: 'button', onclick: () => void act() }, text);
  }

  private assign_choice(): HTMLElement | false {
    if (!allows(this.roles, 'manage_project')) return false;
    const labelling = this.members.filter((member) => allows([member.role], 'submit') || member.role === 'reviewer');
    const once = [...new Map(labelling.map((member) => [member.address, member])).values()];
    return h('select', { 'aria-label': t.assign_to, name: 'assign', onchange: (event: Event) => {
      const address = (event.target as HTMLSelectElement).value;
      void this.run((ids) => api.assign(this.at, ids, address === 'nobody' ? '' : address));
    } }, h('option', { value: '', disabled: true, selected: true }, t.assign_to), h('option', { value: 'nobody' },
      t.assigned_to_nobody), once.map((member) => h('option', { value: member.address }, member.name)));
  }

  private async reject(): Promise<void> {
    const reason = await ask(t.reject_document, t.why_rejected);
    if (reason) await this.run((ids) => api.move_reviews(this.at, ids, 'rejected', reason));
  }

  private async run(act: Act): Promise<void> {
    for (const control of this.element.querySelectorAll<HTMLButtonElement | HTMLSelectElement>('button, select')) {
      control.disabled = true;
    }
    try {
      const outcome = this.everything ? await this.all_matching(act) : await act([...this.ticked]);
      const refused = outcome.items.find((item) => item.problem);
      toast(refused ? t.some_done(outcome.done, outcome.items.length, refused.problem!.detail) : t.all_done(outcome.done));
      this.ticked.clear();
      this.everything = false;
    } catch (error) {
      toast(message_of(error));
    }
    await this.changed();
  }

  // Page by page. The ids are gathered before anything changes, since a change may end the match.
  private async all_matching(act: Act): Promise<api.BulkOutcome> {
    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page: api.Page<api.Document> = await api.documents(this.at, { ...this.query(), cursor, limit: most_at_once });
      ids.push(...page.items.map((document) => document.id));
      cursor = page.next_cursor;
    }
    const whole: api.BulkOutcome = { done: 0, items: [] };
    for (let from = 0; from < ids.length; from += most_at_once) {
      const outcome = await act(ids.slice(from, from + most_at_once));
      whole.done += outcome.done;
      whole.items.push(...outcome.items);
    }
    return whole;
  }
}
