// What PostgreSQL has in its own way: rows that a transaction holds, and rows that others hold and that are passed over.
import { sql as raw } from 'kysely'
import { defineQuery } from '../defineQuery.ts'
import { toLeaseExpectation, type ConnectionRef, type LeaseExpectation, type SealedSecrets, type Statements } from '../queries/statements.ts'
import { answeringColumns, choiceOrder } from '../rows/credentialRow.ts'
import type { SecretRow } from '../rows/secretRow.ts'
import type { DueClaim, Lease, Postponement } from '../store.ts'
import { write } from '../work.ts'

const selectCredential = `
  SELECT ${answeringColumns}
  FROM authpipe.connection c
  LEFT JOIN authpipe.secret s ON s.tenant_id = c.tenant_id AND s.connection_id = c.id AND s.field = 'credential'
  WHERE c.tenant_id = $1 AND c.provider = $2 AND c.owner_id = $3 AND ($4::text IS NULL OR c.kind = $4)
    AND CASE WHEN $5::text IS NULL THEN c.credential_type <> 'webhook_secret' ELSE c.credential_type = $5 END`

/** The connection that answers when none is named. */
export const selectChosenCredential = `${selectCredential} AND c.status <> 'revoked' ORDER BY ${choiceOrder} LIMIT 1`

export const selectNamedCredential = `${selectCredential} AND c.id = $6`

const connectionToChange = defineQuery<ConnectionRef>(
  ({ tenantId, connectionId }) => raw`SELECT * FROM authpipe.connection WHERE tenant_id = ${tenantId} AND id = ${connectionId} FOR UPDATE`,
)

const secretUpsert = defineQuery<SecretRow & ConnectionRef>(
  ({ tenantId, connectionId, field, sealed, grant_generation, token_generation }) => raw`
    INSERT INTO authpipe.secret (tenant_id, connection_id, field, sealed, grant_generation, token_generation)
    VALUES (${tenantId}, ${connectionId}, ${field}, ${sealed}, ${grant_generation}, ${token_generation})
    ON CONFLICT (tenant_id, connection_id, field)
    DO UPDATE SET sealed = excluded.sealed, grant_generation = excluded.grant_generation, token_generation = excluded.token_generation`,
)

interface SecretRef extends ConnectionRef {
  readonly field: string
}

const secretDeletion = defineQuery<SecretRef>(
  ({ tenantId, connectionId, field }) => raw`DELETE FROM authpipe.secret WHERE tenant_id = ${tenantId} AND connection_id = ${connectionId} AND field = ${field}`,
)

const secretOfConnection = defineQuery<SecretRef>(
  ({ tenantId, connectionId, field }) => raw`
    SELECT field, sealed, grant_generation, token_generation FROM authpipe.secret
    WHERE tenant_id = ${tenantId} AND connection_id = ${connectionId} AND field = ${field}`,
)

const refreshable = defineQuery<ConnectionRef>(
  ({ tenantId, connectionId }) => raw`
    SELECT d.*, c.*, s.sealed, s.grant_generation AS secret_grant_generation, s.token_generation AS secret_token_generation
    FROM authpipe.connection c
    LEFT JOIN authpipe.schedule d ON d.tenant_id = c.tenant_id AND d.connection_id = c.id
    LEFT JOIN authpipe.secret s ON s.tenant_id = c.tenant_id AND s.connection_id = c.id AND s.field = 'refresh_token'
    WHERE c.tenant_id = ${tenantId} AND c.id = ${connectionId}`,
)

const sealedSecrets = defineQuery<SealedSecrets>(
  ({ tenantId, keyId, afterId, afterField, limit }) => raw`
    SELECT s.connection_id AS id, c.provider, s.field, s.sealed, s.grant_generation, s.token_generation
    FROM authpipe.secret s JOIN authpipe.connection c ON c.tenant_id = s.tenant_id AND c.id = s.connection_id
    WHERE s.tenant_id = ${tenantId} AND (s.connection_id, s.field) > (${afterId}, ${afterField}) AND substr(s.sealed, 2, 8) = ${keyId}
    ORDER BY s.connection_id, s.field LIMIT ${limit}`,
)

const secretsDeletion = defineQuery<{ readonly tenantId: string }>(({ tenantId }) => raw`DELETE FROM authpipe.secret WHERE tenant_id = ${tenantId}`)

const secretResealing = defineQuery<SecretRef & { readonly before: Uint8Array; readonly sealed: Uint8Array }>(
  ({ tenantId, connectionId, field, before, sealed }) => raw`
    UPDATE authpipe.secret SET sealed = ${sealed}
    WHERE tenant_id = ${tenantId} AND connection_id = ${connectionId} AND field = ${field} AND sealed = ${before}`,
)

