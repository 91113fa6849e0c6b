-- Durable work. run_at: not before (ready); lease_until: held until (leased); fence:
-- counts the leases, so that a late holder is known as such.

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  priority INTEGER NOT NULL,
  project_id INTEGER,
  state TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'done', 'dead')),
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  fence INTEGER NOT NULL DEFAULT 0,
  unique_key TEXT,
  created_at INTEGER NOT NULL,
  run_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL DEFAULT 0,
  ended_at INTEGER NOT NULL DEFAULT 0,
  worker_host TEXT NOT NULL DEFAULT '',
  worker_process TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  progress TEXT NOT NULL DEFAULT 'null',
  result TEXT NOT NULL DEFAULT 'null'
) STRICT;
CREATE INDEX jobs_ready ON jobs (priority DESC, id) WHERE state = 'ready';
CREATE INDEX jobs_ready_by_kind ON jobs (kind, priority DESC, id) WHERE state = 'ready';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'leased';
CREATE INDEX jobs_by_state ON jobs (state, ended_at);
CREATE UNIQUE INDEX jobs_unique ON jobs (unique_key)
  WHERE unique_key IS NOT NULL AND state IN ('ready', 'leased');
