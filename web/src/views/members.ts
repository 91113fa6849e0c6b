// Who works in a project or an organisation, in which role; and links with which others join.
import * as api from '../api';
import { named, t } from '../texts';
import { copy_line, error_box, h, message_of, replace, time, toast } from '../ui/dom';
import { confirm_first } from '../ui/dialog';
import type { View } from './view';

const roles = ['annotator', 'reviewer', 'scientist', 'manager', 'uploader', 'trainer', 'admin'];

export const show_members: View = async (place, parameters) => {
  const at = parameters as unknown as api.Place;
  document.title = `${t.members} – ${at.project ?? at.org} – Glossator`;
  const rows = h('tbody');
  const load = async () => {
    const members = await api.members(at);
    replace(rows, !members.length && h('tr', h('td', { colspan: 4 }, t.no_members)), members.map((member) => row(at, member, () => void load().catch(complain))));
  };
  const pending = new PendingInvitations(at);
  await Promise.all([load(), pending.load()]);
  replace(place, h('h1', at.project ? t.members : t.people_of(at.org)), h('div.scroll', h('table', h('thead', h('tr',
    [t.name, t.address, t.role].map((text) => h('th', { scope: 'col' }, text)), h('td'))), rows)), invitation(at, () => void pending.load().catch(complain)), pending.element,
  h('details.hint', h('summary', t.what_roles_do), h('dl.roles', roles.flatMap((role) =>
    [h('dt', named(t.roles, role)), h('dd', named(t.role_about, role))]))));
};

const complain = (error: unknown) => toast(message_of(error));

function role_choice(chosen: string, change: (role: string) => void, label: string): HTMLElement {
  const names = roles.includes(chosen) ? roles : [chosen, ...roles];
  return h('select', { 'aria-label': label, name: 'role',
    onchange: (event: Event) => change((event.target as HTMLSelectElement).value) },
  names.map((role) => h('option', { value: role, selected: role === chosen }, named(t.roles, role))));
}

function row(at: api.Place, member: api.Member, changed: () => void): HTMLElement {
  const attempt = (act: Promise<unknown>) => void act.then(changed, (error) => {
    complain(error);
    changed();
  });
  const fixed = member.through_organisation;
  return h('tr', h('td', member.name), h('td', member.address),
    h('td', fixed ? named(t.roles, member.role) : role_choice(member.role,
      (role) => attempt(api.set_member(at, member.address, role)), t.role_of(member.name))),
    h('td', fixed ? h('span.muted', t.through_organisation) : h('button.quiet', { type: 'button',
      'aria-label': t.remove_member(member.name),
      onclick: () => confirm_first(t.remove_member(member.name), t.take_role,
        () => attempt(api.remove_member(at, member.address))) }, t.take_role)));
}

function invitation(at: api.Place, made: () => void): HTMLElement {
  const answer = h('div', { role: 'status' });
  const invite = async (event: Event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { name, address, role } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    try {
      const secret = await api.invite(at, { name, address, role });
      replace(answer, h('p', t.hand_over(name)), copy_line(`${location.origin}/#link=${secret}`, t.invitation));
      form.reset();
      made();
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

// Links that nobody has used yet: what they give to whom, and taking them back.
class PendingInvitations {
  readonly element = h('section.card', { 'aria-label': t.pending_invitations, hidden: true });

  constructor(private readonly at: api.Place) {}

  async load(): Promise<void> {
    const list = await api.invitations(this.at);
    this.element.hidden = !list.length;
    replace(this.element, h('h2', t.pending_invitations), h('div.scroll', h('table', h('thead', h('tr',
      [t.name, t.address, t.role, t.invited_by, t.ends].map((text) => h('th', { scope: 'col' }, text)), h('td'))),
    h('tbody', list.map((one) => this.row(one))))));
  }

  private row({ id, name, address, role, made_by, expires_at }: api.Invitation): HTMLElement {
    const withdraw = () => void api.withdraw_invitation(this.at, id).catch(complain).then(() => this.load()).catch(complain);
    return h('tr', h('td', name), h('td', address), h('td', named(t.roles, role)), h('td', made_by), h('td', time(expires_at)),
      h('td', h('button.quiet', { type: 'button', 'aria-label': t.withdraw_invitation(name),
        onclick: () => confirm_first(t.withdraw_invitation(name), t.withdraw, withdraw) }, t.withdraw)));
  }
}
