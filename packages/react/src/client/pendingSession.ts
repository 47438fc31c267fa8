/** An attempt that outlives a reload of its tab. */
export interface PendingSession {
  readonly sessionId: string
  readonly startedAt: number
}

/** As long as the server keeps a session, in milliseconds. */
export const sessionLifetimeMs = 600_000

/** Remembers the attempt of this tab under a key, or forgets it. */
export function savePending(key: string, pending?: PendingSession): void {
  try {
    if (pending) sessionStorage.setItem(key, `${pending.startedAt} ${pending.sessionId}`)
    else sessionStorage.removeItem(key)
  } catch {
    // Where storage is forbidden, an attempt does not outlive a reload.
  }
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
