// The way in: a tenant's file becomes connections of this database, one after the other, and may be brought in again at any time.
import { createError, type AuthKind, type ServerErrorCode } from '@authpipe/core'
import { commitChange } from '../commitChange.ts'
import { refreshTime } from '../credentials/refreshTime.ts'
import { secretContext, sealSecret } from '../credentials/sealTokens.ts'
import { decodeSecret } from '../credentials/storedSecret.ts'
import type { Engine } from '../engine.ts'
import { createTenantEvent } from '../events/authpipeEvent.ts'
import { firstCheckAt } from '../health/checkTime.ts'
import { wasEndedByRefresh } from '../health/probe.ts'
import { log } from '../log.ts'
import { isId } from '../principal.ts'
import { checkSettings } from '../settings.ts'
import { isHandedOver } from '../store/handOver.ts'
import type { ConnectionRecord, RevocationRecord, SchedulePatch, SecretField, SecretRecord } from '../store/store.ts'
import { clientIdOf } from './clientIdOf.ts'
import { parseContents, type TenantContents, type TravellingConnection } from './tenantContents.ts'
import { openTenantFile } from './tenantFile.ts'
import { parsePrivateKey } from './transferKey.ts'

/** How a tenant's file is brought in. */
export interface TenantImport {
  /** The private key of the pair that the file was exported for, in PEM. */
  readonly key: string
  /**
   * The tenant that the connections shall belong to.
   * @defaultValue the tenant that was exported
   */
  readonly tenantId?: string
}

/** What became of a file. */
export interface TenantImportReport {
  readonly tenantId: string
  /** Connections that were stored. */
  readonly imported: number
  /** Connections that had been handed over from here, and are refreshed here again. */
  readonly returned: number
  /** Connections that were there already, as they are in the file or newer. */
  readonly unchanged: number
  /** Connections that were left out, since another one of the same account is there; disconnected ones count too. */
  readonly conflicts: readonly TenantImportConflict[]
  /** Webhook endpoints that were stored. */
  readonly webhookEndpoints: number
}

export interface TenantImportConflict {
  readonly provider: string
  /** As in the file. */
  readonly connectionId: string
  /** The one that is there. */
  readonly presentConnectionId: string
}

const fields: readonly SecretField[] = ['credential', 'refresh_token']

/** @throws {AuthpipeError} see `Authpipe.importTenant` */
export async function importTenant(engine: Engine, file: string, { key, tenantId: as }: TenantImport): Promise<TenantImportReport> {
  if (as !== undefined && !isId(as)) throw createError('invalid_request', 'importTenant takes the tenantId of a tenant to import to, or none for the one in the file.')
  const plaintext = await openTenantFile(file, await parsePrivateKey(key))
  const contents = parseContents(plaintext)
  plaintext.fill(0)
  const tenantId = as ?? contents.tenantId
  try {
    for (const connection of contents.connections) await checkPlace(engine, tenantId, connection)
    return await bringInAll(engine, tenantId, contents)
  } finally {
    for (const { secrets, revocations } of contents.connections) {
      for (const secret of [...Object.values(secrets), ...revocations.map(({ secret }) => secret)]) secret.fill(0)
    }
  }
}

async function bringInAll(engine: Engine, tenantId: string, contents: TenantContents): Promise<TenantImportReport> {
  const counts = { imported: 0, returned: 0, unchanged: 0 }
  const conflicts: TenantImportConflict[] = []
  for (const travelling of contents.connections) {
    const outcome = await bringIn(engine, tenantId, travelling)
    if (typeof outcome === 'string') counts[outcome] += 1
    else conflicts.push(outcome)
  }
  const webhookEndpoints = await bringInEndpoints(engine, tenantId, contents)
  const facts = { ...counts, conflicts: conflicts.length, webhookEndpoints }
  await engine.store.commit({ tenantId, connectionId: '', expect: 'absent' }, [createTenantEvent('tenant.imported', tenantId, engine.now(), facts)])
  engine.cache.forgetTenant(tenantId)
  log('a tenant was imported', facts)
  return { tenantId, ...counts, conflicts, webhookEndpoints }
}

