// The plaintext of a sealed credential, and how it becomes what an HTTP request carries.
import { createError, type ApiKeyDefinition } from '@authpipe/core'
import { RevealedCredential } from '@authpipe/core/server'
import { applyApp } from '../installations/installResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { AnsweringConnection } from '../store/store.ts'

/** What is sealed in the field `credential`: one access token, or the values of a key form by field id. */
export type StoredSecret = { readonly accessToken: string } | { readonly fields: Readonly<Record<string, string>> }

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** Writes a secret for the vault. */
export function encodeSecret(secret: StoredSecret): Uint8Array {
  return encoder.encode(JSON.stringify(secret))
}

/** @throws {AuthpipeError} `credential_undecryptable` for what this version did not write */
export function decodeSecret(plaintext: Uint8Array): StoredSecret {
  const value = parse(plaintext)
  if (typeof value === 'object' && value !== null) {
    if ('accessToken' in value && typeof value.accessToken === 'string') return { accessToken: value.accessToken }
    if ('fields' in value && isValues(value.fields)) return { fields: value.fields }
  }
  throw createError('credential_undecryptable', 'A stored credential opened into something that this version does not know. Upgrade @authpipe/next or connect the account again.')
}

function parse(plaintext: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(plaintext))
  } catch {
    // The parser's error quotes what it could not read, and that is the secret.
    return undefined
  }
}

function isValues(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')
}

/** Joins a connection with its opened secret to what a caller gets. */
export function revealCredential(provider: RegisteredProvider, connection: AnsweringConnection, secret: StoredSecret): RevealedCredential {
  const { id, credentialType, expiresAt, scopes, settings, tokenGeneration: generation } = connection
  return new RevealedCredential({
    credentialType,
    connectionId: id,
    source: 'connection',
    expiresAt,
    scopes,
    settings,
    generation,
    baseUrl: provider.baseUrl('apiBaseUrl', settings),
    ...('accessToken' in secret ? bearer(secret.accessToken) : credentialType === 'api_key' ? applyKey(provider.apiKey, secret.fields) : plain(secret.fields)),
  })
}

/** What an installation acts with: our app's own credential, in the workspace that its settings name. */
export function revealApp(provider: RegisteredProvider, { id, credentialType, scopes, settings, tokenGeneration: generation }: AnsweringConnection): RevealedCredential {
  const app = provider.installation
  return new RevealedCredential({
    credential: app.clientSecret,
    credentialType,
    connectionId: id,
    source: 'installation',
    expiresAt: undefined,
    scopes,
    headers: applyApp(app).headers,
    searchParams: undefined,
    fields: {},
    baseUrl: provider.baseUrl('apiBaseUrl', settings),
    settings,
    generation,
  })
}

/** A credential as requests carry it. */
export interface AppliedKey {
  readonly credential: string
  readonly headers: Readonly<Record<string, string>>
  readonly searchParams: Readonly<Record<string, string>> | undefined
  readonly fields: Readonly<Record<string, string>>
}

/** @see RFC 6750 §2.1 */
function bearer(token: string): AppliedKey {
  return { credential: token, headers: { Authorization: `Bearer ${token}` }, searchParams: undefined, fields: {} }
}

/** A webhook secret: it goes into no request, and the one before it is nobody's business any more. */
function plain({ secret = '' }: Readonly<Record<string, string>>): AppliedKey {
  return { credential: secret, headers: {}, searchParams: undefined, fields: { secret } }
}

/**
 * Applies the values of a key form by the scheme of its definition.
 *
 * @see RFC 7617 §2 for Basic
 */
export function applyKey(way: ApiKeyDefinition, fields: Readonly<Record<string, string>>): AppliedKey {
  const secrets = way.fields.filter((field) => field.secret).map((field) => fields[field.id] ?? '')
  const all = way.fields.map((field) => fields[field.id] ?? '').join(':')
  const credential = secrets.length === 1 ? (secrets[0] ?? '') : all
  const name = way.parameterName ?? 'X-Api-Key'
  const headers = way.headers ?? {}
  switch (way.scheme) {
    case 'basic': {
      const userinfo = way.basicPassword === undefined ? all : `${credential}:${way.basicPassword}`
      return { credential, headers: { ...headers, Authorization: `Basic ${Buffer.from(userinfo, 'utf8').toString('base64')}` }, searchParams: undefined, fields }
    }
    case 'bearer':
      return { credential, headers: { ...headers, Authorization: `Bearer ${credential}` }, searchParams: undefined, fields }
    case 'header':
      return { credential, headers: { ...headers, [name]: credential }, searchParams: undefined, fields }
    case 'query':
      return { credential, headers, searchParams: { [name]: credential }, fields }
  }
}
