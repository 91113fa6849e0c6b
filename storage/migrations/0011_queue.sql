-- Who has been given which document to work on, until when nobody else is; and who would rather not.
CREATE TABLE queue_leases (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id),
  until INTEGER NOT NULL,
  PRIMARY KEY (project_id, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_leases_by_user ON queue_leases (user_id);

CREATE TABLE queue_skips (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id),
  reason TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (project_id, document_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX queue_skips_by_user ON queue_skips (user_id);
