-- What only withdrawn releases point to: asked for, it is told to be gone. Derived, as the rest.
ALTER TABLE released_blobs ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
