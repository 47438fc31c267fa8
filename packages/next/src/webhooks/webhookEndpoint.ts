import { createError, type ProviderId, type WebhookDefinition } from '@authpipe/core'
import { createHash, randomBytes } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { isId } from '../principal.ts'
import type { RegisteredProvider } from '../registrations.ts'

/** For whom a provider's webhooks are to be taken in. */
export interface NewWebhookEndpoint {
  /** Provider id, such as `help-scout`. */
  readonly provider: ProviderId
  /** Left out for a provider with one hook per app, such as the plugin hook of Crisp: the tenant follows from each event then. */
  readonly tenantId?: string
  /**
   * Takes in hooks that the provider does not sign although it can, such as those of a Crisp website.
   * @defaultValue `false`
   * @security Whoever knows the URL can post to it.
   */
  readonly unsigned?: boolean
}

export interface WebhookEndpoint {
  /** Where the provider is to post to. Told once: a hash of it is all that is stored. */
  readonly url: string
  /**
   * Whether what comes in is verified by a secret. Where it is `false` the provider signs nothing and the long random path alone
   * vouches for a webhook: keep the URL as secret as a password.
   */
  readonly isSigned: boolean
}

/**
 * Makes a new endpoint; those made before go on.
 *
 * @throws {AuthpipeError} see `Authpipe.createWebhookEndpoint`
 */
export async function createWebhookEndpoint(engine: Engine, endpoint: NewWebhookEndpoint): Promise<WebhookEndpoint> {
  const { provider: id, tenantId, unsigned = false } = endpoint
  const provider = engine.registrations.get(id)
  const { name, webhook: definition } = provider.definition
  if (!definition) throw createError('invalid_request', `The definition of ${name} does not say how its webhooks are verified. Add "webhook" to it.`)
  if (tenantId === undefined) checkBelongsToApp(provider, definition)
  else if (!isId(tenantId)) throw createError('invalid_request', 'The tenantId must be a non-empty string.')
  if (unsigned && (tenantId === undefined || !canBeUnsigned(definition))) {
    throw createError('invalid_request', `${name} signs this hook, so it has to be verified. Leave out "unsigned".`)
  }

  const isSigned = !unsigned && definition.scheme !== 'none'
  // 256 bits: nobody finds it by trying.
  const endpointId = randomBytes(32).toString('base64url')
  const idHash = endpointHash(endpointId)
  await engine.store.insertWebhookEndpoint({ idHash, tenantId: tenantId ?? '', provider: id, isSigned, createdAt: engine.now() })
  return { url: `${engine.baseUrl.href}/webhooks/${id}/${endpointId}`, isSigned }
}

function checkBelongsToApp({ definition: { name }, webhookSecrets }: RegisteredProvider, { account }: WebhookDefinition): void {
  if (account === undefined) {
    throw createError('invalid_request', `Each tenant has hooks of its own at ${name}, so createWebhookEndpoint needs a tenantId.`)
  }
  if (webhookSecrets.length === 0) {
    throw createError(
      'invalid_configuration',
      `The hook of your app at ${name} is verified by a secret. Pass "webhookSecret" to its registration, from the environment.`,
    )
  }
}

/**
 * Ends an endpoint: what comes to it from now on is answered with 404.
 *
 * @throws {AuthpipeError} `not_found` where the tenant has no such endpoint
 */
export async function removeWebhookEndpoint(engine: Engine, endpoint: { readonly url: string; readonly tenantId?: string }): Promise<void> {
  const { url, tenantId = '' } = endpoint
  const endpointId = url.slice(url.lastIndexOf('/') + 1)
  if (await engine.store.deleteWebhookEndpoint(tenantId, endpointHash(endpointId))) return
  throw createError('not_found', 'There is no such webhook endpoint of this tenant. It may have been removed.')
}

/** Whether a provider's hooks may come in unsigned. */
export function canBeUnsigned(definition: WebhookDefinition): boolean {
  return definition.scheme === 'none' || (definition.scheme === 'hmac' && definition.unsignedToo === true)
}

/** What is stored of an endpoint's id. */
export function endpointHash(endpointId: string): Uint8Array {
  return createHash('sha256').update(endpointId).digest()
}
