// Rows of the schedule go by their connection's ids, so that both kinds of database are asked alike. `due_at` is what maintenance
// scans; a claim leaves it alone and so writes no index.

/** What many processes on one database need: fencing, claims, health, the outbox of events, and a revision for each connection. */
export const coordination = `
ALTER TABLE connection ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

CREATE TABLE new_schedule (
  tenant_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  shard INTEGER NOT NULL,
  refresh_at INTEGER,
  check_at INTEGER,
  warn_at INTEGER,
  refreshed_at INTEGER,
  checked_at INTEGER,
  failing_since INTEGER,
  failure_count INTEGER NOT NULL,
  failure_class TEXT,
  grant_ends_at INTEGER,
  suspected_at INTEGER,
  demoted_at INTEGER,
  intent_at INTEGER,
  intent_generation INTEGER,
  lease_owner TEXT,
  lease_until INTEGER,
  claimed_until INTEGER,
  due_at INTEGER AS (NULLIF(MIN(IFNULL(refresh_at, 9e15), IFNULL(check_at, 9e15), IFNULL(warn_at, 9e15)), 9e15))
) STRICT;
INSERT INTO new_schedule (tenant_id, connection_id, provider, shard, refresh_at, check_at, refreshed_at, checked_at, failing_since, failure_count, failure_class)
  SELECT s.tenant_id, s.connection_id, s.provider, s.connection_seq % 16, s.refresh_at,
    CASE WHEN c.credential_type <> 'webhook_secret' AND c.status <> 'revoked' THEN unixepoch() * 1000 + ABS(RANDOM() % 21600000) END,
    s.refreshed_at, c.health_checked_at, s.failing_since, s.failure_count, s.failure_class
  FROM schedule s JOIN connection c ON c.seq = s.connection_seq;
DROP TABLE schedule;
ALTER TABLE new_schedule RENAME TO schedule;
CREATE UNIQUE INDEX schedule_connection ON schedule (tenant_id, connection_id);
CREATE INDEX schedule_due ON schedule (shard, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX schedule_refreshed ON schedule (provider, refreshed_at) WHERE refreshed_at IS NOT NULL;
CREATE INDEX schedule_demoted ON schedule (provider, demoted_at) WHERE demoted_at IS NOT NULL;
ALTER TABLE connection DROP COLUMN health_checked_at;
CREATE TRIGGER connection_schedule AFTER DELETE ON connection BEGIN
  DELETE FROM schedule WHERE tenant_id = old.tenant_id AND connection_id = old.id;
END;

-- Numbered for each tenant, so that two keys made at once cannot both be the next one.
CREATE TABLE new_tenant_key (
  tenant_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  kid TEXT NOT NULL,
  wrapped TEXT NOT NULL,
  seal_count INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO new_tenant_key SELECT tenant_id, ROW_NUMBER() OVER (PARTITION BY tenant_id ORDER BY seq), key_id, kid, wrapped, seal_count, created_at FROM tenant_key;
DROP TABLE tenant_key;
ALTER TABLE new_tenant_key RENAME TO tenant_key;
CREATE UNIQUE INDEX tenant_key_seq ON tenant_key (tenant_id, seq);
CREATE UNIQUE INDEX tenant_key_id ON tenant_key (tenant_id, key_id);
CREATE INDEX tenant_key_kid ON tenant_key (kid, tenant_id);

-- Each event goes its way to the app and to the webhook apart.
ALTER TABLE event ADD COLUMN offer_at INTEGER;
ALTER TABLE event ADD COLUMN offers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN send_at INTEGER;
ALTER TABLE event ADD COLUMN sends INTEGER NOT NULL DEFAULT 0;
UPDATE event SET offer_at = occurred_at WHERE delivered_at IS NULL;
DROP INDEX event_undelivered;
ALTER TABLE event DROP COLUMN delivered_at;
CREATE INDEX event_offer ON event (offer_at) WHERE offer_at IS NOT NULL;
CREATE INDEX event_send ON event (send_at) WHERE send_at IS NOT NULL;

CREATE TABLE provider_state (
  provider TEXT NOT NULL PRIMARY KEY,
  recent TEXT NOT NULL,
  opened_at INTEGER,
  probe_at INTEGER,
  blocked_until INTEGER,
  version INTEGER NOT NULL
) STRICT;
`
