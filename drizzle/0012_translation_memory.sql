-- What a workspace has settled for its translations: terms that people wrote down, and texts whose
-- translation they corrected. A language is '' where it is not known, which a unique index needs.
CREATE TABLE glossary_terms (
  term_id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  from_language TEXT NOT NULL,
  to_language TEXT NOT NULL,
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  note TEXT,
  updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX glossary_terms_by_source ON glossary_terms (owner_id, from_language, to_language, source);
CREATE INDEX glossary_terms_by_owner ON glossary_terms (owner_id, term_id);

-- source_key: the source without what makes no difference (media_jobs.translation.memory). A pair that
-- is taught again gets a new id, so that ids are in the order of their age.
CREATE TABLE memory_pairs (
  pair_id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  from_language TEXT NOT NULL,
  to_language TEXT NOT NULL,
  source_key TEXT NOT NULL,
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  media_id TEXT NOT NULL,
  job_id TEXT NOT NULL,
  token_id TEXT,
  updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX memory_pairs_by_source ON memory_pairs (owner_id, from_language, to_language, source_key);
CREATE INDEX memory_pairs_by_owner ON memory_pairs (owner_id, pair_id);
CREATE INDEX memory_pairs_by_job ON memory_pairs (job_id);

-- Objects that the app writes for one generation of a job; the cron deletes them once that has ended.
CREATE TABLE job_documents (
  job_id TEXT NOT NULL,
  generation INTEGER NOT NULL,
  slot TEXT NOT NULL,
  object_key TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (job_id, generation, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_documents_by_object ON job_documents (object_key);
