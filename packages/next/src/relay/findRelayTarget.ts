import { createError } from '@authpipe/core'
import { parseBaseUrl, type BaseUrl } from '../baseUrl.ts'
import type { Engine } from '../engine.ts'
import { isRelayOrigin } from './relayOrigin.ts'
import { readRelayState } from './relayState.ts'

/**
 * Where an answer is to be passed on to: the deployment that asked. Its state names it, and only who has the relay secret can write such a
 * state. What the answer is worth is judged there, by the session and in the browser that it belongs to.
 *
 * @returns `undefined` for an answer to this deployment itself, and for every state that we did not sign
 * @throws {AuthpipeError} `session_expired`, or `invalid_configuration` with a sentence for the developer of the preview
 * @see RFC 9700 §4.11.1, on open redirectors
 */
export async function findRelayTarget({ relay, baseUrl, now }: Pick<Engine, 'relay' | 'baseUrl' | 'now'>, state: string): Promise<BaseUrl | undefined> {
  if (!relay || relay.through) return undefined
  const claims = await readRelayState(relay.keys, state)
  if (!claims) return undefined
  if (claims.aud !== baseUrl.href) {
    throw createError('invalid_configuration', 'The preview meant another deployment than this one. Set its "relay.through" to the base URL of this one, to the letter.')
  }
  if (now() >= claims.exp * 1000) throw createError('session_expired', 'The session ran out before the provider answered. Nothing was passed on. Start again.')

  const target = parseBaseUrl(claims.sub)
  // Only what every reader of URLs reads alike; and never in a circle.
  const isPlain = target !== undefined && target.href === claims.sub && target.origin !== baseUrl.origin
  if (!isPlain || !relay.to.some((origin) => isRelayOrigin(origin, target.origin))) {
    throw createError('invalid_configuration', 'The preview that asked is at none of the origins that this deployment relays to. Add its origin to "relay.to" here.')
  }
  return target
}
