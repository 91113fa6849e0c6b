// The splits of a project, and making one.
import * as api from '../api';
import { named, t } from '../texts';
import { Palette } from '../ui/colours';
import { error_box, h, replace, toast } from '../ui/dom';
import { dialog } from '../ui/dialog';
import { allows } from '../ui/rights';
import { labels_plot, part_names, parts_plot } from './dataset_plots';
import { leakage_summary } from './leakage';
import { SplitRuleForm } from './split_rule';
import type { View } from './view';

const home_of = (at: api.ProjectAt) => `/${encodeURIComponent(at.org)}/${encodeURIComponent(at.project)}`;

export const show_splits: View = async (place, parameters, { go, user }) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${t.splits} – ${at.project} – Glossator`;
  const roles = user.projects.find((p) => p.project === `${at.org}/${at.project}`)?.roles ?? [];
  const list = await api.splits(at);
  const taken = list.map(({ name }) => name);
  const make = () => void make_split(at, taken, (name) => go(`${home_of(at)}/splits/${encodeURIComponent(name)}`));
  replace(place, h('div.heading', h('h1', t.splits), h('span.space'), allows(roles, 'split')
    && h('button.primary', { type: 'button', onclick: make }, `+ ${t.new_split}`)), h('p.muted', t.splits_about),
  list.length ? h('ul.cards', list.map(({ name, rule }) => card(at, name, rule))) : h('p.empty', t.no_splits));
};

function card(at: api.ProjectAt, name: string, { ratios, rule }: api.SplitRule): HTMLElement {
  const groups = (rule.group_by ?? []).map((key) => named(t.group_names, key)).join(', ');
  return h('li', h('a.card', { href: `${home_of(at)}/splits/${encodeURIComponent(name)}` }, h('strong', name),
    h('span.muted', Object.entries(ratios).map(([part, share]) => `${part} ${share}`).join(' · ')),
    groups && h('span.muted', `${t.group_by}: ${groups}`)));
}

// What it gives is shown before it is made, since a name keeps its rule.
async function make_split(at: api.ProjectAt, taken: readonly string[], made: (name: string) => void): Promise<void> {
  const palette = new Palette(await api.schema(at).catch(() => ({})));
  const name = h('input', { name: 'name', required: true, pattern: '[A-Za-z0-9_\\-]+', autocomplete: 'off', spellcheck: 'false', value: taken.length ? '' : 'default' });
  const effect = h('div.effect', { role: 'status' });
  const make = h('button.primary', { type: 'submit' }, t.make_split);
  const form = new SplitRuleForm(() => {
    make.disabled = !form.rule();
    replace(effect, !form.rule() && h('p.error', t.no_part_share));
  });
  const attempt = (act: (rule: api.SplitRule) => Promise<unknown>) => {
    const rule = form.rule();
    if (rule) act(rule).catch((error) => replace(effect, error_box(error)));
  };
  const look = () => attempt(async (rule) => {
    replace(effect, h('p.muted', t.measuring));
    replace(effect, split_effect(await api.preview_split(at, name.value || `split-${taken.length + 1}`, rule), rule, palette));
  });
  const submit = (event: Event) => {
    event.preventDefault();
    attempt(async (rule) => {
      await api.make_split(at, name.value, rule);
      element.close();
      toast(t.split_made(name.value));
      made(name.value);
    });
  };
  const element = dialog(t.new_split, h('form.new-split', { onsubmit: submit }, h('div.two-panes', h('div',
    h('label', h('span', t.split_name), name), h('p.muted', t.split_name_help), form.element), h('div', effect)),
  h('p.actions', h('button', { type: 'button', onclick: look }, t.look_first), make)));
  name.select();
  name.focus();
}

// How many where, which labels where, what leaks.
export function split_effect({ counts, labels, leakage, torn }: api.SplitOutcome, { ratios }: api.SplitRule,
  palette: Palette): HTMLElement {
  const parts = part_names(counts, Object.keys(ratios));
  return h('div', parts_plot(counts, parts), h('h3', t.labels_by_part), labels_plot(labels, parts, palette),
    h('h3', t.leakage), leakage_summary(leakage), torn ? h('p.muted', t.torn(torn)) : null);
}
