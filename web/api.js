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

// A session is a cookie, and changes must repeat the token that came with it. A pasted API token is
// kept in this page's memory only and goes with every request instead.
let csrf_token = '';
let bearer = '';

const credentials = () => (bearer ? { Authorization: `Bearer ${bearer}` }
  : { 'X-CSRF-Token': csrf_token });

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

async function send(path, options = {}) {
  const headers = { Accept: 'application/json', ...credentials(), ...options.headers };
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options, headers });
  } catch {
    throw new ApiError(0, 'offline', 'The server cannot be reached.');
  }
  if (!response.ok) await refuse(response);
  return response;
}

async function call(path, options = {}) {
  const text = await (await send(path, options)).text();
  return text ? JSON.parse(text) : null;
}

function query(values) {
  const list = Object.entries(values).filter(([, value]) => value !== '' && value != null);
  return list.length ? '?' + new URLSearchParams(list) : '';
}

const as_json = (body) => ({
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
});

// -- who one is ----------------------------------------------------------------------------------

export async function me() {
  const user = await call(`${base}/me`);
  csrf_token = user.csrf_token ?? '';
  return user;
}

export const sign_in = (name, password) => call(`${base}/session`, as_json({ name, password }));
// The link that a new server prints once: sets the owner's password.
export const redeem_link = (link, password) =>
  call(`${base}/session/link`, as_json({ link, password }));

export async function sign_in_with_token(token) {
  bearer = token;
  try {
    await me();
  } catch (error) {
    bearer = '';
    throw error;
  }
}

export async function sign_out() {
  if (!bearer) await call(`${base}/session`, { method: 'DELETE' });
  bearer = '';
}

// -- projects and documents ----------------------------------------------------------------------

// [{org, project, name}]
export async function projects() {
  const { items } = await call(`${base}/projects`);
  return items.map((p) => ({ org: p.organisation, project: p.slug, name: p.name }));
}

// {name, clone_url, documents: {state: count}}
export const project = (p) => call(project_path(p));
export const schema = (p) => call(`${project_path(p)}/schema`);
export const releases = async (p) => (await call(`${project_path(p)}/releases`)).items;

// filter: {q, state, label, cursor, limit} -> {items, next_cursor}
export const documents = (p, filter) => call(`${project_path(p)}/documents${query(filter)}`);
export const document_of = (p, id) => call(document_path(p, id));
// {items: [{commit, author, at, message, changes}], next_cursor}
export const history = (p, id, cursor) =>
  call(`${document_path(p, id)}/history${query({ cursor })}`);
export const blame = (p, id, annotation) =>
  call(`${document_path(p, id)}/annotations/${part(annotation)}/blame`);

export const words = async (p, id, page) => (await call(`${page_path(p, id, page)}/words`)).words;
export const annotations = async (p, id, page) =>
  (await call(`${page_path(p, id, page)}/annotations`)).annotations;

// An address that an <img> can load.
export async function image(p, id, page) {
  const path = `${page_path(p, id, page)}/image`;
  if (!bearer) return path;
  return URL.createObjectURL(await (await send(path)).blob());
}

// -- releases ------------------------------------------------------------------------------------

export const export_url = (p, r, format) =>
  `${project_path(p)}/releases/${part(r.name)}/${part(r.version)}/exports/${format}`;

// With a session the browser follows the link itself and streams to disk; a token needs help.
export const links_need_help = () => bearer !== '';

export async function download(url, file_name) {
  const address = URL.createObjectURL(await (await send(url)).blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = file_name;
  link.click();
  URL.revokeObjectURL(address);
}

// -- changes -------------------------------------------------------------------------------------

// Sends one file; progress(share sent). XMLHttpRequest, as fetch does not tell how much has gone.
export function upload(p, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${project_path(p)}/documents`);
    request.setRequestHeader('Accept', 'application/json');
    Object.entries(credentials()).forEach((header) => request.setRequestHeader(...header));
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
      const refused = reply.items?.find((item) => item.state === 'refused')?.failure;
      if (request.status < 300 && !refused) resolve(reply);
      else if (refused) reject(new ApiError(422, refused.code, refused.reason));
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
  if (bearer) return poll(p, on_event);
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

// An event stream cannot carry a token.
function poll(p, on_event) {
  const timer = setInterval(() => on_event({ type: '', subject: `${p.org}/${p.project}` }), 10_000);
  return () => clearInterval(timer);
}
