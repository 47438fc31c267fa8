import { randomUUID } from 'node:crypto'

import type { WebhookWriter } from '../webhooks/Webhook.ts'
import { livechatPeople } from './livechatPeople.ts'

/** Writes a webhook of LiveChat: no signature, the registered `secret_key` stands in the body. */
export const writeLivechatWebhook: WebhookWriter = ({ event, accountId, data, secret, sentAt }) => {
  const person = livechatPeople.find((candidate) => candidate.accountId === accountId) ?? livechatPeople[0]
  const organizationId = person?.organization.organizationId
  // LC-HOOKS: hooks of an app's life have members of their own and no secret; application_uninstalled says that the access ended.
  // That the name stands in the body as "event" is assumed.
  const lifecycle = event === 'application_installed' || event === 'application_uninstalled'
  const body = lifecycle
    ? {
        event,
        applicationID: 'sandbox-application',
        clientID: 'sandbox-livechat',
        licenseID: 10_000_001,
        organizationID: organizationId,
        userID: person?.accountId,
        date: new Date(sentAt).toISOString(),
        ...data,
      }
    : {
        webhook_id: randomUUID(),
        // LC-HOOKS: secret_key as it was registered.
        ...(secret !== undefined && { secret_key: secret }),
        action: event,
        organization_id: organizationId,
        payload: data ?? { chat_id: 'PJ0MRSHTDG', thread_id: 'K600PKZON8' },
        additional_data: {},
      }
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
