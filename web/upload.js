// Upload by dropping or choosing files, with a bar for each.
import * as api from './api.js';
import { h, toast } from './dom.js';

const at_once = 2;

export function drop_zone(at, changed) {
  const list = h('ul.uploads');
  const waiting = [];
  let running = 0;

  function add(files) {
    for (const file of files) {
      const bar = h('progress', { max: 1, value: 0, 'aria-label': `Sending ${file.name}` });
      const note = h('span.muted', 'waiting');
      const item = h('li', h('span', file.name), bar, note);
      list.append(item);
      waiting.push({ file, bar, note, item });
    }
    run();
  }

  function run() {
    while (running < at_once && waiting.length) {
      running += 1;
      send(waiting.shift()).finally(() => {
        running -= 1;
        run();
      });
    }
  }

  async function send({ file, bar, note, item }) {
    note.textContent = 'sending';
    try {
      await api.upload(at, file, (share) => {
        bar.value = share;
        if (share === 1) note.textContent = 'being stored';
      });
      bar.value = 1;
      note.textContent = 'stored, being read';
      item.classList.add('done');
      setTimeout(() => item.remove(), 6000);
      changed();
    } catch (error) {
      bar.remove();
      note.textContent = error.message;
      note.className = 'failure';
      toast(`${file.name}: ${error.message}`);
    }
  }

  const input = h('input', { type: 'file', multiple: true, id: 'files',
    accept: '.pdf,.tif,.tiff,.jpg,.jpeg,.png,.zip,.tar',
    onchange: () => {
      add(input.files);
      input.value = '';
    } });
  const zone = h('div.drop', {
    ondragover: (event) => {
      event.preventDefault();
      zone.classList.add('over');
    },
    ondragleave: () => zone.classList.remove('over'),
    ondrop: (event) => {
      event.preventDefault();
      zone.classList.remove('over');
      add(event.dataTransfer.files);
    },
  }, h('label', { for: 'files' }, 'Drop PDF, TIFF, JPEG, PNG or an archive of them here, or '),
  input, list);
  return zone;
}
