// What people say about a document: kept here while it lies on the desk, shown beside the label that it
// is about and, all of it, in a tab of its own.
//
//   const discussion = new Discussion(at, me);
//   place.append(thread(discussion, { annotation: id }));
//
// Event 'change'. An answer belongs to the comment that it answers.
import * as api from '../api';
import { t } from '../texts';
import { h, message_of, replace, time, toast } from '../ui/dom';

export class Discussion extends EventTarget {
  private all: readonly api.Comment[] = [];

  constructor(private readonly at: api.DocumentAt, private readonly me: readonly string[]) {
    super();
  }

  async load(): Promise<void> {
    this.all = await api.comments(this.at);
    this.dispatchEvent(new Event('change'));
  }

  // Those that begin a thread.
  openings(fits: (comment: api.Comment) => boolean): api.Comment[] {
    return this.all.filter((comment) => !comment.reply_to && fits(comment));
  }

  answers(to: api.Comment): api.Comment[] {
    return this.all.filter((comment) => comment.reply_to === to.id);
  }

  unsettled(annotation: string): number {
    return this.openings((c) => c.annotation === annotation && !c.resolved).length;
  }

  is_mine(comment: api.Comment): boolean {
    return this.me.includes(comment.author);
  }

  say(text: string, about: api.CommentSubject): Promise<void> {
    return this.act(() => api.add_comment(this.at, text, about));
  }

  settle(comment: api.Comment): Promise<void> {
    return this.act(() => api.settle_comment(this.at, comment.id, !comment.resolved));
  }

  remove(comment: api.Comment): Promise<void> {
    return this.act(() => api.remove_comment(this.at, comment.id));
  }

  private async act(step: () => Promise<unknown>): Promise<void> {
    try {
      await step();
      await this.load();
    } catch (error) {
      toast(message_of(error));
      throw error;
    }
  }
}

const same_subject = (about: api.CommentSubject) => (comment: api.Comment): boolean =>
  comment.annotation === about.annotation && comment.page === about.page;

// The comments about one thing, and a line to write the next one.
export function thread(discussion: Discussion, about: api.CommentSubject): HTMLElement {
  const list = h('ul.comments');
  const draw = () => replace(list, discussion.openings(same_subject(about)).map((c) => opening(discussion, c)));
  draw();
  const element = h('section.thread', { 'aria-label': t.discussion }, list, entry(t.say_something, async (text) => {
    await discussion.say(text, about);
  }));
  discussion.addEventListener('change', function redraw() {
    if (element.isConnected) draw();
    else discussion.removeEventListener('change', redraw);
  });
  return element;
}

function opening(discussion: Discussion, comment: api.Comment): HTMLElement {
  const answers = discussion.answers(comment);
  const about = { annotation: comment.annotation, page: comment.page, reply_to: comment.id };
  const place = h('div');
  const answer = () => {
    replace(place, entry(t.answer, (text) => discussion.say(text, about)));
    place.querySelector('textarea')!.focus();
  };
  return h('li', { class: comment.resolved ? 'settled' : null }, said(comment),
    answers.length > 0 && h('ul', answers.map((each) => h('li', said(each)))),
    h('div.actions', button(t.answer, answer),
      button(comment.resolved ? t.reopen_comment : t.settle_comment, () => void discussion.settle(comment).catch(() => {})),
      discussion.is_mine(comment) && !answers.length
        && button(t.remove_comment, () => void discussion.remove(comment).catch(() => {}))),
    place);
}

const button = (text: string, act: () => void) => h('button.chip', { type: 'button', onclick: act }, text);

const said = (comment: api.Comment): HTMLElement => h('div.comment', h('strong', comment.author), ' ',
  time(comment.at), comment.resolved && h('em.tag.accepted', t.settled), h('p', comment.text));

// Enter sends, Shift and Enter begins a new line. What could not be sent stays in the field.
function entry(title: string, send: (text: string) => Promise<void>): HTMLElement {
  const field = h('textarea', { rows: '1', name: 'comment', 'aria-label': title, placeholder: title });
  const submit = async (event: Event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.disabled = true;
    await send(text).then(() => { field.value = ''; }, () => {});
    field.disabled = false;
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey) void submit(event);
    if (event.key === 'Escape') field.blur();
  });
  return h('form.say', { onsubmit: (event: Event) => void submit(event) }, field,
    h('button.chip', { type: 'submit' }, t.send));
}
