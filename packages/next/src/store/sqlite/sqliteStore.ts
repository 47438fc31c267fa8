// The embedded database: one SQLite file, nothing to set up.
import { createError } from '@authpipe/core'
import type { ExpressionBuilder, RawBuilder } from 'kysely'
import { resolve } from 'node:path'
import { applyChange } from './applyChange.ts'
import { defineQuery } from './defineQuery.ts'
import { bytes, integer, text } from './rows/columns.ts'
import { connectionColumns, parseConnectionRow } from './rows/connectionRow.ts'
import { parseCredentialRow, selectChosenCredential, selectNamedCredential } from './rows/credentialRow.ts'
import { parseEventRow } from './rows/eventRow.ts'
import { parseRevocationRow } from './rows/revocationRow.ts'
import { parseScheduleRow } from './rows/scheduleRow.ts'
import { parseSecretRow, secretSeq } from './rows/secretRow.ts'
import { parseSessionRow, toOutcomeRow, toSessionRow } from './rows/sessionRow.ts'
import { parseTenantKeyRow, toTenantKeyRow } from './rows/tenantKeyRow.ts'
import { parseWebhookEndpointRow, toWebhookEndpointRow } from './rows/webhookEndpointRow.ts'
import { parseWebhookRow, toWebhookRow } from './rows/webhookRow.ts'
import { SqliteDatabase, type PreparedRead } from './sqliteDatabase.ts'
import { sql, type Tables } from './sqliteTables.ts'
import type { Change, ConnectionFilter, ConnectionRecord, CredentialLookup, EventRecord, Lease, ScheduleRecord, SecretField, SecretRecord, Store } from './store.ts'
import type { RevocationRecord, SessionOutcome, SessionRecord, StoredCredential, StoredSessionStatus, TenantKeyRecord } from './store.ts'
import type { WebhookEndpointRecord, WebhookRecord } from './store.ts'

interface OpenStore {
  readonly database: SqliteDatabase
  readonly chosenCredential: PreparedRead
  readonly namedCredential: PreparedRead
}

export interface SqliteStoreOptions {
  /** The database file. Its directory is made where it is missing. */
  readonly path: string
  /**
   * How long a write waits for another process to finish its own, in milliseconds. Everything else in this process waits with it.
   * @defaultValue 5 000
   */
  readonly busyTimeoutMs?: number
}

/**
 * A store in one SQLite file, for one host. Nothing is opened before {@link SqliteStore.open}; every write is on the disk when it resolves.
 *
 * @throws {AuthpipeError} from every method: `store_unavailable` (retryable) when the file cannot answer, having written nothing;
 * from `open` also `invalid_configuration` when a person has to mend something: an unusable path, a damaged or foreign file,
 * a newer schema, a Node.js without SQLite
 * @security The files are readable by this user alone. Secrets in them are sealed, so a copy without the keys gives nothing.
 */
export class SqliteStore implements Store {
  readonly #path: string
  readonly #busyTimeoutMs: number
  #open: OpenStore | undefined
  #opening: Promise<void> | undefined

  constructor({ path, busyTimeoutMs = 5_000 }: SqliteStoreOptions) {
    this.#path = resolve(path)
    this.#busyTimeoutMs = busyTimeoutMs
  }

