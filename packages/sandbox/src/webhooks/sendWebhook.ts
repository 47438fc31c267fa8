import type { WebhookRequest } from './Webhook.ts'

/** How the receiver answered a webhook. */
export interface WebhookDelivery {
  /** `null` where no answer came within ten seconds. */
  readonly status: number | null
}

const timeoutMs = 10_000

/** Posts a webhook, one copy after the other; an answer of any status is an answer. */
export async function sendWebhook(receiver: URL, { headers, body }: WebhookRequest, copies: number): Promise<WebhookDelivery[]> {
  const deliveries: WebhookDelivery[] = []
  for (let copy = 0; copy < copies; copy += 1) deliveries.push({ status: await post(receiver, headers, body) })
  return deliveries
}

async function post(receiver: URL, headers: Readonly<Record<string, string>>, body: string): Promise<number | null> {
  try {
    // A redirect could lead away from this machine.
    const response = await fetch(receiver, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    await response.body?.cancel()
    return response.status
  } catch {
    return null
  }
}
