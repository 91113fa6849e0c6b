-- How a document in git was read, and which of its labels a later reading did not simply find again.
-- Both derived. pipeline '': read before it was noted; it counts as read by an older one.
ALTER TABLE documents ADD COLUMN pipeline TEXT NOT NULL DEFAULT '';
CREATE TABLE document_anchors (
  document INTEGER NOT NULL REFERENCES documents (number),
  page INTEGER NOT NULL,
  status TEXT NOT NULL,
  annotations INTEGER NOT NULL,
  PRIMARY KEY (document, page, status)
) STRICT, WITHOUT ROWID;
CREATE INDEX document_anchors_by_status ON document_anchors (status, document);
