// What happens on the server, as it happens, to whoever listens in this tab.
//
//   const stop = follow({ org, project }, (event) => ...);
//
// One stream for all tabs of a browser, held by a shared worker: a browser has six connections to a
// server and ten tabs would use them up. Where there is no such worker, and for a pasted token, the
// tab looks again from time to time.
import { can_stream, events_path, type ProjectAt, type ServerEvent } from './api';

const look_every = 10_000;

export function follow(p: ProjectAt, on_event: (event: ServerEvent) => void): () => void {
  const subject = `${p.org}/${p.project}`;
  if (!can_stream() || typeof SharedWorker === 'undefined') {
    const timer = setInterval(() => on_event({ type: '', subject }), look_every);
    return () => clearInterval(timer);
  }
  const worker = new SharedWorker(new URL('./events_worker.ts', import.meta.url),
    { type: 'module', name: 'events' });
  worker.port.postMessage({ listen: events_path });
  worker.port.onmessage = ({ data }: MessageEvent<ServerEvent>) => {
    const ours = data.subject === subject || data.subject.startsWith(`${subject}/`);
    if (ours || data.type === 'reconnected') on_event(data.type === 'reconnected' ? { type: 'pushed', subject } : data);
  };
  const leave = () => worker.port.postMessage({ leave: true });
  addEventListener('pagehide', leave);
  return () => {
    removeEventListener('pagehide', leave);
    leave();
    worker.port.close();
  };
}
