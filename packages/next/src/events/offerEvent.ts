import type { AuthpipeEvent } from '@authpipe/core'
import type { Telling } from './eventRoute.ts'

/**
 * Offers an event to the host app. A throw, a rejection or a handler that takes too long is an event that was not taken; what such a
 * handler still does is nobody's concern.
 *
 * @param closing - ends the wait
 */
export async function offerEvent(onEvent: (event: AuthpipeEvent) => Promise<void> | void, event: AuthpipeEvent, timeoutMs: number, closing: AbortSignal): Promise<Telling> {
  let end: ((telling: Telling) => void) | undefined
  const ended = new Promise<Telling>((resolve) => (end = resolve))
  const timer = setTimeout(() => end?.({ isTaken: false, reason: `it took longer than ${timeoutMs} ms` }), timeoutMs)
  const leave = (): void => end?.({ isTaken: false })
  closing.addEventListener('abort', leave)
  try {
    if (closing.aborted) leave()
    const taken = Promise.resolve(onEvent(event)).then(
      (): Telling => ({ isTaken: true }),
      (): Telling => ({ isTaken: false, reason: 'it rejected' }),
    )
    return await Promise.race([taken, ended])
  } catch {
    return { isTaken: false, reason: 'it threw' }
  } finally {
    clearTimeout(timer)
    closing.removeEventListener('abort', leave)
  }
}
