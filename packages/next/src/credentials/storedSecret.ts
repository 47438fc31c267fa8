// The plaintext of a sealed credential, and how it becomes what an HTTP request carries.
import { createError, type ApiKeyDefinition } from '@authpipe/core'
import { applyApp } from '../installations/installResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { AnsweringConnection } from '../store/store.ts'
import { FramedCredential, type AppliedParts, type CredentialFrame } from './framedCredential.ts'

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
export function frameCredential(provider: RegisteredProvider, connection: AnsweringConnection, secret: StoredSecret): FramedCredential {
  const { id, expiresAt, tokenGeneration } = connection
  if ('accessToken' in secret) return new FramedCredential(tokenFrame(provider, connection), secret.accessToken, id, expiresAt, tokenGeneration)
  const { credential, ...applied } = connection.credentialType === 'api_key' ? applyKey(provider.apiKey, secret.fields) : plain(secret.fields)
  const frame = frameOf(provider, connection, 'connection', () => applied)
  return new FramedCredential(frame, credential, id, expiresAt, tokenGeneration)
}

/** What an installation acts with: our app's own credential, in the workspace that its settings name. */
export function frameApp(provider: RegisteredProvider, connection: AnsweringConnection): FramedCredential {
  const app = provider.installation
  const applied = { headers: applyApp(app).headers, searchParams: undefined, fields: {} }
  const frame = frameOf(provider, connection, 'installation', () => applied)
  return new FramedCredential(frame, app.clientSecret, connection.id, undefined, connection.tokenGeneration)
}

function frameOf(provider: RegisteredProvider, { credentialType, scopes, settings }: AnsweringConnection, source: CredentialFrame['source'], apply: CredentialFrame['apply']): CredentialFrame {
  return { provider: provider.id, credentialType, source, scopes, settings, baseUrl: provider.baseUrl('apiBaseUrl', settings), apply }
}

const tokenFrames = new WeakMap<RegisteredProvider, Map<readonly string[], Map<AnsweringConnection['settings'], CredentialFrame>>>()
/** Of more lists of scopes, or settings, than these the frames are made anew. */
const mostFrames = 1_000

/** The frame of a token, the same for all with these scopes and settings: the store reads equal ones as one object. */
function tokenFrame(provider: RegisteredProvider, connection: AnsweringConnection): CredentialFrame {
  let byScopes = tokenFrames.get(provider)
  if (!byScopes || byScopes.size > mostFrames) tokenFrames.set(provider, (byScopes = new Map()))
  let bySettings = byScopes.get(connection.scopes)
  if (!bySettings || bySettings.size > mostFrames) byScopes.set(connection.scopes, (bySettings = new Map()))
  let frame = bySettings.get(connection.settings)
  if (!frame) bySettings.set(connection.settings, (frame = frameOf(provider, connection, 'connection', bearer)))
  return frame
}

/** A key as requests carry it. */
export interface AppliedKey extends AppliedParts {
  readonly credential: string
}

/** @see RFC 6750 §2.1 */
function bearer(token: string): AppliedParts {
  return { headers: { Authorization: `Bearer ${token}` }, searchParams: undefined, fields: {} }
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