/** Refuses a connection that could not live here. */
async function checkPlace(engine: Engine, tenantId: string, connection: TravellingConnection): Promise<void> {
  const { provider: id, status, kind, credentialType, attachment, settings, secrets, clientId } = connection
  if (status === 'revoked') return
  const provider = engine.registrations.find(id)
  if (!provider) throw refusal('unknown_provider', `The file has connections of "${id}", which is not registered here. Add it to "providers" of createAuthpipe.`)
  if (kind !== 'installation' && !isSecret(secrets.credential)) {
    throw refusal('invalid_request', 'The file has a connection without its credential, which exportTenant would not have written. Do not trust where it came from.')
  }
  if (credentialType === 'webhook_secret') return
  checkSettings(provider, authKind(connection), settings)
  if (kind === 'user' && attachment !== provider.attachment) {
    throw refusal('invalid_configuration', `Each connection of "${id}" belongs to a ${attachment} in the file, and to a ${provider.attachment} here. Register it with attachment: '${attachment}'.`)
  }
  if (clientId !== undefined && clientId !== (await clientIdOf(engine, { tenantId, provider: id, kind, credentialType, settings }))) {
    const problem = `Accounts of "${id}" in the file were connected by another client than is registered here, and the provider lets no other refresh them.`
    throw refusal('invalid_configuration', `${problem} Register that client.`)
  }
}

const refusal = (code: ServerErrorCode, problem: string): Error => createError(code, `${problem} Nothing was written.`)

function isSecret(plaintext: Uint8Array | undefined): boolean {
  try {
    return plaintext !== undefined && decodeSecret(plaintext) !== undefined
  } catch {
    return false
  }
}

function authKind({ kind, credentialType }: TravellingConnection): AuthKind {
  if (kind === 'installation') return 'installation'
  return credentialType === 'api_key' ? 'api_key' : 'oauth2'
}

/** Stores one connection with all of its own, or finds that it is here. */
async function bringIn(engine: Engine, tenantId: string, travelling: TravellingConnection): Promise<'imported' | 'returned' | 'unchanged' | TenantImportConflict> {
  const { id: connectionId, provider, ownerId, kind, credentialType, account } = travelling
  // Somebody may write at the same moment: another import of the file, or a user who connects.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [present, schedule] = await Promise.all([engine.store.findConnection(tenantId, connectionId), engine.store.findSchedule(tenantId, connectionId)])
    const isReturning = isHandedOver(schedule)
    const isOlder = present !== undefined && isNewer(present, travelling)
    if (present && !isNewer(travelling, present) && (isOlder || !isReturning)) {
      if (!isReturning) await makeDue(engine, travelling)
      return 'unchanged'
    }
    const ofAccount = await engine.store.findConnectionByAccount({ tenantId, provider, ownerId, kind, credentialType, accountId: account.id })
    if (ofAccount && ofAccount.id !== connectionId) return { provider, connectionId, presentConnectionId: ofAccount.id }
    if (await write(engine, tenantId, travelling, present)) {
      await makeDue(engine, travelling)
      return isReturning ? 'returned' : 'imported'
    }
  }
  throw createError('store_unavailable', 'A connection was changed by others each time it was to be stored. Import again: what is there stays.')
}

/** Lets go on what has waited here for the tenant to come back. */
async function makeDue({ store, now }: Engine, { revocations }: TravellingConnection): Promise<void> {
  for (const [index, { id }] of revocations.entries()) await store.postponeRevocation(id, dueAt(now(), revocations, index))
}

/** All are due now; a millisecond between them keeps their order. */
function dueAt(now: number, { length }: readonly unknown[], index: number): number {
  return now - length + index
}

type Generations = Pick<ConnectionRecord, 'grantGeneration' | 'tokenGeneration'>

