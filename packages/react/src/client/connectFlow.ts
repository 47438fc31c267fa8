import { AuthpipeError, parseProblem, type Connection, type ConnectMode, type Session } from '@authpipe/core'
import type { ConnectBrowser, ConnectWindow, StartForm } from './browser.ts'
import { sessionLifetimeMs, watchSession } from './sessionWatch.ts'

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

/** Hears how attempts end, each at most once; a success may still follow a cancel. */
export interface ConnectListener {
  onSuccess(connection: Connection, info: { readonly reconnected: boolean }): void
  onError(error: AuthpipeError): void
  onCancel(info: { readonly reason: CancelReason }): void
}

/** A listener that leaves out what it does not care for. */
export type ConnectCallbacks = { readonly [K in keyof ConnectListener]?: ConnectListener[K] | undefined }

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

/** What a flow is made of. */
export interface ConnectFlowOptions {
  readonly provider: string
  /** The one connection that this flow mends; absent for a flow that makes connections. */
  readonly connectionId: string | undefined
  /** Where the start form is posted to. */
  readonly action: string
  readonly browser: ConnectBrowser
  readonly findSession: (sessionId: string) => Promise<Session | undefined>
  readonly cancelSession: (sessionId: string) => Promise<unknown>
  /** Called with each new or mended connection, whoever listens. */
  readonly onConnected: (connection: Connection) => void
}

interface Attempt {
  readonly sessionId: string
  readonly variables: ConnectVariables
  readonly listener: ConnectListener | undefined
  readonly window: ConnectWindow | null
  readonly startedAt: number
  readonly result: Promise<Connection>
  readonly resolve: (connection: Connection) => void
  readonly reject: (error: AuthpipeError) => void
  /** Whether its end has been told; only a success may still follow. */
  settled: boolean
  stopWatch?: () => void
}

/** The state of a flow that nobody has started; also what a server renders. */
export const idleState: ConnectState = { phase: 'idle' }

const doneMs = 1_200

