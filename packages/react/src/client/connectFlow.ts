import { AuthpipeError, type Connection, type ConnectMode } from '@authpipe/core'
import type { AuthpipeClient } from './createClient.ts'
import type { ConnectWindow, ConnectWindows, StartForm } from './connectWindow.ts'
import type { FollowedAttempt } from './followAttempt.ts'
import { loadingError } from './loadingError.ts'
import { mayResume } from './mayResume.ts'

/** Where the present attempt to connect stands. It is not the status of the connection. */
export type ConnectPhase = 'idle' | 'opening' | 'waiting' | 'detached' | 'confirming' | 'done' | 'blocked' | 'error'

/** Why an attempt ended without a connection and without a fault. */
export type CancelReason = 'denied' | 'user' | 'presumed_closed' | 'superseded'

/** What to ask for when connecting. */
export interface ConnectVariables {
  /** Mends this connection instead of making another. */
  readonly connectionId?: string | undefined
  /** Asked for beside those that the server's registration names. */
  readonly scopes?: readonly string[] | undefined
  /** Per-account inputs such as a subdomain. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /**
   * A window beside this page, or this page itself.
   * @defaultValue `auto`: a window, except in an app on an iOS home screen, which has no second one
   */
  readonly mode?: ConnectMode | 'auto' | undefined
  /**
   * Where redirect mode comes back to: a path of this site.
   * @defaultValue the present page
   */
  readonly returnTo?: `/${string}` | undefined
}

/** What everybody sees of a flow. */
export interface ConnectState {
  readonly phase: ConnectPhase
  /** Names the attempt; made by this page. */
  readonly sessionId?: string
  /** Why the last attempt gave no connection. A cancel or a denial leaves the phase at `idle`, a fault sets it to `error`. */
  readonly error?: AuthpipeError
}

/** Called with the end of an attempt, each at most once; a success may still follow a cancel. */
export interface ConnectCallbacks {
  readonly onSuccess?: ((connection: Connection, info: { readonly reconnected: boolean }) => void) | undefined
  readonly onError?: ((error: AuthpipeError) => void) | undefined
  readonly onCancel?: ((info: { readonly reason: CancelReason }) => void) | undefined
}

/** Who hears of the end of an attempt: whatever stands in `current` by then. */
export interface ConnectListener {
  readonly current: ConnectCallbacks
}

/** The attempts to connect one provider (or to reconnect one connection), for all who show them on this page. */
export interface ConnectFlow {
  getState(): ConnectState
  subscribe(onChange: () => void): () => void
  /** Registers who hears of outcomes, and goes on with an attempt from before a reload. Returns the end of it. */
  attach(listener: ConnectListener): () => void
  /**
   * Starts an attempt and opens its window at once, so call it inside the click. While an attempt has a living window that
   * is brought to the front instead, unless this is to be `another` one. Returns the session id.
   */
  start(variables?: ConnectVariables, listener?: ConnectListener, another?: boolean): string
  /** The connection that the present attempt ends with; rejects with the {@link AuthpipeError} that ends it otherwise. */
  result(): Promise<Connection>
  /** Ends the attempt here and at the server. If the user had finished just before, it still succeeds. */
  cancel(): void
  focusWindow(): void
  /** The form that starts the present attempt from a real submit button; never blocked. */
  getForm(): StartForm
  /** Says that the user has submitted {@link getForm} into a new tab. */
  submitted(): void
}

/** An attempt as the click leaves it. */
export interface Attempt {
  readonly sessionId: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly variables: ConnectVariables
  /** Whether it goes on in this page, as redirect mode does. */
  readonly here: boolean
  /** `null` where the browser blocked it, and where none is needed. */
  readonly window: ConnectWindow | null
}

/** What an attempt tells its flow. Of one that another has replaced, only the callbacks are heard. */
export interface AttemptHost {
  readonly client: AuthpipeClient
  readonly windows: ConnectWindows
  /** Where the attempt is remembered in the storage of this tab. */
  readonly pendingKey: string
  getForm(mode: ConnectMode): StartForm
  show(state: ConnectState): void
  announce(connection: Connection): void
  /** Who started it, or after a reload or a remount whoever shows it now. */
  callbacks(): ConnectCallbacks | undefined
}

