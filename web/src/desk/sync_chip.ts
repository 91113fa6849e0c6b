// Where one's work is: saved, on its way, kept here, in dispute. Always to be seen, in words.
import type { Keeper, KeeperState } from '../editor/keeper';
import { locale, t } from '../texts';
import { h, replace } from '../ui/dom';

const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });

function told(state: KeeperState): string {
  switch (state.kind) {
    case 'saved': return state.at ? t.saved_at(clock.format(state.at)) : t.saved;
    case 'saving': return t.saving;
    case 'offline': return t.offline(state.changes);
    case 'clash': return t.clash_count(state.count);
    case 'refused': return t.refused;
  }
}

export function sync_chip(keeper: Keeper): HTMLElement {
  const element = h('p.sync', { role: 'status' });
  const draw = () => {
    const { state } = keeper;
    element.dataset.state = state.kind;
    element.title = state.kind === 'refused' ? state.reasons.join('\n') : '';
    if (element.textContent !== told(state)) replace(element, told(state));
  };
  keeper.addEventListener('state', draw);
  draw();
  return element;
}
