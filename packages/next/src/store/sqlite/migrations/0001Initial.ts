// `seq` is the row id that secrets and schedule rows go by: an integer is a quarter of the index that a text id needs.

/** The first schema. */
export const initial = `
CREATE TABLE connection (
  seq INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  provider TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  attachment TEXT NOT NULL,
  kind TEXT NOT NULL,
  credential_type TEXT NOT NULL,
  account_id TEXT NOT NULL,
  account_label TEXT,
  status TEXT NOT NULL,
  status_reason TEXT,
  is_default INTEGER NOT NULL,
  scopes TEXT NOT NULL,
  missing_scopes TEXT NOT NULL,
  settings TEXT NOT NULL,
  health_state TEXT NOT NULL,
  health_checked_at INTEGER,
  connected_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  expires_at INTEGER,
  grant_generation INTEGER NOT NULL,
  token_generation INTEGER NOT NULL,
  -- A copy of the schedule's, which spares the hot read a table.
  refresh_at INTEGER
) STRICT;
CREATE UNIQUE INDEX connection_id ON connection (tenant_id, id);
CREATE UNIQUE INDEX connection_account ON connection (tenant_id, provider, owner_id, kind, credential_type, account_id);
CREATE UNIQUE INDEX connection_default ON connection (tenant_id, provider, owner_id, kind, credential_type)
  WHERE is_default = 1 AND status <> 'revoked';
-- In the order in which connections answer, so that the hot read takes the first entry and sorts nothing.
CREATE INDEX connection_choice ON connection (tenant_id, provider, owner_id, is_default DESC, (status = 'active') DESC, connected_at DESC, id DESC)
  WHERE status <> 'revoked';

-- Its seq is twice the connection's, plus one for a refresh token: the hot read finds it without an index.
CREATE TABLE secret (
  seq INTEGER PRIMARY KEY,
  field TEXT NOT NULL,
  sealed BLOB NOT NULL,
  grant_generation INTEGER NOT NULL,
  token_generation INTEGER NOT NULL
) STRICT;
CREATE TRIGGER connection_secrets AFTER DELETE ON connection BEGIN
  DELETE FROM secret WHERE seq IN (old.seq * 2, old.seq * 2 + 1);
END;

-- Repeats the ids of its connection, so that a scan of what is due touches this narrow table alone.
CREATE TABLE schedule (
  connection_seq INTEGER PRIMARY KEY REFERENCES connection (seq) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  refresh_at INTEGER,
  check_at INTEGER,
  refreshed_at INTEGER,
  failing_since INTEGER,
  failure_count INTEGER NOT NULL,
  failure_class TEXT,
  intent_at INTEGER,
  lease_owner TEXT,
  lease_until INTEGER
) STRICT;
CREATE UNIQUE INDEX schedule_connection ON schedule (tenant_id, connection_id);
CREATE INDEX schedule_refresh ON schedule (refresh_at) WHERE refresh_at IS NOT NULL;
CREATE INDEX schedule_refreshed ON schedule (provider, refreshed_at) WHERE refreshed_at IS NOT NULL;

CREATE TABLE session (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  context_id TEXT,
  state_hash BLOB NOT NULL,
  binding_hash BLOB NOT NULL,
  request_hash BLOB NOT NULL,
  sealed BLOB NOT NULL,
  redirect_uri TEXT NOT NULL,
  issuer TEXT,
  scopes TEXT NOT NULL,
  settings TEXT NOT NULL,
  connection_id TEXT,
  return_to TEXT,
  mode TEXT NOT NULL,
  status TEXT NOT NULL,
  error_code TEXT,
  result_connection_id TEXT,
  reconnected INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX session_state ON session (state_hash);
CREATE INDEX session_principal ON session (tenant_id, user_id, created_at);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE tenant_key (
  seq INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  key_id TEXT NOT NULL,
  kid TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  seal_count INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX tenant_key_id ON tenant_key (tenant_id, key_id);
CREATE INDEX tenant_key_kid ON tenant_key (kid, tenant_id);

CREATE TABLE key_check (
  kid TEXT NOT NULL PRIMARY KEY,
  wrapped TEXT NOT NULL,
  digest BLOB NOT NULL
) STRICT;

CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  user_id TEXT,
  data TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,
  delivered_at INTEGER
) STRICT;
CREATE INDEX event_undelivered ON event (seq) WHERE delivered_at IS NULL;

-- Outlives its connection: no reference to it.
CREATE TABLE revocation (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  field TEXT NOT NULL,
  sealed BLOB NOT NULL,
  grant_generation INTEGER NOT NULL,
  token_generation INTEGER NOT NULL,
  settings TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX revocation_due ON revocation (next_attempt_at);
`
