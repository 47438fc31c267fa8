import { describe, expect, it } from 'vitest'
import type { ProviderStateRecord } from '../store/store.ts'
import { looksCutOff, noteOutcomes, ownWayOut, type BreakerRules, type ProbeOutcome } from './breaker.ts'

const rules: BreakerRules = { share: 0.2, window: 50, probeMs: 60_000 }
const closed: ProviderStateRecord = { provider: 'livechat', recent: '', version: 1 }
const failed = (of: string): ProbeOutcome => ({ of, isFailure: true })
const answered: ProbeOutcome = { of: 'any', isFailure: false }
const failures = (count: number, names = count): ProbeOutcome[] => Array.from({ length: count }, (_, index) => failed(`connection ${index % names}`))
const answers = (count: number): ProbeOutcome[] => Array.from({ length: count }, () => answered)
const note = (outcomes: readonly ProbeOutcome[], state = closed): ProviderStateRecord => noteOutcomes(state, outcomes, rules, 1_000)

describe('the breaker of a provider', () => {
  // HC-3
  it('opens when the share of the last probes has failed, and is tried again after a while', () => {
    expect(note(failures(9)).openedAt).toBeUndefined()
    expect(note(failures(10))).toEqual({ ...closed, openedAt: 1_000, probeAt: 61_000 })
  })

  it('forgets failures that lie further back than its window', () => {
    const before = note([...failures(9), ...answers(40)])

    expect(note(failures(1), before).openedAt).toBe(1_000)
    expect(note([answered, ...failures(1)], before).openedAt).toBeUndefined()
  })

  // HC-2
  it('stays closed while fewer fail, for however long', () => {
    let state = closed
    for (let round = 0; round < 20; round += 1) state = note([...failures(1), ...answers(6)], state)

    expect(state.openedAt).toBeUndefined()
  })

  it('is not opened by one connection, however often it fails', () => {
    expect(note(failures(50, 1)).openedAt).toBeUndefined()
    expect(note(failures(50, 2)).openedAt).toBe(1_000)
  })

  it('opens by no less than two failures, however small its window is', () => {
    expect(noteOutcomes(closed, failures(1), { ...rules, window: 2 }, 1).openedAt).toBeUndefined()
    expect(noteOutcomes(closed, failures(2), { ...rules, window: 2 }, 1).openedAt).toBe(1)
  })

  it('has nothing to write while everything is answered', () => {
    expect(note(answers(100))).toBe(closed)
    expect(note([...failures(1), ...answers(50)]).recent).toBe('')
  })

  // HC-4
  it('closes after five answers in a row, and keeps what else is known', () => {
    const open = { ...note(failures(10)), blockedUntil: 7 }
    const almost = note([...answers(4), ...failures(1), ...answers(4)], open)

    expect(almost.openedAt).toBe(1_000)
    expect(note([answered], almost)).toEqual({ ...closed, blockedUntil: 7 })
  })

  it('that is open stays as it is by another failure', () => {
    const open = note(failures(10))

    expect(note(failures(3), open)).toBe(open)
  })
})

// HC-17
describe('the breaker of our own way out', () => {
  const ours: ProviderStateRecord = { ...closed, provider: ownWayOut }

  it('opens when several providers fail and none answers in between', () => {
    const state = note([failed('livechat'), failed('crisp'), failed('livechat'), failed('crisp')], ours)

    expect(state.openedAt).toBeUndefined()
    expect(looksCutOff(state.recent)).toBe(true)
    expect(note([failed('crisp')], state).openedAt).toBe(1_000)
    expect(looksCutOff(note([answered], state).recent)).toBe(false)
  })

  it('opens for one provider where the fault can only be ours', () => {
    const state = note([{ ...failed('livechat'), isOurs: true }], ours)

    expect(looksCutOff(state.recent)).toBe(true)
    expect(note(Array.from({ length: 4 }, () => ({ ...failed('livechat'), isOurs: true })), state).openedAt).toBe(1_000)
  })

  it('does not open for one provider, which is down itself then', () => {
    const state = note(failures(9, 1), ours)

    expect(state.openedAt).toBeUndefined()
    expect(looksCutOff(state.recent)).toBe(false)
  })
})
