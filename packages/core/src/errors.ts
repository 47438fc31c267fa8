// The errors of Authpipe: one class, one table of codes, and their form on the wire (RFC 9457).

interface ErrorRow {
  readonly status: number
  readonly title: string
  /** Whether the same call can succeed later without anybody changing anything. */
  readonly retryable?: true
}

/** Every error code with its HTTP status and a short title. Codes are stable; titles may change. */
export const errorTable = {
  // set-up
  invalid_configuration: { status: 500, title: 'The configuration is not valid' },
  encryption_key_unavailable: { status: 500, title: 'An encryption key is missing or wrong' },
  // request
  unauthenticated: { status: 401, title: 'Nobody is signed in' },
  forbidden: { status: 403, title: 'This is not allowed' },
  origin_not_allowed: { status: 403, title: 'The request came from another site' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  not_found: { status: 404, title: 'There is nothing here' },
  unknown_provider: { status: 404, title: 'There is no such provider' },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  payload_too_large: { status: 413, title: 'The request is too large' },
  // session
  session_not_found: { status: 404, title: 'There is no such session' },
  session_expired: { status: 410, title: 'The session expired' },
  session_already_used: { status: 409, title: 'The session was used already' },
  state_mismatch: { status: 400, title: 'The answer does not belong to this session' },
  issuer_mismatch: { status: 400, title: 'The answer came from another issuer' },
  principal_mismatch: { status: 403, title: 'Another person started this session' },
  authorization_denied: { status: 403, title: 'Access was not approved' },
  authorization_failed: { status: 502, title: 'The provider could not authorize' },
  code_exchange_failed: { status: 502, title: 'The provider refused the authorization code' },
  account_mismatch: { status: 409, title: 'Another account was connected than before' },
  // connection
  connection_not_found: { status: 404, title: 'There is no such connection' },
  needs_reauth: { status: 409, title: 'The connection needs its user to connect again' },
  refresh_failed: { status: 502, title: 'The credential could not be refreshed', retryable: true },
  credential_rejected: { status: 422, title: 'The provider rejected the credential' },
  insufficient_scope: { status: 409, title: 'The connection lacks a permission' },
  // provider
  provider_unreachable: { status: 503, title: 'The provider does not answer', retryable: true },
  provider_rate_limited: { status: 503, title: 'The provider limits our requests', retryable: true },
  provider_response_invalid: { status: 502, title: 'The provider gave an answer we cannot use' },
  provider_misconfigured: { status: 502, title: 'The provider refuses our client id or secret' },
  // vault and store
  vault_unavailable: { status: 503, title: 'The vault is not available', retryable: true },
  credential_undecryptable: { status: 500, title: 'A stored credential cannot be opened' },
  store_unavailable: { status: 503, title: 'The database is not available', retryable: true },
  // webhooks
  webhook_signature_invalid: { status: 401, title: 'The webhook signature is not valid' },
  // last
  internal_error: { status: 500, title: 'Something went wrong' },
} as const satisfies Record<string, ErrorRow>

/** Codes that only arise in a browser; they never cross the wire. */
export type BrowserErrorCode = 'popup_blocked' | 'connect_cancelled' | 'connect_timed_out' | 'network_error'

/** Codes that a server answers with. */
export type ServerErrorCode = keyof typeof errorTable

/** Every stable error code of Authpipe. */
export type AuthpipeErrorCode = ServerErrorCode | BrowserErrorCode

/** Facts that help a program or a person to act; never a secret, never text that came from a provider. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>

export interface AuthpipeErrorOptions {
  /** HTTP status. */
  readonly status?: number
  readonly retryable?: boolean
  readonly details?: ErrorDetails
  /** The error behind this one, for a debugger. It is never serialised. */
  readonly cause?: unknown
  /** Log id of an unexpected failure. */
  readonly instance?: string
}

const brand = Symbol.for('authpipe.error')

/**
 * Every failure that Authpipe reports.
 *
 * Switch on `code`: it is stable. `message` is for developers (what happened, why it matters, what to do) and may change.
 * `instanceof` works across the several copies of a module that a Next.js process holds.
 */
export class AuthpipeError extends Error {
  declare readonly code: AuthpipeErrorCode
  /** HTTP status that belongs to the code; `0` for codes that only arise in a browser. */
  declare readonly status: number
  /** Whether the same call can succeed later without anybody changing anything. */
  declare readonly retryable: boolean
  declare readonly details: ErrorDetails | undefined
  /** Log id of an unexpected failure, the `instance` of RFC 9457. */
  declare readonly instance: string | undefined

  constructor(code: AuthpipeErrorCode, message: string, { status = 0, retryable = false, details, instance, cause }: AuthpipeErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    // At once, since every page that connects something loads these lines.
    Object.assign(this, { name: 'AuthpipeError', code, status, retryable, details, instance })
  }

  get [brand](): true {
    return true
  }

  /** Where this code is explained. */
  get docsUrl(): string {
    return errorDocsUrl(this.code)
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** Where an error code is explained: one anchor per code. */
export function errorDocsUrl(code: string): string {
  return `https://github.com/authpipe/authpipe/blob/main/docs/errors.md#${code}`
}

/** Makes the error of a server code, with the status and retryability of the table. */
export function createError(code: ServerErrorCode, message: string, options: Omit<AuthpipeErrorOptions, 'status' | 'retryable'> = {}): AuthpipeError {
  const row: ErrorRow = errorTable[code]
  return new AuthpipeError(code, message, { ...options, status: row.status, retryable: row.retryable ?? false })
}

/** The body of an `application/problem+json` answer (RFC 9457 §3) with our extension member `code`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly retryable?: boolean
  readonly details?: ErrorDetails
  readonly instance?: string
}

/**
 * Writes an error for the wire. What it takes is an allowlist: never `cause`, never a stack, and for faults of the server
 * itself not even the message, since that speaks to the developer and not to the caller.
 *
 * @see RFC 9457 §3
 */
export function toProblem(error: AuthpipeError): Problem {
  const row: ErrorRow = errorTable[error.code as ServerErrorCode] ?? errorTable.internal_error
  const ours = error.status === 500 || error.code === 'vault_unavailable' || error.code === 'store_unavailable'
  return {
    type: errorDocsUrl(error.code),
    title: row.title,
    status: error.status || row.status,
    detail: ours ? `${row.title}. The server's log says more.` : error.message,
    code: error.code,
    ...(error.retryable ? { retryable: true } : {}),
    ...(error.details && !ours ? { details: error.details } : {}),
    ...(error.instance ? { instance: error.instance } : {}),
  }
}
