// From a verified event to the host app: stored first, handed over afterwards and as often as it takes.
import { createHash } from 'node:crypto'
import type { Engine } from '../engine.ts'
import type { WebhookEndpointRecord, WebhookRecord } from '../store/store.ts'
import type { SealContext } from '../vault/vault.ts'
import type { WebhookEvent } from './webhookEvent.ts'

/** How long an event is offered to the host app, and a replay of it known: 7 days. */
export const keepForMs = 7 * 86_400_000

/** Stores an event durably. One that came before is left as it is. */
export async function acceptWebhook(engine: Engine, { idHash }: WebhookEndpointRecord, event: WebhookEvent): Promise<void> {
  const { tenantId, provider } = event
  const id = createHash('sha256').update(idHash).update(JSON.stringify([tenantId, event.id])).digest('base64url')
  const sealed = await engine.vault.seal(webhookContext({ id, tenantId, provider }), new TextEncoder().encode(JSON.stringify(event)))
  await engine.store.insertWebhook({ id, tenantId, provider, sealed, attempts: 0, nextAttemptAt: engine.now(), receivedAt: engine.now() })
}

/** Opens what {@link acceptWebhook} stored. */
export async function openWebhook(engine: Engine, webhook: WebhookRecord): Promise<WebhookEvent> {
  const plaintext = await engine.vault.open(webhookContext(webhook), webhook.sealed)
  // What opens is what was sealed.
  const event: WebhookEvent = JSON.parse(new TextDecoder().decode(plaintext))
  return event
}

/** What the seal of a webhook binds. */
export function webhookContext({ id, tenantId, provider }: Pick<WebhookRecord, 'id' | 'tenantId' | 'provider'>): SealContext {
  return { tenantId, connectionId: id, provider, field: 'webhook', generation: '1' }
}
