// Who works in a project, in which role; and links with which others join.
import * as api from '../api';
import { named, t } from '../texts';
import { copy_line, error_box, h, message_of, replace, toast } from '../ui/dom';
import type { View } from '../main';

const roles = ['annotator', 'reviewer', 'scientist', 'manager', 'uploader', 'trainer', 'admin'];

export const show_members: View = async (place, parameters) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${t.members} – ${at.project} – Glossator`;
  const rows = h('tbody');
  const load = async () => {
    const members = await api.members(at);
    replace(rows, members.map((member) => row(at, member, () => void load().catch(complain))));
  };
  await load();
  replace(place, h('h1', t.members), h('div.scroll', h('table', h('thead', h('tr',
    [t.name, t.address, t.role, ''].map((text) => h('th', { scope: 'col' }, text)))), rows)), invitation(at));
};

const complain = (error: unknown) => toast(message_of(error));

function role_choice(chosen: string, change: (role: string) => void, label: string): HTMLElement {
  const names = roles.includes(chosen) ? roles : [chosen, ...roles];
  return h('select', { 'aria-label': label, name: 'role',
    onchange: (event: Event) => change((event.target as HTMLSelectElement).value) },
  names.map((role) => h('option', { value: role, selected: role === chosen }, named(t.roles, role))));
}

function row(at: api.ProjectAt, member: api.Member, changed: () => void): HTMLElement {
  const attempt = (act: Promise<unknown>) => void act.then(changed, (error) => {
    complain(error);
    changed();
  });
  const fixed = member.through_organisation;
  return h('tr', h('td', member.name), h('td', member.address),
    h('td', fixed ? named(t.roles, member.role) : role_choice(member.role,
      (role) => attempt(api.set_member(at, member.address, role)), t.role_of(member.name))),
    h('td', fixed ? h('span.muted', t.through_organisation) : h('button.quiet', { type: 'button',
      onclick: () => attempt(api.remove_member(at, member.address)) }, t.take_role)));
}

function invitation(at: api.ProjectAt): HTMLElement {
  const answer = h('div', { role: 'status' });
  const invite = async (event: Event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { name, address, role } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    try {
      const secret = await api.invite(at, { name, address, role });
      replace(answer, h('p', t.hand_over(name)), copy_line(`${location.origin}/#link=${secret}`, t.invitation));
      form.reset();
    } catch (error) {
      replace(answer, error_box(error));
    }
  };
  return h('section.card', h('h2', t.invite), h('form.inline', { onsubmit: invite },
    h('label', t.name, h('input', { name: 'name', required: true, autocomplete: 'off' })),
    h('label', t.address, h('input', { name: 'address', type: 'email', required: true, autocomplete: 'off' })),
    h('label', t.role, role_choice('annotator', () => {}, t.role)),
    h('button.primary', { type: 'submit' }, t.make_link)), answer);
}
