import { createError, InvalidShape, type Account } from '@authpipe/core'
import type { AppliedCredential } from '@authpipe/core/server'
import type { Engine } from '../engine.ts'
import { isId } from '../principal.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { sendProviderRequest } from './providerRequest.ts'

const longestLabel = 200

/**
 * Asks the provider whose account a new credential is for.
 *
 * @throws {AuthpipeError} `provider_response_invalid` when the provider does not say; `provider_unreachable` (retryable)
 */
export async function identifyAccount(
  engine: Engine,
  provider: RegisteredProvider,
  credential: AppliedCredential,
  context: { readonly tokenResponse: Readonly<Record<string, unknown>>; readonly scopes: readonly string[]; readonly settings: Readonly<Record<string, string>> },
): Promise<Account> {
  try {
    const { id, label } = await provider.definition.identity({
      ...context,
      request: (request) => sendProviderRequest(engine.outbound.fetch, provider, context.settings, credential, request),
    })
    if (!isId(id)) throw new InvalidShape('account.id', 'a string with content and without control characters')
    // A label is the provider's text: shown as text only, and never longer than a line.
    return label === undefined ? { id } : { id, label: label.replace(/\p{Cc}+/gu, ' ').slice(0, longestLabel) }
  } catch (error) {
    if (!(error instanceof InvalidShape)) throw error
    throw createError('provider_response_invalid', `${provider.definition.name} did not say which account was connected. Nothing was stored. Connect again.`, { cause: error })
  }
}
