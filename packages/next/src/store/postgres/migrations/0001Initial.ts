// The tenant leads every key of what grows with tenants, so that these tables can be partitioned or distributed by it. Sessions and
// webhook endpoints are found before the tenant is known; they are few. Ids are compared and ordered byte by byte.

/** The first schema. */
export const initial = `
CREATE TABLE authpipe.connection (
  tenant_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  owner_id text COLLATE "C" NOT NULL,
  attachment text NOT NULL,
  kind text NOT NULL,
  credential_type text NOT NULL,
  account_id text COLLATE "C" NOT NULL,
  account_label text,
  status text NOT NULL,
  status_reason text,
  is_default integer NOT NULL,
  scopes text NOT NULL,
  missing_scopes text NOT NULL,
  settings text NOT NULL,
  health_state text NOT NULL,
  connected_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  expires_at bigint,
  revision bigint NOT NULL,
  grant_generation bigint NOT NULL,
  token_generation bigint NOT NULL,
  -- A copy of the schedule's, which spares the hot read a table.
  refresh_at bigint,
  PRIMARY KEY (tenant_id, id)
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX connection_account ON authpipe.connection (tenant_id, provider, owner_id, kind, credential_type, account_id);
CREATE UNIQUE INDEX connection_default ON authpipe.connection (tenant_id, provider, owner_id, kind, credential_type)
  WHERE is_default = 1 AND status <> 'revoked';
-- In the order in which connections answer, so that the hot read takes the first entry and sorts nothing.
CREATE INDEX connection_choice ON authpipe.connection (tenant_id, provider, owner_id, is_default DESC, (status = 'active') DESC, connected_at DESC, id DESC)
  WHERE status <> 'revoked';
CREATE INDEX connection_of_account ON authpipe.connection (provider, account_id);

-- Sealed bytes do not compress, and stay in the row up to a page: one page is read, not three.
CREATE TABLE authpipe.secret (
  tenant_id text COLLATE "C" NOT NULL,
  connection_id text COLLATE "C" NOT NULL,
  field text NOT NULL,
  sealed bytea NOT NULL,
  grant_generation bigint NOT NULL,
  token_generation bigint NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, field)
) WITH (toast_tuple_target = 8160);
ALTER TABLE authpipe.secret ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Narrow, with room on its pages: a claim or a lease writes no index and stays on its page.
CREATE TABLE authpipe.schedule (
  tenant_id text COLLATE "C" NOT NULL,
  connection_id text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  shard integer NOT NULL,
  refresh_at bigint,
  check_at bigint,
  warn_at bigint,
  refreshed_at bigint,
  checked_at bigint,
  failing_since bigint,
  failure_count integer NOT NULL,
  failure_class text,
  grant_ends_at bigint,
  suspected_at bigint,
  demoted_at bigint,
  intent_at bigint,
  intent_generation bigint,
  lease_owner text,
  lease_until bigint,
  claimed_until bigint,
  due_at bigint GENERATED ALWAYS AS (LEAST(refresh_at, check_at, warn_at)) STORED,
  PRIMARY KEY (tenant_id, connection_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX schedule_due ON authpipe.schedule (shard, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX schedule_refreshed ON authpipe.schedule (provider, refreshed_at) WHERE refreshed_at IS NOT NULL;
CREATE INDEX schedule_demoted ON authpipe.schedule (provider, demoted_at) WHERE demoted_at IS NOT NULL;

CREATE TABLE authpipe.session (
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  tenant_id text COLLATE "C" NOT NULL,
  user_id text COLLATE "C" NOT NULL,
  provider text NOT NULL,
  context_id text,
  state_hash bytea NOT NULL,
  binding_hash bytea NOT NULL,
  request_hash bytea NOT NULL,
  sealed bytea NOT NULL,
  redirect_uri text NOT NULL,
  issuer text,
  scopes text NOT NULL,
  settings text NOT NULL,
  connection_id text,
  return_to text,
  mode text NOT NULL,
  status text NOT NULL,
  error_code text,
  result_connection_id text,
  reconnected integer,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL
);
CREATE UNIQUE INDEX session_state ON authpipe.session (state_hash);
CREATE INDEX session_principal ON authpipe.session (tenant_id, user_id, created_at);
CREATE INDEX session_expiry ON authpipe.session (expires_at);

CREATE TABLE authpipe.tenant_key (
  tenant_id text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  key_id text COLLATE "C" NOT NULL,
  kid text COLLATE "C" NOT NULL,
  wrapped text NOT NULL,
  seal_count bigint NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
CREATE UNIQUE INDEX tenant_key_id ON authpipe.tenant_key (tenant_id, key_id);
CREATE INDEX tenant_key_kid ON authpipe.tenant_key (kid, tenant_id);

CREATE TABLE authpipe.key_check (
  kid text COLLATE "C" NOT NULL PRIMARY KEY,
  wrapped text NOT NULL,
  digest bytea NOT NULL
);

CREATE TABLE authpipe.event (
  tenant_id text COLLATE "C" NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" NOT NULL,
  type text NOT NULL,
  connection_id text NOT NULL,
  provider text NOT NULL,
  user_id text,
  data text NOT NULL,
  occurred_at bigint NOT NULL,
  offer_at bigint,
  offers integer NOT NULL,
  send_at bigint,
  sends integer NOT NULL,
  PRIMARY KEY (tenant_id, seq)
);
CREATE INDEX event_seq ON authpipe.event (seq);
CREATE INDEX event_id ON authpipe.event (id);
CREATE INDEX event_offer ON authpipe.event (offer_at) WHERE offer_at IS NOT NULL;
CREATE INDEX event_send ON authpipe.event (send_at) WHERE send_at IS NOT NULL;

CREATE TABLE authpipe.revocation (
  tenant_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  connection_id text NOT NULL,
  provider text NOT NULL,
  field text NOT NULL,
  sealed bytea NOT NULL,
  grant_generation bigint NOT NULL,
  token_generation bigint NOT NULL,
  settings text NOT NULL,
  attempts integer NOT NULL,
  next_attempt_at bigint NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX revocation_id ON authpipe.revocation (id);
CREATE INDEX revocation_due ON authpipe.revocation (next_attempt_at);

CREATE TABLE authpipe.webhook_endpoint (
  id_hash bytea NOT NULL PRIMARY KEY,
  tenant_id text COLLATE "C" NOT NULL,
  provider text NOT NULL,
  is_signed integer NOT NULL,
  created_at bigint NOT NULL
);

-- Without a time it was delivered, and stays to keep replays out.
CREATE TABLE authpipe.webhook (
  id text COLLATE "C" NOT NULL PRIMARY KEY,
  tenant_id text COLLATE "C" NOT NULL,
  provider text NOT NULL,
  sealed bytea,
  attempts integer NOT NULL,
  next_attempt_at bigint,
  received_at bigint NOT NULL
);
CREATE INDEX webhook_due ON authpipe.webhook (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_received ON authpipe.webhook (received_at);

CREATE TABLE authpipe.provider_state (
  provider text COLLATE "C" NOT NULL PRIMARY KEY,
  recent text NOT NULL,
  opened_at bigint,
  probe_at bigint,
  blocked_until bigint,
  version bigint NOT NULL
);
`