/** Makes the state machine behind a connect button. It knows no React, and lives longer than the components that show it. */
export function createConnectFlow(options: ConnectFlowOptions): ConnectFlow {
  const { provider, browser, findSession, cancelSession } = options
  const pendingKey = `authpipe:pending:${provider}:${options.connectionId ?? ''}`
  const observers = new Set<() => void>()
  const listeners = new Set<ConnectListener>()
  let state = idleState
  let attempt: Attempt | undefined

  const show = (next: ConnectState): void => {
    state = next
    for (const observe of observers) observe()
  }

  const createAttempt = (
    sessionId: string,
    startedAt: number,
    window: ConnectWindow | null,
    variables: ConnectVariables = {},
    listener?: ConnectListener,
  ): Attempt => {
    let resolve: Attempt['resolve'] = () => {}
    let reject: Attempt['reject'] = () => {}
    const result = new Promise<Connection>((...handlers) => ([resolve, reject] = handlers))
    // Whoever did not ask for the result has the state to look at.
    result.catch(() => {})
    return { sessionId, startedAt, window, variables, listener, result, resolve, reject, settled: false }
  }

  /** The one who started it, or after a reload or a remount whoever shows it now. */
  const recipient = ({ listener }: Attempt): ConnectListener | undefined => (listener && listeners.has(listener) ? listener : [...listeners][0])

  const settle = (ended: Attempt, error: AuthpipeError, reason?: CancelReason): void => {
    if (ended.settled) return
    ended.settled = true
    browser.remember(pendingKey, null)
    show({ phase: reason ? 'idle' : 'error', error })
    ended.reject(error)
    if (reason) recipient(ended)?.onCancel({ reason })
    else recipient(ended)?.onError(error)
  }

  const cancelled = (ended: Attempt, reason: CancelReason): void =>
    settle(ended, new AuthpipeError('connect_cancelled', `The attempt to connect ended without a connection (${reason}).`, { details: { reason } }), reason)

  const end = (ended: Attempt, outcome: Session | AuthpipeError | undefined): void => {
    if (outcome instanceof AuthpipeError) settle(ended, outcome)
    else if (outcome?.status === 'complete' && outcome.connection) succeed(ended, outcome.connection, outcome.reconnected ?? false)
    else if (outcome?.status === 'cancelled') cancelled(ended, 'user')
    else if (!outcome || outcome.status === 'expired') settle(ended, new AuthpipeError('connect_timed_out', 'The session ended before the user had finished.'))
    else settle(ended, parseProblem({ code: outcome.error?.code, detail: outcome.error?.message }, 0), outcome.status === 'denied' ? 'denied' : undefined)
  }

  const succeed = (ended: Attempt, connection: Connection, reconnected: boolean): void => {
    ended.settled = true
    browser.remember(pendingKey, null)
    show({ phase: 'done', sessionId: ended.sessionId })
    options.onConnected(connection)
    ended.resolve(connection)
    recipient(ended)?.onSuccess(connection, { reconnected })
    const stop = browser.every(doneMs, () => {
      stop()
      if (attempt === ended) show(idleState)
    })
  }

  const watch = (watched: Attempt, resumed = false): void => {
    const { sessionId, window, startedAt } = watched
    watched.stopWatch = watchSession(
      { sessionId, window, startedAt, resumed, browser, findSession },
      {
        onPhase: (phase) => watched.settled || show({ phase, sessionId }),
        onPresumedClosed: () => cancelled(watched, 'presumed_closed'),
        onNotStarted: () => settle(watched, new AuthpipeError('network_error', 'The start has not reached the server.', { retryable: true })),
        onEnd: (outcome) => end(watched, outcome),
      },
    )
  }

  /** Remembered only after the window is open: the window inherits a copy of this storage. */
  const remember = ({ startedAt, sessionId }: Attempt): void => browser.remember(pendingKey, `${startedAt} ${sessionId}`)

  const getForm = (mode?: ConnectMode): StartForm => {
    const { connectionId = options.connectionId, scopes = [], settings = {}, returnTo } = attempt?.variables ?? {}
    const optional = { connectionId, sessionId: attempt?.sessionId, mode, returnTo: returnTo ?? (attempt && browser.currentPath()) }
    return {
      action: options.action,
      fields: [
        ['provider', provider],
        ...scopes.map((scope) => ['scopes', scope] as const),
        ...Object.entries(settings).map(([id, value]) => [`settings.${id}`, value] as const),
        ...Object.entries(optional).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
      ],
    }
  }

  const giveUp = (reason: CancelReason): void => {
    if (!attempt || attempt.settled) return
    void cancelSession(attempt.sessionId).catch(() => {})
    attempt.window?.close()
    cancelled(attempt, reason)
  }

  const start = (variables: ConnectVariables = {}, listener?: ConnectListener): string => {
    if (attempt && !attempt.settled && attempt.window?.closed === false) {
      attempt.window.focus()
      return attempt.sessionId
    }
    giveUp('superseded')
    attempt?.stopWatch?.()

    const sessionId = browser.randomId()
    const name = `authpipe-${sessionId}`
    const redirect = variables.mode === 'redirect' || (variables.mode !== 'popup' && browser.hasOneWindow())
    // Before anything else: after an `await` the browser would no longer see the click.
    const window = redirect ? null : browser.openWindow(name)
    attempt = createAttempt(sessionId, browser.now(), window, variables, listener)
    if (window || redirect) {
      browser.postForm(getForm(redirect ? 'redirect' : 'popup'), redirect ? undefined : name)
      remember(attempt)
      watch(attempt)
    } else {
      show({ phase: 'blocked', sessionId, error: new AuthpipeError('popup_blocked', 'The browser did not open a window.') })
    }
    return sessionId
  }

  return {
    getState: () => state,
    subscribe(onChange) {
      observers.add(onChange)
      return () => observers.delete(onChange)
    },
    attach(listener) {
      listeners.add(listener)
      browser.cleanAddress()
      if (!attempt) {
        const [startedAt, sessionId] = (browser.recall(pendingKey) ?? '').split(' ')
        if (sessionId && browser.now() - Number(startedAt) < sessionLifetimeMs) watch((attempt = createAttempt(sessionId, Number(startedAt), null)), true)
      }
      return () => listeners.delete(listener)
    },
    start,
    result: () => attempt?.result ?? Promise.reject(new AuthpipeError('invalid_request', 'No attempt to connect was started.')),
    cancel: () => giveUp('user'),
    focusWindow: () => attempt?.window?.focus(),
    supersede: () => giveUp('superseded'),
    getForm,
    submitted() {
      if (!attempt || state.phase !== 'blocked') return
      remember(attempt)
      watch(attempt)
    },
  }
}
