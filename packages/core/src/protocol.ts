// What crosses the wire between the browser and the mounted routes, with a parser for every body.
import { parseConnection, type Attachment, type Connection } from './connection.ts'
import { AuthpipeError, type ErrorDetails, type ServerErrorCode } from './errors.ts'
import type { AuthKind, FieldDefinition, ScopeDefinition, SettingDefinition, SetupGuide } from './provider.ts'
import { flag, InvalidShape, list, mapOf, object, oneOf, optional, text, type Parser } from './shape.ts'

/** One way to connect a provider, as a page may know it: no endpoint, no client id. */
export interface AuthSummary {
  readonly kind: AuthKind
  /** The scopes that a connection asks for, with what each permits. */
  readonly scopes: readonly ScopeDefinition[]
  /** What a form asks for; empty for OAuth. */
  readonly fields: readonly FieldDefinition[]
}

/** A registered provider as a page may know it. */
export interface ProviderSummary {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly category: string
  readonly website: string
  readonly docsUrl: string
  readonly attachment: Attachment
  readonly auth: readonly AuthSummary[]
  readonly settings: readonly SettingDefinition[]
  readonly setup: SetupGuide
}

const parseScope = object<ScopeDefinition>({ id: text, description: text, minimumRole: optional(text) })
const parseField = object<FieldDefinition>({
  id: text,
  label: text,
  secret: flag,
  description: optional(text),
  placeholder: optional(text),
  pattern: optional(text),
  helpUrl: optional(text),
})
const parseSetting = object<SettingDefinition>({
  id: text,
  label: text,
  pattern: text,
  prefix: optional(text),
  suffix: optional(text),
  placeholder: optional(text),
  helpUrl: optional(text),
  onlyFor: optional(list(oneOf(['oauth2', 'api_key', 'installation']))),
})

export const parseProviderSummary: Parser<ProviderSummary> = object<ProviderSummary>({
  id: text,
  name: text,
  description: text,
  category: text,
  website: text,
  docsUrl: text,
  attachment: oneOf(['tenant', 'user']),
  auth: list(object<AuthSummary>({ kind: oneOf(['oauth2', 'api_key', 'installation']), scopes: list(parseScope), fields: list(parseField) })),
  settings: list(parseSetting),
  setup: object<SetupGuide>({ steps: list(text), callbackNote: optional(text) }),
})

/** Answer of `GET /providers`. */
export interface ProvidersBody {
  readonly providers: readonly ProviderSummary[]
}
export const parseProviders: Parser<ProvidersBody> = object<ProvidersBody>({ providers: list(parseProviderSummary) })

export type ConnectMode = 'popup' | 'redirect'

/** What `POST /sessions` takes, as JSON or as a form (`scopes` repeated, `settings.subdomain`). */
export interface StartSessionBody {
  readonly provider: string
  /** A UUID made by the page, so that it can ask for the outcome before any answer has come back. */
  readonly sessionId?: string
  /**
   * An account of the user's own, or our app in the provider's workspace.
   * @defaultValue `user` where the provider has a sign-in, else `installation`
   */
  readonly kind?: 'user' | 'installation'
  /** Asked for beside those of the registration. */
  readonly scopes?: readonly string[]
  readonly settings?: Readonly<Record<string, string>>
  /** Reconnect this connection instead of making a new one. */
  readonly connectionId?: string
  /** A path of the own site to come back to in redirect mode. */
  readonly returnTo?: string
  /** @defaultValue `popup` */
  readonly mode?: ConnectMode
}
export const parseStartSession: Parser<StartSessionBody> = object<StartSessionBody>({
  provider: text,
  sessionId: optional(text),
  kind: optional(oneOf(['user', 'installation'])),
  scopes: optional(list(text)),
  settings: optional(mapOf(text)),
  connectionId: optional(text),
  returnTo: optional(text),
  mode: optional(oneOf(['popup', 'redirect'])),
})

/** Answer of `POST /sessions` to a JSON request. */
export interface StartedSession {
  readonly sessionId: string
  readonly authorizationUrl: string
  /** ISO 8601. */
  readonly expiresAt: string
}
export const parseStartedSession: Parser<StartedSession> = object<StartedSession>({ sessionId: text, authorizationUrl: text, expiresAt: text })

/** What `POST /connections` takes: a key that a user pasted. */
export interface StoreCredentialBody {
  readonly provider: string
  /** Values of the provider's form by field id. */
  readonly fields: Readonly<Record<string, string>>
  readonly settings?: Readonly<Record<string, string>>
  /** Put the key in the place of this connection's. */
  readonly connectionId?: string
}
export const parseStoreCredential: Parser<StoreCredentialBody> = object<StoreCredentialBody>({
  provider: text,
  fields: mapOf(text),
  settings: optional(mapOf(text)),
  connectionId: optional(text),
})

export type SessionStatus = 'pending' | 'complete' | 'denied' | 'cancelled' | 'failed' | 'expired'

/** Answer of `GET /sessions/:id`: the truth for every popup. */
export interface Session {
  readonly sessionId: string
  readonly status: SessionStatus
  /** Present once complete. */
  readonly connection?: Connection
  /** Whether the completed session mended a connection that was there before. */
  readonly reconnected?: boolean
  /** Present once denied, failed or expired. */
  readonly error?: SessionError
}
export interface SessionError {
  readonly code: string
  readonly message: string
}
export const parseSession: Parser<Session> = object<Session>({
  sessionId: text,
  status: oneOf(['pending', 'complete', 'denied', 'cancelled', 'failed', 'expired']),
  connection: optional(parseConnection),
  reconnected: optional(flag),
  error: optional(object<SessionError>({ code: text, message: text })),
})

/** What the completion page tells the page that opened it: a doorbell, never the truth. */
export interface CompletionMessage {
  readonly v: 1
  readonly type: 'authpipe:completion'
  readonly sessionId: string
}

/** Whether something that arrived by message is the doorbell of this session. */
export function isCompletionMessage(value: unknown, sessionId: string): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'v' in value &&
    value.v === 1 &&
    'type' in value &&
    value.type === 'authpipe:completion' &&
    'sessionId' in value &&
    value.sessionId === sessionId
  )
}

const parseDetails: Parser<ErrorDetails> = mapOf((value, path) => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return list(text)(value, path)
})

interface WireProblem {
  readonly code: string
  readonly detail?: string
  readonly retryable?: boolean
  readonly details?: ErrorDetails
  readonly instance?: string
}
const parseWireProblem = object<WireProblem>({
  code: text,
  detail: optional(text),
  retryable: optional(flag),
  details: optional(parseDetails),
  instance: optional(text),
})

/**
 * Reads the error out of a refused answer; an answer without a problem body (a proxy's page, say) becomes `network_error`.
 *
 * @see RFC 9457 §3
 */
export function parseProblem(body: unknown, status: number): AuthpipeError {
  try {
    const { code, detail, ...rest } = parseWireProblem(body, 'problem')
    return new AuthpipeError(code as ServerErrorCode, detail ?? code, { status, ...rest })
  } catch (error) {
    if (!(error instanceof InvalidShape)) throw error
    return new AuthpipeError('network_error', `The server answered ${status} without saying why.`, { status, retryable: status >= 500 })
  }
}
