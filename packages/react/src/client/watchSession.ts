import { AuthpipeError, type Session } from '@authpipe/core'
import type { ConnectWindow, ConnectWindows } from './connectWindow.ts'
import { onDoorbell } from './onDoorbell.ts'
import { sessionLifetimeMs, type PendingSession } from './pendingSession.ts'

/** Where an attempt under way stands. */
export type WatchPhase = 'opening' | 'waiting' | 'detached' | 'confirming'

/**
 * What a watch tells. `presumed_closed` (the user has very likely closed the window, or gone back from the provider),
 * `not_started` (the start has not reached the server in time) and `refused` (its page has called without there being a
 * session) leave it running. The last news is a session that is no longer pending, a refusal of the server, or `gone` when
 * the session is no more.
 */
export type WatchNews = WatchPhase | 'presumed_closed' | 'not_started' | 'refused' | 'gone' | Session | AuthpipeError

const tickMs = 250
const checkGapMs = 1_000
const closedGraceMs = 1_500
const startDeadlineMs = 10_000

/**
 * Watches a session until the server has said its last word on it. Returns a function that ends the watch silently.
 *
 * A message is a doorbell: it causes a question to the server, at most one a second, and nothing else. A closed window is
 * advice. `window` is `null` for a tab that the user opened, and `undefined` after a reload, when the server is asked at once.
 */
export function watchSession(
  { sessionId, startedAt, here }: PendingSession,
  window: ConnectWindow | null | undefined,
  windows: ConnectWindows,
  findSession: (sessionId: string) => Promise<Session | undefined>,
  tell: (news: WatchNews) => void,
): () => void {
  let phase: WatchPhase | undefined
  let started = window === undefined
  let due = started
  let checks = 0
  let checkedAt = startedAt
  let checking = false
  let stopped = false
  // Once the server has contradicted a doorbell, later ones no longer show: they may be forged as well.
  let confirming: boolean | 'doubted' = false
  let closedAt = 0
  let graceOver = false
  // Redirect mode leaves this page: one that is here again was come back to, by the provider or by the back button.
  let presumedClosed = here && started

  const showPhase = (): void => {
    const next = confirming === true ? 'confirming' : closedAt ? 'detached' : started ? 'waiting' : 'opening'
    if (next !== phase) tell((phase = next))
  }

  const check = async (): Promise<void> => {
    const judging = presumedClosed
    const called = confirming === true
    let hint: WatchNews | undefined
    let last: WatchNews | undefined
    checking = true
    due = presumedClosed = false
    checks++
    checkedAt = Date.now()
    try {
      const session = await findSession(sessionId)
      // One that the server has never seen may still be on its way.
      if (session ? session.status !== 'pending' : started) last = session ?? 'gone'
      else {
        started ||= !!session
        confirming &&= 'doubted'
        if (judging) hint = 'presumed_closed'
        else if (!started && called) hint = 'refused'
        else if (!started && Date.now() - startedAt > startDeadlineMs) hint = 'not_started'
      }
    } catch (error) {
      // An outage says nothing about the session, a refusal does.
      if (error instanceof AuthpipeError && !error.retryable && error.status < 500) last = error
      else if (judging) due = presumedClosed = true
    }
    checking = false
    if (stopped) return
    if (Date.now() - startedAt > sessionLifetimeMs) last ??= 'gone'
    if (last) {
      stop()
      tell(last)
    } else {
      showPhase()
      if (hint) tell(hint)
    }
  }

  const tick = (): void => {
    // The page of a test can be gone while its timers live on.
    if (typeof document === 'undefined') return stop()
    const now = Date.now()
    // A clock that was set back must not stop the questions.
    const sinceCheck = Math.abs(now - checkedAt)
    if (window?.closed && !closedAt) {
      closedAt = now
      showPhase()
    }
    if (closedAt && !graceOver && now - closedAt >= closedGraceMs) {
      graceOver = true
      // With the focus back here the window is gone; without it, it stands in front of us, cut off.
      presumedClosed = windows.hasFocus ? windows.hasFocus() : document.hasFocus()
      due ||= presumedClosed
    }
    const polls = !document.hidden && sinceCheck >= Math.min(5_000, 2_000 + checks * 250)
    if ((due || polls) && !checking && sinceCheck >= checkGapMs) void check()
  }

  const timer = setInterval(tick, tickMs)
  const endDoorbell = onDoorbell(sessionId, (ring) => {
    if (ring === 'called') confirming ||= true
    if (ring === 'back') presumedClosed ||= here
    due = true
    showPhase()
    tick()
  })
  const stop = (): void => {
    stopped = true
    clearInterval(timer)
    endDoorbell()
  }
  showPhase()
  tick()
  return stop
}
