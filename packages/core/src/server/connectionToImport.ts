import type { ProviderFields, ProviderId, ProviderSettings } from '../register.ts'
import { exactObject, InvalidShape, list, mapOf, optional, text, type Parser } from '../shape.ts'

/** A connection that was made elsewhere, with the tokens or the key that it had there. */
export interface ConnectionToImport<P extends ProviderId = ProviderId> {
  /** Such as `livechat`. */
  readonly provider: P
  readonly tenantId: string
  /** Needed where the provider's connections belong to users; ignored where they belong to the tenant. */
  readonly userId?: string
  /** Names it at the old place, and stays the same there: by it a second import knows what the first one did. */
  readonly sourceId: string
  readonly accessToken?: string
  readonly refreshToken?: string
  /**
   * ISO 8601 instant at which the access token ends.
   * @defaultValue with a refresh token: it is over; without one: it lives as long as the provider's definition says
   */
  readonly expiresAt?: string
  /** @defaultValue those of the registration */
  readonly scopes?: readonly string[]
  /** The values of an API key by field id, instead of tokens. */
  readonly fields?: ProviderFields<P>
  /** Per-account inputs, such as `{ subdomain }`. */
  readonly settings?: ProviderSettings<P>
}

const longestToken = 65_536

/** What a request header can carry. @see RFC 6750 §2.1 */
const token: Parser<string> = (value, path) => {
  const given = text(value, path)
  if (given.length > longestToken || !/^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(given)) throw new InvalidShape(path, 'a token that a request header can carry')
  return given
}

/** With its zone, or it would be another instant on another machine. */
const instant: Parser<string> = (value, path) => {
  const given = text(value, path)
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(given) || Number.isNaN(Date.parse(given))) {
    throw new InvalidShape(path, 'an ISO 8601 instant with its zone, such as 2026-11-29T12:00:00Z')
  }
  return given
}

const parseMembers = exactObject<ConnectionToImport>({
  provider: text,
  tenantId: text,
  userId: optional(text),
  sourceId: text,
  accessToken: optional(token),
  refreshToken: optional(token),
  expiresAt: optional(instant),
  scopes: optional(list(text)),
  fields: optional(mapOf(text)),
  settings: optional(mapOf(text)),
})

/** Reads a connection to import. What it does not know is refused: a misspelt `refreshToken` would be a grant that is lost. */
export const parseConnectionToImport: Parser<ConnectionToImport> = (value, path) => {
  const given = parseMembers(value, path)
  const { accessToken, refreshToken, expiresAt, scopes, fields } = given
  const hasTokens = accessToken !== undefined || refreshToken !== undefined
  if (hasTokens === (fields !== undefined)) throw new InvalidShape(path, 'a connection with either tokens (accessToken, refreshToken) or a key (fields)')
  if (fields && (expiresAt !== undefined || scopes)) throw new InvalidShape(path, 'a key without expiresAt and scopes, which only tokens have')
  return given
}
