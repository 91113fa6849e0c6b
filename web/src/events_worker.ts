// The one event stream of a browser: hands what the server tells to every tab that has asked. Tabs name
// its address. Without tabs it holds no stream.
/// <reference lib="webworker" />
import type { ServerEvent } from './api';

const scope = self as unknown as SharedWorkerGlobalScope;
const types = ['document.uploaded', 'document.ready', 'document.failed', 'document.reread', 'annotations.saved', 'comments.changed', 'review.moved',
  'repository.pushed', 'release.created', 'job.failed', 'schema.changed', 'proposal.accepted'];

const ports = new Set<MessagePort>();
let source: EventSource | null = null;
let broken = false;

function tell(event: ServerEvent): void {
  for (const port of ports) port.postMessage(event);
}

function receive({ data }: MessageEvent<string>): void {
  try {
    const { type, subject } = JSON.parse(data) as ServerEvent;
    tell({ type: type ?? '', subject: subject ?? '' });
  } catch {
    // a line that is no event says nothing
  }
}

function open(address: string): void {
  source = new EventSource(address);
  source.onmessage = receive;
  for (const type of types) source.addEventListener(`glossator.${type}`, receive as EventListener);
  source.onerror = () => {
    broken = true;
  };
  source.onopen = () => {
    // What was missed meanwhile, nobody tells.
    if (broken) tell({ type: 'reconnected', subject: '' });
    broken = false;
  };
}

function leave(port: MessagePort): void {
  ports.delete(port);
  if (ports.size) return;
  source?.close();
  source = null;
}

scope.onconnect = ({ ports: [port] }: MessageEvent) => {
  port.onmessage = ({ data }: MessageEvent<{ listen?: string; leave?: true }>) => {
    if (data.leave) return leave(port);
    ports.add(port);
    if (data.listen && (!source || source.readyState === EventSource.CLOSED)) open(data.listen);
    return undefined;
  };
};