interface TenantKeyRef {
  readonly tenantId: string
  readonly keyId: string
}

const tenantKeyHold = defineQuery<TenantKeyRef>(
  ({ tenantId, keyId }) => raw`SELECT 1 FROM authpipe.tenant_key WHERE tenant_id = ${tenantId} AND key_id = ${keyId} FOR KEY SHARE`,
)

const tenantKeyHoldAlone = defineQuery<TenantKeyRef>(
  ({ tenantId, keyId }) => raw`SELECT 1 FROM authpipe.tenant_key WHERE tenant_id = ${tenantId} AND key_id = ${keyId} FOR UPDATE`,
)

// The connection is held while the lease is written: a refresh that is just being stored is waited for and then seen.
const leaseTaking = defineQuery<Omit<Lease, 'expect'> & LeaseExpectation>(
  ({ tenantId, connectionId, owner, now, until, grantGeneration, tokenGeneration, intentGeneration }) => raw`
    WITH present AS MATERIALIZED (
      SELECT token_generation FROM authpipe.connection
      WHERE tenant_id = ${tenantId} AND id = ${connectionId} AND status IN ('active', 'failed')
        AND grant_generation = ${grantGeneration} AND token_generation = ${tokenGeneration}
      FOR SHARE
    )
    UPDATE authpipe.schedule s
    SET lease_owner = ${owner}, lease_until = ${until}, intent_at = ${now},
      intent_generation = GREATEST(s.intent_generation, present.token_generation) + 1
    FROM present
    WHERE s.tenant_id = ${tenantId} AND s.connection_id = ${connectionId} AND (s.lease_until IS NULL OR s.lease_until <= ${now})
      AND s.intent_generation IS NOT DISTINCT FROM ${intentGeneration}
    RETURNING s.intent_generation`,
)

// A row that somebody changes in this very moment has another place by then: it is passed over, and comes with the next claim.
const dueClaim = defineQuery<DueClaim>(
  ({ shard, now, until, limit }) => raw`
    WITH due AS MATERIALIZED (
      SELECT ctid FROM authpipe.schedule
      WHERE shard = ${shard} AND due_at <= ${now} AND (claimed_until IS NULL OR claimed_until <= ${now})
      ORDER BY due_at LIMIT ${limit}
      FOR UPDATE SKIP LOCKED
    )
    UPDATE authpipe.schedule s SET claimed_until = ${until}
    FROM due WHERE s.ctid = due.ctid
    RETURNING s.*`,
)

interface EventClaim {
  readonly now: number
  readonly until: number
  readonly limit: number
}

const eventClaims = {
  app: defineQuery<EventClaim>(
    ({ now, until, limit }) => raw`
      WITH due AS MATERIALIZED (
        SELECT seq FROM authpipe.event WHERE offer_at <= ${now} ORDER BY offer_at, seq LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )
      UPDATE authpipe.event e SET offer_at = ${until}, offers = e.offers + 1 FROM due WHERE e.seq = due.seq RETURNING e.*`,
  ),
  webhook: defineQuery<EventClaim>(
    ({ now, until, limit }) => raw`
      WITH due AS MATERIALIZED (
        SELECT seq FROM authpipe.event WHERE send_at <= ${now} ORDER BY send_at, seq LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )
      UPDATE authpipe.event e SET send_at = ${until}, sends = e.sends + 1 FROM due WHERE e.seq = due.seq RETURNING e.*`,
  ),
}

interface ReadAdditions {
  readonly tenantIds: readonly string[]
  readonly connectionIds: readonly string[]
  readonly days: readonly string[]
  readonly reads: readonly number[]
  readonly lastReadAts: readonly number[]
}

// In order, so that of two processes neither waits for the other while it holds what the other wants.
const readAdditions = defineQuery<ReadAdditions>(
  ({ tenantIds, connectionIds, days, reads, lastReadAts }) => raw`
    INSERT INTO authpipe.credential_read AS r (tenant_id, connection_id, day, reads, last_read_at)
    SELECT c.tenant_id, c.id, v.day, v.reads, v.last_read_at
    FROM unnest(${tenantIds}::text[], ${connectionIds}::text[], ${days}::text[], ${reads}::bigint[], ${lastReadAts}::bigint[])
      v(tenant_id, connection_id, day, reads, last_read_at)
    JOIN authpipe.connection c ON c.tenant_id = v.tenant_id AND c.id = v.connection_id
    ORDER BY c.tenant_id, c.id, v.day
    ON CONFLICT (tenant_id, connection_id, day) DO UPDATE SET reads = r.reads + excluded.reads, last_read_at = excluded.last_read_at`,
)

