// How far the document is, and the step that its reader can take now: submit, accept, reject.
import * as api from '../api';
import type { Keeper } from '../editor/keeper';
import { named, t } from '../texts';
import { ask } from '../ui/dialog';
import { h, message_of, replace, toast } from '../ui/dom';
import { hint } from '../ui/keymap';
import { allows } from '../ui/rights';

// `done` is called after a step: true if there is nothing more to do here.
export function review_bar(at: api.DocumentAt, about: api.Document, roles: readonly string[],
  keeper: Keeper, done: (finished: boolean) => void): HTMLElement {
  const element = h('div.review');
  const because = h('span.failure');
  let state = about.review;

  const move = async (to: string, reason = '') => {
    try {
      await keeper.flush();
      state = (await api.move_review(at, to, reason)).state;
      draw();
      done(to !== 'in_progress');
    } catch (error) {
      toast(error instanceof api.ApiError ? message_of(error) : t.not_saved_yet);
    }
  };
  const reject = async () => {
    const reason = await ask(t.reject_document, t.why_rejected);
    if (reason) await move('rejected', reason);
  };
  const button = (text: string, act: () => void, look = '', title = '') =>
    h('button', { type: 'button', class: look, onclick: act, title }, text);

  const draw = () => {
    const judging = state === 'submitted' && allows(roles, 'judge');
    const submitting = !judging && allows(roles, 'submit') && ['new', 'in_progress', 'rejected'].includes(state);
    replace(element, h('span.state', { class: `state ${state}` }, named(t.reviews, state)),
      state === 'rejected' && because,
      judging && button(t.accept_document, () => void move('accepted'), 'primary', hint('submit')),
      judging && button(t.reject_document, () => void reject()),
      submitting && button(t.submit, () => void move('submitted'), 'primary', hint('submit')));
  };
  draw();
  // As the server does: a change puts the document in progress (again).
  keeper.addEventListener('state', () => {
    if (keeper.state.kind !== 'saving' || state === 'in_progress' || state === 'rejected') return;
    state = 'in_progress';
    draw();
  });
  if (state === 'rejected') {
    void api.review(at).then(({ reason }) => reason && replace(because, t.came_back_because(reason)), () => {});
  }
  return element;
}
