import { createError, InvalidShape } from '@authpipe/core'
import { parseConnectionToImport, type ConnectionToImport } from '@authpipe/core/server'
import { checkFields } from '../credentials/connectKey.ts'
import type { Engine } from '../engine.ts'
import { isId } from '../principal.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { checkSettings } from '../settings.ts'
import { importedId } from './importedId.ts'

/** What a connection to import brings: tokens, or a key. */
export type ImportedCredential =
  | {
      readonly kind: 'oauth2'
      readonly accessToken: string | undefined
      readonly refreshToken: string | undefined
      /** Epoch milliseconds. */
      readonly expiresAt: number | undefined
      readonly scopes: readonly string[] | undefined
    }
  | { readonly kind: 'api_key'; readonly fields: Readonly<Record<string, string>> }

/** A connection to import that this app can take. */
export interface CheckedImport {
  readonly tenantId: string
  /** `''` where the connection serves the whole tenant. */
  readonly ownerId: string
  readonly provider: RegisteredProvider
  readonly settings: Readonly<Record<string, string>>
  /** What the connection will be called, or is called since an earlier import. */
  readonly connectionId: string
  readonly credential: ImportedCredential
}

/**
 * Checks a connection to import without asking anybody.
 *
 * @throws {AuthpipeError} `invalid_request` naming what is wrong, never a value; `unknown_provider`; `provider_misconfigured` where the
 * tenant has no app of its own yet
 */
export async function checkImport(engine: Engine, given: unknown): Promise<CheckedImport> {
  const { provider: id, tenantId, userId, sourceId, accessToken, refreshToken, expiresAt, scopes, fields, settings: typed = {} } = parse(given)
  for (const [name, value] of Object.entries({ tenantId, userId, sourceId })) {
    if (value !== undefined && !isId(value)) throw createError('invalid_request', `The ${name} must have 1 to 256 characters and no control characters.`)
  }
  const registered = engine.registrations.get(id)
  if (registered.attachment === 'user' && userId === undefined) {
    throw createError('invalid_request', `Connections of ${id} belong to users, so each needs its userId to be imported.`)
  }
  const ownerId = registered.attachment === 'user' ? (userId ?? '') : ''
  const kind = fields ? 'api_key' : 'oauth2'
  const settings = checkSettings(registered, kind, typed)
  const provider = await registered.at({ tenantId, settings })
  const place = { tenantId, ownerId, provider, settings, connectionId: importedId({ tenantId, provider: id, ownerId, sourceId }) }
  if (fields) return { ...place, credential: { kind: 'api_key', fields: checkFields(provider.apiKey, fields) } }
  // Throws where there is nobody to renew the tokens with.
  provider.oauth(settings)
  return { ...place, credential: { kind: 'oauth2', accessToken, refreshToken, expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt), scopes } }
}

function parse(given: unknown): ConnectionToImport {
  try {
    return parseConnectionToImport(given, 'connection')
  } catch (error) {
    if (error instanceof InvalidShape) throw createError('invalid_request', error.message, { details: { path: error.path } })
    throw error
  }
}
