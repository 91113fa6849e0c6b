// The rule of a new split, as it is filled in; and how a rule is read.
//
//   const form = new SplitRuleForm(() => changed());
//   place.append(form.element);
//   form.rule();              // nothing while it makes no sense
import type { SplitRule } from '../api';
import { named, number, t } from '../texts';
import { h, replace } from '../ui/dom';
import { percentages } from '../ui/plot';

const groups = ['customer', 'claim', 'near-duplicate'];
const usual: Part[] = [{ name: 'train', share: 80, locked: false }, { name: 'validation', share: 10, locked: false },
  { name: 'test', share: 10, locked: true }];

interface Part { name: string; share: number; locked: boolean }

const words_in = (text: string): string[] => text.split(',').map((word) => word.trim()).filter(Boolean);

export class SplitRuleForm {
  readonly element: HTMLElement;
  private parts = usual.map((part) => ({ ...part }));
  private readonly rows = h('tbody');
  private readonly groups = groups.map((name) => h('input', { type: 'checkbox', name: 'group', value: name, checked: true }));
  private readonly further = h('input', { name: 'further', autocomplete: 'off', spellcheck: 'false' });
  private readonly strata = h('select', { name: 'stratify' }, ['', 'class', 'label'].map((name) =>
    h('option', { value: name }, t.stratify_names[name])));
  private readonly seed = h('input', { name: 'seed', type: 'number', min: 0, max: 2 ** 53, step: 1, value: 1 });
  private readonly salt = h('input', { name: 'salt', autocomplete: 'off', spellcheck: 'false', value: String(new Date().getFullYear()) });

  constructor(private readonly changed: () => void) {
    this.draw_parts();
    this.element = h('div.rule', { oninput: changed, onchange: changed },
      h('fieldset', h('legend', t.parts), h('table', h('thead', h('tr', [t.part, t.part_share, '', t.part_locked].map((head) =>
        (head ? h('th', { scope: 'col' }, head) : h('td'))), h('td'))), this.rows),
      h('button.quiet', { type: 'button', onclick: () => this.add() }, `+ ${t.add_part}`), h('p.muted', t.part_locked_help)),
      h('fieldset', h('legend', t.group_by), this.groups.map((box) => h('label.tick', box, h('span', t.group_names[box.value]))),
        h('label', h('span', t.further_keys), this.further), h('p.muted', t.group_by_help)),
      h('label', h('span', t.stratify_by), this.strata),
      h('details', h('summary', t.technical), h('div.inline', h('label', t.seed, this.seed), h('label', t.salt, this.salt)),
        h('p.muted', t.seed_help)));
  }

  rule(): SplitRule | null {
    const parts = this.parts.filter((part) => part.name.trim());
    const whole = parts.reduce((sum, part) => sum + part.share, 0);
    const is_fit = parts.every((part) => Number.isInteger(part.share) && part.share >= 0);
    if (!whole || !is_fit || new Set(parts.map((part) => part.name)).size < parts.length) return null;
    const group_by = [...this.groups.filter((box) => box.checked).map((box) => box.value), ...words_in(this.further.value)];
    const locks = parts.filter((part) => part.locked).map((part) => part.name);
    return { rule: { ...(group_by.length && { group_by }), ...(this.strata.value && { stratify_by: this.strata.value }) },
      salt: this.salt.value, seed: Number(this.seed.value) || 0,
      ratios: Object.fromEntries(parts.map((part) => [part.name, part.share])), ...(locks.length && { locks }) };
  }

  private add(): void {
    this.parts.push({ name: '', share: 0, locked: false });
    this.draw_parts();
    this.rows.querySelector<HTMLInputElement>('tr:last-child input')!.focus();
  }

  private draw_parts(): void {
    const shares = this.parts.map(() => h('td.muted'));
    const tell = () => percentages(this.parts.map((part) => part.share || 0)).forEach((share, i) =>
      replace(shares[i], t.percent(share)));
    const row = (part: Part, i: number) => h('tr',
      h('td', h('input', { value: part.name, 'aria-label': t.part, pattern: '[A-Za-z0-9_.\\-]+', autocomplete: 'off', spellcheck: 'false',
        oninput: (event: Event) => { part.name = (event.target as HTMLInputElement).value.trim(); } })),
      h('td', h('input', { type: 'number', min: 0, step: 1, value: part.share, 'aria-label': t.part_share_of(part.name),
        oninput: (event: Event) => {
          part.share = Number((event.target as HTMLInputElement).value);
          tell();
        } })), shares[i],
      h('td', h('input', { type: 'checkbox', checked: part.locked, 'aria-label': t.part_lock(part.name),
        onchange: (event: Event) => { part.locked = (event.target as HTMLInputElement).checked; } })),
      h('td', this.parts.length > 1 && h('button.quiet', { type: 'button', 'aria-label': t.remove_it(part.name),
        onclick: () => this.remove(part) }, '✕')));
    replace(this.rows, this.parts.map(row));
    tell();
  }

  private remove(part: Part): void {
    this.parts = this.parts.filter((each) => each !== part);
    this.draw_parts();
    this.changed();
  }
}

export function rule_facts({ rule, ratios, salt, seed, locks = [] }: SplitRule): HTMLElement {
  const facts: [string, string][] = [
    [t.parts, Object.entries(ratios).map(([name, share]) => `${name} ${number(share)}`).join(', ')],
    [t.part_locked, locks.join(', ') || t.no_grouping],
    [t.group_by, (rule.group_by ?? []).map((name) => named(t.group_names, name)).join(', ') || t.no_grouping],
    [t.stratify_by, t.stratify_names[rule.stratify_by ?? ''] ?? ''],
    [t.seed, number(seed ?? 0)], [t.salt, salt || '–']];
  return h('dl.about', facts.flatMap(([name, value]) => [h('dt', name), h('dd', value)]));
}
