// Every call to the server, and the only file that knows its URLs.
//
// A refusal becomes an ApiError with the server's stable code and its sentence for people. Ids in
// URLs are escaped here and nowhere else.

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const base = '/api/v1';
const part = encodeURIComponent;

export const project_path = (p) => `${base}/projects/${part(p.org)}/${part(p.project)}`;
const document_path = (p, id) => `${project_path(p)}/documents/${part(id)}`;
const page_path = (p, id, page) => `${document_path(p, id)}/pages/${page}`;

// The server leaves a token for scripts beside the session; a change without it is refused.
function csrf_token() {
  const found = document.cookie.match(/(?:^|;\s*)(?:__Host-)?[\w-]*csrf[\w-]*=([^;]+)/i);
  return found ? decodeURIComponent(found[1]) : '';
}

async function refuse(response) {
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // not every refusal has a body: a proxy may have spoken
  }
  const message = problem.detail || problem.title || `The server answered ${response.status}.`;
  throw new ApiError(response.status, problem.code || '', message);
}

async function call(path, options = {}) {
  const headers = { Accept: 'application/json', ...options.headers };
  if (options.method && options.method !== 'GET') headers['X-CSRF-Token'] = csrf_token();
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options, headers });
  } catch {
    throw new ApiError(0, 'offline', 'The server cannot be reached.');
  }
  if (!response.ok) await refuse(response);
  if (response.status === 204) return null;
  const text = await response.text();
  return text ? JSON.parse(text) : null;
}

function query(values) {
  const list = Object.entries(values).filter(([, value]) => value !== '' && value != null);
  return list.length ? '?' + new URLSearchParams(list) : '';
}

const as_json = (body) => ({
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
});
const items = (reply, name) => (Array.isArray(reply) ? reply : reply?.items ?? reply?.[name] ?? []);

export const me = () => call(`${base}/me`);
export const sign_in = (name, password) => call(`${base}/session`, as_json({ name, password }));
export const sign_in_with_token = (token) => call(`${base}/session`, as_json({ token }));
export const sign_out = () => call(`${base}/session`, { method: 'DELETE' });

export const projects = async () => items(await call(`${base}/projects`), 'projects');
export const project = (p) => call(project_path(p));
export const schema = (p) => call(`${project_path(p)}/schema`);
export const releases = async (p) => items(await call(`${project_path(p)}/releases`), 'releases');

export const documents = (p, filter) => call(`${project_path(p)}/documents${query(filter)}`);
export const document_of = (p, id) => call(document_path(p, id));
export const history = async (p, id) => items(await call(`${document_path(p, id)}/history`),
                                              'history');
export const blame = (p, id, annotation) =>
  call(`${document_path(p, id)}/annotations/${part(annotation)}/blame`);

export const image_url = (p, id, page) => `${page_path(p, id, page)}/image`;
export const words = async (p, id, page) => (await call(`${page_path(p, id, page)}/words`)).words;
export const annotations = async (p, id, page) =>
  (await call(`${page_path(p, id, page)}/annotations`)).annotations;

const release_path = (p, r) => `${project_path(p)}/releases/${part(r.name)}/${part(r.version)}`;
export const export_url = (p, release, format) => `${release_path(p, release)}/exports/${format}`;
export const clone_url = (p) => `${location.origin}/${part(p.org)}/${part(p.project)}.git`;
export const dvc_line = (p, release) => release.dvc
  ?? `dvc get --rev datasets/${release.name}/v${release.version} `
    + `${location.origin}/${part(p.org)}/${part(p.project)}.data.git documents`;

// Sends one file; progress(share sent). XMLHttpRequest, as fetch does not tell how much has gone.
export function upload(p, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${project_path(p)}/documents`);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('X-CSRF-Token', csrf_token());
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onerror = () => reject(new ApiError(0, 'offline', 'The connection broke.'));
    request.onload = () => {
      let reply = {};
      try {
        reply = JSON.parse(request.responseText);
      } catch {
        // the status says enough
      }
      if (request.status < 300) resolve(reply);
      else reject(new ApiError(request.status, reply.code || '', reply.detail || reply.title
        || `The server answered ${request.status}.`));
    };
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });
}

const event_types = ['document.uploaded', 'document.ready', 'document.failed', 'annotations.saved',
  'review.moved', 'repository.pushed', 'release.created', 'job.failed'];

// Calls on_event({type, subject}) for what happens in a project from now on; returns a function
// that stops it. A broken stream is taken up again by the browser.
export function follow(p, on_event) {
  const source = new EventSource(`${base}/events`);
  const subject = `${p.org}/${p.project}`;
  const receive = (message) => {
    let event = {};
    try {
      event = JSON.parse(message.data);
    } catch {
      return;
    }
    const about = event.subject ?? '';
    if (about === subject || about.startsWith(`${subject}/`)) on_event(event);
  };
  source.onmessage = receive;
  for (const type of event_types) source.addEventListener(`glossator.${type}`, receive);
  return () => source.close();
}