/** The state of a flow that nobody has started; also what a server renders. */
export const idleState: ConnectState = { phase: 'idle' }

/** Makes the state machine behind a connect button. It knows no React, and lives longer than the components that show it. */
export function createConnectFlow(
  client: AuthpipeClient,
  windows: ConnectWindows,
  provider: string,
  connectionId: string | undefined,
  kind: Connection['kind'] | undefined,
  announce: (connection: Connection) => void,
): ConnectFlow {
  const pendingKey = `authpipe:pending:${provider}:${connectionId ?? kind ?? ''}`
  const observers = new Set<() => void>()
  const listeners = new Set<ConnectListener>()
  let state = idleState
  let attempt: Attempt | undefined
  let followed: Promise<FollowedAttempt> | undefined

  const getForm = (mode?: ConnectMode): StartForm => {
    const { scopes = [], settings = {}, returnTo, connectionId: mended = connectionId } = attempt?.variables ?? {}
    const fields = Object.entries({
      provider,
      sessionId: attempt?.sessionId,
      connectionId: mended,
      kind,
      mode,
      returnTo: returnTo ?? (attempt && location.pathname + location.search),
    })
    for (const id in settings) fields.push([`settings.${id}`, settings[id]])
    for (const scope of scopes) fields.push(['scopes', scope])
    return { action: `${client.basePath}/sessions`, fields: fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])) }
  }

  const show = (next: ConnectState): void => {
    state = next
    for (const observe of observers) observe()
  }

  /** Loads what an attempt needs from here on, which no page pays for before somebody clicks. */
  const follow = (listener?: ConnectListener, started?: Attempt): void => {
    const host: AttemptHost = {
      client,
      windows,
      pendingKey,
      getForm,
      announce,
      show(next) {
        if (followed === following) show(next)
      },
      callbacks: () => (listener && listeners.has(listener) ? listener : [...listeners][0])?.current,
    }
    const following = import('./followAttempt.ts').then(
      ({ followAttempt }) => followAttempt(host, started),
      (cause: unknown) => {
        const error = loadingError(cause)
        host.show({ phase: 'error', error })
        host.callbacks()?.onError?.(error)
        throw error
      },
    )
    // Whoever does not ask for the result looks at the state.
    following.catch(() => {})
    followed = following
  }

  const tell = (news: (attempt: FollowedAttempt) => void): void => void followed?.then(news, () => {})

  return {
    getState: () => state,
    subscribe(onChange) {
      observers.add(onChange)
      return () => observers.delete(onChange)
    },
    attach(listener) {
      listeners.add(listener)
      if (!followed && mayResume(pendingKey)) follow()
      return () => listeners.delete(listener)
    },
    start(variables = {}, listener, another) {
      if (!another && state.sessionId && attempt?.window?.closed === false) {
        attempt.window.focus()
        return state.sessionId
      }
      tell(({ giveUp }) => giveUp('superseded'))

      const sessionId = crypto.randomUUID()
      const name = `authpipe-${sessionId}`
      // An app on an iOS home screen has no second window.
      const here = variables.mode === 'redirect' || (variables.mode !== 'popup' && 'standalone' in navigator && navigator.standalone === true)
      // Before anything else: after an `await` the browser would no longer see the click.
      const window = here ? null : windows.open(name)
      attempt = { sessionId, startedAt: Date.now(), variables, here, window }
      if (window) windows.post(getForm('popup'), name)
      follow(listener, attempt)
      show({ phase: 'opening', sessionId })
      return sessionId
    },
    result: () => (followed ?? Promise.reject(new AuthpipeError('invalid_request', 'Nothing was started.'))).then(({ result }) => result),
    cancel: () => tell(({ giveUp }) => giveUp('user')),
    focusWindow: () => attempt?.window?.focus(),
    getForm,
    submitted: () => tell(({ submitted }) => submitted()),
  }
}
