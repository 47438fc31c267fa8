import { AuthpipeError, parseProblem, type AuthpipeErrorCode, type Connection } from '@authpipe/core'
import type { Attempt, AttemptHost, CancelReason } from './connectFlow.ts'
import { returnParam } from './mayResume.ts'
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
export function followAttempt(host: AttemptHost, started?: Attempt): FollowedAttempt {
  const { client, windows, pendingKey, show } = host
  const window = started?.window
  const attempt = started ?? findPending(pendingKey)
  const sessionId = attempt?.sessionId ?? ''
  let stopWatch: (() => void) | undefined
  // Whether its end has been told; only a success may still follow.
  let settled = false
  let resolve!: (connection: Connection) => void
  let reject!: (error: AuthpipeError) => void
  const result = new Promise<Connection>((...settle) => ([resolve, reject] = settle))
  // Whoever does not ask for the result looks at the state.
  result.catch(() => {})

  const fail = (error: AuthpipeError, reason?: CancelReason): void => {
    if (settled) return
    settled = true
    forgetPending(pendingKey, sessionId)
    show({ phase: reason ? 'idle' : 'error', error })
    reject(error)
    if (reason) host.callbacks()?.onCancel?.({ reason })
    else host.callbacks()?.onError?.(error)
  }
  const failWith = (code: AuthpipeErrorCode, message: string, reason?: CancelReason): void =>
    fail(new AuthpipeError(code, message, reason && { details: { reason } }), reason)

  const cancelled = (reason: CancelReason): void => failWith('connect_cancelled', 'The attempt was given up.', reason)
  const timedOut = (): void => failWith('connect_timed_out', 'The session ended before the user had finished.')

  const succeed = (connection: Connection, reconnected = false): void => {
    settled = true
    forgetPending(pendingKey, sessionId)
    show({ phase: 'done', sessionId })
    setTimeout(show, doneMs, { phase: 'idle' })
    host.announce(connection)
    resolve(connection)
    host.callbacks()?.onSuccess?.(connection, { reconnected })
  }

  const showPhase = (phase: WatchPhase): void => {
    if (!settled) show({ phase, sessionId })
  }

  const forget = (): void => {
    forgetPending(pendingKey, sessionId)
    show({ phase: 'idle' })
  }

  const hear = (news: WatchNews): void => {
    if (news instanceof AuthpipeError) fail(news)
    // One from before a reload that the server does not know was never started, or is long over.
    else if (news === 'gone' && !started) forget()
    else if (news === 'gone') timedOut()
    else if (news === 'not_started') failWith('network_error', 'The start has not reached the server.')
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
    savePending(pendingKey, attempt)
    stopWatch = watchSession(attempt, window, windows, (id) => findSession(client, id), hear)
  }

  const url = new URL(location.href)
  if (url.searchParams.has(returnParam)) {
    url.searchParams.delete(returnParam)
    history.replaceState(history.state, '', url)
  }
  if (started && !window && !started.here) {
    show({ phase: 'blocked', sessionId, error: new AuthpipeError('popup_blocked', 'The browser did not open a window.') })
  } else {
    watch()
    if (started?.here) windows.post(host.getForm('redirect'), '_self')
  }

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
