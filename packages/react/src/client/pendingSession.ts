/** An attempt that outlives a reload of its tab. */
export interface PendingSession {
  readonly sessionId: string
  readonly startedAt: number
  /** Whether it goes on in this tab itself, as redirect mode does. */
  readonly here: boolean
}

/** As long as the server keeps a session, in milliseconds. */
export const sessionLifetimeMs = 600_000

/** Where the storage of this tab holds the attempt of a flow. */
export const pendingKey = (flowKey: string): string => `authpipe:pending:${flowKey}`

/** The flows of which the storage of this tab holds an attempt. */
export function pendingKeys(): readonly string[] {
  try {
    return Object.keys(sessionStorage).flatMap((key) => (key.startsWith(pendingKey('')) ? [key.slice(pendingKey('').length)] : []))
  } catch {
    // Where storage is forbidden, an attempt does not outlive a reload.
    return []
  }
}

/** Remembers the attempt of this tab for a flow. */
export function savePending(flowKey: string, { sessionId, startedAt, here }: PendingSession): void {
  try {
    sessionStorage.setItem(pendingKey(flowKey), `${startedAt} ${sessionId}${here ? ' here' : ''}`)
  } catch {
    // Where storage is forbidden, an attempt does not outlive a reload.
  }
}

/** Forgets an attempt, and leaves another one that has taken its place. */
export function forgetPending(flowKey: string, sessionId: string): void {
  if (findPending(flowKey)?.sessionId === sessionId) sessionStorage.removeItem(pendingKey(flowKey))
}

/** Finds the attempt that was remembered, unless the server has dropped it by now. */
export function findPending(flowKey: string): PendingSession | undefined {
  try {
    const [startedAt, sessionId, here] = (sessionStorage.getItem(pendingKey(flowKey)) ?? '').split(' ')
    if (sessionId && Date.now() - Number(startedAt) < sessionLifetimeMs) return { sessionId, startedAt: Number(startedAt), here: here === 'here' }
  } catch {
    // As above.
  }
  return undefined
}
