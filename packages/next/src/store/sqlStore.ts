// The store over a SQL database, whichever it is: what it does is written once, and a driver does it.
import { createError } from '@authpipe/core'
import { applyChange } from './queries/applyChange.ts'
import * as connections from './queries/connections.ts'
import { countDue } from './queries/countDue.ts'
import * as credentialReads from './queries/credentialReads.ts'
import { eraseTenant } from './queries/eraseTenant.ts'
import * as events from './queries/events.ts'
import * as providerStates from './queries/providerStates.ts'
import { findRefreshable } from './queries/refreshable.ts'
import * as revocations from './queries/revocations.ts'
import * as schedule from './queries/schedule.ts'
import * as sealed from './queries/sealed.ts'
import * as sessions from './queries/sessions.ts'
import type { Statements } from './queries/statements.ts'
import * as tenantKeys from './queries/tenantKeys.ts'
import * as webhooks from './queries/webhooks.ts'
import type * as records from './records.ts'
import { integer } from './rows/columns.ts'
import { parseCredentialRow } from './rows/credentialRow.ts'
import { parseScheduleRow } from './rows/scheduleRow.ts'
import { parseSecretRow } from './rows/secretRow.ts'
import type { AccountKey, Change, ConnectionFilter, CredentialLookup, DueClaim, HealthyCheck, Lease, Postponement, ProviderPage, Store, StoredCredential } from './store.ts'
import { first, write, writeReturning, type Driver, type TransactionOptions, type Work, type WriteOptions } from './work.ts'

export interface SqlStoreOptions {
  /** Names the database in messages, without a secret. */
  readonly name: string
  readonly statements: Statements
  /** Opens the database and brings its schema up to date. */
  readonly openDriver: () => Promise<Driver>
}

export class SqlStore implements Store {
  readonly #options: SqlStoreOptions
  readonly #statements: Statements
  #driver: Driver | undefined
  #opening: Promise<void> | undefined

  constructor(options: SqlStoreOptions) {
    this.#options = options
    this.#statements = options.statements
  }

