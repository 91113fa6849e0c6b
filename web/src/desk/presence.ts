// Who else has this document before them, and on which page.
import * as api from '../api';
import { t } from '../texts';
import { h, replace } from '../ui/dom';

const every = 10_000;

export class PresenceLine {
  readonly element = h('p.presence', { role: 'status', hidden: true });
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly at: api.DocumentAt, private readonly page: () => number) {
    this.timer = setInterval(() => void this.tell(), every);
    void this.tell();
  }

  close(): void {
    clearInterval(this.timer);
    void api.end_presence(this.at).catch(() => {});
  }

  private async tell(): Promise<void> {
    const others = await api.note_presence(this.at, this.page()).catch(() => []);
    this.element.hidden = !others.length;
    this.element.title = others.map((other) => t.reads_page(other.name, other.page)).join('\n');
    const names = others.map((other) => other.name);
    if (names.length) replace(this.element, t.here_too(names));
  }
}
