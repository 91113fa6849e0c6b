-- What is known of stored bytes, and which project may see them.

CREATE TABLE blobs (
  id INTEGER PRIMARY KEY,
  organisation_id INTEGER NOT NULL REFERENCES organisations (id),
  md5 BLOB NOT NULL,
  directory INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  media_type TEXT NOT NULL,
  UNIQUE (organisation_id, md5, directory)
) STRICT;
CREATE INDEX blobs_by_sha256 ON blobs (organisation_id, sha256);

CREATE TABLE project_blobs (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  blob_id INTEGER NOT NULL REFERENCES blobs (id),
  PRIMARY KEY (project_id, blob_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_blobs_by_blob ON project_blobs (blob_id);

-- The children of a directory object, in the order of its entries.
CREATE TABLE blob_children (
  directory_id INTEGER NOT NULL REFERENCES blobs (id),
  position INTEGER NOT NULL,
  child_id INTEGER NOT NULL REFERENCES blobs (id),
  PRIMARY KEY (directory_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_children_by_child ON blob_children (child_id);

-- Resumable uploads in progress; length is null until it is told.
CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  owner_id INTEGER NOT NULL REFERENCES users (id),
  project_id INTEGER NOT NULL REFERENCES projects (id),
  length INTEGER,
  received INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
CREATE INDEX uploads_by_owner ON uploads (owner_id);
