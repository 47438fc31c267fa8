import type { CredentialQuery } from '@authpipe/core'
import { callProvider, type ProviderFetchInit, type RevealedCredential } from '@authpipe/core/server'
import type { Engine } from '../engine.ts'
import { isRefusal } from '../health/finding.ts'
import { watchTraffic } from '../health/watchTraffic.ts'
import { readCredential, revealCredential } from './getCredential.ts'

/** Most bytes that an API answer may have: 32 MiB. */
const maxAnswerBytes = 33_554_432

/**
 * Calls the provider's API with the credential applied, by the rules of `callProvider`, and notes what the answer says of the connection.
 *
 * @throws {AuthpipeError} those of `callProvider` and `getCredential`; `provider_unreachable` (retryable) when no answer came
 */
export async function providerFetch(engine: Engine, query: CredentialQuery, pathOrUrl: string | URL, init?: ProviderFetchInit): Promise<Response> {
  let connectionId = ''
  let isRefused = false
  const response = await callProvider(
    {
      provider: engine.registrations.get(query.provider).definition,
      async getCredential(): Promise<RevealedCredential> {
        const credential = await revealCredential(engine, query)
        connectionId = credential.connectionId
        return credential
      },
      renew: () => readCredential(engine, { ...query, connectionId, forceRefresh: true }),
      send: (url, request) => engine.outbound.fetch(url, { ...request, maxBytes: maxAnswerBytes }),
      onRefusal: (_, verdict) => void (isRefused = isRefusal(verdict)),
    },
    pathOrUrl,
    init,
  )
  watchTraffic(engine, { tenantId: query.tenantId, connectionId }, response.ok ? 'taken' : isRefused || response.status === 403 ? 'refused' : 'neither')
  return response
}
