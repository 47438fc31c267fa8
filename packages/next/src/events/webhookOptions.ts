import { createError } from '@authpipe/core'
import { isIP } from 'node:net'
import { isLoopbackHost, isPublicAddress } from '../addressRules.ts'

/** Where events are sent to, signed by Standard Webhooks. */
export interface WebhookOptions {
  /** An `https:` URL; `http:` to this machine needs `allowInsecureLoopback`. */
  readonly url: string
  /**
   * What events are signed with: `whsec_` and 24 to 64 random bytes in base64. The first one is the present one; while one replaces
   * another, list both, and each event carries both signatures.
   * @security Whoever has one can write events that your receiver believes.
   */
  readonly secrets: readonly string[]
  /**
   * Most events that one process sends in a second.
   * @defaultValue `20`
   */
  readonly maxPerSecond?: number
}

const fix = 'Make one with: echo "whsec_$(openssl rand -base64 32)"'

/** @throws {AuthpipeError} `invalid_configuration` with one sentence that says the fix and quotes nothing */
export function checkWebhookOptions({ url, secrets }: WebhookOptions, allowInsecureLoopback: boolean): void {
  checkUrl(url, allowInsecureLoopback)
  if (secrets.length === 0) throw createError('invalid_configuration', `createAuthpipe: "webhooks.secrets" needs at least one secret. ${fix}`)
  for (const [index, secret] of secrets.entries()) {
    if (!isSigningSecret(secret)) throw createError('invalid_configuration', `createAuthpipe: "webhooks.secrets.${index}" must be "whsec_" and 24 to 64 bytes in base64. ${fix}`)
  }
}

function checkUrl(text: string, allowInsecureLoopback: boolean): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const refuse = (problem: string): never => {
    throw createError('invalid_configuration', `createAuthpipe: "webhooks.url" ${problem}.`)
  }
  if (!url || url.username || url.password || url.hash) return refuse('must be a plain URL such as https://app.example.com/hooks/authpipe, without a user name, password or fragment')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isLoopbackHost(host)) {
    if (!allowInsecureLoopback || !/^https?:$/.test(url.protocol)) refuse('leads to this machine, which needs allowInsecureLoopback: true and http or https')
    return
  }
  if (url.protocol !== 'https:') refuse('must start with https://')
  if (isIP(host) !== 0 && !isPublicAddress(host)) refuse('must lead to a public address')
}

/** Whether a text can sign: a short key could be found by trying, an empty one is none. */
export function isSigningSecret(text: string): boolean {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  const key = Buffer.from(encoded, 'base64')
  return key.toString('base64') === encoded && key.length >= 24 && key.length <= 64
}
