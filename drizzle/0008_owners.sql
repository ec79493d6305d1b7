-- Every row that a person makes belongs to a workspace. Code from before this file names no owner: what
-- it adds belongs to the workspace that everything here belongs to.
CREATE TABLE workspaces (
  workspace_id TEXT PRIMARY KEY,
  name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO workspaces (workspace_id, name) VALUES ('ws_default', 'Default');

-- An admin token of ws_default is an operator's: it sees every workspace.
ALTER TABLE tokens ADD COLUMN owner_id TEXT NOT NULL DEFAULT 'ws_default';
CREATE INDEX tokens_by_owner ON tokens (owner_id, token_id);

ALTER TABLE media ADD COLUMN owner_id TEXT NOT NULL DEFAULT 'ws_default';
CREATE INDEX media_by_owner ON media (owner_id, media_id);

ALTER TABLE jobs ADD COLUMN owner_id TEXT NOT NULL DEFAULT 'ws_default';
CREATE INDEX jobs_by_owner ON jobs (owner_id, job_id);
CREATE INDEX jobs_by_owner_and_status ON jobs (owner_id, status, job_id);
CREATE INDEX jobs_by_owner_and_creation ON jobs (owner_id, created_ms);

ALTER TABLE presets ADD COLUMN owner_id TEXT NOT NULL DEFAULT 'ws_default';
DROP INDEX presets_by_name;
CREATE UNIQUE INDEX presets_by_owner_and_name ON presets (owner_id, engine, name);
CREATE INDEX presets_by_owner ON presets (owner_id, preset_id);

-- Beside webhooks and not in it: the release before reads every column that table has. An endpoint
-- without a row here is ws_default's.
CREATE TABLE webhook_owners (
  webhook_id TEXT PRIMARY KEY REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
  owner_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO webhook_owners (webhook_id, owner_id) SELECT webhook_id, 'ws_default' FROM webhooks;

-- Inputs again, with an owner and any slot: which ones there are, the engines' declarations say.
-- No foreign key refers to this table.
CREATE TABLE inputs_with_owner (
  input_id TEXT PRIMARY KEY,
  media_id TEXT NOT NULL REFERENCES media (media_id),
  slot TEXT NOT NULL,
  object_key TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  ready INTEGER NOT NULL CHECK (ready IN (0, 1)),
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER,
  aborted INTEGER NOT NULL DEFAULT 0 CHECK (aborted IN (0, 1)),
  multipart_id TEXT,
  part_size_bytes INTEGER,
  owner_id TEXT NOT NULL DEFAULT 'ws_default'
) STRICT, WITHOUT ROWID;
INSERT INTO inputs_with_owner (input_id, media_id, slot, object_key, content_type, size_bytes, ready,
  created_ms, expires_ms, aborted, multipart_id, part_size_bytes)
  SELECT input_id, media_id, slot, object_key, content_type, size_bytes, ready, created_ms,
  expires_ms, aborted, multipart_id, part_size_bytes FROM inputs;
DROP TABLE inputs;
ALTER TABLE inputs_with_owner RENAME TO inputs;
CREATE INDEX inputs_by_media ON inputs (media_id, slot, ready, created_ms, input_id);
CREATE INDEX inputs_newest ON inputs (media_id, ready, created_ms, input_id);
CREATE INDEX inputs_by_object ON inputs (object_key);
CREATE INDEX uploads_to_drop ON inputs (expires_ms) WHERE ready = 0;
