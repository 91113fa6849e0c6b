-- Changes that wait for somebody's yes. What is proposed is in git, at refs/proposals/<number>; a row
-- without that ref is a push that never arrived.
CREATE TABLE proposals (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  author_id INTEGER NOT NULL REFERENCES users (id),
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  decided_by INTEGER REFERENCES users (id),
  opened_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (project_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposals_by_author ON proposals (project_id, author_id, state);
