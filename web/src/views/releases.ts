// The released datasets of a project, and how to fetch each.
import * as api from '../api';
import { t } from '../texts';
import { copy_line, h, message_of, replace, time, toast } from '../ui/dom';
import type { View } from './view';

const formats = [['coco', 'COCO', 'coco.json'], ['jsonl', 'JSON Lines', 'jsonl']] as const;

export const show_releases: View = async (place, parameters) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${t.releases} – ${at.project} – Glossator`;
  const list = await api.releases(at);
  replace(place, h('h1', t.releases), h('p.muted', t.releases_about),
    list.length ? list.map((r) => release(at, r)) : h('p.empty', t.no_releases));
};

function release(at: api.ProjectAt, r: api.Release): HTMLElement {
  return h('section.card.release',
    h('h2', r.name, ' ', h('span.version', `v${r.version}`)),
    h('p.muted', t.document_count(r.documents), ' · ', time(r.created_at)),
    h('p.downloads', formats.map((format) => export_link(at, r, format))),
    copy_line(r.dvc, t.dvc_command),
    h('p.digest', `${t.manifest_digest} `, h('code', r.manifest_sha256)));
}

function export_link(at: api.ProjectAt, r: api.Release,
  [id, title, ending]: readonly [string, string, string]): HTMLElement {
  const url = api.export_url(at, r, id);
  const file_name = `${r.name}-${r.version}.${ending}`;
  return h('a.button', { href: url, download: file_name, onclick: (event: Event) => {
    if (!api.links_need_help()) return;
    event.preventDefault();
    api.download(url, file_name).catch((error) => toast(message_of(error)));
  } }, t.download(title));
}
