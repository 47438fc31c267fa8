import { pendingKey } from './pendingSession.ts'

/** What the server adds to the address that redirect mode comes back to. */
export const returnParam = 'authpipe'

/** Whether this tab may hold an attempt from before a reload, or has just come back from one. */
export function mayResume(key: string): boolean {
  try {
    return pendingKey(key) in sessionStorage || new URLSearchParams(location.search).has(returnParam)
  } catch {
    // Where storage is forbidden, an attempt does not outlive a reload.
    return false
  }
}
