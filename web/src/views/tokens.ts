// One's own tokens: for programs, each with an end and, if wanted, with fewer rights than one has.
import * as api from '../api';
import { list_of, named, t } from '../texts';
import { copy_line, error_box, h, message_of, replace, time, toast } from '../ui/dom';
import type { View } from './view';

const scopes = ['document:upload', 'document:read', 'annotation:write', 'repository:clone', 'repository:push',
  'release:read', 'export:read'];

export const show_tokens: View = async (place) => {
  document.title = `${t.tokens} – Glossator`;
  const rows = h('tbody');
  const load = async () => {
    const tokens = await api.tokens();
    replace(rows, tokens.length ? tokens.map((token) => row(token, () => void load())) : h('tr', h('td', { colspan: 5 }, t.no_tokens)));
  };
  await load();
  replace(place, h('h1', t.tokens), h('p.muted', t.tokens_about), h('div.scroll', h('table', h('thead', h('tr',
    [t.name_of_thing, t.begins_with, t.rights, t.until, ''].map((text) => h('th', { scope: 'col' }, text)))), rows)),
  maker(() => void load()));
};

function row(token: api.Token, changed: () => void): HTMLElement {
  const revoke = () => void api.revoke_token(token.id).then(changed, (error) => toast(message_of(error)));
  return h('tr', h('td', token.name), h('td', h('code', token.prefix)),
    h('td', token.scopes ? list_of(token.scopes.map((scope) => named(t.scopes, scope))) || t.no_rights : t.all_rights),
    h('td', token.expires_at ? time(token.expires_at) : t.no_end, is_over(token) && h('span.tag', t.ended)),
    h('td', h('button.quiet', { type: 'button', onclick: revoke }, t.revoke)));
}

const is_over = (token: api.Token) => Boolean(token.expires_at) && Date.parse(token.expires_at!) < Date.now();

function maker(changed: () => void): HTMLElement {
  const answer = h('div', { role: 'status' });
  const make = async (event: Event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const chosen = data.getAll('scope') as string[];
    const end = data.get('until') ? new Date(String(data.get('until'))).toISOString() : undefined;
    try {
      const secret = await api.create_token(String(data.get('name')), chosen.length ? chosen : undefined, end);
      replace(answer, h('p', t.token_once), copy_line(secret, t.token));
      form.reset();
      changed();
    } catch (error) {
      replace(answer, error_box(error));
    }
  };
  return h('section.card', h('h2', t.new_token), h('form.inline', { onsubmit: make },
    h('label', t.what_for, h('input', { name: 'name', required: true, autocomplete: 'off' })),
    h('label', t.until, h('input', { name: 'until', type: 'date' })),
    h('fieldset', h('legend', t.only_these), scopes.map((scope) =>
      h('label', h('input', { type: 'checkbox', name: 'scope', value: scope }), ` ${named(t.scopes, scope)} `, h('code.muted', scope)))),
    h('button.primary', { type: 'submit' }, t.make_token)), answer);
}
