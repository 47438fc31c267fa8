// The secret half of a session: sealed when it starts, opened when it is finished.
import { createError } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import type { AuthorizationRequest } from '../oauth/authorizationRequest.ts'
import { parseJson } from '../oauth/tokenResponse.ts'
import type { SessionRecord } from '../store/store.ts'
import type { SealContext } from '../vault/envelope.ts'

type Place = Pick<SessionRecord, 'id' | 'tenantId' | 'provider'>

interface SessionSecret {
  readonly authorizationUrl: string
  readonly codeVerifier: string | undefined
}

function contextOf({ id, tenantId, provider }: Place): SealContext {
  return { tenantId, connectionId: id, provider, field: 'session', generation: '0' }
}

/** Seals what must not stand in the database in clear: the verifier, and the URL, which holds the state. */
export function sealSession(engine: Engine, place: Place, { url, codeVerifier }: AuthorizationRequest): Promise<Uint8Array> {
  return engine.vault.seal(contextOf(place), new TextEncoder().encode(JSON.stringify({ authorizationUrl: url, codeVerifier })))
}

async function openSession(engine: Engine, session: SessionRecord): Promise<SessionSecret> {
  const secret = parseJson(new TextDecoder().decode(await engine.vault.open(contextOf(session), session.sealed)))
  if (typeof secret !== 'object' || secret === null || !('authorizationUrl' in secret) || typeof secret.authorizationUrl !== 'string') {
    throw createError('credential_undecryptable', 'A session opened into something that this version does not know. Start again.')
  }
  return { authorizationUrl: secret.authorizationUrl, codeVerifier: 'codeVerifier' in secret && typeof secret.codeVerifier === 'string' ? secret.codeVerifier : undefined }
}

/** @see RFC 6749 §4.1.1 */
export async function openAuthorizationUrl(engine: Engine, session: SessionRecord): Promise<string> {
  return (await openSession(engine, session)).authorizationUrl
}

/** @returns `undefined` where the provider has no PKCE */
export async function openCodeVerifier(engine: Engine, session: SessionRecord): Promise<string | undefined> {
  return (await openSession(engine, session)).codeVerifier
}
