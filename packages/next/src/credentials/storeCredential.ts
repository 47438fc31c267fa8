import { createError, type CredentialToStore } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { isId } from '../principal.ts'
import { checkSettings } from '../settings.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { defaultOverlapMs, storeWebhookSecret } from '../webhooks/webhookSecrets.ts'
import { connectKey } from './connectKey.ts'

/**
 * Stores a credential for a tenant or user.
 *
 * @throws {AuthpipeError} see `Authpipe.storeCredential`
 */
export async function storeCredential(engine: Engine, given: CredentialToStore): Promise<ConnectionRecord> {
  const { tenantId, userId, credentialType, fields, settings = {}, verify = true, overlapMs = defaultOverlapMs } = given
  if (!isId(tenantId)) throw createError('invalid_request', 'storeCredential needs the tenantId of whoever the credential belongs to.')
  if (userId !== undefined && !isId(userId)) throw createError('invalid_request', 'The userId must be a non-empty string.')
  if (!isValues(fields) || !isValues(settings)) {
    throw createError('invalid_request', 'storeCredential takes "fields" and "settings" as objects of strings.')
  }
  const registered = engine.registrations.get(given.provider)
  const ownerId = registered.attachment === 'user' ? (userId ?? '') : ''

  switch (credentialType) {
    case 'webhook_secret': {
      if (!(Number.isFinite(overlapMs) && overlapMs >= 0)) {
        throw createError('invalid_request', '"overlapMs" must be a number of milliseconds, 0 or more.')
      }
      const values: Readonly<Record<string, string>> = fields
      const { secret = '' } = values
      return storeWebhookSecret(engine, { tenantId, ownerId, provider: registered.id, secret, overlapMs })
    }
    case 'api_key': {
      if (registered.attachment === 'user' && ownerId === '') {
        throw createError('invalid_request', `Connections of ${registered.id} belong to users, so storeCredential needs a userId.`)
      }
      const place = { tenantId, settings: checkSettings(registered, 'api_key', settings) }
      const provider = await registered.at(place)
      const { connection } = await connectKey(engine, { ...place, ownerId, provider, fields, connectionId: undefined, verify })
      return connection
    }
    default:
      throw createError('invalid_request', 'The credentialType must be api_key or webhook_secret.')
  }
}

function isValues(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')
}
