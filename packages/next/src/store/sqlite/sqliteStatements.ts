// What SQLite has in its own way. A secret goes by twice the row id of its connection, plus one for a refresh token: an integer is a
// quarter of the index that two text ids need, and the hot read finds it without one.
import { sql as raw } from 'kysely'
import { defineQuery } from '../defineQuery.ts'
import { toLeaseExpectation, type ConnectionRef, type LeaseExpectation, type SealedSecrets, type Statements } from '../queries/statements.ts'
import { answeringColumns, choiceOrder } from '../rows/credentialRow.ts'
import type { CredentialReads } from '../records.ts'
import type { SecretRow } from '../rows/secretRow.ts'
import type { DueClaim, HealthyCheck, Lease, Postponement } from '../store.ts'
import { write } from '../work.ts'

// Parameters have no numbers, since Node.js before 22.16 cannot bind these by position.
const selectCredential = `
  SELECT ${answeringColumns}
  FROM connection c LEFT JOIN secret s ON s.seq = c.seq * 2
  WHERE c.tenant_id = ? AND c.provider = ? AND c.owner_id = ? AND (? IS NULL OR c.kind = ?)
    AND CASE WHEN ? IS NULL THEN c.credential_type <> 'webhook_secret' ELSE c.credential_type = ? END`

/** The connection that answers when none is named. */
export const selectChosenCredential = `${selectCredential} AND c.status <> 'revoked' ORDER BY ${choiceOrder} LIMIT 1`

export const selectNamedCredential = `${selectCredential} AND c.id = ?`

const offsetOf = (field: string): number => (field === 'refresh_token' ? 1 : 0)

interface SecretRef extends ConnectionRef {
  readonly offset: number
}

const connectionToChange = defineQuery<ConnectionRef>(
  ({ tenantId, connectionId }) => raw`SELECT * FROM connection WHERE tenant_id = ${tenantId} AND id = ${connectionId}`,
)

const secretUpsert = defineQuery<SecretRow & SecretRef>(
  ({ tenantId, connectionId, offset, field, sealed, grant_generation, token_generation }) => raw`
    INSERT INTO secret (seq, field, sealed, grant_generation, token_generation)
    SELECT seq * 2 + ${offset}, ${field}, ${sealed}, ${grant_generation}, ${token_generation}
    FROM connection WHERE tenant_id = ${tenantId} AND id = ${connectionId}
    ON CONFLICT (seq) DO UPDATE SET sealed = excluded.sealed, grant_generation = excluded.grant_generation, token_generation = excluded.token_generation`,
)

const secretDeletion = defineQuery<SecretRef>(
  ({ tenantId, connectionId, offset }) => raw`
    DELETE FROM secret WHERE seq = (SELECT seq * 2 + ${offset} FROM connection WHERE tenant_id = ${tenantId} AND id = ${connectionId})`,
)

const secretOfConnection = defineQuery<SecretRef>(
  ({ tenantId, connectionId, offset }) => raw`
    SELECT s.field, s.sealed, s.grant_generation, s.token_generation FROM connection c JOIN secret s ON s.seq = c.seq * 2 + ${offset}
    WHERE c.tenant_id = ${tenantId} AND c.id = ${connectionId}`,
)

const refreshable = defineQuery<ConnectionRef>(
  ({ tenantId, connectionId }) => raw`
    SELECT d.*, c.*, s.sealed, s.grant_generation AS secret_grant_generation, s.token_generation AS secret_token_generation
    FROM connection c
    LEFT JOIN schedule d ON d.tenant_id = c.tenant_id AND d.connection_id = c.id
    LEFT JOIN secret s ON s.seq = c.seq * 2 + 1
    WHERE c.tenant_id = ${tenantId} AND c.id = ${connectionId}`,
)

const sealedSecrets = defineQuery<SealedSecrets>(
  ({ tenantId, keyId, afterId, afterField, limit }) => raw`
    SELECT c.id, c.provider, s.field, s.sealed, s.grant_generation, s.token_generation
    FROM connection c JOIN secret s ON s.seq IN (c.seq * 2, c.seq * 2 + 1)
    WHERE c.tenant_id = ${tenantId} AND (c.id, s.field) > (${afterId}, ${afterField}) AND substr(s.sealed, 2, 8) = ${keyId}
    ORDER BY c.id, s.field LIMIT ${limit}`,
)

const secretsDeletion = defineQuery<{ readonly tenantId: string }>(
  ({ tenantId }) => raw`
    DELETE FROM secret WHERE seq IN (
      SELECT seq * 2 FROM connection WHERE tenant_id = ${tenantId} UNION ALL SELECT seq * 2 + 1 FROM connection WHERE tenant_id = ${tenantId}
    )`,
)

const secretResealing = defineQuery<SecretRef & { readonly before: Uint8Array; readonly sealed: Uint8Array }>(
  ({ tenantId, connectionId, offset, before, sealed }) => raw`
    UPDATE secret SET sealed = ${sealed}
    WHERE seq = (SELECT seq * 2 + ${offset} FROM connection WHERE tenant_id = ${tenantId} AND id = ${connectionId}) AND sealed = ${before}`,
)

// A transaction here is alone in the whole file.
const tenantKeyHold = defineQuery<{ readonly tenantId: string; readonly keyId: string }>(
  ({ tenantId, keyId }) => raw`SELECT 1 FROM tenant_key WHERE tenant_id = ${tenantId} AND key_id = ${keyId}`,
)

