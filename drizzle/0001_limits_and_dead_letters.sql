-- How many of a token's jobs may be unfinished, and how many may run; NULL is no limit.
ALTER TABLE tokens ADD COLUMN queued_max INTEGER;
ALTER TABLE tokens ADD COLUMN running_max INTEGER;

-- Whose job it is, and how many of its events the orchestrator has given up delivering.
ALTER TABLE jobs ADD COLUMN token_hash TEXT;
ALTER TABLE jobs ADD COLUMN dead_letters INTEGER NOT NULL DEFAULT 0;
CREATE INDEX jobs_unfinished_by_token ON jobs (token_hash) WHERE check_ms IS NOT NULL;
CREATE INDEX jobs_with_dead_letters ON jobs (job_id) WHERE dead_letters > 0;
