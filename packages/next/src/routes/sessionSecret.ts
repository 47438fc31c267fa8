// The secret half of a session: sealed when it starts, opened when it is finished.
import { createError } from '@authpipe/core'
import { parseJson } from '@authpipe/core/server'
import type { Engine } from '../engine.ts'
import type { AuthorizationRequest } from '../oauth/authorizationRequest.ts'
import type { SessionRecord } from '../store/store.ts'
import type { SealContext } from '../vault/envelope.ts'

type Place = Pick<SessionRecord, 'id' | 'tenantId' | 'provider'>

/** Which road a session takes. */
export type SessionKind = 'user' | 'installation'

interface SessionSecret {
  readonly kind: SessionKind
  readonly authorizationUrl: string
  readonly codeVerifier: string | undefined
}

function contextOf({ id, tenantId, provider }: Place): SealContext {
  return { tenantId, connectionId: id, provider, field: 'session', generation: '0' }
}

/** Seals what must not stand in the database in clear: the verifier, and the URL, which holds the state. */
export function sealSession(engine: Engine, place: Place, kind: SessionKind, { url, codeVerifier }: Pick<AuthorizationRequest, 'url' | 'codeVerifier'>): Promise<Uint8Array> {
  const secret: SessionSecret = { kind, authorizationUrl: url, codeVerifier }
  return engine.vault.seal(contextOf(place), new TextEncoder().encode(JSON.stringify(secret)))
}

/** @throws {AuthpipeError} `credential_undecryptable` */
export async function openSession(engine: Engine, session: SessionRecord): Promise<SessionSecret> {
  const secret = parseJson(new TextDecoder().decode(await engine.vault.open(contextOf(session), session.sealed)))
  if (typeof secret !== 'object' || secret === null || !('authorizationUrl' in secret) || typeof secret.authorizationUrl !== 'string') {
    throw createError('credential_undecryptable', 'A session opened into something that this version does not know. Start again.')
  }
  const kind = 'kind' in secret && secret.kind === 'installation' ? 'installation' : 'user'
  return { kind, authorizationUrl: secret.authorizationUrl, codeVerifier: 'codeVerifier' in secret && typeof secret.codeVerifier === 'string' ? secret.codeVerifier : undefined }
}
