// Sign in with address and password, or by pasting a token; or by a link that works once.
import * as api from '../api';
import { t } from '../texts';
import { error_box, h, replace } from '../ui/dom';

type Values = Record<string, string>;

// A form's handler: what `enter` throws is told in `problem`.
function attempting(problem: HTMLElement, enter: (values: Values) => Promise<unknown>,
  done: () => Promise<void>) {
  return async (event: Event) => {
    event.preventDefault();
    replace(problem);
    try {
      await enter(Object.fromEntries(new FormData(event.target as HTMLFormElement)) as Values);
      await done();
    } catch (error) {
      const wrong = error instanceof api.ApiError && [401, 403].includes(error.status);
      replace(problem, error_box(wrong ? new Error(t.no_match) : error));
    }
  };
}

export function show_first_password(place: HTMLElement, link: string, done: () => Promise<void>): void {
  const problem = h('div');
  const form = h('form', { onsubmit: attempting(problem, (v) => api.redeem_link(link, v.password), done) },
    h('label', t.new_password, h('input', { name: 'password', type: 'password', minlength: 10,
      required: true, autocomplete: 'new-password' })),
    h('button.primary', { type: 'submit' }, t.set_password));
  replace(place, h('section.sign-in', h('h1', t.welcome), h('p.muted', t.password_of_account), problem, form));
  form.querySelector('input')!.focus();
}

export function show_sign_in(place: HTMLElement, done: () => Promise<void>): void {
  document.title = `${t.sign_in} – Glossator`;
  const problem = h('div');
  const attempt = (enter: (values: Values) => Promise<unknown>) => attempting(problem, enter, done);
  const password = h('form', { onsubmit: attempt((v) => api.sign_in(v.name, v.password)) },
    h('label', t.address, h('input', { name: 'name', type: 'email', autocomplete: 'username',
      required: true })),
    h('label', t.password, h('input', { name: 'password', type: 'password', required: true,
      autocomplete: 'current-password' })),
    h('button.primary', { type: 'submit' }, t.sign_in));
  const token = h('form', { onsubmit: attempt((v) => api.sign_in_with_token(v.token.trim())) },
    h('label', t.token, h('input', { name: 'token', type: 'password', required: true,
      autocomplete: 'off', spellcheck: 'false' })),
    h('button', { type: 'submit' }, t.use_token));
  replace(place, h('section.sign-in', h('h1', t.sign_in), problem, password,
    h('details', h('summary', t.have_token), h('p.muted', t.token_stays), token)));
  password.querySelector('input')!.focus();
}
