import type { AuthpipeEvent } from '@authpipe/core'
import { readRetryAfter } from '@authpipe/core/server'
import type { OutboundFetch } from '../outboundFetch.ts'
import type { Telling } from './eventRoute.ts'
import { signEvent } from './signEvent.ts'
import type { WebhookOptions } from './webhookOptions.ts'

/**
 * Posts an event. Any 2xx takes it; a redirect is not followed, and of an answer nothing but its head counts.
 *
 * @param now - epoch milliseconds of this try
 * @param signal - ends it
 */
export async function sendEvent(fetch: OutboundFetch, { url, secrets }: WebhookOptions, event: AuthpipeEvent, now: number, signal: AbortSignal): Promise<Telling> {
  const body = JSON.stringify(event)
  const headers = { 'content-type': 'application/json', 'user-agent': 'authpipe', ...signEvent(secrets, event.id, body, now) }
  try {
    // However long an answer says it is: it is not read.
    const answer = await fetch(url, { method: 'POST', headers, body, signal, maxBytes: Infinity })
    await answer.body?.cancel()
    if (answer.ok) return { isTaken: true }
    const restSeconds = readRetryAfter(answer.headers.get('retry-after'), now)
    return {
      isTaken: false,
      reason: `HTTP ${answer.status}`,
      isGone: answer.status === 410,
      ...(restSeconds === undefined ? {} : { restMs: restSeconds * 1_000 }),
    }
  } catch {
    return signal.aborted ? { isTaken: false } : { isTaken: false, reason: 'no answer' }
  }
}
