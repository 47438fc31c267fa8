import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import type { WebhookRecord } from '../store/store.ts'
import type { Outcome } from '../telemetry/telemetry.ts'
import { openWebhook } from './acceptWebhook.ts'

const batch = 20
const handlerTimeoutMs = 30_000
/** Longer than a handler may take, so that nobody else offers an event that is just being taken. */
const firstWaitMs = 60_000
const longestWaitMs = 3_600_000

/**
 * Offers webhooks that are due to the host app, each claimed first so that several processes do not offer it at once. One that
 * the app does not take comes due again.
 *
 * @param endAt - none is offered after this instant
 * @returns how many were taken
 */
export async function deliverWebhooks(engine: Engine, endAt: number): Promise<number> {
  let taken = 0
  for (;;) {
    const due = engine.config.onWebhook ? await engine.store.listDueWebhooks(engine.now(), batch) : []
    for (const webhook of due) if (engine.now() <= endAt && (await deliver(engine, webhook))) taken += 1
    if (due.length < batch || engine.now() > endAt) return taken
  }
}

/** @returns whether the host app took it, from us */
async function deliver(engine: Engine, webhook: WebhookRecord): Promise<boolean> {
  const nextAttemptAt = engine.now() + Math.min(longestWaitMs, firstWaitMs * 2 ** webhook.attempts)
  if (!(await engine.store.claimWebhook(webhook.id, webhook.attempts, nextAttemptAt))) return false
  const facts = { provider: webhook.provider, attempt: webhook.attempts + 1 }
  if (!(await engine.telemetry.measure('offer', facts, () => offer(engine, webhook), outcomeOf))) return false
  await engine.store.markWebhookDelivered(webhook.id)
  return true
}

const outcomeOf = (isTaken: boolean): Outcome => (isTaken ? { outcome: 'ok' } : { outcome: 'refused', isFailure: true })

async function offer(engine: Engine, webhook: WebhookRecord): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`onWebhook took longer than ${handlerTimeoutMs} ms`)), handlerTimeoutMs)
  })
  try {
    const event = await openWebhook(engine, webhook)
    await Promise.race([engine.config.onWebhook?.(event), late])
    return true
  } catch {
    log('onWebhook did not take a webhook; it stays and is offered again', { webhook: webhook.id, provider: webhook.provider })
    return false
  } finally {
    clearTimeout(timer)
  }
}
