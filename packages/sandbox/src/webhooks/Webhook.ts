import { InvalidShape, amount, oneOf, optional, record, text } from '../shape.ts'
import { isLoopbackHost } from '../redirectUri.ts'

/** A webhook that a stand-in is told to send. */
export interface Webhook {
  /** Where to; only on this machine. */
  readonly url: string
  /** What happened, by the provider's name for it. */
  readonly event: string
  /** Whose event it is. @defaultValue the first account of the stand-in */
  readonly accountId?: string | undefined
  /** What the event tells. @defaultValue a small sample */
  readonly data?: Readonly<Record<string, unknown>> | undefined
  /** What the receiver knows the sender by. @defaultValue the setting `webhookSecret` */
  readonly secret?: string | undefined
  /** `wrong` signs with another secret, `none` leaves out the signature. @defaultValue `right` */
  readonly signature?: 'right' | 'wrong' | 'none' | undefined
  /** How long ago the provider says it sent it, in seconds. @defaultValue 0 */
  readonly ageSeconds?: number | undefined
  /** How often the very same bytes and headers are sent. @defaultValue 1 */
  readonly copies?: number | undefined
}

/** What a provider puts into one webhook. */
export interface WebhookMessage {
  readonly event: string
  readonly accountId: string | undefined
  readonly data: Readonly<Record<string, unknown>> | undefined
  /** Absent where the webhook goes out unsigned. */
  readonly secret: string | undefined
  /** Milliseconds since the epoch. */
  readonly sentAt: number
}

/** A webhook ready to be sent. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Writes a webhook as the provider does. */
export type WebhookWriter = (message: WebhookMessage) => WebhookRequest

/** Checks what the HTTP control API was told to send. */
export function parseWebhook(value: Readonly<Record<string, unknown>>): Webhook {
  const copies = optional(amount)(value.copies, 'copies')
  if (copies !== undefined && (!Number.isInteger(copies) || copies < 1 || copies > 10)) throw new InvalidShape('"copies" must be between 1 and 10.')
  return {
    url: text(value.url, 'url'),
    event: text(value.event, 'event'),
    accountId: optional(text)(value.accountId, 'accountId'),
    data: optional(record)(value.data, 'data'),
    secret: optional(text)(value.secret, 'secret'),
    signature: optional(oneOf(['right', 'wrong', 'none']))(value.signature, 'signature'),
    ageSeconds: optional(amount)(value.ageSeconds, 'ageSeconds'),
    copies,
  }
}

/** An address to which webhooks go; the sandbox speaks to nobody but this machine. Throws an InvalidShape. */
export function parseReceiver(url: string): URL {
  const receiver = URL.canParse(url) ? new URL(url) : undefined
  if (!receiver || !/^https?:$/.test(receiver.protocol) || !isLoopbackHost(receiver.hostname)) {
    throw new InvalidShape('"url" must be an http or https address of this machine.')
  }
  return receiver
}
