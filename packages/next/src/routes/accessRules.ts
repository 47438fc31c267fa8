// Who may do what: ownership first, then the host app's own rule.
import { createError } from '@authpipe/core'
import type { Action } from '../config.ts'
import { toConnection } from '../connectionView.ts'
import type { Engine } from '../engine.ts'
import { isId, type Principal } from '../principal.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { ConnectionRecord } from '../store/store.ts'

/** Under which owner a principal's connections of a provider are kept. */
export function ownerOf(provider: RegisteredProvider, principal: Principal): string {
  return provider.attachment === 'user' ? principal.userId : ''
}

/**
 * Asks the host app's rule.
 *
 * @throws {AuthpipeError} `forbidden` when it says no, throws or takes too long
 */
export async function checkAllowed(engine: Engine, principal: Principal, action: Action, provider: string, connection?: ConnectionRecord): Promise<void> {
  const { authorize, identifyTimeoutMs } = engine.config
  if (!authorize) return
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), identifyTimeoutMs)
  })
  const question = { principal, action, provider, ...(connection ? { connection: toConnection(connection) } : {}) }
  const isAllowed = await Promise.race([Promise.resolve(question).then(authorize), late])
    .catch(() => false)
    .finally(() => clearTimeout(timer))
  if (isAllowed !== true) throw createError('forbidden', 'The app does not let you do this. Ask an administrator of your workspace.')
}

/**
 * A connection that the principal owns and may act on. Somebody else's reads like one that never was.
 *
 * @throws {AuthpipeError} `connection_not_found`, `forbidden`
 */
export async function findOwnConnection(engine: Engine, principal: Principal, connectionId: string, action: Action): Promise<ConnectionRecord> {
  const connection = isId(connectionId) ? await engine.store.findConnection(principal.tenantId, connectionId) : undefined
  const isOwn = connection?.ownerId === '' || connection?.ownerId === principal.userId
  // Webhook secrets are the server's business: a browser neither sees nor removes them.
  if (!connection || !isOwn || connection.status === 'revoked' || connection.credentialType === 'webhook_secret') {
    throw createError('connection_not_found', 'There is no such connection. It may have been disconnected.')
  }
  await checkAllowed(engine, principal, action, connection.provider, connection)
  return connection
}