const leaseTaking = defineQuery<Omit<Lease, 'expect'> & LeaseExpectation>(
  ({ tenantId, connectionId, owner, now, until, grantGeneration, tokenGeneration, intentGeneration }) => raw`
    UPDATE schedule
    SET lease_owner = ${owner}, lease_until = ${until}, intent_at = ${now}, intent_generation = MAX(IFNULL(intent_generation, 0), ${tokenGeneration}) + 1
    WHERE tenant_id = ${tenantId} AND connection_id = ${connectionId} AND (lease_until IS NULL OR lease_until <= ${now})
      AND intent_generation IS ${intentGeneration} AND EXISTS (
        SELECT 1 FROM connection
        WHERE tenant_id = ${tenantId} AND id = ${connectionId} AND status IN ('active', 'failed')
          AND grant_generation = ${grantGeneration} AND token_generation = ${tokenGeneration}
      )
    RETURNING intent_generation`,
)

const dueClaim = defineQuery<DueClaim>(
  ({ shard, now, until, limit }) => raw`
    UPDATE schedule SET claimed_until = ${until}
    WHERE rowid IN (
      SELECT rowid FROM schedule
      WHERE shard = ${shard} AND due_at <= ${now} AND (claimed_until IS NULL OR claimed_until <= ${now})
      ORDER BY due_at LIMIT ${limit}
    )
    RETURNING *`,
)

interface EventClaim {
  readonly now: number
  readonly until: number
  readonly limit: number
}

const eventClaims = {
  app: defineQuery<EventClaim>(
    ({ now, until, limit }) => raw`
      UPDATE event SET offer_at = ${until}, offers = offers + 1
      WHERE seq IN (SELECT seq FROM event WHERE offer_at <= ${now} ORDER BY offer_at, seq LIMIT ${limit})
      RETURNING *`,
  ),
  webhook: defineQuery<EventClaim>(
    ({ now, until, limit }) => raw`
      UPDATE event SET send_at = ${until}, sends = sends + 1
      WHERE seq IN (SELECT seq FROM event WHERE send_at <= ${now} ORDER BY send_at, seq LIMIT ${limit})
      RETURNING *`,
  ),
}

const healthyCheck = defineQuery<HealthyCheck>(
  ({ tenantId, connectionId, checkedAt, nextCheckAt }) => raw`
    UPDATE schedule SET checked_at = ${checkedAt}, check_at = ${nextCheckAt}, claimed_until = NULL
    WHERE tenant_id = ${tenantId} AND connection_id = ${connectionId} AND IFNULL(checked_at, 0) <= ${checkedAt}`,
)

const readAddition = defineQuery<CredentialReads>(
  ({ tenantId, connectionId, day, reads, lastReadAt }) => raw`
    INSERT INTO credential_read (tenant_id, connection_id, day, reads, last_read_at)
    SELECT tenant_id, id, ${day}, ${reads}, ${lastReadAt} FROM connection WHERE tenant_id = ${tenantId} AND id = ${connectionId}
    ON CONFLICT (tenant_id, connection_id, day) DO UPDATE SET reads = reads + excluded.reads, last_read_at = excluded.last_read_at`,
)

const postponement = {
  check: defineQuery<Omit<Postponement, 'part'>>(
    ({ tenantId, connectionId, until }) => raw`
      UPDATE schedule SET check_at = ${until}, claimed_until = NULL
      WHERE tenant_id = ${tenantId} AND connection_id = ${connectionId} AND check_at IS NOT NULL`,
  ),
  all: defineQuery<Omit<Postponement, 'part'>>(
    ({ tenantId, connectionId, until }) => raw`UPDATE schedule SET claimed_until = ${until} WHERE tenant_id = ${tenantId} AND connection_id = ${connectionId}`,
  ),
}

export const sqliteStatements: Statements = {
  connectionToChange: ({ tenantId, connectionId }) => connectionToChange({ tenantId, connectionId }),
  upsertSecret: ({ tenantId, connectionId }, secret) => secretUpsert({ tenantId, connectionId, offset: offsetOf(secret.field), ...secret }),
  deleteSecret: ({ tenantId, connectionId }, field) => secretDeletion({ tenantId, connectionId, offset: offsetOf(field) }),
  selectRefreshable: ({ tenantId, connectionId }) => refreshable({ tenantId, connectionId }),
  selectSecret: ({ tenantId, connectionId }, field) => secretOfConnection({ tenantId, connectionId, offset: offsetOf(field) }),
  selectSealedSecrets: (secrets) => sealedSecrets(secrets),
  deleteSecrets: (tenantId) => secretsDeletion({ tenantId }),
  resealSecret: ({ tenantId, connectionId }, field, before, sealed) => secretResealing({ tenantId, connectionId, offset: offsetOf(field), before, sealed }),
  holdTenantKey: (tenantId, keyId) => tenantKeyHold({ tenantId, keyId }),
  takeLease: ({ expect, ...lease }) => leaseTaking({ ...lease, ...toLeaseExpectation(expect) }),
  claimDue: ({ shard, now, until, limit }) => dueClaim({ shard, now, until, limit }),
  claimEvents: (sink, now, until, limit) => eventClaims[sink]({ now, until, limit }),
  *addReads(counts) {
    for (const { tenantId, connectionId, day, reads, lastReadAt } of counts) yield* write(readAddition({ tenantId, connectionId, day, reads, lastReadAt }))
    return true
  },
  *noteHealthyChecks(checks) {
    for (const { tenantId, connectionId, checkedAt, nextCheckAt } of checks) yield* write(healthyCheck({ tenantId, connectionId, checkedAt, nextCheckAt }))
    return true
  },
  *postpone(postponements) {
    for (const { part, tenantId, connectionId, until } of postponements) yield* write(postponement[part]({ tenantId, connectionId, until }))
    return true
  },
}
