import { AuthpipeError, type Session } from '@authpipe/core'
import type { ConnectBrowser, ConnectWindow } from './browser.ts'

/** Where an attempt under way stands. */
export type WatchPhase = 'opening' | 'waiting' | 'detached' | 'confirming'

/** What a watch tells. After `onEnd` it tells nothing more. */
export interface WatchListener {
  onPhase(phase: WatchPhase): void
  /** The user has very likely closed the window. The watch goes on, since the window may live on, cut off from this page. */
  onPresumedClosed(): void
  /** The start has not reached the server in time. The watch goes on. */
  onNotStarted(): void
  /** The server's last word, its refusal to give one, or `undefined` when the session is gone or its time is over. */
  onEnd(outcome: Session | AuthpipeError | undefined): void
}

/** What is watched, and with what. */
export interface WatchedSession {
  readonly sessionId: string
  /** `null` after a reload, and for a tab that the user opened. */
  readonly window: ConnectWindow | null
  /** When the attempt began, in milliseconds of `browser.now()`. */
  readonly startedAt: number
  /** Whether this goes on with an attempt from before a reload: the server knows it and is asked at once. */
  readonly resumed: boolean
  readonly browser: ConnectBrowser
  readonly findSession: (sessionId: string) => Promise<Session | undefined>
}

const tickMs = 250
const checkGapMs = 1_000
const closedGraceMs = 1_500
const startDeadlineMs = 10_000

/** As long as the server keeps a session, in milliseconds. */
export const sessionLifetimeMs = 600_000

/**
 * Watches one session until the server has said its last word on it. Returns a function that ends the watch silently.
 *
 * A message is a doorbell: it causes a question to the server, at most one a second, and nothing else. A closed window is
 * advice, since a provider's COOP header makes a living window read as closed.
 */
export function watchSession({ sessionId, window, startedAt, resumed, browser, findSession }: WatchedSession, listener: WatchListener): () => void {
  let phase: WatchPhase | undefined
  let started = resumed
  let due = resumed
  let checks = 0
  let checkedAt = startedAt
  let checking = false
  let stopped = false
  // Once the server has contradicted a doorbell, later ones no longer show: they may be forged as well.
  let confirming: boolean | 'doubted' = false
  let closedAt: number | undefined
  let graceOver = false
  let presumedClosed = false

  const showPhase = (): void => {
    const next = confirming === true ? 'confirming' : closedAt !== undefined ? 'detached' : started ? 'waiting' : 'opening'
    if (!stopped && next !== phase) listener.onPhase((phase = next))
  }

  const check = async (): Promise<void> => {
    const presumed = presumedClosed
    checking = true
    due = false
    checks++
    checkedAt = browser.now()
    let outcome: Session | AuthpipeError | undefined
    try {
      outcome = await findSession(sessionId)
    } catch (error) {
      outcome = error instanceof AuthpipeError ? error : new AuthpipeError('network_error', 'The session could not be read.', { cause: error })
    }
    checking = false
    if (stopped) return

    const failed = outcome instanceof AuthpipeError
    const age = browser.now() - startedAt
    // An outage says nothing about the session, a refusal does; a session that nobody has seen yet may still be on its way.
    const ended = outcome instanceof AuthpipeError ? isRefusal(outcome) : outcome ? outcome.status !== 'pending' : started
    if (ended || age > sessionLifetimeMs) {
      stop()
      listener.onEnd(ended ? outcome : undefined)
      return
    }
    if (!failed) {
      if (confirming) confirming = 'doubted'
      started ||= outcome !== undefined
      if (presumed) listener.onPresumedClosed()
      else if (!started && age > startDeadlineMs) listener.onNotStarted()
    }
    showPhase()
  }

  const tick = (): void => {
    const now = browser.now()
    if (window?.closed && closedAt === undefined) {
      closedAt = now
      showPhase()
    }
    if (closedAt !== undefined && !graceOver && now - closedAt >= closedGraceMs) {
      graceOver = true
      // With the focus back here the window is gone; without it, it stands in front of us, cut off.
      if (browser.hasFocus()) presumedClosed = due = true
    }
    const sinceCheck = now - checkedAt
    const polls = !browser.isHidden() && sinceCheck >= Math.min(5_000, 2_000 + checks * 250)
    if ((due || polls) && !checking && sinceCheck >= checkGapMs) void check()
  }

  const ring = (): void => {
    due = true
    tick()
  }
  const ends = [
    browser.every(tickMs, tick),
    browser.onWake(ring),
    browser.onCompletion(sessionId, () => {
      confirming ||= true
      showPhase()
      ring()
    }),
  ]
  const stop = (): void => {
    stopped = true
    for (const end of ends) end()
  }
  showPhase()
  tick()
  return stop
}

const isRefusal = (error: AuthpipeError): boolean => error.code !== 'network_error' && !error.retryable && error.status < 500