  async open(): Promise<void> {
    if (this.#open) return
    this.#opening ??= SqliteDatabase.open(this.#path, this.#busyTimeoutMs)
      .then((database) => {
        this.#open = {
          database,
          chosenCredential: database.prepareRead(selectChosenCredential),
          namedCredential: database.prepareRead(selectNamedCredential),
        }
      })
      .finally(() => {
        this.#opening = undefined
      })
    return this.#opening
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => {})
    this.#open?.database.close()
    this.#open = undefined
  }

  async findCredential(lookup: CredentialLookup): Promise<StoredCredential | undefined> {
    const { namedCredential, chosenCredential } = this.#opened()
    const { tenantId, provider, ownerId, kind = null, credentialType = null, connectionId } = lookup
    const values =
      connectionId === undefined
        ? chosenCredential(tenantId, provider, ownerId, kind, kind, credentialType, credentialType)
        : namedCredential(tenantId, provider, ownerId, kind, kind, credentialType, credentialType, connectionId)
    return values && parseCredentialRow(lookup, values)
  }

  async findConnection(tenantId: string, connectionId: string): Promise<ConnectionRecord | undefined> {
    const row = this.#database().first(connectionById({ tenantId, connectionId }))
    return row && parseConnectionRow(row)
  }

  async listConnections({ tenantId, ownerIds, provider, credentialType }: ConnectionFilter): Promise<ConnectionRecord[]> {
    const rows = this.#database().all(
      sql
        .selectFrom('connection')
        .select(connectionColumns)
        .where('tenant_id', '=', tenantId)
        .where('status', '<>', 'revoked')
        .where('credential_type', credentialType === undefined ? '<>' : '=', credentialType ?? 'webhook_secret')
        .$if(ownerIds !== undefined, (query) => query.where('owner_id', 'in', ownerIds ?? []))
        .$if(provider !== undefined, (query) => query.where('provider', '=', provider ?? ''))
        .orderBy('connected_at', 'desc')
        .orderBy('id', 'desc'),
    )
    return rows.map(parseConnectionRow)
  }

  async listConnectionsOfAccount(provider: string, accountId: string): Promise<ConnectionRecord[]> {
    const rows = this.#database().all(
      sql.selectFrom('connection').select(connectionColumns).where('provider', '=', provider).where('account_id', '=', accountId).where('status', '=', 'active'),
    )
    return rows.map(parseConnectionRow)
  }

  async findConnectionByAccount(
    key: Pick<ConnectionRecord, 'tenantId' | 'provider' | 'ownerId' | 'kind' | 'credentialType'> & { readonly accountId: string },
  ): Promise<ConnectionRecord | undefined> {
    const row = this.#database().first(
      sql
        .selectFrom('connection')
        .select(connectionColumns)
        .where('tenant_id', '=', key.tenantId)
        .where('provider', '=', key.provider)
        .where('owner_id', '=', key.ownerId)
        .where('kind', '=', key.kind)
        .where('credential_type', '=', key.credentialType)
        .where('account_id', '=', key.accountId),
    )
    return row && parseConnectionRow(row)
  }

  async findSecret(tenantId: string, connectionId: string, field: SecretField): Promise<SecretRecord | undefined> {
    const row = this.#database().first(secretOfConnection({ tenantId, connectionId, offset: secretSeq(0, field) }))
    return row && parseSecretRow(tenantId, connectionId, row)
  }

  async findSchedule(tenantId: string, connectionId: string): Promise<ScheduleRecord | undefined> {
    const row = this.#database().first(scheduleOfConnection({ tenantId, connectionId }))
    return row && parseScheduleRow(row)
  }

  async commit(change: Change, events: readonly EventRecord[]): Promise<boolean> {
    const database = this.#database()
    return database.transaction(() => applyChange(database, change, events))
  }

  async acquireLease({ expect: { grantGeneration, tokenGeneration }, ...lease }: Lease): Promise<boolean> {
    return this.#database().write(leaseTaking({ ...lease, grantGeneration, tokenGeneration })) === 1
  }

  async releaseLease(tenantId: string, connectionId: string, owner: string): Promise<void> {
    this.#database().write(leaseRelease({ tenantId, connectionId, owner }))
  }

  async listDueRefreshes(now: number, limit: number): Promise<ScheduleRecord[]> {
    const rows = this.#database().all(
      sql.selectFrom('schedule').selectAll().where('refresh_at', '<=', now).where(isFree(now)).orderBy('refresh_at').limit(limit),
    )
    return rows.map(parseScheduleRow)
  }

  async hasRefreshedSince(provider: string, since: number, exceptConnectionId: string): Promise<boolean> {
    const row = this.#database().first(
      sql
        .selectFrom('schedule')
        .select('connection_id')
        .where('provider', '=', provider)
        .where('refreshed_at', '>', since)
        .where('connection_id', '<>', exceptConnectionId)
        .limit(1),
    )
    return row !== undefined
  }

  async insertSession(session: SessionRecord): Promise<boolean> {
    return this.#database().writeUnlessTaken(sql.insertInto('session').values(toSessionRow(session)))
  }

  async findSession(id: string): Promise<SessionRecord | undefined> {
    const row = this.#database().first(sql.selectFrom('session').selectAll().where('id', '=', id))
    return row && parseSessionRow(row)
  }

  async findSessionByState(stateHash: Uint8Array): Promise<SessionRecord | undefined> {
    const row = this.#database().first(sql.selectFrom('session').selectAll().where('state_hash', '=', stateHash))
    return row && parseSessionRow(row)
  }

  async moveSession(id: string, from: StoredSessionStatus, outcome: SessionOutcome): Promise<boolean> {
    const moved = this.#database().write(
      sql.updateTable('session').set(toOutcomeRow(outcome)).where('id', '=', id).where('status', '=', from),
    )
    return moved === 1
  }

  async rebindSession(id: string, bindingHash: Uint8Array): Promise<boolean> {
    const bound = this.#database().write(
      sql.updateTable('session').set({ binding_hash: bindingHash }).where('id', '=', id).where('status', '=', 'pending'),
    )
    return bound === 1
  }

  async countSessions(tenantId: string, userId: string, since: number): Promise<number> {
    const row = this.#database().first(
      sql
        .selectFrom('session')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .where('created_at', '>=', since),
    )
    return row ? integer(row, 'count') : 0
  }

  async deleteSessions(expiredBefore: number, limit: number): Promise<number> {
    const ended = sql.selectFrom('session').select('id').where('expires_at', '<', expiredBefore).orderBy('expires_at').limit(limit)
    return this.#database().write(sql.deleteFrom('session').where('id', 'in', ended))
  }

  async findTenantKey(tenantId: string, keyId?: string): Promise<TenantKeyRecord | undefined> {
    const row = this.#database().first(
      sql
        .selectFrom('tenant_key')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .$if(keyId !== undefined, (query) => query.where('key_id', '=', keyId ?? ''))
        .orderBy('seq', 'desc')
        .limit(1),
    )
    return row && parseTenantKeyRow(row)
  }

  async insertTenantKey(key: TenantKeyRecord, after: string | undefined): Promise<boolean> {
    const database = this.#database()
    return database.transaction(() => {
      const newest = database.first(sql.selectFrom('tenant_key').select('key_id').where('tenant_id', '=', key.tenantId).orderBy('seq', 'desc').limit(1))
      if ((newest && text(newest, 'key_id')) !== after) return false
      database.write(sql.insertInto('tenant_key').values(toTenantKeyRow(key)))
      return true
    })
  }

  async reserveSeals(tenantId: string, keyId: string, count: number): Promise<number | undefined> {
    const database = this.#database()
    let total: number | undefined
    database.transaction(() => {
      const row = database.first(
        sql
          .updateTable('tenant_key')
          .set((key) => ({ seal_count: key('seal_count', '+', count) }))
          .where('tenant_id', '=', tenantId)
          .where('key_id', '=', keyId)
          .returning('seal_count'),
      )
      total = row && integer(row, 'seal_count')
      return true
    })
    return total
  }

  async countTenantKeys(): Promise<{ readonly kid: string; readonly tenants: number }[]> {
    const rows = this.#database().all(
      sql
        .selectFrom('tenant_key')
        .select(({ fn }) => ['kid', fn.count('tenant_id').distinct().as('tenants')])
        .groupBy('kid')
        .orderBy('kid'),
    )
    return rows.map((row) => ({ kid: text(row, 'kid'), tenants: integer(row, 'tenants') }))
  }

  async findKeyCheck(kid: string): Promise<{ readonly wrapped: string; readonly digest: Uint8Array } | undefined> {
    const row = this.#database().first(sql.selectFrom('key_check').select(['wrapped', 'digest']).where('kid', '=', kid))
    return row && { wrapped: text(row, 'wrapped'), digest: bytes(row, 'digest') }
  }

  async insertKeyCheck(kid: string, { wrapped, digest }: { readonly wrapped: string; readonly digest: Uint8Array }): Promise<void> {
    this.#database().write(
      sql
        .insertInto('key_check')
        .values({ kid, wrapped, digest })
        .onConflict((conflict) => conflict.column('kid').doNothing()),
    )
  }

  async listUndeliveredEvents(limit: number): Promise<EventRecord[]> {
    const rows = this.#database().all(sql.selectFrom('event').selectAll().where('delivered_at', 'is', null).orderBy('seq').limit(limit))
    return rows.map(parseEventRow)
  }

  async markEventsDelivered(ids: readonly string[], at: number): Promise<void> {
    const database = this.#database()
    database.transaction(() => {
      for (const id of ids) database.write(sql.updateTable('event').set({ delivered_at: at }).where('id', '=', id))
      return true
    })
  }

  async listDueRevocations(now: number, limit: number): Promise<RevocationRecord[]> {
    const rows = this.#database().all(
      sql.selectFrom('revocation').selectAll().where('next_attempt_at', '<=', now).orderBy('next_attempt_at').limit(limit),
    )
    return rows.map(parseRevocationRow)
  }

  async claimRevocation(id: string, attempts: number, nextAttemptAt: number): Promise<boolean> {
    const claimed = this.#database().write(
      sql
        .updateTable('revocation')
        .set({ attempts: attempts + 1, next_attempt_at: nextAttemptAt })
        .where('id', '=', id)
        .where('attempts', '=', attempts),
    )
    return claimed === 1
  }

  async deleteRevocation(id: string): Promise<void> {
    this.#database().write(sql.deleteFrom('revocation').where('id', '=', id))
  }

  async insertWebhookEndpoint(endpoint: WebhookEndpointRecord): Promise<void> {
    this.#database().write(sql.insertInto('webhook_endpoint').values(toWebhookEndpointRow(endpoint)))
  }

  async findWebhookEndpoint(idHash: Uint8Array): Promise<WebhookEndpointRecord | undefined> {
    const row = this.#database().first(sql.selectFrom('webhook_endpoint').selectAll().where('id_hash', '=', idHash))
    return row && parseWebhookEndpointRow(row)
  }

  async deleteWebhookEndpoint(tenantId: string, idHash: Uint8Array): Promise<boolean> {
    return this.#database().write(sql.deleteFrom('webhook_endpoint').where('id_hash', '=', idHash).where('tenant_id', '=', tenantId)) === 1
  }

  async insertWebhook(webhook: WebhookRecord): Promise<boolean> {
    return this.#database().writeUnlessTaken(sql.insertInto('webhook').values(toWebhookRow(webhook)))
  }

  async listDueWebhooks(now: number, limit: number): Promise<WebhookRecord[]> {
    const rows = this.#database().all(
      sql.selectFrom('webhook').selectAll().where('next_attempt_at', '<=', now).orderBy('next_attempt_at').limit(limit),
    )
    return rows.map(parseWebhookRow)
  }

  async claimWebhook(id: string, attempts: number, nextAttemptAt: number): Promise<boolean> {
    const claimed = this.#database().write(
      sql
        .updateTable('webhook')
        .set({ attempts: attempts + 1, next_attempt_at: nextAttemptAt })
        .where('id', '=', id)
        .where('attempts', '=', attempts)
        .where('next_attempt_at', 'is not', null),
    )
    return claimed === 1
  }

  async markWebhookDelivered(id: string): Promise<void> {
    this.#database().write(sql.updateTable('webhook').set({ sealed: null, next_attempt_at: null }).where('id', '=', id))
  }

  async deleteWebhooks(receivedBefore: number, limit: number): Promise<number> {
    const database = this.#database()
    let undelivered = 0
    database.transaction(() => {
      const rows = database.all(
        sql.selectFrom('webhook').select(['id', 'next_attempt_at']).where('received_at', '<', receivedBefore).orderBy('received_at').limit(limit),
      )
      for (const row of rows) database.write(sql.deleteFrom('webhook').where('id', '=', text(row, 'id')))
      undelivered = rows.filter((row) => row['next_attempt_at'] !== null).length
      return true
    })
    return undelivered
  }

  #opened(): OpenStore {
    if (this.#open) return this.#open
    throw createError('store_unavailable', `The database ${this.#path} is not open. Wait for open() before anything else, and do not use it after close().`)
  }

  #database(): SqliteDatabase {
    return this.#opened().database
  }
}

