/** An attempt that outlives a reload of its tab. */
export interface PendingSession {
  readonly sessionId: string
  readonly startedAt: number
}

/** As long as the server keeps a session, in milliseconds. */
export const sessionLifetimeMs = 600_000

/** Remembers the attempt of this tab under a key. */
export function savePending(key: string, { sessionId, startedAt }: PendingSession): void {
  try {
    sessionStorage.setItem(key, `${startedAt} ${sessionId}`)
  } catch {
    // Where storage is forbidden, an attempt does not outlive a reload.
  }
}

/** Forgets an attempt, and leaves another one that has taken its place. */
export function forgetPending(key: string, sessionId: string): void {
  if (findPending(key)?.sessionId === sessionId) sessionStorage.removeItem(key)
}

/** Finds the attempt that was remembered, unless the server has dropped it by now. */
export function findPending(key: string): PendingSession | undefined {
  try {
    const [startedAt, sessionId] = (sessionStorage.getItem(key) ?? '').split(' ')
    if (sessionId && Date.now() - Number(startedAt) < sessionLifetimeMs) return { sessionId, startedAt: Number(startedAt) }
  } catch {
    // As above.
  }
  return undefined
}
