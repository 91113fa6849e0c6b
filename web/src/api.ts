// Every call to the server, and the only file that knows its URLs.
//
// A refusal becomes an ApiError with the server's stable code and its sentence for people. Ids in
// URLs are escaped here and nowhere else.
import type { Annotation, Box, Change } from './editor/annotation';
import type { Attempt } from './editor/journal';
import type { Word } from './editor/words';

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string,
    readonly body: Record<string, unknown> = {}, readonly etag = '') {
    super(message);
  }

  // The network or the server is away: the same request may do later.
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface ProjectAt { org: string; project: string }
// A project, or the organisation itself.
export interface Place { org: string; project?: string }
export interface DocumentAt extends ProjectAt { id: string }

export interface User {
  id: number; name: string; addresses: string[]; csrf_token?: string;
  projects: { project: string; roles: string[] }[];
  organisations: { organisation: string; name: string; roles: string[] }[];
  owns_server?: boolean;
}
export interface Project {
  organisation: string; slug: string; name: string; clone_url: string;
  progress?: { documents: number; accepted: number };
  documents?: Record<string, number>; roles?: string[]; policy?: Policy; settings?: Settings;
}
export type PushBehind = 'merge' | 'rebase' | 'refuse';
export type QueueOrder = 'oldest' | 'newest' | 'unsure';
export interface Policy {
  annotators_may_clone: boolean; import_foreign_authors: boolean; self_review: boolean;
  proposals_only: boolean; push_behind: PushBehind;
  readings: number; // how many people label each document, blind to each other: 1 or 2
}
export interface Settings { languages: string[]; queue_order: QueueOrder; git_lfs: boolean }
export interface AttributeSpec {
  name: string; title?: string; kind: 'enum' | 'string' | 'number' | 'boolean' | 'date';
  values?: string[]; required?: boolean;
}
export interface SchemaEntry {
  name: string; title?: string; colour?: string; hotkey?: string; types?: string[];
  attributes?: AttributeSpec[]; from?: string[]; to?: string[]; columns?: string[];
}
export interface Schema {
  labels?: SchemaEntry[]; relations?: SchemaEntry[]; tables?: SchemaEntry[]; classes?: SchemaEntry[];
  [extra: `x-${string}`]: unknown;
}
export interface Source {
  file_name?: string; customer?: string; claim?: string; external_id?: string; received_at?: string;
}
export interface Document {
  id: string; state: string; pages: number; pages_done: number; file_name?: string;
  review: string; received_at: string; labels?: string[]; sources?: Source[];
  failure?: { code: string; reason: string };
  confidence?: number; label_confidence?: number; assignee?: string; sampled?: boolean;
  readings?: number; // how many people label it, blind to each other; nothing: one
  blind?: boolean;   // that is what I do
  page_list?: { width: number; height: number; failure?: string; marks?: SeenMark[] }[];
}
// What the server has seen on a page besides words (docs/formats/document.md).
export interface SeenMark {
  kind: 'tick_box' | 'handwriting' | 'signature' | 'stamp';
  state?: 'empty' | 'crossed' | 'ticked' | 'filled' | 'circled' | 'present' | 'absent';
  box: Box; confidence: number;
}
export interface Page<Item> { items: Item[]; next_cursor: string | null }
export interface Versioned { annotations: Annotation[]; etag: string }
export interface Conflict { id: string; field: string; base: unknown; ours: unknown; theirs: unknown }
export interface Review { state: string; submitted_by?: string; reviewer?: string; reason?: string }
export interface HistoryChange {
  page: number; kind: 'added' | 'removed' | 'changed'; id: string; label: string; fields: string[];
  before?: Annotation; after?: Annotation;
}
export interface Revision {
  commit: string; author: string; at: string; message: string; pusher?: string;
  changes: HistoryChange[]; review?: string; unreadable?: string[];
}
export interface ServerEvent { type: string; subject: string }

const base = '/api/v1';
const part = encodeURIComponent;

export const project_path = (p: ProjectAt): string =>
  `${base}/projects/${part(p.org)}/${part(p.project)}`;
