// When a connection is checked next.
import type { Engine } from '../engine.ts'

/** How soon a connection is looked at again that is in trouble at its provider, so that its recovery is seen. */
const troubleMs = 15 * 60_000
/** How soon where it may have been our own way out. */
const undecidedMs = 2 * 60_000

/** About an interval from now, a tenth sooner or later. */
export function nextCheckAt(engine: Engine): number {
  return after(engine, engine.config.health.checkEveryMs, 0.9, 1.1)
}

/** Somewhere in the first interval, so that many connections that were made at once are not checked at once. */
export function firstCheckAt(engine: Engine, isVerified: boolean): number {
  return isVerified ? after(engine, engine.config.health.checkEveryMs, 0.25, 1) : after(engine, 60_000, 0.5, 1)
}

/** After trouble that passes: sooner than usual. */
export function checkAfterTroubleAt(engine: Engine): number {
  return after(engine, Math.min(troubleMs, engine.config.health.checkEveryMs), 0.8, 1.2)
}

export function checkUndecidedAt(engine: Engine): number {
  return after(engine, Math.min(undecidedMs, engine.config.health.checkEveryMs), 0.5, 1)
}

/** As soon as another refusal would count. */
export function confirmAt(engine: Engine): number {
  return after(engine, engine.config.health.confirmAfterMs, 1, 1.1)
}

/** Once a provider that is down may be up again: the longer it has been down, the later. */
export function checkAfterOutageAt(engine: Engine, openedAt: number): number {
  const { breakerProbeMs, checkEveryMs } = engine.config.health
  const sinceMs = Math.min(Math.max(engine.now() - openedAt, breakerProbeMs), Math.max(breakerProbeMs, Math.min(troubleMs, checkEveryMs)))
  return after(engine, sinceMs, 0.5, 1.5)
}

/** Not before an instant at which many become free at once. */
export function checkFrom(engine: Engine, instant: number): number {
  const now = engine.now()
  return Math.ceil(Math.max(instant, now) + engine.health.spread.next() * Math.max(60_000, (instant - now) / 10))
}

function after(engine: Engine, ms: number, least: number, most: number): number {
  return Math.ceil(engine.now() + ms * (least + (most - least) * engine.health.spread.next()))
}
