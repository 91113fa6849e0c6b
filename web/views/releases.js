// The released datasets of a project, and how to fetch each.
import * as api from '../api.js';
import { copy_line, count, h, replace, time } from '../dom.js';

const formats = [['coco', 'COCO'], ['jsonl', 'JSON Lines']];

export async function show_releases(place, at) {
  document.title = `Releases of ${at.project} – Glossator`;
  const list = await api.releases(at);
  replace(place, h('h1', 'Releases'),
    h('p.muted', 'A release never changes: the same name and version give the same bytes.'),
    list.length ? list.map((r) => release(at, r))
      : h('p.empty', 'Nothing has been released yet.'));
}

function release(at, r) {
  const counts = Object.entries(r.counts ?? { documents: r.documents ?? r.document_count })
    .filter(([, n]) => typeof n === 'number')
    .map(([what, n]) => count(n, what.replace(/s$/, '')));
  const digest = r.digest ?? r.manifest_sha256;
  return h('section.card.release',
    h('h2', r.name, ' ', h('span.version', `v${r.version}`)),
    h('p.muted', counts.join(' · '), counts.length ? ' · ' : '', time(r.created_at),
      r.created_by && ` by ${r.created_by.name ?? r.created_by}`),
    h('p.downloads', formats.map(([id, title]) => h('a.button', {
      href: api.export_url(at, r, id), download: '' }, `Download ${title}`))),
    copy_line(api.dvc_line(at, r), 'DVC command'),
    digest && h('p.digest', 'SHA-256 ', h('code', digest)));
}
