import type { CredentialQuery } from '@authpipe/core'
import { callProvider, type ProviderFetchInit } from '@authpipe/core/server'
import type { Engine } from '../engine.ts'
import { isRefusal, noteVerdict } from '../health/noteVerdict.ts'
import { readCredential } from './getCredential.ts'

/** Most bytes that an API answer may have: 32 MiB. */
const maxAnswerBytes = 33_554_432

/**
 * Calls the provider's API with the credential applied, by the rules of `callProvider`, and notes a provider that refuses the account.
 *
 * @throws {AuthpipeError} those of `callProvider` and `getCredential`; `provider_unreachable` (retryable) when no answer came
 */
export async function providerFetch(engine: Engine, query: CredentialQuery, pathOrUrl: string | URL, init?: ProviderFetchInit): Promise<Response> {
  return callProvider(
    {
      provider: engine.registrations.get(query.provider).definition,
      getCredential: () => readCredential(engine, query),
      renew: ({ connectionId }) => readCredential(engine, { ...query, connectionId, forceRefresh: true }),
      send: (url, request) => engine.outbound.fetch(url, { ...request, maxBytes: maxAnswerBytes }),
      onRefusal: ({ connectionId }, verdict) => {
        if (isRefusal(verdict)) engine.background(noteVerdict(engine, { tenantId: query.tenantId, connectionId }, verdict))
      },
    },
    pathOrUrl,
    init,
  )
}
