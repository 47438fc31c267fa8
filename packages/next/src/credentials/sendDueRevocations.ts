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

/** Revokes at the providers what was disconnected here. What a provider could not take stays queued. @returns how many ended */
export async function sendDueRevocations(engine: Engine): Promise<number> {
  let ended = 0
  for (const revocation of await engine.store.listDueRevocations(engine.now() + fieldsApartMs, batch)) {
    if (await sendRevocation(engine, revocation)) ended += 1
  }
  return ended
}

/** The tokens of one connection are queued this far apart at the most, so that their order is kept. */
const fieldsApartMs = 10

async function sendRevocation(engine: Engine, revocation: RevocationRecord): Promise<boolean> {
  const provider = engine.registrations.find(revocation.provider)
  const isOld = engine.now() - revocation.createdAt > giveUpAfterMs
  try {
    if (!isOld && provider?.hasOAuth) {
      const plaintext = await openSecret(engine, revocation.provider, revocation)
      const isRefreshToken = revocation.field === 'refresh_token'
      await revokeToken(engine.outbound.fetch, provider.oauth, isRefreshToken ? plaintext : accessTokenOf(plaintext), isRefreshToken ? 'refresh_token' : 'access_token')
    }
  } catch (error) {
    if (error instanceof AuthpipeError && error.retryable) {
      const attempts = revocation.attempts + 1
      await engine.store.postponeRevocation(revocation.id, attempts, engine.now() + Math.min(3_600_000, 5_000 * 2 ** attempts))
      return false
    }
    log('a revocation was given up', { provider: revocation.provider, connection: revocation.connectionId, code: error instanceof AuthpipeError ? error.code : 'internal_error' })
  }
  await engine.store.deleteRevocation(revocation.id)
  return true
}

function accessTokenOf(plaintext: string): string {
  const secret = decodeSecret(new TextEncoder().encode(plaintext))
  return 'accessToken' in secret ? secret.accessToken : ''
}
