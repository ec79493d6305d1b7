-- Times are Unix milliseconds. Every table is STRICT: D1 binds Python's ints as REAL, and a STRICT
-- INTEGER column stores a whole REAL as an integer and refuses anything else.

CREATE TABLE tokens (
  token_hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE media (
  media_id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  source_url TEXT,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Immutable versions of what jobs read. The newest ready one of a slot is the media's own.
CREATE TABLE inputs (
  input_id TEXT PRIMARY KEY,
  media_id TEXT NOT NULL REFERENCES media (media_id),
  slot TEXT NOT NULL CHECK (slot IN ('video', 'subtitles', 'comments-data')),
  object_key TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  ready INTEGER NOT NULL CHECK (ready IN (0, 1)),
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inputs_by_media ON inputs (media_id, slot, ready, created_ms, input_id);

CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY,
  media_id TEXT NOT NULL REFERENCES media (media_id),
  engine TEXT NOT NULL,
  generation INTEGER NOT NULL,
  options TEXT NOT NULL,
  status TEXT NOT NULL,
  phase TEXT,
  progress REAL NOT NULL,
  attempt INTEGER NOT NULL,
  error TEXT,
  outputs TEXT,
  event_seq INTEGER NOT NULL,
  accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
  handover_tries INTEGER NOT NULL,
  handover_error TEXT,
  check_ms INTEGER,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  finished_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_media ON jobs (media_id, job_id);
CREATE INDEX jobs_by_status ON jobs (status, job_id);
CREATE INDEX jobs_to_check ON jobs (check_ms) WHERE check_ms IS NOT NULL;

CREATE TABLE job_events (
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  event_seq INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  status TEXT NOT NULL,
  phase TEXT,
  progress REAL NOT NULL,
  cause TEXT NOT NULL,
  error TEXT,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (job_id, event_seq)
) STRICT, WITHOUT ROWID;

-- One row per Idempotency-Key and caller; the same key with another body is refused.
CREATE TABLE idempotency (
  token_hash TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  job_id TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (token_hash, idempotency_key)
) STRICT, WITHOUT ROWID;
