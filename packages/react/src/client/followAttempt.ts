import { AuthpipeError, parseProblem, type AuthpipeErrorCode, type Connection } from '@authpipe/core'
import type { AuthpipeEvent, AuthpipeEventName } from './AuthpipeEvent.ts'
import { announce } from './connectionChanges.ts'
import type { AttemptHost, CancelReason, ConnectCallbacks, ConnectListener, ConnectState } from './connectFlow.ts'
import { emit } from './events.ts'
import { returnParam } from './mayResume.ts'
import { keyOf, startForm, type Attempt } from './openAttempt.ts'
import { findPending, forgetPending, savePending } from './pendingSession.ts'
import { cancelSession, findSession } from './sessionRoutes.ts'
import { watchSession, type WatchNews, type WatchPhase } from './watchSession.ts'

/** An attempt that is under way. */
export interface FollowedAttempt {
  readonly result: Promise<Connection>
  /** Ends the attempt here and at the server. If the user had finished just before, it still succeeds, unless another one replaces it. */
  giveUp(reason: 'user' | 'superseded'): void
  /** Says that the user has submitted the form of a blocked window into a new tab. */
  submitted(): void
}

const doneMs = 1_200

/** Follows an attempt to its end: the one that a click has started, or else the one of this tab from before a reload. */
export function followAttempt(host: AttemptHost, listener?: ConnectListener, started?: Attempt): FollowedAttempt {
  const { client, subject } = host
  const { provider } = subject
  const key = keyOf(subject)
  const window = started?.window
  const attempt = started ?? findPending(key)
  const sessionId = attempt?.sessionId ?? ''
  const { connectionId } = { ...subject, ...started?.variables }
  let stopWatch: (() => void) | undefined
  // Whether its end has been told; only a success may still follow.
  let settled = false
  let resolve!: (connection: Connection) => void
  let reject!: (error: AuthpipeError) => void
  const result = new Promise<Connection>((...settle) => ([resolve, reject] = settle))
  // Whoever does not ask for the result looks at the state.
  result.catch(() => {})

  /** Shows a state, unless another attempt has replaced this one. */
  const show = (state: ConnectState): void => {
    if (host.attempt === started) host.show(state)
  }
  /** Who started it, or after a reload or a remount whoever shows it now. */
  const callbacks = (): ConnectCallbacks | undefined => (listener && host.listeners.has(listener) ? listener : [...host.listeners][0])?.current
  const tell = (event: AuthpipeEventName, more?: Partial<AuthpipeEvent>): void =>
    emit(client, { event, provider, sessionId, connectionId, mode: attempt?.here ? 'redirect' : 'popup', ...more })
  const durationMs = (): number => Date.now() - (attempt?.startedAt ?? 0)

  const fail = (error: AuthpipeError, reason?: CancelReason): void => {
    if (settled) return
    settled = true
    forgetPending(key, sessionId)
    show({ phase: reason ? 'idle' : 'error', error })
    tell(reason ? 'connect_cancelled' : 'connect_failed', { errorCode: error.code, reason, durationMs: durationMs() })
    reject(error)
    if (reason) callbacks()?.onCancel?.({ reason })
    else callbacks()?.onError?.(error)
  }
  const failWith = (code: AuthpipeErrorCode, message: string, reason?: CancelReason): void =>
    fail(new AuthpipeError(code, message, reason && { details: { reason } }), reason)

  const cancelled = (reason: CancelReason): void => failWith('connect_cancelled', 'The attempt was given up.', reason)
  const timedOut = (): void => failWith('connect_timed_out', 'The session ended before the user had finished.')

  const succeed = (connection: Connection, reconnected = false): void => {
    settled = true
    forgetPending(key, sessionId)
    show({ phase: 'done', sessionId })
    setTimeout(show, doneMs, { phase: 'idle' })
    announce(client, connection, reconnected ? { reconnected } : undefined)
    tell('authorization_completed')
    tell(reconnected ? 'reconnect_succeeded' : 'connect_succeeded', { connectionId: connection.id, durationMs: durationMs() })
    resolve(connection)
    callbacks()?.onSuccess?.(connection, { reconnected })
  }

  const showPhase = (phase: WatchPhase): void => {
    if (phase === 'detached') tell('window_detached')
    if (!settled) show({ phase, sessionId })
  }

  const forget = (): void => {
    forgetPending(key, sessionId)
    show({ phase: 'idle' })
  }

  const hear = (news: WatchNews): void => {
    if (news instanceof AuthpipeError) fail(news)
    // One from before a reload that the server does not know was never started, or is long over.
    else if (news === 'gone' && !started) forget()
    else if (news === 'gone') timedOut()
    else if (news === 'not_started') failWith('network_error', 'The start has not reached the server.')
    else if (news === 'refused') failWith('session_not_found', 'The server did not start the session. The page in its window says why.')
    else if (news === 'presumed_closed') cancelled(news)
    else if (typeof news === 'string') showPhase(news)
    else if (news.connection) succeed(news.connection, news.reconnected)
    else if (news.status === 'cancelled') cancelled('user')
    else if (news.status === 'expired') timedOut()
    else fail(parseProblem({ code: news.error?.code, detail: news.error?.message }, 0), news.status === 'denied' ? 'denied' : undefined)
  }

  const watch = (): void => {
    if (!attempt) return
    // Only now: a window inherits a copy of this storage as it opens.
    savePending(key, attempt)
    stopWatch = watchSession(attempt, window, client.windows, (id) => findSession(client, id), hear)
  }

  const url = new URL(location.href)
  if (url.searchParams.has(returnParam)) {
    url.searchParams.delete(returnParam)
    history.replaceState(history.state, '', url)
  }
  if (started) {
    tell(connectionId === undefined ? 'connect_started' : 'reconnect_started')
    if (!started.here) tell(window ? 'window_opened' : 'window_blocked')
  }
  try {
    // Until the provider's page is there, a blank window says at least whose it is.
    if (window?.document) window.document.title = document.title
  } catch {
    // It is on its way already.
  }
  if (started && !window && !started.here) {
    show({ phase: 'blocked', sessionId, error: new AuthpipeError('popup_blocked', 'The browser did not open a window.') })
  } else {
    watch()
    if (started?.here) client.windows.post(startForm(client, subject, started, 'redirect'), '_self')
  }
  if (!attempt) reject(new AuthpipeError('invalid_request', 'Nothing was started.'))

  return {
    result,
    giveUp(reason) {
      if (reason === 'superseded') stopWatch?.()
      if (settled || !attempt) return
      void cancelSession(client, sessionId).catch(() => {})
      window?.close()
      cancelled(reason)
    },
    submitted() {
      if (!stopWatch) watch()
    },
  }
}
