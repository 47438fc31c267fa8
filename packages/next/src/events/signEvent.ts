import { Webhook } from 'standardwebhooks'

/**
 * The headers that vouch for a body: its id, the time at which it is sent, and a signature by each secret.
 *
 * @param now - epoch milliseconds
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signEvent(secrets: readonly string[], id: string, body: string, now: number): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, new Date(now), body)).join(' '),
  }
}
