import type { HmacWebhook, WebhookDefinition } from '@authpipe/core'
import { createHmac } from 'node:crypto'
import { isSameSecret } from '../isSameSecret.ts'
import { memberOf, parseBody } from './webhookBody.ts'
import type { WebhookMessage } from './webhookMessage.ts'

/** How far a signed time may be from ours, in either direction: 5 minutes. */
export const toleranceMs = 300_000

/**
 * Whether whoever sent a webhook knows one of the secrets, and sent it just now where the provider signs a time. Only what the
 * definition names counts: the message has no say in the algorithm or the form of its signature.
 */
export function isGenuine(definition: WebhookDefinition, message: WebhookMessage, secrets: readonly string[], now: number): boolean {
  // An empty secret is one that everybody knows.
  const usable = secrets.filter((secret) => secret !== '')
  switch (definition.scheme) {
    case 'hmac':
      return isInTime(definition, message, now) && usable.some((secret) => isSigned(definition, message, secret))
    case 'body_secret': {
      const given = memberOf(parseBody(message), definition.member)
      return typeof given === 'string' && usable.some((secret) => isSameSecret(secret, given))
    }
    case 'none':
      return false
  }
}

/** The time that the signature covers, as the header has it. */
function timestampOf({ signed }: HmacWebhook, { header }: WebhookMessage): string {
  return signed === 'body' ? '' : header(signed.timestampHeader)
}

function isInTime(definition: HmacWebhook, message: WebhookMessage, now: number): boolean {
  if (definition.signed === 'body') return true
  const timestamp = timestampOf(definition, message)
  return /^\d{1,15}$/.test(timestamp) && Math.abs(now - Number(timestamp)) <= toleranceMs
}

/** Signatures are compared as they are written: one signature has one spelling. */
function isSigned(definition: HmacWebhook, message: WebhookMessage, secret: string): boolean {
  const { header, algorithm, encoding, signed } = definition
  const hmac = createHmac(algorithm, secret)
  if (signed === 'body') hmac.update(message.body)
  else hmac.update(`[${timestampOf(definition, message)};`).update(message.body).update(']')
  return isSameSecret(hmac.digest(encoding), message.header(header))
}
