import { createError, type WebhookDefinition } from '@authpipe/core'
import { createHash } from 'node:crypto'
import { memberOf, parseBody } from './webhookBody.ts'
import type { WebhookMessage } from './webhookMessage.ts'

/** What a provider told of by a webhook that was verified. */
export interface WebhookEvent {
  /** The same when the provider sends the event again. */
  readonly id: string
  /** The provider's own name for it; `unknown` where it gives none. Help Scout writes it in a header, which it does not sign. */
  readonly type: string
  /** Provider id, such as `help-scout`. */
  readonly provider: string
  /** Whose endpoint it came to, or whose account the provider says it is about; never what else the body claims. */
  readonly tenantId: string
  /** ISO 8601 instant at which the provider says it sent it; absent where it signs none. */
  readonly occurredAt?: string
  /**
   * The body, parsed, without the secret where the body holds one.
   * @security It is what somebody wrote at the provider: parse it before you use it, and fetch no URL because it stands here.
   */
  readonly payload: unknown
}

/** An event before it is known whose it is. */
export type UnownedEvent = Omit<WebhookEvent, 'provider' | 'tenantId'>

/**
 * Reads the event out of a verified webhook.
 *
 * @param isSigned - whether its signature was looked at; a time that nobody signed is not passed on
 * @throws {AuthpipeError} `invalid_request` where the body is not JSON
 */
export function readWebhookEvent(definition: WebhookDefinition, message: WebhookMessage, isSigned: boolean): UnownedEvent {
  const body = parseBody(message)
  if (body === undefined) throw createError('invalid_request', 'The body of this webhook is not JSON. Let the provider send JSON.')
  const type = readType(definition, message, body)
  const id = definition.id === undefined ? undefined : memberOf(body, definition.id)
  return {
    // Without a name of its own an event goes by what it says, so that a copy is known.
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : digest(type, message),
    type,
    ...(isSigned ? occurrence(definition, message) : {}),
    payload: definition.scheme === 'body_secret' ? without(body, definition.member) : body,
  }
}

function digest(type: string, { body }: WebhookMessage): string {
  return createHash('sha256').update(`${type}\n`).update(body).digest('base64url')
}

/** Text from outside: a name of a reasonable length, or none. */
function readType({ type }: WebhookDefinition, { header }: WebhookMessage, body: unknown): string {
  const given = type && ('header' in type ? header(type.header) : memberOf(body, type.member))
  return typeof given === 'string' && /^[\x21-\x7e]{1,200}$/.test(given) ? given : 'unknown'
}

function occurrence(definition: WebhookDefinition, { header }: WebhookMessage): { occurredAt?: string } {
  if (definition.scheme !== 'hmac' || definition.signed === 'body') return {}
  return { occurredAt: new Date(Number(header(definition.signed.timestampHeader))).toISOString() }
}

function without(body: unknown, member: string): unknown {
  return typeof body === 'object' && body !== null ? Object.fromEntries(Object.entries(body).filter(([name]) => name !== member)) : body
}
