// Taking over a connection that was made elsewhere. It may end anywhere and be called again: what is stored says how far it came.
import { AuthpipeError, type Account, type AuthpipeErrorCode } from '@authpipe/core'
import { RevealedCredential, type ConnectionToImport } from '@authpipe/core/server'
import { connectionNotFound, type ConnectionRef } from '../credentials/connectionErrors.ts'
import { verifyKey } from '../credentials/connectKey.ts'
import { readCredential } from '../credentials/getCredential.ts'
import { grantTimes } from '../credentials/grantTimes.ts'
import { identifyAccount } from '../credentials/identifyAccount.ts'
import { storeConnectionAs, type NewCredential } from '../credentials/storeConnection.ts'
import { applyKey, encodeSecret } from '../credentials/storedSecret.ts'
import { isUnverified, unverifiedAccount } from '../credentials/unverifiedAccount.ts'
import type { Engine } from '../engine.ts'
import { checkConnection } from '../health/checkConnection.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { checkImport, type CheckedImport } from './checkImport.ts'
import { claimAccount, type Claim } from './claimAccount.ts'

/**
 * What came of a connection to import.
 *
 * - `imported`: it is connected, and the provider said whose account it is.
 * - `unverified`: it is stored and usable, and the provider has not said yet whose account it is: import it again.
 * - `needs_reauth`: the provider no longer takes its tokens; it is stored, so that its user is asked to connect again.
 * - `already_connected`: its owner has connected this account here; that connection stays as it is.
 * - `disconnected_before`: its owner has disconnected this account here; it stays disconnected.
 * - `unchanged`: an earlier import came to its end; nobody was asked, whatever has become of it since.
 * - `ready`: only of a dry run: it can be imported, or an earlier import can go on.
 */
export type ImportOutcome = Claim['outcome'] | 'unverified' | 'needs_reauth' | 'ready'

/** {@link ImportOutcome}, and what is stored. */
export interface ImportedRecord {
  readonly outcome: ImportOutcome
  /** Of `unverified`: why the provider has not said. */
  readonly reason?: AuthpipeErrorCode
  /** The connection that stands for it now, which may be another one of its owner; absent where nothing is stored yet. */
  readonly connection?: ConnectionRecord
}

export interface ImportOptions {
  /**
   * Whether everything is checked that can be without writing anything or asking the provider.
   * @defaultValue `false`
   */
  readonly dryRun?: boolean
}

/**
 * Imports a connection. Its tokens are stored before anybody uses them, and then they are refreshed like any others, so that a rotated one is
 * never lost and none is used twice.
 *
 * @throws {AuthpipeError} see `Authpipe.importConnection`
 */
export async function importConnection(engine: Engine, given: ConnectionToImport, { dryRun = false }: ImportOptions = {}): Promise<ImportedRecord> {
  const checked = await checkImport(engine, given)
  const { tenantId, connectionId, credential } = checked
  const before = await engine.store.findConnection(tenantId, connectionId)
  if (before && !isUnfinished(before)) return { outcome: 'unchanged', connection: before }
  if (dryRun) return { outcome: 'ready', ...(before && { connection: before }) }

  if (!before && credential.kind === 'api_key') {
    const { provider, settings } = checked
    // A key that is refused is not stored.
    const account = await verifyKey(engine, { provider, settings }, applyKey(provider.apiKey, credential.fields))
    await storeConnectionAs(engine, connectionId, unverified(engine, checked))
    return claimAccount(engine, { tenantId, connectionId }, account)
  }
  if (!before) await storeConnectionAs(engine, connectionId, unverified(engine, checked))
  return finish(engine, checked)
}

function isUnfinished({ account, status }: ConnectionRecord): boolean {
  return isUnverified(account) && status === 'active'
}

