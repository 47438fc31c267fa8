import type { ConnectionStatus } from '@authpipe/core'
import type { Facts } from './attributes.ts'
import type { Observed } from './observed.ts'
import type { Operation } from './operations.ts'

/** How an operation ended, in a word of ours. */
export interface Outcome {
  readonly outcome: string
  /** @defaultValue `false` */
  readonly isFailure?: boolean
}

/** Where what happens is told to whoever watches the process. */
export interface Telemetry {
  /**
   * Does work as one operation: a span, a count and a duration.
   *
   * @param outcomeOf - says how it ended; `ok` unless given. What it throws ends it by its code
   */
  measure<T>(operation: Operation, facts: Facts, work: () => Promise<T>, outcomeOf?: (result: T) => Outcome): Promise<T>
  /** Counts that a connection became something. */
  noteStatus(provider: string, status: ConnectionStatus): void
  /** Lets things be looked at whenever somebody collects metrics. @returns ends it */
  observe(observed: Observed): () => void
}

/** Where nobody watches: work is done, and that is all. */
export const noTelemetry: Telemetry = {
  measure: (_operation, _facts, work) => work(),
  noteStatus() {},
  observe: () => () => {},
}
