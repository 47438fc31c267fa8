// What health keeps in mind in this process.
import type { Store } from '../store/store.ts'
import { ProbeAllowance } from './probeAllowance.ts'
import { ProviderStates } from './providerStates.ts'
import { Recently } from './recently.ts'
import { SpreadSequence } from './spreadSequence.ts'

export interface HealthMemory {
  readonly states: ProviderStates
  /** Probes that this process may still send to a provider whose breaker is open. */
  readonly trials: Map<string, { left: number; readonly until: number }>
  readonly allowance: ProbeAllowance
  /** When providers that limit our checks want to be asked again. */
  readonly limitedUntil: Map<string, number>
  readonly spread: SpreadSequence
  /** Connections whose real traffic was looked at a while ago. */
  readonly traffic: Recently
  /** What was reported once. */
  readonly reported: Recently
}

export function createHealthMemory(store: Store): HealthMemory {
  return {
    states: new ProviderStates(store),
    trials: new Map(),
    allowance: new ProbeAllowance(store),
    limitedUntil: new Map(),
    spread: new SpreadSequence(),
    traffic: new Recently(),
    reported: new Recently(),
  }
}
