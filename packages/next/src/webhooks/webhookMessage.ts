// An inbound webhook as bytes, before anything in it is believed.
import { createError } from '@authpipe/core'
import { bodyTooLarge, readBytes } from '../routes/requestBody.ts'

/** Most bytes that the body of a webhook may have: 1 MiB. */
export const maxWebhookBytes = 1_048_576

/** Those of a request, or as Node.js has them. */
type GivenHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** A webhook as it came: a request that nothing has read, or its headers and the bytes of its body. */
export type IncomingWebhook = Request | { readonly headers: GivenHeaders; readonly body: Uint8Array }

export interface WebhookMessage {
  /** A header, `''` where it is missing. One that came twice is joined, and then matches nothing. */
  readonly header: (name: string) => string
  readonly body: Uint8Array
}

/**
 * Takes in a webhook without changing a byte, since those are what is signed.
 *
 * @throws {AuthpipeError} `invalid_request` where the bytes are gone: the body was read or parsed before; `payload_too_large`
 */
export async function readWebhookMessage(webhook: IncomingWebhook): Promise<WebhookMessage> {
  if ('bodyUsed' in webhook) {
    if (webhook.bodyUsed || webhook.body?.locked) throw bytesAreGone()
    return { header: (name) => findHeader(webhook.headers, name), body: await readBytes(webhook, maxWebhookBytes) }
  }
  const { headers, body } = webhook
  if (!(body instanceof Uint8Array)) throw bytesAreGone()
  if (body.byteLength > maxWebhookBytes) throw bodyTooLarge(maxWebhookBytes)
  return { header: (name) => findHeader(headers, name), body }
}

function bytesAreGone(): Error {
  return createError(
    'invalid_request',
    'The body of this webhook was read before Authpipe could, and a signature is over its bytes. ' +
      'Hand over the request before anything reads it, or pass { headers, body } with the raw bytes.',
  )
}

function findHeader(headers: GivenHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? ''
  const found = Object.entries(headers).filter(([one]) => one.toLowerCase() === name.toLowerCase())
  return found.flatMap(([, values = []]) => values).join(', ')
}
