-- Conditions that operators are told of: pending until found bad often enough, open, resolved.
-- checks: how many checks in a row have spoken for the next state.
CREATE TABLE alerts (
  alert_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'open', 'resolved')),
  checks INTEGER NOT NULL,
  details TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  opened_ms INTEGER,
  resolved_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX alerts_unresolved ON alerts (kind, subject) WHERE state <> 'resolved';
