-- Who reads which document blind: their labels are in git, at refs/readings/<document>/<slot>. An open
-- reading that was not touched until `until` holds its place no longer.
CREATE TABLE readings (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  slot INTEGER NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id),
  state TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (project_id, document_id, slot),
  UNIQUE (project_id, document_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX readings_by_user ON readings (user_id);
CREATE INDEX readings_by_state ON readings (project_id, state, document_id);
