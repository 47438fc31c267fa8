// The composition root: options in, the server API out.
import { AuthpipeError, createError, toProblem, type Connection, type Credential, type CredentialQuery, type CredentialToStore, type ProviderId, type ProviderSummary } from '@authpipe/core'
import type { ConnectionToImport, ProviderFetchInit } from '@authpipe/core/server'
import { callbackUrl, contextIdOf } from './callbackUrl.ts'
import { checkOptions, type AuthpipeOptions } from './config.ts'
import { rememberConfig } from './configOf.ts'
import { toConnection } from './connectionView.ts'
import { disconnect } from './credentials/disconnect.ts'
import { findRememberedCredential, revealCredential } from './credentials/getCredential.ts'
import { providerFetch } from './credentials/providerFetch.ts'
import { connectionNotFound, type ConnectionRef } from './credentials/connectionErrors.ts'
import { refreshCredential } from './credentials/refreshCredential.ts'
import { revokeAll, type MassRevocation, type RevocationReport } from './credentials/revokeAll.ts'
import { storeCredential } from './credentials/storeCredential.ts'
import { storeReads } from './credentials/storeReads.ts'
import { checkConnection } from './health/checkConnection.ts'
import { importConnection, type ImportedRecord, type ImportOptions } from './imports/importConnection.ts'
import { log } from './log.ts'
import { defaultBudgetMs, maintain, type MaintenanceCounts } from './maintenance/maintain.ts'
import { rotateKeys, type RotationOptions, type RotationReport } from './maintenance/rotateKeys.ts'
import { openEngine, type OpenEngine, type Surroundings } from './openEngine.ts'
import { isId } from './principal.ts'
import { handleRequest } from './routeHandler.ts'
import { jsonResponse } from './routes/route.ts'
import { eraseTenant } from './tenants/eraseTenant.ts'
import { exportTenant, type TenantExport } from './tenants/exportTenant.ts'
import { importTenant, type TenantImportReport, type TenantImport } from './tenants/importTenant.ts'
import { verifyWebhook } from './webhooks/verifyWebhook.ts'
import { createWebhookEndpoint, removeWebhookEndpoint, type NewWebhookEndpoint, type WebhookEndpoint } from './webhooks/webhookEndpoint.ts'
import type { CredentialReads, ErasedRows } from './store/store.ts'
import type { WebhookEvent } from './webhooks/webhookEvent.ts'
import type { IncomingWebhook } from './webhooks/webhookMessage.ts'

/** A web-standard request handler. */
export type Handler = (request: Request) => Promise<Response>

/** What came of a connection to import. */
export interface ImportedConnection extends Pick<ImportedRecord, 'outcome' | 'reason'> {
  /** The connection that stands for it now, which may be another one of its owner; absent where nothing is stored yet. */
  readonly connection?: Connection
}

