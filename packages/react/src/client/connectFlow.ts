import { AuthpipeError, parseProblem, type AuthpipeErrorCode, type Connection, type ConnectMode } from '@authpipe/core'
import type { AuthpipeClient } from './createClient.ts'
import type { ConnectWindow, ConnectWindows, StartForm } from './connectWindow.ts'
import { findPending, savePending, type PendingSession } from './pendingSession.ts'
import { cancelSession, findSession } from './routes.ts'
import { watchSession, type WatchNews } from './watchSession.ts'

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
   * is brought to the front instead. Returns the session id.
   */
  start(variables?: ConnectVariables, listener?: ConnectListener): string
  /** The connection that the present attempt ends with; rejects with the {@link AuthpipeError} that ends it otherwise. */
  result(): Promise<Connection>
  /** Ends the attempt here and at the server. If the user had finished just before, it still succeeds. */
  cancel(): void
  focusWindow(): void
  /** Gives the present attempt up for another. */
  supersede(): void
  /** The form that starts the present attempt from a real submit button; never blocked. */
  getForm(): StartForm
  /** Says that the user has submitted {@link getForm} into a new tab. */
  submitted(): void
}

interface Attempt extends PendingSession {
  readonly window: ConnectWindow | null | undefined
  readonly variables: ConnectVariables
  readonly listener: ConnectListener | undefined
  readonly result: Promise<Connection>
  readonly resolve: (connection: Connection) => void
  readonly reject: (error: AuthpipeError) => void
  /** Whether its end has been told; only a success may still follow. */
  settled?: boolean
  stopWatch?: () => void
}

/** The state of a flow that nobody has started; also what a server renders. */
export const idleState: ConnectState = { phase: 'idle' }

const doneMs = 1_200
const returnParam = 'authpipe'