const document_path = (d: DocumentAt): string => `${project_path(d)}/documents/${part(d.id)}`;
const page_path = (d: DocumentAt, page: number): string => `${document_path(d)}/pages/${page}`;

// A session is a cookie, and changes must repeat the token that came with it. A pasted API token is
// kept in this page's memory only and goes with every request instead.
let csrf_token = '';
let bearer = '';

const credentials = (): Record<string, string> => (bearer ? { Authorization: `Bearer ${bearer}` }
  : { 'X-CSRF-Token': csrf_token });

async function refusal(response: Response): Promise<ApiError> {
  let problem: Record<string, unknown> = {};
  try {
    problem = await response.json();
  } catch {
    // not every refusal has a body: a proxy may have spoken
  }
  return new ApiError(response.status, String(problem.code ?? ''),
    String(problem.detail || problem.title || response.statusText || response.status), problem,
    tag_of(response));
}

async function send(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = { Accept: 'application/json', ...credentials(), ...options.headers };
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options, headers });
  } catch {
    throw new ApiError(0, 'offline', '');
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function call<Reply>(path: string, options: RequestInit = {}): Promise<Reply> {
  const text = await (await send(path, options)).text();
  return (text ? JSON.parse(text) : null) as Reply;
}

const tag_of = (response: Response): string =>
  (response.headers.get('ETag') ?? '').replace(/^W\//, '').replaceAll('"', '');

function query(values: Record<string, string | number | null | undefined>): string {
  const list = Object.entries(values).filter(([, value]) => value !== '' && value != null);
  return list.length ? `?${new URLSearchParams(list as [string, string][])}` : '';
}

const as_json = (body: unknown, method = 'POST', headers: Record<string, string> = {}) => ({
  method, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body),
});

// -- who one is ----------------------------------------------------------------------------------

export async function me(): Promise<User> {
  const user = await call<User>(`${base}/me`);
  csrf_token = user.csrf_token ?? '';
  return user;
}

export const sign_in = (name: string, password: string): Promise<unknown> =>
  call(`${base}/session`, as_json({ name, password }));
// The link that a new server prints once: sets the owner's password.
export const redeem_link = (link: string, password: string): Promise<unknown> =>
  call(`${base}/session/link`, as_json({ link, password }));

export async function sign_in_with_token(token: string): Promise<void> {
  bearer = token;
  try {
    await me();
  } catch (error) {
    bearer = '';
    throw error;
  }
}

export async function sign_out(): Promise<void> {
  if (!bearer) await call(`${base}/session`, { method: 'DELETE' });
  bearer = '';
}

export interface Token {
  id: number; name: string; prefix: string; scopes?: string[]; created_at: string; expires_at?: string;
}
export const tokens = async (): Promise<Token[]> => (await call<Page<Token>>(`${base}/tokens`)).items;
export const create_token = async (name: string, scopes?: string[], expires_at?: string): Promise<string> =>
  (await call<{ token: string }>(`${base}/tokens`, as_json({ name, scopes, expires_at }))).token;
export const revoke_token = (id: number): Promise<unknown> =>
  call(`${base}/tokens/${id}`, { method: 'DELETE' });

const place_path = ({ org, project }: Place): string =>
  (project ? project_path({ org, project }) : `${base}/organisations/${part(org)}`);

export interface Member { name: string; address: string; role: string; through_organisation: boolean }
export const members = async (p: Place): Promise<Member[]> =>
  (await call<Page<Member>>(`${place_path(p)}/members`)).items;
export const set_member = (p: Place, address: string, role: string): Promise<unknown> =>
  call(`${place_path(p)}/members/${part(address)}`, as_json({ role }, 'PUT'));
export const remove_member = (p: Place, address: string): Promise<unknown> =>
  call(`${place_path(p)}/members/${part(address)}`, { method: 'DELETE' });
// Answers the secret of a link that works once.
export const invite = async (p: Place, who: { name: string; address: string; role: string }): Promise<string> =>
  (await call<{ link: string }>(`${place_path(p)}/invitations`, as_json(who))).link;

export interface Invitation { id: string; name: string; address: string; role: string; made_by: string; expires_at: string }
export const invitations = async (p: Place): Promise<Invitation[]> =>
  (await call<Page<Invitation>>(`${place_path(p)}/invitations`)).items;
export const withdraw_invitation = (p: Place, id: string): Promise<unknown> =>
  call(`${place_path(p)}/invitations/${part(id)}`, { method: 'DELETE' });

// -- projects and documents ----------------------------------------------------------------------

export const projects = async (): Promise<Project[]> =>
  (await call<Page<Project>>(`${base}/projects`)).items;
export const create_project = (org: string, slug: string, name: string): Promise<Project> =>
  call(`${base}/projects/${part(org)}`, as_json(name ? { slug, name } : { slug }));
export const create_organisation = (slug: string, name: string): Promise<unknown> =>
  call(`${base}/organisations`, as_json(name ? { slug, name } : { slug }));
export const project = (p: ProjectAt): Promise<Project> => call(project_path(p));
export const schema = (p: ProjectAt): Promise<Schema> => call(`${project_path(p)}/schema`);

export interface Counts { [name: string]: number }
export interface Overview {
  documents: { states: Counts; reviews: Counts; failures: Counts };
  pages: { qualities: Counts; confidence: number[]; without_words: number };
  labels: { type: string; label: string; annotations: number; proposed: number }[];
  days: { day: string; deeds: Counts }[];
  people: { name: string; deeds: Counts }[];
}
export const overview = (p: ProjectAt, days: number): Promise<Overview> =>
  call(`${project_path(p)}/overview${query({ days })}`);

export const set_policy = (p: ProjectAt, policy: Partial<Policy>): Promise<Policy> =>
  call(`${project_path(p)}/policy`, as_json(policy, 'PATCH'));
export const set_settings = (p: ProjectAt, settings: Partial<Settings>): Promise<Settings> =>
  call(`${project_path(p)}/settings`, as_json(settings, 'PATCH'));
export const languages = async (): Promise<string[]> =>
  (await call<{ items: string[] }>(`${base}/languages`)).items;

// -- the schema and the guidelines ---------------------------------------------------------------

export interface VersionedSchema { schema: Schema; etag: string }
export async function schema_version(p: ProjectAt): Promise<VersionedSchema> {
  const response = await send(`${project_path(p)}/schema`);
  return { schema: await response.json() as Schema, etag: tag_of(response) };
}

export interface Rename { list: string; from: string; to: string }
export interface Finding {
  problem: 'label' | 'type' | 'attribute' | 'kind' | 'value' | 'required' | 'column' | 'end';
  type: string; label: string; attribute?: string; value?: string; annotations: number; certain: boolean;
}
export interface SchemaChange { schema: Schema; renames: Rename[]; accept_findings?: boolean }
export interface SchemaEffect { schema: Schema; findings: Finding[]; renamed_documents: number }

const with_base = (etag: string) => ({ 'If-Match': `"${etag}"` });

// Nothing is changed: what would become of the annotations that there are.
export const preview_schema = (p: ProjectAt, etag: string, change: SchemaChange): Promise<SchemaEffect> =>
  call(`${project_path(p)}/schema/preview`, as_json(change, 'POST', with_base(etag)));
// ApiError 412: somebody else was faster. 409: `findings` in its body, which nobody has accepted.
export async function change_schema(p: ProjectAt, etag: string, change: SchemaChange): Promise<VersionedSchema> {
  const response = await send(`${project_path(p)}/schema`, as_json(change, 'PUT', with_base(etag)));
  return { schema: (await response.json() as SchemaEffect).schema, etag: tag_of(response) };
}

export interface Guideline { name: string; text: string; etag: string }
const guideline_path = (p: ProjectAt, name: string) =>
  `${project_path(p)}/guidelines/${name.split('/').map(part).join('/')}`;
export const guidelines = async (p: ProjectAt): Promise<string[]> =>
  (await call<Page<{ name: string }>>(`${project_path(p)}/guidelines`)).items.map((item) => item.name);
async function guideline_from(response: Response): Promise<Guideline> {
  return { ...await response.json() as { name: string; text: string }, etag: tag_of(response) };
}
export const guideline = async (p: ProjectAt, name: string): Promise<Guideline> =>
  guideline_from(await send(guideline_path(p, name)));
// `etag` of the version that was edited; empty for a new one.
export const write_guideline = async (p: ProjectAt, { name, text, etag }: Guideline): Promise<Guideline> =>
  guideline_from(await send(guideline_path(p, name),
    as_json({ text }, 'PUT', etag ? with_base(etag) : { 'If-None-Match': '*' })));
export const remove_guideline = (p: ProjectAt, { name, etag }: Guideline): Promise<unknown> =>
  call(guideline_path(p, name), { method: 'DELETE', headers: with_base(etag) });

// -- documents ------------------------------------------------------------------------------------

export type DocumentFilter = Partial<Record<'q' | 'state' | 'review' | 'label' | 'key' | 'assignee' | 'failure'
  | 'received_from' | 'received_until' | 'confidence' | 'label_confidence' | 'sampled' | 'anchor' | 'read_otherwise'
  | 'sort' | 'cursor',
  string>> & { limit?: number };
export const documents = (p: ProjectAt, filter: DocumentFilter): Promise<Page<Document>> =>
  call(`${project_path(p)}/documents${query(filter)}`);
export const document_of = (d: DocumentAt): Promise<Document> => call(document_path(d));
export const retry = (d: DocumentAt, password: string): Promise<unknown> =>
  call(`${document_path(d)}/retry`, as_json(password ? { password } : {}));

// Many at once, at most 500: what became of each.
export interface BulkOutcome {
  done: number; items: { id: string; done: boolean; problem?: { code: string; detail: string } }[];
}
const bulk = (p: ProjectAt, what: string, documents: readonly string[], more: object): Promise<BulkOutcome> =>
  call(`${project_path(p)}/${what}`, as_json({ documents, ...more }));
// To nobody without an address.
export const assign = (p: ProjectAt, documents: readonly string[], address: string): Promise<BulkOutcome> =>
  bulk(p, 'assignments', documents, address ? { address } : {});
export const move_reviews = (p: ProjectAt, documents: readonly string[], state: string,
  reason = ''): Promise<BulkOutcome> => bulk(p, 'reviews', documents, reason ? { state, reason } : { state });
export const retry_all = (p: ProjectAt, documents: readonly string[]): Promise<BulkOutcome> =>
  bulk(p, 'retries', documents, {});

export const history = (d: DocumentAt, cursor?: string): Promise<Page<Revision>> =>
  call(`${document_path(d)}/history${query({ cursor })}`);
export const blame = (d: DocumentAt, annotation: string): Promise<Revision> =>
  call(`${document_path(d)}/annotations/${part(annotation)}/blame`);

export const words = async (d: DocumentAt, page: number): Promise<Word[]> =>
  (await call<{ words: Word[] }>(`${page_path(d, page)}/words`)).words;

// An address that an <img> can load: a small one, of documents that have been read.
export const small_image = (d: DocumentAt, width: number, page = 1): Promise<string> =>
  picture(`${page_path(d, page)}/thumbnail${query({ width })}`);
export async function image(d: DocumentAt, page: number): Promise<string> {
  return picture(`${page_path(d, page)}/image`);
}

async function picture(path: string): Promise<string> {
  if (!bearer) return path;
  return URL.createObjectURL(await (await send(path)).blob());
}

// -- annotations and review ----------------------------------------------------------------------

async function versioned(path: string, options: RequestInit = {}): Promise<Versioned> {
  const response = await send(path, options);
  const { annotations } = await response.json() as { annotations: Annotation[] };
  return { annotations, etag: tag_of(response) };
}

// Page 0: what is said of the document as a whole.
export const annotations = (d: DocumentAt, page: number): Promise<Versioned> =>
  versioned(`${page_path(d, page)}/annotations`);

// As they were at a revision of the document's history.
export const annotations_at = async (d: DocumentAt, page: number, commit: string): Promise<Annotation[]> =>
  (await versioned(`${page_path(d, page)}/annotations${query({ at: commit })}`)).annotations;

// `etag` names the version that was edited. ApiError 412 has `conflicts` and `current` in its body.
// The same attempt of the same session twice is one save, and has one answer.
export const save_annotations = (d: DocumentAt, page: number, etag: string, attempt: Attempt,
  session: string, closing = false): Promise<Versioned> => versioned(
  `${page_path(d, page)}/annotations${query({ session, stroke: attempt.through })}`,
  { ...as_json({ annotations: attempt.annotations }, 'PUT', with_base(etag)), keepalive: closing });

export const review = (d: DocumentAt): Promise<Review> => call(`${document_path(d)}/review`);
export const move_review = (d: DocumentAt, state: string, reason = ''): Promise<Review> =>
  call(`${document_path(d)}/review`, as_json(reason ? { state, reason } : { state }, 'PUT'));

export interface Returned { document: Document; reviewer: string; reason: string; rejected: number }
export const inbox = async (p: ProjectAt): Promise<Returned[]> =>
  (await call<{ items: Returned[] }>(`${project_path(p)}/inbox`)).items;

export interface Comment {
  id: string; annotation?: string; page?: number; author: string; at: string; text: string;
  reply_to?: string; resolved?: boolean;
}
export type CommentSubject = Pick<Comment, 'annotation' | 'page' | 'reply_to'>;
const comments_path = (d: DocumentAt) => `${document_path(d)}/comments`;

export const comments = async (d: DocumentAt): Promise<Comment[]> =>
  (await call<{ items: Comment[] }>(comments_path(d))).items;
export const add_comment = (d: DocumentAt, text: string, about: CommentSubject): Promise<Comment> =>
  call(comments_path(d), as_json({ text, ...about }));
export const settle_comment = (d: DocumentAt, id: string, resolved: boolean): Promise<Comment> =>
  call(`${comments_path(d)}/${part(id)}`, as_json({ resolved }, 'PATCH'));
export const remove_comment = (d: DocumentAt, id: string): Promise<unknown> =>
  call(`${comments_path(d)}/${part(id)}`, { method: 'DELETE' });

// -- blind readings ------------------------------------------------------------------------------

export interface ReadingPair { page: number; agreed: boolean; first: Annotation | null; second: Annotation | null }
export interface Agreement {
  agreed: number; differ: number; only_first: number; only_second: number; f1: number; kappa: number;
}
export interface Readings {
  wanted: number; closed: boolean; items: { slot: number; reader: string; state: string }[];
  agreement: Agreement | null; pairs: ReadingPair[];
}
export const readings = (d: DocumentAt): Promise<Readings> => call(`${document_path(d)}/readings`);
export const adjudicate = (d: DocumentAt): Promise<unknown> =>
  call(`${document_path(d)}/adjudication`, { method: 'POST' });

// -- work in progress ----------------------------------------------------------------------------

export interface DraftPage { etag: string; changes: Change[]; through?: string }
export interface Draft {
  session: string; changed_at: string; content: { pages: Record<string, DraftPage> };
  saved: Record<string, string>; // of each page: the last stroke that a version has
}

const draft_path = (d: DocumentAt, session: string) => `${document_path(d)}/drafts/${part(session)}`;

export const drafts = async (d: DocumentAt): Promise<Draft[]> =>
  (await call<{ items: Draft[] }>(`${document_path(d)}/drafts`)).items;
export const put_draft = (d: DocumentAt, session: string, content: Draft['content'],
  closing = false): Promise<unknown> =>
  call(draft_path(d, session), { ...as_json({ content }, 'PUT'), keepalive: closing });
export const drop_draft = (d: DocumentAt, session: string): Promise<unknown> =>
  call(draft_path(d, session), { method: 'DELETE' });

// -- the queue, and who else is here ---------------------------------------------------------------

export interface Next { document: Document | null; waiting: number }
export type Work = 'label' | 'review';

export const take_next = (p: ProjectAt, work: Work, after = ''): Promise<Next> =>
  call(`${project_path(p)}/queue/next${query({ work, after })}`, { method: 'POST' });
export const skip = (d: DocumentAt, reason: string): Promise<unknown> =>
  call(`${document_path(d)}/skip`, as_json({ reason }));

export interface Reader { name: string; page: number }
export const note_presence = async (d: DocumentAt, page: number): Promise<Reader[]> =>
  (await call<{ items: Reader[] }>(`${document_path(d)}/presence${query({ page })}`, { method: 'PUT' })).items;
export const end_presence = (d: DocumentAt): Promise<unknown> =>
  call(`${document_path(d)}/presence`, { method: 'DELETE', keepalive: true });

// -- splits --------------------------------------------------------------------------------------

export interface SplitRule {
  rule: { group_by?: string[]; stratify_by?: string };
  salt?: string; seed?: number; ratios: Counts; locks?: string[];
}
export interface Leakage {
  documents: number; leaking: number; by_group: number; by_source: number; by_page_image: number;
  by_near_page: number; by_near_look: number;
}
export interface SplitOutcome {
  counts: Counts; labels: Record<string, Counts>; leakage: Leakage; torn?: number;
}
export interface Split extends SplitOutcome { rule: SplitRule }
export interface LeakagePair {
  kind: 'group' | 'source' | 'page_image' | 'near_page' | 'near_look'; a: string; b: string;
  part_a: string; part_b: string; page_a?: number; page_b?: number; likeness?: number;
}
export interface LeakageReport extends Leakage { pair_count: number; pairs: LeakagePair[] }

const split_path = (p: ProjectAt, name: string) => `${project_path(p)}/splits/${part(name)}`;
export const splits = async (p: ProjectAt): Promise<{ name: string; rule: SplitRule }[]> =>
  (await call<Page<{ name: string; rule: SplitRule }>>(`${project_path(p)}/splits`)).items;
export const split = (p: ProjectAt, name: string): Promise<Split> =>
  call(`${split_path(p, name)}${query({ members: 'no' })}`);
export const preview_split = (p: ProjectAt, name: string, rule: SplitRule): Promise<SplitOutcome> =>
  call(`${split_path(p, name)}/preview`, as_json(rule));
// Without a rule: places the documents that came since.
export const make_split = (p: ProjectAt, name: string, rule?: SplitRule): Promise<SplitOutcome> =>
  call(split_path(p, name), as_json(rule ?? {}, 'PUT'));
export const split_leakage = (p: ProjectAt, name: string): Promise<LeakageReport> =>
  call(`${split_path(p, name)}/leakage`);

// -- releases ------------------------------------------------------------------------------------

export interface Release {
  name: string; version: string; documents: number; created_at: string; dvc: string;
  manifest_sha256: string; withdrawn?: { reason: string; at: string };
}
export interface Totals { documents: number; pages: number; bytes: number; labels: Counts; parts: Counts }
export interface ReleaseAbout extends Release {
  totals: Totals; licence: string; description: string; split?: string;
}
export interface ReleaseChange {
  bump: string; added: number; removed: number; changed: number; moved: number; unchanged: number; labels?: Counts;
}
export interface NewRelease {
  name: string; split?: string; licence?: string; description?: string; states?: string[]; labels?: string[];
  keys?: string[]; received_from?: string; received_before?: string;
}
export interface ReleasePreview {
  name: string; version: string; since?: string; totals: Totals; change: ReleaseChange; changes: string; unreadable: number;
}
export interface DocumentChange { document: string; change: string; from?: string; to?: string; labels?: Counts }
export interface ReleaseDiff {
  documents: DocumentChange[]; labels: Counts; change: ReleaseChange;
  annotators: Record<string, { commits: number; added: number; changed: number; removed: number }> | null;
}
export interface Verification {
  clean: boolean; documents: number; objects: number; bytes: number;
  findings: { name: string; place: string; what: string }[];
}
export interface ExportFormat { name: string; ending: string; media_type: string; summary: string }
export interface Loss { documents: number; pages: number; annotations: number; lost: Counts }
export interface ReleaseId { name: string; version: string }

const release_path = (p: ProjectAt, r: ReleaseId) =>
  `${project_path(p)}/releases/${part(r.name)}/${part(r.version)}`;
export const releases = async (p: ProjectAt): Promise<Release[]> =>
  (await call<Page<Release>>(`${project_path(p)}/releases`)).items;
export const release = (p: ProjectAt, r: ReleaseId): Promise<ReleaseAbout> => call(release_path(p, r));
export const preview_release = (p: ProjectAt, wanted: NewRelease): Promise<ReleasePreview> =>
  call(`${project_path(p)}/releases/preview`, as_json(wanted));
// Sent twice under one key it is made once.
export const make_release = (p: ProjectAt, wanted: NewRelease, key: string): Promise<Release> =>
  call(`${project_path(p)}/releases`, as_json(wanted, 'POST', { 'Idempotency-Key': key }));
export const release_diff = (p: ProjectAt, r: ReleaseId, since: string): Promise<ReleaseDiff> =>
  call(`${release_path(p, r)}/diff${query({ since })}`);
export const release_leakage = (p: ProjectAt, r: ReleaseId): Promise<LeakageReport> =>
  call(`${release_path(p, r)}/leakage`);
export const verify_release = (p: ProjectAt, r: ReleaseId): Promise<Verification> =>
  call(`${release_path(p, r)}/verify`);
export const withdraw_release = (p: ProjectAt, r: ReleaseId, reason: string): Promise<unknown> =>
  call(release_path(p, r), as_json({ reason }, 'DELETE'));

export const export_formats = async (): Promise<ExportFormat[]> =>
  (await call<{ items: ExportFormat[] }>(`${base}/export-formats`)).items;
export interface ExportChoice { parts: readonly string[]; images: boolean; proposals: boolean; since: string }
export function export_url(p: ProjectAt, r: ReleaseId, format: string, choice: ExportChoice, what = ''): string {
  const values = new URLSearchParams(choice.parts.map((name) => ['part', name]));
  if (!choice.images) values.set('images', 'no');
  if (choice.proposals) values.set('proposals', '1');
  if (choice.since) values.set('since', choice.since);
  return `${release_path(p, r)}/exports/${format}${what}${values.size ? `?${values}` : ''}`;
}
export const export_loss = (p: ProjectAt, r: ReleaseId, format: string, choice: ExportChoice): Promise<Loss> =>
  call(export_url(p, r, format, choice, '/loss'));

// With a session the browser follows the link itself and streams to disk; a token needs help.
export const links_need_help = (): boolean => bearer !== '';

export async function download(url: string, file_name: string): Promise<void> {
  const address = URL.createObjectURL(await (await send(url)).blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = file_name;
  link.click();
  URL.revokeObjectURL(address);
}

// -- upload (tus 1.0) ----------------------------------------------------------------------------

const tus = { 'Tus-Resumable': '1.0.0' };

const as_base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));

