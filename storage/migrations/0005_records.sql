-- What happened: events, audit, ref updates, releases; and replies kept for repeated requests.

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  project_id INTEGER,
  subject TEXT NOT NULL,
  data TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_project ON events (project_id, sequence);
CREATE INDEX events_by_time ON events (at);

-- entry: the canonical JSON that is hashed; the columns beside it are there to filter by.
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  entry TEXT NOT NULL,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL,
  organisation_id INTEGER,
  user_id INTEGER,
  action TEXT NOT NULL,
  resource TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_user ON audit (user_id, sequence);
CREATE INDEX audit_by_resource ON audit (resource, sequence);
CREATE INDEX audit_by_organisation ON audit (organisation_id, sequence);

CREATE TABLE ref_updates (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id),
  ref TEXT NOT NULL,
  old_commit TEXT NOT NULL,
  new_commit TEXT NOT NULL,
  user_id INTEGER,
  token_id INTEGER,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX ref_updates_by_ref ON ref_updates (project_id, ref, number);
CREATE INDEX ref_updates_by_commit ON ref_updates (project_id, new_commit);

CREATE TABLE releases (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  tag_oid TEXT NOT NULL,
  git_commit TEXT NOT NULL,
  data_commit TEXT NOT NULL,
  manifest_sha256 BLOB NOT NULL,
  manifest_md5 BLOB NOT NULL,
  created_by INTEGER,
  created_at INTEGER NOT NULL,
  document_count INTEGER NOT NULL,
  UNIQUE (project_id, name, version)
) STRICT;

-- status 0: the first request is still at work.
CREATE TABLE idempotency (
  principal_id INTEGER NOT NULL,
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  status INTEGER NOT NULL DEFAULT 0,
  content_type TEXT NOT NULL DEFAULT '',
  body BLOB NOT NULL DEFAULT x'',
  created_at INTEGER NOT NULL,
  PRIMARY KEY (principal_id, route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_time ON idempotency (created_at);
