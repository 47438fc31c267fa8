// The option `relay`: how a provider's answer comes to a deployment whose own URL is registered nowhere.
import { createError } from '@authpipe/core'
import type { KeyObject } from 'node:crypto'
import { isLoopbackHost } from '../addressRules.ts'
import { parseBaseUrl, type BaseUrl } from '../baseUrl.ts'
import { findKeyWeakness } from '../vault/keyring.ts'
import { parseRelayOrigin, type RelayOrigin } from './relayOrigin.ts'
import { deriveRelayKey } from './relayState.ts'

interface SharedSecret {
  /**
   * 32 random bytes in base64, the same on both sides. Comma separated while one replaces another: the first one signs, each is believed.
   * @defaultValue `AUTHPIPE_RELAY_SECRET`
   * @security Whoever has it can have answers sent to any origin of `to`.
   */
  readonly secret?: string
}

/** On a preview: the deployment that providers return to in its place. */
export interface RelayedOptions extends SharedSecret {
  /** Base URL of that deployment, such as `https://staging.example.com/api/authpipe`. Its callback URLs are the ones to register. */
  readonly through: string
  readonly to?: never
}

/** On the deployment whose host stays: the previews that it passes answers on to, beside its own people. */
export interface RelayingOptions extends SharedSecret {
  /**
   * Their origins, such as `https://*.preview.example.com` or `https://myapp-*-team.vercel.app`: `*` stands for one label of the host, or a
   * part of one. `http:` to this machine needs `allowInsecureLoopback`.
   */
  readonly to: readonly string[]
  readonly through?: never
}

/** Either end of a relay. */
export type RelayOptions = RelayedOptions | RelayingOptions

/** One end of a relay, ready for use. */
export interface Relay {
  /** The deployment that providers return to in place of this one; absent on that one itself. */
  readonly through: BaseUrl | undefined
  /** Where answers may be passed on to. */
  readonly to: readonly RelayOrigin[]
  /** The first one signs, each is believed. */
  readonly keys: readonly [KeyObject, ...KeyObject[]]
}

/** @throws {AuthpipeError} `invalid_configuration` with one sentence that says the fix and quotes nothing */
export function checkRelayOptions(options: RelayOptions, allowInsecureLoopback: boolean): void {
  parseOrigins(options, allowInsecureLoopback)
  if (options.through === undefined) return
  const through = relayedThrough(options)
  if (!through) throw refusal('"relay.through" must be a plain URL such as https://staging.example.com/api/authpipe')
  if (through.secure) return
  if (!isLoopbackHost(new URL(through.href).hostname)) throw refusal('"relay.through" must start with https://')
  if (!allowInsecureLoopback) throw refusal('"relay.through" leads to this machine, which needs allowInsecureLoopback: true')
}

/** The deployment that providers return to in place of the one with these options. */
export function relayedThrough(options: RelayOptions | undefined): BaseUrl | undefined {
  return options?.through === undefined ? undefined : parseBaseUrl(options.through)
}

/** What an end of a relay has to know of its deployment. */
interface Deployment {
  readonly baseUrl: BaseUrl
  /** Of the environment, where the option says none. */
  readonly secret: string | undefined
  readonly allowInsecureLoopback: boolean
}

/**
 * Makes an end of a relay of options that were checked.
 *
 * @throws {AuthpipeError} `invalid_configuration` for a secret that is missing or weak, or a deployment that would relay to itself
 */
export function createRelay(options: RelayOptions, { baseUrl, secret, allowInsecureLoopback }: Deployment): Relay {
  const through = relayedThrough(options)
  if (through?.href === baseUrl.href) throw refusal('"relay.through" is this deployment itself: give it "relay.to", and "relay.through" to the previews')
  return { through, to: parseOrigins(options, allowInsecureLoopback), keys: parseSecrets(options.secret ?? secret ?? '') }
}

function parseOrigins({ to = [] }: RelayOptions, allowInsecureLoopback: boolean): RelayOrigin[] {
  return to.map((text, index) => parseRelayOrigin(text, `relay.to.${index}`, allowInsecureLoopback))
}

function parseSecrets(text: string): Relay['keys'] {
  if (text.trim() === '') throw weakSecret('A relay needs a secret that both sides have: set AUTHPIPE_RELAY_SECRET (or "relay.secret").')
  const [first = '', ...others] = text.split(',')
  return [parseSecret(first, 0), ...others.map((secret, index) => parseSecret(secret, index + 1))]
}

function parseSecret(text: string, index: number): KeyObject {
  const encoded = text.trim()
  const bytes = Buffer.from(encoded, 'base64')
  try {
    const weakness = findKeyWeakness(encoded, bytes)
    if (weakness) throw weakSecret(`Relay secret ${index + 1} ${weakness}.`)
    return deriveRelayKey(bytes)
  } finally {
    bytes.fill(0)
  }
}

const weakSecret = (problem: string): Error => createError('invalid_configuration', `${problem} Make one with: openssl rand -base64 32`)
const refusal = (problem: string): Error => createError('invalid_configuration', `createAuthpipe: ${problem}.`)
