/** Inbound webhooks, and the index that finds whose account one is about. */
export const webhooks = `
CREATE INDEX connection_of_account ON connection (provider, account_id);

CREATE TABLE webhook_endpoint (
  id_hash BLOB NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  is_signed INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Without a time it was delivered, and stays to keep replays out.
CREATE TABLE webhook (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  sealed BLOB,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_due ON webhook (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_received ON webhook (received_at);
`
