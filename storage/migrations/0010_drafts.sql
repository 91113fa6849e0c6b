-- What somebody has done to a document in a browser and what is not a version of it yet. `content` is
-- the browser's own JSON; `session` names one tab's work.
CREATE TABLE drafts (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id),
  session TEXT NOT NULL,
  content TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, document_id, user_id, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_by_time ON drafts (changed_at);
CREATE INDEX drafts_by_user ON drafts (user_id);
