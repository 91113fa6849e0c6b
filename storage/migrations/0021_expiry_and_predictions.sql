-- When a release goes by itself, as its tag says; 0: never. Derived, as the rest.
ALTER TABLE releases ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;

-- What models found in documents that are still being read: files of predictions, and for which
-- documents each waits. Original to the database; gone once these are proposals in git.
CREATE TABLE prediction_files (
  number INTEGER PRIMARY KEY,
  project_id INTEGER NOT NULL REFERENCES projects (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  format TEXT NOT NULL,
  model TEXT NOT NULL,
  version TEXT NOT NULL,
  digest BLOB NOT NULL,
  content BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  UNIQUE (project_id, user_id, format, model, version, digest)
) STRICT;
CREATE TABLE waiting_predictions (
  file INTEGER NOT NULL REFERENCES prediction_files (number),
  document TEXT NOT NULL,
  PRIMARY KEY (document, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_predictions_by_file ON waiting_predictions (file);
