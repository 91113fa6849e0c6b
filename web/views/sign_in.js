// Sign in with address and password, or by pasting a token; or by a link that works once.
import * as api from '../api.js';
import { error_box, h, replace } from '../dom.js';

// A form's handler: what `enter` throws is told in `problem`.
function attempting(problem, enter, done) {
  return async (event) => {
    event.preventDefault();
    replace(problem);
    try {
      await enter(Object.fromEntries(new FormData(event.target)));
      await done();
    } catch (error) {
      const wrong = error.status === 401 || error.status === 403;
      replace(problem, error_box(wrong ? new Error('That did not match. Please try again.')
        : error));
    }
  };
}

export function show_first_password(place, link, done) {
  const problem = h('div');
  const form = h('form', { onsubmit: attempting(problem, (v) => api.redeem_link(link, v.password),
    done) },
  h('label', 'New password, at least 10 characters', h('input', { name: 'password',
    type: 'password', minlength: 10, required: true, autocomplete: 'new-password' })),
  h('button.primary', { type: 'submit' }, 'Set password and sign in'));
  replace(place, h('section.sign-in', h('h1', 'Welcome to Glossator'),
    h('p.muted', 'If your address has an account here already, type the password of that.'),
    problem, form));
  form.querySelector('input').focus();
}

export function show_sign_in(place, done) {
  const problem = h('div');
  const attempt = (enter) => attempting(problem, enter, done);
  const password = h('form', { onsubmit: attempt((v) => api.sign_in(v.name, v.password)) },
    h('label', 'Address', h('input', { name: 'name', type: 'email', autocomplete: 'username',
      required: true })),
    h('label', 'Password', h('input', { name: 'password', type: 'password', required: true,
      autocomplete: 'current-password' })),
    h('button.primary', { type: 'submit' }, 'Sign in'));
  const token = h('form', { onsubmit: attempt((v) => api.sign_in_with_token(v.token.trim())) },
    h('label', 'Token', h('input', { name: 'token', type: 'password', required: true,
      autocomplete: 'off', spellcheck: 'false' })),
    h('button', { type: 'submit' }, 'Use token'));
  replace(place, h('section.sign-in', h('h1', 'Sign in'), problem, password,
    h('details', h('summary', 'I have a token'),
      h('p.muted', 'It stays in this tab and is forgotten when you close or reload it.'), token)));
  password.querySelector('input').focus();
}
