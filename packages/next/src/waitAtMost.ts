import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for work, but no longer than so many milliseconds: it goes on then. @throws what the work throws by then */
export async function waitAtMost(work: Promise<unknown>, ms: number): Promise<void> {
  const over = new AbortController()
  const patience = sleep(ms, undefined, { signal: over.signal, ref: false }).catch(() => undefined)
  try {
    await Promise.race([work, patience])
  } finally {
    over.abort()
  }
}
