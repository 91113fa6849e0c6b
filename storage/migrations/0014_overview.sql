-- What a project's page, its lists and a change of its schema ask. The counts are kept by triggers,
-- so that an answer costs the same in a project of ten documents and of a million.

-- Derived: the mean confidence of the words, 0 to 1000; and the least one of the labels that came from
-- a model. 1001: nothing to tell of, so that it sorts behind the rest.
ALTER TABLE documents ADD COLUMN confidence INTEGER NOT NULL DEFAULT 1001;
ALTER TABLE documents ADD COLUMN label_confidence INTEGER NOT NULL DEFAULT 1001;
CREATE INDEX documents_by_name ON documents (project_id, file_name COLLATE NOCASE, id);
CREATE INDEX documents_by_confidence ON documents (project_id, confidence, id);
CREATE INDEX documents_unsure_first ON documents
  (project_id, review_state, label_confidence, confidence, received_at, id);

CREATE TABLE document_counts (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  state TEXT NOT NULL,
  review_state TEXT NOT NULL,
  failure_code TEXT NOT NULL,
  documents INTEGER NOT NULL,
  PRIMARY KEY (project_id, state, review_state, failure_code)
) STRICT, WITHOUT ROWID;
INSERT INTO document_counts
  SELECT project_id, state, review_state, failure_code, count(*) FROM documents GROUP BY 1, 2, 3, 4;
CREATE TRIGGER documents_counted_in AFTER INSERT ON documents BEGIN
  INSERT INTO document_counts VALUES (new.project_id, new.state, new.review_state, new.failure_code, 1)
    ON CONFLICT DO UPDATE SET documents = documents + 1;
END;
CREATE TRIGGER documents_counted_out AFTER DELETE ON documents BEGIN
  UPDATE document_counts SET documents = documents - 1 WHERE project_id = old.project_id
    AND state = old.state AND review_state = old.review_state AND failure_code = old.failure_code;
END;
CREATE TRIGGER documents_counted_anew AFTER UPDATE OF state, review_state, failure_code ON documents
WHEN old.state <> new.state OR old.review_state <> new.review_state
  OR old.failure_code <> new.failure_code BEGIN
  UPDATE document_counts SET documents = documents - 1 WHERE project_id = old.project_id
    AND state = old.state AND review_state = old.review_state AND failure_code = old.failure_code;
  INSERT INTO document_counts VALUES (new.project_id, new.state, new.review_state, new.failure_code, 1)
    ON CONFLICT DO UPDATE SET documents = documents + 1;
END;

-- How sure reading was of a page, and what its scan is like. words 0: nothing was read on it.
ALTER TABLE pages ADD COLUMN words INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN confidence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pages ADD COLUMN quality TEXT NOT NULL DEFAULT '';
ALTER TABLE pages ADD COLUMN label_confidence INTEGER NOT NULL DEFAULT 1001;

-- twentieth: of the confidence, 0 to 19; -1: no words.
CREATE TABLE page_counts (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  quality TEXT NOT NULL,
  twentieth INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  PRIMARY KEY (project_id, quality, twentieth)
) STRICT, WITHOUT ROWID;
INSERT INTO page_counts
  SELECT d.project_id, '', -1, count(*) FROM pages p JOIN documents d ON d.number = p.document GROUP BY 1;
CREATE TRIGGER pages_counted_in AFTER INSERT ON pages BEGIN
  INSERT INTO page_counts SELECT project_id, new.quality,
      iif(new.words = 0, -1, min(new.confidence / 50, 19)), 1 FROM documents WHERE number = new.document
    ON CONFLICT DO UPDATE SET pages = pages + 1;
END;
CREATE TRIGGER pages_counted_out AFTER DELETE ON pages BEGIN
  UPDATE page_counts SET pages = pages - 1
    WHERE project_id = (SELECT project_id FROM documents WHERE number = old.document)
    AND quality = old.quality AND twentieth = iif(old.words = 0, -1, min(old.confidence / 50, 19));
