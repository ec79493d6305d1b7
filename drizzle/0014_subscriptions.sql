-- A channel, playlist or feed that is looked at by schedule. due_ms: when the cron attends to it next; NULL: it is
-- paused. look_job_id: the job that looks now; media_id: the media that its looks are jobs of, which no list shows.
-- token_hash: on whose behalf jobs and runs are started. start_with: how many of the newest entries the first
-- look takes. changed: counts what people have changed, for compare-and-set.
CREATE TABLE subscriptions (
  subscription_id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  url TEXT NOT NULL,
  recipe TEXT NOT NULL,
  parameters TEXT NOT NULL,
  options TEXT NOT NULL,
  every_s INTEGER NOT NULL,
  per_day_max INTEGER NOT NULL,
  start_with INTEGER NOT NULL,
  state TEXT NOT NULL,
  paused_reason TEXT,
  error TEXT,
  failures INTEGER NOT NULL,
  looks INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  is_long INTEGER NOT NULL,
  media_id TEXT,
  look_job_id TEXT,
  last_look_ms INTEGER,
  next_look_ms INTEGER,
  due_ms INTEGER,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_by_owner ON subscriptions (owner_id, subscription_id);
CREATE INDEX subscriptions_by_media ON subscriptions (media_id) WHERE media_id IS NOT NULL;
CREATE INDEX subscriptions_due ON subscriptions (due_ms) WHERE due_ms IS NOT NULL;

-- What the looks have seen, by the id that the site has given it. entry_id: sorts what came first before the rest.
-- state: known (it was there before), waiting (to be started), started, skipped (for a reason).
CREATE TABLE subscription_entries (
  subscription_id TEXT NOT NULL,
  site_id TEXT NOT NULL,
  entry_id TEXT NOT NULL,
  url TEXT NOT NULL,
  title TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, site_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_entries_by_id ON subscription_entries (subscription_id, entry_id);
CREATE INDEX subscription_entries_by_state ON subscription_entries (subscription_id, state, entry_id);

-- The one run that an entry has started: a second one breaks the key, and with it the whole batch.
CREATE TABLE subscription_runs (
  subscription_id TEXT NOT NULL,
  site_id TEXT NOT NULL,
  run_id TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, site_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_runs_by_time ON subscription_runs (subscription_id, started_ms);
