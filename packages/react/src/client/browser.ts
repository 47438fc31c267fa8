import { isCompletionMessage } from '@authpipe/core'

/** A window that was opened for a session. `closed` is advice: a provider that severs it makes it read `true` at once. */
export interface ConnectWindow {
  readonly closed: boolean
  focus(): void
  close(): void
}

/** What `POST /sessions` is sent as: a form, so that it can be posted into another window. */
export interface StartForm {
  readonly action: string
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** All that the connect flow needs of a browser. Tests and the mock client bring their own. */
export interface ConnectBrowser {
  /** Opens an empty window, inside the click; `null` where the browser blocks it. */
  openWindow(name: string): ConnectWindow | null
  /** Posts into the window of that name; into this page where none is given. */
  postForm(form: StartForm, target?: string): void
  /** Calls `ring` at each doorbell of the session, whichever channel it came by. Returns the end of it. */
  onCompletion(sessionId: string, ring: () => void): () => void
  /** Calls `refetch` when some tab changed a connection. Returns the end of it. */
  onConnectionsChanged(refetch: () => void): () => void
  /** Calls `wake` when the page comes back: into view, into focus, online, or out of the back-forward cache. */
  onWake(wake: () => void): () => void
  /** Takes what redirect mode left in the address away from it. */
  cleanAddress(): void
  /** Where the user is now, as a path of this site. */
  currentPath(): string
  /** Storage of this tab that outlives a reload; reads `null` and forgets where the browser refuses it. */
  remember(key: string, value: string | null): void
  recall(key: string): string | null
  /** Whether there is no second window to open: an app on an iOS home screen. */
  hasOneWindow(): boolean
  isHidden(): boolean
  hasFocus(): boolean
  randomId(): string
  /** Milliseconds, for measuring spans only. */
  now(): number
  /** Calls `tick` again and again. Returns the end of it. */
  every(intervalMs: number, tick: () => void): () => void
}

const returnParam = 'authpipe'

/** Storage and channels throw where the user or an embedding page forbids them; the flow does without. */
function ifAllowed<T>(use: () => T): T | undefined {
  try {
    return use()
  } catch {
    return undefined
  }
}

function openChannel(name: string, receive: (message: unknown) => void): BroadcastChannel | undefined {
  return ifAllowed(() => {
    const channel = new BroadcastChannel(name)
    channel.onmessage = (event) => receive(event.data)
    return channel
  })
}

/** The browser this module runs in. It touches nothing until a method is called, so a server may import it. */
export const pageBrowser: ConnectBrowser = {
  openWindow(name) {
    const width = Math.min(520, screen.availWidth)
    const height = Math.min(680, screen.availHeight)
    // Centred on the window, not on the screen: it may stand on a second monitor.
    const left = screenX + (outerWidth - width) / 2
    const top = screenY + Math.max(0, (outerHeight - height) / 2)
    const opened = open('', name, `popup,width=${width},height=${height},left=${left},top=${top}`)
    // Some blockers hand out a stub without a `closed`.
    return opened?.closed === false ? opened : null
  },

  postForm({ action, fields }, target = '') {
    const form = document.createElement('form')
    Object.assign(form, { method: 'post', action, target, hidden: true })
    for (const [name, value] of fields) form.append(Object.assign(document.createElement('input'), { name, value }))
    document.body.append(form)
    form.submit()
    form.remove()
  },

  onCompletion(sessionId, ring) {
    const name = `authpipe:${sessionId}`
    const receive = (message: unknown): void => {
      if (!isCompletionMessage(message, sessionId)) return
      channel?.postMessage({ v: 1, type: 'authpipe:ack', sessionId })
      ring()
    }
    const channel = openChannel(name, receive)
    const listening = new AbortController()
    const { signal } = listening
    addEventListener('message', (event) => event.origin === origin && receive(event.data), { signal })
    addEventListener('storage', (event) => event.key === name && ring(), { signal })
    return () => {
      channel?.close()
      listening.abort()
      ifAllowed(() => localStorage.removeItem(name))
    }
  },

  onConnectionsChanged(refetch) {
    const channel = openChannel('authpipe:changed', refetch)
    return () => channel?.close()
  },

  onWake(wake) {
    const listening = new AbortController()
    for (const type of ['focus', 'online', 'pageshow', 'visibilitychange']) addEventListener(type, wake, listening)
    return () => listening.abort()
  },

  cleanAddress() {
    const url = new URL(location.href)
    if (!url.searchParams.has(returnParam)) return
    url.searchParams.delete(returnParam)
    history.replaceState(history.state, '', url)
  },

  currentPath: () => location.pathname + location.search,
  remember: (key, value) => ifAllowed(() => (value === null ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, value))),
  recall: (key) => ifAllowed(() => sessionStorage.getItem(key)) ?? null,
  hasOneWindow: () => 'standalone' in navigator && navigator.standalone === true,
  isHidden: () => document.hidden,
  hasFocus: () => document.hasFocus(),
  randomId: () => crypto.randomUUID(),
  now: () => Date.now(),

  every(intervalMs, tick) {
    const timer = setInterval(tick, intervalMs)
    return () => clearInterval(timer)
  },
}
