// What crosses the wire between the mounted routes and other servers of the app, with a parser for every body.
import type { CredentialQuery, CredentialToStore } from '../credential.ts'
import { parseEvent, type AuthpipeEvent } from '../event.ts'
import { exactObject, flag, InvalidShape, list, mapOf, object, oneOf, optional, text, wholeNumber, type Parser } from '../shape.ts'
import { RevealedCredential, type CredentialParts } from './revealedCredential.ts'

/** What `POST /credentials` takes. */
export interface CredentialRequest extends CredentialQuery {
  /** With `forceRefresh`: the generation that was called dead. Where a newer one is stored already it answers, and nothing is refreshed. */
  readonly generation?: number
}

export const parseCredentialRequest: Parser<CredentialRequest> = exactObject<CredentialRequest>({
  provider: text,
  tenantId: text,
  userId: optional(text),
  connectionId: optional(text),
  credentialType: optional(oneOf(['oauth_token', 'api_key', 'webhook_secret'])),
  credentialFor: optional(oneOf(['any', 'installation', 'user'])),
  forceRefresh: optional(flag),
  generation: optional(wholeNumber),
})

/** How long an answer may be used, in milliseconds from the moment it was given: the two clocks need not agree. */
export interface CredentialLife {
  /** Without asking again. */
  readonly cacheForMs: number
  /** At all; absent where the credential names no end. */
  readonly expiresInMs?: number
}

/** Answer of `POST /credentials`. */
export interface CredentialBody extends Omit<CredentialParts, 'expiresAt' | 'searchParams'>, CredentialLife {
  /** Whether the request had to wait for a new token. */
  readonly refreshed: boolean
  /** ISO 8601. */
  readonly expiresAt?: string
  readonly searchParams?: Readonly<Record<string, string>>
}

/** @security Everything that the credential holds. */
export function toCredentialBody(credential: RevealedCredential, life: CredentialLife): CredentialBody {
  // Named one by one: the parts may be made when they are asked for.
  const { connectionId, credentialType, source, scopes, headers, searchParams, fields, baseUrl, settings, generation } = RevealedCredential.partsOf(credential)
  const { expiresAt, refreshed } = credential
  const parts = { credential: credential.credential, connectionId, credentialType, source, scopes, headers, fields, baseUrl, settings, generation }
  return { ...parts, refreshed, ...(expiresAt === undefined ? {} : { expiresAt }), ...(searchParams === undefined ? {} : { searchParams }), ...life }
}

const parseCredentialBody = object<CredentialBody>({
  credential: text,
  credentialType: oneOf(['oauth_token', 'api_key', 'webhook_secret']),
  connectionId: text,
  source: oneOf(['connection', 'installation']),
  expiresAt: optional(text),
  scopes: list(text),
  refreshed: flag,
  headers: mapOf(text),
  searchParams: optional(mapOf(text)),
  fields: mapOf(text),
  baseUrl: text,
  settings: mapOf(text),
  generation: wholeNumber,
  cacheForMs: wholeNumber,
  expiresInMs: optional(wholeNumber),
})

/** A credential as it came over the wire. */
export interface ReceivedCredential extends CredentialLife {
  readonly credential: RevealedCredential
}

/** Reads the answer of `POST /credentials`; members it does not know are dropped. */
export const parseCredential: Parser<ReceivedCredential> = (value, path) => {
  const { refreshed, expiresAt, searchParams, cacheForMs, expiresInMs, ...parts } = parseCredentialBody(value, path)
  const credential = new RevealedCredential({ ...parts, searchParams, expiresAt: expiresAt === undefined ? undefined : parseInstant(expiresAt, `${path}.expiresAt`) }, refreshed)
  return { credential, cacheForMs, ...(expiresInMs === undefined ? {} : { expiresInMs }) }
}

function parseInstant(value: string, path: string): number {
  const instant = Date.parse(value)
  if (Number.isNaN(instant)) throw new InvalidShape(path, 'an instant')
  return instant
}

/** What `PUT /credentials` takes. */
export const parseCredentialToStore: Parser<CredentialToStore> = exactObject<CredentialToStore>({
  provider: text,
  tenantId: text,
  userId: optional(text),
  credentialType: oneOf(['api_key', 'webhook_secret']),
  fields: mapOf(text),
  settings: optional(mapOf(text)),
  verify: optional(flag),
  overlapMs: optional(wholeNumber),
})

/** Answer of `GET /events`: the audit log, newest first. */
export interface EventPage {
  readonly events: readonly AuthpipeEvent[]
  /** Where the next, older ones begin; absent where there are none. */
  readonly nextCursor?: string
}

export const parseEventPage: Parser<EventPage> = object<EventPage>({ events: list(parseEvent), nextCursor: optional(text) })
