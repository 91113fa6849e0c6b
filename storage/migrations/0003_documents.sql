-- The index of documents. Rows with a git_commit, and page_texts, document_labels and document_keys
-- of such rows, are derived from git; the other rows and document_uploads are original.

CREATE TABLE documents (
  number INTEGER PRIMARY KEY,
  project_id INTEGER NOT NULL REFERENCES projects (id),
  id TEXT NOT NULL,
  state TEXT NOT NULL,
  failure_code TEXT NOT NULL DEFAULT '',
  failure_reason TEXT NOT NULL DEFAULT '',
  file_name TEXT NOT NULL DEFAULT '',
  md5 BLOB NOT NULL,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  uploader_id INTEGER REFERENCES users (id),
  received_at INTEGER NOT NULL,
  page_count INTEGER NOT NULL DEFAULT 0,
  pages_done INTEGER NOT NULL DEFAULT 0,
  review_state TEXT NOT NULL DEFAULT '',
  git_commit TEXT NOT NULL DEFAULT '',
  sources TEXT NOT NULL DEFAULT '[]',
  changed_at INTEGER NOT NULL,
  UNIQUE (project_id, id)
) STRICT;
CREATE INDEX documents_by_time ON documents (project_id, received_at, id);
CREATE INDEX documents_by_state ON documents (project_id, state, received_at, id);
CREATE INDEX documents_by_review ON documents (project_id, review_state, received_at, id);

CREATE TABLE document_uploads (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  uploader_id INTEGER REFERENCES users (id),
  source TEXT NOT NULL
) STRICT;
CREATE INDEX document_uploads_by_document ON document_uploads (project_id, document_id);
CREATE INDEX document_uploads_by_uploader ON document_uploads (uploader_id, project_id, document_id);

-- page 0: labels of the document as a whole.
CREATE TABLE document_labels (
  document INTEGER NOT NULL REFERENCES documents (number),
  page INTEGER NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (document, page, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_labels_by_label ON document_labels (label, document);

CREATE TABLE document_keys (
  document INTEGER NOT NULL REFERENCES documents (number),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (document, key, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_keys_by_value ON document_keys (key, value, document);

-- Folded page text. `scope` is "p" and the project's key, indexed, so that a search never walks the
-- matches of other projects alone.
CREATE TABLE pages (
  number INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (number),
  page INTEGER NOT NULL,
  UNIQUE (document, page)
) STRICT;
CREATE VIRTUAL TABLE page_texts USING fts5 (
  scope, text, tokenize = "unicode61 remove_diacritics 2"
);
