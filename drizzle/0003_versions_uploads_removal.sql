-- A media is marked as deleted first; the sweeper finishes. Its row stays, empty, until no presigned
-- URL can write an object of it any more: wipe_ms is when to look for such objects.
ALTER TABLE media ADD COLUMN deleted_ms INTEGER;
ALTER TABLE media ADD COLUMN wipe_ms INTEGER;
CREATE INDEX media_to_wipe ON media (wipe_ms) WHERE wipe_ms IS NOT NULL;

-- An input that is not ready is an upload: until when it can be completed, whether it was aborted,
-- and for one in parts its name in the bucket and the size of each part but the last.
ALTER TABLE inputs ADD COLUMN expires_ms INTEGER;
ALTER TABLE inputs ADD COLUMN aborted INTEGER NOT NULL DEFAULT 0 CHECK (aborted IN (0, 1));
ALTER TABLE inputs ADD COLUMN multipart_id TEXT;
ALTER TABLE inputs ADD COLUMN part_size_bytes INTEGER;
UPDATE inputs SET expires_ms = created_ms + 259200000 WHERE ready = 0;
CREATE INDEX uploads_to_drop ON inputs (expires_ms) WHERE ready = 0;
CREATE INDEX inputs_newest ON inputs (media_id, ready, created_ms, input_id);

-- Inputs of downloads had the id of an event, whose dots no route takes.
UPDATE inputs SET input_id = replace(input_id, '.', '-') WHERE instr(input_id, '.') > 0;

-- Which version of each input a job reads.
CREATE TABLE job_inputs (
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  slot TEXT NOT NULL,
  input_id TEXT NOT NULL,
  PRIMARY KEY (job_id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_of_input ON job_inputs (input_id);

CREATE INDEX jobs_by_engine ON jobs (engine, job_id);
CREATE INDEX jobs_by_engine_and_status ON jobs (engine, status, job_id);
CREATE INDEX jobs_unfinished_by_media ON jobs (media_id) WHERE check_ms IS NOT NULL;
CREATE INDEX idempotency_by_job ON idempotency (job_id);
