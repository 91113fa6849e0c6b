-- What a whole upload became, so that a client that lost the answer can ask again; null until then.

ALTER TABLE uploads ADD COLUMN outcome TEXT NOT NULL DEFAULT 'null';
