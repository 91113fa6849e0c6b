-- What a directory object names, in runs that directories share: of a hundred thousand files with a
-- hundred changed, the next directory keeps all runs but some two hundred.

CREATE TABLE blob_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given again, also not to another of a backup
  organisation_id INTEGER NOT NULL REFERENCES organisations (id),
  digest BLOB,  -- SHA-256 of the children's names; null: older than runs, so nobody shares it
  UNIQUE (organisation_id, digest)
) STRICT;

CREATE TABLE run_children (
  run_id INTEGER NOT NULL REFERENCES blob_runs (id),
  position INTEGER NOT NULL,
  child_id INTEGER NOT NULL REFERENCES blobs (id),
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_children_by_child ON run_children (child_id);

CREATE TABLE directory_runs (
  directory_id INTEGER NOT NULL REFERENCES blobs (id),
  position INTEGER NOT NULL,
  run_id INTEGER NOT NULL REFERENCES blob_runs (id),
  PRIMARY KEY (directory_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX directory_runs_by_run ON directory_runs (run_id);

INSERT INTO blob_runs (id, organisation_id)
  SELECT id, organisation_id FROM blobs WHERE id IN (SELECT directory_id FROM blob_children);
INSERT INTO run_children SELECT directory_id, position, child_id FROM blob_children;
INSERT INTO directory_runs SELECT DISTINCT directory_id, 0, directory_id FROM blob_children;
DROP TABLE blob_children;

CREATE VIEW blob_children (directory_id, run, position, child_id) AS
  SELECT d.directory_id, d.position, c.position, c.child_id
  FROM directory_runs d JOIN run_children c ON c.run_id = d.run_id;
