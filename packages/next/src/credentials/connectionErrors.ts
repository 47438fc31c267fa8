import { createError, type AuthpipeError, type StatusReason } from '@authpipe/core'

/** Names one connection. */
export interface ConnectionRef {
  readonly tenantId: string
  readonly connectionId: string
}

/** The error of a connection that only its user can mend. */
export function needsReauth(reason: StatusReason | undefined): AuthpipeError {
  return createError('needs_reauth', 'The provider no longer accepts this connection. Ask its user to connect again.', { details: { reason: reason ?? 'grant_revoked' } })
}

/** The error where nothing is connected. */
export function connectionNotFound(): AuthpipeError {
  return createError('connection_not_found', 'Nothing is connected here. Show a ConnectButton to the user first.')
}
