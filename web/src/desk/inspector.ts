// What can be said of one annotation: its value, its attributes, what to do with it, who made it.
import * as api from '../api';
import type { Annotation, AttributeValue } from '../editor/annotation';
import type { Desk } from '../editor/desk';
import { is_proposal } from '../editor/annotation';
import { t } from '../texts';
import { h, message_of, replace, toast } from '../ui/dom';
import { hint, keymap, type Action } from '../ui/keymap';
import { blame_line } from '../views/story';
import { thread, type Discussion } from './discussion';

// What surrounds the desk: the discussion, and whether its reader judges labels.
export interface Around { discussion: Discussion; judging: () => boolean; run: (action: Action) => void }

export function inspector(desk: Desk, annotation: Annotation, around: Around): HTMLElement {
  const blame = h('div.blame-place');
  const is_new = desk.session.pending(desk.page).some((c) => c.id === annotation.id && !c.before);
  if (!is_new) void show_blame(desk, annotation, blame);
  return h('div.inspector', anchor_note(desk, annotation), value_field(desk, annotation), attribute_fields(desk, annotation),
    annotation.review?.reason && h('p.failure', annotation.review.reason),
    h('div.actions', actions_of(desk, annotation, around)), blame,
    thread(around.discussion, { annotation: annotation.id }));
}

// A change makes the fields anew; first the focus goes where it was going.
const after_focus = (act: () => void) => setTimeout(act);

const has_value = (annotation: Annotation): boolean =>
  ['span', 'box', 'polygon', 'value'].includes(annotation.type);

function value_field(desk: Desk, annotation: Annotation): HTMLElement | null {
  if (!has_value(annotation)) return null;
  const covered = desk.covered(annotation);
  const input = h('input', { type: 'text', value: annotation.text ?? '', name: 'value', autocomplete: 'off',
    placeholder: covered,
    onchange: () => after_focus(() => desk.edit(annotation.id, { text: input.value || undefined })) });
  const differs = covered && covered !== annotation.text;
  return h('label', h('span', t.value), input, differs && h('small.muted', t.stands_there(covered)));
}

// -- attributes ----------------------------------------------------------------------------------

function attribute_fields(desk: Desk, annotation: Annotation): (HTMLElement | null)[] {
  return (desk.palette.spec(annotation.label)?.attributes ?? []).map((spec) => {
    const value = annotation.attributes?.[spec.name];
    const set = (now: AttributeValue | undefined) => desk.set_attribute(annotation.id, spec.name, now);
    const missing = spec.required && value === undefined;
    return h('label', { class: missing ? 'missing' : null },
      h('span', spec.title || spec.name, spec.required && h('abbr', { title: t.required }, ' *')),
      field_for(spec, value, set));
  });
}

function field_for(spec: api.AttributeSpec, value: AttributeValue | undefined,
  set: (now: AttributeValue | undefined) => void): HTMLElement {
  const listen = (read: (raw: string) => AttributeValue | undefined) => ({ name: spec.name,
    onchange: (event: Event) => {
      const value = read((event.target as HTMLInputElement).value);
      after_focus(() => set(value));
    } });
  if (spec.kind === 'enum' || spec.kind === 'boolean') {
    const names = spec.kind === 'enum' ? spec.values ?? [] : ['true', 'false'];
    const read = (raw: string) => (raw === '' ? undefined : spec.kind === 'enum' ? raw : raw === 'true');
    return h('select', listen(read), h('option', { value: '' }, '–'), names.map((name) =>
      h('option', { value: name, selected: String(value) === name },
        spec.kind === 'boolean' ? (name === 'true' ? t.yes : t.no) : name)));
  }
  const whole = (raw: string) => (/^-?\d+$/.test(raw) ? Number(raw) : undefined);
  const read = spec.kind === 'number' ? whole : (raw: string) => raw || undefined;
  const type = { number: 'number', date: 'date', string: 'text' }[spec.kind];
  return h('input', { type, value: value ?? '', ...listen(read) });
}

// -- after another reading -------------------------------------------------------------------------

function anchor_note(desk: Desk, { id, anchor, words }: Annotation): HTMLElement | null {
  if (!anchor || anchor.status === 'exact') return null;
  const note = (text: string, button: string, act: () => void) => h('div.failure', h('p', text),
    h('button', { type: 'button', onclick: act }, button));
  if (anchor.status === 'moved') return note(t.was_moved(anchor.quote), t.lies_right, () => desk.settle_anchor(id));
  if (!words) return h('p.failure', t.was_orphaned(anchor.quote));
  return note(`${t.was_orphaned(anchor.quote)} ${t.choose_its_words}`, t.take_over_words, () => {
    if (!desk.recover(id)) toast(t.choose_its_words);
  });
}

// -- actions -------------------------------------------------------------------------------------

function actions_of(desk: Desk, annotation: Annotation, { judging, run }: Around): (HTMLElement | false)[] {
  const button = (action: Action, look = '', text = t.actions[action]) =>
    h('button', { type: 'button', class: look, onclick: () => run(action), title: hint(action) },
      text, ' ', h('kbd', keymap.keys_of(action)[0]));
  if (judging()) return [button('accept', 'primary', t.accept_document), button('reject', '', t.reject_document)];
  return is_proposal(annotation) ? [button('accept', 'primary'), button('reject')]
    : [button('remove'), annotation.type !== 'relation' && (desk.palette.schema.relations ?? []).length > 0
      && button('relation')];
}

async function show_blame(desk: Desk, annotation: Annotation, place: HTMLElement): Promise<void> {
  try {
    replace(place, blame_line(await api.blame(desk.session.at, annotation.id)));
  } catch (error) {
    const unsaved = error instanceof api.ApiError && (error.status === 404 || error.passing);
    replace(place, !unsaved && h('p.muted', message_of(error)));
  }
}