/** Makes the state machine behind a connect button. It knows no React, and lives longer than the components that show it. */
export function createConnectFlow(
  client: AuthpipeClient,
  windows: ConnectWindows,
  provider: string,
  connectionId: string | undefined,
  announce: (connection: Connection) => void,
): ConnectFlow {
  const pendingKey = `authpipe:pending:${provider}:${connectionId ?? ''}`
  const observers = new Set<() => void>()
  const listeners = new Set<ConnectListener>()
  let state = idleState
  let attempt: Attempt | undefined

  const show = (next: ConnectState): void => {
    state = next
    for (const observe of observers) observe()
  }

  const createAttempt = (
    pending: PendingSession,
    window?: ConnectWindow | null,
    variables: ConnectVariables = {},
    listener?: ConnectListener,
  ): Attempt => {
    let resolve!: Attempt['resolve']
    let reject!: Attempt['reject']
    const result = new Promise<Connection>((...settle) => ([resolve, reject] = settle))
    // Whoever does not ask for the result looks at the state.
    result.catch(() => {})
    return { ...pending, window, variables, listener, result, resolve, reject }
  }

  /** Who started it, or after a reload or a remount whoever shows it now. */
  const callbacks = ({ listener }: Attempt): ConnectCallbacks | undefined => (listener && listeners.has(listener) ? listener : [...listeners][0])?.current

  const fail = (ended: Attempt, error: AuthpipeError, reason?: CancelReason): void => {
    if (ended.settled) return
    ended.settled = true
    savePending(pendingKey)
    show({ phase: reason ? 'idle' : 'error', error })
    ended.reject(error)
    if (reason) callbacks(ended)?.onCancel?.({ reason })
    else callbacks(ended)?.onError?.(error)
  }
  const failWith = (ended: Attempt, code: AuthpipeErrorCode, message: string, reason?: CancelReason): void =>
    fail(ended, new AuthpipeError(code, message, reason && { details: { reason } }), reason)

  const cancelled = (ended: Attempt, reason: CancelReason): void => failWith(ended, 'connect_cancelled', 'The attempt was given up.', reason)
  const timedOut = (ended: Attempt): void => failWith(ended, 'connect_timed_out', 'The session ended before the user had finished.')

  const succeed = (ended: Attempt, connection: Connection, reconnected = false): void => {
    ended.settled = true
    savePending(pendingKey)
    show({ phase: 'done', sessionId: ended.sessionId })
    setTimeout(() => attempt === ended && show(idleState), doneMs)
    announce(connection)
    ended.resolve(connection)
    callbacks(ended)?.onSuccess?.(connection, { reconnected })
  }

  const forget = (): void => {
    savePending(pendingKey)
    attempt = undefined
    show(idleState)
  }

  const showPhase = ({ sessionId, settled }: Attempt, phase: ConnectPhase): void => {
    if (!settled) show({ phase, sessionId })
  }

  const hear = (watched: Attempt, news: WatchNews): void => {
    if (news instanceof AuthpipeError) fail(watched, news)
    // One from before a reload that the server does not know was never started, or is long over.
    else if (news === 'gone' && watched.window === undefined) forget()
    else if (news === 'gone') timedOut(watched)
    else if (news === 'not_started') failWith(watched, 'network_error', 'The start has not reached the server.')
    else if (news === 'presumed_closed') cancelled(watched, news)
    else if (typeof news === 'string') showPhase(watched, news)
    else if (news.connection) succeed(watched, news.connection, news.reconnected)
    else if (news.status === 'cancelled') cancelled(watched, 'user')
    else if (news.status === 'expired') timedOut(watched)
    else fail(watched, parseProblem({ code: news.error?.code, detail: news.error?.message }, 0), news.status === 'denied' ? 'denied' : undefined)
  }

  const watch = (watched: Attempt): void => {
    watched.stopWatch = watchSession(watched, watched.window, windows, (id) => findSession(client, id), (news) => hear(watched, news))
  }

  const getForm = (mode?: ConnectMode): StartForm => {
    const { scopes = [], settings = {}, returnTo, connectionId: mended = connectionId } = attempt?.variables ?? {}
    const fields = Object.entries({
      provider,
      sessionId: attempt?.sessionId,
      connectionId: mended,
      mode,
      returnTo: returnTo ?? (attempt && location.pathname + location.search),
    })
    for (const id in settings) fields.push([`settings.${id}`, settings[id]])
    for (const scope of scopes) fields.push(['scopes', scope])
    return { action: `${client.basePath}/sessions`, fields: fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])) }
  }

  const giveUp = (reason: CancelReason): void => {
    if (!attempt || attempt.settled) return
    void cancelSession(client, attempt.sessionId).catch(() => {})
    attempt.window?.close()
    cancelled(attempt, reason)
  }

  return {
    getState: () => state,
    subscribe(onChange) {
      observers.add(onChange)
      return () => observers.delete(onChange)
    },
    attach(listener) {
      listeners.add(listener)
      const url = new URL(location.href)
      if (url.searchParams.has(returnParam)) {
        url.searchParams.delete(returnParam)
        history.replaceState(history.state, '', url)
      }
      const pending = !attempt && findPending(pendingKey)
      if (pending) watch((attempt = createAttempt(pending)))
      return () => listeners.delete(listener)
    },
    start(variables = {}, listener) {
      if (attempt && !attempt.settled && attempt.window?.closed === false) {
        attempt.window.focus()
        return attempt.sessionId
      }
      giveUp('superseded')
      attempt?.stopWatch?.()

      const sessionId = crypto.randomUUID()
      const name = `authpipe-${sessionId}`
      // An app on an iOS home screen has no second window.
      const here = variables.mode === 'redirect' || (variables.mode !== 'popup' && 'standalone' in navigator && navigator.standalone === true)
      // Before anything else: after an `await` the browser would no longer see the click.
      const window = here ? null : windows.open(name)
      attempt = createAttempt({ sessionId, startedAt: Date.now() }, window, variables, listener)
      if (window || here) {
        windows.post(getForm(here ? 'redirect' : 'popup'), here ? '_self' : name)
        watch(attempt)
        // Only now: a window inherits a copy of this storage as it opens.
        savePending(pendingKey, attempt)
      } else {
        show({ phase: 'blocked', sessionId, error: new AuthpipeError('popup_blocked', 'The browser did not open a window.') })
      }
      return sessionId
    },
    result: () => attempt?.result ?? Promise.reject(new AuthpipeError('invalid_request', 'Nothing was started.')),
    cancel: () => giveUp('user'),
    supersede: () => giveUp('superseded'),
    focusWindow: () => attempt?.window?.focus(),
    getForm,
    submitted() {
      if (!attempt || state.phase !== 'blocked') return
      watch(attempt)
      savePending(pendingKey, attempt)
    },
  }
}