  async open(): Promise<void> {
    if (this.#driver) return
    this.#opening ??= this.#options
      .openDriver()
      .then((driver) => {
        this.#driver = driver
      })
      .finally(() => {
        this.#opening = undefined
      })
    return this.#opening
  }

  async close(): Promise<void> {
    await this.#opening?.catch(() => {})
    const driver = this.#driver
    this.#driver = undefined
    await driver?.close()
  }

  async readClock(): Promise<number | undefined> {
    return this.#opened().readClock()
  }

  watch(onChange: (tenantId: string | undefined) => void): () => void {
    return this.#opened().watch(onChange)
  }

  async findCredential(lookup: CredentialLookup): Promise<StoredCredential | undefined> {
    const { tenantId, provider, ownerId, kind = null, credentialType = null, connectionId = null } = lookup
    const values = await this.#opened().readCredential({ tenantId, provider, ownerId, kind, credentialType, connectionId })
    return values && parseCredentialRow(lookup, values)
  }

  findConnection(tenantId: string, connectionId: string) {
    return this.#run(connections.findConnection(tenantId, connectionId))
  }
  listConnections(filter: ConnectionFilter) {
    return this.#run(connections.listConnections(filter))
  }
  listConnectionsOfTenant(tenantId: string) {
    return this.#run(connections.listConnectionsOfTenant(tenantId))
  }
  listConnectionsOfAccount(provider: string, accountId: string) {
    return this.#run(connections.listConnectionsOfAccount(provider, accountId))
  }
  listConnectionsOfProvider(page: ProviderPage) {
    return this.#run(connections.listConnectionsOfProvider(page))
  }
  findConnectionByAccount(key: AccountKey) {
    return this.#run(connections.findConnectionByAccount(key))
  }
  findRefreshable(tenantId: string, connectionId: string) {
    return this.#run(findRefreshable(this.#statements, tenantId, connectionId))
  }
  findSecret(tenantId: string, connectionId: string, field: records.SecretField) {
    return this.#run(findSecret(this.#statements, tenantId, connectionId, field))
  }
  findSchedule(tenantId: string, connectionId: string) {
    return this.#run(schedule.findSchedule(tenantId, connectionId))
  }

  commit(change: Change, events: readonly records.EventRecord[]) {
    return this.#transact(() => applyChange(this.#statements, change, events), events.length > 0 ? { tenantId: change.tenantId } : {})
  }

  acquireLease(lease: Lease) {
    return this.#run(acquireLease(this.#statements, lease))
  }
  releaseLease(tenantId: string, connectionId: string, owner: string) {
    return this.#run(releaseLease(tenantId, connectionId, owner))
  }
  claimDue(claim: DueClaim) {
    // Whatever is claimed and lost comes due again.
    return this.#run(claimDue(this.#statements, claim), { mayBeLost: true })
  }
  countDue(now: number, limit: number) {
    return this.#run(countDue(now, limit))
  }
  async noteHealthyChecks(checks: readonly HealthyCheck[]): Promise<void> {
    if (checks.length > 0) await this.#transact(() => this.#statements.noteHealthyChecks(checks), { mayBeLost: true })
  }
  async postpone(postponements: readonly Postponement[]): Promise<void> {
    if (postponements.length > 0) await this.#transact(() => this.#statements.postpone(postponements), { mayBeLost: true })
  }
  recheckDemoted(provider: string, since: number, checkAt: number) {
    return this.#run(schedule.recheckDemoted(provider, since, checkAt))
  }
  hasRefreshedSince(provider: string, since: number, exceptConnectionId: string) {
    return this.#run(schedule.hasRefreshedSince(provider, since, exceptConnectionId))
  }

  insertSession(session: records.SessionRecord) {
    return this.#run(sessions.insertSession(session))
  }
  findSession(id: string) {
    return this.#run(sessions.findSession(id))
  }
  findSessionByState(stateHash: Uint8Array) {
    return this.#run(sessions.findSessionByState(stateHash))
  }
  moveSession(id: string, from: records.StoredSessionStatus, outcome: records.SessionOutcome) {
    return this.#run(sessions.moveSession(id, from, outcome))
  }
  rebindSession(id: string, bindingHash: Uint8Array) {
    return this.#run(sessions.rebindSession(id, bindingHash))
  }
  countSessions(tenantId: string, userId: string, since: number) {
    return this.#run(sessions.countSessions(tenantId, userId, since))
  }
  deleteSessions(expiredBefore: number, limit: number) {
    return this.#run(sessions.deleteSessions(expiredBefore, limit))
  }

  findTenantKey(tenantId: string, keyId?: string) {
    return this.#run(tenantKeys.findTenantKey(tenantId, keyId))
  }
  insertTenantKey(key: records.TenantKeyRecord, after: string | undefined) {
    return this.#transact(() => tenantKeys.insertTenantKey(key, after))
  }
  reserveSeals(tenantId: string, keyId: string, count: number) {
    return this.#run(tenantKeys.reserveSeals(tenantId, keyId, count))
  }
  listTenantKeys(tenantId: string) {
    return this.#run(tenantKeys.listTenantKeys(tenantId))
  }
  listTenantsToRotate(kid: string, after: string, limit: number) {
    return this.#run(tenantKeys.listTenantsToRotate(kid, after, limit))
  }
  rewrapTenantKey(before: records.TenantKeyRecord, after: { readonly kid: string; readonly wrapped: string }) {
    return this.#run(tenantKeys.rewrapTenantKey(before, after))
  }
  listSealed(kind: records.SealedKind, tenantId: string, keyId: string, after: records.SealedRecord | undefined, limit: number) {
    return this.#run(sealed.listSealed(this.#statements, kind, tenantId, keyId, after, limit))
  }
  async replaceSealed(keyId: string, replacements: readonly sealed.Replacement[]): Promise<number> {
    let replaced = 0
    await this.#transact(() => sealed.replaceSealed(this.#statements, keyId, replacements, (count) => (replaced = count)))
    return replaced
  }
  deleteTenantKey(tenantId: string, keyId: string, now: number) {
    return this.#transact(() => sealed.deleteTenantKey(this.#statements, tenantId, keyId, now))
  }
  async eraseTenant(tenantId: string, event: records.EventRecord): Promise<records.ErasedRows> {
    let erased: records.ErasedRows | undefined
    await this.#transact(() => eraseTenant(this.#statements, tenantId, event, (rows) => (erased = rows)), { tenantId })
    if (!erased) throw createError('internal_error', 'A tenant was not erased.')
    return erased
  }
  countTenantKeys() {
    return this.#run(tenantKeys.countTenantKeys())
  }
  findKeyCheck(kid: string) {
    return this.#run(tenantKeys.findKeyCheck(kid))
  }
  insertKeyCheck(kid: string, check: tenantKeys.KeyCheck) {
    return this.#run(tenantKeys.insertKeyCheck(kid, check))
  }

  async addReads(counts: readonly records.CredentialReads[]): Promise<void> {
    if (counts.length > 0) await this.#transact(() => this.#statements.addReads(counts), { mayBeLost: true })
  }
  listReads(tenantId: string, connectionId?: string) {
    return this.#run(credentialReads.listReads(tenantId, connectionId))
  }
  deleteReads(dayBefore: string) {
    return this.#run(credentialReads.deleteReads(dayBefore))
  }

  claimEvents(sink: records.EventSink, now: number, until: number, limit: number) {
    return this.#run(events.claimEvents(this.#statements, sink, now, until, limit))
  }
  settleEvents(sink: records.EventSink, ids: readonly string[]) {
    return this.#run(events.settleEvents(sink, ids))
  }
  postponeEvent(sink: records.EventSink, id: string, at: number) {
    return this.#run(events.postponeEvent(sink, id, at))
  }
  giveUpEvents(sink: records.EventSink, dueBefore: number, limit: number) {
    return this.#run(events.giveUpEvents(sink, dueBefore, limit))
  }
  listEvents(page: { readonly before?: string; readonly limit: number }) {
    return this.#run(events.listEvents(page))
  }
  deleteEvents(occurredBefore: number, limit: number) {
    return this.#run(events.deleteEvents(occurredBefore, limit))
  }

  findProviderState(provider: string) {
    return this.#run(providerStates.findProviderState(provider))
  }
  putProviderState(state: records.ProviderStateRecord, events: readonly records.EventRecord[] = []) {
    if (events.length === 0) return this.#run(providerStates.putProviderState(state))
    return this.#transact(() => providerStates.putProviderState(state, events))
  }

  listDueRevocations(now: number, limit: number) {
    return this.#run(revocations.listDueRevocations(now, limit))
  }
  listRevocationsOfTenant(tenantId: string) {
    return this.#run(revocations.listRevocationsOfTenant(tenantId))
  }
  claimRevocation(id: string, attempts: number, nextAttemptAt: number) {
    return this.#run(revocations.claimRevocation(id, attempts, nextAttemptAt))
  }
  postponeRevocation(id: string, at: number) {
    return this.#run(revocations.postponeRevocation(id, at))
  }
  deleteRevocation(id: string) {
    return this.#run(revocations.deleteRevocation(id))
  }
  countRevocations(provider: string, tenantId?: string) {
    return this.#run(revocations.countRevocations(provider, tenantId))
  }

  insertWebhookEndpoint(endpoint: records.WebhookEndpointRecord) {
    return this.#run(webhooks.insertWebhookEndpoint(endpoint))
  }
  listWebhookEndpoints(tenantId: string) {
    return this.#run(webhooks.listWebhookEndpoints(tenantId))
  }
  findWebhookEndpoint(idHash: Uint8Array) {
    return this.#run(webhooks.findWebhookEndpoint(idHash))
  }
  deleteWebhookEndpoint(tenantId: string, idHash: Uint8Array) {
    return this.#run(webhooks.deleteWebhookEndpoint(tenantId, idHash))
  }
  insertWebhook(webhook: records.WebhookRecord) {
    return this.#run(webhooks.insertWebhook(webhook))
  }
  listDueWebhooks(now: number, limit: number) {
    return this.#run(webhooks.listDueWebhooks(now, limit))
  }
  claimWebhook(id: string, attempts: number, nextAttemptAt: number) {
    return this.#run(webhooks.claimWebhook(id, attempts, nextAttemptAt))
  }
  markWebhookDelivered(id: string) {
    return this.#run(webhooks.markWebhookDelivered(id))
  }
  deleteWebhooks(receivedBefore: number, limit: number) {
    return this.#run(webhooks.deleteWebhooks(receivedBefore, limit))
  }

  async #run<T>(work: Work<T>, options?: WriteOptions): Promise<T> {
    return this.#opened().run(work, options)
  }

  async #transact(work: () => Work<boolean>, options?: TransactionOptions): Promise<boolean> {
    return this.#opened().transact(work, options)
  }

  #opened(): Driver {
    if (this.#driver) return this.#driver
    throw createError('store_unavailable', `The database ${this.#options.name} is not open. Wait for open() before anything else, and do not use it after close().`)
  }
}

function* findSecret(statements: Statements, tenantId: string, connectionId: string, field: records.SecretField): Work<records.SecretRecord | undefined> {
  const row = yield* first(statements.selectSecret({ tenantId, connectionId }, field))
  return row && parseSecretRow(tenantId, connectionId, row)
}

function* acquireLease(statements: Statements, lease: Lease): Work<number | undefined> {
  const [row] = yield* writeReturning(statements.takeLease(lease))
  return row && integer(row, 'intent_generation')
}

function* releaseLease(tenantId: string, connectionId: string, owner: string): Work<void> {
  yield* write(schedule.leaseEnd({ tenantId, connectionId, owner }))
}

function* claimDue(statements: Statements, claim: DueClaim): Work<(records.ScheduleRecord & records.LeaseRecord)[]> {
  return (yield* writeReturning(statements.claimDue(claim))).map(parseScheduleRow)
}
