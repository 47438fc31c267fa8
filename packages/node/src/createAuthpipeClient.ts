// The composition root: options in, credentials out.
import type { Connection, Credential, CredentialQuery, CredentialToStore, ProviderId } from '@authpipe/core'
import { catalog } from '@authpipe/core/providers'
import type { ProviderFetchInit } from '@authpipe/core/server'
import { AuthpipeServer } from './authpipeServer.ts'
import { checkOptions, type AuthpipeClientOptions } from './clientOptions.ts'
import { CredentialReader } from './credentialReader.ts'
import type { EventPageQuery, EventPages } from './eventPages.ts'
import { listEvents } from './listEvents.ts'
import { providerFetch } from './providerFetch.ts'
import { storeCredential } from './storeCredential.ts'
import { createAuthpipeClient as refuseBrowser } from './unsupportedRuntime.ts'

/** How one call waits. */
export interface CallOptions {
  /** Ends the wait of this caller alone, with the signal's reason. */
  readonly signal?: AbortSignal
}

/** What another service of the app has of its Authpipe server. */
export interface AuthpipeClient {
  /**
   * A credential that works now, from memory in most cases. While the server cannot be asked, a credential that is still valid goes
   * on being served and says that it is `stale`.
   *
   * @throws {AuthpipeError} those of the server's `getCredential`; `network_error` (retryable) where the server cannot be reached and
   * no credential is held; `unauthenticated` where the secret key is not (any more) one of the server's
   * @example
   * const { credential } = await authpipe.getCredential({ provider: 'livechat', tenantId: 'org_acme', userId: 'user_123' })
   */
  getCredential<P extends ProviderId>(query: CredentialQuery<P>, options?: CallOptions): Promise<Credential<P>>
  /**
   * Calls the provider's API with the credential applied, from here and not by way of the server: a path below its base URL, or a whole
   * URL of the same host. A token that the provider calls dead is renewed once and the call repeated once. Redirects are returned, not
   * followed.
   *
   * @throws {AuthpipeError} those of `getCredential`; `invalid_request` for another host or a body that cannot be sent again;
   * `provider_rate_limited` and `provider_unreachable` (retryable)
   * @example
   * const response = await authpipe.fetch({ provider: 'livechat', tenantId, userId }, '/agent/action/list_chats', { method: 'POST', body: '{}' })
   */
  fetch<P extends ProviderId>(query: CredentialQuery<P>, pathOrUrl: string | URL, init?: ProviderFetchInit): Promise<Response>
  /**
   * Stores an API key that the provider accepts, or a webhook secret, as the server's `storeCredential` does.
   *
   * @throws {AuthpipeError} those of the server's `storeCredential`; `network_error` (retryable); `unauthenticated`
   */
  storeCredential<P extends ProviderId>(credential: CredentialToStore<P>, options?: CallOptions): Promise<Connection>
  /**
   * The audit log, newest first: `await` gives one page, `for await` every event.
   *
   * @throws {AuthpipeError} `invalid_request` for a cursor that the server never gave; `network_error`, `store_unavailable` (retryable);
   * `unauthenticated`
   * @example
   * for await (const { type, tenantId } of authpipe.listEvents()) console.log(type, tenantId)
   */
  listEvents(page?: EventPageQuery, options?: CallOptions): EventPages
  /** Ends what is under way and forgets every credential. A later call asks the server anew. */
  close(): void
}

/**
 * Makes a client of an Authpipe server for a worker or another service. It opens nothing: the first call does.
 *
 * @throws {AuthpipeError} `invalid_configuration` with one sentence that says the fix
 * @example
 * const authpipe = createAuthpipeClient({ baseUrl: 'https://app.example.com/api/authpipe', secretKey: process.env.AUTHPIPE_SECRET_KEY })
 */
export function createAuthpipeClient(options: AuthpipeClientOptions): AuthpipeClient {
  return composeAuthpipeClient(options, Date.now)
}

/** {@link createAuthpipeClient} with the clock given from outside. */
export function composeAuthpipeClient(options: AuthpipeClientOptions, now: () => number): AuthpipeClient {
  // A bundler that does not know the condition "browser" may take it along all the same.
  if ('window' in globalThis && 'document' in globalThis) refuseBrowser()
  const config = checkOptions(options, catalog)
  const server = new AuthpipeServer(config)
  const reader = new CredentialReader(server, config, now)
  return {
    async getCredential(query, { signal } = {}) {
      // The warm path: no await before this answer.
      return reader.find(query) ?? reader.read(query, signal)
    },
    async fetch(query, pathOrUrl, init) {
      return providerFetch(reader, config, query, pathOrUrl, init)
    },
    async storeCredential(credential, { signal } = {}) {
      return storeCredential(server, reader, credential, signal)
    },
    listEvents(page = {}, { signal } = {}) {
      return listEvents(server, page, signal)
    },
    close() {
      server.close()
      reader.clear()
    },
  }
}