// Makes a place for a file on the server and tells its address.
export async function begin_upload(p: ProjectAt, file: File): Promise<string> {
  const response = await send(`${project_path(p)}/uploads`, { method: 'POST', headers: { ...tus,
    'Upload-Length': String(file.size), 'Upload-Metadata': `filename ${as_base64(file.name)}` } });
  return response.headers.get('Location') ?? '';
}

// How much of it the server has for certain.
export async function upload_offset(address: string): Promise<number> {
  const response = await send(address, { method: 'HEAD', headers: tus });
  return Number(response.headers.get('Upload-Offset') ?? 0);
}

// Sends a part; progress(bytes of it that have gone). XMLHttpRequest, as fetch does not tell.
export function send_part(address: string, offset: number, bytes: Blob,
  progress: (sent: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PATCH', address);
    const headers = { ...credentials(), ...tus, 'Upload-Offset': String(offset),
      'Content-Type': 'application/offset+octet-stream' };
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onerror = () => reject(new ApiError(0, 'offline', ''));
    request.onload = () => {
      if (request.status < 300) return resolve();
      return reject(refused_upload(request));
    };
    request.send(bytes);
  });
}

function refused_upload(request: XMLHttpRequest): ApiError {
  let problem: Record<string, string> = {};
  try {
    problem = JSON.parse(request.responseText);
  } catch {
    // the status says enough
  }
  return new ApiError(request.status, problem.code ?? '',
    problem.detail || problem.title || request.statusText, problem);
}

// -- events --------------------------------------------------------------------------------------

export const events_path = `${base}/events`;
// An event stream cannot carry a token.
export const can_stream = (): boolean => bearer === '';
