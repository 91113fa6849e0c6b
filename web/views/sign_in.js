// Sign in with name and password, or by pasting a token.
import * as api from '../api.js';
import { error_box, h, replace } from '../dom.js';

export function show_sign_in(place, done) {
  const problem = h('div');
  const attempt = (enter) => async (event) => {
    event.preventDefault();
    replace(problem);
    const values = Object.fromEntries(new FormData(event.target));
    try {
      await enter(values);
      await done();
    } catch (error) {
      const wrong = error.status === 401 || error.status === 403;
      replace(problem, error_box(wrong ? new Error('That did not match. Please try again.')
        : error));
    }
  };
  const password = h('form', { onsubmit: attempt((v) => api.sign_in(v.name, v.password)) },
    h('label', 'Name', h('input', { name: 'name', autocomplete: 'username', required: true })),
    h('label', 'Password', h('input', { name: 'password', type: 'password', required: true,
      autocomplete: 'current-password' })),
    h('button.primary', { type: 'submit' }, 'Sign in'));
  const token = h('form', { onsubmit: attempt((v) => api.sign_in_with_token(v.token.trim())) },
    h('label', 'Token', h('input', { name: 'token', type: 'password', required: true,
      autocomplete: 'off', spellcheck: 'false' })),
    h('button', { type: 'submit' }, 'Use token'));
  replace(place, h('section.sign-in', h('h1', 'Sign in'), problem, password,
    h('details', h('summary', 'I have a token'), token)));
  password.querySelector('input').focus();
}
