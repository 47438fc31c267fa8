// An inbound webhook as bytes, before anything in it is believed.
import { createError } from '@authpipe/core'
import { bodyTooLarge, readBytes } from '../routes/requestBody.ts'

/** Most bytes that the body of a webhook may have: 1 MiB. */
export const maxWebhookBytes = 1_048_576

/** A webhook as it came: a request that nothing has read, or its headers and the bytes of its body. */
export type IncomingWebhook =
  | Request
  | { readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>; readonly body: Uint8Array }

export interface WebhookMessage {
  readonly headers: Headers
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
    return { headers: webhook.headers, body: await readBytes(webhook, maxWebhookBytes) }
  }
  const { headers, body } = webhook
  if (!(body instanceof Uint8Array)) throw bytesAreGone()
  if (body.byteLength > maxWebhookBytes) throw bodyTooLarge(maxWebhookBytes)
  return { headers: headers instanceof Headers ? headers : toHeaders(headers), body }
}

function bytesAreGone(): Error {
  return createError(
    'invalid_request',
    'The body of this webhook was read before Authpipe could, and a signature is over its bytes. Hand over the request before anything reads it, or pass { headers, body } with the raw bytes.',
  )
}

/** A header that came twice is joined, as a request does it, and then matches nothing. */
function toHeaders(given: Readonly<Record<string, string | readonly string[] | undefined>>): Headers {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(given)) for (const value of [values].flat()) headers.append(name, value)
  return headers
}
