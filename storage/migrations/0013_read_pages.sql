-- Pages that are read while their document is not in git yet: what people see meanwhile, and where
-- reading goes on after a crash. `pipeline` says how they were read; `entry` is the page as in
-- document.json, `words` its words file. Gone once the document is in git, or has failed.
CREATE TABLE read_pages (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  page INTEGER NOT NULL,
  pipeline TEXT NOT NULL,
  entry TEXT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (project_id, document_id, page)
) STRICT, WITHOUT ROWID;

-- What pages gave that were read before, by a digest of all that decides it. May be lost at any time.
CREATE TABLE page_cache (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  digest BLOB NOT NULL,
  entry TEXT NOT NULL,
  words TEXT NOT NULL,
  used_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX page_cache_by_use ON page_cache (used_at);