/** The server side of Authpipe. */
export interface Authpipe {
  /** For a Next.js catch-all route: `export const { GET, POST, PUT, PATCH, DELETE } = authpipe.handlers`. */
  readonly handlers: Readonly<Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Handler>>
  /** The same routes as one fetch handler, for Hono, a bare Node server or tests. */
  readonly handler: Handler
  /**
   * A credential that works now, from memory in most cases.
   *
   * @throws {AuthpipeError} `connection_not_found` when nothing is connected; `needs_reauth` when only the user can mend it;
   * `credential_rejected` when the provider refuses the account; `provider_unreachable`, `provider_rate_limited` or
   * `provider_misconfigured` only when no still-valid credential exists; `unknown_provider`; `invalid_request`;
   * `credential_undecryptable`; `vault_unavailable` or `store_unavailable` (retryable)
   * @example
   * const { credential } = await authpipe.getCredential({ provider: 'livechat', tenantId: 'org_acme', userId: 'user_123' })
   */
  getCredential<P extends ProviderId>(query: CredentialQuery<P>): Promise<Credential<P>>
  /**
   * Calls the provider's API with the credential applied: a path below its base URL, or a whole URL of the same host. A token
   * that the provider calls dead is refreshed once and the call repeated once. Redirects are returned, not followed.
   *
   * @throws {AuthpipeError} those of `getCredential`; `invalid_request` for another host or a body that cannot be sent again
   * @example
   * const response = await authpipe.fetch({ provider: 'livechat', tenantId, userId }, '/agent/action/list_chats', { method: 'POST', body: '{}' })
   */
  fetch<P extends ProviderId>(query: CredentialQuery<P>, pathOrUrl: string | URL, init?: ProviderFetchInit): Promise<Response>
  /**
   * Stores an API key that the provider accepts, or a webhook secret. A webhook secret replaces the one before it, which verifies
   * for a while longer; `disconnect` ends both.
   *
   * @throws {AuthpipeError} `credential_rejected` or `insufficient_scope` when the provider refuses the key; `invalid_request`;
   * `unknown_provider`; `provider_unreachable` or `provider_rate_limited` (retryable) when it could not be told: nothing is
   * stored then; `vault_unavailable` or `store_unavailable` (retryable)
   * @example
   * await authpipe.storeCredential({ provider: 'help-scout', tenantId, credentialType: 'webhook_secret', fields: { secret } })
   */
  storeCredential<P extends ProviderId>(credential: CredentialToStore<P>): Promise<Connection>
  /**
   * Takes over a connection that was made elsewhere, with its tokens or its key. Tokens are stored before they are used; the provider says
   * whose account it is. It may end anywhere and be called again with the same `sourceId`: what is done is not done twice. End what refreshes
   * the tokens at the old place before.
   *
   * @throws {AuthpipeError} `invalid_request`; `unknown_provider`; `provider_misconfigured` where the tenant has no app; of a key, with
   * nothing stored: `credential_rejected`, `insufficient_scope`, and `provider_unreachable`, `provider_rate_limited` or
   * `provider_response_invalid` when it could not be told; `vault_unavailable` or `store_unavailable` (retryable)
   * @example
   * const { outcome } = await authpipe.importConnection({ provider: 'livechat', tenantId, userId, sourceId: row.id, accessToken, refreshToken })
   */
  importConnection<P extends ProviderId>(connection: ConnectionToImport<P>, options?: ImportOptions): Promise<ImportedConnection>
  /**
   * Makes a URL for a provider to post its webhooks to. What comes there is verified, stored and then given to `onWebhook`.
   *
   * @throws {AuthpipeError} `unknown_provider`; `invalid_request` where a tenant is needed and not named;
   * `invalid_configuration` where the hook of your app has no `webhookSecret`; `store_unavailable` (retryable)
   * @security The URL is told once, and where `isSigned` is `false` it is the secret.
   * @example
   * const { url } = await authpipe.createWebhookEndpoint({ provider: 'help-scout', tenantId: 'org_acme' })
   */
  createWebhookEndpoint(endpoint: NewWebhookEndpoint): Promise<WebhookEndpoint>
  /** Ends an endpoint by its URL. @throws {AuthpipeError} `not_found` where the tenant has no such endpoint */
  removeWebhookEndpoint(endpoint: { readonly url: string; readonly tenantId?: string }): Promise<void>
  /**
   * Verifies a webhook that came to a route of your own, over the raw bytes and with the secrets that are stored for the tenant.
   * It keeps no record: know a replay by the event's `id`.
   *
   * @throws {AuthpipeError} `webhook_signature_invalid`; `invalid_request` when the body was read before, is not JSON, or the
   * provider signs nothing; `payload_too_large` above 1 MiB; `unknown_provider`; `credential_undecryptable`;
   * `vault_unavailable` or `store_unavailable` (retryable)
   * @example
   * const event = await authpipe.verifyWebhook(request, { provider: 'help-scout', tenantId: 'org_acme' })
   */
  verifyWebhook(webhook: IncomingWebhook, place: { readonly provider: ProviderId; readonly tenantId: string }): Promise<WebhookEvent>
  /** The registered providers as a page may know them, in their order; what a server component passes as `initialProviders`. */
  listProviders(): Promise<ProviderSummary[]>
  /** Connections as plain JSON, newest first; what a server component passes as `initialConnections`. Without `userId` those of every user. */
  listConnections(filter: { readonly tenantId: string; readonly userId?: string; readonly provider?: ProviderId }): Promise<Connection[]>
  /** @throws {AuthpipeError} `connection_not_found` */
  getConnection(ref: ConnectionRef): Promise<Connection>
  /** Fetches a new access token now. @throws {AuthpipeError} those of `getCredential` */
  refreshConnection(ref: ConnectionRef): Promise<Connection>
  /**
   * The URL to register at a provider, to the letter. Where each tenant brings its own app, the tenant's.
   *
   * @throws {AuthpipeError} `unknown_provider`; `invalid_request` where a tenant is needed and not named
   */
  callbackUrl(place: { readonly provider: ProviderId; readonly tenantId?: string }): Promise<string>
  /**
   * Asks the provider now whether the connection works, and stores what it says. A refusal shows as `health` at first: it has to be
   * confirmed by another check before the connection is taken for unusable.
   *
   * @throws {AuthpipeError} `connection_not_found`; `vault_unavailable` or `store_unavailable` (retryable)
   */
  checkConnection(ref: ConnectionRef): Promise<Connection>
  /**
   * How often credentials of a tenant were handed out, by connection and day (UTC), newest first; also of connections that have ended.
   * Counts reach the database within a minute, and those of 400 days are kept.
   */
  listReads(of: { readonly tenantId: string; readonly connectionId?: string }): Promise<CredentialReads[]>
  /** Ends a connection here at once and at the provider as soon as it can be reached. @throws {AuthpipeError} `connection_not_found` */
  disconnect(ref: ConnectionRef): Promise<void>
  /**
   * Ends every connection of a provider, of all tenants or of one: here at once, at the provider in the background, at most five tokens a
   * second. Interrupted, the next call goes on; a call that has nothing left to end tells how far the provider's part has come.
   *
   * @throws {AuthpipeError} `unknown_provider`; `invalid_request`; `store_unavailable` (retryable)
   * @example
   * const { disconnected, waiting } = await authpipe.revokeAll({ provider: 'livechat' })
   */
  revokeAll(which: MassRevocation): Promise<RevocationReport>
  /**
   * Does the work that is due: refreshes ahead of expiry, health checks, warnings, queued revocations, undelivered events and webhooks,
   * and clears away what is old. Any number of processes may call it at once.
   *
   * @param options - `budgetMs`: no further work is begun after this time; default 10 000 (10 seconds)
   * @throws {AuthpipeError} `store_unavailable` (retryable)
   */
  maintain(options?: { readonly budgetMs?: number }): Promise<MaintenanceCounts>
  /**
   * Moves tenants to the current key-encryption key: wraps their keys anew, gives them new ones and seals their secrets anew, in
   * batches, while everything goes on. It may end anywhere and be called again, also from several processes at once.
   *
   * @returns counts, which keys are still needed, and which can be taken out of `keys`
   * @throws {AuthpipeError} `encryption_key_unavailable` when a key is needed that is not configured; `vault_unavailable` or
   * `store_unavailable` (retryable): call it again, it goes on where it was; `invalid_request`
   * @example
   * const { removableKids } = await authpipe.rotateKeys()
   */
  rotateKeys(options?: RotationOptions): Promise<RotationReport>
  /**
   * Destroys the keys of a tenant and removes everything else of it. Nothing is revoked at providers: disconnect before, where that
   * matters. What a backup still holds is in docs/security.md.
   *
   * @returns how many rows there were; none the second time
   * @throws {AuthpipeError} `invalid_request`; `store_unavailable` (retryable): nothing was erased then
   */
  eraseTenant(tenantId: string): Promise<ErasedRows>
  /**
   * Writes everything of a tenant into one file that only the holder of the recipient's private key can read, and hands it over: from then on
   * nothing of it is refreshed or checked here, since a provider that rotates tokens ends the grant of whoever refreshes second. What is still
   * valid is served until it expires. It ends for a connection that is connected anew, and with `importTenant` of the file or a later one.
   * Called again, it gives the same again.
   *
   * @returns the file, a text of one line
   * @throws {AuthpipeError} `invalid_request`; `not_found` where there is nothing of the tenant; `refresh_failed` (retryable) while the newest
   * token of a connection is not known; `credential_undecryptable`: nothing was handed over then; `vault_unavailable` or `store_unavailable`
   * (retryable)
   * @security Who has the private key has every credential of the tenant.
   * @see docs/moving-a-tenant.md
   * @example
   * const file = await authpipe.exportTenant({ tenantId: 'org_acme', recipient: await readFile('transfer.pub', 'utf8') })
   */
  exportTenant(tenant: TenantExport): Promise<string>
  /**
   * Stores what a file of `exportTenant` holds, under the keys of this database, and refreshes it from now on. The whole file is read and
   * checked before anything is written. Interrupted, the next call goes on.
   *
   * @throws {AuthpipeError} `encryption_key_unavailable` for another key; `credential_undecryptable` for a file that was cut or changed;
   * `invalid_request` for what is no such file, or one of another version; `unknown_provider` or `invalid_configuration` where a connection
   * could not be used here: nothing was written then; `vault_unavailable` or `store_unavailable` (retryable)
   * @security Whoever has the public key can write such a file: know where it comes from.
   * @see docs/moving-a-tenant.md
   * @example
   * const { imported, conflicts } = await authpipe.importTenant(file, { key: await readFile('transfer.key', 'utf8') })
   */
  importTenant(file: string, how: TenantImport): Promise<TenantImportReport>
  /** Runs `maintain` in this process again and again; for long-lived servers. */
  start(): Promise<void>
  /** Ends what `start` began. */
  stop(): void
  /** Resolves once the schema is up to date and the keys are checked. @throws {AuthpipeError} a set-up code that says the fix */
  ready(): Promise<void>
  /** Waits for work under way and releases files, sockets and timers. A later call opens them again. */
  close(): Promise<void>
}

