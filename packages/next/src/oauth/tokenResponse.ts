// A provider's token answer: read within limits, normalised, and judged field by field.
import { createError } from '@authpipe/core'
import { parseJsonOrUndefined } from '@authpipe/core/server'
import type { OAuthClient } from '../registrations.ts'

/** Tokens of one grant, ready to be sealed. */
export interface TokenSet {
  readonly accessToken: string
  /** Absent where the answer had none; a refresh then keeps the old one. */
  readonly refreshToken: string | undefined
  /** Seconds from receipt; `undefined` where the answer named none that can be used. */
  readonly lifetimeSeconds: number | undefined
  /** Seconds from receipt until the refresh token ends; `undefined` where the answer named none. */
  readonly grantLifetimeSeconds: number | undefined
  /** Absent where the answer named none: granted as asked (RFC 6749 §5.1). */
  readonly scopes: readonly string[] | undefined
  /** Members beside the standard ones: strings, numbers and booleans only. */
  readonly extra: Readonly<Record<string, unknown>>
}

/** Longest token that is stored, in characters. */
const maxTokenLength = 65_536
/** A token that claims to live longer is refreshed once a year all the same. */
const maxLifetimeSeconds = 365 * 24 * 3600

/**
 * Reads a token answer and writes it anew in the form that RFC 6749 §5.1 asks for, so that a strict reader can judge it:
 * `expires_in` as a number or gone, `scope` joined by spaces, `token_type` bearer in lower case. An `error` with any other status becomes a 400.
 *
 * @returns the normalised answer and the members that are not part of the standard
 * @throws {AuthpipeError} `provider_response_invalid` when it is not a JSON object, or a token has a wrong form or type
 */
export async function normalizeTokenResponse(client: OAuthClient, response: Response): Promise<{ response: Response; extra: Record<string, unknown> }> {
  const body = await readObject(response)
  if (typeof body.error === 'string') {
    // Only the code goes on: descriptions are the provider's text and may quote what we sent.
    return { response: refusal(/^[\w.:-]{1,100}$/.test(body.error) ? body.error : 'unknown', response.status), extra: {} }
  }
  if (isInTrouble(response)) return { response: refusal('temporarily_unavailable', response.status), extra: {} }
  if (response.status !== 200) throw createError('provider_response_invalid', `The provider's token answer (HTTP ${response.status}) holds neither tokens nor an error.`)

  const { access_token, refresh_token, expires_in, scope, token_type, ...rest } = body
  const scopes = readScopes(scope, client.definition.scopeSeparator ?? ' ')
  if (typeof token_type !== 'string' || token_type.toLowerCase() !== 'bearer') throw createError('provider_response_invalid', 'The provider sent a token whose type is not bearer, so it cannot be used.')
  const standard: Record<string, unknown> = { access_token: readToken(access_token), token_type: 'bearer' }
  if (refresh_token !== undefined && refresh_token !== null && refresh_token !== '') standard.refresh_token = readToken(refresh_token)
  const lifetime = readLifetimeSeconds(expires_in)
  if (lifetime !== undefined) standard.expires_in = lifetime
  if (scopes !== undefined) standard.scope = scopes.join(' ')
  const extra = Object.fromEntries(Object.entries(rest).filter(([name, value]) => name !== 'id_token' && ['string', 'number', 'boolean'].includes(typeof value)))
  return { response: json(standard, 200), extra }
}

/** A server in trouble often answers with a page: its status says more than its body. */
function isInTrouble({ status }: Response): boolean {
  return status >= 500 || status === 429
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  const body = parseJsonOrUndefined(await response.text())
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body }
  if (isInTrouble(response)) return {}
  throw createError('provider_response_invalid', `The provider's token answer (HTTP ${response.status}) is not a JSON object.`)
}

function readToken(value: unknown): string {
  // A header cannot carry control characters or anything beyond ASCII (RFC 6750 §2.1).
  if (typeof value === 'string' && value.length <= maxTokenLength && /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(value)) return value
  throw createError('provider_response_invalid', 'The provider sent a token that is missing or has characters that no request header can carry.')
}

/** Seconds, from a number or a numeric string; `undefined` where it says nothing that can be used. */
export function readLifetimeSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,17}(\.\d+)?$/.test(value) ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) return undefined
  return Math.min(Math.max(Math.floor(seconds), 0), maxLifetimeSeconds)
}

/** By which names providers say how long a refresh token lives; no RFC has one. */
const grantLifetimeNames = ['refresh_token_expires_in', 'x_refresh_token_expires_in', 'refresh_expires_in']
/** A refresh token that claims to live longer counts as one without an end. */
const longestGrantSeconds = 100 * 365 * 24 * 3600

/** Seconds that a refresh token lives, by the members beside the standard ones; zero means without an end. */
export function readGrantLifetimeSeconds(extra: Readonly<Record<string, unknown>>): number | undefined {
  for (const name of grantLifetimeNames) {
    const value = extra[name]
    const seconds = typeof value === 'string' && /^\d{1,17}(\.\d+)?$/.test(value) ? Number(value) : value
    if (typeof seconds === 'number' && seconds >= 1 && seconds <= longestGrantSeconds) return Math.floor(seconds)
  }
  return undefined
}

function readScopes(value: unknown, separator: ' ' | ','): string[] | undefined {
  const parts = typeof value === 'string' ? value.split(separator === ',' ? /[ ,]+/ : / +/) : value
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]*$/.test(part))) return undefined
  return [...new Set(parts as string[])].filter((part) => part !== '')
}

/** An `error` is only read where it has a status of the 400s, as it should (RFC 6749 §5.2). */
function refusal(error: string, status: number): Response {
  return json({ error }, status >= 400 && status < 500 ? status : 400)
}

function json(body: unknown, status: number): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}
