-- What the releases of a project point to: directory objects, manifests, schemas. Whoever may read
-- releases but not documents reads these and the children of these. Derived from the tags.

CREATE TABLE released_blobs (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  blob_id INTEGER NOT NULL REFERENCES blobs (id),
  PRIMARY KEY (project_id, blob_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX released_blobs_by_blob ON released_blobs (blob_id);
