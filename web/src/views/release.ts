// One release: its numbers, downloads in every format, what differs from another version, whether
// it is whole; and withdrawing it.
import * as api from '../api';
import { number, size_text, t } from '../texts';
import { Palette } from '../ui/colours';
import { copy_line, error_box, h, message_of, replace, time, toast } from '../ui/dom';
import { ask } from '../ui/dialog';
import { allows } from '../ui/rights';
import { counts_plot, part_names, parts_plot } from './dataset_plots';
import { Downloads } from './downloads';
import { LeakageReport } from './leakage';
import { DifferenceCard } from './release_diff';
import type { View } from './view';

export const show_release: View = async (place, parameters, { go, user }) => {
  const { org, project, name, version } = parameters;
  const at = { org, project };
  const id = { name, version };
  document.title = `${name} ${version} – ${t.releases} – Glossator`;
  const roles = user.projects.find((p) => p.project === `${org}/${project}`)?.roles ?? [];
  const [about, all, formats, palette] = await Promise.all([api.release(at, id), api.releases(at), api.export_formats(),
    allows(roles, 'read') ? api.schema(at).then((schema) => new Palette(schema)) : new Palette({})]);
  const others = all.filter((one) => one.name === name && one.version !== version && !one.withdrawn);
  const home = `/${encodeURIComponent(org)}/${encodeURIComponent(project)}`;
  const withdraw = async () => {
    const reason = await ask(t.withdraw_it(`${name} ${version}`), t.why_withdrawn);
    if (!reason) return;
    try {
      await api.withdraw_release(at, id, reason);
      toast(t.is_withdrawn);
      go(`${home}/releases`);
    } catch (error) {
      toast(message_of(error));
    }
  };
  replace(place, h('div.heading', h('h1', name, ' ', h('span.version', version)), h('a.muted', { href: `${home}/releases` }, t.releases),
    h('span.space'), allows(roles, 'release') && h('button.danger', { type: 'button', onclick: () => void withdraw() }, t.withdraw)),
  about.description && h('p.prose', about.description),
  h('div.overview', numbers(about, palette), allows(roles, 'export') && new Downloads(at, about, formats, others).element,
    programs(at, about), new DifferenceCard(at, id, others, palette).element,
    about.split && allows(roles, 'see_splits') && card(t.leakage, h('p.muted', t.leakage_about),
      new LeakageReport(at, () => api.release_leakage(at, id)).element), check(at, id)));
};

function card(title: string, ...content: Parameters<typeof h>[1][]): HTMLElement {
  return h('section.card', { 'aria-label': title }, h('h2', title), ...content as []);
}

function numbers({ totals, created_at, licence, split }: api.ReleaseAbout, palette: Palette): HTMLElement {
  const facts: [string, HTMLElement | string][] = [[t.documents, number(totals.documents)], [t.pages, number(totals.pages)],
    [t.size, size_text(totals.bytes)], [t.released, time(created_at)]];
  if (split) facts.push([t.with_split, split]);
  if (licence) facts.push([t.licence, licence]);
  return card(t.numbers, h('dl.facts', facts.map(([name, value]) => h('div', h('dt', name), h('dd', value)))),
    Object.keys(totals.parts).length > 0 && [h('h3', t.parts), parts_plot(totals.parts, part_names(totals.parts))],
    h('h3', t.labels), counts_plot(t.labels, totals.labels, (name) => palette.title_of(name)));
}

function programs({ org, project }: api.ProjectAt, { dvc, manifest_sha256, name, version }: api.ReleaseAbout): HTMLElement {
  const pull = `glossator pull ${org}/${project} ${name}@${version} --url ${location.origin} --out data`;
  return card(t.with_programs, h('h3', t.with_glossator), copy_line(pull, t.pull_command), h('h3', t.with_dvc), copy_line(dvc, t.dvc_command),
    h('p.digest', `${t.manifest_digest} `, h('code', manifest_sha256)));
}

function check(at: api.ProjectAt, id: api.ReleaseId): HTMLElement {
  const answer = h('div', { role: 'status' });
  const run = async () => {
    replace(answer, h('p.muted', t.measuring));
    try {
      const { clean, objects, bytes, findings } = await api.verify_release(at, id);
      replace(answer, clean ? h('p.empty.good', t.verified(objects, size_text(bytes)))
        : [h('p.error', t.not_whole(findings.length)), h('ul', { lang: 'en' }, findings.slice(0, 50).map((finding) =>
          h('li', `${finding.place}: ${finding.what}`)))]);
    } catch (error) {
      replace(answer, error_box(error));
    }
  };
  return card(t.verify, h('p.muted', t.verify_about), h('button', { type: 'button', onclick: () => void run() }, t.verify), answer);
}
