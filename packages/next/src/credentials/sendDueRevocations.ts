import { AuthpipeError } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { revokeToken } from '../oauth/tokenRequests.ts'
import type { RevocationRecord } from '../store/store.ts'
import { openSecret } from './sealTokens.ts'
import { decodeSecret } from './storedSecret.ts'

const batch = 20
/** A provider that has not answered for this long is given up; its tokens run out by themselves. */
const giveUpAfterMs = 30 * 24 * 3_600_000
const longestWaitMs = 3_600_000

/**
 * Revokes at the providers what was disconnected here. Each is claimed before it is sent, so that several processes do not
 * send it twice; what a provider could not take comes due again.
 *
 * @returns how many ended
 */
export async function sendDueRevocations(engine: Engine): Promise<number> {
  let ended = 0
  for (const revocation of await engine.store.listDueRevocations(engine.now(), batch)) {
    const nextAttemptAt = engine.now() + Math.min(longestWaitMs, 30_000 * 2 ** revocation.attempts)
    if (!(await engine.store.claimRevocation(revocation.id, revocation.attempts, nextAttemptAt))) continue
    if (!(await sendRevocation(engine, revocation))) continue
    await engine.store.deleteRevocation(revocation.id)
    ended += 1
  }
  return ended
}

/** @returns whether it is done with, `false` when it has to be sent again */
async function sendRevocation(engine: Engine, revocation: RevocationRecord): Promise<boolean> {
  const registered = engine.registrations.find(revocation.provider)
  if (!registered?.hasOAuth || engine.now() - revocation.createdAt > giveUpAfterMs) return true
  try {
    const provider = await registered.at(revocation)
    const client = provider.oauth(revocation.settings)
    const plaintext = await openSecret(engine, revocation.provider, revocation)
    if (revocation.field === 'refresh_token') await revokeToken(engine.outbound.fetch, client, new TextDecoder().decode(plaintext), 'refresh_token')
    else await revokeToken(engine.outbound.fetch, client, readAccessToken(plaintext), 'access_token')
    return true
  } catch (error) {
    if (error instanceof AuthpipeError && error.retryable) return false
    log('a revocation was given up', { provider: revocation.provider, connection: revocation.connectionId, code: error instanceof AuthpipeError ? error.code : 'internal_error' })
    return true
  }
}

function readAccessToken(plaintext: Uint8Array): string {
  const secret = decodeSecret(plaintext)
  return 'accessToken' in secret ? secret.accessToken : ''
}
