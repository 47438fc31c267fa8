// The breakers of an app: one for each provider and one for our own way out, the same for all of its processes.
import type { Engine } from '../engine.ts'
import { createProviderEvent } from '../events/authpipeEvent.ts'
import { deliverEvents } from '../events/deliverEvents.ts'
import { log } from '../log.ts'
import type { EventRecord, ProviderStateRecord } from '../store/store.ts'
import { looksCutOff, noteOutcomes, ownWayOut, type BreakerRules, type ProbeOutcome } from './breaker.ts'

/** So many probes are let through an open breaker each time. */
const trialsAtOnce = 5

function rulesOf({ config: { health } }: Engine): BreakerRules {
  return { share: health.breakerShare, window: health.breakerWindow, probeMs: health.breakerProbeMs }
}

/** Counts outcomes of probes of a provider, in their order. @returns its state after them */
export async function noteProbes(engine: Engine, provider: string, outcomes: readonly ProbeOutcome[]): Promise<ProviderStateRecord> {
  const { states } = engine.health
  const known = await states.find(provider)
  const rules = rulesOf(engine)
  if (noteOutcomes(known, outcomes, rules, engine.now()) === known) return known

  let turn: Turn | undefined
  const state = await states.update(provider, async (before) => {
    const now = engine.now()
    const after = noteOutcomes(before, outcomes, rules, now)
    turn = turnOf(before, after)
    // Before the breaker closes: whoever dies in between leaves it to the next one.
    if (turn === 'closed' && provider !== ownWayOut) await engine.store.recheckDemoted(provider, (before.openedAt ?? now) - engine.config.health.checkEveryMs, now)
    return after === before ? undefined : { state: after, events: turn && provider !== ownWayOut ? [eventOf(turn, before, now)] : [] }
  })
  if (turn) {
    log(provider === ownWayOut ? ourTurns[turn] : providerTurns[turn], provider === ownWayOut ? {} : { provider })
    engine.background(deliverEvents(engine))
  }
  return state
}

type Turn = 'opened' | 'closed'

const providerTurns: Readonly<Record<Turn, string>> = { opened: 'a provider is down; no connection is blamed for it', closed: 'a provider works again' }
const ourTurns: Readonly<Record<Turn, string>> = {
  opened: 'no provider can be reached from here; no connection is blamed for it',
  closed: 'providers can be reached from here again',
}

function turnOf(before: ProviderStateRecord, after: ProviderStateRecord): Turn | undefined {
  if ((before.openedAt === undefined) === (after.openedAt === undefined)) return undefined
  return before.openedAt === undefined ? 'opened' : 'closed'
}

function eventOf(turn: Turn, { provider, openedAt = 0 }: ProviderStateRecord, now: number): EventRecord {
  if (turn === 'opened') return createProviderEvent('provider.outage', provider, now)
  return createProviderEvent('provider.recovered', provider, now, { since: new Date(openedAt).toISOString() })
}

/** Counts that a provider answered, where that has to be known: it costs nothing while nothing fails. */
export function noteAnswer(engine: Engine, provider: string, connectionId: string): void {
  const { states } = engine.health
  const note = (name: string, of: string): void => {
    const known = states.peek(name)
    if (known && (known.recent !== '' || known.openedAt !== undefined)) engine.background(noteProbes(engine, name, [{ of, isFailure: false }]))
  }
  note(provider, connectionId)
  note(ownWayOut, provider)
}

/**
 * Counts requests that never left, and answers of others that did, as outcomes of our own way out.
 *
 * @returns whether it may be us that requests do not get out, so that no provider is blamed
 */
export async function noteWayOut(engine: Engine, outcomes: readonly ProbeOutcome[]): Promise<boolean> {
  const state = await noteProbes(engine, ownWayOut, outcomes)
  return state.openedAt !== undefined || looksCutOff(state.recent)
}

/** Since when a provider, or our own way out, is down. */
export async function downSince(engine: Engine, provider: string): Promise<number | undefined> {
  const [{ openedAt }, own] = await Promise.all([engine.health.states.find(provider), engine.health.states.find(ownWayOut)])
  return openedAt ?? own.openedAt
}

/** Whether a probe may be sent now: any, or one of the few that try a provider which is down. */
export async function mayProbe(engine: Engine, provider: string): Promise<boolean> {
  return (await isLetThrough(engine, ownWayOut)) && (await isLetThrough(engine, provider))
}

async function isLetThrough(engine: Engine, provider: string): Promise<boolean> {
  const { states, trials } = engine.health
  const now = engine.now()
  if ((await states.find(provider)).openedAt === undefined) return true
  const trial = trials.get(provider)
  if (trial && trial.left > 0 && now < trial.until) {
    trial.left -= 1
    return true
  }
  const until = now + engine.config.health.breakerProbeMs
  let isOurs = false
  const state = await states.update(provider, (present) => {
    isOurs = present.openedAt !== undefined && now >= (present.probeAt ?? 0)
    return isOurs ? { state: { ...present, probeAt: until } } : undefined
  })
  if (isOurs) trials.set(provider, { left: trialsAtOnce - 1, until })
  return isOurs || state.openedAt === undefined
}
