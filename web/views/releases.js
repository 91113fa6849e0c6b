// The released datasets of a project, and how to fetch each.
import * as api from '../api.js';
import { copy_line, count, h, replace, time, toast } from '../dom.js';

const formats = [['coco', 'COCO', 'coco.json'], ['jsonl', 'JSON Lines', 'jsonl']];

export async function show_releases(place, at) {
  document.title = `Releases of ${at.project} – Glossator`;
  const list = await api.releases(at);
  replace(place, h('h1', 'Releases'),
    h('p.muted', 'A release never changes: the same name and version give the same bytes.'),
    list.length ? list.map((r) => release(at, r))
      : h('p.empty', 'Nothing has been released yet.'));
}

function release(at, r) {
  return h('section.card.release',
    h('h2', r.name, ' ', h('span.version', `v${r.version}`)),
    h('p.muted', count(r.documents, 'document'), ' · ', time(r.created_at)),
    h('p.downloads', formats.map((format) => export_link(at, r, format))),
    copy_line(r.dvc, 'DVC command'),
    h('p.digest', 'SHA-256 of the manifest ', h('code', r.manifest_sha256)));
}

function export_link(at, r, [id, title, ending]) {
  const url = api.export_url(at, r, id);
  const file_name = `${r.name}-${r.version}.${ending}`;
  return h('a.button', { href: url, download: file_name, onclick: (event) => {
    if (!api.links_need_help()) return;
    event.preventDefault();
    api.download(url, file_name).catch((error) => toast(error.message));
  } }, `Download ${title}`);
}
