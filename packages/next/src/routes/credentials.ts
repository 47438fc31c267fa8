// `POST` and `PUT /credentials`: what `getCredential` and `storeCredential` do, for other servers of the app.
import { parseCredentialRequest, parseCredentialToStore, RevealedCredential, toCredentialBody, type CredentialLife } from '@authpipe/core/server'
import { toConnection } from '../connectionView.ts'
import { revealCredential } from '../credentials/getCredential.ts'
import { storeCredential } from '../credentials/storeCredential.ts'
import type { Engine } from '../engine.ts'
import { parseBody, readJsonBody } from './requestBody.ts'
import { jsonResponse, type Route } from './route.ts'

export const giveCredential: Route = async ({ engine, request }) => {
  const { generation, ...query } = parseBody(parseCredentialRequest, await readJsonBody(request))
  // From the store, not from memory: whoever asks remembers it in turn, and twice as old is older than the bound says.
  const credential = await revealCredential(engine, query, { deadGeneration: generation })
  return jsonResponse(toCredentialBody(credential, lifeOf(engine, credential)))
}

function lifeOf({ config, now }: Engine, credential: RevealedCredential): CredentialLife {
  const { maxStaleMs } = config.cache
  const { expiresAt } = RevealedCredential.partsOf(credential)
  if (expiresAt === undefined) return { cacheForMs: maxStaleMs }
  const expiresInMs = Math.max(0, expiresAt - now())
  return { cacheForMs: Math.min(maxStaleMs, Math.max(0, expiresInMs - config.refresh.minLifeMs)), expiresInMs }
}

export const takeCredential: Route = async ({ engine, request }) => {
  const connection = await storeCredential(engine, parseBody(parseCredentialToStore, await readJsonBody(request)))
  return jsonResponse(toConnection(connection), 201)
}
