import { createError, type WebhookDefinition } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { isId } from '../principal.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { isGenuine } from './isGenuine.ts'
import { memberOf, parseBody } from './webhookBody.ts'
import { readWebhookEvent, type UnownedEvent, type WebhookEvent } from './webhookEvent.ts'
import { readWebhookMessage, type IncomingWebhook, type WebhookMessage } from './webhookMessage.ts'
import { listWebhookSecrets } from './webhookSecrets.ts'

/**
 * Verifies a webhook for a tenant.
 *
 * @throws {AuthpipeError} see `Authpipe.verifyWebhook`
 */
export async function verifyWebhook(
  engine: Engine,
  webhook: IncomingWebhook,
  place: { readonly provider: string; readonly tenantId: string },
): Promise<WebhookEvent> {
  if (!isId(place.tenantId)) throw createError('invalid_request', 'verifyWebhook needs the tenantId of whoever the webhook belongs to.')
  const provider = engine.registrations.get(place.provider)
  const { name, webhook: definition } = provider.definition
  if (!definition || definition.scheme === 'none') {
    throw createError(
      'invalid_request',
      `${name} signs no webhooks, so there is nothing to verify. Take them in at the URL of createWebhookEndpoint, which only ${name} knows.`,
    )
  }
  return verifyForTenant(engine, provider, definition, place.tenantId, await readWebhookMessage(webhook))
}

/** @throws {AuthpipeError} `webhook_signature_invalid`; `invalid_request` where the body is not JSON */
export async function verifyForTenant(
  engine: Engine,
  provider: RegisteredProvider,
  definition: WebhookDefinition,
  tenantId: string,
  message: WebhookMessage,
): Promise<WebhookEvent> {
  const isTheirs = isGenuine(definition, message, await listWebhookSecrets(engine, provider.id, tenantId), engine.now())
  // Our app's own secret vouches for the accounts of every tenant, so the account says whose it is.
  const isOurs = isGenuine(definition, message, provider.webhookSecrets, engine.now())
  const isAboutThem = isOurs && (await listTenants(engine, provider.id, definition, message)).includes(tenantId)
  if (!isTheirs && !isAboutThem) throw signatureInvalid()
  return ownedBy(provider, tenantId, readWebhookEvent(definition, message, true))
}

/**
 * Verifies a webhook of our app's one hook.
 *
 * @returns the event for each tenant that has the account connected
 * @throws {AuthpipeError} `webhook_signature_invalid`; `invalid_request` where the body is not JSON
 */
export async function verifyForRegistration(
  engine: Engine,
  provider: RegisteredProvider,
  definition: WebhookDefinition,
  message: WebhookMessage,
): Promise<WebhookEvent[]> {
  if (!isGenuine(definition, message, provider.webhookSecrets, engine.now())) throw signatureInvalid()
  const event = readWebhookEvent(definition, message, true)
  return (await listTenants(engine, provider.id, definition, message)).map((tenantId) => ownedBy(provider, tenantId, event))
}

async function listTenants(engine: Engine, provider: string, { account }: WebhookDefinition, message: WebhookMessage): Promise<string[]> {
  const accountId = account === undefined ? undefined : memberOf(parseBody(message), account)
  if (!isId(accountId)) return []
  const connections = await engine.store.listConnectionsOfAccount(provider, accountId)
  // A webhook secret's account is no account of the provider's.
  const active = connections.filter(({ credentialType, status }) => credentialType !== 'webhook_secret' && status === 'active')
  return [...new Set(active.map(({ tenantId }) => tenantId))]
}

export function ownedBy(provider: RegisteredProvider, tenantId: string, event: UnownedEvent): WebhookEvent {
  const { payload, ...facts } = event
  return { ...facts, provider: provider.id, tenantId, payload }
}

/** The same words whatever was wrong: a forger learns nothing of how near they came. */
function signatureInvalid(): Error {
  return createError(
    'webhook_signature_invalid',
    'This webhook is not signed as the provider signs: by a secret that is stored here, over these very bytes, ' +
      'within five minutes of now where a time is signed. Check the secret that is set up there.',
  )
}