interface HealthyChecks {
  readonly tenantIds: readonly string[]
  readonly connectionIds: readonly string[]
  readonly checkedAts: readonly number[]
  readonly nextCheckAts: readonly number[]
}

const healthyChecks = defineQuery<HealthyChecks>(
  ({ tenantIds, connectionIds, checkedAts, nextCheckAts }) => raw`
    UPDATE authpipe.schedule s SET checked_at = v.checked_at, check_at = v.next_check_at, claimed_until = NULL
    FROM unnest(${tenantIds}::text[], ${connectionIds}::text[], ${checkedAts}::bigint[], ${nextCheckAts}::bigint[]) v(tenant_id, connection_id, checked_at, next_check_at)
    WHERE s.tenant_id = v.tenant_id AND s.connection_id = v.connection_id AND COALESCE(s.checked_at, 0) <= v.checked_at`,
)

interface Postponements {
  readonly tenantIds: readonly string[]
  readonly connectionIds: readonly string[]
  readonly untils: readonly number[]
}

const postponed = {
  check: defineQuery<Postponements>(
    ({ tenantIds, connectionIds, untils }) => raw`
      UPDATE authpipe.schedule s SET check_at = v.until, claimed_until = NULL
      FROM unnest(${tenantIds}::text[], ${connectionIds}::text[], ${untils}::bigint[]) v(tenant_id, connection_id, until)
      WHERE s.tenant_id = v.tenant_id AND s.connection_id = v.connection_id AND s.check_at IS NOT NULL`,
  ),
  all: defineQuery<Postponements>(
    ({ tenantIds, connectionIds, untils }) => raw`
      UPDATE authpipe.schedule s SET claimed_until = v.until
      FROM unnest(${tenantIds}::text[], ${connectionIds}::text[], ${untils}::bigint[]) v(tenant_id, connection_id, until)
      WHERE s.tenant_id = v.tenant_id AND s.connection_id = v.connection_id`,
  ),
}

function listsOf(postponements: readonly Postponement[]): Postponements {
  return {
    tenantIds: postponements.map(({ tenantId }) => tenantId),
    connectionIds: postponements.map(({ connectionId }) => connectionId),
    untils: postponements.map(({ until }) => until),
  }
}

export const postgresStatements: Statements = {
  connectionToChange: ({ tenantId, connectionId }) => connectionToChange({ tenantId, connectionId }),
  upsertSecret: ({ tenantId, connectionId }, secret) => secretUpsert({ tenantId, connectionId, ...secret }),
  deleteSecret: ({ tenantId, connectionId }, field) => secretDeletion({ tenantId, connectionId, field }),
  selectRefreshable: ({ tenantId, connectionId }) => refreshable({ tenantId, connectionId }),
  selectSecret: ({ tenantId, connectionId }, field) => secretOfConnection({ tenantId, connectionId, field }),
  selectSealedSecrets: (secrets) => sealedSecrets(secrets),
  deleteSecrets: (tenantId) => secretsDeletion({ tenantId }),
  resealSecret: ({ tenantId, connectionId }, field, before, sealed) => secretResealing({ tenantId, connectionId, field, before, sealed }),
  holdTenantKey: (tenantId, keyId, alone) => (alone ? tenantKeyHoldAlone : tenantKeyHold)({ tenantId, keyId }),
  takeLease: ({ expect, ...lease }) => leaseTaking({ ...lease, ...toLeaseExpectation(expect) }),
  claimDue: ({ shard, now, until, limit }) => dueClaim({ shard, now, until, limit }),
  claimEvents: (sink, now, until, limit) => eventClaims[sink]({ now, until, limit }),
  *addReads(counts) {
    yield* write(
      readAdditions({
        tenantIds: counts.map(({ tenantId }) => tenantId),
        connectionIds: counts.map(({ connectionId }) => connectionId),
        days: counts.map(({ day }) => day),
        reads: counts.map(({ reads }) => reads),
        lastReadAts: counts.map(({ lastReadAt }) => lastReadAt),
      }),
    )
    return true
  },
  *noteHealthyChecks(checks) {
    yield* write(
      healthyChecks({
        tenantIds: checks.map(({ tenantId }) => tenantId),
        connectionIds: checks.map(({ connectionId }) => connectionId),
        checkedAts: checks.map(({ checkedAt }) => checkedAt),
        nextCheckAts: checks.map(({ nextCheckAt }) => nextCheckAt),
      }),
    )
    return true
  },
  *postpone(postponements) {
    for (const part of ['check', 'all'] as const) {
      const rows = postponements.filter((postponement) => postponement.part === part)
      if (rows.length > 0) yield* write(postponed[part](listsOf(rows)))
    }
    return true
  },
}
