// One split: where documents and labels are, its rule, and what leaks.
import * as api from '../api';
import { t } from '../texts';
import { Palette } from '../ui/colours';
import { h, message_of, replace, toast } from '../ui/dom';
import { allows } from '../ui/rights';
import { labels_plot, part_names, parts_plot } from './dataset_plots';
import { LeakageReport, leakage_summary } from './leakage';
import { rule_facts } from './split_rule';
import type { View } from './view';

export const show_split: View = async (place, parameters, { user }) => {
  const { org, project, name } = parameters;
  const at = { org, project };
  document.title = `${name} – ${t.splits} – Glossator`;
  const roles = user.projects.find((p) => p.project === `${org}/${project}`)?.roles ?? [];
  const home = `/${encodeURIComponent(org)}/${encodeURIComponent(project)}`;
  const [palette, split] = await Promise.all([api.schema(at).then((schema) => new Palette(schema)), api.split(at, name)]);
  const cards = h('div.overview');
  const show = (outcome: api.SplitOutcome) => replace(cards, pictures(outcome, split.rule, palette),
    h('section.card', { 'aria-label': t.the_rule }, h('h2', t.the_rule), rule_facts(split.rule)), leakage_card(at, name, outcome));
  const place_new = () => void api.make_split(at, name).then((outcome) => {
    show(outcome);
    toast(t.placed_new);
  }, (error) => toast(message_of(error)));
  show(split);
  replace(place, h('div.heading', h('h1', name), h('a.muted', { href: `${home}/splits` }, t.splits), h('span.space'),
    allows(roles, 'split') && h('button', { type: 'button', onclick: place_new }, t.place_new),
    allows(roles, 'release') && h('a.button', { href: `${home}/releases?split=${encodeURIComponent(name)}` }, t.release_this_split)),
  cards);
};

function pictures({ counts, labels, torn }: api.SplitOutcome, { ratios }: api.SplitRule, palette: Palette): HTMLElement {
  const parts = part_names(counts, Object.keys(ratios));
  return h('section.card', { 'aria-label': t.documents }, h('h2', t.documents), parts_plot(counts, parts),
    torn ? h('p.muted', t.torn(torn)) : null, h('h3', t.labels_by_part), labels_plot(labels, parts, palette));
}

function leakage_card(at: api.ProjectAt, name: string, { leakage }: api.SplitOutcome): HTMLElement {
  return h('section.card', { 'aria-label': t.leakage }, h('h2', t.leakage), h('p.muted', t.leakage_about),
    leakage_summary(leakage), new LeakageReport(at, () => api.split_leakage(at, name)).element);
}
