-- Up to which stroke of a session (a tab's work on a document) a page has been saved, and what that
-- save made: so that one that is sent again is known again. `version` is git's name of the page's
-- annotations then.
CREATE TABLE saved_strokes (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id),
  session TEXT NOT NULL,
  page INTEGER NOT NULL,
  stroke TEXT NOT NULL,
  version TEXT NOT NULL,
  git_commit TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, document_id, user_id, session, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX saved_strokes_by_time ON saved_strokes (saved_at);
CREATE INDEX saved_strokes_by_user ON saved_strokes (user_id);
