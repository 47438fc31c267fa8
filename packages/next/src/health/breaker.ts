// When a provider, or our own way out to all of them, is taken for down: as a rule on the outcomes of the last probes.
import type { ProviderStateRecord } from '../store/store.ts'

/** How a probe ended, and for whom: a connection, or where our own way out is judged a provider. */
export interface ProbeOutcome {
  readonly of: string
  readonly isFailure: boolean
  /** Whether the failure is of a kind that nobody but us can bring about. */
  readonly isOurs?: boolean
}

export interface BreakerRules {
  /** Share of the last probes that must fail. */
  readonly share: number
  readonly window: number
  readonly probeMs: number
}

const answered = '0'
const failedByUs = '!'
/** Characters that failures are written in: enough that two seldom share one. */
const firstLetter = 0x4e00
const letterCount = 0x5000
/** So many answers in a row close a breaker. */
const answersToClose = 5
/** So many failures in a row, with no provider answering in between, are ours. */
const failuresOfOurOwn = 5

/** Name of the state of our own way out, which is no provider's id. */
export const ownWayOut = ''

/** What a state becomes by outcomes, in their order; the same object where it stays as it is. */
export function noteOutcomes(state: ProviderStateRecord, outcomes: readonly ProbeOutcome[], rules: BreakerRules, now: number): ProviderStateRecord {
  const recent = state.recent + outcomes.map(markOf).join('')
  if (state.openedAt !== undefined) return noteTrials(state, recent)
  const last = recent.slice(-rules.window)
  if (isDown(last, rules) || (state.provider === ownWayOut && isCutOff(last))) {
    return { ...state, recent: '', openedAt: now, probeAt: now + rules.probeMs }
  }
  // Answers matter only behind failures, which they push out: without any nothing has to be written.
  const kept = last.replace(/^0+/, '')
  return kept === state.recent ? state : { ...state, recent: kept }
}

/** Failures of one connection alone say nothing of its provider. */
function isDown(recent: string, { share, window }: BreakerRules): boolean {
  const failures = recent.replaceAll(answered, '')
  return failures.length >= Math.max(2, Math.ceil(share * window)) && new Set(failures).size >= 2
}

function isCutOff(recent: string): boolean {
  return failuresSince(recent).length >= failuresOfOurOwn && looksCutOff(recent)
}

/** Whether probes of several providers, or one by our own fault, have failed since the last that was answered: nobody is blamed yet then. */
export function looksCutOff(recent: string): boolean {
  const failures = failuresSince(recent)
  return failures.includes(failedByUs) || new Set(failures).size >= 2
}

function failuresSince(recent: string): string {
  return recent.slice(recent.lastIndexOf(answered) + 1)
}

function noteTrials(state: ProviderStateRecord, recent: string): ProviderStateRecord {
  const answers = /0*$/.exec(recent)?.[0] ?? ''
  if (answers.length < answersToClose) return answers === state.recent ? state : { ...state, recent: answers }
  const { openedAt: _open, probeAt: _tried, ...closed } = state
  return { ...closed, recent: '' }
}

function markOf({ of, isFailure, isOurs }: ProbeOutcome): string {
  if (!isFailure) return answered
  return isOurs ? failedByUs : letterOf(of)
}

/** One letter for whom a probe failed, so that many can be told from one. */
function letterOf(name: string): string {
  let hash = 0
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) >>> 0
  return String.fromCharCode(firstLetter + (hash % letterCount))
}
