// `POST /webhooks/:provider/:endpointId`: what a provider sends. It comes from another site and for nobody who is signed in;
// the endpoint and the signature are all that vouches for it.
import { createError } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { WebhookEndpointRecord } from '../store/store.ts'
import { acceptWebhook } from '../webhooks/acceptWebhook.ts'
import { deliverWebhooks } from '../webhooks/deliverWebhooks.ts'
import { ownedBy, verifyForRegistration, verifyForTenant } from '../webhooks/verifyWebhook.ts'
import { canBeUnsigned, endpointHash } from '../webhooks/webhookEndpoint.ts'
import { readWebhookEvent, type WebhookEvent } from '../webhooks/webhookEvent.ts'
import { readWebhookMessage, type WebhookMessage } from '../webhooks/webhookMessage.ts'
import { emptyResponse, type Route } from './route.ts'

/** How long what goes on after the answer begins with further webhooks; maintenance has the rest. */
const deliveryBudgetMs = 10_000

export const receiveWebhook: Route = async ({ engine, request, params }) => {
  const { provider: id = '', endpointId = '' } = params
  const endpoint = await engine.store.findWebhookEndpoint(endpointHash(endpointId))
  const provider = engine.registrations.find(id)
  if (!endpoint || !provider || endpoint.provider !== id) throw createError('not_found', 'There is no such webhook endpoint.')

  const events = await verifyAt(engine, provider, endpoint, await readWebhookMessage(request))
  for (const event of events) await acceptWebhook(engine, endpoint, event)
  engine.background(deliverWebhooks(engine, engine.now() + deliveryBudgetMs))
  return emptyResponse()
}

async function verifyAt(
  engine: Engine,
  provider: RegisteredProvider,
  { tenantId, isSigned }: WebhookEndpointRecord,
  message: WebhookMessage,
): Promise<WebhookEvent[]> {
  const definition = provider.definition.webhook ?? { scheme: 'none' }
  if (tenantId === '') {
    const events = await verifyForRegistration(engine, provider, definition, message)
    if (events.length === 0) log('a webhook is about an account that nobody has connected; it was dropped', { provider: provider.id })
    return events
  }
  if (!isSigned && canBeUnsigned(definition)) return [ownedBy(provider, tenantId, readWebhookEvent(definition, message, false))]
  return [await verifyForTenant(engine, provider, definition, tenantId, message)]
}
