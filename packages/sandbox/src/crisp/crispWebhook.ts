import { createHmac } from 'node:crypto'

import type { WebhookWriter } from '../webhooks/Webhook.ts'
import { crispWebsites } from './crispWebsites.ts'

/**
 * Writes a hook of Crisp. CR-HOOK, CR-SDK: hooks of a plugin are signed by hexadecimal HMAC-SHA256 over "[timestamp;body]", hooks of a
 * website are not signed and otherwise the same. X-Crisp-Hook-Origin is left out, since its values are not established.
 */
export const writeCrispWebhook: WebhookWriter = ({ event, accountId, data, secret, sentAt }) => {
  const websiteId = accountId ?? crispWebsites[0]?.websiteId
  const body = JSON.stringify({ website_id: websiteId, event, data: data ?? { website_id: websiteId, content: 'Hello' }, timestamp: sentAt })
  const headers = { 'content-type': 'application/json', 'x-delivery-attempt-count': '1' }
  if (secret === undefined) return { headers, body }
  const signature = createHmac('sha256', secret).update(`[${sentAt};${body}]`).digest('hex')
  return { headers: { ...headers, 'x-crisp-request-timestamp': String(sentAt), 'x-crisp-signature': signature }, body }
}
