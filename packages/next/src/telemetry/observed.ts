// Apart from the instruments, whose types are those of an optional package: what others see of this needs none.
import type { DueCounts } from '../store/store.ts'

/** What can be looked at. */
export interface Observed {
  /** How many questions memory has answered, and how many it could not. */
  readonly countLookups: () => { readonly hits: number; readonly misses: number }
  /** @throws {AuthpipeError} `store_unavailable` */
  readonly countDue: () => Promise<DueCounts>
  /** Providers whose breaker is open, and the others; our own way out among them, under the name that `ownWayOut` says. @throws {AuthpipeError} `store_unavailable` */
  readonly readBreakers: () => Promise<ReadonlyMap<string, boolean>>
}
