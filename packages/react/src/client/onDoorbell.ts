import { isCompletionMessage } from '@authpipe/core'
import { openChannel } from './openChannel.ts'

/**
 * Why to ask the server: the completion page of the session has `called`, by whichever channel; this page is `seen` again by the
 * user, who may have missed a call; or it has come `back` from the memory of the browser, as after the back button.
 */
export type Ring = 'called' | 'seen' | 'back'

/** Calls `ring` whenever there is a reason to ask about a session. Returns a function that ends it. */
export function onDoorbell(sessionId: string, ring: (ring: Ring) => void): () => void {
  const name = `authpipe:${sessionId}`
  const receive = (message: unknown): void => {
    if (!isCompletionMessage(message, sessionId)) return
    channel?.postMessage({ v: 1, type: 'authpipe:ack', sessionId })
    ring('called')
  }
  const channel = openChannel(name, receive)
  const listening = new AbortController()
  addEventListener('message', (event) => event.origin === location.origin && receive(event.data), listening)
  addEventListener('storage', ({ key }) => key === name && ring('called'), listening)
  addEventListener('pageshow', ({ persisted }) => ring(persisted ? 'back' : 'seen'), listening)
  for (const type of ['focus', 'online', 'visibilitychange']) addEventListener(type, () => ring('seen'), listening)
  try {
    // A start that is refused at once calls while this code is still loading.
    if (localStorage.getItem(name)) ring('called')
  } catch {
    // Where storage is forbidden nothing was left in it.
  }
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
