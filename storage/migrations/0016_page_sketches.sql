-- By what pages are known again that are nearly the same: derived from git, like page_texts. `sketch`
-- is dataset's, `keys` are those of its bands, 8 bytes each, by which sketch_keys finds it. Pairs
-- that are nearly the same have the smaller number first.
CREATE TABLE page_sketches (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  document INTEGER NOT NULL REFERENCES documents (number),
  page INTEGER NOT NULL,
  sketch BLOB NOT NULL,
  keys BLOB NOT NULL,
  UNIQUE (document, page)
) STRICT;
CREATE TABLE sketch_keys (
  project_id INTEGER NOT NULL REFERENCES projects (id),
  key INTEGER NOT NULL,
  sketch INTEGER NOT NULL,
  PRIMARY KEY (project_id, key, sketch)
) STRICT, WITHOUT ROWID;
CREATE TABLE near_pages (
  a INTEGER NOT NULL REFERENCES page_sketches (number),
  b INTEGER NOT NULL REFERENCES page_sketches (number),
  likeness INTEGER NOT NULL,
  by_look INTEGER NOT NULL,
  PRIMARY KEY (a, b)
) STRICT, WITHOUT ROWID;
CREATE INDEX near_pages_by_b ON near_pages (b);
