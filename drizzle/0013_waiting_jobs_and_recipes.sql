-- What a waiting job waits for, by the slot of its engine: an output of another job of its media, and where
-- it has one, a person's review of it. made_id: the version that the output became; input_id: the version
-- that the job will read, which is the same one or what the review has chosen. Both are NULL until then.
CREATE TABLE job_waits (
  job_id TEXT NOT NULL REFERENCES jobs (job_id),
  slot TEXT NOT NULL,
  from_job TEXT NOT NULL,
  output TEXT NOT NULL,
  review_id TEXT,
  made_id TEXT,
  input_id TEXT,
  PRIMARY KEY (job_id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_waits_by_source ON job_waits (from_job);
CREATE INDEX job_waits_by_review ON job_waits (review_id) WHERE review_id IS NOT NULL;

-- The steps of a person: waiting for what is to be reviewed, requested, approved, rejected or canceled.
CREATE TABLE reviews (
  review_id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL,
  media_id TEXT NOT NULL,
  state TEXT NOT NULL,
  requested_ms INTEGER,
  decided_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX reviews_by_run ON reviews (run_id);

-- The workspaces' own recipes; the built-in ones are code.
CREATE TABLE recipes (
  recipe_id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX recipes_by_owner_and_name ON recipes (owner_id, name);

-- A run of a recipe: its jobs and reviews are its steps, and how it stands is how they stand.
CREATE TABLE runs (
  run_id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  media_id TEXT NOT NULL REFERENCES media (media_id),
  recipe TEXT NOT NULL,
  parameters TEXT NOT NULL,
  request_id TEXT,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_owner ON runs (owner_id, run_id);
CREATE INDEX runs_by_media ON runs (media_id, run_id);
CREATE TABLE run_steps (
  run_id TEXT NOT NULL REFERENCES runs (run_id),
  position INTEGER NOT NULL,
  step TEXT NOT NULL,
  job_id TEXT,
  review_id TEXT,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_steps_by_job ON run_steps (job_id) WHERE job_id IS NOT NULL;

-- What a job has cost, as the metadata of its result says (JSON); NULL: nothing, or nobody says.
ALTER TABLE jobs ADD COLUMN cost TEXT;
