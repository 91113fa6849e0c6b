-- The next job comes from the project that holds the fewest: projects that wait are walked one by
-- one, and their leased jobs counted.
CREATE INDEX jobs_ready_by_project ON jobs (kind, priority DESC, coalesce(project_id, 0), id)
  WHERE state = 'ready';
CREATE INDEX jobs_leased_by_project ON jobs (kind, coalesce(project_id, 0)) WHERE state = 'leased';
