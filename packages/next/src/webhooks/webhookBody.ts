import { parseJson } from '@authpipe/core/server'
import type { WebhookMessage } from './webhookMessage.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** What the body says, or `undefined` where it is not JSON. */
export function parseBody({ body }: WebhookMessage): unknown {
  try {
    return parseJson(decoder.decode(body))
  } catch {
    // The parser's error quotes what it could not read.
    return undefined
  }
}

/** A member of a body that is an object. */
export function memberOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined
}
