// Upload by dropping or choosing files, with a bar for each. Files go in parts (tus): a part that did
// not arrive is sent again from where the server says it has them, also after an hour.
import * as api from '../api';
import { t } from '../texts';
import { h, message_of, replace, toast } from '../ui/dom';

const at_once = 2;
const part_size = 8 << 20;
const longest_wait = 15_000;

interface Sending { file: File; bar: HTMLProgressElement; note: HTMLElement; item: HTMLElement }

const pause = (milliseconds: number) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export async function send_file(at: api.ProjectAt, file: File, progress: (share: number) => void,
  waiting: (waits: boolean) => void): Promise<void> {
  const address = await patiently(() => api.begin_upload(at, file), waiting);
  let offset = 0;
  while (offset < file.size) {
    try {
      const bytes = file.slice(offset, offset + part_size);
      await api.send_part(address, offset, bytes, (sent) => progress((offset + sent) / file.size));
      offset += bytes.size;
    } catch (error) {
      const passing = error instanceof api.ApiError && (error.passing || error.status === 409);
      if (!passing) throw error;
      offset = await patiently(() => api.upload_offset(address), waiting);
    }
  }
}

// Tries until the server answers; a refusal is an answer.
async function patiently<Value>(act: () => Promise<Value>, waiting: (waits: boolean) => void): Promise<Value> {
  for (let wait = 1000; ; wait = Math.min(wait * 2, longest_wait)) {
    try {
      const value = await act();
      waiting(false);
      return value;
    } catch (error) {
      if (!(error instanceof api.ApiError) || !error.passing) throw error;
      waiting(true);
      await pause(wait);
    }
  }
}

export function drop_zone(at: api.ProjectAt, changed: () => void): HTMLElement {
  const list = h('ul.uploads');
  const queue: Sending[] = [];
  let running = 0;

  const add = (files: FileList) => {
    for (const file of files) {
      const bar = h('progress', { max: 1, value: 0, 'aria-label': t.sending_file(file.name) });
      const note = h('span.muted', t.waiting);
      const item = h('li', h('span', file.name), bar, note);
      list.append(item);
      queue.push({ file, bar, note, item });
    }
    run();
  };
  const run = () => {
    while (running < at_once && queue.length) {
      running += 1;
      void send(queue.shift()!).finally(() => {
        running -= 1;
        run();
      });
    }
  };
  const send = async ({ file, bar, note, item }: Sending) => {
    replace(note, t.sending);
    try {
      await send_file(at, file, (share) => { bar.value = share; },
        (waits) => replace(note, waits ? t.waits_for_server : t.sending));
      bar.value = 1;
      replace(note, t.stored);
      setTimeout(() => item.remove(), 6000);
      changed();
    } catch (error) {
      bar.remove();
      replace(note, message_of(error));
      note.className = 'failure';
      toast(`${file.name}: ${message_of(error)}`);
    }
  };

  const input = h('input', { type: 'file', multiple: true, id: 'files',
    accept: '.pdf,.tif,.tiff,.jpg,.jpeg,.png,.zip,.tar', onchange: () => {
      add(input.files!);
      input.value = '';
    } });
  const zone = h('div.drop', {
    ondragover: (event: Event) => {
      event.preventDefault();
      zone.classList.add('over');
    },
    ondragleave: () => zone.classList.remove('over'),
    ondrop: (event: DragEvent) => {
      event.preventDefault();
      zone.classList.remove('over');
      add(event.dataTransfer!.files);
    },
  }, h('label', { for: 'files' }, t.drop_here), input, list);
  return zone;
}
