// How far the document is, and the step that its reader can take now: submit, accept, reject.
import * as api from '../api';
import type { Keeper } from '../editor/keeper';
import { named, t } from '../texts';
import { ask } from '../ui/dialog';
import { h, message_of, replace, toast } from '../ui/dom';
import { hint } from '../ui/keymap';
import { allows } from '../ui/rights';

// Event 'moved': the state is another one.
export class ReviewBar extends EventTarget {
  readonly element = h('div.review');
  private readonly because = h('span.failure.because');
  private state: string;

  // `done` is called after a step: true if there is nothing more to do here.
  constructor(private readonly at: api.DocumentAt, private readonly about: api.Document,
    private readonly roles: readonly string[], private readonly keeper: Keeper,
    private readonly done: (finished: boolean) => void) {
    super();
    this.state = about.review;
    this.draw();
    // A version of the page may have put the document in progress (again): the server knows.
    let saving = false;
    keeper.addEventListener('state', () => {
      if (saving && keeper.state.kind === 'saved') void this.refresh();
      saving = keeper.state.kind === 'saving';
    });
    if (this.state === 'rejected') void this.refresh();
  }

  // Whether its reader judges labels, not makes them.
  get judging(): boolean {
    return this.state === 'submitted' && allows(this.roles, 'judge') && !this.about.blind;
  }

  // The step of Ctrl+Enter.
  step(): void {
    this.element.querySelector<HTMLButtonElement>('.primary')?.click();
  }

  async refresh(): Promise<void> {
    const review = await api.review(this.at).catch(() => null);
    if (!review) return;
    const reason = review.state === 'rejected' && review.reason;
    replace(this.because, reason ? t.came_back_because(reason) : null);
    this.because.title = reason || '';
    this.become(review.state);
  }

  private become(state: string): void {
    if (state === this.state) return;
    this.state = state;
    this.draw();
    this.dispatchEvent(new Event('moved'));
  }

  private async move(to: string, reason = ''): Promise<void> {
    try {
      await this.keeper.flush();
      this.become((await api.move_review(this.at, to, reason)).state);
      this.done(to !== 'in_progress');
    } catch (error) {
      toast(error instanceof api.ApiError ? message_of(error) : t.not_saved_yet);
    }
  }

  private async reject(): Promise<void> {
    const reason = await ask(t.reject_document, t.why_rejected);
    if (reason) await this.move('rejected', reason);
  }

  private draw(): void {
    const { state, judging } = this;
    const button = (text: string, act: () => void, look = '', title = '') =>
      h('button', { type: 'button', class: look, onclick: act, title }, text);
    const submitting = !judging && allows(this.roles, 'submit') && ['new', 'in_progress', 'rejected'].includes(state);
    replace(this.element, this.about.blind && h('span.tag', { title: t.blind_about }, t.blind_reading),
      h('span', { class: `state ${state}` }, named(t.reviews, state)), this.because,
      judging && button(t.accept_document, () => void this.move('accepted'), 'primary', hint('submit')),
      judging && button(t.reject_document, () => void this.reject()),
      submitting && button(t.submit, () => void this.move('submitted'), 'primary', hint('submit')));
  }
}