function isNewer(one: Generations, other: Generations): boolean {
  return one.grantGeneration > other.grantGeneration || (one.grantGeneration === other.grantGeneration && one.tokenGeneration > other.tokenGeneration)
}

/** @returns `false` when somebody wrote in between */
async function write(engine: Engine, tenantId: string, travelling: TravellingConnection, present: ConnectionRecord | undefined): Promise<boolean> {
  const { secrets, refreshes, revocations, clientId: _checked, ...facts } = travelling
  const isDefault = facts.isDefault && !(await hasOtherDefault(engine, tenantId, travelling))
  const connection: ConnectionRecord = { ...facts, tenantId, isDefault, revision: present?.revision ?? 1 }
  const sealed: SecretRecord[] = []
  for (const field of fields) {
    const plaintext = secrets[field]
    if (plaintext) sealed.push(await sealSecret(engine, connection, field, plaintext))
  }
  const change = {
    tenantId,
    connectionId: connection.id,
    expect: present ?? ('absent' as const),
    connection,
    secrets: sealed,
    removeSecrets: fields.filter((field) => secrets[field] === undefined),
    schedule: connection.status === 'revoked' ? ('remove' as const) : scheduleOf(engine, travelling),
    endLease: 'any' as const,
    revocations: await sealRevocations(engine, connection, revocations),
  }
  return commitChange(engine, change, [])
}

async function hasOtherDefault(engine: Engine, tenantId: string, { id, provider, ownerId, kind, credentialType }: TravellingConnection): Promise<boolean> {
  const siblings = await engine.store.listConnections({ tenantId, ownerIds: [ownerId], provider, credentialType })
  return siblings.some((sibling) => sibling.isDefault && sibling.kind === kind && sibling.id !== id)
}

/** What is due here, from what is known of the connection. */
function scheduleOf(engine: Engine, connection: TravellingConnection): SchedulePatch {
  const { status, credentialType, expiresAt, secrets, refreshes } = connection
  const now = engine.now()
  const isRefreshable = status !== 'needs_reauth' && expiresAt !== undefined && secrets.refresh_token !== undefined
  const isChecked = credentialType !== 'webhook_secret' && !wasEndedByRefresh(connection)
  const { refreshedAt = null, failingSince = null, failureCount, failureClass = null, grantEndsAt = null } = refreshes
  const { aheadMs } = engine.config.refresh
  const { warnBeforeMs } = engine.config.maintenance
  return {
    refreshAt: isRefreshable ? refreshTime(now, expiresAt, aheadMs) : null,
    checkAt: isChecked ? firstCheckAt(engine, true) : null,
    // At once only where it is over: that it was told before is not known here.
    warnAt: grantEndsAt === null || status === 'needs_reauth' ? null : Math.floor(grantEndsAt - Math.min(warnBeforeMs, Math.max(0, grantEndsAt - now) / 4)),
    refreshedAt,
    failingSince,
    failureCount,
    failureClass,
    grantEndsAt,
    suspectedAt: null,
    demotedAt: null,
  }
}

async function sealRevocations(engine: Engine, { tenantId, id: connectionId, provider }: ConnectionRecord, revocations: TravellingConnection['revocations']): Promise<RevocationRecord[]> {
  const records: RevocationRecord[] = []
  for (const [index, { secret, ...facts }] of revocations.entries()) {
    const place = { ...facts, tenantId, connectionId, provider }
    records.push({ ...place, nextAttemptAt: dueAt(engine.now(), revocations, index), sealed: await engine.vault.seal(secretContext(provider, place), secret) })
  }
  return records
}

async function bringInEndpoints(engine: Engine, tenantId: string, { webhookEndpoints }: TenantContents): Promise<number> {
  let stored = 0
  for (const endpoint of webhookEndpoints) if (await engine.store.insertWebhookEndpoint({ ...endpoint, tenantId })) stored += 1
  return stored
}
