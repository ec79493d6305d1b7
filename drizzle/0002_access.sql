-- A token's public name, its end, and when it was last used (kept to the hour).
ALTER TABLE tokens ADD COLUMN token_id TEXT;
ALTER TABLE tokens ADD COLUMN expires_ms INTEGER;
ALTER TABLE tokens ADD COLUMN last_used_ms INTEGER;
UPDATE tokens SET token_id = 'tok_' || substr(token_hash, 1, 26);
CREATE UNIQUE INDEX tokens_by_id ON tokens (token_id);

-- A person's sign-in with a token. The cookie holds the session's secret, the table its hash.
CREATE TABLE sessions (
  session_hash TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL REFERENCES tokens (token_hash),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_end ON sessions (expires_ms);

-- Saved options of an engine, shared by all who may read.
CREATE TABLE presets (
  preset_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  engine TEXT NOT NULL,
  options TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX presets_by_name ON presets (engine, name);

-- The usage of a span of days reads the jobs that were submitted in it.
CREATE INDEX jobs_by_creation ON jobs (created_ms);
