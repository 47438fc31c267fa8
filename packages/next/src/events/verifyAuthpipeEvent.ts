import { createError, type AuthpipeEvent } from '@authpipe/core'
import { parseEvent } from '@authpipe/core/server'
import { Webhook } from 'standardwebhooks'
import { parseBody } from '../webhooks/webhookBody.ts'
import { readWebhookMessage, type IncomingWebhook } from '../webhooks/webhookMessage.ts'
import { isSigningSecret } from './webhookOptions.ts'

/**
 * Verifies an event that Authpipe posted to `webhooks.url`, over its raw bytes, and parses it.
 *
 * It keeps no record: an event may come more than once, so know a copy by its `id`.
 *
 * @param webhook - a request that nothing has read, or its headers and the raw bytes of its body
 * @param secrets - those of `webhooks.secrets`; one that matches is enough
 * @throws {AuthpipeError} `webhook_signature_invalid`, also where it was signed more than five minutes ago; `invalid_request` when the
 * body was read before or is no event; `payload_too_large` above 1 MiB; `invalid_configuration` for a secret that cannot be one
 * @security A body that was parsed and written anew has other bytes: hand over the request before anything reads it.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @example
 * const event = await verifyAuthpipeEvent(request, [process.env.AUTHPIPE_WEBHOOK_SECRET ?? ''])
 */
export async function verifyAuthpipeEvent(webhook: IncomingWebhook, secrets: string | readonly string[]): Promise<AuthpipeEvent> {
  const keys = [secrets].flat()
  if (keys.length === 0 || !keys.every(isSigningSecret)) {
    throw createError('invalid_configuration', 'verifyAuthpipeEvent needs the secrets of "webhooks.secrets": each is "whsec_" and 24 to 64 bytes in base64.')
  }
  const message = await readWebhookMessage(webhook)
  const headers = Object.fromEntries(['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, message.header(name)]))
  if (!keys.some((key) => isSigned(key, message.body, headers))) {
    throw createError('webhook_signature_invalid', 'This is not signed with one of these secrets over these very bytes within the last five minutes. Compare them with "webhooks.secrets".')
  }
  const body = parseBody(message)
  try {
    return parseEvent(body, 'event')
  } catch (error) {
    throw createError('invalid_request', 'The body is signed but is no event of Authpipe. Is the secret used for something else too?', { cause: error })
  }
}

function isSigned(key: string, body: Uint8Array, headers: Record<string, string>): boolean {
  try {
    new Webhook(key).verify(Buffer.from(body), headers, { jsonParse: false })
    return true
  } catch {
    return false
  }
}
