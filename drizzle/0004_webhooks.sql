-- Outgoing webhooks. Messages and deliveries are written in the batch that applies what they tell of.

CREATE TABLE webhooks (
  webhook_id TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  description TEXT NOT NULL,
  secret TEXT NOT NULL,
  former_secret TEXT,
  former_until_ms INTEGER,
  disabled_reason TEXT,
  failing_since_ms INTEGER,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_messages (
  message_id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_messages_by_age ON webhook_messages (created_ms);

-- due_ms: when the next try is due; null once it was accepted or given up.
CREATE TABLE webhook_deliveries (
  delivery_id TEXT PRIMARY KEY,
  message_id TEXT NOT NULL REFERENCES webhook_messages (message_id) ON DELETE CASCADE,
  webhook_id TEXT NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
  tries INTEGER NOT NULL,
  due_ms INTEGER,
  attempts TEXT NOT NULL,
  UNIQUE (message_id, webhook_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, delivery_id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_ms) WHERE due_ms IS NOT NULL;
