// What a project allows and how it works. Each choice is saved as it is made.
import * as api from '../api';
import { named, t } from '../texts';
import { h, message_of, replace, toast } from '../ui/dom';
import type { View } from './view';

const flags = ['self_review', 'annotators_may_clone', 'import_foreign_authors', 'proposals_only'] as const;
const pushes: api.PushBehind[] = ['merge', 'rebase', 'refuse'];
const orders: api.QueueOrder[] = ['oldest', 'newest', 'unsure'];
const readings = ['1', '2'];

export const show_settings: View = async (place, parameters) => {
  const at = parameters as unknown as api.ProjectAt;
  document.title = `${t.settings} – ${at.project} – Glossator`;
  const [project, languages] = await Promise.all([api.project(at), api.languages()]);
  const policy = project.policy!;
  const settings = project.settings!;
  const save = (act: () => Promise<unknown>, back: () => void) => {
    act().then(() => toast(t.setting_saved), (error) => {
      back();
      toast(message_of(error));
    });
  };
  const policy_choice = (key: keyof api.Policy) => (value: string | number | boolean, back: () => void) =>
    save(() => api.set_policy(at, { [key]: value }), back);
  replace(place, h('h1', t.settings),
    section(t.working, t.working_about, choice('queue_order', t.queue_order, orders, settings.queue_order, t.queue_orders,
      (value, back) => save(() => api.set_settings(at, { queue_order: value as api.QueueOrder }), back))),
    section(t.blind_readings, t.blind_readings_about, choice('readings', t.readings_wanted, readings, String(policy.readings),
      t.readings_choices, (value, back) => policy_choice('readings')(Number(value), back))),
    section(t.reading, t.reading_about, language_choice(languages, settings.languages,
      (chosen, back) => save(() => api.set_settings(at, { languages: chosen }), back))),
    section(t.rules, t.rules_about, flags.map((flag) => switch_for(flag, t.policies[flag], policy[flag], policy_choice(flag)))),
    section(t.pushes, t.pushes_about, choice('push_behind', t.push_behind, pushes, policy.push_behind, t.push_choices,
      policy_choice('push_behind'))),
    section(t.attachments, t.attachments_about, switch_for('git_lfs', t.git_lfs, settings.git_lfs,
      (value, back) => save(() => api.set_settings(at, { git_lfs: value }), back))));
};

function section(title: string, about: string, ...content: Parameters<typeof h>[1][]): HTMLElement {
  return h('section.card.settings', { 'aria-label': title }, h('h2', title), h('p.muted', about), ...content as []);
}

type Change = (value: string, back: () => void) => void;

function choice(name: string, title: string, values: readonly string[], chosen: string,
  texts: Record<string, string>, change: Change): HTMLElement {
  let now = chosen;
  const boxes = values.map((value) => h('input', { type: 'radio', name, value, checked: value === chosen,
    onchange: () => {
      const before = now;
      now = value;
      change(value, () => {
        now = before;
        boxes.forEach((box) => { box.checked = box.value === before; });
      });
    } }));
  return h('fieldset.choice', h('legend', title), values.map((value, i) => h('label', boxes[i],
    h('span', named(texts, value)))));
}

function switch_for(name: string, [title, about]: [string, string], on: boolean,
  change: (value: boolean, back: () => void) => void): HTMLElement {
  const box = h('input', { type: 'checkbox', name, role: 'switch', checked: on, onchange: () =>
    change(box.checked, () => { box.checked = !box.checked; }) });
  return h('label.switch', box, h('span', h('strong', title), h('span.muted', about)));
}

// None chosen: those of the server.
function language_choice(languages: readonly string[], chosen: readonly string[],
  change: (chosen: string[], back: () => void) => void): HTMLElement {
  const boxes = languages.filter((name) => name !== 'osd').map((name) => h('input', { type: 'checkbox', name: 'language',
    value: name, checked: chosen.includes(name), onchange: (event: Event) => {
      const box = event.target as HTMLInputElement;
      change(boxes.filter((one) => one.checked).map((one) => one.value), () => { box.checked = !box.checked; });
    } }));
  return h('fieldset.checks', h('legend', t.ocr_languages), boxes.map((box) => h('label', box, ` ${language_name(box.value)}`)));
}

// "deu" as people say it; tesseract has names that no list of languages knows.
function language_name(code: string): string {
  if (code === 'frk') return t.fraktur;
  try {
    return new Intl.DisplayNames([document.documentElement.lang], { type: 'language' }).of(code.replace('_', '-')) ?? code;
  } catch {
    return code;
  }
}
