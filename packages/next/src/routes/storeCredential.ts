// `POST /connections`: a key that a user pasted.
import { createError, parseStoreCredential } from '@authpipe/core'
import { toConnection } from '../connectionView.ts'
import { connectKey } from '../credentials/connectKey.ts'
import { checkSettings } from '../settings.ts'
import { checkAllowed, findOwnConnection, ownerOf } from './accessRules.ts'
import { parseBody, readJsonBody } from './requestBody.ts'
import { jsonResponse, type Route } from './route.ts'

export const storeCredential: Route = async ({ engine, request, principal }) => {
  const asking = await principal()
  const { provider: id, fields, settings = {}, connectionId } = parseBody(parseStoreCredential, await readJsonBody(request))
  const registered = engine.registrations.get(id)
  const before = connectionId === undefined ? undefined : await findOwnConnection(engine, asking, connectionId, 'reconnect')
  if (before && (before.provider !== id || before.credentialType !== 'api_key')) {
    throw createError('connection_not_found', 'There is no such connection with a key of this provider.')
  }
  if (!before) await checkAllowed(engine, asking, 'connect', id)
  engine.keyTries.count(asking, engine.now())
  const place = { tenantId: asking.tenantId, settings: before ? before.settings : checkSettings(registered, 'api_key', settings) }
  const provider = await registered.at(place)
  const { connection } = await connectKey(engine, {
    ...place,
    ownerId: ownerOf(provider, asking),
    provider,
    fields,
    connectionId: before?.id,
  })
  return jsonResponse(toConnection(connection), 201)
}