const isFree =
  (now: number | RawBuilder<number>) =>
  ({ or, eb }: ExpressionBuilder<Tables, 'schedule'>) =>
    or([eb('lease_until', 'is', null), eb('lease_until', '<=', now)])

interface Ref {
  readonly tenantId: string
  readonly connectionId: string
}

const connectionById = defineQuery<Ref>(({ tenantId, connectionId }) =>
  sql.selectFrom('connection').select(connectionColumns).where('tenant_id', '=', tenantId).where('id', '=', connectionId),
)

const secretOfConnection = defineQuery<Ref & { readonly offset: number }>(({ tenantId, connectionId, offset }) =>
  sql
    .selectFrom('connection as c')
    .innerJoin('secret as s', (join) => join.on(({ eb }) => eb('s.seq', '=', eb(eb('c.seq', '*', 2), '+', offset))))
    .selectAll('s')
    .where('c.tenant_id', '=', tenantId)
    .where('c.id', '=', connectionId),
)

const scheduleOfConnection = defineQuery<Ref>(({ tenantId, connectionId }) =>
  sql.selectFrom('schedule').selectAll().where('tenant_id', '=', tenantId).where('connection_id', '=', connectionId),
)

const leaseTaking = defineQuery<Omit<Lease, 'expect'> & Lease['expect']>(({ tenantId, connectionId, owner, now, until, grantGeneration, tokenGeneration }) =>
  sql
    .updateTable('schedule')
    .set({ lease_owner: owner, lease_until: until, intent_at: now })
    .where('tenant_id', '=', tenantId)
    .where('connection_id', '=', connectionId)
    .where(isFree(now))
    .where('connection_seq', '=', ({ selectFrom }) =>
      selectFrom('connection')
        .select('seq')
        .where('tenant_id', '=', tenantId)
        .where('id', '=', connectionId)
        .where('status', 'in', ['active', 'failed'])
        .where('grant_generation', '=', grantGeneration)
        .where('token_generation', '=', tokenGeneration),
    ),
)

const leaseRelease = defineQuery<Ref & { readonly owner: string }>(({ tenantId, connectionId, owner }) =>
  sql
    .updateTable('schedule')
    .set({ lease_owner: null, lease_until: null, intent_at: null })
    .where('tenant_id', '=', tenantId)
    .where('connection_id', '=', connectionId)
    .where('lease_owner', '=', owner),
)
