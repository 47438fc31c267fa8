import { isCompletionMessage } from '@authpipe/core'
import { openChannel } from './openChannel.ts'

/**
 * Calls `ring(true)` when the completion page of a session has called, by whichever channel, and `ring(false)` when this page
 * comes back to the user, who may have missed a call. Returns a function that ends it.
 */
export function onDoorbell(sessionId: string, ring: (called: boolean) => void): () => void {
  const name = `authpipe:${sessionId}`
  const receive = (message: unknown): void => {
    if (!isCompletionMessage(message, sessionId)) return
    channel?.postMessage({ v: 1, type: 'authpipe:ack', sessionId })
    ring(true)
  }
  const channel = openChannel(name, receive)
  const listening = new AbortController()
  addEventListener('message', (event) => event.origin === origin && receive(event.data), listening)
  addEventListener('storage', ({ key }) => key === name && ring(true), listening)
  for (const type of ['focus', 'online', 'pageshow', 'visibilitychange']) addEventListener(type, () => ring(false), listening)
  return () => {
    listening.abort()
    channel?.close()
    try {
      localStorage.removeItem(name)
    } catch {
      // Storage that is forbidden holds nothing to remove.
    }
  }
}
