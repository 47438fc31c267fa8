import { createHmac } from 'node:crypto'

import type { WebhookWriter } from '../webhooks/Webhook.ts'

/** Writes a webhook of Help Scout. HS-HOOK, HS-SDK: signed by HMAC-SHA1 over the raw body in base64; no time is part of it. */
export const writeHelpScoutWebhook: WebhookWriter = ({ event, data, secret }) => {
  const body = JSON.stringify(data ?? { id: 9001, number: 101, type: 'email', status: 'active', subject: 'The grinder arrived without its lid' })
  const headers = { 'content-type': 'application/json', 'x-helpscout-event': event }
  if (secret === undefined) return { headers, body }
  return { headers: { ...headers, 'x-helpscout-signature': createHmac('sha1', secret).update(body).digest('base64') }, body }
}
