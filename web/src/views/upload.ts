// Upload by dropping or choosing files, with a bar for each. Files go in parts (tus): a part that did
// not arrive is sent again from where the server says it has them, also after an hour, and after the
// page was closed and opened again (upload_store.ts).
import * as api from '../api';
import { size_text, t } from '../texts';
import { h, message_of, replace, toast } from '../ui/dom';
import { UploadStore } from './upload_store';

const at_once = 2;
const part_size = 8 << 20;
const longest_wait = 15_000;

const pause = (milliseconds: number) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

export interface Progress {
  moved(share: number): void;
  waits(waiting: boolean): void;
  begun(address: string): void; // it can go on from here later
  stopped(): boolean;
}

// Sends the file, from the beginning or to where it was going. The address is forgotten by the server
// after a week: then it begins anew.
export async function send_file(at: api.ProjectAt, file: File, address: string, progress: Progress): Promise<void> {
  let [there, offset] = address ? await going_on(address, progress) : ['', 0];
  if (!there) {
    there = await patiently(() => api.begin_upload(at, file), progress);
    progress.begun(there);
  }
  while (offset < file.size && !progress.stopped()) {
    try {
      const bytes = file.slice(offset, offset + part_size);
      await api.send_part(there, offset, bytes, (sent) => progress.moved((offset + sent) / file.size));
      offset += bytes.size;
      progress.moved(offset / file.size);
    } catch (error) {
      const passing = error instanceof api.ApiError && (error.passing || error.status === 409);
      if (!passing) throw error;
      offset = await patiently(() => api.upload_offset(there), progress);
    }
  }
}

async function going_on(address: string, progress: Progress): Promise<[string, number]> {
  try {
    return [address, await patiently(() => api.upload_offset(address), progress)];
  } catch (error) {
    if (error instanceof api.ApiError && [404, 410].includes(error.status)) return ['', 0];
    throw error;
  }
}

// Tries until the server answers; a refusal is an answer.
async function patiently<Value>(act: () => Promise<Value>, progress: Progress): Promise<Value> {
  for (let wait = 1000; ; wait = Math.min(wait * 2, longest_wait)) {
    try {
      const value = await act();
      progress.waits(false);
      return value;
    } catch (error) {
      if (!(error instanceof api.ApiError) || !error.passing) throw error;
      progress.waits(true);
      await pause(wait);
    }
  }
}

interface Sending {
  file: File; address: string; key: number | null; stopped: boolean;
  bar: HTMLProgressElement; note: HTMLElement; item: HTMLElement; stop: HTMLButtonElement;
}

// The zone to drop files on, and what is under way. `changed` after each file that has arrived.
export class DropZone {
  readonly element: HTMLElement;
  private readonly list = h('ul.uploads', { 'aria-label': t.uploads });
  private readonly queue: Sending[] = [];
  private running = 0;
  private readonly store = UploadStore.open().catch(() => null);
  private readonly project: string;

  constructor(private readonly at: api.ProjectAt, private readonly changed: () => void) {
    this.project = `${at.org}/${at.project}`;
    const input = h('input.unseen', { type: 'file', multiple: true, id: 'files', accept:
      '.pdf,.tif,.tiff,.jpg,.jpeg,.png,.webp,.bmp,.zip,.tar,.gz', onchange: () => {
      this.add([...input.files!]);
      input.value = '';
    } });
    this.element = h('section.drop', { 'aria-label': t.upload },
      h('p', input, h('label.button', { for: 'files' }, t.choose_files), ` ${t.or_drop}`), this.list);
    void this.go_on();
  }

  // Takes files that are dropped anywhere on the page, until what it answers is called. Where nobody takes
  // them, the browser leaves the page and shows the file.
  listen(): () => void {
    const ended = new AbortController();
    const { signal } = ended;
    const light = (on: boolean) => this.element.classList.toggle('over', on);
    const with_files = (act: (event: DragEvent) => void) => (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) act(event);
    };
    addEventListener('dragover', with_files((event) => {
      event.preventDefault();
      light(true);
    }), { signal });
    addEventListener('dragleave', (event: DragEvent) => { if (!event.relatedTarget) light(false); }, { signal });
    addEventListener('drop', with_files((event) => {
      event.preventDefault();
      light(false);
      this.add([...event.dataTransfer!.files]);
    }), { signal });
    return () => ended.abort();
  }

  private add(files: File[]): void {
    for (const file of files) this.enqueue(file, '', null);
    void this.remember();
    this.run();
  }

  // What was under way when the page was left.
  private async go_on(): Promise<void> {
    const store = await this.store;
    for (const upload of await store?.list(this.project).catch(() => []) ?? []) {
      this.enqueue(upload.file, upload.address, upload.key);
    }
    this.run();
  }

  private async remember(): Promise<void> {
    const store = await this.store;
    if (!store) return;
    for (const sending of this.queue.filter((one) => one.key === null)) {
      await this.keep(store, sending);
    }
  }

  private async keep(store: UploadStore, sending: Sending): Promise<void> {
    if (sending.key !== null || sending.stopped) return;
    try {
      sending.key = await store.add({ project: this.project, file: sending.file, address: sending.address });
    } catch {
      // no room in the browser: it is sent all the same
    }
  }

  private enqueue(file: File, address: string, key: number | null): void {
    const bar = h('progress', { max: 1, value: 0, 'aria-label': t.sending_file(file.name) });
    const note = h('span.muted', t.waiting);
    const stop = h('button.quiet', { type: 'button', 'aria-label': t.stop_sending(file.name), onclick: () => {
      sending.stopped = true;
      void this.forget(sending);
      item.remove();
    } }, '✕');
    const item = h('li', h('span.file', file.name, ' ', h('span.muted', size_text(file.size))), bar, note, stop);
    const sending: Sending = { file, address, key, stopped: false, bar, note, item, stop };
    this.list.append(item);
    this.queue.push(sending);
  }

  private run(): void {
    while (this.running < at_once && this.queue.length) {
      this.running += 1;
      void this.send(this.queue.shift()!).finally(() => {
        this.running -= 1;
        this.run();
      });
    }
  }

  private async forget({ key }: Sending): Promise<void> {
    if (key !== null) await (await this.store)?.remove(key).catch(() => {});
  }

  private async send(sending: Sending): Promise<void> {
    const { file, bar, note, item, stop } = sending;
    if (sending.stopped) return;
    const store = await this.store;
    if (store) await this.keep(store, sending);
    replace(note, t.sending);
    try {
      await send_file(this.at, file, sending.address, {
        moved: (share) => {
          bar.value = share;
          replace(note, t.percent(share * 100));
        },
        waits: (waiting) => replace(note, waiting ? t.waits_for_server : t.sending),
        begun: (address) => {
          if (sending.key !== null) void store?.set_address(sending.key, address).catch(() => {});
        },
        stopped: () => sending.stopped,
      });
      await this.forget(sending);
      if (sending.stopped) return;
      bar.value = 1;
      stop.remove();
      replace(note, t.stored);
      setTimeout(() => item.remove(), 6000);
      this.changed();
    } catch (error) {
      await this.forget(sending);
      bar.remove();
      replace(note, message_of(error));
      note.className = 'failure';
      toast(`${file.name}: ${message_of(error)}`);
    }
  }
}