END;
CREATE TRIGGER pages_counted_anew AFTER UPDATE OF words, confidence, quality ON pages BEGIN
  UPDATE page_counts SET pages = pages - 1
    WHERE project_id = (SELECT project_id FROM documents WHERE number = old.document)
    AND quality = old.quality AND twentieth = iif(old.words = 0, -1, min(old.confidence / 50, 19));
  INSERT INTO page_counts SELECT project_id, new.quality,
      iif(new.words = 0, -1, min(new.confidence / 50, 19)), 1 FROM documents WHERE number = new.document
    ON CONFLICT DO UPDATE SET pages = pages + 1;
END;

-- How often the annotations of a page say what: of a type and label, and of each attribute with its
-- value (corpus/label_use.h). label_counts sums it up for the project.
CREATE TABLE label_uses (
  document INTEGER NOT NULL REFERENCES documents (number),
  page INTEGER NOT NULL,
  type TEXT NOT NULL,
  label TEXT NOT NULL,
  proposed INTEGER NOT NULL,
  attribute TEXT NOT NULL,
  shape TEXT NOT NULL,
  value TEXT NOT NULL,
  annotations INTEGER NOT NULL,
  PRIMARY KEY (document, page, type, label, proposed, attribute, shape, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE label_counts (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  type TEXT NOT NULL,
  label TEXT NOT NULL,
  proposed INTEGER NOT NULL,
  attribute TEXT NOT NULL,
  shape TEXT NOT NULL,
  value TEXT NOT NULL,
  annotations INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  PRIMARY KEY (project_id, type, label, proposed, attribute, shape, value)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER label_uses_counted_in AFTER INSERT ON label_uses BEGIN
  INSERT INTO label_counts SELECT project_id, new.type, new.label, new.proposed, new.attribute, new.shape,
      new.value, new.annotations, 1 FROM documents WHERE number = new.document
    ON CONFLICT DO UPDATE SET annotations = annotations + new.annotations, pages = pages + 1;
END;
CREATE TRIGGER label_uses_counted_out AFTER DELETE ON label_uses BEGIN
  UPDATE label_counts SET annotations = annotations - old.annotations, pages = pages - 1
    WHERE project_id = (SELECT project_id FROM documents WHERE number = old.document)
    AND type = old.type AND label = old.label AND proposed = old.proposed
    AND attribute = old.attribute AND shape = old.shape AND value = old.value;
  DELETE FROM label_counts
    WHERE project_id = (SELECT project_id FROM documents WHERE number = old.document)
    AND type = old.type AND label = old.label AND proposed = old.proposed
    AND attribute = old.attribute AND shape = old.shape AND value = old.value AND pages = 0;
END;
CREATE TRIGGER label_uses_counted_anew AFTER UPDATE OF annotations ON label_uses BEGIN
  UPDATE label_counts SET annotations = annotations + new.annotations - old.annotations
    WHERE project_id = (SELECT project_id FROM documents WHERE number = old.document)
    AND type = old.type AND label = old.label AND proposed = old.proposed
    AND attribute = old.attribute AND shape = old.shape AND value = old.value;
END;

-- Who did how much of what on which day (since 1970, UTC). user_id 0: nobody who is known here.
CREATE TABLE activity (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  day INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (project_id, day, user_id, kind)
) STRICT, WITHOUT ROWID;

-- Whose a document is to label, until it is taken away.
CREATE TABLE assignments (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id),
  assigned_by INTEGER NOT NULL REFERENCES users (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (project_id, document_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignments_by_user ON assignments (project_id, user_id, document_id);

-- Submitted documents that somebody should look at before the rest is accepted: one of ten, of each
-- annotator.
CREATE TABLE review_samples (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  document_id TEXT NOT NULL,
  PRIMARY KEY (project_id, document_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE sample_draws (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  user_id INTEGER NOT NULL,
  submitted INTEGER NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (project_id, user_id)
) STRICT, WITHOUT ROWID;
