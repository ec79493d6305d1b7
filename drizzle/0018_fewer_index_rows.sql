-- An event of a running job writes its row and no index: what changes with each event is in no index of
-- unfinished jobs, and a job comes into those by status when it has ended. `finished_ms IS NULL` is what makes a
-- job unfinished; check_ms, the next check's time, changes more often and has an index of its own.
DROP INDEX jobs_by_status;
DROP INDEX jobs_by_engine_and_status;
DROP INDEX jobs_by_owner_and_status;
DROP INDEX jobs_unfinished_by_token;
DROP INDEX jobs_unfinished_by_media;
-- A job's id begins with the time of its creation.
DROP INDEX jobs_by_creation;
DROP INDEX jobs_by_owner_and_creation;

CREATE INDEX jobs_unfinished ON jobs (finished_ms, job_id) WHERE finished_ms IS NULL;
CREATE INDEX jobs_unfinished_by_owner ON jobs (owner_id, finished_ms, job_id) WHERE finished_ms IS NULL;
CREATE INDEX jobs_unfinished_by_token ON jobs (token_hash) WHERE finished_ms IS NULL;
CREATE INDEX jobs_unfinished_by_media ON jobs (media_id) WHERE finished_ms IS NULL;
CREATE INDEX jobs_ended_by_status ON jobs (status, job_id) WHERE finished_ms IS NOT NULL;
CREATE INDEX jobs_ended_by_engine ON jobs (engine, status, job_id) WHERE finished_ms IS NOT NULL;
CREATE INDEX jobs_ended_by_owner ON jobs (owner_id, status, job_id) WHERE finished_ms IS NOT NULL;
