import { AuthpipeError, createError, type StatusReason } from '@authpipe/core'

/** Names one connection. */
export interface ConnectionRef {
  readonly tenantId: string
  readonly connectionId: string
}

/** The error of a connection that only its user can mend. */
export function needsReauth(reason: StatusReason | undefined): AuthpipeError {
  return createError('needs_reauth', 'The provider no longer accepts this connection. Ask its user to connect again.', { details: { reason: reason ?? 'grant_revoked' } })
}

/** The error where a newer token would be needed of a connection that another deployment refreshes now. */
export function handedOverError(): AuthpipeError {
  const message = 'This connection was handed over with its tenant, so only the deployment that imported it may refresh it. Ask there, or export the tenant there and import it here.'
  return new AuthpipeError('refresh_failed', message, { status: 502, details: { reason: 'handed_over' } })
}

/** The error where nothing is connected. */
export function connectionNotFound(): AuthpipeError {
  return createError('connection_not_found', 'Nothing is connected here. Show a ConnectButton to the user first.')
}