const counter = Symbol.for('authpipe.optionsVersion')
const everywhere: typeof globalThis & { [counter]?: number } = globalThis

/**
 * Makes the server side of Authpipe: the routes to mount and the API that hands out credentials.
 *
 * Options are checked at once. Nothing is opened and no secret is needed until the first request or call, so a build can
 * import it. Calls with the same database and base URL share one engine in a process.
 *
 * @throws {AuthpipeError} `invalid_configuration` with one sentence that says the fix
 */
export function createAuthpipe(options: AuthpipeOptions): Authpipe {
  return composeAuthpipe(options, { env: process.env, now: Date.now })
}

/** {@link createAuthpipe} with the environment and the clock given from outside. */
export function composeAuthpipe(options: AuthpipeOptions, surroundings: Surroundings): Authpipe {
  const config = checkOptions(options)
  const version = (everywhere[counter] = (everywhere[counter] ?? 0) + 1)

  let opened: OpenEngine | undefined
  let opening: Promise<OpenEngine> | undefined
  const open = (): Promise<OpenEngine> => {
    if (opened?.isClosed) opened = opening = undefined
    opening ??= openEngine(config, version, surroundings).then(
      (engine) => {
        if (config.maintenance.mode === 'auto') engine.scheduler.start()
        return (opened = engine)
      },
      (error: unknown) => {
        opening = undefined
        throw error
      },
    )
    return opening
  }

  const handler: Handler = async (request) => {
    try {
      return await handleRequest((await open()).engine, request)
    } catch (error) {
      return setUpFailure(error)
    }
  }

  const authpipe: Authpipe = {
    handlers: { GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler },
    handler,

    async getCredential(query) {
      // The warm path: no await before this answer.
      const remembered = opened && findRememberedCredential(opened.engine, query)
      return remembered ?? revealCredential((await open()).engine, query)
    },
    async fetch(query, pathOrUrl, init) {
      return providerFetch((await open()).engine, query, pathOrUrl, init)
    },
    async storeCredential(credential) {
      return toConnection(await storeCredential((await open()).engine, credential))
    },
    async importConnection(given, options) {
      const { connection, ...rest } = await importConnection((await open()).engine, given, options)
      return { ...rest, ...(connection && { connection: toConnection(connection) }) }
    },
    async createWebhookEndpoint(endpoint) {
      return createWebhookEndpoint((await open()).engine, endpoint)
    },
    async removeWebhookEndpoint(endpoint) {
      await removeWebhookEndpoint((await open()).engine, endpoint)
    },
    async verifyWebhook(webhook, place) {
      return verifyWebhook((await open()).engine, webhook, place)
    },
    async listProviders() {
      return (await open()).engine.registrations.all.map(({ summary }) => summary)
    },
    async listConnections({ tenantId, userId, provider }) {
      if (!isId(tenantId)) throw createError('invalid_request', 'listConnections needs a tenantId.')
      const { store } = (await open()).engine
      const records = await store.listConnections({ tenantId, ...(userId === undefined ? {} : { ownerIds: [userId, ''] }), ...(provider === undefined ? {} : { provider }) })
      return records.map(toConnection)
    },
    async getConnection(ref) {
      const { tenantId, connectionId } = checkRef(ref)
      const record = await (await open()).engine.store.findConnection(tenantId, connectionId)
      if (!record || record.status === 'revoked') throw connectionNotFound()
      return toConnection(record)
    },
    async refreshConnection(ref) {
      const { engine } = await open()
      const record = await engine.store.findConnection(checkRef(ref).tenantId, ref.connectionId)
      if (!record) throw connectionNotFound()
      return toConnection(await refreshCredential(engine, ref, record.tokenGeneration))
    },
    async callbackUrl({ provider, tenantId }) {
      const { engine } = await open()
      const { isPerTenant } = engine.registrations.get(provider)
      if (isPerTenant && !isId(tenantId)) throw createError('invalid_request', `Each tenant registers its own app at ${provider}, so callbackUrl needs a tenantId.`)
      return callbackUrl(engine.relay?.through ?? engine.baseUrl, provider, isPerTenant && tenantId !== undefined ? contextIdOf(provider, tenantId) : undefined)
    },
    async checkConnection(ref) {
      return toConnection(await checkConnection((await open()).engine, checkRef(ref)))
    },
    async listReads({ tenantId, connectionId }) {
      if (!isId(tenantId)) throw createError('invalid_request', 'listReads needs a tenantId.')
      const { engine } = await open()
      await storeReads(engine)
      return engine.store.listReads(tenantId, connectionId)
    },
    async disconnect(ref) {
      await disconnect((await open()).engine, checkRef(ref))
    },
    async revokeAll(which) {
      if (which.tenantId !== undefined && !isId(which.tenantId)) throw createError('invalid_request', 'revokeAll needs a tenantId that is a non-empty string, or none for every tenant.')
      return revokeAll((await open()).engine, which)
    },
    async maintain({ budgetMs = defaultBudgetMs } = {}) {
      return maintain((await open()).engine, budgetMs)
    },
    async rotateKeys(options = {}) {
      return rotateKeys((await open()).engine, options)
    },
    async eraseTenant(tenantId) {
      return eraseTenant((await open()).engine, tenantId)
    },
    async exportTenant(tenant) {
      return exportTenant((await open()).engine, tenant)
    },
    async importTenant(file, how) {
      return importTenant((await open()).engine, file, how)
    },
    async start() {
      const { scheduler } = await open()
      scheduler.start()
    },
    stop() {
      opened?.scheduler.stop()
    },
    async ready() {
      await open()
    },
    async close() {
      const closing = opening
      opened = undefined
      opening = undefined
      await (await closing?.catch(() => undefined))?.close()
    },
  }
  rememberConfig(authpipe, config)
  return authpipe
}

function checkRef(ref: ConnectionRef): ConnectionRef {
  if (!isId(ref.tenantId) || !isId(ref.connectionId)) throw createError('invalid_request', 'A connection is named by { tenantId, connectionId }, two non-empty strings.')
  return ref
}

/** What a request gets while the server cannot start: the log says why, the answer does not. */
function setUpFailure(error: unknown): Response {
  const failure = error instanceof AuthpipeError ? error : createError('internal_error', 'Authpipe could not start.', { cause: error })
  log('Authpipe could not start', { code: failure.code, message: error instanceof AuthpipeError ? failure.message : '' })
  return jsonResponse(toProblem(failure), failure.status || 500, { 'content-type': 'application/problem+json' })
}