/** A connection of which nobody knows yet whose account it is: what the export says of that is nobody's word. */
function unverified(engine: Engine, { tenantId, ownerId, provider, settings, connectionId, credential }: CheckedImport): NewCredential {
  const place = { tenantId, ownerId, provider, settings, account: unverifiedAccount(provider, settings, [connectionId]), isVerified: false }
  if (credential.kind === 'api_key') {
    return { ...place, credentialType: 'api_key', secrets: { credential: encodeSecret({ fields: credential.fields }) }, expiresAt: undefined, scopes: [], missingScopes: [] }
  }
  const { accessToken, refreshToken, scopes = provider.scopes } = credential
  const { definition } = provider.oauth(settings)
  const now = engine.now()
  // What can be renewed counts as over where nobody knows; what cannot is used for as long as it may live.
  const assumed = refreshToken === undefined ? now + definition.accessTokenLifetimeSeconds * 1000 : now
  const expiresAt = accessToken === undefined ? now : (credential.expiresAt ?? assumed)
  return {
    ...place,
    credentialType: 'oauth_token',
    secrets: {
      ...(accessToken === undefined ? {} : { credential: encodeSecret({ accessToken }) }),
      ...(refreshToken === undefined ? {} : { refresh_token: new TextEncoder().encode(refreshToken) }),
    },
    expiresAt,
    // How old the refresh token is nobody knows before the first refresh.
    ...(refreshToken === undefined && { grantTimes: grantTimes({ definition, tokens: { refreshToken, grantLifetimeSeconds: undefined }, receivedAt: now, expiresAt, warnBeforeMs: engine.config.maintenance.warnBeforeMs }) }),
    scopes,
    missingScopes: provider.scopes.filter((scope) => !scopes.includes(scope)),
  }
}

/** Asks the provider whose account it is, with the credential as everybody reads it, and stores that. */
async function finish(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<ImportedRecord> {
  let account: Account
  try {
    account = await askAccount(engine, { tenantId, connectionId })
  } catch (error) {
    if (!(error instanceof AuthpipeError) || !ofTheProvider.has(error.code)) throw error
    const connection = await find(engine, { tenantId, connectionId })
    if (connection.status === 'needs_reauth') return { outcome: 'needs_reauth', connection }
    if (!isUnfinished(connection)) return { outcome: 'unchanged', connection }
    return { outcome: 'unverified', reason: error.code, connection }
  }
  return claimAccount(engine, { tenantId, connectionId }, account)
}

/** What says something of this one connection, or of its provider. */
const ofTheProvider: ReadonlySet<AuthpipeErrorCode> = new Set<AuthpipeErrorCode>([
  'connection_not_found',
  'needs_reauth',
  'credential_rejected',
  'refresh_failed',
  'provider_unreachable',
  'provider_rate_limited',
  'provider_response_invalid',
  'provider_misconfigured',
])

async function askAccount(engine: Engine, ref: ConnectionRef): Promise<Account> {
  const connection = await find(engine, ref)
  const credential = await read(engine, connection)
  try {
    return await identify(engine, connection, credential)
  } catch (error) {
    if (!(error instanceof AuthpipeError && error.code === 'provider_response_invalid') || credential.refreshed) throw error
    // Its token may have ended before its time. A check tells, and refreshes one that the provider calls dead.
    await checkConnection(engine, ref)
    const renewed = await read(engine, connection)
    if (RevealedCredential.partsOf(renewed).generation === RevealedCredential.partsOf(credential).generation) throw error
    return identify(engine, connection, renewed)
  }
}

function read(engine: Engine, { tenantId, id: connectionId, provider, ownerId, credentialType }: ConnectionRecord): Promise<RevealedCredential> {
  return readCredential(engine, { provider, tenantId, connectionId, credentialType, credentialFor: 'user', ...(ownerId && { userId: ownerId }) })
}

async function identify(engine: Engine, connection: ConnectionRecord, credential: RevealedCredential): Promise<Account> {
  const { scopes, settings } = credential
  const provider = await engine.registrations.get(connection.provider).at(connection)
  return identifyAccount(engine, provider, credential, { tokenResponse: {}, scopes, settings })
}

async function find(engine: Engine, { tenantId, connectionId }: ConnectionRef): Promise<ConnectionRecord> {
  const connection = await engine.store.findConnection(tenantId, connectionId)
  if (!connection) throw connectionNotFound()
  return connection
}
