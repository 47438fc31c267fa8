// The `state` of a session whose answer comes back by another deployment: it says to whom it belongs, in a way that nobody else can write.
import { parseJsonOrUndefined } from '@authpipe/core/server'
import { CompactSign, compactVerify, errors } from 'jose'
import { createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto'

/** RFC 8725 §3.11: nothing that is signed for another use passes for a state, and no state for anything else. */
const typ = 'authpipe-relay+jwt'
/** RFC 5869 §3.2. */
const label = 'authpipe relay state 1'

/** What a state says. */
export interface RelayState {
  /** Base URL of the deployment that is to relay. */
  readonly aud: string
  /** Base URL of the deployment that asked. */
  readonly sub: string
  /** Epoch seconds from which it is too late (RFC 7519 §4.1.4). */
  readonly exp: number
}

/** A key for states alone, of a secret that the deployments share. It prints nothing. */
export function deriveRelayKey(secret: Uint8Array): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', label, 32)))
}

/**
 * Writes a state as a compact JWS (RFC 7515) with 256 bits of randomness: some 400 characters, since no provider says how many it takes.
 */
export function signRelayState(key: KeyObject, { aud, sub, exp }: RelayState): Promise<string> {
  const claims = { jti: randomBytes(32).toString('base64url'), aud, sub, exp }
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ alg: 'HS256', typ }).sign(key)
}

/** Reads a state that was signed with one of the keys; `undefined` for anything else. Whether it is still in time is for the caller to judge. */
export async function readRelayState(keys: readonly KeyObject[], state: string): Promise<RelayState | undefined> {
  for (const key of keys) {
    try {
      const { payload, protectedHeader } = await compactVerify(state, key, { algorithms: ['HS256'] })
      return protectedHeader.typ === typ ? parseClaims(payload) : undefined
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error
      // Another key may have signed it, while one secret replaces another.
    }
  }
  return undefined
}

function parseClaims(payload: Uint8Array): RelayState | undefined {
  const claims = parseJsonOrUndefined(new TextDecoder().decode(payload))
  if (typeof claims !== 'object' || claims === null || !('aud' in claims && 'sub' in claims && 'exp' in claims)) return undefined
  const { aud, sub, exp } = claims
  return typeof aud === 'string' && typeof sub === 'string' && typeof exp === 'number' ? { aud, sub, exp } : undefined
}
